//! Everything that exists only after the welcome: the arena, the newest view, and the machines that run on them.

use std::collections::VecDeque;
use std::sync::Arc;

use super::beams::Beams;
use super::input_clock::InputClock;
use super::interpolate::History;
use super::predict::{Correction, Prediction};
use super::server_clock::ServerClock;
use super::tracer::{Pellet, Tracers};
use super::{Grounds, SessionError, SessionEvent, trim};
use crate::message::MatchStart;
use crate::motion::{Beam, Fired, Pilot, Shot};
use crate::view::RosterSum;
use crate::wire::encode;
use crate::{
    Arena, ClientMessage, InputBatch, Intent, PlayerId, SeenAgo, Snapshot, TICK_MAX, Tick, View,
    Welcome,
};

/// The inputs of a message share one word on what was shown. One with which something is fired goes into another message if
/// that word is off by more, in 1/256 tick.
const SEEN_TOLERANCE: u16 = 2;

/// A driver that has made no ticks for so long is asleep.
const ASLEEP_US: u64 = 250_000;
/// A correction of less is not seen: half a pixel of a large screen, in tiles.
const SEEN_TILES_MIN: f32 = 1.0 / 128.0;

/// Everything that exists only after the welcome.
#[derive(Debug)]
pub(super) struct Joined {
    pub(super) welcome: Box<Welcome>,
    pub(super) arena: Arc<Arena>,
    pub(super) view: View,
    pub(super) input_clock: InputClock,
    pub(super) server_clock: ServerClock,
    pub(super) prediction: Prediction,
    pub(super) correction: Correction,
    pub(super) unsent: InputBatch,
    /// How many ticks are being predicted in one go.
    pub(super) made_at_once: Tick,
    pub(super) history: History,
    pub(super) tracers: Tracers,
    pub(super) beams: Beams,
    /// What was fired again while predicting anew; kept for its memory.
    pub(super) refired: Vec<(Tick, Fired)>,
    pub(super) refired_shots: Vec<(Tick, Pellet, Shot)>,
    pub(super) roster_revision: u32,
    pub(super) roster_sum: RosterSum,
}

impl Joined {
    /// The welcome came `took_us` after the hello, if that is known.
    pub(super) fn new(
        welcome: Box<Welcome>,
        took_us: Option<u64>,
        now_us: u64,
    ) -> Result<Joined, SessionError> {
        check(&welcome.start)?;
        let arena = Arena::new(
            Arc::clone(&welcome.start.map),
            &welcome.start.rules,
            welcome.tick_hz,
        );
        let (tick, hz) = (welcome.start.tick, welcome.tick_hz);
        let input_clock = InputClock::new(tick, hz, took_us, now_us);
        Ok(Joined {
            arena: Arc::new(arena),
            view: View {
                me: welcome.player,
                tick,
                ..View::default()
            },
            prediction: Prediction::new(tick),
            correction: Correction::default(),
            input_clock,
            server_clock: ServerClock::new(hz),
            unsent: InputBatch::default(),
            made_at_once: 0,
            history: History::default(),
            tracers: Tracers::default(),
            beams: Beams::default(),
            refired: Vec::new(),
            refired_shots: Vec::new(),
            roster_revision: 1,
            roster_sum: RosterSum::default(),
            welcome,
        })
    }

    /// Ticks that are still made up for when the driver slept: a quarter of a second.
    pub(super) fn longest_catch_up(&self) -> Tick {
        Tick::from(self.welcome.tick_hz) / 4
    }

    /// Whether the driver has made no ticks for so long that nobody can have looked.
    pub(super) fn is_asleep(&self, now_us: u64) -> bool {
        now_us.saturating_sub(self.input_clock.now_us()) > ASLEEP_US
    }

    /// Ticks of input that travel together: as the server likes, so that it hears of them as early as it can afford.
    pub(super) fn inputs_per_message(&self) -> usize {
        let asked = usize::from(self.welcome.inputs_per_message.clamp(1, 4));
        // The fewer messages, the fewer are lost and hold up what is behind them.
        if self.input_clock.often_held_up() > 0.25 {
            return asked.max(2);
        }
        asked
    }

    pub(super) fn me(&self) -> PlayerId {
        self.welcome.player
    }

    /// Where and by which numbers it plays.
    pub(super) fn grounds(&self) -> Grounds {
        Grounds {
            arena: Arc::clone(&self.arena),
            rules: Arc::clone(&self.welcome.start.rules),
        }
    }

    /// Uses `grounds` from now on if they are the same as its own.
    pub(super) fn share_grounds(&mut self, grounds: &Grounds) -> bool {
        let is_same = self.grounds() == *grounds;
        if is_same {
            let Grounds { arena, rules } = grounds.clone();
            self.welcome.start.map = Arc::clone(&arena.map);
            (self.welcome.start.rules, self.arena) = (rules, arena);
        }
        is_same
    }

    /// The next match: a new arena and an empty view; the clocks go on.
    pub(super) fn start_match(&mut self, start: MatchStart) -> Result<(), SessionError> {
        check(&start)?;
        let arena = Arena::new(Arc::clone(&start.map), &start.rules, self.welcome.tick_hz);
        self.arena = Arc::new(arena);
        self.view = View {
            me: self.welcome.player,
            tick: start.tick,
            ..View::default()
        };
        self.prediction.forget_craft();
        self.history.clear();
        self.tracers.clear();
        self.beams.clear();
        self.roster_revision += 1;
        self.welcome.start = start;
        Ok(())
    }

