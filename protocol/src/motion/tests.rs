//! What must hold for every flight on every map.

use std::ops::ControlFlow;
use std::sync::Arc;

use proptest::prelude::*;

use super::collide::{deepest_contact, deepest_of_near, free_side};
use super::shot::{fly_to_wall, walk_to_wall};
use super::*;
use crate::geometry::TILE;
use crate::map::Tile;
use crate::{Angle, Arena, Buttons, Input, Map, PlayerId, Rules, Steer, Vec2, Weapon};

const YARD: &str = "\
##########
#S..#....#
#.◢◣...◢.#
#.◥◤.o.#.#
#......◥.#
#..##.◤..#
#.....S.◢#
##########
";

fn arena() -> Arena {
    Arena::new(Arc::new(Map::parse(YARD).unwrap()), &Rules::default(), 60)
}

fn at(x: f32, y: f32) -> CraftMotion {
    CraftMotion {
        pos: Vec2::from_tiles(x, y),
        vel: Vec2::ZERO,
    }
}

/// The nearest to a stick; full is 127.
fn steer(x: i8, y: i8) -> Steer {
    Steer::from_xy(f32::from(x) / 127.0, f32::from(y) / 127.0)
}

fn fly(motion: &mut CraftMotion, steer: Steer, ticks: usize, arena: &Arena) {
    (0..ticks).for_each(|_| step_craft(motion, steer, false, arena));
}

fn is_inside_wall(pos: Vec2, map: &Map) -> bool {
    let (tx, ty) = (pos.x.div_euclid(TILE), pos.y.div_euclid(TILE));
    let local = pos - Vec2::new(tx * TILE, ty * TILE);
    let strictly = local.x > 0 && local.y > 0;
    match map.tile(tx, ty) {
        Tile::Wall => strictly,
        Tile::Floor | Tile::Pit => false,
        diagonal => strictly && free_side(diagonal, local) < -1,
    }
}

#[test]
fn top_speed_is_reached_in_the_time_the_rules_give() {
    let (arena, mut motion) = (arena(), at(2.5, 6.5));
    fly(&mut motion, steer(127, 0), 9, &arena);
    assert_eq!(motion.vel, Vec2::new(arena.tuning.craft_speed, 0));
    fly(&mut motion, steer(0, 0), 9, &arena);
    assert_eq!(motion.vel, Vec2::ZERO);
}

#[test]
fn steering_harder_than_full_or_diagonally_is_no_faster() {
    let arena = arena();
    for (x, y) in [(127, 127), (-127, 127), (127, 0), (90, 90)] {
        let mut motion = at(5.0, 4.5);
        fly(&mut motion, steer(x, y), 4, &arena);
        assert!(
            motion.vel.length() <= arena.tuning.craft_speed + 2,
            "{x} {y}: {:?}",
            motion.vel
        );
    }
}

#[test]
fn a_craft_stops_its_radius_before_a_wall_and_slides_along_it_at_full_speed() {
    let (arena, mut motion) = (arena(), at(2.5, 6.5));
    fly(&mut motion, steer(0, 127), 60, &arena);
    assert_eq!(motion.pos.y, 7 * TILE - arena.tuning.craft_radius);
    let x = motion.pos.x;
    fly(&mut motion, steer(90, 90), 20, &arena);
    // Across the seams between wall tiles without losing speed: towards the share of the top speed along x.
    let expected = steer(90, 90).thrust(arena.tuning.craft_speed).x;
    assert!(
        (expected * 95 / 100..=expected).contains(&motion.vel.x),
        "{:?} {expected}",
        motion.vel
    );
    assert!(motion.pos.x - x > 12 * expected / 4);
}

#[test]
fn a_craft_slides_down_a_diagonal() {
    let (arena, mut motion) = (arena(), at(1.5, 4.6));
    // Under the ◥ of the block, pushing up and right: the slope leads it on to the right.
    let before = motion.pos;
    fly(&mut motion, steer(90, -90), 40, &arena);
    assert!(motion.pos.x > before.x + TILE / 2, "{motion:?}");
    assert!(deepest_contact(motion.pos, arena.tuning.craft_radius, &arena.map).is_none());
}

