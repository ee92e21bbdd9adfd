//! Out of the way of shots.

use fracas_protocol::ShotId;
use fracas_protocol::geometry::TILE;

use super::plane::Xy;
use super::skill::Talent;
use super::world::{Bullet, Own, World};

/// A shot that passes this close is evaded, in tiles beyond where it would hit.
const COMFORT_TILES: f32 = 0.45;

/// Where to get out of the way, longer the more urgent; zero when nothing threatens. `habit` decides which shots this
/// pilot fails to notice, and to which side it evades one that comes straight.
pub(crate) fn away(world: &World, own: &Own, talent: &Talent, habit: u32) -> Xy {
    let reach =
        world.rules().craft.radius_tiles + world.first_weapon().shot_radius_tiles + COMFORT_TILES;
    let mut away = Xy::ZERO;
    let mut worst: Option<(f32, Bullet)> = None;
    let range = speed_range(world, talent.dodge_ahead_s, reach);
    for (id, shot) in &world.view().shots {
        // Cheap questions first: there may be hundreds of shots, and few of them matter.
        if !is_noticed(*id, talent, habit)
            || (shot.pos - world.own_position()).max_component() > range
        {
            continue;
        }
        let bullet = world.bullet_of(*id, shot);
        if !bullet.hurts_me || bullet.age_s < talent.reaction_s * 0.5 {
            continue;
        }
        let Some((threat, side)) = threat(own, &bullet, reach, talent.dodge_ahead_s, habit) else {
            continue;
        };
        away = away + side * threat;
        if worst.is_none_or(|(most, _)| threat > most) {
            worst = Some((threat, bullet));
        }
    }
    match worst {
        // A wall stands between: nothing to fear. Looked at for the worst only, which is nearly always the only one.
        Some((_, bullet)) if !world.clear_shot(bullet.pos, own.pos) => Xy::ZERO,
        _ => away.at_most(1.6),
    }
}

/// How urgent (0 to 1.5) and to which side; nothing for a shot that passes by.
fn threat(own: &Own, bullet: &Bullet, reach: f32, ahead_s: f32, habit: u32) -> Option<(f32, Xy)> {
    let (from, vel) = (bullet.pos - own.pos, bullet.vel - own.vel * 0.5);
    let time = -from.dot(vel) / vel.dot(vel).max(1e-3);
    if !(0.0..ahead_s).contains(&time) {
        return None;
    }
    let closest = from + vel * time;
    let distance = closest.length();
    if distance > reach {
        return None;
    }
    let straight_on = distance < 0.1;
    let habitual = if habit & 1 == 0 {
        vel.right()
    } else {
        -vel.right()
    };
    let side = if straight_on {
        habitual.unit()
    } else {
        -closest.unit()
    };
    let urgency = (1.2 - distance / reach) * (1.0 - 0.5 * time / ahead_s);
    let weight = if bullet.bounces > 0 { 1.3 } else { 1.0 };
    Some((urgency * weight, side))
}

/// How far off a shot can be and still arrive within `ahead_s`, in position units.
fn speed_range(world: &World, ahead_s: f32, reach: f32) -> i32 {
    let rules = world.rules();
    let closing = world.first_weapon().shot_speed_tiles_per_s + rules.craft.speed_tiles_per_s;
    ((closing * (ahead_s + 0.1) + reach) * TILE as f32) as i32
}

/// Always the same answer for the same shot: what isn't seen once isn't seen at all.
fn is_noticed(id: ShotId, talent: &Talent, habit: u32) -> bool {
    let mixed = (u32::from(id.0) ^ habit).wrapping_mul(0x9e37_79b1) >> 16;
    (mixed as f32) < talent.dodge * 65_536.0
}
