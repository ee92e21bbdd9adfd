//! The recent past of every craft, by place: what others are told is what changed in it, and hits are judged by it.

use bevy_ecs::prelude::*;
use fracas_protocol::motion::Track;
use fracas_protocol::snapshot::Tracks;
use fracas_protocol::{Angle, PlayerId};

use super::components::{Craft, Identity};
use super::resources::MatchClock;

/// An aim is told to others when it is this far from what they were told, in 1/65,536 turn: about two degrees.
const AIM_TOLERANCE: u16 = 400;
/// … or when it has rested for so many ticks.
const AIM_RESTS_TICKS: u8 = 8;

/// Everybody's recent past, by place.
#[derive(Resource, Debug, Default)]
pub(super) struct Pasts(Vec<Track>);

impl Pasts {
    /// Somebody else has the place.
    pub(super) fn clear(&mut self, player: PlayerId) {
        if let Some(track) = self.0.get_mut(usize::from(player.0)) {
            track.clear();
        }
    }

    fn of(&mut self, player: PlayerId) -> &mut Track {
        let place = usize::from(player.0);
        if place >= self.0.len() {
            self.0.resize_with(place + 1, Track::default);
        }
        &mut self.0[place]
    }
}

impl Tracks for Pasts {
    fn track(&self, player: PlayerId) -> Option<&Track> {
        self.0.get(usize::from(player.0))
    }
}

/// Writes down where everybody is after this tick, and how others see them aim.
pub(super) fn remember(
    clock: Res<MatchClock>,
    mut pasts: ResMut<Pasts>,
    mut crafts: Query<(&Identity, &mut Craft)>,
) {
    for (identity, mut craft) in &mut crafts {
        pasts.of(identity.id).record(clock.tick, &craft.pilot);
        craft.show_aim();
    }
}

impl Craft {
    /// Hands tremble; others are told only of turns that can be seen, and of where the aim comes to rest.
    fn show_aim(&mut self) {
        let aim = self.input.aim;
        let off = Angle::from_coarse(self.shown_aim)
            .turn_to(aim)
            .unsigned_abs();
        self.aim_rests = if aim == self.aim_before {
            self.aim_rests.saturating_add(1)
        } else {
            0
        };
        self.aim_before = aim;
        if off > AIM_TOLERANCE || self.aim_rests >= AIM_RESTS_TICKS {
            self.shown_aim = aim.coarse();
        }
    }
}
