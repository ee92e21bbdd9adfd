//! When to charge a beam. Charging takes a third of a second in which the other weapon is silent and everybody sees it, and
//! there are only a few beams: it is worth it for somebody in plain sight who is too far away for shots to arrive soon.

use fracas_protocol::rules::{WeaponKind, WeaponRules};

use super::skill::Talent;
use super::world::{Enemy, Own, World};

/// Nearer than this a shot arrives as soon, in tiles.
const NEAR_TILES: f32 = 4.0;
/// Farther off than this, in radians, the aim won't have settled when the beam leaves.
const OFF_MAX: f32 = 0.6;

/// Whether to begin: asked a few times a second. `off` is how far the aim is from `enemy`.
pub(crate) fn begins(world: &World, own: &Own, enemy: &Enemy, off: f32, talent: &Talent) -> bool {
    let Some(beam) = beam(world, own) else {
        return false;
    };
    let distance = (enemy.pos - own.pos).length();
    own.special_ready_in_s <= 0.0
        && distance > NEAR_TILES
        && distance < beam.range_tiles
        && off < OFF_MAX
        && world.random().chance(talent.special)
}

/// Whether to go on charging: until the beam leaves, as long as `enemy` is in sight and can be hurt. Without, letting go saves
/// the beam.
pub(crate) fn goes_on(world: &World, own: &Own, enemy: &Enemy) -> bool {
    beam(world, own).is_some()
        && own.special_ready_in_s <= 0.0
        && !enemy.protected
        && world.clear_shot(own.pos, enemy.pos)
}

/// The special weapon, if it is one of these.
fn beam<'a>(world: &World<'a>, own: &Own) -> Option<&'a WeaponRules> {
    let weapon = world.rules().weapons.get(usize::from(own.special?.0))?;
    (weapon.kind == WeaponKind::Beam).then_some(weapon)
}
