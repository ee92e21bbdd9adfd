//! Motion, tick by tick.

use std::ops::ControlFlow;
use std::sync::Arc;

use fracas_protocol::motion::{
    Beam, CraftMotion, End, Fired, Pilot, Shot, ShotStep, muzzle, step_craft, step_pilot, step_shot,
};
use fracas_protocol::rules::WeaponTuning;
use fracas_protocol::{
    Angle, Arena, Buttons, Input, Map, MatchStart, PlayerId, Rules, ServerMessage, Steer, Vec2,
    Weapon, encode,
};
use serde_json::{Value, json};

use super::hex;
use super::snapshots::{own_json, special_json};
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
    let mut rules = Rules::default();
    rules.craft.special = "rail".to_owned();
    rules.weapons[2].ammo = 2;
    let start = MatchStart {
        rules: Arc::new(rules),
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
        "thrusts_at_478": (0..=224).map(thrust).collect::<Vec<_>>(),
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
    rules.dash.distance_tiles = 3.3;
    rules.dash.takes_s = 0.111;
    rules.dash.charges = 3;
    rules.dash.recharge_s = 1.77;
    rules.deflect.window_s = 0.333;
    rules.deflect.cooldown_s = 4.44;
    rules.deflect.arc_degrees = 77.7;
    rules.deflect.radius_tiles = 0.77;
    rules.effects.haste_factor = 1.77;
    rules.weapons[0].rate_per_s = 7.7;
    rules.weapons[0].shot_speed_tiles_per_s = 33.3;
    rules.weapons[0].shot_life_s = 0.777;
    rules.weapons[1].pellets = 4;
    rules.weapons[1].spread_degrees = 33.3;
    rules.weapons[2].range_tiles = 17.7;
    rules.weapons[2].charge_s = 0.123;
    rules.weapons[2].rate_per_s = 0.77;
    rules.weapons[3].burst_radius_tiles = 1.77;
    rules.weapons[3].bounce_bonus = 0.1;
    rules
}

fn tuning(rules: &Rules, hz: u8) -> Value {
    let t = fracas_protocol::Tuning::new(rules, hz);
    let changed = rules != &Rules::default();
    let start = encode(&ServerMessage::MatchStart(Box::new(MatchStart {
        rules: Arc::new(rules.clone()),
        ..match_start(0)
    })));
    json!({
        "rules": if changed { "others" } else { "default" }, "start": hex(&start), "tick_hz": hz,
        "craft_radius": t.craft_radius, "craft_speed": t.craft_speed, "craft_acceleration": t.craft_acceleration,
        "haste_speed": t.haste_speed, "dash_speed": t.dash_speed, "dash_ticks": t.dash_ticks,
        "dash_charges": t.dash_charges, "dash_recharge_ticks": t.dash_recharge_ticks,
        "deflect_ticks": t.deflect_ticks, "deflect_cooldown_ticks": t.deflect_cooldown_ticks,
        "deflect_half_arc": t.deflect_half_arc, "deflect_radius": t.deflect_radius,
        "weapons": t.weapons.iter().map(weapon).collect::<Vec<_>>(),
    })
}

