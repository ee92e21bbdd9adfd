//! What happened, for everybody who watches: each event serialised once, kept for a while, read by cursor.
//!
//! ```text
//!  match thread --[FeedItem, bounded]--> pump task --> Feed: one Log per match + one of everything
//!                                                         ^ cursor      ^ cursor
//!                                                   Subscription   Subscription   (SSE connections)
//! ```
//!
//! A subscriber owns a position in the log and nothing else: there is no queue per subscriber, so one that stops
//! reading costs a socket and is either still within history when it reads on, or told so with a `reset`. Ids are
//! `<epoch>-<seq>`; `seq` counts over all matches, so an id means the same on a match's stream and on the stream of
//! everything. The epoch is new at every start of the server, because history doesn't outlive it.
//!
//! The tick never waits here: [`FeedSender`] hands batches over or keeps them for the next tick. Scoreboards are state,
//! not events: only the latest is kept, and a subscriber that was slow gets that one.
//!
//! This module is the one place through which events leave a match; with many nodes it is what Redis streams back.

mod board;
mod log;
mod subscription;

use std::{
    collections::{HashMap, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use bytes::Bytes;
use fracas_protocol::{PlayerId, Tick, chat};
use serde::Serialize;
use tokio::sync::mpsc;

pub use self::subscription::{Opening, Selection, Subscription};
use self::{
    board::Board,
    log::{Entry, Log},
};
use crate::sim::{MatchEvent, Standings};

/// Names of the events a stream can carry, in the order of the documentation.
pub const EVENT_NAMES: &[&str] = &[
    "scoreboard",
    "kill",
    "join",
    "leave",
    "phase",
    "score",
    "streak",
    "crown",
    "pickup",
    "deflect",
    "chat",
    "result",
    "reset",
];

/// Matches that are over and still can be read, at least; two for each that is running, if that is more.
const FINISHED_KEPT: usize = 8;
/// Batches on their way from one match to the feed: a second of ticks.
const BATCHES_QUEUED_MAX: usize = 64;

/// A public name of a match, for example `m7`.
pub type MatchId = Arc<str>;

/// All logs. Shared; every method is short and none of them waits.
#[derive(Debug)]
pub struct Feed {
    epoch: String,
    state: Mutex<State>,
    subscribers: AtomicUsize,
}

#[derive(Debug)]
struct State {
    seq: u64,
    everything: Log,
    matches: HashMap<MatchId, Log>,
    finished: VecDeque<MatchId>,
}

/// What a match's thread has to say.
#[derive(Debug)]
pub enum FeedItem {
    /// Things that happened in one tick, in order.
    Events(MatchId, Tick, Vec<MatchEvent>),
    /// Somebody said something to all.
    Chat(MatchId, Tick, ChatEvent),
    /// How the match stands; `true` when it looks different from the last time.
    Standings(MatchId, Tick, Arc<Standings>, bool),
    /// The match is over; its streams end when everything was read.
    Ended(MatchId),
}

/// Somebody said something to all, as spectators read it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChatEvent {
    /// Place.
    pub from: PlayerId,
    /// Display name.
    pub name: Arc<str>,
    /// To whom: `all`, since nothing else is shown.
    pub channel: &'static str,
    /// What, as the players were told it.
    pub text: String,
}

impl ChatEvent {
    /// What spectators see of a line.
    pub fn of(line: &chat::Line) -> Self {
        Self {
            from: line.from,
            name: line.name.clone(),
            channel: line.channel.as_str(),
            text: line.body.as_str().to_owned(),
        }
    }
}

#[derive(Serialize)]
struct Wrapped<'a, E> {
    r#match: &'a str,
    tick: Tick,
    #[serde(flatten)]
    event: &'a E,
}

impl Feed {
    /// An empty feed. `epoch` must differ from that of any earlier start and contain no `-`.
    pub fn new(epoch: impl Into<String>) -> Arc<Self> {
        let state = State {
            seq: 0,
            everything: Log::new(),
            matches: HashMap::new(),
            finished: VecDeque::new(),
        };
        Arc::new(Self {
            epoch: epoch.into(),
            state: Mutex::new(state),
            subscribers: AtomicUsize::new(0),
        })
    }

    /// Starts the task that moves items from a match's thread into the logs; it ends when the sender is dropped.
    /// Must be called within a tokio runtime.
    pub fn sender(self: &Arc<Self>) -> FeedSender {
        let (queue, mut items) = mpsc::channel(BATCHES_QUEUED_MAX);
        let feed = self.clone();
        tokio::spawn(async move {
            while let Some(item) = items.recv().await {
                feed.take(item, Instant::now());
            }
        });
        FeedSender {
            queue,
            held: VecDeque::new(),
        }
    }

    /// Makes a match known, so that it can be subscribed to before anything happened in it.
    /// What happens in it is part of everything only if it `is_listed`.
    pub fn open(&self, match_id: MatchId, is_listed: bool) {
        let mut state = self.lock();
        let log = state.matches.entry(match_id).or_insert_with(Log::new);
        log.is_listed = is_listed;
    }

    /// Whether somebody reads what happens in this match; with `or_everything`, or in all.
    pub fn is_watched(&self, match_id: &str, or_everything: bool) -> bool {
        let state = self.lock();
        let log = state.matches.get(match_id);
        log.is_some_and(Log::is_listened_to) || (or_everything && state.everything.is_listened_to())
    }

