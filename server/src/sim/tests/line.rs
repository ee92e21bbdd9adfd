//! A line between two ends, in virtual time and by a seed: it delays, jitters and stalls, and keeps the order, as TCP does.

use std::collections::VecDeque;
use std::ops::Range;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// How long a stalled message holds up the line: what a lost segment costs until it is sent again.
pub(super) const STALL_US: u64 = 200_000;

/// What a line does to messages, the same in both directions.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct LineModel {
    /// How long a message takes one way, evenly spread.
    pub(super) delay_us: Range<u64>,
    /// Share of messages that take [`STALL_US`] longer; those behind wait for them.
    pub(super) stalls: f64,
}

impl LineModel {
    /// A round trip of `ms`, give or take `jitter_ms`: half of both each way.
    pub(super) fn round_trip(ms: u64, jitter_ms: u64) -> LineModel {
        (ms * 500 - jitter_ms * 500..ms * 500 + jitter_ms * 500).into()
    }

    pub(super) fn stalling(self, stalls: f64) -> LineModel {
        LineModel { stalls, ..self }
    }
}

impl From<Range<u64>> for LineModel {
    fn from(delay_us: Range<u64>) -> LineModel {
        LineModel {
            delay_us,
            stalls: 0.0,
        }
    }
}

/// One direction of a line.
pub(super) struct Line {
    pub(super) model: LineModel,
    rng: StdRng,
    queue: VecDeque<(u64, Vec<u8>)>,
}

impl Line {
    pub(super) fn new(model: LineModel, seed: u64) -> Self {
        Line {
            model,
            rng: StdRng::seed_from_u64(seed),
            queue: VecDeque::new(),
        }
    }

    pub(super) fn send(&mut self, bytes: Vec<u8>, now_us: u64) {
        let LineModel { delay_us, stalls } = &self.model;
        let mut delay = delay_us.start;
        if !delay_us.is_empty() {
            delay = self.rng.random_range(delay_us.clone());
        }
        if *stalls > 0.0 && self.rng.random_bool(*stalls) {
            delay += STALL_US;
        }
        let after_the_last = self.queue.back().map_or(0, |(at, _)| *at);
        self.queue
            .push_back(((now_us + delay).max(after_the_last), bytes));
    }

    pub(super) fn receive(&mut self, now_us: u64) -> Option<Vec<u8>> {
        if self.queue.front()?.0 > now_us {
            return None;
        }
        self.queue.pop_front().map(|(_, bytes)| bytes)
    }
}
