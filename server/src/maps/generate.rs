//! Arenas for any number of players, from a seed.
//!
//! An arena is a square of square blocks. Each block has one of a few motifs in its middle, turned and mirrored at random,
//! and a lane all round it that nothing stands in: so everything is connected, nothing is a dead end, and every block is
//! the same distance from its neighbours. The second half of the blocks is the first turned by half a circle, so both
//! halves are worth the same. There are as many blocks as it takes for the same number of craft in a full view whatever the
//! number of players.

use fracas_protocol::Map;
use fracas_protocol::map::MapError;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{RngExt, SeedableRng};

/// Tiles across and down a block.
const BLOCK: usize = 16;
/// Tiles between a block's edge and its motif.
const LANE: usize = 3;
const MOTIF: usize = BLOCK - 2 * LANE;
/// Tiles for each player: 20 of them in a full view of 32 x 18 and its margin, as some wait for their next life.
const TILES_PER_PLAYER: usize = 22;
/// Most blocks across: an arena has at most 512 tiles across, its wall included.
const BLOCKS_ACROSS_MAX: usize = 31;
/// Where craft appear, in every block: in the lanes that cross at its corners.
const SPAWNS: [(usize, usize); 4] = [(1, 1), (14, 1), (1, 14), (14, 14)];

/// What stands in the middle of a block. Each is open to all sides: whoever flies in also flies out.
const MOTIFS: [[&str; MOTIF]; 7] = [
    // A boulder.
    [
        "          ",
        "          ",
        "   ◢##◣   ",
        "  ◢####◣  ",
        "  ######  ",
        "  ######  ",
        "  ◥####◤  ",
        "   ◥##◤   ",
        "          ",
        "          ",
    ],
    // Four pillars.
    [
        "          ",
        " ◢◣    ◢◣ ",
        " ◥◤    ◥◤ ",
        "          ",
        "          ",
        "          ",
        "          ",
        " ◢◣    ◢◣ ",
        " ◥◤    ◥◤ ",
        "          ",
    ],
    // A yard with four gates.
    [
        " ◢##  ##◣ ",
        "◢#◤    ◥#◣",
        "##      ##",
        "          ",
        "          ",
        "          ",
        "          ",
        "##      ##",
        "◥#◣    ◢#◤",
        " ◥##  ##◤ ",
    ],
    // Two walls.
    [
        "          ",
        "########  ",
        "          ",
        "          ",
        "          ",
        "          ",
        "          ",
        "          ",
        "  ########",
        "          ",
    ],
    // A pool, which shots cross.
    [
        "          ",
        "  oooooo  ",
        " oooooooo ",
        " oooooooo ",
        " ooo##ooo ",
        " ooo##ooo ",
        " oooooooo ",
        " oooooooo ",
        "  oooooo  ",
        "          ",
    ],
    // A pinwheel.
    [
        "    #     ",
        "    #     ",
        "    #     ",
        "    #     ",
        "    ######",
        "######    ",
        "     #    ",
        "     #    ",
        "     #    ",
        "     #    ",
    ],
    // An open place.
    [
        "          ",
        "          ",
        "          ",
        "          ",
        "    ◢◣    ",
        "    ◥◤    ",
        "          ",
        "          ",
        "          ",
        "          ",
    ],
];

/// An arena for `players` players: about 20 of them in a full view, in any arena. The same seed gives the same arena.
///
/// # Errors
/// None that a caller could cause; that it is a map is checked like that of any other.
pub(super) fn arena(players: u16, seed: u64) -> Result<Map, MapError> {
    let mut rng = StdRng::seed_from_u64(seed);
    let across = blocks_across(players);
    let side = across * BLOCK + 2;
    let mut tiles = vec![vec!['#'; side]; side];
    let blocks = across * across;
    // The block in the middle, where there is one, is its own other half.
    for at in 0..blocks.div_ceil(2) {
        let block = block(&mut rng, at == blocks - 1 - at);
        let twin = blocks - 1 - at;
        put(&mut tiles, at, across, &block);
        put(
            &mut tiles,
            twin,
            across,
            &quarter_turn(&quarter_turn(&block)),
        );
    }
    let rows = tiles.iter().map(|row| row.iter().collect::<String>());
    Map::parse(&rows.collect::<Vec<_>>().join("\n"))
}

fn blocks_across(players: u16) -> usize {
    let tiles = usize::from(players) * TILES_PER_PLAYER;
    let across = (tiles as f64).sqrt() / BLOCK as f64;
    (across.round() as usize).clamp(2, BLOCKS_ACROSS_MAX)
}

type Block = Vec<Vec<char>>;

