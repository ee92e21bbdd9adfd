//! What to draw, and what happened. Everything here is for eyes and ears: floats, in tiles and seconds.

use std::collections::VecDeque;

use super::joined::Joined;
use super::server_clock::Shown;
use super::{SessionEvent as Event, SessionStats};
use crate::chat::Chat;
use crate::geometry::{TILE, VELOCITY_SCALE};
use crate::motion::{Beam, End, Weapon};
use crate::rules::Tuning;
use crate::view::Craft;
use crate::{Angle, Arena, Phase, PlayerId, Tick, Vec2};

/// After so long without a picture nothing of what happened meanwhile is told.
const FORGET_US: u64 = 1_000_000;

/// What to draw now. Positions in tiles, velocities in tiles per second, angles in radians.
#[derive(Clone, Debug, Default)]
pub struct Scene {
    /// The match's phase.
    pub phase: Option<Phase>,
    /// Seconds left in the phase, if it has an end.
    pub phase_left_s: Option<f32>,
    /// The own craft.
    pub own: OwnScene,
    /// Others in sight.
    pub crafts: Vec<SceneCraft>,
    /// Shots.
    pub shots: Vec<SceneShot>,
    /// The middle of the picture: the own craft, or what there is to see while dead.
    pub camera: [f32; 2],
    /// The predicted tick, with its fraction.
    pub tick: f64,
    /// The tick at which the others are shown, with its fraction.
    pub others_tick: f64,
}

/// The own craft, as predicted.
#[derive(Clone, Copy, Debug, Default)]
pub struct OwnScene {
    /// Whether there is one.
    pub alive: bool,
    /// Where.
    pub pos: [f32; 2],
    /// How fast.
    pub vel: [f32; 2],
    /// Where it aims.
    pub aim: f32,
    /// Health left.
    pub health: f32,
    /// Whether nothing can hurt it.
    pub protected: bool,
    /// Seconds to the next life, when dead.
    pub respawn_s: f32,
    /// 1 just after a shot, falling to 0 when the weapon is ready.
    pub cooldown: f32,
    /// Beams left.
    pub rail_ammo: u8,
    /// How far the rail is charged: 0 to 1.
    pub rail_charge: f32,
    /// 1 just after a beam, falling to 0 when the rail can be charged again.
    pub rail_cooldown: f32,
    /// Who destroyed it, when dead.
    pub killer: Option<PlayerId>,
}

/// Somebody else's craft.
#[derive(Clone, Copy, Debug)]
pub struct SceneCraft {
    /// Whose.
    pub id: PlayerId,
    /// Where.
    pub pos: [f32; 2],
    /// How fast.
    pub vel: [f32; 2],
    /// Where it aims.
    pub aim: f32,
    /// Health left.
    pub health: f32,
    /// Whether nothing can hurt it.
    pub protected: bool,
    /// Whether it is charging its rail.
    pub charging: bool,
    /// Counts lives: a change means it must not be slid there.
    pub life: u8,
}

impl SceneCraft {
    pub(super) fn of(id: PlayerId, craft: &Craft, tuning: &Tuning) -> SceneCraft {
        SceneCraft {
            id,
            pos: craft.motion.pos.to_tiles(),
            vel: per_second(craft.motion.vel, tuning),
            aim: Angle::from_coarse(craft.aim).radians(),
            health: f32::from(craft.health),
            protected: craft.protected,
            charging: craft.charging,
            life: craft.life,
        }
    }
}

/// A shot.
#[derive(Clone, Copy, Debug)]
pub struct SceneShot {
    /// The same for one shot as long as it flies.
    pub key: u32,
    /// Where.
    pub pos: [f32; 2],
    /// How fast.
    pub vel: [f32; 2],
    /// Whose.
    pub owner: PlayerId,
    /// With what.
    pub weapon: Weapon,
    /// How often it has bounced.
    pub bounces: u8,
    /// Seconds since its birth.
    pub age_s: f32,
}

