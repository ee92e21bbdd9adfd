//! Which weapon to take in hand: the special one where it does more than the first, and never where it would hurt its own.

use fracas_protocol::Weapon;
use fracas_protocol::rules::{WeaponKind, WeaponRules};

use super::plane::Xy;
use super::world::{Enemy, Own, World};

/// So long before it is ready it is aimed, in seconds.
const READY_IN_S: f32 = 0.3;
/// Of the way a spread of shots can fly, the part in which most of them meet.
const SPREAD_REACH: f32 = 0.6;
/// Kept from one's own bursts beyond their radius, in tiles.
const SAFETY_TILES: f32 = 0.5;

/// The weapon for somebody in plain sight: the special one, or the first. Beams have their own ways (`rail`).
pub(crate) fn choose(world: &World, own: &Own, enemy: &Enemy) -> Weapon {
    let special = own.special.filter(|_| own.special_ready_in_s < READY_IN_S);
    special
        .filter(|weapon| suits(world, own, enemy, world.weapon(*weapon)))
        .unwrap_or(Weapon::FIRST)
}

fn suits(world: &World, own: &Own, enemy: &Enemy, weapon: &WeaponRules) -> bool {
    let distance = (enemy.pos - own.pos).length();
    let reach = weapon.shot_speed_tiles_per_s * weapon.shot_life_s;
    if weapon.kind == WeaponKind::Beam {
        return false;
    }
    if weapon.burst_radius_tiles > 0.0 {
        return distance < reach && is_safe(world, own, enemy.pos, weapon);
    }
    if weapon.pellets > 1 {
        return distance < reach * SPREAD_REACH;
    }
    distance < reach
}

/// Whether a burst at this place hurts neither the pilot nor a mate.
pub(crate) fn is_safe(world: &World, own: &Own, at: Xy, weapon: &WeaponRules) -> bool {
    let radius = weapon.burst_radius_tiles + world.rules().craft.radius_tiles;
    let is_near = |pos: Xy| (pos - at).length() < radius;
    (own.pos - at).length() > radius + SAFETY_TILES && !world.mates().any(|mate| is_near(mate.pos))
}

/// How far off the aim may be, in radians, for a shot at `distance` tiles to do what it should.
pub(crate) fn tolerance(world: &World, weapon: &WeaponRules, distance: f32) -> f32 {
    let bursts_near = 0.4 * weapon.burst_radius_tiles;
    let width = world.rules().craft.radius_tiles + weapon.shot_radius_tiles + bursts_near;
    let spread = 0.25 * weapon.spread_degrees.to_radians();
    (width / distance.max(0.5) + spread).min(0.6)
}

/// The special weapon, if it bursts and is ready: what is thrown round corners.
pub(crate) fn lobs(world: &World, own: &Own) -> Option<Weapon> {
    let ready = own.special.filter(|_| own.special_ready_in_s < READY_IN_S);
    ready.filter(|weapon| world.weapon(*weapon).burst_radius_tiles > 0.0)
}