/// A block with a motif; one that `is_twin` to itself looks the same after half a turn.
fn block(rng: &mut StdRng, is_twin: bool) -> Block {
    let mut tiles = vec![vec!['.'; BLOCK]; BLOCK];
    let motif = MOTIFS.choose(rng).unwrap_or(&MOTIFS[0]);
    for (y, row) in motif.iter().enumerate() {
        for (x, symbol) in row.chars().enumerate() {
            tiles[LANE + y][LANE + x] = symbol;
        }
    }
    for (x, y) in SPAWNS {
        tiles[y][x] = 'S';
    }
    if rng.random() && !is_twin {
        tiles.iter_mut().for_each(|row| {
            row.reverse();
            row.iter_mut()
                .for_each(|symbol| *symbol = mirrored(*symbol));
        });
    }
    for _ in 0..rng.random_range(0..4) {
        tiles = quarter_turn(&tiles);
    }
    tiles
}

fn mirrored(symbol: char) -> char {
    match symbol {
        '◤' => '◥',
        '◥' => '◤',
        '◢' => '◣',
        '◣' => '◢',
        other => other,
    }
}

/// Clockwise.
fn quarter_turn(tiles: &Block) -> Block {
    let turned = |symbol: char| match symbol {
        '◤' => '◥',
        '◥' => '◢',
        '◢' => '◣',
        '◣' => '◤',
        other => other,
    };
    let last = tiles.len() - 1;
    let row = |y: usize| (0..=last).map(|x| turned(tiles[last - x][y])).collect();
    (0..=last).map(row).collect()
}

fn put(tiles: &mut [Vec<char>], at: usize, across: usize, block: &Block) {
    let (left, top) = (1 + at % across * BLOCK, 1 + at / across * BLOCK);
    for (y, row) in block.iter().enumerate() {
        tiles[top + y][left..left + BLOCK].copy_from_slice(row);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use fracas_protocol::map::Tile;

    use super::*;

    /// Tiles a craft can be in the middle of and leave by the middle of a side.
    fn is_free(map: &Map, x: i32, y: i32) -> bool {
        map.tile(x, y) == Tile::Floor
    }

    /// How far each free tile is from `from`, in steps; -1 where no way leads.
    fn steps(map: &Map, from: (i32, i32)) -> Vec<i32> {
        let (w, h) = (i32::from(map.width()), i32::from(map.height()));
        let mut steps = vec![-1; (w * h) as usize];
        let mut queue = VecDeque::from([from]);
        steps[(from.1 * w + from.0) as usize] = 0;
        while let Some((x, y)) = queue.pop_front() {
            let here = steps[(y * w + x) as usize];
            for (nx, ny) in [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)] {
                if is_free(map, nx, ny) && steps[(ny * w + nx) as usize] < 0 {
                    steps[(ny * w + nx) as usize] = here + 1;
                    queue.push_back((nx, ny));
                }
            }
        }
        steps
    }

    #[test]
    fn a_thousand_arenas_are_connected_without_dead_ends_and_the_same_from_both_sides() {
        for seed in 0..1_000 {
            let players = [2, 8, 40, 100, 333][seed as usize % 5];
            let map = arena(players, seed).unwrap();
            let spawns: Vec<_> = map.spawns().collect();
            let tile = |units: i32| units / fracas_protocol::geometry::TILE;
            let first = (tile(spawns[0].x), tile(spawns[0].y));
            let steps = steps(&map, first);
            let (w, h) = (i32::from(map.width()), i32::from(map.height()));
            for (x, y) in (0..h).flat_map(|y| (0..w).map(move |x| (x, y))) {
                if !is_free(&map, x, y) {
                    continue;
                }
                assert!(
                    steps[(y * w + x) as usize] >= 0,
                    "seed {seed}: ({x}, {y}) is cut off"
                );
                let ways = [(x + 1, y), (x - 1, y), (x, y + 1), (x, y - 1)];
                let open = ways.iter().filter(|(x, y)| is_free(&map, *x, *y)).count();
                assert!(open >= 2, "seed {seed}: ({x}, {y}) is a dead end");
                let twin = map.tile(w - 1 - x, h - 1 - y);
                assert_eq!(twin, Tile::Floor, "seed {seed}: ({x}, {y}) has no twin");
            }
            let twins = spawns.iter().all(|s| {
                let (w, h) = (
                    w * fracas_protocol::geometry::TILE,
                    h * fracas_protocol::geometry::TILE,
                );
                spawns.iter().any(|t| t.x == w - s.x && t.y == h - s.y)
            });
            assert!(twins, "seed {seed}");
        }
    }

    #[test]
    fn there_is_as_much_room_for_each_whatever_their_number() {
        for players in [100, 250, 1_000, 2_200, 6_600] {
            let map = arena(players, 1).unwrap();
            let area = f64::from(map.width()) * f64::from(map.height());
            let each = area / f64::from(players);
            assert!((19.0..30.0).contains(&each), "{players}: {each} tiles each");
            let spawns = map.spawns().len();
            assert!(
                spawns * 4 >= usize::from(players),
                "{players}: {spawns} places to begin"
            );
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_arena_and_another_another() {
        assert_eq!(arena(500, 7).unwrap(), arena(500, 7).unwrap());
        assert_ne!(arena(500, 7).unwrap(), arena(500, 8).unwrap());
    }
}
