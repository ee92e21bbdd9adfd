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
