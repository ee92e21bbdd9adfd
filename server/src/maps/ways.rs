//! Where craft can fly on a map, in steps from tile to tile.

use std::collections::VecDeque;

use arrayvec::ArrayVec;
use fracas_protocol::Map;
use fracas_protocol::map::{STEPS, Tile, TilePos};

/// No way leads there.
pub(super) const NOWHERE: u32 = u32::MAX;

/// The tiles a craft can be in the middle of, and the steps between them.
pub(super) struct Ways<'a> {
    map: &'a Map,
    width: usize,
}

/// A tile through which the only way to some others leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Door {
    pub(super) at: TilePos,
    /// How many tiles lie behind it.
    pub(super) behind: usize,
}

impl<'a> Ways<'a> {
    pub(super) fn of(map: &'a Map) -> Ways<'a> {
        let width = usize::from(map.width());
        Ways { map, width }
    }

    pub(super) fn index(&self, at: TilePos) -> usize {
        usize::from(at.1) * self.width + usize::from(at.0)
    }

    pub(super) fn tile(&self, index: usize) -> TilePos {
        ((index % self.width) as u16, (index / self.width) as u16)
    }

    pub(super) fn is_free(&self, index: usize) -> bool {
        self.map.tiles()[index] == Tile::Floor
    }

    /// All tiles a craft can be in the middle of.
    pub(super) fn free(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.map.tiles().len()).filter(|index| self.is_free(*index))
    }

    /// The free tiles one step from here: those beside it, and those across a corner where two diagonals make way.
    fn next(&self, index: usize) -> impl Iterator<Item = usize> + '_ {
        let (x, y) = self.tile(index);
        let (x, y) = (i32::from(x), i32::from(y));
        let is_way = move |&(dx, dy): &(i32, i32)| {
            self.map.tile(x + dx, y + dy) == Tile::Floor
                && (dx == 0 || dy == 0 || self.is_gap(x, y, dx, dy))
        };
        let steps = STEPS.into_iter().filter(is_way);
        steps.map(move |(dx, dy)| (y + dy) as usize * self.width + (x + dx) as usize)
    }

    /// Whether two diagonals, each with its solid corner away from the way, let a craft through between them.
    fn is_gap(&self, x: i32, y: i32, dx: i32, dy: i32) -> bool {
        let solid_at = |right: bool, below: bool| match (right, below) {
            (false, false) => Tile::DiagonalTopLeft,
            (true, false) => Tile::DiagonalTopRight,
            (true, true) => Tile::DiagonalBottomRight,
            (false, true) => Tile::DiagonalBottomLeft,
        };
        self.map.tile(x + dx, y) == solid_at(dx > 0, dy < 0)
            && self.map.tile(x, y + dy) == solid_at(dx < 0, dy > 0)
    }

    /// Steps from the nearest of `from` to each tile; [`NOWHERE`] where no way leads.
    pub(super) fn steps(&self, from: impl Iterator<Item = TilePos>) -> Vec<u32> {
        let mut steps = vec![NOWHERE; self.map.tiles().len()];
        let mut queue: VecDeque<_> = from.map(|at| self.index(at)).collect();
        for &start in &queue {
            steps[start] = 0;
        }
        while let Some(here) = queue.pop_front() {
            for next in self.next(here) {
                if steps[next] == NOWHERE {
                    steps[next] = steps[here] + 1;
                    queue.push_back(next);
                }
            }
        }
        steps
    }

    /// Every tile which, if it were blocked, would cut off others: what lies behind it is a dead end. These are the
    /// articulation points of the graph of steps (Tarjan), reached from `start`.
    pub(super) fn doors(&self, start: TilePos) -> Vec<Door> {
        let mut search = Search::new(self);
        search.run(self.index(start));
        search.doors()
    }
}

