//! The picture as numbers: a header, then the other craft, the shots and the empty pads, one after another, so
//! that a frame crosses into JavaScript as one array. `src/view/frame.ts` reads it.

use fracas_protocol::session::{OwnScene, Scene, SceneCraft, SceneShot};
use fracas_protocol::{PlayerId, Session, SessionStats};

const HEADER: usize = 48;
const CRAFT: usize = 12;
const SHOT: usize = 10;

/// Everything to draw at `now_us`.
pub(crate) fn numbers(session: &mut Session, now_us: u64) -> Vec<f32> {
    let scene = session.scene(now_us).clone();
    let mut out =
        Vec::with_capacity(HEADER + CRAFT * scene.crafts.len() + SHOT * scene.shots.len());
    out.extend(header(session, &scene, now_us));
    let full = full_health(session);
    let me = session.welcome().map(|welcome| welcome.player);
    scene
        .crafts
        .iter()
        .for_each(|craft| out.extend(self::craft(craft, full)));
    scene
        .shots
        .iter()
        .for_each(|shot| out.extend(self::shot(shot, me)));
    for (pad, seconds) in &scene.pads {
        out.extend([f32::from(*pad), *seconds]);
    }
    out
}

fn header(session: &Session, scene: &Scene, now_us: u64) -> [f32; HEADER] {
    let Scene { own, camera, .. } = scene;
    let OwnScene { pos, vel, .. } = own;
    let stats = session.stats();
    let tuning = session.arena().map(|arena| &arena.tuning);
    let half = tuning.map_or([0, 0], |tuning| [tuning.view_half_x, tuning.view_half_y]);
    let half = half.map(|units| units as f32 / fracas_protocol::geometry::TILE as f32);
    [
        scene.phase.map_or(0.0, |phase| f32::from(phase as u8)),
        scene.phase_left_s.unwrap_or(-1.0),
        flag(own.alive),
        pos[0],
        pos[1],
        vel[0],
        vel[1],
        own.aim,
        percent(own.health, full_health(session)),
        f32::from(own.flags.0),
        own.respawn_s,
        own.cooldown,
        id(session.welcome().map(|welcome| welcome.player)),
        scene.crafts.len() as f32,
        scene.shots.len() as f32,
        scene.tick as f32,
        stats.ping_ms,
        stats.jitter_ms,
        stats.interpolation_ms,
        f32::from(stats.input_margin),
        stats.corrections as f32,
        stats.correction_max_tiles,
        stats.snapshots as f32,
        camera[0],
        camera[1],
        since_snapshot_ms(stats, now_us),
        stats.bytes_in as f32,
        stats.bytes_out as f32,
        half[0],
        half[1],
        id(leader(session)),
        own.special.map_or(-1.0, |weapon| f32::from(weapon.0)),
        f32::from(own.ammo),
        own.charge,
        own.special_cooldown,
        percent(own.shield, full_health(session)),
        f32::from(own.dashes),
        own.dash_recharge,
        flag(own.dashing),
        own.deflect_cooldown,
        own.haste_s,
        own.overcharge_s,
        scene.pads.len() as f32,
        0.0,
        0.0,
        0.0,
        0.0,
        0.0,
    ]
}

fn craft(craft: &SceneCraft, full: f32) -> [f32; CRAFT] {
    let SceneCraft { pos, vel, .. } = craft;
    [
        id(Some(craft.id)),
        pos[0],
        pos[1],
        vel[0],
        vel[1],
        craft.aim,
        percent(craft.health, full),
        f32::from(craft.flags.0),
        f32::from(craft.life),
        percent(craft.shield, full),
        flag(craft.dashing),
        0.0,
    ]
}

fn shot(shot: &SceneShot, me: Option<PlayerId>) -> [f32; SHOT] {
    let SceneShot { pos, vel, .. } = shot;
    [
        // 24 bits: what a 32-bit float holds exactly.
        (shot.key & 0x00ff_ffff) as f32,
        pos[0],
        pos[1],
        vel[0],
        vel[1],
        id(Some(shot.owner)),
        f32::from(shot.bounces),
        shot.age_s,
        f32::from(shot.weapon.0),
        flag(Some(shot.owner) == me),
    ]
}

/// Who wears the crown.
fn leader(session: &Session) -> Option<PlayerId> {
    session.view()?.match_state.crown
}

fn full_health(session: &Session) -> f32 {
    session
        .arena()
        .map_or(100.0, |arena| f32::from(arena.tuning.craft_health))
}

fn percent(health: f32, full: f32) -> f32 {
    health * 100.0 / full
}

fn since_snapshot_ms(stats: &SessionStats, now_us: u64) -> f32 {
    if stats.snapshots == 0 {
        return 0.0;
    }
    now_us.saturating_sub(stats.last_snapshot_us) as f32 / 1000.0
}

fn id(player: Option<PlayerId>) -> f32 {
    player.map_or(-1.0, |player| f32::from(player.0))
}

fn flag(is: bool) -> f32 {
    f32::from(u8::from(is))
}
