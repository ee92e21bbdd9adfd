//! Beams: whom they hit, and who is told.

use bevy_ecs::prelude::*;
use fracas_protocol::motion::{Beam, Segment, Weapon};
use fracas_protocol::view::find;
use fracas_protocol::{EventKind, Tick};

use super::components::{Client, Craft, Identity};
use super::flight::{Line, Meeting, touch};
use super::grid::CraftGrid;
use super::resources::{Beams, Hit, Hits, MatchClock, Setup};
use super::rewind::Hindsight;
use super::sight::Picture;
use super::tracks::Pasts;

/// Everything on a beam's way is hit, once, where the shooter saw it.
pub(super) fn strike(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    crafts: Res<CraftGrid>,
    pasts: Res<Pasts>,
    beams: Res<Beams>,
    mut hits: ResMut<Hits>,
    mut met: Local<Vec<Meeting>>,
) {
    if !clock.is_dangerous() {
        return;
    }
    let hindsight = Hindsight {
        pasts: &pasts,
        now: clock.tick,
        arena: &setup.arena,
    };
    for (beam, back) in &beams.0 {
        let first = hits.0.len();
        let line = Line {
            shooter: beam.owner,
            radius: setup.arena.tuning.rail.radius,
            back: *back,
        };
        beam.trace(&setup.arena, |segment| {
            touch(&line, segment, &crafts, &hindsight, |meeting| {
                met.push(meeting);
            });
            met.sort_unstable_by_key(|meeting| (meeting.along, meeting.victim));
            for meeting in met.drain(..) {
                if hits.0[first..]
                    .iter()
                    .any(|hit| hit.victim == meeting.victim)
                {
                    continue;
                }
                hits.0.push(Hit {
                    attacker: beam.owner,
                    victim: meeting.victim,
                    weapon: Weapon::Rail,
                    damage: Beam::damage(segment.bounces, &setup.arena),
                    bounces: segment.bounces,
                    pos: meeting.pos,
                });
            }
        });
    }
}

/// Tells everybody who can see the shooter or a piece of the beam.
pub(super) fn tell(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    crafts: Res<CraftGrid>,
    mut beams: ResMut<Beams>,
    mut watchers: Query<(&Identity, &Craft, &mut Client)>,
    mut pieces: Local<Vec<Segment>>,
) {
    for (beam, _) in beams.0.drain(..) {
        pieces.clear();
        beam.trace(&setup.arena, |segment| pieces.push(*segment));
        for (identity, craft, mut client) in &mut watchers {
            if !client.attached {
                continue;
            }
            let picture = Picture::of(&craft.pilot, &crafts, &setup);
            let knows =
                identity.id == beam.owner || find(&client.base.crafts, beam.owner).is_some();
            if knows || pieces.iter().any(|piece| picture.shows(piece)) {
                client.tell_beam(clock.tick, &beam);
            }
        }
    }
}

impl Client {
    fn tell_beam(&mut self, tick: Tick, beam: &Beam) {
        let Beam {
            owner,
            from,
            heading,
        } = *beam;
        let event = EventKind::Beam {
            owner,
            from,
            heading,
        };
        self.tell(tick, event);
    }
}
