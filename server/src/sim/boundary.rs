//! The plain types that cross into and out of the simulation.

use std::sync::Arc;

use arrayvec::ArrayVec;
use fracas_protocol::snapshot::ContentBits;
use fracas_protocol::view::{Award, ObjectiveNews};
use fracas_protocol::{InputBatch, Map, Mode, Phase, PlayerId, Rules, Team, Tick, Wants};
use serde::Serialize;

/// Everything a match starts from.
#[derive(Clone, Debug)]
pub struct MatchConfig {
    /// The public name, for example `m7`.
    pub match_id: String,
    /// The room it is played in.
    pub room: String,
    /// Where all randomness comes from.
    pub seed: u64,
    /// What is played.
    pub mode: Mode,
    /// By which numbers; valid.
    pub rules: Rules,
    /// Where.
    pub map: Arc<Map>,
    /// Steps per second.
    pub tick_hz: u8,
    /// Snapshots per second and client, at most `tick_hz`.
    pub snapshot_hz: u8,
    /// Bytes for craft and shots in a snapshot, beyond which it leaves out what is farthest away.
    pub snapshot_bytes_max: u32,
    /// The tick before the first step; ticks go on from match to match in a room.
    pub start_tick: Tick,
}

/// A map on which a mode can't be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("mode {mode} needs {needs}, and the map has none; choose another map or another mode")]
pub struct MapLacks {
    /// What was to be played.
    pub mode: Mode,
    /// What it needs of a map.
    pub needs: &'static str,
}

/// Everything that can enter a match.
#[derive(Clone, Debug)]
pub enum Command {
    /// Somebody takes a place.
    Join {
        /// The place.
        player: PlayerId,
        /// Display name.
        name: Arc<str>,
        /// Whether a program plays.
        bot: bool,
    },
    /// How somebody did in the room's last match: sides are dealt by it.
    Rate {
        /// Whom.
        player: PlayerId,
        /// Their score in it.
        skill: i16,
    },
    /// Somebody gives up their place.
    Leave {
        /// The place.
        player: PlayerId,
    },
    /// A connection listens from now on; it has been told the current tick, and its view is empty.
    Attach {
        /// Whose.
        player: PlayerId,
        /// What its snapshots are to be like.
        wants: Wants,
    },
    /// The connection is gone; the craft stays.
    Detach {
        /// Whose.
        player: PlayerId,
    },
    /// What a player asks for.
    Inputs {
        /// Who.
        player: PlayerId,
        /// For which ticks, what.
        batch: InputBatch,
    },
    /// The last snapshot has left; there may be another.
    Delivered {
        /// Whose.
        player: PlayerId,
    },
    /// A player's round trip, for the scoreboard.
    Ping {
        /// Whose.
        player: PlayerId,
        /// Milliseconds.
        ping_ms: u16,
    },
}

/// What a tick has to say. Emptied at the start of the next.
#[derive(Debug, Default)]
pub struct Outbound {
    /// Encoded snapshots, at most one per client.
    pub snapshots: Vec<(PlayerId, Vec<u8>)>,
    /// What happened, for spectators and the log.
    pub events: Vec<MatchEvent>,
    /// Inputs that were not used.
    pub rejected: Vec<(PlayerId, RejectReason)>,
    /// How much there was to do.
    pub stats: TickStats,
}

impl Outbound {
    pub(super) fn clear(&mut self) {
        self.snapshots.clear();
        self.events.clear();
        self.rejected.clear();
        self.stats = TickStats::default();
    }
}

/// How much there was to do in a tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TickStats {
    /// Places taken.
    pub players: u32,
    /// Shots in flight.
    pub shots: u32,
    /// Snapshots encoded.
    pub snapshots: u32,
    /// Craft and shots that snapshots left out for their budget.
    pub left_out: u32,
    /// Snapshots that were due but waited, because the one before had not left.
    pub snapshots_skipped: u32,
    /// Bytes of all snapshots.
    pub snapshot_bytes: u32,
    /// What their bits were spent on.
    pub content: ContentBits,
}

/// Why an input was not used, or not as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RejectReason {
    /// Its tick was over.
    Late,
    /// Its tick is too far ahead.
    Early,
    /// There is an input for its tick already.
    Duplicate,
    /// What it says of how far in the past the others were shown can't be: it was used, but not believed.
    Rewind,
    /// There is no such player.
    NotPlaying,
}

impl RejectReason {
    /// The name in metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            RejectReason::Late => "late",
            RejectReason::Early => "early",
            RejectReason::Duplicate => "duplicate",
            RejectReason::Rewind => "rewind",
            RejectReason::NotPlaying => "not_playing",
        }
    }
}

