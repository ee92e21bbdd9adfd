//! Where and when craft appear.

use bevy_ecs::prelude::*;
use fracas_protocol::geometry::TILE;
use fracas_protocol::{Map, Team, Vec2};

use super::awards::Tally;
use super::components::{Craft, Identity, Wounds};
use super::grid::CraftGrid;
use super::places::Places;
use super::resources::{MatchClock, Rng, Setup};

/// Spawn points looked at for each new life; the one farthest from everybody is taken.
const CANDIDATES: usize = 12;
const TILE_SQUARED: i64 = (TILE as i64) * (TILE as i64);

/// Gives a craft to everybody whose time has come, and to everybody who is new.
pub(super) fn respawn(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    mut rng: ResMut<Rng>,
    // As it was left by the tick before: nobody has flown since.
    living: Res<CraftGrid>,
    mut crafts: Query<(&Identity, &mut Craft, &mut Wounds, &mut Tally)>,
    mut appeared: Local<Appeared>,
) {
    appeared.clear(&setup.arena.map);
    for (identity, mut craft, mut wounds, mut tally) in &mut crafts {
        if craft.pilot.alive || clock.tick < craft.pilot.respawn_at {
            continue;
        }
        let team = identity.team;
        let place = choose_place(&setup.places, team, &living, &appeared, &mut rng);
        craft.pilot.spawn(place, clock.tick, &setup.arena);
        wounds.0.clear();
        tally.begin_life(clock.tick);
        appeared.add(place, team);
    }
}

/// The best of a few spawn points drawn at random: far from everybody on no side of one's own, and not the same every time.
fn choose_place(
    places: &Places,
    team: Option<Team>,
    living: &CraftGrid,
    appeared: &Appeared,
    rng: &mut Rng,
) -> Vec2 {
    let mut best = (i64::MIN, Vec2::default());
    for _ in 0..CANDIDATES {
        let place = places.draw_spawn(team, rng);
        let foe = (living.foe_distance_squared(place, team).into_iter())
            .chain(appeared.foe_distance_squared(place, team))
            .min()
            .unwrap_or(i64::MAX);
        // Nobody appears in a mate.
        let is_taken = team.is_some()
            && (appeared.is_at(place)
                || (living.foe_distance_squared(place, None))
                    .is_some_and(|distance| distance < TILE_SQUARED));
        let distance = if is_taken { -1 } else { foe };
        if distance > best.0 {
            best = (distance, place);
        }
    }
    best.1
}

/// Side of a cell, in position units: eight tiles.
const CELL: i32 = 8 * TILE;

/// Whoever has appeared in this tick, by side, those of none first; the grid of the living doesn't hold them yet. When a match
/// begins everybody appears in one tick, and each looks for the nearest of those before.
#[derive(Debug, Default)]
pub(super) struct Appeared([Arrivals; 3]);

impl Appeared {
    /// Forgets everybody.
    fn clear(&mut self, map: &Map) {
        self.0.iter_mut().for_each(|side| side.clear(map));
    }

    fn add(&mut self, place: Vec2, team: Option<Team>) {
        self.0[side(team)].add(place);
    }

    /// Whether somebody stands there.
    fn is_at(&self, place: Vec2) -> bool {
        self.0.iter().any(|side| side.is_at(place))
    }

    /// From a place to the nearest who isn't of this team.
    fn foe_distance_squared(&self, place: Vec2, team: Option<Team>) -> Option<i64> {
        let is_own = |at: usize| team.is_some() && at == side(team);
        let foes = (0..).zip(&self.0).filter(|(at, _)| !is_own(*at));
        foes.filter_map(|(_, foes)| foes.distance_squared(place, |_| {}))
            .min()
    }
}

fn side(team: Option<Team>) -> usize {
    team.map_or(0, |team| 1 + team as usize)
}

/// A column and a row.
type Cell = (i32, i32);

/// Places by square cell, as [`super::grid::Cells`], but such that more can be added.
#[derive(Debug, Default)]
struct Arrivals {
    columns: i32,
    rows: i32,
    /// Of each cell, where in `all` the newest of it is.
    newest: Vec<Option<u32>>,
    /// Each with where the one before in its cell is.
    all: Vec<(Vec2, Option<u32>)>,
    /// The corners of the box of cells that has them all in it.
    bounds: (Cell, Cell),
}

impl Arrivals {
    fn clear(&mut self, map: &Map) {
        let cells = |tiles: u16| ((i32::from(tiles) * TILE + CELL - 1) / CELL).max(1);
        let size = (cells(map.width()), cells(map.height()));
        if self.all.is_empty() && size == (self.columns, self.rows) {
            return;
        }
        (self.columns, self.rows) = size;
        self.newest.clear();
        self.newest
            .resize((self.columns * self.rows) as usize, None);
        self.all.clear();
    }

    fn add(&mut self, place: Vec2) {
        let (column, row) = self.cell_of(place);
        let (first, last) = match self.bounds {
            _ if self.all.is_empty() => ((column, row), (column, row)),
            bounds => bounds,
        };
        self.bounds = (
            (first.0.min(column), first.1.min(row)),
            (last.0.max(column), last.1.max(row)),
        );
        let at = self.all.len() as u32;
        let newest = &mut self.newest[(row * self.columns + column) as usize];
        self.all.push((place, newest.replace(at)));
    }

    fn is_at(&self, place: Vec2) -> bool {
        !self.all.is_empty()
            && self
                .in_cell(self.cell_of(place))
                .any(|other| other == place)
    }

