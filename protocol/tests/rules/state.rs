//! The state of a snapshot, bit by bit, against bits written by hand.

use fracas_protocol::motion::{CraftMotion, Shot, Special, Turn};
use fracas_protocol::snapshot::{CraftFields, OwnFields, ShotNews};
use fracas_protocol::view::{Craft, CraftFlags, View};
use fracas_protocol::{
    Angle, PlayerId, ServerMessage, ShotId, Snapshot, Steer, Vec2, Weapon, decode, encode,
};

use proptest::prelude::*;

use crate::arena;
use crate::bits::Bits;
use crate::hex;

/// Reads a state that comes two ticks after the view.
fn read(bits: &Bits) -> Result<Snapshot, String> {
    read_after(2, bits)
}

fn read_after(ticks: u8, bits: &Bits) -> Result<Snapshot, String> {
    read_bytes(&bits.message(ticks))
}

/// Decodes; what is read must be written as it was.
fn read_bytes(bytes: &[u8]) -> Result<Snapshot, String> {
    match decode(bytes) {
        Ok(ServerMessage::Snapshot(snapshot)) => {
            let again = encode(&ServerMessage::Snapshot(snapshot.clone()));
            assert_eq!(again, bytes, "{snapshot:?}");
            Ok(snapshot)
        }
        Ok(other) => Err(format!("{other:?}")),
        Err(error) => Err(error.to_string()),
    }
}

fn is_refused(bits: &Bits) -> bool {
    decode::<ServerMessage>(&bits.message(2)).is_err()
}

fn steer(code: u8) -> Steer {
    Steer::from_code(code).unwrap()
}

fn start() -> Bits {
    Bits::default()
}

/// Own unchanged, nobody known, nobody entered.
fn only_shots() -> Bits {
    start().flag(false).grouped(0, 4).grouped(0, 4)
}

/// No more shots, neither gone nor new.
fn no_shots(bits: Bits) -> Bits {
    bits.grouped(0, 4).grouped(0, 4)
}

/// What of `known` craft changed, and nothing else.
fn changes(known: u32, bits: impl Fn(Bits) -> Bits) -> Bits {
    no_shots(bits(start().flag(false).grouped(known, 4)).grouped(0, 4))
}

/// The own craft, with these field bits, and nothing else.
fn own(fields: u32, bits: impl Fn(Bits) -> Bits) -> Bits {
    no_shots(bits(own_head(fields)).grouped(0, 4).grouped(0, 4))
}

/// Four bits of fields, and six more behind another if any of those is set.
fn own_head(fields: u32) -> Bits {
    let head = start().flag(true).bits(fields, 4).flag(fields > 15);
    head.bits(fields >> 4, if fields > 15 { 6 } else { 0 })
}

#[test]
fn s3_a_byte_fills_from_its_lowest_bit_and_a_number_from_its() {
    let bits = start().flag(true).bits(0b011, 3).bits(0xABC, 12);
    assert_eq!(bits.bytes(), hex("c7 ab"));
    assert_eq!(start().grouped(5, 4).bytes(), [0b0_0101]);
    assert_eq!(start().grouped(300, 4).bytes(), hex("5c 06"));
    assert_eq!(start().signed(-3, 5).bytes(), [5]);
    // Own unchanged, two shots gone: 1 and 3.
    let bits = only_shots()
        .grouped(2, 4)
        .grouped(1, 5)
        .grouped(1, 5)
        .grouped(0, 4);
    assert_eq!(bits.message(2), hex("02 02 00 04 05 00 10 41 00 00"));
    let gone = read(&bits).unwrap().shots_gone;
    assert_eq!(gone, [ShotId(1), ShotId(3)]);
}

