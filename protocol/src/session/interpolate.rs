//! Others between two snapshots. Views of the last fraction of a second are kept; the scene lies between two of them,
//! and past the newest the shared extrapolation goes on for a bounded time.

use std::collections::VecDeque;

use super::scene::SceneCraft;
use crate::Arena;
use crate::motion::extrapolate;
use crate::view::{Craft, find};
use crate::{Angle, PlayerId, Tick};

/// Frames kept, one for every tick: a second at 60 Hz.
const FRAMES_MAX: usize = 64;
/// Longest extrapolation past the newest snapshot, as a share of a second.
const EXTRAPOLATE_S_MAX: f64 = 0.1;

/// The same, in ticks.
pub(super) fn extrapolated_ticks_max(arena: &Arena) -> f64 {
    EXTRAPOLATE_S_MAX * f64::from(arena.tuning.tick_hz)
}

#[derive(Debug, Default)]
struct Frame {
    tick: Tick,
    crafts: Vec<(PlayerId, Craft)>,
}

#[derive(Debug, Default)]
pub(super) struct History {
    frames: VecDeque<Frame>,
}

impl History {
    pub(super) fn clear(&mut self) {
        self.frames.clear();
    }

    /// Remembers everybody after `tick`.
    pub(super) fn push(&mut self, tick: Tick, crafts: &[(PlayerId, Craft)]) {
        // The oldest frame's memory serves the newest.
        let mut frame = if self.frames.len() >= FRAMES_MAX {
            self.frames.pop_front().unwrap_or_default()
        } else {
            Frame::default()
        };
        frame.tick = tick;
        frame.crafts.clear();
        frame.crafts.extend_from_slice(crafts);
        self.frames.push_back(frame);
    }

    /// The craft of `player` in the newest frame that has it, in tiles.
    pub(super) fn last_seen(&self, player: PlayerId) -> Option<[f32; 2]> {
        let craft = self
            .frames
            .iter()
            .rev()
            .find_map(|frame| find(&frame.crafts, player));
        craft.map(|craft| craft.motion.pos.to_tiles())
    }

    /// Fills `out` with everybody as they were at `tick`.
    pub(super) fn sample(&self, tick: f64, arena: &Arena, out: &mut Vec<SceneCraft>) {
        out.clear();
        let after = self
            .frames
            .partition_point(|frame| f64::from(frame.tick) <= tick);
        let Some(from) = self.frames.get(after.saturating_sub(1)) else {
            return;
        };
        match self.frames.get(after.max(1)) {
            Some(to) => between(from, to, tick, arena, out),
            None => beyond(from, tick, arena, out),
        }
    }
}

fn between(from: &Frame, to: &Frame, tick: f64, arena: &Arena, out: &mut Vec<SceneCraft>) {
    let span = f64::from(to.tick - from.tick).max(1.0);
    let part = ((tick - f64::from(from.tick)) / span).clamp(0.0, 1.0) as f32;
    for (id, old) in &from.crafts {
        // A craft that is gone in the next frame, or in a new life there, stays where it was until then.
        let new = find(&to.crafts, *id)
            .filter(|new| new.life == old.life)
            .unwrap_or(old);
        let (a, b) = (old.motion.pos.to_tiles(), new.motion.pos.to_tiles());
        let pos = std::array::from_fn(|axis| a[axis] + (b[axis] - a[axis]) * part);
        let (aim_from, aim_to) = (Angle::from_coarse(old.aim), Angle::from_coarse(new.aim));
        let turned = f32::from(aim_from.turn_to(aim_to)) * part;
        out.push(SceneCraft {
            pos,
            aim: Angle(aim_from.0.wrapping_add_signed(turned as i16)).radians(),
            ..SceneCraft::of(*id, old, &arena.tuning)
        });
    }
}

fn beyond(last: &Frame, tick: f64, arena: &Arena, out: &mut Vec<SceneCraft>) {
    let ahead = (tick - f64::from(last.tick)).clamp(0.0, extrapolated_ticks_max(arena));
    let (whole, part) = (ahead as u32, ahead.fract() as f32);
    for (id, craft) in &last.crafts {
        let a = extrapolate(craft.motion, craft.steer, whole, arena);
        let b = extrapolate(a, craft.steer, 1, arena);
        let (a, b) = (a.pos.to_tiles(), b.pos.to_tiles());
        let pos = std::array::from_fn(|axis| a[axis] + (b[axis] - a[axis]) * part);
        out.push(SceneCraft {
            pos,
            ..SceneCraft::of(*id, craft, &arena.tuning)
        });
    }
}
