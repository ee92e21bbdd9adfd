//! The clock that runs ahead of the server, so that inputs arrive just before they are used.
//!
//! The server reports by how many whole ticks each message came before its first input was used. Less the lead that this
//! clock had when the message left, that is a reading of the line alone, which no steering changes; so the lead that is
//! wanted follows from the readings, and the clock runs a little faster or slower until it has it.
//!
//! Not part of the simulation, so it may use floating point.

use std::collections::VecDeque;

use super::readings::Readings;
use crate::Tick;

/// Most the clock runs faster or slower.
const RATE_CHANGE_MAX: f64 = 0.05;
/// In so many ticks most of an error is made up for, if the limit allows.
const SETTLE_TICKS: f64 = 40.0;
/// Leads this far off are made up for at once rather than gradually: the line has changed, or time stood still.
const LEAP_TICKS: f64 = 5.0;
/// The first readings of a line: until there are so many, a lead that is off by over a tick is made up for at once, and one
/// that is too small by a quarter. Nobody has flown far yet.
const FIRST_READINGS: usize = 6;
const FIRST_LEAPS: (f64, f64) = (0.25, 1.0);
/// Ahead of the server at first, in ticks, if it isn't known how long the welcome took: in time over a round trip of 70 ms.
const FIRST_LEAD: f64 = 6.0;
/// The welcome took a round trip and the server's wait for a tick; inputs take as long, wait for a frame or for another to go
/// with, and should come a tick before their use: so many ticks together.
const FIRST_MARGIN: f64 = 2.5;
/// A welcome that took longer than this, in ticks, was held up.
const FIRST_LEAD_MAX: f64 = 30.0;
/// Readings the line is judged by: two seconds of snapshots at 30 Hz.
const READINGS: usize = 64;
/// On a line without jitter a bit over a third of the reports say 1, the others 0: that pins the lead to just under one
/// whole tick, although the reports are whole numbers.
const CLEAN_MARGIN: f64 = 0.5;
/// Variance of reports that whole numbers alone may have.
const ROUNDING: f64 = 0.25;
/// From the mean to the least of an evenly spread quantity are √3 deviations; lines have tails.
const DEVIATIONS: f64 = 1.9;
/// Ticks that the latest inputs are to come early; more after inputs were missing, for a while.
const GUARD: std::ops::RangeInclusive<f64> = 0.45..=2.5;
/// What a message that came too late adds to the guard …
const GUARD_UP: f64 = 0.4;
/// … unless it is later than this: it was held up, and no guard would have helped.
const GUARD_HELPS: f64 = 3.0;
/// In this time the guard goes back to a third, in seconds.
const GUARD_DOWN_S: f64 = 90.0;
/// Messages that are held up, by 200 ms and more, can't be waited for: it would cost everybody else as much, all the time.
/// But on a line that does so all the time, this many ticks more spare the player half of the corrections …
const HELD_UP_COVER: f64 = 5.0;
/// … if it happens so often in a second; less often, less.
const HELD_UP_OFTEN: f64 = 0.25;
/// How often it happens is a mean over this time, in seconds.
const HELD_UP_MEAN_S: f64 = 20.0;
/// Messages kept until they are reported.
const SENT_MAX: usize = 128;
/// A driver that slept for more ticks than this tells nothing about the line.
const SLEPT_TICKS: Tick = 9;

#[derive(Clone, Copy, Debug)]
struct Sent {
    first_tick: Tick,
    /// Position less local time, in ticks.
    lead: f64,
    slept: bool,
}

/// Which tick to predict now.
#[derive(Debug)]
pub(super) struct InputClock {
    tick_us: f64,
    now_us: u64,
    position: f64,
    rate: f64,
    /// Ticks for which the clock stands still.
    wait: f64,
    /// By how much the clock has leapt since that was asked for.
    leapt: f64,
    sent: VecDeque<Sent>,
    readings: Readings,
    guard: f64,
    /// How often in a second messages are held up.
    held_up: f64,
    wanted_lead: Option<f64>,
}

impl InputClock {
    pub(super) fn new(tick: Tick, tick_hz: u8, took_us: Option<u64>, now_us: u64) -> Self {
        let tick_us = 1e6 / f64::from(tick_hz);
        let lead = took_us.map_or(FIRST_LEAD, |took_us| {
            (took_us as f64 / tick_us + FIRST_MARGIN).min(FIRST_LEAD_MAX)
        });
        InputClock {
            tick_us,
            now_us,
            position: f64::from(tick) + lead,
            rate: 1.0,
            wait: 0.0,
            leapt: 0.0,
            sent: VecDeque::new(),
            readings: Readings::new(READINGS, tick_hz),
            guard: *GUARD.start(),
            held_up: 0.0,
            wanted_lead: None,
        }
    }

    fn lead(&self) -> f64 {
        self.position - self.now_us as f64 / self.tick_us
    }

