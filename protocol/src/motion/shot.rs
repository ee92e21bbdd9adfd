//! A shot in flight: a point that bounces off walls, exactly the same at both ends, so only its birth has to travel.

use std::ops::ControlFlow;

use bincode::{Decode, Encode};

use super::collide::{free_side, is_rising};
use crate::geometry::{TILE, UNIT, VELOCITY_SCALE, div_round};
use crate::map::Tile;
use crate::rules::{Arena, WeaponTuning};
use crate::{Angle, Map, PlayerId, Tick, Vec2, Weapon};

/// A shot at one tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Shot {
    /// Who gets the credit.
    pub owner: PlayerId,
    /// What it was fired with.
    pub weapon: Weapon,
    /// Where it is, in position units.
    pub pos: Vec2,
    /// Where it flies to.
    pub heading: Angle,
    /// How often it has bounced.
    pub bounces: u8,
    /// Ticks since its birth.
    pub age: u8,
}

impl Shot {
    /// The tick it was fired in, given the tick it is seen at.
    pub fn birth(&self, now: Tick) -> Tick {
        now.wrapping_sub(Tick::from(self.age))
    }

    /// Velocity, in velocity units.
    pub fn velocity(&self, arena: &Arena) -> Vec2 {
        self.heading
            .direction()
            .scale(i64::from(self.tuning(arena).shot_speed), i64::from(UNIT))
    }

    /// What it does to a craft now.
    pub fn damage(&self, arena: &Arena) -> u8 {
        self.tuning(arena).damage(self.bounces)
    }

    /// Whether it ends by age alone at or before `ticks` from now.
    pub fn expires_within(&self, ticks: u32, arena: &Arena) -> bool {
        u32::from(self.age) + ticks >= u32::from(self.tuning(arena).shot_life_ticks)
    }

    /// The numbers of its weapon.
    pub fn tuning<'a>(&self, arena: &'a Arena) -> &'a WeaponTuning {
        arena.tuning.weapon(self.weapon)
    }
}

/// A straight piece of a shot's path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Where it starts, in position units.
    pub from: Vec2,
    /// Where it ends.
    pub to: Vec2,
    /// Bounces before this piece.
    pub bounces: u8,
    /// The bounce that ends it, if one does.
    pub bounce: Option<Bounce>,
}

/// The end of a segment, as [`Segment::nearest`] counts.
const ALONG_ALL: i64 = 1024;

impl Segment {
    /// How far along it (0 to 1024) and where it comes closest to `target`, if that is within `reach` (in position units).
    pub fn nearest(&self, target: Vec2, reach: i32) -> Option<(i64, Vec2)> {
        let way = self.to - self.from;
        let whole = way.length_squared();
        let along = match whole {
            0 => 0,
            whole => ((target - self.from).dot(way) * ALONG_ALL / whole).clamp(0, ALONG_ALL),
        };
        let pos = self.from + way.scale(along, ALONG_ALL);
        let is_met = (target - pos).length_squared() <= i64::from(reach) * i64::from(reach);
        is_met.then_some((along, pos))
    }
}

/// A ricochet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounce {
    /// Where, in position units.
    pub pos: Vec2,
    /// Away from the wall, components -1, 0 or 1 (a diagonal has two).
    pub normal: (i8, i8),
}

impl Bounce {
    /// Where to what came along `heading` flies on.
    pub const fn turn(&self, heading: Angle) -> Angle {
        match self.normal {
            (_, 0) => heading.mirrored_x(),
            (0, _) => heading.mirrored_y(),
            (x, y) if x == y => heading.mirrored_rising(),
            _ => heading.mirrored_falling(),
        }
    }
}

/// Why a shot is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// A wall after its last bounce.
    Wall,
    /// Its time is over.
    Expired,
    /// The caller broke off, for instance because it met a craft.
    Stopped,
}

/// What a tick made of a shot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShotStep {
    /// It goes on.
    Flying,
    /// It ended; its position is where.
    Ended(End),
}

/// Most bounces and tile borders in one tick, a bound on the work; at 60 tiles/s and 60 Hz a shot crosses 3.
const CROSSINGS_MAX: usize = 32;

