//! What a player asks for in one tick, and how several ticks of it travel.

use bincode::de::Decoder;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{Decode, Encode};

use crate::geometry::UNIT;
use crate::wire::refuse;
use crate::{Angle, Tick, Vec2};

/// Most ticks of input in one message.
pub const BATCH_MAX: usize = 8;

/// Held buttons, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Buttons(pub u8);

impl Buttons {
    /// Fire the weapon that everybody always has.
    pub const FIRE: Buttons = Buttons(1);
    /// Fire the special weapon, or charge it: then it fires by itself once charged.
    pub const SPECIAL: Buttons = Buttons(2);
    /// Dash, as soon as one is ready.
    pub const DASH: Buttons = Buttons(4);
    /// Deflect, as soon as it is ready.
    pub const DEFLECT: Buttons = Buttons(8);
    /// What is pressed rather than held: it counts for one tick, and isn't assumed to go on where an input is missing.
    pub const PRESSED: Buttons = Buttons(12);
    /// Every bit that has a meaning.
    pub const KNOWN: Buttons = Buttons(15);

    /// Whether all of `other`'s bits are held.
    pub const fn contains(self, other: Buttons) -> bool {
        self.0 & other.0 == other.0
    }

    /// `self` with `other`'s bits held as well.
    pub const fn with(self, other: Buttons) -> Buttons {
        Buttons(self.0 | other.0)
    }

    /// Those of `self` that `other` has as well.
    pub const fn and(self, other: Buttons) -> Buttons {
        Buttons(self.0 & other.0)
    }

    /// `self` without `other`'s bits.
    pub const fn without(self, other: Buttons) -> Buttons {
        Buttons(self.0 & !other.0)
    }
}

/// Where to fly, in one byte: nothing, or one of 64 directions at one of three strengths. A hand on a stick is no finer,
/// and because others' craft are computed from it ([`crate::snapshot`]), every change of it travels to everybody near.
///
/// For the same reason a dash is a steering too, in one of 32 directions. Nobody asks for it so: the simulation steers a
/// craft that dashes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Steer(u8);

impl Steer {
    /// No thrust: drift to a stop.
    pub const NONE: Steer = Steer(0);
    /// Directions to the full turn; 0 is +x, they grow clockwise on the screen.
    pub const DIRECTIONS: u8 = 64;
    /// Strengths: one third, two thirds, full speed.
    pub const STRENGTHS: u8 = 3;

    /// Directions of a dash.
    pub const DASH_DIRECTIONS: u8 = 32;
    /// The last steering a player may ask for.
    const ASKED_MAX: u8 = Steer::DIRECTIONS * Steer::STRENGTHS;

    /// A dash along the direction nearest to `angle`.
    pub const fn dash(angle: Angle) -> Steer {
        Steer(Steer::ASKED_MAX + 1 + (angle.0.wrapping_add(1024) >> 11) as u8)
    }

    /// The direction of a dash, if it is one.
    pub const fn dashes(self) -> Option<Angle> {
        match self.0.checked_sub(Steer::ASKED_MAX + 1) {
            Some(direction) => Some(Angle((direction as u16) << 11)),
            None => None,
        }
    }

    /// Where it leads; none for no thrust.
    pub fn angle(self) -> Option<Angle> {
        let dashes = self.dashes();
        let direction = || (self.0 > 0).then(|| u16::from((self.0 - 1) / Steer::STRENGTHS) << 10);
        dashes.or_else(|| direction().map(Angle))
    }

    /// Full speed along the direction nearest to `angle`.
    pub const fn along(angle: Angle) -> Steer {
        let direction = (angle.0.wrapping_add(512) >> 10) as u8;
        Steer(1 + direction * Steer::STRENGTHS + Steer::STRENGTHS - 1)
    }

