//! The finger on the trigger: bursts, with pauses between them.

use fracas_protocol::Tick;

use super::skill::{Character, Talent};
use super::world::World;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Trigger {
    burst_until: Tick,
    rest_until: Tick,
}

impl Trigger {
    /// Whether to hold the trigger. `on_target`: a shot fired now should hit; `near_target`: it may. A burst starts with
    /// the first and goes on with the second.
    pub(crate) fn hold(
        &mut self,
        world: &World,
        (on_target, near_target): (bool, bool),
        talent: &Talent,
        character: &Character,
    ) -> bool {
        let now = world.tick();
        if now < self.burst_until {
            if !near_target {
                self.rest(world, talent);
            }
            return near_target;
        }
        if self.burst_until != 0 {
            self.rest(world, talent);
        }
        if !on_target || now < self.rest_until {
            return false;
        }
        let shots = world.random().range(character.burst.0, character.burst.1);
        self.burst_until = now + world.ticks(shots / world.first_weapon().rate_per_s).max(1);
        true
    }

    pub(crate) fn release(&mut self) {
        self.burst_until = 0;
    }

    fn rest(&mut self, world: &World, talent: &Talent) {
        self.burst_until = 0;
        let (least, most) = talent.pause_s;
        self.rest_until = world.tick() + world.ticks(world.random().range(least, most));
    }
}
