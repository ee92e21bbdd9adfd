//! The worked examples at the end of `docs/PROTOCOL.md`. Their bytes stand here and there; a test holds the two together.

use std::ops::ControlFlow;
use std::sync::Arc;

use fracas_protocol::motion::{
    CraftMotion, Pilot, Shot, ShotStep, Weapon, muzzle, step_craft, step_shot,
};
use fracas_protocol::snapshot::delta;
use fracas_protocol::view::{Craft, MatchClock, RosterEntry, Score, View};
use fracas_protocol::{
    Angle, Buttons, ClientMessage, Credential, Event, EventKind, Hello, Input, InputBatch, Phase,
    PlayerId, ServerMessage, ShotId, Snapshot, Vec2, decode, encode,
};

use crate::{arena, hex, match_start};

const HELLO: &str = "00 01 00 07 6d 61 69 6e 2e 61 62 01";

const INPUTS: &str = "01 fb eb 03 02 7f 00 00 c0 01 81 05 01 c0 00";

const START: &str = "\
01 fb e8 03 02 6d 31 04 6d 61 69 6e 00 \
00 00 00 42 00 00 90 41 00 00 c0 3f \
66 66 e6 3e 64 00 00 e0 40 9a 99 19 3e 00 00 c0 3f 00 00 20 40 \
00 00 c0 40 00 00 a0 41 9a 99 99 3f 8f c2 f5 3d 0c 02 00 00 00 3f \
02 00 00 40 40 19 00 00 b4 43 00 00 20 41 1e 00 00 a0 40 \
0a 08 01 0b 00 03 01 01 00 04 01 02 00 01 05 01 06 01 00 03 05 01 00 01 01 02 00 01 04 01 03 01 00 01 02 01 \
00 01 01 01 00 01 01 02 00 06 04 01 00 01 01 02 00 02 01 02 00 01 03 01 00 02 01 02 00 07 05 01 01 0b \
02 01 01 06 06";

const FIRST: &str = "\
02 02 80 b7 02 fb 48 58 3d fb 00 34 fb 00 34 01 01 fb d3 07 00 64 01 b2 01 01 01 02 fb 00 0c fb 00 24 00 fb bc 03 c8 52 \
01 00 01 00 fb 40 1f fb 00 20 00 00 00 01 02 01 11 04 52 6f 6f 6b 04 02 01 00 02 1f 01 01 03 41 64 61 00 00 01 00 00 1f \
24 8b 8d 7a";

const SECOND: &str = "\
02 02 01 d6 33 52 00 d8 00 12 01 01 01 3c 14 11 4c 4b c9 40 01 01 03 00 fb 1c 34 fb dc 2d 00 c0 00 01 \
01 00 00 03 01 12 01 fb 14 0c fb cc 25 e5 d8 f4 b8";

/// The view after FIRST.
fn first() -> View {
    let own = Pilot {
        life: 1,
        alive: true,
        motion: CraftMotion {
            pos: Vec2::new(6_656, 6_656),
            vel: Vec2::ZERO,
        },
        health: 100,
        ready_at: 1_001,
        protected_until: 1_091,
        respawn_at: 0,
        killer: None,
    };
    let motion = CraftMotion {
        pos: Vec2::new(1_536, 4_608),
        vel: Vec2::new(0, 478),
    };
    let craft = Craft {
        life: 2,
        motion,
        aim: 200,
        health: 82,
        protected: false,
    };
    let rook = Score {
        score: 2,
        kills: 2,
        deaths: 1,
        assists: 0,
        streak: 2,
    };
    let ada = Score {
        deaths: 1,
        ..Score::default()
    };
    let entry = |name: &str, bot, score| RosterEntry {
        name: name.into(),
        bot,
        score,
        ping_ms: 31,
    };
    View {
        tick: 1_002,
        clock: MatchClock {
            phase: Phase::Live,
            ends: 22_600,
        },
        own,
        crafts: vec![(PlayerId(1), craft)],
        shots: vec![(ShotId(0), shot(1, (4_000, 4_096), 0, 1))],
        roster: Arc::new(vec![
            (PlayerId(1), entry("Rook", true, rook)),
            (PlayerId(3), entry("Ada", false, ada)),
        ]),
    }
}

