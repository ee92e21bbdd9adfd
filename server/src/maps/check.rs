//! What makes a map a good one, whoever or whatever drew it. `fracas map check`, the tests of the built-in maps and those
//! of the generator ask the same questions.

use std::sync::LazyLock;

use fracas_protocol::geometry::TILE;
use fracas_protocol::map::{Tile, TilePos, Zone, centre};
use fracas_protocol::{Map, Mode, Team, Vec2};

use super::symmetry::Symmetry;
use super::ways::{NOWHERE, Ways};
use crate::sim::{MapLacks, check_map, default_rules, is_in_teams};

/// Names of the items that lie on pads, in one mode at least, where a host's rules add none.
static ITEMS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut items = Vec::new();
    for pickup in Mode::ALL
        .iter()
        .flat_map(|mode| default_rules(*mode).pickups)
    {
        if !items.contains(&pickup.name) {
            items.push(pickup.name);
        }
    }
    items
});
/// Farthest from a spawn point to the nearest pad, in steps: three seconds of flight.
const STEPS_TO_PAD_MAX: u32 = 21;
/// Nearest to a spawn point that one of the other team may be, in steps: half a view.
const STEPS_TO_ENEMY_MIN: u32 = 16;
/// Of one kind of thing, as many are told; the rest is counted.
const TOLD_MAX: usize = 8;

/// What something is wrong with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// As a whole.
    Map,
    Tile,
    Spawn,
    Pad,
    FlagStand,
    Zone,
}

impl Subject {
    /// In words.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Subject::Map => "map",
            Subject::Tile => "tile",
            Subject::Spawn => "spawn point",
            Subject::Pad => "pad",
            Subject::FlagStand => "flag stand",
            Subject::Zone => "zone",
        }
    }
}

/// Something that makes a map a bad one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) subject: Subject,
    /// Where it is; of a zone, its first tile.
    pub(super) at: Option<TilePos>,
    /// What is wrong, and what would be right.
    pub(super) why: String,
}

impl Finding {
    fn at(subject: Subject, at: TilePos, why: impl Into<String>) -> Finding {
        Finding {
            subject,
            at: Some(at),
            why: why.into(),
        }
    }

    fn of_map(why: impl Into<String>) -> Finding {
        Finding {
            subject: Subject::Map,
            at: None,
            why: why.into(),
        }
    }
}

/// Everything that is wrong with a map that is for these modes.
pub(super) fn check(map: &Map, modes: &[Mode]) -> Vec<Finding> {
    let ways = Ways::of(map);
    let mut findings = standing(map);
    findings.extend(doubled(map));
    findings.extend(items(map));
    let Some(start) = first_free_spawn(map) else {
        return findings;
    };
    let steps = ways.steps([start].into_iter());
    findings.extend(cut_off(&ways, &steps));
    findings.extend(dead_ends(&ways, start));
    findings.extend(far_from_pads(map, &ways));
    if modes.iter().any(|mode| is_in_teams(*mode)) {
        findings.extend(teams(map));
        findings.extend(near_enemies(map, &ways));
        findings.extend(strayed(map));
        findings.extend(lopsided(map));
    }
    let lacks = modes.iter().filter_map(|mode| check_map(*mode, map).err());
    findings.extend(
        lacks.map(|MapLacks { mode, needs }| Finding::of_map(format!("{mode} needs {needs}"))),
    );
    findings
}

/// The tile a position lies in.
pub(super) fn tile_of(pos: Vec2) -> TilePos {
    let tile = |units: i32| units.div_euclid(TILE) as u16;
    (tile(pos.x), tile(pos.y))
}

/// First and last tile of a zone.
pub(super) fn zone_tiles(zone: Zone) -> (TilePos, TilePos) {
    let last = (zone.left + zone.width - 1, zone.top + zone.height - 1);
    ((zone.left, zone.top), last)
}

