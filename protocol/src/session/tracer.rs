//! Shots, computed locally from their birth. The own ones are shown at the predicted present, from the frame in which
//! the trigger was pulled; everybody else's leave the muzzle when their craft is shown firing, and then gain on the
//! present, so that by the time one is near it is where the server will judge it. What the own craft sends back is turned
//! at once, and settled when the server has spoken of that tick.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use super::predict::Prediction;
use super::scene::{SceneShot, SessionEvent, per_second};
use crate::motion::{CATCH_UP_TICKS, End, Segment, Shot, ShotStep, step_shot};
use crate::view::find;
use crate::{Angle, Arena, PlayerId, ShotId, Snapshot, Tick, Vec2, View};

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
    /// As it was when it was first known, or sent back.
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
    /// The own craft sent it back in this tick, by prediction.
    turned: Option<Tick>,
}

/// What the own craft does to others' shots, as far as is known here.
#[derive(Clone, Copy)]
pub(super) struct Deflector<'a> {
    pub(super) view: &'a View,
    pub(super) prediction: &'a Prediction,
}

impl Deflector<'_> {
    /// Where on its piece a shot is sent back in `tick`, and along which aim.
    fn meets(
        &self,
        shot: &Shot,
        segment: &Segment,
        tick: Tick,
        arena: &Arena,
    ) -> Option<(Vec2, Angle)> {
        if shot.owner == self.view.me || !self.view.match_state.phase.is_dangerous() {
            return None;
        }
        let (pos, aim) = self.prediction.deflects_at(tick)?;
        let radius = shot.tuning(arena).shot_radius;
        let met = segment.deflected_at(pos, aim, radius, &arena.tuning)?;
        (!self.is_mate(shot.owner)).then_some((met, aim))
    }

    fn is_mate(&self, other: PlayerId) -> bool {
        let team_of = |player| self.view.player(player).and_then(|entry| entry.team);
        let team = team_of(self.view.me);
        team.is_some() && team == team_of(other)
    }
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
        self.settle(view);
        // What was predicted for this tick or earlier and isn't there was a misfire, or has already hit something.
        self.tracers
            .retain(|t| t.birth > tick || (t.id.is_some() && !t.over));
        // Nobody drew for a long while: shots live 255 ticks at most.
        self.tracers.retain(|t| tick.saturating_sub(t.birth) < 512);
    }

    /// What the own craft was to have sent back by now, it has, or the shot flies on as it did.
    fn settle(&mut self, view: &View) {
        let is_due = |tracer: &&mut Tracer| tracer.turned.is_some_and(|turned| turned <= view.tick);
        for tracer in self.tracers.iter_mut().filter(is_due) {
            tracer.turned = None;
            match tracer.id.and_then(|id| find(&view.shots, id)) {
                Some(shot) if shot.birth(view.tick) == tracer.birth => {}
                Some(shot) => {
                    tracer.birth = shot.birth(view.tick);
                    tracer.restart(*shot, view.tick);
                }
                // It has met something else, or is out of sight.
                None => tracer.gone = tracer.gone.or(Some(view.tick)),
            }
        }
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
            if old.birth == birth && old.turned.is_some() && old.leads_to(shot, arena) {
                return;
            }
            if old.birth == birth || (old.turned.is_some() && shot.owner == me) {
                // A new course: start over from here.
                old.birth = birth;
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
            turned: None,
        });
    }

    /// Steps every tracer to the tick it is shown at, and fills `out`.
    pub(super) fn draw(
        &mut self,
        past: f64,
        present: f64,
        own: Deflector<'_>,
        arena: &Arena,
        out: &mut Vec<SceneShot>,
        events: &mut VecDeque<SessionEvent>,
    ) {
        out.clear();
        self.tracers.retain_mut(|tracer| {
            let shown = if tracer.shot.owner == own.view.me {
                present
            } else {
                tracer.catch_up(past, present)
            };
            tracer.over = tracer.over || !tracer.draw(shown, own, arena, out, events);
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
        self.turned = None;
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
        own: Deflector<'_>,
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
            if let ShotStep::Ended(end) = self.step(own, arena, events) {
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

    fn step(
        &mut self,
        own: Deflector<'_>,
        arena: &Arena,
        events: &mut VecDeque<SessionEvent>,
    ) -> ShotStep {
        self.before = self.shot.pos;
        self.at += 1;
        let (was, at) = (self.shot, self.at);
        let (owner, bounces_max) = (was.owner, was.tuning(arena).bounces);
        let mut met = None;
        let step = step_shot(&mut self.shot, arena, |segment| {
            met = own.meets(&was, segment, at, arena);
            if met.is_some() {
                return ControlFlow::Break(());
            }
            if let Some(bounce) = segment.bounce.filter(|_| segment.bounces < bounces_max) {
                events.push_back(SessionEvent::Bounce {
                    owner,
                    pos: bounce.pos.to_tiles(),
                    normal: bounce.normal,
                    bounces: segment.bounces + 1,
                });
            }
            ControlFlow::Continue(())
        });
        let Some((pos, aim)) = met else { return step };
        self.shot = self.shot.sent_back(own.view.me, pos, aim);
        (self.origin, self.birth, self.turned) = (self.shot, at, Some(at));
        ShotStep::Flying
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::match_state::MatchState;
    use crate::message::Team;
    use crate::motion::{CraftMotion, Pilot};
    use crate::snapshot::ShotNews;
    use crate::view::{RosterEntry, Score};
    use crate::{Buttons, Input, Map, Phase, Rules, Weapon};

    const ME: PlayerId = PlayerId(1);
    const THEM: PlayerId = PlayerId(2);
    const SHOT: ShotId = ShotId(5);
    /// The shot is first told of in this tick, four tiles to the right of the own craft.
    const TOLD: Tick = 100;

    /// Somebody's shot comes along a hall towards the own craft, which deflects.
    struct Hall {
        arena: Arena,
        view: View,
        prediction: Prediction,
        tracers: Tracers,
        events: VecDeque<SessionEvent>,
    }

    impl Hall {
        fn new(mates: bool) -> Self {
            let wall = "#".repeat(20);
            let row = format!("#S{}#\n", ".".repeat(17));
            let map = Map::parse(&format!("{wall}\n{}{wall}", row.repeat(10))).unwrap();
            let arena = Arena::new(Arc::new(map), &Rules::default(), 60);
            let own = Pilot {
                life: 1,
                alive: true,
                motion: CraftMotion {
                    pos: Vec2::from_tiles(5.0, 5.0),
                    vel: Vec2::ZERO,
                },
                ..Pilot::default()
            };
            let shot = Shot {
                owner: THEM,
                weapon: Weapon(0),
                pos: Vec2::from_tiles(9.0, 5.0),
                heading: Angle(1 << 15),
                bounces: 0,
                age: 20,
            };
            let entry = |team| RosterEntry {
                name: "".into(),
                bot: false,
                team: Some(team),
                score: Score::default(),
                ping_ms: 0,
            };
            let theirs = if mates { Team::Blue } else { Team::Orange };
            let view = View {
                me: ME,
                tick: TOLD,
                own,
                match_state: MatchState {
                    phase: Phase::Live,
                    ..MatchState::default()
                },
                shots: vec![(SHOT, shot)],
                roster: Arc::new(vec![(ME, entry(Team::Blue)), (THEM, entry(theirs))]),
                ..View::default()
            };
            let mut hall = Hall {
                arena,
                view,
                prediction: Prediction::new(TOLD),
                tracers: Tracers::default(),
                events: VecDeque::new(),
            };
            let mut refired = Vec::new();
            let own = hall.view.own;
            hall.prediction
                .reconcile(TOLD, &own, ME, &hall.arena, &mut refired);
            hall.tell(true);
            hall
        }

        /// The snapshot of the view's tick comes.
        fn tell(&mut self, names_the_shot: bool) {
            let named = self.view.shots.iter().filter(|_| names_the_shot);
            let snapshot = Snapshot {
                shots: named
                    .map(|(id, shot)| (*id, ShotNews::Seen(*shot)))
                    .collect(),
                ..Snapshot::default()
            };
            self.tracers.on_snapshot(&snapshot, &self.view, &self.arena);
        }

        /// Deflects towards the shot, and flies on to `tick`; where the shot is drawn then, and whose it is.
        fn fly_to(&mut self, tick: Tick) -> Vec<(f32, PlayerId)> {
            let mut out = Vec::new();
            while self.prediction.tick() < tick {
                let input = Input {
                    buttons: Buttons::DEFLECT,
                    ..Input::default()
                };
                self.prediction.predict(input, ME, 0, &self.arena);
                let now = f64::from(self.prediction.tick());
                let own = Deflector {
                    view: &self.view,
                    prediction: &self.prediction,
                };
                self.tracers
                    .draw(now, now, own, &self.arena, &mut out, &mut self.events);
            }
            out.iter().map(|shot| (shot.pos[0], shot.owner)).collect()
        }

        /// The server says what became of the shot until the tick that is predicted now.
        fn server_says(&mut self, shot: Option<Shot>, names_it: bool) {
            self.view.tick = self.prediction.tick();
            self.view.shots = shot.into_iter().map(|shot| (SHOT, shot)).collect();
            self.tell(names_it);
        }

        fn drawn(&mut self) -> Vec<(f32, PlayerId)> {
            let next = self.prediction.tick() + 1;
            self.fly_to(next)
        }
    }

    /// As the server flies it if nobody is in its way.
    fn flown(hall: &Hall, ticks: u32) -> Shot {
        let mut shot = hall.view.shots[0].1;
        for _ in 0..ticks {
            step_shot(&mut shot, &hall.arena, |_| ControlFlow::Continue(()));
        }
        shot
    }

    #[test]
    fn what_the_own_craft_deflects_is_turned_before_the_server_says_so() {
        let mut hall = Hall::new(false);
        let near = hall.fly_to(TOLD + 5);
        assert_eq!(near.len(), 1);
        assert_eq!(near[0].1, THEM);
        let turned = hall.fly_to(TOLD + 13);
        assert_eq!(turned[0].1, ME, "{turned:?}");
        let on = hall.fly_to(TOLD + 16);
        assert!(on[0].0 > turned[0].0, "it flies back: {turned:?}, {on:?}");
        assert!(on[0].0 > 5.0, "and never went through: {on:?}");
    }

    #[test]
    fn what_the_server_confirms_is_drawn_on_without_a_jump_and_told_once() {
        let mut hall = Hall::new(false);
        hall.fly_to(TOLD + 16);
        let truth = hall.tracers.tracers[0].shot;
        let (mut other, events) = (Hall::new(false), hall.events.len());
        other.fly_to(TOLD + 16);
        hall.server_says(Some(truth), true);
        assert_eq!(hall.drawn(), other.drawn());
        assert_eq!(hall.events.len(), events);
        assert_eq!(hall.tracers.tracers.len(), 1);
    }

    #[test]
    fn what_was_not_sent_back_after_all_flies_on_as_it_did() {
        let mut hall = Hall::new(false);
        let truth = flown(&hall, 16);
        assert_eq!(hall.fly_to(TOLD + 16)[0].1, ME);
        hall.server_says(Some(truth), false);
        let drawn = hall.drawn();
        assert_eq!(drawn.len(), 1);
        assert_eq!(drawn[0].1, THEM);
        assert!(drawn[0].0 < 5.0, "{drawn:?}");
    }

    #[test]
    fn what_hit_after_all_is_gone() {
        let mut hall = Hall::new(false);
        hall.fly_to(TOLD + 16);
        hall.server_says(None, false);
        assert!(hall.drawn().is_empty());
    }

    #[test]
    fn shots_of_mates_pass() {
        let mut hall = Hall::new(true);
        let drawn = hall.fly_to(TOLD + 16);
        assert_eq!(drawn[0].1, THEM);
        assert!(drawn[0].0 < 5.0, "{drawn:?}");
    }
}
