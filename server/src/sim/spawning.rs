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
        let is_foe = |other: Option<Team>| team.is_none() || other != team;
        let foe = (living.foe_distance_squared(place, team).into_iter())
            .chain(appeared.distance_squared(place, is_foe))
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

/// Side of a cell, in position units: four tiles.
const CELL: i32 = 4 * TILE;

/// Whoever has appeared in this tick; the grid of the living doesn't hold them yet. Also by square cells, but such as grow:
/// when a match begins everybody appears in one tick, and each looks for the nearest of those before.
#[derive(Debug, Default)]
pub(super) struct Appeared {
    columns: i32,
    rows: i32,
    /// Of each cell, the place among all of whoever came there last.
    newest: Vec<Option<u32>>,
    all: Vec<Arrival>,
    /// How many there are of each side, and of none.
    sides: [u32; 3],
}

#[derive(Clone, Copy, Debug)]
struct Arrival {
    place: Vec2,
    team: Option<Team>,
    /// Whoever came into the same cell before.
    before: Option<u32>,
}

impl Appeared {
    /// Forgets everybody.
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
        self.sides = [0; 3];
    }

    fn add(&mut self, place: Vec2, team: Option<Team>) {
        let (column, row) = self.cell_of(place);
        let at = self.all.len() as u32;
        let newest = &mut self.newest[(row * self.columns + column) as usize];
        let before = newest.replace(at);
        self.all.push(Arrival {
            place,
            team,
            before,
        });
        self.sides[side(team)] += 1;
    }

    /// Whether somebody stands there.
    fn is_at(&self, place: Vec2) -> bool {
        let (column, row) = self.cell_of(place);
        self.in_cell(column, row).any(|other| other.place == place)
    }

    /// From a place to the nearest of those whose side counts: looked for in one ring of cells after the other.
    fn distance_squared(
        &self,
        place: Vec2,
        mut counts: impl FnMut(Option<Team>) -> bool,
    ) -> Option<i64> {
        let sides = [None, Some(Team::Blue), Some(Team::Orange)];
        if !sides
            .iter()
            .any(|team| self.sides[side(*team)] > 0 && counts(*team))
        {
            return None;
        }
        let (column, row) = self.cell_of(place);
        let mut nearest = None;
        for ring in 0..self.columns.max(self.rows) {
            for (column, row) in ring_round(column, row, ring) {
                for other in self.in_cell(column, row).filter(|other| counts(other.team)) {
                    let distance = (other.place - place).length_squared();
                    nearest = Some(nearest.map_or(distance, |nearest: i64| nearest.min(distance)));
                }
            }
            // Who is in no ring so far is farther away than these are wide.
            let reach = i64::from(ring) * i64::from(CELL);
            if nearest.is_some_and(|nearest| nearest <= reach * reach) {
                break;
            }
        }
        nearest
    }

    fn cell_of(&self, place: Vec2) -> (i32, i32) {
        (
            place.x.div_euclid(CELL).clamp(0, self.columns - 1),
            place.y.div_euclid(CELL).clamp(0, self.rows - 1),
        )
    }

    /// Whoever is in a cell, the newest first; nobody outside of the map.
    fn in_cell(&self, column: i32, row: i32) -> impl Iterator<Item = &Arrival> {
        let is_there = (0..self.columns).contains(&column) && (0..self.rows).contains(&row);
        let newest = is_there.then(|| self.newest[(row * self.columns + column) as usize]);
        let mut next = newest.flatten();
        std::iter::from_fn(move || {
            let arrival = &self.all[next? as usize];
            next = arrival.before;
            Some(arrival)
        })
    }
}

fn side(team: Option<Team>) -> usize {
    team.map_or(0, |team| 1 + team as usize)
}

/// The cells that are `ring` away, straight or across.
fn ring_round(column: i32, row: i32, ring: i32) -> impl Iterator<Item = (i32, i32)> {
    (-ring..=ring).flat_map(move |down| {
        let is_edge = down.abs() == ring;
        let step = if is_edge { 1 } else { 2 * ring };
        (-ring..=ring)
            .step_by(step.max(1) as usize)
            .map(move |across| (column + across, row + down))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A wide hall.
    fn map(side: usize) -> Map {
        let wall = "#".repeat(side);
        let row = format!("#{}#", "S".repeat(side - 2));
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
                    let found = appeared.distance_squared(look, is_foe);
                    assert_eq!(found, nearest.min(), "{n}: {look:?}");
                }
                let is_at = all.iter().any(|(place, _)| *place == look);
                assert_eq!(appeared.is_at(look), is_at);
            }
            appeared.add(place, team);
            all.push((place, team));
        }
        appeared.clear(&map(61));
        assert_eq!(appeared.distance_squared(Vec2::new(9, 9), |_| true), None);
    }

    /// At the density of a match: nobody looks at everybody.
    #[test]
    fn among_thousands_who_appear_at_once_few_are_looked_at() {
        const SIDE: usize = 250;
        let mut appeared = Appeared::default();
        appeared.clear(&map(SIDE));
        let mut looked_at = 0;
        for n in 0..2_200 {
            for candidate in 0..CANDIDATES {
                let place = scattered(n * 31 + candidate * 1009, SIDE);
                appeared.distance_squared(place, |_| {
                    looked_at += 1;
                    true
                });
            }
            appeared.add(scattered(n, SIDE), None);
        }
        let each = looked_at / (2_200 * CANDIDATES);
        assert!(each < 30, "{each} of those before, for each candidate");
    }
}
