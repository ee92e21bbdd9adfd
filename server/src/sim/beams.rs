//! Beams: whom they hit, and who is told.

use bevy_ecs::prelude::*;
use fracas_protocol::motion::{Beam, Segment};
use fracas_protocol::view::find;
use fracas_protocol::{EventKind, Tick, Vec2};

use super::components::{Client, Craft, Identity};
use super::flight::{Line, Meeting, touch};
use super::grid::CraftGrid;
use super::resources::{Beams, Hit, Hits, MatchClock, Setup, Struck, charged};
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
    for Struck {
        beam,
        back,
        overcharged,
    } in &beams.0
    {
        let first = hits.0.len();
        let line = Line {
            shooter: beam.owner,
            radius: setup.arena.tuning.weapon(beam.weapon).shot_radius,
            back: *back,
            spares_shooter: 0,
            can_be_deflected: false,
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
                    weapon: beam.weapon,
                    damage: charged(
                        beam.damage(segment.bounces, &setup.arena),
                        *overcharged,
                        &setup.arena,
                    ),
                    bounces: segment.bounces,
                    deflected: false,
                    pos: meeting.pos,
                });
            }
        });
    }
}

/// Tells everybody who can see the shooter or a piece of the beam: from the muzzle on, or from where it comes into their
/// picture, so that nobody learns where a shooter out of sight is.
pub(super) fn tell(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    crafts: Res<CraftGrid>,
    mut beams: ResMut<Beams>,
    mut watchers: Query<(&Identity, &Craft, &mut Client)>,
    mut pieces: Local<Vec<Segment>>,
) {
    for Struck { beam, .. } in beams.0.drain(..) {
        pieces.clear();
        beam.trace(&setup.arena, |segment| pieces.push(*segment));
        let reach = Reach::of(&pieces);
        for (identity, craft, mut client) in &mut watchers {
            if identity.id == beam.owner {
                client.tell_beam(clock.tick, &beam);
                continue;
            }
            let picture = Picture::of(&craft.pilot, &crafts, &setup);
            if !reach.is_near(&picture) {
                continue;
            }
            let sees_shooter =
                picture.still_holds(beam.from) && find(&client.told.crafts, beam.owner).is_some();
            let told = if sees_shooter {
                Some(beam)
            } else {
                seen_of(&beam, &pieces, &picture)
            };
            if let Some(beam) = told {
                client.tell_beam(clock.tick, &beam);
            }
        }
    }
}

/// A beam from where it comes into a picture on, if it does. What it had behind it there isn't said, so that a client may draw
/// its end further than it reached.
fn seen_of(beam: &Beam, pieces: &[Segment], picture: &Picture) -> Option<Beam> {
    let mut heading = beam.heading;
    for piece in pieces {
        if let Some(from) = picture.entry(piece) {
            return Some(Beam {
                from,
                heading,
                ..*beam
            });
        }
        heading = piece.bounce.map_or(heading, |bounce| bounce.turn(heading));
    }
    None
}

/// The box round a beam. In a crowd most clients are far from it, which is told without looking at what they know.
struct Reach {
    least: Vec2,
    most: Vec2,
}

impl Reach {
    fn of(pieces: &[Segment]) -> Reach {
        let ends = || pieces.iter().flat_map(|piece| [piece.from, piece.to]);
        let x = || ends().map(|end| end.x);
        let y = || ends().map(|end| end.y);
        let at = |x: Option<i32>, y: Option<i32>| Vec2::new(x.unwrap_or(0), y.unwrap_or(0));
        Reach {
            least: at(x().min(), y().min()),
            most: at(x().max(), y().max()),
        }
    }

    /// Whether whoever looks at `picture` may see the beam or whoever fired it.
    fn is_near(&self, picture: &Picture) -> bool {
        let (centre, margin) = (picture.centre, picture.half_outer);
        let near = |at: i32, least: i32, most: i32, margin: i32| {
            (least.saturating_sub(margin)..=most.saturating_add(margin)).contains(&at)
        };
        near(centre.x, self.least.x, self.most.x, margin.x)
            && near(centre.y, self.least.y, self.most.y, margin.y)
    }
}

impl Client {
    fn tell_beam(&mut self, tick: Tick, beam: &Beam) {
        let Beam {
            owner,
            weapon,
            from,
            heading,
        } = *beam;
        let event = EventKind::Beam {
            owner,
            weapon,
            from,
            heading,
        };
        self.tell(tick, event);
    }
}
