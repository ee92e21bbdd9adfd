//! What a bot is shown: exactly what a person's client knows, in tiles and seconds.

use fracas_protocol::geometry::TILE;
use fracas_protocol::motion::{Pilot, Shot};
use fracas_protocol::rules::{Effect, WeaponKind, WeaponRules};
use fracas_protocol::view::{Craft, CraftFlags, MatchState, find};
use fracas_protocol::{
    Angle, Arena, Map, Phase, PlayerId, Rules, Session, ShotId, Team, Tick, Vec2, View, Weapon,
};

use super::plane::Xy;
use super::random::Random;
use super::sight;

/// More players than this are a crowd: nobody knows all of them.
const CROWD: usize = 64;

/// One moment of a match, as one player knows it.
///
/// The own craft is the predicted one. Everybody else comes from the newest snapshot, carried straight on to the same
/// moment: that is what a person reads off the screen, too. Nobody outside the visible part of the arena is here.
#[derive(Clone, Copy, Debug)]
pub struct World<'a> {
    me: PlayerId,
    tick: Tick,
    own: &'a Pilot,
    view: &'a View,
    arena: &'a Arena,
    rules: &'a Rules,
    random: &'a Random,
    team: Option<Team>,
}

/// The own craft.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Own {
    /// Whether there is one; the rest means little when there is not.
    pub alive: bool,
    /// Counts lives.
    pub life: u8,
    /// Where.
    pub pos: Xy,
    /// How fast.
    pub vel: Xy,
    /// What is left of it, 0 to 1.
    pub health: f32,
    /// Whether nothing can hurt it.
    pub protected: bool,
    /// Seconds until the weapon is ready.
    pub ready_in_s: f32,
    /// What is left of the shield, in health of a whole craft.
    pub shield: f32,
    /// The special weapon, while it has ammo.
    pub special: Option<Weapon>,
    /// Times it still fires.
    pub ammo: u8,
    /// Seconds until it can be fired or charged.
    pub special_ready_in_s: f32,
    /// Dashes that are ready.
    pub dashes: u8,
    /// Seconds until it can deflect.
    pub deflect_ready_in_s: f32,
    /// Seconds until the next life, when dead.
    pub respawn_in_s: f32,
}

/// Somebody else's craft.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Enemy {
    /// Whose.
    pub id: PlayerId,
    /// Counts lives.
    pub life: u8,
    /// Where.
    pub pos: Xy,
    /// How fast.
    pub vel: Xy,
    /// Where it aims, in radians.
    pub aim: f32,
    /// What is left of it, 0 to 1.
    pub health: f32,
    /// What is left of its shield, in health of a whole craft.
    pub shield: f32,
    /// Whether nothing can hurt it.
    pub protected: bool,
    /// Whether it hits harder.
    pub overcharged: bool,
    /// Whether it is charging a weapon.
    pub charging: bool,
    /// Whether it sends shots back.
    pub deflecting: bool,
}

/// A shot in flight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bullet {
    /// Its name while it flies.
    pub id: ShotId,
    /// Whose.
    pub owner: PlayerId,
    /// What it was fired with.
    pub weapon: Weapon,
    /// Where.
    pub pos: Xy,
    /// How fast.
    pub vel: Xy,
    /// How often it has bounced.
    pub bounces: u8,
    /// Seconds since it was fired.
    pub age_s: f32,
    /// Seconds until it ends by itself.
    pub left_s: f32,
    /// The radius of its burst, in tiles; 0: it doesn't burst.
    pub bursts_tiles: f32,
    /// Whether it can hurt the own craft: a foe's, or an own one that has bounced or bursts.
    pub hurts_me: bool,
}

/// Something on a pad.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pickup {
    /// The pad, by its place in the map.
    pub pad: u16,
    /// Where.
    pub pos: Xy,
    /// What it does.
    pub effect: Effect,
    /// The weapon it gives, if it gives one.
    pub weapon: Weapon,
}

