//! A player in the simulation: craft and trigger. The server steps everybody with this; a client predicts itself with it.

use super::{Beam, CraftMotion, Shot, Weapon, muzzle, step_craft};
use crate::{Buttons, Input, PlayerId, Steer, Tick, Vec2, rules::Arena};

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
    /// The first tick in which it may fire the Pulse again.
    pub ready_at: Tick,
    /// Beams left.
    pub rail_ammo: u8,
    /// The first tick in which it may charge the rail again.
    pub rail_ready_at: Tick,
    /// The tick in which it began to charge, while it does.
    pub charging_since: Option<Tick>,
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
            rail_ammo: arena.tuning.rail.ammo,
            rail_ready_at: tick,
            charging_since: None,
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
        self.charging_since = None;
        self.respawn_at = tick + arena.tuning.respawn_ticks;
        self.killer = killer;
    }

    /// Whether nothing can hurt it in `tick`.
    pub fn is_protected(&self, tick: Tick) -> bool {
        tick < self.protected_until
    }
}

/// What a pilot fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fired {
    /// A shot; it starts to fly in the next tick.
    Shot(Shot),
    /// A beam; it hits in this tick.
    Beam(Beam),
}

/// One tick of a pilot: fly, then charge or fire what is held and ready. Returns what was fired.
pub fn step_pilot(
    pilot: &mut Pilot,
    owner: PlayerId,
    input: &Input,
    tick: Tick,
    arena: &Arena,
) -> Option<Fired> {
    if !pilot.alive {
        return None;
    }
    pilot.steer = input.steer;
    step_craft(&mut pilot.motion, input.steer, arena);
    let fired = if pilot.charges(input, tick) {
        charge(pilot, owner, input, tick, arena).map(Fired::Beam)
    } else {
        pilot.charging_since = None;
        pulse(pilot, owner, input, tick, arena).map(Fired::Shot)
    };
    if fired.is_some() {
        pilot.protected_until = pilot.protected_until.min(tick);
    }
    fired
}

impl Pilot {
    fn charges(&self, input: &Input, tick: Tick) -> bool {
        input.buttons.contains(Buttons::RAIL) && self.rail_ammo > 0 && tick >= self.rail_ready_at
    }
}

/// The beam leaves along the aim of the tick in which the rail is charged.
fn charge(
    pilot: &mut Pilot,
    owner: PlayerId,
    input: &Input,
    tick: Tick,
    arena: &Arena,
) -> Option<Beam> {
    let tuning = &arena.tuning.rail;
    let since = *pilot.charging_since.get_or_insert(tick);
    if tick.wrapping_sub(since) < tuning.charge_ticks {
        return None;
    }
    pilot.charging_since = None;
    pilot.rail_ammo -= 1;
    pilot.rail_ready_at = tick + tuning.cooldown_ticks;
    Some(Beam {
        owner,
        from: muzzle(pilot.motion.pos, input.aim, arena),
        heading: input.aim,
    })
}

fn pulse(
    pilot: &mut Pilot,
    owner: PlayerId,
    input: &Input,
    tick: Tick,
    arena: &Arena,
) -> Option<Shot> {
    if !input.buttons.contains(Buttons::FIRE) || tick < pilot.ready_at {
        return None;
    }
    pilot.ready_at = tick + arena.tuning.pulse.interval_ticks;
    Some(Shot {
        owner,
        weapon: Weapon::Pulse,
        pos: muzzle(pilot.motion.pos, input.aim, arena),
        heading: input.aim,
        bounces: 0,
        age: 0,
    })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{Angle, Map, Rules};

    /// Holds `buttons` from tick to tick; returns in which something was fired, and whether that was a beam.
    fn hold(
        pilot: &mut Pilot,
        ticks: std::ops::RangeInclusive<Tick>,
        buttons: Buttons,
    ) -> Vec<(Tick, bool)> {
        let map = Map::parse("######\n#S..S#\n######\n######").unwrap();
        let arena = Arena::new(Arc::new(map), &Rules::default(), 60);
        if !pilot.alive {
            pilot.spawn(Vec2::from_tiles(1.5, 1.5), *ticks.start() - 1, &arena);
        }
        let input = Input {
            aim: Angle(99),
            buttons,
            ..Input::default()
        };
        ticks
            .filter_map(|tick| {
                let fired = step_pilot(pilot, PlayerId(3), &input, tick, &arena)?;
                Some((tick, matches!(fired, Fired::Beam(_))))
            })
            .collect()
    }

    #[test]
    fn a_rail_fires_by_itself_once_charged_and_nothing_else_is_fired_meanwhile() {
        let mut pilot = Pilot::default();
        let both = Buttons::RAIL.with(Buttons::FIRE);
        assert_eq!(hold(&mut pilot, 101..=122, both), [(122, true)]);
        assert!(!pilot.is_protected(122));
        // Cooling down, the pulse fires; then the second beam, and there is no third.
        let fired = hold(&mut pilot, 123..=400, both);
        let beams: Vec<_> = fired.iter().filter(|(_, is_beam)| *is_beam).collect();
        assert_eq!(beams, [&(203, true)]);
        assert!(fired.contains(&(123, false)) && !fired.contains(&(183, false)));
        assert_eq!((pilot.rail_ammo, pilot.charging_since), (0, None));
    }

    #[test]
    fn letting_go_costs_nothing_but_the_charge() {
        let mut pilot = Pilot::default();
        assert!(hold(&mut pilot, 101..=121, Buttons::RAIL).is_empty());
        assert_eq!(pilot.charging_since, Some(101));
        assert!(hold(&mut pilot, 122..=122, Buttons::default()).is_empty());
        assert_eq!((pilot.rail_ammo, pilot.charging_since), (2, None));
        assert_eq!(hold(&mut pilot, 123..=144, Buttons::RAIL), [(144, true)]);
    }
}
