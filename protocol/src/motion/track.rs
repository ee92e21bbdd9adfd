//! The recent past of a craft: where it was and how it was steered, tick by tick. Others' craft are told by what changed
//! in it ([`Course`]), and hits are judged against where it was when the shooter saw it.

use super::{CraftMotion, Pilot};
use crate::{Steer, Tick, Vec2};

/// Ticks remembered: half a second at 60 Hz.
pub const TRACK_TICKS: usize = 32;
/// Most turns in one [`Course`]; a hand makes fewer between two snapshots.
pub const TURNS_MAX: usize = 4;
/// Longest time a [`Course`] covers, in ticks.
pub const COURSE_TICKS_MAX: Tick = 16;

/// From a tick on, another steering.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// How many ticks before the end of the course it begins: 0 is the last tick alone.
    pub ago: u8,
    /// The steering from then on.
    pub steer: Steer,
}

/// Every change of steering over some ticks, oldest first: at most [`TURNS_MAX`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Course {
    turns: [Turn; TURNS_MAX],
    len: u8,
}

impl Course {
    /// Adds a turn that begins after those before it. Returns whether there was room and order.
    pub fn push(&mut self, turn: Turn) -> bool {
        let is_later = self.turns().last().is_none_or(|last| turn.ago < last.ago);
        let has_room = usize::from(self.len) < TURNS_MAX;
        if is_later && has_room {
            self.turns[usize::from(self.len)] = turn;
            self.len += 1;
        }
        is_later && has_room
    }

    /// The turns, oldest first.
    pub fn turns(&self) -> &[Turn] {
        &self.turns[..usize::from(self.len)]
    }

    /// Whether the steering stays.
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The steering in the tick `ago` before the end, given the one before.
    pub fn steer_at(&self, ago: Tick, before: Steer) -> Steer {
        match self.turns().iter().find(|turn| Tick::from(turn.ago) == ago) {
            Some(turn) => turn.steer,
            None => before,
        }
    }
}

/// A craft after one tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// Where it was and where it went.
    pub motion: CraftMotion,
    /// How it was steered in that tick.
    pub steer: Steer,
    /// Which life it was in.
    pub life: u8,
    /// Whether there was a craft.
    pub alive: bool,
    /// Whether nothing could hurt it.
    pub protected: bool,
    /// It has haste before this tick.
    pub haste_until: Tick,
}

impl Past {
    /// Whether `next`, its state after `tick`, is in the same life, and was flown as fast as whoever knows only this one
    /// assumes. Haste that ends in a tick may begin anew in it: flown without, and yet there before and after.
    fn goes_on(&self, next: &Past, tick: Tick) -> bool {
        let assumed = tick.wrapping_sub(1) < self.haste_until;
        let flown = tick < self.haste_until;
        let has = tick < next.haste_until;
        self.life == next.life && assumed == flown && flown == has
    }
}

/// The last [`TRACK_TICKS`] ticks of a craft.
#[derive(Clone, Debug)]
pub struct Track {
    past: [Past; TRACK_TICKS],
    newest: Tick,
    /// Ticks remembered.
    len: u32,
    /// The last tick with another steering, another speed or another life than the one before.
    disturbed: Tick,
}

impl Default for Track {
    fn default() -> Self {
        Track {
            past: [Past::default(); TRACK_TICKS],
            newest: 0,
            len: 0,
            disturbed: 0,
        }
    }
}

impl Track {
    /// Remembers `pilot` as it is after `tick`. Ticks come one after the other; after a gap the past is forgotten.
    pub fn record(&mut self, tick: Tick, pilot: &Pilot) {
        let follows = self.len > 0 && tick == self.newest.wrapping_add(1);
        let before = self.past[slot(self.newest)];
        let now = Past {
            motion: pilot.motion,
            steer: pilot.steer,
            life: pilot.life,
            alive: pilot.alive,
            protected: pilot.is_protected(tick),
            haste_until: pilot.haste_until,
        };
        let goes_on = follows
            && before.goes_on(&now, tick)
            && before.alive == now.alive
            && before.steer == now.steer;
        if !goes_on {
            self.disturbed = tick;
        }
        self.len = if follows {
            (self.len + 1).min(TRACK_TICKS as u32)
        } else {
            1
        };
        self.newest = tick;
        self.past[slot(tick)] = now;
    }

    /// Forgets everything: somebody else has the place.
    pub fn clear(&mut self) {
        self.len = 0;
    }

    /// The craft after `tick`, if that is remembered.
    pub fn at(&self, tick: Tick) -> Option<&Past> {
        let ago = self.newest.wrapping_sub(tick);
        (ago < self.len).then(|| &self.past[slot(tick)])
    }

