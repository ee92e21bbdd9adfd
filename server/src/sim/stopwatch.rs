//! How long each verb of a tick takes, for whoever measures. The clock is lent from outside ([`Match::time_verbs`]);
//! without one nothing is measured, and with one nothing but [`lap`] touches what it says.
//!
//! [`Match::time_verbs`]: super::Match::time_verbs

use bevy_ecs::prelude::*;

use super::VERBS;

/// What the verbs of the last tick took.
#[derive(Resource, Debug, Default)]
pub(super) struct Stopwatch {
    clock: Option<fn() -> u64>,
    /// When the verb that is running began.
    begun: u64,
    /// By place in [`VERBS`], in nanoseconds; as many as have run.
    laps: Vec<u64>,
}

impl Stopwatch {
    pub(super) fn reading(clock: fn() -> u64) -> Stopwatch {
        Stopwatch {
            clock: Some(clock),
            begun: 0,
            laps: Vec::with_capacity(VERBS.len()),
        }
    }

    /// A tick begins.
    pub(super) fn start(&mut self) {
        self.laps.clear();
        if let Some(clock) = self.clock {
            self.begun = clock();
        }
    }

    pub(super) fn laps(&self) -> impl Iterator<Item = (&'static str, u64)> {
        VERBS.iter().copied().zip(self.laps.iter().copied())
    }
}

/// A verb has ended, and the next one begins.
pub(super) fn lap(mut stopwatch: ResMut<Stopwatch>) {
    if let Some(clock) = stopwatch.clock {
        let now = clock();
        let took = now.saturating_sub(stopwatch.begun);
        stopwatch.laps.push(took);
        stopwatch.begun = now;
    }
}
