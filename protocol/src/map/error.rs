//! Why something is not a map.

use super::{ITEM_BYTES_MAX, SIDE_MAX, SPAWNS_MAX, TilePos};

/// Why something is not a map.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// A symbol without a meaning.
    #[error(
        "line {line}, column {column}: {symbol:?} is no tile; known are . # o ◤ ◥ ◢ ◣, S B O for spawn points, and digits that a line like \"=1 health\" explains"
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
    /// A line that begins with `=` and says nothing known.
    #[error(
        "line {0}: write \"=1 ITEM\" for a digit, \"=flag TEAM COLUMN ROW\" or \"=zone LEFT TOP WIDTH HEIGHT\""
    )]
    Legend(usize),
    /// Too small or too large.
    #[error("a map is 4 to {SIDE_MAX} tiles wide and high, not {width} x {height}")]
    Size {
        /// Tiles across.
        width: usize,
        /// Tiles down.
        height: usize,
    },
    /// More or fewer tiles than the size says.
    #[error("{given} tiles for a map of {expected}")]
    Tiles {
        /// How many there are.
        given: usize,
        /// How many there should be.
        expected: usize,
    },
    /// Nowhere to appear.
    #[error("a map needs 2 to {SPAWNS_MAX} spawn points, not {0}")]
    Spawns(usize),
    /// Too much on it.
    #[error("a map has at most {most} {what}, not {given}")]
    Many {
        /// Pads, items, zones.
        what: &'static str,
        /// How many there are.
        given: usize,
        /// How many there may be.
        most: usize,
    },
    /// A name that is empty or long.
    #[error("an item's name has 1 to {ITEM_BYTES_MAX} bytes and no control characters, not {0:?}")]
    Item(String),
    /// Something that isn't on the map, or only in part.
    #[error("a {what} at column {}, row {} is outside of the map", .at.0, .at.1)]
    Outside {
        /// Spawn point, pad, flag stand, zone.
        what: &'static str,
        /// Where.
        at: TilePos,
    },
}