/// The view after SECOND.
fn second() -> View {
    let mut view = View {
        tick: 1_004,
        ..first()
    };
    view.own.motion = CraftMotion {
        pos: Vec2::new(6_697, 6_656),
        vel: Vec2::new(108, 0),
    };
    (view.own.ready_at, view.own.protected_until) = (1_013, 1_003);
    let craft = &mut view.crafts[0].1;
    craft.motion = CraftMotion {
        pos: Vec2::new(1_546, 4_838),
        vel: Vec2::new(38, 440),
    };
    (craft.aim, craft.health) = (201, 64);
    view.shots = vec![
        (ShotId(0), shot(1, (4_682, 4_096), 0, 3)),
        (ShotId(1), shot(3, (6_670, 5_870), 0xC000, 1)),
    ];
    view
}

fn shot(owner: u16, (x, y): (i32, i32), heading: u16, age: u8) -> Shot {
    let (owner, heading) = (PlayerId(owner), Angle(heading));
    Shot {
        owner,
        weapon: Weapon::Pulse,
        pos: Vec2::new(x, y),
        heading,
        bounces: 0,
        age,
    }
}

#[test]
fn the_document_has_the_same_bytes() {
    let document = include_str!("../../../docs/PROTOCOL.md");
    let document = document.split_whitespace().collect::<Vec<_>>().join(" ");
    for (name, bytes) in [
        ("HELLO", HELLO),
        ("INPUTS", INPUTS),
        ("START", START),
        ("FIRST", FIRST),
        ("SECOND", SECOND),
    ] {
        assert!(
            document.contains(bytes),
            "{name} is not in docs/PROTOCOL.md"
        );
    }
}

#[test]
fn e1_a_hello() {
    let hello = Hello {
        version: 1,
        credential: Credential::Ticket("main.ab".into()),
        checksums: true,
    };
    assert_eq!(encode(&ClientMessage::Hello(hello)), hex(HELLO));
}

#[test]
fn e2_two_inputs() {
    let inputs = vec![
        Input {
            steer_x: 127,
            steer_y: 0,
            aim: Angle(0xC000),
            buttons: Buttons::FIRE,
        },
        Input {
            steer_x: -127,
            steer_y: 5,
            aim: Angle(0xC001),
            buttons: Buttons::default(),
        },
    ];
    assert_eq!(
        encode(&ClientMessage::Inputs(InputBatch {
            first_tick: 1_003,
            inputs
        })),
        hex(INPUTS)
    );
}

#[test]
fn e3_the_start_of_a_match() {
    let start = ServerMessage::MatchStart(Box::new(match_start(1_000)));
    assert_eq!(encode(&start), hex(START));
    assert_eq!(decode::<ServerMessage>(&hex(START)).unwrap(), start);
}

#[test]
fn e4_the_first_snapshot() {
    let (arena, empty) = (
        arena(),
        View {
            tick: 1_000,
            ..View::default()
        },
    );
    let mut snapshot = Snapshot::default();
    delta(&empty, &first(), &arena, &mut snapshot);
    (snapshot.input_margin, snapshot.checksum) = (-128, Some(0x7A8D_8B24));
    assert_eq!(encode(&ServerMessage::Snapshot(snapshot)), hex(FIRST));
    assert_eq!(applied(&empty, FIRST), first());
    assert_eq!(first().checksum(), 0x7A8D_8B24);
}

#[test]
fn e5_the_second_snapshot() {
    let mut snapshot = Snapshot::default();
    delta(&first(), &second(), &arena(), &mut snapshot);
    (snapshot.input_margin, snapshot.checksum) = (1, Some(0xB8F4_D8E5));
    let hit = EventKind::Hit {
        attacker: PlayerId(3),
        victim: PlayerId(1),
        damage: 18,
        bounces: 1,
        pos: Vec2::new(1_546, 4_838),
    };
    snapshot.events.push(Event { ago: 0, kind: hit });
    assert_eq!(encode(&ServerMessage::Snapshot(snapshot)), hex(SECOND));
    assert_eq!(applied(&first(), SECOND), second());
    assert_eq!(second().checksum(), 0xB8F4_D8E5);
}

