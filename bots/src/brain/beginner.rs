//! Somebody in a first match, to hold the built-in bots against: flies straight at whoever is nearest, round walls if it must,
//! points at where that craft is and not at where it will be, and holds the trigger. No special weapon, no dash, no
//! deflecting, nothing evaded, nothing fetched.

use fracas_protocol::{Intent, PlayerId, Tick};

use super::hand::Hand;
use super::plane::{Xy, intent};
use super::skill::{Character, Talent, draw_beginner};
use super::steer::{Stick, Wish};
use super::travel::Travel;
use super::world::{Enemy, Own, World};
use super::{Bot, Random};

/// Off by more than this, in radians, even a beginner sees that a shot would miss.
const OFF_MAX: f32 = 0.35;
/// Most seconds between two thoughts that count.
const GAP_MAX_S: f32 = 0.25;

/// A model of a beginner. Not a skill a host can choose: those are measured by it.
#[derive(Debug)]
pub struct Beginner {
    talent: Talent,
    character: Character,
    hand: Hand,
    stick: Stick,
    travel: Travel,
    /// Who is in plain sight, and since when.
    sees: Option<(PlayerId, Tick)>,
    thought_at: Tick,
    life: Option<u8>,
}

impl Beginner {
    /// One of them; the seed makes them a little quicker or slower, as it does with bots.
    pub fn new(seed: u64) -> Self {
        let (talent, character) = draw_beginner(&Random::new(seed));
        Beginner {
            talent,
            character,
            hand: Hand::default(),
            stick: Stick::default(),
            travel: Travel::new(),
            sees: None,
            thought_at: 0,
            life: None,
        }
    }

    /// Whether this craft has been in plain sight for long enough to fire at it.
    fn has_understood(&mut self, world: &World, own: &Own, enemy: &Enemy) -> bool {
        if !world.clear_shot(own.pos, enemy.pos) {
            self.sees = None;
            return false;
        }
        let known = self.sees.filter(|(id, _)| *id == enemy.id);
        let (_, since) = *self.sees.insert(known.unwrap_or((enemy.id, world.tick())));
        world.tick() >= since + world.ticks(self.talent.reaction_s)
    }

    fn steer(&mut self, world: &World, own: &Own, enemy: Option<&Enemy>, seconds: f32) {
        let way = match enemy {
            Some(enemy) => self.travel.towards(world, own, enemy.pos),
            None => self.travel.wander(world, own, &self.character),
        };
        let way = self.travel.escape(world, own, true).unwrap_or(way);
        let wish = Wish {
            way,
            dodge: Xy::ZERO,
            walls: 0.25,
        };
        self.stick
            .steer(world, own, &wish, seconds, self.character.stick_s);
    }
}

impl Bot for Beginner {
    fn think(&mut self, world: &World) -> Intent {
        let own = world.own();
        let seconds = world.tick().saturating_sub(self.thought_at) as f32 / world.tick_hz();
        let seconds = seconds.min(GAP_MAX_S);
        self.thought_at = world.tick();
        if self.life.replace(own.life) != Some(own.life) {
            self.travel.restart();
        }
        if !own.alive {
            return intent(Xy::ZERO, self.hand.angle(), false);
        }
        let distance = |enemy: &Enemy| (enemy.pos - own.pos).length();
        let enemy = world
            .enemies()
            .min_by(|one, other| distance(one).total_cmp(&distance(other)));
        self.steer(world, &own, enemy.as_ref(), seconds);
        let target = enemy.map_or(self.stick.position(), |enemy| enemy.pos - own.pos);
        let (talent, random) = (&self.talent, world.random());
        self.hand
            .turn_towards(target.angle(), seconds, talent, random);
        let off = super::turn(self.hand.believed(talent), target.angle()).abs();
        let fires = enemy.is_some_and(|enemy| self.has_understood(world, &own, &enemy));
        intent(
            self.stick.position(),
            self.hand.angle(),
            fires && off < OFF_MAX,
        )
    }
}
