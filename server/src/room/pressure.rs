//! What a room gives up when it has more to do than there is time for. Pure: told how each tick went.
//!
//! | step | gives up |
//! |---|---|
//! | 0 | nothing |
//! | 1 | how far craft aim is told half as often |
//! | 2, 3, 4 | and all snapshots come half an interval further apart for each step: at 30 a second, 20, 15, 12 |
//! | 5 | and nobody new comes in |
//!
//! The simulation never slows. A step is taken when a second was too much, and taken back when a few were easy; whoever
//! takes one back too early waits longer the next time, so that a room on the edge doesn't swing.

use std::time::Duration;

use fracas_protocol::Tick;

/// Last step.
pub const STEP_MAX: u8 = 5;
/// The first that concerns everything in sight.
const ALL_FROM: u8 = 2;
/// The last that stretches snapshots further.
const ALL_TO: u8 = 4;
/// A second is too much if its ticks took this share of their time on average …
const BUSY: f64 = 0.85;
/// … or if this share of them began a whole period late.
const LATE: f64 = 0.25;
/// A second is easy if its ticks took at most this share of their time, and hardly any began late.
const EASY: f64 = 0.55;
const EASY_LATE: f64 = 0.02;
/// Easy seconds until a step is taken back: at first, and at most.
const CALM_S: u32 = 3;
const CALM_S_MAX: u32 = 48;
/// A step that is taken again within so many seconds was taken back too early.
const RELAPSE_S: u32 = 10;

/// How a room copes.
#[derive(Debug)]
pub struct Pressure {
    ticks_per_s: u32,
    step: u8,
    second: Second,
    easy_s: u32,
    calm_s: u32,
    /// Seconds since a step was taken back.
    eased_s: u32,
}

/// What came of a second's ticks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// The step in which they were played.
    pub spent_at: u8,
    /// The step from now on.
    pub step: u8,
}

/// What is being measured.
#[derive(Debug, Default)]
struct Second {
    ticks: u32,
    late: u32,
    /// Sum of shares of a period.
    took: f64,
}

impl Pressure {
    /// A room that copes.
    pub fn new(tick_hz: u8) -> Self {
        Self {
            ticks_per_s: u32::from(tick_hz),
            step: 0,
            second: Second::default(),
            easy_s: 0,
            calm_s: CALM_S,
            eased_s: u32::MAX,
        }
    }

    /// A room that doesn't cope at all.
    #[cfg(test)]
    pub fn at_last_step(tick_hz: u8) -> Self {
        Self {
            step: STEP_MAX,
            ..Self::new(tick_hz)
        }
    }

    /// A tick began `lag` after its time and took `took` of its `period`. Once a second it returns how that was judged.
    pub fn note(&mut self, lag: Duration, took: Duration, period: Duration) -> Option<Judged> {
        self.second.ticks += 1;
        self.second.late += u32::from(lag >= period);
        self.second.took += took.as_secs_f64() / period.as_secs_f64();
        if self.second.ticks < self.ticks_per_s {
            return None;
        }
        let second = std::mem::take(&mut self.second);
        let spent_at = self.step;
        self.judge(&second);
        Some(Judged {
            spent_at,
            step: self.step,
        })
    }

    /// How far apart snapshots come that came `interval` ticks apart.
    pub fn stretched(&self, interval: Tick) -> Tick {
        let steps = Tick::from((self.step.min(ALL_TO) + 1).saturating_sub(ALL_FROM));
        interval + (interval * steps).div_ceil(2)
    }

    /// Whether what is far away is told less often.
    pub fn thins_far(&self) -> bool {
        self.step > 0
    }

    /// What is given up now: 0 nothing, 5 everything there is.
    pub fn step(&self) -> u8 {
        self.step
    }

    /// Whether nobody new should come.
    pub fn is_closed(&self) -> bool {
        self.step == STEP_MAX
    }

