//! Aim and trigger.

use fracas_protocol::{Buttons, Phase, Weapon};

use super::super::arsenal;
use super::super::plane::turn;
use super::super::world::{Enemy, Own, World};
use super::Hunter;

/// A shot round a corner has to be this exact, in radians.
const BANK_OFF: f32 = 0.03;
/// A burst round one needn't be.
const LOB_OFF: f32 = 0.06;

impl Hunter {
    pub(super) fn aim(&mut self, world: &World, own: &Own, enemy: Option<&Enemy>, seconds: f32) {
        let target = self.wanted_aim(world, own, enemy);
        self.hand
            .turn_towards(target, seconds, &self.talent, world.random());
    }

    fn wanted_aim(&self, world: &World, own: &Own, enemy: Option<&Enemy>) -> f32 {
        if let Some(bank) = self.bank {
            return bank.heading;
        }
        // A beam takes no time.
        if let Some(enemy) = enemy.filter(|_| self.charges) {
            return (enemy.pos - own.pos).angle();
        }
        if let (Some(enemy), Some(quarry)) = (enemy, self.quarry) {
            // Out of reach one still looks at it.
            return world
                .lead_with(self.weapon, own.pos, enemy.pos, quarry.vel)
                .unwrap_or_else(|| (enemy.pos - own.pos).angle());
        }
        // Nobody there: look where one flies, and around a little.
        let ahead = if own.vel.length() > 1.0 {
            own.vel.angle()
        } else {
            self.hand.angle()
        };
        ahead + 0.45 * self.sway(world, 0.9)
    }

    /// What to hold: the trigger of the weapon in hand, if the aim is right.
    pub(super) fn shoot(&mut self, world: &World, own: &Own, enemy: Option<&Enemy>) -> Buttons {
        if self.charges {
            self.trigger.release();
            return Buttons::SPECIAL;
        }
        let in_hand = self.bank.map_or(self.weapon, |bank| bank.weapon);
        let off = self.aim_off(world, own, enemy);
        let Some((off, allowed)) = off.filter(|_| world.phase() != Phase::Countdown) else {
            self.trigger.release();
            return Buttons::default();
        };
        if in_hand != Weapon::FIRST {
            let fires = off < allowed && own.special_ready_in_s <= 0.0 && own.ammo > 0;
            return if fires {
                Buttons::SPECIAL
            } else {
                Buttons::default()
            };
        }
        let hold = (off < allowed, off < allowed * 2.5);
        match self
            .trigger
            .hold(world, hold, &self.talent, &self.character)
        {
            true => Buttons::FIRE,
            false => Buttons::default(),
        }
    }

    /// How far off the aim is and how far off it may be, in radians; nothing when there is nothing to fire at.
    fn aim_off(&self, world: &World, own: &Own, enemy: Option<&Enemy>) -> Option<(f32, f32)> {
        let (enemy, quarry) = (enemy?, self.quarry?);
        let aim = self.hand.believed(&self.talent);
        if let Some(bank) = self.bank {
            let is_first = bank.weapon == Weapon::FIRST;
            let allowed = if is_first { BANK_OFF } else { LOB_OFF };
            return Some((turn(aim, bank.heading).abs(), allowed));
        }
        let distance = (enemy.pos - own.pos).length();
        let seen_s = world.tick().saturating_sub(quarry.clear_since?) as f32 / world.tick_hz();
        if enemy.protected || distance > self.talent.range_tiles || seen_s < self.talent.reaction_s
        {
            return None;
        }
        let wanted = world.lead_with(self.weapon, own.pos, enemy.pos, quarry.vel)?;
        let allowed = arsenal::tolerance(world, world.weapon(self.weapon), distance);
        Some((turn(aim, wanted).abs(), allowed))
    }
}
