//! The plane as a brain sees it: floats, in tiles and seconds. x to the right, y downwards, angles clockwise.

use std::f32::consts::{PI, TAU};
use std::ops::{Add, Mul, Neg, Sub};

use fracas_protocol::geometry::{TILE, VELOCITY_SCALE};
use fracas_protocol::{Angle, Buttons, Intent, Steer, Vec2};

/// A place in tiles, a velocity in tiles per second, or a direction.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Xy {
    /// To the right.
    pub x: f32,
    /// Downwards.
    pub y: f32,
}

impl Xy {
    /// Nothing, or the arena's top left corner.
    pub const ZERO: Xy = Xy { x: 0.0, y: 0.0 };

    /// From its components.
    pub const fn new(x: f32, y: f32) -> Self {
        Xy { x, y }
    }

    /// Length 1 along `radians`.
    pub fn along(radians: f32) -> Self {
        let (y, x) = radians.sin_cos();
        Xy { x, y }
    }

    /// A position of the protocol, in tiles.
    pub fn of_position(pos: Vec2) -> Self {
        let [x, y] = pos.to_tiles();
        Xy { x, y }
    }

    /// A velocity of the protocol, in tiles per second.
    pub fn of_velocity(vel: Vec2, tick_hz: u8) -> Self {
        Xy::new(vel.x as f32, vel.y as f32) * (f32::from(tick_hz) / (TILE * VELOCITY_SCALE) as f32)
    }

    /// The middle of a tile.
    pub fn middle(tile: (i32, i32)) -> Self {
        Xy::new(tile.0 as f32 + 0.5, tile.1 as f32 + 0.5)
    }

    /// The tile this place is in.
    pub fn tile(self) -> (i32, i32) {
        (self.x.floor() as i32, self.y.floor() as i32)
    }

    /// How long.
    pub fn length(self) -> f32 {
        self.dot(self).sqrt()
    }

    /// The dot product.
    pub fn dot(self, other: Xy) -> f32 {
        self.x * other.x + self.y * other.y
    }

    /// The direction in radians, -π to π; 0 for no direction.
    pub fn angle(self) -> f32 {
        self.y.atan2(self.x)
    }

    /// The same direction with length 1; zero stays zero.
    pub fn unit(self) -> Xy {
        let length = self.length();
        if length < 1e-6 {
            Xy::ZERO
        } else {
            self * (1.0 / length)
        }
    }

    /// Not longer than `most`.
    pub fn at_most(self, most: f32) -> Xy {
        let length = self.length();
        if length <= most {
            self
        } else {
            self * (most / length)
        }
    }

    /// A quarter turn clockwise.
    pub const fn right(self) -> Xy {
        Xy::new(-self.y, self.x)
    }
}

impl Add for Xy {
    type Output = Xy;
    fn add(self, other: Xy) -> Xy {
        Xy::new(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Xy {
    type Output = Xy;
    fn sub(self, other: Xy) -> Xy {
        Xy::new(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f32> for Xy {
    type Output = Xy;
    fn mul(self, factor: f32) -> Xy {
        Xy::new(self.x * factor, self.y * factor)
    }
}

impl Neg for Xy {
    type Output = Xy;
    fn neg(self) -> Xy {
        Xy::new(-self.x, -self.y)
    }
}

/// The smallest turn that leads from one direction to another, -π to π.
pub fn turn(from: f32, to: f32) -> f32 {
    (to - from + PI).rem_euclid(TAU) - PI
}

/// What to send: fly along `steer` (length 1 is full speed), aim at `aim` radians, hold the trigger or not.
pub fn intent(steer: Xy, aim: f32, fire: bool) -> Intent {
    Intent {
        steer: Steer::from_xy(steer.x, steer.y),
        aim: Angle::from_radians(aim),
        buttons: if fire {
            Buttons::FIRE
        } else {
            Buttons::default()
        },
    }
}

/// The same, with the special weapon held: it fires, or charges and fires along the aim by itself once it is charged. Nothing
/// else fires in the meantime.
pub fn with_special(intent: Intent) -> Intent {
    with(intent, Buttons::SPECIAL)
}

/// The same, with these buttons held or pressed as well.
pub fn with(intent: Intent, buttons: Buttons) -> Intent {
    Intent {
        buttons: intent.buttons.with(buttons),
        ..intent
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_goes_the_short_way() {
        assert!((turn(3.0, -3.0) - (TAU - 6.0)).abs() < 1e-5);
        assert!((turn(-3.0, 3.0) + (TAU - 6.0)).abs() < 1e-5);
        assert!((turn(1.0, 1.5) - 0.5).abs() < 1e-6);
    }

    #[test]
    fn an_intent_is_always_valid() {
        let intent = intent(Xy::new(-40.0, 30.0), -7.0, true);
        assert_eq!(intent.steer, Steer::from_xy(-0.8, 0.6));
        assert!(intent.buttons.contains(Buttons::FIRE));
    }
}
