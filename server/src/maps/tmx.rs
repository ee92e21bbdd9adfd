//! A map drawn with Tiled becomes a map of the game. Everything that is wrong is told at once, with its line, because
//! whoever draws a map would rather not learn it piece by piece.

mod info;
mod reading;
#[cfg(test)]
mod tests;
mod values;

use std::io::{self, Cursor};
use std::path::Path;
use std::{fmt, fs};

use fracas_protocol::Map;
use fracas_protocol::map::TilePos;
use tiled::Loader;

use super::MapInfo;
use super::check::{Finding, Subject, check};
use super::lines::Lines;
use reading::Reading;

/// Something wrong with a map file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Counted from 1; none if it isn't at one place.
    pub line: Option<u32>,
    /// Which object, tile or part.
    pub subject: String,
    /// What is wrong and what would be right.
    pub why: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        write!(f, "{}: {}", self.subject, self.why)
    }
}

/// A map that can be played, and where its parts stand in the file.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    pub(super) map: Map,
    pub(super) info: MapInfo,
    objects: Vec<Object>,
    /// Of each row of tiles, its line.
    rows: Vec<u32>,
}

#[derive(Debug, Clone)]
struct Object {
    subject: Subject,
    at: TilePos,
    label: String,
    line: Option<u32>,
}

impl Drawn {
    /// What makes it a bad map, though it can be played.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let findings = check(&self.map, &self.info.modes);
        findings
            .into_iter()
            .map(|found| self.placed(found))
            .collect()
    }

    fn placed(&self, found: Finding) -> Problem {
        let Some(at) = found.at else {
            return Problem {
                line: None,
                subject: found.subject.as_str().into(),
                why: found.why,
            };
        };
        let place = format!("column {}, row {}", at.0, at.1);
        let mut objects = self.objects.iter();
        let object = objects.find(|object| object.subject == found.subject && object.at == at);
        match object {
            Some(object) => Problem {
                line: object.line,
                subject: format!("{} at {place}", object.label),
                why: found.why,
            },
            None => Problem {
                line: self.rows.get(usize::from(at.1)).copied(),
                subject: format!("{} at {place}", found.subject.as_str()),
                why: found.why,
            },
        }
    }
}

/// Reads the text of a map file. `path` is where it came from: its name names the map, and files it refers to are looked
/// for beside it.
///
/// # Errors
/// Everything that keeps it from being a map.
pub(super) fn read(path: &Path, text: &str) -> Result<Drawn, Vec<Problem>> {
    let lines = Lines::of(text).map_err(|(line, why)| vec![problem(Some(line), "file", why)])?;
    let oversights = lines.oversights();
    if !oversights.is_empty() {
        let told = |(line, why)| problem(Some(line), "layer or tileset", why);
        return Err(oversights.into_iter().map(told).collect());
    }
    let tiled = open(path, text).map_err(|error| vec![problem(None, "file", error.to_string())])?;
    Reading::new(&lines, &tiled).read(super::title(&path.to_string_lossy()))
}

fn problem(line: Option<u32>, subject: impl Into<String>, why: impl Into<String>) -> Problem {
    Problem {
        line,
        subject: subject.into(),
        why: why.into(),
    }
}

/// The map itself comes from memory; a tileset or template in another file, from that file.
fn open(path: &Path, text: &str) -> tiled::Result<tiled::Map> {
    let read = |asked: &Path| -> io::Result<Cursor<Vec<u8>>> {
        if asked == path {
            return Ok(Cursor::new(text.as_bytes().to_vec()));
        }
        fs::read(asked).map(Cursor::new)
    };
    Loader::with_reader(read).load_tmx_map(path)
}