impl<'a> World<'a> {
    /// The world of a session; nothing before the welcome.
    pub fn of(session: &'a Session, random: &'a Random) -> Option<World<'a>> {
        let (tick, own) = session.predicted()?;
        let welcome = session.welcome()?;
        let (me, rules) = (welcome.player, &welcome.start.rules);
        let (view, arena) = (session.view()?, session.arena()?);
        Some(World::new(me, (tick, own), view, (arena, rules), random))
    }

    /// A world put together by hand, for tests and simulations of one's own: `own` is the state at `tick`.
    pub fn new(
        me: PlayerId,
        (tick, own): (Tick, &'a Pilot),
        view: &'a View,
        (arena, rules): (&'a Arena, &'a Rules),
        random: &'a Random,
    ) -> World<'a> {
        World {
            me,
            tick,
            own,
            view,
            arena,
            rules,
            random,
            team: view.match_state.teams.and_then(|_| view.player(me)?.team),
        }
    }

    /// Who this bot is.
    pub fn me(&self) -> PlayerId {
        self.me
    }

    /// The newest predicted tick; what `think` returns is for the ticks after it.
    pub fn tick(&self) -> Tick {
        self.tick
    }

    /// Ticks per second.
    pub fn tick_hz(&self) -> f32 {
        f32::from(self.arena.tuning.tick_hz)
    }

    /// So many seconds in ticks.
    pub fn ticks(&self, seconds: f32) -> Tick {
        (seconds * self.tick_hz()).round() as Tick
    }

    /// Where the match is in its life.
    pub fn phase(&self) -> Phase {
        self.view.match_state.phase
    }

    /// Whether more than 64 play, as far as the places of those it knows tell: the lowest free ones are given away first.
    pub fn is_crowded(&self) -> bool {
        let last = self.view.roster.last();
        last.is_some_and(|(id, _)| usize::from(id.0) >= CROWD)
    }

    /// How the match stands: scores of the sides, crown, flags, zone.
    pub fn match_state(&self) -> &'a MatchState {
        &self.view.match_state
    }

    /// The own side; none in a free for all.
    pub fn team(&self) -> Option<Team> {
        self.team
    }

    /// Somebody's side, if they are known.
    pub fn team_of(&self, player: PlayerId) -> Option<Team> {
        self.view.player(player)?.team
    }

    /// Whether somebody is on the own side, the bot itself included.
    pub fn is_mate(&self, player: PlayerId) -> bool {
        player == self.me
            || self
                .team
                .is_some_and(|team| self.team_of(player) == Some(team))
    }

    /// The own craft.
    pub fn own(&self) -> Own {
        let own = self.own;
        let seconds_to = |tick: Tick| tick.saturating_sub(self.tick) as f32 / self.tick_hz();
        Own {
            alive: own.alive,
            life: own.life,
            pos: Xy::of_position(own.motion.pos),
            vel: Xy::of_velocity(own.motion.vel, self.arena.tuning.tick_hz),
            health: self.share_of_health(own.health),
            protected: own.is_protected(self.tick),
            ready_in_s: seconds_to(own.ready_at),
            shield: self.share_of_health(own.shield),
            special: own.armed_with(),
            ammo: own.special.ammo,
            special_ready_in_s: seconds_to(own.special.ready_at),
            dashes: own.dash.ready(self.tick, &self.arena.tuning),
            deflect_ready_in_s: seconds_to(own.deflect.ready_at),
            respawn_in_s: seconds_to(own.respawn_at),
        }
    }

    /// Every foe who can be seen.
    pub fn enemies(&self) -> impl Iterator<Item = Enemy> + use<'a> {
        let world = *self;
        self.view
            .crafts
            .iter()
            .filter(move |(id, _)| !world.is_mate(*id))
            .map(move |(id, craft)| world.enemy_of(*id, craft))
            .filter(move |e| world.is_visible(e.pos))
    }

    /// Every other craft of the own side that can be seen; nobody in a free for all.
    pub fn mates(&self) -> impl Iterator<Item = Enemy> + use<'a> {
        let world = *self;
        let crafts = if self.team.is_some() {
            &self.view.crafts[..]
        } else {
            &[]
        };
        crafts
            .iter()
            .filter(move |(id, _)| world.is_mate(*id))
            .map(move |(id, craft)| world.enemy_of(*id, craft))
            .filter(move |mate| world.is_visible(mate.pos))
    }

    /// What lies on the pads within so many tiles along each axis, or will. Pads out of sight are full as far as is known.
    pub fn pickups(&self, tiles: f32) -> impl Iterator<Item = Pickup> + use<'a> {
        let world = *self;
        let range = (tiles * TILE as f32) as i32;
        let near = self.arena.pads_near(self.own_position(), range);
        near.filter_map(move |(at, pad)| {
            let pickup = &world.arena.tuning.pickups[usize::from(pad.pickup?)];
            Some(Pickup {
                pad: at,
                pos: Xy::of_position(pad.pos),
                effect: pickup.effect,
                weapon: pickup.weapon,
            })
        })
    }

    /// Whether something lies on a pad, as far as is known.
    pub fn is_full(&self, pad: u16) -> bool {
        self.ready_in_s(pad) <= 0.0
    }

    /// Seconds until something lies on a pad, as far as is known.
    pub fn ready_in_s(&self, pad: u16) -> f32 {
        let ready_at = find(&self.view.pads, pad).copied().unwrap_or(0);
        ready_at.saturating_sub(self.tick) as f32 / self.tick_hz()
    }

    /// One foe.
    pub fn enemy(&self, id: PlayerId) -> Option<Enemy> {
        self.craft(id).filter(|_| !self.is_mate(id))
    }

    /// Where somebody is, friend or foe, if they can be seen.
    pub fn seen(&self, id: PlayerId) -> Option<Xy> {
        self.craft(id).map(|craft| craft.pos)
    }

    /// Somebody else's craft, whatever their side, if it can be seen.
    fn craft(&self, id: PlayerId) -> Option<Enemy> {
        let craft = self.enemy_of(id, self.view.craft(id)?);
        Some(craft).filter(|craft| self.is_visible(craft.pos))
    }

    /// Every shot that can be seen.
    pub fn bullets(&self) -> impl Iterator<Item = Bullet> + use<'a> {
        let world = *self;
        self.view
            .shots
            .iter()
            .map(move |(id, shot)| world.bullet_of(*id, shot))
            .filter(move |b| world.is_visible(b.pos))
    }

    /// The tiles.
    pub fn map(&self) -> &'a Map {
        &self.arena.map
    }

    /// The numbers of the game.
    pub fn rules(&self) -> &'a Rules {
        self.rules
    }

    /// The numbers of the weapon that everybody always has.
    pub fn first_weapon(&self) -> &'a WeaponRules {
        &self.rules.weapons[0]
    }

    /// The numbers of a weapon; of one that isn't there, those of the first.
    pub fn weapon(&self, weapon: Weapon) -> &'a WeaponRules {
        let found = self.rules.weapons.get(usize::from(weapon.0));
        found.unwrap_or_else(|| self.first_weapon())
    }

    /// Map and numbers as the protocol's step functions take them, to think ahead exactly.
    pub fn arena(&self) -> &'a Arena {
        self.arena
    }

    /// The raw view, with everybody's names and scores.
    pub fn view(&self) -> &'a View {
        self.view
    }

    /// Chance, from the bot's seed.
    pub fn random(&self) -> &'a Random {
        self.random
    }

    /// Whether a shot fired at one place gets to another without touching a wall.
    pub fn clear_shot(&self, from: Xy, to: Xy) -> bool {
        sight::shot_passes(self.map(), from, to)
    }

    /// Whether a craft can fly straight from one place to another.
    pub fn clear_way(&self, from: Xy, to: Xy) -> bool {
        sight::craft_passes(self.map(), from, to, self.rules.craft.radius_tiles)
    }

    /// Where to aim from `from` so that a shot of the first weapon meets something at `pos` that keeps its velocity, in
    /// radians; nothing if it is out of reach.
    pub fn lead(&self, from: Xy, pos: Xy, vel: Xy) -> Option<f32> {
        self.lead_with(Weapon::FIRST, from, pos, vel)
    }

    /// The same for any weapon. A beam takes no time.
    pub fn lead_with(&self, weapon: Weapon, from: Xy, pos: Xy, vel: Xy) -> Option<f32> {
        let rules = self.weapon(weapon);
        if rules.kind == WeaponKind::Beam {
            return Some((pos - from).angle());
        }
        let speed = rules.shot_speed_tiles_per_s;
        let time = intercept_s(pos - from, vel, speed, self.muzzle_tiles())?;
        (time <= rules.shot_life_s).then(|| (pos + vel * time - from).angle())
    }

    /// How far ahead of a craft's centre its shots appear.
    pub fn muzzle_tiles(&self) -> f32 {
        self.rules.craft.radius_tiles - 16.0 / TILE as f32
    }

    /// Where the own craft is, in the protocol's units.
    pub(super) fn own_position(&self) -> Vec2 {
        self.own.motion.pos
    }

    fn enemy_of(&self, id: PlayerId, craft: &Craft) -> Enemy {
        let vel = Xy::of_velocity(craft.motion.vel, self.arena.tuning.tick_hz);
        Enemy {
            id,
            life: craft.life,
            pos: Xy::of_position(craft.motion.pos) + vel * self.behind_s(),
            vel,
            aim: Angle::from_coarse(craft.aim).radians(),
            health: self.share_of_health(craft.health),
            shield: self.share_of_health(craft.shield),
            protected: craft.flags.has(CraftFlags::PROTECTED),
            overcharged: craft.flags.has(CraftFlags::OVERCHARGE),
            charging: craft.flags.has(CraftFlags::CHARGING),
            deflecting: craft.flags.has(CraftFlags::DEFLECTING),
        }
    }

    pub(super) fn bullet_of(&self, id: ShotId, shot: &Shot) -> Bullet {
        let vel = Xy::of_velocity(shot.velocity(self.arena), self.arena.tuning.tick_hz);
        let weapon = self.weapon(shot.weapon);
        let age_s = f32::from(shot.age) / self.tick_hz() + self.behind_s();
        Bullet {
            id,
            owner: shot.owner,
            weapon: shot.weapon,
            pos: Xy::of_position(shot.pos) + vel * self.behind_s(),
            vel,
            bounces: shot.bounces,
            age_s,
            left_s: (weapon.shot_life_s - age_s).max(0.0),
            bursts_tiles: weapon.burst_radius_tiles,
            hurts_me: if shot.owner == self.me {
                shot.bounces > 0 || weapon.burst_radius_tiles > 0.0
            } else {
                !self.is_mate(shot.owner)
            },
        }
    }

    /// How much older the newest snapshot is than the own prediction.
    fn behind_s(&self) -> f32 {
        self.tick.saturating_sub(self.view.tick) as f32 / self.tick_hz()
    }

    fn share_of_health(&self, health: u8) -> f32 {
        f32::from(health) / f32::from(self.arena.tuning.craft_health.max(1))
    }

    /// Seconds for which a shot has been on the screen, if it and the own craft flew straight.
    pub(super) fn on_screen_s(&self, own: &Own, bullet: &Bullet) -> f32 {
        let (off, vel) = (bullet.pos - own.pos, bullet.vel - own.vel);
        let along = |off: f32, vel: f32, half: f32| {
            (off * vel.signum() + half) / vel.abs().max(f32::EPSILON)
        };
        let view = &self.rules.view;
        let (x, y) = (view.width_tiles / 2.0, view.height_tiles / 2.0);
        along(off.x, vel.x, x).min(along(off.y, vel.y, y))
    }

    pub(super) fn is_visible(&self, pos: Xy) -> bool {
        let from_own = pos - Xy::of_position(self.own.motion.pos);
        let view = &self.rules.view;
        from_own.x.abs() <= view.width_tiles / 2.0 && from_own.y.abs() <= view.height_tiles / 2.0
    }
}

