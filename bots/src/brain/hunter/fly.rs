//! Where to, and what is pressed on the way.

use fracas_protocol::{Buttons, Weapon};

use super::super::dash::{self, Reason};
use super::super::deflect;
use super::super::dodge::{self, Danger};
use super::super::forage::{self, Want};
use super::super::objective::{self, Goal};
use super::super::plane::Xy;
use super::super::steer::Wish;
use super::super::world::{Enemy, Own, World};
use super::Hunter;

/// An enemy who is this near is fought, whatever the mode wants, in tiles.
const FIGHT_TILES: f32 = 7.0;
/// What lies on a pad has to be worth so many tiles more than the way for a fight to be left …
const LEAVE_FIGHT: f32 = 3.0;
/// … or as little as this many tiles away.
const AT_HAND_TILES: f32 = 3.0;
/// Who goes somewhere for the mode turns aside for what is within so many tiles.
const ASIDE_TILES: f32 = 6.0;
/// A way that is at least so long is worth a dash, in tiles.
const LONG_WAY_TILES: f32 = 6.0;
/// How urgent it is to evade for it to be worth a dash.
const FRIGHTENING: f32 = 0.9;
/// A spread of shots is for who is nearer than this, in tiles.
const CLOSE_TILES: f32 = 2.5;
/// Mates are kept within so many tiles.
const TOGETHER_TILES: f32 = 8.0;
/// Seconds on one side of a place that is held, before another is sought.
const PATROL_S: f32 = 1.4;

/// How much shots count for who has to get away from a place.
const ESCAPES: f32 = 0.3;

/// Where to go.
struct Course {
    way: Xy,
    /// How much walls count.
    walls: f32,
    /// Whether it is worth a dash to be there sooner.
    hurries: bool,
}

impl Course {
    fn towards(way: Xy, hurries: bool) -> Course {
        Course {
            way,
            walls: 0.25,
            hurries,
        }
    }
}

impl Hunter {
    /// Steers; returns what is pressed besides.
    pub(super) fn fly(
        &mut self,
        world: &World,
        own: &Own,
        enemy: Option<&Enemy>,
        seconds: f32,
    ) -> Buttons {
        let clear = self
            .quarry
            .is_some_and(|quarry| quarry.clear_since.is_some());
        let mut course = self.course(world, own, enemy.filter(|_| clear), enemy);
        let tries = course.way.length() > 0.5 && !(clear && course.walls == 1.0);
        let escape = self.travel.escape(world, own, tries);
        if let Some(escape) = escape {
            course = Course {
                way: escape,
                walls: 0.7,
                hurries: false,
            };
        }
        let mut danger = self.danger(world, own, enemy);
        if escape.is_some() {
            danger.away = danger.away * ESCAPES;
        }
        let wish = Wish {
            way: course.way,
            dodge: danger.away,
            walls: course.walls,
        };
        self.stick
            .steer(world, own, &wish, seconds, self.character.stick_s);
        self.press(world, own, &course, &danger)
    }

    fn danger(&self, world: &World, own: &Own, enemy: Option<&Enemy>) -> Danger {
        let danger = dodge::look(world, own, &self.talent, self.habit);
        let since = self.quarry.and_then(|quarry| quarry.charging_since);
        let beam = enemy.zip(since).map_or(Xy::ZERO, |charging| {
            dodge::from_beam(world, own, charging, &self.talent, self.habit)
        });
        Danger {
            away: (danger.away + beam).at_most(1.6),
            ..danger
        }
    }

    /// What matters most: a goal that can't wait, a pickup, a fight, a goal, a hunt, company.
    fn course(
        &mut self,
        world: &World,
        own: &Own,
        in_sight: Option<&Enemy>,
        enemy: Option<&Enemy>,
    ) -> Course {
        let goal = objective::goal(world, own, self.character.role, self.habit);
        if let Some(goal) = goal.filter(|goal| goal.is_urgent) {
            return self.pursue(world, own, goal);
        }
        let want = self
            .forage
            .wanted(world, own, &self.talent, &self.character)
            .filter(|want| is_worth_leaving(world, own, want, in_sight, goal));
        if let Some(want) = want {
            let is_long = (want.at - own.pos).length() > LONG_WAY_TILES;
            return Course::towards(self.travel.towards(world, own, want.at), is_long);
        }
        if let Some(enemy) = in_sight.filter(|enemy| is_worth_a_fight(own, enemy, goal)) {
            return Course {
                way: self.fight(world, own, enemy),
                walls: 1.0,
                hurries: self.closes_in(world, own, enemy),
            };
        }
        match (goal, enemy) {
            (Some(goal), _) => self.pursue(world, own, goal),
            (None, Some(enemy)) => {
                Course::towards(self.travel.towards(world, own, enemy.pos), false)
            }
            (None, None) => Course::towards(self.roam(world, own), false),
        }
    }

