//! Sending shots back: the server's rule, and what a client shows of its own deflect before the server has spoken.

use super::{Segment, Shot};
use crate::rules::Tuning;
use crate::{Angle, PlayerId, Vec2};

/// Whether what flies along `way` comes from within `half_arc` (in 1/65,536 turn) of where somebody aims.
pub fn comes_into(way: Vec2, aim: Angle, half_arc: u16) -> bool {
    if half_arc >= 1 << 15 {
        return true;
    }
    let cosine = i64::from(Angle(half_arc).direction().x);
    (-way).dot(aim.direction()) >= cosine * i64::from(way.length())
}

impl Shot {
    /// As `player` sends it back at `pos` along `aim`: theirs, with one bounce more, and beginning anew.
    #[must_use]
    pub fn sent_back(&self, player: PlayerId, pos: Vec2, aim: Angle) -> Shot {
        Shot {
            owner: player,
            weapon: self.weapon,
            pos,
            heading: aim,
            bounces: self.bounces.saturating_add(1),
            age: 0,
        }
    }
}

impl Segment {
    /// Where a craft at `target` that deflects, aiming along `aim`, sends back what flies along this piece and is `radius`
    /// large (both in position units); none if it passes, or comes from elsewhere.
    pub fn deflected_at(
        &self,
        target: Vec2,
        aim: Angle,
        radius: i32,
        tuning: &Tuning,
    ) -> Option<Vec2> {
        let comes = comes_into(self.to - self.from, aim, tuning.deflect_half_arc);
        let reach = tuning.deflect_radius.max(tuning.craft_radius) + radius;
        let (_, pos) = self.nearest(target, reach).filter(|_| comes)?;
        Some(pos)
    }
}