#[test]
fn pits_stop_craft_but_not_shots() {
    let (arena, mut motion) = (arena(), at(4.4, 3.5));
    fly(&mut motion, steer(127, 0), 60, &arena);
    assert_eq!(motion.pos.x, 5 * TILE - arena.tuning.craft_radius);
    let mut shot = shot_from(4.4, 3.5, 0);
    (0..4).for_each(|_| {
        step_shot(&mut shot, &arena, |_| ControlFlow::Continue(()));
    });
    assert_eq!(shot.bounces, 0);
    assert!(shot.pos.x > 5 * TILE);
}

fn shot_from(x: f32, y: f32, heading: u16) -> Shot {
    Shot {
        owner: PlayerId(0),
        weapon: Weapon::FIRST,
        pos: Vec2::from_tiles(x, y),
        heading: Angle(heading),
        bounces: 0,
        age: 0,
    }
}

#[test]
fn a_shot_comes_straight_back_from_a_wall_and_ends_at_the_wall_after_its_last_bounce() {
    let (arena, mut shot) = (arena(), shot_from(2.5, 6.5, 32768));
    let mut bounces = Vec::new();
    let end = loop {
        let step = step_shot(&mut shot, &arena, |segment| {
            bounces.extend(segment.bounce);
            ControlFlow::Continue(())
        });
        if let ShotStep::Ended(end) = step {
            break end;
        }
    };
    // Left wall, the ◢ at the bottom right (up), and so on until the bounces are used up.
    assert_eq!(
        bounces[0],
        Bounce {
            pos: Vec2::new(TILE, 6 * TILE + TILE / 2),
            normal: (1, 0)
        }
    );
    assert_eq!(bounces[1].normal, (-1, -1));
    assert_eq!((end, bounces.len()), (End::Wall, 3));
}

#[test]
fn a_diagonal_turns_a_shot_by_a_quarter() {
    let (arena, mut shot) = (arena(), shot_from(4.0, 6.5, 0));
    while shot.bounces == 0 {
        assert_eq!(
            step_shot(&mut shot, &arena, |_| ControlFlow::Continue(())),
            ShotStep::Flying
        );
    }
    assert_eq!(shot.heading, Angle(49152));
}

