//! What lies on pads: who takes it, and when the next one comes.

use std::collections::VecDeque;

use bevy_ecs::prelude::*;
use fracas_protocol::geometry::TILE;
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
    /// From when on there is something on each: by itself, as all views ask for it and nothing else.
    ready_at: Vec<Tick>,
    /// Where they lie, for whoever sees them.
    pub(super) places: Cells<PadPlace>,
    reach: Reach,
    /// Who touches a full pad in this tick.
    touches: Vec<Touch>,
    news: Takings,
}

/// What was taken last, for those who have looked at all pads near them before.
#[derive(Debug, Default)]
struct Takings {
    /// How many there were in all, and once more for each time that everything came back. Wraps round.
    count: u32,
    /// The pads of the last of them, the latest last.
    latest: VecDeque<u16>,
}

/// Takings that are remembered. A thousand players take one a tick or two, and most look in every tick or every other.
const TAKINGS_MAX: usize = 128;

impl Takings {
    fn add(&mut self, pad: u16) {
        if self.latest.len() >= TAKINGS_MAX {
            self.latest.pop_front();
        }
        self.latest.push_back(pad);
        self.count = self.count.wrapping_add(1);
    }

    /// Nobody who has looked before can go on from there.
    fn forget(&mut self) {
        self.latest.clear();
        self.count = self.count.wrapping_add(1);
    }

    /// Those since there were `count`; none if they are not remembered.
    fn since(&self, count: u32) -> Option<impl Iterator<Item = u16> + '_> {
        let missed = self.count.wrapping_sub(count) as usize;
        let known = self.latest.len().checked_sub(missed)?;
        Some(self.latest.range(known..).copied())
    }
}

#[derive(Clone, Copy, Debug)]
struct Pad {
    pos: Vec2,
    /// What lies there, as a place in the rules' pickups.
    pickup: usize,
}

/// Where a pad lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct PadPlace {
    pos: Vec2,
    /// By its place in the map.
    pub(super) pad: u16,
}

impl Placed for PadPlace {
    fn pos(&self) -> Vec2 {
        self.pos
    }
}

/// Somebody on a pad; sorted, who takes it comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Touch {
    pad: u16,
    distance_squared: i64,
    player: PlayerId,
}

impl Pads {
    /// The pads of a map, all of them full. One for which the rules have no pickup stays empty for ever.
    pub(super) fn of(arena: &Arena) -> Pads {
        let pads = arena.pads.iter().map(|pad| {
            let place = Pad {
                pos: pad.pos,
                pickup: usize::from(pad.pickup.unwrap_or_default()),
            };
            (place, if pad.pickup.is_some() { 0 } else { Tick::MAX })
        });
        let (pads, ready_at): (Vec<_>, Vec<_>) = pads.unzip();
        let place = |(pad, of): (u16, &Pad)| PadPlace { pos: of.pos, pad };
        let mut places = Cells::default();
        places.fill(&arena.map, (0..).zip(&pads).map(place));
        Pads {
            reach: Reach::of(arena, &pads),
            pads,
            ready_at,
            places,
            touches: Vec::new(),
            news: Takings::default(),
        }
    }

    /// Everything is back, as at the start of a match.
    pub(super) fn refill(&mut self) {
        let used = self.ready_at.iter_mut().filter(|tick| **tick != Tick::MAX);
        used.for_each(|tick| *tick = 0);
        self.news.forget();
    }

    /// How much has been taken by now: what [`Pads::taken_since`] is to be asked with later.
    pub(super) fn takings(&self) -> u32 {
        self.news.count
    }

    /// The pads that were taken since there were so many `takings`, and where they lie; none if that is too long ago, or
    /// everything has come back since.
    pub(super) fn taken_since(&self, takings: u32) -> Option<impl Iterator<Item = PadPlace> + '_> {
        let place = |pad: u16| PadPlace {
            pos: self.pads[usize::from(pad)].pos,
            pad,
        };
        Some(self.news.since(takings)?.map(place))
    }

    /// When there is something on a pad.
    pub(super) fn ready_at(&self, pad: u16) -> Option<Tick> {
        self.ready_at.get(usize::from(pad)).copied()
    }

    /// When there is something on each, for the state's hash.
    pub(super) fn times(&self) -> impl Iterator<Item = Tick> + '_ {
        self.ready_at.iter().copied()
    }

    /// Finds who touches what is full. Most craft touch nothing, so it is they who look for pads.
    fn find_touches(&mut self, crafts: &CraftGrid, tick: Tick, radius: i32) {
        let radius_squared = i64::from(radius) * i64::from(radius);
        self.touches.clear();
        for entry in crafts.cells.all() {
            let pos = entry.craft.motion.pos;
            for &pad in self.reach.from(pos) {
                let (at, ready_at) = (
                    self.pads[usize::from(pad)].pos,
                    self.ready_at[usize::from(pad)],
                );
                let distance_squared = (pos - at).length_squared();
                if ready_at <= tick && distance_squared <= radius_squared {
                    self.touches.push(Touch {
                        pad,
                        distance_squared,
                        player: entry.id,
                    });
                }
            }
        }
        self.touches.sort_unstable();
    }
}

