//! What must arrive once. Events wait on the server until a snapshot takes them along; none is lost to a slow line.

use bincode::{Decode, Encode};

use crate::view::{Award, ObjectiveNews};
use crate::{Angle, PlayerId, Team, Vec2, Weapon};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Event {
    /// How many ticks before the snapshot's tick.
    pub ago: u8,
    /// What.
    pub kind: EventKind,
}

/// What happened. A client is told of the hits it gave and took, of beams that it can see or whose owner it can see, and
/// of every kill, streak and objective, and how the match ended.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum EventKind {
    /// A shot hurt a craft.
    Hit {
        /// Whose shot.
        attacker: PlayerId,
        /// Who was hurt.
        victim: PlayerId,
        /// Health taken.
        damage: u8,
        /// With what.
        weapon: Weapon,
        /// How often the shot had bounced.
        bounces: u8,
        /// Where the shot was, in position units; at the edge of the player's picture if that was outside.
        pos: Vec2,
    },
    /// A craft was destroyed.
    Kill {
        /// Who did it; nobody when the killer has left.
        killer: Option<PlayerId>,
        /// Whose craft.
        victim: PlayerId,
        /// With what.
        weapon: Weapon,
        /// How often the shot had bounced.
        bounces: u8,
        /// Whether the killer had sent somebody's shot back.
        deflected: bool,
        /// Points beyond the usual one, 0 to 100: the victim wore the crown (`flow.bounty`).
        bounty: u8,
        /// Who had helped.
        assists: Vec<PlayerId>,
    },
    /// Several kills in one life: one of `flow.streaks`.
    Streak {
        /// Whose.
        player: PlayerId,
        /// How many.
        kills: u16,
    },
    /// Somebody took what lay on a pad in sight.
    Pickup {
        /// Who.
        player: PlayerId,
        /// The pad, by its place in the map.
        pad: u16,
    },
    /// Somebody in sight sent a shot back.
    Deflect {
        /// Who.
        player: PlayerId,
        /// Where the shot was, in position units.
        pos: Vec2,
    },
    /// A beam was fired. Its way is computed ([`crate::motion::Beam::trace`]).
    Beam {
        /// Whose.
        owner: PlayerId,
        /// With what.
        weapon: Weapon,
        /// The muzzle, in position units; of a shooter out of sight, where the beam comes into the player's picture.
        from: Vec2,
        /// Where to.
        heading: Angle,
    },
    /// Something happened to a flag or a zone.
    Objective {
        /// What.
        what: ObjectiveNews,
        /// Whose flag, or who took the zone; nobody when the zone moved on.
        team: Option<Team>,
        /// Who did it, if somebody did.
        player: Option<PlayerId>,
    },
    /// The match is decided.
    Result {
        /// The best, in a free for all; nobody on a tie.
        winner: Option<PlayerId>,
        /// The better side, if there are sides; neither on a tie.
        team: Option<Team>,
        /// Who did best at what, and what the number is.
        awards: Vec<(Award, PlayerId, u16)>,
    },
}
