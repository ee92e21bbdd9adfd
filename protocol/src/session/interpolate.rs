//! Others between two ticks. Where everybody was in the last second is kept tick by tick; the scene lies between two of
//! them, and past the newest the shared motion goes on under the steering known last.
//!
//! What turns out otherwise than was shown past the newest is not jumped to: the difference glides away.

use std::collections::VecDeque;

use super::scene::{SceneCraft, per_second};
use crate::Arena;
use crate::motion::extrapolate;
use crate::view::{Craft, CraftFlags, find};
use crate::{Angle, PlayerId, Tick};

/// Frames kept, one for every tick: a second at 60 Hz.
const FRAMES_MAX: usize = 64;
/// A correction of the own craft is shown as a glide that shrinks by this factor per tick: a tenth is left after 100 ms.
pub(super) const GLIDE: f32 = 0.68;
/// Others' glides are over sooner: hits are judged by where they were, not by what is still to be smoothed.
const OTHERS_GLIDE: f32 = 0.5;
/// A difference over this many tiles is a jump, not a glide.
pub(super) const GLIDE_TILES_MAX: f32 = 3.0;
/// A glide under this many tiles is over: less than a tenth of a pixel.
const GLIDE_TILES_MIN: f32 = 0.001;

/// Somebody in a frame; the aim is finer than it travels, because it is spread over the ticks between two snapshots.
#[derive(Clone, Copy, Debug)]
struct Seen {
    craft: Craft,
    aim: Angle,
}

#[derive(Debug, Default)]
struct Frame {
    tick: Tick,
    crafts: Vec<(PlayerId, Seen)>,
}

/// What is still to be smoothed away: shown less known position, in tiles.
#[derive(Clone, Copy, Debug)]
struct Glide {
    life: u8,
    offset: [f32; 2],
}

#[derive(Debug, Default)]
pub(super) struct History {
    frames: VecDeque<Frame>,
    /// The newest frame that is a snapshot's.
    snapshot: Option<Tick>,
    glides: Vec<(PlayerId, Glide)>,
    /// The tick that was drawn last, and the newest that was known then.
    drawn: Option<(f64, Tick)>,
    /// Kept for its memory.
    again: Vec<SceneCraft>,
}

impl History {
    pub(super) fn clear(&mut self) {
        self.frames.clear();
        self.snapshot = None;
        self.forget_picture();
    }

    /// What is drawn next has nothing to do with what was drawn last.
    pub(super) fn forget_picture(&mut self) {
        self.glides.clear();
        self.drawn = None;
    }

    /// Remembers everybody after `tick`, on the way to a snapshot.
    pub(super) fn pass(&mut self, tick: Tick, crafts: &[(PlayerId, Craft)]) {
        // The oldest frame's memory serves the newest.
        let mut frame = if self.frames.len() >= FRAMES_MAX {
            self.frames.pop_front().unwrap_or_default()
        } else {
            Frame::default()
        };
        frame.tick = tick;
        frame.crafts.clear();
        frame.crafts.extend(crafts.iter().map(|(id, craft)| {
            let (craft, aim) = (*craft, Angle::from_coarse(craft.aim));
            (*id, Seen { craft, aim })
        }));
        self.frames.push_back(frame);
    }

    /// Remembers everybody as the snapshot of `tick` says. Only now the turns of their aims on the way are known.
    pub(super) fn arrive(&mut self, tick: Tick, crafts: &[(PlayerId, Craft)]) {
        self.pass(tick, crafts);
        if let Some(before) = self.snapshot.replace(tick) {
            self.spread_aims(before, tick);
        }
    }

    fn spread_aims(&mut self, before: Tick, tick: Tick) {
        let Some(first) = self.frames.iter().position(|frame| frame.tick == before) else {
            return;
        };
        let on_the_way = self.frames.len().saturating_sub(1);
        let ticks = i32::try_from(tick.saturating_sub(before))
            .unwrap_or(i32::MAX)
            .max(1);
        for at in first + 1..on_the_way {
            let past = (self.frames[at].tick - before) as i32;
            let mut frame = std::mem::take(&mut self.frames[at]);
            for (id, seen) in &mut frame.crafts {
                let from = find(&self.frames[first].crafts, *id);
                let to = self.frames.back().and_then(|last| find(&last.crafts, *id));
                if let (Some(from), Some(to)) = (from, to) {
                    let turn = i32::from(from.aim.turn_to(to.aim)) * past / ticks;
                    seen.aim = Angle(from.aim.0.wrapping_add_signed(turn as i16));
                }
            }
            self.frames[at] = frame;
        }
    }

