//! What the protocol's inner loops cost: a step of a craft, of a shot, a beam, a delta, its bytes, and applying it.

use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use fracas_protocol::map::{MapParts, Spawn, Tile};
use fracas_protocol::motion::{
    Beam, CraftMotion, Pilot, Shot, Track, muzzle, step_craft, step_shot,
};
use fracas_protocol::snapshot::{NoTracks, SnapshotWriter, Told, Tracks, delta_sharing};
use fracas_protocol::view::Craft;
use fracas_protocol::{
    Angle, Arena, Map, PlayerId, Rules, ServerMessage, ShotId, Snapshot, Steer, Vec2, View, Weapon,
    decode, encode,
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
        let steer = Steer::along(Angle(8_192));
        let mut craft = CraftMotion {
            pos: Vec2::from_tiles(2.0, 4.5),
            vel: Vec2::ZERO,
        };
        b.iter(|| step_craft(black_box(&mut craft), steer, false, &arena));
    });
    c.bench_function("step_shot, a whole life", |b| {
        let shot = Shot {
            owner: PlayerId(0),
            weapon: Weapon::FIRST,
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
    c.bench_function("a beam's way", |b| {
        let beam = Beam {
            owner: PlayerId(0),
            weapon: Weapon(2),
            from: Vec2::from_tiles(1.5, 4.5),
            heading: Angle(60_000),
        };
        b.iter(|| black_box(&beam).trace(&arena, |segment| _ = black_box(segment)));
    });
}

/// The past of everybody: what each delta is told from.
struct Pasts(Vec<Track>);

impl Tracks for Pasts {
    fn track(&self, player: PlayerId) -> Option<&Track> {
        self.0.get(usize::from(player.0))
    }
}

const CRAFTS: u16 = 20;
const SHOTS: u16 = 30;

fn pilot(id: u16, steer: Steer) -> Pilot {
    let place = i32::from(id);
    Pilot {
        life: 1,
        alive: true,
        motion: CraftMotion {
            pos: Vec2::new(1_600 + place % 5 * 900, 4_700 + place / 5 * 500),
            vel: Vec2::new(300, 100),
        },
        steer,
        health: 100,
        ..Pilot::default()
    }
}

fn view(tick: u32, pilots: &[Pilot]) -> View {
    let shot = |id: u16| Shot {
        owner: PlayerId(id % CRAFTS),
        weapon: Weapon::FIRST,
        pos: Vec2::new(1_600 + i32::from(id) * 100, 4_700),
        heading: Angle(id * 2_000),
        bounces: 0,
        age: 3,
    };
    let craft = |(id, pilot)| (PlayerId(id), Craft::of(pilot, id as u8, tick));
    View {
        me: PlayerId(CRAFTS),
        tick,
        crafts: (0..).zip(pilots).map(craft).collect(),
        shots: (0..SHOTS).map(|id| (ShotId(id), shot(id))).collect(),
        ..View::default()
    }
}

/// A view of craft and shots, and the same two ticks later: everybody has turned, and four have fired.
fn two_views(arena: &Arena) -> (View, View, Pasts) {
    let (old, new) = (Steer::along(Angle(0)), Steer::along(Angle(16_384)));
    let mut pilots: Vec<_> = (0..CRAFTS).map(|id| pilot(id, old)).collect();
    let mut pasts = Pasts(vec![Track::default(); usize::from(CRAFTS)]);
    let mut remember = |tick, pilots: &[Pilot]| {
        let tracks = pasts.0.iter_mut().zip(pilots);
        tracks.for_each(|(track, pilot)| track.record(tick, pilot));
    };
    remember(1_000, &pilots);
    let base = view(1_000, &pilots);
    let mut next = View {
        tick: 1_002,
        ..base.clone()
    };
    for tick in [1_001, 1_002] {
        for pilot in &mut pilots {
            pilot.steer = new;
            step_craft(&mut pilot.motion, new, false, arena);
        }
        remember(tick, &pilots);
    }
    next.crafts = view(1_002, &pilots).crafts;
    next.crafts.iter_mut().for_each(|(_, craft)| craft.aim += 3);
    let flies = |shot: &mut Shot| {
        let mut step = || step_shot(shot, arena, |_| ControlFlow::Continue(()));
        step() == fracas_protocol::motion::ShotStep::Flying
            && step() == fracas_protocol::motion::ShotStep::Flying
    };
    next.shots.retain_mut(|(_, shot)| flies(shot));
    for id in 0..4 {
        let heading = Angle(id * 9_000);
        let pos = muzzle(pilots[usize::from(id)].motion.pos, heading, arena);
        let shot = Shot {
            owner: PlayerId(id),
            weapon: Weapon::FIRST,
            pos,
            heading,
            bounces: 0,
            age: 0,
        };
        next.shots.push((ShotId(100 + id), shot));
    }
    (base, next, pasts)
}

fn snapshots(c: &mut Criterion) {
    let arena = arena();
    let (base, next, pasts) = two_views(&arena);
    let mut snapshot = Snapshot::default();
    let mut told = Told::default();
    told.take(&mut base.clone(), |_| false, &arena);
    c.bench_function("delta, 20 craft and 30 shots", |b| {
        b.iter(|| {
            let told = black_box(&told);
            delta_sharing(told, &next, &pasts, &arena, None, &mut snapshot);
        });
    });
    c.bench_function("delta, in full", |b| {
        let mut snapshot = Snapshot::default();
        b.iter(|| {
            let told = black_box(&told);
            delta_sharing(told, &next, &NoTracks, &arena, None, &mut snapshot);
        });
    });
    let mut writer = SnapshotWriter::default();
    let (bytes, content) = writer.write(&snapshot);
    println!(
        "a snapshot of 20 craft that turned and aimed, and 4 shots: {} bytes; {content:?}",
        bytes.len()
    );
    c.bench_function("encode", |b| b.iter(|| writer.write(black_box(&snapshot))));
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

/// What thousands of clients do in the same moment, when a match begins.
fn match_start(c: &mut Criterion) {
    const SIDE: u16 = 220;
    // Pillars, so that rows are of many runs.
    let is_wall =
        |x: u16, y: u16| x % 12 < 3 && y % 12 < 3 || x.is_multiple_of(219) || y.is_multiple_of(219);
    let places = (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y)));
    let tile = |(x, y)| {
        if is_wall(x, y) {
            Tile::Wall
        } else {
            Tile::Floor
        }
    };
    let pads = places.clone().filter(|(x, y)| x % 7 == 5 && y % 7 == 5);
    let map = Map::new(MapParts {
        width: SIDE,
        height: SIDE,
        tiles: places.map(tile).collect(),
        spawns: (5..SIDE - 5)
            .map(|x| Spawn {
                at: (x, 5),
                team: None,
            })
            .collect(),
        pads: pads.map(|at| (at, "health".to_owned())).collect(),
        ..MapParts::default()
    })
    .unwrap();
    let bytes = encode(&map);
    c.bench_function("a map of 48,400 tiles from its bytes", |b| {
        b.iter(|| decode::<Map>(black_box(&bytes)).unwrap());
    });
    let (map, other) = (Arc::new(map), decode::<Map>(&bytes).unwrap());
    c.bench_function("the arena on it", |b| {
        b.iter(|| Arena::new(Arc::clone(black_box(&map)), &Rules::default(), 60));
    });
    c.bench_function("whether two such maps are the same", |b| {
        b.iter(|| **black_box(&map) == other);
    });
}

criterion_group!(benches, motion, snapshots, match_start);
criterion_main!(benches);
