//! A snapshot's bytes. The tables stand in `docs/PROTOCOL.md`; encode stands beside decode.
//!
//! ```text
//! ticks  margin  sections ─┬─ clock ─ own ─ crafts ─ gone ─ shots ─ roster ─ events ─ checksum
//! varint i8      u8        └─ each only if its bit is set
//! ```

use std::sync::Arc;

use bincode::de::Decoder;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{Decode, Encode};

use super::{CraftDelta, CraftFields, OwnDelta, OwnFields, RosterDelta, RosterFields, Snapshot};
use crate::motion::Shot;
use crate::view::{MatchClock, Score};
use crate::wire::refuse;
use crate::{Event, Phase, PlayerId, ShotId, Tick, Vec2};

/// Longest display name, in bytes.
pub const NAME_BYTES_MAX: usize = 96;

const CLOCK: u8 = 1;
const OWN: u8 = 1 << 1;
const CRAFTS: u8 = 1 << 2;
const GONE: u8 = 1 << 3;
const SHOTS: u8 = 1 << 4;
const ROSTER: u8 = 1 << 5;
const EVENTS: u8 = 1 << 6;
const CHECKSUM: u8 = 1 << 7;

impl Encode for Snapshot {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.ticks.encode(encoder)?;
        self.input_margin.encode(encoder)?;
        let bit = |bit: u8, present: bool| if present { bit } else { 0 };
        let sections = bit(CLOCK, self.clock.is_some())
            | bit(OWN, !self.own.fields.is_empty())
            | bit(CRAFTS, !self.crafts.is_empty())
            | bit(GONE, !self.shots_gone.is_empty())
            | bit(SHOTS, !self.shots.is_empty())
            | bit(ROSTER, !self.roster.is_empty())
            | bit(EVENTS, !self.events.is_empty())
            | bit(CHECKSUM, self.checksum.is_some());
        sections.encode(encoder)?;
        if let Some(clock) = &self.clock {
            clock.phase.encode(encoder)?;
            clock.ends.encode(encoder)?;
        }
        if sections & OWN != 0 {
            self.own.encode(encoder)?;
        }
        if sections & CRAFTS != 0 {
            encode_by_id(&self.crafts, |id| id.0, encoder)?;
        }
        if sections & GONE != 0 {
            encode_ids(&self.shots_gone, encoder)?;
        }
        if sections & SHOTS != 0 {
            encode_by_id(&self.shots, |id| id.0, encoder)?;
        }
        if sections & ROSTER != 0 {
            encode_by_id(&self.roster, |id| id.0, encoder)?;
        }
        if sections & EVENTS != 0 {
            self.events.encode(encoder)?;
        }
        match self.checksum {
            Some(checksum) => checksum.to_le_bytes().encode(encoder),
            None => Ok(()),
        }
    }
}

impl<C> Decode<C> for Snapshot {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let mut snapshot = Snapshot {
            ticks: Tick::decode(decoder)?,
            input_margin: i8::decode(decoder)?,
            ..Snapshot::default()
        };
        let sections = u8::decode(decoder)?;
        if sections & CLOCK != 0 {
            snapshot.clock = Some(MatchClock {
                phase: Phase::decode(decoder)?,
                ends: Tick::decode(decoder)?,
            });
        }
        if sections & OWN != 0 {
            snapshot.own = OwnDelta::decode(decoder)?;
        }
        if sections & CRAFTS != 0 {
            snapshot.crafts = decode_by_id(PlayerId, decoder)?;
        }
        if sections & GONE != 0 {
            snapshot.shots_gone = decode_ids(decoder)?;
        }
        if sections & SHOTS != 0 {
            snapshot.shots = decode_by_id::<_, Shot, _, _>(ShotId, decoder)?;
        }
        if sections & ROSTER != 0 {
            snapshot.roster = decode_by_id(PlayerId, decoder)?;
        }
        if sections & EVENTS != 0 {
            snapshot.events = Vec::<Event>::decode(decoder)?;
        }
        if sections & CHECKSUM != 0 {
            snapshot.checksum = Some(u32::from_le_bytes(Decode::decode(decoder)?));
        }
        Ok(snapshot)
    }
}

bincode::impl_borrow_decode!(Snapshot);

/// A count, then for each entry the gap to the id before (0 is the very next) and the entry.
fn encode_by_id<Id: Copy, T: Encode, E: Encoder>(
    sorted: &[(Id, T)],
    number: impl Fn(Id) -> u16,
    encoder: &mut E,
) -> Result<(), EncodeError> {
    (sorted.len() as u16).encode(encoder)?;
    let mut next = 0;
    for (id, value) in sorted {
        let id = number(*id);
        (id - next).encode(encoder)?;
        next = id.wrapping_add(1);
        value.encode(encoder)?;
    }
    Ok(())
}

fn decode_by_id<Id, T: Decode<C>, C, D: Decoder<Context = C>>(
    id_of: impl Fn(u16) -> Id,
    decoder: &mut D,
) -> Result<Vec<(Id, T)>, DecodeError> {
    let count = u16::decode(decoder)?;
    let mut list = Vec::with_capacity(usize::from(count).min(256));
    let mut next = 0;
    for _ in 0..count {
        let id = next_id(next, decoder)?;
        next = u32::from(id) + 1;
        list.push((id_of(id), T::decode(decoder)?));
    }
    Ok(list)
}

fn encode_ids<E: Encoder>(sorted: &[ShotId], encoder: &mut E) -> Result<(), EncodeError> {
    (sorted.len() as u16).encode(encoder)?;
    let mut next = 0;
    for id in sorted {
        (id.0 - next).encode(encoder)?;
        next = id.0.wrapping_add(1);
    }
    Ok(())
}

