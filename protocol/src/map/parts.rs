//! What a map is made of.

use bincode::{Decode, Encode};

use crate::Vec2;
use crate::geometry::TILE;
use crate::message::Team;

/// One square of the arena. A diagonal is named by its solid corner: the half of the tile around that corner is wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Tile {
    /// Free to fly and shoot over.
    Floor = 0,
    /// Solid.
    Wall = 1,
    /// Stops craft, not shots.
    Pit = 2,
    /// `◤` solid at the top left.
    DiagonalTopLeft = 3,
    /// `◥` solid at the top right.
    DiagonalTopRight = 4,
    /// `◢` solid at the bottom right.
    DiagonalBottomRight = 5,
    /// `◣` solid at the bottom left.
    DiagonalBottomLeft = 6,
}

impl Tile {
    /// All of them, in wire order.
    pub const ALL: [Tile; 7] = [
        Tile::Floor,
        Tile::Wall,
        Tile::Pit,
        Tile::DiagonalTopLeft,
        Tile::DiagonalTopRight,
        Tile::DiagonalBottomRight,
        Tile::DiagonalBottomLeft,
    ];
}

/// A tile by its column and row, counted from 0 at the top left.
pub type TilePos = (u16, u16);

/// Where craft appear.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Spawn {
    /// The tile in whose centre they do.
    pub at: TilePos,
    /// Whose craft; nobody's in particular without.
    pub team: Option<Team>,
}

/// Where an item lies now and then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pad<'a> {
    /// Centre of its tile, in position units.
    pub pos: Vec2,
    /// Name of the item, 1 to [`ITEM_BYTES_MAX`](super::ITEM_BYTES_MAX) bytes.
    pub item: &'a str,
}

/// A rectangle of tiles that is held for points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Zone {
    /// First column.
    pub left: u16,
    /// First row.
    pub top: u16,
    /// Columns, at least 1.
    pub width: u16,
    /// Rows, at least 1.
    pub height: u16,
}

impl Zone {
    /// Whether `pos`, in position units, lies inside. The left and upper edge belong to it.
    pub fn contains(self, pos: Vec2) -> bool {
        let (x, y) = (pos.x.div_euclid(TILE), pos.y.div_euclid(TILE));
        let spans = |at: i32, from: u16, length: u16| {
            (i32::from(from)..i32::from(from) + i32::from(length)).contains(&at)
        };
        spans(x, self.left, self.width) && spans(y, self.top, self.height)
    }

    /// Its middle, in position units.
    pub fn centre(self) -> Vec2 {
        let middle =
            |from: u16, length: u16| (2 * i32::from(from) + i32::from(length)) * (TILE / 2);
        Vec2::new(middle(self.left, self.width), middle(self.top, self.height))
    }
}

/// What a map is made of: [`Map::new`](super::Map::new).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MapParts {
    /// Tiles across.
    pub width: u16,
    /// Tiles down.
    pub height: u16,
    /// Row by row from the top.
    pub tiles: Vec<Tile>,
    /// Where craft appear.
    pub spawns: Vec<Spawn>,
    /// Where items lie, with their names.
    pub pads: Vec<(TilePos, String)>,
    /// Where flags stand; of two for a team the later counts.
    pub flag_stands: Vec<(Team, TilePos)>,
    /// In the order in which they become active.
    pub zones: Vec<Zone>,
}
