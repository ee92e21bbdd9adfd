use std::sync::Arc;

use fracas_protocol::motion::{CraftMotion, Dash, Deflect, Pilot, Shot, Special, Turn};
use fracas_protocol::snapshot::{
    CraftChange, CraftFields, NAME_BYTES_MAX, NoTracks, OwnDelta, OwnFields, RosterDelta,
    RosterFields, ShotNews, SnapshotWriter, delta,
};
use fracas_protocol::view::{
    Award, Craft, CraftFlags, Flag, MatchState, Objective, ObjectiveNews, RosterEntry, Score, View,
};
use fracas_protocol::{
    Angle, Event, EventKind, Phase, PlayerId, ServerMessage, ShotId, Snapshot, Steer, Team, Vec2,
    Weapon, decode, encode,
};

use crate::{arena, hex};

fn steer(code: u8) -> Steer {
    Steer::from_code(code).unwrap()
}

fn motion() -> CraftMotion {
    CraftMotion {
        pos: Vec2::new(3_000, -7),
        vel: Vec2::new(-478, 5),
    }
}

/// A snapshot with every section, and every kind of entry in them.
pub(crate) fn busy() -> Snapshot {
    Snapshot {
        ticks: 2,
        input_margin: -3,
        starved: 2,
        match_state: Some(MatchState {
            phase: Phase::Live,
            ends: 21_600,
            crown: Some(PlayerId(4)),
            teams: Some([3, -1]),
            objective: Objective::Flags([
                Flag::Carried { by: PlayerId(1) },
                Flag::Dropped {
                    at: Vec2::new(1_536, -2),
                    returns: 21_000,
                },
            ]),
        }),
        own: busy_own(),
        known: Some(5),
        crafts: busy_changes(),
        entered: vec![
            (PlayerId(1), busy_craft()),
            (PlayerId(65_535), busy_craft()),
        ],
        shots_gone: vec![ShotId(0), ShotId(1), ShotId(400)],
        shots: busy_shots(),
        pads: vec![(0, 600), (2, 0), (4_095, 1_800)],
        roster: busy_roster(),
        events: busy_events(),
        checksum: Some(0xDEAD_BEEF),
        ..Snapshot::default()
    }
}

/// The own craft with every field, ticks counted from the snapshot's.
pub(crate) fn busy_pilot() -> Pilot {
    let ago = |ticks: u32| 0_u32.wrapping_sub(ticks);
    Pilot {
        motion: motion(),
        steer: steer(192),
        life: 3,
        alive: true,
        respawn_at: ago(50),
        killer: Some(PlayerId(9)),
        health: 88,
        shield: 50,
        ready_at: 6,
        special: Special {
            weapon: Weapon(2),
            ammo: 4,
            ready_at: ago(7),
            charging_since: Some(ago(20)),
        },
        dash: Dash {
            until: 4,
            full_at: 300,
        },
        deflect: Deflect {
            until: 15,
            ready_at: 180,
        },
        haste_until: 480,
        overcharge_until: ago(1),
        protected_until: ago(1),
    }
}

fn busy_own() -> OwnDelta {
    let mut own = OwnDelta {
        fields: OwnFields::KNOWN,
        pilot: busy_pilot(),
        ..OwnDelta::default()
    };
    for (ago, code) in [(1, 5), (0, 224)] {
        let steer = steer(code);
        assert!(own.course.push(Turn { ago, steer }));
    }
    own
}

fn busy_changes() -> Vec<(u16, CraftChange)> {
    let of = |fields: &[CraftFields]| CraftChange {
        fields: CraftFields(fields.iter().fold(0, |all, field| all | field.0)),
        ..CraftChange::default()
    };
    let mut turned = of(&[CraftFields::COURSE, CraftFields::HEALTH]);
    let steer = steer(77);
    turned.course.push(Turn { ago: 0, steer });
    (turned.health, turned.shield) = (12, 1);
    let mut aimed = of(&[CraftFields::AIM, CraftFields::FLAGS, CraftFields::MOTION]);
    (aimed.aim_by, aimed.missed, aimed.steer) = (-128, motion(), self::steer(8));
    aimed.flags = flags(&[CraftFlags::PROTECTED, CraftFlags::HASTE]);
    vec![(0, turned), (2, of(&[CraftFields::LEAVE])), (4, aimed)]
}

fn busy_craft() -> Craft {
    Craft {
        life: 7,
        motion: motion(),
        steer: steer(3),
        aim: 200,
        health: 6,
        shield: 0,
        flags: flags(&[CraftFlags::PROTECTED, CraftFlags::OVERCHARGE]),
    }
}

fn flags(all: &[CraftFlags]) -> CraftFlags {
    CraftFlags(all.iter().fold(0, |bits, flag| bits | flag.0))
}