#[test]
fn s3_the_last_byte_is_filled_with_zeros_and_nothing_follows() {
    let good = no_shots(only_shots());
    assert_eq!(good.len(), 21);
    // A state that says nothing isn't written, but it may be read.
    assert!(decode::<ServerMessage>(&good.message(2)).is_ok());
    assert!(
        is_refused(&good.clone().bits(0, 2).flag(true)),
        "filled with something"
    );
    assert!(is_refused(&good.clone().bits(0, 4)), "a byte too many");
    for bytes in ["02 02 00 04 00", "02 02 00 04 02 00 00"] {
        assert!(
            decode::<ServerMessage>(&hex(bytes)).is_err(),
            "too short: {bytes}"
        );
    }
}

#[test]
fn s3_a_number_has_at_most_32_bits() {
    let ready = |folded: u64| {
        // In groups of five: six whole ones and two bits of the seventh.
        let bits = (0..7).fold(start(), |bits, group| {
            bits.bits((folded >> (5 * group)) as u32 & 31, 5)
                .flag(group < 6)
        });
        own(1 << 1, |head| head.then(&bits))
    };
    let read = |folded| read(&ready(folded)).map(|snapshot| snapshot.own.pilot.ready_at);
    assert_eq!(read(0xFFFF_FFFF), Ok(1 << 31));
    assert_eq!(read(0xFFFF_FFFE), Ok((1 << 31) - 1));
    assert!(read(0x1_0000_0000).is_err());
    let endless = (0..20).fold(own_head(1 << 1), |bits, _| bits.bits(0, 5).flag(true));
    assert!(is_refused(&endless), "groups without end");
}

/// A tick so many before the snapshot's.
fn ago(ticks: u32) -> u32 {
    0_u32.wrapping_sub(ticks)
}

#[test]
fn s4_what_changes_often_of_the_own_craft_field_by_field() {
    let read = |fields, bits: &dyn Fn(Bits) -> Bits| read(&own(fields, bits)).unwrap().own;
    let course = read(1, &|b| b.bits(1, 1).bits(7, 8).flag(false));
    let turn = Turn {
        ago: 1,
        steer: steer(7),
    };
    assert_eq!(course.course.turns(), [turn]);
    assert_eq!(read(2, &|b| b.signed(9, 5)).pilot.ready_at, 9);
    let bare = read(4, &|b| b.bits(250, 8).flag(false)).pilot;
    assert_eq!((bare.health, bare.shield), (250, 0));
    let shielded = read(4, &|b| b.bits(30, 8).flag(true).bits(50, 8)).pilot;
    assert_eq!((shielded.health, shielded.shield), (30, 50));
    let charging = read(8, &|b| {
        let b = b.bits(2, 3).bits(4, 8).signed(-60, 5);
        b.flag(true).signed(-21, 5)
    });
    let expected = Special {
        weapon: Weapon(2),
        ammo: 4,
        ready_at: ago(60),
        charging_since: Some(ago(21)),
    };
    assert_eq!(charging.pilot.special, expected);
    let idle = read(8, &|b| b.bits(1, 3).bits(0, 8).signed(60, 5).flag(false));
    let expected = Special {
        weapon: Weapon(1),
        ammo: 0,
        ready_at: 60,
        charging_since: None,
    };
    assert_eq!(idle.pilot.special, expected);
    let all = read(6, &|b| b.signed(2, 5).bits(1, 8).flag(false)).pilot;
    assert_eq!((all.ready_at, all.health), (2, 1));
}

