use std::ops::ControlFlow;

use fracas_protocol::motion::{
    Beam, CraftMotion, End, Fired, Pilot, Shot, ShotStep, muzzle, step_craft, step_pilot, step_shot,
};
use fracas_protocol::{
    Angle, Arena, Buttons, Input, Map, PlayerId, Rules, Steer, Tick, Vec2, Weapon, decode, encode,
};

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

/// A pilot in a wide place, and what it needs.
struct Test {
    arena: Arena,
    pilot: Pilot,
    tick: Tick,
}

impl Test {
    fn with(rules: &Rules) -> Test {
        let field = format!("S{}S\n", ".".repeat(30)).repeat(30);
        let map = std::sync::Arc::new(Map::parse(&field).unwrap());
        let arena = Arena::new(map, rules, 60);
        let mut pilot = Pilot::default();
        pilot.spawn(Vec2::new(10_000, 10_000), 100, &arena);
        let tick = 100;
        Test { arena, pilot, tick }
    }

    fn new() -> Test {
        Test::with(&Rules::default())
    }

    /// One tick with this input.
    fn step(&mut self, code: u8, aim: u16, buttons: Buttons) -> Option<Fired> {
        self.tick += 1;
        let input = Input {
            steer: Steer::from_code(code).unwrap(),
            aim: Angle(aim),
            buttons,
        };
        step_pilot(&mut self.pilot, PlayerId(4), &input, self.tick, &self.arena)
    }

    fn steps(&mut self, ticks: u32, code: u8, buttons: Buttons) {
        for _ in 0..ticks {
            self.step(code, 0, buttons);
        }
    }
}

#[test]
fn m3_a_dash_goes_its_way_in_its_time_along_the_steering_or_else_the_aim() {
    for (code, aim, direction) in [
        (3, 0x4000, 0),
        (51, 0, 0x4000),
        (49, 0, 0x4000),
        (0, 0xC000, 0xC000),
        // The nearest of 32.
        (0, 1_023, 0),
        (0, 1_024, 2_048),
        (6, 0, 2_048),
    ] {
        let mut test = Test::new();
        let from = test.pilot.motion.pos;
        test.step(code, aim, Buttons::DASH);
        assert_eq!(test.pilot.steer.dashes(), Some(Angle(direction)), "{code}");
        // Whatever is asked for meanwhile.
        for _ in 0..8 {
            test.step(99, 7, Buttons::DASH);
            assert_eq!(test.pilot.steer.dashes(), Some(Angle(direction)));
        }
        let way = (test.pilot.motion.pos - from).length();
        assert!((way - 4 * 1_024).abs() <= 16, "{way}");
        assert_eq!(test.pilot.dash.until, test.tick + 1);
        let expected = Angle(direction).direction();
        let towards = (test.pilot.motion.pos - from).dot(expected) / 32_768;
        assert!((towards - i64::from(way)).abs() <= 8);
    }
}

#[test]
fn m3_after_a_dash_a_craft_has_top_speed_at_once() {
    let mut test = Test::new();
    test.step(3, 0, Buttons::DASH);
    assert_eq!(
        test.pilot.motion.vel,
        Vec2::new(test.arena.tuning.dash_speed, 0)
    );
    assert_eq!(test.arena.tuning.dash_speed, 1_820);
    test.steps(8, 3, Buttons::default());
    assert_eq!(test.pilot.motion.vel.x, 1_820);
    test.step(3, 0, Buttons::default());
    assert_eq!((test.pilot.motion.vel.x, test.pilot.steer.code()), (478, 3));
}

#[test]
fn m3_dashes_come_back_one_after_the_other() {
    let mut test = Test::new();
    let ready = |test: &Test, at: Tick| test.pilot.dash.ready(at, &test.arena.tuning);
    assert_eq!(ready(&test, 101), 2);
    test.step(3, 0, Buttons::DASH);
    assert_eq!(
        (ready(&test, 102), ready(&test, 250), ready(&test, 251)),
        (1, 1, 2)
    );
    // Held, the second begins when the first is over.
    test.steps(9, 99, Buttons::DASH);
    assert_eq!((test.pilot.dash.until, test.pilot.dash.full_at), (119, 401));
    assert_eq!(
        (ready(&test, 250), ready(&test, 251), ready(&test, 401)),
        (0, 1, 2)
    );
    test.steps(9, 3, Buttons::DASH);
    assert_eq!(test.pilot.steer.code(), 3, "there is no third");
    while test.tick < 250 {
        test.step(0, 0, Buttons::DASH);
        assert_eq!(test.pilot.steer.dashes().is_some(), test.tick < 119);
    }
    test.step(0, 0, Buttons::DASH);
    assert!(test.pilot.steer.dashes().is_some());
    assert_eq!(test.pilot.dash.full_at, 551);
}

