//! Shots that burst where they end: whoever is near is hurt, the less the farther away, unless a wall is between.

use fracas_protocol::motion::sees;
use fracas_protocol::view::CraftFlags;
use fracas_protocol::{Arena, Vec2};

use super::components::Flying;
use super::grid::{CraftGrid, Sighting};
use super::resources::{Hit, charged};

/// A shot bursts where it is. Its owner is hurt like everybody else, mates are not.
pub(super) fn burst(flying: &Flying, crafts: &CraftGrid, arena: &Arena, hits: &mut Vec<Hit>) {
    let shot = &flying.shot;
    let radius = shot.tuning(arena).burst_radius;
    let full = charged(shot.damage(arena), flying.overcharged, arena);
    let reach = radius + arena.tuning.craft_radius;
    let first = hits.len();
    crafts
        .cells
        .visit(shot.pos, Vec2::new(reach, reach), |entry| {
            let is_mate = crafts.mates.are(shot.owner, entry.id);
            if is_mate {
                return;
            }
            let damage = damage_at(shot.pos, entry, radius, full, arena);
            if damage > 0 {
                hits.push(Hit {
                    attacker: shot.owner,
                    victim: entry.id,
                    weapon: shot.weapon,
                    damage,
                    bounces: shot.bounces,
                    deflected: flying.deflected,
                    pos: entry.craft.motion.pos,
                });
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
