//! The worked examples at the end of `docs/PROTOCOL.md`, held to the code: bytes and numbers are read from the document.

use std::ops::ControlFlow;
use std::sync::Arc;

use fracas_protocol::motion::{Beam, CraftMotion, Shot, ShotStep, muzzle, step_craft, step_shot};
use fracas_protocol::rules::Effect;
use fracas_protocol::view::{MatchState, RosterEntry, Score, View};
use fracas_protocol::{
    Angle, Buttons, ClientMessage, Credential, Event, EventKind, Hello, Input, InputBatch, Mode,
    PROTOCOL_VERSION, Phase, PlayerId, SeenAgo, ServerMessage, ShotId, Snapshot, Steer, Vec2,
    Wants, Weapon, decode, encode,
};

use crate::world::World;
use crate::{arena, hex, match_start};

const DOCUMENT: &str = include_str!("../../../docs/PROTOCOL.md");

/// What stands between an example's name and the next one's.
fn section(name: &str) -> &'static str {
    let (_, after) = DOCUMENT.split_once(&format!("**{name}**")).unwrap();
    after.split("\n**E").next().unwrap()
}

/// The bytes in the first block of an example.
fn bytes(name: &str) -> Vec<u8> {
    hex(section(name).split("```").nth(1).unwrap())
}

/// The first cells of a table's rows, without the marks of code.
fn rows(table: &str) -> impl Iterator<Item = Vec<String>> + '_ {
    let cells = |row: &str| {
        let cells = row.trim_matches('|').split('|');
        cells.map(|cell| cell.trim().replace('`', "")).collect()
    };
    let rows = table.lines().skip_while(|line| !line.starts_with("|---"));
    let rows = rows.skip(1).take_while(|line| line.starts_with('|'));
    rows.map(cells)
}

/// The bits of an example's state, put together from the pieces that the document explains.
fn bits_explained(name: &str) -> String {
    let (_, table) = section(name).split_once("| bits |").unwrap();
    rows(table).map(|cells| cells[0].replace(' ', "")).collect()
}

/// The bits of the state of a snapshot whose state begins at `from`, in the order in which they travel.
fn bits_of_state(message: &[u8], from: usize) -> String {
    let state = &message[from + 1..=from + usize::from(message[from])];
    let bits = state
        .iter()
        .flat_map(|byte| (0..8).map(move |bit| byte >> bit & 1));
    bits.map(|bit| if bit == 1 { '1' } else { '0' }).collect()
}

fn is_message(name: &str, message: &ServerMessage) {
    let expected = encode(message);
    let is: Vec<_> = expected.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(bytes(name), expected, "{name} should be\n{}", is.join(" "));
}

#[test]
fn every_mode_and_every_effect_has_its_number_in_the_tables() {
    let row = |key: &str, names: Vec<&str>| {
        let numbered = (0..)
            .zip(names)
            .map(|(at, name): (u8, _)| format!("{at} {name}"));
        let row = format!(
            "| {key} | `u8` | {} |",
            numbered.collect::<Vec<_>>().join(", ")
        );
        assert!(DOCUMENT.contains(&row), "PROTOCOL.md lacks {row}");
    };
    row("mode", Mode::ALL.iter().map(|mode| mode.as_str()).collect());
    row(
        "effect",
        Effect::ALL.iter().map(|effect| effect.as_str()).collect(),
    );
}

#[test]
fn e1_a_hello() {
    let hello = ClientMessage::Hello(Hello {
        version: PROTOCOL_VERSION,
        credential: Credential::Ticket("main.ab".into()),
        wants: Wants {
            checksums: true,
            in_full: false,
        },
    });
    assert_eq!(encode(&hello), bytes("E1"));
}

#[test]
fn e2_two_inputs() {
    let input = |code, aim, buttons| Input {
        steer: Steer::from_code(code).unwrap(),
        aim: Angle(aim),
        buttons: Buttons(buttons),
    };
    let inputs = ClientMessage::Inputs(InputBatch {
        first_tick: 1_003,
        seen_ago: SeenAgo(1_600),
        inputs: vec![input(3, 0xC000, 1), input(102, 0xC001, 0)],
    });
    assert_eq!(encode(&inputs), bytes("E2"));
}

#[test]
fn e3_the_start_of_a_match() {
    is_message(
        "E3",
        &ServerMessage::MatchStart(Box::new(match_start(1_000))),
    );
}

/// After the match began: Ada (3) has appeared, Rook (1) flies down and has fired.
fn world_of_e4() -> World {
    let mut world = World::new(arena(), 1_000);
    world.step();
    world.match_state = MatchState {
        phase: Phase::Live,
        ends: 22_600,
        ..MatchState::default()
    };
    let rook = Score {
        score: 2,
        kills: 2,
        deaths: 1,
        assists: 0,
        streak: 2,
        objective: 0,
    };
    let ada = Score {
        deaths: 1,
        ..Score::default()
    };
    let entry = |name: &str, bot, score| RosterEntry {
        name: name.into(),
        bot,
        team: None,
        score,
        ping_ms: 31,
    };
    world.roster = Arc::new(vec![
        (PlayerId(1), entry("Rook", true, rook)),
        (PlayerId(3), entry("Ada", false, ada)),
    ]);
    world.spawn(3, (6_656, 6_656));
    world.spawn(1, (1_536, 4_488));
    let pilot = &mut world.flyer(1).pilot;
    (pilot.life, pilot.health, pilot.protected_until) = (2, 82, 0);
    pilot.motion.vel = Vec2::new(0, 478);
    world.steer(1, 51);
    world.aim(1, 51_200);
    world.step();
    let shot = shot(1, (4_000, 4_096), 0, 1);
    world.shots.insert(ShotId(0), shot);
    world
}

