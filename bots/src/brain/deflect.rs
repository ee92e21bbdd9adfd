//! Sending a shot back: in the moment before it arrives, if it comes from where one aims.

use super::dodge::Contact;
use super::plane::turn;
use super::skill::Talent;
use super::world::{Own, World};

/// The part of the arc, and of the time it holds, that a pilot trusts.
const TRUSTED: f32 = 0.8;

/// Whether to deflect now. Which shots a pilot overlooks is its own, and always the same for one shot.
pub(crate) fn is_time(
    world: &World,
    own: &Own,
    contact: &Contact,
    aim: f32,
    talent: &Talent,
    habit: u32,
) -> bool {
    let rules = &world.rules().deflect;
    let half_arc = rules.arc_degrees.to_radians() / 2.0;
    own.deflect_ready_in_s <= 0.0
        && contact.in_s < rules.window_s * TRUSTED
        && turn(aim, contact.from).abs() < half_arc * TRUSTED
        && contact.luck(habit.rotate_left(9)) < talent.deflect
}
