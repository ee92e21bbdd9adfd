//! What a player asks for in one tick, and how several ticks of it travel.

use bincode::de::Decoder;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{Decode, Encode};

use crate::wire::refuse;
use crate::{Angle, Tick};

/// Most ticks of input in one message.
pub const BATCH_MAX: usize = 8;

/// Held buttons, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Buttons(pub u8);

impl Buttons {
    /// Fire the weapon.
    pub const FIRE: Buttons = Buttons(1);
    /// Every bit that has a meaning.
    pub const KNOWN: Buttons = Buttons(1);

    /// Whether all of `other`'s bits are held.
    pub const fn contains(self, other: Buttons) -> bool {
        self.0 & other.0 == other.0
    }

    /// `self` with `other`'s bits held as well.
    pub const fn with(self, other: Buttons) -> Buttons {
        Buttons(self.0 | other.0)
    }
}

/// What a player asks for in one tick. Five bytes on the wire: steering as two signed bytes, aim as two bytes,
/// buttons as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Input {
    /// Wanted direction of flight, -127 (left) to 127 (right); length 127 is full speed, more counts as 127.
    pub steer_x: i8,
    /// -127 (up) to 127 (down).
    pub steer_y: i8,
    /// Where the weapon points.
    pub aim: Angle,
    /// Held buttons.
    pub buttons: Buttons,
}

/// What a player wants now; the session turns it into an [`Input`] for each tick that follows.
pub type Intent = Input;

impl Encode for Input {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.steer_x.encode(encoder)?;
        self.steer_y.encode(encoder)?;
        self.aim.encode(encoder)?;
        self.buttons.0.encode(encoder)
    }
}

impl<C> Decode<C> for Input {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let (steer_x, steer_y) = (i8::decode(decoder)?, i8::decode(decoder)?);
        if steer_x == i8::MIN || steer_y == i8::MIN {
            return Err(refuse("steering is -127 to 127, not -128"));
        }
        let aim = Angle::decode(decoder)?;
        let buttons = Buttons(u8::decode(decoder)?);
        if !Buttons::KNOWN.contains(buttons) {
            return Err(refuse(format!(
                "unknown buttons {:#010b}",
                buttons.0 & !Buttons::KNOWN.0
            )));
        }
        Ok(Input {
            steer_x,
            steer_y,
            aim,
            buttons,
        })
    }
}

bincode::impl_borrow_decode!(Input);

/// Inputs for consecutive ticks, oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InputBatch {
    /// The tick the first input is for.
    pub first_tick: Tick,
    /// 1 to [`BATCH_MAX`] inputs, for `first_tick`, `first_tick + 1` and so on.
    pub inputs: Vec<Input>,
}

impl Encode for InputBatch {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.first_tick.encode(encoder)?;
        (self.inputs.len() as u8).encode(encoder)?;
        self.inputs
            .iter()
            .try_for_each(|input| input.encode(encoder))
    }
}

impl<C> Decode<C> for InputBatch {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let first_tick = Tick::decode(decoder)?;
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
        Ok(InputBatch { first_tick, inputs })
    }
}

bincode::impl_borrow_decode!(InputBatch);
