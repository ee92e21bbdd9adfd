//! What lies on pads: who takes it, and when the next one comes.

use arrayvec::ArrayVec;
use bevy_ecs::prelude::*;
use fracas_protocol::rules::Tuning;
use fracas_protocol::{Arena, EventKind, PlayerId, Tick, Vec2};

use super::boundary::MatchEvent;
use super::components::{Craft, Identity};
use super::grid::{Cells, CraftGrid, Placed};
use super::resources::{MatchClock, Outbox, Roster, Setup};
use super::sights::Sights;

/// Every pad of the map, by its place there.
#[derive(Resource, Debug)]
pub(super) struct Pads {
    pads: Vec<Pad>,
    /// Those that are empty, for whoever sees them.
    pub(super) empty: Cells<EmptyPad>,
    /// `empty` is to be made anew.
    stale: bool,
}

#[derive(Clone, Copy, Debug)]
struct Pad {
    pos: Vec2,
    /// What lies there, as a place in the rules' pickups.
    pickup: usize,
    /// There is something on it from this tick on.
    ready_at: Tick,
}

/// A pad with nothing on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct EmptyPad {
    pos: Vec2,
    /// By its place in the map.
    pub(super) pad: u16,
    /// When the next pickup comes.
    pub(super) ready_at: Tick,
}

impl Placed for EmptyPad {
    fn pos(&self) -> Vec2 {
        self.pos
    }
}

impl Pads {
    /// The pads of a map, all of them full. One for which the rules have no pickup stays empty for ever.
    pub(super) fn of(arena: &Arena) -> Pads {
        let pickups = &arena.tuning.pickups;
        let pads = arena.map.pads().map(|pad| {
            let pickup = pickups.iter().position(|pickup| pickup.name == pad.item);
            Pad {
                pos: pad.pos,
                pickup: pickup.unwrap_or(0),
                ready_at: if pickup.is_some() { 0 } else { Tick::MAX },
            }
        });
        Pads {
            pads: pads.collect(),
            empty: Cells::default(),
            stale: true,
        }
    }

    /// Everything is back, as at the start of a match.
    pub(super) fn refill(&mut self) {
        let used = self.pads.iter_mut().filter(|pad| pad.ready_at != Tick::MAX);
        used.for_each(|pad| pad.ready_at = 0);
        self.stale = true;
    }

    /// When there is something on a pad.
    pub(super) fn ready_at(&self, pad: u16) -> Option<Tick> {
        self.pads.get(usize::from(pad)).map(|pad| pad.ready_at)
    }

    /// When there is something on each, for the state's hash.
    pub(super) fn times(&self) -> impl Iterator<Item = Tick> + '_ {
        self.pads.iter().map(|pad| pad.ready_at)
    }

    fn sort(&mut self, now: Tick, arena: &Arena) {
        self.stale = false;
        let pads = (0..).zip(&self.pads);
        let empty = pads.filter(|(_, pad)| pad.ready_at > now);
        let entries = empty.map(|(place, pad)| EmptyPad {
            pos: pad.pos,
            pad: place,
            ready_at: pad.ready_at,
        });
        self.empty.fill(&arena.map, entries);
    }
}

/// Whoever is nearest to a pad takes what lies there, if it is of use to them; of two as near the one with the lower place.
pub(super) fn take(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    crafts: Res<CraftGrid>,
    roster: Res<Roster>,
    mut pads: ResMut<Pads>,
    mut sights: ResMut<Sights>,
    mut outbox: ResMut<Outbox>,
    mut pilots: Query<(&Identity, &mut Craft)>,
) {
    let tuning = &setup.arena.tuning;
    let pads = &mut *pads;
    for (place, pad) in (0..).zip(&mut pads.pads) {
        if pad.ready_at > clock.tick {
            continue;
        }
        pads.stale |= pad.ready_at == clock.tick;
        let pickup = &tuning.pickups[pad.pickup];
        let candidates = near(pad.pos, tuning, &crafts);
        let taker = candidates.into_iter().find(|player| {
            let found = roster
                .entity(*player)
                .and_then(|entity| pilots.get_mut(entity).ok());
            found.is_some_and(|(_, mut craft)| craft.pilot.take(pickup, clock.tick, tuning))
        });
        let Some(player) = taker else { continue };
        pad.ready_at = clock.tick + pickup.comes_back_ticks;
        pads.stale = true;
        sights.add(pad.pos, EventKind::Pickup { player, pad: place });
        // In a crowd spectators would hear of nothing else.
        let identity = roster
            .entity(player)
            .and_then(|entity| pilots.get(entity).ok());
        if let Some((identity, _)) = identity.filter(|_| !roster.is_crowd()) {
            outbox.0.events.push(MatchEvent::Pickup {
                id: player,
                name: identity.name.clone(),
                item: pickup.name.as_str().into(),
            });
        }
    }
    if pads.stale {
        pads.sort(clock.tick, &setup.arena);
    }
}

/// Who touches a pad, nearest first: the nearest few, of whom hardly ever all have no use for it.
fn near(pad: Vec2, tuning: &Tuning, crafts: &CraftGrid) -> ArrayVec<PlayerId, 4> {
    let radius = tuning.pad_radius;
    let half = Vec2::new(radius, radius);
    let distance = |pos: Vec2| (pos - pad).length_squared();
    let mut found = ArrayVec::<_, 4>::new();
    crafts.cells.visit(pad, half, |entry| {
        let away = distance(entry.craft.motion.pos);
        if away > i64::from(radius) * i64::from(radius) {
            return;
        }
        let new = (away, entry.id);
        let farthest = (0..found.len()).max_by_key(|at| found[*at]);
        match farthest.filter(|_| found.is_full()) {
            None => found.push(new),
            Some(at) if new < found[at] => found[at] = new,
            Some(_) => {}
        }
    });
    found.sort_unstable();
    found.into_iter().map(|(_, player)| player).collect()
}