/// Everything that stands in one tile.
fn things(map: &Map) -> impl Iterator<Item = (Subject, TilePos)> + '_ {
    let spawns = map.spawn_points().iter();
    let spawns = spawns.map(|spawn| (Subject::Spawn, spawn.at));
    let pads = map.pads().map(|pad| (Subject::Pad, tile_of(pad.pos)));
    let stands = map.flag_stands();
    let stands = stands.map(|(_, pos)| (Subject::FlagStand, tile_of(pos)));
    spawns.chain(pads).chain(stands)
}

fn is_floor(map: &Map, (x, y): TilePos) -> bool {
    map.tile(x.into(), y.into()) == Tile::Floor
}

fn first_free_spawn(map: &Map) -> Option<TilePos> {
    let mut spawns = map.spawn_points().iter().map(|spawn| spawn.at);
    spawns.find(|at| is_floor(map, *at))
}

fn standing(map: &Map) -> Vec<Finding> {
    let off = things(map).filter(|(_, at)| !is_floor(map, *at));
    let mut findings: Vec<_> = off
        .map(|(subject, at)| Finding::at(subject, at, "must stand on floor"))
        .collect();
    for zone in map.zones() {
        let ((left, top), (right, bottom)) = zone_tiles(*zone);
        let mut tiles = (top..=bottom).flat_map(|y| (left..=right).map(move |x| (x, y)));
        if !tiles.any(|at| is_floor(map, at)) {
            let why = "must have floor in it";
            findings.push(Finding::at(Subject::Zone, (left, top), why));
        }
    }
    findings
}

fn doubled(map: &Map) -> Vec<Finding> {
    let mut all: Vec<_> = things(map).map(|(subject, at)| (at, subject)).collect();
    all.sort_by_key(|thing| thing.0);
    let twice = all.windows(2).filter(|two| two[0].0 == two[1].0);
    let why = "stands in the same tile as something else";
    twice
        .map(|two| Finding::at(two[1].1, two[1].0, why))
        .collect()
}

fn items(map: &Map) -> Vec<Finding> {
    let unknown = map
        .pads()
        .filter(|pad| ITEMS.iter().all(|item| item != pad.item));
    let finding = |pad: fracas_protocol::map::Pad<'_>| {
        let nearest = ITEMS
            .iter()
            .min_by_key(|item| strsim::damerau_levenshtein(item, pad.item));
        let nearest = nearest.map_or("", String::as_str);
        let why = format!(
            "no item is named {:?} where the rules add none; did you mean {nearest}?",
            pad.item
        );
        Finding::at(Subject::Pad, tile_of(pad.pos), why)
    };
    unknown.map(finding).collect()
}

fn cut_off(ways: &Ways<'_>, steps: &[u32]) -> Vec<Finding> {
    let lost: Vec<_> = ways.free().filter(|at| steps[*at] == NOWHERE).collect();
    let Some(first) = lost.first() else {
        return Vec::new();
    };
    let why = format!(
        "no way leads here from the first spawn point ({} such tiles); fill it with wall, or open it",
        lost.len()
    );
    vec![Finding::at(Subject::Tile, ways.tile(*first), why)]
}

fn dead_ends(ways: &Ways<'_>, start: TilePos) -> Vec<Finding> {
    let mut doors = ways.doors(start);
    doors.sort_by_key(|door| std::cmp::Reverse((door.behind, door.at)));
    let finding = |door: &super::ways::Door| {
        let why = format!(
            "the only way to {} tiles: a dead end; make a second way, or fill it",
            door.behind
        );
        Finding::at(Subject::Tile, door.at, why)
    };
    let mut findings: Vec<_> = doors.iter().take(TOLD_MAX).map(finding).collect();
    if doors.len() > TOLD_MAX {
        let rest = doors.len() - TOLD_MAX;
        findings.push(Finding::of_map(format!("{rest} more ways to dead ends")));
    }
    findings
}

