//! What the protocol's inner loops cost: a step of a craft, of a shot, a delta, its bytes, and applying it.

use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use fracas_protocol::motion::{CraftMotion, Shot, Weapon, step_craft, step_shot};
use fracas_protocol::snapshot::delta;
use fracas_protocol::view::Craft;
use fracas_protocol::{
    Angle, Arena, Input, Map, PlayerId, Rules, ServerMessage, ShotId, Snapshot, Vec2, View, decode,
    encode,
};

const COURSE: &str = "\
################
#S....◢##◣.....#
#..◢◣.####..o..#
#..◥◤.◥##◤..o..#
#..............#
#....#....◢#..S#
################
";

fn arena() -> Arena {
    Arena::new(Arc::new(Map::parse(COURSE).unwrap()), &Rules::default(), 60)
}

fn motion(c: &mut Criterion) {
    let arena = arena();
    c.bench_function("step_craft, sliding along a wall", |b| {
        let input = Input {
            steer_x: 90,
            steer_y: 90,
            ..Input::default()
        };
        let mut craft = CraftMotion {
            pos: Vec2::from_tiles(2.0, 4.5),
            vel: Vec2::ZERO,
        };
        b.iter(|| step_craft(black_box(&mut craft), &input, &arena));
    });
    c.bench_function("step_shot, a whole life", |b| {
        let shot = Shot {
            owner: PlayerId(0),
            weapon: Weapon::Pulse,
            pos: Vec2::from_tiles(1.5, 4.5),
            heading: Angle(60_000),
            bounces: 0,
            age: 0,
        };
        b.iter(|| {
            let mut shot = black_box(shot);
            while step_shot(&mut shot, &arena, |_| ControlFlow::Continue(()))
                == fracas_protocol::motion::ShotStep::Flying
            {}
            shot
        });
    });
}

/// A view of 20 craft and 30 shots, and the same two ticks later with everybody steering.
fn two_views() -> (View, View) {
    let place = |n: i32| Vec2::new(1_000 + n * 700, 2_000 + n * 450);
    let craft = |n: i32, vel: Vec2| Craft {
        life: 1,
        motion: CraftMotion { pos: place(n), vel },
        aim: n as u8,
        health: 100,
        protected: false,
    };
    let shot = |n: i32| Shot {
        owner: PlayerId(n as u16),
        weapon: Weapon::Pulse,
        pos: place(n),
        heading: Angle(n as u16 * 2_000),
        bounces: 0,
        age: 3,
    };
    let base = View {
        tick: 1_000,
        crafts: (0..20)
            .map(|n| (PlayerId(n as u16), craft(n, Vec2::new(300, 100))))
            .collect(),
        shots: (0..30).map(|n| (ShotId(n as u16), shot(n))).collect(),
        ..View::default()
    };
    let mut next = base.clone();
    next.tick += 2;
    for (id, craft) in &mut next.crafts {
        craft.motion.pos += Vec2::new(180, i32::from(id.0) * 3);
        craft.motion.vel += Vec2::new(-40, 60);
        craft.aim = craft.aim.wrapping_add(3);
    }
    next.shots.iter_mut().for_each(|(_, shot)| shot.age += 2);
    (base, next)
}

fn snapshots(c: &mut Criterion) {
    let arena = arena();
    let (base, next) = two_views();
    let mut snapshot = Snapshot::default();
    c.bench_function("delta, 20 craft and 30 shots", |b| {
        b.iter(|| delta(black_box(&base), &next, &arena, &mut snapshot));
    });
    let message = ServerMessage::Snapshot(snapshot.clone());
    let bytes = encode(&message);
    println!("a snapshot of 20 steering craft: {} bytes", bytes.len());
    c.bench_function("encode", |b| b.iter(|| encode(black_box(&message))));
    c.bench_function("decode", |b| {
        b.iter(|| decode::<ServerMessage>(black_box(&bytes)).unwrap());
    });
    c.bench_function("apply", |b| {
        b.iter_batched_ref(
            || base.clone(),
            |view| view.apply(&snapshot, &arena).unwrap(),
            BatchSize::SmallInput,
        );
    });
    c.bench_function("checksum", |b| b.iter(|| black_box(&next).checksum()));
}

criterion_group!(benches, motion, snapshots);
criterion_main!(benches);
