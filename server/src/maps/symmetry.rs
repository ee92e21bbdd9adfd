//! Whether both teams find the same map.

use fracas_protocol::map::{Spawn, Tile, TilePos};
use fracas_protocol::{Map, Team};

use super::check::{Subject, tile_of, zone_tiles};

/// How one half of a map becomes the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Symmetry {
    /// Turned by half a circle.
    Point,
    /// Mirrored left to right.
    LeftRight,
    /// Mirrored top to bottom.
    TopBottom,
}

impl Symmetry {
    pub(super) const ALL: [Symmetry; 3] =
        [Symmetry::Point, Symmetry::LeftRight, Symmetry::TopBottom];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Symmetry::Point => "turned by half a circle",
            Symmetry::LeftRight => "mirrored left to right",
            Symmetry::TopBottom => "mirrored top to bottom",
        }
    }

    const fn flips(self) -> (bool, bool) {
        match self {
            Symmetry::Point => (true, true),
            Symmetry::LeftRight => (true, false),
            Symmetry::TopBottom => (false, true),
        }
    }

    /// The other half's tile for this one.
    pub(super) fn image(self, map: &Map, (x, y): TilePos) -> TilePos {
        let (across, down) = self.flips();
        let x = if across { map.width() - 1 - x } else { x };
        let y = if down { map.height() - 1 - y } else { y };
        (x, y)
    }

    fn turned(self, tile: Tile) -> Tile {
        let (across, down) = self.flips();
        let corner = match tile {
            Tile::DiagonalTopLeft => (false, false),
            Tile::DiagonalTopRight => (true, false),
            Tile::DiagonalBottomRight => (true, true),
            Tile::DiagonalBottomLeft => (false, true),
            other => return other,
        };
        match (corner.0 != across, corner.1 != down) {
            (false, false) => Tile::DiagonalTopLeft,
            (true, false) => Tile::DiagonalTopRight,
            (true, true) => Tile::DiagonalBottomRight,
            (false, true) => Tile::DiagonalBottomLeft,
        }
    }

    /// What has no counterpart in the other half.
    pub(super) fn odd(self, map: &Map) -> Vec<(Subject, TilePos)> {
        let mut odd = self.odd_tiles(map);
        odd.extend(self.odd_spawns(map));
        odd.extend(self.odd_pads(map));
        odd.extend(self.odd_stands(map));
        odd.extend(self.odd_zones(map));
        odd
    }

    fn odd_tiles(self, map: &Map) -> Vec<(Subject, TilePos)> {
        let tile = |(x, y): TilePos| map.tile(x.into(), y.into());
        let places = (0..map.height()).flat_map(|y| (0..map.width()).map(move |x| (x, y)));
        let is_odd = |&at: &TilePos| self.turned(tile(at)) != tile(self.image(map, at));
        places
            .filter(is_odd)
            .map(|at| (Subject::Tile, at))
            .collect()
    }

    fn odd_spawns(self, map: &Map) -> Vec<(Subject, TilePos)> {
        let key = |spawn: &Spawn| (spawn.at, spawn.team.map(|team| team as u8));
        let mut all: Vec<_> = map.spawn_points().iter().map(key).collect();
        all.sort_unstable();
        let has_no_twin = |spawn: &&Spawn| {
            let twin = Spawn {
                at: self.image(map, spawn.at),
                team: spawn.team.map(other),
            };
            all.binary_search(&key(&twin)).is_err()
        };
        let odd = map.spawn_points().iter().filter(has_no_twin);
        odd.map(|spawn| (Subject::Spawn, spawn.at)).collect()
    }

    fn odd_pads(self, map: &Map) -> Vec<(Subject, TilePos)> {
        let mut all: Vec<_> = map.pads().map(|pad| (tile_of(pad.pos), pad.item)).collect();
        all.sort_unstable();
        let has_no_twin =
            |pad: &&(TilePos, &str)| all.binary_search(&(self.image(map, pad.0), pad.1)).is_err();
        let odd = all.iter().filter(has_no_twin);
        odd.map(|pad| (Subject::Pad, pad.0)).collect()
    }

    fn odd_stands(self, map: &Map) -> Vec<(Subject, TilePos)> {
        let all: Vec<_> = map
            .flag_stands()
            .map(|(team, pos)| (team, tile_of(pos)))
            .collect();
        let has_no_twin =
            |stand: &&(Team, TilePos)| !all.contains(&(other(stand.0), self.image(map, stand.1)));
        let odd = all.iter().filter(has_no_twin);
        odd.map(|stand| (Subject::FlagStand, stand.1)).collect()
    }

    fn odd_zones(self, map: &Map) -> Vec<(Subject, TilePos)> {
        let corners = |zone| {
            let (first, last) = zone_tiles(zone);
            let (a, b) = (self.image(map, first), self.image(map, last));
            ((a.0.min(b.0), a.1.min(b.1)), (a.0.max(b.0), a.1.max(b.1)))
        };
        let all: Vec<_> = map.zones().iter().map(|zone| zone_tiles(*zone)).collect();
        let zones = map.zones().iter();
        let odd = zones.filter(|zone| !all.contains(&corners(**zone)));
        odd.map(|zone| (Subject::Zone, (zone.left, zone.top)))
            .collect()
    }
}

/// The other side.
fn other(team: Team) -> Team {
    match team {
        Team::Blue => Team::Orange,
        Team::Orange => Team::Blue,
    }
}
