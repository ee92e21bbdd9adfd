//! Straight lines through the grid: what a shot would meet, where a craft would fit.

use fracas_protocol::Map;
use fracas_protocol::map::Tile;

use super::plane::Xy;

/// Tiles a line may cross; longer than any view.
const TILES_MAX: usize = 128;

/// Whether a shot flies from `from` to `to` without meeting a wall. Pits don't stop shots.
pub(super) fn shot_passes(map: &Map, from: Xy, to: Xy) -> bool {
    passes(map, from, to, stops_shots)
}

/// Whether a craft of `radius` flies straight from `from` to `to`: both its flanks must be free.
pub(super) fn craft_passes(map: &Map, from: Xy, to: Xy, radius: f32) -> bool {
    let flank = (to - from).unit().right() * radius;
    passes(map, from + flank, to + flank, stops_craft)
        && passes(map, from - flank, to - flank, stops_craft)
}

/// Whether a craft can stay on this tile.
pub(super) fn is_open(map: &Map, (x, y): (i32, i32)) -> bool {
    map.tile(x, y) == Tile::Floor
}

/// Whether the piece of the line between `enter` and `leave`, both relative to the tile's corner, meets something solid.
type Stops = fn(tile: Tile, enter: Xy, leave: Xy) -> bool;

fn stops_shots(tile: Tile, enter: Xy, leave: Xy) -> bool {
    match tile {
        Tile::Floor | Tile::Pit => false,
        Tile::Wall => true,
        // A straight line is on one side of the slope when both its ends are.
        diagonal => free_side(diagonal, enter).min(free_side(diagonal, leave)) < -1e-3,
    }
}

fn stops_craft(tile: Tile, enter: Xy, leave: Xy) -> bool {
    tile == Tile::Pit || stops_shots(tile, enter, leave)
}

fn free_side(tile: Tile, p: Xy) -> f32 {
    match tile {
        Tile::DiagonalTopLeft => p.x + p.y - 1.0,
        Tile::DiagonalBottomRight => 1.0 - p.x - p.y,
        Tile::DiagonalTopRight => p.y - p.x,
        Tile::DiagonalBottomLeft => p.x - p.y,
        Tile::Floor | Tile::Wall | Tile::Pit => 0.0,
    }
}

/// Walks the line tile by tile (Amanatides and Woo, "A Fast Voxel Traversal Algorithm", 1987).
fn passes(map: &Map, from: Xy, to: Xy, stops: Stops) -> bool {
    let way = to - from;
    let (mut x, mut y) = from.tile();
    let (step_x, mut next_x, per_x) = axis(from.x, way.x);
    let (step_y, mut next_y, per_y) = axis(from.y, way.y);
    let mut entered = 0.0;
    for _ in 0..TILES_MAX {
        let left = next_x.min(next_y).min(1.0);
        let corner = Xy::new(x as f32, y as f32);
        if stops(
            map.tile(x, y),
            from + way * entered - corner,
            from + way * left - corner,
        ) {
            return false;
        }
        if left >= 1.0 {
            return true;
        }
        if next_x <= next_y {
            x += step_x;
            next_x += per_x;
        } else {
            y += step_y;
            next_y += per_y;
        }
        entered = left;
    }
    false
}

/// The direction of travel, the share of the way at the first border, and from each border to the next.
fn axis(at: f32, way: f32) -> (i32, f32, f32) {
    if way > 0.0 {
        (1, (at.floor() + 1.0 - at) / way, 1.0 / way)
    } else if way < 0.0 {
        (-1, (at - at.floor()) / -way, -1.0 / way)
    } else {
        (0, f32::INFINITY, f32::INFINITY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> Map {
        Map::parse("##########\n#S..#...S#\n#...#..o.#\n#.......◢#\n##########\n").unwrap()
    }

    #[test]
    fn walls_block_and_gaps_do_not() {
        let map = map();
        assert!(!shot_passes(&map, Xy::new(2.5, 1.5), Xy::new(6.5, 1.5)));
        assert!(shot_passes(&map, Xy::new(2.5, 3.5), Xy::new(6.5, 3.5)));
        assert!(shot_passes(&map, Xy::new(1.5, 1.5), Xy::new(1.5, 3.5)));
    }

    #[test]
    fn pits_stop_craft_and_not_shots() {
        let map = map();
        let (from, to) = (Xy::new(5.5, 2.5), Xy::new(8.5, 2.5));
        assert!(shot_passes(&map, from, to));
        assert!(!craft_passes(&map, from, to, 0.4));
    }

    #[test]
    fn a_diagonal_is_solid_on_one_side_only() {
        let map = map();
        assert!(shot_passes(&map, Xy::new(8.2, 1.5), Xy::new(8.2, 3.7)));
        assert!(!shot_passes(&map, Xy::new(8.2, 1.5), Xy::new(8.2, 3.95)));
    }

    #[test]
    fn a_craft_needs_room_for_its_flanks() {
        let map = map();
        let (from, to) = (Xy::new(2.5, 3.2), Xy::new(6.5, 3.2));
        assert!(shot_passes(&map, from, to));
        assert!(!craft_passes(&map, from, to, 0.45));
        assert!(craft_passes(
            &map,
            Xy::new(2.5, 3.5),
            Xy::new(6.5, 3.5),
            0.45
        ));
    }
}