/// Ticks in which a shot gains from the past in which its shooter, or whoever sees it fired, saw the others, to the
/// present. Clients show it so, and it is judged so.
pub const CATCH_UP_TICKS: u32 = 18;

/// Where a shot leaves a craft: within the craft's radius, so never inside a wall.
pub fn muzzle(craft: Vec2, aim: Angle, arena: &Arena) -> Vec2 {
    craft
        + aim
            .direction()
            .scale(i64::from(arena.tuning.craft_radius - 16), i64::from(UNIT))
}

/// One tick of flight. `on_segment` sees every straight piece in order and may break off (the shot hit something):
/// then the shot keeps the state it had at the start of that piece.
pub fn step_shot(
    shot: &mut Shot,
    arena: &Arena,
    mut on_segment: impl FnMut(&Segment) -> ControlFlow<()>,
) -> ShotStep {
    let tuning = shot.tuning(arena);
    let mut rest = shot.velocity(arena).scale(1, i64::from(VELOCITY_SCALE));
    shot.age = shot.age.saturating_add(1);
    for _ in 0..CROSSINGS_MAX {
        let (to, wall) = fly_to_wall(shot.pos, rest, &arena.map);
        let bounce = wall.map(|wall| wall.bounce_at(to));
        if on_segment(&Segment {
            from: shot.pos,
            to,
            bounces: shot.bounces,
            bounce,
        })
        .is_break()
        {
            return ShotStep::Ended(End::Stopped);
        }
        rest = rest - (to - shot.pos);
        shot.pos = to;
        let Some(wall) = wall else { break };
        if shot.bounces >= tuning.bounces {
            return ShotStep::Ended(End::Wall);
        }
        shot.bounces += 1;
        (shot.heading, rest) = wall.reflect(shot.heading, rest);
    }
    if shot.age >= tuning.shot_life_ticks {
        ShotStep::Ended(End::Expired)
    } else {
        ShotStep::Flying
    }
}

/// Some ticks of flight that nobody watches: where [`step_shot`] leads, tick by tick.
pub fn fly_shot(shot: &mut Shot, ticks: u32, arena: &Arena) -> ShotStep {
    let step = shot.velocity(arena).scale(1, i64::from(VELOCITY_SCALE));
    let reach = i64::from(step.max_component()) * i64::from(ticks);
    // Every tick's step is the same until it meets something, so where nothing is near all are taken at once.
    if reach < i64::from(TILE)
        && !shot.expires_within(ticks, arena)
        && arena.map.has_room_for_shots(shot.pos)
    {
        let ticks = ticks as u8;
        shot.pos += Vec2::new(step.x * i32::from(ticks), step.y * i32::from(ticks));
        shot.age += ticks;
        return ShotStep::Flying;
    }
    for _ in 0..ticks.min(256) {
        let step = step_shot(shot, arena, |_| ControlFlow::Continue(()));
        if step != ShotStep::Flying {
            return step;
        }
    }
    ShotStep::Flying
}

/// The kind of surface a shot meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Surface {
    /// A face that runs up and down; the shot came along +x or -x.
    Vertical { from_left: bool },
    /// A face that runs left and right.
    Horizontal { from_above: bool },
    /// The slope of a diagonal tile.
    Slope(Tile),
}

impl Surface {
    pub(super) fn bounce_at(self, pos: Vec2) -> Bounce {
        Bounce {
            pos,
            normal: self.normal(),
        }
    }

    pub(super) fn reflect(self, heading: Angle, rest: Vec2) -> (Angle, Vec2) {
        match self {
            Surface::Vertical { .. } => (heading.mirrored_x(), Vec2::new(-rest.x, rest.y)),
            Surface::Horizontal { .. } => (heading.mirrored_y(), Vec2::new(rest.x, -rest.y)),
            Surface::Slope(tile) if is_rising(tile) => {
                (heading.mirrored_rising(), Vec2::new(-rest.y, -rest.x))
            }
            Surface::Slope(_) => (heading.mirrored_falling(), Vec2::new(rest.y, rest.x)),
        }
    }

