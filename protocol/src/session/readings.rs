//! How early messages come, as measured lately: what both clocks steer by.

use std::collections::VecDeque;
use std::ops::RangeInclusive;

/// A message that comes later than the usual by more than this share of a second was held up on its way, as by a lost and
/// repeated segment of TCP. To wait for such would cost more than it gains, so they don't count.
const HELD_UP_S: f64 = 0.085;
/// So many readings in a row far below the usual are a slower line …
const SLOWER_LINE: usize = 5;
/// … and so many far above it a faster one: there is no hurry to be nearer to the edge.
const FASTER_LINE: usize = 12;

/// The newest readings of how early messages came, in ticks from any fixed origin; more is earlier.
#[derive(Debug)]
pub(super) struct Readings {
    recent: VecDeque<f64>,
    most: usize,
    held_up: f64,
    mean: f64,
    variance: f64,
    usual: RangeInclusive<f64>,
    low_in_a_row: usize,
    high_in_a_row: usize,
}

impl Readings {
    /// Keeps the newest `most`.
    pub(super) fn new(most: usize, tick_hz: u8) -> Self {
        Readings {
            recent: VecDeque::with_capacity(most),
            most,
            held_up: HELD_UP_S * f64::from(tick_hz),
            mean: 0.0,
            variance: 0.0,
            usual: 0.0..=0.0,
            low_in_a_row: 0,
            high_in_a_row: 0,
        }
    }

    pub(super) fn clear(&mut self) {
        self.recent.clear();
        (self.low_in_a_row, self.high_in_a_row) = (0, 0);
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.recent.len()
    }

    /// The mean of those that weren't held up.
    pub(super) fn mean(&self) -> f64 {
        self.mean
    }

    /// Their variance.
    pub(super) fn variance(&self) -> f64 {
        self.variance
    }

    /// Takes in a reading; returns whether it is the first that was held up. What was read before a change of the line is
    /// forgotten.
    pub(super) fn take(&mut self, early: f64) -> bool {
        let held_up = !self.recent.is_empty() && early < self.mean - self.held_up;
        if self.recent.len() >= self.most {
            self.recent.pop_front();
        }
        self.recent.push_back(early);
        // What is usual isn't changed by those that may be the first of another line.
        if self.low_in_a_row + self.high_in_a_row == 0 {
            let unusual = (2.5 * self.variance.sqrt()).max(1.0);
            self.usual = self.mean - unusual..=self.mean + unusual;
        }
        let is_old_hand = self.recent.len() > SLOWER_LINE;
        let count = |so_far: usize, is_so: bool| if is_so && is_old_hand { so_far + 1 } else { 0 };
        let is_first = self.low_in_a_row == 0;
        self.low_in_a_row = count(self.low_in_a_row, early < *self.usual.start());
        self.high_in_a_row = count(self.high_in_a_row, early > *self.usual.end());
        if self.low_in_a_row >= SLOWER_LINE || self.high_in_a_row >= FASTER_LINE {
            let still_true = self.low_in_a_row.max(self.high_in_a_row);
            self.recent.drain(..self.recent.len() - still_true);
            (self.low_in_a_row, self.high_in_a_row) = (0, 0);
            self.mean = self.recent.iter().sum::<f64>() / self.recent.len() as f64;
        }
        self.weigh();
        held_up && is_first
    }

    fn weigh(&mut self) {
        if self.recent.len() == 1 {
            self.mean = self.recent[0];
        }
        let (mut n, mut sum, mut squares) = (0.0, 0.0, 0.0);
        for early in self.ordinary() {
            // From the old mean, so that small differences of large numbers keep their digits.
            let from_mean = early - self.mean;
            (n, sum, squares) = (n + 1.0, sum + from_mean, squares + from_mean * from_mean);
        }
        if n > 0.0 {
            let shift: f64 = sum / n;
            self.mean += shift;
            self.variance = (squares / n - shift * shift).max(0.0);
        }
    }

    fn ordinary(&self) -> impl Iterator<Item = f64> {
        let bar = self.mean - self.held_up;
        self.recent
            .iter()
            .copied()
            .filter(move |early| *early >= bar)
    }

    /// So early are all but `share` of those that weren't held up.
    pub(super) fn quantile(&self, share: f64) -> Option<f64> {
        let mut sorted: Vec<f64> = self.ordinary().collect();
        let at = (sorted.len() as f64 * share) as usize;
        if at >= sorted.len() {
            return None;
        }
        let (_, early, _) = sorted.select_nth_unstable_by(at, f64::total_cmp);
        Some(*early)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(values: impl IntoIterator<Item = f64>) -> Readings {
        let mut readings = Readings::new(64, 60);
        values.into_iter().for_each(|early| {
            readings.take(early);
        });
        readings
    }

    #[test]
    fn what_is_held_up_now_and_then_changes_nothing() {
        let steady = (0..200).map(|n| f64::from(n % 3));
        let mut disturbed = Vec::new();
        for (n, early) in steady.clone().enumerate() {
            disturbed.push(early);
            if n % 30 == 29 {
                disturbed.push(-12.0);
            }
        }
        let (steady, disturbed) = (readings(steady), readings(disturbed));
        assert!((steady.mean() - disturbed.mean()).abs() < 0.05);
        assert!((steady.quantile(0.02).unwrap() - disturbed.quantile(0.02).unwrap()).abs() < 0.05);
    }

    #[test]
    fn another_line_is_believed_after_a_few() {
        let before = (0..100).map(|n| 1e6 + f64::from(n % 2));
        let slower = before.clone().chain((0..5).map(|_| 1e6 - 9.0));
        assert!((readings(slower).mean() - (1e6 - 9.0)).abs() < 1e-6);
        let faster = before.chain((0..12).map(|_| 1e6 + 6.0));
        assert!((readings(faster).mean() - (1e6 + 6.0)).abs() < 1e-6);
    }
}
