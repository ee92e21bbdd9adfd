//! Where the mode wants somebody to be: at a flag, at home with it, in the zone.

use fracas_protocol::view::{Flag, Objective};
use fracas_protocol::{PlayerId, Team};

use super::plane::Xy;
use super::world::World;

/// So many of a side stay with their flag while it is home: one in …
const KEEPERS: u32 = 3;

/// A place to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Goal {
    pub(crate) at: Xy,
    /// Nothing else matters: not even who is in the way.
    pub(crate) is_urgent: bool,
}

/// Where to be now, if the mode has anything to say; `habit` decides who stays and who goes.
pub(crate) fn goal(world: &World, habit: u32) -> Option<Goal> {
    let team = world.team()?;
    match world.match_state().objective {
        Objective::None => None,
        Objective::Zone(zone) => {
            let zone = world.map().zones().get(usize::from(zone.index))?;
            Some(Goal {
                at: Xy::of_position(zone.centre()),
                is_urgent: false,
            })
        }
        Objective::Flags(flags) => at_flags(world, team, flags, habit),
    }
}

fn at_flags(world: &World, team: Team, flags: [Flag; 2], habit: u32) -> Option<Goal> {
    let stand = |team: Team| {
        let mut stands = world.map().flag_stands();
        let (_, at) = stands.find(|(owner, _)| *owner == team)?;
        Some(Xy::of_position(at))
    };
    let (own, theirs) = (flags[team as usize], flags[team.other() as usize]);
    let go = |at: Option<Xy>, is_urgent: bool| Some(Goal { at: at?, is_urgent });
    match (own, theirs) {
        (_, Flag::Carried { by }) if by == world.me() => go(stand(team), true),
        (Flag::Dropped { at, .. }, _) => go(Some(Xy::of_position(at)), false),
        // Whoever has it wants to go there.
        (Flag::Carried { by }, _) => go(seen(world, by).or(stand(team.other())), false),
        (Flag::Home, _) if habit.is_multiple_of(KEEPERS) => go(stand(team), false),
        (_, Flag::Home) => go(stand(team.other()), false),
        (_, Flag::Dropped { at, .. }) => go(Some(Xy::of_position(at)), false),
        // A mate has it: clear the way home.
        (_, Flag::Carried { .. }) => go(stand(team), false),
    }
}

fn seen(world: &World, player: PlayerId) -> Option<Xy> {
    world.enemy(player).map(|enemy| enemy.pos)
}
