use fracas_protocol::map::{ITEMS_MAX, PADS_MAX, SIDE_MAX, SPAWNS_MAX, ZONES_MAX};
use fracas_protocol::rules::{
    Effect, PICKUPS_MAX, PickupRules, WEAPONS_MAX, WeaponKind, WeaponRules, WeaponTuning,
};
use fracas_protocol::{Map, Rules, Team, Tuning, Vec2, decode, encode};

use crate::hex;

/// A map by hand: width, height, runs of (tile, length), spawns of no team; no items, pads, flag stands, zones.
fn bytes(width: u16, height: u16, runs: &[(u8, u32)], spawns: &[(u16, u16)]) -> Vec<u8> {
    let mut bytes = ground(width, height, runs);
    let spawns: Vec<_> = spawns.iter().map(|at| (*at, None::<u8>)).collect();
    bytes.extend(encode(&spawns));
    bytes.extend([0, 0, 0, 0, 0]);
    bytes
}

fn ground(width: u16, height: u16, runs: &[(u8, u32)]) -> Vec<u8> {
    let mut bytes = encode(&(width, height));
    runs.iter().for_each(|run| bytes.extend(encode(run)));
    bytes
}

/// 4 x 4 tiles of floor with two spawn points, and what comes after them.
fn with(items: &[&str], pads: &[(u16, u16, u8)], zones: &[[u16; 4]]) -> Vec<u8> {
    let mut bytes = ground(4, 4, &[(0, 16)]);
    bytes.extend(hex("02 00 00 00 03 03 00"));
    bytes.extend(encode(&items.to_vec()));
    bytes.extend(encode(&pads.to_vec()));
    bytes.extend(hex("00 00"));
    bytes.extend(encode(&zones.to_vec()));
    bytes
}

fn is_map(bytes: &[u8]) -> bool {
    decode::<Map>(bytes).is_ok()
}

const SPAWNS: &[(u16, u16)] = &[(0, 0), (3, 3)];

#[test]
fn g2_a_map_is_size_runs_and_spawn_points() {
    let by_hand = bytes(4, 4, &[(1, 4), (0, 8), (6, 1), (2, 3)], SPAWNS);
    let told = "04 04 01 04 00 08 06 01 02 03 02 00 00 00 03 03 00 00 00 00 00 00";
    assert_eq!(by_hand, hex(told));
    let map = decode::<Map>(&by_hand).unwrap();
    assert_eq!(
        map.tiles()
            .iter()
            .map(|tile| *tile as u8)
            .collect::<Vec<_>>(),
        [1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 6, 2, 2, 2]
    );
    assert_eq!(encode(&map), by_hand);
}

#[test]
fn g2_then_items_pads_flag_stands_and_zones() {
    // Spawns of blue and orange; rail; a pad with it; a flag stand of orange; a zone.
    let told = "04 04 00 10 02 00 00 01 00 03 03 01 01 01 04 72 61 69 6c 01 02 01 00 00 01 03 02 01 01 00 02 04";
    let map = decode::<Map>(&hex(told)).unwrap();
    let teams: Vec<_> = map.spawn_points().iter().map(|spawn| spawn.team).collect();
    assert_eq!(teams, [Some(Team::Blue), Some(Team::Orange)]);
    let pads: Vec<_> = map.pads().map(|pad| (pad.pos, pad.item)).collect();
    assert_eq!(pads, [(Vec2::new(2560, 1536), "rail")]);
    let stands: Vec<_> = map.flag_stands().collect();
    assert_eq!(stands, [(Team::Orange, Vec2::new(3584, 2560))]);
    let zone = map.zones()[0];
    let sides = [zone.left, zone.top, zone.width, zone.height];
    assert_eq!(sides, [1, 0, 2, 4]);
    assert_eq!(encode(&map), hex(told));
}