fn weapon(w: &WeaponTuning) -> Value {
    json!({
        "interval_ticks": w.interval_ticks, "charge_ticks": w.charge_ticks, "pellets": w.pellets,
        "pellet_step": w.pellet_step, "shot_speed": w.shot_speed, "shot_life_ticks": w.shot_life_ticks,
        "shot_radius": w.shot_radius, "range": w.range, "bounces": w.bounces, "burst_radius": w.burst_radius,
        "ammo": w.ammo, "damage": w.damage[..4],
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

const HASTY: &[Flight] = &[
    (
        "with haste to its top speed, and back to rest",
        (7.5, 5.5),
        &[(3, 14), (0, 14)],
    ),
    (
        "with haste along a wall and over diagonals",
        (2.5, 1.5),
        &[(171, 20), (27, 30), (51, 20)],
    ),
];

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
    (
        "a dash, then top speed at once",
        (7.5, 5.5),
        &[(3, 3), (193, 9), (3, 2), (0, 6)],
    ),
    ("a dash, then against it", (7.5, 5.5), &[(209, 9), (3, 12)]),
    (
        "dashes at walls, corners and diagonals",
        (1.5, 3.0),
        &[
            (193, 9),
            (197, 9),
            (214, 9),
            (0, 2),
            (207, 9),
            (220, 9),
            (99, 4),
        ],
    ),
    ("inside a wall", (7.4, 1.7), &[(0, 3)]),
    ("inside a diagonal", (3.9, 2.9), &[(0, 3)]),
];

fn craft(arena: &Arena) -> Value {
    let one = |(name, from, legs): &Flight, has_haste: bool| {
        let mut motion = CraftMotion {
            pos: Vec2::from_tiles(from.0, from.1),
            vel: Vec2::ZERO,
        };
        let from = motion.pos;
        let mut path = Vec::new();
        for (code, ticks) in *legs {
            for _ in 0..*ticks {
                step_craft(
                    &mut motion,
                    Steer::from_code(*code).unwrap(),
                    has_haste,
                    arena,
                );
                let CraftMotion { pos, vel } = motion;
                path.push([pos.x, pos.y, vel.x, vel.y]);
            }
        }
        json!({"name": name, "pos": [from.x, from.y], "haste": has_haste, "steers": legs, "path": path})
    };
    let all = FLIGHTS.iter().map(|flight| one(flight, false));
    let all = all.chain(HASTY.iter().map(|flight| one(flight, true)));
    Value::Array(all.collect())
}

/// Steering, aim and buttons for so many ticks.
type Leg = (u8, u16, u8, u32);

fn pilots(arena: &Arena) -> Value {
    let mut with_rail = Pilot::default();
    with_rail.spawn(Vec2::from_tiles(9.5, 5.5), 100, arena);
    let mut with_scatter = with_rail;
    (with_scatter.special.weapon, with_scatter.special.ammo) = (Weapon(1), 2);
    let mut hasty = with_rail;
    (hasty.haste_until, hasty.special.ammo) = (121, 0);
    json!([
        flown(
            "turns, fires, charges, lets go, charges again, runs out",
            with_rail,
            &[
                (3, 0, 0, 2),
                (51, 100, 1, 12),
                (0, 16_384, 2, 10),
                (0, 16_384, 0, 1),
                (99, 30_000, 3, 23),
                (99, 30_000, 3, 62),
                (1, 50_000, 3, 24),
                (2, 60_000, 3, 12),
            ],
            arena,
        ),
        flown(
            "fires volleys, and the first weapon between them",
            with_scatter,
            &[(0, 1_000, 2, 1), (3, 60_000, 3, 60), (3, 0, 2, 50)],
            arena,
        ),
        flown(
            "dashes along its steering and its aim, deflects",
            with_rail,
            &[
                (99, 0, 4, 1),
                (3, 0, 0, 11),
                (0, 50_000, 4 | 8, 12),
                (51, 0, 4 | 1, 130),
                (51, 20_000, 8, 60),
            ],
            arena,
        ),
        flown(
            "has haste for 20 ticks",
            hasty,
            &[(99, 0, 0, 12), (3, 0, 0, 16), (3, 0, 4, 14)],
            arena,
        ),
    ])
}

fn flown(name: &str, mut pilot: Pilot, legs: &[Leg], arena: &Arena) -> Value {
    let spawned = own_json(&pilot);
    let (mut tick, mut path) = (100, Vec::new());
    for (code, aim, buttons, ticks) in legs {
        for _ in 0..*ticks {
            tick += 1;
            let input = Input {
                steer: Steer::from_code(*code).unwrap(),
                aim: Angle(*aim),
                buttons: Buttons(*buttons),
            };
            let fired = step_pilot(&mut pilot, PlayerId(0), &input, tick, arena);
            path.push(json!({
                "own": path_json(&pilot),
                "fired": fired.map(|fired| fired_json(fired, arena)),
            }));
        }
    }
    json!({"name": name, "own": spawned, "tick": 100, "inputs": legs, "path": path})
}

/// What changes without a server.
fn path_json(pilot: &Pilot) -> Value {
    let CraftMotion { pos, vel } = pilot.motion;
    json!([
        [pos.x, pos.y],
        [vel.x, vel.y],
        pilot.steer.code(),
        pilot.ready_at,
        pilot.protected_until,
        special_json(&pilot.special),
        [pilot.dash.until, pilot.dash.full_at],
        [pilot.deflect.until, pilot.deflect.ready_at],
    ])
}

/// With what, and for each shot or the beam heading and muzzle.
fn fired_json(fired: Fired, arena: &Arena) -> Value {
    let one = |heading: Angle, from: Vec2| json!([heading.0, from.x, from.y]);
    match fired {
        Fired::Shots(volley) => {
            let shots = volley.shots(arena);
            let shots: Vec<_> = shots.map(|shot| one(shot.heading, shot.pos)).collect();
            json!([volley.weapon.0, shots])
        }
        Fired::Beam(beam) => json!([beam.weapon.0, [one(beam.heading, beam.from)]]),
    }
}

fn shots(arena: &Arena) -> Value {
    let from = [(1.5, 1.5), (7.3, 5.2), (9.4, 3.5), (14.2, 1.6), (2.0, 5.0)];
    let headings = [
        0, 3_000, 8_192, 14_001, 20_000, 24_576, 32_768, 40_003, 49_152, 57_344, 61_111,
    ];
    let mut all = Vec::new();
    for (n, (x, y)) in from.into_iter().enumerate() {
        for heading in headings.into_iter().skip(n % 3).step_by(3) {
            all.push(shot(Weapon::FIRST, Vec2::from_tiles(x, y), heading, arena));
        }
    }
    // Other lives, speeds and numbers of bounces.
    for (weapon, heading) in [
        (1, 3_000),
        (1, 40_003),
        (3, 8_192),
        (3, 20_001),
        (3, 61_111),
    ] {
        let pos = Vec2::from_tiles(7.3, 5.2);
        all.push(shot(Weapon(weapon), pos, heading, arena));
    }
    // Straight at a corner, to the unit.
    all.push(shot(
        Weapon::FIRST,
        Vec2::new(6 * 1_024 - 500, 2 * 1_024 + 500),
        57_344,
        arena,
    ));
    let pos = Vec2::new(2 * 1_024, 5 * 1_024 - 341);
    all.push(shot(Weapon::FIRST, pos, 16_384, arena));
    // Sent back once or more: with all the bounces of its weapon, and with more than that.
    let last = arena.tuning.weapon(Weapon::FIRST).bounces;
    for bounces in last..=last + 2 {
        let pos = Vec2::from_tiles(7.3, 5.2);
        all.push(flown_on(Weapon::FIRST, pos, 3_000, bounces, arena));
    }
    Value::Array(all)
}

fn shot(weapon: Weapon, pos: Vec2, heading: u16, arena: &Arena) -> Value {
    flown_on(weapon, pos, heading, 0, arena)
}

fn flown_on(weapon: Weapon, pos: Vec2, heading: u16, bounces: u8, arena: &Arena) -> Value {
    let mut shot = Shot {
        owner: PlayerId(0),
        weapon,
        pos,
        heading: Angle(heading),
        bounces,
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
    json!({
        "weapon": weapon.0, "pos": [pos.x, pos.y], "heading": heading, "bounces": bounces, "path": path, "end": end,
    })
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
                weapon: Weapon(2),
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
