//! The arena: a grid of tiles, and the places where craft appear, things lie, flags stand and points are made.
//!
//! | module | |
//! |---|---|
//! | `parts` | tiles, and what stands on them |
//! | `bytes` | a map as bytes |
//! | `text` | a map drawn in text, for tests |
//!
//! Drawing one in an editor and what makes a good one is the server's business, as is what an item does: here it is a name.

mod bytes;
mod error;
mod parts;
mod text;

pub use error::MapError;
pub use parts::{MapParts, Pad, Spawn, Tile, TilePos, Zone};

use crate::Vec2;
use crate::geometry::TILE;
use crate::message::Team;

/// Largest width and height, in tiles.
pub const SIDE_MAX: u16 = 512;
/// Most spawn points.
pub const SPAWNS_MAX: usize = 4096;
/// Most pads.
pub const PADS_MAX: usize = 4096;
/// Most different items on the pads of a map.
pub const ITEMS_MAX: usize = 16;
/// Longest name of an item, in bytes.
pub const ITEM_BYTES_MAX: usize = 24;
/// Most zones.
pub const ZONES_MAX: usize = 8;

/// From a tile to those round it. Straight ones first: who looks in this order finds, of two ways of equal length, the one
/// with fewer diagonals.
pub const STEPS: [(i32, i32); 8] = [
    (1, 0),
    (-1, 0),
    (0, 1),
    (0, -1),
    (1, 1),
    (-1, 1),
    (1, -1),
    (-1, -1),
];

/// A grid of tiles; whatever lies outside is wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    width: u16,
    height: u16,
    tiles: Vec<Tile>,
    /// Of each tile, what there is room for: follows from the tiles, and is looked at instead of nine of them.
    room: Vec<u8>,
    spawns: Vec<Spawn>,
    /// Names of what lies on the pads.
    items: Vec<String>,
    /// Tile, and which of the items.
    pads: Vec<(TilePos, u8)>,
    /// One for each of [`Team::ALL`].
    flag_stands: [Option<TilePos>; Team::ALL.len()],
    zones: Vec<Zone>,
}

/// Nothing in a tile and the eight round it stops a craft …
const ROOM_FOR_CRAFT: u8 = 1;
/// … or a shot.
const ROOM_FOR_SHOTS: u8 = 2;

impl Map {
    /// A map of these parts.
    ///
    /// # Errors
    /// [`MapError`] says which limit is not kept.
    pub fn new(parts: MapParts) -> Result<Map, MapError> {
        let mut items = Vec::<String>::new();
        let mut pads = Vec::with_capacity(parts.pads.len());
        for (at, item) in parts.pads {
            let known = items.iter().position(|known| *known == item);
            let index = known.unwrap_or(items.len());
            if known.is_none() && index <= ITEMS_MAX {
                items.push(item);
            }
            pads.push((at, index.min(ITEMS_MAX) as u8));
        }
        let mut flag_stands = [None; Team::ALL.len()];
        for (team, at) in parts.flag_stands {
            flag_stands[team as usize] = Some(at);
        }
        let map = Map {
            width: parts.width,
            height: parts.height,
            tiles: parts.tiles,
            room: Vec::new(),
            spawns: parts.spawns,
            items,
            pads,
            flag_stands,
            zones: parts.zones,
        };
        map.checked()
    }

    /// Within all limits, and with its tables.
    fn checked(mut self) -> Result<Map, MapError> {
        self.check_ground()?;
        self.check_counts()?;
        self.check_places()?;
        self.room = self.find_room();
        Ok(self)
    }

    fn check_ground(&self) -> Result<(), MapError> {
        let (width, height) = (usize::from(self.width), usize::from(self.height));
        check_size(width, height)?;
        let (given, expected) = (self.tiles.len(), width * height);
        if given != expected {
            return Err(MapError::Tiles { given, expected });
        }
        Ok(())
    }