#[test]
fn g3_items_have_names_of_1_to_24_bytes_and_are_16_at_most() {
    assert!(is_map(&with(&["a", &"b".repeat(24)], &[(0, 0, 1)], &[])));
    assert!(!is_map(&with(&[""], &[], &[])), "empty");
    assert!(!is_map(&with(&["a\n"], &[], &[])), "a control character");
    assert!(!is_map(&with(&[&"b".repeat(25)], &[], &[])), "too long");
    assert!(is_map(&with(&["a"; ITEMS_MAX], &[], &[])));
    assert!(!is_map(&with(&["a"; ITEMS_MAX + 1], &[], &[])));
}

#[test]
fn g3_pads_lie_inside_with_an_item_of_the_list_and_are_4096_at_most() {
    assert!(!is_map(&with(&["a"], &[(0, 0, 1)], &[])), "no such item");
    assert!(!is_map(&with(&["a"], &[(4, 0, 0)], &[])), "outside");
    assert!(is_map(&with(&["a"], &vec![(1, 1, 0); PADS_MAX], &[])));
    assert!(!is_map(&with(&["a"], &vec![(1, 1, 0); PADS_MAX + 1], &[])));
}

#[test]
fn g3_zones_lie_inside_and_are_8_at_most() {
    let zones = |zones: &[[u16; 4]]| is_map(&with(&[], &[], zones));
    assert!(zones(&[[0, 0, 4, 4]; ZONES_MAX]));
    assert!(!zones(&[[0, 0, 4, 4]; ZONES_MAX + 1]));
    assert!(!zones(&[[1, 0, 4, 4]]), "beyond the right edge");
    assert!(!zones(&[[0, 65_535, 1, 2]]), "beyond all numbers");
    assert!(!zones(&[[0, 0, 0, 4]]), "no column");
}

#[test]
fn g3_a_map_has_4_to_512_tiles_a_side() {
    for (width, height, good) in [
        (4, 4, true),
        (3, 4, false),
        (4, 3, false),
        (512, 4, true),
        (513, 4, false),
        (4, 513, false),
    ] {
        let map = bytes(
            width,
            height,
            &[(0, u32::from(width) * u32::from(height))],
            SPAWNS,
        );
        assert_eq!(is_map(&map), good, "{width} x {height}");
    }
    assert!(is_map(&bytes(SIDE_MAX, SIDE_MAX, &[(0, 262_144)], SPAWNS)));
}

#[test]
fn g3_runs_fill_the_map_exactly() {
    assert!(is_map(&bytes(4, 4, &[(0, 15), (1, 1)], SPAWNS)));
    assert!(!is_map(&bytes(4, 4, &[(0, 17)], SPAWNS)), "too long");
    assert!(
        !is_map(&bytes(4, 4, &[(0, 15), (1, 2)], SPAWNS)),
        "the last too long"
    );
    assert!(
        !is_map(&bytes(4, 4, &[(0, 8), (1, 0), (0, 8)], SPAWNS)),
        "an empty one"
    );
    assert!(!is_map(&bytes(4, 4, &[(7, 16)], SPAWNS)), "no such tile");
}

#[test]
fn g3_spawn_points_lie_inside_and_are_2_to_4096() {
    let with = |spawns: &[(u16, u16)]| is_map(&bytes(4, 4, &[(0, 16)], spawns));
    assert!(with(SPAWNS));
    assert!(!with(&[(0, 0)]), "one");
    assert!(!with(&[(0, 0), (4, 0)]), "outside");
    assert!(!with(&[(0, 0), (0, 4)]), "outside");
    assert!(with(&vec![(1, 1); SPAWNS_MAX]));
    assert!(!with(&vec![(1, 1); SPAWNS_MAX + 1]));
}

#[test]
fn g4_craft_appear_at_the_centre_of_a_tile() {
    let map = decode::<Map>(&bytes(4, 4, &[(0, 16)], SPAWNS)).unwrap();
    let centres: Vec<_> = map.spawns().map(|pos| (pos.x, pos.y)).collect();
    assert_eq!(centres, [(512, 512), (3_584, 3_584)]);
}

