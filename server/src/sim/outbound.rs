//! Snapshots: build the view, delta it, send it.

use std::sync::Arc;

use bevy_ecs::prelude::*;
use fracas_protocol::motion::{Pilot, Shot};
use fracas_protocol::snapshot::{NoTracks, delta_sharing};
use fracas_protocol::view::{self, RosterEntry, find};
use fracas_protocol::{Event, PlayerId, Snapshot, Tick, Vec2, View};

use super::boundary::{Standing, Standings, TickStats};
use super::budget::{Told, Trim};
use super::components::{Client, Craft, Identity, InputQueue, Points};
use super::grid::{CraftGrid, ShotGrid};
use super::resources::{MatchClock, Outbox, Roster, Scratch, Setup};
use super::tracks::Pasts;

/// Pings are published this often, in seconds: they change all the time, and nobody reads them that fast.
const PINGS_EVERY_S: f32 = 3.0;

/// Nothing in view is left out of snapshots for longer, in seconds.
const STALE_S_MAX: f32 = 0.25;
/// Attempts to fit a snapshot into its budget: what things take is estimated first.
const TRIMS_MAX: usize = 4;

/// Makes the roster anew if it has changed; all views share it.
pub(super) fn publish_roster(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    mut roster: ResMut<Roster>,
    players: Query<(&Identity, &Points)>,
) {
    let time_for_pings = clock.tick.is_multiple_of(setup.ticks(PINGS_EVERY_S).max(1));
    let is_stale = roster.stale || roster.pings_stale && time_for_pings;
    if !is_stale {
        return;
    }
    roster.stale = false;
    roster.pings_stale = false;
    roster.revision += 1;
    let entry = |(id, entity): (PlayerId, Entity)| {
        let (identity, points) = players.get(entity).ok()?;
        let Identity {
            name, bot, ping_ms, ..
        } = identity;
        Some((
            id,
            RosterEntry {
                name: name.clone(),
                bot: *bot,
                score: points.0,
                ping_ms: *ping_ms,
            },
        ))
    };
    roster.seen = Arc::new(roster.iter().filter_map(entry).collect());
}

type Watchers<'w, 's> = Query<
    'w,
    's,
    (
        &'static Identity,
        &'static Craft,
        &'static mut InputQueue,
        &'static mut Client,
    ),
>;

/// Sends everybody who can take one the snapshot that is due.
pub(super) fn send_views(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    roster: Res<Roster>,
    crafts: Res<CraftGrid>,
    shots: Res<ShotGrid>,
    pasts: Res<Pasts>,
    mut scratch: ResMut<Scratch>,
    mut outbox: ResMut<Outbox>,
    mut watchers: Watchers,
) {
    let outbox = &mut outbox.0;
    outbox.stats.players = roster.len() as u32;
    outbox.stats.shots = shots.cells.all().len() as u32;
    let world = Seen {
        setup: &setup,
        clock: &clock,
        roster: &roster,
        crafts: &crafts,
        shots: &shots,
        pasts: &pasts,
    };
    for (identity, craft, mut queue, mut client) in &mut watchers {
        if !client.attached || clock.tick < client.due {
            continue;
        }
        if client.in_flight {
            outbox.stats.snapshots_skipped += 1;
            continue;
        }
        client.due = next_due(identity.id, clock.tick, setup.snapshot_interval());
        client.in_flight = true;
        let centre = world.build(identity.id, &craft.pilot, &mut client);
        world.compare(&client, &mut scratch);
        client.add_feedback(&mut scratch.snapshot, &mut queue, clock.tick);
        let bytes = world.encode(&mut client, centre, &mut scratch, &mut outbox.stats);
        outbox.snapshots.push((identity.id, bytes));
        // What was just sent is the base of the next.
        let Client { base, next, .. } = &mut *client;
        std::mem::swap(base, next);
    }
}

/// Clients are spread over the ticks by their place, so that no tick has to serve them all.
fn next_due(player: PlayerId, tick: Tick, interval: Tick) -> Tick {
    let phase = Tick::from(player.0) % interval;
    tick + interval - (tick + phase) % interval
}

impl Client {
    /// Adds to a delta what no view holds.
    fn add_feedback(&mut self, snapshot: &mut Snapshot, queue: &mut InputQueue, tick: Tick) {
        snapshot.input_margin = queue.margin;
        queue.margin_reported = true;
        snapshot.starved = std::mem::take(&mut queue.missed);
        let events = self.events.drain(..);
        snapshot.events.extend(events.map(|(then, kind)| Event {
            ago: (tick - then).min(255) as u8,
            kind,
        }));
    }
}

/// What views are built from.
struct Seen<'a> {
    setup: &'a Setup,
    clock: &'a MatchClock,
    roster: &'a Roster,
    crafts: &'a CraftGrid,
    shots: &'a ShotGrid,
    pasts: &'a Pasts,
}

