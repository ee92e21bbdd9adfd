//! Who sees what. What is not in a view is never sent.

use std::sync::Arc;

use bevy_ecs::prelude::*;
use fracas_protocol::motion::{Pilot, Segment};
use fracas_protocol::snapshot::{Told, ToldShot};
use fracas_protocol::view::find;
use fracas_protocol::{Arena, PlayerId, ShotId, Tick, Vec2, View};

use super::components::{Client, Craft};
use super::contest::Contest;
use super::grid::{CraftGrid, Placed, ShotGrid, Tracked};
use super::pickups::Pads;
use super::resources::{MatchClock, Scratch, Setup};

/// What a player looks at.
pub(super) struct Picture {
    /// Its middle.
    pub(super) centre: Vec2,
    /// Half its size, with one margin: what enters here is shown.
    half: Vec2,
    /// With two margins: what leaves here is gone. Nobody flickers at the edge.
    pub(super) half_outer: Vec2,
    /// Half a margin each way.
    half_margin: Vec2,
}

impl Picture {
    /// Round the own craft; after death round the killer, for as long as it lives.
    pub(super) fn of(pilot: &Pilot, crafts: &CraftGrid, setup: &Setup) -> Picture {
        let tuning = &setup.arena.tuning;
        let place = |id: PlayerId| Some(crafts.get(id)?.motion.pos);
        let killer = pilot.killer.filter(|_| !pilot.alive);
        let half = |margins: i32| {
            let margin = margins * tuning.view_margin;
            Vec2::new(tuning.view_half_x + margin, tuning.view_half_y + margin)
        };
        Picture {
            centre: killer.and_then(place).unwrap_or(pilot.motion.pos),
            half: half(1),
            half_outer: half(2),
            half_margin: Vec2::new(tuning.view_margin / 2, tuning.view_margin / 2),
        }
    }

    /// Whoever is in the outer half of the picture aims in `next` as they were `told` to. All else of them stays: where they
    /// fly must be exact.
    pub(super) fn leave_far_aims(&self, told: &Told, next: &mut View) {
        for (id, craft) in &mut next.crafts {
            let away = craft.motion.pos - self.centre;
            let is_far = 2 * away.x.abs() > self.half.x || 2 * away.y.abs() > self.half.y;
            let before = find(&told.crafts, *id).filter(|before| before.life == craft.life);
            if let Some(before) = before.filter(|_| is_far) {
                craft.aim = before.aim;
            }
        }
    }

    pub(super) fn holds(&self, pos: Vec2) -> bool {
        is_within(pos - self.centre, self.half)
    }

    /// Whether a craft that was seen there lately is seen there still.
    pub(super) fn still_holds(&self, pos: Vec2) -> bool {
        is_within(pos - self.centre, self.half_outer)
    }

    /// The place in the picture that is nearest to `pos`.
    pub(super) fn clamp(&self, pos: Vec2) -> Vec2 {
        let Vec2 { x, y } = self.half;
        let away = pos - self.centre;
        self.centre + Vec2::new(away.x.clamp(-x, x), away.y.clamp(-y, y))
    }

    /// Whether a piece of a line crosses the picture: their boxes overlap, and the corners don't all lie on one side of it.
    pub(super) fn shows(&self, piece: &Segment) -> bool {
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

    /// Where a piece of a line comes into the picture, if it does: its start, or a place at the edge.
    pub(super) fn entry(&self, piece: &Segment) -> Option<Vec2> {
        if self.holds(piece.from) {
            return Some(piece.from);
        }
        if !self.shows(piece) {
            return None;
        }
        let (from, way) = (piece.from - self.centre, piece.to - piece.from);
        let x = part_outside(from.x, way.x, self.half.x);
        let y = part_outside(from.y, way.y, self.half.y);
        let (part, whole) = if x.0 * y.1 > y.0 * x.1 { x } else { y };
        Some(self.clamp(piece.from + way.scale(part, whole)))
    }
}

fn is_within(away: Vec2, half: Vec2) -> bool {
    away.x.abs() <= half.x && away.y.abs() <= half.y
}

/// How much of a way along an axis lies before it comes within `half` of the middle: so many parts of so many.
fn part_outside(from: i32, way: i32, half: i32) -> (i64, i64) {
    let outside = i64::from(from.abs()) - i64::from(half);
    (outside.max(0), i64::from(way.abs()).max(1))
}

/// What there is to be seen.
pub(super) struct Seen<'a> {
    pub(super) clock: &'a MatchClock,
    pub(super) contest: &'a Contest,
    pub(super) crafts: &'a CraftGrid,
    pub(super) shots: &'a ShotGrid,
    pub(super) pads: &'a Pads,
    pub(super) arena: &'a Arena,
}

