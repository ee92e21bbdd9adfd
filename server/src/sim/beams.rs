//! Beams: whom they hit, and who is told.

use bevy_ecs::prelude::*;
use fracas_protocol::motion::{Beam, Segment, Weapon};
use fracas_protocol::view::find;
use fracas_protocol::{EventKind, PlayerId, Tick, Vec2};

use super::components::{Client, Craft, Identity};
use super::flight::{Line, touched};
use super::grid::CraftGrid;
use super::resources::{Beams, Hit, Hits, MatchClock, Setup};
use super::rewind::Hindsight;
use super::tracks::Pasts;

/// Everything on a beam's way is hit, once, where the shooter saw it.
pub(super) fn strike(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    crafts: Res<CraftGrid>,
    pasts: Res<Pasts>,
    beams: Res<Beams>,
    mut hits: ResMut<Hits>,
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
            let mut met: Vec<_> = touched(&line, segment, &crafts, &hindsight).collect();
            met.sort_unstable_by_key(|meeting| (meeting.along, meeting.victim));
            for meeting in met {
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
) {
    let mut pieces = Vec::new();
    for (beam, _) in beams.0.drain(..) {
        pieces.clear();
        beam.trace(&setup.arena, |segment| pieces.push(*segment));
        for (identity, craft, mut client) in &mut watchers {
            if !client.attached {
                continue;
            }
            let picture = Picture::of(craft, &crafts, &setup);
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

/// What a player sees, with one margin.
struct Picture {
    centre: Vec2,
    half: Vec2,
}

impl Picture {
    /// Round the own craft; after death round the killer, for as long as it lives.
    fn of(craft: &Craft, crafts: &CraftGrid, setup: &Setup) -> Picture {
        let tuning = &setup.arena.tuning;
        let pilot = &craft.pilot;
        let place = |id: PlayerId| {
            let killer = crafts.0.all().iter().find(|entry| entry.id == id)?;
            Some(killer.craft.motion.pos)
        };
        let killer = pilot.killer.filter(|_| !pilot.alive);
        Picture {
            centre: killer.and_then(place).unwrap_or(pilot.motion.pos),
            half: Vec2::new(
                tuning.view_half_x + tuning.view_margin,
                tuning.view_half_y + tuning.view_margin,
            ),
        }
    }

    /// Whether a piece of a line crosses the picture: their boxes overlap, and the corners don't all lie on one side of it.
    fn shows(&self, piece: &Segment) -> bool {
        let (from, to) = (piece.from - self.centre, piece.to - self.centre);
        let Vec2 { x, y } = self.half;
        let is_aside = from.x.min(to.x) > x
            || from.x.max(to.x) < -x
            || from.y.min(to.y) > y
            || from.y.max(to.y) < -y;
        if is_aside {
            return false;
        }
        let way = to - from;
        let side = i64::from(way.x) * i64::from(from.y) - i64::from(way.y) * i64::from(from.x);
        let corner = i64::from(way.x.abs()) * i64::from(y) + i64::from(way.y.abs()) * i64::from(x);
        side.abs() <= corner
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(from: (i32, i32), to: (i32, i32)) -> Segment {
        Segment {
            from: Vec2::new(from.0, from.1),
            to: Vec2::new(to.0, to.1),
            bounces: 0,
            bounce: None,
        }
    }

    #[test]
    fn a_picture_shows_lines_that_begin_end_in_or_cross_it() {
        let picture = Picture {
            centre: Vec2::new(100, 100),
            half: Vec2::new(50, 30),
        };
        assert!(picture.shows(&piece((100, 100), (900, 900))));
        assert!(picture.shows(&piece((-900, 100), (900, 100))));
        assert!(picture.shows(&piece((60, 60), (60, 300))));
        assert!(!picture.shows(&piece((40, 60), (40, 300))));
        // Boxes that overlap, but past the corner.
        assert!(!picture.shows(&piece((140, 0), (240, 100))));
        assert!(picture.shows(&piece((100, 40), (200, 100))));
    }
}