    fn normal(self) -> (i8, i8) {
        match self {
            Surface::Vertical { from_left } => (if from_left { -1 } else { 1 }, 0),
            Surface::Horizontal { from_above } => (0, if from_above { -1 } else { 1 }),
            Surface::Slope(Tile::DiagonalTopLeft) => (1, 1),
            Surface::Slope(Tile::DiagonalTopRight) => (-1, 1),
            Surface::Slope(Tile::DiagonalBottomRight) => (-1, -1),
            Surface::Slope(_) => (1, -1),
        }
    }
}

/// Whether no wall lies on the straight line between two points.
pub fn sees(from: Vec2, to: Vec2, map: &Map) -> bool {
    fly_far(from, to - from, map).1.is_none()
}

/// [`fly_to_wall`] over any distance a rule allows: 64 tiles are at most 92 borders.
pub(super) fn fly_far(mut pos: Vec2, mut rest: Vec2, map: &Map) -> (Vec2, Option<Surface>) {
    for _ in 0..4 {
        let (to, wall) = fly_to_wall(pos, rest, map);
        rest = rest - (to - pos);
        pos = to;
        if wall.is_some() || rest == Vec2::ZERO {
            return (pos, wall);
        }
    }
    (pos, None)
}

/// Flies from `pos` along `rest` through the grid until the way is done or a surface is met.
pub(super) fn fly_to_wall(pos: Vec2, rest: Vec2, map: &Map) -> (Vec2, Option<Surface>) {
    // Far from walls, where most of the way lies, the grid needn't be walked.
    if rest.max_component() < TILE && map.has_room_for_shots(pos) {
        return (pos + rest, None);
    }
    // Nor within one tile that isn't wall: most of the rest.
    let (x, y) = (pos.x.div_euclid(TILE), pos.y.div_euclid(TILE));
    let from = pos - Vec2::new(x * TILE, y * TILE);
    let is_within = |at: Vec2| (1..TILE).contains(&at.x) && (1..TILE).contains(&at.y);
    if is_within(from)
        && is_within(from + rest)
        && matches!(map.tile(x, y), Tile::Floor | Tile::Pit)
    {
        return (pos + rest, None);
    }
    walk_to_wall(pos, rest, map)
}

pub(super) fn walk_to_wall(mut pos: Vec2, mut rest: Vec2, map: &Map) -> (Vec2, Option<Surface>) {
    for _ in 0..CROSSINGS_MAX {
        let tile_at = Vec2::new(tile_index(pos.x, rest.x), tile_index(pos.y, rest.y));
        if let Some(face) = face_ahead(pos, rest, tile_at, map) {
            return (pos, Some(face));
        }
        let origin = Vec2::new(tile_at.x * TILE, tile_at.y * TILE);
        let exit = exit_of_tile(pos - origin, rest);
        let tile = map.tile(tile_at.x, tile_at.y);
        if let Some(step) = step_to_slope(tile, pos - origin, exit.step) {
            return (pos + step, Some(Surface::Slope(tile)));
        }
        pos += exit.step;
        rest = rest - exit.step;
        let Some(face) = exit.face else {
            return (pos, None);
        };
        let (nx, ny) = face.normal();
        if is_solid_face(
            map.tile(tile_at.x - i32::from(nx), tile_at.y - i32::from(ny)),
            face,
        ) {
            return (pos, Some(face));
        }
        if rest == Vec2::ZERO {
            return (pos, None);
        }
    }
    (pos, None)
}

/// The tile a coordinate belongs to; on a border, the tile the shot is flying into.
fn tile_index(at: i32, direction: i32) -> i32 {
    if direction < 0 {
        (at - 1).div_euclid(TILE)
    } else {
        at.div_euclid(TILE)
    }
}

