//! One motion code for truth and prediction: the server, the bots and the browser all step craft and shots with these
//! functions, on integers, so a predicted state is the server's state or a real difference, never a rounding.

mod beam;
mod collide;
mod craft;
mod deflect;
mod pilot;
mod shot;
mod track;

pub use beam::Beam;
pub use craft::{CraftMotion, extrapolate, step_craft};
pub use deflect::comes_into;
pub use pilot::{Dash, Deflect, Fired, Pilot, Special, Volley, step_pilot};
pub use shot::{
    Bounce, CATCH_UP_TICKS, End, Segment, Shot, ShotStep, fly_shot, muzzle, sees, step_shot,
};
pub use track::{COURSE_TICKS_MAX, Course, Past, TRACK_TICKS, TURNS_MAX, Track, Turn};

#[cfg(test)]
mod tests;