impl Seen<'_> {
    /// Fills `next` with what whoever was `told` may know now; all but the roster.
    pub(super) fn fill(
        &self,
        pilot: &Pilot,
        picture: &Picture,
        told: &Told,
        pad_look: &mut Option<PadLook>,
        next: &mut View,
        marks: &mut Marks,
    ) {
        next.me = told.me;
        next.tick = self.clock.tick;
        next.match_state = self.contest.state(self.clock);
        next.own = *pilot;
        self.find_crafts(picture, told, next);
        self.find_shots(picture, told, next, marks);
        self.find_pads(picture, told, pad_look, next);
    }

    fn find_crafts(&self, picture: &Picture, told: &Told, next: &mut View) {
        next.crafts.clear();
        let near = self.crafts.cells.within(picture.centre, picture.half_outer);
        for entry in near.filter(|entry| entry.id != told.me) {
            if picture.holds(entry.craft.motion.pos) || find(&told.crafts, entry.id).is_some() {
                next.crafts.push((entry.id, entry.craft));
            }
        }
        next.crafts.sort_unstable_by_key(|(id, _)| *id);
    }

    /// A shot is known from when it comes into sight until it ends, wherever it flies: both ends compute its path. Own
    /// shots come into sight at birth.
    fn find_shots(&self, picture: &Picture, told: &Told, next: &mut View, marks: &mut Marks) {
        next.shots.clear();
        marks.wipe();
        // Most are known already, and those stand in order.
        for (id, old) in &told.shots {
            let shot = self.shots.get(*id);
            if let Some(shot) =
                shot.filter(|shot| ToldShot::of(shot, next.tick, self.arena) == *old)
            {
                marks.set(*id);
                next.shots.push((*id, *shot));
            }
        }
        for Tracked { id, shot } in self.shots.cells.within(picture.centre, picture.half) {
            if !marks.has(*id) {
                let at = next.shots.partition_point(|(other, _)| other < id);
                next.shots.insert(at, (*id, *shot));
            }
        }
    }
}

/// From where a client looked for empty pads last: it knows of all of them within half a margin of the picture there.
#[derive(Clone, Copy, Debug)]
pub(super) struct PadLook {
    centre: Vec2,
    /// How much had been taken by then ([`Pads::takings`]).
    takings: u32,
}

impl Seen<'_> {
    /// Pads stay as they were seen last until the next pickup has come, but for when all are filled at once.
    ///
    /// What lies near is looked through only when the picture has moved by half a margin. Until then it takes no more than
    /// what has been taken since, of which there is little: so all empty pads of the picture are known, and none more than two
    /// margins outside.
    fn find_pads(
        &self,
        picture: &Picture,
        told: &Told,
        look: &mut Option<PadLook>,
        next: &mut View,
    ) {
        let goes_on =
            look.filter(|look| is_within(picture.centre - look.centre, picture.half_margin));
        let news = goes_on.and_then(|look| Some((look, self.pads.taken_since(look.takings)?)));
        let takings = self.pads.takings();
        let reach = picture.half + picture.half_margin;
        next.pads = Arc::clone(&told.pads);
        match news {
            Some((before, news)) => {
                if next.pads.has_filled(next.tick) {
                    Arc::make_mut(&mut next.pads).retain(next.tick, |_, _| true);
                }
                for place in news.filter(|place| is_within(place.pos() - before.centre, reach)) {
                    self.see_pad(place.pad, next);
                }
                *look = Some(PadLook { takings, ..before });
            }
            None => {
                let is_so = |pad, ready_at| self.pads.ready_at(pad) == Some(ready_at);
                let is_past = |(pad, ready_at): &(u16, Tick)| !is_so(*pad, *ready_at);
                if next.pads.has_filled(next.tick) || next.pads.iter().any(is_past) {
                    Arc::make_mut(&mut next.pads).retain(next.tick, is_so);
                }
                for place in self.pads.places.within(picture.centre, reach) {
                    self.see_pad(place.pad, next);
                }
                *look = Some(PadLook {
                    centre: picture.centre,
                    takings,
                });
            }
        }
    }

    /// Notes of a pad that it is empty, if it is.
    fn see_pad(&self, pad: u16, next: &mut View) {
        let ready_at = self.pads.ready_at(pad);
        let Some(ready_at) = ready_at.filter(|ready_at| *ready_at > next.tick) else {
            return;
        };
        if find(&next.pads, pad) != Some(&ready_at) {
            Arc::make_mut(&mut next.pads).set(pad, ready_at);
        }
    }
}

