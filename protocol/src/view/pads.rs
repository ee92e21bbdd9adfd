//! The pads of which a player knows that nothing lies on them.

use std::ops::Deref;

use super::Checksum;
use crate::Tick;

/// Pads that were seen empty, by their place in the map, each with the tick in which its next pickup comes; all others are full
/// as far as the player knows.
///
/// Hardly anything about them changes from one view to the next, so what takes a look at all of them is kept: the sum of their
/// hashes, and a tick before which none of them fills.
#[derive(Clone, Debug)]
pub struct EmptyPads {
    pads: Vec<(u16, Tick)>,
    sum: u64,
    /// Not later than any of them. Earlier, where one was removed.
    soonest: Tick,
}

impl Default for EmptyPads {
    fn default() -> Self {
        EmptyPads {
            pads: Vec::new(),
            sum: 0,
            soonest: Tick::MAX,
        }
    }
}

impl EmptyPads {
    /// A pad is empty until `ready_at`.
    pub fn set(&mut self, pad: u16, ready_at: Tick) {
        match self.pads.binary_search_by_key(&pad, |(pad, _)| *pad) {
            Ok(at) => {
                let before = std::mem::replace(&mut self.pads[at].1, ready_at);
                self.sum = self.sum.wrapping_sub(hash(pad, before));
            }
            Err(at) => self.pads.insert(at, (pad, ready_at)),
        }
        self.sum = self.sum.wrapping_add(hash(pad, ready_at));
        self.soonest = self.soonest.min(ready_at);
    }

    /// Whether one of them is full after `now`.
    pub fn has_filled(&self, now: Tick) -> bool {
        self.soonest <= now && self.pads.iter().any(|(_, ready_at)| *ready_at <= now)
    }

    /// Keeps those that are still empty after `now` and that `stays` holds for.
    pub fn retain(&mut self, now: Tick, stays: impl Fn(u16, Tick) -> bool) {
        let EmptyPads { pads, sum, soonest } = self;
        *soonest = Tick::MAX;
        pads.retain(|(pad, ready_at)| {
            let is_kept = *ready_at > now && stays(*pad, *ready_at);
            if is_kept {
                *soonest = (*soonest).min(*ready_at);
            } else {
                *sum = sum.wrapping_sub(hash(*pad, *ready_at));
            }
            is_kept
        });
    }

    /// The sum of the hashes of all of them.
    pub fn sum(&self) -> u64 {
        self.sum
    }
}

fn hash(pad: u16, ready_at: Tick) -> u64 {
    Checksum::new()
        .add(u32::from(pad))
        .add(ready_at)
        .finish_64()
}

/// By their places.
impl Deref for EmptyPads {
    type Target = [(u16, Tick)];

    fn deref(&self) -> &Self::Target {
        &self.pads
    }
}

impl PartialEq for EmptyPads {
    fn eq(&self, other: &Self) -> bool {
        self.pads == other.pads
    }
}

impl Eq for EmptyPads {}

impl FromIterator<(u16, Tick)> for EmptyPads {
    fn from_iter<Pads: IntoIterator<Item = (u16, Tick)>>(pads: Pads) -> Self {
        let mut all = EmptyPads::default();
        pads.into_iter()
            .for_each(|(pad, ready_at)| all.set(pad, ready_at));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sum_and_order_are_those_of_what_is_left_however_it_came_to_that() {
        let mut pads: EmptyPads = [(7, 50), (3, 20), (9, 30), (7, 40)].into_iter().collect();
        assert_eq!(pads[..], [(3, 20), (7, 40), (9, 30)]);
        assert!(!pads.has_filled(19) && pads.has_filled(20));
        pads.retain(20, |pad, _| pad != 9);
        assert_eq!(pads[..], [(7, 40)]);
        assert_eq!(pads.sum(), EmptyPads::from_iter([(7, 40)]).sum());
        assert!(!pads.has_filled(39) && pads.has_filled(40));
        pads.retain(40, |_, _| true);
        assert_eq!((pads.len(), pads.sum()), (0, 0));
        assert!(!pads.has_filled(Tick::MAX - 1));
    }

    #[test]
    fn one_that_fills_later_than_it_was_said_to_has_not_filled_before() {
        let mut pads: EmptyPads = [(1, 10), (2, 99)].into_iter().collect();
        pads.set(1, 60);
        assert!(!pads.has_filled(59) && pads.has_filled(60));
    }
}
