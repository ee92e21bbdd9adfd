//! How single things are read.

use fracas_protocol::map::{SIDE_MAX, Tile};

/// `object 12 (pad "health")`.
pub(super) fn label(object: &tiled::ObjectData) -> String {
    let mut what = object.user_type.clone();
    if !object.name.is_empty() {
        what = format!("{what} {:?}", object.name);
    }
    match what.trim() {
        "" => format!("object {}", object.id()),
        what => format!("object {} ({what})", object.id()),
    }
}

/// A diagonal may be drawn as any of the four, turned or mirrored. The editor mirrors along the diagonal first.
pub(super) fn flipped(tile: Tile, (across, down, along): (bool, bool, bool)) -> Tile {
    let (mut right, mut below) = match tile {
        Tile::DiagonalTopLeft => (false, false),
        Tile::DiagonalTopRight => (true, false),
        Tile::DiagonalBottomRight => (true, true),
        Tile::DiagonalBottomLeft => (false, true),
        other => return other,
    };
    if along {
        (right, below) = (below, right);
    }
    match (right != across, below != down) {
        (false, false) => Tile::DiagonalTopLeft,
        (true, false) => Tile::DiagonalTopRight,
        (true, true) => Tile::DiagonalBottomRight,
        (false, true) => Tile::DiagonalBottomLeft,
    }
}

/// A whole number of tiles, give or take what an editor rounds.
pub(super) fn whole(tiles: f32) -> Option<u16> {
    let near = tiles.round();
    let is_whole = (tiles - near).abs() < 0.01 && (0.0..=f32::from(SIDE_MAX)).contains(&near);
    is_whole.then_some(near as u16)
}
