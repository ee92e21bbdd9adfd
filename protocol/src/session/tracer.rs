//! Shots, computed locally from their birth. The own ones are shown at the predicted present, from the frame in which
//! the trigger was pulled; everybody else's leave the muzzle when their craft is shown firing, and then gain on the
//! present, so that by the time one is near it is where the server will judge it.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use super::scene::{SceneShot, SessionEvent, per_second};
use crate::motion::{CATCH_UP_TICKS, End, Shot, ShotStep, step_shot};
use crate::view::find;
use crate::{Arena, PlayerId, ShotId, Snapshot, Tick, Vec2, View};

/// A shot first heard of at this age was fired in sight: snapshots come every few ticks.
const FIRED_AGE_MAX: u8 = 4;
/// Most tracers kept; a full view has a few dozen.
const TRACERS_MAX: usize = 2048;

/// Which of the shots that left at once.
pub(super) type Pellet = u8;

#[derive(Debug)]
struct Tracer {
    key: u32,
    /// Of a predicted one.
    pellet: Pellet,
    /// The server's name for it; none while it is only predicted.
    id: Option<ShotId>,
    birth: Tick,
    /// As it was when it was first known.
    origin: Shot,
    /// The shot at tick `at`, and where it was a tick before.
    shot: Shot,
    at: Tick,
    before: Vec2,
    /// The server said it ended by this tick.
    gone: Option<Tick>,
    announced: bool,
    /// Seen to its end before the server has spoken of it: not drawn again, but known when it does.
    over: bool,
}

#[derive(Debug, Default)]
pub(super) struct Tracers {
    tracers: Vec<Tracer>,
    next_key: u32,
}

impl Tracers {
    pub(super) fn clear(&mut self) {
        self.tracers.clear();
    }

    /// The own craft fires in `birth`, by prediction.
    pub(super) fn predicted(&mut self, shot: Shot, birth: Tick, pellet: Pellet) {
        self.add(shot, birth, None, pellet);
    }

    /// The ticks after `tick` were predicted anew, and these are the shots fired in them now.
    pub(super) fn predict_again(&mut self, tick: Tick, fired: &[(Tick, Pellet, Shot)]) {
        let fired_in = |birth: Tick, pellet: Pellet| {
            let mut fired = fired.iter();
            fired.find(|(born, which, _)| (*born, *which) == (birth, pellet))
        };
        self.tracers.retain_mut(|tracer| {
            if tracer.id.is_some() || tracer.birth <= tick {
                return true;
            }
            let Some((birth, _, shot)) = fired_in(tracer.birth, tracer.pellet) else {
                return false;
            };
            if tracer.origin != *shot {
                tracer.origin = *shot;
                tracer.restart(*shot, *birth);
            }
            true
        });
        for (birth, pellet, shot) in fired {
            let is_this = |t: &Tracer| t.id.is_none() && (t.birth, t.pellet) == (*birth, *pellet);
            if !self.tracers.iter().any(is_this) {
                self.add(*shot, *birth, None, *pellet);
            }
        }
    }

    /// Takes in what a snapshot says about shots.
    pub(super) fn on_snapshot(&mut self, snapshot: &Snapshot, view: &View, arena: &Arena) {
        let (tick, me) = (view.tick, view.me);
        for id in &snapshot.shots_gone {
            if let Some(tracer) = self
                .tracers
                .iter_mut()
                .find(|t| t.id == Some(*id) && t.gone.is_none())
            {
                tracer.gone = Some(tick);
            }
        }
        for (id, _) in &snapshot.shots {
            if let Some(shot) = find(&view.shots, *id) {
                self.born(*id, shot, tick, me, arena);
            }
        }
        // What was predicted for this tick or earlier and isn't there was a misfire, or has already hit something.
        self.tracers
            .retain(|t| t.birth > tick || (t.id.is_some() && !t.over));
        // Nobody drew for a long while: shots live 255 ticks at most.
        self.tracers.retain(|t| tick.saturating_sub(t.birth) < 512);
    }

    /// Nobody saw what happened until now: what the server knows to fly is there, and nothing else ever was.
    pub(super) fn skip(&mut self, view: &View) {
        self.tracers.retain_mut(|tracer| {
            let shot = tracer.id.and_then(|id| find(&view.shots, id));
            let Some(shot) = shot.filter(|shot| shot.birth(view.tick) == tracer.birth) else {
                return tracer.id.is_none() && tracer.birth > view.tick;
            };
            tracer.restart(*shot, view.tick);
            tracer.announced = true;
            true
        });
    }

    fn born(&mut self, id: ShotId, shot: &Shot, tick: Tick, me: PlayerId, arena: &Arena) {
        let birth = shot.birth(tick);
        for old in self.tracers.iter_mut().filter(|t| t.id == Some(id)) {
            if old.birth == birth {
                // A new course: start over from here.
                old.restart(*shot, tick);
                return;
            }
            old.id = None;
            old.gone = Some(tick);
        }
        let predicted =
            |t: &Tracer| shot.owner == me && t.id.is_none() && t.birth == birth && t.gone.is_none();
        // Of several that left at once, the one that becomes this; where the prediction was wrong, any.
        let exact = |t: &Tracer| predicted(t) && t.leads_to(shot, arena);
        if let Some(at) = self.tracers.iter().position(exact) {
            self.tracers[at].id = Some(id);
            return;
        }
        if let Some(tracer) = self.tracers.iter_mut().find(|t| predicted(t)) {
            tracer.id = Some(id);
            tracer.restart(*shot, tick);
            return;
        }
        self.add(*shot, tick, Some(id), 0);
    }

