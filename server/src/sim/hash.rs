//! The state in 64 bits, in an order of its own: everything that decides how the match goes on, but for the random
//! numbers to come and the free names of shots, which show in the next spawn and the next shot.

use bevy_ecs::prelude::*;
use fracas_protocol::motion::Track;
use fracas_protocol::snapshot::Tracks;
use fracas_protocol::view::Checksum;
use fracas_protocol::{Input, SeenAgo, Tick};

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
    let (now, limit) = (
        clock.tick,
        rewind::limit(&world.resource::<Setup>().arena) / SeenAgo::PARTS,
    );
    hash.add(clock.tick).add(u32::from(clock.over));
    world.resource::<Contest>().hash(clock, &mut hash);
    for ready_at in world.resource::<Pads>().times() {
        hash.add(ready_at);
    }
    let places: Vec<_> = world.resource::<Roster>().iter().collect();
    for (player, entity) in places {
        let player_parts =
            world
                .entity(entity)
                .get_components::<(&Identity, &Points, &Craft, &Wounds, &InputQueue, &Tally)>();
        let Ok((identity, points, craft, wounds, queue, tally)) = player_parts else {
            continue;
        };
        hash.add(u32::from(player.0))
            .add(u32::from(identity.bot))
            .add(identity.team.map_or(0, |team| 1 + team as u32))
            .add(identity.skill as u32)
            .pilot(&craft.pilot);
        let score = &points.0;
        hash.add(score.score as u32)
            .add(u32::from(score.kills))
            .add(u32::from(score.deaths));
        hash.add(u32::from(score.assists))
            .add(u32::from(score.streak))
            .add(u32::from(score.objective));
        tally.words().into_iter().for_each(|word| {
            hash.add(word);
        });
        hash_input(&mut hash, &craft.input);
        hash_input(&mut hash, &queue.held);
        hash.add(queue.waiting.len() as u32).add(queue.starved);
        for waiting in &queue.waiting {
            hash.add(waiting.tick).add(u32::from(waiting.seen_ago.0));
            hash_input(&mut hash, &waiting.input);
        }
        hash.add(queue.sight.usual.unwrap_or(u32::MAX))
            .add(queue.sight.back);
        hash_past(
            &mut hash,
            world.resource::<Pasts>().track(player),
            now,
            limit,
        );
        for wound in &wounds.0 {
            hash.add(u32::from(wound.attacker.0))
                .add(u32::from(wound.damage))
                .add(wound.tick);
        }
    }
    let mut shots = world.query::<&Flying>();
    let mut shots: Vec<_> = shots
        .iter(world)
        .map(|flying| {
            let flags = u32::from_le_bytes([
                flying.spares_owner,
                u8::from(flying.overcharged),
                u8::from(flying.deflected),
                0,
            ]);
            (flying.id, (flying.shot, flying.back, flags))
        })
        .collect();
    shots.sort_unstable_by_key(|(id, _)| *id);
    for (id, (shot, back, flags)) in shots {
        hash.add(u32::from(id.0)).shot(&shot).add(back).add(flags);
    }
    hash.finish_64()
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
