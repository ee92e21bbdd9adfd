//! Client side: a view and a snapshot become the next view.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::{CraftDelta, CraftFields, OwnDelta, OwnFields, RosterDelta, RosterFields, Snapshot};
use crate::geometry::{TILE, VELOCITY_SCALE};
use crate::map::SIDE_MAX;
use crate::motion::{CraftMotion, Pilot, ShotStep, extrapolate, step_shot};
use crate::rules::Arena;
use crate::view::{Craft, RosterEntry, View};
use crate::{PlayerId, TICK_MAX, Tick, Vec2};

/// No coordinate lies further out: twice the side of the largest map, in position units.
pub const POSITION_MAX: i32 = 2 * SIDE_MAX as i32 * TILE;
/// No component of a velocity is larger, in velocity units per tick: 64 tiles in a tick.
pub const VELOCITY_MAX: i32 = 64 * TILE * VELOCITY_SCALE;

/// Why a snapshot doesn't fit the view it was applied to. The two ends have diverged: the connection is of no more use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// A change of a craft that isn't in the view.
    #[error("craft {0:?} changed or left, but never entered")]
    UnknownCraft(PlayerId),
    /// A change of a player who isn't in the roster.
    #[error("player {0:?} changed or left, but never joined")]
    UnknownPlayer(PlayerId),
    /// Something would be where or as fast as nothing can be.
    #[error("a place outside of every map, or a speed over every limit")]
    Astray,
    /// Time ran over.
    #[error("a snapshot {0} ticks after the one before")]
    Ticks(Tick),
}

impl View {
    /// Carries this view forward by a snapshot.
    ///
    /// # Errors
    /// [`ApplyError`] when the snapshot was made for another base; the view is then undefined.
    pub fn apply(&mut self, snapshot: &Snapshot, arena: &Arena) -> Result<(), ApplyError> {
        let ticks = snapshot.ticks;
        self.tick = self
            .tick
            .checked_add(ticks)
            .filter(|tick| *tick <= TICK_MAX)
            .ok_or(ApplyError::Ticks(ticks))?;
        if let Some(clock) = snapshot.clock {
            self.clock = clock;
        }
        own(&mut self.own, &snapshot.own, ticks, self.tick);
        crafts(&mut self.crafts, &snapshot.crafts, ticks)?;
        self.apply_shots(snapshot, arena);
        if !snapshot.roster.is_empty() {
            roster(Arc::make_mut(&mut self.roster), &snapshot.roster)?;
        }
        if self.is_astray() {
            Err(ApplyError::Astray)
        } else {
            Ok(())
        }
    }

    /// Whether a step from here could overflow or take forever.
    fn is_astray(&self) -> bool {
        let astray = |motion: &CraftMotion| {
            is_beyond(motion.pos, POSITION_MAX) || is_beyond(motion.vel, VELOCITY_MAX)
        };
        astray(&self.own.motion)
            || self.crafts.iter().any(|(_, craft)| astray(&craft.motion))
            || self
                .shots
                .iter()
                .any(|(_, shot)| is_beyond(shot.pos, POSITION_MAX))
    }

    fn apply_shots(&mut self, snapshot: &Snapshot, arena: &Arena) {
        self.shots.retain_mut(|(id, shot)| {
            if snapshot.shots_gone.binary_search(id).is_ok() {
                return false;
            }
            // No shot lives longer than 255 ticks, so neither does this loop.
            (0..snapshot.ticks.min(256))
                .all(|_| step_shot(shot, arena, |_| ControlFlow::Continue(())) == ShotStep::Flying)
        });
        for &(id, shot) in &snapshot.shots {
            upsert(&mut self.shots, id, shot);
        }
    }
}

fn is_beyond(v: Vec2, limit: i32) -> bool {
    v.x.unsigned_abs().max(v.y.unsigned_abs()) > limit as u32
}

fn upsert<Id: Ord + Copy, T>(sorted: &mut Vec<(Id, T)>, id: Id, value: T) {
    match sorted.binary_search_by_key(&id, |(other, _)| *other) {
        Ok(at) => sorted[at].1 = value,
        Err(at) => sorted.insert(at, (id, value)),
    }
}

fn own(own: &mut Pilot, change: &OwnDelta, ticks: Tick, now: Tick) {
    let absolute = |relative: i32| now.wrapping_add_signed(relative);
    own.motion = extrapolate(own.motion, ticks);
    own.motion.pos += change.pos;
    own.motion.vel += change.vel;
    if change.fields.has(OwnFields::LIFE) {
        (own.life, own.alive, own.killer) = (change.life, change.alive, change.killer);
        own.respawn_at = absolute(change.respawn_in);
    }
    if change.fields.has(OwnFields::HEALTH) {
        own.health = change.health;
    }
    if change.fields.has(OwnFields::READY) {
        own.ready_at = absolute(change.ready_in);
    }
    if change.fields.has(OwnFields::PROTECTION) {
        own.protected_until = absolute(change.protected_for);
    }
}

fn crafts(
    crafts: &mut Vec<(PlayerId, Craft)>,
    changes: &[(PlayerId, CraftDelta)],
    ticks: Tick,
) -> Result<(), ApplyError> {
    for (_, craft) in crafts.iter_mut() {
        craft.motion = extrapolate(craft.motion, ticks);
    }
    for (id, change) in changes {
        if change.fields.has(CraftFields::ENTER) {
            upsert(crafts, *id, entered(change));
            continue;
        }
        let found = crafts.binary_search_by_key(id, |(other, _)| *other);
        let at = found.map_err(|_| ApplyError::UnknownCraft(*id))?;
        if change.fields.has(CraftFields::LEAVE) {
            crafts.remove(at);
        } else {
            changed(&mut crafts[at].1, change);
        }
    }
    Ok(())
}

fn entered(change: &CraftDelta) -> Craft {
    Craft {
        life: change.life,
        motion: CraftMotion {
            pos: change.pos,
            vel: change.vel,
        },
        aim: change.aim,
        health: change.health,
        protected: change.fields.has(CraftFields::PROTECTED),
    }
}

fn changed(craft: &mut Craft, change: &CraftDelta) {
    craft.motion.pos += change.pos;
    craft.motion.vel += change.vel;
    if change.fields.has(CraftFields::AIM) {
        craft.aim = change.aim;
    }
    if change.fields.has(CraftFields::HEALTH) {
        craft.health = change.health;
    }
    craft.protected ^= change.fields.has(CraftFields::PROTECTED);
}

fn roster(
    roster: &mut Vec<(PlayerId, RosterEntry)>,
    changes: &[(PlayerId, RosterDelta)],
) -> Result<(), ApplyError> {
    for (id, change) in changes {
        if change.fields.has(RosterFields::ENTER) {
            let bot = change.fields.has(RosterFields::BOT);
            let entry = RosterEntry {
                name: change.name.clone(),
                bot,
                score: change.score,
                ping_ms: change.ping_ms,
            };
            upsert(roster, *id, entry);
            continue;
        }
        let found = roster.binary_search_by_key(id, |(other, _)| *other);
        let at = found.map_err(|_| ApplyError::UnknownPlayer(*id))?;
        if change.fields.has(RosterFields::LEAVE) {
            roster.remove(at);
            continue;
        }
        if change.fields.has(RosterFields::SCORE) {
            roster[at].1.score = change.score;
        }
        if change.fields.has(RosterFields::PING) {
            roster[at].1.ping_ms = change.ping_ms;
        }
    }
    Ok(())
}
