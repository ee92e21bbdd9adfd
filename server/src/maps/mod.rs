//! The maps that come with the server, maps from files, and arenas made for a number of players.
//!
//! | module | |
//! |---|---|
//! | `tmx` | a Tiled map becomes a map of the game, or a list of what is wrong with it |
//! | `lines` | where in the file something stands |
//! | `check` | what makes a map a good one, whoever drew it; `ways` and `symmetry` of its tiles |
//! | `report` | what `fracas map check` says, with a picture in text |
//! | `generate` | arenas from a seed, out of `blocks` |

mod blocks;
mod check;
mod generate;
mod lines;
mod report;
mod symmetry;
mod tmx;
mod ways;

use std::{fs, path::Path, sync::LazyLock};

use anyhow::{Context as _, anyhow, bail};
use fracas_protocol::{Map, Mode};

pub use report::{Report, report};
pub use tmx::Problem;

use tmx::Drawn;

#[derive(rust_embed::RustEmbed)]
#[folder = "maps"]
struct BuiltIn;

/// The name of the map that is made for the number of players.
pub const ARENA: &str = "arena";

/// What stands for all maps that suit what is played, in turn.
pub const ROTATION: &str = "rotation";

/// Fewest and most players an arena is made for.
const ARENA_PLAYERS: (u16, u16) = (2, 10_000);

/// Where fewer hand-made maps fit, arenas are what else there is to choose from.
const CHOICE: usize = 3;

/// What a map is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapInfo {
    /// As [`load`] takes it.
    pub name: String,
    /// For people.
    pub title: String,
    /// The modes it has everything for.
    pub modes: Vec<Mode>,
    /// Fewest players it is good for.
    pub players_min: u16,
    /// Most players it is good for.
    pub players_max: u16,
}

impl MapInfo {
    /// The arena of this number, which is for everything.
    fn arena(number: u64) -> MapInfo {
        let (name, title) = match number {
            1 => (ARENA.into(), "Arena".into()),
            number => (format!("{ARENA} {number}"), format!("Arena {number}")),
        };
        MapInfo {
            name,
            title,
            modes: Mode::ALL.to_vec(),
            players_min: ARENA_PLAYERS.0,
            players_max: ARENA_PLAYERS.1,
        }
    }

    fn fits(&self, mode: Mode, players: u16) -> bool {
        self.modes.contains(&mode) && (self.players_min..=self.players_max).contains(&players)
    }
}

/// Those that come with the server, by name. That they can be read is tested.
static DRAWN: LazyLock<Vec<Drawn>> = LazyLock::new(|| {
    let read = |name: &String| {
        let file = BuiltIn::get(&format!("{name}.tmx")).expect("it was listed");
        let text = String::from_utf8_lossy(&file.data);
        tmx::read(Path::new(&format!("{name}.tmx")), &text)
            .unwrap_or_else(|faults| panic!("built-in map {name}: {faults:?}"))
    };
    names().iter().map(read).collect()
});

/// A built-in map by its name, a Tiled map by its path, or [`ARENA`] for so many players from a seed; `arena 2`, `arena 3`, …
/// are others from the same.
///
/// # Errors
/// Neither exists, or the file is no map; the text says which lines.
pub fn load(name_or_path: &str, players: u16, seed: u64) -> anyhow::Result<Map> {
    if let Some(number) = arena_number(name_or_path) {
        return Ok(generate::arena(players, seed.wrapping_add(number - 1))?);
    }
    if let Some(drawn) = DRAWN.iter().find(|drawn| drawn.info.name == name_or_path) {
        return Ok(drawn.map.clone());
    }
    let path = Path::new(name_or_path);
    if !path.is_file() {
        bail!(
            "no map {name_or_path:?}: neither a file nor one of {ARENA}, {}",
            names().join(", ")
        );
    }
    let text = fs::read_to_string(path).with_context(|| format!("map {name_or_path:?}"))?;
    let drawn = tmx::read(path, &text).map_err(|faults| {
        let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
        anyhow!("map {name_or_path:?}: {}", faults.join("; "))
    })?;
    Ok(drawn.map)
}

/// Which of the arenas this is, from 1; none if it is another map.
pub fn arena_number(name: &str) -> Option<u64> {
    match name.strip_prefix(ARENA)? {
        "" => Some(1),
        rest => rest
            .strip_prefix(' ')?
            .parse()
            .ok()
            .filter(|&number| number > 1),
    }
}

/// Names of the built-in maps.
pub fn names() -> Vec<String> {
    let mut names: Vec<_> = BuiltIn::iter()
        .filter_map(|file| file.strip_suffix(".tmx").map(str::to_owned))
        .collect();
    names.sort();
    names
}

