//! The simulation: one match as a bevy_ecs world that moves in fixed ticks.
//!
//! Everything that can change it arrives as a [`Command`] in [`Match::step`]; nothing in here reads a clock, draws
//! ambient randomness or knows of sockets. The same configuration and commands give the same [`Match::state_hash`] at
//! every tick, on every machine.
//!
//! | module | what it holds |
//! |---|---|
//! | `boundary` | the plain types that cross into and out of the simulation |
//! | `components` | what a player and a shot are made of |
//! | `resources` | what there is once per match |
//! | `inbound` | commands: join, leave, attach, inputs |
//! | `flight` | pilots fly and fire, shots fly and hit |
//! | `beams` | whom beams hit, and who is told |
//! | `bursts` | what shots that burst do |
//! | `pickups` | what lies on pads, and who takes it |
//! | `sights` | what happened at a place, for whoever looks there |
//! | `rewind` | what the shooter saw: how far back hits are judged |
//! | `combat` | damage, deaths, credit |
//! | `spawning` | where and when craft appear |
//! | `scoreboard` | everybody's points: the roster, the leaders, the standings |
//! | `acquaintance` | whom a player knows by name: the roster of a view |
//! | `phases` | waiting, countdown, live, overtime, results |
//! | `modes` | what decides a match, one file each |
//! | `contest` | how it stands: sides, crown, flags, zone; who is told |
//! | `sides` | who is on which side |
//! | `places` | what the map says of spawns, flag stands and zones |
//! | `awards` | what players are praised for at the end |
//! | `tracks` | the recent past of every craft, and how others see its aim |
//! | `grid` | who and what is near: flat grids, rebuilt every tick |
//! | `sight` | who sees what: a view per client |
//! | `outbound` | what changed in it, its bytes |
//! | `budget` | what a snapshot that is too large leaves out |
//! | `hash` | the state in 64 bits |
//! | `stopwatch` | how long each verb of a tick takes, for whoever measures |
//!
//! Deliberately absent: threads, pacing, connections and names of matches to come (the room's), the wire (the protocol's).

// Systems take their parameters by value, and as many as they need: that is how bevy_ecs sees what they access.
#![allow(clippy::needless_pass_by_value, clippy::too_many_arguments)]

mod acquaintance;
mod awards;
mod beams;
mod boundary;
mod budget;
mod bursts;
mod combat;
mod components;
mod contest;
mod flight;
mod grid;
mod hash;
mod inbound;
mod modes;
mod outbound;
mod phases;
mod pickups;
mod places;
mod resources;
mod rewind;
mod scoreboard;
mod sides;
mod sight;
mod sights;
mod spawning;
mod stopwatch;
mod tracks;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use bevy_ecs::prelude::*;
use bevy_ecs::schedule::{LogLevel, ScheduleBuildSettings, SingleThreadedExecutor};
use fracas_protocol::{Map, MatchStart, Mode, Phase, PlayerId, Team, Tick};

pub use awards::is_bank_shot;
pub use boundary::{
    Assists, AwardLine, Command, KillEvent, MapLacks, MatchConfig, MatchEvent, ObjectiveEvent,
    Outbound, Placing, RejectReason, Standing, Standings, TeamStanding, TickStats,
};

pub use modes::{default_rules, is_in_teams};

use places::Places;
use resources::{Inbox, MatchClock, Outbox, Roster, Setup, SnapshotPace};
use stopwatch::Stopwatch;

/// One match.
pub struct Match {
    world: World,
    schedule: Schedule,
}

impl std::fmt::Debug for Match {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let setup = self.world.resource::<Setup>();
        f.debug_struct("Match")
            .field("match_id", &setup.config.match_id)
            .field("tick", &self.tick())
            .finish()
    }
}

/// Whether a mode can be played on a map.
///
/// # Errors
/// What the map lacks.
pub fn check_map(mode: Mode, map: &Map) -> Result<(), MapLacks> {
    modes::suits(mode, &Places::of(map))
}

impl Match {
    /// A match in its waiting phase, without players.
    ///
    /// # Errors
    /// The map lacks what the mode needs.
    pub fn new(config: MatchConfig) -> Result<Match, MapLacks> {
        let places = Places::of(&config.map);
        modes::suits(config.mode, &places)?;
        Ok(Match::at(places, config))
    }

    fn at(places: Places, config: MatchConfig) -> Match {
        let mut world = World::new();
        resources::insert(&mut world, config, places);
        world.init_resource::<grid::CraftGrid>();
        world.init_resource::<grid::ShotGrid>();
        world.init_resource::<Stopwatch>();
        Match {
            world,
            schedule: schedule(),
        }
    }

    /// Moves on by exactly one tick. `commands` are applied first, in their order, and drained.
    pub fn step(&mut self, commands: &mut Vec<Command>) -> &mut Outbound {
        self.world.resource_mut::<Inbox>().0.append(commands);
        self.world.resource_mut::<Outbox>().0.clear();
        self.world.resource_mut::<MatchClock>().tick += 1;
        self.world.resource_mut::<Stopwatch>().start();
        self.schedule.run(&mut self.world);
        self.outbound()
    }