#[test]
fn s4_what_changes_seldom_of_the_own_craft_field_by_field() {
    let read = |bit: u32, bits: &dyn Fn(Bits) -> Bits| {
        let own = read(&own(1 << bit, bits)).unwrap().own;
        assert_eq!(u32::from(own.fields.0), 1 << bit);
        own.pilot
    };
    let motion = read(4, &|b| b.motion((-5, 600_000), (-478, 31), 192));
    let expected = CraftMotion {
        pos: Vec2::new(-5, 600_000),
        vel: Vec2::new(-478, 31),
    };
    assert_eq!((motion.motion, motion.steer), (expected, steer(192)));
    let life = read(5, &|b| {
        let b = b.bits(9, 8).flag(false).signed(148, 5);
        b.flag(true).grouped(300, 5)
    });
    assert_eq!((life.life, life.alive, life.respawn_at), (9, false, 148));
    assert_eq!(life.killer, Some(PlayerId(300)));
    let alone = read(5, &|b| b.bits(9, 8).flag(true).signed(-1, 5).flag(false));
    assert_eq!(
        (alone.alive, alone.respawn_at, alone.killer),
        (true, ago(1), None)
    );
    assert_eq!(read(6, &|b| b.signed(-1, 5)).protected_until, ago(1));
    let dash = read(7, &|b| b.signed(9, 5).signed(300, 5)).dash;
    assert_eq!((dash.until, dash.full_at), (9, 300));
    let deflect = read(8, &|b| b.signed(-1, 5).signed(165, 5)).deflect;
    assert_eq!((deflect.until, deflect.ready_at), (ago(1), 165));
    let effects = read(9, &|b| b.signed(480, 5).signed(-480, 5));
    let untils = (effects.haste_until, effects.overcharge_until);
    assert_eq!(untils, (480, ago(480)));
}

#[test]
fn s4_seldom_fields_hide_behind_one_bit() {
    // Own, the four that come often, the bit: six bits and what they hold.
    assert_eq!(own_head(15).len(), 6);
    assert_eq!(own_head(16).len(), 12);
    let both = read(&own(0b10_0000_0100, |b| {
        b.bits(7, 8).flag(false).signed(1, 5).signed(2, 5)
    }));
    let own = both.unwrap().own;
    assert_eq!((own.pilot.health, own.pilot.haste_until), (7, 1));
    let fields = OwnFields::HEALTH.0 | OwnFields::EFFECTS.0;
    assert_eq!(own.fields, OwnFields(fields));
}

#[test]
fn s4_a_killer_beyond_65535_is_refused() {
    let killer = |id| {
        own(1 << 5, |b| {
            let b = b.bits(1, 8).flag(false).signed(0, 5);
            b.flag(true).grouped(id, 5)
        })
    };
    assert!(read(&killer(65_535)).is_ok());
    assert!(is_refused(&killer(65_536)));
}

#[test]
fn s5_a_bit_for_each_known_craft_and_changes_behind_it() {
    let snapshot = read(&changes(4, |b| {
        // Third: turned, aims elsewhere. Fourth: health and shield, protection and haste.
        let b = b.flag(false).flag(false);
        let b = b.flag(true).flag(true).flag(true).flag(false);
        let b = b.bits(1, 1).bits(3, 8).flag(false).signed(-3, 5);
        b.flag(true)
            .flag(false)
            .flag(false)
            .flag(true)
            .bits(0b0110, 4)
            .bits(40, 8)
            .flag(true)
            .bits(5, 8)
            .bits(0b01001, 5)
    }))
    .unwrap();
    assert_eq!(snapshot.known, Some(4));
    let [(2, third), (3, fourth)] = &snapshot.crafts[..] else {
        panic!("{:?}", snapshot.crafts)
    };
    assert_eq!(
        third.course.turns(),
        [Turn {
            ago: 1,
            steer: steer(3)
        }]
    );
    assert_eq!(third.aim_by, -3);
    assert_eq!((fourth.health, fourth.shield), (40, 5));
    let fields = CraftFields::HEALTH.0 | CraftFields::FLAGS.0;
    assert_eq!(fourth.fields, CraftFields(fields));
    let flags = CraftFlags::PROTECTED.0 | CraftFlags::HASTE.0;
    assert_eq!(fourth.flags, CraftFlags(flags));
}

#[test]
fn s5_what_flight_missed_is_a_difference_and_the_steering_now() {
    let snapshot = read(&changes(1, |b| {
        let b = b.flag(true).bits(0, 2).flag(true).bits(0b1000, 4);
        b.signed(-14, 5)
            .signed(300, 5)
            .signed(0, 5)
            .signed(-478, 5)
            .bits(51, 8)
    }))
    .unwrap();
    let (_, change) = snapshot.crafts[0];
    let missed = CraftMotion {
        pos: Vec2::new(-14, 300),
        vel: Vec2::new(0, -478),
    };
    assert_eq!(
        (change.fields, change.missed),
        (CraftFields::MOTION, missed)
    );
    assert_eq!(change.steer, steer(51));
}