    /// What tells ids of this start of the server from those of others.
    pub fn epoch(&self) -> &str {
        &self.epoch
    }

    /// How many streams are open.
    pub fn subscribers(&self) -> usize {
        self.subscribers.load(Ordering::Relaxed)
    }

    /// The full scoreboard of a match as JSON, if there is such a match and it has begun.
    pub fn scoreboard(&self, match_id: &str) -> Option<Bytes> {
        let state = self.lock();
        let board = state.matches.get(match_id)?.boards.get(match_id)?.clone();
        drop(state);
        Some(board.json_of_all())
    }

    /// Whether the match is known: running, or over and still kept.
    pub fn knows(&self, match_id: &str) -> bool {
        self.lock().matches.contains_key(match_id)
    }

    /// Ends every stream once what is in the logs was read.
    pub fn end_all(&self) {
        let mut state = self.lock();
        state.everything.end();
        state.matches.values_mut().for_each(Log::end);
    }

    /// Puts one item into the logs and wakes who waits for it.
    pub fn take(&self, item: FeedItem, now: Instant) {
        let mut state = self.lock();
        match item {
            FeedItem::Events(match_id, tick, events) => {
                for event in &events {
                    state.append(&self.epoch, &match_id, tick, (event.name(), event), now);
                }
                state.wake(&match_id);
            }
            FeedItem::Chat(match_id, tick, event) => {
                state.append(&self.epoch, &match_id, tick, ("chat", &event), now);
                state.wake(&match_id);
            }
            FeedItem::Standings(match_id, tick, standings, changed) => {
                state.set_board(Board::new(match_id, tick, standings), changed);
            }
            FeedItem::Ended(match_id) => state.finish(match_id),
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl State {
    fn append(
        &mut self,
        epoch: &str,
        match_id: &MatchId,
        tick: Tick,
        (name, event): (&'static str, &impl Serialize),
        now: Instant,
    ) {
        let Some(log) = self.matches.get_mut(match_id) else {
            return;
        };
        self.seq += 1;
        let data = serde_json::to_string(&Wrapped {
            r#match: match_id,
            tick,
            event,
        })
        .expect("events are plain values");
        let frame = Bytes::from(format!(
            "event: {name}\nid: {epoch}-{}\ndata: {data}\n\n",
            self.seq
        ));
        let entry = Entry {
            seq: self.seq,
            at: now,
            name,
            frame,
        };
        if log.is_listed {
            self.everything.push(entry.clone());
        }
        log.push(entry);
    }

    fn set_board(&mut self, board: Board, changed: bool) {
        let Some(log) = self.matches.get_mut(&board.match_id) else {
            return;
        };
        let first = !log.boards.contains_key(&board.match_id);
        let before = log
            .boards
            .get(&board.match_id)
            .map_or(0, |board| board.changed_seq);
        let changed = changed || first;
        self.seq += u64::from(changed);
        let changed_seq = if changed { self.seq } else { before };
        let board = Arc::new(board.changed_at(changed_seq));
        log.boards.insert(board.match_id.clone(), board.clone());
        if log.is_listed {
            let boards = &mut self.everything.boards;
            boards.insert(board.match_id.clone(), board.clone());
        }
        if changed {
            self.wake(&board.match_id);
        }
    }

    fn finish(&mut self, match_id: MatchId) {
        let Some(log) = self.matches.get_mut(&match_id) else {
            return;
        };
        log.end();
        self.everything.boards.remove(&match_id);
        self.finished.push_back(match_id);
        let running = self.matches.len() - self.finished.len();
        if self.finished.len() > FINISHED_KEPT.max(2 * running)
            && let Some(oldest) = self.finished.pop_front()
        {
            self.matches.remove(&oldest);
        }
    }

    fn wake(&self, match_id: &str) {
        self.everything.wake(self.seq);
        if let Some(log) = self.matches.get(match_id) {
            log.wake(self.seq);
        }
    }
}

/// Items held for a pump that takes none: a minute of a busy match. Beyond that the oldest are lost, and counted.
const HELD_MAX: usize = 4096;

/// The end of the feed that a match's thread holds. Never blocks: what the pump has no room for is held and goes first
/// next time.
#[derive(Debug)]
pub struct FeedSender {
    queue: mpsc::Sender<FeedItem>,
    held: VecDeque<FeedItem>,
}

impl FeedSender {
    /// Hands an item over, after those that are still held.
    pub fn send(&mut self, item: FeedItem) {
        self.held.push_back(item);
        self.flush();
        if self.held.len() > HELD_MAX {
            self.lose_one();
        }
    }

    /// That a match is over must still arrive: its streams end by it.
    fn lose_one(&mut self) {
        let can_go = |item: &FeedItem| !matches!(item, FeedItem::Ended(_));
        if let Some(at) = self.held.iter().position(can_go) {
            self.held.remove(at);
            metrics::counter!("fracas_feed_items_lost_total").increment(1);
        }
    }

    /// Tries again to hand over what is held.
    pub fn flush(&mut self) {
        while let Some(item) = self.held.pop_front() {
            match self.queue.try_send(item) {
                Ok(()) => {}
                Err(mpsc::error::TrySendError::Full(item)) => {
                    self.held.push_front(item);
                    return;
                }
                // The server is being taken down: nobody reads any more.
                Err(mpsc::error::TrySendError::Closed(_)) => self.held.clear(),
            }
        }
    }
}

#[cfg(test)]
mod tests;
