//! Who and what is near: every living craft and every shot in a flat grid of its own, rebuilt every tick. Craft are
//! quantised into what others see of them here, once per tick and shared by all views.

mod cells;

use bevy_ecs::prelude::*;
use fracas_protocol::motion::Shot;
use fracas_protocol::{Angle, PlayerId, ShotId, Team, Vec2, view};

use super::components::{Craft, Flying, Identity};
use super::resources::{MatchClock, Setup};
use super::sides::Mates;
pub(super) use cells::{Cells, Placed};

/// The place of a craft that is gone before everybody is placed anew.
const GONE: u32 = u32::MAX;

/// Every living craft, by place and by name.
#[derive(Resource, Debug, Default)]
pub(super) struct CraftGrid {
    pub(super) cells: Cells<Sighting>,
    /// By name, the place among all; only true of craft that have that name there. [`GONE`] for who has left or died since.
    by_id: Vec<u32>,
    /// Whoever is there, alive or not.
    pub(super) mates: Mates,
}

impl CraftGrid {
    /// The craft of this player, while it lives.
    pub(super) fn get(&self, id: PlayerId) -> Option<&view::Craft> {
        let place = *self.by_id.get(usize::from(id.0))?;
        let found = self.cells.all().get(place as usize)?;
        (found.id == id).then_some(&found.craft)
    }

    /// Somebody's craft is gone before everybody is placed anew.
    pub(super) fn forget(&mut self, player: PlayerId) {
        if let Some(place) = self.by_id.get_mut(usize::from(player.0)) {
            *place = GONE;
        }
    }

    /// From a place to the nearest craft that isn't of this team.
    pub(super) fn foe_distance_squared(&self, place: Vec2, team: Option<Team>) -> Option<i64> {
        let is_mate = |id| team.is_some() && self.mates.team(id) == team;
        let is_gone = |id: PlayerId| self.by_id[usize::from(id.0)] == GONE;
        self.cells
            .distance_squared(place, |entry| !is_gone(entry.id) && !is_mate(entry.id))
    }
}

/// A living craft.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sighting {
    pub(super) id: PlayerId,
    pub(super) craft: view::Craft,
    /// Where it really aims.
    pub(super) aim: Angle,
}

impl Placed for Sighting {
    fn pos(&self) -> Vec2 {
        self.craft.motion.pos
    }
}

/// Every shot in flight, by place and by name.
#[derive(Resource, Debug, Default)]
pub(super) struct ShotGrid {
    pub(super) cells: Cells<Tracked>,
    /// By name, the place among all; only true of shots that have that name there.
    by_id: Vec<u32>,
}

/// A shot in flight.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tracked {
    pub(super) id: ShotId,
    pub(super) shot: Shot,
}

impl Placed for Tracked {
    fn pos(&self) -> Vec2 {
        self.shot.pos
    }
}

impl ShotGrid {
    /// The shot of this name.
    pub(super) fn get(&self, id: ShotId) -> Option<&Shot> {
        let place = *self.by_id.get(usize::from(id.0))?;
        let found = self.cells.all().get(place as usize)?;
        (found.id == id).then_some(&found.shot)
    }
}

type Crafts<'w, 's> = Query<'w, 's, (&'static Identity, &'static Craft)>;

/// Sorts everybody into cells, after they have flown: for the shots to find whom they hit.
pub(super) fn place_crafts(
    grid: ResMut<CraftGrid>,
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    crafts: Crafts,
) {
    fill(grid.into_inner(), &setup, &clock, &crafts);
}

/// The same for what can be seen, after hits and new phases have changed who lives.
pub(super) fn place_everything(
    grid: ResMut<CraftGrid>,
    shot_grid: ResMut<ShotGrid>,
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    crafts: Crafts,
    shots: Query<&Flying>,
) {
    fill(grid.into_inner(), &setup, &clock, &crafts);
    let ShotGrid { cells, by_id } = shot_grid.into_inner();
    let tracked = |flying: &Flying| Tracked {
        id: flying.id,
        shot: flying.shot,
    };
    cells.fill(&setup.arena.map, shots.iter().map(tracked));
    index(by_id, cells.all().iter().map(|tracked| tracked.id.0));
}

/// Notes of each name where it stands.
fn index(by_id: &mut Vec<u32>, names: impl Iterator<Item = u16>) {
    for (place, name) in (0..).zip(names) {
        let name = usize::from(name);
        if name >= by_id.len() {
            by_id.resize(name + 1, 0);
        }
        by_id[name] = place;
    }
}

fn fill(grid: &mut CraftGrid, setup: &Setup, clock: &MatchClock, crafts: &Crafts) {
    let living = crafts.iter().filter(|(_, craft)| craft.pilot.alive);
    let sightings = living.map(|(identity, craft)| Sighting {
        id: identity.id,
        craft: view::Craft::of(&craft.pilot, craft.shown_aim, clock.tick),
        aim: craft.input.aim,
    });
    let CraftGrid {
        cells,
        by_id,
        mates,
    } = grid;
    mates.clear();
    for (identity, _) in crafts {
        mates.set(identity.id, identity.team);
    }
    cells.fill(&setup.arena.map, sightings);
    index(by_id, cells.all().iter().map(|entry| entry.id.0));
}