#[test]
fn s5_a_turn_costs_fourteen_bits_an_aim_nine_and_nobody_else_more_than_one() {
    let turned = |b: Bits| b.flag(true).bits(1, 2).flag(false).bits(0, 1).bits(9, 8);
    let aimed = |b: Bits| b.flag(true).bits(2, 2).flag(false).signed(-16, 5);
    let resting = |b: Bits| b.flag(false);
    let cost = |one: &dyn Fn(Bits) -> Bits| one(start()).len();
    assert_eq!((cost(&turned), cost(&aimed), cost(&resting)), (13, 10, 1));
    assert!(read(&changes(3, |b| resting(aimed(turned(b))))).is_ok());
}

#[test]
fn s5_a_change_of_nothing_and_an_aim_turned_by_more_than_half_are_refused() {
    let one = |bits: &dyn Fn(Bits) -> Bits| changes(1, |b| bits(b.flag(true)));
    assert!(is_refused(&one(&|b| b.bits(0, 3))));
    assert!(is_refused(&one(&|b| b.bits(4, 3).bits(0, 4))));
    for (by, good) in [(127, true), (-128, true), (128, false), (-129, false)] {
        let bits = one(&|b| b.bits(2, 3).signed(by, 5));
        assert_eq!(!is_refused(&bits), good, "{by}");
    }
}

#[test]
fn s5_the_known_are_at_most_65535() {
    let known = |count| start().flag(false).grouped(count, 4);
    assert!(is_refused(&known(65_536)));
    let mut bytes = no_shots(
        (0..65_535)
            .fold(known(65_535), |b, _| b.flag(false))
            .grouped(0, 4),
    )
    .bytes();
    let length = (bytes.len() as u16).to_le_bytes();
    bytes.splice(0..0, [2, 2, 0, 4, 0xfb, length[0], length[1]]);
    let Ok(ServerMessage::Snapshot(snapshot)) = decode(&bytes) else {
        panic!("a snapshot")
    };
    assert_eq!(snapshot.known, Some(65_535));
}

#[test]
fn s5_who_enters_is_told_in_full() {
    let entering = |ids: &[u32]| {
        let head = start()
            .flag(false)
            .grouped(0, 4)
            .grouped(ids.len() as u32, 4);
        no_shots(ids.iter().fold(head, |b, gap| {
            let b = b
                .grouped(*gap, 5)
                .bits(7, 8)
                .motion((1_024, -1), (2, -3), 51);
            b.bits(200, 8)
                .bits(99, 8)
                .flag(true)
                .bits(4, 8)
                .bits(0b10001, 5)
        }))
    };
    let craft = Craft {
        life: 7,
        motion: CraftMotion {
            pos: Vec2::new(1_024, -1),
            vel: Vec2::new(2, -3),
        },
        steer: steer(51),
        aim: 200,
        health: 99,
        shield: 4,
        flags: CraftFlags(CraftFlags::PROTECTED.0 | CraftFlags::OVERCHARGE.0),
    };
    assert_eq!(
        read(&entering(&[5, 1, 0])).unwrap().entered,
        [5, 7, 8].map(|id| (PlayerId(id), craft))
    );
    assert!(read(&entering(&[65_535])).is_ok());
    assert!(is_refused(&entering(&[65_535, 0])));
    assert!(is_refused(&entering(&[65_536])));
}

