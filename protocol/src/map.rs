//! The arena: a grid of tiles and the places where craft appear.

use bincode::de::Decoder;
use bincode::enc::Encoder;
use bincode::error::{DecodeError, EncodeError};
use bincode::{Decode, Encode};

use crate::Vec2;
use crate::geometry::TILE;
use crate::wire::refuse;

/// Largest width and height, in tiles.
pub const SIDE_MAX: u16 = 512;
/// Most spawn points.
pub const SPAWNS_MAX: usize = 4096;

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
    const ALL: [Tile; 7] = [
        Tile::Floor,
        Tile::Wall,
        Tile::Pit,
        Tile::DiagonalTopLeft,
        Tile::DiagonalTopRight,
        Tile::DiagonalBottomRight,
        Tile::DiagonalBottomLeft,
    ];

    fn from_symbol(symbol: char) -> Option<Tile> {
        Some(match symbol {
            '.' | ' ' | 'S' => Tile::Floor,
            '#' => Tile::Wall,
            'o' => Tile::Pit,
            '◤' => Tile::DiagonalTopLeft,
            '◥' => Tile::DiagonalTopRight,
            '◢' => Tile::DiagonalBottomRight,
            '◣' => Tile::DiagonalBottomLeft,
            _ => return None,
        })
    }
}

/// A grid of tiles; whatever lies outside is wall.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    width: u16,
    height: u16,
    tiles: Vec<Tile>,
    /// Of each tile, what there is room for: follows from the tiles, and is looked at instead of nine of them.
    room: Vec<u8>,
    spawns: Vec<(u16, u16)>,
}

/// A place where an item lies.
#[derive(Clone, Copy, Debug)]
pub struct Pad<'a> {
    /// Its middle, in position units.
    pub pos: Vec2,
    /// What lies there.
    pub item: &'a str,
}

/// Nothing in a tile and the eight round it stops a craft …
const ROOM_FOR_CRAFT: u8 = 1;
/// … or a shot.
const ROOM_FOR_SHOTS: u8 = 2;

/// Why a text is not a map.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// A symbol without a meaning.
    #[error(
        "line {line}, column {column}: {symbol:?} is no tile; known are . # o ◤ ◥ ◢ ◣ and S for a spawn point"
    )]
    Symbol {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
        /// What stands there.
        symbol: char,
    },
    /// A line of another length than the first.
    #[error("line {line} has {length} tiles, the first has {expected}")]
    Ragged {
        /// Counted from 1.
        line: usize,
        /// Tiles in this line.
        length: usize,
        /// Tiles in the first line.
        expected: usize,
    },
    /// Too small or too large.
    #[error("a map is 4 to {SIDE_MAX} tiles wide and high, not {width} x {height}")]
    Size {
        /// Tiles across.
        width: usize,
        /// Tiles down.
        height: usize,
    },
    /// Nowhere to appear.
    #[error("a map needs 2 to {SPAWNS_MAX} spawn points (S), not {0}")]
    Spawns(usize),
}

impl Map {
    /// Reads a map drawn in text, one character a tile: `.` floor, `#` wall, `o` pit, `◤ ◥ ◢ ◣` diagonals, `S` floor
    /// with a spawn point. Lines that start with `;` are remarks.
    ///
    /// # Errors
    /// [`MapError`] says where the text is wrong and what would be right.
    pub fn parse(text: &str) -> Result<Map, MapError> {
        let rows: Vec<_> = text
            .lines()
            .enumerate()
            .filter(|(_, line)| !line.starts_with(';') && !line.trim().is_empty())
            .collect();
        let width = rows.first().map_or(0, |(_, row)| row.chars().count());
        let side = 4..=usize::from(SIDE_MAX);
        if !side.contains(&width) || !side.contains(&rows.len()) {
            return Err(MapError::Size {
                width,
                height: rows.len(),
            });
        }
        let (mut tiles, mut spawns) = (Vec::with_capacity(width * rows.len()), Vec::new());
        for (y, (line, row)) in rows.iter().enumerate() {
            let length = row.chars().count();
            if length != width {
                return Err(MapError::Ragged {
                    line: line + 1,
                    length,
                    expected: width,
                });
            }
            for (x, symbol) in row.chars().enumerate() {
                let tile = Tile::from_symbol(symbol).ok_or(MapError::Symbol {
                    line: line + 1,
                    column: x + 1,
                    symbol,
                })?;
                tiles.push(tile);
                if symbol == 'S' {
                    spawns.push((x as u16, y as u16));
                }
            }
        }
        if !(2..=SPAWNS_MAX).contains(&spawns.len()) {
            return Err(MapError::Spawns(spawns.len()));
        }
        Ok(Map::new(width as u16, rows.len() as u16, tiles, spawns))
    }

