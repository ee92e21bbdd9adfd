//! The state in 64 bits, in an order of its own: everything that decides how the match goes on, but for the random
//! numbers to come and the free names of shots, which show in the next spawn and the next shot.

use bevy_ecs::prelude::*;
use fracas_protocol::motion::Track;
use fracas_protocol::snapshot::Tracks;
use fracas_protocol::view::Checksum;
use fracas_protocol::{Input, PlayerId, SeenAgo, Tick};

use super::awards::Tally;
use super::components::{Craft, Flying, Identity, InputQueue, Points, Wounds};
use super::contest::Contest;
use super::pickups::Pads;
use super::resources::{MatchClock, Roster, Setup};
use super::rewind;
use super::tracks::Pasts;

pub(super) fn state(world: &mut World) -> u64 {
    let mut hash = Checksum::new();
    let clock = world.resource::<MatchClock>();
    let now = clock.tick;
    hash.add(now).add(u32::from(clock.over));
    world.resource::<Contest>().hash(clock, &mut hash);
    for ready_at in world.resource::<Pads>().times() {
        hash.add(ready_at);
    }
    let (pasts, setup) = (world.resource::<Pasts>(), world.resource::<Setup>());
    let limit = rewind::limit(&setup.arena) / SeenAgo::PARTS;
    for (player, entity) in world.resource::<Roster>().iter() {
        let Ok(parts) = world.entity(entity).get_components::<Player>() else {
            continue;
        };
        hash_player(&mut hash, player, &parts);
        hash_past(&mut hash, pasts.track(player), now, limit);
        hash_wounds(&mut hash, parts.5);
    }
    hash_shots(&mut hash, world);
    hash.finish_64()
}

type Player<'w> = (
    &'w Identity,
    &'w Points,
    &'w Craft,
    &'w InputQueue,
    &'w Tally,
    &'w Wounds,
);

fn hash_player(
    hash: &mut Checksum,
    player: PlayerId,
    (identity, points, craft, queue, tally, _): &Player<'_>,
) {
    hash.add(u32::from(player.0))
        .add(u32::from(identity.bot))
        .add(identity.team.map_or(0, |team| 1 + team as u32))
        .add(identity.skill as u32)
        .pilot(&craft.pilot);
    let score = &points.0;
    hash.add(score.score as u32)
        .add(u32::from(score.kills))
        .add(u32::from(score.deaths))
        .add(u32::from(score.assists))
        .add(u32::from(score.streak))
        .add(u32::from(score.objective));
    for word in tally.words() {
        hash.add(word);
    }
    hash_input(hash, &craft.input);
    hash_queue(hash, queue);
}

fn hash_queue(hash: &mut Checksum, queue: &InputQueue) {
    hash_input(hash, &queue.held);
    hash.add(queue.waiting.len() as u32).add(queue.starved);
    for waiting in &queue.waiting {
        hash.add(waiting.tick).add(u32::from(waiting.seen_ago.0));
        hash_input(hash, &waiting.input);
    }
    hash.add(queue.sight.usual.unwrap_or(u32::MAX))
        .add(queue.sight.back);
}

fn hash_wounds(hash: &mut Checksum, wounds: &Wounds) {
    for wound in &wounds.0 {
        hash.add(u32::from(wound.attacker.0))
            .add(u32::from(wound.damage))
            .add(wound.tick);
    }
}

/// By name: the world has them in no order that means anything.
fn hash_shots(hash: &mut Checksum, world: &mut World) {
    let mut shots = world.query::<&Flying>();
    let mut shots: Vec<_> = shots.iter(world).collect();
    shots.sort_unstable_by_key(|flying| flying.id);
    for flying in shots {
        let flags = u32::from_le_bytes([
            flying.spares_owner,
            u8::from(flying.overcharged),
            u8::from(flying.deflected),
            0,
        ]);
        hash.add(u32::from(flying.id.0))
            .shot(&flying.shot)
            .add(flying.back)
            .add(flags);
    }
}

/// As far back as a hit may be judged from the next tick on.
fn hash_past(hash: &mut Checksum, track: Option<&Track>, now: Tick, limit: Tick) {
    for tick in (now + 1).saturating_sub(limit)..=now {
        let Some(past) = track.and_then(|track| track.at(tick)) else {
            continue;
        };
        hash.add(past.motion.pos.x as u32)
            .add(past.motion.pos.y as u32)
            .add(u32::from_le_bytes([
                past.life,
                u8::from(past.alive),
                u8::from(past.protected),
                0,
            ]));
    }
}

fn hash_input(hash: &mut Checksum, input: &Input) {
    hash.add(u32::from_le_bytes([
        input.steer.code(),
        input.buttons.0,
        0,
        0,
    ]))
    .add(u32::from(input.aim.0));
}
