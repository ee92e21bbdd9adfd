//! Where the mode wants somebody to be: at a flag, at home with it, in the zone, with a mate.

use fracas_protocol::view::{Flag, Objective, Zone};
use fracas_protocol::{PlayerId, Team, Vec2};

use super::plane::Xy;
use super::skill::Role;
use super::world::{Own, World};

/// Around a flag one keeps within so many tiles.
const AT_FLAG_TILES: f32 = 2.5;
/// A flag this near is taken whoever is about, and whatever one's role.
const AT_HAND_TILES: f32 = 8.0;
/// Before the zone moves, so long ahead some go to the next one, in seconds.
const EARLY_S: f32 = 6.0;
/// One in so many does.
const EARLY: u32 = 3;
/// Of a zone's half width, the part in which one keeps.
const INSIDE: f32 = 0.7;

/// A place to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Goal {
    pub(crate) at: Xy,
    /// One is there within so many tiles of it; 0 where it must be touched.
    pub(crate) within: f32,
    /// Nothing else matters: not even who is in the way.
    pub(crate) is_urgent: bool,
}

impl Goal {
    fn touch(at: Xy) -> Goal {
        Goal {
            at,
            within: 0.0,
            is_urgent: false,
        }
    }

    fn near(at: Xy) -> Goal {
        Goal {
            within: AT_FLAG_TILES,
            ..Goal::touch(at)
        }
    }

    fn urgent(self, is_urgent: bool) -> Goal {
        Goal { is_urgent, ..self }
    }

    /// Whether one is there.
    pub(crate) fn is_reached(&self, own: &Own) -> bool {
        (self.at - own.pos).length() < self.within
    }
}

/// Where to be now, if the mode has anything to say; role and `habit` decide who stays and who goes.
pub(crate) fn goal(world: &World, own: &Own, role: Role, habit: u32) -> Option<Goal> {
    let team = world.team()?;
    match world.match_state().objective {
        Objective::None => None,
        Objective::Zone(zone) => at_zone(world, &zone, habit),
        Objective::Flags(flags) => Flags::of(world, own, team, flags)?.goal(role),
    }
}

/// In the zone; some are at the next one before the others.
fn at_zone(world: &World, zone: &Zone, habit: u32) -> Option<Goal> {
    let zones = world.map().zones();
    let soon = zone.moves.saturating_sub(world.tick()) < world.ticks(EARLY_S);
    let early = usize::from(soon && habit.is_multiple_of(EARLY));
    let area = zones.get((usize::from(zone.index) + early) % zones.len().max(1))?;
    let half = f32::from(area.width.min(area.height)) / 2.0;
    let at = Xy::of_position(area.centre());
    Some(Goal {
        at,
        within: (half * INSIDE).max(1.0),
        is_urgent: false,
    })
}

/// Both flags, as somebody of a team sees them.
struct Flags<'a> {
    world: &'a World<'a>,
    from: Xy,
    /// Where our flag stands, and theirs.
    stands: [Xy; 2],
    ours: Flag,
    theirs: Flag,
}

impl<'a> Flags<'a> {
    fn of(world: &'a World<'a>, own: &Own, team: Team, flags: [Flag; 2]) -> Option<Flags<'a>> {
        let stand = |team: Team| {
            let mut stands = world.map().flag_stands();
            let (_, at) = stands.find(|(owner, _)| *owner == team)?;
            Some(Xy::of_position(at))
        };
        Some(Flags {
            world,
            from: own.pos,
            stands: [stand(team)?, stand(team.other())?],
            ours: flags[team as usize],
            theirs: flags[team.other() as usize],
        })
    }

    fn goal(&self, role: Role) -> Option<Goal> {
        match (self.ours, self.theirs) {
            (_, Flag::Carried { by }) if by == self.world.me() => Some(self.home()),
            (Flag::Dropped { at, .. }, _) if self.fetches(at, role != Role::Runner) => {
                Some(self.to(at))
            }
            (_, Flag::Dropped { at, .. }) if self.fetches(at, role != Role::Keeper) => {
                Some(self.to(at))
            }
            (Flag::Carried { by }, _) if role != Role::Runner => Some(self.after(by)),
            (_, Flag::Carried { by }) => Some(self.with(by, role)),
            (_, Flag::Home) if role != Role::Keeper => {
                Some(Goal::touch(self.stands[1]).urgent(self.is_at_hand(self.stands[1])))
            }
            _ => Some(Goal::near(self.stands[0])),
        }
    }

    /// With their flag: to our stand, and about it while ours is away.
    fn home(&self) -> Goal {
        let stand = self.stands[0];
        if self.ours == Flag::Home {
            Goal::touch(stand).urgent(true)
        } else {
            Goal::near(stand).urgent((stand - self.from).length() > 2.0 * AT_FLAG_TILES)
        }
    }

    fn to(&self, at: Vec2) -> Goal {
        let at = Xy::of_position(at);
        Goal::touch(at).urgent(self.is_at_hand(at))
    }

    /// Whoever has our flag wants to get to their stand.
    fn after(&self, thief: PlayerId) -> Goal {
        match self.world.seen(thief) {
            Some(at) => Goal::touch(at),
            None => Goal::near(self.stands[1]),
        }
    }

    /// A mate has their flag: along with them, or keep the way home clear.
    fn with(&self, mate: PlayerId, role: Role) -> Goal {
        let seen = self.world.seen(mate).filter(|_| role != Role::Keeper);
        Goal::near(seen.unwrap_or(self.stands[0]))
    }

    fn fetches(&self, at: Vec2, is_task: bool) -> bool {
        is_task || self.is_at_hand(Xy::of_position(at))
    }

    fn is_at_hand(&self, at: Xy) -> bool {
        (at - self.from).length() < AT_HAND_TILES
    }
}

