//! The own craft ahead of the server: every input is stepped at once with the shared motion and kept until the server's
//! state for its tick arrives. The two states are integers from the same code, so they are compared exactly.

use std::collections::VecDeque;

use crate::geometry::TILE;
use crate::motion::{Fired, Pilot, step_pilot};
use crate::{Arena, Input, PlayerId, Tick, Vec2};

/// Ticks of prediction kept: over two seconds at 60 Hz; a line slower than that can't be predicted over.
const STEPS_MAX: usize = 128;
/// A correction is shown as a glide that shrinks by this factor per tick: a tenth is left after 100 ms.
const GLIDE: f32 = 0.68;
/// A correction over this many tiles is a jump, not a glide.
const GLIDE_TILES_MAX: f32 = 3.0;

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
}

impl Prediction {
    pub(super) fn new(tick: Tick) -> Self {
        let steps = VecDeque::with_capacity(STEPS_MAX);
        Prediction {
            tick,
            pilot: Pilot::default(),
            before: Pilot::default(),
            steps,
            glide: [0.0; 2],
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

    /// Gives up predicting the ticks before `earliest`; returns how many those are.
    pub(super) fn skip_to(&mut self, earliest: Tick) -> Tick {
        if earliest <= self.tick {
            return 0;
        }
        let skipped = earliest - self.tick;
        self.tick = earliest;
        self.steps.clear();
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
    /// again (`refired` takes what is fired) and the distance by which the present moved is returned, in tiles.
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