    fn check_counts(&self) -> Result<(), MapError> {
        if !(2..=SPAWNS_MAX).contains(&self.spawns.len()) {
            return Err(MapError::Spawns(self.spawns.len()));
        }
        for (what, given, most) in [
            ("pads", self.pads.len(), PADS_MAX),
            ("different items", self.items.len(), ITEMS_MAX),
            ("zones", self.zones.len(), ZONES_MAX),
        ] {
            if given > most {
                return Err(MapError::Many { what, given, most });
            }
        }
        let is_name = |item: &&String| {
            !(1..=ITEM_BYTES_MAX).contains(&item.len()) || item.chars().any(char::is_control)
        };
        match self.items.iter().find(is_name) {
            Some(item) => Err(MapError::Item(item.clone())),
            None => Ok(()),
        }
    }

    fn check_places(&self) -> Result<(), MapError> {
        let spawns = self.spawns.iter().map(|spawn| ("spawn point", spawn.at));
        let pads = self.pads.iter().map(|pad| ("pad", pad.0));
        let stands = self.flag_stands.iter().flatten();
        let stands = stands.map(|at| ("flag stand", *at));
        let is_outside = |at: TilePos| at.0 >= self.width || at.1 >= self.height;
        for (what, at) in spawns.chain(pads).chain(stands) {
            if is_outside(at) {
                return Err(MapError::Outside { what, at });
            }
        }
        for zone in &self.zones {
            let (right, bottom) = (
                u32::from(zone.left) + u32::from(zone.width),
                u32::from(zone.top) + u32::from(zone.height),
            );
            let fits = right <= self.width.into() && bottom <= self.height.into();
            if !fits || zone.width == 0 || zone.height == 0 {
                let at = (zone.left, zone.top);
                return Err(MapError::Outside { what: "zone", at });
            }
        }
        Ok(())
    }

    /// Of each tile, what there is room for in it and in the eight round it. First of each with its neighbours in the row, then
    /// of those rows with the ones above and below: thousands of clients do this when a match begins, and a processor takes
    /// many tiles at a time.
    fn find_room(&self) -> Vec<u8> {
        let (width, count) = (usize::from(self.width), self.tiles.len());
        let free: Vec<u8> = self.tiles.iter().map(|tile| room_over(*tile)).collect();
        // What is at the edge has wall beside it.
        let mut in_rows = vec![0; count];
        for (found, row) in in_rows
            .chunks_exact_mut(width)
            .zip(free.chunks_exact(width))
        {
            let beside = row.iter().zip(&row[1..]).zip(&row[2..]);
            for (found, ((left, here), right)) in found[1..].iter_mut().zip(beside) {
                *found = left & here & right;
            }
        }
        let mut room = vec![0; count];
        let (above, here, below) = (&in_rows, &in_rows[width..], &in_rows[2 * width..]);
        let columns = above.iter().zip(here).zip(below);
        for (found, ((above, here), below)) in room[width..].iter_mut().zip(columns) {
            *found = above & here & below;
        }
        room
    }

    /// Tiles across.
    pub fn width(&self) -> u16 {
        self.width
    }

    /// Tiles down.
    pub fn height(&self) -> u16 {
        self.height
    }

    /// The tile in column `x` of row `y`; wall outside of the grid.
    pub fn tile(&self, x: i32, y: i32) -> Tile {
        if x < 0 || y < 0 || x >= i32::from(self.width) || y >= i32::from(self.height) {
            return Tile::Wall;
        }
        self.tiles[y as usize * usize::from(self.width) + x as usize]
    }

    /// Whether a craft at `pos`, in position units, touches nothing, whatever its radius up to a tile.
    pub fn has_room_for_craft(&self, pos: Vec2) -> bool {
        self.has_room(pos, ROOM_FOR_CRAFT)
    }

    /// Whether a shot at `pos`, in position units, can fly less than a tile along each axis and meet nothing.
    pub fn has_room_for_shots(&self, pos: Vec2) -> bool {
        self.has_room(pos, ROOM_FOR_SHOTS)
    }

    fn has_room(&self, pos: Vec2, what: u8) -> bool {
        let (x, y) = (pos.x.div_euclid(TILE), pos.y.div_euclid(TILE));
        let inside =
            (0..i32::from(self.width)).contains(&x) && (0..i32::from(self.height)).contains(&y);
        inside && self.room[y as usize * usize::from(self.width) + x as usize] & what != 0
    }

