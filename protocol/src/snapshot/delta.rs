//! Server side: two views become a snapshot.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::sync::Arc;

use super::apply::FLIGHT_TICKS_MAX;
use super::{
    CraftChange, CraftFields, OwnDelta, OwnFields, RosterDelta, RosterFields, ShotNews, Snapshot,
    Told, ToldCraft, ToldShot, state,
};
use crate::motion::{
    COURSE_TICKS_MAX, Course, CraftMotion, Pilot, Shot, ShotStep, Track, extrapolate, fly_shot,
    muzzle,
};
use crate::rules::Arena;
use crate::view::{Craft, CraftFlags, Roster, RosterEntry, Score, View, find};
use crate::{PlayerId, Steer, Tick};

/// Where the recent past of craft is looked up.
pub trait Tracks {
    /// The past of `player` up to the tick of the view that is told; none if the client has them elsewhere than they were.
    fn track(&self, player: PlayerId) -> Option<&Track>;

    /// Whether all craft are always to be told in full.
    fn in_full(&self) -> bool {
        false
    }
}

/// Nobody's past is known: every craft travels in full in every snapshot. For a client that doesn't compute flight.
#[derive(Clone, Copy, Debug)]
pub struct NoTracks;

impl Tracks for NoTracks {
    fn track(&self, _: PlayerId) -> Option<&Track> {
        None
    }

    fn in_full(&self) -> bool {
        true
    }
}

/// Fills `out` with what leads from `base` to `next`, `out` is cleared first and keeps its memory.
/// Feedback on inputs, events and checksum are the caller's to add.
pub fn delta(base: &View, next: &View, tracks: &impl Tracks, arena: &Arena, out: &mut Snapshot) {
    delta_sharing(&Told::of(base, arena), next, tracks, arena, None, out);
}

/// [`delta`] for many clients in turn: what each was told is kept by name, and what changed in `rosters` that many of them
/// share is compared once for all.
pub fn delta_sharing(
    base: &Told,
    next: &View,
    tracks: &impl Tracks,
    arena: &Arena,
    rosters: Option<&mut RosterChanges>,
    out: &mut Snapshot,
) {
    out.clear();
    out.ticks = next.tick - base.tick;
    let is_new = next.match_state != base.match_state;
    out.match_state = is_new.then_some(next.match_state);
    out.own = own(base, next, tracks);
    crafts(base, next, tracks, arena, out);
    shots(base, next, tracks, arena, out);
    if state::is_empty(out) {
        out.known = None;
    }
    pads(base, next, out);
    if Arc::ptr_eq(&base.roster, &next.roster) {
        return;
    }
    match rosters {
        Some(rosters) => {
            let changes = rosters.between(&base.roster, &next.roster);
            out.roster.extend_from_slice(changes);
        }
        None => compare_rosters(&base.roster, &next.roster, &mut out.roster),
    }
}

fn crafts(base: &Told, next: &View, tracks: &impl Tracks, arena: &Arena, out: &mut Snapshot) {
    // After so long both ends forget whom they knew.
    let known = if out.ticks > FLIGHT_TICKS_MAX {
        &[][..]
    } else {
        &base.crafts[..]
    };
    out.known = Some(known.len() as u16);
    let (mut at, ticks) = (0, out.ticks);
    merge(known, &next.crafts, |id, old, new| {
        let here = at;
        at += u16::from(old.is_some());
        match (old, new) {
            (Some(_), None) => {
                let change = CraftChange {
                    fields: CraftFields::LEAVE,
                    ..CraftChange::default()
                };
                out.crafts.push((here, change));
            }
            (Some(old), Some(new)) => match change(id, base, old, new, ticks, tracks, arena) {
                Some(change) if change.fields.is_empty() => {}
                Some(change) => out.crafts.push((here, change)),
                None => out.entered.push((id, *new)),
            },
            (None, Some(new)) => out.entered.push((id, *new)),
            (None, None) => {}
        }
    });
}

/// How `old` of `base` became `new` in `ticks`; none if that has to be told in full.
fn change(
    id: PlayerId,
    base: &Told,
    old: &ToldCraft,
    new: &Craft,
    ticks: Tick,
    tracks: &impl Tracks,
    arena: &Arena,
) -> Option<CraftChange> {
    if old.life != new.life || tracks.in_full() {
        return None;
    }
    let course = tracks.track(id).and_then(|track| track.course(base.tick));
    let mut missed = CraftMotion::default();
    let mut is_missed = false;
    if course.is_none() {
        let had = base.craft(id, tracks)?;
        missed = missed_by(&had, new, ticks, arena)?;
        is_missed = missed != CraftMotion::default() || had.steer != new.steer;
    }
    let course = course.unwrap_or_default();
    let mut fields = CraftFields::default();
    fields.set(CraftFields::COURSE, !course.is_empty());
    fields.set(CraftFields::MOTION, is_missed);
    fields.set(CraftFields::AIM, old.aim != new.aim);
    let is_hurt = (old.health, old.shield) != (new.health, new.shield);
    let other_flags = old.flags != new.flags;
    fields.set(CraftFields::HEALTH, is_hurt);
    fields.set(CraftFields::FLAGS, other_flags);
    let (health, shield) = if is_hurt {
        (new.health, new.shield)
    } else {
        (0, 0)
    };
    Some(CraftChange {
        fields,
        course,
        missed,
        steer: if is_missed { new.steer } else { Steer::NONE },
        aim_by: new.aim.wrapping_sub(old.aim) as i8,
        health,
        shield,
        flags: if other_flags {
            new.flags
        } else {
            CraftFlags::default()
        },
    })
}

