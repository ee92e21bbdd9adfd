//! Pilots fly and fire, shots fly and hit.

use std::ops::ControlFlow;

use bevy_ecs::prelude::*;
use fracas_protocol::motion::{Fired, Segment, ShotStep, comes_into, step_pilot, step_shot};
use fracas_protocol::view::CraftFlags;
use fracas_protocol::{Angle, Arena, EventKind, PlayerId, Vec2, Weapon};

use super::boundary::MatchEvent;
use super::bursts;
use super::components::{Craft, Flying, Identity, InputQueue};
use super::grid::CraftGrid;
use super::resources::{
    Beams, Hit, Hits, MatchClock, Outbox, Roster, Setup, ShotIds, Struck, charged,
};
use super::rewind::{Hindsight, back_at};
use super::sights::Sights;
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
        let fired = step_pilot(&mut craft.pilot, identity.id, &input, tick, &setup.arena);
        let overcharged = craft.pilot.has_overcharge(tick);
        match fired {
            None => {}
            Some(Fired::Beam(beam)) => beams.0.push(Struck {
                beam,
                back,
                overcharged,
            }),
            Some(Fired::Shots(volley)) => {
                for shot in volley.shots(&setup.arena) {
                    let Some(id) = ids.take() else { break };
                    commands.spawn(Flying {
                        id,
                        born: tick,
                        back,
                        spares_owner: 0,
                        overcharged,
                        deflected: false,
                        shot,
                    });
                }
            }
        }
    }
}

/// Every shot that was in flight before this tick moves on, and ends where it meets a craft, a last wall or its age; or it
/// is sent back.
pub(super) fn move_shots(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    crafts: Res<CraftGrid>,
    pasts: Res<Pasts>,
    mut ids: ResMut<ShotIds>,
    mut hits: ResMut<Hits>,
    mut turned: ResMut<Turned>,
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
        let flying = &mut *flying;
        let (step, met) = move_shot(flying, dangerous, &crafts, &hindsight);
        if let Some(Meeting {
            sent_back: Some(aim),
            victim,
            pos,
            ..
        }) = met
        {
            turned.0.push(Turn {
                player: victim,
                from: flying.shot.owner,
                weapon: flying.shot.weapon,
                pos,
            });
            flying.send_back(victim, pos, aim);
            continue;
        }
        if let Some(meeting) = &met {
            flying.shot.pos = meeting.pos;
        }
        if step == ShotStep::Flying {
            continue;
        }
        if dangerous && flying.shot.tuning(&setup.arena).burst_radius > 0 {
            let met = met.map(|meeting| meeting.victim);
            bursts::burst(flying, met, &crafts, &setup.arena, &mut hits.0);
        } else if let Some(meeting) = met {
            hits.0.push(flying.hit(&meeting, &setup.arena));
        }
        ids.give_back(flying.id);
        commands.entity(entity).despawn();
    }
}

