//! Server side: two views become a snapshot.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::sync::Arc;

use super::{CraftDelta, CraftFields, OwnDelta, OwnFields, RosterDelta, RosterFields, Snapshot};
use crate::motion::{Pilot, extrapolate};
use crate::rules::Arena;
use crate::view::{Craft, Roster, RosterEntry, Score, View};
use crate::{PlayerId, Tick, Vec2};

/// Fills `out` with what leads from `base` to `next`; `out` is cleared first and keeps its memory. Margin, events and
/// checksum are the caller's to add.
pub fn delta(base: &View, next: &View, arena: &Arena, out: &mut Snapshot) {
    delta_sharing(base, next, arena, &mut RosterChanges::default(), out);
}

/// [`delta`] for many clients in turn: what changed in the roster is compared once for all of them.
pub fn delta_sharing(
    base: &View,
    next: &View,
    arena: &Arena,
    rosters: &mut RosterChanges,
    out: &mut Snapshot,
) {
    out.clear();
    out.ticks = next.tick - base.tick;
    out.clock = (next.clock != base.clock).then_some(next.clock);
    out.own = own(&base.own, &next.own, out.ticks, next.tick);
    let ticks = out.ticks;
    merge(&base.crafts, &next.crafts, |id, old, new| {
        let change = craft(old, new, ticks);
        if !change.fields.is_empty() {
            out.crafts.push((id, change));
        }
    });
    merge(&base.shots, &next.shots, |id, old, new| match (old, new) {
        // It goes on along the path both ends compute.
        (Some(old), Some(new))
            if old.birth(base.tick) == new.birth(next.tick) && old.owner == new.owner => {}
        (_, Some(new)) => out.shots.push((id, *new)),
        // Both ends see its time run out; anything else must be told.
        (Some(old), None) if old.expires_within(ticks, arena) => {}
        (Some(_), None) => out.shots_gone.push(id),
        (None, None) => {}
    });
    out.roster
        .extend_from_slice(rosters.between(&base.roster, &next.roster));
}

/// What changed between two rosters, remembered. Most clients were sent their last snapshot in the same few ticks, so
/// most of them need the same comparison.
#[derive(Debug, Default)]
pub struct RosterChanges(VecDeque<RosterChange>);

#[derive(Debug)]
struct RosterChange {
    base: Arc<Roster>,
    next: Arc<Roster>,
    changes: Vec<(PlayerId, RosterDelta)>,
}

/// Comparisons remembered; clients are spread over fewer ticks than this.
const ROSTER_CHANGES_MAX: usize = 8;

impl RosterChanges {
    fn between(&mut self, base: &Arc<Roster>, next: &Arc<Roster>) -> &[(PlayerId, RosterDelta)] {
        if Arc::ptr_eq(base, next) {
            return &[];
        }
        // Both are held, so their addresses can't become another roster's.
        let same =
            |known: &RosterChange| Arc::ptr_eq(&known.base, base) && Arc::ptr_eq(&known.next, next);
        let at = self.0.iter().position(same).unwrap_or_else(|| {
            if self.0.len() >= ROSTER_CHANGES_MAX {
                self.0.pop_front();
            }
            self.0.push_back(RosterChange {
                base: Arc::clone(base),
                next: Arc::clone(next),
                changes: compare_rosters(base, next),
            });
            self.0.len() - 1
        });
        &self.0[at].changes
    }
}

fn compare_rosters(base: &Roster, next: &Roster) -> Vec<(PlayerId, RosterDelta)> {
    let mut changes = Vec::new();
    merge(base, next, |id, old, new| {
        if let Some(change) = roster(old, new) {
            changes.push((id, change));
        }
    });
    changes
}

/// Walks two lists sorted by id in step, and shows every id that stands in either.
fn merge<Id: Ord + Copy, T>(
    old: &[(Id, T)],
    new: &[(Id, T)],
    mut each: impl FnMut(Id, Option<&T>, Option<&T>),
) {
    let (mut old, mut new) = (old.iter().peekable(), new.iter().peekable());
    loop {
        let order = match (old.peek(), new.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some((a, _)), Some((b, _))) => a.cmp(b),
        };
        let before = if order.is_le() { old.next() } else { None };
        let after = if order.is_ge() { new.next() } else { None };
        if let Some((id, _)) = before.or(after) {
            each(
                *id,
                before.map(|(_, value)| value),
                after.map(|(_, value)| value),
            );
        }
    }
}

