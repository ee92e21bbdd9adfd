//! Circle against tiles, in integers.

use crate::geometry::{TILE, UNIT};
use crate::map::Tile;
use crate::{Map, Vec2};

/// A circle that overlaps something solid.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Contact {
    /// Moves the circle out, in position units.
    pub(super) push: Vec2,
    /// Points from the solid to the circle, in units of 1/32768.
    pub(super) normal: Vec2,
}

/// The deepest overlap of the circle with a tile, if any. Overlaps of a single unit are rounding and don't count.
///
/// Only the deepest is resolved at a time: beside a flat wall of many tiles that is the one straight ahead, and once it
/// is resolved the corners of its neighbours no longer touch, so craft don't catch on seams.
pub(super) fn deepest_contact(centre: Vec2, radius: i32, map: &Map) -> Option<Contact> {
    // Far from anything solid, where most craft are, nine tiles needn't be looked at.
    if radius < TILE && map.has_room_for_craft(centre) {
        return None;
    }
    deepest_of_near(centre, radius, map)
}

pub(super) fn deepest_of_near(centre: Vec2, radius: i32, map: &Map) -> Option<Contact> {
    let touching = i64::from(radius - 1) * i64::from(radius - 1);
    let column = |x: i32| x.div_euclid(TILE);
    let mut nearest: Option<(i64, Vec2)> = None;
    for ty in column(centre.y - radius)..=column(centre.y + radius) {
        for tx in column(centre.x - radius)..=column(centre.x + radius) {
            let tile = map.tile(tx, ty);
            if tile == Tile::Floor {
                continue;
            }
            let origin = Vec2::new(tx * TILE, ty * TILE);
            let local = centre - origin;
            let Some(closest) = closest_solid(tile, local) else {
                return Some(escape(tile, local, radius));
            };
            let distance = (local - closest).length_squared();
            if distance < touching && nearest.is_none_or(|(best, _)| distance < best) {
                nearest = Some((distance, local - closest));
            }
        }
    }
    let (_, away) = nearest?;
    let length = away.length();
    if length == 0 {
        return None;
    }
    let out = away.scale(i64::from(radius), i64::from(length));
    Some(Contact {
        push: out - away,
        normal: away.scale(i64::from(UNIT), i64::from(length)),
    })
}

/// The point of the tile's solid part closest to `p` (both relative to the tile's corner); `None` when `p` is inside it.
fn closest_solid(tile: Tile, p: Vec2) -> Option<Vec2> {
    let boxed = Vec2::new(p.x.clamp(0, TILE), p.y.clamp(0, TILE));
    if matches!(tile, Tile::Wall | Tile::Pit) {
        return (boxed != p).then_some(boxed);
    }
    let side = free_side(tile, p);
    if boxed == p && side <= 0 {
        return None;
    }
    // Outside of the triangle the closest point is on the slope, or on one of the two edges of the tile it fills.
    let on_edges = if free_side(tile, boxed) <= 0 {
        Some(boxed)
    } else {
        None
    };
    let on_slope = closest_on_slope(tile, p);
    match on_edges {
        Some(edge) if (p - edge).length_squared() < (p - on_slope).length_squared() => Some(edge),
        _ => Some(on_slope),
    }
}

/// How far `p` (relative to the tile's corner) is on the free side of a diagonal, along x; negative inside the solid.
pub(super) fn free_side(tile: Tile, p: Vec2) -> i32 {
    match tile {
        Tile::DiagonalTopLeft => p.x + p.y - TILE,
        Tile::DiagonalBottomRight => TILE - p.x - p.y,
        Tile::DiagonalTopRight => p.y - p.x,
        Tile::DiagonalBottomLeft => p.x - p.y,
        Tile::Floor | Tile::Wall | Tile::Pit => 0,
    }
}

/// Whether the slope runs like `/` (from bottom left to top right).
pub(super) fn is_rising(tile: Tile) -> bool {
    matches!(tile, Tile::DiagonalTopLeft | Tile::DiagonalBottomRight)
}

fn closest_on_slope(tile: Tile, p: Vec2) -> Vec2 {
    let along = if is_rising(tile) {
        p.x + TILE - p.y
    } else {
        p.x + p.y
    };
    let x = (along / 2).clamp(0, TILE);
    Vec2::new(x, if is_rising(tile) { TILE - x } else { x })
}

/// A centre inside the solid: out along the slope's normal, or through the nearest face of a full tile. Ordinary flight
/// never gets here (a step is shorter than half the radius); a map edit or a hand-set position may.
fn escape(tile: Tile, p: Vec2, radius: i32) -> Contact {
    // 23170 is 32768 / √2.
    let diagonal = |x: i32, y: i32| Vec2::new(x * 23_170, y * 23_170);
    let (normal, depth) = match tile {
        Tile::DiagonalTopLeft => (diagonal(1, 1), -free_side(tile, p)),
        Tile::DiagonalTopRight => (diagonal(-1, 1), -free_side(tile, p)),
        Tile::DiagonalBottomRight => (diagonal(-1, -1), -free_side(tile, p)),
        Tile::DiagonalBottomLeft => (diagonal(1, -1), -free_side(tile, p)),
        Tile::Floor | Tile::Wall | Tile::Pit => {
            let faces = [
                (p.x, Vec2::new(-UNIT, 0)),
                (TILE - p.x, Vec2::new(UNIT, 0)),
                (p.y, Vec2::new(0, -UNIT)),
                (TILE - p.y, Vec2::new(0, UNIT)),
            ];
            let (depth, normal) = faces
                .into_iter()
                .min_by_key(|(depth, _)| *depth)
                .unwrap_or((0, Vec2::new(UNIT, 0)));
            (normal, depth)
        }
    };
    Contact {
        push: normal.scale(i64::from(depth + radius), i64::from(UNIT)),
        normal,
    }
}