    /// What the last tick had to say.
    pub fn outbound(&mut self) -> &mut Outbound {
        &mut self.world.resource_mut::<Outbox>().into_inner().0
    }

    /// From now on it is measured how long each verb of a tick takes, by a clock that counts nanoseconds. Nothing that
    /// happens in the match depends on what it says.
    pub fn time_verbs(&mut self, clock: fn() -> u64) {
        self.world.insert_resource(Stopwatch::reading(clock));
    }

    /// The verbs of the last tick in their order, and how long each took, in nanoseconds. None without a clock.
    pub fn verb_times(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.world.resource::<Stopwatch>().laps()
    }

    /// Ticks between two snapshots to one client, as configured.
    pub fn snapshot_interval(&self) -> Tick {
        self.world.resource::<Setup>().snapshot_interval()
    }

    /// From now on snapshots come `interval` ticks apart, and if `thins_far`, only every other one tells how craft far from
    /// the middle of the picture aim. That changes what clients are told, never what happens.
    pub fn pace_snapshots(&mut self, interval: Tick, thins_far: bool) {
        *self.world.resource_mut::<SnapshotPace>() = SnapshotPace {
            interval,
            thins_far,
        };
    }

    /// The last tick that was simulated.
    pub fn tick(&self) -> Tick {
        self.world.resource::<MatchClock>().tick
    }

    /// The phase.
    pub fn phase(&self) -> Phase {
        self.world.resource::<MatchClock>().phase
    }

    /// Whether the results have been shown: time for the next match.
    pub fn is_over(&self) -> bool {
        self.world.resource::<MatchClock>().over
    }

    /// Whether a player's client knows another player by name: in a crowd it knows few.
    pub fn knows(&self, player: PlayerId, other: PlayerId) -> bool {
        let roster = self.world.resource::<Roster>();
        let knows = |entity| {
            let client = self.world.get::<components::Client>(entity)?;
            let acquaintances = self.world.get::<acquaintance::Acquaintances>(entity)?;
            Some(acquaintances.knows([other, other], || &client.told.roster))
        };
        !roster.is_crowd() || roster.entity(player).and_then(knows).unwrap_or(false)
    }

    /// The side a player is on; none where everybody plays for themselves.
    pub fn team(&self, player: PlayerId) -> Option<Team> {
        let entity = self.world.resource::<Roster>().entity(player)?;
        self.world.get::<components::Identity>(entity)?.team
    }

    /// A hash over everything that decides how the match goes on.
    pub fn state_hash(&mut self) -> u64 {
        hash::state(&mut self.world)
    }

    /// Finds what everybody may see now, and tells nobody; returns how many craft and shots that is in all. For whoever
    /// measures what finding them costs.
    pub fn survey(&mut self) -> usize {
        self.world
            .run_system_cached(sight::survey)
            .expect("a match has its resources")
    }

    /// The scoreboard, best first.
    pub fn standings(&mut self) -> Standings {
        scoreboard::standings(&mut self.world)
    }

    /// Changes whenever the scoreboard would look different (its clock aside).
    pub fn standings_revision(&self) -> u64 {
        self.world.resource::<Roster>().revision
    }

    /// What a client must know of this match before its next snapshot.
    pub fn start_message(&self) -> MatchStart {
        let setup = self.world.resource::<Setup>();
        MatchStart {
            tick: self.tick(),
            match_id: setup.config.match_id.clone(),
            room: setup.config.room.clone(),
            mode: setup.config.mode,
            rules: Arc::new(setup.config.rules.clone()),
            map: setup.config.map.clone(),
        }
    }
}

/// The list of verbs that a tick is: as a schedule, and by name for whoever measures them.
macro_rules! tick {
    ($($module:ident::$verb:ident),+ $(,)?) => {
        /// The verbs of a tick, in their order.
        pub const VERBS: &[&str] = &[$(stringify!($verb)),+];

        fn schedule() -> Schedule {
            let mut schedule = Schedule::default();
            schedule.set_executor(SingleThreadedExecutor::new());
            schedule.set_build_settings(ScheduleBuildSettings {
                ambiguity_detection: LogLevel::Error,
                ..ScheduleBuildSettings::default()
            });
            schedule.add_systems(($($module::$verb.pipe(stopwatch::lap)),+).chain());
            schedule
        }
    };
}

tick![
    inbound::apply_commands,
    inbound::choose_inputs,
    spawning::respawn,
    flight::fly_and_fire,
    grid::place_crafts,
    pickups::take,
    flight::move_shots,
    flight::tell_of_turns,
    beams::strike,
    beams::tell,
    combat::settle_hits,
    sights::show,
    modes::pursue,
    contest::announce,
    phases::advance,
    tracks::remember,
    grid::place_everything,
    scoreboard::publish_roster,
    outbound::send_views,
];
