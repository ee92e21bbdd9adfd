//! Pilots fly and fire, shots fly and hit.

use std::ops::ControlFlow;

use bevy_ecs::prelude::*;
use fracas_protocol::motion::{Fired, Segment, Shot, ShotStep, step_pilot, step_shot};
use fracas_protocol::{Vec2, rules::Arena};

use super::components::{Craft, Flying, Identity};
use super::grid::{CraftGrid, Sighting};
use super::resources::{Hit, Hits, MatchClock, Setup, ShotIds};

/// Everybody flies one tick; shots that are fired are born, and fly from the next tick on.
pub(super) fn fly_and_fire(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    mut ids: ResMut<ShotIds>,
    mut crafts: Query<(&Identity, &mut Craft)>,
    mut commands: Commands,
) {
    for (identity, mut craft) in &mut crafts {
        let input = craft.input;
        let Some(Fired::Shot(shot)) = step_pilot(
            &mut craft.pilot,
            identity.id,
            &input,
            clock.tick,
            &setup.arena,
        ) else {
            continue;
        };
        if let Some(id) = ids.take() {
            commands.spawn(Flying {
                id,
                born: clock.tick,
                shot,
            });
        }
    }
}

/// Every shot that was in flight before this tick moves on, and ends where it meets a craft, a last wall or its age.
pub(super) fn move_shots(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    crafts: Res<CraftGrid>,
    mut ids: ResMut<ShotIds>,
    mut hits: ResMut<Hits>,
    mut shots: Query<(Entity, &mut Flying)>,
    mut commands: Commands,
) {
    let dangerous = clock.is_dangerous();
    for (entity, mut flying) in &mut shots {
        if flying.born == clock.tick {
            continue;
        }
        let shot = &mut flying.shot;
        let mut met = None;
        let before = *shot;
        let step = step_shot(shot, &setup.arena, |segment| {
            met = dangerous
                .then(|| first_met(&before, segment, &crafts, &setup.arena))
                .flatten();
            if met.is_some() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        if let Some((victim, pos)) = met {
            hits.0.push(Hit {
                attacker: shot.owner,
                victim: victim.id,
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

/// The first craft that a piece of a shot's path touches, and where.
fn first_met(
    shot: &Shot,
    segment: &Segment,
    crafts: &CraftGrid,
    arena: &Arena,
) -> Option<(Sighting, Vec2)> {
    let reach = arena.tuning.craft_radius + shot.tuning(arena).shot_radius;
    let way = segment.to - segment.from;
    let middle = segment.from + way.scale(1, 2);
    let half = Vec2::new(way.x.abs() / 2 + reach + 1, way.y.abs() / 2 + reach + 1);
    let hurts = |entry: &&Sighting| {
        !entry.craft.protected && (entry.id != shot.owner || segment.bounces > 0)
    };
    let touched = crafts
        .0
        .within(middle, half)
        .filter(hurts)
        .filter_map(|entry| {
            let at = along(segment.from, way, entry.craft.motion.pos);
            let closest = segment.from + way.scale(at, ALONG_ALL);
            let distance = (entry.craft.motion.pos - closest).length_squared();
            (distance <= i64::from(reach) * i64::from(reach))
                .then_some((at, entry.id, *entry, closest))
        });
    touched
        .min_by_key(|(at, id, ..)| (*at, *id))
        .map(|(_, _, entry, closest)| (entry, closest))
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
