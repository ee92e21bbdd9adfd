//! A player in the simulation: craft and trigger. The server steps everybody with this; a client predicts itself with it.

use super::{CraftMotion, Shot, Weapon, muzzle, step_craft};
use crate::{Angle, Buttons, Input, PlayerId, Steer, Tick, Vec2, rules::Arena};

/// What the server knows of a player's craft and what that player is told of it in full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pilot {
    /// Counts lives, so that a reappearance is never taken for flight.
    pub life: u8,
    /// Whether there is a craft to fly.
    pub alive: bool,
    /// Where it is and where it goes.
    pub motion: CraftMotion,
    /// Where it was steered in the last tick.
    pub steer: Steer,
    /// Health left, 0 to the rules' `craft.health`.
    pub health: u8,
    /// The first tick in which it may fire again.
    pub ready_at: Tick,
    /// It can't be hurt before this tick.
    pub protected_until: Tick,
    /// When dead: the tick of the next life.
    pub respawn_at: Tick,
    /// When dead: who did it.
    pub killer: Option<PlayerId>,
}

impl Pilot {
    /// A new life at `pos`.
    pub fn spawn(&mut self, pos: Vec2, tick: Tick, arena: &Arena) {
        *self = Pilot {
            life: self.life.wrapping_add(1),
            alive: true,
            motion: CraftMotion {
                pos,
                vel: Vec2::ZERO,
            },
            health: arena.tuning.craft_health,
            ready_at: tick,
            protected_until: tick + arena.tuning.protection_ticks,
            respawn_at: 0,
            killer: None,
            steer: Steer::NONE,
        };
    }

    /// The end of this life.
    pub fn die(&mut self, killer: Option<PlayerId>, tick: Tick, arena: &Arena) {
        self.alive = false;
        self.health = 0;
        self.motion.vel = Vec2::ZERO;
        self.steer = Steer::NONE;
        self.respawn_at = tick + arena.tuning.respawn_ticks;
        self.killer = killer;
    }

    /// Whether nothing can hurt it in `tick`.
    pub fn is_protected(&self, tick: Tick) -> bool {
        tick < self.protected_until
    }
}

/// One tick of a pilot: fly, then fire if the trigger is held and the weapon is ready. Returns the shot that was born;
/// it starts to fly in the next tick.
pub fn step_pilot(
    pilot: &mut Pilot,
    owner: PlayerId,
    input: &Input,
    tick: Tick,
    arena: &Arena,
) -> Option<Shot> {
    if !pilot.alive {
        return None;
    }
    pilot.steer = input.steer;
    step_craft(&mut pilot.motion, input.steer, arena);
    if !input.buttons.contains(Buttons::FIRE) || tick < pilot.ready_at {
        return None;
    }
    pilot.ready_at = tick + arena.tuning.pulse.interval_ticks;
    pilot.protected_until = pilot.protected_until.min(tick);
    Some(fire(pilot.motion.pos, input.aim, owner, arena))
}

fn fire(craft: Vec2, aim: Angle, owner: PlayerId, arena: &Arena) -> Shot {
    Shot {
        owner,
        weapon: Weapon::Pulse,
        pos: muzzle(craft, aim, arena),
        heading: aim,
        bounces: 0,
        age: 0,
    }
}
