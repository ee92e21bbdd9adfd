//! A snapshot's bytes. The tables stand in `docs/PROTOCOL.md`; encode stands beside decode.
//!
//! ```text
//! ticks  margin  sections ─┬─ match ─ starved ─ state ─ pads ─ roster ─ events ─ checksum
//! varint i8      u8        └─ each only if its bit is set
//! ```

use std::sync::Arc;

use bincode::de::Decoder;
use bincode::de::read::Reader;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{Decode, Encode};

use super::bits::BitWriter;
use super::{ContentBits, RosterDelta, RosterFields, Snapshot, state};
use crate::view::{MatchState, Score};
use crate::wire::{encode, refuse};
use crate::{Event, PlayerId, Team, Tick};

/// Longest display name, in bytes.
pub const NAME_BYTES_MAX: usize = 96;

/// Of the message that is a snapshot.
const SNAPSHOT_TAG: u8 = 2;

const MATCH: u8 = 1;
const STARVED: u8 = 1 << 1;
const STATE: u8 = 1 << 2;
const ROSTER: u8 = 1 << 3;
const EVENTS: u8 = 1 << 4;
const CHECKSUM: u8 = 1 << 5;
const PADS: u8 = 1 << 6;
const KNOWN: u8 = (1 << 7) - 1;

/// Encodes snapshots one after the other, with the same memory.
#[derive(Debug, Default)]
pub struct SnapshotWriter {
    state: BitWriter,
}

impl SnapshotWriter {
    /// The whole message ([`crate::ServerMessage::Snapshot`]) of `snapshot`, and what its bits were spent on.
    pub fn write(&mut self, snapshot: &Snapshot) -> (Vec<u8>, ContentBits) {
        let mut content = ContentBits::default();
        let mut state: &[u8] = &[];
        self.state.clear();
        if !state::is_empty(snapshot) {
            content = state::write(snapshot, &mut self.state);
            state = self.state.finish();
        }
        content.roster = size_of_list(!snapshot.roster.is_empty(), &ById(&snapshot.roster));
        content.events = size_of_list(!snapshot.events.is_empty(), &snapshot.events);
        let body = Body { snapshot, state };
        let bytes = encode(&(SNAPSHOT_TAG, body));
        content.headers = bytes.len() as u64 * 8 - content.total();
        (bytes, content)
    }
}

fn size_of_list<T: Encode>(present: bool, list: &T) -> u64 {
    if !present {
        return 0;
    }
    encode(list).len() as u64 * 8
}

/// A snapshot whose state is bits already.
struct Body<'a> {
    snapshot: &'a Snapshot,
    state: &'a [u8],
}

impl Encode for Body<'_> {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        let Body { snapshot, state } = self;
        snapshot.ticks.encode(encoder)?;
        snapshot.input_margin.encode(encoder)?;
        let bit = |bit: u8, present: bool| if present { bit } else { 0 };
        let sections = bit(MATCH, snapshot.match_state.is_some())
            | bit(STARVED, snapshot.starved > 0)
            | bit(STATE, !state.is_empty())
            | bit(PADS, !snapshot.pads.is_empty())
            | bit(ROSTER, !snapshot.roster.is_empty())
            | bit(EVENTS, !snapshot.events.is_empty())
            | bit(CHECKSUM, snapshot.checksum.is_some());
        sections.encode(encoder)?;
        if let Some(match_state) = &snapshot.match_state {
            match_state.encode(encoder)?;
        }
        if snapshot.starved > 0 {
            snapshot.starved.encode(encoder)?;
        }
        if !state.is_empty() {
            state.encode(encoder)?;
        }
        if !snapshot.pads.is_empty() {
            encode_by_id(&snapshot.pads, |pad| pad, encoder)?;
        }
        if !snapshot.roster.is_empty() {
            ById(&snapshot.roster).encode(encoder)?;
        }
        if !snapshot.events.is_empty() {
            snapshot.events.encode(encoder)?;
        }
        match snapshot.checksum {
            Some(checksum) => checksum.to_le_bytes().encode(encoder),
            None => Ok(()),
        }
    }
}

impl Encode for Snapshot {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        let mut bits = BitWriter::default();
        if !state::is_empty(self) {
            state::write(self, &mut bits);
        }
        let state = bits.finish();
        Body {
            snapshot: self,
            state,
        }
        .encode(encoder)
    }
}

impl<C> Decode<C> for Snapshot {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let mut snapshot = Snapshot::default();
        snapshot.read(decoder)?;
        Ok(snapshot)
    }
}