    pub(super) fn predict_tick(
        &mut self,
        intent: Intent,
        drawn: bool,
        transmit: &mut VecDeque<Vec<u8>>,
        events: &mut VecDeque<SessionEvent>,
    ) {
        let made_us = self.input_clock.now_us();
        let fired = self
            .prediction
            .predict(intent, self.welcome.player, made_us, &self.arena);
        let tick = self.prediction.tick();
        let seen_ago = self.seen_ago(tick, drawn);
        // What is fired is judged by the very picture in which it was aimed.
        if fired.is_some() && seen_ago.0.abs_diff(self.unsent.seen_ago.0) > SEEN_TOLERANCE {
            self.flush_inputs(transmit);
        }
        if self.unsent.inputs.is_empty() {
            (self.unsent.first_tick, self.unsent.seen_ago) = (tick, seen_ago);
        }
        self.unsent.inputs.push(intent);
        match fired {
            Some(Fired::Shots(volley)) if drawn => {
                for (pellet, shot) in (0..).zip(volley.shots(&self.arena)) {
                    self.tracers.predicted(shot, tick, pellet);
                }
            }
            Some(Fired::Beam(beam)) => self.show_own_beam(&beam, tick, events),
            Some(Fired::Shots(_)) | None => {}
        }
    }

    /// How far before `tick` the others are shown. Who draws nothing works with where they will be by then.
    fn seen_ago(&self, tick: Tick, drawn: bool) -> SeenAgo {
        if !drawn {
            return SeenAgo::default();
        }
        let shown = self.server_clock.shown();
        let shown = shown.unwrap_or(f64::from(self.view.tick));
        SeenAgo::from_ticks(f64::from(tick) - shown)
    }

    fn show_own_beam(&mut self, beam: &Beam, tick: Tick, events: &mut VecDeque<SessionEvent>) {
        if self.beams.predicted(tick, beam.weapon, &self.arena.tuning) {
            events.push_back(SessionEvent::beam(beam, self.me(), &self.arena));
            trim(events);
        }
    }

    pub(super) fn flush_inputs(&mut self, transmit: &mut VecDeque<Vec<u8>>) {
        if self.unsent.inputs.is_empty() {
            return;
        }
        let inputs = std::mem::take(&mut self.unsent.inputs);
        let batch = InputBatch {
            first_tick: self.unsent.first_tick,
            seen_ago: self.unsent.seen_ago,
            inputs,
        };
        self.input_clock.sent(batch.first_tick, self.made_at_once);
        transmit.push_back(encode(&ClientMessage::Inputs(batch)));
        trim(transmit);
    }

    /// Where the own craft is drawn when the clock is at `present`, in tiles.
    pub(super) fn shown_own(&self, present: f64) -> [f32; 2] {
        self.prediction.shown(self.fraction(present))
    }

    /// The clock leapt to `present`: the own craft glides on from where it was shown.
    pub(super) fn glide_on_from(&mut self, shown: [f32; 2], present: f64) {
        let fraction = self.fraction(present);
        self.prediction.glide_on_from(shown, fraction);
    }

    /// How far between the last two predicted ticks `present` is.
    fn fraction(&self, present: f64) -> f32 {
        (present - f64::from(self.prediction.tick())).clamp(0.0, 1.0) as f32
    }

    /// Compares the prediction with the truth; returns the size of the correction, if the flight differed.
    pub(super) fn reconcile(
        &mut self,
        snapshot: &Snapshot,
        was: &Pilot,
        drawn: bool,
        now_us: u64,
        events: &mut VecDeque<SessionEvent>,
    ) -> Option<f32> {
        let (tick, me) = (self.view.tick, self.me());
        let same_life = was.life == self.view.own.life && was.alive && self.view.own.alive;
        if self.is_asleep(now_us) {
            self.prediction.lose(tick);
        }
        self.refired.clear();
        let outcome =
            self.prediction
                .reconcile(tick, &self.view.own, me, &self.arena, &mut self.refired);
        if f64::from(tick) > self.input_clock.position_at(now_us) {
            self.input_clock.leap_to(tick, now_us);
        }
        self.refired_shots.clear();
        let mut refired = std::mem::take(&mut self.refired);
        for (tick, fired) in refired.drain(..) {
            match fired {
                Fired::Shots(volley) => {
                    let shots = (0..).zip(volley.shots(&self.arena));
                    let shots = shots.map(|(pellet, shot)| (tick, pellet, shot));
                    self.refired_shots.extend(shots);
                }
                Fired::Beam(beam) => self.show_own_beam(&beam, tick, events),
            }
        }
        self.refired = refired;
        if drawn {
            if outcome.is_some() {
                self.tracers.predict_again(tick, &self.refired_shots);
            }
            self.tracers.on_snapshot(snapshot, &self.view, &self.arena);
        }
        outcome.filter(|tiles| same_life && *tiles >= SEEN_TILES_MIN)
    }
}

/// A server may be anything; what it says must be something that can be computed with.
fn check(start: &MatchStart) -> Result<(), SessionError> {
    if start.tick > TICK_MAX {
        return Err(SessionError::Tick(start.tick));
    }
    Ok(start.rules.validate()?)
}
