//! A reader's position in a log, and the rules of resuming.

use std::{
    collections::VecDeque,
    sync::{Arc, atomic::Ordering},
};

use bytes::Bytes;
use tokio::sync::watch;

use super::{
    EVENT_NAMES, Feed, MatchId, State,
    board::Board,
    log::{Entry, Log},
};

/// Events taken from a log at a time, so that one reader holds the lock for microseconds only.
const TAKEN_AT_ONCE: usize = 256;
/// Players on a streamed scoreboard at most, and when nobody said otherwise: four times a second, thousands of lines
/// would be a megabyte for each reader.
const TOP_MAX: usize = 100;

/// What a reader wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    /// One match; all of them when `None`.
    pub match_id: Option<MatchId>,
    /// Names from [`EVENT_NAMES`]; everything when `None`. A `reset` always comes.
    pub events: Option<Vec<&'static str>>,
    /// Players on each scoreboard, the best first; 100 at most are told.
    pub top: usize,
}

impl Selection {
    /// Everything of one match, or of all.
    pub fn all_of(match_id: Option<MatchId>) -> Self {
        Self {
            match_id,
            events: None,
            top: TOP_MAX,
        }
    }

    /// Narrows to the events named in a comma-separated list.
    ///
    /// # Errors
    /// The first name that is no event's.
    pub fn only(mut self, list: &str) -> Result<Self, String> {
        let name_of = |text: &str| {
            let known = EVENT_NAMES.iter().find(|name| **name == text).copied();
            known.ok_or_else(|| {
                format!("{text:?} is no event; known are {}", EVENT_NAMES.join(", "))
            })
        };
        let names = list
            .split(',')
            .map(str::trim)
            .filter(|text| !text.is_empty());
        self.events = Some(names.map(name_of).collect::<Result<_, _>>()?);
        Ok(self)
    }

    fn wants(&self, name: &str) -> bool {
        self.events
            .as_ref()
            .is_none_or(|names| names.contains(&name))
    }
}

/// How a subscription begins.
#[derive(Debug)]
pub enum Opening {
    /// There is something to read, now or later.
    Stream(Subscription),
    /// The match is over and the reader has had everything: there is no reason to come back.
    NothingMore,
    /// No such match.
    Unknown,
}

/// A position in a log. Counted as long as it lives.
#[derive(Debug)]
pub struct Subscription {
    feed: Arc<Feed>,
    selection: Selection,
    cursor: u64,
    ready: VecDeque<Bytes>,
    bell: watch::Receiver<u64>,
    /// Shows how things stand as soon as the replay has caught up.
    greets: bool,
    ended: bool,
}

/// Where a reader was, from its `Last-Event-ID`.
enum Position {
    New,
    At(u64),
    Lost,
}

impl Feed {
    /// Begins to read. `last_id` is what the reader saw last: `<epoch>-<seq>`, or `0` for "from the beginning of the
    /// history".
    pub fn subscribe(self: &Arc<Self>, selection: Selection, last_id: Option<&str>) -> Opening {
        let state = self.lock();
        let Some(log) = state.log(&selection) else {
            return Opening::Unknown;
        };
        let position = self.position(&state, log, last_id);
        if log.ended && matches!(position, Position::At(seq) if log.after(seq, 1).next().is_none())
        {
            return Opening::NothingMore;
        }
        let mut opened = Subscription {
            feed: self.clone(),
            cursor: state.seq,
            ready: VecDeque::new(),
            bell: log.listen(),
            greets: false,
            ended: false,
            selection,
        };
        match position {
            Position::New => opened.show_boards(log, Some(state.seq)),
            Position::Lost => opened.reset(log, state.seq),
            Position::At(seq) => (opened.cursor, opened.greets) = (seq, true),
        }
        drop(state);
        self.subscribers.fetch_add(1, Ordering::Relaxed);
        Opening::Stream(opened)
    }

