//! A player in the simulation: craft, triggers and what they carry. The server steps everybody with this; a client predicts
//! itself with it.
//!
//! ```text
//! a tick:  dash, deflect ─▶ fly ─▶ charge or fire the special weapon, else fire the first
//! ```

use super::{Beam, CraftMotion, Shot, muzzle, step_craft};
use crate::rules::{Arena, Effect, PickupTuning, Tuning, WeaponKind};
use crate::{Angle, Buttons, Input, PlayerId, Steer, Tick, Vec2, Weapon};

/// What the server knows of a player's craft and what that player is told of it in full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pilot {
    /// Counts lives, so that a reappearance is never taken for flight.
    pub life: u8,
    /// Whether there is a craft to fly.
    pub alive: bool,
    /// Where it is and where it goes.
    pub motion: CraftMotion,
    /// How it was steered in the last tick; a dash is a steering too.
    pub steer: Steer,
    /// Health left, 0 to the rules' `craft.health`.
    pub health: u8,
    /// Shield left; it takes damage first.
    pub shield: u8,
    /// The first tick in which it may fire the first weapon again.
    pub ready_at: Tick,
    /// The special weapon.
    pub special: Special,
    /// The dashes.
    pub dash: Dash,
    /// The deflect.
    pub deflect: Deflect,
    /// Has haste before this tick.
    pub haste_until: Tick,
    /// Has overcharge before this tick.
    pub overcharge_until: Tick,
    /// It can't be hurt before this tick.
    pub protected_until: Tick,
    /// When dead: the tick of the next life.
    pub respawn_at: Tick,
    /// When dead: who did it.
    pub killer: Option<PlayerId>,
}

/// The weapon that was picked up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Special {
    /// Which; without ammo, the one there was last.
    pub weapon: Weapon,
    /// Times it still fires.
    pub ammo: u8,
    /// The first tick in which it may fire, or charge, again.
    pub ready_at: Tick,
    /// The tick in which it began to charge, while it does.
    pub charging_since: Option<Tick>,
}

/// How many dashes are ready follows from when all of them are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Dash {
    /// The tick after the last of a dash.
    pub until: Tick,
    /// From this tick on all are ready.
    pub full_at: Tick,
}

impl Dash {
    /// Dashes that are ready in `tick`.
    pub fn ready(&self, tick: Tick, tuning: &Tuning) -> u8 {
        let missing = self.full_at.saturating_sub(tick);
        let spent = missing.div_ceil(tuning.dash_recharge_ticks);
        tuning.dash_charges.saturating_sub(spent.min(255) as u8)
    }

    fn begin(&mut self, tick: Tick, tuning: &Tuning) {
        self.until = tick + tuning.dash_ticks;
        self.full_at = self.full_at.max(tick) + tuning.dash_recharge_ticks;
    }
}

/// A moment in which shots are sent back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Deflect {
    /// The tick after the last of it.
    pub until: Tick,
    /// The first tick in which the next may begin.
    pub ready_at: Tick,
}

impl Pilot {
    /// A new life at `pos`.
    pub fn spawn(&mut self, pos: Vec2, tick: Tick, arena: &Arena) {
        let special = arena.tuning.starts_with.unwrap_or_default();
        *self = Pilot {
            life: self.life.wrapping_add(1),
            alive: true,
            motion: CraftMotion {
                pos,
                vel: Vec2::ZERO,
            },
            health: arena.tuning.craft_health,
            ready_at: tick,
            special: Special {
                weapon: special,
                ammo: if special == Weapon::FIRST {
                    0
                } else {
                    arena.tuning.weapon(special).ammo
                },
                ready_at: tick,
                charging_since: None,
            },
            dash: Dash {
                until: tick,
                full_at: tick,
            },
            deflect: Deflect {
                until: tick,
                ready_at: tick,
            },
            haste_until: tick,
            overcharge_until: tick,
            protected_until: tick + arena.tuning.protection_ticks,
            ..Pilot::default()
        };
    }

    /// The end of this life.
    pub fn die(&mut self, killer: Option<PlayerId>, tick: Tick, arena: &Arena) {
        self.alive = false;
        (self.health, self.shield, self.special.ammo) = (0, 0, 0);
        self.motion.vel = Vec2::ZERO;
        self.steer = Steer::NONE;
        self.special.charging_since = None;
        self.haste_until = self.haste_until.min(tick);
        self.overcharge_until = self.overcharge_until.min(tick);
        self.respawn_at = tick + arena.tuning.respawn_ticks;
        self.killer = killer;
    }

    /// The same with all ticks counted from `now`, as wrapping differences: what doesn't change from tick to tick.
    pub fn counted_from(&self, now: Tick) -> Pilot {
        self.with_ticks(|tick| tick.wrapping_sub(now))
    }

