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
        let (width, height) = (i32::from(self.width), i32::from(self.height));
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        self.room = places.map(|(x, y)| self.room_at(x, y)).collect();
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

    fn room_at(&self, x: i32, y: i32) -> u8 {
        let mut room = ROOM_FOR_CRAFT | ROOM_FOR_SHOTS;
        for (x, y) in (y - 1..=y + 1).flat_map(|y| (x - 1..=x + 1).map(move |x| (x, y))) {
            room &= match self.tile(x, y) {
                Tile::Floor => ROOM_FOR_CRAFT | ROOM_FOR_SHOTS,
                Tile::Pit => ROOM_FOR_SHOTS,
                _ => 0,
            };
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