/// What happened, in the order and at the time it should be seen and heard. Positions in tiles.
#[derive(Clone, Debug, PartialEq)]
pub enum SessionEvent {
    /// A match begins: map, rules and roster are new.
    MatchStart,
    /// The match entered this phase.
    Phase {
        /// Which.
        phase: Phase,
    },
    /// A craft fired.
    Fired {
        /// Who.
        owner: PlayerId,
        /// From where.
        pos: [f32; 2],
        /// In which direction, in radians.
        aim: f32,
    },
    /// A shot bounced.
    Bounce {
        /// Whose.
        owner: PlayerId,
        /// Where.
        pos: [f32; 2],
        /// Away from the wall; a diagonal's has two components of ±1.
        normal: (i8, i8),
        /// How often it has bounced now.
        bounces: u8,
    },
    /// A shot is no more.
    ShotEnd {
        /// Whose.
        owner: PlayerId,
        /// Where.
        pos: [f32; 2],
        /// Why; `Stopped` is a craft that was hit.
        end: End,
    },
    /// A shot hurt somebody.
    Hit {
        /// Whose shot.
        attacker: PlayerId,
        /// Who was hurt.
        victim: PlayerId,
        /// Health taken.
        damage: u8,
        /// With what.
        weapon: Weapon,
        /// How often the shot had bounced.
        bounces: u8,
        /// Where.
        pos: [f32; 2],
    },
    /// A craft was destroyed.
    Kill {
        /// By whom.
        killer: Option<PlayerId>,
        /// Whose.
        victim: PlayerId,
        /// With what.
        weapon: Weapon,
        /// How often the shot had bounced.
        bounces: u8,
        /// Who had helped.
        assists: Vec<PlayerId>,
        /// Where, if it was in sight.
        pos: Option<[f32; 2]>,
    },
    /// A craft appeared.
    Spawn {
        /// Whose.
        player: PlayerId,
        /// Where.
        pos: [f32; 2],
    },
    /// Several kills in one life.
    Streak {
        /// Whose.
        player: PlayerId,
        /// How many.
        kills: u8,
    },
    /// A rail was fired: a line that was there for one tick.
    Beam {
        /// Whose.
        owner: PlayerId,
        /// The muzzle, every bounce, and the end.
        points: Vec<[f32; 2]>,
        /// Whether it is the player's own.
        own: bool,
    },
    /// Somebody said something, or the server didn't pass on what this player said.
    Chat(Chat),
    /// The own craft had to be corrected.
    Correction {
        /// By how much.
        tiles: f32,
    },
}

impl SessionEvent {
    pub(super) fn beam(beam: &Beam, me: PlayerId, arena: &Arena) -> SessionEvent {
        let points = beam.points(arena).into_iter().map(Vec2::to_tiles);
        SessionEvent::Beam {
            owner: beam.owner,
            points: points.collect(),
            own: beam.owner == me,
        }
    }
}

pub(super) fn per_second(vel: Vec2, tuning: &Tuning) -> [f32; 2] {
    let factor = f32::from(tuning.tick_hz) / (TILE * VELOCITY_SCALE) as f32;
    [vel.x as f32 * factor, vel.y as f32 * factor]
}

impl Joined {
    /// Fills `scene` for `now_us`, and reports what shots did on the way there.
    pub(super) fn draw(
        &mut self,
        scene: &mut Scene,
        events: &mut VecDeque<Event>,
        stats: &mut SessionStats,
        now_us: u64,
    ) {
        if self.server_clock.rested_us(now_us) > FORGET_US {
            self.wake(events);
        }
        let present = self.input_clock.position_at(now_us);
        let past = self.show_others(present, stats, now_us);
        scene.tick = present;
        scene.others_tick = past;
        self.draw_clock(scene);
        self.draw_own(scene, present);
        self.history.draw(past, &self.arena, &mut scene.crafts);
        // The own craft is drawn between its last two ticks, so its shots are too.
        self.tracers.draw(
            past,
            present - 1.0,
            self.welcome.player,
            &self.arena,
            &mut scene.shots,
            events,
        );
        self.draw_camera(scene);
    }

