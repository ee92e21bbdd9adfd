use std::ops::ControlFlow;

use fracas_protocol::motion::{
    Beam, CraftMotion, End, Fired, Pilot, Shot, ShotStep, step_craft, step_pilot, step_shot,
};
use fracas_protocol::{Angle, Arena, Buttons, Input, Map, PlayerId, Rules, Steer, Vec2, Weapon};

use crate::arena;

#[test]
fn m1_the_sine_table_is_sine_rounded_to_the_nearest() {
    for piece in 0..=256_u16 {
        let radians = f64::from(piece) / 256.0 * std::f64::consts::FRAC_PI_2;
        // The library's sine is good to the last bit or so; no entry lies that near a half.
        #[allow(clippy::disallowed_methods)]
        let expected = (radians.sin() * 32_768.0).round() as i32;
        assert_eq!(Angle(piece * 64).direction().y, expected, "{piece}");
    }
}

#[test]
fn m1_between_table_entries_sine_is_linear() {
    let sine = |angle: u16| Angle(angle).direction().y;
    let (from, to) = (sine(64 * 100), sine(64 * 101));
    for rest in 0..64 {
        let expected = from + (((to - from) * i32::from(rest) + 32) >> 6);
        assert_eq!(sine(64 * 100 + rest), expected);
    }
    assert_eq!(
        [0, 0x4000, 0x8000, 0xC000].map(sine),
        [0, 32_768, 0, -32_768]
    );
    assert_eq!(
        (sine(0x8000 + 1_234), sine(0xC000 + 1_234)),
        (-sine(1_234), -sine(0x4000 - 1_234))
    );
}

#[test]
fn m2_coarse_aim_is_the_nearest_of_256_directions() {
    for (angle, coarse) in [
        (0, 0),
        (127, 0),
        (128, 1),
        (0x4000, 64),
        (65_407, 255),
        (65_408, 0),
    ] {
        assert_eq!(Angle(angle).coarse(), coarse, "{angle}");
    }
    assert_eq!(Angle::from_coarse(64), Angle(0x4000));
}

#[test]
fn m4_a_craft_gains_speed_towards_what_is_wanted_and_never_more_than_its_acceleration() {
    let row = format!("{}\n", ".".repeat(20));
    let field = row.repeat(18) + &row.replace('.', "S").repeat(2);
    let map = std::sync::Arc::new(Map::parse(&field).unwrap());
    let arena = Arena::new(map, &Rules::default(), 60);
    let mut motion = CraftMotion {
        pos: Vec2::new(10_000, 10_000),
        vel: Vec2::ZERO,
    };
    for code in [3, 99, 0, 51, 192, 1] {
        let steer = Steer::from_code(code).unwrap();
        for _ in 0..9 {
            let before = motion.vel;
            step_craft(&mut motion, steer, false, &arena);
            let change = (motion.vel - before).length();
            assert!(change <= arena.tuning.craft_acceleration + 1, "{code}");
        }
    }
}

#[test]
fn m4_each_strength_has_its_speed() {
    let arena = arena();
    for (code, speed) in [(1, 159), (2, 319), (3, 478), (0, 0)] {
        let mut motion = CraftMotion {
            pos: Vec2::new(2_560, 6_656),
            vel: Vec2::ZERO,
        };
        for _ in 0..9 {
            step_craft(&mut motion, Steer::from_code(code).unwrap(), false, &arena);
        }
        assert_eq!(motion.vel, Vec2::new(speed, 0), "{code}");
    }
}

#[test]
fn m3_a_pilot_flies_then_fires_and_the_shot_waits_for_the_next_tick() {
    let arena = arena();
    let mut pilot = Pilot::default();
    pilot.spawn(Vec2::new(2_560, 6_656), 100, &arena);
    let input = Input {
        steer: Steer::from_code(3).unwrap(),
        aim: Angle(0xC000),
        buttons: Buttons::FIRE,
    };
    let owner = PlayerId(4);
    let Some(Fired::Shots(volley)) = step_pilot(&mut pilot, owner, &input, 101, &arena) else {
        panic!("a shot")
    };
    let [shot] = volley.shots(&arena).collect::<Vec<_>>()[..] else {
        panic!("one shot")
    };
    assert_eq!(pilot.motion.pos, Vec2::new(2_574, 6_656));
    assert_eq!((shot.pos, shot.age), (Vec2::new(2_574, 6_211), 0));
    assert_eq!((pilot.ready_at, pilot.protected_until), (111, 101));
    assert_eq!(pilot.steer, input.steer);
    for tick in 102..111 {
        assert_eq!(step_pilot(&mut pilot, owner, &input, tick, &arena), None);
    }
    assert!(step_pilot(&mut pilot, owner, &input, 111, &arena).is_some());
    pilot.die(None, 112, &arena);
    let wreck = pilot;
    assert_eq!(step_pilot(&mut pilot, owner, &input, 200, &arena), None);
    assert_eq!(pilot, wreck);
}

