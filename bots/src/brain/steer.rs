//! The thumb that steers: of sixteen directions it takes the one that serves best what is wanted, away from walls and
//! out of the way of shots, and moves the stick there as fast, and as seldom, as a thumb does.

use std::sync::LazyLock;

use super::plane::{Xy, turn};
use super::sight;
use super::world::{Own, World};

static DIRECTIONS: LazyLock<[Xy; 16]> =
    LazyLock::new(|| std::array::from_fn(|at| Xy::along(at as f32 * std::f32::consts::TAU / 16.0)));

/// What to weigh against each other. Lengths are weights.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wish {
    /// Where to go.
    pub(crate) way: Xy,
    /// Out of the way of shots.
    pub(crate) dodge: Xy,
    /// How much walls ahead count: little on a planned way, which leads round them already.
    pub(crate) walls: f32,
}

/// A wish this far off the stick is followed at once: an eighth of a turn, as from one pair of keys to the next.
const CLEARLY_OFF: f32 = std::f32::consts::TAU / 8.0;
/// A fright makes the thumb quicker: half of that, and half of the time, while there is something to evade.
const FRIGHT: f32 = 0.5;
/// The weight of a shot from which it does.
const FRIGHTENING: f32 = 0.15;
/// A wish that is less than this off is what the stick does already.
const HARDLY_OFF: f32 = std::f32::consts::TAU / 48.0;
/// Between the two: corrected when the stick has been held for this long, in seconds. Nobody steers thirty times a
/// second, and steady flight is also what costs nothing to tell others about.
const SETTLED_S: f32 = 0.35;
/// So much more or less strength is another one; there are three.
const STRENGTH_STEP: f32 = 0.25;

/// The stick, length 1 at most.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stick {
    held: Xy,
    /// Seconds since it was moved.
    held_s: f32,
    /// Seconds for which something clearly different has been wanted.
    off_s: f32,
}

impl Stick {
    pub(crate) fn position(&self) -> Xy {
        self.held
    }

    /// Lets `seconds` pass and moves the stick if what is wanted has been clearly different for `stick_s`, the time a
    /// thumb takes at leisure.
    pub(crate) fn steer(
        &mut self,
        world: &World,
        own: &Own,
        wish: &Wish,
        seconds: f32,
        stick_s: f32,
    ) {
        let strength = (wish.way + wish.dodge).length().min(1.0);
        let wanted = if strength < 0.17 {
            Xy::ZERO
        } else {
            self.best(world, own, wish) * strength
        };
        self.held_s += seconds;
        let haste = if wish.dodge.length() > FRIGHTENING {
            FRIGHT
        } else {
            1.0
        };
        let (is_clear, is_slight) = self.off(wanted, CLEARLY_OFF * haste);
        self.off_s = if is_clear { self.off_s + seconds } else { 0.0 };
        if self.off_s >= stick_s * haste || is_slight && self.held_s >= SETTLED_S {
            *self = Stick {
                held: wanted,
                ..Stick::default()
            };
        }
    }

    /// Whether `wanted` is another direction by more than `clearly` or another strength, and whether it is another at all.
    fn off(&self, wanted: Xy, clearly: f32) -> (bool, bool) {
        let other_strength = (wanted.length() - self.held.length()).abs() > STRENGTH_STEP;
        let both = wanted != Xy::ZERO && self.held != Xy::ZERO;
        let off = if both {
            turn(self.held.angle(), wanted.angle()).abs()
        } else {
            0.0
        };
        (
            other_strength || off > clearly,
            other_strength || off > HARDLY_OFF,
        )
    }

    fn best(&self, world: &World, own: &Own, wish: &Wish) -> Xy {
        let wanted = wish.way + wish.dodge;
        let score = |direction: Xy| {
            let inertia = 0.2 * self.held.dot(direction);
            wanted.dot(direction) + inertia - wish.walls * blocked(world, own.pos, direction)
        };
        let best = DIRECTIONS
            .iter()
            .copied()
            .max_by(|a, b| score(*a).total_cmp(&score(*b)))
            .unwrap_or_default();
        // Close to what is wanted anyway: exactly that, so that a planned way is flown straight.
        let exact = wanted.unit();
        if exact.dot(best) > 0.97 { exact } else { best }
    }
}

/// How much of the next tile and a half in this direction is not floor, 0 to 1.5; what is near counts more.
fn blocked(world: &World, pos: Xy, direction: Xy) -> f32 {
    let solid = |tiles: f32| !sight::is_open(world.map(), (pos + direction * tiles).tile());
    if solid(0.75) {
        1.5
    } else if solid(1.4) {
        0.6
    } else {
        0.0
    }
}
