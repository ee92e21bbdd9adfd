//! The own craft ahead of the server: every input is stepped at once with the shared motion and kept until the server's
//! state for its tick arrives. The two states are integers from the same code, so they are compared exactly.

use std::collections::VecDeque;

use super::interpolate::{GLIDE, GLIDE_TILES_MAX};
use super::{CORRECTION_BOUNDS, SessionStats};
use crate::geometry::TILE;
use crate::motion::{Fired, Pilot, step_pilot};
use crate::{Angle, Arena, Input, PlayerId, Tick, Vec2};

/// Ticks of prediction kept: over two seconds at 60 Hz; a line slower than that can't be predicted over.
const STEPS_MAX: usize = 128;

#[derive(Clone, Copy, Debug)]
struct Step {
    tick: Tick,
    input: Input,
    made_us: u64,
    /// The pilot after this tick.
    pilot: Pilot,
}

#[derive(Debug)]
pub(super) struct Prediction {
    tick: Tick,
    pilot: Pilot,
    before: Pilot,
    steps: VecDeque<Step>,
    /// What is still to be smoothed away: shown minus predicted position, in tiles.
    glide: [f32; 2],
    /// Up to this tick nobody steered: where the craft is then was not predicted but lost.
    lost: Tick,
}

impl Prediction {
    pub(super) fn new(tick: Tick) -> Self {
        // Grows to what the line needs: a few steps, where many sessions share a processor's cache.
        let steps = VecDeque::new();
        Prediction {
            tick,
            pilot: Pilot::default(),
            before: Pilot::default(),
            steps,
            glide: [0.0; 2],
            lost: 0,
        }
    }

    /// The newest predicted tick.
    pub(super) fn tick(&self) -> Tick {
        self.tick
    }

    /// The own craft after that tick.
    pub(super) fn pilot(&self) -> &Pilot {
        &self.pilot
    }

    /// Where the own craft is after `tick`, if that is still kept, and where it aims, if it sends shots back there.
    pub(super) fn deflects_at(&self, tick: Tick) -> Option<(Vec2, Angle)> {
        let step = self.steps.iter().find(|step| step.tick == tick)?;
        let pilot = &step.pilot;
        let does = pilot.alive && pilot.deflects(tick) && !pilot.is_protected(tick);
        does.then_some((pilot.motion.pos, step.input.aim))
    }

    pub(super) fn input(&self) -> Input {
        self.steps.back().map(|step| step.input).unwrap_or_default()
    }

    /// When the input for `tick` was made.
    pub(super) fn made_at(&self, tick: Tick) -> Option<u64> {
        self.steps
            .front()
            .filter(|step| step.tick == tick)
            .map(|step| step.made_us)
    }

    /// No craft until the server says so; inputs go on.
    pub(super) fn forget_craft(&mut self) {
        self.pilot = Pilot::default();
        self.before = Pilot::default();
        self.steps.clear();
        self.glide = [0.0; 2];
    }

    /// Nobody steers up to `tick`.
    pub(super) fn lose(&mut self, tick: Tick) {
        self.lost = self.lost.max(tick);
        self.glide = [0.0; 2];
    }

    /// Gives up predicting the ticks before `earliest`; returns how many those are.
    pub(super) fn skip_to(&mut self, earliest: Tick) -> Tick {
        if earliest <= self.tick {
            return 0;
        }
        let skipped = earliest - self.tick;
        self.tick = earliest;
        self.steps.clear();
        self.before = self.pilot;
        self.lose(earliest);
        skipped
    }

    /// One more tick with `input`; returns what it fires.
    pub(super) fn predict(
        &mut self,
        input: Input,
        me: PlayerId,
        made_us: u64,
        arena: &Arena,
    ) -> Option<Fired> {
        self.tick += 1;
        self.before = self.pilot;
        let fired = step_pilot(&mut self.pilot, me, &input, self.tick, arena);
        if self.steps.len() >= STEPS_MAX {
            self.steps.pop_front();
        }
        self.steps.push_back(Step {
            tick: self.tick,
            input,
            made_us,
            pilot: self.pilot,
        });
        self.glide = self.glide.map(|offset| offset * GLIDE);
        fired
    }

