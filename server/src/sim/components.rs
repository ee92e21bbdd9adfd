//! What a player and a shot are made of. Every player has every player component from joining to leaving, every shot
//! every shot component: what comes and goes is a flag, never a component.

use std::collections::VecDeque;
use std::sync::Arc;

use arrayvec::ArrayVec;
use bevy_ecs::prelude::*;
use fracas_protocol::motion::{Pilot, Shot};
use fracas_protocol::snapshot::Told;
use fracas_protocol::view::{RosterSum, Score};
use fracas_protocol::{Angle, EventKind, Input, PlayerId, SeenAgo, ShotId, Team, Tick, Wants};

use super::boundary::WOUNDS_MAX;
use super::budget::Stale;
use super::rewind::Sight;
use super::sight::PadLook;

/// Who it is.
#[derive(Component, Debug)]
pub(super) struct Identity {
    pub(super) id: PlayerId,
    pub(super) name: Arc<str>,
    pub(super) bot: bool,
    /// None in a free for all.
    pub(super) team: Option<Team>,
    /// The score in the room's last match.
    pub(super) skill: i16,
    pub(super) ping_ms: u16,
}

/// Points in this match.
#[derive(Component, Debug, Default)]
pub(super) struct Points(pub(super) Score);

impl Points {
    /// Points with flags and zones count as such and in the score.
    pub(super) fn add_objective(&mut self, points: u16) {
        let score = &mut self.0;
        score.objective = score.objective.saturating_add(points);
        score.score = score.score.saturating_add_unsigned(points);
    }
}

/// The craft and the hand on its stick.
#[derive(Component, Debug, Default)]
pub(super) struct Craft {
    pub(super) pilot: Pilot,
    /// The input of this tick.
    pub(super) input: Input,
    /// The aim as others see it, in 256 steps: it follows the real one in steps that are worth telling.
    pub(super) shown_aim: u8,
    /// The real aim in the tick before.
    pub(super) aim_before: Angle,
    /// Ticks it has rested.
    pub(super) aim_rests: u8,
}

/// Recent damage taken, newest last, for assists.
#[derive(Component, Debug, Default)]
pub(super) struct Wounds(pub(super) ArrayVec<Wound, WOUNDS_MAX>);

/// Damage taken.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wound {
    pub(super) attacker: PlayerId,
    pub(super) damage: u16,
    pub(super) tick: Tick,
}

/// An input that has arrived and is not used yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Waiting {
    pub(super) tick: Tick,
    pub(super) input: Input,
    pub(super) seen_ago: SeenAgo,
}

/// What a player asks for.
#[derive(Component, Debug)]
pub(super) struct InputQueue {
    /// By tick, oldest first, no tick twice.
    pub(super) waiting: VecDeque<Waiting>,
    /// How far in the past the others are shown to this player.
    pub(super) sight: Sight,
    /// What is repeated while nothing arrives.
    pub(super) held: Input,
    /// Ticks in a row without an input of their own.
    pub(super) starved: u32,
    /// Smallest margin of the messages since the last snapshot; [`i8::MIN`] before the first message.
    pub(super) margin: i8,
    /// Whether `margin` has been reported.
    pub(super) margin_reported: bool,
    /// Ticks without an input of their own since the last report, while there is a client.
    pub(super) missed: u8,
}

impl Default for InputQueue {
    fn default() -> Self {
        InputQueue {
            waiting: VecDeque::with_capacity(32),
            sight: Sight::default(),
            held: Input::default(),
            starved: 0,
            margin: i8::MIN,
            margin_reported: true,
            missed: 0,
        }
    }
}

/// The connection's end of a player. Nothing in here can change how the match goes on.
#[derive(Component, Debug, Default)]
pub(super) struct Client {
    pub(super) attached: bool,
    pub(super) wants: Wants,
    /// A snapshot is on its way to the kernel.
    pub(super) in_flight: bool,
    /// The first tick in which the next snapshot may be made.
    pub(super) due: Tick,
    /// The view as last sent.
    pub(super) told: Told,
    /// From where it looked for empty pads last.
    pub(super) pad_look: Option<PadLook>,
    /// Whether the last snapshot would have told how far craft aim, if there was too much to do for all to.
    pub(super) tells_far: bool,
    /// Of the roster it was told, for checksums.
    pub(super) roster_sum: RosterSum,
    /// Craft it was not told the newest of.
    pub(super) stale: Stale,
    /// What must arrive, oldest first.
    pub(super) events: VecDeque<(Tick, EventKind)>,
}

/// Events kept for a client that takes no snapshots; it is closed long before this many.
const EVENTS_MAX: usize = 512;

impl Client {
    /// Makes sure the client hears of this with its next snapshot.
    pub(super) fn tell(&mut self, tick: Tick, event: EventKind) {
        if !self.attached {
            return;
        }
        if self.events.len() >= EVENTS_MAX {
            self.events.pop_front();
        }
        self.events.push_back((tick, event));
    }
}

/// A shot in flight.
#[derive(Component, Debug)]
pub(super) struct Flying {
    pub(super) id: ShotId,
    /// The tick it was fired in.
    pub(super) born: Tick,
    /// How far in the past its shooter saw the others then, in parts of a tick.
    pub(super) back: u32,
    /// Its owner's craft it meets only once it has bounced more often than this.
    pub(super) spares_owner: u8,
    /// Whether it hits harder.
    pub(super) overcharged: bool,
    /// Whether its owner sent it back when it was somebody else's.
    pub(super) deflected: bool,
    pub(super) shot: Shot,
}