    /// The nearest to a stick at (x, y); a length of 1 or more is full speed, under a sixth is none. Not a number is none.
    pub fn from_xy(x: f32, y: f32) -> Steer {
        let length = (x * x + y * y).sqrt();
        let strength = (length * f32::from(Steer::STRENGTHS)).round();
        if !(strength >= 1.0 && length.is_finite()) {
            return Steer::NONE;
        }
        let strength = strength.min(f32::from(Steer::STRENGTHS)) as u8;
        let wish = Vec2::new((x / length * 4096.0) as i32, (y / length * 4096.0) as i32);
        let towards = |direction: &u8| direction_of(*direction).dot(wish);
        let direction = (0..Steer::DIRECTIONS).max_by_key(towards).unwrap_or(0);
        Steer(1 + direction * Steer::STRENGTHS + strength - 1)
    }

    /// The stick again: components -1 to 1.
    pub fn to_xy(self) -> [f32; 2] {
        let Vec2 { x, y } = self.thrust(UNIT);
        [x as f32 / UNIT as f32, y as f32 / UNIT as f32]
    }

    /// The wanted velocity of a craft that flies `speed` at most, in the unit of `speed`.
    pub fn thrust(self, speed: i32) -> Vec2 {
        if let Some(angle) = self.dashes() {
            return angle.direction().scale(i64::from(speed), i64::from(UNIT));
        }
        let Some(code) = self.0.checked_sub(1) else {
            return Vec2::ZERO;
        };
        let (direction, strength) = (code / Steer::STRENGTHS, code % Steer::STRENGTHS + 1);
        direction_of(direction).scale(
            i64::from(speed) * i64::from(strength),
            i64::from(Steer::STRENGTHS) * i64::from(UNIT),
        )
    }

    /// The byte on the wire: 0 to 192 is what may be asked for, up to 224 are dashes.
    pub const fn code(self) -> u8 {
        self.0
    }

    /// From the byte on the wire; none if it has no meaning.
    pub const fn from_code(code: u8) -> Option<Steer> {
        if code <= Steer::ASKED_MAX + Steer::DASH_DIRECTIONS {
            Some(Steer(code))
        } else {
            None
        }
    }
}

fn direction_of(direction: u8) -> Vec2 {
    Angle(u16::from(direction) << 10).direction()
}

/// As a player asks for it: no dash.
impl Encode for Steer {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.0.encode(encoder)
    }
}

impl<C> Decode<C> for Steer {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let code = u8::decode(decoder)?;
        let steer = Steer::from_code(code).filter(|steer| steer.dashes().is_none());
        steer.ok_or_else(|| refuse(format!("steering is 0 to 192, not {code}")))
    }
}

bincode::impl_borrow_decode!(Steer);

/// What a player asks for in one tick. Four bytes on the wire: steering one, aim two, buttons one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Input {
    /// Where to fly.
    pub steer: Steer,
    /// Where the weapon points.
    pub aim: Angle,
    /// Held buttons.
    pub buttons: Buttons,
}

/// What a player wants now; the session turns it into an [`Input`] for each tick that follows.
pub type Intent = Input;

impl Encode for Input {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.steer.encode(encoder)?;
        self.aim.encode(encoder)?;
        self.buttons.0.encode(encoder)
    }
}

impl<C> Decode<C> for Input {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let steer = Steer::decode(decoder)?;
        let aim = Angle::decode(decoder)?;
        let buttons = Buttons(u8::decode(decoder)?);
        if !Buttons::KNOWN.contains(buttons) {
            return Err(refuse(format!(
                "unknown buttons {:#010b}",
                buttons.0 & !Buttons::KNOWN.0
            )));
        }
        Ok(Input {
            steer,
            aim,
            buttons,
        })
    }
}

bincode::impl_borrow_decode!(Input);

/// How far before a tick the others were shown while its input was made: in 1/256 tick, 0 to 255.996 ticks. Hits are judged
/// by it, within limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SeenAgo(pub u16);

impl SeenAgo {
    /// Parts of a tick it counts.
    pub const PARTS: u32 = 256;

