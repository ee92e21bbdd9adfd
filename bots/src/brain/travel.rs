//! Getting somewhere: ways to a place, wandering when there is nobody, and out again when stuck.

use fracas_protocol::Tick;

use super::path::Path;
use super::plane::Xy;
use super::sight;
use super::skill::Character;
use super::world::{Own, World};

/// A way is planned anew at most this often, in seconds.
const PLAN_EVERY_S: f32 = 0.6;
/// A goal that moved this far needs a new way, in tiles.
const GOAL_MOVED: i32 = 2;
/// Who gets less far than this in [`STUCK_S`] is stuck, in tiles.
const STUCK_TILES: f32 = 0.4;
const STUCK_S: f32 = 0.7;
/// Who stays within so many tiles for so long, whatever for, goes somewhere else.
const STAYS_TILES: f32 = 2.0;
const STAYS_S: f32 = 2.6;
/// If that leads nowhere, it tries again after so long.
const AGAIN_S: f32 = 0.4;
/// In how many directions is looked for a way out, and how far it must be free, in tiles.
const WAYS_OUT: usize = 8;
const WAY_OUT_TILES: f32 = 2.6;
/// Farthest place to wander to, in tiles: within the window of a [`Path`].
const WANDER_TILES: i32 = 26;

#[derive(Debug)]
pub(crate) struct Travel {
    path: Path,
    plan_at: Tick,
    idle: Idle,
    progress: Progress,
    stay: Stay,
}

/// Where it has been, and since when.
#[derive(Debug, Default)]
struct Stay {
    at: Xy,
    since: Tick,
}

impl Stay {
    /// Ticks it has been within so many tiles of a place.
    fn lasts(&mut self, pos: Xy, tiles: f32, now: Tick) -> Tick {
        if self.since == 0 || (pos - self.at).length() > tiles {
            *self = Stay {
                at: pos,
                since: now,
            };
        }
        now.saturating_sub(self.since)
    }
}

/// Short moments in which a pilot that sees nobody just hovers.
#[derive(Debug, Default)]
struct Idle {
    next: Tick,
    until: Tick,
}

#[derive(Debug, Default)]
struct Progress {
    at: Xy,
    since: Tick,
    escape: Xy,
    escape_until: Tick,
}

impl Travel {
    pub(crate) fn new() -> Self {
        Travel {
            path: Path::new(),
            plan_at: 0,
            idle: Idle::default(),
            progress: Progress::default(),
            stay: Stay::default(),
        }
    }

    /// A new life begins somewhere else.
    pub(crate) fn restart(&mut self) {
        self.path.forget();
        self.plan_at = 0;
        self.progress = Progress::default();
        self.stay = Stay::default();
    }

    /// Which way to fly to get to `goal`, length 1.
    pub(crate) fn towards(&mut self, world: &World, own: &Own, goal: Xy) -> Xy {
        if world.clear_way(own.pos, goal) {
            return (goal - own.pos).unit();
        }
        let (from, to) = (own.pos.tile(), goal.tile());
        let asked = self.path.asked();
        let moved = (to.0 - asked.0).abs().max((to.1 - asked.1).abs()) > GOAL_MOVED;
        let is_piece_done = self.path.goal() == from;
        if (moved || is_piece_done || !self.path.knows(from)) && world.tick() >= self.plan_at {
            self.plan_at =
                world.tick() + world.ticks(PLAN_EVERY_S * world.random().range(0.8, 1.3));
            if let Some(open) = open_near(world, to) {
                self.path.plan(world.map(), from, open);
            }
        }
        match self
            .path
            .waypoint(world.map(), own.pos, world.rules().craft.radius_tiles)
        {
            Some(waypoint) => (waypoint - own.pos).unit(),
            None => (goal - own.pos).unit(),
        }
    }

    /// Which way to fly when there is nobody: to a random place, then to the next, with a rest now and then.
    pub(crate) fn wander(&mut self, world: &World, own: &Own, character: &Character) -> Xy {
        if self.rests(world, character) {
            return Xy::ZERO;
        }
        let from = own.pos.tile();
        let arrived = self.path.goal() == from || !self.path.knows(from);
        if arrived && world.tick() >= self.plan_at {
            self.plan_at = world.tick() + world.ticks(0.3);
            if let Some(place) = somewhere(world, from) {
                self.path.plan(world.map(), from, place);
            }
        }
        match self
            .path
            .waypoint(world.map(), own.pos, world.rules().craft.radius_tiles)
        {
            Some(waypoint) => (waypoint - own.pos).unit() * 0.9,
            None => Xy::ZERO,
        }
    }

