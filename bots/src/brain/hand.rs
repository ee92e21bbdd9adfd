//! The hand that aims: it pulls towards where it should point, never faster than it can turn, and it errs, stroke by
//! stroke.

use std::f32::consts::PI;

use super::plane::turn;
use super::random::Random;
use super::skill::Talent;

/// Seconds in which a hand gets from rest to its fastest turn.
const START_S: f32 = 0.06;
/// Seconds from one correction of the aim to the next, on average: a hand moves in strokes.
const STROKE_S: f32 = 0.22;
/// The share of an error that the next stroke repeats.
const REPEATED: f32 = 0.5;
/// Off by less than this, in radians, the hand rests.
const REST: f32 = 0.02;

/// Where a weapon points, and how fast it turns.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hand {
    angle: f32,
    /// Radians per second.
    speed: f32,
    /// How far off this stroke leads, in standard deviations.
    error: f32,
    /// Seconds until the next stroke.
    stroke_s: f32,
}

impl Hand {
    pub(crate) fn angle(&self) -> f32 {
        self.angle
    }

    /// Where the pilot believes it points: the error is what one doesn't know of one's own aim.
    pub(crate) fn believed(&self, talent: &Talent) -> f32 {
        self.angle - self.error * talent.aim_error
    }

    /// `seconds` of turning towards `target`, with the error a hand of this talent makes.
    pub(crate) fn turn_towards(
        &mut self,
        target: f32,
        seconds: f32,
        talent: &Talent,
        random: &Random,
    ) {
        self.stroke_s -= seconds;
        if self.stroke_s <= 0.0 {
            self.stroke_s = STROKE_S * random.range(0.6, 1.4);
            let new = (1.0 - REPEATED * REPEATED).sqrt();
            self.error = REPEATED * self.error + new * random.bell();
        }
        self.pull(target + self.error * talent.aim_error, seconds, talent);
    }

    fn pull(&mut self, target: f32, seconds: f32, talent: &Talent) {
        let off = turn(self.angle, target);
        if off.abs() < REST {
            self.speed = 0.0;
            return;
        }
        let wanted = (off * talent.turn_gain).clamp(-talent.turn_max, talent.turn_max);
        let change_max = talent.turn_max * seconds / START_S;
        self.speed += (wanted - self.speed).clamp(-change_max, change_max);
        self.angle += self.speed * seconds;
        if self.angle.abs() > PI {
            self.angle = turn(0.0, self.angle);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brain::skill::{Skill, draw};

    /// Seconds that a hand with a mouse takes for each further bit of a pointing's difficulty: the slope that Card, English and
    /// Burr found ("Evaluation of mouse, rate-controlled isometric joystick, step keys, and text keys for text selection on a
    /// CRT", 1978), which is flatter than most that were found since, and about that of a hand without one (Fitts, 1954).
    const SLOPE_MIN: f32 = 0.096;
    /// Bits per second that people reach click to click with a finger on a screen (MacKenzie, "Fitts' throughput and the
    /// remarkable case of touch-based target selection", 2015). With a mouse people who are no players
    /// reach 3.7 to 4.9 (Soukoreff and MacKenzie, "Towards a standard for pointing device evaluation", 2004).
    const THROUGHPUT_MAX: f32 = 6.95;
    /// Bots think 30 times a second.
    const THINK_S: f32 = 1.0 / 30.0;
    /// Off by less than this, in radians, a pilot fires: a craft's and a shot's radius at six tiles.
    const ON: f32 = 0.095;
    /// How far one place is from the next, in radians.
    const AMPLITUDES: [f32; 5] = [0.7, 1.05, 1.4, 2.1, 2.8];
    const POINTINGS: u32 = 500;
    /// Nothing takes longer, in thoughts.
    const LONGEST: u32 = 300;

    /// Pointing at one place after another, on average.
    struct Pointing {
        /// log2(A / W + 1), with how far it was moved and 4.133 standard deviations of where that ended (ISO 9241-411).
        bits: f32,
        /// From when the hand begins to move to when the pilot would fire. What a person's time has besides, taking in where
        /// the next place is and clicking, is a bot's reaction.
        seconds: f32,
    }

    impl Pointing {
        fn of(talent: &Talent, amplitude: f32) -> Pointing {
            let random = Random::new(7);
            let (mut hand, mut target) = (Hand::default(), 0.0);
            let (mut thoughts, mut moved) = (0, 0.0);
            let mut ends = Vec::new();
            for _ in 0..POINTINGS {
                target = turn(0.0, target + amplitude);
                let from = hand.angle();
                let settles = (1..=LONGEST).find(|_| {
                    hand.turn_towards(target, THINK_S, talent, &random);
                    turn(hand.believed(talent), target).abs() < ON
                });
                thoughts += settles.expect("a hand that comes to rest");
                moved += turn(from, hand.angle()).abs();
                ends.push(turn(target, hand.angle()));
            }
            let count = POINTINGS as f32;
            let mean = ends.iter().sum::<f32>() / count;
            let square = |end: &f32| (end - mean) * (end - mean);
            let deviation = (ends.iter().map(square).sum::<f32>() / count).sqrt();
            Pointing {
                bits: (moved / count / (4.133 * deviation) + 1.0).log2(),
                seconds: thoughts as f32 * THINK_S / count,
            }
        }
    }

    /// Seconds for each further bit: the slope of the line through all of them, by least squares.
    fn slope(talent: &Talent) -> f32 {
        let all = AMPLITUDES.map(|amplitude| Pointing::of(talent, amplitude));
        let count = all.len() as f32;
        let bits = all.iter().map(|one| one.bits).sum::<f32>() / count;
        let seconds = all.iter().map(|one| one.seconds).sum::<f32>() / count;
        let along = all.iter().map(|one| (one.bits - bits).powi(2)).sum::<f32>();
        let both = |one: &Pointing| (one.bits - bits) * (one.seconds - seconds);
        all.iter().map(both).sum::<f32>() / along
    }

    /// Bits per second, reaction included, on average.
    fn throughput(talent: &Talent) -> f32 {
        let rate = |amplitude| {
            let Pointing { bits, seconds } = Pointing::of(talent, amplitude);
            bits / (seconds + talent.reaction_s)
        };
        AMPLITUDES.map(rate).iter().sum::<f32>() / AMPLITUDES.len() as f32
    }

    /// Of each of these, from least to most.
    fn ranked(talents: &[Talent], figure: impl Fn(&Talent) -> f32) -> Vec<f32> {
        let mut all: Vec<_> = talents.iter().map(figure).collect();
        all.sort_by(f32::total_cmp);
        all
    }

    #[test]
    fn no_hand_points_faster_than_a_persons() {
        let mut middle = 0.0;
        for skill in [Skill::Easy, Skill::Normal, Skill::Hard] {
            let drawn = (0..100).map(|seed| draw(skill, &Random::new(seed)).0);
            let mut talents: Vec<_> = drawn.collect();
            talents.push(Talent::best(skill));
            let (rates, slopes) = (ranked(&talents, throughput), ranked(&talents, slope));
            let (median, most) = (rates[50], rates[100]);
            println!(
                "{skill}: {median:.1} bits/s, at most {most:.1}; {:.0} ms a bit, at least {:.0}",
                slopes[50] * 1e3,
                slopes[0] * 1e3
            );
            assert!(most <= THROUGHPUT_MAX, "{skill}: {most} bits/s");
            assert!(slopes[0] >= SLOPE_MIN, "{skill}: {} s a bit", slopes[0]);
            assert!(median > middle, "{skill}: {median} bits/s");
            middle = median;
        }
    }
}
