use std::sync::Arc;

use fracas_protocol::motion::{CraftMotion, Shot, Weapon, extrapolate};
use fracas_protocol::snapshot::{
    ApplyError, CraftDelta, CraftFields, NAME_BYTES_MAX, OwnDelta, OwnFields, POSITION_MAX,
    RosterDelta, RosterFields, VELOCITY_MAX, delta,
};
use fracas_protocol::view::{Craft, MatchClock, RosterEntry, Score, View};
use fracas_protocol::{
    Angle, Event, EventKind, Phase, PlayerId, ServerMessage, ShotId, Snapshot, TICK_MAX, Vec2,
    decode, encode,
};

use crate::{arena, hex};

/// A snapshot with every section.
pub(crate) fn busy() -> Snapshot {
    let shot = Shot {
        owner: PlayerId(300),
        weapon: Weapon::Pulse,
        pos: Vec2::new(5_000, -7),
        heading: Angle(0xABCD),
        bounces: 1,
        age: 9,
    };
    let hit = EventKind::Hit {
        attacker: PlayerId(1),
        victim: PlayerId(2),
        damage: 18,
        bounces: 1,
        pos: Vec2::new(70_000, 3),
    };
    let kill = EventKind::Kill {
        killer: Some(PlayerId(1)),
        victim: PlayerId(2),
        weapon: Weapon::Pulse,
        bounces: 1,
        assists: vec![PlayerId(4), PlayerId(500)],
    };
    let name: Arc<str> = "Ada".into();
    let score = Score {
        score: -1,
        kills: 2,
        deaths: 3,
        assists: 4,
        streak: 5,
    };
    let all = OwnFields::KNOWN;
    let entered = CraftFields(CraftFields::ENTER.0 | CraftFields::PROTECTED.0);
    let changed = CraftFields(
        CraftFields::POS.0 | CraftFields::VEL.0 | CraftFields::AIM.0 | CraftFields::HEALTH.0,
    );
    let craft = CraftDelta {
        fields: changed,
        life: 0,
        pos: Vec2::new(1, 2),
        vel: Vec2::new(-3, 4),
        aim: 5,
        health: 6,
    };
    let joined = RosterFields(RosterFields::ENTER.0 | RosterFields::BOT.0);
    let scored = RosterFields(RosterFields::SCORE.0 | RosterFields::PING.0);
    Snapshot {
        ticks: 2,
        input_margin: -3,
        clock: Some(MatchClock {
            phase: Phase::Live,
            ends: 21_600,
        }),
        own: OwnDelta {
            fields: all,
            pos: Vec2::new(10, -10),
            vel: Vec2::new(200, -200),
            life: 3,
            alive: true,
            respawn_in: -50,
            killer: Some(PlayerId(9)),
            health: 88,
            ready_in: 6,
            protected_for: -1,
        },
        crafts: vec![
            (PlayerId(1), craft),
            (
                PlayerId(2),
                CraftDelta {
                    fields: CraftFields::LEAVE,
                    ..CraftDelta::default()
                },
            ),
            (
                PlayerId(65_535),
                CraftDelta {
                    fields: entered,
                    life: 7,
                    ..craft
                },
            ),
        ],
        shots_gone: vec![ShotId(0), ShotId(1), ShotId(400)],
        shots: vec![(ShotId(3), shot)],
        roster: vec![
            (
                PlayerId(0),
                RosterDelta {
                    fields: joined,
                    name,
                    score,
                    ping_ms: 31,
                },
            ),
            (
                PlayerId(1),
                RosterDelta {
                    fields: RosterFields::LEAVE,
                    name: "".into(),
                    score: Score::default(),
                    ping_ms: 0,
                },
            ),
            (
                PlayerId(2),
                RosterDelta {
                    fields: scored,
                    name: "".into(),
                    score,
                    ping_ms: 300,
                },
            ),
        ],
        events: vec![
            Event { ago: 1, kind: hit },
            Event { ago: 0, kind: kill },
            Event {
                ago: 0,
                kind: EventKind::Streak {
                    player: PlayerId(1),
                    kills: 5,
                },
            },
        ],
        checksum: Some(0xDEAD_BEEF),
    }
}

fn read(bytes: &str) -> Result<Snapshot, String> {
    match decode(&hex(bytes)) {
        Ok(ServerMessage::Snapshot(snapshot)) => Ok(snapshot),
        other => Err(format!("{other:?}")),
    }
}

#[test]
fn s1_a_snapshot_with_every_section_round_trips() {
    let sent = ServerMessage::Snapshot(busy());
    assert_eq!(decode::<ServerMessage>(&encode(&sent)).unwrap(), sent);
}

