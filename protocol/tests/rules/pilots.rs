//! One tick of a pilot: dash, deflect, what is fired; pickups, and a weapon that is only an entry.

use std::ops::ControlFlow;
use std::sync::Arc;

use fracas_protocol::motion::{End, Fired, Pilot, ShotStep, muzzle, step_pilot, step_shot};
use fracas_protocol::{
    Angle, Arena, Buttons, Input, Map, PlayerId, Rules, Steer, Tick, Vec2, Weapon, decode, encode,
};

/// A pilot in a wide place, and what it needs.
struct Test {
    arena: Arena,
    pilot: Pilot,
    tick: Tick,
}

impl Test {
    fn with(rules: &Rules) -> Test {
        let field = format!("S{}S\n", ".".repeat(30)).repeat(30);
        let map = Arc::new(Map::parse(&field).unwrap());
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
        (6, Some(190))
    );
    assert!(take(pilot, "lobber"), "in its place");
    assert_eq!((pilot.special.weapon, pilot.special.ammo), (Weapon(3), 8));
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
