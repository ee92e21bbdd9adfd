use fracas_protocol::map::{ITEMS_MAX, PADS_MAX, SIDE_MAX, SPAWNS_MAX, ZONES_MAX};
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
        66 66 e6 3e  64  00 00 e0 40  9a 99 19 3e  00 00 c0 3f  00 00 20 40
        00 00 c0 40  00 00 a0 41  9a 99 99 3f  8f c2 f5 3d  0c  02  00 00 00 3f
        33 33 b3 3e  00 00 80 3f  41  01  00 00 00 3f  00 00 00 42  cd cc cc 3d  02
        cd cc 4c 3e
        02  00 00 40 40  19  00 00 b4 43  00 00 20 41  1e  00 00 a0 40
    ");
    assert_eq!(encode(&Rules::default()), expected);
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
    let p = &t.pulse;
    assert_eq!(
        (
            p.interval_ticks,
            p.shot_speed,
            p.shot_life_ticks,
            p.shot_radius,
            p.bounces
        ),
        (10, 1_365, 72, 123, 2)
    );
    assert_eq!(
        p.damage,
        [
            12, 18, 24, 30, 36, 42, 48, 54, 60, 66, 72, 78, 84, 90, 96, 102
        ]
    );
    let r = &t.rail;
    assert_eq!(
        (r.charge_ticks, r.cooldown_ticks, r.bounces, r.ammo),
        (21, 60, 1, 2)
    );
    assert_eq!(
        (r.range, r.radius, r.damage[..2].to_vec()),
        (32_768, 102, vec![65, 98])
    );
    assert_eq!(t.rewind_ticks_max, 12);
    let t = at(20);
    assert_eq!(
        (t.craft_speed, t.craft_acceleration, t.pulse.interval_ticks),
        (1_434, 478, 3)
    );
    // The longest shot a rule allows lives 255 ticks, because its age is one byte.
    let mut long = Rules::default();
    long.pulse.shot_life_s = 4.0;
    assert_eq!(Tuning::new(&long, 120).pulse.shot_life_ticks, 255);
}