#[test]
fn s1_nothing_new_costs_four_bytes() {
    let nothing = ServerMessage::Snapshot(Snapshot {
        ticks: 2,
        input_margin: 1,
        ..Snapshot::default()
    });
    assert_eq!(encode(&nothing), hex("02 02 01 00"));
}

#[test]
fn s2_each_section_stands_behind_its_own_bit() {
    let empty = Snapshot::default;
    let all = busy();
    for (bit, snapshot) in [
        (
            0,
            Snapshot {
                clock: all.clock,
                ..empty()
            },
        ),
        (
            1,
            Snapshot {
                own: all.own,
                ..empty()
            },
        ),
        (
            2,
            Snapshot {
                crafts: all.crafts,
                ..empty()
            },
        ),
        (
            3,
            Snapshot {
                shots_gone: all.shots_gone,
                ..empty()
            },
        ),
        (
            4,
            Snapshot {
                shots: all.shots,
                ..empty()
            },
        ),
        (
            5,
            Snapshot {
                roster: all.roster,
                ..empty()
            },
        ),
        (
            6,
            Snapshot {
                events: all.events,
                ..empty()
            },
        ),
        (
            7,
            Snapshot {
                checksum: all.checksum,
                ..empty()
            },
        ),
    ] {
        assert_eq!(encode(&snapshot)[2], 1 << bit);
    }
}

#[test]
fn s3_ids_travel_as_gaps() {
    let gone = |ids: &[u16]| Snapshot {
        shots_gone: ids.iter().map(|id| ShotId(*id)).collect(),
        ..Snapshot::default()
    };
    // A count, then each id minus the id before minus one.
    assert_eq!(encode(&gone(&[0, 1, 2])), hex("00 00 08 03 00 00 00"));
    assert_eq!(
        encode(&gone(&[5, 7, 300])),
        hex("00 00 08 03 05 01 fb 24 01")
    );
    assert_eq!(encode(&gone(&[65_535])), hex("00 00 08 01 fb ff ff"));
}

#[test]
fn s3_an_id_beyond_65535_is_refused() {
    assert_eq!(
        read("02 00 00 08 01 fb ff ff").unwrap().shots_gone,
        [ShotId(65_535)]
    );
    assert!(read("02 00 00 08 02 fb ff ff 00").is_err());
    assert!(read("02 00 00 08 02 01 fb ff ff").is_err());
    assert!(read("02 00 00 04 02 fb ff ff 02 00 02").is_err());
}

#[test]
fn s4_unknown_field_bits_are_refused() {
    // own (bits 6, 7), craft (bit 7), roster (bits 5 to 7)
    for (section, unknown) in [
        ("02", vec![6, 7]),
        ("04 01 00", vec![7]),
        ("20 01 00", vec![5, 6, 7]),
    ] {
        for bit in unknown {
            assert!(
                read(&format!("02 00 00 {section} {:02x}", 1 << bit)).is_err(),
                "{section} bit {bit}"
            );
        }
        assert!(read(&format!("02 00 00 {section} 00")).is_ok(), "{section}");
    }
}

#[test]
fn s5_small_residuals_take_one_byte_a_component() {
    let change = |x, y| CraftDelta {
        fields: CraftFields::POS,
        pos: Vec2::new(x, y),
        ..CraftDelta::default()
    };
    assert_eq!(encode(&change(125, -125)).len(), 3);
    assert_eq!(encode(&change(126, -125)).len(), 5);
    let aim = CraftDelta {
        fields: CraftFields::AIM,
        aim: 255,
        ..CraftDelta::default()
    };
    assert_eq!(encode(&aim), hex("10 ff"));
}

#[test]
fn s6_straight_flight_costs_nothing() {
    let arena = arena();
    let motion = CraftMotion {
        pos: Vec2::new(9_000, 9_000),
        vel: Vec2::new(477, -33),
    };
    let craft = |motion| Craft {
        life: 1,
        motion,
        aim: 9,
        health: 100,
        protected: false,
    };
    let base = View {
        tick: 100,
        crafts: vec![(PlayerId(4), craft(motion))],
        ..View::default()
    };
    let next = View {
        tick: 105,
        crafts: vec![(PlayerId(4), craft(extrapolate(motion, 5)))],
        ..View::default()
    };
    let mut snapshot = Snapshot::default();
    delta(&base, &next, &arena, &mut snapshot);
    assert_eq!(encode(&snapshot), hex("05 00 00"));
}

