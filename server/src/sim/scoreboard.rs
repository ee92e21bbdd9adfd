//! Who has how many points: the roster that all views share, and the standings that spectators read.

use std::cmp::Reverse;

use bevy_ecs::prelude::*;
use fracas_protocol::view::{self, RosterEntry};
use fracas_protocol::{PlayerId, Team, Tick};

use super::acquaintance::{LEADERS, LOOK_EVERY_S};
use super::boundary::{Standing, Standings, TeamStanding};
use super::components::{Identity, Points};
use super::contest::Contest;
use super::resources::{MatchClock, Roster, Setup};

/// Pings are published this often, in seconds: they change all the time, and nobody reads them that fast.
const PINGS_EVERY_S: f32 = 3.0;

/// Makes the roster anew if it has changed; all views share it.
pub(super) fn publish_roster(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    mut roster: ResMut<Roster>,
    players: Query<(&Identity, &Points)>,
    mut best: Local<Vec<(Reverse<i16>, PlayerId)>>,
) {
    let is_time = |every_s: f32| clock.tick.is_multiple_of(setup.ticks(every_s).max(1));
    let is_stale = roster.stale || roster.pings_stale && is_time(PINGS_EVERY_S);
    // In a crowd something changes in every tick, and nobody is told as often.
    if !is_stale || roster.is_crowd() && !is_time(LOOK_EVERY_S) {
        return;
    }
    roster.stale = false;
    roster.pings_stale = false;
    roster.revision += 1;
    roster.look_at(|entity| Some(entry(players.get(entity).ok()?)));
    if roster.is_crowd() {
        let Roster { seen, leaders, .. } = &mut *roster;
        find_leaders(seen, &mut best, leaders);
    }
}

/// A player as others are told of them.
pub(super) fn entry((identity, points): (&Identity, &Points)) -> RosterEntry {
    let Identity {
        name,
        bot,
        team,
        ping_ms,
        ..
    } = identity;
    RosterEntry {
        name: name.clone(),
        bot: *bot,
        team: *team,
        score: points.0,
        ping_ms: *ping_ms,
    }
}

/// Those with the most points, by place.
fn find_leaders(
    everybody: &view::Roster,
    best: &mut Vec<(Reverse<i16>, PlayerId)>,
    leaders: &mut Vec<PlayerId>,
) {
    best.clear();
    best.extend(
        everybody
            .iter()
            .map(|(id, entry)| (Reverse(entry.score.score), *id)),
    );
    if best.len() > LEADERS {
        best.select_nth_unstable(LEADERS);
        best.truncate(LEADERS);
    }
    leaders.clear();
    leaders.extend(best.iter().map(|(_, id)| *id));
    leaders.sort_unstable();
}

/// The scoreboard.
pub(super) fn standings(world: &mut World) -> Standings {
    let mut players = world.query::<(&Identity, &Points)>();
    let players = ranked(players.iter(world));
    let (clock, setup) = (world.resource::<MatchClock>(), world.resource::<Setup>());
    let contest = world.resource::<Contest>();
    let left = |ends: Tick| {
        ends.saturating_sub(clock.tick)
            .div_ceil(Tick::from(setup.config.tick_hz))
    };
    Standings {
        phase: clock.phase,
        time_left_s: (clock.ends > 0).then(|| left(clock.ends)),
        teams: sides(contest, &players),
        crown: contest.crown,
        players,
    }
}

/// The sides, the better one first.
pub(super) fn sides(contest: &Contest, players: &[Standing]) -> Vec<TeamStanding> {
    let Some(scores) = contest.teams else {
        return Vec::new();
    };
    let side = |team: &Team| TeamStanding {
        team: *team,
        score: scores[*team as usize],
        players: players.iter().filter(|one| one.team == Some(*team)).count(),
    };
    let mut sides: Vec<_> = Team::ALL.iter().map(side).collect();
    sides.sort_by_key(|side| Reverse(side.score));
    sides
}

/// Everybody, best first: score, then kills, then fewer deaths, then place.
pub(super) fn ranked<'a>(
    players: impl Iterator<Item = (&'a Identity, &'a Points)>,
) -> Vec<Standing> {
    let standing = |(identity, points): (&Identity, &Points)| Standing {
        id: identity.id,
        name: identity.name.clone(),
        team: identity.team,
        score: points.0.score,
        kills: points.0.kills,
        deaths: points.0.deaths,
        assists: points.0.assists,
        streak: points.0.streak,
        objective: points.0.objective,
        ping_ms: identity.ping_ms,
        bot: identity.bot,
    };
    let mut standings: Vec<_> = players.map(standing).collect();
    standings.sort_by_key(|s| (-i32::from(s.score), -i32::from(s.kills), s.deaths, s.id));
    standings
}
