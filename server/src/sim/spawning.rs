//! Where and when craft appear.

use bevy_ecs::prelude::*;
use fracas_protocol::Vec2;
use rand::RngExt;

use super::components::Craft;
use super::resources::{MatchClock, Rng, Setup};

/// Spawn points looked at for each new life; the one farthest from everybody is taken.
const CANDIDATES: usize = 12;

/// Gives a craft to everybody whose time has come, and to everybody who is new.
pub(super) fn respawn(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    mut rng: ResMut<Rng>,
    mut crafts: Query<&mut Craft>,
) {
    let waits = |craft: &Craft| !craft.pilot.alive && clock.tick >= craft.pilot.respawn_at;
    if !crafts.iter().any(waits) {
        return;
    }
    let mut living: Vec<_> = crafts
        .iter()
        .filter(|c| c.pilot.alive)
        .map(|c| c.pilot.motion.pos)
        .collect();
    for mut craft in &mut crafts {
        if !waits(&craft) {
            continue;
        }
        let place = choose_place(&setup.spawns, &living, &mut rng);
        craft.pilot.spawn(place, clock.tick, &setup.arena);
        craft.wounds.clear();
        living.push(place);
    }
}

/// The best of a few spawn points drawn at random: far from everybody, and not the same every time.
fn choose_place(spawns: &[Vec2], living: &[Vec2], rng: &mut Rng) -> Vec2 {
    let distance = |place: Vec2| {
        living
            .iter()
            .map(|pos| (*pos - place).length_squared())
            .min()
            .unwrap_or(i64::MAX)
    };
    let mut best = (i64::MIN, Vec2::ZERO);
    for _ in 0..CANDIDATES {
        let place = spawns[rng.0.random_range(0..spawns.len())];
        let distance = distance(place);
        if distance > best.0 {
            best = (distance, place);
        }
    }
    best.1
}
