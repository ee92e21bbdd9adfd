//! How the match stands: scores of the sides, the crown, flags and zone, and what there is to tell of them.

use bevy_ecs::prelude::*;
use fracas_protocol::view::{Checksum, MatchState, Objective, ObjectiveNews};
use fracas_protocol::{EventKind, PlayerId, Team};

use super::boundary::{MatchEvent, ObjectiveEvent};
use super::components::{Client, Identity};
use super::resources::{MatchClock, Outbox, Roster, Setup};

/// How the match stands, but for its clock.
#[derive(Resource, Debug, Default)]
pub(super) struct Contest {
    /// Who is ahead of everybody else.
    pub(super) crown: Option<PlayerId>,
    /// Whoever wore it has left, which isn't told yet.
    pub(super) crown_left: bool,
    /// Points of the sides; none in a free for all.
    pub(super) teams: Option<[i32; 2]>,
    /// Flags or zone.
    pub(super) objective: Objective,
    /// Who carries the flag of each team. A place may be somebody else's in the tick after they have left, an entity can't.
    pub(super) carriers: [Option<Entity>; 2],
    /// Ticks that a zone has been held since it last gave a point.
    pub(super) held: u32,
    /// Somebody has scored since the roster was published.
    pub(super) has_scored: bool,
    /// What happened in this tick and has not been told.
    pub(super) news: Vec<News>,
}

/// What happened to a flag or a zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct News {
    pub(super) what: ObjectiveNews,
    /// Whose flag, or who took the zone.
    pub(super) team: Option<Team>,
    pub(super) player: Option<PlayerId>,
}

impl Contest {
    /// Points for a side.
    pub(super) fn score(&mut self, team: Team, points: i32) {
        if let Some(teams) = &mut self.teams {
            let score = &mut teams[team as usize];
            *score = score.saturating_add(points);
            self.has_scored = true;
        }
    }

    /// What destroying somebody is worth beyond the usual. The rules allow 100 at most.
    pub(super) fn bounty_on(&self, victim: PlayerId, setup: &Setup) -> u8 {
        match self.crown == Some(victim) {
            true => setup.config.rules.flow.bounty as u8,
            false => 0,
        }
    }

    /// Gives the crown to whoever is ahead now; returns whether that is news.
    pub(super) fn pass_crown(&mut self, leader: Option<PlayerId>) -> bool {
        let has_left = std::mem::take(&mut self.crown_left);
        std::mem::replace(&mut self.crown, leader) != leader || has_left
    }

    /// Whoever leaves takes the crown to nobody: their place may soon be somebody else's.
    pub(super) fn take_crown_of(&mut self, player: PlayerId) {
        if self.crown == Some(player) {
            (self.crown, self.crown_left) = (None, true);
        }
    }

    /// What clients are told of it.
    pub(super) fn state(&self, clock: &MatchClock) -> MatchState {
        MatchState {
            phase: clock.phase,
            ends: clock.ends,
            crown: self.crown,
            teams: self.teams,
            objective: self.objective,
        }
    }

    pub(super) fn hash(&self, clock: &MatchClock, hash: &mut Checksum) {
        hash.match_state(&self.state(clock)).add(self.held);
    }
}

/// Tells everybody what happened to flags and zones.
pub(super) fn announce(
    clock: Res<MatchClock>,
    mut contest: ResMut<Contest>,
    mut roster: ResMut<Roster>,
    mut outbox: ResMut<Outbox>,
    mut players: Query<(&Identity, &mut Client)>,
) {
    if !contest.has_scored && contest.news.is_empty() {
        return;
    }
    contest.has_scored = false;
    roster.stale = true;
    let teams = contest.teams.unwrap_or_default();
    for News { what, team, player } in contest.news.drain(..) {
        let identity = player
            .and_then(|player| roster.entity(player))
            .and_then(|entity| players.get(entity).ok());
        outbox.0.events.push(MatchEvent::Score(ObjectiveEvent {
            what,
            team,
            player,
            player_name: identity.map(|(identity, _)| identity.name.clone()),
            blue: teams[0],
            orange: teams[1],
        }));
        for (_, mut client) in &mut players {
            client.tell(clock.tick, EventKind::Objective { what, team, player });
        }
    }
}

#[cfg(test)]
mod tests {
    use fracas_protocol::{Phase, decode, encode};

    use super::*;

    #[test]
    fn a_side_of_thousands_has_every_point_it_made() {
        let mut contest = Contest {
            teams: Some([0; 2]),
            ..Contest::default()
        };
        for _ in 0..40_000 {
            contest.score(Team::Orange, 1);
        }
        let clock = MatchClock {
            tick: 9,
            phase: Phase::Live,
            ends: 0,
            over: false,
        };
        let told = encode(&contest.state(&clock));
        let known: MatchState = decode(&told).unwrap();
        assert_eq!(known.teams, Some([0, 40_000]));
    }
}