/// A difference beyond this is no shorter than the whole, in position units.
const MISSED_MAX: i32 = 1 << 13;

/// By how much flight under the old steering leads elsewhere; none if that is too far to tell.
fn missed_by(old: &Craft, new: &Craft, ticks: Tick, arena: &Arena) -> Option<CraftMotion> {
    let has_haste = old.flags.has(CraftFlags::HASTE);
    let flown = extrapolate(old.motion, old.steer, has_haste, ticks, arena);
    let missed = CraftMotion {
        pos: new.motion.pos - flown.pos,
        vel: new.motion.vel - flown.vel,
    };
    (missed.pos.max_component() < MISSED_MAX).then_some(missed)
}

fn shots(base: &Told, next: &View, tracks: &impl Tracks, arena: &Arena, out: &mut Snapshot) {
    merge(&base.shots, &next.shots, |id, old, new| match (old, new) {
        // It goes on along the path both ends compute.
        (Some(old), Some(new)) if *old == ToldShot::of(new, next.tick, arena) => {}
        (_, Some(new)) => {
            let fired = fired(new, base, out, next.tick, tracks, arena);
            out.shots.push((id, fired.unwrap_or(ShotNews::Seen(*new))));
        }
        // Both ends see its time run out; anything else must be told.
        (Some(old), None) if old.is_over_by(next.tick) => {}
        (Some(_), None) => out.shots_gone.push(id),
        (None, None) => {}
    });
}

/// Pads that are seen empty for the first time; when the next pickup comes both ends count. With 0 ticks, one that was
/// filled before its time.
fn pads(base: &Told, next: &View, out: &mut Snapshot) {
    if Arc::ptr_eq(&base.pads, &next.pads) {
        return;
    }
    merge(&base.pads, &next.pads, |pad, old, new| match (old, new) {
        (_, Some(ready_at)) if old != new => {
            out.pads.push((pad, ready_at.wrapping_sub(next.tick)));
        }
        (Some(ready_at), None) if *ready_at > next.tick => out.pads.push((pad, 0)),
        _ => {}
    });
}

/// A shot as it left the muzzle, if the client can compute the rest: it knows the craft all along, and the shot is where
/// undisturbed flight leads.
fn fired(
    shot: &Shot,
    base: &Told,
    out: &Snapshot,
    now: Tick,
    tracks: &impl Tracks,
    arena: &Arena,
) -> Option<ShotNews> {
    let (ago, ticks) = (shot.age, out.ticks);
    if Tick::from(ago) >= ticks || ticks > COURSE_TICKS_MAX {
        return None;
    }
    let by = if shot.owner == base.me {
        let told_in_full = out.own.fields.has(OwnFields::MOTION);
        (!told_in_full && base.own.alive).then_some(out.known?)
    } else {
        let at = base.crafts.binary_search_by_key(&shot.owner, |(id, _)| *id);
        let at = at
            .ok()
            .filter(|at| *at < usize::from(out.known.unwrap_or_default()))?;
        // Where it was on the way isn't known of whoever leaves, or is told only where they are now.
        let is_lost = out.crafts.iter().any(|(index, change)| {
            let lost = CraftFields(CraftFields::LEAVE.0 | CraftFields::MOTION.0);
            usize::from(*index) == at && change.fields.0 & lost.0 != 0
        });
        let told_in_full = find(&out.entered, shot.owner).is_some();
        (!is_lost && !told_in_full).then_some(at as u16)
    }?;
    let birth = tracks.track(shot.owner)?.at(now - Tick::from(ago))?;
    // Its heading at birth is not known any more once it has bounced.
    let mut flown = Shot {
        pos: muzzle(birth.motion.pos, shot.heading, arena),
        bounces: 0,
        age: 0,
        ..*shot
    };
    let heading = flown.heading;
    if fly_shot(&mut flown, Tick::from(ago), arena) != ShotStep::Flying {
        return None;
    }
    (flown == *shot).then_some(ShotNews::Fired {
        by,
        weapon: shot.weapon,
        heading,
        ago,
    })
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
        // Both are held, so their addresses can't become another roster's.
        let same =
            |known: &RosterChange| Arc::ptr_eq(&known.base, base) && Arc::ptr_eq(&known.next, next);
        let at = self.0.iter().position(same).unwrap_or_else(|| {
            if self.0.len() >= ROSTER_CHANGES_MAX {
                self.0.pop_front();
            }
            let mut changes = Vec::new();
            compare_rosters(base, next, &mut changes);
            self.0.push_back(RosterChange {
                base: Arc::clone(base),
                next: Arc::clone(next),
                changes,
            });
            self.0.len() - 1
        });
        &self.0[at].changes
    }
}