/// The face a shot on the border of a tile is about to enter, if it is wall. Ordinary crossings have been looked at
/// when the shot came to the border; what is found here are corners, reached to the unit along two borders at once.
fn face_ahead(pos: Vec2, rest: Vec2, tile_at: Vec2, map: &Map) -> Option<Surface> {
    let on_border = |at: i32, direction: i32| direction != 0 && at.rem_euclid(TILE) == 0;
    let (x, y) = (on_border(pos.x, rest.x), on_border(pos.y, rest.y));
    let tile = map.tile(tile_at.x, tile_at.y);
    let vertical = Surface::Vertical {
        from_left: rest.x > 0,
    };
    let horizontal = Surface::Horizontal {
        from_above: rest.y > 0,
    };
    let (x, y) = (
        x && is_solid_face(tile, vertical),
        y && is_solid_face(tile, horizontal),
    );
    // Of two faces the one that isn't covered by another wall; in an inner corner one after the other.
    let covers_vertical = map.tile(tile_at.x - rest.x.signum(), tile_at.y) == Tile::Wall;
    match (x, y) {
        (true, true) if covers_vertical => Some(horizontal),
        (true, _) => Some(vertical),
        (false, true) => Some(horizontal),
        (false, false) => None,
    }
}

struct Exit {
    step: Vec2,
    face: Option<Surface>,
}

/// The way to the border of the tile, or the whole way if it ends before that.
fn exit_of_tile(local: Vec2, rest: Vec2) -> Exit {
    let to_border = |at: i32, direction: i32| match direction {
        1.. => Some(TILE - at),
        ..0 => Some(-at),
        0 => None,
    };
    let reaches = |border: Option<i32>, direction: i32| {
        border.filter(|b| b.abs() < direction.abs() || *b == direction)
    };
    let x = reaches(to_border(local.x, rest.x), rest.x);
    let y = reaches(to_border(local.y, rest.y), rest.y);
    // The earlier of the two crossings: bx / rx < by / ry, multiplied out (both quotients are positive).
    let x_first = match (x, y) {
        (None, None) => {
            return Exit {
                step: rest,
                face: None,
            };
        }
        (Some(_), None) => true,
        (None, Some(_)) => false,
        (Some(bx), Some(by)) => {
            i64::from(bx.abs()) * i64::from(rest.y.abs())
                <= i64::from(by.abs()) * i64::from(rest.x.abs())
        }
    };
    if x_first {
        let bx = x.unwrap_or(0);
        let step = Vec2::new(bx, part(rest.y, bx, rest.x));
        Exit {
            step,
            face: Some(Surface::Vertical {
                from_left: rest.x > 0,
            }),
        }
    } else {
        let by = y.unwrap_or(0);
        let step = Vec2::new(part(rest.x, by, rest.y), by);
        Exit {
            step,
            face: Some(Surface::Horizontal {
                from_above: rest.y > 0,
            }),
        }
    }
}

/// `whole * numerator / denominator`, for a numerator and denominator of the same sign.
fn part(whole: i32, numerator: i32, denominator: i32) -> i32 {
    div_round(
        i64::from(whole) * i64::from(numerator.abs()),
        i64::from(denominator.abs()).max(1),
    ) as i32
}

/// The way to the slope of a diagonal tile, if it is met before `limit`.
fn step_to_slope(tile: Tile, local: Vec2, limit: Vec2) -> Option<Vec2> {
    if matches!(tile, Tile::Floor | Tile::Wall | Tile::Pit) {
        return None;
    }
    let before = free_side(tile, local).max(0);
    let after = free_side(tile, local + limit);
    if after >= 0 || after >= before {
        return None;
    }
    let (numerator, denominator) = (i64::from(before), i64::from(before - after));
    Some(limit.scale(numerator, denominator))
}

/// Whether the face of `tile` that a shot meets when it crosses into it is wall.
fn is_solid_face(tile: Tile, face: Surface) -> bool {
    use Tile::{DiagonalBottomLeft, DiagonalBottomRight, DiagonalTopLeft, DiagonalTopRight, Wall};
    match face {
        Surface::Vertical { from_left: true } => {
            matches!(tile, Wall | DiagonalTopLeft | DiagonalBottomLeft)
        }
        Surface::Vertical { from_left: false } => {
            matches!(tile, Wall | DiagonalTopRight | DiagonalBottomRight)
        }
        Surface::Horizontal { from_above: true } => {
            matches!(tile, Wall | DiagonalTopLeft | DiagonalTopRight)
        }
        Surface::Horizontal { from_above: false } => {
            matches!(tile, Wall | DiagonalBottomLeft | DiagonalBottomRight)
        }
        Surface::Slope(_) => false,
    }
}
