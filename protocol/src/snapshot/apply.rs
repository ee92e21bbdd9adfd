//! Client side: a view and a snapshot become the next view.

use std::sync::Arc;

use super::{CraftChange, CraftFields, OwnDelta, RosterDelta, RosterFields, ShotNews, Snapshot};
use crate::geometry::{TILE, VELOCITY_SCALE};
use crate::map::SIDE_MAX;
use crate::motion::{CraftMotion, Shot, ShotStep, fly_shot, muzzle, step_craft};
use crate::rules::Arena;
use crate::view::{Craft, CraftFlags, RosterEntry, View};
use crate::{Event, EventKind, PlayerId, ShotId, TICK_MAX, Tick, Vec2};

/// Over more ticks than this craft are not flown on: the view forgets them, and the snapshot tells everybody in full.
pub const FLIGHT_TICKS_MAX: Tick = 64;
/// No coordinate lies further out: twice the side of the largest map, in position units.
pub const POSITION_MAX: i32 = 2 * SIDE_MAX as i32 * TILE;
/// No component of a velocity is larger, in velocity units per tick: 64 tiles in a tick.
pub const VELOCITY_MAX: i32 = 64 * TILE * VELOCITY_SCALE;

/// Why a snapshot doesn't fit the view it was applied to. The two ends have diverged: the connection is of no more use.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApplyError {
    /// It was made for a view with another number of craft.
    #[error("made for {theirs} craft in sight, there are {ours}")]
    Known {
        /// Craft in the view it was made for.
        theirs: u16,
        /// Craft in this view.
        ours: usize,
    },
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
    /// [`ApplyError`] when the snapshot was made for another base; the view is then empty but for whose it is.
    pub fn apply(&mut self, snapshot: &Snapshot, arena: &Arena) -> Result<(), ApplyError> {
        self.apply_watched(snapshot, arena, |_, _| {})
    }

    /// [`View::apply`], and shows where everybody was after each tick on the way (the last one left out).
    ///
    /// # Errors
    /// As [`View::apply`].
    pub fn apply_watched(
        &mut self,
        snapshot: &Snapshot,
        arena: &Arena,
        watch: impl FnMut(Tick, &[(PlayerId, Craft)]),
    ) -> Result<(), ApplyError> {
        let (me, tick) = (self.me, self.tick);
        self.carry(snapshot, arena, watch).inspect_err(|_| {
            // Whoever goes on all the same must not have to compute with what can't be.
            *self = View {
                me,
                tick,
                ..View::default()
            };
        })
    }

    /// On an error the view may hold anything.
    fn carry(
        &mut self,
        snapshot: &Snapshot,
        arena: &Arena,
        watch: impl FnMut(Tick, &[(PlayerId, Craft)]),
    ) -> Result<(), ApplyError> {
        let ticks = snapshot.ticks;
        let before = self.tick;
        self.tick = before
            .checked_add(ticks)
            .filter(|tick| *tick <= TICK_MAX)
            .ok_or(ApplyError::Ticks(ticks))?;
        if let Some(match_state) = snapshot.match_state {
            self.match_state = match_state;
        }
        if ticks > FLIGHT_TICKS_MAX {
            self.crafts.clear();
        }
        if let Some(theirs) = snapshot.known
            && self.crafts.len() != usize::from(theirs)
        {
            let ours = self.crafts.len();
            return Err(ApplyError::Known { theirs, ours });
        }
        self.fly_shots(snapshot, arena);
        if ticks <= FLIGHT_TICKS_MAX {
            self.fly_crafts(before, snapshot, arena, watch);
        }
        let own = snapshot.own.pilot.counted_to(self.tick);
        OwnDelta::carry(snapshot.own.fields, &own, &mut self.own);
        crafts(&mut self.crafts, snapshot);
        for (id, news) in &snapshot.shots {
            if let ShotNews::Seen(shot) = news {
                upsert(&mut self.shots, *id, *shot);
            }
        }
        let now = self.tick;
        if !snapshot.pads.is_empty() || self.pads.has_filled(now) {
            let pads = Arc::make_mut(&mut self.pads);
            for (pad, ready_in) in &snapshot.pads {
                pads.set(*pad, now.saturating_add(*ready_in));
            }
            pads.retain(now, |_, _| true);
        }
        if !snapshot.roster.is_empty() {
            roster(Arc::make_mut(&mut self.roster), &snapshot.roster)?;
        }
        if self.is_astray(arena) || snapshot.events.iter().any(is_event_astray) {
            return Err(ApplyError::Astray);
        }
        Ok(())
    }

    /// Whether a step from here could overflow or take forever.
    fn is_astray(&self, arena: &Arena) -> bool {
        let astray = |motion: &CraftMotion| {
            is_beyond(motion.pos, POSITION_MAX) || is_beyond(motion.vel, VELOCITY_MAX)
        };
        astray(&self.own.motion)
            || self.crafts.iter().any(|(_, craft)| astray(&craft.motion))
            || (self.match_state.objective.places()).any(|at| is_beyond(at, POSITION_MAX))
            || self
                .shots
                .iter()
                .any(|(_, shot)| is_beyond(shot.pos, POSITION_MAX))
            || self.pads.len() > arena.map.tiles().len()
    }

    fn fly_shots(&mut self, snapshot: &Snapshot, arena: &Arena) {
        self.shots.retain_mut(|(id, shot)| {
            snapshot.shots_gone.binary_search(id).is_err()
                && fly_shot(shot, snapshot.ticks, arena) == ShotStep::Flying
        });
    }

    /// Flies everybody on, tick by tick, under the steering they had and the turns they made; shots leave the muzzle of
    /// whoever fires on the way.
    fn fly_crafts(
        &mut self,
        before: Tick,
        snapshot: &Snapshot,
        arena: &Arena,
        mut watch: impl FnMut(Tick, &[(PlayerId, Craft)]),
    ) {
        for ago in (0..snapshot.ticks).rev() {
            let tick = before + snapshot.ticks - ago;
            if self.own.alive {
                self.own.steer = snapshot.own.course.steer_at(ago, self.own.steer);
                let has_haste = self.own.has_haste(tick);
                step_craft(&mut self.own.motion, self.own.steer, has_haste, arena);
            }
            let mut changes = snapshot.crafts.iter().peekable();
            for (at, (_, craft)) in (0..).zip(&mut self.crafts) {
                if let Some((_, change)) = changes.next_if(|(changed, _)| *changed == at) {
                    craft.steer = change.course.steer_at(ago, craft.steer);
                }
                let has_haste = craft.flags.has(CraftFlags::HASTE);
                step_craft(&mut craft.motion, craft.steer, has_haste, arena);
            }
            self.fire(ago, snapshot, arena);
            if ago > 0 {
                watch(tick, &self.crafts);
            }
        }
    }

    fn fire(&mut self, now: Tick, snapshot: &Snapshot, arena: &Arena) {
        for (id, news) in &snapshot.shots {
            let ShotNews::Fired {
                by,
                weapon,
                heading,
                ago,
            } = *news
            else {
                continue;
            };
            if Tick::from(ago) != now {
                continue;
            }
            let known = self.crafts.get(usize::from(by));
            let (owner, from) = match known {
                Some((owner, craft)) => (*owner, craft.motion.pos),
                None => (self.me, self.own.motion.pos),
            };
            let mut shot = Shot {
                owner,
                weapon,
                pos: muzzle(from, heading, arena),
                heading,
                bounces: 0,
                age: 0,
            };
            if fly_shot(&mut shot, now, arena) == ShotStep::Flying {
                upsert::<ShotId, _>(&mut self.shots, *id, shot);
            }
        }
    }
}

