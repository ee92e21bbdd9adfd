//! Golden trajectories: the same flights computed natively and as WASM must agree to the bit.
//!
//! A few are written out tick by tick, so that a difference can be read; thousands of random ones
//! are folded into a hash, so that one is found. The recorded text is `tests/golden/motion.txt`;
//! the native and the WASM tests both compare with it.

use std::fmt::Write;
use std::ops::ControlFlow;
use std::sync::Arc;

use fracas_protocol::motion::{CraftMotion, Shot, ShotStep, muzzle, step_craft, step_shot};
use fracas_protocol::rules::{Arena, Rules};
use fracas_protocol::view::Checksum;
use fracas_protocol::{Angle, Buttons, Input, Map, PlayerId, Steer, Vec2};

const TICK_HZ: u8 = 60;

/// Walls, a pillar, a pit, all four diagonals, a one-tile gap and a dead end.
const COURSE: &str = "
##################
#S.......#......S#
#..◢◣....#..o....#
#..◥◤....#..oo...#
#.........#......#
#....#....#..◢#..#
#..........#.##..#
#.####.####......#
#.#..........◣..◢#
#.#.◢◣.◢##◣...◣◢.#
#.#.##.####...◤◥.#
#...............◥#
##################
";

const RANDOM_SEEDS: u64 = 1_000;
const RANDOM_TICKS: u32 = 120;
const RANDOM_SIDE: u64 = 14;

/// All trajectories as text.
pub(crate) fn trajectories() -> String {
    let mut out = String::new();
    crafts(&mut out);
    shots(&mut out);
    random(&mut out);
    out
}

fn crafts(out: &mut String) {
    let arena = arena(COURSE, &Rules::default());
    #[rustfmt::skip]
    let flights: &[(&str, [f32; 2], &[Leg])] = &[
        ("from standing to full speed and back", [4.5, 4.5], &[(20, 127, 0), (20, 0, 0)]),
        ("along a wall, pressed against it", [2.5, 1.5], &[(40, 90, -90)]),
        ("into a corner", [2.5, 2.5], &[(40, -127, -127), (20, 127, 20)]),
        ("around a pillar", [5.5, 6.5], &[(40, 0, -127), (30, 127, -30)]),
        ("onto each diagonal of a block", [1.5, 3.0], &[(30, 127, -20), (40, 0, 127), (40, 80, -100)]),
        ("over the tip of a block", [3.95, 1.5], &[(40, 0, 127)]),
        ("against a pit", [11.0, 2.6], &[(30, 127, 0), (30, 127, 127)]),
        ("into a wedge of two diagonals", [14.5, 7.5], &[(60, 30, 127), (30, -127, -127)]),
        ("through a gap one tile wide", [6.5, 6.3], &[(60, 3, 127)]),
        ("down a dead end and out", [1.5, 6.5], &[(70, 0, 127), (60, 127, 40)]),
    ];
    for (name, start, legs) in flights {
        let _ = writeln!(out, "craft {name}: tick x y vx vy");
        let mut craft = craft_at(*start);
        let mut tick = 0;
        for &(ticks, steer_x, steer_y) in *legs {
            let steer = Steer::from_xy(f32::from(steer_x) / 127.0, f32::from(steer_y) / 127.0);
            for _ in 0..ticks {
                step_craft(&mut craft, steer, false, &arena);
                tick += 1;
                let CraftMotion { pos, vel } = craft;
                let _ = writeln!(out, "{tick} {} {} {} {}", pos.x, pos.y, vel.x, vel.y);
            }
        }
    }
}

/// For so many ticks, steer so.
type Leg = (u32, i8, i8);