#[test]
fn s6_extrapolation_rounds_halves_away_from_zero() {
    let ahead = |vel, ticks| {
        extrapolate(
            CraftMotion {
                pos: Vec2::ZERO,
                vel: Vec2::new(vel, -vel),
            },
            ticks,
        )
        .pos
        .x
    };
    assert_eq!(
        [1, 2, 3, 5, 6, 7].map(|vel| ahead(vel, 1)),
        [0, 1, 1, 1, 2, 2]
    );
    assert_eq!(
        [-1, -2, -3, -5, -6, -7].map(|vel| ahead(vel, 1)),
        [0, -1, -1, -1, -2, -2]
    );
    assert_eq!(ahead(477, 5), 596, "once over all ticks, not tick by tick");
}

#[test]
fn s10_a_view_never_runs_past_the_last_tick() {
    let arena = arena();
    let mut view = View {
        tick: TICK_MAX - 1,
        ..View::default()
    };
    assert_eq!(view.apply(&read("02 01 00 00").unwrap(), &arena), Ok(()));
    let again = view.apply(&read("02 01 00 00").unwrap(), &arena);
    assert_eq!(again, Err(ApplyError::Ticks(1)));
}

#[test]
fn s10_a_place_or_speed_that_nothing_can_have_is_refused() {
    let arena = arena();
    let own = |fields, pos, vel| Snapshot {
        own: OwnDelta {
            fields,
            pos,
            vel,
            ..OwnDelta::default()
        },
        ..Snapshot::default()
    };
    for (pos, vel, result) in [
        (POSITION_MAX, 0, Ok(())),
        (POSITION_MAX + 1, 0, Err(ApplyError::Astray)),
        (i32::MIN, 0, Err(ApplyError::Astray)),
        (0, -VELOCITY_MAX, Ok(())),
        (0, -VELOCITY_MAX - 1, Err(ApplyError::Astray)),
    ] {
        let moved = own(
            OwnFields(OwnFields::POS.0 | OwnFields::VEL.0),
            Vec2::new(pos, 0),
            Vec2::new(0, vel),
        );
        assert_eq!(View::default().apply(&moved, &arena), result, "{pos} {vel}");
    }
    assert_eq!((POSITION_MAX, VELOCITY_MAX), (1 << 20, 1 << 18));
}

#[test]
fn s10_a_snapshot_for_another_view_is_refused() {
    let arena = arena();
    let apply = |text: &str| {
        View {
            tick: 10,
            ..View::default()
        }
        .apply(&read(text).unwrap(), &arena)
    };
    assert_eq!(
        apply("02 01 00 04 01 07 04 02 02"),
        Err(ApplyError::UnknownCraft(PlayerId(7)))
    );
    assert_eq!(
        apply("02 01 00 04 01 07 02"),
        Err(ApplyError::UnknownCraft(PlayerId(7)))
    );
    assert_eq!(
        apply("02 01 00 20 01 07 08 05"),
        Err(ApplyError::UnknownPlayer(PlayerId(7)))
    );
    assert_eq!(
        apply("02 01 00 20 01 07 02"),
        Err(ApplyError::UnknownPlayer(PlayerId(7)))
    );
    assert_eq!(
        apply("02 fc f6 ff ff ff 00 00"),
        Err(ApplyError::Ticks(u32::MAX - 9))
    );
    assert_eq!(
        apply("02 01 00 08 01 07"),
        Ok(()),
        "a shot that is gone may have ended already"
    );
}

#[test]
fn s8_a_name_has_at_most_96_bytes() {
    let named = |length| {
        let fields = RosterFields::ENTER;
        let entry = RosterDelta {
            fields,
            name: "n".repeat(length).into(),
            score: Score::default(),
            ping_ms: 0,
        };
        encode(&Snapshot {
            roster: vec![(PlayerId(0), entry)],
            ..Snapshot::default()
        })
    };
    assert!(decode::<Snapshot>(&named(NAME_BYTES_MAX)).is_ok());
    assert!(decode::<Snapshot>(&named(NAME_BYTES_MAX + 1)).is_err());
}

#[test]
fn s8_a_place_that_changes_hands_is_entered_anew() {
    let arena = arena();
    let entry = |name: &str, bot| RosterEntry {
        name: name.into(),
        bot,
        score: Score::default(),
        ping_ms: 3,
    };
    let view = |entry| View {
        roster: Arc::new(vec![(PlayerId(2), entry)]),
        ..View::default()
    };
    for (old, new) in [
        (("Ada", false), ("Bo", false)),
        (("Vesper", false), ("Vesper", true)),
    ] {
        let (mut base, next) = (view(entry(old.0, old.1)), view(entry(new.0, new.1)));
        let mut snapshot = Snapshot::default();
        delta(&base, &next, &arena, &mut snapshot);
        assert!(
            snapshot.roster[0].1.fields.has(RosterFields::ENTER),
            "{old:?} {new:?}"
        );
        base.apply(&snapshot, &arena).unwrap();
        assert_eq!(base, next);
    }
}