/// By tile: the pads that a craft whose centre is in it may touch. Made once.
#[derive(Debug)]
struct Reach {
    columns: i32,
    rows: i32,
    /// Where each tile's pads begin; one more than there are tiles.
    starts: Vec<u32>,
    pads: Vec<u16>,
}

impl Reach {
    fn of(arena: &Arena, pads: &[Pad]) -> Reach {
        let radius = arena.tuning.pad_radius;
        let (columns, rows) = (i32::from(arena.map.width()), i32::from(arena.map.height()));
        let tiles = |centre: i32, count: i32| {
            let tile = |at: i32| at.div_euclid(TILE).clamp(0, count - 1);
            tile(centre - radius)..=tile(centre + radius)
        };
        let mut pairs = Vec::new();
        for (pad, of) in (0_u16..).zip(pads) {
            for row in tiles(of.pos.y, rows) {
                pairs.extend(tiles(of.pos.x, columns).map(|column| (row * columns + column, pad)));
            }
        }
        pairs.sort_unstable();
        let first = |tile: i32| pairs.partition_point(|(of, _)| *of < tile) as u32;
        Reach {
            columns,
            rows,
            starts: (0..=columns * rows).map(first).collect(),
            pads: pairs.iter().map(|(_, pad)| *pad).collect(),
        }
    }

    fn from(&self, pos: Vec2) -> &[u16] {
        let column = pos.x.div_euclid(TILE).clamp(0, self.columns - 1);
        let row = pos.y.div_euclid(TILE).clamp(0, self.rows - 1);
        let tile = (row * self.columns + column) as usize;
        &self.pads[self.starts[tile] as usize..self.starts[tile + 1] as usize]
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
    pads.find_touches(&crafts, clock.tick, tuning.pad_radius);
    let Pads {
        pads,
        ready_at,
        touches,
        news,
        ..
    } = &mut *pads;
    for touches in touches.chunk_by(|one, other| one.pad == other.pad) {
        let place = touches[0].pad;
        let pad = &pads[usize::from(place)];
        let pickup = &tuning.pickups[pad.pickup];
        let mut nearest = touches.iter().map(|touch| touch.player);
        let taker = nearest.find(|player| {
            let found = roster
                .entity(*player)
                .and_then(|entity| pilots.get_mut(entity).ok());
            found.is_some_and(|(_, mut craft)| craft.pilot.take(pickup, clock.tick, tuning))
        });
        let Some(player) = taker else { continue };
        ready_at[usize::from(place)] = clock.tick + pickup.comes_back_ticks;
        news.add(place);
        sights.add(pad.pos, EventKind::Pickup { player, pad: place });
        // In a crowd spectators would hear of nothing else.
        let identity = roster
            .entity(player)
            .and_then(|entity| pilots.get(entity).ok());
        if let Some((identity, _)) = identity.filter(|_| !roster.is_crowd()) {
            outbox.0.events.push(MatchEvent::Pickup {
                id: player,
                name: identity.name.clone(),
                item: setup.names.pickup(pad.pickup),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use fracas_protocol::{Map, Rules};

    use super::*;

    #[test]
    fn takings_are_remembered_for_a_while_and_forgotten_when_everything_comes_back() {
        let mut news = Takings::default();
        let since = |news: &Takings, count| Some(news.since(count)?.collect::<Vec<_>>());
        assert_eq!(since(&news, 0), Some(vec![]));
        (0..3).for_each(|pad| news.add(pad));
        assert_eq!(since(&news, 1), Some(vec![1, 2]));
        let before = news.count;
        (0..TAKINGS_MAX as u16).for_each(|pad| news.add(pad));
        assert_eq!(since(&news, before).unwrap().len(), TAKINGS_MAX);
        assert_eq!(since(&news, before - 1), None, "one too many");
        let before = news.count;
        news.forget();
        assert_eq!(since(&news, before), None);
        assert_eq!(since(&news, news.count), Some(vec![]));
        news.add(9);
        assert_eq!(since(&news, before), None);
        assert_eq!(since(&news, before.wrapping_add(1)), Some(vec![9]));
    }

    #[test]
    fn a_pad_is_in_reach_of_every_place_from_which_it_is_touched() {
        let map =
            "=1 health\n=2 rail\n##########\n#S.1..2..#\n#..2.....#\n#.....1.S#\n##########\n";
        for radius in [0.1, 0.5, 0.9, 3.0] {
            let mut rules = Rules::default();
            rules.effects.pad_radius_tiles = radius;
            let arena = Arena::new(Arc::new(Map::parse(map).unwrap()), &rules, 60);
            let pads = Pads::of(&arena);
            let reach = i64::from(arena.tuning.pad_radius);
            for n in 0..5_000 {
                let pos = Vec2::new(n * 7_919 % (10 * TILE), n * 104_729 % (5 * TILE));
                let touched = (0..4_u16).filter(|pad| {
                    let away = pads.pads[usize::from(*pad)].pos - pos;
                    away.length_squared() <= reach * reach
                });
                let found = pads.reach.from(pos);
                for pad in touched {
                    assert!(found.contains(&pad), "{pad} from {pos:?}, radius {radius}");
                }
            }
        }
    }
}
