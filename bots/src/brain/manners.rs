//! What the built-in bot says: one in four of them "Good game!", some seconds into the results, and nothing else. In a
//! crowd nothing at all: a quarter of it would bury what people say.

use fracas_protocol::chat::{Body, Channel, Phrase, Say};
use fracas_protocol::{Phase, Tick};

use super::{Random, World};

/// How many bots of four say something at the end of a match.
const TALKATIVE: f32 = 0.25;
/// When they say it, in seconds after the end: people don't all type at once.
const AFTER_S: (f32, f32) = (0.8, 6.0);

/// Whether it will say something, and when.
#[derive(Debug)]
pub(super) struct Manners {
    random: Random,
    /// Drawn when the results begin: when to say it; none: not this time, or done.
    due: Option<Tick>,
    was_over: bool,
}

impl Manners {
    pub(super) fn new(seed: u64) -> Self {
        Manners {
            random: Random::new(seed),
            due: None,
            was_over: false,
        }
    }

    /// At most one line for every time that results begin.
    pub(super) fn say(&mut self, world: &World) -> Option<Say> {
        self.say_at(
            world.phase(),
            world.tick(),
            world.tick_hz(),
            world.is_crowded(),
        )
    }

    fn say_at(&mut self, phase: Phase, now: Tick, tick_hz: f32, is_crowded: bool) -> Option<Say> {
        let is_over = phase == Phase::Results;
        if is_over != self.was_over {
            self.was_over = is_over;
            let after_s = self.random.range(AFTER_S.0, AFTER_S.1);
            let speaks = self.random.chance(TALKATIVE);
            self.due =
                (is_over && speaks && !is_crowded).then_some(now + (after_s * tick_hz) as Tick);
        }
        if self.due? > now {
            return None;
        }
        self.due = None;
        Some(Say {
            channel: Channel::All,
            body: Body::Phrase(Phrase::Gg),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines said over three matches of a minute with ten seconds of results, by the second.
    fn lines(seed: u64, is_crowded: bool) -> Vec<u32> {
        let mut manners = Manners::new(seed);
        let phase = |second| match second % 70 {
            0..60 => Phase::Live,
            _ => Phase::Results,
        };
        (0..210)
            .filter(|second| {
                let said = manners.say_at(phase(*second), *second, 1.0, is_crowded);
                said.is_some()
            })
            .collect()
    }

    #[test]
    fn one_in_four_says_one_thing_when_a_match_is_over() {
        let said: Vec<_> = (0..1_000).map(|seed| lines(seed, false)).collect();
        for lines in &said {
            assert!(lines.iter().all(|second| second % 70 >= 60), "{lines:?}");
            assert!(
                lines.windows(2).all(|pair| pair[0] / 70 < pair[1] / 70),
                "{lines:?}"
            );
        }
        let total: usize = said.iter().map(Vec::len).sum();
        assert!((650..850).contains(&total), "{total} of 3,000");
        assert_eq!(lines(7, false), lines(7, false));
    }

    #[test]
    fn nobody_says_anything_in_a_crowd() {
        assert!((0..1_000).all(|seed| lines(seed, true).is_empty()));
    }
}
