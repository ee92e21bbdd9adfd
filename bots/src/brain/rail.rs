//! When to charge the rail. Charging takes a third of a second in which the other weapon is silent and everybody sees
//! it, and there are only a few beams in a life: it is worth it for somebody in plain sight who is too far away for shots
//! to arrive soon.

use super::skill::Talent;
use super::world::{Enemy, Own, World};

/// Nearer than this a shot arrives as soon, in tiles.
const NEAR_TILES: f32 = 5.0;
/// Farther off than this, in radians, the aim won't have settled when the beam leaves.
const OFF_MAX: f32 = 0.6;

/// Whether to begin: asked a few times a second. `off` is how far the aim is from `enemy`.
pub(crate) fn begins(world: &World, own: &Own, enemy: &Enemy, off: f32, talent: &Talent) -> bool {
    let distance = (enemy.pos - own.pos).length();
    own.rail_ammo > 0
        && own.rail_ready_in_s <= 0.0
        && distance > NEAR_TILES
        && distance < world.rules().rail.range_tiles
        && off < OFF_MAX
        && world.random().chance(talent.rail)
}

/// Whether to go on charging: as long as it is in sight and can be hurt. Without, letting go saves the beam.
pub(crate) fn goes_on(world: &World, own: &Own, enemy: &Enemy) -> bool {
    own.rail_ammo > 0 && !enemy.protected && world.clear_shot(own.pos, enemy.pos)
}
