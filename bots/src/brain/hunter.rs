//! The built-in brain: finds somebody, gets into reach, leads its aim, keeps moving.
//!
//! It decides a few times a second (whom to hunt, which way, whether a shot round the corner is worth trying) and acts
//! on it in every thought through a [`Hand`], a [`Stick`] and a [`Trigger`], none of which can do what a person's
//! can't. What it knows is what its [`World`] shows: nobody behind the edge of the screen, everything a snapshot late.

use fracas_protocol::chat::Say;
use fracas_protocol::{Intent, Phase, Tick};

use super::bank;
use super::dodge;
use super::hand::Hand;
use super::manners::Manners;
use super::objective::{self, Goal};
use super::plane::{Xy, intent, turn, with_special};
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
/// Nearer than this to a place one is there, in tiles …
const THERE_TILES: f32 = 1.5;
/// … and an enemy who is this near is fought, whatever the mode wants.
const FIGHT_TILES: f32 = 7.0;
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
    quarry: Option<Quarry>,
    bank: Option<Bank>,
    /// Whether the rail is held.
    charges: bool,
    strafe: Strafe,
    manners: Manners,
    decide_at: Tick,
    thought_at: Tick,
    life: Option<u8>,
}

/// A shot round the corner that has been found.
#[derive(Clone, Copy, Debug)]
struct Bank {
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
            quarry: None,
            bank: None,
            charges: false,
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
        self.fly(world, &own, enemy.as_ref(), seconds);
        self.aim(world, &own, enemy.as_ref(), seconds);
        let fire = self.shoot(world, &own, enemy.as_ref());
        let intent = intent(self.stick.position(), self.hand.angle(), fire);
        if self.charges {
            with_special(intent)
        } else {
            intent
        }
    }

    fn say(&mut self, world: &World) -> Option<Say> {
        self.manners.say(world)
    }
}

