//! The state in 64 bits, in an order of its own: everything that decides how the match goes on, but for the random
//! numbers to come and the free names of shots, which show in the next spawn and the next shot.

use bevy_ecs::prelude::*;
use fracas_protocol::Input;
use fracas_protocol::view::Checksum;

use super::components::{Craft, Flying, Identity, InputQueue, Points};
use super::resources::{MatchClock, Roster};

pub(super) fn state(world: &mut World) -> u64 {
    let mut hash = Checksum::new();
    let clock = world.resource::<MatchClock>();
    hash.add(clock.tick)
        .add(u32::from(clock.phase as u8))
        .add(clock.ends)
        .add(u32::from(clock.over));
    let places: Vec<_> = world.resource::<Roster>().iter().collect();
    for (player, entity) in places {
        let player_parts = world
            .entity(entity)
            .get_components::<(&Identity, &Points, &Craft, &InputQueue)>();
        let Ok((identity, points, craft, queue)) = player_parts else {
            continue;
        };
        hash.add(u32::from(player.0))
            .add(u32::from(identity.bot))
            .pilot(&craft.pilot);
        let score = &points.0;
        hash.add(score.score as u32)
            .add(u32::from(score.kills))
            .add(u32::from(score.deaths));
        hash.add(u32::from(score.assists))
            .add(u32::from(score.streak));
        hash_input(&mut hash, &craft.input);
        hash_input(&mut hash, &queue.held);
        hash.add(queue.waiting.len() as u32).add(queue.starved);
        for (tick, input) in &queue.waiting {
            hash.add(*tick);
            hash_input(&mut hash, input);
        }
        for wound in &craft.wounds {
            hash.add(u32::from(wound.attacker.0))
                .add(u32::from(wound.damage))
                .add(wound.tick);
        }
    }
    let mut shots = world.query::<&Flying>();
    let mut shots: Vec<_> = shots
        .iter(world)
        .map(|flying| (flying.id, flying.shot))
        .collect();
    shots.sort_unstable_by_key(|(id, _)| *id);
    for (id, shot) in shots {
        hash.add(u32::from(id.0)).shot(&shot);
    }
    hash.finish_64()
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
