//! When to dash: out of the way of what hurts most, to get somewhere that matters, and at somebody to be close.

use super::plane::Xy;
use super::world::{Own, World};

/// How clear the way must be, in parts of a dash.
const CLEAR: f32 = 0.8;
/// The stick has to point where one wants to go: cosine of the most it may be off.
const POINTS: f32 = 0.85;

/// Why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Something will hit: the last dash is there for that.
    Evade,
    /// To be somewhere sooner: only while all of them are ready.
    Hurry,
}

/// Whether to dash along the stick, which points about where `way` leads.
pub(crate) fn is_worth_it(world: &World, own: &Own, stick: Xy, way: Xy, reason: Reason) -> bool {
    let rules = &world.rules().dash;
    let enough = match reason {
        Reason::Evade => own.dashes > 0,
        Reason::Hurry => own.dashes > 0 && own.dashes >= rules.charges,
    };
    let length = rules.distance_tiles * CLEAR;
    enough
        && stick.unit().dot(way.unit()) > POINTS
        && world.clear_way(own.pos, own.pos + stick.unit() * length)
}