    /// From a place to the nearest; shows `look` everybody it looks at. One ring of cells after the other, as far as there is
    /// anybody in them.
    fn distance_squared(&self, place: Vec2, mut look: impl FnMut(Vec2)) -> Option<i64> {
        if self.all.is_empty() {
            return None;
        }
        let (column, row) = self.cell_of(place);
        let ((left, top), (right, bottom)) = self.bounds;
        let nearest_ring = (left - column)
            .max(column - right)
            .max(top - row)
            .max(row - bottom);
        let farthest_ring = (column - left)
            .max(right - column)
            .max(row - top)
            .max(bottom - row);
        let mut nearest = i64::MAX;
        for ring in nearest_ring.max(0)..=farthest_ring {
            for cell in self.ring((column, row), ring) {
                for other in self.in_cell(cell) {
                    look(other);
                    nearest = nearest.min((other - place).length_squared());
                }
            }
            // Whoever is in none of these rings is farther away than they are wide.
            let reach = i64::from(ring) * i64::from(CELL);
            if nearest <= reach * reach {
                break;
            }
        }
        Some(nearest)
    }

    /// The cells within the bounds that are `ring` away from one, straight or across.
    fn ring(&self, (column, row): Cell, ring: i32) -> impl Iterator<Item = Cell> {
        let ((left, top), (right, bottom)) = self.bounds;
        let rows = (row - ring).max(top)..=(row + ring).min(bottom);
        rows.flat_map(move |at| {
            let is_edge = (at - row).abs() == ring;
            let (from, to) = (column - ring, column + ring);
            let step = if is_edge { 1 } else { 2 * ring };
            // An edge is followed from where it comes into the bounds.
            let from = if is_edge { from.max(left) } else { from };
            (from..=to.min(right))
                .step_by(step.max(1) as usize)
                .filter(move |column| *column >= left)
                .map(move |column| (column, at))
        })
    }

    fn cell_of(&self, place: Vec2) -> Cell {
        (
            place.x.div_euclid(CELL).clamp(0, self.columns - 1),
            place.y.div_euclid(CELL).clamp(0, self.rows - 1),
        )
    }

    /// The newest first.
    fn in_cell(&self, (column, row): Cell) -> impl Iterator<Item = Vec2> {
        let mut next = self.newest[(row * self.columns + column) as usize];
        std::iter::from_fn(move || {
            let (place, before) = self.all[next? as usize];
            next = before;
            Some(place)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wide hall.
    fn map(side: usize) -> Map {
        let wall = "#".repeat(side);
        let row = format!("#S{}#", ".".repeat(side - 3));
        let rows: Vec<_> = (0..side)
            .map(|y| if y % (side - 1) == 0 { &wall } else { &row })
            .map(String::as_str)
            .collect();
        Map::parse(&rows.join("\n")).unwrap()
    }

    /// Anywhere on it.
    fn scattered(n: usize, side: usize) -> Vec2 {
        let units = side as i32 * TILE;
        let n = n as i32;
        Vec2::new(
            n.wrapping_mul(7919).rem_euclid(units),
            n.wrapping_mul(104_729).rem_euclid(units),
        )
    }

    #[test]
    fn the_nearest_of_those_who_count_is_found_wherever_one_looks() {
        let teams = [None, Some(Team::Blue), Some(Team::Orange)];
        let mut appeared = Appeared::default();
        let mut all: Vec<(Vec2, Option<Team>)> = Vec::new();
        appeared.clear(&map(61));
        for n in 0..200 {
            let (place, team) = (scattered(n, 61), teams[n % 3]);
            for look in [scattered(n * 31 + 7, 61), scattered(n / 2, 61)] {
                for foes_of in teams {
                    let is_foe = |other: Option<Team>| foes_of.is_none() || other != foes_of;
                    let foes = all.iter().filter(|(_, team)| is_foe(*team));
                    let nearest = foes.map(|(place, _)| (*place - look).length_squared());
                    let found = appeared.foe_distance_squared(look, foes_of);
                    assert_eq!(found, nearest.min(), "{n}: {look:?}");
                }
                let is_at = all.iter().any(|(place, _)| *place == look);
                assert_eq!(appeared.is_at(look), is_at);
            }
            appeared.add(place, team);
            all.push((place, team));
        }
        appeared.clear(&map(61));
        assert_eq!(appeared.foe_distance_squared(Vec2::new(9, 9), None), None);
    }

    /// At the density of a match nobody looks at everybody: neither where all are foes nor where foes are on the other half.
    #[test]
    fn among_thousands_who_appear_at_once_few_are_looked_at() {
        const SIDE: usize = 250;
        const PLAYERS: usize = 2_200;
        let map = map(SIDE);
        let half = SIDE as i32 / 2 * TILE;
        for away in [Vec2::default(), Vec2::new(half, 0)] {
            let mut arrivals = Arrivals::default();
            arrivals.clear(&map);
            let mut looked_at = 0;
            for n in 0..PLAYERS {
                for candidate in 0..CANDIDATES {
                    let place = scattered(n * 31 + candidate * 1009, SIDE / 2);
                    arrivals.distance_squared(place, |_| looked_at += 1);
                }
                arrivals.add(scattered(n, SIDE / 2) + away);
            }
            let each = looked_at / (PLAYERS * CANDIDATES);
            assert!(each < 400, "{each} of those before, for each candidate");
        }
    }
}