/// Looks for everybody and forgets what was found: how many craft and shots.
pub(super) fn survey(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    crafts: Res<CraftGrid>,
    shots: Res<ShotGrid>,
    pads: Res<Pads>,
    contest: Res<Contest>,
    mut scratch: ResMut<Scratch>,
    watchers: Query<(&Craft, &Client)>,
) -> usize {
    let seen = Seen {
        clock: &clock,
        contest: &contest,
        crafts: &crafts,
        shots: &shots,
        pads: &pads,
        arena: &setup.arena,
    };
    let Scratch { next, marks, .. } = &mut *scratch;
    let look = |(craft, client): (&Craft, &Client)| {
        let picture = Picture::of(&craft.pilot, &crafts, &setup);
        let mut pad_look = client.pad_look;
        seen.fill(
            &craft.pilot,
            &picture,
            &client.told,
            &mut pad_look,
            next,
            marks,
        );
        next.crafts.len() + next.shots.len()
    };
    watchers.iter().map(look).sum()
}

/// A set of shots, emptied in no time.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// By name, the round in which it was marked last.
    rounds: Vec<u32>,
    round: u32,
}

impl Marks {
    fn wipe(&mut self) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.rounds.fill(0);
            self.round = 1;
        }
    }

    fn set(&mut self, id: ShotId) {
        let at = usize::from(id.0);
        if at >= self.rounds.len() {
            self.rounds.resize(at + 1, 0);
        }
        self.rounds[at] = self.round;
    }

    fn has(&self, id: ShotId) -> bool {
        self.rounds.get(usize::from(id.0)) == Some(&self.round)
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
            half_outer: Vec2::new(60, 40),
            half_margin: Vec2::new(5, 5),
        };
        assert!(picture.shows(&piece((100, 100), (900, 900))));
        assert!(picture.shows(&piece((-900, 100), (900, 100))));
        assert!(picture.shows(&piece((60, 60), (60, 300))));
        assert!(!picture.shows(&piece((40, 60), (40, 300))));
        // Boxes that overlap, but past the corner.
        assert!(!picture.shows(&piece((140, 0), (240, 100))));
        assert!(picture.shows(&piece((100, 40), (200, 100))));
    }

    #[test]
    fn a_line_comes_into_a_picture_at_its_edge() {
        let picture = Picture {
            centre: Vec2::new(100, 100),
            half: Vec2::new(50, 30),
            half_outer: Vec2::new(60, 40),
            half_margin: Vec2::new(5, 5),
        };
        let entry = |from, to| picture.entry(&piece(from, to)).map(|at| (at.x, at.y));
        assert_eq!(entry((110, 90), (900, 900)), Some((110, 90)), "in it");
        assert_eq!(entry((-900, 100), (900, 100)), Some((50, 100)));
        assert_eq!(entry((900, 120), (-900, 120)), Some((150, 120)));
        assert_eq!(entry((60, 400), (60, -300)), Some((60, 130)));
        assert_eq!(entry((10, 10), (110, 110)), Some((70, 70)), "by the top");
        assert_eq!(entry((30, 70), (130, 120)), Some((50, 80)), "by the side");
        assert_eq!(entry((140, 0), (240, 100)), None);
        assert_eq!(entry((-900, 100), (40, 100)), None, "ends before it");
    }

    #[test]
    fn what_is_out_of_the_picture_is_told_at_its_edge() {
        let picture = Picture {
            centre: Vec2::new(100, 100),
            half: Vec2::new(50, 30),
            half_outer: Vec2::new(60, 40),
            half_margin: Vec2::new(5, 5),
        };
        assert_eq!(picture.clamp(Vec2::new(149, 71)), Vec2::new(149, 71));
        assert_eq!(picture.clamp(Vec2::new(900, 90)), Vec2::new(150, 90));
        assert_eq!(picture.clamp(Vec2::new(-900, 900)), Vec2::new(50, 130));
    }
}