    /// Where it was `part`/256 of a tick after `tick`, on a straight line between the two; none if it wasn't in the same
    /// life in both, or that isn't remembered.
    pub fn pos_between(&self, tick: Tick, part: u8) -> Option<Vec2> {
        let from = self.at(tick).filter(|past| past.alive)?;
        if part == 0 {
            return Some(from.motion.pos);
        }
        let to = self.at(tick.wrapping_add(1))?;
        let way = to.motion.pos - from.motion.pos;
        (to.alive && to.life == from.life)
            .then(|| from.motion.pos + way.scale(i64::from(part), 256))
    }

    /// How it was steered after tick `after`, up to the newest; none if flight alone doesn't lead from there to here, or
    /// there were too many turns or ticks to tell.
    pub fn course(&self, after: Tick) -> Option<Course> {
        if self.disturbed <= after && after <= self.newest && self.len > 0 {
            return Some(Course::default());
        }
        let ticks = self.newest.checked_sub(after)?;
        if ticks > COURSE_TICKS_MAX {
            return None;
        }
        let mut before = self.at(after)?;
        let mut course = Course::default();
        for tick in after + 1..=self.newest {
            let now = self.at(tick)?;
            if !before.goes_on(now, tick) || !now.alive || !before.alive {
                return None;
            }
            let ago = (self.newest - tick) as u8;
            let steer = now.steer;
            if steer != before.steer && !course.push(Turn { ago, steer }) {
                return None;
            }
            before = now;
        }
        Some(course)
    }
}

const fn slot(tick: Tick) -> usize {
    tick as usize % TRACK_TICKS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Angle;

    fn track(steers: &[Steer]) -> Track {
        let mut track = Track::default();
        for (tick, steer) in (10..).zip(steers) {
            let mut pilot = Pilot {
                alive: true,
                steer: *steer,
                ..Pilot::default()
            };
            pilot.motion.pos.x = tick as i32 * 100;
            track.record(tick, &pilot);
        }
        track
    }

    #[test]
    fn a_course_names_every_turn_since() {
        let (a, b) = (Steer::along(Angle(0)), Steer::along(Angle(8192)));
        let track = track(&[a, a, b, a, a]);
        let course = track.course(10).unwrap();
        let expected = [Turn { ago: 2, steer: b }, Turn { ago: 1, steer: a }];
        assert_eq!(course.turns(), expected);
        assert!(track.course(13).unwrap().is_empty());
        assert!(track.course(14).unwrap().is_empty());
    }

    #[test]
    fn too_many_turns_too_long_ago_and_another_life_are_no_course() {
        let (a, b) = (Steer::along(Angle(0)), Steer::NONE);
        let restless: Vec<_> = [a, b].into_iter().cycle().take(20).collect();
        let mut track = track(&restless);
        assert!(track.course(29 - TURNS_MAX as Tick).is_some());
        assert!(track.course(28 - TURNS_MAX as Tick).is_none());
        let pilot = Pilot {
            alive: true,
            life: 1,
            ..Pilot::default()
        };
        track.record(30, &pilot);
        assert!(track.course(29).is_none());
        track.clear();
        assert!(track.course(29).is_none() && track.at(30).is_none());
    }

    #[test]
    fn haste_that_begins_or_ends_is_no_course_even_both_in_one_tick() {
        let mut track = Track::default();
        let untils = [0, 0, 15, 15, 15, 30, 30];
        for (tick, haste_until) in (10..).zip(untils) {
            let pilot = Pilot {
                alive: true,
                haste_until,
                ..Pilot::default()
            };
            track.record(tick, &pilot);
        }
        // Given in tick 12, given anew in tick 15, which was flown without: before it there is haste, and after it.
        assert!(track.course(15).is_some());
        for after in 10..15 {
            assert!(track.course(after).is_none(), "{after}");
        }
        let at = |tick: Tick| *track.at(tick).unwrap();
        let goes_on = |tick: Tick| at(tick - 1).goes_on(&at(tick), tick);
        let going: Vec<_> = (11..=16).filter(|tick| goes_on(*tick)).collect();
        assert_eq!(going, [11, 13, 14, 16]);
    }

    #[test]
    fn positions_lie_between_ticks_and_only_where_it_was() {
        let track = track(&[Steer::NONE; 40]);
        assert_eq!(track.pos_between(40, 128), Some(Vec2::new(4050, 0)));
        assert_eq!(track.pos_between(49, 0), Some(Vec2::new(4900, 0)));
        assert_eq!(track.pos_between(49, 1), None);
        assert_eq!(track.pos_between(49 - TRACK_TICKS as Tick, 0), None);
    }
}