    /// Moves on to `now_us` and returns the tick that is due.
    pub(super) fn advance(&mut self, now_us: u64) -> Tick {
        let passed = now_us.saturating_sub(self.now_us) as f64 / self.tick_us;
        self.now_us = self.now_us.max(now_us);
        let waited = self.wait.min(passed);
        self.wait -= waited;
        self.position += (passed - waited) * self.rate;
        let passed_s = passed * self.tick_us / 1e6;
        self.guard += (GUARD.start() - self.guard) * (passed_s / GUARD_DOWN_S).min(1.0);
        self.held_up -= self.held_up * (passed_s / HELD_UP_MEAN_S).min(1.0);
        if let Some(wanted) = self.wanted_lead {
            let error = wanted - (self.lead() - self.wait);
            let change = (error / SETTLE_TICKS).clamp(-RATE_CHANGE_MAX, RATE_CHANGE_MAX);
            self.rate = 1.0 + change;
        }
        self.tick()
    }

    pub(super) fn tick(&self) -> Tick {
        self.position as Tick
    }

    /// The position in ticks, when it was advanced last.
    pub(super) fn position(&self) -> f64 {
        self.position
    }

    /// The position in ticks at `now_us`, without moving on.
    pub(super) fn position_at(&self, now_us: u64) -> f64 {
        let passed = now_us.saturating_sub(self.now_us) as f64 / self.tick_us;
        self.position + (passed - self.wait).max(0.0) * self.rate
    }

    /// When the tick after `tick` is due.
    pub(super) fn due_us(&self, tick: Tick) -> u64 {
        let missing = (f64::from(tick) + 1.0 - self.position).max(0.0);
        let after = (self.wait + missing / self.rate) * self.tick_us;
        // A microsecond more than rounding can take away.
        self.now_us.saturating_add(after as u64 + 2)
    }

    pub(super) fn now_us(&self) -> u64 {
        self.now_us
    }

    /// A message left whose first input is for `first_tick`; its newest is one of `made` that were made at once.
    pub(super) fn sent(&mut self, first_tick: Tick, made: Tick) {
        if self.sent.len() >= SENT_MAX {
            self.sent.pop_front();
        }
        self.sent.push_back(Sent {
            first_tick,
            lead: self.lead(),
            slept: made > SLEPT_TICKS,
        });
    }

    /// The server is ahead at `now_us`: this clock was stopped.
    pub(super) fn leap_to(&mut self, tick: Tick, now_us: u64) {
        self.now_us = self.now_us.max(now_us);
        self.position = f64::from(tick) + 2.0;
        (self.wait, self.rate, self.leapt) = (0.0, 1.0, 0.0);
        self.wanted_lead = None;
        self.readings.clear();
        self.sent.clear();
    }

    /// By how many ticks the clock has leapt forward since this was asked last.
    pub(super) fn take_leap(&mut self) -> f64 {
        std::mem::take(&mut self.leapt)
    }

    /// How many ticks before their use messages should come, on average.
    pub(super) fn target(&self) -> f64 {
        let spread = DEVIATIONS * (self.readings.variance() - ROUNDING).max(0.0).sqrt();
        // Half a tick is what the server rounds away on average.
        let margin = (spread + self.guard - 0.5).max(CLEAN_MARGIN);
        margin + HELD_UP_COVER * self.often_held_up()
    }

    /// How often messages are held up: from never, 0, to 1.
    pub(super) fn often_held_up(&self) -> f64 {
        (self.held_up / HELD_UP_OFTEN).min(1.0)
    }

    /// The snapshot of `now`, `ticks` after the one before, says that the latest message came `margin` ticks before its use.
    pub(super) fn feedback(&mut self, margin: i8, now: Tick, ticks: Tick) {
        if margin == i8::MIN {
            return;
        }
        let Some(first_tick) = now.checked_add_signed(i32::from(margin)) else {
            return;
        };
        while self
            .sent
            .get(1)
            .is_some_and(|next| next.first_tick <= first_tick)
        {
            self.sent.pop_front();
        }
        let Some(sent) = self.sent.front().copied() else {
            return;
        };
        let may_be = sent.first_tick <= first_tick && first_tick - sent.first_tick < ticks.max(2);
        if !may_be || sent.slept {
            return;
        }
        let had_its_lead = self
            .wanted_lead
            .is_some_and(|wanted| sent.lead > wanted - 0.5);
        if had_its_lead && (-GUARD_HELPS..0.0).contains(&f64::from(margin)) {
            self.guard = (self.guard + GUARD_UP).min(*GUARD.end());
        }
        if self.readings.take(f64::from(margin) - sent.lead) {
            self.held_up += 1.0 / HELD_UP_MEAN_S;
        }
        self.steer();
    }

    fn steer(&mut self) {
        let wanted = self.target() - self.readings.mean();
        self.wanted_lead = Some(wanted);
        let error = wanted - (self.lead() - self.wait);
        let (short, long) = if self.readings.len() < FIRST_READINGS {
            FIRST_LEAPS
        } else {
            (LEAP_TICKS, LEAP_TICKS)
        };
        if error > short {
            self.wait = 0.0;
            self.position += error;
            self.leapt += error;
        } else if error < -long {
            self.wait -= error;
        }
    }
}
