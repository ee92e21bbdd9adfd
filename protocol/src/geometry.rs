//! Positions, velocities and angles as integers, so that every machine computes the same.
//!
//! x grows to the right, y downwards, angles clockwise on the screen. A position counts 1/1024 tile, a velocity 1/4096
//! tile per tick: fine enough that nothing is seen to snap, coarse enough that the residuals of ordinary flight fit in
//! one byte.

use bincode::{Decode, Encode};

/// Position units in one tile.
pub const TILE: i32 = 1024;
/// Velocity units that make one position unit per tick.
pub const VELOCITY_SCALE: i32 = 4;
/// What [`Angle::direction`] calls 1.0.
pub const UNIT: i32 = 1 << 15;

/// A point or a difference of points; the unit is the context's (position or velocity units).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Vec2 {
    /// To the right.
    pub x: i32,
    /// Downwards.
    pub y: i32,
}

impl Vec2 {
    /// The origin.
    pub const ZERO: Vec2 = Vec2 { x: 0, y: 0 };

    /// A vector from its components.
    pub const fn new(x: i32, y: i32) -> Self {
        Vec2 { x, y }
    }

    /// The position nearest to a point given in tiles.
    pub fn from_tiles(x: f32, y: f32) -> Self {
        Vec2 {
            x: (x * TILE as f32).round() as i32,
            y: (y * TILE as f32).round() as i32,
        }
    }

    /// A position in tiles, to be drawn.
    pub fn to_tiles(self) -> [f32; 2] {
        [self.x as f32 / TILE as f32, self.y as f32 / TILE as f32]
    }

    /// The squared length.
    pub const fn length_squared(self) -> i64 {
        self.x as i64 * self.x as i64 + self.y as i64 * self.y as i64
    }

    /// The length, rounded down.
    pub const fn length(self) -> i32 {
        (self.length_squared() as u64).isqrt() as i32
    }

    /// The dot product.
    pub const fn dot(self, other: Vec2) -> i64 {
        self.x as i64 * other.x as i64 + self.y as i64 * other.y as i64
    }

    /// Both components times `numerator / denominator`, rounded to the nearest, halves away from zero.
    pub const fn scale(self, numerator: i64, denominator: i64) -> Vec2 {
        Vec2 {
            x: div_round(self.x as i64 * numerator, denominator) as i32,
            y: div_round(self.y as i64 * numerator, denominator) as i32,
        }
    }

    /// The larger of the two absolute components.
    pub fn max_component(self) -> i32 {
        self.x.abs().max(self.y.abs())
    }
}

impl std::ops::Add for Vec2 {
    type Output = Vec2;
    fn add(self, other: Vec2) -> Vec2 {
        Vec2 {
            x: self.x.wrapping_add(other.x),
            y: self.y.wrapping_add(other.y),
        }
    }
}

impl std::ops::Sub for Vec2 {
    type Output = Vec2;
    fn sub(self, other: Vec2) -> Vec2 {
        Vec2 {
            x: self.x.wrapping_sub(other.x),
            y: self.y.wrapping_sub(other.y),
        }
    }
}

impl std::ops::AddAssign for Vec2 {
    fn add_assign(&mut self, other: Vec2) {
        *self = *self + other;
    }
}

impl std::ops::Neg for Vec2 {
    type Output = Vec2;
    fn neg(self) -> Vec2 {
        Vec2 {
            x: self.x.wrapping_neg(),
            y: self.y.wrapping_neg(),
        }
    }
}

/// Integer division rounded to the nearest, halves away from zero. `denominator` must be positive.
#[inline]
pub const fn div_round(numerator: i64, denominator: i64) -> i64 {
    // What is added is chosen instead of branching: signs of velocities are as good as random, and a processor would guess
    // every other one wrong. The same goes for `sine`.
    let half = denominator / 2;
    let away = if numerator >= 0 { half } else { -half };
    (numerator + away) / denominator
}

/// A direction: 65,536 steps to the full turn, 0 along +x, growing clockwise on the screen (towards +y).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Angle(pub u16);

/// Two raw bytes, little endian: an angle is as likely large as small, so a varint would only cost.
impl Encode for Angle {
    fn encode<E: bincode::enc::Encoder>(
        &self,
        encoder: &mut E,
    ) -> Result<(), bincode::error::EncodeError> {
        self.0.to_le_bytes().encode(encoder)
    }
}

impl<C> Decode<C> for Angle {
    fn decode<D: bincode::de::Decoder<Context = C>>(
        decoder: &mut D,
    ) -> Result<Self, bincode::error::DecodeError> {
        Ok(Angle(u16::from_le_bytes(Decode::decode(decoder)?)))
    }
}

bincode::impl_borrow_decode!(Angle);

/// A quarter turn.
const QUARTER: u16 = 1 << 14;

impl Angle {
    /// The angle nearest to one in radians.
    pub fn from_radians(radians: f32) -> Self {
        let turns = f64::from(radians) / std::f64::consts::TAU;
        Angle(((turns - turns.floor()) * 65536.0).round() as i64 as u16)
    }

