//! From one player's hand to another's knowledge: bots of one process tell each other when they turned their craft, and
//! look when the turn shows in their own view.
//!
//! Nothing of this reaches a brain. The clock is the swarm's own, the same for all its bots.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use fracas_protocol::{PlayerId, Steer, Tick, View};

/// Turns of one craft that are remembered: over a second of a restless hand.
const REMEMBERED: usize = 32;
/// A turn the server has not heard of for so long was lost with its input, in ticks.
const LOST_TICKS: Tick = 120;

/// Who turned when, in every room the swarm plays in.
#[derive(Debug, Default)]
pub(super) struct Relay {
    crafts: Mutex<HashMap<(String, PlayerId), Arc<Turns>>>,
}

impl Relay {
    /// The turns of `player` in `room`, to be told to others. Those of an earlier player of that name are forgotten.
    pub(super) fn join(&self, room: &str, player: PlayerId) -> Arc<Turns> {
        let turns = Arc::new(Turns::default());
        let mut crafts = self.crafts.lock().unwrap_or_else(PoisonError::into_inner);
        crafts.insert((room.to_owned(), player), Arc::clone(&turns));
        turns
    }

    fn find(&self, room: &str, player: PlayerId) -> Option<Arc<Turns>> {
        let crafts = self.crafts.lock().unwrap_or_else(PoisonError::into_inner);
        crafts.get(&(room.to_owned(), player)).cloned()
    }
}

/// A turn: from `tick` on, another steering.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Turn {
    tick: Tick,
    steer: Steer,
    made_us: u64,
}

/// The last turns of one craft. One thread writes, others read.
#[derive(Debug, Default)]
pub(super) struct Turns {
    slots: [[AtomicU64; 2]; REMEMBERED],
    count: AtomicUsize,
}

impl Turns {
    /// `steer` from `tick` on, decided at `made_us`.
    pub(super) fn tell(&self, tick: Tick, steer: Steer, made_us: u64) {
        let count = self.count.load(Ordering::Relaxed);
        let [what, when] = &self.slots[count % REMEMBERED];
        what.store(
            u64::from(tick) << 8 | u64::from(steer.code()),
            Ordering::Relaxed,
        );
        when.store(made_us, Ordering::Relaxed);
        self.count.store(count + 1, Ordering::Release);
    }

    /// Newest first, as far back as is remembered.
    fn newest(&self) -> impl Iterator<Item = Turn> {
        let count = self.count.load(Ordering::Acquire);
        // The oldest slot may be being written to.
        let oldest = count.saturating_sub(REMEMBERED - 1);
        (oldest..count).rev().map(|at| {
            let [what, when] = &self.slots[at % REMEMBERED];
            let what = what.load(Ordering::Relaxed);
            Turn {
                tick: (what >> 8) as Tick,
                steer: Steer::from_code(what as u8).unwrap_or_default(),
                made_us: when.load(Ordering::Relaxed),
            }
        })
    }
}

/// What one bot makes of the turns of those it sees.
#[derive(Debug, Default)]
pub(super) struct Sightings {
    room: String,
    seen: HashMap<PlayerId, Sighting>,
    /// The newest view's.
    view_tick: Option<Tick>,
    /// Turns known and not yet drawn: their tick and when they were made.
    undrawn: Vec<(Tick, u64)>,
}

#[derive(Debug, Default)]
struct Sighting {
    turns: Option<Arc<Turns>>,
    life: u8,
    /// That of the newest view it was in.
    view_tick: Option<Tick>,
    /// Turns up to this tick are dealt with.
    done: Tick,
}

impl Sightings {
    pub(super) fn new(room: &str) -> Self {
        Sightings {
            room: room.to_owned(),
            ..Sightings::default()
        }
    }

    /// A snapshot has made this the view at `now_us`. `arrived` gets the age in microseconds of every turn that shows in
    /// it for the first time. Returns how long the server has known of the oldest turn that does not show yet, in ticks;
    /// nothing if nobody whose turns are told is in sight.
    pub(super) fn look(
        &mut self,
        view: &View,
        relay: &Relay,
        now_us: u64,
        keep_undrawn: bool,
        mut arrived: impl FnMut(u64),
    ) -> Option<Tick> {
        let before = self.view_tick.replace(view.tick);
        let mut oldest = None;
        for (id, craft) in &view.crafts {
            let sighting = self.seen.entry(*id).or_default();
            let was_there = before.is_some() && sighting.view_tick == before;
            let goes_on = was_there && sighting.life == craft.life;
            sighting.view_tick = Some(view.tick);
            if !goes_on {
                *sighting = Sighting {
                    turns: relay.find(&self.room, *id),
                    life: craft.life,
                    view_tick: Some(view.tick),
                    done: view.tick,
                };
            }
            let Some(turns) = &sighting.turns else {
                continue;
            };
            // What a hand asks for in a dash is not flown, and shows to nobody.
            if craft.steer.dashes().is_some() {
                sighting.done = view.tick;
            }
            let (shown, waiting) = compare(turns, sighting.done, view.tick, craft.steer);
            if let Some(turn) = shown {
                sighting.done = turn.tick;
                arrived(now_us.saturating_sub(turn.made_us));
                if keep_undrawn {
                    self.undrawn.push((turn.tick, turn.made_us));
                }
            }
            let age = waiting.map_or(0, |tick| view.tick - tick);
            if age > LOST_TICKS {
                sighting.done = view.tick;
            }
            oldest = oldest.max(Some(age));
        }
        oldest
    }