impl Seen<'_> {
    /// Fills the client's next view with what `player` may know now, and returns the middle of their picture. Nothing else
    /// is ever sent to them.
    fn build(&self, player: PlayerId, pilot: &Pilot, client: &mut Client) -> Vec2 {
        let Client { base, next, .. } = client;
        next.me = player;
        next.tick = self.clock.tick;
        next.clock = view::MatchClock {
            phase: self.clock.phase,
            ends: self.clock.ends,
        };
        next.own = *pilot;
        next.roster = Arc::clone(&self.roster.seen);
        let centre = self.centre(pilot);
        self.find_crafts(player, centre, base, next);
        self.find_shots(centre, base, next);
        centre
    }

    /// What leads from the client's last view to its next.
    fn compare(&self, client: &Client, scratch: &mut Scratch) {
        let Client {
            base, next, stale, ..
        } = client;
        let Scratch {
            snapshot, rosters, ..
        } = scratch;
        let arena = &self.setup.arena;
        if client.wants.in_full {
            delta_sharing(base, next, &NoTracks, arena, rosters, snapshot);
        } else {
            let pasts = self.pasts;
            let told = Told { pasts, stale };
            delta_sharing(base, next, &told, arena, rosters, snapshot);
        }
    }

    /// The snapshot's bytes, within the budget.
    fn encode(
        &self,
        client: &mut Client,
        centre: Vec2,
        scratch: &mut Scratch,
        stats: &mut TickStats,
    ) -> Vec<u8> {
        let Scratch {
            snapshot, writer, ..
        } = scratch;
        let checksums = client.wants.checksums;
        let mut encode = |snapshot: &mut Snapshot, next: &View| {
            snapshot.checksum = checksums.then(|| next.checksum());
            writer.write(snapshot)
        };
        let (mut bytes, mut content) = encode(snapshot, &client.next);
        let budget = u64::from(self.setup.config.snapshot_bytes_max) * 8;
        // Where a quarter of a second is up it may stay larger. Names, scores and what happened must all arrive.
        for _ in 0..TRIMS_MAX {
            let state = content.own + content.crafts + content.entered + content.shots;
            let excess = state.saturating_sub(budget);
            if excess == 0 {
                break;
            }
            let left_out = Trim {
                snapshot,
                base: &client.base,
                next: &mut client.next,
                stale: &mut client.stale,
                arena: &self.setup.arena,
                centre,
                stale_ticks_max: self
                    .setup
                    .ticks(STALE_S_MAX)
                    .saturating_sub(self.setup.snapshot_interval()),
            }
            .by(excess);
            if left_out == 0 {
                break;
            }
            stats.left_out += left_out as u32;
            (bytes, content) = encode(snapshot, &client.next);
        }
        client.stale.settle();
        stats.snapshots += 1;
        stats.snapshot_bytes += bytes.len() as u32;
        stats.content += content;
        bytes
    }

    /// The own craft; after death the killer, for as long as it lives.
    fn centre(&self, pilot: &Pilot) -> Vec2 {
        let killer = pilot.killer.filter(|_| !pilot.alive);
        let followed =
            killer.and_then(|id| self.crafts.0.all().iter().find(|entry| entry.id == id));
        followed.map_or(pilot.motion.pos, |entry| entry.craft.motion.pos)
    }

    fn half(&self, margins: i32) -> Vec2 {
        let tuning = &self.setup.arena.tuning;
        let margin = margins * tuning.view_margin;
        Vec2::new(tuning.view_half_x + margin, tuning.view_half_y + margin)
    }

    /// Craft enter one margin outside of the picture and leave two margins outside, so that nobody flickers at the edge.
    fn find_crafts(&self, player: PlayerId, centre: Vec2, base: &View, next: &mut View) {
        let enter = self.half(1);
        next.crafts.clear();
        for entry in self.crafts.0.within(centre, self.half(2)) {
            let away = entry.craft.motion.pos - centre;
            let inside = away.x.abs() <= enter.x && away.y.abs() <= enter.y;
            if entry.id != player && (inside || find(&base.crafts, entry.id).is_some()) {
                next.crafts.push((entry.id, entry.craft));
            }
        }
        next.crafts.sort_unstable_by_key(|(id, _)| *id);
    }

    /// A shot is known from when it comes into sight until it ends, wherever it flies: both ends compute its path. Own
    /// shots come into sight at birth.
    fn find_shots(&self, centre: Vec2, base: &View, next: &mut View) {
        let half = self.half(1);
        next.shots.clear();
        let in_sight = self.shots.cells.within(centre, half);
        next.shots
            .extend(in_sight.map(|tracked| (tracked.id, tracked.shot)));
        for (id, old) in &base.shots {
            let known = self.shots.get(*id, old.birth(base.tick), next.tick);
            let away = |shot: &&Shot| {
                let away = shot.pos - centre;
                away.x.abs() > half.x || away.y.abs() > half.y
            };
            next.shots
                .extend(known.filter(away).map(|shot| (*id, *shot)));
        }
        next.shots.sort_unstable_by_key(|(id, _)| *id);
    }
}

/// The scoreboard.
pub(super) fn standings(world: &mut World) -> Standings {
    let mut players = world.query::<(&Identity, &Points)>();
    let players = ranked(players.iter(world));
    let (clock, setup) = (world.resource::<MatchClock>(), world.resource::<Setup>());
    let left = |ends: Tick| {
        ends.saturating_sub(clock.tick)
            .div_ceil(Tick::from(setup.config.tick_hz))
    };
    Standings {
        phase: clock.phase,
        time_left_s: (clock.ends > 0).then(|| left(clock.ends)),
        players,
    }
}

/// Everybody, best first: score, then kills, then fewer deaths, then place.
pub(super) fn ranked<'a>(
    players: impl Iterator<Item = (&'a Identity, &'a Points)>,
) -> Vec<Standing> {
    let standing = |(identity, points): (&Identity, &Points)| Standing {
        id: identity.id,
        name: identity.name.clone(),
        team: None,
        score: points.0.score,
        kills: points.0.kills,
        deaths: points.0.deaths,
        assists: points.0.assists,
        streak: points.0.streak,
        ping_ms: identity.ping_ms,
        bot: identity.bot,
    };
    let mut standings: Vec<_> = players.map(standing).collect();
    standings.sort_by_key(|s| (-i32::from(s.score), -i32::from(s.kills), s.deaths, s.id));
    standings
}
