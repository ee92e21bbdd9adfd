//! Pilots fly and fire, shots fly and hit.

use std::ops::ControlFlow;

use bevy_ecs::prelude::*;
use fracas_protocol::motion::{Fired, Segment, ShotStep, step_pilot, step_shot};
use fracas_protocol::{PlayerId, Vec2};

use super::components::{Craft, Flying, Identity, InputQueue};
use super::grid::CraftGrid;
use super::resources::{Beams, Hit, Hits, MatchClock, Setup, ShotIds};
use super::rewind::{Hindsight, back_at};
use super::tracks::Pasts;

/// Everybody flies one tick; shots that are fired are born, and fly from the next tick on.
pub(super) fn fly_and_fire(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    mut ids: ResMut<ShotIds>,
    mut beams: ResMut<Beams>,
    mut crafts: Query<(&Identity, &mut Craft, &InputQueue)>,
    mut commands: Commands,
) {
    for (identity, mut craft, queue) in &mut crafts {
        let (input, tick, back) = (craft.input, clock.tick, queue.sight.back);
        match step_pilot(&mut craft.pilot, identity.id, &input, tick, &setup.arena) {
            None => {}
            Some(Fired::Beam(beam)) => beams.0.push((beam, back)),
            Some(Fired::Shot(shot)) => {
                if let Some(id) = ids.take() {
                    commands.spawn(Flying {
                        id,
                        born: tick,
                        back,
                        shot,
                    });
                }
            }
        }
    }
}

/// Every shot that was in flight before this tick moves on, and ends where it meets a craft, a last wall or its age.
pub(super) fn move_shots(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    crafts: Res<CraftGrid>,
    pasts: Res<Pasts>,
    mut ids: ResMut<ShotIds>,
    mut hits: ResMut<Hits>,
    mut shots: Query<(Entity, &mut Flying)>,
    mut commands: Commands,
) {
    let dangerous = clock.is_dangerous();
    let hindsight = Hindsight {
        pasts: &pasts,
        now: clock.tick,
        arena: &setup.arena,
    };
    for (entity, mut flying) in &mut shots {
        if flying.born == clock.tick {
            continue;
        }
        let back = back_at(flying.shot.age.saturating_add(1), flying.back);
        let shot = &mut flying.shot;
        let line = Line {
            shooter: shot.owner,
            radius: shot.tuning(&setup.arena).shot_radius,
            back,
        };
        let mut met = None;
        let step = step_shot(shot, &setup.arena, |segment| {
            met = dangerous
                .then(|| first_met(&line, segment, &crafts, &hindsight))
                .flatten();
            if met.is_some() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        if let Some(Meeting { victim, pos, .. }) = met {
            hits.0.push(Hit {
                attacker: shot.owner,
                victim,
                weapon: shot.weapon,
                damage: shot.damage(&setup.arena),
                bounces: shot.bounces,
                pos,
            });
        }
        if step != ShotStep::Flying {
            ids.give_back(flying.id);
            commands.entity(entity).despawn();
        }
    }
}

/// What hits craft on its way.
pub(super) struct Line {
    pub(super) shooter: PlayerId,
    /// In position units.
    pub(super) radius: i32,
    /// How far in the past it meets others, in parts of a tick. Its shooter it meets in the present, as they see
    /// themselves.
    pub(super) back: u32,
}

/// A line touched a craft.
pub(super) struct Meeting {
    /// How far along the piece, as [`along`] counts.
    pub(super) along: i64,
    pub(super) victim: PlayerId,
    /// Where on the line.
    pub(super) pos: Vec2,
}

/// The first craft that a piece of a line touches.
fn first_met(
    line: &Line,
    segment: &Segment,
    crafts: &CraftGrid,
    hindsight: &Hindsight<'_>,
) -> Option<Meeting> {
    let key = |meeting: &Meeting| (meeting.along, meeting.victim);
    let mut first: Option<Meeting> = None;
    touch(line, segment, crafts, hindsight, |meeting| {
        if first
            .as_ref()
            .is_none_or(|first| key(&meeting) < key(first))
        {
            first = Some(meeting);
        }
    });
    first
}

/// Shows `meet` every craft that a piece of a line touches, in no order of use.
pub(super) fn touch(
    line: &Line,
    segment: &Segment,
    crafts: &CraftGrid,
    hindsight: &Hindsight<'_>,
    mut meet: impl FnMut(Meeting),
) {
    let reach = hindsight.arena.tuning.craft_radius + line.radius;
    let way = segment.to - segment.from;
    let middle = segment.from + way.scale(1, 2);
    let margin = reach + 1 + hindsight.reach(line.back);
    let half = Vec2::new(way.x.abs() / 2 + margin, way.y.abs() / 2 + margin);
    crafts.cells.visit(middle, half, |entry| {
        let is_own = entry.id == line.shooter;
        let is_spared = is_own && segment.bounces == 0 || crafts.mates.are(line.shooter, entry.id);
        if entry.craft.protected || is_spared {
            return;
        }
        let back = if is_own { 0 } else { line.back };
        let Some(target) = hindsight.seen(entry, back) else {
            return;
        };
        let along = along(segment.from, way, target);
        let pos = segment.from + way.scale(along, ALONG_ALL);
        let distance = (target - pos).length_squared();
        if distance <= i64::from(reach) * i64::from(reach) {
            let victim = entry.id;
            meet(Meeting { along, victim, pos });
        }
    });
}

/// The end of a segment, as [`along`] counts.
const ALONG_ALL: i64 = 1024;

/// How far along the way from `from` the point closest to `to` lies, 0 to [`ALONG_ALL`].
fn along(from: Vec2, way: Vec2, to: Vec2) -> i64 {
    let whole = way.length_squared();
    if whole == 0 {
        0
    } else {
        ((to - from).dot(way) * ALONG_ALL / whole).clamp(0, ALONG_ALL)
    }
}