    fn new(width: u16, height: u16, tiles: Vec<Tile>, spawns: Vec<(u16, u16)>) -> Map {
        let mut map = Map {
            width,
            height,
            tiles,
            room: Vec::new(),
            spawns,
        };
        let (width, height) = (i32::from(width), i32::from(height));
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        map.room = places.map(|(x, y)| map.room_at(x, y)).collect();
        map
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

    /// Where items lie.
    pub fn pads(&self) -> impl ExactSizeIterator<Item = Pad<'_>> + '_ {
        std::iter::empty()
    }

    /// All tiles, row by row from the top.
    pub fn tiles(&self) -> &[Tile] {
        &self.tiles
    }

    /// Centres of the tiles on which craft appear, in position units.
    pub fn spawns(&self) -> impl ExactSizeIterator<Item = Vec2> + '_ {
        let centre = |tile: u16| i32::from(tile) * TILE + TILE / 2;
        self.spawns
            .iter()
            .map(move |&(x, y)| Vec2::new(centre(x), centre(y)))
    }
}

/// Width, height, then runs of equal tiles in reading order (tile, length), then spawn points (count, column, row).
impl Encode for Map {
    fn encode<E: Encoder>(&self, encoder: &mut E) -> Result<(), EncodeError> {
        self.width.encode(encoder)?;
        self.height.encode(encoder)?;
        for run in self.tiles.chunk_by(|a, b| a == b) {
            (run[0] as u8).encode(encoder)?;
            (run.len() as u32).encode(encoder)?;
        }
        self.spawns.encode(encoder)
    }
}

impl<C> Decode<C> for Map {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let (width, height) = (u16::decode(decoder)?, u16::decode(decoder)?);
        if !(4..=SIDE_MAX).contains(&width) || !(4..=SIDE_MAX).contains(&height) {
            return Err(refuse(format!("a map of {width} x {height} tiles")));
        }
        let count = usize::from(width) * usize::from(height);
        let mut tiles = Vec::with_capacity(count);
        while tiles.len() < count {
            let symbol = u8::decode(decoder)?;
            let tile = *Tile::ALL
                .get(usize::from(symbol))
                .ok_or_else(|| refuse(format!("tile {symbol}")))?;
            let run = u32::decode(decoder)? as usize;
            if run == 0 || run > count - tiles.len() {
                return Err(refuse("a run of tiles that doesn't fit the map"));
            }
            tiles.resize(tiles.len() + run, tile);
        }
        let spawns = Vec::<(u16, u16)>::decode(decoder)?;
        let inside = spawns.iter().all(|&(x, y)| x < width && y < height);
        if !inside || !(2..=SPAWNS_MAX).contains(&spawns.len()) {
            return Err(refuse("spawn points outside the map or too few or many"));
        }
        Ok(Map::new(width, height, tiles, spawns))
    }
}

bincode::impl_borrow_decode!(Map);

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = "; a remark\n#####\n#S.◤#\n#o.S#\n#####\n";

    #[test]
    fn a_drawn_map_reads_and_round_trips() {
        let map = Map::parse(SMALL).unwrap();
        assert_eq!((map.width(), map.height(), map.spawns().len()), (5, 4, 2));
        assert_eq!(map.tile(3, 1), Tile::DiagonalTopLeft);
        assert_eq!(map.tile(1, 2), Tile::Pit);
        assert_eq!(map.tile(-1, 2), Tile::Wall);
        assert_eq!(crate::decode::<Map>(&crate::encode(&map)).unwrap(), map);
    }

    #[test]
    fn errors_say_where() {
        let error = |text: &str| Map::parse(text).unwrap_err().to_string();
        assert!(error(&SMALL.replace('o', "x")).starts_with("line 4, column 2: 'x' is no tile"));
        assert_eq!(
            error(&SMALL.replace("#o.S#", "#o.S")),
            "line 4 has 4 tiles, the first has 5"
        );
        assert!(error("##\n##\n").contains("2 x 2"));
        assert!(error(&SMALL.replace('S', ".")).contains("spawn points"));
    }
}
