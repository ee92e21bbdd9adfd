//! The difference between two views.
//!
//! ```text
//! server:  base view ─┐                                 client:  base view ─┐
//!          next view ─┴─ delta() ─ Snapshot ─ bytes ───▶ Snapshot ─ apply() ─┴─ next view
//! ```
//!
//! The base is what was last sent: the line is TCP, so what was sent arrives in order or the connection dies, and no
//! acknowledgement is needed. Both ends first carry the base forward to the new tick with the shared motion (craft
//! straight on, shots along their path) and only what differs from that travels.

mod apply;
mod bytes;
mod delta;

pub use apply::{ApplyError, POSITION_MAX, VELOCITY_MAX};
pub use bytes::NAME_BYTES_MAX;
pub use delta::{RosterChanges, delta, delta_sharing};

use crate::motion::Shot;
use crate::view::{MatchClock, Score};
use crate::{Event, PlayerId, ShotId, Tick, Vec2};
use std::sync::Arc;

/// What changed since the snapshot before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Ticks since the snapshot before, or since the match start that was sent last.
    pub ticks: Tick,
    /// How many ticks before its use the newest input message arrived; 0 is just in time, less is late.
    pub input_margin: i8,
    /// The match clock, if it changed.
    pub clock: Option<MatchClock>,
    /// The player's own craft.
    pub own: OwnDelta,
    /// Other craft that entered, changed or left, by id.
    pub crafts: Vec<(PlayerId, CraftDelta)>,
    /// Shots that ended before their time: by a wall, at a craft, with their owner.
    pub shots_gone: Vec<ShotId>,
    /// Shots that came into sight or took a new course, by id.
    pub shots: Vec<(ShotId, Shot)>,
    /// Players who joined, scored or left, by id.
    pub roster: Vec<(PlayerId, RosterDelta)>,
    /// What happened, oldest first.
    pub events: Vec<Event>,
    /// [`crate::View::checksum`] of the resulting view, for a client that asked for it.
    pub checksum: Option<u32>,
}

impl Snapshot {
    /// Empties it and keeps its memory.
    pub fn clear(&mut self) {
        self.ticks = 0;
        self.input_margin = 0;
        self.clock = None;
        self.own = OwnDelta::default();
        self.crafts.clear();
        self.shots_gone.clear();
        self.shots.clear();
        self.roster.clear();
        self.events.clear();
        self.checksum = None;
    }
}

macro_rules! fields {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident = $bit:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name(pub u8);

        impl $name {
            $($(#[$field_meta])* pub const $field: $name = $name(1 << $bit);)+
            /// Every bit that has a meaning.
            pub const KNOWN: $name = $name(0 $(| 1 << $bit)+);

            /// Whether `field` is there.
            pub const fn has(self, field: $name) -> bool {
                self.0 & field.0 != 0
            }

            /// Whether nothing is there.
            pub const fn is_empty(self) -> bool {
                self.0 == 0
            }

            /// Adds `field` if `present`.
            pub fn set(&mut self, field: $name, present: bool) {
                if present {
                    self.0 |= field.0;
                }
            }
        }
    };
}

fields! {
    /// Which fields of an [`OwnDelta`] travel.
    OwnFields {
        /// The position residual.
        POS = 0,
        /// The velocity residual.
        VEL = 1,
        /// Life, alive, respawn tick, killer.
        LIFE = 2,
        /// Health.
        HEALTH = 3,
        /// The tick from which the weapon is ready.
        READY = 4,
        /// The tick until which protection lasts.
        PROTECTION = 5,
    }
}

/// What changed of the player's own craft. Fields that don't travel are zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnDelta {
    /// Which fields are there.
    pub fields: OwnFields,
    /// Position minus extrapolated position.
    pub pos: Vec2,
    /// Velocity minus the velocity before.
    pub vel: Vec2,
    /// New life counter.
    pub life: u8,
    /// New state.
    pub alive: bool,
    /// Relative to the snapshot's tick.
    pub respawn_in: i32,
    /// New killer.
    pub killer: Option<PlayerId>,
    /// New health.
    pub health: u8,
    /// Relative to the snapshot's tick.
    pub ready_in: i32,
    /// Relative to the snapshot's tick.
    pub protected_for: i32,
}

fields! {
    /// Which fields of a [`CraftDelta`] travel.
    CraftFields {
        /// Comes into sight, or a new life: everything travels, in full.
        ENTER = 0,
        /// Is out of sight or dead: nothing else travels.
        LEAVE = 1,
        /// The position residual.
        POS = 2,
        /// The velocity residual.
        VEL = 3,
        /// The aim.
        AIM = 4,
        /// Health.
        HEALTH = 5,
        /// On entering: is protected. Otherwise: protection began or ended.
        PROTECTED = 6,
    }
}

/// What changed of another craft. Fields that don't travel are zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CraftDelta {
    /// Which fields are there.
    pub fields: CraftFields,
    /// Life counter (on entering).
    pub life: u8,
    /// Position: in full on entering, else minus the extrapolated position.
    pub pos: Vec2,
    /// Velocity: in full on entering, else minus the velocity before.
    pub vel: Vec2,
    /// New aim.
    pub aim: u8,
    /// New health.
    pub health: u8,
}

fields! {
    /// Which fields of a [`RosterDelta`] travel.
    RosterFields {
        /// Joined: name and kind travel.
        ENTER = 0,
        /// Left: nothing else travels.
        LEAVE = 1,
        /// Score, kills, deaths, assists, streak.
        SCORE = 2,
        /// Ping.
        PING = 3,
        /// On entering: a program plays.
        BOT = 4,
    }
}

/// What changed about a player.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterDelta {
    /// Which fields are there.
    pub fields: RosterFields,
    /// Display name (on entering, else empty).
    pub name: Arc<str>,
    /// New score, in full.
    pub score: Score,
    /// New ping.
    pub ping_ms: u16,
}
