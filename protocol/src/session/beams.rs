//! Own beams are shown in the tick that fires them, by prediction, and once: what the server says of them later, and what
//! predicting anew makes of them, is held against what has been shown.

use crate::rules::Tuning;
use crate::{Tick, Weapon};

/// Beams shown ahead of the server's word; more than fit into the time that is predicted.
const SHOWN_MAX: usize = 32;

/// Ticks of own beams that have been shown and not yet been heard of.
#[derive(Debug, Default)]
pub(super) struct Beams {
    shown: Vec<(Tick, Weapon)>,
}

impl Beams {
    pub(super) fn clear(&mut self) {
        self.shown.clear();
    }

    /// A beam is predicted for `tick`; returns whether it is new.
    pub(super) fn predicted(&mut self, tick: Tick, weapon: Weapon, tuning: &Tuning) -> bool {
        if let Some(at) = self.find(tick, weapon, tuning) {
            self.shown[at].0 = tick;
            return false;
        }
        if self.shown.len() >= SHOWN_MAX {
            self.shown.remove(0);
        }
        self.shown.push((tick, weapon));
        true
    }

    /// The server says that one was fired in `tick`; returns whether that is new.
    pub(super) fn heard(&mut self, tick: Tick, weapon: Weapon, tuning: &Tuning) -> bool {
        let found = self.find(tick, weapon, tuning);
        if let Some(at) = found {
            self.shown.remove(at);
        }
        found.is_none()
    }

    /// Two beams of one weapon are further apart than this, so two within it are one, of which the tick was guessed wrong.
    fn find(&self, tick: Tick, weapon: Weapon, tuning: &Tuning) -> Option<usize> {
        let numbers = tuning.weapon(weapon);
        let apart = numbers.charge_ticks + numbers.interval_ticks;
        let is_same =
            |(shown, with): &(Tick, Weapon)| *with == weapon && shown.abs_diff(tick) < apart;
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
        let rail = Weapon(2);
        assert!(beams.predicted(100, rail, &tuning));
        assert!(!beams.predicted(103, rail, &tuning), "predicted anew");
        assert!(beams.predicted(184, rail, &tuning), "the next one");
        assert!(!beams.heard(102, rail, &tuning));
        assert!(beams.heard(20, rail, &tuning), "never predicted");
        assert!(!beams.heard(184, rail, &tuning));
    }
}
