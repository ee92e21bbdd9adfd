//! Whom a player knows by name, with their score and ping: the roster of their view.
//!
//! In a room of few that is everybody. In a crowd it would cost more than the game itself to tell everybody of every
//! change of everybody's score; there it is the player, whoever is in sight or was lately, whoever has killed them, and
//! those at the top.

use std::sync::Arc;

use bevy_ecs::prelude::*;
use fracas_protocol::snapshot::Told;
use fracas_protocol::view::{self, Craft, find};
use fracas_protocol::{PlayerId, Tick};

use super::resources::Roster;

/// More players than this are a crowd.
pub(super) const CROWD: usize = 64;
/// So many of the best everybody knows.
pub(super) const LEADERS: usize = 10;
/// In a crowd, names and scores are brought up to date this often, in seconds.
pub(super) const LOOK_EVERY_S: f32 = 0.25;
/// Somebody out of sight is remembered for so long, in seconds: who comes back needn't be told of anew.
const REMEMBER_S: f32 = 3.0;

/// Whom one client knows. A component of its own, and a small one: of every kill every client of a crowd is asked whether it
/// knows both, and these lie next to each other.
#[derive(Component, Debug, Default)]
pub(super) struct Acquaintances {
    /// By id, with the tick in which it saw them last.
    met: Vec<(PlayerId, Tick)>,
    /// When the roster was last made; none: as soon as possible.
    looked: Option<Tick>,
    /// Whom it may hold.
    names: Names,
}

/// A set of players that may hold a few more than were put in, which is told from a word. (A Bloom filter with one hash, the
/// number itself. About 80 players are known, so that one in 150 pairs of strangers has to be looked up.)
#[derive(Debug, Default)]
struct Names([u64; NAME_WORDS]);

const NAME_WORDS: usize = 16;

impl Names {
    const EVERYBODY: Names = Names([u64::MAX; NAME_WORDS]);

    fn of(players: &[PlayerId]) -> Names {
        let mut names = Names::default();
        for player in players {
            let (word, bit) = Names::place(*player);
            names.0[word] |= bit;
        }
        names
    }

    fn may_hold(&self, player: PlayerId) -> bool {
        let (word, bit) = Names::place(player);
        self.0[word] & bit != 0
    }

    fn place(player: PlayerId) -> (usize, u64) {
        (
            usize::from(player.0 / 64) % NAME_WORDS,
            1 << (player.0 % 64),
        )
    }
}

impl Acquaintances {
    /// Makes sure that the next roster has somebody in it.
    pub(super) fn meet(&mut self, player: PlayerId, now: Tick) {
        match self.met.binary_search_by_key(&player, |(id, _)| *id) {
            Ok(at) => self.met[at].1 = now,
            Err(at) => self.met.insert(at, (player, now)),
        }
        self.looked = None;
    }

    /// Whether all of these stand in the roster its client was `told`, which is looked into only if they may.
    pub(super) fn knows<'a>(
        &self,
        players: [PlayerId; 2],
        told: impl FnOnce() -> &'a view::Roster,
    ) -> bool {
        let may_know = players.iter().all(|player| self.names.may_hold(*player));
        may_know && {
            let told = told();
            players.iter().all(|player| find(told, *player).is_some())
        }
    }

    /// The roster of the view that follows on what was `told` and has these craft in it. Everybody is known to have joined
    /// within a quarter of a second, but the player knows it at once: `own` is their entry.
    pub(super) fn roster(
        &mut self,
        told: &Told,
        own: impl Fn() -> view::RosterEntry,
        crafts: &[(PlayerId, Craft)],
        now: Tick,
        tick_hz: u8,
        everybody: &Roster,
    ) -> Arc<view::Roster> {
        if !everybody.is_crowd() {
            (self.looked, self.names) = (None, Names::EVERYBODY);
            return Arc::clone(&everybody.seen);
        }
        let ticks = |seconds: f32| (seconds * f32::from(tick_hz)) as Tick;
        if self
            .looked
            .is_some_and(|looked| now < looked + ticks(LOOK_EVERY_S))
        {
            return Arc::clone(&told.roster);
        }
        // Until then it comes again with every view: the best aren't known either.
        let is_in = everybody.entry(told.me).is_some();
        self.looked = is_in.then_some(now);
        self.look(crafts, now, ticks(REMEMBER_S));
        let mut known = Vec::with_capacity(self.met.len() + 1 + LEADERS);
        known.extend(self.met.iter().map(|(id, _)| *id));
        for player in everybody.leaders.iter().chain([&told.me]) {
            if let Err(at) = known.binary_search(player) {
                known.insert(at, *player);
            }
        }
        self.names = Names::of(&known);
        let entry = |id: PlayerId| match id == told.me {
            true => Some((id, own())),
            false => Some((id, everybody.entry(id)?.clone())),
        };
        Arc::new(known.into_iter().filter_map(entry).collect())
    }

    /// Meets whoever is in sight, and forgets whoever has not been for a while.
    fn look(&mut self, crafts: &[(PlayerId, Craft)], now: Tick, remember: Tick) {
        let mut crafts = crafts.iter().map(|(id, _)| *id).peekable();
        let before = std::mem::take(&mut self.met);
        self.met.reserve(before.len() + crafts.len());
        for (id, seen) in before {
            while let Some(new) = crafts.next_if(|new| *new < id) {
                self.met.push((new, now));
            }
            let is_here = crafts.next_if_eq(&id).is_some();
            if is_here {
                self.met.push((id, now));
            } else if now - seen < remember {
                self.met.push((id, seen));
            }
        }
        self.met.extend(crafts.map(|new| (new, now)));
    }
}

