//! Who is near: every living craft in one flat grid, sorted by cell (a counting sort, rebuilt every tick). Craft are
//! quantised into what others see of them here, once per tick and shared by all views.

use bevy_ecs::prelude::*;
use fracas_protocol::geometry::TILE;
use fracas_protocol::{PlayerId, Vec2, view};

use super::components::{Craft, Identity};
use super::resources::{MatchClock, Setup};

/// Side of a cell, in position units: four tiles.
const CELL: i32 = 4 * TILE;

#[derive(Resource, Debug, Default)]
pub(super) struct Grid {
    columns: i32,
    rows: i32,
    /// Where each cell's craft begin in `entries`; one more than there are cells.
    starts: Vec<u32>,
    entries: Vec<Entry>,
    unsorted: Vec<(u32, Entry)>,
}

/// A living craft.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) id: PlayerId,
    pub(super) craft: view::Craft,
}

/// Sorts everybody into cells, after they have flown.
pub(super) fn rebuild(
    grid: ResMut<Grid>,
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    crafts: Query<(&Identity, &Craft)>,
) {
    fill(grid.into_inner(), &setup, &clock, &crafts);
}

/// The same, after hits and new phases have changed who lives.
pub(super) fn refresh(
    grid: ResMut<Grid>,
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    crafts: Query<(&Identity, &Craft)>,
) {
    fill(grid.into_inner(), &setup, &clock, &crafts);
}

fn fill(grid: &mut Grid, setup: &Setup, clock: &MatchClock, crafts: &Query<(&Identity, &Craft)>) {
    let tiles_to_cells = |tiles: u16| ((i32::from(tiles) * TILE + CELL - 1) / CELL).max(1);
    grid.columns = tiles_to_cells(setup.arena.map.width());
    grid.rows = tiles_to_cells(setup.arena.map.height());
    grid.unsorted.clear();
    for (identity, craft) in crafts.iter().filter(|(_, craft)| craft.pilot.alive) {
        let seen = view::Craft::of(&craft.pilot, craft.input.aim, clock.tick);
        let cell = grid.cell_of(seen.motion.pos);
        grid.unsorted.push((
            cell,
            Entry {
                id: identity.id,
                craft: seen,
            },
        ));
    }
    grid.sort();
}

impl Grid {
    fn cell_of(&self, pos: Vec2) -> u32 {
        let column = pos.x.div_euclid(CELL).clamp(0, self.columns - 1);
        let row = pos.y.div_euclid(CELL).clamp(0, self.rows - 1);
        (row * self.columns + column) as u32
    }

    fn sort(&mut self) {
        let cells = (self.columns * self.rows) as usize;
        self.starts.clear();
        self.starts.resize(cells + 1, 0);
        for (cell, _) in &self.unsorted {
            self.starts[*cell as usize + 1] += 1;
        }
        for cell in 0..cells {
            self.starts[cell + 1] += self.starts[cell];
        }
        let Some((_, any)) = self.unsorted.first().copied() else {
            self.entries.clear();
            return;
        };
        self.entries.clear();
        self.entries.resize(self.unsorted.len(), any);
        // Filled from the back, so that each start ends up where its cell begins and equal cells keep their order.
        for (cell, entry) in self.unsorted.iter().rev() {
            let end = &mut self.starts[*cell as usize + 1];
            *end -= 1;
            self.entries[*end as usize] = *entry;
        }
        self.starts.rotate_left(1);
        if let Some(last) = self.starts.last_mut() {
            *last = self.entries.len() as u32;
        }
    }

    /// Everybody within the rectangle around `centre`, in an order that depends on the state alone.
    pub(super) fn within(&self, centre: Vec2, half: Vec2) -> impl Iterator<Item = &Entry> + '_ {
        let cell = |at: i32, last: i32| at.div_euclid(CELL).clamp(0, last);
        let (left, right) = (
            cell(centre.x - half.x, self.columns - 1),
            cell(centre.x + half.x, self.columns - 1),
        );
        let (top, bottom) = (
            cell(centre.y - half.y, self.rows - 1),
            cell(centre.y + half.y, self.rows - 1),
        );
        (top..=bottom)
            .flat_map(move |row| {
                // The cells of a row lie side by side, so a row of the rectangle is one slice.
                let from = self.starts[(row * self.columns + left) as usize] as usize;
                let to = self.starts[(row * self.columns + right) as usize + 1] as usize;
                &self.entries[from..to]
            })
            .filter(move |entry| {
                let away = entry.craft.motion.pos - centre;
                away.x.abs() <= half.x && away.y.abs() <= half.y
            })
    }

    /// Everybody alive.
    pub(super) fn all(&self) -> &[Entry] {
        &self.entries
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fracas_protocol::motion::CraftMotion;

    #[test]
    fn a_rectangle_finds_exactly_who_is_in_it() {
        let mut grid = Grid {
            columns: 5,
            rows: 4,
            ..Grid::default()
        };
        let mut everybody = Vec::new();
        for n in 0..200u16 {
            let pos = Vec2::new(
                i32::from(n) * 7919 % (5 * CELL),
                i32::from(n) * 104_729 % (4 * CELL),
            );
            let motion = CraftMotion {
                pos,
                vel: Vec2::ZERO,
            };
            let craft = view::Craft {
                life: 1,
                motion,
                aim: 0,
                health: 1,
                protected: false,
            };
            everybody.push((PlayerId(n), pos));
            grid.unsorted.push((
                grid.cell_of(pos),
                Entry {
                    id: PlayerId(n),
                    craft,
                },
            ));
        }
        grid.sort();
        let (centre, half) = (Vec2::new(9000, 8000), Vec2::new(5000, 3000));
        let mut found: Vec<_> = grid.within(centre, half).map(|entry| entry.id).collect();
        found.sort();
        let inside =
            |pos: Vec2| (pos.x - centre.x).abs() <= half.x && (pos.y - centre.y).abs() <= half.y;
        let expected: Vec<_> = everybody
            .iter()
            .filter(|(_, pos)| inside(*pos))
            .map(|(id, _)| *id)
            .collect();
        assert!(!expected.is_empty());
        assert_eq!(found, expected);
    }
}