fn compare_rosters(base: &Roster, next: &Roster, changes: &mut Vec<(PlayerId, RosterDelta)>) {
    merge(base, next, |id, old, new| {
        if let Some(change) = roster(old, new) {
            changes.push((id, change));
        }
    });
}

/// Walks two lists sorted by id in step, and shows every id that stands in either.
fn merge<Id: Ord + Copy, Old, New>(
    old: &[(Id, Old)],
    new: &[(Id, New)],
    mut each: impl FnMut(Id, Option<&Old>, Option<&New>),
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
        let id = before.map(|(id, _)| *id).or(after.map(|(id, _)| *id));
        if let Some(id) = id {
            each(
                id,
                before.map(|(_, value)| value),
                after.map(|(_, value)| value),
            );
        }
    }
}

fn own(base: &Told, next: &View, tracks: &impl Tracks) -> OwnDelta {
    let (old, new) = (&base.own, &next.own);
    let course = own_course(base, next, tracks);
    let life = |pilot: &Pilot| (pilot.life, pilot.alive, pilot.respawn_at, pilot.killer);
    let effects = |pilot: &Pilot| (pilot.haste_until, pilot.overcharge_until);
    let mut fields = OwnFields::default();
    let turns = course.is_some_and(|course| !course.is_empty());
    fields.set(OwnFields::COURSE, turns);
    fields.set(OwnFields::MOTION, course.is_none());
    fields.set(OwnFields::READY, old.ready_at != new.ready_at);
    let health = |pilot: &Pilot| (pilot.health, pilot.shield);
    fields.set(OwnFields::HEALTH, health(old) != health(new));
    fields.set(OwnFields::SPECIAL, old.special != new.special);
    fields.set(OwnFields::LIFE, life(old) != life(new));
    let protection = old.protected_until != new.protected_until;
    fields.set(OwnFields::PROTECTION, protection);
    fields.set(OwnFields::DASH, old.dash != new.dash);
    fields.set(OwnFields::DEFLECT, old.deflect != new.deflect);
    fields.set(OwnFields::EFFECTS, effects(old) != effects(new));
    let mut delta = OwnDelta {
        fields,
        course: course.unwrap_or_default(),
        pilot: Pilot::default(),
    };
    OwnDelta::carry(fields, &new.counted_from(next.tick), &mut delta.pilot);
    delta
}

/// How the own craft was steered since; none if it has to be told in full.
fn own_course(base: &Told, next: &View, tracks: &impl Tracks) -> Option<Course> {
    let (old, new) = (&base.own, &next.own);
    // Nobody flies a wreck: it lies where it is.
    if !old.alive && !new.alive && old.motion == new.motion && old.steer == new.steer {
        return Some(Course::default());
    }
    if !old.alive || !new.alive || old.life != new.life {
        return None;
    }
    // The client flies it on with the haste it knows of.
    if next.tick - base.tick > FLIGHT_TICKS_MAX || old.haste_until != new.haste_until {
        return None;
    }
    tracks.track(next.me)?.course(base.tick)
}

/// A place may change hands between two snapshots, even from a person to a bot of the same name.
fn is_same_player(old: &RosterEntry, new: &RosterEntry) -> bool {
    old.bot == new.bot && (Arc::ptr_eq(&old.name, &new.name) || old.name == new.name)
}

fn roster(old: Option<&RosterEntry>, new: Option<&RosterEntry>) -> Option<RosterDelta> {
    let bare = |fields| RosterDelta {
        fields,
        name: Arc::default(),
        team: None,
        score: Score::default(),
        ping_ms: 0,
    };
    let Some(new) = new else {
        return Some(bare(RosterFields::LEAVE));
    };
    let Some(old) = old.filter(|old| is_same_player(old, new)) else {
        let mut change = bare(RosterFields::ENTER);
        change.fields.set(RosterFields::BOT, new.bot);
        change.fields.set(RosterFields::TEAM, new.team.is_some());
        change.team = new.team;
        (change.name, change.score, change.ping_ms) = (new.name.clone(), new.score, new.ping_ms);
        return Some(change);
    };
    let mut change = bare(RosterFields::default());
    if old.team != new.team {
        change.fields.set(RosterFields::TEAM, true);
        change.team = new.team;
    }
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
