//! Where and when craft appear.

use bevy_ecs::prelude::*;
use fracas_protocol::geometry::TILE;
use fracas_protocol::{Team, Vec2};

use super::awards::Tally;
use super::components::{Craft, Identity, Wounds};
use super::grid::CraftGrid;
use super::places::Places;
use super::resources::{MatchClock, Rng, Setup};

/// Spawn points looked at for each new life; the one farthest from everybody is taken.
const CANDIDATES: usize = 12;
const TILE_SQUARED: i64 = (TILE as i64) * (TILE as i64);

/// Gives a craft to everybody whose time has come, and to everybody who is new.
pub(super) fn respawn(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    mut rng: ResMut<Rng>,
    // As it was left by the tick before: nobody has flown since.
    living: Res<CraftGrid>,
    mut crafts: Query<(&Identity, &mut Craft, &mut Wounds, &mut Tally)>,
    mut appeared: Local<Vec<Appeared>>,
) {
    appeared.clear();
    for (identity, mut craft, mut wounds, mut tally) in &mut crafts {
        if craft.pilot.alive || clock.tick < craft.pilot.respawn_at {
            continue;
        }
        let team = identity.team;
        let place = choose_place(&setup.places, team, &living, &appeared, &mut rng);
        craft.pilot.spawn(place, clock.tick, &setup.arena);
        wounds.0.clear();
        tally.begin_life(clock.tick);
        appeared.push(Appeared { place, team });
    }
}

/// Whoever has appeared in this tick; the grid doesn't hold them yet.
#[derive(Debug)]
pub(super) struct Appeared {
    place: Vec2,
    team: Option<Team>,
}

/// The best of a few spawn points drawn at random: far from everybody on no side of one's own, and not the same every time.
fn choose_place(
    places: &Places,
    team: Option<Team>,
    living: &CraftGrid,
    appeared: &[Appeared],
    rng: &mut Rng,
) -> Vec2 {
    let mut best = (i64::MIN, Vec2::default());
    for _ in 0..CANDIDATES {
        let place = places.draw_spawn(team, rng);
        let foes = appeared
            .iter()
            .filter(|other| team.is_none() || other.team != team);
        let foe = (living.foe_distance_squared(place, team).into_iter())
            .chain(foes.map(|other| (other.place - place).length_squared()))
            .min()
            .unwrap_or(i64::MAX);
        // Nobody appears in a mate.
        let is_taken = team.is_some()
            && (appeared.iter().any(|other| other.place == place)
                || (living.foe_distance_squared(place, None))
                    .is_some_and(|distance| distance < TILE_SQUARED));
        let distance = if is_taken { -1 } else { foe };
        if distance > best.0 {
            best = (distance, place);
        }
    }
    best.1
}