#[test]
fn s6_a_course_is_turns_that_follow_one_another() {
    // Over nine ticks a turn is 0 to 8 ticks ago: four bits.
    let course = |ticks: u8, width: u32, turns: &[(u32, u32)]| {
        let last = turns.len() - 1;
        let bits = own(1, |b| {
            turns.iter().enumerate().fold(b, |b, (at, (ago, code))| {
                let b = b.bits(*ago, width).bits(*code, 8);
                if *ago > 0 { b.flag(at < last) } else { b }
            })
        });
        let read = decode(&bits.message(ticks));
        match read {
            Ok(ServerMessage::Snapshot(snapshot)) => Ok(snapshot.own.course.turns().to_vec()),
            _ => Err(()),
        }
    };
    let turn = |ago, code| Turn {
        ago,
        steer: steer(code),
    };
    assert_eq!(course(1, 0, &[(0, 192)]), Ok(vec![turn(0, 192)]));
    // The last dash there is.
    assert_eq!(course(1, 0, &[(0, 224)]), Ok(vec![turn(0, 224)]));
    assert_eq!(
        course(2, 1, &[(1, 5), (0, 6)]),
        Ok(vec![turn(1, 5), turn(0, 6)])
    );
    assert_eq!(course(9, 4, &[(8, 5)]), Ok(vec![turn(8, 5)]));
    let four = [(8, 1), (7, 2), (3, 3), (1, 4)];
    assert_eq!(course(9, 4, &four).map(|turns| turns.len()), Ok(4));
    assert_eq!(course(16, 4, &[(15, 0)]), Ok(vec![turn(15, 0)]));
    for (what, ticks, width, turns) in [
        (
            "five turns",
            9,
            4,
            &[(8, 1), (7, 2), (3, 3), (2, 4), (1, 5)][..],
        ),
        ("twice at once", 9, 4, &[(3, 1), (3, 2)]),
        ("backwards", 9, 4, &[(3, 1), (5, 2)]),
        ("before the beginning", 9, 4, &[(9, 1)]),
        ("no steering", 9, 4, &[(3, 225)]),
        ("over 17 ticks", 17, 5, &[(3, 1)]),
        ("over no ticks", 0, 0, &[(0, 1)]),
    ] {
        assert_eq!(course(ticks, width, turns), Err(()), "{what}");
    }
}

#[test]
fn s7_shots_that_are_gone_leave_their_ids() {
    let gone = |gaps: &[u32]| {
        let head = only_shots().grouped(gaps.len() as u32, 4);
        gaps.iter()
            .fold(head, |b, gap| b.grouped(*gap, 5))
            .grouped(0, 4)
    };
    assert_eq!(
        read(&gone(&[0, 0, 398])).unwrap().shots_gone,
        [0, 1, 400].map(ShotId)
    );
    assert!(read(&gone(&[65_535])).is_ok());
    assert!(is_refused(&gone(&[65_535, 0])));
}

#[test]
fn s7_a_shot_is_fired_by_a_known_craft_or_the_own_one() {
    // Three known: two bits for who fired, and 3 is the own craft. Two ticks: one bit for when.
    let fired = |ticks: u8, by: u32, weapon: u32, ago: u32| {
        let head = start().flag(false).grouped(3, 4).bits(0, 3).grouped(0, 4);
        let head = head.grouped(0, 4).grouped(1, 4).grouped(12, 5).flag(true);
        let width = if ticks == 2 { 1 } else { 5 };
        let bits = head
            .bits(by, 2)
            .bits(weapon, 3)
            .bits(0xC001, 16)
            .bits(ago, width);
        read_after(ticks, &bits).map(|snapshot| snapshot.shots)
    };
    for by in 0..=3 {
        let news = ShotNews::Fired {
            by: by as u16,
            weapon: Weapon::FIRST,
            heading: Angle(0xC001),
            ago: 1,
        };
        assert_eq!(fired(2, by, 0, 1), Ok(vec![(ShotId(12), news)]));
    }
    // Which weapons there are is the match's to say; one that isn't there is as the first.
    for weapon in 0..8 {
        let news = fired(2, 0, weapon, 1).unwrap();
        let [(ShotId(12), ShotNews::Fired { weapon: read, .. })] = news[..] else {
            panic!("a shot of weapon {weapon}")
        };
        assert_eq!(u32::from(read.0), weapon);
    }
    assert!(fired(17, 0, 0, 1).is_err(), "over 17 ticks");
    let one_known = |by: u32| {
        let head = start()
            .flag(false)
            .grouped(1, 4)
            .flag(false)
            .grouped(0, 4)
            .grouped(0, 4);
        let head = head.grouped(1, 4).grouped(12, 5).flag(true);
        head.bits(by, 1).bits(0, 3).bits(1, 16).bits(0, 1)
    };
    assert!(read(&one_known(1)).is_ok());
    // Two known: two bits, and 3 is nobody.
    let two_known = |by: u32| {
        let head = start()
            .flag(false)
            .grouped(2, 4)
            .bits(0, 2)
            .grouped(0, 4)
            .grouped(0, 4);
        let head = head.grouped(1, 4).grouped(12, 5).flag(true);
        head.bits(by, 2).bits(0, 3).bits(1, 16).bits(0, 1)
    };
    assert!(read(&two_known(2)).is_ok());
    assert!(is_refused(&two_known(3)));
}