    /// Tick `shown` of the others is drawn at `now_us`: `drawn` gets the age in microseconds of every turn that can be
    /// seen now.
    pub(super) fn draw(&mut self, shown: f64, now_us: u64, mut drawn: impl FnMut(u64)) {
        self.undrawn.retain(|(tick, made_us)| {
            let is_due = f64::from(*tick) <= shown;
            if is_due {
                drawn(now_us.saturating_sub(*made_us));
            }
            !is_due
        });
    }
}

/// Of the turns after tick `done` that `now` is not too early for: the newest that explains `steer`, and the tick of the
/// oldest that came after that one and does not show yet.
fn compare(turns: &Turns, done: Tick, now: Tick, steer: Steer) -> (Option<Turn>, Option<Tick>) {
    let mut waiting = None;
    let due = turns.newest().take_while(|turn| turn.tick > done);
    for turn in due.filter(|turn| turn.tick <= now) {
        if turn.steer == steer {
            return (Some(turn), waiting);
        }
        waiting = Some(turn.tick);
    }
    (None, waiting)
}

#[cfg(test)]
mod tests {
    use fracas_protocol::Angle;
    use fracas_protocol::view::Craft;

    use super::*;

    const A: PlayerId = PlayerId(3);

    fn east() -> Steer {
        Steer::along(Angle(0))
    }

    fn view(tick: Tick, steer: Steer) -> View {
        let craft = Craft::of(&fracas_protocol::motion::Pilot::default(), 0, tick);
        View {
            tick,
            crafts: vec![(A, Craft { steer, ..craft })],
            ..View::default()
        }
    }

    /// What a bot that has `A` in sight since tick 10 sees: ages of turns, and the oldest that is missing.
    fn looks(relay: &Relay, views: &[(View, u64)]) -> (Vec<u64>, Vec<Option<Tick>>) {
        let (mut sightings, mut ages) = (Sightings::new("main"), Vec::new());
        sightings.look(&view(10, Steer::NONE), relay, 0, false, |_| panic!("new"));
        let missing = views
            .iter()
            .map(|(view, now)| sightings.look(view, relay, *now, false, |age| ages.push(age)));
        let missing = missing.collect();
        (ages, missing)
    }

    #[test]
    fn a_turn_counts_once_when_its_tick_is_in_the_view() {
        let relay = Relay::default();
        let turns = relay.join("main", A);
        turns.tell(13, east(), 1_000);
        let views = [
            (view(12, Steer::NONE), 20_000),
            (view(14, east()), 41_000),
            (view(16, east()), 61_000),
        ];
        assert_eq!(
            looks(&relay, &views),
            (vec![40_000], vec![Some(0), Some(0), Some(0)])
        );
    }

    #[test]
    fn a_turn_that_came_late_or_was_left_out_is_missed_until_it_shows() {
        let relay = Relay::default();
        let turns = relay.join("main", A);
        turns.tell(11, east(), 1_000);
        let views = [
            (view(12, Steer::NONE), 20_000),
            (view(14, Steer::NONE), 41_000),
            (view(16, east()), 61_000),
        ];
        assert_eq!(
            looks(&relay, &views),
            (vec![60_000], vec![Some(1), Some(3), Some(0)])
        );
    }

    #[test]
    fn what_a_hand_asks_for_in_a_dash_is_not_waited_for() {
        let relay = Relay::default();
        let turns = relay.join("main", A);
        turns.tell(12, east(), 1_000);
        let views = [
            (view(12, Steer::dash(Angle(0))), 20_000),
            (view(20, Steer::dash(Angle(0))), 41_000),
            (view(22, east()), 61_000),
        ];
        assert_eq!(
            looks(&relay, &views),
            (vec![], vec![Some(0), Some(0), Some(0)])
        );
    }

    #[test]
    fn those_who_play_elsewhere_are_not_waited_for() {
        let relay = Relay::default();
        relay.join("attic", A).tell(11, east(), 1_000);
        let (ages, missing) = looks(&relay, &[(view(12, Steer::NONE), 20_000)]);
        assert_eq!((ages.len(), missing), (0, vec![None]));
    }

    #[test]
    fn a_turn_is_drawn_when_its_tick_is() {
        let relay = Relay::default();
        let turns = relay.join("main", A);
        let mut sightings = Sightings::new("main");
        sightings.look(&view(10, Steer::NONE), &relay, 0, true, |_| {});
        turns.tell(12, east(), 5_000);
        sightings.look(&view(12, east()), &relay, 30_000, true, |_| {});
        let mut ages = Vec::new();
        sightings.draw(11.9, 40_000, |age| ages.push(age));
        sightings.draw(12.5, 50_000, |age| ages.push(age));
        sightings.draw(13.5, 60_000, |age| ages.push(age));
        assert_eq!(ages, [45_000]);
    }
}