    /// All tiles, row by row from the top.
    pub fn tiles(&self) -> &[Tile] {
        &self.tiles
    }

    /// Centres of all tiles on which craft appear, whosever they are, in position units.
    pub fn spawns(&self) -> impl ExactSizeIterator<Item = Vec2> + '_ {
        self.spawns.iter().map(|spawn| centre(spawn.at))
    }

    /// Where craft of a team appear, in position units: at its own spawn points; where it has none, and for those
    /// without a team, at all of them.
    pub fn spawns_of(&self, team: Option<Team>) -> impl Iterator<Item = Vec2> + '_ {
        let owned = self.spawns.iter().any(|spawn| spawn.team == team);
        let only = team.filter(|_| owned);
        let may = move |spawn: &&Spawn| only.is_none() || spawn.team == only;
        self.spawns.iter().filter(may).map(|spawn| centre(spawn.at))
    }

    /// All spawn points, with their teams.
    pub fn spawn_points(&self) -> &[Spawn] {
        &self.spawns
    }

    /// Where items lie.
    pub fn pads(&self) -> impl ExactSizeIterator<Item = Pad<'_>> + '_ {
        self.pads.iter().map(|&(at, item)| Pad {
            pos: centre(at),
            item: &self.items[usize::from(item)],
        })
    }

    /// Where flags stand, in position units; at most one for each team, in the order of [`Team::ALL`].
    pub fn flag_stands(&self) -> impl Iterator<Item = (Team, Vec2)> + '_ {
        let stands = Team::ALL.iter().zip(&self.flag_stands);
        stands.filter_map(|(team, at)| at.map(|at| (*team, centre(at))))
    }

    /// What is held for points, in the order in which it becomes active.
    pub fn zones(&self) -> &[Zone] {
        &self.zones
    }
}

/// What a tile by itself leaves room for.
fn room_over(tile: Tile) -> u8 {
    match tile {
        Tile::Floor => ROOM_FOR_CRAFT | ROOM_FOR_SHOTS,
        Tile::Pit => ROOM_FOR_SHOTS,
        _ => 0,
    }
}

fn check_size(width: usize, height: usize) -> Result<(), MapError> {
    let side = 4..=usize::from(SIDE_MAX);
    if side.contains(&width) && side.contains(&height) {
        return Ok(());
    }
    Err(MapError::Size { width, height })
}

/// The centre of a tile, in position units.
pub fn centre((column, row): TilePos) -> Vec2 {
    let centre = |tile: u16| i32::from(tile) * TILE + TILE / 2;
    Vec2::new(centre(column), centre(row))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn there_is_room_where_nothing_in_the_nine_tiles_stops_anything(
            (width, tiles) in (4_usize..9, 4_usize..9).prop_flat_map(|(width, height)| {
                let tile = prop_oneof![6 => Just(Tile::Floor), 2 => Just(Tile::Pit), 1 => prop::sample::select(&Tile::ALL[..])];
                (Just(width), prop::collection::vec(tile, width * height))
            })
        ) {
            let spawn = Spawn { at: (0, 0), team: None };
            let map = Map::new(MapParts {
                width: width as u16,
                height: (tiles.len() / width) as u16,
                tiles,
                spawns: vec![spawn; 2],
                ..MapParts::default()
            })
            .unwrap();
            for y in 0..i32::from(map.height) {
                for x in 0..i32::from(map.width) {
                    let near = (y - 1..=y + 1).flat_map(|y| (x - 1..=x + 1).map(move |x| (x, y)));
                    let near: Vec<_> = near.map(|(x, y)| map.tile(x, y)).collect();
                    let pos = centre((x as u16, y as u16));
                    let free = near.iter().all(|tile| *tile == Tile::Floor);
                    prop_assert_eq!(map.has_room_for_craft(pos), free);
                    let shots = near.iter().all(|tile| matches!(tile, Tile::Floor | Tile::Pit));
                    prop_assert_eq!(map.has_room_for_shots(pos), shots);
                }
            }
        }
    }
}
