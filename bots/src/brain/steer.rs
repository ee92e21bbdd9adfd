//! The thumb that steers: of sixteen directions it takes the one that serves best what is wanted, away from walls and
//! out of the way of shots, and moves the stick there as fast as a thumb does.

use std::sync::LazyLock;

use super::plane::Xy;
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

/// A thumb that moved less than this since the stick last did rests: nobody steers thirty times a second. Straight
/// flight is also what costs nothing to tell others about.
const REST: f32 = 0.12;

/// The stick, length 1 at most.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Stick {
    /// Where the thumb is going.
    thumb: Xy,
    /// Where the stick is.
    held: Xy,
}

impl Stick {
    pub(crate) fn position(&self) -> Xy {
        self.held
    }

    /// Moves the stick for `seconds` towards the best direction; it takes about `stick_s` to get there.
    pub(crate) fn steer(
        &mut self,
        world: &World,
        own: &Own,
        wish: &Wish,
        seconds: f32,
        stick_s: f32,
    ) {
        let strength = (wish.way + wish.dodge).length().min(1.0);
        let wanted = if strength < 0.08 {
            Xy::ZERO
        } else {
            self.best(world, own, wish) * strength
        };
        let share = 1.0 - (-seconds / stick_s).exp();
        self.thumb = (self.thumb + (wanted - self.thumb) * share).at_most(1.0);
        if (self.thumb - self.held).length() > REST {
            self.held = self.thumb;
        }
    }

    fn best(&self, world: &World, own: &Own, wish: &Wish) -> Xy {
        let wanted = wish.way + wish.dodge;
        let score = |direction: Xy| {
            let inertia = 0.2 * self.thumb.dot(direction);
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
