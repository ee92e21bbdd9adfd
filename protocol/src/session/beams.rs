//! Own beams are shown in the tick that fires them, by prediction, and once: what the server says of them later, and what
//! predicting anew makes of them, is held against what has been shown.

use crate::Tick;
use crate::rules::Tuning;

/// Beams shown ahead of the server's word; more than fit into the time that is predicted.
const SHOWN_MAX: usize = 32;

/// Ticks of own beams that have been shown and not yet been heard of.
#[derive(Debug, Default)]
pub(super) struct Beams {
    shown: Vec<Tick>,
}

impl Beams {
    pub(super) fn clear(&mut self) {
        self.shown.clear();
    }

    /// A beam is predicted for `tick`; returns whether it is new.
    pub(super) fn predicted(&mut self, tick: Tick, tuning: &Tuning) -> bool {
        if let Some(at) = self.find(tick, tuning) {
            self.shown[at] = tick;
            return false;
        }
        if self.shown.len() >= SHOWN_MAX {
            self.shown.remove(0);
        }
        self.shown.push(tick);
        true
    }

    /// The server says that one was fired in `tick`; returns whether that is new.
    pub(super) fn heard(&mut self, tick: Tick, tuning: &Tuning) -> bool {
        let found = self.find(tick, tuning);
        if let Some(at) = found {
            self.shown.remove(at);
        }
        found.is_none()
    }

    /// Two beams of one craft are further apart than this, so two within it are one, of which the tick was guessed wrong.
    fn find(&self, tick: Tick, tuning: &Tuning) -> Option<usize> {
        let apart = tuning.rail.charge_ticks + tuning.rail.cooldown_ticks;
        let is_same = |shown: &Tick| shown.abs_diff(tick) < apart;
        self.shown.iter().position(is_same)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Rules;

    #[test]
    fn a_beam_is_shown_once_however_often_its_tick_changes() {
        let (mut beams, tuning) = (Beams::default(), Tuning::new(&Rules::default(), 60));
        assert!(beams.predicted(100, &tuning));
        assert!(!beams.predicted(103, &tuning), "predicted anew");
        assert!(beams.predicted(184, &tuning), "the next one");
        assert!(!beams.heard(102, &tuning));
        assert!(beams.heard(20, &tuning), "never predicted");
        assert!(!beams.heard(184, &tuning));
    }
}
