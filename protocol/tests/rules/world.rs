//! A small server without rules: pilots fly and fire as they are told, and one of them is shown the rest.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use fracas_protocol::motion::{
    Fired, Pilot, Shot, ShotStep, Track, extrapolate, step_pilot, step_shot,
};
use fracas_protocol::rules::PickupTuning;
use fracas_protocol::snapshot::{NoTracks, Tracks, delta};
use fracas_protocol::view::{Craft, CraftFlags, MatchState, Roster, View};
use fracas_protocol::{
    Angle, Arena, Buttons, Input, PlayerId, ShotId, Snapshot, Steer, Tick, Vec2,
};

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) arena: Arena,
    pub(crate) tick: Tick,
    pub(crate) match_state: MatchState,
    pub(crate) flyers: BTreeMap<PlayerId, Flyer>,
    pub(crate) shots: BTreeMap<ShotId, Shot>,
    /// Those that are empty, and when the next pickup comes.
    pub(crate) pads: BTreeMap<u16, Tick>,
    pub(crate) roster: Arc<Roster>,
}

#[derive(Debug, Default)]
pub(crate) struct Flyer {
    pub(crate) pilot: Pilot,
    pub(crate) input: Input,
    /// Out of everybody's sight.
    pub(crate) hidden: bool,
    /// Left out of the next snapshot, as if that were too large.
    pub(crate) left_out: bool,
    /// Left out of the one before.
    pub(crate) was_left_out: bool,
    /// In how many ticks haste ends at the latest, as of the next tick; no rule shortens it before the flight of a tick.
    pub(crate) haste_ends_in: Option<Tick>,
    /// What is taken in the next tick.
    takes: Option<PickupTuning>,
    track: Track,
}

impl Tracks for World {
    fn track(&self, player: PlayerId) -> Option<&Track> {
        let flyer = self.flyers.get(&player)?;
        let is_told = !flyer.left_out && !flyer.was_left_out;
        is_told.then_some(&flyer.track)
    }
}

impl World {
    pub(crate) fn new(arena: Arena, tick: Tick) -> World {
        World {
            arena,
            tick,
            match_state: MatchState::default(),
            flyers: BTreeMap::new(),
            shots: BTreeMap::new(),
            pads: BTreeMap::new(),
            roster: Arc::default(),
        }
    }

    pub(crate) fn flyer(&mut self, player: u16) -> &mut Flyer {
        self.flyers.entry(PlayerId(player)).or_default()
    }

    /// A new life at a place in position units.
    pub(crate) fn spawn(&mut self, player: u16, pos: (i32, i32)) {
        let (tick, arena) = (self.tick, self.arena.clone());
        let pilot = &mut self.flyer(player).pilot;
        pilot.spawn(Vec2::new(pos.0, pos.1), tick, &arena);
    }

    pub(crate) fn kill(&mut self, player: u16, killer: Option<u16>) {
        let (tick, arena) = (self.tick, self.arena.clone());
        let pilot = &mut self.flyer(player).pilot;
        pilot.die(killer.map(PlayerId), tick, &arena);
    }

    pub(crate) fn steer(&mut self, player: u16, code: u8) {
        self.flyer(player).input.steer = Steer::from_code(code).unwrap();
    }

    pub(crate) fn aim(&mut self, player: u16, angle: u16) {
        self.flyer(player).input.aim = Angle(angle);
    }

    /// Holds buttons down: bit 0 fires, bit 1 is the special weapon. Bits 2 and 3, dash and deflect, are pressed: they count
    /// for the next tick alone.
    pub(crate) fn trigger(&mut self, player: u16, held: u8) {
        self.flyer(player).input.buttons = Buttons(held);
    }

    /// What lies on a pad is taken, and comes back so many ticks later.
    pub(crate) fn empty_pad(&mut self, pad: u16, ticks: Tick) {
        self.pads.insert(pad, self.tick + ticks);
    }

