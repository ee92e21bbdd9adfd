//! What there is to say about a map file.

use std::fmt::{self, Write as _};
use std::fs;
use std::path::Path;

use anyhow::Context as _;
use fracas_protocol::map::Tile;
use fracas_protocol::{Map, Mode, Team};

use super::check::{tile_of, zone_tiles};
use super::tmx::{self, Drawn, Problem};

/// Widest picture, in characters; of larger maps only every second, third, … tile is shown.
const PICTURE_MAX: u16 = 120;

/// A map file, looked at.
#[derive(Debug)]
pub enum Report {
    /// Nothing is wrong: what it is, with a picture.
    Fine(String),
    /// All that is wrong.
    Wrong(Vec<Problem>),
}

/// Looks at a map file.
///
/// # Errors
/// It can't be read at all.
pub fn report(path: &Path) -> anyhow::Result<Report> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    Ok(match tmx::read(path, &text) {
        Err(faults) => Report::Wrong(faults),
        Ok(drawn) => match drawn.problems() {
            none if none.is_empty() => Report::Fine(summary(&drawn)),
            problems => Report::Wrong(problems),
        },
    })
}

fn names(modes: &[Mode]) -> String {
    let names: Vec<_> = modes.iter().map(|mode| mode.as_str()).collect();
    names.join(", ")
}

fn summary(drawn: &Drawn) -> String {
    let mut text = String::new();
    // Writing into a string doesn't fail.
    let _ = write_summary(drawn, &mut text);
    text
}

fn write_summary(drawn: &Drawn, text: &mut String) -> fmt::Result {
    let (map, info) = (&drawn.map, &drawn.info);
    let (modes, from, to) = (names(&info.modes), info.players_min, info.players_max);
    writeln!(
        text,
        "{} ({}): {modes}; {from} to {to} players",
        info.title, info.name
    )?;
    let of = |team| {
        let points = map.spawn_points().iter();
        points.filter(|spawn| spawn.team == team).count()
    };
    let (blue, orange, nobodys) = (of(Some(Team::Blue)), of(Some(Team::Orange)), of(None));
    writeln!(
        text,
        "{} x {} tiles; {} spawn points ({blue} blue, {orange} orange, {nobodys} of no team), {} pads, {} flag stands, {} zones",
        map.width(),
        map.height(),
        map.spawns().len(),
        map.pads().len(),
        map.flag_stands().count(),
        map.zones().len(),
    )?;
    writeln!(text, "\n{}", picture(map))?;
    write!(
        text,
        "# wall  o pit  S B O spawn (none, blue, orange)  + pad  F flag stand  1 … 8 zone"
    )
}

/// The map in text, smaller if it must be.
pub(super) fn picture(map: &Map) -> String {
    let every = map.width().div_ceil(PICTURE_MAX).max(1);
    let mut rows: Vec<Vec<char>> = (0..map.height())
        .map(|y| {
            (0..map.width())
                .map(|x| symbol(map.tile(x.into(), y.into())))
                .collect()
        })
        .collect();
    for (zone, number) in map.zones().iter().zip('1'..) {
        let ((left, top), (right, bottom)) = zone_tiles(*zone);
        for (x, y) in (top..=bottom).flat_map(|y| (left..=right).map(move |x| (x, y))) {
            let tile = &mut rows[usize::from(y)][usize::from(x)];
            *tile = if *tile == '.' { number } else { *tile };
        }
    }
    let spawns = map.spawn_points().iter().map(|spawn| {
        let symbol = match spawn.team {
            None => 'S',
            Some(Team::Blue) => 'B',
            Some(Team::Orange) => 'O',
        };
        (spawn.at, symbol)
    });
    let pads = map.pads().map(|pad| (tile_of(pad.pos), '+'));
    let stands = map.flag_stands().map(|(_, pos)| (tile_of(pos), 'F'));
    for ((x, y), symbol) in spawns.chain(pads).chain(stands) {
        // Nothing that counts is lost where only some of the tiles are shown.
        rows[usize::from(y - y % every)][usize::from(x - x % every)] = symbol;
    }
    let shown = rows.iter().step_by(every.into());
    let shown = shown.map(|row| row.iter().step_by(every.into()).collect::<String>());
    shown.collect::<Vec<_>>().join("\n")
}

fn symbol(tile: Tile) -> char {
    match tile {
        Tile::Floor => '.',
        Tile::Wall => '#',
        Tile::Pit => 'o',
        Tile::DiagonalTopLeft => '◤',
        Tile::DiagonalTopRight => '◥',
        Tile::DiagonalBottomRight => '◢',
        Tile::DiagonalBottomLeft => '◣',
    }
}
