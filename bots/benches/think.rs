//! What one thought of the built-in brain costs, with 20 and with 60 craft in view.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use fracas_bots::brain::{Bot, Hunter, Random, Skill, World};
use fracas_protocol::motion::{CraftMotion, Pilot, Shot};
use fracas_protocol::view::{Craft, CraftFlags, MatchState};
use fracas_protocol::{Angle, Arena, Map, Phase, PlayerId, Rules, ShotId, Steer, Tick, Vec2, View};

const HALL: &str = "\
################################
#S......#...............#.....S#
#.......#...............#......#
#.....◢##◣.....##.....◢##◣.....#
#.....####.....##.....####.....#
#.....◥##◤.....##.....◥##◤.....#
#..............................#
#...####....oo......####.......#
#...........oo.................#
#..............................#
#.....◢##◣.....##.....◢##◣.....#
#.....####.....##.....####.....#
#.....◥##◤.....##.....◥##◤.....#
#.......#...............#......#
#.......#...............#......#
#S......#...............#.....S#
################################
";

/// Everybody somewhere, three shots each.
fn view(crafts: u16, random: &Random) -> View {
    let place = || Vec2::from_tiles(random.range(1.5, 30.5), random.range(1.5, 15.5));
    let craft = |id| {
        let vel = Vec2::new(
            random.range(-470.0, 470.0) as i32,
            random.range(-470.0, 470.0) as i32,
        );
        let motion = CraftMotion { pos: place(), vel };
        (
            PlayerId(id),
            Craft {
                life: 1,
                motion,
                steer: Steer::along(Angle(random.below(65_536) as u16)),
                aim: random.below(256) as u8,
                health: 70,
                shield: 0,
                flags: CraftFlags::default(),
            },
        )
    };
    let shot = |id| {
        let heading = Angle(random.below(65_536) as u16);
        let owner = PlayerId(1 + id / 3);
        (
            ShotId(id),
            Shot {
                owner,
                weapon: fracas_protocol::Weapon::FIRST,
                pos: place(),
                heading,
                bounces: 0,
                age: 20,
            },
        )
    };
    View {
        tick: 1000,
        match_state: MatchState {
            phase: Phase::Live,
            ends: 0,
            ..MatchState::default()
        },
        crafts: (1..=crafts).map(craft).collect(),
        shots: (0..crafts * 3).map(shot).collect(),
        ..View::default()
    }
}

fn think(c: &mut Criterion) {
    let rules = Rules::default();
    let arena = Arena::new(Arc::new(Map::parse(HALL).unwrap()), &rules, 60);
    let mut pilot = Pilot::default();
    pilot.spawn(Vec2::from_tiles(13.5, 9.5), 900, &arena);
    for crafts in [20, 60] {
        c.bench_function(
            &format!("think, {crafts} craft and {} shots in view", crafts * 3),
            |b| {
                let random = Random::new(7);
                let mut view = view(crafts, &random);
                let mut hunters: Vec<_> = (0..16)
                    .map(|seed| Hunter::new(Skill::Mixed, seed))
                    .collect();
                let mut round: usize = 0;
                b.iter(|| {
                    round += 1;
                    let tick = 1002 + (round / hunters.len()) as Tick * 2;
                    view.tick = tick - 3;
                    let world = World::new(
                        PlayerId(0),
                        (tick, &pilot),
                        &view,
                        (&arena, &rules),
                        &random,
                    );
                    let at = round % hunters.len();
                    black_box(hunters[at].think(&world))
                });
            },
        );
    }
}

criterion_group!(benches, think);
criterion_main!(benches);