    fn judge(&mut self, second: &Second) {
        let ticks = f64::from(second.ticks);
        let (took, late) = (second.took / ticks, f64::from(second.late) / ticks);
        self.eased_s = self.eased_s.saturating_add(1);
        if took > BUSY || late > LATE {
            self.easy_s = 0;
            if self.step < STEP_MAX {
                if self.eased_s < RELAPSE_S {
                    self.calm_s = (2 * self.calm_s).min(CALM_S_MAX);
                }
                self.step += 1;
            }
            return;
        }
        let is_easy = took < EASY && late <= EASY_LATE;
        self.easy_s = if is_easy { self.easy_s + 1 } else { 0 };
        if self.step == 0 {
            if self.eased_s > CALM_S_MAX {
                self.calm_s = CALM_S;
            }
        } else if self.easy_s >= self.calm_s {
            (self.step, self.easy_s, self.eased_s) = (self.step - 1, 0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Duration = Duration::from_micros(16_667);

    /// Seconds in which ticks take this share of their time and begin this much late; the step after each.
    fn seconds(pressure: &mut Pressure, count: u32, share: f64, lag: Duration) -> Vec<u8> {
        let mut second = || {
            for _ in 0..60 {
                pressure.note(lag, PERIOD.mul_f64(share), PERIOD);
            }
            pressure.step
        };
        (0..count).map(|_| second()).collect()
    }

    #[test]
    fn a_room_that_copes_gives_up_nothing() {
        let mut pressure = Pressure::new(60);
        assert_eq!(seconds(&mut pressure, 5, 0.8, Duration::ZERO), [0; 5]);
        assert_eq!((pressure.stretched(2), pressure.is_closed()), (2, false));
    }

    #[test]
    fn a_second_counts_for_the_step_it_was_spent_at() {
        let mut pressure = Pressure::new(60);
        let judged: Vec<_> = (0..180)
            .filter_map(|_| pressure.note(Duration::ZERO, 2 * PERIOD, PERIOD))
            .map(|second| (second.spent_at, second.step))
            .collect();
        assert_eq!(judged, [(0, 1), (1, 2), (2, 3)]);
    }

    #[test]
    fn one_slow_tick_is_not_too_much() {
        let mut pressure = Pressure::new(60);
        pressure.note(20 * PERIOD, 12 * PERIOD, PERIOD);
        assert_eq!(seconds(&mut pressure, 2, 0.1, Duration::ZERO), [0; 2]);
    }

    #[test]
    fn what_is_far_thins_out_first_then_all_then_nobody_comes_and_it_recovers_by_itself() {
        let mut pressure = Pressure::new(60);
        let mut shed = Vec::new();
        assert!(!pressure.thins_far());
        for _ in 0..6 {
            seconds(&mut pressure, 1, 1.2, Duration::ZERO);
            assert!(pressure.thins_far());
            shed.push((pressure.stretched(2), pressure.is_closed()));
        }
        let expected = [
            (2, false),
            (3, false),
            (4, false),
            (5, false),
            (5, true),
            (5, true),
        ];
        assert_eq!(shed, expected);
        let steps = seconds(&mut pressure, 15, 0.3, Duration::ZERO);
        assert_eq!(steps, [5, 5, 4, 4, 4, 3, 3, 3, 2, 2, 2, 1, 1, 1, 0]);
        assert_eq!(pressure.stretched(1), 1);
        assert!(!pressure.thins_far());
    }

    #[test]
    fn starts_that_are_late_are_too_much_whatever_ticks_take() {
        let mut pressure = Pressure::new(60);
        assert_eq!(seconds(&mut pressure, 2, 0.2, 2 * PERIOD), [1, 2]);
    }

    #[test]
    fn on_the_edge_it_swings_ever_more_seldom() {
        let mut pressure = Pressure::new(60);
        let mut changes = 0;
        for _ in 0..600 {
            let before = pressure.step;
            // Too much without the step, easy with it.
            let share = if pressure.step == 0 { 1.0 } else { 0.5 };
            seconds(&mut pressure, 1, share, Duration::ZERO);
            changes += u32::from(pressure.step != before);
        }
        assert!(changes <= 34, "{changes} changes in ten minutes");
    }
}