fn decode_ids<C, D: Decoder<Context = C>>(decoder: &mut D) -> Result<Vec<ShotId>, DecodeError> {
    let count = u16::decode(decoder)?;
    let mut list = Vec::with_capacity(usize::from(count).min(256));
    let mut next = 0;
    for _ in 0..count {
        let id = next_id(next, decoder)?;
        next = u32::from(id) + 1;
        list.push(ShotId(id));
    }
    Ok(list)
}

fn next_id<C, D: Decoder<Context = C>>(next: u32, decoder: &mut D) -> Result<u16, DecodeError> {
    let id = next + u32::from(u16::decode(decoder)?);
    u16::try_from(id).map_err(|_| refuse("an id beyond 65535"))
}

fn known(fields: u8, known: u8) -> Result<u8, DecodeError> {
    if fields & !known != 0 {
        return Err(refuse(format!("unknown fields {:#010b}", fields & !known)));
    }
    Ok(fields)
}

impl Encode for OwnDelta {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.fields.0.encode(encoder)?;
        if self.fields.has(OwnFields::POS) {
            self.pos.encode(encoder)?;
        }
        if self.fields.has(OwnFields::VEL) {
            self.vel.encode(encoder)?;
        }
        if self.fields.has(OwnFields::LIFE) {
            (self.life, self.alive, self.respawn_in, self.killer).encode(encoder)?;
        }
        if self.fields.has(OwnFields::HEALTH) {
            self.health.encode(encoder)?;
        }
        if self.fields.has(OwnFields::READY) {
            self.ready_in.encode(encoder)?;
        }
        if self.fields.has(OwnFields::PROTECTION) {
            self.protected_for.encode(encoder)?;
        }
        Ok(())
    }
}

impl<C> Decode<C> for OwnDelta {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let fields = OwnFields(known(u8::decode(decoder)?, OwnFields::KNOWN.0)?);
        let mut own = OwnDelta {
            fields,
            ..OwnDelta::default()
        };
        if fields.has(OwnFields::POS) {
            own.pos = Vec2::decode(decoder)?;
        }
        if fields.has(OwnFields::VEL) {
            own.vel = Vec2::decode(decoder)?;
        }
        if fields.has(OwnFields::LIFE) {
            (own.life, own.alive, own.respawn_in, own.killer) = Decode::decode(decoder)?;
        }
        if fields.has(OwnFields::HEALTH) {
            own.health = u8::decode(decoder)?;
        }
        if fields.has(OwnFields::READY) {
            own.ready_in = i32::decode(decoder)?;
        }
        if fields.has(OwnFields::PROTECTION) {
            own.protected_for = i32::decode(decoder)?;
        }
        Ok(own)
    }
}

impl Encode for CraftDelta {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        let entering = self.fields.has(CraftFields::ENTER);
        self.fields.0.encode(encoder)?;
        if entering {
            self.life.encode(encoder)?;
        }
        if entering || self.fields.has(CraftFields::POS) {
            self.pos.encode(encoder)?;
        }
        if entering || self.fields.has(CraftFields::VEL) {
            self.vel.encode(encoder)?;
        }
        if entering || self.fields.has(CraftFields::AIM) {
            self.aim.encode(encoder)?;
        }
        if entering || self.fields.has(CraftFields::HEALTH) {
            self.health.encode(encoder)?;
        }
        Ok(())
    }
}

impl<C> Decode<C> for CraftDelta {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let fields = CraftFields(known(u8::decode(decoder)?, CraftFields::KNOWN.0)?);
        let entering = fields.has(CraftFields::ENTER);
        let mut craft = CraftDelta {
            fields,
            ..CraftDelta::default()
        };
        if entering {
            craft.life = u8::decode(decoder)?;
        }
        if entering || fields.has(CraftFields::POS) {
            craft.pos = Vec2::decode(decoder)?;
        }
        if entering || fields.has(CraftFields::VEL) {
            craft.vel = Vec2::decode(decoder)?;
        }
        if entering || fields.has(CraftFields::AIM) {
            craft.aim = u8::decode(decoder)?;
        }
        if entering || fields.has(CraftFields::HEALTH) {
            craft.health = u8::decode(decoder)?;
        }
        Ok(craft)
    }
}

impl Encode for RosterDelta {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        let entering = self.fields.has(RosterFields::ENTER);
        self.fields.0.encode(encoder)?;
        if entering {
            (*self.name).encode(encoder)?;
        }
        if entering || self.fields.has(RosterFields::SCORE) {
            let s = &self.score;
            (s.score, s.kills, s.deaths, s.assists, s.streak).encode(encoder)?;
        }
        if entering || self.fields.has(RosterFields::PING) {
            self.ping_ms.encode(encoder)?;
        }
        Ok(())
    }
}

impl<C> Decode<C> for RosterDelta {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let fields = RosterFields(known(u8::decode(decoder)?, RosterFields::KNOWN.0)?);
        let entering = fields.has(RosterFields::ENTER);
        let mut entry = RosterDelta {
            fields,
            name: Arc::default(),
            score: Score::default(),
            ping_ms: 0,
        };
        if entering {
            let name = String::decode(decoder)?;
            if name.len() > NAME_BYTES_MAX {
                return Err(refuse(format!("a name of {} bytes", name.len())));
            }
            entry.name = name.into();
        }
        if entering || fields.has(RosterFields::SCORE) {
            let (score, kills, deaths, assists, streak) = Decode::decode(decoder)?;
            entry.score = Score {
                score,
                kills,
                deaths,
                assists,
                streak,
            };
        }
        if entering || fields.has(RosterFields::PING) {
            entry.ping_ms = u16::decode(decoder)?;
        }
        Ok(entry)
    }
}