/// The built-in maps for a mode and a number of players, by name; where they are fewer than three, arenas to make them
/// three: there is always something to vote on.
pub fn rotation(mode: Mode, players: u16) -> Vec<MapInfo> {
    let infos = DRAWN.iter().map(|drawn| &drawn.info);
    let mut maps: Vec<_> = infos
        .filter(|info| info.fits(mode, players))
        .cloned()
        .collect();
    let lacking = CHOICE.saturating_sub(maps.len()) as u64;
    maps.extend((1..=lacking).map(MapInfo::arena));
    maps
}

/// Names of the drawn maps that have everything for a mode.
pub fn suited(mode: Mode) -> impl Iterator<Item = &'static str> {
    let infos = DRAWN.iter().map(|drawn| &drawn.info);
    let has = move |info: &&MapInfo| info.modes.contains(&mode);
    infos.filter(has).map(|info| info.name.as_str())
}

/// What the map is called in lists: the name of a built-in one, or a file's name without its folder.
pub fn title(name_or_path: &str) -> &str {
    let file = Path::new(name_or_path).file_stem();
    file.and_then(|stem| stem.to_str()).unwrap_or(name_or_path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_map_is_a_good_one() {
        assert!(!DRAWN.is_empty());
        for drawn in DRAWN.iter() {
            let problems = drawn.problems();
            assert!(problems.is_empty(), "{}: {problems:#?}", drawn.info.name);
        }
    }

    #[test]
    fn a_map_without_pads_is_no_good_one_in_any_mode() {
        let text = "##########\n#S......S#\n#........#\n#S......S#\n##########\n";
        let map = Map::parse(text).unwrap();
        for mode in Mode::ALL {
            let findings = check::check(&map, &[*mode]);
            let says_so = findings
                .iter()
                .any(|found| found.why.starts_with("has no pads"));
            assert!(says_so, "{mode}: {findings:?}");
        }
    }

    #[test]
    fn there_is_a_map_for_every_mode_and_every_number_of_players() {
        for mode in Mode::ALL {
            for players in [1, 2, 3, 4, 8, 12, 16, 32, 64, 1_000, 10_000] {
                let maps = rotation(*mode, players);
                assert!(
                    maps.len() >= CHOICE,
                    "{mode} {players}: something to vote on"
                );
                let mut titles: Vec<_> = maps.iter().map(|map| title(&map.name)).collect();
                titles.dedup();
                assert_eq!(titles.len(), maps.len(), "told apart: {titles:?}");
            }
        }
        let names = |players| -> Vec<_> {
            let maps = rotation(Mode::Ffa, players);
            maps.into_iter().map(|info| info.name).collect()
        };
        assert!(names(12).contains(&"foundry".to_owned()));
        assert!(
            !names(2).contains(&"foundry".to_owned()),
            "too large for two"
        );
        assert_eq!(names(1_000), [ARENA, "arena 2", "arena 3"]);
    }

    #[test]
    fn hand_made_maps_are_two_for_duels_two_for_many_and_one_for_each_objective() {
        let count = |fits: &dyn Fn(&MapInfo) -> bool| {
            let infos = DRAWN.iter().map(|drawn| &drawn.info);
            infos.filter(|info| fits(info)).count()
        };
        let is_for = |info: &MapInfo, mode: Mode| info.modes.contains(&mode);
        assert!(count(&|info| info.players_max <= 4 && is_for(info, Mode::Ffa)) >= 2);
        assert!(count(&|info| info.players_max >= 16 && is_for(info, Mode::Ffa)) >= 2);
        assert!(count(&|info| is_for(info, Mode::Tdm)) >= 2);
        assert!(count(&|info| is_for(info, Mode::Ctf)) >= 1);
        assert!(count(&|info| is_for(info, Mode::Control)) >= 1);
    }

    #[test]
    fn arenas_of_other_numbers_are_others() {
        let arena = |name| load(name, 16, 7).unwrap();
        let [first, second, third] = ["arena", "arena 2", "arena 3"].map(arena);
        assert!(first != second && second != third && first != third);
        assert_eq!(second, arena("arena 2"));
        for none in ["arena 1", "arena 0", "arena  2", "arena2", "arena x"] {
            assert!(load(none, 16, 7).is_err(), "{none:?}");
        }
    }

    #[test]
    fn a_missing_map_names_the_ones_there_are() {
        let error = load("nowhere", 2, 0).unwrap_err().to_string();
        assert!(error.contains("foundry"), "{error}");
    }
}