#[test]
fn firing_needs_the_trigger_and_a_ready_weapon_and_ends_protection() {
    let arena = arena();
    let mut pilot = Pilot::default();
    pilot.spawn(Vec2::from_tiles(6.5, 6.5), 100, &arena);
    assert!(pilot.is_protected(150));
    let fire = Input {
        buttons: Buttons::FIRE,
        ..Input::default()
    };
    let shots: Vec<_> = (101..=131)
        .filter(|tick| step_pilot(&mut pilot, PlayerId(3), &fire, *tick, &arena).is_some())
        .collect();
    assert_eq!(shots, [101, 111, 121, 131]);
    assert!(!pilot.is_protected(102));
    assert!(step_pilot(&mut pilot, PlayerId(3), &Input::default(), 200, &arena).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn craft_never_enter_anything_solid_and_never_outrun_their_speed(
        inputs in prop::collection::vec((-127i8..=127, -127i8..=127, 1usize..30), 1..20)
    ) {
        let (arena, mut motion) = (arena(), at(1.5, 1.5));
        for (x, y, ticks) in inputs {
            for _ in 0..ticks {
                let before = motion.pos;
                step_craft(&mut motion, steer(x, y), false, &arena);
                prop_assert!(deepest_contact(motion.pos, arena.tuning.craft_radius, &arena.map).is_none());
                // Pushed out of a corner a craft may move a little further than it flew.
                let moved = (motion.pos - before).length();
                prop_assert!(moved <= arena.tuning.craft_speed / 4 + arena.tuning.craft_radius / 2, "{moved}");
            }
        }
    }

    #[test]
    fn neither_dashes_nor_haste_lead_through_anything(
        legs in prop::collection::vec((0..=224_u8, any::<bool>(), 1usize..20), 1..20)
    ) {
        let (arena, mut motion) = (arena(), at(1.5, 1.5));
        for (code, has_haste, ticks) in legs {
            let steer = Steer::from_code(code).unwrap();
            for _ in 0..ticks {
                let before = motion.pos;
                step_craft(&mut motion, steer, has_haste, &arena);
                let contact = deepest_contact(motion.pos, arena.tuning.craft_radius, &arena.map);
                prop_assert!(contact.is_none(), "{motion:?}");
                let moved = (motion.pos - before).length();
                prop_assert!(moved <= arena.tuning.dash_speed / 4 + arena.tuning.craft_radius / 2, "{moved}");
                if steer.dashes().is_none() {
                    let top = arena.tuning.haste_speed;
                    prop_assert!(motion.vel.length() <= top + top / 16 + 1, "{motion:?}");
                }
            }
        }
    }

    #[test]
    fn shots_never_enter_a_wall_and_never_change_speed(heading: u16, bounces in 0u8..3) {
        let arena = arena();
        let mut shot = Shot { bounces, ..shot_from(1.5, 1.5, heading) };
        for _ in 0..300 {
            let before = shot;
            let mut length = 0;
            let step = step_shot(&mut shot, &arena, |segment| {
                length += (segment.to - segment.from).length();
                ControlFlow::Continue(())
            });
            prop_assert!(!is_inside_wall(shot.pos, &arena.map), "{before:?} to {shot:?}");
            if step != ShotStep::Flying {
                return Ok(());
            }
            prop_assert!((length - arena.tuning.weapons[0].shot_speed / 4).abs() <= 8, "{before:?} flew {length}");
        }
        prop_assert!(false, "a shot that never ends");
    }

    #[test]
    fn a_shot_stepped_twice_from_the_same_state_is_the_same(heading: u16) {
        let arena = arena();
        let (mut a, mut b) = (shot_from(6.5, 6.5, heading), shot_from(6.5, 6.5, heading));
        for _ in 0..72 {
            let steps = [&mut a, &mut b].map(|shot| step_shot(shot, &arena, |_| ControlFlow::Continue(())));
            prop_assert_eq!(steps[0], steps[1]);
            prop_assert_eq!(a, b);
        }
    }
}

const PLAZA: &str = "\
##############
#S...........#
#............#
#....◢◣......#
#....◥◤......#
#............#
#............#
#.........o..#
#............#
#...........S#
##############
";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    /// Where nothing is near, nothing is looked for: what comes out is the same to the unit.
    #[test]
    fn room_is_a_short_cut_and_nothing_else(
        x in 0..14 * TILE, y in 0..11 * TILE,
        dx in -1_500..1_500_i32, dy in -1_500..1_500_i32,
        radius in 100..600_i32,
        on_border in 0..4_u8,
    ) {
        let map = Map::parse(PLAZA).unwrap();
        let snap = |at: i32, bit: u8| if on_border & bit == 0 { at } else { at / TILE * TILE };
        let (pos, rest) = (Vec2::new(snap(x, 1), snap(y, 2)), Vec2::new(dx, dy));
        prop_assert_eq!(fly_to_wall(pos, rest, &map), walk_to_wall(pos, rest, &map));
        prop_assert_eq!(deepest_contact(pos, radius, &map), deepest_of_near(pos, radius, &map));
    }

    /// Several ticks at once lead where they lead one by one.
    #[test]
    fn flying_on_is_stepping_tick_by_tick(
        x in 1..13 * TILE, y in 1..10 * TILE, heading: u16, ticks in 0..40_u32, age in 0..80_u8,
    ) {
        let map = Map::parse(PLAZA).unwrap();
        let pos = Vec2::new(x, y);
        if is_inside_wall(pos, &map) {
            return Ok(());
        }
        let arena = Arena::new(Arc::new(map), &Rules::default(), 60);
        let shot = Shot { pos, age, ..shot_from(0.0, 0.0, heading) };
        let (mut at_once, mut stepped) = (shot, shot);
        let mut step = || step_shot(&mut stepped, &arena, |_| ControlFlow::Continue(()));
        let ended = (0..ticks).map(|_| step()).find(|step| *step != ShotStep::Flying);
        let flown = fly_shot(&mut at_once, ticks, &arena);
        prop_assert_eq!(flown, ended.unwrap_or(ShotStep::Flying));
        prop_assert_eq!(at_once, stepped);
    }
}
