//! What a tick costs: everybody steering and firing, everybody watched, at equal density of players.

use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use fracas_protocol::{
    Angle, Buttons, Input, InputBatch, Map, Mode, PlayerId, Rules, Steer, Wants,
};
use fracas_server::sim::{Command, Match, MatchConfig};

/// Floor per player, in tiles: about 20 craft in a full view.
const TILES_PER_PLAYER: usize = 28;

/// A hall with pillars, as large as the number of players asks for.
fn hall(players: usize) -> Map {
    let side = ((players * TILES_PER_PLAYER) as f32)
        .sqrt()
        .ceil()
        .max(16.0) as usize
        + 2;
    let tile = |x: usize, y: usize| match (x, y) {
        _ if x == 0 || y == 0 || x == side - 1 || y == side - 1 => '#',
        _ if x % 9 == 4 && y % 7 == 3 => '#',
        _ if x % 6 == 2 && y % 6 == 2 => 'S',
        _ => '.',
    };
    let rows: Vec<String> = (0..side)
        .map(|y| (0..side).map(|x| tile(x, y)).collect())
        .collect();
    Map::parse(&rows.join("\n")).unwrap()
}

struct Crowd {
    game: Match,
    commands: Vec<Command>,
    players: u16,
}

impl Crowd {
    fn new(players: u16, watched: bool) -> Crowd {
        let mut rules = Rules::default();
        rules.flow.kills_to_win = 10_000;
        rules.flow.time_limit_s = 80_000.0;
        let game = Match::new(MatchConfig {
            match_id: "bench".into(),
            room: "bench".into(),
            seed: 1,
            mode: Mode::Ffa,
            rules,
            map: Arc::new(hall(players.into())),
            tick_hz: 60,
            snapshot_hz: 30,
            snapshot_bytes_max: 1_400,
            start_tick: 0,
        });
        let mut crowd = Crowd {
            game,
            commands: Vec::new(),
            players,
        };
        for player in (0..players).map(PlayerId) {
            crowd.commands.push(Command::Join {
                player,
                name: format!("p{}", player.0).into(),
                bot: true,
            });
            if watched {
                crowd.commands.push(Command::Attach {
                    player,
                    wants: Wants::default(),
                });
            }
        }
        (0..600).for_each(|_| crowd.tick());
        crowd
    }

    fn tick(&mut self) {
        let tick = self.game.tick() + 1;
        for n in 0..self.players {
            if (tick + u32::from(n)).is_multiple_of(2) {
                let inputs = vec![hand(n, tick), hand(n, tick + 1)];
                let batch = InputBatch {
                    first_tick: tick + 1,
                    inputs,
                    ..InputBatch::default()
                };
                self.commands.push(Command::Inputs {
                    player: PlayerId(n),
                    batch,
                });
            }
        }
        let outbound = self.game.step(&mut self.commands);
        let served: Vec<_> = outbound
            .snapshots
            .drain(..)
            .map(|(player, _)| player)
            .collect();
        self.commands.extend(
            served
                .into_iter()
                .map(|player| Command::Delivered { player }),
        );
    }
}

/// Everybody turns now and then, aims around and fires two thirds of the time.
fn hand(player: u16, tick: u32) -> Input {
    let turn = (tick / 40)
        .wrapping_mul(2_654_435_761)
        .wrapping_add(u32::from(player) * 40_503);
    Input {
        steer: Steer::along(Angle((turn >> 8) as u16)),
        aim: Angle((tick * 150).wrapping_add(u32::from(player) * 9_999) as u16),
        buttons: if (tick / 30 + u32::from(player)).is_multiple_of(3) {
            Buttons::default()
        } else {
            Buttons::FIRE
        },
    }
}

fn ticks(c: &mut Criterion) {
    let mut group = c.benchmark_group("tick");
    group.sample_size(30);
    for players in [16, 200, 1_000] {
        for (name, watched) in [
            ("simulation only", false),
            ("with a snapshot every second tick", true),
        ] {
            let mut crowd = Crowd::new(players, watched);
            group.bench_function(BenchmarkId::new(name, players), |b| b.iter(|| crowd.tick()));
        }
    }
    group.finish();
}

criterion_group!(benches, ticks);
criterion_main!(benches);