    fn position(&self, state: &State, log: &Log, last_id: Option<&str>) -> Position {
        let Some(id) = last_id.filter(|id| !id.is_empty()) else {
            return Position::New;
        };
        let seq = match id.rsplit_once('-') {
            Some((epoch, seq)) if epoch == self.epoch => seq.parse().ok(),
            None if id == "0" => Some(0),
            _ => None,
        };
        match seq {
            Some(seq) if seq <= state.seq && log.reaches_back_to(seq) => Position::At(seq),
            _ => Position::Lost,
        }
    }
}

impl State {
    fn log(&self, selection: &Selection) -> Option<&Log> {
        match &selection.match_id {
            Some(match_id) => self.matches.get(match_id),
            None => Some(&self.everything),
        }
    }
}

impl Subscription {
    /// The next piece of the stream; `None` when the match is over and everything was read.
    pub async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Some(frame);
            }
            if self.ended {
                return None;
            }
            self.bell.mark_unchanged();
            let caught_up = self.collect();
            let waits = caught_up && self.ready.is_empty() && !self.ended;
            if waits && self.bell.changed().await.is_err() {
                self.ended = true;
            }
        }
    }

    /// Takes what is new from the log, in helpings; `true` when nothing is left.
    fn collect(&mut self) -> bool {
        let feed = self.feed.clone();
        let state = feed.lock();
        let Some(log) = state.log(&self.selection) else {
            self.ended = true;
            return true;
        };
        if !log.reaches_back_to(self.cursor) {
            self.reset(log, state.seq);
            return true;
        }
        let events: Vec<_> = log.after(self.cursor, TAKEN_AT_ONCE).collect();
        let caught_up = events.len() < TAKEN_AT_ONCE;
        let upto = events
            .last()
            .filter(|_| !caught_up)
            .map_or(state.seq, |entry| entry.seq);
        self.push_in_order(log, &events, upto);
        self.cursor = upto;
        if caught_up && std::mem::take(&mut self.greets) {
            self.show_boards(log, None);
        }
        self.ended = caught_up && log.ended && self.ready.is_empty();
        caught_up
    }

    /// Queues events, and scoreboards that changed up to the same point, so that ids never go back.
    fn push_in_order(&mut self, log: &Log, events: &[&Entry], upto: u64) {
        // Who catches up is shown how things stand at the end, not on the way.
        let shows_boards = self.selection.wants("scoreboard") && !self.greets;
        let is_new = |board: &&Arc<Board>| (self.cursor + 1..=upto).contains(&board.changed_seq);
        let mut boards: Vec<_> = log
            .boards
            .values()
            .filter(is_new)
            .filter(|_| shows_boards)
            .collect();
        boards.sort_by_key(|board| board.changed_seq);
        let mut boards = boards.into_iter().peekable();
        for event in events {
            while let Some(board) = boards.next_if(|board| board.changed_seq < event.seq) {
                self.push_scoreboard(board, Some(board.changed_seq));
            }
            if self.selection.wants(event.name) {
                self.ready.push_back(event.frame.clone());
            }
        }
        for board in boards {
            self.push_scoreboard(board, Some(board.changed_seq));
        }
    }

    /// The state on connecting. Carries an id only where the reader has none: after a replay its own is newer.
    fn show_boards(&mut self, log: &Log, id: Option<u64>) {
        if !self.selection.wants("scoreboard") {
            return;
        }
        for board in log.boards.values() {
            self.push_scoreboard(board, id);
        }
    }

    fn reset(&mut self, log: &Log, seq: u64) {
        metrics::counter!("fracas_sse_resets_total").increment(1);
        self.cursor = seq;
        self.ready.push_back(Bytes::from_static(
            b"event: reset\ndata: {\"reason\":\"history\"}\n\n",
        ));
        let marker = format!("id: {}-{seq}\n\n", self.feed.epoch);
        self.show_boards(log, Some(seq));
        if !self.selection.wants("scoreboard") || log.boards.is_empty() {
            // Nothing carried the new position: a block without data moves the reader's id and fires no event.
            self.ready.push_back(Bytes::from(marker));
        }
    }

    fn push_scoreboard(&mut self, board: &Board, id: Option<u64>) {
        let top = self.selection.top.min(TOP_MAX);
        self.ready.push_back(board.frame(top, id, &self.feed.epoch));
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.feed.subscribers.fetch_sub(1, Ordering::Relaxed);
    }
}
