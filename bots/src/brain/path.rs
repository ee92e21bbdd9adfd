//! Ways round walls: a breadth-first search from the goal over a window of tiles with both in it. The window bounds the
//! work (4,096 tiles, some 20 µs) whatever the map's size, and its memory is kept, so planning allocates nothing. What is
//! farther away than a window is wide is approached in pieces: first to the open tile of a window that is nearest to it.

use fracas_protocol::Map;
use fracas_protocol::map::STEPS;

use super::plane::Xy;
use super::sight;

/// Width and height of the window: twice what a view shows.
const SIDE: i32 = 64;
/// Tiles at the window's edge from which the end of a piece of the way is chosen.
const BORDER: i32 = 3;
const TILES: usize = (SIDE * SIDE) as usize;
/// Tiles looked ahead along the way when cutting corners.
const LOOK_AHEAD: usize = 6;

const UNKNOWN: u8 = u8::MAX;
const ARRIVED: u8 = 8;

/// A way to one goal, known from every tile that is not farther from it than the craft was when it was planned.
#[derive(Debug)]
pub(crate) struct Path {
    corner: (i32, i32),
    /// What was asked for, and where the planned way leads: the same, unless that is far away.
    asked: (i32, i32),
    goal: (i32, i32),
    /// For each tile of the window the step that leads to the goal.
    steps: Box<[u8; TILES]>,
    queue: Box<[u16; TILES]>,
}

impl Path {
    pub(crate) fn new() -> Self {
        Path {
            corner: (0, 0),
            asked: (-1, -1),
            goal: (-1, -1),
            steps: Box::new([UNKNOWN; TILES]),
            queue: Box::new([0; TILES]),
        }
    }

    /// Plans the way from `from` to `goal`, or towards it; false when there is none within the window.
    pub(crate) fn plan(&mut self, map: &Map, from: (i32, i32), goal: (i32, i32)) -> bool {
        self.forget();
        self.asked = goal;
        let end = self.place_window(map, from, goal);
        let Some(start) = self.index(end).filter(|_| sight::is_open(map, end)) else {
            return false;
        };
        self.goal = end;
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

    /// Puts the window about both, or about `from` if they are too far apart; returns the tile to plan to.
    fn place_window(&mut self, map: &Map, from: (i32, i32), goal: (i32, i32)) -> (i32, i32) {
        let corner = |from: i32, goal: i32, length: u16| {
            let middle = if (goal - from).abs() < SIDE - 2 * BORDER {
                i32::midpoint(from, goal)
            } else {
                from
            };
            (middle - SIDE / 2).clamp(0, (i32::from(length) - SIDE).max(0))
        };
        self.corner = (
            corner(from.0, goal.0, map.width()),
            corner(from.1, goal.1, map.height()),
        );
        if self.index(goal).is_some() {
            return goal;
        }
        let away = |tile: (i32, i32)| (tile.0 - goal.0).pow(2) + (tile.1 - goal.1).pow(2);
        let inside = |corner: i32, at: i32| at.clamp(corner + BORDER, corner + SIDE - 1 - BORDER);
        let near = (inside(self.corner.0, goal.0), inside(self.corner.1, goal.1));
        let around = (-BORDER..=BORDER)
            .flat_map(|dy| (-BORDER..=BORDER).map(move |dx| (near.0 + dx, near.1 + dy)));
        around
            .filter(|tile| sight::is_open(map, *tile))
            .min_by_key(|tile| away(*tile))
            .unwrap_or(goal)
    }

    pub(crate) fn forget(&mut self) {
        self.goal = (-1, -1);
        self.asked = (-1, -1);
        self.steps.fill(UNKNOWN);
    }

    /// What the last plan was asked for.
    pub(crate) fn asked(&self) -> (i32, i32) {
        self.asked
    }

    /// Where it leads.
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
    fn what_is_far_away_is_approached_in_pieces() {
        let wall = "#".repeat(150);
        let row = format!("#S{}S#", ".".repeat(146));
        let walled = format!("#{}#{}#", ".".repeat(73), ".".repeat(74));
        let map = Map::parse(
            &[&wall, &row, &walled, &walled, &wall]
                .map(|row| &**row)
                .join("\n"),
        );
        let map = map.unwrap();
        let (mut path, goal) = (Path::new(), (148, 3));
        let mut tile = (1, 3);
        for _ in 0..5 {
            assert!(path.plan(&map, tile, goal), "{tile:?}");
            assert_eq!(path.asked(), goal);
            while let Some(next) = path.next(tile) {
                tile = next;
            }
            assert_eq!(tile, path.goal());
        }
        assert_eq!(tile, goal);
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
