//! A beam: a line through everything, with its bounces, there in one tick. Only muzzle and heading travel.

use super::Segment;
use super::shot::fly_far;
use crate::geometry::UNIT;
use crate::rules::Arena;
use crate::{Angle, PlayerId, Vec2, Weapon};

/// A beam, as it leaves the muzzle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beam {
    /// Who gets the credit.
    pub owner: PlayerId,
    /// What it was fired with.
    pub weapon: Weapon,
    /// The muzzle, in position units.
    pub from: Vec2,
    /// Where to.
    pub heading: Angle,
}

impl Beam {
    /// Shows every straight piece in order: up to the wall after the last bounce, or as far as a beam reaches.
    pub fn trace(&self, arena: &Arena, mut on_segment: impl FnMut(&Segment)) {
        let tuning = arena.tuning.weapon(self.weapon);
        let (mut pos, mut heading) = (self.from, self.heading);
        let mut rest = heading
            .direction()
            .scale(i64::from(tuning.range), i64::from(UNIT));
        for bounces in 0..=tuning.bounces {
            let (to, wall) = fly_far(pos, rest, &arena.map);
            on_segment(&Segment {
                from: pos,
                to,
                bounces,
                bounce: wall.map(|wall| wall.bounce_at(to)),
            });
            let Some(wall) = wall else { return };
            (heading, rest) = wall.reflect(heading, rest - (to - pos));
            pos = to;
        }
    }

    /// The muzzle, every bounce, and the end.
    pub fn points(&self, arena: &Arena) -> Vec<Vec2> {
        let mut points = vec![self.from];
        self.trace(arena, |segment| points.push(segment.to));
        points
    }

    /// What it does to a craft after so many bounces.
    pub fn damage(&self, bounces: u8, arena: &Arena) -> u8 {
        arena.tuning.weapon(self.weapon).damage(bounces)
    }
}