/// What happened, as spectators read it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum MatchEvent {
    /// A craft was destroyed.
    Kill(KillEvent),
    /// Somebody came.
    Join {
        /// Place.
        id: PlayerId,
        /// Display name.
        name: Arc<str>,
        /// Whether a program plays.
        bot: bool,
    },
    /// Somebody went.
    Leave {
        /// Place.
        id: PlayerId,
        /// Display name.
        name: Arc<str>,
        /// Whether a program played.
        bot: bool,
    },
    /// The match entered a phase.
    Phase {
        /// Which.
        phase: Phase,
        /// How long it lasts at most, in seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        lasts_s: Option<f32>,
    },
    /// Several kills in one life.
    Streak {
        /// Whose.
        id: PlayerId,
        /// Display name.
        name: Arc<str>,
        /// How many: one of `flow.streaks`.
        kills: u16,
    },
    /// The crown passed on.
    Crown {
        /// Who wears it now; nobody while nobody is ahead of all others.
        id: Option<PlayerId>,
        /// Their name.
        name: Option<Arc<str>>,
    },
    /// Somebody took what lay on a pad. Not told in a crowd.
    Pickup {
        /// Who.
        id: PlayerId,
        /// Display name.
        name: Arc<str>,
        /// What, as the rules call it.
        item: Arc<str>,
    },
    /// Somebody sent a shot back. Not told in a crowd.
    Deflect {
        /// Who.
        id: PlayerId,
        /// Display name.
        name: Arc<str>,
        /// Whose shot it was.
        from: PlayerId,
        /// What it was fired with.
        weapon: Arc<str>,
    },
    /// Something happened to a flag or a zone.
    Score(ObjectiveEvent),
    /// The match is decided.
    Result {
        /// The best, if there is one, in a free for all.
        winner: Option<PlayerId>,
        /// Their name.
        winner_name: Option<Arc<str>>,
        /// The better side, if there is one, where there are sides.
        winner_team: Option<Team>,
        /// The sides, the better one first; none in a free for all.
        teams: Vec<TeamStanding>,
        /// Who did best at what.
        awards: Vec<AwardLine>,
        /// Everybody, best first.
        players: Vec<Placing>,
    },
}

impl MatchEvent {
    /// The SSE event name.
    pub const fn name(&self) -> &'static str {
        match self {
            MatchEvent::Kill(_) => "kill",
            MatchEvent::Join { .. } => "join",
            MatchEvent::Leave { .. } => "leave",
            MatchEvent::Phase { .. } => "phase",
            MatchEvent::Streak { .. } => "streak",
            MatchEvent::Crown { .. } => "crown",
            MatchEvent::Pickup { .. } => "pickup",
            MatchEvent::Deflect { .. } => "deflect",
            MatchEvent::Score(_) => "score",
            MatchEvent::Result { .. } => "result",
        }
    }
}

/// Wounds remembered per craft: its hits, and where there are more, several of one attacker as one. Of more attackers than
/// this, whoever hit first is forgotten.
pub(super) const WOUNDS_MAX: usize = 16;

/// Who helped to destroy a craft, by place.
pub type Assists = ArrayVec<PlayerId, WOUNDS_MAX>;

/// A craft was destroyed.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct KillEvent {
    /// Who did it.
    pub killer: Option<PlayerId>,
    /// Their name.
    pub killer_name: Option<Arc<str>>,
    /// Whose craft.
    pub victim: PlayerId,
    /// Their name.
    pub victim_name: Arc<str>,
    /// With what.
    pub weapon: Arc<str>,
    /// How often the shot had bounced.
    pub bounces: u8,
    /// Whether the shot had been deflected.
    pub deflected: bool,
    /// Points beyond the usual one: the victim wore the crown.
    pub bounty: u8,
    /// Who had helped.
    pub assists: Assists,
    /// Their names, in the same order.
    pub assist_names: Vec<Arc<str>>,
}

/// Something happened to a flag or a zone.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ObjectiveEvent {
    /// What.
    pub what: ObjectiveNews,
    /// Whose flag, or who took the zone; nobody when the zone moved on.
    pub team: Option<Team>,
    /// Who did it, if somebody did.
    pub player: Option<PlayerId>,
    /// Their name.
    pub player_name: Option<Arc<str>>,
    /// Points of that side now.
    pub blue: i32,
    /// Points of that side now.
    pub orange: i32,
}

/// Who did best at something.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AwardLine {
    /// At what.
    pub award: Award,
    /// Who.
    pub id: PlayerId,
    /// Their name.
    pub name: Arc<str>,
    /// How often, how many; for the survivor seconds.
    pub count: u16,
}

/// One side of the scoreboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TeamStanding {
    /// Which.
    pub team: Team,
    /// Its points.
    pub score: i32,
    /// How many play for it.
    pub players: usize,
}

/// One line of a result.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Placing {
    /// 1 is best; equal scores share a rank.
    pub rank: usize,
    /// The line of the scoreboard.
    #[serde(flatten)]
    pub player: Standing,
}

/// The scoreboard.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Standings {
    /// The phase.
    pub phase: Phase,
    /// Whole seconds left in the phase, if it has an end.
    pub time_left_s: Option<u32>,
    /// The sides; none in a free for all.
    pub teams: Vec<TeamStanding>,
    /// Who wears the crown.
    pub crown: Option<PlayerId>,
    /// Everybody, best first.
    pub players: Vec<Standing>,
}

/// One line of the scoreboard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// Place.
    pub id: PlayerId,
    /// Display name.
    pub name: Arc<str>,
    /// Team; none in a free for all.
    pub team: Option<Team>,
    /// What decides.
    pub score: i16,
    /// Craft destroyed.
    pub kills: u16,
    /// Craft lost.
    pub deaths: u16,
    /// Help given.
    pub assists: u16,
    /// Kills in this life.
    pub streak: u16,
    /// Points with flags and zones.
    pub objective: u16,
    /// Round trip.
    pub ping_ms: u16,
    /// Whether a program plays.
    pub bot: bool,
}
