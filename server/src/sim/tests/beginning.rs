//! What the ticks cost in which everybody appears at once: those in which a crowd comes and in which its match begins.

use std::sync::Arc;

use fracas_protocol::{Map, Mode, Phase, PlayerId};
use rustix::time::{ClockId, clock_gettime};

use super::super::{Command, Match, MatchConfig};
use super::{match_config, short_rules};

/// A hall as large as so many ask for: 28 tiles of floor for each.
fn hall_for(players: u16) -> String {
    let side = (f32::from(players) * 28.0).sqrt() as usize + 2;
    let tile = |x: usize, y: usize| match (x, y) {
        _ if x == 0 || y == 0 || x == side - 1 || y == side - 1 => '#',
        _ if x % 7 == 2 && y % 7 == 2 => 'S',
        _ => '.',
    };
    let rows: Vec<String> = (0..side)
        .map(|y| (0..side).map(|x| tile(x, y)).collect())
        .collect();
    rows.join("\n")
}

/// What this thread has had of a processor: others may want it too.
fn nanoseconds() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// What finding places took in the last tick, and the tick, in milliseconds.
fn costs(game: &Match) -> [f64; 2] {
    let all = || game.verb_times();
    let respawn = all().find(|(verb, _)| *verb == "respawn");
    let whole = all().map(|(_, time)| time).sum::<u64>();
    [respawn.map_or(0, |(_, time)| time), whole].map(|time| time as f64 / 1e6)
}

#[test]
#[ignore = "measures; cargo test -p fracas-server --lib everybody_appears -- --ignored --nocapture"]
fn everybody_appears_in_one_tick() {
    println!("players teams   they come: places   tick   they begin: places   tick, in ms");
    for (players, teams) in [(550, false), (2_200, false), (2_200, true), (6_600, false)] {
        let mut rules = short_rules();
        rules.flow.countdown_s = 0.1;
        rules.massive.teams = teams;
        let map = hall_for(players);
        let mut game = Match::new(MatchConfig {
            mode: Mode::Massive,
            map: Arc::new(Map::parse(&map).unwrap()),
            ..match_config(&map, 1, rules)
        })
        .unwrap();
        game.time_verbs(nanoseconds);
        let mut commands: Vec<_> = (0..players)
            .map(|n| Command::Join {
                player: PlayerId(n),
                name: "p".into(),
                bot: true,
            })
            .collect();
        game.step(&mut commands);
        let come = costs(&game);
        while game.phase() != Phase::Live {
            game.step(&mut commands);
        }
        game.step(&mut commands);
        let begin = costs(&game);
        println!(
            "{players:>7} {teams:>5} {:>20.2} {:>6.2} {:>20.2} {:>6.2}",
            come[0], come[1], begin[0], begin[1]
        );
    }
}
