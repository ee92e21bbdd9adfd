//! The difference between two views.
//!
//! ```text
//! server:  base view ─┐                                 client:  base view ─┐
//!          next view ─┴─ delta() ─ Snapshot ─ bytes ───▶ Snapshot ─ apply() ─┴─ next view
//! ```
//!
//! The base is what was last sent: the line is TCP, so what was sent arrives in order or the connection dies, and no
//! acknowledgement is needed. Both ends carry the base forward to the new tick with the shared motion: craft fly on under
//! the same steering, shots along their path. Only what can't be computed travels: turns of the steering, births of shots,
//! and what rules did to somebody.
//!
//! | module | what it holds |
//! |---|---|
//! | `delta` | two views become a snapshot |
//! | `told` | the first of the two, by name |
//! | `apply` | a view and a snapshot become the next view |
//! | `bytes` | the snapshot as a message |
//! | `state` | its densest part, bit by bit: own craft, craft, shots |
//! | `bits` | numbers of any width |
//! | `content` | what the bits were spent on |

mod apply;
mod bits;
mod bytes;
mod content;
mod delta;
mod state;
mod told;

pub use apply::{ApplyError, FLIGHT_TICKS_MAX, POSITION_MAX, VELOCITY_MAX};
pub(crate) use bytes::{InPlace, Place};
pub use bytes::{NAME_BYTES_MAX, SnapshotWriter};
pub use content::ContentBits;
pub use delta::{NoTracks, RosterChanges, Tracks, delta, delta_sharing};
pub use told::{Told, ToldCraft, ToldShot};

use crate::motion::{Course, CraftMotion, Pilot, Shot};
use crate::view::{Craft, CraftFlags, MatchState, Score};
use crate::{Angle, Event, PlayerId, ShotId, Steer, Team, Tick, Weapon};
use std::sync::Arc;

/// What changed since the snapshot before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// Ticks since the snapshot before, or since the match start that was sent last.
    pub ticks: Tick,
    /// How many ticks before its use the newest input message arrived; 0 is just in time, less is late.
    pub input_margin: i8,
    /// Ticks since the snapshot before for which the player's input was missing.
    pub starved: u8,
    /// How the match stands, if that changed.
    pub match_state: Option<MatchState>,
    /// The player's own craft.
    pub own: OwnDelta,
    /// How many craft the view has that this leads on from; none if there is nothing to say of craft and shots.
    pub known: Option<u16>,
    /// Those that changed, by their position among the known.
    pub crafts: Vec<(u16, CraftChange)>,
    /// Craft that come into sight, are in a new life, or have to be told in full again; by id.
    pub entered: Vec<(PlayerId, Craft)>,
    /// Shots that ended before their time: by a wall, at a craft, with their owner.
    pub shots_gone: Vec<ShotId>,
    /// Shots that were fired, came into sight or took a new course, by id.
    pub shots: Vec<(ShotId, ShotNews)>,
    /// Pads that are seen to be empty, by their place in the map, and in how many ticks the next pickup comes.
    pub pads: Vec<(u16, Tick)>,
    /// Players who joined, scored or left, by id.
    pub roster: Vec<(PlayerId, RosterDelta)>,
    /// What happened, oldest first.
    pub events: Vec<Event>,
    /// [`crate::View::checksum`] of the resulting view, for a client that asked for it.
    pub checksum: Option<u32>,
    /// What its bits were spent on; known after encoding or decoding.
    pub content: ContentBits,
}

impl Snapshot {
    /// Empties it and keeps its memory.
    pub fn clear(&mut self) {
        let kept = std::mem::take(self);
        *self = Snapshot {
            crafts: emptied(kept.crafts),
            entered: emptied(kept.entered),
            shots_gone: emptied(kept.shots_gone),
            shots: emptied(kept.shots),
            pads: emptied(kept.pads),
            roster: emptied(kept.roster),
            events: emptied(kept.events),
            ..Snapshot::default()
        };
    }
}

fn emptied<T>(mut list: Vec<T>) -> Vec<T> {
    list.clear();
    list
}