/// One tick of a shot, and whom it met.
fn move_shot(
    flying: &mut Flying,
    dangerous: bool,
    crafts: &CraftGrid,
    hindsight: &Hindsight<'_>,
) -> (ShotStep, Option<Meeting>) {
    let shot = &mut flying.shot;
    let line = Line {
        shooter: shot.owner,
        radius: shot.tuning(hindsight.arena).shot_radius,
        back: back_at(shot.age.saturating_add(1), flying.back),
        spares_shooter: flying.spares_owner,
        can_be_deflected: true,
    };
    let mut met = None;
    let step = step_shot(shot, hindsight.arena, |segment| {
        met = dangerous
            .then(|| first_met(&line, segment, crafts, hindsight))
            .flatten();
        if met.is_some() {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    (step, met)
}

impl Flying {
    /// It flies along `aim` now, is somebody else's, and lives anew.
    fn send_back(&mut self, owner: PlayerId, pos: Vec2, aim: Angle) {
        // Turning one's own about takes nothing from anybody.
        self.deflected |= self.shot.owner != owner;
        self.shot = self.shot.sent_back(owner, pos, aim);
        self.back = 0;
        self.spares_owner = self.shot.bounces;
    }

    fn hit(&self, meeting: &Meeting, arena: &Arena) -> Hit {
        Hit {
            attacker: self.shot.owner,
            victim: meeting.victim,
            weapon: self.shot.weapon,
            damage: charged(self.shot.damage(arena), self.overcharged, arena),
            bounces: self.shot.bounces,
            deflected: self.deflected,
            pos: meeting.pos,
        }
    }
}

/// Shots that were sent back in this tick.
#[derive(Resource, Debug, Default)]
pub(super) struct Turned(Vec<Turn>);

#[derive(Debug)]
struct Turn {
    player: PlayerId,
    /// Whose it was.
    from: PlayerId,
    weapon: Weapon,
    pos: Vec2,
}

/// Tells of shots that were sent back: whoever looks there of all of them, spectators of those that were somebody else's.
pub(super) fn tell_of_turns(
    setup: Res<Setup>,
    roster: Res<Roster>,
    mut turned: ResMut<Turned>,
    mut sights: ResMut<Sights>,
    mut outbox: ResMut<Outbox>,
    players: Query<&Identity>,
) {
    for turn in turned.0.drain(..) {
        let player = turn.player;
        sights.add(
            turn.pos,
            EventKind::Deflect {
                player,
                pos: turn.pos,
            },
        );
        let found = roster
            .entity(player)
            .and_then(|entity| players.get(entity).ok());
        let is_news = turn.from != player && !roster.is_crowd();
        if let Some(identity) = found.filter(|_| is_news) {
            outbox.0.events.push(MatchEvent::Deflect {
                id: player,
                name: identity.name.clone(),
                from: turn.from,
                weapon: setup.names.weapon(turn.weapon),
            });
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
    /// It meets its shooter only once it has bounced more often than this.
    pub(super) spares_shooter: u8,
    /// Whether a deflect sends it back.
    pub(super) can_be_deflected: bool,
}

/// A line touched a craft.
pub(super) struct Meeting {
    /// How far along the piece, as [`Segment::nearest`] counts.
    pub(super) along: i64,
    pub(super) victim: PlayerId,
    /// Where on the line.
    pub(super) pos: Vec2,
    /// Along which aim the craft sends it back.
    sent_back: Option<Angle>,
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
    let tuning = &hindsight.arena.tuning;
    let (reach, reach_deflecting) = (
        tuning.craft_radius + line.radius,
        tuning.deflect_radius.max(tuning.craft_radius) + line.radius,
    );
    let way = segment.to - segment.from;
    let middle = segment.from + way.scale(1, 2);
    let margin = reach.max(reach_deflecting) + 1 + hindsight.reach(line.back);
    let half = Vec2::new(way.x.abs() / 2 + margin, way.y.abs() / 2 + margin);
    crafts.cells.visit(middle, half, |entry| {
        let is_own = entry.id == line.shooter;
        let is_spared = is_own && segment.bounces <= line.spares_shooter
            || crafts.mates.are(line.shooter, entry.id);
        if entry.craft.flags.has(CraftFlags::PROTECTED) || is_spared {
            return;
        }
        let back = if is_own { 0 } else { line.back };
        let Some(target) = hindsight.seen(entry, back) else {
            return;
        };
        let sends_back = line.can_be_deflected
            && entry.craft.flags.has(CraftFlags::DEFLECTING)
            && comes_into(way, entry.aim, tuning.deflect_half_arc);
        let reach = if sends_back { reach_deflecting } else { reach };
        if let Some((along, pos)) = segment.nearest(target, reach) {
            meet(Meeting {
                along,
                victim: entry.id,
                pos,
                sent_back: sends_back.then_some(entry.aim),
            });
        }
    });
}