/// Whether to stop for an enemy in the line of fire. Shots are fired either way.
fn is_worth_a_fight(own: &Own, enemy: &Enemy, goal: Option<Goal>) -> bool {
    goal.is_none_or(|goal| {
        let is_there = (goal.at - own.pos).length() < 2.0 * THERE_TILES;
        !goal.is_urgent && !is_there && (enemy.pos - own.pos).length() < FIGHT_TILES
    })
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
        self.charges = false;
        self.stick = Stick::default();
        self.trigger.release();
        intent(Xy::ZERO, self.hand.angle(), false)
    }

    fn start_life(&mut self, own: &Own) {
        if self.life != Some(own.life) {
            self.life = Some(own.life);
            self.decide_at = 0;
            self.travel.restart();
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
        if world.tick() >= self.strafe.until {
            self.strafe.side = -self.strafe.side;
            self.strafe.until =
                world.tick() + world.ticks(self.character.strafe_s * random.range(0.4, 1.6));
        }
        self.look_round_corners(world, own);
        self.reach_for_rail(world, own);
    }

    fn reach_for_rail(&mut self, world: &World, own: &Own) {
        let Some(quarry) = self.quarry.filter(|_| world.phase() != Phase::Countdown) else {
            return;
        };
        let (Some(enemy), Some(since)) = (quarry.seen(world), quarry.clear_since) else {
            return;
        };
        let is_understood = world.tick() >= since + world.ticks(self.talent.reaction_s);
        let off = turn(self.hand.angle(), (enemy.pos - own.pos).angle()).abs();
        if is_understood && !enemy.protected && !self.charges {
            self.charges = rail::begins(world, own, &enemy, off, &self.talent);
        }
    }

    /// A wall stands between: perhaps a bounce leads there.
    fn look_round_corners(&mut self, world: &World, own: &Own) {
        let hidden = self.quarry.filter(|quarry| quarry.clear_since.is_none());
        let Some(enemy) = hidden.and_then(|quarry| quarry.seen(world)) else {
            self.bank = None;
            return;
        };
        self.bank = self
            .bank
            .filter(|bank| world.tick() < bank.until && bank::hits(world, bank.heading, &enemy));
        let random = world.random();
        let near = (enemy.pos - own.pos).length() < self.talent.range_tiles;
        if self.bank.is_some() || !near || !random.chance(self.talent.bank) {
            return;
        }
        let straight = (enemy.pos - own.pos).angle();
        let headings = (0..BANK_TRIES).map(|_| straight + random.range(-BANK_SPREAD, BANK_SPREAD));
        let until = world.tick() + world.ticks(1.2);
        self.bank = headings
            .into_iter()
            .find(|h| bank::hits(world, *h, &enemy))
            .map(|heading| Bank { heading, until });
    }

    /// The quarry as it is now.
    fn watch(&mut self, world: &World, seconds: f32) -> Option<Enemy> {
        let quarry = self.quarry.as_mut()?;
        let enemy = quarry.seen(world);
        match &enemy {
            Some(enemy) => quarry.watch(enemy, seconds, self.talent.reaction_s),
            None => self.decide_at = 0,
        }
        enemy
    }

    fn fly(&mut self, world: &World, own: &Own, enemy: Option<&Enemy>, seconds: f32) {
        let clear = self
            .quarry
            .is_some_and(|quarry| quarry.clear_since.is_some());
        let goal = objective::goal(world, self.habit);
        let (way, walls) = match (enemy, goal) {
            (Some(enemy), goal) if clear && is_worth_a_fight(own, enemy, goal) => {
                (self.fight(world, own, enemy), 1.0)
            }
            (_, Some(goal)) => (self.pursue(world, own, goal), 0.25),
            (Some(enemy), None) => (self.travel.towards(world, own, enemy.pos), 0.25),
            (None, None) => (self.travel.wander(world, own, &self.character), 0.25),
        };
        let (way, walls) = match self.travel.escape(world, own, !clear && way.length() > 0.5) {
            Some(escape) => (escape, 0.7),
            None => (way, walls),
        };
        let dodge = dodge::away(world, own, &self.talent, self.habit);
        self.stick.steer(
            world,
            own,
            &Wish { way, dodge, walls },
            seconds,
            self.character.stick_s,
        );
    }

    /// To where the mode wants somebody; there, to and fro.
    fn pursue(&mut self, world: &World, own: &Own, goal: Goal) -> Xy {
        if !goal.is_urgent && (goal.at - own.pos).length() < THERE_TILES {
            return Xy::along(self.sway(world, 0.7) * 3.0 + self.character.phase) * 0.6;
        }
        self.travel.towards(world, own, goal.at)
    }

    /// With a clear line: keep the distance one likes, circle, and keep away when hurt.
    fn fight(&self, world: &World, own: &Own, enemy: &Enemy) -> Xy {
        let to_enemy = enemy.pos - own.pos;
        let distance = to_enemy.length();
        // On the same spot: apart, each its own way.
        let ahead = if distance < 0.05 {
            Xy::along(self.character.phase)
        } else {
            to_enemy.unit()
        };
        let careful = own.health < self.character.careful_below && own.health < enemy.health;
        let liked = self.character.distance_tiles + if careful { 4.0 } else { 0.0 };
        let approach = ((distance - liked) / 2.5).clamp(-1.0, 1.0);
        let circle =
            self.strafe.side * self.character.strafe * (0.75 + 0.35 * self.sway(world, 2.3));
        // Far away there is nothing to circle.
        let near = (1.6 - distance / (liked + 6.0)).clamp(0.25, 1.0);
        (ahead * approach + ahead.right() * (circle * near)).at_most(1.0)
    }

    fn aim(&mut self, world: &World, own: &Own, enemy: Option<&Enemy>, seconds: f32) {
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
                .lead(own.pos, enemy.pos, quarry.vel)
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

    fn shoot(&mut self, world: &World, own: &Own, enemy: Option<&Enemy>) -> bool {
        let off = self.aim_off(world, own, enemy);
        let Some((off, allowed)) = off.filter(|_| world.phase() != Phase::Countdown) else {
            self.trigger.release();
            return false;
        };
        let hold = (off < allowed, off < allowed * 2.5);
        self.trigger
            .hold(world, hold, &self.talent, &self.character)
    }

    /// How far off the aim is and how far off it may be, in radians; nothing when there is nothing to fire at.
    fn aim_off(&self, world: &World, own: &Own, enemy: Option<&Enemy>) -> Option<(f32, f32)> {
        let (enemy, quarry) = (enemy?, self.quarry?);
        let aim = self.hand.believed(&self.talent);
        if let Some(bank) = self.bank {
            return Some((turn(aim, bank.heading).abs(), 0.03));
        }
        let distance = (enemy.pos - own.pos).length();
        let seen_s = world.tick().saturating_sub(quarry.clear_since?) as f32 / world.tick_hz();
        if enemy.protected || distance > self.talent.range_tiles || seen_s < self.talent.reaction_s
        {
            return None;
        }
        let wanted = world.lead(own.pos, enemy.pos, quarry.vel)?;
        let width = world.rules().craft.radius_tiles + world.first_weapon().shot_radius_tiles;
        Some((
            turn(aim, wanted).abs(),
            (width / distance.max(0.5)).min(0.6),
        ))
    }

    /// A slow swing between -1 and 1, each pilot's its own; `rate` in radians per second.
    fn sway(&self, world: &World, rate: f32) -> f32 {
        let seconds = world.tick() as f32 / world.tick_hz();
        (seconds * rate + self.character.phase).sin()
            * (seconds * rate * 0.37 + 2.0 * self.character.phase).cos()
    }
}
