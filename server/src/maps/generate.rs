//! Arenas for any number of players, from a seed.
//!
//! An arena is a square of square blocks. Each block has one of a few motifs in its middle, turned and mirrored at random,
//! and a lane all round it that nothing stands in: so everything is connected, nothing is a dead end, and every block is
//! the same distance from its neighbours. The second half of the blocks is the first turned by half a circle, so both
//! halves are worth the same: the upper is team blue's, the lower orange's, the strip between them nobody's. There are as
//! many blocks as it takes for the same number of craft in a full view whatever the number of players.

use fracas_protocol::map::{MapError, MapParts, PADS_MAX, Spawn, Tile, TilePos, Zone};
use fracas_protocol::{Map, Team};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

use super::blocks::{BLOCK, Block, PADS, block, half_turn, open_block};

/// Tiles for each player: 20 of them in a full view of 32 x 18 and its margin, as some wait for their next life.
const TILES_PER_PLAYER: usize = 22;
/// Most blocks across: an arena has at most 512 tiles across, its wall included.
const BLOCKS_ACROSS_MAX: usize = 31;
/// Players to a pad: with fewer pads hardly anybody but the quickest has a special weapon.
const PLAYERS_PER_PAD: usize = 1;
/// Fewest pads to a block, so that none is far from anywhere.
const PADS_PER_BLOCK_MIN: usize = 2;
/// Tiles between the middle and the first spawn point of a team.
const NOBODYS: usize = BLOCK / 2;
/// Tiles across a zone.
const ZONE: u16 = 6;

/// What lies on every sixteen pads: mostly weapons, so that hardly anybody has to do without.
const ITEMS: [&str; 16] = [
    "health",
    "health",
    "health",
    "shield",
    "scatter",
    "scatter",
    "scatter",
    "scatter",
    "rail",
    "rail",
    "rail",
    "lobber",
    "lobber",
    "lobber",
    "haste",
    "overcharge",
];

/// An arena for `players` players: about 20 of them in a full view, in any arena, and a pad for each. It has what every
/// mode needs. The same seed gives the same arena.
///
/// # Errors
/// None that a caller could cause; that it is a map is checked like that of any other.
pub(super) fn arena(players: u16, seed: u64) -> Result<Map, MapError> {
    let mut rng = StdRng::seed_from_u64(seed);
    let across = blocks_across(players);
    let tiles = tiles(&mut rng, across);
    let last = across * BLOCK + 1;
    let stand = stand(across);
    Map::new(MapParts {
        width: (last + 1) as u16,
        height: (last + 1) as u16,
        tiles: tiles.iter().flatten().map(|symbol| tile(*symbol)).collect(),
        spawns: spawns(&tiles),
        pads: pads(&mut rng, across, players),
        flag_stands: vec![
            (Team::Blue, pos(stand)),
            (Team::Orange, pos((last - stand.0, last - stand.1))),
        ],
        zones: zones(last as u16 + 1),
    })
}

fn blocks_across(players: u16) -> usize {
    let tiles = usize::from(players) * TILES_PER_PLAYER;
    let across = (tiles as f64).sqrt() / BLOCK as f64;
    (across.round() as usize).clamp(2, BLOCKS_ACROSS_MAX)
}

/// Symbols of the whole arena.
fn tiles(rng: &mut StdRng, across: usize) -> Vec<Vec<char>> {
    let side = across * BLOCK + 2;
    let mut tiles = vec![vec!['#'; side]; side];
    let blocks = across * across;
    for at in 0..blocks / 2 {
        let block = block(rng);
        put(&mut tiles, at, across, &block);
        put(&mut tiles, blocks - 1 - at, across, &half_turn(&block));
    }
    if !blocks.is_multiple_of(2) {
        put(&mut tiles, blocks / 2, across, &open_block());
    }
    tiles
}

/// The corner of a block, inside of the wall.
fn corner(at: usize, across: usize) -> (usize, usize) {
    (1 + at % across * BLOCK, 1 + at / across * BLOCK)
}

fn put(tiles: &mut [Vec<char>], at: usize, across: usize, block: &Block) {
    let (left, top) = corner(at, across);
    for (y, row) in block.iter().enumerate() {
        tiles[top + y][left..left + BLOCK].copy_from_slice(row);
    }
}