#[test]
fn s7_any_other_shot_is_told_as_it_is_now() {
    let seen = |owner: u32, bounces: u32| {
        let head = only_shots()
            .grouped(0, 4)
            .grouped(1, 4)
            .grouped(400, 5)
            .flag(false);
        let head = head.grouped(owner, 5).bits(3, 3);
        head.bits(70_000, 21)
            .bits(-5_i32 as u32, 21)
            .bits(0xABCD, 16)
            .grouped(bounces, 3)
            .bits(255, 8)
    };
    let shot = Shot {
        owner: PlayerId(65_535),
        weapon: Weapon(3),
        pos: Vec2::new(70_000, -5),
        heading: Angle(0xABCD),
        bounces: 255,
        age: 255,
    };
    let expected = vec![(ShotId(400), ShotNews::Seen(shot))];
    assert_eq!(read(&seen(65_535, 255)).unwrap().shots, expected);
    assert!(is_refused(&seen(65_536, 0)));
    assert!(is_refused(&seen(0, 256)), "bounces beyond 255");
}

#[test]
fn w7_a_state_that_claims_more_than_it_has_is_refused_before_memory_is_taken() {
    let entered = start().flag(false).grouped(0, 4).grouped(65_535, 4);
    let gone = start()
        .flag(false)
        .grouped(0, 4)
        .grouped(0, 4)
        .grouped(65_535, 4);
    for (what, bits) in [
        ("known", start().flag(false).grouped(65_535, 4)),
        ("entered", entered),
        ("gone", gone),
    ] {
        assert!(is_refused(&bits), "{what}");
    }
}

/// A state of these bytes, some ticks after the view.
fn state(ticks: u8, bytes: &[u8]) -> Vec<u8> {
    [&[2, ticks, 0, 4, bytes.len() as u8], bytes].concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn w8_random_states_never_break_a_decoder(ticks in 0..80_u8, bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(message) = decode::<ServerMessage>(&state(ticks, &bytes)) {
            let again = encode(&message);
            prop_assert_eq!(encode(&decode::<ServerMessage>(&again).unwrap()), again);
        }
    }

    /// Mostly zeros: few craft, few shots, so that more of them are whole.
    #[test]
    fn c5_random_states_that_fit_are_applied_or_refused(
        states in prop::collection::vec((1..70_u8, prop::collection::vec(prop_oneof![2 => Just(0), 1 => any::<u8>()], 3..60)), 1..8)
    ) {
        let arena = arena();
        let mut view = View::default();
        for (ticks, bytes) in states {
            let Ok(ServerMessage::Snapshot(mut snapshot)) = decode(&state(ticks, &bytes)) else {
                continue;
            };
            let known = if ticks > 64 { 0 } else { view.crafts.len() as u16 };
            snapshot.known = Some(known);
            snapshot.crafts.retain(|(at, _)| *at < known);
            if view.apply(&snapshot, &arena).is_ok() {
                prop_assert!(view.crafts.is_sorted_by(|(a, _), (b, _)| a < b));
                prop_assert!(view.shots.is_sorted_by(|(a, _), (b, _)| a < b));
            }
        }
    }
}
