//! A craft in flight: thrust towards the wanted velocity, slide along what is solid.

use bincode::{Decode, Encode};

use super::collide::{Contact, deepest_contact};
use crate::geometry::{UNIT, VELOCITY_SCALE, div_round};
use crate::rules::Arena;
use crate::{Steer, Vec2};

/// Where a craft is and where it goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Encode, Decode)]
pub struct CraftMotion {
    /// Position, in position units.
    pub pos: Vec2,
    /// Velocity, in velocity units.
    pub vel: Vec2,
}

/// One tick of flight, with or without haste.
pub fn step_craft(motion: &mut CraftMotion, steer: Steer, has_haste: bool, arena: &Arena) {
    let tuning = &arena.tuning;
    motion.vel = if steer.dashes().is_some() {
        steer.thrust(tuning.dash_speed)
    } else {
        let speed = if has_haste {
            tuning.haste_speed
        } else {
            tuning.craft_speed
        };
        accelerate(
            motion.vel,
            steer.thrust(speed),
            tuning.craft_acceleration,
            speed,
        )
    };
    fly(motion, arena);
}

/// Where a craft is after `ticks` more under the same steering. This is what both ends assume of a craft between two
/// snapshots; only changes of the steering travel.
pub fn extrapolate(
    mut motion: CraftMotion,
    steer: Steer,
    has_haste: bool,
    ticks: u32,
    arena: &Arena,
) -> CraftMotion {
    for _ in 0..ticks {
        step_craft(&mut motion, steer, has_haste, arena);
    }
    motion
}

/// Towards the wanted velocity by `most` at most. Who is faster than a craft flies, at the end of a dash, has top speed at
/// once.
fn accelerate(from: Vec2, to: Vec2, most: i32, top: i32) -> Vec2 {
    let mut from = from;
    let change = to - from;
    // No longer than its components together; most craft fly as they wish, and need no root.
    if change.x.abs() + change.y.abs() <= most {
        return to;
    }
    // Rounding may leave a craft a unit or two faster than it flies.
    let faster = i64::from(top + top / 16);
    if from.length_squared() > faster * faster {
        from = from.scale(i64::from(top), i64::from(from.length()));
    }
    let change = to - from;
    let length = change.length();
    if length <= most {
        to
    } else {
        from + change.scale(i64::from(most), i64::from(length))
    }
}

/// Moves in pieces shorter than half the radius, so that nothing thin is passed through, and slides after each.
fn fly(motion: &mut CraftMotion, arena: &Arena) {
    let piece_max = (arena.tuning.craft_radius / 2).max(1);
    let step = motion.vel.scale(1, i64::from(VELOCITY_SCALE));
    if step.max_component() < piece_max {
        let before = motion.pos;
        motion.pos += step;
        slide(motion, before, arena);
        return;
    }
    let pieces = step.max_component() / piece_max + 1;
    for piece in 0..pieces {
        let part = |whole: i32| whole * (piece + 1) / pieces - whole * piece / pieces;
        let before = motion.pos;
        motion.pos += Vec2::new(part(step.x), part(step.y));
        slide(motion, before, arena);
    }
}

/// Pushes the craft out of what it touches, deepest first, and takes away the velocity into it.
fn slide(motion: &mut CraftMotion, before: Vec2, arena: &Arena) {
    for _ in 0..4 {
        let Some(contact) = deepest_contact(motion.pos, arena.tuning.craft_radius, &arena.map)
        else {
            return;
        };
        motion.pos += contact.push;
        motion.vel = without_inward(motion.vel, &contact);
    }
    // Squeezed from several sides at once (a narrowing gap): stay where there was room.
    if deepest_contact(motion.pos, arena.tuning.craft_radius, &arena.map).is_some() {
        *motion = CraftMotion {
            pos: before,
            vel: Vec2::ZERO,
        };
    }
}

fn without_inward(vel: Vec2, contact: &Contact) -> Vec2 {
    let inward = div_round(vel.dot(contact.normal), i64::from(UNIT));
    if inward >= 0 {
        vel
    } else {
        vel - contact.normal.scale(inward, i64::from(UNIT))
    }
}