fn shots(out: &mut String) {
    let mut lively = Rules::default();
    (lively.weapons[0].bounces, lively.weapons[0].shot_life_s) = (15, 2.0);
    let ordinary = arena(COURSE, &Rules::default());
    let lively = arena(COURSE, &lively);
    #[rustfmt::skip]
    let flights: &[(&str, &Arena, [f32; 2], u16)] = &[
        ("straight at a wall, back and forth", &ordinary, [4.5, 4.5], 0),
        ("at the default rules, at a slant", &ordinary, [4.5, 4.5], 5_000),
        ("many ricochets at a slant", &lively, [4.5, 4.5], 9_001),
        ("exactly into a corner", &lively, [2.5, 2.5], 40_960),
        ("along a wall", &lively, [1.5, 1.45], 65_500),
        ("onto diagonals from the left", &lively, [1.5, 2.6], 0),
        ("onto diagonals from above", &lively, [3.4, 1.5], 16_384),
        ("onto a tip", &lively, [1.5, 3.0], 0),
        ("over a pit", &lively, [11.0, 3.2], 62_000),
        ("between two diagonals", &lively, [14.5, 7.5], 16_384),
        ("through a narrow gap", &lively, [6.5, 6.0], 16_700),
        ("in a dead end", &lively, [1.5, 6.5], 17_000),
    ];
    for &(name, arena, from, heading) in flights {
        let _ = writeln!(out, "shot {name}: tick x y heading bounces");
        let mut shot = shot_from(Vec2::from_tiles(from[0], from[1]), Angle(heading));
        for tick in 1..=200 {
            let step = step_shot(&mut shot, arena, |_| ControlFlow::Continue(()));
            let _ = writeln!(
                out,
                "{tick} {} {} {} {}",
                shot.pos.x, shot.pos.y, shot.heading.0, shot.bounces
            );
            if let ShotStep::Ended(end) = step {
                let _ = writeln!(out, "ended {end:?}");
                break;
            }
        }
    }
}

/// Crafts and shots through random maps with random inputs, every state folded into a hash.
fn random(out: &mut String) {
    let _ = writeln!(
        out,
        "random crafts and shots: seeds below, hash of every state"
    );
    let mut hash = Checksum::new();
    for seed in 0..RANDOM_SEEDS {
        fly_at_random(&mut Random(seed), &mut hash);
        if (seed + 1) % 50 == 0 {
            let _ = writeln!(out, "{} {:016x}", seed + 1, hash.finish_64());
        }
    }
}

fn fly_at_random(random: &mut Random, hash: &mut Checksum) {
    let mut rules = Rules::default();
    rules.weapons[0].bounces = random.below(16) as u8;
    let arena = arena(&random_map(random), &rules);
    let mut craft = CraftMotion {
        pos: arena.map.spawns().next().unwrap_or_default(),
        vel: Vec2::ZERO,
    };
    let mut input = Input::default();
    let mut flying: Vec<Shot> = Vec::new();
    for tick in 0..RANDOM_TICKS {
        if random.below(8) == 0 {
            input = random_input(random);
        }
        step_craft(&mut craft, input.steer, false, &arena);
        hash.motion(&craft);
        flying.retain_mut(|shot| {
            let step = step_shot(shot, &arena, |_| ControlFlow::Continue(()));
            hash.shot(shot);
            step == ShotStep::Flying
        });
        if tick % 10 == 0 {
            flying.push(shot_from(muzzle(craft.pos, input.aim, &arena), input.aim));
        }
    }
}

fn random_map(random: &mut Random) -> String {
    let mut text = String::new();
    for y in 0..RANDOM_SIDE {
        for x in 0..RANDOM_SIDE {
            let symbols = ['#', '◤', '◥', '◢', '◣', 'o'];
            text.push(match random.below(20) {
                // Crafts start in the middle; a map needs two places to start.
                _ if y == RANDOM_SIDE / 2 && (x == RANDOM_SIDE / 2 || x == 1) => 'S',
                solid if (solid as usize) < symbols.len() => symbols[solid as usize],
                _ => '.',
            });
        }
        text.push('\n');
    }
    text
}

fn random_input(random: &mut Random) -> Input {
    let steer = Steer::from_code(random.below(193) as u8).unwrap_or_default();
    Input {
        steer,
        aim: Angle(random.below(1 << 16) as u16),
        buttons: Buttons::FIRE,
    }
}

fn arena(map: &str, rules: &Rules) -> Arena {
    let map = Map::parse(map).expect("the maps here are valid");
    Arena::new(Arc::new(map), rules, TICK_HZ)
}

fn craft_at([x, y]: [f32; 2]) -> CraftMotion {
    CraftMotion {
        pos: Vec2::from_tiles(x, y),
        vel: Vec2::ZERO,
    }
}

fn shot_from(pos: Vec2, heading: Angle) -> Shot {
    Shot {
        owner: PlayerId(0),
        weapon: fracas_protocol::Weapon::FIRST,
        pos,
        heading,
        bounces: 0,
        age: 0,
    }
}

/// SplitMix64: <https://prng.di.unimi.it/splitmix64.c>.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}