    /// The craft of `player` in the newest frame that has it, in tiles.
    pub(super) fn last_seen(&self, player: PlayerId) -> Option<[f32; 2]> {
        let seen = self
            .frames
            .iter()
            .rev()
            .find_map(|frame| find(&frame.crafts, player));
        seen.map(|seen| seen.craft.motion.pos.to_tiles())
    }

    /// Fills `out`, which holds the picture before, with everybody as they are to be shown at `tick`.
    pub(super) fn draw(&mut self, tick: f64, arena: &Arena, out: &mut Vec<SceneCraft>) {
        let Some(newest) = self.frames.back().map(|frame| frame.tick) else {
            out.clear();
            return;
        };
        let drawn = self.drawn.replace((tick, newest));
        if let Some((before, known)) = drawn {
            if before > f64::from(known) && newest > known {
                self.compare(before, arena, out);
            }
            let shrink = shrunk((tick - before).clamp(0.0, 64.0));
            self.glides.retain_mut(|(_, glide)| {
                glide.offset = glide.offset.map(|tiles| tiles * shrink);
                glide
                    .offset
                    .iter()
                    .any(|tiles| tiles.abs() > GLIDE_TILES_MIN)
            });
        }
        self.place(tick, arena, out);
        for craft in out {
            if let Some(glide) = find(&self.glides, craft.id).filter(|g| g.life == craft.life) {
                craft.pos = std::array::from_fn(|axis| craft.pos[axis] + glide.offset[axis]);
            }
        }
    }

    /// What was guessed for `tick` and `shown` is now known: the differences are to glide away.
    fn compare(&mut self, tick: f64, arena: &Arena, shown: &[SceneCraft]) {
        let mut again = std::mem::take(&mut self.again);
        self.place(tick, arena, &mut again);
        self.glides.clear();
        for was in shown {
            let Ok(at) = again.binary_search_by_key(&was.id, |craft| craft.id) else {
                continue;
            };
            let is = &again[at];
            let offset: [f32; 2] = std::array::from_fn(|axis| was.pos[axis] - is.pos[axis]);
            let tiles = (offset[0] * offset[0] + offset[1] * offset[1]).sqrt();
            if is.life == was.life && (GLIDE_TILES_MIN..GLIDE_TILES_MAX).contains(&tiles) {
                let life = is.life;
                self.glides.push((was.id, Glide { life, offset }));
            }
        }
        self.again = again;
    }

    /// Fills `out` with everybody as they were at `tick`, as far as is known.
    fn place(&self, tick: f64, arena: &Arena, out: &mut Vec<SceneCraft>) {
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
            .filter(|new| new.craft.life == old.craft.life)
            .unwrap_or(old);
        let (a, b) = (
            old.craft.motion.pos.to_tiles(),
            new.craft.motion.pos.to_tiles(),
        );
        let turned = f32::from(old.aim.turn_to(new.aim)) * part;
        out.push(SceneCraft {
            pos: on_the_way(a, b, part),
            aim: Angle(old.aim.0.wrapping_add_signed(turned as i16)).radians(),
            ..SceneCraft::of(*id, &old.craft, &arena.tuning)
        });
    }
}

fn beyond(last: &Frame, tick: f64, arena: &Arena, out: &mut Vec<SceneCraft>) {
    // The clock that says what to show doesn't go far beyond; this is for one that would.
    let ahead = (tick - f64::from(last.tick)).clamp(0.0, f64::from(arena.tuning.tick_hz));
    let (whole, part) = (ahead as u32, ahead.fract() as f32);
    for (id, seen) in &last.crafts {
        let craft = seen.craft;
        let has_haste = craft.flags.has(CraftFlags::HASTE);
        let a = extrapolate(craft.motion, craft.steer, has_haste, whole, arena);
        let b = extrapolate(a, craft.steer, has_haste, 1, arena);
        out.push(SceneCraft {
            pos: on_the_way(a.pos.to_tiles(), b.pos.to_tiles(), part),
            vel: per_second(a.vel, &arena.tuning),
            aim: seen.aim.radians(),
            ..SceneCraft::of(*id, &craft, &arena.tuning)
        });
    }
}

/// What is left of a glide after so many ticks. Within a tick the power is taken as a straight line: nobody sees it.
fn shrunk(ticks: f64) -> f32 {
    let whole: f32 = (0..ticks as u32).map(|_| OTHERS_GLIDE).product();
    whole * (1.0 - ticks.fract() as f32 * (1.0 - OTHERS_GLIDE))
}

