//! Motion, tick by tick.

use std::ops::ControlFlow;

use fracas_protocol::motion::{
    Beam, CraftMotion, End, Fired, Pilot, Shot, ShotStep, Weapon, muzzle, step_craft, step_pilot,
    step_shot,
};
use fracas_protocol::{
    Angle, Arena, Buttons, Input, Map, MatchStart, PlayerId, Rules, ServerMessage, Steer, Vec2,
    encode,
};
use serde_json::{Value, json};

use super::hex;
use super::snapshots::own_json;
use crate::match_start;

/// Everything that can be in the way: walls, diagonals of all kinds, a pit, gaps, corners.
const COURSE: &str = "
################
#S....#.....o..#
#..◢◣...◢#◣....#
#..◥◤...#S#..◢◣#
#.......◥#◤..◥◤#
#.#.#..........#
#..#..◢....#.#.#
#.#.#..◤..◥...S#
################
";

pub(super) fn vectors() -> Value {
    let start = MatchStart {
        map: Map::parse(COURSE).unwrap().into(),
        ..match_start(0)
    };
    let arena = Arena::new(start.map.clone(), &start.rules, 60);
    let start = encode(&ServerMessage::MatchStart(Box::new(start)));
    json!({
        "start": hex(&start),
        "tick_hz": 60,
        "tuning": [tuning(&Rules::default(), 60), tuning(&Rules::default(), 20), tuning(&others(), 128)],
        "directions": (0..65_536_u32).step_by(997).map(|angle| direction(angle as u16)).collect::<Vec<_>>(),
        "thrusts_at_478": (0..=192).map(thrust).collect::<Vec<_>>(),
        "craft": craft(&arena),
        "pilots": pilots(&arena),
        "shots": shots(&arena),
        "beams": beams(&arena),
    })
}

/// Rules whose integers are all different from the default's.
fn others() -> Rules {
    let mut rules = Rules::default();
    rules.craft.radius_tiles = 0.3;
    rules.craft.speed_tiles_per_s = 11.3;
    rules.craft.accelerate_s = 0.07;
    rules.pulse.rate_per_s = 7.7;
    rules.pulse.shot_speed_tiles_per_s = 33.3;
    rules.pulse.shot_life_s = 0.777;
    rules.rail.range_tiles = 17.7;
    rules.rail.charge_s = 0.123;
    rules.rail.cooldown_s = 2.345;
    rules
}

fn tuning(rules: &Rules, hz: u8) -> Value {
    let t = fracas_protocol::Tuning::new(rules, hz);
    let changed = rules != &Rules::default();
    let start = encode(&ServerMessage::MatchStart(Box::new(MatchStart {
        rules: rules.clone(),
        ..match_start(0)
    })));
    json!({
        "rules": if changed { "others" } else { "default" }, "start": hex(&start), "tick_hz": hz,
        "craft_radius": t.craft_radius, "craft_speed": t.craft_speed, "craft_acceleration": t.craft_acceleration,
        "interval_ticks": t.pulse.interval_ticks, "shot_speed": t.pulse.shot_speed,
        "shot_life_ticks": t.pulse.shot_life_ticks, "charge_ticks": t.rail.charge_ticks,
        "cooldown_ticks": t.rail.cooldown_ticks, "range": t.rail.range,
    })
}

fn direction(angle: u16) -> Value {
    let Vec2 { x, y } = Angle(angle).direction();
    json!([angle, x, y])
}

fn thrust(code: u8) -> Value {
    let Vec2 { x, y } = Steer::from_code(code).unwrap().thrust(478);
    json!([x, y])
}

/// Where it starts, and for so many ticks steers so.
type Flight = (&'static str, (f32, f32), &'static [(u8, u32)]);

const FLIGHTS: &[Flight] = &[
    (
        "to full speed, and back to rest",
        (7.5, 5.5),
        &[(3, 12), (0, 12)],
    ),
    (
        "each strength, and about",
        (7.5, 5.5),
        &[(1, 8), (2, 8), (3, 8), (98, 10), (97, 4)],
    ),
    ("along a wall, pressed against it", (2.5, 1.5), &[(171, 24)]),
    ("into a corner", (2.5, 2.0), &[(123, 24), (51, 4)]),
    (
        "onto the four diagonals of a block",
        (1.5, 3.0),
        &[(3, 16), (51, 12), (27, 16), (147, 10), (171, 14)],
    ),
    ("over the tip of a block", (3.95, 1.5), &[(51, 20)]),
    ("against a pit", (11.0, 1.5), &[(3, 18), (27, 10)]),
    (
        "through a gap between corners",
        (2.5, 4.5),
        &[(51, 24), (60, 10)],
    ),
    (
        "into a wedge of two diagonals",
        (8.0, 6.5),
        &[(51, 20), (63, 10)],
    ),
    ("inside a wall", (7.4, 1.7), &[(0, 3)]),
    ("inside a diagonal", (3.9, 2.9), &[(0, 3)]),
];

