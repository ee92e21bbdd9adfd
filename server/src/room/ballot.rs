//! The vote on the next map, while results are shown. Pure.
//!
//! People decide. What bots want counts where people want several maps equally, or where none has voted: there may be five bots
//! to one person.

use std::collections::BTreeMap;

use fracas_protocol::{Ballot as Wire, Choice, PlayerId};
use rand::{RngExt, SeedableRng, rngs::StdRng, seq::index};

use super::RoomMap;

/// Maps to choose from.
const CHOICES_MAX: usize = 3;

/// Which maps are up for the vote, and who wants which.
#[derive(Debug)]
pub(super) struct Ballot {
    /// Of the room's maps.
    maps: Vec<usize>,
    votes: BTreeMap<PlayerId, Vote>,
    seed: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Vote {
    choice: u8,
    by_bot: bool,
}

impl Ballot {
    /// Draws up to three of `count` maps; of more than three, others than the one that was `played`. None where there is
    /// nothing to choose from.
    pub(super) fn draw(count: usize, played: usize, seed: u64) -> Option<Self> {
        if count < 2 {
            return None;
        }
        let others: Vec<usize> = (0..count)
            .filter(|map| count <= CHOICES_MAX || *map != played)
            .collect();
        let mut rng = StdRng::seed_from_u64(seed);
        let drawn = index::sample(&mut rng, others.len(), others.len().min(CHOICES_MAX));
        Some(Self {
            maps: drawn.iter().map(|at| others[at]).collect(),
            votes: BTreeMap::new(),
            seed,
        })
    }

    /// Notes a vote; a later one of the same player replaces it. Whether players are to be told.
    pub(super) fn vote(&mut self, player: PlayerId, choice: u8, by_bot: bool) -> bool {
        let vote = Vote { choice, by_bot };
        usize::from(choice) < self.maps.len()
            && self.votes.insert(player, vote) != Some(vote)
            && !by_bot
    }

    /// Who has left has no vote. Whether players are to be told.
    pub(super) fn forget(&mut self, player: PlayerId) -> bool {
        self.votes.remove(&player).is_some_and(|vote| !vote.by_bot)
    }

    /// The map that most people want; where several are wanted by as many, the one of them that most bots want; then the
    /// seed decides.
    pub(super) fn winner(&self) -> usize {
        let counts: Vec<_> = self
            .counts(false)
            .into_iter()
            .zip(self.counts(true))
            .collect();
        let most = counts.iter().max().copied().unwrap_or_default();
        let best: Vec<usize> = (0..counts.len()).filter(|at| counts[*at] == most).collect();
        let mut rng = StdRng::seed_from_u64(!self.seed);
        self.maps[best[rng.random_range(0..best.len())]]
    }

    /// As players are told: what people want.
    pub(super) fn message(&self, maps: &[RoomMap], seconds_left: u32) -> Wire {
        let choices = self.maps.iter().zip(self.counts(false));
        Wire {
            choices: choices
                .map(|(map, votes)| Choice {
                    title: maps[*map].title.to_string(),
                    votes,
                })
                .collect(),
            seconds_left: seconds_left.min(255) as u8,
        }
    }

    fn counts(&self, of_bots: bool) -> Vec<u16> {
        let mut counts = vec![0; self.maps.len()];
        for vote in self.votes.values().filter(|vote| vote.by_bot == of_bots) {
            counts[usize::from(vote.choice)] += 1;
        }
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn votes(ballot: &mut Ballot, votes: &[u8]) -> usize {
        for (player, choice) in votes.iter().enumerate() {
            ballot.vote(PlayerId(player as u16), *choice, false);
        }
        ballot.winner()
    }

    #[test]
    fn most_votes_win_and_a_later_vote_replaces_the_earlier() {
        let mut ballot = Ballot::draw(5, 0, 7).unwrap();
        let maps = ballot.maps.clone();
        assert_eq!(votes(&mut ballot, &[1, 2, 2]), maps[2]);
        assert!(ballot.vote(PlayerId(1), 1, false));
        assert!(!ballot.vote(PlayerId(1), 1, false), "nothing new");
        assert_eq!(ballot.winner(), maps[1]);
        assert_eq!(ballot.counts(false), [0, 2, 1]);
        assert!(!ballot.vote(PlayerId(9), 3, false), "there are three");
        assert!(ballot.forget(PlayerId(0)) && ballot.forget(PlayerId(1)));
        assert_eq!(ballot.winner(), maps[2]);
    }

    #[test]
    fn bots_decide_nothing_but_ties_of_people() {
        let mut ballot = Ballot::draw(3, 0, 7).unwrap();
        let maps = ballot.maps.clone();
        for bot in 10..15 {
            assert!(!ballot.vote(PlayerId(bot), 2, true), "nothing to tell");
        }
        assert_eq!(ballot.winner(), maps[2], "no person has voted");
        assert!(ballot.vote(PlayerId(0), 0, false));
        assert_eq!(ballot.winner(), maps[0], "one person against five bots");
        ballot.vote(PlayerId(1), 1, false);
        ballot.vote(PlayerId(15), 1, true);
        assert_eq!(ballot.winner(), maps[1], "of the two that are tied");
        assert_eq!(ballot.counts(false), [1, 1, 0]);
        assert!(!ballot.forget(PlayerId(15)) && ballot.forget(PlayerId(1)));
    }

    #[test]
    fn a_tie_is_decided_by_the_seed_among_those_that_are_tied() {
        let winner = |seed| {
            let mut ballot = Ballot::draw(3, 0, seed).unwrap();
            let (tied, winner) = (ballot.maps[..2].to_vec(), votes(&mut ballot, &[0, 1]));
            assert!(tied.contains(&winner));
            assert_eq!(
                winner,
                votes(&mut Ballot::draw(3, 0, seed).unwrap(), &[1, 0])
            );
            tied[0] == winner
        };
        let firsts = (0..100).filter(|seed| winner(*seed)).count();
        assert!((20..80).contains(&firsts), "{firsts}");
    }

    #[test]
    fn three_different_maps_are_drawn_and_where_there_are_more_not_the_one_just_played() {
        assert!(Ballot::draw(1, 0, 1).is_none() && Ballot::draw(0, 0, 1).is_none());
        for seed in 0..50 {
            let drawn = |count, played| {
                let mut maps = Ballot::draw(count, played, seed).unwrap().maps;
                maps.sort_unstable();
                maps.dedup();
                maps
            };
            assert_eq!(drawn(2, 1), [0, 1]);
            assert_eq!(drawn(3, 1), [0, 1, 2]);
            assert_eq!(drawn(4, 1), [0, 2, 3]);
            let of_six = drawn(6, 4);
            assert!(of_six.len() == 3 && !of_six.contains(&4));
        }
    }
}
