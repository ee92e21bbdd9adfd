//! The built-in brain: finds somebody, gets into reach, leads its aim, keeps moving, takes what lies about, and does what
//! the mode asks for.
//!
//! It decides a few times a second (whom to hunt, with what, whether a shot round the corner is worth trying) and acts
//! on it in every thought through a [`Hand`], a [`Stick`] and a [`Trigger`], none of which can do what a person's
//! can't. What it knows is what its [`World`] shows: nobody behind the edge of the screen, everything a snapshot late.

mod fly;
mod shoot;

use fracas_protocol::chat::Say;

use fracas_protocol::{Intent, Phase, Tick, Weapon};

use super::arsenal;
use super::bank;
use super::forage::Forage;
use super::hand::Hand;
use super::manners::Manners;
use super::plane::{Xy, intent, turn, with};
use super::quarry::{self, Quarry};
use super::rail;
use super::skill::{Character, Skill, Talent, draw};
use super::steer::{Stick, Wish};
use super::travel::Travel;
use super::trigger::Trigger;
use super::world::{Enemy, Own, World};
use super::{Bot, Random};

/// Seconds between decisions.
const DECIDE_S: (f32, f32) = (0.1, 0.18);
/// How far to either side of an enemy behind a wall a bank shot is looked for, in radians.
const BANK_SPREAD: f32 = 1.7;
/// Headings tried in one go.
const BANK_TRIES: usize = 4;
/// Longest pause between two thoughts that is taken for one, in ticks.
const GAP_MAX: Tick = 15;

/// The built-in brain.
#[derive(Debug)]
pub struct Hunter {
    talent: Talent,
    character: Character,
    /// Which shots it overlooks, to which side it evades.
    habit: u32,
    hand: Hand,
    stick: Stick,
    trigger: Trigger,
    travel: Travel,
    forage: Forage,
    quarry: Option<Quarry>,
    bank: Option<Bank>,
    /// What it aims with.
    weapon: Weapon,
    /// Whether a beam is being charged.
    charges: bool,
    /// Whether it would dash now; drawn with every decision.
    dashes: bool,
    strafe: Strafe,
    manners: Manners,
    decide_at: Tick,
    thought_at: Tick,
    life: Option<u8>,
}

/// A shot round the corner that has been found.
#[derive(Clone, Copy, Debug)]
struct Bank {
    weapon: Weapon,
    heading: f32,
    until: Tick,
}

/// To which side it circles.
#[derive(Clone, Copy, Debug)]
struct Strafe {
    side: f32,
    until: Tick,
}

impl Hunter {
    /// A pilot of this skill; its abilities and character come from the seed.
    pub fn new(skill: Skill, seed: u64) -> Self {
        let random = Random::new(seed ^ 0x4855_4e54_4552);
        let (talent, character) = draw(skill, &random);
        Hunter {
            talent,
            character,
            habit: random.seed() as u32,
            hand: Hand::default(),
            stick: Stick::default(),
            trigger: Trigger::default(),
            travel: Travel::new(),
            forage: Forage::default(),
            quarry: None,
            bank: None,
            weapon: Weapon::FIRST,
            charges: false,
            dashes: false,
            strafe: Strafe {
                side: if random.chance(0.5) { 1.0 } else { -1.0 },
                until: 0,
            },
            manners: Manners::new(random.seed()),
            decide_at: 0,
            thought_at: 0,
            life: None,
        }
    }
}

impl Bot for Hunter {
    fn think(&mut self, world: &World) -> Intent {
        let own = world.own();
        if world.tick() < self.thought_at {
            self.start_over();
        }
        let seconds = self.pass_time(world);
        if !own.alive {
            return self.wait();
        }
        self.start_life(&own);
        if world.phase() == Phase::Results {
            return self.rest(world, &own, seconds);
        }
        if world.tick() >= self.decide_at {
            self.decide(world, &own);
        }
        let enemy = self.watch(world, seconds);
        self.charges &= enemy.is_some_and(|enemy| rail::goes_on(world, &own, &enemy));
        let pressed = self.fly(world, &own, enemy.as_ref(), seconds);
        self.aim(world, &own, enemy.as_ref(), seconds);
        let held = self.shoot(world, &own, enemy.as_ref());
        let intent = intent(self.stick.position(), self.hand.angle(), false);
        with(intent, pressed.with(held))
    }

    fn say(&mut self, world: &World) -> Option<Say> {
        self.manners.say(world)
    }
}

impl Hunter {
    /// Seconds since the last thought.
    fn pass_time(&mut self, world: &World) -> f32 {
        let ticks = world
            .tick()
            .saturating_sub(self.thought_at)
            .clamp(1, GAP_MAX);
        self.thought_at = world.tick();
        ticks as f32 / world.tick_hz()
    }