    /// Back from [`Pilot::counted_from`].
    pub fn counted_to(&self, now: Tick) -> Pilot {
        self.with_ticks(|tick| tick.wrapping_add(now))
    }

    fn with_ticks(&self, shift: impl Fn(Tick) -> Tick) -> Pilot {
        Pilot {
            ready_at: shift(self.ready_at),
            special: Special {
                ready_at: shift(self.special.ready_at),
                charging_since: self.special.charging_since.map(&shift),
                ..self.special
            },
            dash: Dash {
                until: shift(self.dash.until),
                full_at: shift(self.dash.full_at),
            },
            deflect: Deflect {
                until: shift(self.deflect.until),
                ready_at: shift(self.deflect.ready_at),
            },
            haste_until: shift(self.haste_until),
            overcharge_until: shift(self.overcharge_until),
            protected_until: shift(self.protected_until),
            respawn_at: shift(self.respawn_at),
            ..*self
        }
    }

    /// Takes damage off the shield, then off the health.
    pub fn hurt(&mut self, damage: u8) {
        let taken = damage.min(self.shield);
        self.shield -= taken;
        self.health = self.health.saturating_sub(damage - taken);
    }

    /// Whether nothing can hurt it in `tick`.
    pub fn is_protected(&self, tick: Tick) -> bool {
        tick < self.protected_until
    }

    /// Whether it flies faster in `tick`.
    pub fn has_haste(&self, tick: Tick) -> bool {
        tick < self.haste_until
    }

    /// Whether it hits harder in `tick`.
    pub fn has_overcharge(&self, tick: Tick) -> bool {
        tick < self.overcharge_until
    }

    /// Whether it sends shots back in `tick`.
    pub fn deflects(&self, tick: Tick) -> bool {
        tick < self.deflect.until
    }

    /// The special weapon, while it has ammo.
    pub fn armed_with(&self) -> Option<Weapon> {
        (self.special.ammo > 0).then_some(self.special.weapon)
    }

    /// Takes a pickup in `tick`; false if it is of no use now.
    pub fn take(&mut self, pickup: &PickupTuning, tick: Tick, tuning: &Tuning) -> bool {
        let raise = |value: &mut u8, most: u8| {
            let useful = *value < most;
            *value = value.saturating_add(pickup.amount).min(most).max(*value);
            useful
        };
        match pickup.effect {
            Effect::Health => raise(&mut self.health, tuning.craft_health),
            Effect::Shield => raise(&mut self.shield, tuning.shield_max),
            Effect::Weapon => self.arm(pickup.weapon, tuning),
            Effect::Haste => {
                self.haste_until = tick + pickup.lasts_ticks;
                true
            }
            Effect::Overcharge => {
                self.overcharge_until = tick + pickup.lasts_ticks;
                true
            }
        }
    }

    fn arm(&mut self, weapon: Weapon, tuning: &Tuning) -> bool {
        let ammo = tuning.weapon(weapon).ammo;
        let had = &mut self.special;
        if had.weapon == weapon && had.ammo >= ammo {
            return false;
        }
        if had.weapon != weapon {
            had.charging_since = None;
        }
        (had.weapon, had.ammo) = (weapon, ammo);
        true
    }
}

/// What a pilot fired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fired {
    /// Shots; they start to fly in the next tick.
    Shots(Volley),
    /// A beam; it hits in this tick.
    Beam(Beam),
}

/// Shots that leave a craft at once, spread evenly about the aim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volley {
    /// Who fires.
    pub owner: PlayerId,
    /// What with.
    pub weapon: Weapon,
    /// Where the craft is, in position units.
    pub craft: Vec2,
    /// The middle.
    pub aim: Angle,
}

impl Volley {
    /// The shots, each at the muzzle along its own heading.
    pub fn shots(self, arena: &Arena) -> impl Iterator<Item = Shot> {
        let tuning = arena.tuning.weapon(self.weapon);
        let (pellets, step) = (i32::from(tuning.pellets), i32::from(tuning.pellet_step));
        let first = (pellets - 1) * step / -2;
        (0..pellets).map(move |pellet| {
            let turn = first + pellet * step;
            let heading = Angle(self.aim.0.wrapping_add(turn as u16));
            Shot {
                owner: self.owner,
                weapon: self.weapon,
                pos: muzzle(self.craft, heading, arena),
                heading,
                bounces: 0,
                age: 0,
            }
        })
    }
}