/// Who carries our flag, if anybody does: the first to be stopped.
pub(crate) fn thief(world: &World) -> Option<PlayerId> {
    match (world.match_state().objective, world.team()) {
        (Objective::Flags(flags), Some(team)) => match flags[team as usize] {
            Flag::Carried { by } => Some(by),
            _ => None,
        },
        _ => None,
    }
}

/// Whether the zone is ours, and nobody else is in it: some may leave it for a while.
pub(crate) fn is_zone_safe(world: &World) -> bool {
    match world.match_state().objective {
        Objective::Zone(zone) => zone.holder == world.team() && !zone.contested,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use fracas_protocol::motion::Pilot;
    use fracas_protocol::view::{Craft, MatchState, RosterEntry, Score};
    use fracas_protocol::{Arena, Map, Rules, View};

    use super::super::Random;
    use super::*;

    const ARENA: &str = "\
=flag blue 4 4
=flag orange 43 4
################################################
#B............................................O#
#B............................................O#
#..............................................#
#..............................................#
#..............................................#
#B............................................O#
################################################
";

    /// Where somebody blue at (20, 4) goes whose mate at `mate` has the other flag.
    fn goal_with_carrier_at(mate: Xy, role: Role) -> Xy {
        let rules = Rules::default();
        let arena = Arena::new(Arc::new(Map::parse(ARENA).unwrap()), &rules, 60);
        let at = |place: Xy| {
            let mut pilot = Pilot::default();
            pilot.spawn(Vec2::from_tiles(place.x, place.y), 0, &arena);
            pilot
        };
        let own = at(Xy::new(20.0, 4.0));
        let entry = |name: &str| RosterEntry {
            name: name.into(),
            bot: true,
            team: Some(Team::Blue),
            score: Score::default(),
            ping_ms: 0,
        };
        let by = PlayerId(1);
        let view = View {
            tick: 1,
            match_state: MatchState {
                teams: Some([0; 2]),
                objective: Objective::Flags([Flag::Home, Flag::Carried { by }]),
                ..MatchState::default()
            },
            own,
            crafts: vec![(by, Craft::of(&at(mate), 0, 1))],
            roster: Arc::new(vec![(PlayerId(0), entry("me")), (by, entry("mate"))]),
            ..View::default()
        };
        let random = Random::new(1);
        let world = World::new(PlayerId(0), (1, &own), &view, (&arena, &rules), &random);
        goal(&world, &world.own(), role, 0).unwrap().at
    }

    #[test]
    fn who_escorts_goes_along_with_the_mate_who_carries_their_flag() {
        let mate = Xy::new(30.0, 4.0);
        let home = Xy::new(4.5, 4.5);
        for role in [Role::Escort, Role::Runner] {
            assert_eq!(goal_with_carrier_at(mate, role), mate, "{role:?}");
        }
        assert_eq!(goal_with_carrier_at(mate, Role::Keeper), home);
        let off_the_screen = Xy::new(40.0, 4.0);
        assert_eq!(goal_with_carrier_at(off_the_screen, Role::Escort), home);
    }
}
