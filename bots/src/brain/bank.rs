//! Shots round corners: a few headings are flown through with the protocol's own motion, ricochets included.

use std::ops::ControlFlow;

use fracas_protocol::geometry::TILE;
use fracas_protocol::motion::{Segment, Shot, ShotStep, muzzle, step_shot};
use fracas_protocol::{Angle, Vec2, Weapon};

use super::arsenal;
use super::plane::Xy;
use super::world::{Enemy, World};

/// The part of a burst's radius within which it does enough.
const BURST_NEAR: f32 = 0.55;

/// Whether a shot of `weapon` fired along `heading` now meets `enemy` after at least one bounce, or bursts near it, and
/// does not come back to the one who fired it first.
pub(crate) fn hits(world: &World, weapon: Weapon, heading: f32, enemy: &Enemy) -> bool {
    let (own, arena) = (world.own(), world.arena());
    let (aim, craft) = (
        Angle::from_radians(heading),
        Vec2::from_tiles(own.pos.x, own.pos.y),
    );
    let mut shot = Shot {
        owner: world.me(),
        weapon,
        pos: muzzle(craft, aim, arena),
        heading: aim,
        bounces: 0,
        age: 0,
    };
    let rules = world.weapon(weapon);
    let reach = world.rules().craft.radius_tiles + rules.shot_radius_tiles;
    let mut met = false;
    let mut target = enemy.pos;
    for tick in 1..=u16::from(arena.tuning.weapon(weapon).shot_life_ticks) {
        target = enemy.pos + enemy.vel * (f32::from(tick) / world.tick_hz());
        let step = step_shot(&mut shot, arena, |segment| {
            if segment.bounces == 0 {
                return ControlFlow::Continue(());
            }
            met = distance(segment, target) < reach;
            let comes_back = distance(segment, own.pos) < reach * 1.3;
            if met || comes_back {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        if matches!(step, ShotStep::Ended(_)) {
            break;
        }
    }
    if rules.burst_radius_tiles == 0.0 {
        return met;
    }
    let end = Xy::of_position(shot.pos);
    let is_near = (end - target).length() < BURST_NEAR * rules.burst_radius_tiles;
    (met || is_near && world.clear_shot(end, target)) && arsenal::is_safe(world, &own, end, rules)
}

/// From a point to a piece of a shot's path, in tiles.
fn distance(segment: &Segment, point: Xy) -> f32 {
    let (from, to) = (Xy::of_position(segment.from), Xy::of_position(segment.to));
    let way = to - from;
    let length_squared = way.dot(way);
    let part = if length_squared < 1.0 / TILE as f32 {
        0.0
    } else {
        (point - from).dot(way) / length_squared
    };
    (from + way * part.clamp(0.0, 1.0) - point).length()
}
