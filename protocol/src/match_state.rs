//! Where a match is in its life and who is ahead in it, the same for everybody: phase, scores of sides, the leader's crown,
//! flags and zone. It travels whole, whenever something in it has changed; what time alone changes is told as the tick at
//! which it is due.

use bincode::{Decode, Encode};

use crate::message::named;
use crate::view::Checksum;
use crate::{Phase, PlayerId, Team, Tick, Vec2};

/// How a match stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct MatchState {
    /// The phase.
    pub phase: Phase,
    /// When it ends; 0 when that isn't known.
    pub ends: Tick,
    /// Who is ahead of everybody else, and worth more to whoever destroys them (`flow.bounty`).
    pub crown: Option<PlayerId>,
    /// Points of the sides, by [`Team`]; none in a free for all.
    pub teams: Option<[i32; 2]>,
    /// What there is to fight for besides each other.
    pub objective: Objective,
}

/// What there is to fight for besides each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub enum Objective {
    /// Nothing.
    #[default]
    None,
    /// The flag of each [`Team`].
    Flags([Flag; 2]),
    /// The zone that counts now.
    Zone(Zone),
}

/// Where a flag is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub enum Flag {
    /// On its stand.
    #[default]
    Home,
    /// With somebody of the other team. Where that is, is told only to those who see them.
    Carried {
        /// Whom.
        by: PlayerId,
    },
    /// On the ground.
    Dropped {
        /// Where, in position units.
        at: Vec2,
        /// When it goes home by itself.
        returns: Tick,
    },
}

/// The zone that counts now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Zone {
    /// Which of the map's.
    pub index: u8,
    /// When the next one takes its turn.
    pub moves: Tick,
    /// Whose it is.
    pub holder: Option<Team>,
    /// Whether both are in it: nobody gets points.
    pub contested: bool,
    /// Who is about to take it.
    pub taking: Option<Taking>,
}

/// A team that is alone in a zone which isn't theirs yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Taking {
    /// Which.
    pub team: Team,
    /// When it is theirs, if nothing comes between.
    pub done: Tick,
}

named! {
    /// What happened to a flag or a zone.
    ObjectiveNews {
        /// A flag was taken from its stand or from the ground.
        FlagTaken = "flag_taken",
        /// Whoever carried it is gone.
        FlagDropped = "flag_dropped",
        /// It is on its stand again.
        FlagReturned = "flag_returned",
        /// It was brought to the other team's stand.
        FlagCaptured = "flag_captured",
        /// A team took the zone.
        ZoneTaken = "zone_taken",
        /// Another zone counts.
        ZoneMoved = "zone_moved",
    }
}

named! {
    /// What somebody is praised for when a match is over.
    Award {
        /// Destroyed most.
        MostKills = "most_kills",
        /// Most kills in one life.
        BestStreak = "best_streak",
        /// Most kills with shots that had bounced.
        MostBankShots = "most_bank_shots",
        /// Most kills with shots that were somebody else's.
        MostDeflects = "most_deflects",
        /// Most points with flags and zones.
        MostObjectivePoints = "most_objective_points",
        /// The longest life, in seconds.
        Survivor = "survivor",
    }
}

impl Default for MatchState {
    fn default() -> Self {
        MatchState {
            phase: Phase::Waiting,
            ends: 0,
            crown: None,
            teams: None,
            objective: Objective::None,
        }
    }
}

impl Objective {
    /// A place it names; whatever else there is stands on the map.
    pub(crate) fn places(&self) -> impl Iterator<Item = Vec2> {
        let flags = match *self {
            Objective::Flags(flags) => flags,
            _ => [Flag::Home; 2],
        };
        flags.into_iter().filter_map(|flag| match flag {
            Flag::Dropped { at, .. } => Some(at),
            _ => None,
        })
    }
}

impl Checksum {
    /// Takes in how a match stands.
    pub fn match_state(&mut self, state: &MatchState) -> &mut Self {
        self.add(u32::from(state.phase as u8)).add(state.ends);
        self.add(state.crown.map_or(u32::MAX, |crown| u32::from(crown.0)));
        match state.teams {
            None => self.add(u32::MAX),
            Some([blue, orange]) => self.add(1).add(blue as u32).add(orange as u32),
        };
        self.objective(&state.objective)
    }

    /// Takes in flags or zone.
    pub fn objective(&mut self, objective: &Objective) -> &mut Self {
        match objective {
            Objective::None => self.add(0),
            Objective::Flags(flags) => {
                self.add(1);
                flags.iter().fold(self, |hash, flag| hash.flag(flag))
            }
            Objective::Zone(zone) => self.add(2).zone(zone),
        }
    }

    fn flag(&mut self, flag: &Flag) -> &mut Self {
        match *flag {
            Flag::Home => self.add(0),
            Flag::Carried { by } => self.add(1).add(u32::from(by.0)),
            Flag::Dropped { at, returns } => {
                self.add(2).add(at.x as u32).add(at.y as u32).add(returns)
            }
        }
    }

    fn zone(&mut self, zone: &Zone) -> &mut Self {
        let number = |team: Option<Team>| team.map_or(0, |team| 1 + team as u8);
        self.add(u32::from_le_bytes([
            zone.index,
            number(zone.holder),
            u8::from(zone.contested),
            number(zone.taking.map(|taking| taking.team)),
        ]))
        .add(zone.moves)
        .add(zone.taking.map_or(0, |taking| taking.done))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{decode, encode};

    fn states() -> Vec<MatchState> {
        let at = Vec2::new(700, -3);
        let flag = |flag| Objective::Flags([Flag::Home, flag]);
        let zone = Zone {
            index: 2,
            moves: 900,
            holder: Some(Team::Orange),
            contested: false,
            taking: None,
        };
        let taking = Some(Taking {
            team: Team::Blue,
            done: 77,
        });
        let objectives = [
            Objective::None,
            flag(Flag::Home),
            flag(Flag::Carried { by: PlayerId(4) }),
            flag(Flag::Dropped { at, returns: 88 }),
            Objective::Zone(zone),
            Objective::Zone(Zone { taking, ..zone }),
            Objective::Zone(Zone {
                contested: true,
                ..zone
            }),
            Objective::Zone(Zone {
                holder: None,
                ..zone
            }),
        ];
        let with = |objective| MatchState {
            objective,
            ..MatchState::default()
        };
        let mut states: Vec<_> = objectives.map(with).into();
        states.push(MatchState {
            crown: Some(PlayerId(0)),
            ..MatchState::default()
        });
        let points = [
            [0, 0],
            [-1, -1],
            [-1, 12],
            [12, -1],
            [40_000, -25_536],
            [-25_536, 40_000],
        ];
        states.extend(points.map(|points| MatchState {
            teams: Some(points),
            ..MatchState::default()
        }));
        states
    }

    #[test]
    fn every_state_round_trips_and_has_a_checksum_of_its_own() {
        let sum = |state: &MatchState| Checksum::new().match_state(state).finish_64();
        let states = states();
        for (n, state) in states.iter().enumerate() {
            assert_eq!(&decode::<MatchState>(&encode(state)).unwrap(), state);
            assert!(
                !states[..n].iter().any(|other| sum(other) == sum(state)),
                "{state:?}"
            );
        }
    }
}