fn tile(symbol: char) -> Tile {
    match symbol {
        '#' => Tile::Wall,
        'o' => Tile::Pit,
        '◤' => Tile::DiagonalTopLeft,
        '◥' => Tile::DiagonalTopRight,
        '◢' => Tile::DiagonalBottomRight,
        '◣' => Tile::DiagonalBottomLeft,
        _ => Tile::Floor,
    }
}

fn pos((x, y): (usize, usize)) -> TilePos {
    (x as u16, y as u16)
}

fn spawns(tiles: &[Vec<char>]) -> Vec<Spawn> {
    let middle = tiles.len() / 2;
    let mut spawns = Vec::new();
    for (y, row) in tiles.iter().enumerate() {
        let team = match y {
            y if y + NOBODYS < middle => Some(Team::Blue),
            y if y >= middle + NOBODYS => Some(Team::Orange),
            _ => None,
        };
        let places = row.iter().enumerate().filter(|(_, symbol)| **symbol == 'S');
        spawns.extend(places.map(|(x, _)| Spawn {
            at: pos((x, y)),
            team,
        }));
    }
    spawns
}

/// Pads come in pairs, one in each half, with the same item. No block has two more than another.
fn pads(rng: &mut StdRng, across: usize, players: u16) -> Vec<(TilePos, String)> {
    let blocks = across * across;
    let most = PADS_MAX.min(blocks * PADS.len());
    let wanted = (usize::from(players) / PLAYERS_PER_PAD).max(blocks * PADS_PER_BLOCK_MIN);
    let places = places(rng, across, wanted.min(most) / 2);
    let last = across * BLOCK + 1;
    let mut items = Vec::new();
    let mut pads = Vec::with_capacity(2 * places.len());
    for (x, y) in places {
        if items.is_empty() {
            items = ITEMS.to_vec();
            items.shuffle(rng);
        }
        let item = items.pop().unwrap_or(ITEMS[0]);
        pads.push((pos((x, y)), item.to_owned()));
        pads.push((pos((last - x, last - y)), item.to_owned()));
    }
    pads.sort_by_key(|(at, _)| (at.1, at.0));
    pads
}

/// The first of each pair, `count` of them: a layer of one in every block after the other, the last with gaps.
fn places(rng: &mut StdRng, across: usize, count: usize) -> Vec<(usize, usize)> {
    let blocks = across * across;
    let half = blocks / 2;
    let turns: Vec<usize> = (0..half).map(|_| rng.random_range(0..PADS.len())).collect();
    let mut places = Vec::with_capacity(count);
    for layer in 0..PADS.len() {
        // Five steps on round the block, so that two of a block aren't neighbours.
        let mut next: Vec<_> = (0..half)
            .map(|at| (at, (turns[at] + 5 * layer) % PADS.len()))
            .collect();
        // The block in the middle holds both of its pairs, so it has one in every second layer.
        if !blocks.is_multiple_of(2) && layer % 2 == 0 {
            next.push((half, layer / 2));
        }
        let (take, of) = ((count - places.len()).min(next.len()), next.len());
        let evenly = |i: &usize| (i + 1) * take / of > i * take / of;
        let taken = (0..of).filter(evenly).map(|i| next[i]);
        places.extend(taken.map(|(at, pad)| {
            let ((left, top), (x, y)) = (corner(at, across), PADS[pad]);
            (left + x, top + y)
        }));
    }
    places
}

/// Where team blue's flag stands: at its far edge, in the middle.
fn stand(across: usize) -> (usize, usize) {
    (1 + across * BLOCK / 2, 2)
}

/// In the middle, then at its left and right end: as far from one team as from the other.
fn zones(side: u16) -> Vec<Zone> {
    let middle = side / 2 - ZONE / 2;
    let at = |left| Zone {
        left,
        top: middle,
        width: ZONE,
        height: ZONE,
    };
    vec![at(middle), at(1), at(side - 1 - ZONE)]
}

#[cfg(test)]
mod tests {
    use super::super::check::{check, tile_of};
    use super::super::ways::Ways;
    use super::*;
    use fracas_protocol::Mode;

    /// Sizes that make 2 to 6 blocks across, even and odd.
    const SIZES: [u16; 10] = [2, 3, 5, 8, 16, 40, 80, 120, 200, 333];
    /// As large as it gets, less often.
    const LARGE: [u16; 4] = [1_000, 2_500, 6_000, 10_000];