    /// Nobody there: to the mates, if they are far, or anywhere.
    fn roam(&mut self, world: &World, own: &Own) -> Xy {
        match forage::nearest_mate(world, own) {
            Some((_, at)) if (at - own.pos).length() > TOGETHER_TILES => {
                self.travel.towards(world, own, at)
            }
            _ => self.travel.wander(world, own, &self.character),
        }
    }

    /// To where the mode wants somebody; there, from one side of it to the other.
    fn pursue(&mut self, world: &World, own: &Own, goal: Goal) -> Course {
        if !goal.is_reached(own) {
            let is_long = (goal.at - own.pos).length() > LONG_WAY_TILES;
            return Course::towards(self.travel.towards(world, own, goal.at), is_long);
        }
        let turns =
            (world.tick() as f32 / world.tick_hz() / PATROL_S + self.character.phase).floor();
        let side = Xy::along(turns * 2.4 + self.character.phase) * (0.8 * goal.within);
        let way = self.travel.towards(world, own, goal.at + side);
        Course::towards(way * 0.8, false)
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
        let liked = self.liked_distance(world, own) + if careful { 4.0 } else { 0.0 };
        let approach = ((distance - liked) / 2.5).clamp(-1.0, 1.0);
        let circle =
            self.strafe.side * self.character.strafe * (0.75 + 0.35 * self.sway(world, 2.3));
        // Far away there is nothing to circle.
        let near = (1.6 - distance / (liked + 6.0)).clamp(0.25, 1.0);
        (ahead * approach + ahead.right() * (circle * near)).at_most(1.0)
    }

    /// Close with a spread of shots, out of the burst with what bursts, else as one likes.
    fn liked_distance(&self, world: &World, own: &Own) -> f32 {
        let special = own.special.map(|weapon| world.weapon(weapon));
        match special {
            Some(weapon) if weapon.pellets > 1 && self.talent.special > 0.3 => CLOSE_TILES,
            Some(weapon) if weapon.burst_radius_tiles > 0.0 => {
                let safe = weapon.burst_radius_tiles + 1.5;
                self.character.distance_tiles.max(safe)
            }
            _ => self.character.distance_tiles,
        }
    }

    /// Whether to be at an enemy sooner: with a weapon for close quarters, when it is within two dashes.
    fn closes_in(&self, world: &World, own: &Own, enemy: &Enemy) -> bool {
        let special = own.special.filter(|weapon| *weapon != Weapon::FIRST);
        let distance = (enemy.pos - own.pos).length();
        let reach = CLOSE_TILES + world.rules().dash.distance_tiles;
        special.is_some_and(|weapon| world.weapon(weapon).pellets > 1)
            && (reach..reach + 4.0).contains(&distance)
    }

    fn press(&mut self, world: &World, own: &Own, course: &Course, danger: &Danger) -> Buttons {
        let mut pressed = Buttons::default();
        let aim = self.hand.angle();
        let contact = danger
            .next
            .filter(|contact| deflect::is_time(world, own, contact, aim, &self.talent, self.habit));
        if contact.is_some() {
            return Buttons::DEFLECT;
        }
        if self.dashes && self.is_dash_worth_it(world, own, course, danger) {
            self.dashes = false;
            pressed = Buttons::DASH;
        }
        pressed
    }

    fn is_dash_worth_it(&self, world: &World, own: &Own, course: &Course, danger: &Danger) -> bool {
        let stick = self.stick.position();
        if danger.away.length() > FRIGHTENING {
            return dash::is_worth_it(world, own, stick, danger.away, Reason::Evade);
        }
        course.hurries && dash::is_worth_it(world, own, stick, course.way, Reason::Hurry)
    }
}

/// Whether to stop for an enemy in the line of fire. Shots are fired either way.
fn is_worth_a_fight(own: &Own, enemy: &Enemy, goal: Option<Goal>) -> bool {
    goal.is_none_or(|goal| !goal.is_reached(own) && (enemy.pos - own.pos).length() < FIGHT_TILES)
}

/// Whether to go for a pickup although somebody is in sight, or the mode wants one elsewhere: then only for what is near, a
/// little farther without a weapon that is worth one, or while all is well.
fn is_worth_leaving(
    world: &World,
    own: &Own,
    want: &Want,
    enemy: Option<&Enemy>,
    goal: Option<Goal>,
) -> bool {
    let distance = (want.at - own.pos).length();
    let unarmed = if own.special.is_none() {
        ASIDE_TILES
    } else {
        0.0
    };
    let well = if goal.is_some() && objective::is_zone_safe(world) {
        ASIDE_TILES
    } else {
        0.0
    };
    let fights = enemy.is_some() && want.gain < LEAVE_FIGHT && distance > AT_HAND_TILES;
    !fights && (goal.is_none() || distance < ASIDE_TILES + unarmed + well)
}
