//! The two clocks of a client. One runs ahead of the server, so that inputs arrive just before they are used; the other
//! behind it, so that there are two snapshots to interpolate between. Neither is part of the simulation, so they may
//! use floating point.

use crate::Tick;

/// How many ticks before their use inputs should arrive.
const MARGIN_TARGET: f64 = 1.5;
/// Margins this far off are made up for at once rather than gradually.
const LEAP_TICKS: f64 = 5.0;
/// Most the clock runs faster or slower.
const RATE_CHANGE_MAX: f64 = 0.03;

/// Which tick to predict now. Steered by the margin the server reports for each client's inputs.
#[derive(Debug)]
pub(super) struct InputClock {
    position: f64,
    rate: f64,
    margin: f64,
    /// Margins reported before this tick speak of inputs sent before the last leap.
    deaf_until: Tick,
    tick_us: f64,
    now_us: u64,
}

impl InputClock {
    pub(super) fn new(tick: Tick, tick_hz: u8, now_us: u64) -> Self {
        InputClock {
            position: f64::from(tick) + 3.0,
            rate: 1.0,
            margin: MARGIN_TARGET,
            deaf_until: 0,
            tick_us: 1e6 / f64::from(tick_hz),
            now_us,
        }
    }

    /// Moves on to `now_us` and returns the tick that is due.
    pub(super) fn advance(&mut self, now_us: u64) -> Tick {
        let passed_us = now_us.saturating_sub(self.now_us);
        self.now_us = self.now_us.max(now_us);
        self.position += passed_us as f64 / self.tick_us * self.rate;
        self.tick()
    }

    pub(super) fn tick(&self) -> Tick {
        self.position as Tick
    }

    /// The position in ticks at `now_us`, without moving on.
    pub(super) fn position_at(&self, now_us: u64) -> f64 {
        self.position + now_us.saturating_sub(self.now_us) as f64 / self.tick_us * self.rate
    }

    pub(super) fn now_us(&self) -> u64 {
        self.now_us
    }

    /// The server is ahead: this clock was stopped.
    pub(super) fn leap_to(&mut self, tick: Tick) {
        self.position = f64::from(tick) + 2.0;
        self.deaf_until = tick.saturating_add(2);
        self.margin = MARGIN_TARGET;
    }

    /// The newest inputs reached the server `margin` ticks before they were needed, it said at tick `now`.
    pub(super) fn feedback(&mut self, margin: i8, now: Tick) {
        if margin == i8::MIN || now < self.deaf_until {
            return;
        }
        let error = MARGIN_TARGET - f64::from(margin);
        if error.abs() > LEAP_TICKS {
            self.position = (self.position + error).max(f64::from(now));
            self.deaf_until = self.tick();
            self.margin = MARGIN_TARGET;
            self.rate = 1.0;
            return;
        }
        self.margin += (f64::from(margin) - self.margin) * 0.1;
        let change = (MARGIN_TARGET - self.margin) * 0.02;
        self.rate = 1.0 + change.clamp(-RATE_CHANGE_MAX, RATE_CHANGE_MAX);
    }
}

/// Which tick of the others to show now: the server's tick as snapshots arrive, less a delay that covers two snapshots
/// and their jitter.
#[derive(Debug)]
pub(super) struct ServerClock {
    /// Server tick minus local time in ticks, smoothed.
    offset: f64,
    jitter_ticks: f64,
    snapshot_ticks: f64,
    tick_us: f64,
    shown: f64,
    started: bool,
}

/// An offset this far from the smoothed one is a new line, not jitter.
const NEW_LINE_TICKS: f64 = 15.0;

impl ServerClock {
    pub(super) fn new(tick: Tick, tick_hz: u8, snapshot_ticks: f64, now_us: u64) -> Self {
        let tick_us = 1e6 / f64::from(tick_hz);
        let offset = f64::from(tick) - now_us as f64 / tick_us;
        ServerClock {
            offset,
            jitter_ticks: 0.5,
            snapshot_ticks,
            tick_us,
            shown: 0.0,
            started: false,
        }
    }

    pub(super) fn on_snapshot(&mut self, tick: Tick, now_us: u64) {
        let sample = f64::from(tick) - now_us as f64 / self.tick_us;
        let error = sample - self.offset;
        if !self.started || error.abs() > NEW_LINE_TICKS {
            self.started = true;
            self.offset = sample;
            self.shown = 0.0;
            return;
        }
        self.offset += error * 0.05;
        self.jitter_ticks += (error.abs() - self.jitter_ticks) * 0.05;
    }

    /// How far in the past others are shown, in ticks.
    pub(super) fn delay_ticks(&self) -> f64 {
        2.0 * self.snapshot_ticks + 2.0 * self.jitter_ticks.min(12.0)
    }

    /// The tick to show, never less than before, and not less than `earliest`.
    pub(super) fn show(&mut self, now_us: u64, earliest: f64) -> f64 {
        let target = now_us as f64 / self.tick_us + self.offset - self.delay_ticks();
        self.shown = self.shown.max(target).max(earliest);
        self.shown
    }

    /// The tick shown last.
    pub(super) fn shown(&self) -> f64 {
        self.shown
    }

    pub(super) fn jitter_ms(&self) -> f32 {
        (self.jitter_ticks * self.tick_us / 1000.0) as f32
    }

    pub(super) fn delay_ms(&self) -> f32 {
        (self.delay_ticks() * self.tick_us / 1000.0) as f32
    }
}
