//! The clock by which the others are shown: behind the server, so that what is shown has arrived.
//!
//! It runs as local time does, at a distance that all but the latest snapshots keep within, and comes to another distance
//! by running a little faster or slower. Past the newest snapshot it goes on for a bounded time; then it comes to rest.
//!
//! Not part of the simulation, so it may use floating point.

use super::readings::Readings;
use crate::Tick;

/// Most the clock runs faster or slower.
const RATE_CHANGE_MAX: f64 = 0.05;
/// In so many ticks most of an error is made up for, if the limit allows.
const SETTLE_TICKS: f64 = 30.0;
/// The share of snapshots that may come too late. What they are late by is short, so fewer frames than that are affected.
const LATE_SHARE: f64 = 0.02;
/// Ticks that all others come early.
const GUARD: f64 = 0.25;
/// Readings the line is judged by: four to eight seconds of snapshots.
const READINGS: usize = 256;
/// How far behind the first snapshot others are shown, until there are readings.
const FIRST_DELAY_TICKS: f64 = 3.0;
/// Snapshots that come within this many ticks of the one before were held up together with it.
const AT_ONCE: f64 = 0.1;
/// Longest extrapolation past the newest snapshot, as a share of a second …
const EXTRAPOLATE_S_MAX: f64 = 0.1;
/// … of which the last part, in ticks, is run through ever slower.
const BRAKE_TICKS: f64 = 1.5;
/// What is kept of it when others are shown past the newest on purpose, in ticks.
const SPARE_TICKS: f64 = 0.5;
/// After so long without a picture the present is shown at once, as a share of a second. So it is when the picture has
/// fallen this far behind.
const SLEPT_S: f64 = 0.25;

/// How the picture of the others came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// From snapshots.
    Known,
    /// Past the newest on purpose: what the player sees must not be older than hits can be judged.
    Ahead,
    /// Past the newest, because the next is late.
    Late,
    /// At rest, because the next is very late.
    Frozen,
}

/// Which tick of the others to show now.
#[derive(Debug)]
pub(super) struct ServerClock {
    tick_us: f64,
    tick_hz: f64,
    readings: Readings,
    /// Server tick less local time, in ticks, at which all but the latest snapshots have come.
    behind: Option<f64>,
    /// How early snapshots come: smoothed, and how much that varies.
    early: f64,
    jitter: f64,
    /// The newest snapshot, and when it came, in ticks of local time.
    newest: Option<(Tick, f64)>,
    /// What is shown, and since when.
    shown: Option<(f64, u64)>,
}

impl ServerClock {
    pub(super) fn new(tick_hz: u8) -> Self {
        ServerClock {
            tick_us: 1e6 / f64::from(tick_hz),
            tick_hz: f64::from(tick_hz),
            readings: Readings::new(READINGS, tick_hz),
            behind: None,
            early: 0.0,
            jitter: 0.0,
            newest: None,
            shown: None,
        }
    }

    /// A snapshot of `tick` came. `drawn`: whether anything will be shown.
    pub(super) fn on_snapshot(&mut self, tick: Tick, now_us: u64, drawn: bool) {
        let local = now_us as f64 / self.tick_us;
        let early = f64::from(tick) - local;
        let before = self.newest.replace((tick, local));
        let error = early - self.early;
        // Local time stood still, as it may while a machine sleeps: what was read before is of no use.
        let stood_still = error > SLEPT_S * self.tick_hz;
        if before.is_none() || stood_still {
            (self.early, self.jitter) = (early, 0.0);
            self.readings.clear();
            self.behind = Some(early - FIRST_DELAY_TICKS);
        } else {
            let error = error.max(-SLEPT_S * self.tick_hz);
            self.early += error * 0.05;
            self.jitter += (error.abs() - self.jitter) * 0.05;
        }
        if !drawn {
            return;
        }
        match before {
            // Until now the one before was the newest there was: so far behind local time it would have been in time.
            Some((known, then)) if local - then > AT_ONCE && !stood_still => {
                self.readings.take(f64::from(known) - local);
                self.behind = self
                    .readings
                    .quantile(LATE_SHARE)
                    .map(|least| least - GUARD);
            }
            _ => {}
        }
    }

    /// Moves the picture on to `now_us`; the player is at `present`, and hits are judged at most `rewind` ticks back.
    pub(super) fn show(&mut self, now_us: u64, present: f64, rewind: f64) -> Shown {
        let (Some((newest, _)), Some(behind)) = (self.newest, self.behind) else {
            return Shown::Known;
        };
        let newest = f64::from(newest);
        let extrapolate_max = EXTRAPOLATE_S_MAX * self.tick_hz;
        let limit = newest + extrapolate_max;
        let usual = now_us as f64 / self.tick_us + behind;
        // The next input is for a tick after the present. Where rules judge in the present alone, there is nothing to gain.
        let fair = if rewind > 0.0 {
            (present + 1.0 - rewind).min(usual + extrapolate_max - SPARE_TICKS)
        } else {
            usual
        };
        let target = usual.max(fair);
        let slept = SLEPT_S * self.tick_hz;
        let Some((shown, then_us)) = self.shown else {
            self.shown = Some((target.min(limit), now_us));
            return Shown::Known;
        };
        let passed = now_us.saturating_sub(then_us) as f64 / self.tick_us;
        let error = target - (shown + passed);
        if passed > slept || error > slept {
            self.shown = Some((shown.max(target.min(limit)), now_us));
            return Shown::Known;
        }
        let rate = 1.0 + (error / SETTLE_TICKS).clamp(-RATE_CHANGE_MAX, RATE_CHANGE_MAX);
        let brake = ((limit - shown) / BRAKE_TICKS).clamp(0.0, 1.0);
        let next = (shown + passed * rate * brake).min(limit.max(shown));
        self.shown = Some((next, now_us));
        if next <= newest {
            Shown::Known
        } else if brake < 0.5 {
            Shown::Frozen
        } else if usual <= newest {
            Shown::Ahead
        } else {
            Shown::Late
        }
    }

    /// The tick shown last.
    pub(super) fn shown(&self) -> Option<f64> {
        self.shown.map(|(tick, _)| tick)
    }

    /// How long it is since something was shown.
    pub(super) fn rested_us(&self, now_us: u64) -> u64 {
        self.shown
            .map_or(0, |(_, then_us)| now_us.saturating_sub(then_us))
    }

    pub(super) fn jitter_ms(&self) -> f32 {
        (self.jitter * self.tick_us / 1000.0) as f32
    }

    /// How far the picture of `now_us` lies behind what has usually come by then.
    pub(super) fn delay_ms(&self, now_us: u64) -> f32 {
        let Some((shown, _)) = self.shown else {
            return 0.0;
        };
        let usual = now_us as f64 / self.tick_us + self.early;
        ((usual - shown).max(0.0) * self.tick_us / 1000.0) as f32
    }
}