/// Two ticks later.
fn world_of_e5() -> World {
    let mut world = world_of_e4();
    world.steer(3, 3);
    world.aim(3, 0xC000);
    world.trigger(3, 1);
    world.step();
    world.trigger(3, 0);
    world.steer(1, 27);
    world.aim(1, 51_456);
    world.step();
    world.flyer(1).pilot.health = 64;
    world
}

fn empty() -> View {
    View {
        me: PlayerId(3),
        tick: 1_000,
        ..View::default()
    }
}

fn shot(owner: u16, (x, y): (i32, i32), heading: u16, age: u8) -> Shot {
    Shot {
        owner: PlayerId(owner),
        weapon: Weapon::FIRST,
        pos: Vec2::new(x, y),
        heading: Angle(heading),
        bounces: 0,
        age,
    }
}

/// The document's bytes lead from `base` to `next`.
fn leads(name: &str, base: &View, next: &View) {
    let ServerMessage::Snapshot(snapshot) = decode(&bytes(name)).unwrap() else {
        panic!("a snapshot")
    };
    let mut view = base.clone();
    view.apply(&snapshot, &arena()).unwrap();
    assert_eq!(view, *next);
    assert_eq!(snapshot.checksum, Some(next.checksum()));
}

#[test]
fn e4_the_first_snapshot() {
    let (snapshot, next) = world_of_e4().tell(&empty(), false);
    let snapshot = Snapshot {
        input_margin: -128,
        ..snapshot
    };
    is_message("E4", &ServerMessage::Snapshot(snapshot));
    leads("E4", &empty(), &next);
    assert_eq!(bits_of_state(&bytes("E4"), 11), bits_explained("E4"));
}

#[test]
fn e5_the_second_snapshot() {
    let (_, first) = world_of_e4().tell(&empty(), false);
    let (mut snapshot, next) = world_of_e5().tell(&first, false);
    snapshot.input_margin = 1;
    let hit = EventKind::Hit {
        attacker: PlayerId(3),
        victim: PlayerId(1),
        damage: 18,
        weapon: Weapon::FIRST,
        bounces: 1,
        pos: Vec2::new(1_546, 4_838),
    };
    snapshot.events.push(Event { ago: 0, kind: hit });
    is_message("E5", &ServerMessage::Snapshot(snapshot));
    leads("E5", &first, &next);
    assert_eq!(bits_of_state(&bytes("E5"), 4), bits_explained("E5"));
    let rook = next.crafts[0].1.motion;
    println!("{:?} {rook:?} {:?}", next.own, next.shots);
}

/// Two numbers from a cell such as `2574, 6656`.
fn two(cell: &str) -> Option<Vec2> {
    let (x, y) = cell.split_once(", ")?;
    Some(Vec2::new(x.parse().ok()?, y.parse().ok()?))
}

#[test]
fn e6_a_craft_to_top_speed_against_a_wall_and_against_a_corner() {
    let arena = arena();
    let standing = CraftMotion {
        pos: Vec2::new(2_560, 6_656),
        vel: Vec2::ZERO,
    };
    let mut flights = [3, 51, 171].map(|code| (Steer::from_code(code).unwrap(), standing));
    // The second row of headings comes first.
    for (tick, row) in rows(section("E6")).skip(1).enumerate() {
        for ((steer, motion), cells) in flights.iter_mut().zip(row.chunks(2)) {
            step_craft(motion, *steer, false, &arena);
            if let (Some(pos), Some(vel)) = (two(&cells[0]), two(&cells[1])) {
                let told = CraftMotion { pos, vel };
                assert_eq!(*motion, told, "{steer:?}, tick {}", tick + 1);
            }
        }
    }
    println!("{flights:?}");
}

#[test]
fn e7_a_shot_with_two_bounces_and_its_end() {
    let arena = arena();
    let start = muzzle(Vec2::new(2_560, 6_656), Angle(0x9000), &arena);
    assert_eq!(start, Vec2::new(2_149, 6_486));
    let mut shot = shot(0, (start.x, start.y), 0x9000, 0);
    for row in rows(section("E7")) {
        let mut step = ShotStep::Flying;
        while shot.age < row[0].parse().unwrap() {
            assert_eq!(step, ShotStep::Flying);
            step = step_shot(&mut shot, &arena, |_| ControlFlow::Continue(()));
        }
        let is = (shot.pos, format!("{:x}", shot.heading.0), shot.bounces);
        let told = (
            two(&row[1]).unwrap(),
            row[2].clone(),
            row[3].parse().unwrap(),
        );
        assert_eq!(is, told, "age {}", row[0]);
        assert_eq!(step == ShotStep::Flying, row[0] != "17");
    }
}

#[test]
fn e8_a_beam_with_its_bounce() {
    let beam = Beam {
        owner: PlayerId(0),
        weapon: Weapon(2),
        from: muzzle(Vec2::new(2_560, 6_656), Angle(0x9000), &arena()),
        heading: Angle(0x9000),
    };
    let told: Vec<_> = rows(section("E8"))
        .map(|row| two(&row[0]).unwrap())
        .collect();
    assert_eq!(beam.points(&arena()), told);
}
