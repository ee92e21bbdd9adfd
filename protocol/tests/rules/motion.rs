use fracas_protocol::motion::{CraftMotion, Fired, Pilot, step_craft, step_pilot};
use fracas_protocol::{Angle, Arena, Buttons, Input, Map, PlayerId, Rules, Steer, Vec2};

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
            step_craft(&mut motion, steer, &arena);
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
            step_craft(&mut motion, Steer::from_code(code).unwrap(), &arena);
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
    let Some(Fired::Shot(shot)) = step_pilot(&mut pilot, owner, &input, 101, &arena) else {
        panic!("a shot")
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
