//! What happened at a place, for whoever looks there: pickups that are taken, shots that are sent back.

use bevy_ecs::prelude::*;
use fracas_protocol::{EventKind, Vec2};

use super::components::{Client, Craft};
use super::grid::CraftGrid;
use super::resources::{MatchClock, Setup};
use super::sight::Picture;

/// What happened in this tick, and where, in position units.
#[derive(Resource, Debug, Default)]
pub(super) struct Sights(Vec<(Vec2, EventKind)>);

impl Sights {
    pub(super) fn add(&mut self, pos: Vec2, event: EventKind) {
        self.0.push((pos, event));
    }
}

/// Tells everybody in whose picture it happened.
pub(super) fn show(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    crafts: Res<CraftGrid>,
    mut sights: ResMut<Sights>,
    mut watchers: Query<(&Craft, &mut Client)>,
) {
    if sights.0.is_empty() {
        return;
    }
    for (craft, mut client) in &mut watchers {
        if !client.attached {
            continue;
        }
        let picture = Picture::of(&craft.pilot, &crafts, &setup);
        for (_, event) in sights.0.iter().filter(|(pos, _)| picture.holds(*pos)) {
            client.tell(clock.tick, event.clone());
        }
    }
    sights.0.clear();
}