    fn wait(&mut self) -> Intent {
        self.life = None;
        self.quarry = None;
        self.bank = None;
        self.weapon = Weapon::FIRST;
        self.charges = false;
        self.stick = Stick::default();
        self.trigger.release();
        intent(Xy::ZERO, self.hand.angle(), false)
    }

    /// Another server, whose clock is behind: all that was to be done at a time would be done much later, or never.
    fn start_over(&mut self) {
        self.wait();
        self.trigger = Trigger::default();
        self.travel = Travel::new();
        self.strafe.until = 0;
    }

    fn start_life(&mut self, own: &Own) {
        if self.life != Some(own.life) {
            self.life = Some(own.life);
            self.decide_at = 0;
            self.travel.restart();
            self.forage.forget();
        }
    }

    /// The match is over: drift and look around.
    fn rest(&mut self, world: &World, own: &Own, seconds: f32) -> Intent {
        self.charges = false;
        let sway = self.sway(world, 0.5);
        let wish = Wish {
            way: Xy::along(sway * 3.0) * 0.3,
            dodge: Xy::ZERO,
            walls: 1.0,
        };
        self.stick
            .steer(world, own, &wish, seconds, self.character.stick_s);
        self.hand.turn_towards(
            self.hand.angle() + sway,
            seconds,
            &self.talent,
            world.random(),
        );
        intent(self.stick.position(), self.hand.angle(), false)
    }

    fn decide(&mut self, world: &World, own: &Own) {
        let random = world.random();
        self.decide_at = world.tick() + world.ticks(random.range(DECIDE_S.0, DECIDE_S.1));
        self.quarry = quarry::choose(world, own, self.quarry);
        self.dashes = random.chance(self.talent.dash);
        if world.tick() >= self.strafe.until {
            self.strafe.side = -self.strafe.side;
            self.strafe.until =
                world.tick() + world.ticks(self.character.strafe_s * random.range(0.4, 1.6));
        }
        self.look_round_corners(world, own);
        self.reach_for_special(world, own);
    }

    /// Takes the special weapon in hand, or charges it, if it is worth it now.
    fn reach_for_special(&mut self, world: &World, own: &Own) {
        let was_in_hand = self.weapon != Weapon::FIRST;
        self.weapon = Weapon::FIRST;
        let Some(quarry) = self.quarry.filter(|_| world.phase() != Phase::Countdown) else {
            return;
        };
        let (Some(enemy), Some(since)) = (quarry.seen(world), quarry.clear_since) else {
            return;
        };
        let is_understood = world.tick() >= since + world.ticks(self.talent.reaction_s);
        if !is_understood || enemy.protected || self.charges {
            return;
        }
        let off = turn(self.hand.angle(), (enemy.pos - own.pos).angle()).abs();
        self.charges = rail::begins(world, own, &enemy, off, &self.talent);
        if was_in_hand || world.random().chance(self.talent.special) {
            self.weapon = arsenal::choose(world, own, &enemy);
        }
    }

    /// A wall stands between: perhaps a bounce leads there, or near enough for a burst.
    fn look_round_corners(&mut self, world: &World, own: &Own) {
        let hidden = self.quarry.filter(|quarry| quarry.clear_since.is_none());
        let Some(enemy) = hidden.and_then(|quarry| quarry.seen(world)) else {
            self.bank = None;
            return;
        };
        let still_hits = |bank: &Bank| bank::hits(world, bank.weapon, bank.heading, &enemy);
        self.bank = self
            .bank
            .filter(|bank| world.tick() < bank.until && still_hits(bank));
        let random = world.random();
        let near = (enemy.pos - own.pos).length() < self.talent.range_tiles;
        if self.bank.is_some() || !near {
            return;
        }
        let lobs = arsenal::lobs(world, own).filter(|_| random.chance(self.talent.special * 0.6));
        if lobs.is_none() && !random.chance(self.talent.bank) {
            return;
        }
        let straight = (enemy.pos - own.pos).angle();
        let until = world.tick() + world.ticks(1.2);
        self.bank = (0..BANK_TRIES)
            .map(|_| Bank {
                weapon: lobs.unwrap_or(Weapon::FIRST),
                heading: straight + random.range(-BANK_SPREAD, BANK_SPREAD),
                until,
            })
            .find(still_hits);
    }

    /// The quarry as it is now.
    fn watch(&mut self, world: &World, seconds: f32) -> Option<Enemy> {
        let quarry = self.quarry.as_mut()?;
        let enemy = quarry.seen(world);
        match &enemy {
            Some(enemy) => quarry.watch(enemy, world.tick(), seconds, self.talent.reaction_s),
            None => self.decide_at = 0,
        }
        enemy
    }

    /// A slow swing between -1 and 1, each pilot's its own; `rate` in radians per second.
    fn sway(&self, world: &World, rate: f32) -> f32 {
        let seconds = world.tick() as f32 / world.tick_hz();
        (seconds * rate + self.character.phase).sin()
            * (seconds * rate * 0.37 + 2.0 * self.character.phase).cos()
    }
}