fn on_the_way(from: [f32; 2], to: [f32; 2], part: f32) -> [f32; 2] {
    std::array::from_fn(|axis| from[axis] + (to[axis] - from[axis]) * part)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::motion::{CraftMotion, Pilot, step_craft};
    use crate::{Map, Rules, Steer, Vec2};

    const SOMEBODY: PlayerId = PlayerId(3);

    fn hall() -> Arena {
        let wall = "#".repeat(20);
        let row = format!("#S{}#\n", ".".repeat(17));
        let map = format!("{wall}\n{}{wall}", row.repeat(10));
        Arena::new(Arc::new(Map::parse(&map).unwrap()), &Rules::default(), 60)
    }

    fn craft() -> Craft {
        let motion = CraftMotion {
            pos: Vec2::from_tiles(5.0, 5.0),
            vel: Vec2::ZERO,
        };
        let pilot = Pilot {
            life: 1,
            alive: true,
            motion,
            ..Pilot::default()
        };
        Craft::of(&pilot, 0, 0)
    }

    /// Flies on from `from` and remembers every tick up to the snapshot of `until`.
    fn fly(history: &mut History, craft: &mut Craft, from: Tick, until: Tick, arena: &Arena) {
        for tick in from..=until {
            step_craft(&mut craft.motion, craft.steer, false, arena);
            if tick < until {
                history.pass(tick, &[(SOMEBODY, *craft)]);
            } else {
                history.arrive(tick, &[(SOMEBODY, *craft)]);
            }
        }
    }

    fn off(a: [f32; 2], b: [f32; 2]) -> f32 {
        let (x, y) = (a[0] - b[0], a[1] - b[1]);
        (x * x + y * y).sqrt()
    }

    #[test]
    fn what_was_guessed_wrong_glides_to_the_truth() {
        let (arena, mut history, mut out) = (hall(), History::default(), Vec::new());
        let mut craft = craft();
        craft.steer = Steer::from_xy(1.0, 0.0);
        fly(&mut history, &mut craft, 1, 20, &arena);
        history.draw(25.0, &arena, &mut out);
        let guessed = out[0].pos;
        // In fact it turned round.
        craft.steer = Steer::from_xy(-1.0, 0.0);
        fly(&mut history, &mut craft, 21, 32, &arena);
        let truth = |history: &History, tick: f64| {
            let mut out = Vec::new();
            history.place(tick, &arena, &mut out);
            out[0].pos
        };
        let wrong_by = off(guessed, truth(&history, 25.0));
        assert!(wrong_by > 0.15, "{wrong_by}");
        history.draw(25.0, &arena, &mut out);
        assert!(off(out[0].pos, guessed) < 1e-3, "it jumped");
        let mut before = wrong_by;
        for tick in 26..=31 {
            history.draw(f64::from(tick), &arena, &mut out);
            let now = off(out[0].pos, truth(&history, f64::from(tick)));
            assert!(now < before * 0.7, "{now} after {before}");
            before = now;
        }
        assert!(before < wrong_by * 0.1, "still {before} off after 100 ms");
    }

    #[test]
    fn a_new_life_is_not_slid_there() {
        let (arena, mut history, mut out) = (hall(), History::default(), Vec::new());
        let mut craft = craft();
        fly(&mut history, &mut craft, 1, 4, &arena);
        history.draw(6.0, &arena, &mut out);
        craft.life = 2;
        craft.motion.pos = Vec2::from_tiles(6.0, 7.0);
        fly(&mut history, &mut craft, 5, 8, &arena);
        history.draw(6.5, &arena, &mut out);
        assert!(off(out[0].pos, [6.0, 7.0]) < 1e-3 && out[0].life == 2);
    }

    #[test]
    fn an_aim_turns_evenly_from_snapshot_to_snapshot() {
        let (arena, mut history, mut out) = (hall(), History::default(), Vec::new());
        let mut craft = craft();
        fly(&mut history, &mut craft, 1, 4, &arena);
        // On the way it is not known yet; it comes with the snapshot.
        history.pass(5, &[(SOMEBODY, craft)]);
        history.pass(6, &[(SOMEBODY, craft)]);
        history.pass(7, &[(SOMEBODY, craft)]);
        craft.aim = 64;
        history.arrive(8, &[(SOMEBODY, craft)]);
        for (tick, quarters) in [(4.0, 0.0), (5.0, 0.25), (6.5, 0.625), (8.0, 1.0)] {
            history.draw(tick, &arena, &mut out);
            let wanted = quarters * std::f32::consts::FRAC_PI_2;
            assert!((out[0].aim - wanted).abs() < 0.01, "{tick}: {}", out[0].aim);
        }
    }
}
