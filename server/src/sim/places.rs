//! Where craft appear, flags stand and zones lie: what the map says of it, read once.

use fracas_protocol::{Map, Team, Vec2};
use rand::RngExt;

use super::resources::Rng;

/// Places of a map that rules speak of, in position units.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// Where craft appear.
    pub(super) spawns: Vec<Vec2>,
    /// Where those of a team appear, by [`Team`]; empty if the map has none for it.
    pub(super) team_spawns: [Vec<Vec2>; 2],
    /// Where flags stand, by [`Team`].
    pub(super) stands: Option<[Vec2; 2]>,
    /// What has to be held, each by its corners.
    pub(super) zones: Vec<Area>,
}

/// A rectangle, in position units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Area {
    /// Its top left.
    pub(super) least: Vec2,
    /// Its bottom right.
    pub(super) most: Vec2,
}

impl Area {
    pub(super) fn holds(&self, pos: Vec2) -> bool {
        (self.least.x..=self.most.x).contains(&pos.x)
            && (self.least.y..=self.most.y).contains(&pos.y)
    }
}

impl Places {
    pub(super) fn of(map: &Map) -> Places {
        Places {
            spawns: map.spawns().collect(),
            ..Places::default()
        }
    }

    /// One of the places where somebody of this team may appear.
    pub(super) fn draw_spawn(&self, team: Option<Team>, rng: &mut Rng) -> Vec2 {
        let own = team.map(|team| &self.team_spawns[team as usize]);
        let spawns = own.filter(|own| !own.is_empty()).unwrap_or(&self.spawns);
        spawns[rng.0.random_range(0..spawns.len())]
    }
}
