//! Pacing of a match: absolute deadlines, so that no error of one tick's start reaches the next.
//!
//! ```text
//!   deadline n     n+1      n+2      n+3
//!      |--------|--------|--------|--------> time
//!      ^lag^[step]                            start lag = when the step began - its deadline
//! ```
//!
//! A thread that was held up runs the ticks it owes at once, up to [`CATCH_UP_MAX`] of them; what it owes beyond that
//! is skipped and counted, because a server that is behind for good would otherwise spend its time on the past.
//! The decisions are in [`Pacer`], which is told the time; [`Pacer::sleep`] is the only place that waits.

use std::{
    sync::LazyLock,
    thread,
    time::{Duration, Instant},
};

/// Ticks that may be run late, back to back: a quarter of a second at 60 Hz, what clients' buffers can ride out.
pub const CATCH_UP_MAX: u32 = 15;

/// Where a match is in time.
#[derive(Debug)]
pub struct Pacer {
    period: Duration,
    deadline: Instant,
}

/// What there is to know about the start of a tick.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Start {
    /// How long after its deadline the tick begins.
    pub lag: Duration,
    /// Deadlines given up before this one, because too many were missed.
    pub skipped: u32,
}

impl Pacer {
    /// `tick_hz` ticks a second, the first one now.
    pub fn new(tick_hz: u8, now: Instant) -> Self {
        Self {
            period: Duration::from_secs(1) / u32::from(tick_hz),
            deadline: now,
        }
    }

    /// Time from one tick to the next.
    pub fn period(&self) -> Duration {
        self.period
    }

    /// Waits for the next deadline and takes it.
    pub fn sleep(&mut self) -> Start {
        let wait = self.wait(Instant::now());
        if !wait.is_zero() {
            thread::sleep(wait);
        }
        self.take(Instant::now())
    }

    /// Begins anew after a pause in which no tick was due (a sleeping room).
    pub fn restart(&mut self, now: Instant) {
        self.deadline = now;
    }

    /// How long to wait for the next tick.
    fn wait(&self, now: Instant) -> Duration {
        self.deadline.saturating_duration_since(now)
    }

    /// The tick that starts `now`; moves on to the following deadline.
    fn take(&mut self, now: Instant) -> Start {
        let behind = now.saturating_duration_since(self.deadline);
        let owed = (behind.as_nanos() / self.period.as_nanos()).min(u128::from(u32::MAX)) as u32;
        let skipped = if owed > CATCH_UP_MAX { owed } else { 0 };
        self.deadline += self.period * skipped;
        let lag = now.saturating_duration_since(self.deadline);
        self.deadline += self.period;
        Start { lag, skipped }
    }
}

/// Nanoseconds since the first call: a clock to be lent to whoever has none and is to be measured.
pub fn nanos() -> u64 {
    static ORIGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    ORIGIN.elapsed().as_nanos() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Duration = Duration::from_millis(20);

    fn pacer() -> (Pacer, Instant) {
        let now = Instant::now();
        (Pacer::new(50, now), now)
    }

    #[test]
    fn an_error_of_one_start_does_not_reach_the_next() {
        let (mut pacer, origin) = pacer();
        assert_eq!(
            pacer.take(origin),
            Start {
                lag: Duration::ZERO,
                skipped: 0
            }
        );
        let late = origin + PERIOD + Duration::from_millis(3);
        assert_eq!(
            pacer.take(late),
            Start {
                lag: Duration::from_millis(3),
                skipped: 0
            }
        );
        assert_eq!(pacer.wait(late), Duration::from_millis(17));
    }

    #[test]
    fn a_short_hold_up_is_caught_up() {
        let (mut pacer, origin) = pacer();
        let now = origin + PERIOD * 10;
        for owed in (0..=10).rev() {
            assert_eq!(pacer.wait(now), Duration::ZERO);
            assert_eq!(
                pacer.take(now),
                Start {
                    lag: PERIOD * owed,
                    skipped: 0
                }
            );
        }
        assert_eq!(pacer.wait(now), PERIOD);
    }

    #[test]
    fn a_long_hold_up_is_skipped_and_counted() {
        let (mut pacer, origin) = pacer();
        let now = origin + PERIOD * 100 + Duration::from_millis(1);
        assert_eq!(
            pacer.take(now),
            Start {
                lag: Duration::from_millis(1),
                skipped: 100
            }
        );
        assert_eq!(pacer.wait(now), Duration::from_millis(19));
    }

    /// At 60 Hz, after two seconds without processor: what has been missed is given up at once, and the rest is on time.
    #[test]
    fn after_a_freeze_of_two_seconds_the_next_ticks_are_on_time() {
        let origin = Instant::now();
        let mut pacer = Pacer::new(60, origin);
        let mut now = origin;
        let (mut begun, mut skipped) = (Vec::new(), 0);
        for tick in 0..30 {
            if tick == 10 {
                now += Duration::from_secs(2);
            }
            let start = pacer.take(now);
            begun.push(start.lag);
            skipped += start.skipped;
            // A tick that takes no time, and a sleep that is exact.
            now += pacer.wait(now);
        }
        assert_eq!(skipped, 120);
        assert!(begun.iter().all(|lag| *lag < pacer.period()), "{begun:?}");
        assert!(now < origin + Duration::from_secs(2) + pacer.period() * 31);
    }

    #[test]
    fn a_restart_owes_nothing() {
        let (mut pacer, origin) = pacer();
        let now = origin + PERIOD * 1_000;
        pacer.restart(now);
        assert_eq!(
            pacer.take(now),
            Start {
                lag: Duration::ZERO,
                skipped: 0
            }
        );
    }
}
