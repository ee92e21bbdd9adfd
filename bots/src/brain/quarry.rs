//! Whom to hunt.

use fracas_protocol::{PlayerId, Tick};

use super::arsenal;
use super::objective;
use super::plane::{Xy, turn};
use super::world::{Enemy, Own, World};

/// Enemies that are looked at closely when choosing; a line of sight costs more than the rest.
const CLOSE_LOOKS: usize = 4;
/// What it is worth, in tiles, that somebody has our flag.
const THIEF: f32 = 10.0;
/// What it is worth, in tiles, for each of so many others whom a burst would reach too.
const COMPANY: f32 = 2.0;
const COMPANY_MAX: usize = 3;

/// The one who is hunted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Quarry {
    pub(crate) id: PlayerId,
    life: u8,
    /// Since when there has been a clear line to it; nothing while a wall stands between.
    pub(crate) clear_since: Option<Tick>,
    /// Its velocity as the hunter has understood it so far.
    pub(crate) vel: Xy,
    /// Since when it has been seen to charge a weapon, if it does.
    pub(crate) charging_since: Option<Tick>,
}

/// Chooses again; sticks to `current` unless somebody else is clearly better.
pub(crate) fn choose(world: &World, own: &Own, current: Option<Quarry>) -> Option<Quarry> {
    let mut near: [Option<(f32, Enemy)>; CLOSE_LOOKS] = [None; CLOSE_LOOKS];
    let thief = objective::thief(world);
    for enemy in world.enemies() {
        let carries = if thief == Some(enemy.id) { THIEF } else { 0.0 };
        insert(
            &mut near,
            cost(own, &enemy, current.as_ref()) - carries,
            enemy,
        );
    }
    let burst_tiles =
        arsenal::lobs(world, own).map(|weapon| world.weapon(weapon).burst_radius_tiles);
    let looked = near.into_iter().flatten().map(|(cost, enemy)| {
        let clear = world.clear_shot(own.pos, enemy.pos);
        let company = burst_tiles.map_or(0.0, |radius| company(world, &enemy, radius));
        let hidden = if clear { 0.0 } else { 7.0 };
        (cost + hidden - company, enemy, clear)
    });
    let (_, enemy, clear) = looked.min_by(|a, b| a.0.total_cmp(&b.0))?;
    let known = current.filter(|quarry| quarry.is(&enemy));
    let clear_since = clear.then(|| {
        known
            .and_then(|quarry| quarry.clear_since)
            .unwrap_or(world.tick())
    });
    let vel = known.map_or(enemy.vel * 0.5, |quarry| quarry.vel);
    Some(Quarry {
        id: enemy.id,
        life: enemy.life,
        clear_since,
        vel,
        charging_since: known.and_then(|quarry| quarry.charging_since),
    })
}

impl Quarry {
    /// The craft, if it is still the same one and in sight.
    pub(crate) fn seen(&self, world: &World) -> Option<Enemy> {
        world.enemy(self.id).filter(|enemy| self.is(enemy))
    }

    /// Follows what it does with the delay a person has: `seconds` of watching, `reaction_s` to understand.
    pub(crate) fn watch(&mut self, enemy: &Enemy, now: Tick, seconds: f32, reaction_s: f32) {
        let since = self.charging_since.unwrap_or(now);
        self.charging_since = enemy.charging.then_some(since);
        let share = 1.0 - (-seconds / (reaction_s * 0.5)).exp();
        self.vel = self.vel + (enemy.vel - self.vel) * share;
    }

    fn is(&self, enemy: &Enemy) -> bool {
        self.id == enemy.id && self.life == enemy.life
    }
}

/// Tiles to fly, more or less: nearer is better, and so is who is hurt, who aims at us, and who is hunted already.
fn cost(own: &Own, enemy: &Enemy, current: Option<&Quarry>) -> f32 {
    let away = own.pos - enemy.pos;
    let aims_at_us = turn(enemy.aim, away.angle()).abs() < 0.3;
    let protected = if enemy.protected { 9.0 } else { 0.0 };
    let hurt = 4.0 * (1.0 - enemy.health);
    let stick = if current.is_some_and(|quarry| quarry.is(enemy)) {
        3.5
    } else {
        0.0
    };
    away.length() + protected - hurt - stick - if aims_at_us { 2.0 } else { 0.0 }
}

/// What those are worth whom a burst at this craft would reach besides.
fn company(world: &World, enemy: &Enemy, burst_tiles: f32) -> f32 {
    let is_near = |other: &Enemy| (other.pos - enemy.pos).length() < burst_tiles;
    let others = world.enemies().filter(|other| other.id != enemy.id);
    COMPANY * others.filter(is_near).take(COMPANY_MAX).count() as f32
}

/// Keeps the cheapest, sorted.
fn insert(near: &mut [Option<(f32, Enemy)>; CLOSE_LOOKS], cost: f32, enemy: Enemy) {
    let Some(at) = near
        .iter()
        .position(|slot| slot.is_none_or(|(other, _)| cost < other))
    else {
        return;
    };
    near[at..].rotate_right(1);
    near[at] = Some((cost, enemy));
}
