//! Ways round walls: a breadth-first search from the goal over a window of tiles around the craft. The window bounds the
//! work (4,096 tiles, some 20 µs) whatever the map's size, and its memory is kept, so planning allocates nothing.

use fracas_protocol::Map;

use super::plane::Xy;
use super::sight;

/// Width and height of the window: twice what a view shows.
const SIDE: i32 = 64;
const TILES: usize = (SIDE * SIDE) as usize;
/// Tiles looked ahead along the way when cutting corners.
const LOOK_AHEAD: usize = 6;

const UNKNOWN: u8 = u8::MAX;
const ARRIVED: u8 = 8;
/// Straight ones first: of two ways of equal length the one with fewer diagonals is found.
const STEPS: [(i32, i32); 8] = [
    (1, 0),
    (-1, 0),
    (0, 1),
    (0, -1),
    (1, 1),
    (-1, 1),
    (1, -1),
    (-1, -1),
];

/// A way to one goal, known from every tile that is not farther from it than the craft was when it was planned.
#[derive(Debug)]
pub(crate) struct Path {
    corner: (i32, i32),
    goal: (i32, i32),
    /// For each tile of the window the step that leads to the goal.
    steps: Box<[u8; TILES]>,
    queue: Box<[u16; TILES]>,
}

impl Path {
    pub(crate) fn new() -> Self {
        Path {
            corner: (0, 0),
            goal: (-1, -1),
            steps: Box::new([UNKNOWN; TILES]),
            queue: Box::new([0; TILES]),
        }
    }

    /// Plans the way from `from` to `goal`; false when there is none within the window.
    pub(crate) fn plan(&mut self, map: &Map, from: (i32, i32), goal: (i32, i32)) -> bool {
        self.forget();
        self.corner = (from.0 - SIDE / 2, from.1 - SIDE / 2);
        let Some(start) = self.index(goal).filter(|_| sight::is_open(map, goal)) else {
            return false;
        };
        self.goal = goal;
        self.steps[start] = ARRIVED;
        self.queue[0] = start as u16;
        let (mut next, mut end) = (0, 1);
        while next < end {
            let tile = self.tile(self.queue[next]);
            next += 1;
            if tile == from {
                return true;
            }
            for (step, (dx, dy)) in STEPS.into_iter().enumerate() {
                let before = (tile.0 - dx, tile.1 - dy);
                let Some(at) = self.index(before).filter(|at| self.steps[*at] == UNKNOWN) else {
                    continue;
                };
                if can_step(map, before, (dx, dy), from) {
                    self.steps[at] = step as u8;
                    self.queue[end] = at as u16;
                    end += 1;
                }
            }
        }
        false
    }

    pub(crate) fn forget(&mut self) {
        self.goal = (-1, -1);
        self.steps.fill(UNKNOWN);
    }

    pub(crate) fn goal(&self) -> (i32, i32) {
        self.goal
    }

    /// Whether the way to the goal is known from this tile.
    pub(crate) fn knows(&self, tile: (i32, i32)) -> bool {
        self.index(tile).is_some_and(|at| self.steps[at] != UNKNOWN)
    }

    /// The farthest place along the way that a craft at `pos` can fly straight to; nothing when it is off the way.
    pub(crate) fn waypoint(&self, map: &Map, pos: Xy, radius: f32) -> Option<Xy> {
        let mut tile = pos.tile();
        self.index(tile).filter(|at| self.steps[*at] != UNKNOWN)?;
        let mut best = Xy::middle(tile);
        for ahead in 0..LOOK_AHEAD {
            let Some(next) = self.next(tile) else { break };
            let middle = Xy::middle(next);
            // The first step is taken in any case: a craft that touches a corner has no free line to anywhere.
            if ahead > 0 && !sight::craft_passes(map, pos, middle, radius) {
                break;
            }
            (tile, best) = (next, middle);
        }
        Some(best)
    }

    fn next(&self, tile: (i32, i32)) -> Option<(i32, i32)> {
        let (dx, dy) = *STEPS.get(usize::from(self.steps[self.index(tile)?]))?;
        Some((tile.0 + dx, tile.1 + dy))
    }

    fn index(&self, tile: (i32, i32)) -> Option<usize> {
        let (x, y) = (tile.0 - self.corner.0, tile.1 - self.corner.1);
        let inside = (0..SIDE).contains(&x) && (0..SIDE).contains(&y);
        inside.then(|| (y * SIDE + x) as usize)
    }

    fn tile(&self, index: u16) -> (i32, i32) {
        let index = i32::from(index);
        (self.corner.0 + index % SIDE, self.corner.1 + index / SIDE)
    }
}

/// Whether a craft gets from `tile` to the next one in this direction. It may leave the tile `from` whatever that is:
/// it is there, perhaps in the free corner of a diagonal.
fn can_step(map: &Map, tile: (i32, i32), (dx, dy): (i32, i32), from: (i32, i32)) -> bool {
    let open = |tile| sight::is_open(map, tile) || tile == from;
    let diagonal = dx != 0 && dy != 0;
    open(tile) && (!diagonal || (open((tile.0 + dx, tile.1)) && open((tile.0, tile.1 + dy))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> Map {
        Map::parse("###########\n#S..#....S#\n#...#.o...#\n#...#.....#\n#.........#\n###########\n")
            .unwrap()
    }

    #[test]
    fn a_way_leads_round_a_wall_and_every_step_is_open() {
        let map = map();
        let mut path = Path::new();
        assert!(path.plan(&map, (1, 1), (9, 1)));
        let mut tile = (1, 1);
        let mut steps = 0;
        while let Some(next) = path.next(tile) {
            assert!(sight::is_open(&map, next), "{next:?}");
            (tile, steps) = (next, steps + 1);
        }
        assert_eq!(tile, (9, 1));
        assert!(steps <= 11, "{steps}");
    }

    #[test]
    fn what_is_walled_in_or_too_far_is_not_reached() {
        let map = map();
        let mut path = Path::new();
        assert!(!path.plan(&map, (1, 1), (4, 1)));
        assert!(!path.plan(&map, (1, 1), (90, 1)));
        assert!(!path.knows((1, 1)));
    }

    #[test]
    fn corners_are_cut_only_where_the_craft_fits() {
        let map = map();
        let mut path = Path::new();
        assert!(path.plan(&map, (3, 1), (5, 1)));
        let pos = Xy::new(3.5, 1.5);
        let waypoint = path.waypoint(&map, pos, 0.45).unwrap();
        assert!(sight::craft_passes(&map, pos, waypoint, 0.45));
        assert!(waypoint.y > 1.6, "{waypoint:?}");
    }
}