    /// Where to instead, when what was tried lately led nowhere. `tries` is whether it wants to get anywhere at all; who
    /// doesn't may stay for a little longer.
    pub(crate) fn escape(&mut self, world: &World, own: &Own, tries: bool) -> Option<Xy> {
        let now = world.tick();
        if now < self.progress.escape_until {
            return Some(self.progress.escape);
        }
        let stays = self.stay.lasts(own.pos, STAYS_TILES, now) >= world.ticks(STAYS_S);
        if stays {
            return Some(self.leave(world, own, 0.6));
        }
        let progress = &mut self.progress;
        if !tries || (own.pos - progress.at).length() > STUCK_TILES {
            (progress.at, progress.since) = (own.pos, now);
            return None;
        }
        if now - progress.since < world.ticks(STUCK_S) {
            return None;
        }
        Some(self.leave(world, own, 0.25))
    }

    /// Away, along a free way if there is one, for some time; then by another way than before.
    fn leave(&mut self, world: &World, own: &Own, seconds: f32) -> Xy {
        let (now, random) = (world.tick(), world.random());
        let first = random.range(0.0, std::f32::consts::TAU);
        let way =
            |at: usize| Xy::along(first + at as f32 * std::f32::consts::TAU / WAYS_OUT as f32);
        let radius = world.rules().craft.radius_tiles;
        let free = |radius: f32| {
            let is_free = |way: &Xy| {
                let end = own.pos + *way * WAY_OUT_TILES;
                sight::craft_passes(world.map(), own.pos, end, radius)
            };
            (0..WAYS_OUT).map(way).find(is_free)
        };
        self.progress = Progress {
            at: own.pos,
            since: now,
            // Who touches a wall has no free way for both flanks, but slides along.
            escape: free(radius)
                .or_else(|| free(radius / 3.0))
                .unwrap_or(way(0)),
            escape_until: now + world.ticks(random.range(seconds, 2.0 * seconds)),
        };
        let again = self.progress.escape_until + world.ticks(AGAIN_S);
        self.stay.since = again.saturating_sub(world.ticks(STAYS_S)).max(1);
        self.path.forget();
        self.plan_at = 0;
        self.progress.escape
    }

    fn rests(&mut self, world: &World, character: &Character) -> bool {
        let now = world.tick();
        if self.idle.next == 0 {
            self.idle.next =
                now + world.ticks(world.random().range(0.3, 1.7) * character.idle_every_s);
        }
        if now >= self.idle.next {
            self.idle.until = now + world.ticks(world.random().range(0.25, 1.0));
            self.idle.next = self.idle.until
                + world.ticks(world.random().range(0.3, 1.7) * character.idle_every_s);
        }
        now < self.idle.until
    }
}

/// A random place worth a visit: where craft appear, or anywhere.
fn somewhere(world: &World, from: (i32, i32)) -> Option<(i32, i32)> {
    let random = world.random();
    for _ in 0..12 {
        let place = if random.chance(0.5) {
            let mut spawns = world.map().spawns();
            let count = spawns.len();
            Xy::of_position(spawns.nth(random.below(count))?).tile()
        } else {
            let reach = WANDER_TILES as usize;
            let off = |random: &super::Random| random.below(2 * reach + 1) as i32 - WANDER_TILES;
            (from.0 + off(random), from.1 + off(random))
        };
        let far = (place.0 - from.0).abs().max((place.1 - from.1).abs());
        if (5..=WANDER_TILES).contains(&far) && sight::is_open(world.map(), place) {
            return Some(place);
        }
    }
    None
}

/// The tile itself or one beside it on which a craft can be: somebody may hover in the free corner of a diagonal.
fn open_near(world: &World, tile: (i32, i32)) -> Option<(i32, i32)> {
    let around = (-1..=1).flat_map(|dy| (-1..=1).map(move |dx| (tile.0 + dx, tile.1 + dy)));
    std::iter::once(tile)
        .chain(around)
        .find(|tile| sight::is_open(world.map(), *tile))
}
