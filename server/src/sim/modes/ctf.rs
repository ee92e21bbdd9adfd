//! Capture the flag: take theirs from its stand, bring it to yours while your own is there.
//!
//! ```text
//!            enemy touches            carrier dies or leaves
//!   home ───────────────────▶ carried ──────────────────────▶ dropped
//!    ▲  ▲                      │   ▲                            │ │
//!    │  └──────captured────────┘   └───────enemy touches────────┘ │
//!    └────────────── time, or one of its own touches ─────────────┘
//! ```

use bevy_ecs::prelude::*;
use fracas_protocol::view::{Flag, Objective, ObjectiveNews};
use fracas_protocol::{PlayerId, Team, Vec2};

use super::Play;
use crate::sim::components::{Craft, Identity, Points};
use crate::sim::contest::{Contest, News};
use crate::sim::resources::{MatchClock, Setup};

pub(super) const PLAY: Play = Play {
    has_sides: |_| true,
    kills_count: false,
    needs: |places| match places.stands {
        Some(_) => Ok(()),
        None => Err("a flag stand for each team"),
    },
    objective: |_, _| Objective::Flags([Flag::Home; 2]),
    systems: |schedule| {
        schedule.add_systems((drop_flags, send_home, touch_flags, capture).chain());
    },
    ..Play::FREE_FOR_ALL
};

type Crafts<'w, 's> = Query<'w, 's, (Entity, &'static Identity, &'static Craft)>;

/// Whoever carries a flag and dies leaves it where they were.
fn drop_flags(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    mut contest: ResMut<Contest>,
    crafts: Crafts,
) {
    for team in Team::ALL {
        let carrier = contest.carriers[*team as usize];
        let found = carrier.and_then(|entity| crafts.get(entity).ok());
        if let Some((_, identity, craft)) = found.filter(|(.., craft)| !craft.pilot.alive) {
            let at = craft.pilot.motion.pos;
            contest.drop(*team, at, Some(identity.id), &setup, &clock);
        }
    }
}

/// Whoever carries a flag and leaves does so too, also while results are shown: nobody who gets their place has it.
pub(super) fn drop_flags_of(world: &mut World, leaver: Entity) {
    let Some(craft) = world.get::<Craft>(leaver) else {
        return;
    };
    let at = craft.pilot.motion.pos;
    world.resource_scope(|world, mut contest: Mut<Contest>| {
        let (setup, clock) = (world.resource::<Setup>(), world.resource::<MatchClock>());
        for team in Team::ALL {
            if contest.carriers[*team as usize] == Some(leaver) {
                contest.drop(*team, at, None, setup, clock);
            }
        }
    });
}

/// A flag doesn't lie about for ever.
fn send_home(clock: Res<MatchClock>, mut contest: ResMut<Contest>) {
    for team in Team::ALL {
        if matches!(contest.flag(*team), Flag::Dropped { returns, .. } if clock.tick >= returns) {
            contest.put(*team, Flag::Home);
            contest.say(ObjectiveNews::FlagReturned, *team, None);
        }
    }
}

/// The nearest craft at a flag takes it along, or sends it home.
fn touch_flags(
    setup: Res<Setup>,
    mut contest: ResMut<Contest>,
    crafts: Crafts,
    mut points: Query<&mut Points>,
) {
    let rules = &setup.config.rules.ctf;
    for team in Team::ALL {
        let (at, is_home) = match contest.flag(*team) {
            Flag::Home => (setup.stand(*team), true),
            Flag::Dropped { at, .. } => (at, false),
            Flag::Carried { .. } => continue,
        };
        // At home it means nothing to its own.
        let may_touch = |identity: &Identity| !(is_home && identity.team == Some(*team));
        let Some((entity, player, toucher)) = nearest(at, &setup, &crafts, may_touch) else {
            continue;
        };
        if toucher == *team {
            contest.put(*team, Flag::Home);
            contest.say(ObjectiveNews::FlagReturned, *team, Some(player));
            reward(&mut points, entity, rules.return_points);
        } else {
            contest.put(*team, Flag::Carried { by: player });
            contest.carriers[*team as usize] = Some(entity);
            contest.say(ObjectiveNews::FlagTaken, *team, Some(player));
        }
    }
}

/// Whoever stands at their own flag with the other one has captured that.
fn capture(
    setup: Res<Setup>,
    mut contest: ResMut<Contest>,
    crafts: Crafts,
    mut points: Query<&mut Points>,
) {
    for team in Team::ALL {
        let (Flag::Carried { by }, Some(carrier)) =
            (contest.flag(*team), contest.carriers[*team as usize])
        else {
            continue;
        };
        let home = setup.stand(team.other());
        let is_there = crafts
            .get(carrier)
            .is_ok_and(|(_, _, craft)| setup.is_in_reach(craft.pilot.motion.pos, home));
        if is_there && contest.flag(team.other()) == Flag::Home {
            contest.put(*team, Flag::Home);
            contest.score(team.other(), 1);
            contest.say(ObjectiveNews::FlagCaptured, *team, Some(by));
            reward(&mut points, carrier, setup.config.rules.ctf.capture_points);
        }
    }
}

/// Who of those that may is in reach of a flag, and nearest.
fn nearest(
    at: Vec2,
    setup: &Setup,
    crafts: &Crafts,
    may_touch: impl Fn(&Identity) -> bool,
) -> Option<(Entity, PlayerId, Team)> {
    let near = crafts.iter().filter(|(_, identity, craft)| {
        craft.pilot.alive && may_touch(identity) && setup.is_in_reach(craft.pilot.motion.pos, at)
    });
    let (entity, identity, _) = near.min_by_key(|(_, identity, craft)| {
        let distance = (craft.pilot.motion.pos - at).length_squared();
        (distance, identity.id)
    })?;
    Some((entity, identity.id, identity.team?))
}

fn reward(points: &mut Query<&mut Points>, entity: Entity, worth: u16) {
    if let Ok(mut points) = points.get_mut(entity) {
        points.add_objective(worth);
    }
}

impl Setup {
    /// Where a team's flag stands.
    fn stand(&self, team: Team) -> Vec2 {
        let stands = self.places.stands.expect("a match of this mode has them");
        stands[team as usize]
    }

    fn is_in_reach(&self, pos: Vec2, flag: Vec2) -> bool {
        let reach = i64::from(self.units(self.config.rules.ctf.reach_tiles));
        (pos - flag).length_squared() <= reach * reach
    }
}

impl Contest {
    fn flag(&self, team: Team) -> Flag {
        match self.objective {
            Objective::Flags(flags) => flags[team as usize],
            _ => Flag::Home,
        }
    }

    fn put(&mut self, team: Team, flag: Flag) {
        if let Objective::Flags(flags) = &mut self.objective {
            flags[team as usize] = flag;
            self.carriers[team as usize] = None;
        }
    }

    /// A flag lies where it fell until somebody touches it, or its time is up.
    fn drop(
        &mut self,
        team: Team,
        at: Vec2,
        player: Option<PlayerId>,
        setup: &Setup,
        clock: &MatchClock,
    ) {
        let returns = clock.tick + setup.ticks(setup.config.rules.ctf.flag_return_s);
        self.put(team, Flag::Dropped { at, returns });
        self.say(ObjectiveNews::FlagDropped, team, player);
    }

    fn say(&mut self, what: ObjectiveNews, team: Team, player: Option<PlayerId>) {
        let team = Some(team);
        self.news.push(News { what, team, player });
    }
}