    /// Takes a pickup of this name in the next tick, after its flight.
    pub(crate) fn give(&mut self, player: u16, name: &str) {
        let mut pickups = self.arena.tuning.pickups.iter();
        let pickup = pickups.find(|pickup| pickup.name == name).cloned();
        self.flyer(player).takes = Some(pickup.unwrap());
    }

    /// One tick: everybody flies and fires; shots fly from the tick after their birth.
    pub(crate) fn step(&mut self) {
        self.tick += 1;
        let arena = &self.arena;
        self.shots.retain(|_, shot| {
            step_shot(shot, arena, |_| ControlFlow::Continue(())) == ShotStep::Flying
        });
        for (id, flyer) in &mut self.flyers {
            let Flyer { pilot, input, .. } = flyer;
            let fired = step_pilot(pilot, *id, input, self.tick, arena);
            input.buttons = input.buttons.without(Buttons::PRESSED);
            if let Some(Fired::Shots(volley)) = fired {
                for shot in volley.shots(arena) {
                    let free = (0..).find(|id| !self.shots.contains_key(&ShotId(*id)));
                    self.shots.insert(ShotId(free.unwrap()), shot);
                }
            }
            if let Some(ticks) = flyer.haste_ends_in.take() {
                let pilot = &mut flyer.pilot;
                pilot.haste_until = pilot.haste_until.min(self.tick + ticks);
            }
            if let Some(pickup) = flyer.takes.take().filter(|_| flyer.pilot.alive) {
                flyer.pilot.take(&pickup, self.tick, &arena.tuning);
            }
            flyer.track.record(self.tick, &flyer.pilot);
        }
    }

    pub(crate) fn steps(&mut self, ticks: Tick) {
        (0..ticks).for_each(|_| self.step());
    }

    /// What `me` may know now, after `base`. One shot in four comes into sight only on its way.
    pub(crate) fn view(&self, me: u16, base: &View) -> View {
        let me = PlayerId(me);
        let others = self.flyers.iter().filter(|(id, _)| **id != me);
        let seen = others.filter(|(_, flyer)| flyer.pilot.alive && !flyer.hidden);
        let is_known = |id: &ShotId, shot: &Shot| {
            let old = base.shots.iter().find(|(old, _)| old == id);
            old.is_some_and(|(_, old)| old.birth(base.tick) == shot.birth(self.tick))
        };
        let shots = self
            .shots
            .iter()
            .filter(|(id, shot)| id.0 % 4 != 3 || shot.age > 9 || is_known(id, shot));
        let empty = self
            .pads
            .iter()
            .filter(|(_, ready_at)| **ready_at > self.tick);
        View {
            me,
            tick: self.tick,
            match_state: self.match_state,
            own: self.flyers[&me].pilot,
            crafts: seen
                .map(|(id, f)| (*id, Craft::of(&f.pilot, f.input.aim.coarse(), self.tick)))
                .collect(),
            shots: shots.map(|(id, shot)| (*id, *shot)).collect(),
            pads: Arc::new(empty.map(|(pad, ready_at)| (*pad, *ready_at)).collect()),
            roster: Arc::clone(&self.roster),
        }
    }

    /// What leads from `base` to the present.
    pub(crate) fn tell(&self, base: &View, in_full: bool) -> (Snapshot, View) {
        let mut next = self.view(base.me.0, base);
        for (id, craft) in &mut next.crafts {
            let old = base.craft(*id).filter(|old| old.life == craft.life);
            if let Some(old) = old.filter(|_| self.flyers[id].left_out) {
                let ticks = next.tick - base.tick;
                let has_haste = old.flags.has(CraftFlags::HASTE);
                let motion = extrapolate(old.motion, old.steer, has_haste, ticks, &self.arena);
                *craft = Craft { motion, ..*old };
            }
        }
        let mut snapshot = Snapshot::default();
        if in_full {
            delta(base, &next, &NoTracks, &self.arena, &mut snapshot);
        } else {
            delta(base, &next, self, &self.arena, &mut snapshot);
        }
        snapshot.checksum = Some(next.checksum());
        (snapshot, next)
    }
}