/// A craft at rest in the yard.
fn resting(x: i32, y: i32) -> CraftMotion {
    CraftMotion {
        pos: Vec2::new(x, y),
        vel: Vec2::ZERO,
    }
}

fn flown(mut motion: CraftMotion, code: u8, ticks: u32) -> CraftMotion {
    let arena = arena();
    for _ in 0..ticks {
        step_craft(&mut motion, Steer::from_code(code).unwrap(), false, &arena);
    }
    motion
}

#[test]
fn m5_a_craft_slides_along_a_wall_and_keeps_its_speed_along_it() {
    // Against the wall below, steering down and right.
    let pressed = flown(resting(2_560, 6_656), 51, 10);
    assert_eq!(pressed.pos.y, 7 * 1_024 - 461);
    let slid = flown(pressed, 27, 9);
    assert_eq!((slid.pos.y, slid.vel.y), (7 * 1_024 - 461, 0));
    assert!(
        slid.vel.x > 200 && slid.pos.x > pressed.pos.x + 200,
        "{slid:?}"
    );
}

#[test]
fn m5_where_there_is_no_room_a_craft_stays_and_stands() {
    // A shaft of one tile, and a craft of nearly two.
    let map = Map::parse("####\n#S##\n#S##\n####\n").unwrap();
    let mut rules = Rules::default();
    rules.craft.radius_tiles = 0.49;
    let mut arena = Arena::new(std::sync::Arc::new(map), &rules, 60);
    arena.tuning.craft_radius = 900;
    let mut motion = CraftMotion {
        vel: Vec2::new(0, 100),
        ..resting(1_536, 1_536)
    };
    step_craft(&mut motion, Steer::NONE, false, &arena);
    assert_eq!(motion.vel, Vec2::ZERO);
}

#[test]
fn m6_who_is_inside_is_pushed_out_through_the_nearest_face() {
    // The wall tile at (4, 1), whose left and lower neighbours are floor: 100 from the left, then 100 from below.
    for (inside, out) in [
        ((4 * 1_024 + 100, 1_536), (4 * 1_024 - 461, 1_536)),
        (
            (4 * 1_024 + 512, 2_048 - 100),
            (4 * 1_024 + 512, 2_048 + 461),
        ),
    ] {
        let pushed = flown(resting(inside.0, inside.1), 0, 1);
        assert_eq!(pushed.pos, Vec2::new(out.0, out.1), "{inside:?}");
    }
}

#[test]
fn m6_a_diagonal_pushes_along_its_normal() {
    // Towards the slope of ◢ at (2, 2) from its free corner: as far along x as along y.
    let pushed = flown(resting(2 * 1_024 - 200, 2 * 1_024 - 200), 27, 20);
    assert_eq!(pushed.pos.x, pushed.pos.y);
    let (x, y) = (pushed.pos.x - 2 * 1_024, pushed.pos.y - 2 * 1_024);
    // The slope is where x + y = 1024; its distance is (1024 - x - y) / √2.
    let distance = f64::from(1_024 - x - y) / std::f64::consts::SQRT_2;
    assert!((distance - 461.0).abs() < 2.0, "{pushed:?}");
}

fn shot(pos: (i32, i32), heading: u16) -> Shot {
    Shot {
        owner: PlayerId(0),
        weapon: Weapon::FIRST,
        pos: Vec2::new(pos.0, pos.1),
        heading: Angle(heading),
        bounces: 0,
        age: 0,
    }
}

/// Flies until the next bounce or the end.
fn to_bounce(shot: &mut Shot) -> ShotStep {
    let before = shot.bounces;
    loop {
        let step = step_shot(shot, &arena(), |_| ControlFlow::Continue(()));
        if shot.bounces > before || step != ShotStep::Flying {
            return step;
        }
    }
}

#[test]
fn m7_every_surface_turns_a_heading_its_own_way() {
    for (what, from, heading, after) in [
        ("vertical", (2_560, 6_656), 0x9000, 0xF000),
        ("horizontal", (2_560, 6_656), 0x3000, 0xD000),
        ("slope / of ◢", (1_536, 2_560), 0x0100, 0xBF00),
        ("slope \\ of ◥ and ◣", (5_632, 4_608), 0x0100, 0x3F00),
    ] {
        let mut shot = shot(from, heading);
        assert_eq!(to_bounce(&mut shot), ShotStep::Flying, "{what}");
        assert_eq!(shot.heading, Angle(after), "{what}");
    }
}