fn busy_shots() -> Vec<(ShotId, ShotNews)> {
    let fired = |by, weapon, ago| ShotNews::Fired {
        by,
        weapon: Weapon(weapon),
        heading: Angle(0xABCD),
        ago,
    };
    let seen = ShotNews::Seen(Shot {
        owner: PlayerId(300),
        weapon: Weapon(3),
        pos: Vec2::new(5_000, -7),
        heading: Angle(0xABCD),
        bounces: 200,
        age: 9,
    });
    vec![
        (ShotId(3), fired(0, 0, 1)),
        (ShotId(4), fired(5, 1, 0)),
        (ShotId(700), seen),
    ]
}

fn busy_roster() -> Vec<(PlayerId, RosterDelta)> {
    let entry = |fields: &[RosterFields], name: &str, score, ping_ms| RosterDelta {
        fields: RosterFields(fields.iter().fold(0, |all, field| all | field.0)),
        name: name.into(),
        team: fields.contains(&RosterFields::TEAM).then_some(Team::Orange),
        score,
        ping_ms,
    };
    let score = Score {
        score: -1,
        kills: 2,
        deaths: 3,
        assists: 4,
        streak: 5,
        objective: 6,
    };
    let (joined, nothing) = ([RosterFields::ENTER, RosterFields::BOT], Score::default());
    let scored = [RosterFields::SCORE, RosterFields::PING];
    let sided = [RosterFields::TEAM];
    vec![
        (PlayerId(0), entry(&joined, "Ada", score, 31)),
        (PlayerId(1), entry(&[RosterFields::LEAVE], "", nothing, 0)),
        (PlayerId(2), entry(&scored, "", score, 300)),
        (PlayerId(3), entry(&sided, "", nothing, 0)),
    ]
}

fn busy_events() -> Vec<Event> {
    let hit = EventKind::Hit {
        attacker: PlayerId(1),
        victim: PlayerId(2),
        damage: 18,
        weapon: Weapon::FIRST,
        bounces: 1,
        pos: Vec2::new(70_000, 3),
    };
    let kill = EventKind::Kill {
        killer: Some(PlayerId(1)),
        victim: PlayerId(2),
        weapon: Weapon(3),
        bounces: 1,
        deflected: true,
        bounty: 1,
        assists: vec![PlayerId(4), PlayerId(500)],
    };
    let beam = EventKind::Beam {
        owner: PlayerId(1),
        weapon: Weapon(2),
        from: Vec2::new(-5, 600),
        heading: Angle(0x1234),
    };
    let deflect = EventKind::Deflect {
        player: PlayerId(2),
        pos: Vec2::new(-1, 2),
    };
    let objective = EventKind::Objective {
        what: ObjectiveNews::FlagReturned,
        team: Some(Team::Orange),
        player: None,
    };
    let result = EventKind::Result {
        winner: None,
        team: Some(Team::Blue),
        awards: vec![(Award::BestStreak, PlayerId(1), 5)],
    };
    let (player, kills) = (PlayerId(1), 300);
    vec![
        Event { ago: 1, kind: hit },
        Event { ago: 0, kind: kill },
        Event {
            ago: 0,
            kind: EventKind::Streak { player, kills },
        },
        Event {
            ago: 3,
            kind: EventKind::Pickup {
                player: PlayerId(9),
                pad: 300,
            },
        },
        Event {
            ago: 0,
            kind: deflect,
        },
        Event { ago: 2, kind: beam },
        Event {
            ago: 0,
            kind: objective,
        },
        Event {
            ago: 0,
            kind: result,
        },
    ]
}

/// Without the count of its bits, which is known only after decoding.
pub(crate) fn read(bytes: &[u8]) -> Result<Snapshot, String> {
    match decode(bytes) {
        Ok(ServerMessage::Snapshot(snapshot)) => Ok(Snapshot {
            content: Default::default(),
            ..snapshot
        }),
        other => Err(format!("{other:?}")),
    }
}

#[test]
fn s1_a_snapshot_with_every_section_round_trips() {
    assert_eq!(
        read(&encode(&ServerMessage::Snapshot(busy()))).unwrap(),
        busy()
    );
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
    let (all, empty) = (busy(), Snapshot::default());
    let sections = |change: &dyn Fn(&mut Snapshot)| {
        let mut snapshot = Snapshot {
            ticks: 2,
            ..empty.clone()
        };
        change(&mut snapshot);
        encode(&snapshot)[2]
    };
    assert_eq!(sections(&|_| {}), 0);
    assert_eq!(sections(&|one| one.match_state = all.match_state), 1);
    assert_eq!(sections(&|one| one.starved = 1), 2);
    assert_eq!(sections(&|one| one.own = all.own), 4);
    assert_eq!(sections(&|one| one.entered = all.entered.clone()), 4);
    assert_eq!(sections(&|one| one.shots_gone = all.shots_gone.clone()), 4);
    assert_eq!(sections(&|one| one.roster = all.roster.clone()), 8);
    assert_eq!(sections(&|one| one.events = all.events.clone()), 16);
    assert_eq!(sections(&|one| one.checksum = all.checksum), 32);
    assert_eq!(sections(&|one| one.pads = all.pads.clone()), 64);
    assert_eq!(encode(&all)[2], 127);
}

