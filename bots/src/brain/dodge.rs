//! Out of the way of shots and bursts.

use fracas_protocol::geometry::TILE;
use fracas_protocol::{ShotId, Tick};

use super::plane::Xy;
use super::skill::Talent;
use super::world::{Bullet, Enemy, Own, World};

/// A shot that passes this close is evaded, in tiles beyond where it would hit.
const COMFORT_TILES: f32 = 0.45;
/// Beyond where it would hit a shot is expected to, in tiles.
const NEARLY_TILES: f32 = 0.1;
/// Seconds before a burst in which one gets away from it.
const BURST_AHEAD_S: f32 = 0.8;
/// Who charges and aims this close, in radians, is about to fire at us.
const IN_HIS_SIGHTS: f32 = 0.2;

/// What threatens.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Danger {
    /// Where to get out of the way, longer the more urgent.
    pub(crate) away: Xy,
    /// The shot that meets the craft first if nothing is done.
    pub(crate) next: Option<Contact>,
}

/// A shot that will meet the craft.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Contact {
    id: ShotId,
    /// In so many seconds.
    pub(crate) in_s: f32,
    /// From which direction, seen from the craft, in radians.
    pub(crate) from: f32,
}

impl Contact {
    /// Between 0 and 1, always the same for one shot and one pilot.
    pub(crate) fn luck(&self, habit: u32) -> f32 {
        luck(u32::from(self.id.0), habit)
    }
}

/// Looks at what flies on the screen and has been there for long enough to act on it. `habit` decides which shots this pilot
/// fails to notice, and to which side it evades one that comes straight.
pub(crate) fn look(world: &World, own: &Own, talent: &Talent, habit: u32) -> Danger {
    let hit = world.rules().craft.radius_tiles + world.first_weapon().shot_radius_tiles;
    let mut danger = Danger::default();
    let mut worst: Option<(f32, Bullet)> = None;
    let range = range(world, talent.dodge_ahead_s, hit + COMFORT_TILES);
    for (id, shot) in &world.view().shots {
        // Cheap questions first: there may be hundreds of shots, and few of them matter.
        let is_near = (shot.pos - world.own_position()).max_component() <= range;
        // One's own are never overlooked.
        let is_noticed = shot.owner == world.me() || luck(u32::from(id.0), habit) < talent.dodge;
        if !is_near || !is_noticed {
            continue;
        }
        let bullet = world.bullet_of(*id, shot);
        if !bullet.hurts_me || !is_understood(world, own, &bullet, talent) {
            continue;
        }
        if bullet.bursts_tiles > 0.0 {
            danger.away = danger.away + from_burst(own, &bullet);
        }
        let Some(pass) = pass(own, &bullet, hit + COMFORT_TILES, talent.dodge_ahead_s) else {
            continue;
        };
        let threat = pass.threat(&bullet, hit + COMFORT_TILES, talent.dodge_ahead_s);
        danger.away = danger.away + pass.side(&bullet, habit) * threat;
        if worst.is_none_or(|(most, _)| threat > most) {
            worst = Some((threat, bullet));
        }
        let is_sooner = danger.next.is_none_or(|next| pass.in_s < next.in_s);
        if pass.closest.length() < hit + NEARLY_TILES && is_sooner {
            danger.next = Some(Contact {
                id: *id,
                in_s: pass.in_s,
                from: (bullet.pos - own.pos).angle(),
            });
        }
    }
    match worst {
        // A wall stands between: nothing to fear. Looked at for the worst only, which is nearly always the only one.
        Some((_, bullet)) if !world.clear_shot(bullet.pos, own.pos) => Danger::default(),
        _ => Danger {
            away: danger.away.at_most(1.6),
            ..danger
        },
    }
}

/// Whether a shot is on the screen, and has been for as long as it takes to act on it.
fn is_understood(world: &World, own: &Own, bullet: &Bullet, talent: &Talent) -> bool {
    bullet.age_s >= talent.reaction_s
        && world.is_visible(bullet.pos)
        && world.on_screen_s(own, bullet) >= talent.reaction_s
}

/// Out of the line of somebody who has been charging a beam since then: once that is understood, and if this pilot, whose
/// `habit` it is, notices this one.
pub(crate) fn from_beam(
    world: &World,
    own: &Own,
    (enemy, charging_since): (&Enemy, Tick),
    talent: &Talent,
    habit: u32,
) -> Xy {
    let to_us = own.pos - enemy.pos;
    let off = super::turn(enemy.aim, to_us.angle());
    let is_understood = world.tick() >= charging_since + world.ticks(talent.reaction_s);
    let is_noticed = luck(charging_since, habit) < talent.dodge;
    if !is_understood || !is_noticed || off.abs() > IN_HIS_SIGHTS {
        return Xy::ZERO;
    }
    let side = to_us.unit().right();
    let goes_right = if off.abs() < 0.02 {
        habit & 2 == 0
    } else {
        off > 0.0
    };
    if goes_right { side } else { -side }
}

/// How a shot passes.
struct Pass {
    in_s: f32,
    /// Where it is then, seen from the craft.
    closest: Xy,
}

/// Nothing for a shot that stays away, or takes longer.
fn pass(own: &Own, bullet: &Bullet, reach: f32, ahead_s: f32) -> Option<Pass> {
    let (from, vel) = (bullet.pos - own.pos, bullet.vel - own.vel * 0.5);
    let in_s = -from.dot(vel) / vel.dot(vel).max(1e-3);
    let closest = from + vel * in_s;
    let passes = (0.0..ahead_s).contains(&in_s) && closest.length() <= reach;
    passes.then_some(Pass { in_s, closest })
}

impl Pass {
    /// How urgent it is, 0 to 1.5.
    fn threat(&self, bullet: &Bullet, reach: f32, ahead_s: f32) -> f32 {
        let urgency = (1.2 - self.closest.length() / reach) * (1.0 - 0.5 * self.in_s / ahead_s);
        let weight = if bullet.bounces > 0 { 1.3 } else { 1.0 };
        urgency * weight
    }

    /// To which side.
    fn side(&self, bullet: &Bullet, habit: u32) -> Xy {
        if self.closest.length() >= 0.1 {
            return -self.closest.unit();
        }
        let right = bullet.vel.right().unit();
        if habit & 1 == 0 { right } else { -right }
    }
}

/// Away from where a shot bursts, as far as that can be told: walls turn it.
fn from_burst(own: &Own, bullet: &Bullet) -> Xy {
    if bullet.left_s > BURST_AHEAD_S {
        return Xy::ZERO;
    }
    let away = own.pos - (bullet.pos + bullet.vel * (bullet.left_s * 0.5));
    let closeness = 1.3 - away.length() / (bullet.bursts_tiles + 0.6);
    away.unit() * closeness.max(0.0)
}

/// How far off a shot can be and still arrive within `ahead_s`, in position units.
fn range(world: &World, ahead_s: f32, reach: f32) -> i32 {
    let rules = world.rules();
    let closing = world.first_weapon().shot_speed_tiles_per_s + rules.craft.speed_tiles_per_s;
    ((closing * (ahead_s + 0.1) + reach) * TILE as f32) as i32
}

/// Always the same answer for the same shot, or beam: what isn't seen once isn't seen at all.
fn luck(of: u32, habit: u32) -> f32 {
    let mixed = (of ^ habit).wrapping_mul(0x9e37_79b1) >> 16;
    mixed as f32 / 65_536.0
}