/// One tick of a pilot: dash, fly, then charge or fire what is held and ready. Returns what was fired.
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
    let tuning = &arena.tuning;
    pilot.steer = pilot.steering(input, tick, tuning);
    pilot.begin_deflect(input, tick, tuning);
    let has_haste = pilot.has_haste(tick);
    step_craft(&mut pilot.motion, pilot.steer, has_haste, arena);
    let fired = if pilot.uses_special(input, tick) {
        pilot.fire_special(owner, input, tick, arena)
    } else {
        pilot.special.charging_since = None;
        pilot.fire_first(owner, input, tick, arena)
    };
    if fired.is_some() {
        pilot.protected_until = pilot.protected_until.min(tick);
    }
    fired
}

impl Pilot {
    /// What is asked for, unless it dashes or begins to.
    fn steering(&mut self, input: &Input, tick: Tick, tuning: &Tuning) -> Steer {
        if tick < self.dash.until {
            return self.steer;
        }
        if input.buttons.contains(Buttons::DASH) && self.dash.ready(tick, tuning) > 0 {
            self.dash.begin(tick, tuning);
            return Steer::dash(input.steer.angle().unwrap_or(input.aim));
        }
        input.steer
    }

    fn begin_deflect(&mut self, input: &Input, tick: Tick, tuning: &Tuning) {
        if input.buttons.contains(Buttons::DEFLECT) && tick >= self.deflect.ready_at {
            self.deflect = Deflect {
                until: tick + tuning.deflect_ticks,
                ready_at: tick + tuning.deflect_cooldown_ticks,
            };
        }
    }

    fn uses_special(&self, input: &Input, tick: Tick) -> bool {
        let special = &self.special;
        input.buttons.contains(Buttons::SPECIAL) && special.ammo > 0 && tick >= special.ready_at
    }

    /// What is charged leaves along the aim of the tick in which it is.
    fn fire_special(
        &mut self,
        owner: PlayerId,
        input: &Input,
        tick: Tick,
        arena: &Arena,
    ) -> Option<Fired> {
        let weapon = self.special.weapon;
        let tuning = arena.tuning.weapon(weapon);
        if tuning.charge_ticks > 0 {
            let since = *self.special.charging_since.get_or_insert(tick);
            if tick.wrapping_sub(since) < tuning.charge_ticks {
                return None;
            }
        }
        self.special.charging_since = None;
        self.special.ammo -= 1;
        self.special.ready_at = tick + tuning.interval_ticks;
        Some(self.fire(weapon, owner, input.aim, arena))
    }

    fn fire_first(
        &mut self,
        owner: PlayerId,
        input: &Input,
        tick: Tick,
        arena: &Arena,
    ) -> Option<Fired> {
        if !input.buttons.contains(Buttons::FIRE) || tick < self.ready_at {
            return None;
        }
        self.ready_at = tick + arena.tuning.weapon(Weapon::FIRST).interval_ticks;
        Some(self.fire(Weapon::FIRST, owner, input.aim, arena))
    }

    fn fire(&self, weapon: Weapon, owner: PlayerId, aim: Angle, arena: &Arena) -> Fired {
        match arena.tuning.weapon(weapon).kind {
            WeaponKind::Beam => Fired::Beam(Beam {
                owner,
                weapon,
                from: muzzle(self.motion.pos, aim, arena),
                heading: aim,
            }),
            WeaponKind::Shot => Fired::Shots(Volley {
                owner,
                weapon,
                craft: self.motion.pos,
                aim,
            }),
        }
    }
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
            (pilot.special.weapon, pilot.special.ammo) = (Weapon(2), 2);
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
        let both = Buttons::SPECIAL.with(Buttons::FIRE);
        assert_eq!(hold(&mut pilot, 101..=122, both), [(122, true)]);
        assert!(!pilot.is_protected(122));
        // Cooling down, the pulse fires; then the second beam, and there is no third.
        let fired = hold(&mut pilot, 123..=400, both);
        let beams: Vec<_> = fired.iter().filter(|(_, is_beam)| *is_beam).collect();
        assert_eq!(beams, [&(203, true)]);
        assert!(fired.contains(&(123, false)) && !fired.contains(&(183, false)));
        assert_eq!(
            (pilot.special.ammo, pilot.special.charging_since),
            (0, None)
        );
    }

    #[test]
    fn letting_go_costs_nothing_but_the_charge() {
        let mut pilot = Pilot::default();
        assert!(hold(&mut pilot, 101..=121, Buttons::SPECIAL).is_empty());
        assert_eq!(pilot.special.charging_since, Some(101));
        assert!(hold(&mut pilot, 122..=122, Buttons::default()).is_empty());
        assert_eq!(
            (pilot.special.ammo, pilot.special.charging_since),
            (2, None)
        );
        assert_eq!(hold(&mut pilot, 123..=144, Buttons::SPECIAL), [(144, true)]);
    }
}