#[test]
fn s2_unknown_sections_are_refused() {
    assert!(read(&[2, 0, 0, 1 << 7]).is_err());
}

#[test]
fn s2_the_bits_of_a_message_are_counted_by_kind() {
    let (bytes, content) = SnapshotWriter::default().write(&busy());
    assert_eq!(bytes, encode(&ServerMessage::Snapshot(busy())));
    assert_eq!(content.total(), bytes.len() as u64 * 8);
    let Ok(ServerMessage::Snapshot(read)) = decode(&bytes) else {
        panic!("a snapshot")
    };
    let headers = content.headers;
    assert_eq!(
        fracas_protocol::snapshot::ContentBits {
            headers,
            ..read.content
        },
        content
    );
    assert!(
        content.named().iter().all(|(_, bits)| *bits > 0),
        "{content:?}"
    );
}

#[test]
fn s8_a_list_by_id_is_a_count_and_gaps() {
    let roster = |ids: &[u16]| {
        let left = RosterDelta {
            fields: RosterFields::LEAVE,
            name: "".into(),
            team: None,
            score: Score::default(),
            ping_ms: 0,
        };
        encode(&ServerMessage::Snapshot(Snapshot {
            roster: ids.iter().map(|id| (PlayerId(*id), left.clone())).collect(),
            ..Snapshot::default()
        }))
    };
    assert_eq!(roster(&[0, 1, 2]), hex("02 00 00 08 03 00 02 00 02 00 02"));
    assert_eq!(
        roster(&[5, 7, 300]),
        hex("02 00 00 08 03 05 02 01 02 fb 24 01 02")
    );
    assert_eq!(roster(&[65_535]), hex("02 00 00 08 01 fb ff ff 02"));
    assert!(read(&hex("02 00 00 08 02 fb ff ff 02 00 02")).is_err());
    assert!(read(&hex("02 00 00 08 02 01 02 fb ff ff 02")).is_err());
}

#[test]
fn s8_unknown_field_bits_are_refused() {
    for bit in 0..8 {
        let message = [2, 0, 0, 8, 1, 0, 1 << bit, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let length = match bit {
            0 => 15,
            2 => 13,
            3 | 5 => 8,
            _ => 7,
        };
        assert_eq!(read(&message[..length]).is_ok(), bit < 6, "{bit}");
    }
    assert!(read(&hex("02 00 00 08 01 00 00")).is_ok());
}

#[test]
fn s8_a_name_has_at_most_96_bytes() {
    let named = |length| {
        let entry = RosterDelta {
            fields: RosterFields::ENTER,
            name: "n".repeat(length).into(),
            team: None,
            score: Score::default(),
            ping_ms: 0,
        };
        encode(&ServerMessage::Snapshot(Snapshot {
            roster: vec![(PlayerId(0), entry)],
            ..Snapshot::default()
        }))
    };
    assert!(read(&named(NAME_BYTES_MAX)).is_ok());
    assert!(read(&named(NAME_BYTES_MAX + 1)).is_err());
}

#[test]
fn s8_a_place_that_changes_hands_is_entered_anew() {
    let arena = arena();
    let entry = |name: &str, bot| RosterEntry {
        name: name.into(),
        bot,
        team: None,
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
        delta(&base, &next, &NoTracks, &arena, &mut snapshot);
        assert!(
            snapshot.roster[0].1.fields.has(RosterFields::ENTER),
            "{old:?} {new:?}"
        );
        base.apply(&snapshot, &arena).unwrap();
        assert_eq!(base, next);
    }
}

#[test]
fn s9_every_event_byte_by_byte() {
    let events = |bytes: &str| read(&hex(&format!("02 00 00 10 {bytes}"))).unwrap().events;
    let all = busy_events();
    assert_eq!(
        events(
            "08  01 00 01 02 12 00 01 fc e0 22 02 00 06  00 01 01 01 02 03 01 01 01 02 04 fb f4 01  00 02 01 fb 2c 01 \
             03 03 09 fb 2c 01  00 04 02 01 04  02 05 01 02 09 fb b0 04 34 12 \
             00 06 02 01 01 00  00 07 00 01 00 01 01 01 05"
        ),
        all
    );
    let nobody = events("01  ff 01 00 02 00 00 00 00 00");
    let EventKind::Kill { killer, .. } = &nobody[0].kind else {
        panic!("a kill")
    };
    assert_eq!((nobody[0].ago, *killer), (255, None));
}
