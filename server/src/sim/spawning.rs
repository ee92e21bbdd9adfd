//! Where and when craft appear.

use bevy_ecs::prelude::*;
use fracas_protocol::Vec2;
use rand::RngExt;

use super::components::{Craft, Wounds};
use super::grid::CraftGrid;
use super::resources::{MatchClock, Rng, Setup};

/// Spawn points looked at for each new life; the one farthest from everybody is taken.
const CANDIDATES: usize = 12;

/// Gives a craft to everybody whose time has come, and to everybody who is new.
pub(super) fn respawn(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    mut rng: ResMut<Rng>,
    // As it was left by the tick before: nobody has flown since.
    living: Res<CraftGrid>,
    mut crafts: Query<(&mut Craft, &mut Wounds)>,
    mut appeared: Local<Vec<Vec2>>,
) {
    appeared.clear();
    for (mut craft, mut wounds) in &mut crafts {
        if craft.pilot.alive || clock.tick < craft.pilot.respawn_at {
            continue;
        }
        let place = choose_place(&setup.spawns, &living, &appeared, &mut rng);
        craft.pilot.spawn(place, clock.tick, &setup.arena);
        wounds.0.clear();
        appeared.push(place);
    }
}

/// The best of a few spawn points drawn at random: far from everybody, and not the same every time.
fn choose_place(spawns: &[Vec2], living: &CraftGrid, appeared: &[Vec2], rng: &mut Rng) -> Vec2 {
    let mut best = (i64::MIN, Vec2::ZERO);
    for _ in 0..CANDIDATES {
        let place = spawns[rng.0.random_range(0..spawns.len())];
        let distance = (living.distance_squared(place).into_iter())
            .chain(
                appeared
                    .iter()
                    .map(|other| (*other - place).length_squared()),
            )
            .min()
            .unwrap_or(i64::MAX);
        if distance > best.0 {
            best = (distance, place);
        }
    }
    best.1
}
