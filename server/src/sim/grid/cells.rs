//! Things in a plane, sorted by square cell into one flat array (a counting sort): finding what lies in a rectangle
//! reads a few slices.

use fracas_protocol::geometry::TILE;
use fracas_protocol::{Map, Vec2};

/// Side of a cell, in position units: four tiles.
const CELL: i32 = 4 * TILE;

/// Something that is somewhere.
pub(in crate::sim) trait Placed: Copy {
    /// Where.
    fn pos(&self) -> Vec2;
}

#[derive(Debug)]
pub(in crate::sim) struct Cells<T> {
    columns: i32,
    rows: i32,
    /// Where each cell's entries begin; one more than there are cells.
    starts: Vec<u32>,
    entries: Vec<T>,
    unsorted: Vec<(u32, T)>,
}

impl<T> Default for Cells<T> {
    fn default() -> Self {
        Cells {
            columns: 1,
            rows: 1,
            starts: vec![0; 2],
            entries: Vec::new(),
            unsorted: Vec::new(),
        }
    }
}

impl<T: Placed> Cells<T> {
    /// Forgets what was there, and sorts `entries` into the cells of `map`.
    pub(in crate::sim) fn fill(&mut self, map: &Map, entries: impl Iterator<Item = T>) {
        let cells = |tiles: u16| ((i32::from(tiles) * TILE + CELL - 1) / CELL).max(1);
        (self.columns, self.rows) = (cells(map.width()), cells(map.height()));
        let cells = (self.columns * self.rows) as usize;
        self.starts.clear();
        self.starts.resize(cells + 1, 0);
        self.unsorted.clear();
        for entry in entries {
            let cell = self.cell_of(entry.pos());
            self.starts[cell as usize + 1] += 1;
            self.unsorted.push((cell, entry));
        }
        self.sort(cells);
    }

    fn cell_of(&self, pos: Vec2) -> u32 {
        let column = pos.x.div_euclid(CELL).clamp(0, self.columns - 1);
        let row = pos.y.div_euclid(CELL).clamp(0, self.rows - 1);
        (row * self.columns + column) as u32
    }

    fn sort(&mut self, cells: usize) {
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

    /// Everything within the rectangle around `centre`, in an order that depends on the state alone.
    pub(in crate::sim) fn within(&self, centre: Vec2, half: Vec2) -> impl Iterator<Item = &T> + '_ {
        self.slices(centre, half)
            .flatten()
            .filter(move |entry| is_within(entry.pos(), centre, half))
    }

    /// The same for `visit`: for what is asked thousands of times a tick and finds hardly anything.
    #[inline]
    pub(in crate::sim) fn visit(&self, centre: Vec2, half: Vec2, mut visit: impl FnMut(&T)) {
        for slice in self.slices(centre, half) {
            for entry in slice {
                if is_within(entry.pos(), centre, half) {
                    visit(entry);
                }
            }
        }
    }

    /// The cells of a row lie side by side, so a row of the rectangle is one slice.
    #[inline]
    fn slices(&self, centre: Vec2, half: Vec2) -> impl Iterator<Item = &[T]> + '_ {
        let cell = |at: i32, last: i32| at.div_euclid(CELL).clamp(0, last);
        let (left, right) = (
            cell(centre.x - half.x, self.columns - 1),
            cell(centre.x + half.x, self.columns - 1),
        );
        let (top, bottom) = (
            cell(centre.y - half.y, self.rows - 1),
            cell(centre.y + half.y, self.rows - 1),
        );
        (top..=bottom).map(move |row| {
            let from = self.starts[(row * self.columns + left) as usize] as usize;
            let to = self.starts[(row * self.columns + right) as usize + 1] as usize;
            &self.entries[from..to]
        })
    }

    /// From `place` to the nearest entry that counts.
    pub(super) fn distance_squared(&self, place: Vec2, counts: impl Fn(&T) -> bool) -> Option<i64> {
        if self.entries.is_empty() {
            return None;
        }
        let far = CELL * self.columns.max(self.rows);
        let mut half = CELL;
        loop {
            let mut nearest = None;
            self.visit(place, Vec2::new(half, half), |entry| {
                let distance = (entry.pos() - place).length_squared();
                if counts(entry) && nearest.is_none_or(|nearest| distance < nearest) {
                    nearest = Some(distance);
                }
            });
            // Nobody outside of the rectangle is nearer than its edge.
            let reach = i64::from(half) * i64::from(half);
            if nearest.is_some_and(|nearest| nearest <= reach) || half > far {
                return nearest;
            }
            half *= 2;
        }
    }

    /// Everything.
    pub(in crate::sim) fn all(&self) -> &[T] {
        &self.entries
    }
}

#[inline]
fn is_within(pos: Vec2, centre: Vec2, half: Vec2) -> bool {
    let away = pos - centre;
    away.x.abs() <= half.x && away.y.abs() <= half.y
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Copy, Debug)]
    struct Pin(usize, Vec2);

    impl Placed for Pin {
        fn pos(&self) -> Vec2 {
            self.1
        }
    }

    #[test]
    fn a_rectangle_finds_exactly_what_is_in_it() {
        let row = format!("#{}#", "S".repeat(18));
        let map = Map::parse(&[row.as_str(); 16].join("\n")).unwrap();
        let (width, height) = (20 * TILE, 16 * TILE);
        let place = |n: i32| Vec2::new(n * 7919 % width, n * 104_729 % height);
        let pins: Vec<_> = (0..200).map(|n| Pin(n as usize, place(n))).collect();
        let mut cells = Cells::default();
        cells.fill(&map, pins.iter().copied());
        let (centre, half) = (Vec2::new(9000, 8000), Vec2::new(5000, 3000));
        let mut found: Vec<_> = cells.within(centre, half).map(|pin| pin.0).collect();
        found.sort_unstable();
        let inside =
            |pin: &&Pin| (pin.1 - centre).x.abs() <= half.x && (pin.1 - centre).y.abs() <= half.y;
        let expected: Vec<_> = pins.iter().filter(inside).map(|pin| pin.0).collect();
        assert!(!expected.is_empty());
        assert_eq!(found, expected);
        assert_eq!(cells.all().len(), 200);
        let nearest = |cells: &Cells<Pin>, place: Vec2, counts: &dyn Fn(&Pin) -> bool| {
            let nearest = pins.iter().filter(|pin| counts(pin));
            let nearest = nearest.map(|pin| (pin.1 - place).length_squared()).min();
            assert_eq!(cells.distance_squared(place, counts), nearest, "{place:?}");
        };
        for n in 0..200 {
            let place = place(n * 31 + 7);
            nearest(&cells, place, &|_| true);
            nearest(&cells, place, &|pin| pin.0 == 3);
            nearest(&cells, place, &|_| false);
        }
        cells.fill(&map, std::iter::empty());
        assert_eq!(cells.within(centre, half).count(), 0);
    }
}
