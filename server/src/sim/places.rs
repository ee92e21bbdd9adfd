//! Where craft appear, flags stand and zones lie: what the map says of it, read once.

use fracas_protocol::map::Zone;
use fracas_protocol::{Map, Team, Vec2};
use rand::RngExt;

use super::resources::Rng;

/// Places of a map that rules speak of, in position units.
#[derive(Clone, Debug, Default)]
pub(super) struct Places {
    /// Where craft appear.
    pub(super) spawns: Vec<Vec2>,
    /// Where those of a team appear, by [`Team`].
    pub(super) team_spawns: [Vec<Vec2>; 2],
    /// Where flags stand, by [`Team`].
    pub(super) stands: Option<[Vec2; 2]>,
    /// What has to be held, in turn.
    pub(super) zones: Vec<Zone>,
}

impl Places {
    pub(super) fn of(map: &Map) -> Places {
        let stand = |team: Team| map.flag_stands().find(|(owner, _)| *owner == team);
        let stands = stand(Team::Blue).zip(stand(Team::Orange));
        Places {
            spawns: map.spawns().collect(),
            team_spawns: [Team::Blue, Team::Orange].map(|team| map.spawns_of(Some(team)).collect()),
            stands: stands.map(|((_, blue), (_, orange))| [blue, orange]),
            zones: map.zones().to_vec(),
        }
    }

    /// One of the places where somebody of this team may appear.
    pub(super) fn draw_spawn(&self, team: Option<Team>, rng: &mut Rng) -> Vec2 {
        let spawns = team.map_or(&self.spawns, |team| &self.team_spawns[team as usize]);
        spawns[rng.0.random_range(0..spawns.len())]
    }
}
