//! Who and what is near: every living craft and every shot in a flat grid of its own, rebuilt every tick. Craft are
//! quantised into what others see of them here, once per tick and shared by all views.

mod cells;

use bevy_ecs::prelude::*;
use fracas_protocol::motion::Shot;
use fracas_protocol::{PlayerId, ShotId, Vec2, view};

use super::components::{Craft, Flying, Identity};
use super::resources::{MatchClock, Setup};
use cells::{Cells, Placed};

/// Every living craft.
#[derive(Resource, Debug, Default)]
pub(super) struct CraftGrid(pub(super) Cells<Sighting>);

/// A living craft.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sighting {
    pub(super) id: PlayerId,
    pub(super) craft: view::Craft,
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
    by_id: Vec<Option<Shot>>,
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
        self.by_id.get(usize::from(id.0))?.as_ref()
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
    by_id.fill(None);
    for Tracked { id, shot } in cells.all() {
        let place = usize::from(id.0);
        if place >= by_id.len() {
            by_id.resize(place + 1, None);
        }
        by_id[place] = Some(*shot);
    }
}

fn fill(grid: &mut CraftGrid, setup: &Setup, clock: &MatchClock, crafts: &Crafts) {
    let living = crafts.iter().filter(|(_, craft)| craft.pilot.alive);
    let sightings = living.map(|(identity, craft)| Sighting {
        id: identity.id,
        craft: view::Craft::of(&craft.pilot, craft.shown_aim, clock.tick),
    });
    grid.0.fill(&setup.arena.map, sightings);
}
