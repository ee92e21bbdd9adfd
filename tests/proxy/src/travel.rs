//! When a chunk arrives. Pure: told the time.

use std::time::Duration;

use rand::{RngExt, rngs::StdRng};
use tokio::time::Instant;

use crate::line::{BandwidthBytesPerS, Line, STALL};

/// A slow line is cut into chunks of this many milliseconds, so that bytes trickle instead of coming in heaps.
pub(crate) const CHUNK_MS: u64 = 10;

/// One direction of a line over time.
pub(crate) struct Travel {
    random: StdRng,
    /// When the line can take the next chunk.
    free_at: Instant,
    /// When the last chunk arrives: none overtakes it.
    last_due: Instant,
}

impl Travel {
    pub(crate) fn new(random: StdRng, now: Instant) -> Self {
        Travel {
            random,
            free_at: now,
            last_due: now,
        }
    }

    pub(crate) fn free_at(&self) -> Instant {
        self.free_at
    }

    /// Sends a chunk off; returns when it arrives.
    pub(crate) fn enter(
        &mut self,
        bytes: usize,
        bandwidth: Option<BandwidthBytesPerS>,
        line: &Line,
        now: Instant,
    ) -> Instant {
        if let Some(bandwidth) = bandwidth {
            let takes = Duration::from_secs_f64(bytes as f64 / f64::from(bandwidth.max(1)));
            // From when it was free, if that was just now: waking up late must not make the line slower.
            let earliest = now
                .checked_sub(Duration::from_millis(CHUNK_MS))
                .unwrap_or(now);
            self.free_at = self.free_at.max(earliest) + takes;
        }
        let spread = if line.jitter.is_zero() {
            0.0
        } else {
            self.random.random_range(-1.0..=1.0)
        };
        let travel_s = (line.delay.as_secs_f64() + spread * line.jitter.as_secs_f64()) / 2.0;
        let mut due = now.max(self.free_at) + Duration::from_secs_f64(travel_s.max(0.0));
        if line.loss > 0.0 && self.random.random_bool(line.loss.min(1.0)) {
            due += STALL;
        }
        self.last_due = due.max(self.last_due);
        self.last_due
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// How long each of a hundred chunks takes that enter 20 ms apart.
    fn times(line: Line, bandwidth: Option<u32>) -> Vec<Duration> {
        let start = Instant::now();
        let mut travel = Travel::new(StdRng::seed_from_u64(7), start);
        let mut dues = Vec::new();
        let times = (0..100).map(|n| {
            let now = start + n * 20 * MS;
            let due = travel.enter(100, bandwidth, &line, now);
            dues.push(due);
            due - now
        });
        let times = times.collect();
        assert!(dues.is_sorted(), "order is kept");
        times
    }

    #[test]
    fn half_of_the_delay_is_each_way() {
        assert!(
            times(Line::lag(150, 0), None)
                .iter()
                .all(|time| *time == 75 * MS)
        );
    }

    #[test]
    fn jitter_spreads_around_the_delay() {
        let times = times(Line::lag(100, 20), None);
        assert!(times.iter().all(|time| (40 * MS..=60 * MS).contains(time)));
        let (least, most) = (times.iter().min().unwrap(), times.iter().max().unwrap());
        assert!(*least < 43 * MS && *most > 57 * MS, "{least:?} {most:?}");
    }

    #[test]
    fn a_stalled_chunk_holds_those_behind_it() {
        let line = Line {
            loss: 0.03,
            ..Line::default()
        };
        let times = times(line, None);
        let stalled = times.iter().filter(|time| **time == STALL).count();
        assert!((1..10).contains(&stalled), "{stalled}");
        let first = times.iter().position(|time| *time == STALL).unwrap();
        // Nine more enter before it arrives, unless it was among the last.
        let behind = times[first..]
            .iter()
            .take(10)
            .filter(|time| !time.is_zero())
            .count();
        assert_eq!(behind, 10.min(times.len() - first));
    }

    #[test]
    fn a_narrow_line_takes_its_time_for_every_byte() {
        // 100 bytes in 20 ms are 5,000 a second: just enough.
        assert!(
            times(Line::default(), Some(5_000))
                .iter()
                .all(|time| *time <= 20 * MS)
        );
        let narrow = times(Line::default(), Some(2_500));
        assert!(
            narrow.is_sorted() && narrow[99] > 1_900 * MS,
            "{:?}",
            narrow[99]
        );
    }
}
