//! What a client has been told, as far as its next snapshot depends on it. Where things were needn't be kept: craft have
//! their [`Track`](crate::motion::Track), shots their path. So this is a tenth of the view itself; with thousands of
//! clients it is what fits into a processor's cache.

use std::sync::Arc;

use super::Tracks;
use crate::motion::{Pilot, Shot};
use crate::rules::Arena;
use crate::view::{Craft, CraftFlags, EmptyPads, MatchState, Roster, View, find};
use crate::{PlayerId, ShotId, Tick, Weapon};

/// A view, by name.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Who sees it.
    pub me: PlayerId,
    /// The tick after which the world looked like this.
    pub tick: Tick,
    /// How the match stands.
    pub match_state: MatchState,
    /// The player's own craft, in full.
    pub own: Pilot,
    /// Other craft in sight, by id.
    pub crafts: Vec<(PlayerId, ToldCraft)>,
    /// Those of them that the client has elsewhere than they were, as it has them; by id.
    pub astray: Vec<(PlayerId, Craft)>,
    /// Shots known to fly, by id.
    pub shots: Vec<(ShotId, ToldShot)>,
    /// Pads known to be empty.
    pub pads: Arc<EmptyPads>,
    /// Everybody the client knows by name.
    pub roster: Arc<Roster>,
}

/// What was told of a craft and no track holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToldCraft {
    /// Counts lives.
    pub life: u8,
    /// Where it aims, in 256 steps.
    pub aim: u8,
    /// Health left.
    pub health: u8,
    /// Shield left.
    pub shield: u8,
    /// What it is doing and what works on it.
    pub flags: CraftFlags,
}

/// What tells a shot from others that had or will have its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToldShot {
    /// Whose it is.
    pub owner: PlayerId,
    /// What it was fired with.
    pub weapon: Weapon,
    /// The tick in which its time is over.
    pub ends: Tick,
}

impl ToldShot {
    /// `shot` as it is at `now`.
    pub fn of(shot: &Shot, now: Tick, arena: &Arena) -> ToldShot {
        let life = Tick::from(shot.tuning(arena).shot_life_ticks);
        ToldShot {
            owner: shot.owner,
            weapon: shot.weapon,
            ends: shot.birth(now).wrapping_add(life),
        }
    }

    /// Whether it ends by age alone, at `now` at the latest.
    pub fn is_over_by(&self, now: Tick) -> bool {
        self.ends.wrapping_sub(now) as i32 <= 0
    }
}

impl From<&Craft> for ToldCraft {
    fn from(craft: &Craft) -> Self {
        ToldCraft {
            life: craft.life,
            aim: craft.aim,
            health: craft.health,
            shield: craft.shield,
            flags: craft.flags,
        }
    }
}

impl Told {
    /// All of `view`, places included: for when no track shows where its craft were.
    pub fn of(view: &View, arena: &Arena) -> Told {
        let mut told = Told::default();
        told.take(&mut view.clone(), |_| true, arena);
        told
    }

    /// `view` has been told: keeps the names, and of craft that are `astray` the whole. The two exchange their rosters.
    pub fn take(&mut self, view: &mut View, astray: impl Fn(PlayerId) -> bool, arena: &Arena) {
        (self.me, self.tick, self.own) = (view.me, view.tick, view.own);
        self.match_state = view.match_state;
        self.crafts.clear();
        let crafts = view.crafts.iter();
        self.crafts
            .extend(crafts.map(|(id, craft)| (*id, ToldCraft::from(craft))));
        self.astray.clear();
        let crafts = view.crafts.iter();
        self.astray.extend(crafts.filter(|(id, _)| astray(*id)));
        self.shots.clear();
        let shots = view.shots.iter();
        self.shots
            .extend(shots.map(|(id, shot)| (*id, ToldShot::of(shot, view.tick, arena))));
        std::mem::swap(&mut self.pads, &mut view.pads);
        std::mem::swap(&mut self.roster, &mut view.roster);
    }

    /// The craft of `player` as the client has it at the tick it was told of; none if nothing of it is known any more.
    pub fn craft(&self, player: PlayerId, tracks: &impl Tracks) -> Option<Craft> {
        if let Some(craft) = find(&self.astray, player) {
            return Some(*craft);
        }
        let told = find(&self.crafts, player)?;
        let past = tracks.track(player)?.at(self.tick)?;
        (past.alive && past.life == told.life).then_some(Craft {
            life: told.life,
            motion: past.motion,
            steer: past.steer,
            aim: told.aim,
            health: told.health,
            shield: told.shield,
            flags: told.flags,
        })
    }
}
