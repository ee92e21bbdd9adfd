//! Snapshots: what leads from the view a client has to the view it should have, as bytes.

use bevy_ecs::prelude::*;
use fracas_protocol::snapshot::{NoTracks, delta_sharing};
use fracas_protocol::{Event, PlayerId, Snapshot, Tick, View};

use super::acquaintance::Acquaintances;
use super::boundary::TickStats;
use super::budget::{ToldTracks, Trim};
use super::components::{Client, Craft, Identity, InputQueue, Points};
use super::contest::Contest;
use super::grid::{CraftGrid, ShotGrid};
use super::pickups::Pads;
use super::resources::{MatchClock, Outbox, Roster, Scratch, Setup, SnapshotPace};
use super::scoreboard;
use super::sight::{Picture, Seen};
use super::tracks::Pasts;

/// Nothing in view is left out of snapshots for longer, in seconds.
const STALE_S_MAX: f32 = 0.25;
/// Attempts to fit a snapshot into its budget: what things take is estimated first.
const TRIMS_MAX: usize = 4;

type Watchers<'w, 's> = Query<
    'w,
    's,
    (
        &'static Identity,
        &'static Points,
        &'static Craft,
        &'static mut InputQueue,
        &'static mut Acquaintances,
        &'static mut Client,
    ),
>;

/// Sends everybody who can take one the snapshot that is due.
pub(super) fn send_views(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    contest: Res<Contest>,
    pace: Res<SnapshotPace>,
    roster: Res<Roster>,
    crafts: Res<CraftGrid>,
    shots: Res<ShotGrid>,
    pads: Res<Pads>,
    pasts: Res<Pasts>,
    mut scratch: ResMut<Scratch>,
    mut outbox: ResMut<Outbox>,
    mut watchers: Watchers,
) {
    let outbox = &mut outbox.0;
    outbox.stats.players = roster.len() as u32;
    outbox.stats.shots = shots.cells.all().len() as u32;
    let world = Seen {
        clock: &clock,
        contest: &contest,
        crafts: &crafts,
        shots: &shots,
        pads: &pads,
        arena: &setup.arena,
    };
    let teller = Teller {
        setup: &setup,
        pasts: &pasts,
    };
    for (identity, points, craft, mut queue, mut acquaintances, mut client) in &mut watchers {
        if !client.attached || clock.tick < client.due {
            continue;
        }
        if client.in_flight {
            outbox.stats.snapshots_skipped += 1;
            continue;
        }
        client.due = next_due(identity.id, clock.tick, pace.interval);
        client.in_flight = true;
        let picture = Picture::of(&craft.pilot, &crafts, &setup);
        let Scratch { next, marks, .. } = &mut *scratch;
        let Client {
            told,
            pad_look,
            tells_far,
            ..
        } = &mut *client;
        world.fill(&craft.pilot, &picture, told, pad_look, next, marks);
        *tells_far = !*tells_far;
        if pace.thins_far && !*tells_far {
            picture.leave_far_aims(told, next);
        }
        let tick_hz = setup.config.tick_hz;
        let own = || scoreboard::entry((identity, points));
        next.roster = acquaintances.roster(told, own, &next.crafts, clock.tick, tick_hz, &roster);
        teller.compare(&client, roster.is_crowd(), &mut scratch);
        client.add_feedback(&mut scratch.snapshot, &mut queue, clock.tick);
        let bytes = teller.encode(&mut client, &picture, &mut scratch, &mut outbox.stats);
        outbox.snapshots.push((identity.id, bytes));
        // What was just sent is the base of the next.
        let Client { told, stale, .. } = &mut *client;
        told.take(&mut scratch.next, |id| stale.holds(id), &setup.arena);
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
        snapshot.input_margin = queue.report_margin();
        snapshot.starved = std::mem::take(&mut queue.missed);
        let events = self.events.drain(..);
        snapshot.events.extend(events.map(|(then, kind)| Event {
            ago: (tick - then).min(255) as u8,
            kind,
        }));
    }
}

/// Turns views into bytes.
struct Teller<'a> {
    setup: &'a Setup,
    pasts: &'a Pasts,
}

impl Teller<'_> {
    /// What leads from the client's last view to its next.
    fn compare(&self, client: &Client, is_crowd: bool, scratch: &mut Scratch) {
        let Client {
            told: base, stale, ..
        } = client;
        let Scratch {
            next,
            snapshot,
            rosters,
            ..
        } = scratch;
        // In a crowd everybody knows others.
        let rosters = Some(rosters).filter(|_| !is_crowd);
        let arena = &self.setup.arena;
        if client.wants.in_full {
            delta_sharing(base, next, &NoTracks, arena, rosters, snapshot);
        } else {
            let pasts = self.pasts;
            let tracks = ToldTracks { pasts, stale };
            delta_sharing(base, next, &tracks, arena, rosters, snapshot);
        }
    }

    /// The snapshot's bytes, within the budget.
    fn encode(
        &self,
        client: &mut Client,
        picture: &Picture,
        scratch: &mut Scratch,
        stats: &mut TickStats,
    ) -> Vec<u8> {
        let Scratch {
            next,
            snapshot,
            writer,
            ..
        } = scratch;
        let checksums = client.wants.checksums;
        let mut encode = |snapshot: &mut Snapshot, next: &View| {
            snapshot.checksum = checksums.then(|| next.checksum_with(&mut client.roster_sum));
            writer.write(snapshot)
        };
        let (mut bytes, mut content) = encode(snapshot, next);
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
                base: &client.told,
                pasts: self.pasts,
                next,
                stale: &mut client.stale,
                arena: &self.setup.arena,
                centre: picture.centre,
                stale_ticks_max: self.setup.ticks(STALE_S_MAX),
            }
            .by(excess);
            if left_out == 0 {
                break;
            }
            stats.left_out += left_out as u32;
            (bytes, content) = encode(snapshot, next);
        }
        client.stale.settle();
        stats.snapshots += 1;
        stats.snapshot_bytes += bytes.len() as u32;
        stats.content += content;
        bytes
    }
}
