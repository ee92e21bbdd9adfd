//! What to draw, and what happened. Everything here is for eyes and ears: floats, in tiles and seconds.

use std::collections::VecDeque;

use super::joined::Joined;
use super::server_clock::Shown;
use super::tracer::Deflector;
use super::{SessionEvent as Event, SessionStats};
use crate::chat::Chat;
use crate::geometry::{TILE, VELOCITY_SCALE};
use crate::message::Ballot;
use crate::motion::{Beam, End, Pilot};
use crate::rules::Tuning;
use crate::view::{Award, Craft, CraftFlags, ObjectiveNews};
use crate::{Angle, Arena, Phase, PlayerId, Team, Tick, Vec2, Weapon};

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
    /// Pads that are empty as far as is known, by their place in the map, and seconds to the next pickup.
    pub pads: Vec<(u16, f32)>,
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
    /// Shield left.
    pub shield: f32,
    /// What it is doing and what works on it.
    pub flags: CraftFlags,
    /// Seconds to the next life, when dead.
    pub respawn_s: f32,
    /// 1 just after a shot, falling to 0 when the weapon is ready.
    pub cooldown: f32,
    /// The special weapon, while it has ammo.
    pub special: Option<Weapon>,
    /// Times it still fires.
    pub ammo: u8,
    /// How far it is charged: 0 to 1.
    pub charge: f32,
    /// 1 just after it fired, falling to 0 when it is ready again.
    pub special_cooldown: f32,
    /// Dashes that are ready.
    pub dashes: u8,
    /// How far the next has come back: 0 to 1; 1 when all are ready.
    pub dash_recharge: f32,
    /// Whether it dashes.
    pub dashing: bool,
    /// 1 just after a deflect, falling to 0 when the next is ready.
    pub deflect_cooldown: f32,
    /// Seconds of haste left.
    pub haste_s: f32,
    /// Seconds of overcharge left.
    pub overcharge_s: f32,
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
    /// Shield left.
    pub shield: f32,
    /// What it is doing and what works on it.
    pub flags: CraftFlags,
    /// Whether it dashes.
    pub dashing: bool,
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
            shield: f32::from(craft.shield),
            flags: craft.flags,
            dashing: craft.steer.dashes().is_some(),
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
    /// Which map is next is up for a vote, or the vote stands otherwise than before.
    Ballot(Ballot),
    /// The match entered this phase.
    Phase {
        /// Which.
        phase: Phase,
    },
    /// A craft fired.
    Fired {
        /// Who.
        owner: PlayerId,
        /// With what.
        weapon: Weapon,
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
        /// With what it was fired.
        weapon: Weapon,
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
        /// Whether the killer had sent somebody's shot back.
        deflected: bool,
        /// Points beyond the usual one: the victim wore the crown.
        bounty: u8,
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
    /// Something happened to a flag or a zone.
    Objective {
        /// What.
        what: ObjectiveNews,
        /// Whose flag, or who took the zone.
        team: Option<Team>,
        /// Who did it, if somebody did.
        player: Option<PlayerId>,
    },
    /// The match is decided.
    Result {
        /// The best, in a free for all.
        winner: Option<PlayerId>,
        /// The better side, if there are sides.
        team: Option<Team>,
        /// Who did best at what, and what the number is.
        awards: Vec<(Award, PlayerId, u16)>,
    },
    /// Several kills in one life.
    Streak {
        /// Whose.
        player: PlayerId,
        /// How many.
        kills: u16,
    },
    /// Somebody took what lay on a pad.
    Pickup {
        /// Who.
        player: PlayerId,
        /// The pad, by its place in the map.
        pad: u16,
    },
    /// Somebody sent a shot back.
    Deflect {
        /// Who.
        player: PlayerId,
        /// Where.
        pos: [f32; 2],
    },
    /// A beam was fired: a line that was there for one tick.
    Beam {
        /// Whose.
        owner: PlayerId,
        /// With what.
        weapon: Weapon,
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
            weapon: beam.weapon,
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
        let own = Deflector {
            view: &self.view,
            prediction: &self.prediction,
        };
        self.tracers.draw(
            past,
            present - 1.0,
            own,
            &self.arena,
            &mut scene.shots,
            events,
        );
        self.draw_pads(scene);
        self.draw_camera(scene);
    }

    fn draw_pads(&self, scene: &mut Scene) {
        let (tick, hz) = (self.view.tick, f32::from(self.welcome.tick_hz));
        let left = |ready_at: Tick| ready_at.saturating_sub(tick) as f32 / hz;
        let pads = self.view.pads.iter();
        scene.pads.clear();
        scene
            .pads
            .extend(pads.map(|(pad, ready_at)| (*pad, left(*ready_at))));
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
        let clock = self.view.match_state;
        let hz = f32::from(self.welcome.tick_hz);
        scene.phase = Some(clock.phase);
        scene.phase_left_s =
            (clock.ends > 0).then(|| clock.ends.saturating_sub(self.view.tick) as f32 / hz);
    }

    fn draw_own(&self, scene: &mut Scene, present: f64) {
        let pilot = self.prediction.pilot();
        let (tick, hz) = (self.prediction.tick(), f32::from(self.welcome.tick_hz));
        let tuning = &self.arena.tuning;
        let seconds = |until: Tick| until.saturating_sub(tick) as f32 / hz;
        let part =
            |until: Tick, of: u32| (until.saturating_sub(tick) as f32 / of.max(1) as f32).min(1.0);
        let special = tuning.weapon(pilot.special.weapon);
        scene.own = OwnScene {
            alive: pilot.alive,
            pos: self.shown_own(present),
            vel: per_second(pilot.motion.vel, tuning),
            aim: self.prediction.input().aim.radians(),
            health: f32::from(pilot.health),
            shield: f32::from(pilot.shield),
            flags: CraftFlags::of(pilot, tick),
            respawn_s: seconds(pilot.respawn_at),
            cooldown: part(pilot.ready_at, tuning.weapon(Weapon::FIRST).interval_ticks),
            special: pilot.armed_with(),
            ammo: pilot.special.ammo,
            charge: charge(pilot, tick, special.charge_ticks),
            special_cooldown: part(pilot.special.ready_at, special.interval_ticks),
            dashes: pilot.dash.ready(tick, tuning),
            dash_recharge: dash_recharge(pilot, tick, tuning),
            dashing: pilot.steer.dashes().is_some(),
            deflect_cooldown: part(pilot.deflect.ready_at, tuning.deflect_cooldown_ticks),
            haste_s: seconds(pilot.haste_until),
            overcharge_s: seconds(pilot.overcharge_until),
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

fn charge(pilot: &Pilot, tick: Tick, charge_ticks: u32) -> f32 {
    let since = pilot.special.charging_since;
    let charged = |since: Tick| tick.saturating_sub(since) as f32 / charge_ticks.max(1) as f32;
    since.map_or(0.0, charged).min(1.0)
}

/// Of the dash that comes back next.
fn dash_recharge(pilot: &Pilot, tick: Tick, tuning: &Tuning) -> f32 {
    let missing = pilot.dash.full_at.saturating_sub(tick);
    let of_next = missing % tuning.dash_recharge_ticks;
    match (missing, of_next) {
        (0, _) => 1.0,
        (_, 0) => 0.0,
        (_, left) => 1.0 - left as f32 / tuning.dash_recharge_ticks as f32,
    }
}
