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

use crate::motion::{Course, CraftMotion, Shot, Weapon};
use crate::view::{Craft, MatchState, Score};
use crate::{Angle, Event, PlayerId, ShotId, Steer, Team, Tick};
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
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident = $bit:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct $name(pub u8);

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
    OwnFields {
        /// Turns of the steering.
        COURSE = 0,
        /// Position, velocity and steering, in full.
        MOTION = 1,
        /// Life, alive, respawn tick, killer.
        LIFE = 2,
        /// Health.
        HEALTH = 3,
        /// The tick from which the weapon is ready.
        READY = 4,
        /// The tick until which protection lasts.
        PROTECTION = 5,
        /// The rail: ammo, the tick from which it may charge, since when it charges.
        RAIL = 6,
    }
}

/// What changed of the player's own craft. Fields that don't travel are zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OwnDelta {
    /// Which fields are there.
    pub fields: OwnFields,
    /// How the steering changed.
    pub course: Course,
    /// Where it is and goes now.
    pub motion: CraftMotion,
    /// How it is steered now.
    pub steer: Steer,
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
    /// New ammo.
    pub rail_ammo: u8,
    /// Relative to the snapshot's tick.
    pub rail_ready_in: i32,
    /// Ticks before the snapshot's in which charging began.
    pub charging_for: Option<Tick>,
}

fields! {
    /// Which fields of a [`CraftChange`] travel.
    CraftFields {
        /// Turns of the steering.
        COURSE = 0,
        /// The aim.
        AIM = 1,
        /// Is out of sight or dead: nothing else travels.
        LEAVE = 2,
        /// Health.
        HEALTH = 3,
        /// Protection began or ended.
        PROTECTED = 4,
        /// Charging began or ended.
        CHARGING = 5,
        /// What flight under the old steering missed, and the steering now: for whoever was left out before.
        MOTION = 6,
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
    RosterFields {
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