#[cfg(test)]
mod tests {
    use fracas_protocol::motion::Pilot;
    use fracas_protocol::view::RosterEntry;

    use super::*;

    fn entry() -> RosterEntry {
        RosterEntry {
            name: "x".into(),
            bot: true,
            team: None,
            score: view::Score::default(),
            ping_ms: 0,
        }
    }

    fn everybody(players: u16) -> Roster {
        let mut roster = Roster::default();
        roster.seen = Arc::new((0..players).map(|id| (PlayerId(id), entry())).collect());
        roster.leaders = vec![PlayerId(90), PlayerId(91)];
        (0..players)
            .for_each(|id| roster.set(PlayerId(id), Some(bevy_ecs::entity::Entity::PLACEHOLDER)));
        roster
    }

    fn ids(roster: &view::Roster) -> Vec<u16> {
        roster.iter().map(|(id, _)| id.0).collect()
    }

    fn crafts(ids: &[u16]) -> Vec<(PlayerId, Craft)> {
        ids.iter()
            .map(|id| (PlayerId(*id), Craft::of(&Pilot::default(), 0, 0)))
            .collect()
    }

    #[test]
    fn in_a_small_room_everybody_knows_everybody() {
        let everybody = everybody(CROWD as u16);
        let mut known = Acquaintances::default();
        let roster = known.roster(&Told::default(), entry, &[], 100, 60, &everybody);
        assert!(Arc::ptr_eq(&roster, &everybody.seen));
    }

    #[test]
    fn in_a_crowd_one_knows_oneself_the_best_and_whoever_is_in_sight_or_was_lately() {
        let everybody = everybody(100);
        let mut known = Acquaintances::default();
        let mut told = Told {
            me: PlayerId(5),
            ..Told::default()
        };
        let look = |known: &mut Acquaintances, told: &mut Told, seen: &[u16], now| {
            told.roster = known.roster(told, entry, &crafts(seen), now, 60, &everybody);
            ids(&told.roster)
        };
        assert_eq!(look(&mut known, &mut told, &[3, 7], 100), [3, 5, 7, 90, 91]);
        assert!(known.knows([PlayerId(3), PlayerId(91)], || &told.roster));
        assert!(!known.knows([PlayerId(3), PlayerId(8)], || &told.roster));
        let stranger = PlayerId(3 + 64 * NAME_WORDS as u16);
        assert!(known.names.may_hold(stranger), "of the same bit");
        assert!(!known.knows([PlayerId(3), stranger], || &told.roster));
        assert_eq!(
            look(&mut known, &mut told, &[8], 114),
            [3, 5, 7, 90, 91],
            "not so often"
        );
        assert_eq!(
            look(&mut known, &mut told, &[7, 8], 115),
            [3, 5, 7, 8, 90, 91]
        );
        known.meet(PlayerId(40), 116);
        assert_eq!(
            look(&mut known, &mut told, &[8], 116),
            [3, 5, 7, 8, 40, 90, 91],
            "at once"
        );
        assert_eq!(
            look(&mut known, &mut told, &[8], 280),
            [5, 7, 8, 40, 90, 91],
            "forgotten"
        );
        assert_eq!(look(&mut known, &mut told, &[], 500), [5, 90, 91]);
    }
}