bincode::impl_borrow_decode!(Snapshot);

/// Where a message is to be decoded to, if it is a snapshot.
pub(crate) type Place<'a> = Option<&'a mut Snapshot>;

/// A snapshot message that is decoded into the memory of an older one.
pub(crate) struct InPlace;

impl<'a> Decode<Place<'a>> for InPlace {
    fn decode<D: Decoder<Context = Place<'a>>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let tag = u8::decode(decoder)?;
        let place = decoder.context().take();
        let snapshot = place
            .filter(|_| tag == SNAPSHOT_TAG)
            .ok_or_else(|| refuse("not a snapshot"))?;
        snapshot.clear();
        snapshot.read(decoder)?;
        Ok(InPlace)
    }
}

impl Snapshot {
    /// Whether a message is one.
    pub(crate) fn is_next(message: &[u8]) -> bool {
        message.first() == Some(&SNAPSHOT_TAG)
    }

    /// Fills an empty one.
    fn read<C, D: Decoder<Context = C>>(&mut self, decoder: &mut D) -> Result<(), DecodeError> {
        let snapshot = self;
        snapshot.ticks = Tick::decode(decoder)?;
        snapshot.input_margin = i8::decode(decoder)?;
        let sections = known(u8::decode(decoder)?, KNOWN)?;
        if sections & MATCH != 0 {
            snapshot.match_state = Some(MatchState::decode(decoder)?);
        }
        if sections & STARVED != 0 {
            snapshot.starved = u8::decode(decoder)?;
        }
        if sections & STATE != 0 {
            read_state(decoder, snapshot)?;
        }
        if sections & PADS != 0 {
            decode_by_id(|pad| pad, &mut snapshot.pads, decoder)?;
        }
        if sections & ROSTER != 0 {
            decode_by_id(PlayerId, &mut snapshot.roster, decoder)?;
            snapshot.content.roster = size_of_list(true, &ById(&snapshot.roster));
        }
        if sections & EVENTS != 0 {
            snapshot.events = Vec::<Event>::decode(decoder)?;
            snapshot.content.events = size_of_list(true, &snapshot.events);
        }
        if sections & CHECKSUM != 0 {
            snapshot.checksum = Some(u32::from_le_bytes(Decode::decode(decoder)?));
        }
        Ok(())
    }
}

/// Bytes behind their number, read where they lie.
fn read_state<D: Decoder>(decoder: &mut D, snapshot: &mut Snapshot) -> Result<(), DecodeError> {
    let length = usize::decode(decoder)?;
    decoder.claim_container_read::<u8>(length)?;
    let reader = decoder.reader();
    let state = reader
        .peek_read(length)
        .ok_or(DecodeError::UnexpectedEnd { additional: length })?;
    state::read(state, snapshot)?;
    reader.consume(length);
    Ok(())
}

/// A list by id.
struct ById<'a, T>(&'a [(PlayerId, T)]);

impl<T: Encode> Encode for ById<'_, T> {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        encode_by_id(self.0, |id| id.0, encoder)
    }
}

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
    list: &mut Vec<(Id, T)>,
    decoder: &mut D,
) -> Result<(), DecodeError> {
    let count = u16::decode(decoder)?;
    let mut next = 0;
    for _ in 0..count {
        let id = next_id(next, decoder)?;
        next = u32::from(id) + 1;
        list.push((id_of(id), T::decode(decoder)?));
    }
    Ok(())
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

impl Encode for RosterDelta {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        let entering = self.fields.has(RosterFields::ENTER);
        self.fields.0.encode(encoder)?;
        if entering {
            (*self.name).encode(encoder)?;
        }
        if self.fields.has(RosterFields::TEAM) {
            self.team.encode(encoder)?;
        }
        if entering || self.fields.has(RosterFields::SCORE) {
            let s = &self.score;
            (s.score, s.kills, s.deaths, s.assists, s.streak).encode(encoder)?;
            s.objective.encode(encoder)?;
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
            team: None,
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
        if fields.has(RosterFields::TEAM) {
            entry.team = Option::<Team>::decode(decoder)?;
        }
        if entering || fields.has(RosterFields::SCORE) {
            let (score, kills, deaths, assists, streak) = Decode::decode(decoder)?;
            entry.score = Score {
                score,
                kills,
                deaths,
                assists,
                streak,
                objective: u16::decode(decoder)?,
            };
        }
        if entering || fields.has(RosterFields::PING) {
            entry.ping_ms = u16::decode(decoder)?;
        }
        Ok(entry)
    }
}