#[test]
fn g1_the_default_rules_byte_by_byte() {
    let expected = hex("
        00 00 00 42  00 00 90 41  00 00 c0 3f
        66 66 e6 3e  64  00 00 e0 40  9a 99 19 3e  00 00 c0 3f  00 00 20 40  00
        00 00 80 40  9a 99 19 3e  02  00 00 20 40
        00 00 80 3e  00 00 f0 42  cd cc 4c 3f  00 00 40 40
        04
        05 70 75 6c 73 65  00  00 00 c0 40  00 00 00 00  01  00 00 00 00  00 00 a0 41  9a 99 99 3f  8f c2 f5 3d
          00 00 00 42  0c  02  00 00 00 3f  00 00 00 00  00
        07 73 63 61 74 74 65 72  00  66 66 a6 3f  00 00 00 00  07  00 00 90 41  00 00 90 41  00 00 00 3f  8f c2 f5 3d
          00 00 00 42  0c  01  00 00 00 3f  00 00 00 00  0c
        04 72 61 69 6c  01  00 00 80 3f  33 33 b3 3e  01  00 00 00 00  00 00 a0 41  9a 99 99 3f  cd cc cc 3d
          00 00 00 42  41  01  00 00 00 3f  00 00 00 00  06
        06 6c 6f 62 62 65 72  00  00 00 80 3f  00 00 00 00  01  00 00 00 00  00 00 30 41  33 33 b3 3f  cd cc 4c 3e
          00 00 00 42  50  c8  00 00 00 3f  00 00 20 40  08
        07
        06 68 65 61 6c 74 68  00  28  00 00 00 41  00  00 00 40 41
        06 73 68 69 65 6c 64  01  32  00 00 00 41  00  00 00 a0 41
        07 73 63 61 74 74 65 72  02  28  00 00 00 41  07 73 63 61 74 74 65 72  00 00 80 40
        04 72 61 69 6c  02  28  00 00 00 41  04 72 61 69 6c  00 00 80 40
        06 6c 6f 62 62 65 72  02  28  00 00 00 41  06 6c 6f 62 62 65 72  00 00 80 40
        05 68 61 73 74 65  03  28  00 00 00 41  00  00 00 f0 41
        0a 6f 76 65 72 63 68 61 72 67 65  04  28  00 00 00 41  00  00 00 f0 41
        cd cc ac 3f  00 00 00 40  64  66 66 66 3f
        cd cc 4c 3e
        02  00 00 40 40  19  00 00 b4 43  00 00 34 43  01  00 00 20 41  1e  00 00 a0 40  04 03 05 08 0c
        66 66 66 3f  00 00 a0 41  05  01
        00 00 34 42  00 00 00 40  00 00 80 3f
        00
    ");
    assert_eq!(encode(&Rules::default()), expected);
}

#[test]
fn g1_streaks_are_8_at_most_from_2_to_1000_and_rise() {
    let is_right = |streaks: Vec<u16>| {
        let mut rules = Rules::default();
        rules.flow.streaks = streaks;
        let decoded = decode::<Rules>(&encode(&rules)).unwrap();
        assert_eq!(decoded, rules);
        decoded.validate().is_ok()
    };
    assert!(is_right(vec![]));
    assert!(is_right(vec![2, 250, 251, 1000]));
    assert!(is_right((2..=9).collect()));
    assert!(!is_right((2..=10).collect()), "nine");
    assert!(!is_right(vec![1, 2]));
    assert!(!is_right(vec![2, 1001]));
    assert!(!is_right(vec![2, 2]));
    assert!(!is_right(vec![3, 2]));
}

#[test]
fn g6_weapons_are_1_to_8_and_pickups_16_at_most() {
    let with = |weapons: usize, pickups: usize| {
        let mut rules = Rules::default();
        let named = |n: usize| format!("w{n}");
        let weapon = |n| WeaponRules {
            name: named(n),
            ammo: u8::from(n > 0),
            ..WeaponRules::default()
        };
        let pickup = |n| PickupRules {
            name: named(n),
            ..PickupRules::default()
        };
        rules.weapons = (0..weapons).map(weapon).collect();
        rules.pickups = (0..pickups).map(pickup).collect();
        rules.validate().map_err(|error| error.key)
    };
    assert_eq!(with(1, 0), Ok(()));
    assert_eq!(with(WEAPONS_MAX, PICKUPS_MAX), Ok(()));
    assert_eq!((WEAPONS_MAX, PICKUPS_MAX), (8, 16));
    assert_eq!(with(0, 0), Err("weapons".to_owned()));
    assert_eq!(with(WEAPONS_MAX + 1, 0), Err("weapons".to_owned()));
    assert_eq!(with(1, PICKUPS_MAX + 1), Err("pickups".to_owned()));
}

#[test]
fn g6_only_the_first_weapon_never_ends_and_a_life_begins_with_one_of_the_others_or_none() {
    let broken = |change: fn(&mut Rules)| {
        let mut rules = Rules::default();
        change(&mut rules);
        rules.validate().err().map(|error| error.key)
    };
    let key = |key: &str| Some(key.to_owned());
    assert_eq!(
        broken(|rules| rules.weapons[1].ammo = 0),
        key("weapons.scatter.ammo")
    );
    assert_eq!(
        broken(|rules| rules.weapons[0].ammo = 1),
        key("weapons.pulse.ammo")
    );
    assert_eq!(
        broken(|rules| rules.weapons[2].bounces = 16),
        key("weapons.rail.bounces")
    );
    assert_eq!(broken(|rules| rules.weapons[3].bounces = 250), None);
    assert_eq!(
        broken(|rules| rules.weapons[1].pellets = 17),
        key("weapons.scatter.pellets")
    );
    assert_eq!(
        broken(|rules| rules.craft.special = "pulse".into()),
        key("craft.special")
    );
    assert_eq!(broken(|rules| rules.craft.special = "rail".into()), None);
}

#[test]
fn g7_what_several_numbers_come_to_is_bounded() {
    let broken = |change: fn(&mut Rules)| {
        let mut rules = Rules::default();
        change(&mut rules);
        rules.validate().err().map(|error| error.allowed)
    };
    let most = |most: &str| Some(format!("at most {most}"));
    assert_eq!(broken(|rules| set_pulse(rules, 8.0, 4, 1.0)), None);
    assert_eq!(broken(|rules| set_pulse(rules, 8.0, 4, 1.5)), most("32"));
    assert_eq!(broken(|rules| set_pulse(rules, 8.0, 8, 0.5)), None);
    assert_eq!(broken(|rules| set_pulse(rules, 9.0, 8, 0.25)), most("64"));
    assert_eq!(broken(|rules| rules.weapons[3].rate_per_s = 16.0), None);
    assert_eq!(
        broken(|rules| rules.weapons[3].rate_per_s = 16.5),
        most("16")
    );
    assert_eq!(broken(|rules| rules.weapons[2].rate_per_s = 10.0), None);
    assert_eq!(
        broken(|rules| rules.weapons[2].rate_per_s = 10.5),
        most("10")
    );
    assert_eq!(
        broken(|rules| (rules.dash.distance_tiles, rules.dash.takes_s) = (11.5, 0.125)),
        most("90")
    );
    assert_eq!(broken(|rules| rules.deflect.cooldown_s = 0.5), None);
    assert_eq!(
        broken(|rules| rules.deflect.cooldown_s = 0.375),
        most("0.5")
    );
    assert_eq!(
        broken(|rules| (rules.view.width_tiles, rules.view.height_tiles) = (64.0, 36.0)),
        None
    );
    assert_eq!(
        broken(|rules| (rules.view.width_tiles, rules.view.height_tiles) = (64.0, 44.0)),
        most("3000")
    );
}

fn set_pulse(rules: &mut Rules, rate_per_s: f32, pellets: u8, shot_life_s: f32) {
    let pulse = &mut rules.weapons[0];
    (pulse.rate_per_s, pulse.pellets, pulse.shot_life_s) = (rate_per_s, pellets, shot_life_s);
}

#[test]
fn g5_tuning_of_the_default_rules() {
    let at = |hz| Tuning::new(&Rules::default(), hz);
    let t = at(60);
    assert_eq!(
        (t.view_half_x, t.view_half_y, t.view_margin),
        (16_384, 9_216, 1_536)
    );
    assert_eq!(
        (
            t.craft_radius,
            t.craft_health,
            t.craft_speed,
            t.craft_acceleration
        ),
        (461, 100, 478, 54)
    );
    assert_eq!((t.protection_ticks, t.respawn_ticks), (90, 150));
    assert_eq!((t.haste_speed, t.starts_with), (645, None));
    assert_eq!((t.dash_speed, t.dash_ticks), (1_820, 9));
    assert_eq!((t.dash_charges, t.dash_recharge_ticks), (2, 150));
    assert_eq!((t.deflect_ticks, t.deflect_cooldown_ticks), (15, 180));
    assert_eq!((t.deflect_half_arc, t.deflect_radius), (10_923, 819));
    assert_eq!((t.overcharge, t.shield_max, t.pad_radius), (512, 100, 922));
    let [pulse, scatter, rail, lobber] = &t.weapons[..] else {
        panic!("four weapons")
    };
    let shots = |w: &WeaponTuning| {
        assert_eq!(w.kind, WeaponKind::Shot);
        (
            w.interval_ticks,
            w.shot_speed,
            w.shot_life_ticks,
            w.shot_radius,
            w.bounces,
        )
    };
    assert_eq!(shots(pulse), (10, 1_365, 72, 123, 2));
    assert_eq!(shots(scatter), (46, 1_229, 30, 123, 1));
    assert_eq!(shots(lobber), (60, 751, 84, 205, 200));
    assert_eq!(
        (scatter.pellets, scatter.pellet_step, scatter.ammo),
        (7, 546, 12)
    );
    assert_eq!(
        (lobber.burst_radius, lobber.ammo, pulse.burst_radius),
        (2_560, 8, 0)
    );
    assert_eq!(
        pulse.damage,
        [
            12, 18, 24, 30, 36, 42, 48, 54, 60, 66, 72, 78, 84, 90, 96, 102
        ]
    );
    assert_eq!(
        (lobber.damage(2), lobber.damage(15), lobber.damage(200)),
        (160, 255, 255)
    );
    assert_eq!(
        (
            rail.kind,
            rail.charge_ticks,
            rail.interval_ticks,
            rail.bounces,
            rail.ammo
        ),
        (WeaponKind::Beam, 21, 60, 1, 6)
    );
    assert_eq!(
        (rail.range, rail.shot_radius, rail.damage[..2].to_vec()),
        (32_768, 102, vec![65, 98])
    );
    let pickups = t.pickups.iter();
    let pickups: Vec<_> = pickups
        .map(|p| {
            (
                p.effect,
                p.amount,
                p.lasts_ticks,
                p.weapon.0,
                p.comes_back_ticks,
            )
        })
        .collect();
    assert_eq!(pickups[0], (Effect::Health, 40, 480, 0, 720));
    assert_eq!(pickups[1], (Effect::Shield, 50, 480, 0, 1_200));
    assert_eq!(pickups[4], (Effect::Weapon, 40, 480, 3, 240));
    assert_eq!(pickups[5], (Effect::Haste, 40, 480, 0, 1_800));
    assert_eq!(t.rewind_ticks_max, 12);
    let t = at(20);
    assert_eq!(
        (
            t.craft_speed,
            t.craft_acceleration,
            t.weapons[0].interval_ticks
        ),
        (1_434, 478, 3)
    );
    // The longest shot a rule allows lives 255 ticks, because its age is one byte.
    let mut long = Rules::default();
    long.weapons[0].shot_life_s = 4.0;
    assert_eq!(Tuning::new(&long, 120).weapons[0].shot_life_ticks, 255);
}