    /// The server's word for `tick`. Returns nothing if it is what was predicted; else everything since is predicted
    /// again (`refired` takes what is fired) and the distance by which the present moved is returned, in tiles: 0 if there
    /// was nothing that could have been wrong, because ticks had been left out.
    pub(super) fn reconcile(
        &mut self,
        tick: Tick,
        truth: &Pilot,
        me: PlayerId,
        arena: &Arena,
        refired: &mut Vec<(Tick, Fired)>,
    ) -> Option<f32> {
        while self.steps.front().is_some_and(|step| step.tick < tick) {
            self.steps.pop_front();
        }
        let predicted = self
            .steps
            .front()
            .filter(|step| step.tick == tick)
            .map(|step| step.pilot);
        if predicted.is_some_and(|pilot| pilot == *truth) {
            return None;
        }
        let shown = self.pilot.motion.pos;
        let life = self.pilot.life;
        self.pilot = *truth;
        self.before = *truth;
        self.tick = self.tick.max(tick);
        for step in self.steps.iter_mut().filter(|step| step.tick > tick) {
            self.before = self.pilot;
            if let Some(fired) = step_pilot(&mut self.pilot, me, &step.input, step.tick, arena) {
                refired.push((step.tick, fired));
            }
            step.pilot = self.pilot;
        }
        if let Some(step) = self.steps.front_mut().filter(|step| step.tick == tick) {
            step.pilot = *truth;
        }
        if tick <= self.lost {
            return Some(0.0);
        }
        Some(self.glide_from(shown, self.pilot.life == life))
    }

    fn glide_from(&mut self, shown: Vec2, same_life: bool) -> f32 {
        let moved = shown - self.pilot.motion.pos;
        let tiles = moved.length() as f32 / TILE as f32;
        let [x, y] = moved.to_tiles();
        self.glide = [self.glide[0] + x, self.glide[1] + y];
        if !same_life || tiles > GLIDE_TILES_MAX {
            self.glide = [0.0; 2];
        }
        tiles
    }

    /// How far the craft is shown from where it is, in tiles.
    pub(super) fn off(&self) -> f32 {
        let [x, y] = self.glide;
        (x * x + y * y).sqrt()
    }

    /// The clock leapt, so that more ticks were predicted at once than have passed: from where the craft was shown it glides
    /// to where it is, `fraction` between the last two ticks.
    pub(super) fn glide_on_from(&mut self, was: [f32; 2], fraction: f32) {
        self.glide = [0.0; 2];
        let is = self.shown(fraction);
        self.glide = [was[0] - is[0], was[1] - is[1]];
        if self.off() > GLIDE_TILES_MAX {
            self.glide = [0.0; 2];
        }
    }

    /// Where to draw the own craft, in tiles: between the last two predicted ticks, less what is left of a correction.
    pub(super) fn shown(&self, fraction: f32) -> [f32; 2] {
        let to = self.pilot.motion.pos.to_tiles();
        if self.before.life != self.pilot.life {
            return to;
        }
        let from = self.before.motion.pos.to_tiles();
        std::array::from_fn(|axis| {
            from[axis] + (to[axis] - from[axis]) * fraction + self.glide[axis]
        })
    }
}

/// Corrections within so many ticks of the first are one: to the eye it is one movement.
const ONE_CORRECTION_TICKS: Tick = 15;

/// The newest correction.
#[derive(Debug, Default)]
pub(super) struct Correction {
    began: Option<Tick>,
    tiles: f32,
}

impl Correction {
    /// The picture had to move in `tick`, and is `tiles` from the truth now.
    pub(super) fn count(&mut self, tiles: f32, tick: Tick, stats: &mut SessionStats) {
        let goes_on = |began: Tick| tick.saturating_sub(began) < ONE_CORRECTION_TICKS;
        if self.began.is_some_and(goes_on) {
            stats.correction_sizes[size_class(self.tiles)] -= 1;
            self.tiles = self.tiles.max(tiles);
        } else {
            stats.corrections += 1;
            self.began = Some(tick);
            self.tiles = tiles;
        }
        stats.correction_sizes[size_class(self.tiles)] += 1;
        stats.correction_tiles = self.tiles;
        stats.correction_max_tiles = stats.correction_max_tiles.max(self.tiles);
    }
}

fn size_class(tiles: f32) -> usize {
    let bounds = CORRECTION_BOUNDS.len();
    let fits = CORRECTION_BOUNDS.iter().position(|bound| tiles <= *bound);
    fits.unwrap_or(bounds - 1)
}
