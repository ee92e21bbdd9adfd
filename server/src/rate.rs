//! How much there may be of something in a time.

use std::time::{Duration, Instant};

/// A bucket of tokens: `burst` at once, then `per_second`.
#[derive(Debug, Clone, Copy)]
pub struct Bucket {
    tokens: f64,
    filled: Instant,
}

/// How much there may be of something, in whatever unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rate {
    /// In the long run.
    pub per_second: f64,
    /// At once, after a time with nothing.
    pub burst: f64,
}

impl Bucket {
    /// Full.
    pub fn new(rate: Rate, now: Instant) -> Self {
        Self {
            tokens: rate.burst,
            filled: now,
        }
    }

    /// How long ago something was asked of it.
    pub fn idle(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.filled)
    }

    /// Takes `cost` tokens if there are as many.
    pub fn take(&mut self, cost: f64, rate: Rate, now: Instant) -> bool {
        let since = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + since * rate.per_second).min(rate.burst);
        self.filled = now;
        if self.tokens < cost {
            return false;
        }
        self.tokens -= cost;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_at_once_and_then_the_rate() {
        let rate = Rate {
            per_second: 2.0,
            burst: 3.0,
        };
        let start = Instant::now();
        let mut bucket = Bucket::new(rate, start);
        let mut taken_by = |millis| {
            let now = start + Duration::from_millis(millis);
            (0..10).filter(|_| bucket.take(1.0, rate, now)).count()
        };
        assert_eq!(taken_by(0), 3);
        assert_eq!(taken_by(400), 0);
        assert_eq!(taken_by(500), 1);
        assert_eq!(taken_by(1_500), 2);
        assert_eq!(taken_by(60_000), 3, "never more than the burst");
    }
}
