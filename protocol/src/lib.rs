//! What both ends of a Fracas match must agree on.
//!
//! Pure by construction: nothing here does I/O, reads a clock or draws ambient randomness. Time, bytes and inputs arrive
//! as arguments, so the server, the bots and the browser (as WASM) run the same code on the same integers and get the
//! same result, to the bit.
//!
//! | module | what it holds |
//! |---|---|
//! | [`wire`] | how a value becomes bytes: bincode configuration, limits, errors |
//! | [`message`] | every message that crosses the line, and the version handshake |
//! | [`chat`] | what players say to each other |
//! | [`input`] | what a player asks for in one tick |
//! | [`rules`] | the numbers of the game, in human units and as integers per tick |
//! | [`map`] | the arena: a grid of tiles |
//! | [`geometry`] | positions, velocities, angles: integers and their arithmetic |
//! | [`motion`] | one step of a craft, one step of a shot, one step of a pilot |
//! | [`view`] | what one player knows at one tick |
//! | [`snapshot`] | the difference between two views: delta, bytes, apply |
//! | [`event`] | what must arrive once: hits, kills, streaks |
//! | [`session`] | the client: clock, prediction, reconciliation, interpolation |
//!
//! Deliberately absent: sockets, threads, timers, rendering, and the rules of any mode (those are the server's).

pub mod chat;
pub mod event;
pub mod geometry;
pub mod input;
pub mod map;
mod match_state;
pub mod message;
pub mod motion;
pub mod rules;
pub mod session;
pub mod snapshot;
pub mod view;
pub mod wire;

pub use event::{Event, EventKind};
pub use geometry::{Angle, Vec2};
pub use input::{Buttons, Input, InputBatch, Intent, SeenAgo, Steer};
pub use map::Map;
pub use message::{
    Ballot, Choice, ClientMessage, Credential, Hello, MatchStart, Mode, Phase, Ping, Pong,
    ServerMessage, Team, Wants, Welcome,
};
pub use rules::{Arena, Rules, Tuning, Weapon};
pub use session::{Scene, Session, SessionError, SessionEvent, SessionStats};
pub use snapshot::Snapshot;
pub use view::View;
pub use wire::{WireError, decode, encode};

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// The version both ends must speak; a server refuses any other with close code 4501.
pub const PROTOCOL_VERSION: u16 = 3;

/// A point in simulated time: ticks since the room opened. Continuous over all matches of a room; at 60 Hz it lasts
/// 828 days.
pub type Tick = u32;

/// The last tick a room reaches: far enough from the end of [`Tick`] that arithmetic on what lies ahead can't overflow.
/// At 60 Hz it is 414 days away.
pub const TICK_MAX: Tick = Tick::MAX / 2;

/// A player's place in a room: the smallest that was free when they joined, so it is one byte on the wire for the first
/// 251 players.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Encode,
    Decode,
    Serialize,
    Deserialize,
)]
#[serde(transparent)]
pub struct PlayerId(pub u16);

/// A shot's name while it flies. Reused after it ended; together with the tick of birth it is unique.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct ShotId(pub u16);
