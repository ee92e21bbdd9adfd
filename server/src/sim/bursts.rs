//! Shots that burst where they end: whoever is near is hurt, the less the farther away, unless a wall is between.

use fracas_protocol::motion::sees;
use fracas_protocol::view::CraftFlags;
use fracas_protocol::{Arena, PlayerId, Vec2};

use super::components::Flying;
use super::grid::{CraftGrid, Sighting};
use super::resources::{Hit, charged};

/// A shot bursts where it is. Its owner is hurt like everybody else, mates are not. Whoever it `met` has it at the centre,
/// wherever they are by now: it met them where its shooter saw them.
pub(super) fn burst(
    flying: &Flying,
    met: Option<PlayerId>,
    crafts: &CraftGrid,
    arena: &Arena,
    hits: &mut Vec<Hit>,
) {
    let shot = &flying.shot;
    let radius = shot.tuning(arena).burst_radius;
    let full = charged(shot.damage(arena), flying.overcharged, arena);
    let reach = radius + arena.tuning.craft_radius;
    let hit = |victim: PlayerId, damage: u8| Hit {
        attacker: shot.owner,
        victim,
        weapon: shot.weapon,
        damage,
        bounces: shot.bounces,
        deflected: flying.deflected,
        pos: shot.pos,
    };
    let first = hits.len();
    hits.extend(met.map(|victim| hit(victim, full)));
    crafts
        .cells
        .visit(shot.pos, Vec2::new(reach, reach), |entry| {
            let is_mate = crafts.mates.are(shot.owner, entry.id);
            if is_mate || met == Some(entry.id) {
                return;
            }
            let damage = damage_at(shot.pos, entry, radius, full, arena);
            if damage > 0 {
                hits.push(hit(entry.id, damage));
            }
        });
    hits[first..].sort_unstable_by_key(|hit| hit.victim);
}

/// `full` to who touches the centre, in even steps down to nothing at `radius`.
fn damage_at(centre: Vec2, entry: &Sighting, radius: i32, full: u8, arena: &Arena) -> u8 {
    let pos = entry.craft.motion.pos;
    let away = ((pos - centre).length() - arena.tuning.craft_radius).max(0);
    let is_safe = away >= radius
        || entry.craft.flags.has(CraftFlags::PROTECTED)
        || !sees(centre, pos, &arena.map);
    if is_safe {
        return 0;
    }
    (i32::from(full) * (radius - away) / radius) as u8
}