    /// Everything a good map keeps to: connected, no dead ends, both halves alike, teams apart, pads near.
    fn assert_good(players: u16, seed: u64) -> Map {
        let map = arena(players, seed).unwrap();
        let findings = check(&map, Mode::ALL);
        assert!(findings.is_empty(), "{players}, seed {seed}: {findings:#?}");
        map
    }

    #[test]
    fn a_thousand_arenas_of_all_sizes_are_good_maps() {
        for seed in 0..1_000 {
            let map = assert_good(SIZES[seed as usize % SIZES.len()], seed);
            assert_fair_spawns(&map, seed);
            assert_fair_pads(&map, SIZES[seed as usize % SIZES.len()], seed);
        }
        for (players, seed) in LARGE.into_iter().zip(1_000..) {
            assert_good(players, seed);
        }
    }

    /// From every spawn point the nearest other one is about equally far, and of the teams' spawn points there are many and as
    /// many of each.
    fn assert_fair_spawns(map: &Map, seed: u64) {
        let spawns: Vec<_> = map.spawn_points().iter().map(|spawn| spawn.at).collect();
        let next = |at: TilePos| {
            let away = |other: &&TilePos| other.0.abs_diff(at.0).max(other.1.abs_diff(at.1));
            spawns
                .iter()
                .filter(|other| **other != at)
                .map(|o| away(&o))
                .min()
        };
        for at in &spawns {
            let next = next(*at).unwrap();
            assert!((3..=13).contains(&next), "seed {seed}: {at:?}: {next}");
        }
        let of = |team| {
            map.spawn_points()
                .iter()
                .filter(|s| s.team == Some(team))
                .count()
        };
        assert_eq!(of(Team::Blue), of(Team::Orange), "seed {seed}");
        assert!(of(Team::Blue) * 4 >= spawns.len(), "seed {seed}");
    }

    #[test]
    fn there_is_a_pad_for_every_player_and_all_are_within_reach() {
        for players in [40, 100, 250, 1_000, 2_200, 4_096] {
            let map = arena(players, 3).unwrap();
            let each = map.pads().len() as f64 / f64::from(players);
            assert!((0.9..=1.1).contains(&each), "{players}: {each} pads each");
        }
        assert_eq!(arena(10_000, 3).unwrap().pads().len(), PADS_MAX);
        let map = arena(300, 3).unwrap();
        let ways = Ways::of(&map);
        let steps = ways.steps(map.pads().map(|pad| tile_of(pad.pos)));
        let farthest = ways.free().map(|at| steps[at]).max();
        assert!(farthest < Some(21), "{farthest:?}");
    }

    /// A pad for every player, but for rounding; and from every spawn point the nearest is at most two seconds and a half
    /// away, in an arena for 40 and more half a second, so that nobody begins much farther from what lies there than
    /// others.
    fn assert_fair_pads(map: &Map, players: u16, seed: u64) {
        let pads = map.pads().len();
        let enough = pads * 10 >= usize::from(players) * 9;
        assert!(enough, "seed {seed}: {pads} pads for {players}");
        let ways = Ways::of(map);
        let steps = ways.steps(map.pads().map(|pad| tile_of(pad.pos)));
        let spawns = map.spawn_points().iter();
        let steps = spawns.map(|spawn| steps[ways.index(spawn.at)]);
        let (nearest, farthest) = steps.fold((u32::MAX, 0), |(near, far), steps| {
            (near.min(steps), far.max(steps))
        });
        let most = if players < 40 { 17 } else { 4 };
        let is_fair = farthest <= most && farthest - nearest < most;
        assert!(is_fair, "seed {seed}, {players}: {nearest} to {farthest}");
    }

    #[test]
    fn every_item_lies_somewhere_and_most_are_weapons() {
        let map = arena(100, 5).unwrap();
        let count = |item: &str| map.pads().filter(|pad| pad.item == item).count();
        for item in ITEMS {
            assert!(count(item) > 1, "{item}");
        }
        let weapons: usize = ["scatter", "rail", "lobber"].map(count).iter().sum();
        assert!(2 * weapons > map.pads().len(), "{weapons}");
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