fn own(old: &Pilot, new: &Pilot, ticks: Tick, now: Tick) -> OwnDelta {
    let expected = extrapolate(old.motion, ticks);
    let relative = |tick: Tick| tick.wrapping_sub(now) as i32;
    let mut fields = OwnFields::default();
    let life = |pilot: &Pilot| (pilot.life, pilot.alive, pilot.respawn_at, pilot.killer);
    fields.set(OwnFields::POS, new.motion.pos != expected.pos);
    fields.set(OwnFields::VEL, new.motion.vel != expected.vel);
    fields.set(OwnFields::LIFE, life(old) != life(new));
    fields.set(OwnFields::HEALTH, old.health != new.health);
    fields.set(OwnFields::READY, old.ready_at != new.ready_at);
    fields.set(
        OwnFields::PROTECTION,
        old.protected_until != new.protected_until,
    );
    let mut change = OwnDelta {
        fields,
        ..OwnDelta::default()
    };
    change.pos = new.motion.pos - expected.pos;
    change.vel = new.motion.vel - expected.vel;
    if fields.has(OwnFields::LIFE) {
        (change.life, change.alive, change.killer) = (new.life, new.alive, new.killer);
        change.respawn_in = relative(new.respawn_at);
    }
    if fields.has(OwnFields::HEALTH) {
        change.health = new.health;
    }
    if fields.has(OwnFields::READY) {
        change.ready_in = relative(new.ready_at);
    }
    if fields.has(OwnFields::PROTECTION) {
        change.protected_for = relative(new.protected_until);
    }
    change
}

fn craft(old: Option<&Craft>, new: Option<&Craft>, ticks: Tick) -> CraftDelta {
    match (old, new) {
        (Some(old), Some(new)) if old.life == new.life => craft_change(old, new, ticks),
        (_, Some(new)) => craft_enter(new),
        (_, None) => CraftDelta {
            fields: CraftFields::LEAVE,
            ..CraftDelta::default()
        },
    }
}

fn craft_enter(new: &Craft) -> CraftDelta {
    let mut fields = CraftFields::ENTER;
    fields.set(CraftFields::PROTECTED, new.protected);
    CraftDelta {
        fields,
        life: new.life,
        pos: new.motion.pos,
        vel: new.motion.vel,
        aim: new.aim,
        health: new.health,
    }
}

fn craft_change(old: &Craft, new: &Craft, ticks: Tick) -> CraftDelta {
    let expected = extrapolate(old.motion, ticks);
    let (pos, vel) = (new.motion.pos - expected.pos, new.motion.vel - expected.vel);
    let mut fields = CraftFields::default();
    fields.set(CraftFields::POS, pos != Vec2::ZERO);
    fields.set(CraftFields::VEL, vel != Vec2::ZERO);
    fields.set(CraftFields::AIM, old.aim != new.aim);
    fields.set(CraftFields::HEALTH, old.health != new.health);
    fields.set(CraftFields::PROTECTED, old.protected != new.protected);
    let aim = if old.aim == new.aim { 0 } else { new.aim };
    let health = if old.health == new.health {
        0
    } else {
        new.health
    };
    CraftDelta {
        fields,
        life: 0,
        pos,
        vel,
        aim,
        health,
    }
}

/// A place may change hands between two snapshots, even from a person to a bot of the same name.
fn is_same_player(old: &RosterEntry, new: &RosterEntry) -> bool {
    old.bot == new.bot && (Arc::ptr_eq(&old.name, &new.name) || old.name == new.name)
}

fn roster(old: Option<&RosterEntry>, new: Option<&RosterEntry>) -> Option<RosterDelta> {
    let bare = |fields| RosterDelta {
        fields,
        name: Arc::default(),
        score: Score::default(),
        ping_ms: 0,
    };
    let Some(new) = new else {
        return Some(bare(RosterFields::LEAVE));
    };
    let Some(old) = old.filter(|old| is_same_player(old, new)) else {
        let mut change = bare(RosterFields::ENTER);
        change.fields.set(RosterFields::BOT, new.bot);
        (change.name, change.score, change.ping_ms) = (new.name.clone(), new.score, new.ping_ms);
        return Some(change);
    };
    let mut change = bare(RosterFields::default());
    if old.score != new.score {
        change.fields.set(RosterFields::SCORE, true);
        change.score = new.score;
    }
    if old.ping_ms != new.ping_ms {
        change.fields.set(RosterFields::PING, true);
        change.ping_ms = new.ping_ms;
    }
    (!change.fields.is_empty()).then_some(change)
}