/// Seconds until a shot of `speed` that starts `head_start` tiles ahead meets something at `away` that moves with `vel`:
/// the smallest positive root of |away + vel t| = head_start + speed t.
fn intercept_s(away: Xy, vel: Xy, speed: f32, head_start: f32) -> Option<f32> {
    let a = vel.dot(vel) - speed * speed;
    let b = away.dot(vel) - speed * head_start;
    let c = away.dot(away) - head_start * head_start;
    if c <= 0.0 {
        return Some(0.0);
    }
    if a.abs() < 1e-4 {
        return (b < 0.0).then(|| -c / (2.0 * b));
    }
    let root = b * b - a * c;
    if root < 0.0 {
        return None;
    }
    let root = root.sqrt();
    let times = [(-b - root) / a, (-b + root) / a];
    times
        .into_iter()
        .filter(|t| *t >= 0.0)
        .min_by(f32::total_cmp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_led_shot_meets_its_target() {
        for (away, vel) in [
            (Xy::new(8.0, 0.0), Xy::new(0.0, 7.0)),
            (Xy::new(-6.0, 5.0), Xy::new(3.0, -6.0)),
            (Xy::new(0.0, -12.0), Xy::new(-4.0, -4.0)),
            (Xy::new(3.0, 1.0), Xy::ZERO),
        ] {
            let time = intercept_s(away, vel, 20.0, 0.43).unwrap();
            let meets = away + vel * time;
            assert!(
                (meets.length() - (0.43 + 20.0 * time)).abs() < 1e-3,
                "{away:?} {vel:?}"
            );
        }
    }

    #[test]
    fn what_flees_faster_than_the_shot_is_out_of_reach() {
        assert_eq!(
            intercept_s(Xy::new(5.0, 0.0), Xy::new(30.0, 0.0), 20.0, 0.0),
            None
        );
    }
}
