//! One stream's history: a ring of serialised events, the latest scoreboards, and a bell.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use tokio::sync::watch;

use super::{MatchId, board::Board};

/// Events that are kept however old they are.
pub(super) const KEPT_MIN: usize = 1_000;
/// Events are kept at least this long.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(600);
/// Never more than this, so that a match of thousands can't fill the memory: about 16 MB.
pub(super) const KEPT_MAX: usize = 65_536;

/// An event as it goes out. Cloning shares the bytes.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) seq: u64,
    pub(super) at: Instant,
    pub(super) name: &'static str,
    pub(super) frame: Bytes,
}

#[derive(Debug)]
pub(super) struct Log {
    entries: VecDeque<Entry>,
    /// Highest sequence number that was dropped from the front; a cursor below it has lost something.
    floor: u64,
    /// Latest scoreboards: of one match, or of all that run.
    pub(super) boards: BTreeMap<MatchId, Arc<Board>>,
    pub(super) ended: bool,
    /// What is in here is in the log of everything too.
    pub(super) is_listed: bool,
    bell: watch::Sender<u64>,
}

impl Log {
    pub(super) fn new() -> Self {
        Self {
            entries: VecDeque::new(),
            floor: 0,
            boards: BTreeMap::new(),
            ended: false,
            is_listed: true,
            bell: watch::Sender::new(0),
        }
    }

    pub(super) fn push(&mut self, entry: Entry) {
        let now = entry.at;
        self.entries.push_back(entry);
        while self
            .entries
            .front()
            .is_some_and(|oldest| self.may_drop(oldest, now))
        {
            self.floor = self
                .entries
                .pop_front()
                .map_or(self.floor, |entry| entry.seq);
        }
    }

    fn may_drop(&self, oldest: &Entry, now: Instant) -> bool {
        let old = now.saturating_duration_since(oldest.at) > KEPT_FOR;
        (self.entries.len() > KEPT_MIN && old) || self.entries.len() > KEPT_MAX
    }

    /// Whether everything after `seq` is still here.
    pub(super) fn reaches_back_to(&self, seq: u64) -> bool {
        seq >= self.floor
    }

    /// At most `limit` entries after `seq`, oldest first.
    pub(super) fn after(&self, seq: u64, limit: usize) -> impl Iterator<Item = &Entry> {
        let start = self.entries.partition_point(|entry| entry.seq <= seq);
        self.entries.range(start..).take(limit)
    }

    pub(super) fn end(&mut self) {
        self.ended = true;
        self.bell.send_modify(|_| {});
    }

    pub(super) fn wake(&self, seq: u64) {
        self.bell.send_replace(seq);
    }

    pub(super) fn is_listened_to(&self) -> bool {
        self.bell.receiver_count() > 0
    }

    pub(super) fn listen(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }
}