macro_rules! fields {
    ($(#[$meta:meta])* $name:ident: $int:ident { $($(#[$field_meta:meta])* $field:ident = $bit:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name(pub $int);

        impl $name {
            $($(#[$field_meta])* pub const $field: $name = $name(1 << $bit);)+
            /// Every bit that has a meaning.
            pub const KNOWN: $name = $name(0 $(| 1 << $bit)+);
            /// How many bits that is; they are the lowest.
            pub const WIDTH: u32 = Self::KNOWN.0.count_ones();

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
    OwnFields: u16 {
        /// Turns of the steering.
        COURSE = 0,
        /// The tick from which the first weapon is ready.
        READY = 1,
        /// Health and shield.
        HEALTH = 2,
        /// The special weapon: which, its ammo, the tick from which it is ready, since when it charges.
        SPECIAL = 3,
        /// Position, velocity and steering, in full.
        MOTION = 4,
        /// Life, alive, respawn tick, killer.
        LIFE = 5,
        /// The tick until which protection lasts.
        PROTECTION = 6,
        /// The dashes.
        DASH = 7,
        /// The deflect.
        DEFLECT = 8,
        /// Until when haste and overcharge last.
        EFFECTS = 9,
    }
}

/// What changed of the player's own craft.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnDelta {
    /// Which fields are there.
    pub fields: OwnFields,
    /// How the steering changed.
    pub course: Course,
    /// The fields that travel, all others as by default; ticks are counted from the snapshot's ([`Pilot::counted_from`]).
    pub pilot: Pilot,
}

impl OwnDelta {
    /// Copies the fields that travel.
    fn carry(fields: OwnFields, from: &Pilot, to: &mut Pilot) {
        if fields.has(OwnFields::READY) {
            to.ready_at = from.ready_at;
        }
        if fields.has(OwnFields::HEALTH) {
            (to.health, to.shield) = (from.health, from.shield);
        }
        if fields.has(OwnFields::SPECIAL) {
            to.special = from.special;
        }
        if fields.has(OwnFields::MOTION) {
            (to.motion, to.steer) = (from.motion, from.steer);
        }
        if fields.has(OwnFields::LIFE) {
            (to.life, to.alive) = (from.life, from.alive);
            (to.respawn_at, to.killer) = (from.respawn_at, from.killer);
        }
        if fields.has(OwnFields::PROTECTION) {
            to.protected_until = from.protected_until;
        }
        if fields.has(OwnFields::DASH) {
            to.dash = from.dash;
        }
        if fields.has(OwnFields::DEFLECT) {
            to.deflect = from.deflect;
        }
        if fields.has(OwnFields::EFFECTS) {
            (to.haste_until, to.overcharge_until) = (from.haste_until, from.overcharge_until);
        }
    }
}

fields! {
    /// Which fields of a [`CraftChange`] travel.
    CraftFields: u8 {
        /// Turns of the steering.
        COURSE = 0,
        /// The aim.
        AIM = 1,
        /// Is out of sight or dead: nothing else travels.
        LEAVE = 2,
        /// Health and shield.
        HEALTH = 3,
        /// What it is doing and what works on it.
        FLAGS = 4,
        /// What flight under the old steering missed, and the steering now: for whoever was left out before, or flies faster or
        /// slower than before.
        MOTION = 5,
    }
}

/// What changed of another craft. Fields that don't travel are zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CraftChange {
    /// Which fields are there.
    pub fields: CraftFields,
    /// How the steering changed.
    pub course: Course,
    /// Position and velocity, less where flight under the old steering led.
    pub missed: CraftMotion,
    /// How it is steered now (with `missed`).
    pub steer: Steer,
    /// By how many of 256 steps the aim turned, the short way.
    pub aim_by: i8,
    /// New health.
    pub health: u8,
    /// New shield.
    pub shield: u8,
    /// New flags.
    pub flags: CraftFlags,
}

/// What is new about a shot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShotNews {
    /// It left the muzzle of a craft in sight and flies since: the rest is computed.
    Fired {
        /// Whose, by position among the known; one past the last is the own craft.
        by: u16,
        /// What with.
        weapon: Weapon,
        /// Where to.
        heading: Angle,
        /// How many ticks before the snapshot's tick.
        ago: u8,
    },
    /// It is this one now.
    Seen(Shot),
}

fields! {
    /// Which fields of a [`RosterDelta`] travel.
    RosterFields: u8 {
        /// Joined: name and kind travel.
        ENTER = 0,
        /// Left: nothing else travels.
        LEAVE = 1,
        /// Score, kills, deaths, assists, streak, objective points.
        SCORE = 2,
        /// Ping.
        PING = 3,
        /// On entering: a program plays.
        BOT = 4,
        /// The side; on entering only if there is one.
        TEAM = 5,
    }
}

/// What changed about a player.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterDelta {
    /// Which fields are there.
    pub fields: RosterFields,
    /// Display name (on entering, else empty).
    pub name: Arc<str>,
    /// New side.
    pub team: Option<Team>,
    /// New score, in full.
    pub score: Score,
    /// New ping.
    pub ping_ms: u16,
}
