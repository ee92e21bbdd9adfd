//! A hall full of craft that steer and fire, at equal density of players.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use fracas_protocol::map::PADS_MAX;
use fracas_protocol::{
    Angle, Buttons, Input, InputBatch, Map, Mode, PlayerId, Rules, Steer, Wants,
};
use fracas_server::sim::{Command, Match, MatchConfig, MatchEvent};
use rustix::time::{ClockId, clock_gettime};

/// Before anything is measured: ten seconds.
const WARM_UP_TICKS: u32 = 600;

/// Floor per player, in tiles: about 20 craft in a full view.
const TILES_PER_PLAYER: usize = 28;

/// What lies on its pads, drawn as digits, in turn.
const ITEMS: [&str; 5] = ["health", "shield", "scatter", "rail", "lobber"];

/// A hall with pillars, as large as the number of players asks for, with a pad for each.
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
        // A map has room for so many.
        _ if x.is_multiple_of(5) && y % 6 == 4 && x / 5 * (side / 6 + 1) + y / 6 < PADS_MAX => {
            char::from(b'0' + ((x / 5 + y / 6) % ITEMS.len()) as u8)
        }
        _ => '.',
    };
    let legend = (0..)
        .zip(ITEMS)
        .map(|(at, item): (u8, _)| format!("={at} {item}"));
    let rows = (0..side).map(|y| (0..side).map(|x| tile(x, y)).collect());
    let lines: Vec<String> = legend.chain(rows).collect();
    Map::parse(&lines.join("\n")).unwrap()
}

pub(super) struct Crowd {
    pub(super) game: Match,
    commands: Vec<Command>,
    players: u16,
}

impl Crowd {
    /// Players who fight, ten seconds in; all of them watched, or nobody.
    pub(super) fn new(players: u16, watched: bool) -> Crowd {
        let mut rules = Rules::default();
        rules.flow.score_to_win = 10_000;
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
        })
        .expect("a free for all needs nothing of its map");
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
        for _ in 0..WARM_UP_TICKS {
            crowd.plan();
            crowd.step();
        }
        crowd
    }

    /// What everybody asks for in the next tick: half of them at a time, two ticks each.
    pub(super) fn plan(&mut self) {
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
    }

    /// The tick alone.
    pub(super) fn step(&mut self) -> Step {
        let (wall, cpu) = (Instant::now(), cpu_time());
        let mut outbound = None;
        let allocated = allocation_counter::measure(|| {
            outbound = Some(self.game.step(&mut self.commands));
        });
        let (wall, cpu) = (wall.elapsed(), cpu_time() - cpu);
        let outbound = outbound.expect("it has been stepped");
        let kill = |event: &&MatchEvent| matches!(event, MatchEvent::Kill(_));
        let kills = outbound.events.iter().filter(kill).count();
        let stats = outbound.stats;
        // Whoever was served reads at once.
        let served = outbound.snapshots.drain(..);
        let delivered = served.map(|(player, _)| Command::Delivered { player });
        self.commands.extend(delivered);
        Step {
            wall,
            cpu,
            allocations: allocated.count_total,
            shots: stats.shots,
            kills,
            bytes: stats.snapshot_bytes,
        }
    }
}

/// What a tick was like.
pub(super) struct Step {
    pub(super) wall: Duration,
    /// Of this thread.
    pub(super) cpu: Duration,
    pub(super) allocations: u64,
    pub(super) shots: u32,
    pub(super) kills: usize,
    pub(super) bytes: u32,
}

pub(super) fn cpu_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
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
