//! Brains: a view of the world goes in, an input comes out.
//!
//! | module | what it holds |
//! |---|---|
//! | `world` | what a bot is shown |
//! | `plane` | positions, directions, turns; [`intent`] |
//! | `hunter` | the built-in brain: decides, then acts |
//! | `quarry`, `travel`, `dodge`, `bank` | whom to hunt, which way, away from what, round which corner |
//! | `arsenal`, `rail` | which weapon to use, when to charge a beam |
//! | `forage` | which pickups are worth the way |
//! | `dash`, `deflect` | when to |
//! | `objective` | where the mode wants one to be |
//! | `hand`, `steer`, `trigger` | aim, stick and trigger, as fast as a person's and no faster |
//! | `manners` | what to say at the end |
//! | `beginner` | a model of a person's first match, to hold the skills against |
//! | `path`, `sight` | ways and lines through the grid |
//! | `skill`, `random` | how good, what kind, and chance from a seed |
//!
//! Nothing here does I/O, reads a clock, or allocates once warm. All chance comes from a seed.

mod arsenal;
mod bank;
mod beginner;
mod dash;
mod deflect;
mod dodge;
mod forage;
mod hand;
mod hunter;
mod manners;
mod objective;
mod path;
mod plane;
mod quarry;
mod rail;
mod random;
mod sight;
mod skill;
mod steer;
mod travel;
mod trigger;
mod world;

#[cfg(test)]
mod tests;

pub use beginner::Beginner;
pub use hunter::Hunter;
pub use plane::{Xy, intent, turn, with, with_special};
pub use random::Random;
pub use skill::Skill;
pub use world::{Bullet, Enemy, Own, Pickup, World};

use fracas_protocol::Intent;
use fracas_protocol::chat::{Line, Say};

/// Something that plays.
pub trait Bot {
    /// What to do, given what can be seen. Called before every few ticks (two as a rule); the answer holds until the
    /// next call. Must be quick: a machine runs hundreds of these.
    fn think(&mut self, world: &World) -> Intent;

    /// Somebody said something, perhaps this bot.
    fn hear(&mut self, _line: &Line) {}

    /// What to say now, if anything; asked after every thought. The server passes on one line a second, and none twice in
    /// ten seconds.
    fn say(&mut self, _world: &World) -> Option<Say> {
        None
    }
}

impl<B: Bot + ?Sized> Bot for Box<B> {
    fn think(&mut self, world: &World) -> Intent {
        (**self).think(world)
    }

    fn hear(&mut self, line: &Line) {
        (**self).hear(line);
    }

    fn say(&mut self, world: &World) -> Option<Say> {
        (**self).say(world)
    }
}
