//! What there is once per match.

use std::sync::Arc;

use bevy_ecs::prelude::*;
use fracas_protocol::geometry::TILE;
use fracas_protocol::motion::Beam;
use fracas_protocol::snapshot::{RosterChanges, SnapshotWriter};
use fracas_protocol::{
    Arena, Phase, PlayerId, Rules, ShotId, Snapshot, Tick, Vec2, View, Weapon, view,
};
use rand::SeedableRng;
use rand::rngs::StdRng;

use super::acquaintance::CROWD;
use super::boundary::{Command, MatchConfig, Outbound};
use super::contest::Contest;
use super::flight::Turned;
use super::modes;
use super::pickups::Pads;
use super::places::Places;
use super::sight::Marks;
use super::sights::Sights;
use super::tracks::Pasts;

pub(super) fn insert(world: &mut World, config: MatchConfig, places: Places) {
    world.insert_resource(Rng(StdRng::seed_from_u64(config.seed)));
    let clock = MatchClock {
        tick: config.start_tick,
        phase: Phase::Waiting,
        ends: 0,
        over: false,
    };
    let setup = Setup {
        names: Names::of(&config.rules),
        arena: Arena::new(config.map.clone(), &config.rules, config.tick_hz),
        places,
        config,
    };
    let pads = Pads::of(&setup.arena);
    world.insert_resource(SnapshotPace {
        interval: setup.snapshot_interval(),
        thins_far: false,
    });
    let mut contest = Contest::default();
    modes::begin(&setup, &clock, &mut contest);
    world.insert_resource(contest);
    world.insert_resource(modes::Own::of(setup.config.mode));
    world.insert_resource(clock);
    world.insert_resource(setup);
    world.init_resource::<Inbox>();
    world.init_resource::<Outbox>();
    world.init_resource::<Roster>();
    world.init_resource::<ShotIds>();
    world.init_resource::<Hits>();
    world.init_resource::<Beams>();
    world.init_resource::<Sights>();
    world.init_resource::<Turned>();
    world.insert_resource(pads);
    world.init_resource::<Scratch>();
    world.init_resource::<Pasts>();
}

/// What the match was made from, and what follows from it once.
#[derive(Resource, Debug)]
pub(super) struct Setup {
    pub(super) config: MatchConfig,
    pub(super) arena: Arena,
    pub(super) places: Places,
    pub(super) names: Names,
}

/// What the rules call things, to be shared by all events that tell of them.
#[derive(Debug)]
pub(super) struct Names {
    weapons: Vec<Arc<str>>,
    pickups: Vec<Arc<str>>,
}

impl Names {
    fn of(rules: &Rules) -> Names {
        let weapons = rules.weapons.iter();
        let pickups = rules.pickups.iter();
        Names {
            weapons: weapons.map(|weapon| weapon.name.as_str().into()).collect(),
            pickups: pickups.map(|pickup| pickup.name.as_str().into()).collect(),
        }
    }

    pub(super) fn weapon(&self, weapon: Weapon) -> Arc<str> {
        let name = self.weapons.get(usize::from(weapon.0));
        name.or(self.weapons.first()).cloned().unwrap_or_default()
    }

    /// By its place in the rules.
    pub(super) fn pickup(&self, place: usize) -> Arc<str> {
        self.pickups.get(place).cloned().unwrap_or_default()
    }
}

impl Setup {
    /// A length of time in ticks.
    pub(super) fn ticks(&self, seconds: f32) -> Tick {
        (seconds * f32::from(self.config.tick_hz)).round() as Tick
    }

    /// A length in position units.
    pub(super) fn units(&self, tiles: f32) -> i32 {
        (tiles * TILE as f32).round() as i32
    }

    /// Ticks between two snapshots to one client.
    pub(super) fn snapshot_interval(&self) -> Tick {
        Tick::from(self.config.tick_hz.div_ceil(self.config.snapshot_hz.max(1))).max(1)
    }
}

/// How much clients are told, as there is time for.
#[derive(Resource, Debug)]
pub(super) struct SnapshotPace {
    /// Ticks between two snapshots to one client.
    pub(super) interval: Tick,
    /// How craft far from the middle of the picture aim is told with every other snapshot only.
    pub(super) thins_far: bool,
}

/// Where the match is in its life.
#[derive(Resource, Clone, Debug)]
pub(super) struct MatchClock {
    pub(super) tick: Tick,
    pub(super) phase: Phase,
    /// The tick at which the phase ends by itself; 0 if it doesn't.
    pub(super) ends: Tick,
    pub(super) over: bool,
}

impl MatchClock {
    /// Whether craft can be hurt.
    pub(super) fn is_dangerous(&self) -> bool {
        self.phase.is_dangerous()
    }

    /// Whether what happens decides the match.
    pub(super) fn counts(&self) -> bool {
        matches!(self.phase, Phase::Live | Phase::Overtime)
    }
}

/// Commands for the coming tick.
#[derive(Resource, Debug, Default)]
pub(super) struct Inbox(pub(super) Vec<Command>);

/// What this tick has to say.
#[derive(Resource, Debug, Default)]
pub(super) struct Outbox(pub(super) Outbound);