    /// Nobody has looked for a while: they see the present at once, and nothing of what they missed.
    fn wake(&mut self, events: &mut VecDeque<Event>) {
        self.history.forget_picture();
        self.tracers.skip(&self.view);
        // What was said is to be read all the same.
        let stays = |event: &Event| {
            matches!(
                event,
                Event::MatchStart | Event::Phase { .. } | Event::Chat(_)
            )
        };
        events.retain(stays);
    }

    /// Moves the others' clock on; returns the tick they are shown at.
    fn show_others(&mut self, present: f64, stats: &mut SessionStats, now_us: u64) -> f64 {
        let rewind = f64::from(self.arena.tuning.rewind_ticks_max);
        let shown = self.server_clock.show(now_us, present, rewind);
        stats.frames += 1;
        match shown {
            Shown::Known => {}
            Shown::Ahead => stats.frames_ahead += 1,
            Shown::Late => stats.frames_extrapolated += 1,
            Shown::Frozen => stats.frames_frozen += 1,
        }
        stats.interpolation_ms = self.server_clock.delay_ms(now_us);
        self.server_clock.shown().unwrap_or_default()
    }

    fn draw_clock(&self, scene: &mut Scene) {
        let clock = self.view.clock;
        let hz = f32::from(self.welcome.tick_hz);
        scene.phase = Some(clock.phase);
        scene.phase_left_s =
            (clock.ends > 0).then(|| clock.ends.saturating_sub(self.view.tick) as f32 / hz);
    }

    fn draw_own(&self, scene: &mut Scene, present: f64) {
        let pilot = self.prediction.pilot();
        let (tick, hz) = (self.prediction.tick(), f32::from(self.welcome.tick_hz));
        let interval = self.arena.tuning.pulse.interval_ticks as f32;
        let rail = &self.arena.tuning.rail;
        let left = |until: Tick| until.saturating_sub(tick) as f32;
        let charged = |since: Tick| tick.saturating_sub(since) as f32 / rail.charge_ticks as f32;
        scene.own = OwnScene {
            alive: pilot.alive,
            pos: self.shown_own(present),
            vel: per_second(pilot.motion.vel, &self.arena.tuning),
            aim: self.prediction.input().aim.radians(),
            health: f32::from(pilot.health),
            protected: pilot.is_protected(tick),
            respawn_s: pilot.respawn_at.saturating_sub(tick) as f32 / hz,
            cooldown: (left(pilot.ready_at) / interval).min(1.0),
            rail_ammo: pilot.rail_ammo,
            rail_charge: pilot.charging_since.map_or(0.0, charged).min(1.0),
            rail_cooldown: (left(pilot.rail_ready_at) / rail.cooldown_ticks as f32).min(1.0),
            killer: pilot.killer,
        };
    }

    /// The own craft; dead, the killer while in sight, else the place of death.
    fn draw_camera(&self, scene: &mut Scene) {
        let killer = scene.own.killer.filter(|_| !scene.own.alive);
        let follow = killer.and_then(|killer| scene.crafts.iter().find(|craft| craft.id == killer));
        match follow {
            Some(craft) => scene.camera = craft.pos,
            None if scene.own.alive || killer.is_none() => scene.camera = scene.own.pos,
            None => {}
        }
    }

    /// Where `player` was seen last, in tiles.
    pub(super) fn last_seen(&self, player: PlayerId) -> Option<[f32; 2]> {
        if player == self.me() {
            return Some(self.view.own.motion.pos.to_tiles());
        }
        self.view
            .craft(player)
            .map(|craft| craft.motion.pos.to_tiles())
            .or_else(|| self.history.last_seen(player))
    }
}