fn applied(base: &View, bytes: &str) -> View {
    let ServerMessage::Snapshot(snapshot) = decode(&hex(bytes)).unwrap() else {
        panic!("a snapshot")
    };
    let mut view = base.clone();
    view.apply(&snapshot, &arena()).unwrap();
    view
}

type Flight = [((i32, i32), (i32, i32))];

fn flies(steer: (i8, i8), expected: &Flight) {
    let arena = arena();
    let mut motion = CraftMotion {
        pos: Vec2::new(2_560, 6_656),
        vel: Vec2::ZERO,
    };
    let input = Input {
        steer_x: steer.0,
        steer_y: steer.1,
        ..Input::default()
    };
    for (tick, (pos, vel)) in expected.iter().enumerate() {
        step_craft(&mut motion, &input, &arena);
        let expected = CraftMotion {
            pos: Vec2::new(pos.0, pos.1),
            vel: Vec2::new(vel.0, vel.1),
        };
        assert_eq!(motion, expected, "steer {steer:?}, tick {}", tick + 1);
    }
}

#[test]
fn e6_a_craft_from_standing_to_top_speed() {
    flies(
        (127, 0),
        &[
            ((2_574, 6_656), (54, 0)),
            ((2_601, 6_656), (108, 0)),
            ((2_642, 6_656), (162, 0)),
            ((2_696, 6_656), (216, 0)),
            ((2_764, 6_656), (270, 0)),
            ((2_845, 6_656), (324, 0)),
            ((2_940, 6_656), (378, 0)),
            ((3_048, 6_656), (432, 0)),
            ((3_168, 6_656), (478, 0)),
            ((3_288, 6_656), (478, 0)),
        ],
    );
}

#[test]
fn e6_a_craft_against_a_wall_and_against_a_corner() {
    flies(
        (0, 127),
        &[
            ((2_560, 6_670), (0, 54)),
            ((2_560, 6_697), (0, 108)),
            ((2_560, 6_707), (0, 0)),
            ((2_560, 6_707), (0, 0)),
        ],
    );
    flies(
        (90, -90),
        &[
            ((2_570, 6_646), (38, -38)),
            ((2_589, 6_627), (76, -76)),
            ((2_618, 6_598), (114, -114)),
            ((2_656, 6_560), (152, -152)),
            ((2_704, 6_512), (190, -190)),
            ((2_745, 6_471), (-1, 1)),
        ],
    );
}

#[test]
fn e7_a_shot_with_two_bounces_and_its_end() {
    let arena = arena();
    let start = muzzle(Vec2::new(2_560, 6_656), Angle(0x9000), &arena);
    assert_eq!(start, Vec2::new(2_149, 6_486));
    let mut shot = Shot {
        owner: PlayerId(0),
        ..shot(0, (start.x, start.y), 0x9000, 0)
    };
    let mut bounces = Vec::new();
    let mut flown = Vec::new();
    while step_shot(&mut shot, &arena, |segment| {
        bounces.extend(segment.bounce.map(|bounce| (bounce.pos.x, bounce.pos.y)));
        ControlFlow::Continue(())
    }) == ShotStep::Flying
    {
        flown.push((
            shot.age,
            shot.pos.x,
            shot.pos.y,
            shot.heading.0,
            shot.bounces,
        ));
    }
    let told = [
        (1, 1_834, 6_355, 0x9000, 0),
        (3, 1_204, 6_093, 0x9000, 0),
        (4, 1_159, 5_962, 0xF000, 1),
        (10, 3_049, 5_176, 0xF000, 1),
        (11, 2_780, 5_045, 0x9000, 2),
        (16, 1_205, 4_390, 0x9000, 2),
    ];
    for state in told {
        assert_eq!(flown[state.0 as usize - 1], state);
    }
    assert_eq!(flown.len(), 16);
    assert_eq!(bounces, [(1_024, 6_018), (3_072, 5_166), (1_024, 4_315)]);
    assert_eq!((shot.age, shot.pos), (17, Vec2::new(1_024, 4_315)));
}