fn far_from_pads(map: &Map, ways: &Ways<'_>) -> Vec<Finding> {
    if map.pads().len() == 0 {
        let why = "has no pads: in every mode weapons, health and shields lie on them";
        return vec![Finding::of_map(why)];
    }
    let steps = ways.steps(map.pads().map(|pad| tile_of(pad.pos)));
    let far = |spawn: &TilePos| {
        let steps = steps[ways.index(*spawn)];
        steps != NOWHERE && steps > STEPS_TO_PAD_MAX
    };
    let spawns = map.spawn_points().iter().map(|spawn| spawn.at);
    let finding = |at| {
        let steps = steps[ways.index(at)];
        let why = format!("{steps} tiles to the nearest pad; at most {STEPS_TO_PAD_MAX} is fair");
        Finding::at(Subject::Spawn, at, why)
    };
    spawns.filter(far).map(finding).collect()
}

fn spawns_of(map: &Map, team: Team) -> impl Iterator<Item = TilePos> + '_ {
    let spawns = map.spawn_points().iter();
    let own = spawns.filter(move |spawn| spawn.team == Some(team));
    own.map(|spawn| spawn.at)
}

fn teams(map: &Map) -> Vec<Finding> {
    let [blue, orange] = [Team::Blue, Team::Orange].map(|team| spawns_of(map, team).count());
    if blue > 0 && blue == orange {
        return Vec::new();
    }
    let why =
        format!("{blue} spawn points of team blue and {orange} of team orange; as many of both");
    vec![Finding::of_map(why)]
}

fn near_enemies(map: &Map, ways: &Ways<'_>) -> Vec<Finding> {
    let steps = ways.steps(spawns_of(map, Team::Orange));
    let near = |at: &TilePos| steps[ways.index(*at)] < STEPS_TO_ENEMY_MIN;
    let finding = |at| {
        let steps = steps[ways.index(at)];
        let why = format!(
            "{steps} tiles to a spawn point of the other team; {STEPS_TO_ENEMY_MIN} at least, each team on its own side"
        );
        Finding::at(Subject::Spawn, at, why)
    };
    spawns_of(map, Team::Blue)
        .filter(near)
        .map(finding)
        .collect()
}

/// A team's spawn points are nearer to the middle of its own than to that of the other's.
fn strayed(map: &Map) -> Vec<Finding> {
    let [Some(blue), Some(orange)] = [Team::Blue, Team::Orange].map(|team| middle(map, team))
    else {
        return Vec::new();
    };
    let of = |team: Team, own: Vec2, others: Vec2| {
        let strays = spawns_of(map, team).filter(move |at| {
            let pos = centre(*at);
            (pos - own).length_squared() >= (pos - others).length_squared()
        });
        let why = "must be on the side of its team";
        strays.map(move |at| Finding::at(Subject::Spawn, at, why))
    };
    let blues = of(Team::Blue, blue, orange);
    blues.chain(of(Team::Orange, orange, blue)).collect()
}

/// The middle of a team's spawn points.
fn middle(map: &Map, team: Team) -> Option<Vec2> {
    let all: Vec<_> = spawns_of(map, team).map(centre).collect();
    let mean = |axis: fn(&Vec2) -> i32| {
        let sum: i64 = all.iter().map(|pos| i64::from(axis(pos))).sum();
        (sum / all.len() as i64) as i32
    };
    (!all.is_empty()).then(|| Vec2::new(mean(|pos| pos.x), mean(|pos| pos.y)))
}

/// Told for the symmetry that is nearest to what was drawn.
fn lopsided(map: &Map) -> Vec<Finding> {
    let odd = Symmetry::ALL.map(|symmetry| (symmetry, symmetry.odd(map)));
    let Some((symmetry, odd)) = odd.into_iter().min_by_key(|(_, odd)| odd.len()) else {
        return Vec::new();
    };
    let why = |what: &str| {
        let how = symmetry.as_str();
        format!("{what} without a counterpart in the other half, {how}; teams need the same")
    };
    let told = odd.iter().take(TOLD_MAX);
    let mut findings: Vec<_> = told
        .map(|&(subject, at)| Finding::at(subject, at, why("is")))
        .collect();
    if odd.len() > TOLD_MAX {
        let rest = odd.len() - TOLD_MAX;
        findings.push(Finding::of_map(why(&format!(
            "{rest} more tiles and things are"
        ))));
    }
    findings
}