/// Whether the way of a beam can't be computed.
fn is_event_astray(event: &Event) -> bool {
    matches!(event.kind, EventKind::Beam { from, .. } if is_beyond(from, POSITION_MAX))
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

fn crafts(crafts: &mut Vec<(PlayerId, Craft)>, snapshot: &Snapshot) {
    let mut leaves = false;
    for (at, change) in &snapshot.crafts {
        leaves |= change.fields.has(CraftFields::LEAVE);
        if let Some((_, craft)) = crafts.get_mut(usize::from(*at)) {
            changed(craft, change);
        }
    }
    if leaves {
        let mut changes = snapshot.crafts.iter().peekable();
        let mut at = 0;
        crafts.retain(|_| {
            let change = changes.next_if(|(changed, _)| *changed == at);
            at += 1;
            !change.is_some_and(|(_, change)| change.fields.has(CraftFields::LEAVE))
        });
    }
    for (id, craft) in &snapshot.entered {
        upsert(crafts, *id, *craft);
    }
}

fn changed(craft: &mut Craft, change: &CraftChange) {
    if change.fields.has(CraftFields::MOTION) {
        craft.motion.pos += change.missed.pos;
        craft.motion.vel += change.missed.vel;
        craft.steer = change.steer;
    }
    craft.aim = craft.aim.wrapping_add_signed(change.aim_by);
    if change.fields.has(CraftFields::HEALTH) {
        (craft.health, craft.shield) = (change.health, change.shield);
    }
    if change.fields.has(CraftFields::FLAGS) {
        craft.flags = change.flags;
    }
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
                team: change.team,
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
        if change.fields.has(RosterFields::TEAM) {
            roster[at].1.team = change.team;
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
