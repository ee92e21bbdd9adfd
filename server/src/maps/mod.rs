//! The maps that come with the server, maps from files, and arenas made for a number of players.

mod generate;

use std::{fs, path::Path};

use anyhow::{Context as _, bail};
use fracas_protocol::{Map, Mode};

#[derive(rust_embed::RustEmbed)]
#[folder = "maps"]
struct BuiltIn;

/// The name of the map that is made for the number of players.
pub const ARENA: &str = "arena";

/// What stands for all maps that suit what is played, in turn.
pub const ROTATION: &str = "rotation";

/// What a map is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapInfo {
    /// As [`load`] takes it.
    pub name: String,
    /// For people.
    pub title: String,
}

/// The maps that suit a mode with so many players, to be played in turn. At least one.
pub fn rotation(mode: Mode, _players: u16) -> Vec<MapInfo> {
    let names = match mode {
        Mode::Massive => vec![ARENA.into()],
        _ => names(),
    };
    let info = |name: String| MapInfo {
        title: title(&name).into(),
        name,
    };
    names.into_iter().map(info).collect()
}

/// A built-in map by its name, a map file by its path, or [`ARENA`] for so many players from a seed.
///
/// # Errors
/// Neither exists, or the file is no map; the text says which line.
pub fn load(name_or_path: &str, players: u16, seed: u64) -> anyhow::Result<Map> {
    if name_or_path == ARENA {
        return Ok(generate::arena(players, seed)?);
    }
    let file = format!("{name_or_path}.txt");
    let text = match BuiltIn::get(&file) {
        Some(file) => String::from_utf8(file.data.into_owned())?,
        None if Path::new(name_or_path).is_file() => fs::read_to_string(name_or_path)?,
        None => bail!(
            "no map {name_or_path:?}: neither a file nor one of {ARENA}, {}",
            names().join(", ")
        ),
    };
    Map::parse(&text).with_context(|| format!("map {name_or_path:?}"))
}

/// Names of the built-in maps.
pub fn names() -> Vec<String> {
    let mut names: Vec<_> = BuiltIn::iter()
        .filter_map(|file| file.strip_suffix(".txt").map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// What the map is called in lists: the name of a built-in one, or a file's name without its folder.
pub fn title(name_or_path: &str) -> &str {
    let file = Path::new(name_or_path).file_stem();
    file.and_then(|stem| stem.to_str()).unwrap_or(name_or_path)
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_built_in_map_is_one() {
        let names = super::names();
        assert!(names.contains(&"foundry".to_owned()), "{names:?}");
        for name in names {
            super::load(&name, 2, 0).unwrap();
        }
    }

    #[test]
    fn a_missing_map_names_the_ones_there_are() {
        let error = super::load("nowhere", 2, 0).unwrap_err().to_string();
        assert!(error.contains("foundry"), "{error}");
    }
}