    /// The nearest to `ticks`, within its range.
    pub fn from_ticks(ticks: f64) -> SeenAgo {
        SeenAgo(
            (ticks * f64::from(SeenAgo::PARTS))
                .round()
                .clamp(0.0, f64::from(u16::MAX)) as u16,
        )
    }
}

/// Two raw bytes, little endian.
impl Encode for SeenAgo {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.0.to_le_bytes().encode(encoder)
    }
}

impl<C> Decode<C> for SeenAgo {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        Ok(SeenAgo(u16::from_le_bytes(Decode::decode(decoder)?)))
    }
}

bincode::impl_borrow_decode!(SeenAgo);

/// Inputs for consecutive ticks, oldest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputBatch {
    /// The tick the first input is for.
    pub first_tick: Tick,
    /// What was on the screen, the same for every input of the batch.
    pub seen_ago: SeenAgo,
    /// 1 to [`BATCH_MAX`] inputs, for `first_tick`, `first_tick + 1` and so on.
    pub inputs: Vec<Input>,
}

impl Encode for InputBatch {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.first_tick.encode(encoder)?;
        self.seen_ago.encode(encoder)?;
        (self.inputs.len() as u8).encode(encoder)?;
        self.inputs
            .iter()
            .try_for_each(|input| input.encode(encoder))
    }
}

impl<C> Decode<C> for InputBatch {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let first_tick = Tick::decode(decoder)?;
        let seen_ago = SeenAgo::decode(decoder)?;
        let count = usize::from(u8::decode(decoder)?);
        if !(1..=BATCH_MAX).contains(&count) {
            return Err(refuse(format!(
                "an input batch has 1 to {BATCH_MAX} inputs, not {count}"
            )));
        }
        if first_tick.checked_add(count as Tick).is_none() {
            return Err(refuse("an input batch runs past the last tick"));
        }
        let inputs = (0..count)
            .map(|_| Input::decode(decoder))
            .collect::<Result<_, _>>()?;
        Ok(InputBatch {
            first_tick,
            seen_ago,
            inputs,
        })
    }
}

bincode::impl_borrow_decode!(InputBatch);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_the_nearest_to_its_own_direction() {
        for code in 0..=192 {
            let steer = Steer::from_code(code).unwrap();
            let [x, y] = steer.to_xy();
            assert_eq!(Steer::from_xy(x, y), steer, "{code}");
        }
        assert_eq!(Steer::from_code(225), None);
    }

    #[test]
    fn dashes_have_directions_and_are_not_asked_for() {
        for direction in 0..32_u16 {
            let steer = Steer::dash(Angle(direction << 11));
            assert_eq!(steer.dashes(), Some(Angle(direction << 11)));
            assert_eq!(Steer::from_code(steer.code()), Some(steer));
            assert!(crate::decode::<Steer>(&[steer.code()]).is_err());
        }
        assert_eq!(Steer::dash(Angle(65_000)).dashes(), Some(Angle(0)));
        assert_eq!(Steer::along(Angle(16_384)).angle(), Some(Angle(16_384)));
        assert_eq!(Steer::NONE.angle(), None);
    }

    #[test]
    fn sticks_become_the_nearest_direction_and_strength() {
        assert_eq!(Steer::from_xy(1.0, 0.0), Steer::along(Angle(0)));
        assert_eq!(Steer::from_xy(9.0, 9.0), Steer::along(Angle(8192)));
        assert_eq!(Steer::from_xy(0.0, -1.0), Steer::along(Angle(49152)));
        assert_eq!(Steer::from_xy(0.1, 0.1), Steer::NONE);
        assert_eq!(Steer::from_xy(f32::NAN, 0.1), Steer::NONE);
        assert_eq!(Steer::from_xy(f32::INFINITY, 0.1), Steer::NONE);
        assert_eq!(Steer::from_xy(0.4, 0.0).thrust(300), Vec2::new(100, 0));
        assert_eq!(Steer::from_xy(0.6, 0.0).thrust(300), Vec2::new(200, 0));
    }
}