#[test]
fn m7_a_shot_ends_at_the_wall_after_its_last_bounce_or_when_its_time_is_over() {
    let mut at_wall = shot((2_560, 6_656), 0x9000);
    assert_eq!(to_bounce(&mut at_wall), ShotStep::Flying);
    assert_eq!(to_bounce(&mut at_wall), ShotStep::Flying);
    assert_eq!(to_bounce(&mut at_wall), ShotStep::Ended(End::Wall));
    assert_eq!(at_wall.bounces, 2);
    let mut old = Shot {
        age: 71,
        ..shot((2_560, 6_656), 0x9000)
    };
    assert_eq!(to_bounce(&mut old), ShotStep::Ended(End::Expired));
    assert_eq!(old.age, 72);
}

#[test]
fn m8_pits_are_nothing_to_a_shot() {
    let mut shot = shot((4_608, 3_584), 0);
    assert_eq!(to_bounce(&mut shot), ShotStep::Flying);
    assert!(
        shot.pos.x > 6 * 1_024 && shot.pos.x < 7 * 1_024,
        "off the wall behind the pit: {shot:?}"
    );
}

#[test]
fn m8_a_corner_reached_to_the_unit_is_one_bounce_or_two_never_a_way_through() {
    // Along the diagonal into the inner corner at the bottom left, (1024, 7168).
    let mut inner = shot((1_024 + 482, 7_168 - 482), 0x6000);
    let mut bounces = Vec::new();
    for _ in 0..4 {
        step_shot(&mut inner, &arena(), |segment| {
            bounces.extend(segment.bounce.map(|bounce| bounce.pos));
            ControlFlow::Continue(())
        });
    }
    assert_eq!(bounces, [Vec2::new(1_024, 7_168); 2]);
    assert_eq!(inner.heading, Angle(0xE000), "back where it came from");
}

#[test]
fn m10_a_beam_bounces_as_often_as_the_rules_say_and_reaches_as_far() {
    let arena = arena();
    let beam = Beam {
        owner: PlayerId(0),
        weapon: Weapon(2),
        from: Vec2::new(2_149, 6_486),
        heading: Angle(0x9000),
    };
    let mut seen = Vec::new();
    beam.trace(&arena, |segment| {
        seen.push((segment.bounces, beam.damage(segment.bounces, &arena)));
    });
    assert_eq!(seen, [(0, 65), (1, 98)]);
    let mut rules = Rules::default();
    (rules.weapons[2].bounces, rules.weapons[2].range_tiles) = (15, 6.0);
    let far = Arena::new(arena.map.clone(), &rules, 60);
    let points = beam.points(&far);
    let length: i32 = points
        .windows(2)
        .map(|two| (two[1] - two[0]).length())
        .sum();
    assert!(
        (length - 6 * 1_024).abs() <= points.len() as i32,
        "{points:?}"
    );
    assert!(points.len() > 3, "{points:?}");
}

#[test]
fn m4_who_is_faster_than_a_craft_flies_has_top_speed_at_once() {
    let arena = arena();
    let speed = arena.tuning.craft_speed;
    // A sixteenth more is taken for rounding, and loses no more than the acceleration.
    for (vel, after) in [
        ((1_820, 0), (speed, 0)),
        ((0, -1_820), (38, -speed + 38)),
        ((507, 0), (speed, 0)),
        ((-500, 0), (-500 + 54, 0)),
        ((-1_820, 0), (-speed + 54, 0)),
    ] {
        let mut motion = CraftMotion {
            vel: Vec2::new(vel.0, vel.1),
            ..resting(2_560, 4_600)
        };
        step_craft(&mut motion, Steer::from_code(3).unwrap(), false, &arena);
        assert_eq!(motion.vel, Vec2::new(after.0, after.1), "{vel:?}");
    }
    let mut drifting = CraftMotion {
        vel: Vec2::new(1_820, 0),
        ..resting(2_560, 4_600)
    };
    step_craft(&mut drifting, Steer::NONE, false, &arena);
    assert_eq!(drifting.vel, Vec2::new(speed - 54, 0));
}

#[test]
fn m4_haste_is_another_top_speed() {
    let arena = arena();
    let mut motion = resting(2_560, 6_656);
    for _ in 0..12 {
        step_craft(&mut motion, Steer::from_code(3).unwrap(), true, &arena);
    }
    assert_eq!(motion.vel, Vec2::new(645, 0));
    assert_eq!(arena.tuning.haste_speed, 645);
    // Without it: top speed at once.
    step_craft(&mut motion, Steer::from_code(3).unwrap(), false, &arena);
    assert_eq!(motion.vel, Vec2::new(478, 0));
}
