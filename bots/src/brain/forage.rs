//! What lies on pads: which of it is worth the way.

use fracas_protocol::rules::Effect;
use fracas_protocol::{PlayerId, Tick};

use super::plane::Xy;
use super::skill::{Character, Talent};
use super::world::{Own, Pickup, World};

/// Seconds between two looks around.
const LOOK_EVERY_S: f32 = 0.4;
/// Farther away nothing is worth the way, in tiles.
const FAR_TILES: f32 = 22.0;
/// What the way round a wall costs besides.
const ROUND_WALLS: f32 = 1.35;
/// A pad that isn't reached in this time is left alone for as long again, in seconds.
const PATIENCE_S: f32 = 6.0;

/// A pickup that is worth the way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Want {
    pad: u16,
    pub(crate) at: Xy,
    /// What it is worth beyond the way there, in tiles.
    pub(crate) gain: f32,
    since: Tick,
}

#[derive(Debug, Default)]
pub(crate) struct Forage {
    want: Option<Want>,
    look_at: Tick,
    /// A pad that wasn't reached, and until when it is left alone.
    given_up: Option<(u16, Tick)>,
}

impl Forage {
    pub(crate) fn forget(&mut self) {
        *self = Forage::default();
    }

    /// What to fetch now, if anything.
    pub(crate) fn wanted(
        &mut self,
        world: &World,
        own: &Own,
        talent: &Talent,
        character: &Character,
    ) -> Option<Want> {
        let gone = self.want.is_some_and(|want| !world.is_full(want.pad));
        if gone || world.tick() >= self.look_at {
            self.look(world, own, talent.forage * character.greed);
        }
        self.want
    }

    fn look(&mut self, world: &World, own: &Own, keenness: f32) {
        let now = world.tick();
        self.look_at = now + world.ticks(LOOK_EVERY_S);
        if let Some(late) = self
            .want
            .filter(|want| now > want.since + world.ticks(PATIENCE_S))
        {
            self.given_up = Some((late.pad, now + world.ticks(PATIENCE_S)));
        }
        let given_up = self.given_up.filter(|(_, until)| now < *until);
        let candidates = world
            .pickups(FAR_TILES)
            .filter(|pickup| given_up.is_none_or(|(pad, _)| pad != pickup.pad));
        let best = candidates
            .filter_map(|pickup| Some((gain(world, own, &pickup, keenness)?, pickup)))
            .max_by(|a, b| a.0.total_cmp(&b.0));
        self.want = best.map(|(gain, pickup)| Want {
            pad: pickup.pad,
            at: pickup.pos,
            gain,
            since: self
                .want
                .filter(|want| want.pad == pickup.pad)
                .map_or(now, |want| want.since),
        });
    }
}

/// What it is worth beyond the way there, in tiles; nothing if that is too little.
fn gain(world: &World, own: &Own, pickup: &Pickup, keenness: f32) -> Option<f32> {
    let worth = worth(world, own, pickup) * keenness;
    let straight = (pickup.pos - own.pos).length();
    if worth <= straight {
        return None;
    }
    let way = if world.clear_way(own.pos, pickup.pos) {
        straight
    } else {
        straight * ROUND_WALLS
    };
    let speed = world.rules().craft.speed_tiles_per_s;
    let waiting = (world.ready_in_s(pickup.pad) - way / speed).max(0.0) * speed;
    (worth > way + waiting).then_some(worth - way - waiting)
}

/// Tiles one would fly for it.
fn worth(world: &World, own: &Own, pickup: &Pickup) -> f32 {
    match pickup.effect {
        Effect::Health => 24.0 * (0.9 - own.health).max(0.0),
        Effect::Shield if own.shield < 0.5 => 11.0,
        Effect::Shield => 0.0,
        Effect::Weapon => worth_of_weapon(world, own, pickup),
        Effect::Haste => 6.0,
        Effect::Overcharge => 14.0,
    }
}

/// A special weapon when there is none; the same again when it is nearly spent.
fn worth_of_weapon(world: &World, own: &Own, pickup: &Pickup) -> f32 {
    let full = world.weapon(pickup.weapon).ammo.max(1);
    match own.special {
        None => 20.0,
        Some(weapon) if weapon == pickup.weapon => {
            8.0 * (1.0 - f32::from(own.ammo) / f32::from(full))
        }
        Some(_) if own.ammo <= 1 => 10.0,
        Some(_) => 0.0,
    }
}

/// Somebody who carries nothing that matters: a mate to stay with.
pub(crate) fn nearest_mate(world: &World, own: &Own) -> Option<(PlayerId, Xy)> {
    let distance = |pos: Xy| (pos - own.pos).length();
    let mates = world.mates().map(|mate| (mate.id, mate.pos));
    mates.min_by(|a, b| distance(a.1).total_cmp(&distance(b.1)))
}