fn craft(arena: &Arena) -> Value {
    let one = |(name, from, legs): &Flight| {
        let mut motion = CraftMotion {
            pos: Vec2::from_tiles(from.0, from.1),
            vel: Vec2::ZERO,
        };
        let from = motion.pos;
        let mut path = Vec::new();
        for (code, ticks) in *legs {
            for _ in 0..*ticks {
                step_craft(&mut motion, Steer::from_code(*code).unwrap(), arena);
                let CraftMotion { pos, vel } = motion;
                path.push([pos.x, pos.y, vel.x, vel.y]);
            }
        }
        json!({"name": name, "pos": [from.x, from.y], "steers": legs, "path": path})
    };
    Value::Array(FLIGHTS.iter().map(one).collect())
}

/// A pilot who turns, fires, charges, lets go too early, charges again, and runs out of beams.
fn pilots(arena: &Arena) -> Value {
    let mut pilot = Pilot::default();
    pilot.spawn(Vec2::from_tiles(9.5, 5.5), 100, arena);
    let legs = [
        (3_u8, 0_u16, 0_u8, 2_u32),
        (51, 100, 1, 12),
        (0, 16_384, 2, 10),
        (0, 16_384, 0, 1),
        (99, 30_000, 3, 23),
        (99, 30_000, 3, 62),
        (1, 50_000, 3, 24),
        (2, 60_000, 3, 12),
    ];
    let spawned = own_json(&pilot);
    let (mut tick, mut path) = (100, Vec::new());
    for (code, aim, buttons, ticks) in legs {
        for _ in 0..ticks {
            tick += 1;
            let input = Input {
                steer: Steer::from_code(code).unwrap(),
                aim: Angle(aim),
                buttons: Buttons(buttons),
            };
            let fired = match step_pilot(&mut pilot, PlayerId(0), &input, tick, arena) {
                Some(Fired::Shot(shot)) => json!([0, shot.pos.x, shot.pos.y]),
                Some(Fired::Beam(beam)) => json!([1, beam.from.x, beam.from.y]),
                None => Value::Null,
            };
            let Pilot {
                motion,
                ready_at,
                protected_until,
                rail_ammo,
                rail_ready_at,
                charging_since,
                ..
            } = pilot;
            let rail = json!([rail_ammo, rail_ready_at, charging_since]);
            path.push(json!([
                motion.pos.x,
                motion.pos.y,
                ready_at,
                protected_until,
                rail,
                fired
            ]));
        }
    }
    json!([{
        "name": "turns, fires, charges, lets go, charges again, runs out",
        "own": spawned, "tick": 100, "inputs": legs, "path": path,
    }])
}

fn shots(arena: &Arena) -> Value {
    let from = [(1.5, 1.5), (7.3, 5.2), (9.4, 3.5), (14.2, 1.6), (2.0, 5.0)];
    let headings = [
        0, 3_000, 8_192, 14_001, 20_000, 24_576, 32_768, 40_003, 49_152, 57_344, 61_111,
    ];
    let mut all = Vec::new();
    for (n, (x, y)) in from.into_iter().enumerate() {
        for heading in headings.into_iter().skip(n % 3).step_by(3) {
            all.push(shot(Vec2::from_tiles(x, y), heading, arena));
        }
    }
    // Straight at a corner, to the unit.
    all.push(shot(
        Vec2::new(6 * 1_024 - 500, 2 * 1_024 + 500),
        57_344,
        arena,
    ));
    all.push(shot(Vec2::new(2 * 1_024, 5 * 1_024 - 341), 16_384, arena));
    Value::Array(all)
}

fn shot(pos: Vec2, heading: u16, arena: &Arena) -> Value {
    let mut shot = Shot {
        owner: PlayerId(0),
        weapon: Weapon::Pulse,
        pos,
        heading: Angle(heading),
        bounces: 0,
        age: 0,
    };
    let mut path = Vec::new();
    let end = loop {
        let step = step_shot(&mut shot, arena, |_| ControlFlow::Continue(()));
        path.push(json!([
            shot.pos.x,
            shot.pos.y,
            shot.heading.0,
            shot.bounces
        ]));
        match step {
            ShotStep::Flying => {}
            ShotStep::Ended(End::Wall) => break "wall",
            ShotStep::Ended(_) => break "time",
        }
    };
    json!({"pos": [pos.x, pos.y], "heading": heading, "path": path, "end": end})
}

fn beams(arena: &Arena) -> Value {
    let from = [(1.5, 1.5), (7.3, 5.2), (14.2, 1.6)];
    let aims = [0, 3_000, 8_192, 20_000, 40_003, 49_152, 61_111];
    let mut all = Vec::new();
    for (x, y) in from {
        for aim in aims {
            let craft = Vec2::from_tiles(x, y);
            let beam = Beam {
                owner: PlayerId(0),
                from: muzzle(craft, Angle(aim), arena),
                heading: Angle(aim),
            };
            let points: Vec<_> = beam
                .points(arena)
                .iter()
                .map(|point| [point.x, point.y])
                .collect();
            all.push(json!({"craft": [craft.x, craft.y], "aim": aim, "points": points}));
        }
    }
    Value::Array(all)
}