    fn add(&mut self, shot: Shot, at: Tick, id: Option<ShotId>, pellet: Pellet) {
        if self.tracers.len() >= TRACERS_MAX {
            self.tracers.swap_remove(0);
        }
        self.next_key = self.next_key.wrapping_add(1);
        self.tracers.push(Tracer {
            key: self.next_key,
            pellet,
            id,
            birth: shot.birth(at),
            before: shot.pos,
            origin: shot,
            shot,
            at,
            gone: None,
            announced: false,
            over: false,
        });
    }

    /// Steps every tracer to the tick it is shown at, and fills `out`.
    pub(super) fn draw(
        &mut self,
        past: f64,
        present: f64,
        me: PlayerId,
        arena: &Arena,
        out: &mut Vec<SceneShot>,
        events: &mut VecDeque<SessionEvent>,
    ) {
        out.clear();
        self.tracers.retain_mut(|tracer| {
            let shown = if tracer.shot.owner == me {
                present
            } else {
                tracer.catch_up(past, present)
            };
            tracer.over = tracer.over || !tracer.draw(shown, arena, out, events);
            !tracer.over || tracer.id.is_none()
        });
    }
}

impl Tracer {
    fn restart(&mut self, shot: Shot, at: Tick) {
        self.before = shot.pos;
        self.shot = shot;
        self.at = at;
        self.over = false;
    }

    /// Whether the shot as predicted becomes the server's.
    fn leads_to(&self, shot: &Shot, arena: &Arena) -> bool {
        let mut own = self.origin;
        while own.age < shot.age {
            if step_shot(&mut own, arena, |_| ControlFlow::Continue(())) != ShotStep::Flying {
                return false;
            }
        }
        own == *shot
    }

    fn catch_up(&self, past: f64, present: f64) -> f64 {
        let share = ((past - f64::from(self.birth)) / f64::from(CATCH_UP_TICKS)).clamp(0.0, 1.0);
        past + (present - past).max(0.0) * share
    }

    /// Returns whether the shot goes on.
    fn draw(
        &mut self,
        shown: f64,
        arena: &Arena,
        out: &mut Vec<SceneShot>,
        events: &mut VecDeque<SessionEvent>,
    ) -> bool {
        if !self.announced {
            if shown < f64::from(self.at) - 1.0 {
                return true;
            }
            self.announce(events);
        }
        // The picture lies between tick `at - 1` and tick `at`.
        while f64::from(self.at) < shown {
            if self.gone.is_some_and(|gone| self.at >= gone) {
                return self.end(End::Stopped, events);
            }
            if let ShotStep::Ended(end) = self.step(arena, events) {
                return self.end(end, events);
            }
        }
        let part = (shown - f64::from(self.at) + 1.0).clamp(0.0, 1.0) as f32;
        let (from, to) = (self.before.to_tiles(), self.shot.pos.to_tiles());
        out.push(SceneShot {
            key: self.key,
            pos: std::array::from_fn(|axis| from[axis] + (to[axis] - from[axis]) * part),
            vel: per_second(self.shot.velocity(arena), &arena.tuning),
            owner: self.shot.owner,
            weapon: self.shot.weapon,
            bounces: self.shot.bounces,
            age_s: f32::from(self.shot.age) / f32::from(arena.tuning.tick_hz),
        });
        true
    }

    /// It is seen for the first time; seen from its birth on, somebody is seen firing it.
    fn announce(&mut self, events: &mut VecDeque<SessionEvent>) {
        self.announced = true;
        if self.origin.age <= FIRED_AGE_MAX {
            let Shot {
                owner,
                weapon,
                pos,
                heading,
                ..
            } = self.origin;
            events.push_back(SessionEvent::Fired {
                owner,
                weapon,
                pos: pos.to_tiles(),
                aim: heading.radians(),
            });
        }
    }

    fn step(&mut self, arena: &Arena, events: &mut VecDeque<SessionEvent>) -> ShotStep {
        self.before = self.shot.pos;
        self.at += 1;
        let owner = self.shot.owner;
        let bounces_max = self.shot.tuning(arena).bounces;
        step_shot(&mut self.shot, arena, |segment| {
            if let Some(bounce) = segment.bounce.filter(|_| segment.bounces < bounces_max) {
                events.push_back(SessionEvent::Bounce {
                    owner,
                    pos: bounce.pos.to_tiles(),
                    normal: bounce.normal,
                    bounces: segment.bounces + 1,
                });
            }
            ControlFlow::Continue(())
        })
    }

    fn end(&self, end: End, events: &mut VecDeque<SessionEvent>) -> bool {
        let pos = self.shot.pos.to_tiles();
        events.push_back(SessionEvent::ShotEnd {
            owner: self.shot.owner,
            weapon: self.shot.weapon,
            pos,
            end,
        });
        false
    }
}