/// A walk in depth over the steps. `low` is the earliest tile that can be reached from those behind a tile without it.
struct Search<'a> {
    ways: &'a Ways<'a>,
    /// When a tile was entered, from 1; 0 for not yet.
    entered: Vec<u32>,
    low: Vec<u32>,
    /// Tiles entered through a tile, itself included.
    size: Vec<u32>,
    /// Tile and how many lie behind, before it is known how many there are.
    cuts: Vec<(usize, u32)>,
    count: u32,
}

/// A tile on the way, where it was entered from, and the steps that are left to try.
type Visit = (usize, usize, ArrayVec<usize, 8>);

impl<'a> Search<'a> {
    fn new(ways: &'a Ways<'a>) -> Search<'a> {
        let tiles = ways.map.tiles().len();
        Search {
            ways,
            entered: vec![0; tiles],
            low: vec![0; tiles],
            size: vec![0; tiles],
            cuts: Vec::new(),
            count: 0,
        }
    }

    fn run(&mut self, start: usize) {
        let mut stack = vec![self.enter(start, start)];
        while let Some((here, from, rest)) = stack.last_mut() {
            let (here, from) = (*here, *from);
            match rest.pop() {
                Some(next) if self.entered[next] == 0 => {
                    let visit = self.enter(next, here);
                    stack.push(visit);
                }
                Some(next) if next != from => {
                    self.low[here] = self.low[here].min(self.entered[next]);
                }
                Some(_) => {}
                None => {
                    stack.pop();
                    self.leave(here, from, start);
                }
            }
        }
    }

    fn enter(&mut self, here: usize, from: usize) -> Visit {
        self.count += 1;
        self.entered[here] = self.count;
        self.low[here] = self.count;
        self.size[here] = 1;
        (here, from, self.ways.next(here).collect())
    }

    /// Nothing is left behind `here`: tells the tile it was entered from.
    fn leave(&mut self, here: usize, from: usize, start: usize) {
        if here == start {
            return;
        }
        self.low[from] = self.low[from].min(self.low[here]);
        self.size[from] += self.size[here];
        if self.low[here] >= self.entered[from] {
            self.cuts.push((from, self.size[here]));
        }
    }

    fn doors(&self) -> Vec<Door> {
        let door = |&(at, behind): &(usize, u32)| Door {
            at: self.ways.tile(at),
            // What is cut off is the smaller part, on whichever side of the door it is. Behind the start lies everything.
            behind: behind.min(self.count - 1 - behind) as usize,
        };
        let doors = self.cuts.iter().map(door);
        doors.filter(|door| door.behind > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doors(text: &str) -> Vec<(TilePos, usize)> {
        let map = Map::parse(text).unwrap();
        let ways = Ways::of(&map);
        let mut doors: Vec<_> = ways
            .doors((1, 1))
            .iter()
            .map(|d| (d.at, d.behind))
            .collect();
        doors.sort();
        doors
    }

    #[test]
    fn a_ring_has_no_doors_and_a_nook_has_one() {
        assert_eq!(doors("#####\n#S.S#\n#.#.#\n#...#\n#####\n"), []);
        let nook = "######\n#S.S##\n#.#..#\n#...##\n######\n";
        assert_eq!(doors(nook), [((3, 2), 1)]);
    }

    #[test]
    fn one_corridor_between_two_rooms_leaves_each_behind_it() {
        let rooms = "########\n#S.##..#\n#......#\n#..##.S#\n########\n";
        let doors = doors(rooms);
        assert_eq!(doors.len(), 4, "{doors:?}");
        assert!(doors.contains(&((3, 2), 6)), "{doors:?}");
    }

    #[test]
    fn a_gap_between_two_diagonals_is_a_way_and_a_corner_is_none() {
        let steps = |text: &str| {
            let map = Map::parse(text).unwrap();
            let ways = Ways::of(&map);
            ways.steps([(1, 1)].into_iter())[ways.index((2, 2))]
        };
        assert_eq!(steps("####\n#S◥#\n#◣S#\n####\n"), 1);
        assert_eq!(steps("####\n#S##\n##S#\n####\n"), NOWHERE);
        assert_eq!(steps("####\n#S◣#\n#◥S#\n####\n"), NOWHERE);
    }
}