/// All randomness of the match.
#[derive(Resource, Debug)]
pub(super) struct Rng(pub(super) StdRng);

/// Who is there.
#[derive(Resource, Debug, Default)]
pub(super) struct Roster {
    /// By place.
    places: Vec<Option<Entity>>,
    /// As clients see it, or the part of it they know.
    pub(super) seen: Arc<view::Roster>,
    /// Those with the most points, by place. Only kept in a crowd.
    pub(super) leaders: Vec<PlayerId>,
    /// How many are there.
    players: usize,
    /// `seen` is to be made anew.
    pub(super) stale: bool,
    /// Pings changed; they are published now and then.
    pub(super) pings_stale: bool,
    /// Counts changes.
    pub(super) revision: u64,
}

impl Roster {
    pub(super) fn entity(&self, player: PlayerId) -> Option<Entity> {
        self.places.get(usize::from(player.0)).copied().flatten()
    }

    pub(super) fn set(&mut self, player: PlayerId, entity: Option<Entity>) {
        let place = usize::from(player.0);
        if place >= self.places.len() {
            self.places.resize(place + 1, None);
        }
        self.players -= usize::from(self.places[place].is_some());
        self.players += usize::from(entity.is_some());
        self.places[place] = entity;
        self.stale = true;
    }

    /// What is published of somebody.
    pub(super) fn entry(&self, player: PlayerId) -> Option<&view::RosterEntry> {
        // Where no place is free everybody stands at theirs.
        let there = self.seen.get(usize::from(player.0));
        match there.filter(|(id, _)| *id == player) {
            Some((_, entry)) => Some(entry),
            None => view::find(&self.seen, player),
        }
    }

    /// Everybody, by place.
    pub(super) fn iter(&self) -> impl Iterator<Item = (PlayerId, Entity)> + '_ {
        let places = self.places.iter().enumerate();
        places.filter_map(|(place, entity)| Some((PlayerId(place as u16), (*entity)?)))
    }

    /// Makes `seen` anew of everybody's `entry`: in the same memory, unless a client's view has it.
    pub(super) fn look_at(&mut self, entry: impl Fn(Entity) -> Option<view::RosterEntry>) {
        let places = self.places.iter().enumerate();
        let everybody =
            places.filter_map(|(place, entity)| Some((PlayerId(place as u16), entry((*entity)?)?)));
        match Arc::get_mut(&mut self.seen) {
            Some(seen) => {
                seen.clear();
                seen.extend(everybody);
            }
            None => self.seen = Arc::new(everybody.collect()),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.players
    }

    /// Whether there are too many for everybody to know everybody.
    pub(super) fn is_crowd(&self) -> bool {
        self.players > CROWD
    }
}

/// Names of shots, smallest first.
#[derive(Resource, Debug, Default)]
pub(super) struct ShotIds {
    next: u16,
    free: std::collections::BinaryHeap<std::cmp::Reverse<u16>>,
}

impl ShotIds {
    /// A free name; none when 65,536 shots are in flight.
    pub(super) fn take(&mut self) -> Option<ShotId> {
        if let Some(std::cmp::Reverse(id)) = self.free.pop() {
            return Some(ShotId(id));
        }
        let id = self.next;
        self.next = self.next.checked_add(1)?;
        Some(ShotId(id))
    }

    pub(super) fn give_back(&mut self, id: ShotId) {
        self.free.push(std::cmp::Reverse(id.0));
    }
}

/// Beams of this tick.
#[derive(Resource, Debug, Default)]
pub(super) struct Beams(pub(super) Vec<Struck>);

/// A beam.
#[derive(Clone, Copy, Debug)]
pub(super) struct Struck {
    pub(super) beam: Beam,
    /// How far in the past its shooter saw the others, in parts of a tick.
    pub(super) back: u32,
    /// Whether it hits harder.
    pub(super) overcharged: bool,
}

/// Shots and beams that met craft in this tick.
#[derive(Resource, Debug, Default)]
pub(super) struct Hits(pub(super) Vec<Hit>);

/// A shot or a beam met a craft.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    pub(super) attacker: PlayerId,
    pub(super) victim: PlayerId,
    pub(super) weapon: Weapon,
    pub(super) damage: u8,
    pub(super) bounces: u8,
    /// Whether the attacker had sent somebody's shot back.
    pub(super) deflected: bool,
    /// Where the shot or the beam was then.
    pub(super) pos: Vec2,
}

/// What something does to a craft that does `damage`, and more if it is overcharged.
pub(super) fn charged(damage: u8, overcharged: bool, arena: &Arena) -> u8 {
    if !overcharged {
        return damage;
    }
    (u32::from(damage) * arena.tuning.overcharge / 256).min(255) as u8
}

/// Memory that systems use again every tick.
#[derive(Resource, Debug, Default)]
pub(super) struct Scratch {
    /// What the client whose turn it is will know.
    pub(super) next: View,
    pub(super) snapshot: Snapshot,
    pub(super) rosters: RosterChanges,
    pub(super) writer: SnapshotWriter,
    pub(super) marks: Marks,
}
