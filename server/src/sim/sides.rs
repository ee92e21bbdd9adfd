//! Who is on which side. Whoever comes goes where fewer are, or else fewer people; nobody is moved while a match counts. Before it begins
//! everybody is dealt anew, by what they did in the match before.

use std::cmp::Reverse;

use bevy_ecs::prelude::*;
use fracas_protocol::{PlayerId, Team};

use super::components::Identity;
use super::contest::Contest;

/// The side of somebody new: where fewer are, then where fewer of them are people, then the one that is behind.
pub(super) fn for_newcomer(world: &mut World) -> Option<Team> {
    let [blue, orange] = world.resource::<Contest>().teams?;
    let mut players = world.query::<&Identity>();
    let mut sizes = [(0, 0); 2];
    for identity in players.iter(world) {
        if let Some(team) = identity.team {
            let (all, people) = &mut sizes[team as usize];
            *all += 1;
            *people += u32::from(!identity.bot);
        }
    }
    let blue_first = (sizes[0], blue) <= (sizes[1], orange);
    Some(if blue_first { Team::Blue } else { Team::Orange })
}

/// Deals everybody anew, if skill or number make the sides unequal.
pub(super) fn deal<'a>(players: impl Iterator<Item = Mut<'a, Identity>>) -> bool {
    let mut players: Vec<_> = players.filter(|identity| identity.team.is_some()).collect();
    let sides: Vec<_> = players.iter().map(|one| (one.team, one.skill)).collect();
    if is_fair(&sides) {
        return false;
    }
    players.sort_unstable_by_key(|identity| (Reverse(identity.skill), identity.id));
    for (mut identity, team) in players.into_iter().zip(snake()) {
        identity.team = Some(team);
    }
    true
}

/// The best to one, the next two to the other, and so on: neither has all the better ones.
fn snake() -> impl Iterator<Item = Team> {
    [Team::Blue, Team::Orange, Team::Orange, Team::Blue]
        .into_iter()
        .cycle()
}

/// Equally many, but for one, and nothing known of anybody's skill.
fn is_fair(players: &[(Option<Team>, i16)]) -> bool {
    let blue = players
        .iter()
        .filter(|(team, _)| *team == Some(Team::Blue))
        .count();
    let is_known = players.iter().any(|(_, skill)| *skill != 0);
    !is_known && (2 * blue).abs_diff(players.len()) <= 1
}

/// Who is on whose side, by place: hits ask for nothing else.
#[derive(Debug, Default)]
pub(super) struct Mates(Vec<Option<Team>>);

impl Mates {
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn set(&mut self, player: PlayerId, team: Option<Team>) {
        let place = usize::from(player.0);
        if team.is_some() && place >= self.0.len() {
            self.0.resize(place + 1, None);
        }
        if let Some(entry) = self.0.get_mut(place) {
            *entry = team;
        }
    }

    pub(super) fn team(&self, player: PlayerId) -> Option<Team> {
        self.0.get(usize::from(player.0)).copied().flatten()
    }

    /// Whether these are two on the same side.
    pub(super) fn are(&self, one: PlayerId, other: PlayerId) -> bool {
        one != other
            && self
                .team(one)
                .is_some_and(|team| self.team(other) == Some(team))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_are_dealt_to_both_sides() {
        let teams: Vec<_> = snake().take(6).collect();
        let (b, o) = (Team::Blue, Team::Orange);
        assert_eq!(teams, [b, o, o, b, b, o]);
    }

    #[test]
    fn equal_sides_of_strangers_stay_as_they_are() {
        let side = |team| (Some(team), 0);
        let even = [side(Team::Blue), side(Team::Orange), side(Team::Blue)];
        assert!(is_fair(&even));
        assert!(!is_fair(&[side(Team::Blue); 2]));
        assert!(!is_fair(&[(Some(Team::Blue), 3), (Some(Team::Orange), 0)]));
    }

    #[test]
    fn mates_are_two_on_one_side() {
        let mut mates = Mates::default();
        mates.set(PlayerId(0), Some(Team::Blue));
        mates.set(PlayerId(5), Some(Team::Blue));
        mates.set(PlayerId(3), Some(Team::Orange));
        assert!(mates.are(PlayerId(0), PlayerId(5)));
        assert!(!mates.are(PlayerId(0), PlayerId(0)), "oneself is none");
        assert!(!mates.are(PlayerId(0), PlayerId(3)));
        assert!(
            !mates.are(PlayerId(1), PlayerId(2)),
            "nor two without a side"
        );
        mates.set(PlayerId(5), None);
        assert!(!mates.are(PlayerId(0), PlayerId(5)));
    }
}
