//! The blocks arenas are made of: squares with a motif in the middle and a lane all round it that nothing stands in.

use rand::RngExt;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

/// Tiles across and down a block.
pub(super) const BLOCK: usize = 16;
/// Tiles between a block's edge and its motif.
const LANE: usize = 3;
const MOTIF: usize = BLOCK - 2 * LANE;
/// Where craft appear, in every block: in the lanes that cross at its corners.
const SPAWNS: [(usize, usize); 4] = [(1, 1), (14, 1), (1, 14), (14, 14)];
/// Where pads may be, in every block: in its lanes, round it. Half a turn leads from each to the sixth after it.
pub(super) const PADS: [(usize, usize); 12] = [
    (4, 1),
    (7, 1),
    (11, 1),
    (14, 4),
    (14, 7),
    (14, 11),
    (11, 14),
    (8, 14),
    (4, 14),
    (1, 11),
    (1, 8),
    (1, 4),
];

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

/// Symbols of a map drawn in text.
pub(super) type Block = Vec<Vec<char>>;

/// A block with a motif.
pub(super) fn block(rng: &mut StdRng) -> Block {
    let motif = MOTIFS.choose(rng).unwrap_or(&MOTIFS[0]);
    let mut tiles = with_motif(motif);
    if rng.random() {
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

/// The block with the open place, the same after half a turn and good to fight over.
pub(super) fn open_block() -> Block {
    with_motif(&MOTIFS[MOTIFS.len() - 1])
}

/// Turned by half a circle.
pub(super) fn half_turn(tiles: &Block) -> Block {
    quarter_turn(&quarter_turn(tiles))
}

fn with_motif(motif: &[&str; MOTIF]) -> Block {
    let mut tiles = vec![vec!['.'; BLOCK]; BLOCK];
    for (y, row) in motif.iter().enumerate() {
        for (x, symbol) in row.chars().enumerate() {
            tiles[LANE + y][LANE + x] = symbol;
        }
    }
    for (x, y) in SPAWNS {
        tiles[y][x] = 'S';
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