    /// This angle in radians, 0 to 2π.
    pub fn radians(self) -> f32 {
        f32::from(self.0) * (std::f32::consts::TAU / 65536.0)
    }

    /// The angle in 256 steps, for what only has to be drawn.
    pub const fn coarse(self) -> u8 {
        (self.0.wrapping_add(128) >> 8) as u8
    }

    /// The middle of a coarse step.
    pub const fn from_coarse(coarse: u8) -> Self {
        Angle((coarse as u16) << 8)
    }

    /// The unit vector along this angle, in units of 1/32768.
    pub fn direction(self) -> Vec2 {
        Vec2 {
            x: sine(self.0.wrapping_add(QUARTER)),
            y: sine(self.0),
        }
    }

    /// After bouncing off a wall that runs up and down.
    pub const fn mirrored_x(self) -> Self {
        Angle((2 * QUARTER).wrapping_sub(self.0))
    }

    /// After bouncing off a wall that runs left and right.
    pub const fn mirrored_y(self) -> Self {
        Angle(0u16.wrapping_sub(self.0))
    }

    /// After bouncing off a wall that runs like `\`: x and y change places.
    pub const fn mirrored_falling(self) -> Self {
        Angle(QUARTER.wrapping_sub(self.0))
    }

    /// After bouncing off a wall that runs like `/`: x and y change places and signs.
    pub const fn mirrored_rising(self) -> Self {
        Angle((3 * QUARTER).wrapping_sub(self.0))
    }

    /// The signed smallest turn from `self` to `other`, in steps of 1/65,536 turn.
    pub const fn turn_to(self, other: Angle) -> i16 {
        other.0.wrapping_sub(self.0) as i16
    }
}

/// Sine over a quarter turn in 256 pieces, in units of 1/32768; computed by the compiler, so it can't differ between
/// machines as a library's `sin` may.
/// What lies past the end is never asked for, but read.
const SINE: [i32; 258] = {
    let mut table = [0; 258];
    let mut i = 0;
    while i <= 256 {
        let x = i as f64 * (std::f64::consts::FRAC_PI_2 / 256.0);
        // Taylor series around 0; at π/2 the first term left out is below 1e-11.
        let (mut term, mut sum, mut n) = (x, x, 1.0);
        while n < 15.0 {
            term *= -x * x / ((n + 1.0) * (n + 2.0));
            sum += term;
            n += 2.0;
        }
        table[i] = (sum * UNIT as f64 + 0.5) as i32;
        i += 1;
    }
    table
};

/// Sine in units of 1/32768, linear between table entries; exactly symmetric about every quarter turn, which is what
/// makes a mirrored heading equal the mirrored velocity.
#[inline]
fn sine(angle: u16) -> i32 {
    let within = i32::from(angle & (QUARTER - 1));
    let falls = angle & QUARTER != 0;
    let is_negative = angle & (2 * QUARTER) != 0;
    let sine = sine_quarter(if falls {
        i32::from(QUARTER) - within
    } else {
        within
    });
    if is_negative { -sine } else { sine }
}

#[inline]
fn sine_quarter(within: i32) -> i32 {
    let (piece, rest) = ((within >> 6) as usize, within & 63);
    SINE[piece] + (((SINE[piece + 1] - SINE[piece]) * rest + 32) >> 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_have_unit_length_and_agree_with_the_libraries_sine() {
        for step in 0..=u16::MAX {
            let direction = Angle(step).direction();
            let radians = f64::from(step) / 65536.0 * std::f64::consts::TAU;
            #[allow(clippy::disallowed_methods)]
            let (sin, cos) = radians.sin_cos();
            assert!(
                (f64::from(direction.x) - cos * f64::from(UNIT)).abs() < 1.5,
                "{step}"
            );
            assert!(
                (f64::from(direction.y) - sin * f64::from(UNIT)).abs() < 1.5,
                "{step}"
            );
        }
    }

    #[test]
    fn mirroring_an_angle_mirrors_its_direction_exactly() {
        for step in 0..=u16::MAX {
            let (angle, d) = (Angle(step), Angle(step).direction());
            assert_eq!(angle.mirrored_x().direction(), Vec2::new(-d.x, d.y));
            assert_eq!(angle.mirrored_y().direction(), Vec2::new(d.x, -d.y));
            assert_eq!(angle.mirrored_falling().direction(), Vec2::new(d.y, d.x));
            assert_eq!(angle.mirrored_rising().direction(), Vec2::new(-d.y, -d.x));
        }
    }

    #[test]
    fn radians_round_trip() {
        for step in (0..=u16::MAX).step_by(97) {
            assert_eq!(Angle::from_radians(Angle(step).radians()), Angle(step));
        }
        assert_eq!(
            Angle::from_radians(-std::f32::consts::FRAC_PI_2),
            Angle(49152)
        );
    }
}