#[test]
fn m3_without_charges_nobody_dashes() {
    let mut rules = Rules::default();
    rules.dash.charges = 0;
    let mut test = Test::with(&rules);
    test.steps(3, 3, Buttons::DASH);
    assert_eq!(test.pilot.steer.code(), 3);
    assert_eq!(test.pilot.dash.until, 100);
}

#[test]
fn m3_a_deflect_holds_for_its_window_and_is_ready_after_its_cooldown() {
    let mut test = Test::new();
    assert!(!test.pilot.deflects(101));
    let mut deflects = Vec::new();
    for _ in 0..400 {
        test.step(0, 0, Buttons::DEFLECT);
        if test.pilot.deflects(test.tick) {
            deflects.push(test.tick);
        }
    }
    // 15 ticks from 101 on, and again 180 ticks later.
    let expected: Vec<_> = (101..116).chain(281..296).chain(461..476).collect();
    assert_eq!(deflects, expected);
    assert_eq!(test.pilot.deflect.ready_at, 641);
    // It keeps protection, unlike firing.
    assert_eq!(test.pilot.protected_until, 190);
}

#[test]
fn m3_pellets_are_spread_evenly_and_each_leaves_the_muzzle_along_its_heading() {
    let mut rules = Rules::default();
    rules.craft.special = "scatter".to_owned();
    let mut test = Test::with(&rules);
    let Some(Fired::Shots(volley)) = test.step(3, 0x1000, Buttons::SPECIAL) else {
        panic!("a volley")
    };
    let shots: Vec<_> = volley.shots(&test.arena).collect();
    // 18 degrees over six gaps.
    let headings: Vec<_> = shots.iter().map(|shot| i32::from(shot.heading.0)).collect();
    let expected: Vec<_> = (-3..=3).map(|n| 0x1000 + n * 546).collect();
    assert_eq!(headings, expected);
    for shot in shots {
        let muzzle = muzzle(test.pilot.motion.pos, shot.heading, &test.arena);
        let told = (shot.pos, shot.weapon, shot.owner, shot.age, shot.bounces);
        assert_eq!(told, (muzzle, Weapon(1), PlayerId(4), 0, 0));
    }
    assert_eq!(
        (test.pilot.special.ammo, test.pilot.special.ready_at),
        (9, 147)
    );
    // Between two of them the first weapon fires.
    let both = Buttons::SPECIAL.with(Buttons::FIRE);
    let Some(Fired::Shots(volley)) = test.step(3, 0, both) else {
        panic!("a shot")
    };
    assert_eq!(volley.weapon, Weapon::FIRST);
    assert_eq!(volley.shots(&test.arena).count(), 1);
}

#[test]
fn m3_an_even_number_of_pellets_leaves_the_middle_free() {
    let mut rules = Rules::default();
    (rules.weapons[0].pellets, rules.weapons[0].spread_degrees) = (2, 90.0);
    let mut test = Test::with(&rules);
    let Some(Fired::Shots(volley)) = test.step(0, 0, Buttons::FIRE) else {
        panic!("a volley")
    };
    let shots = volley.shots(&test.arena);
    let headings: Vec<_> = shots.map(|shot| shot.heading.0).collect();
    assert_eq!(headings, [0xE000, 0x2000]);
}

#[test]
fn m3_an_empty_special_weapon_leaves_the_trigger_to_the_first() {
    let mut test = Test::new();
    assert_eq!(test.pilot.armed_with(), None);
    assert_eq!(test.step(0, 0, Buttons::SPECIAL), None);
    let both = Buttons::SPECIAL.with(Buttons::FIRE);
    let fired = test.step(0, 0, both);
    assert!(matches!(fired, Some(Fired::Shots(volley)) if volley.weapon == Weapon::FIRST));
}

#[test]
fn m9_a_shield_takes_damage_first() {
    let mut pilot = Test::new().pilot;
    pilot.shield = 50;
    pilot.hurt(18);
    assert_eq!((pilot.shield, pilot.health), (32, 100));
    pilot.hurt(65);
    assert_eq!((pilot.shield, pilot.health), (0, 67));
    pilot.hurt(250);
    assert_eq!((pilot.shield, pilot.health), (0, 0));
}

