//! The hand that aims: it pulls towards where it should point, never faster than it can turn, and it trembles.

use std::f32::consts::PI;

use super::plane::turn;
use super::random::Random;
use super::skill::Talent;

/// Seconds in which a hand gets from rest to its fastest turn.
const START_S: f32 = 0.06;
/// Seconds in which the tremble forgets where it was.
const TREMBLE_S: f32 = 0.35;

/// Where a weapon points, and how fast it turns.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Hand {
    angle: f32,
    /// Radians per second.
    speed: f32,
    /// How far off the aim is at the moment, in standard deviations.
    tremble: f32,
}

impl Hand {
    pub(crate) fn angle(&self) -> f32 {
        self.angle
    }

    /// Where the pilot believes it points: the tremble is what one doesn't know of one's own aim.
    pub(crate) fn believed(&self, talent: &Talent) -> f32 {
        self.angle - self.tremble * talent.aim_error
    }

    /// `seconds` of turning towards `target`, with the error a hand of this talent makes.
    pub(crate) fn turn_towards(
        &mut self,
        target: f32,
        seconds: f32,
        talent: &Talent,
        random: &Random,
    ) {
        // An Ornstein-Uhlenbeck process: noise that wanders instead of jumping.
        let forget = (seconds / TREMBLE_S).min(1.0);
        self.tremble += -self.tremble * forget + random.bell() * (2.0 * forget).sqrt();
        self.pull(target + self.tremble * talent.aim_error, seconds, talent);
    }

    fn pull(&mut self, target: f32, seconds: f32, talent: &Talent) {
        let off = turn(self.angle, target);
        let wanted = (off * talent.turn_gain).clamp(-talent.turn_max, talent.turn_max);
        let change_max = talent.turn_max * seconds / START_S;
        self.speed += (wanted - self.speed).clamp(-change_max, change_max);
        self.angle += self.speed * seconds;
        if self.angle.abs() > PI {
            self.angle = turn(0.0, self.angle);
        }
    }
}