#[test]
fn m12_a_pickup_is_taken_if_it_is_of_use() {
    let mut test = Test::new();
    let tuning = test.arena.tuning.clone();
    let take = |pilot: &mut Pilot, name: &str| {
        let mut pickups = tuning.pickups.iter();
        let pickup = pickups.find(|pickup| pickup.name == name).unwrap();
        pilot.take(pickup, 200, &tuning)
    };
    let pilot = &mut test.pilot;
    assert!(!take(pilot, "health"), "nothing to heal");
    pilot.health = 70;
    assert!(take(pilot, "health"));
    assert_eq!(pilot.health, 100);
    assert!(take(pilot, "shield") && take(pilot, "shield"));
    assert_eq!(pilot.shield, 100);
    assert!(!take(pilot, "shield"), "no more than shield_max");
    assert!(take(pilot, "rail"));
    assert_eq!(pilot.armed_with(), Some(Weapon(2)));
    assert!(!take(pilot, "rail"), "all its ammo is there");
    pilot.special.ammo = 1;
    pilot.special.charging_since = Some(190);
    assert!(take(pilot, "rail"));
    assert_eq!(
        (pilot.special.ammo, pilot.special.charging_since),
        (4, Some(190))
    );
    assert!(take(pilot, "lobber"), "in its place");
    assert_eq!((pilot.special.weapon, pilot.special.ammo), (Weapon(3), 6));
    assert_eq!(pilot.special.charging_since, None);
    assert!(take(pilot, "haste") && take(pilot, "overcharge"));
    assert_eq!((pilot.haste_until, pilot.overcharge_until), (680, 680));
    assert!(pilot.has_haste(679) && !pilot.has_haste(680));
    // The end of a life ends what works on it.
    pilot.die(None, 300, &test.arena);
    assert_eq!(
        (pilot.haste_until, pilot.shield, pilot.special.ammo),
        (300, 0, 0)
    );
}

/// A fifth weapon as a host writes it.
const NEEDLE: &str = r#"{
    "name": "needle", "rate_per_s": 4.0, "pellets": 3, "spread_degrees": 4.0, "shot_speed_tiles_per_s": 40.0,
    "shot_life_s": 0.4, "damage": 7, "bounces": 9, "ammo": 30
}"#;
const BOX: &str =
    r#"{ "name": "box", "effect": "weapon", "weapon": "needle", "comes_back_s": 5.0 }"#;

#[test]
fn g6_a_new_weapon_is_only_an_entry() {
    let mut rules = Rules::default();
    rules.weapons.push(serde_json::from_str(NEEDLE).unwrap());
    rules.pickups.push(serde_json::from_str(BOX).unwrap());
    rules.validate().unwrap();
    assert_eq!(rules.weapon("needle"), Some(Weapon(4)));
    // It travels with the rules of a match.
    let read: Rules = decode(&encode(&rules)).unwrap();
    assert_eq!(read, rules);
    let mut test = Test::with(&read);
    let pickup = test.arena.tuning.pickups.last().unwrap().clone();
    assert_eq!((pickup.weapon, pickup.comes_back_ticks), (Weapon(4), 300));
    assert!(test.pilot.take(&pickup, 100, &test.arena.tuning));
    let Some(Fired::Shots(volley)) = test.step(0, 0, Buttons::SPECIAL) else {
        panic!("a volley")
    };
    let shots: Vec<_> = volley.shots(&test.arena).collect();
    let headings: Vec<_> = shots.iter().map(|shot| shot.heading.0 as i16).collect();
    assert_eq!(headings, [-364, 0, 364]);
    assert_eq!(
        (test.pilot.special.ammo, test.pilot.special.ready_at),
        (29, 116)
    );
    let mut shot = shots[1];
    let from = shot.pos;
    for age in 1..=24 {
        let step = step_shot(&mut shot, &test.arena, |_| ControlFlow::Continue(()));
        let ends = ShotStep::Ended(End::Expired);
        assert_eq!(step, if age < 24 { ShotStep::Flying } else { ends });
    }
    assert_eq!(shot.pos - from, Vec2::new(24 * 683, 0));
    assert_eq!(shot.damage(&test.arena), 7);
}
