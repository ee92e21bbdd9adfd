//! The simulation and the client session together, in virtual time.

mod audit;
mod beginning;
mod clocks;
mod credit;
mod determinism;
mod duel;
mod feel;
mod honesty;
mod known;
mod line;
mod pair;
mod pile_up;
mod play;
mod protection;
mod rail;
mod rules;
mod script;
mod weapons;

use std::sync::Arc;

use fracas_protocol::{Buttons, Input, Map, Mode, PlayerId, Rules, Steer};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::{Match, MatchConfig};

const MAP: &str = include_str!("foundry.txt");

/// Rules with short phases, so that a whole match fits in a test.
fn short_rules() -> Rules {
    let mut rules = Rules::default();
    rules.flow.countdown_s = 0.5;
    rules.flow.time_limit_s = 20.0;
    rules.flow.results_s = 1.0;
    rules.flow.score_to_win = 5;
    rules.craft.spawn_protection_s = 0.3;
    rules
}

fn new_match(seed: u64, rules: Rules) -> Match {
    new_match_on(MAP, seed, rules)
}

/// An empty hall, in which nobody can hide.
fn new_match_in_a_hall(seed: u64, rules: Rules) -> Match {
    new_match_on(&hall(), seed, rules)
}

fn hall() -> String {
    let wall = "#".repeat(26);
    let rows = (0..12).map(|row| {
        if row % 4 == 1 {
            "#....S....S....S....S....#"
        } else {
            "#........................#"
        }
    });
    let rows: Vec<_> = std::iter::once(wall.as_str())
        .chain(rows)
        .chain([wall.as_str()])
        .collect();
    rows.join("\n")
}

fn new_match_on(map: &str, seed: u64, rules: Rules) -> Match {
    Match::new(match_config(map, seed, rules)).unwrap()
}

fn match_config(map: &str, seed: u64, rules: Rules) -> MatchConfig {
    MatchConfig {
        match_id: "m1".into(),
        room: "test".into(),
        seed,
        mode: Mode::Ffa,
        rules,
        map: Arc::new(Map::parse(map).unwrap()),
        tick_hz: 60,
        snapshot_hz: 30,
        snapshot_bytes_max: 1_400,
        start_tick: 1000,
    }
}

/// A hand that does anything: keeps a direction for a while, turns, fires.
struct RandomHand {
    rng: StdRng,
    input: Input,
}

impl RandomHand {
    fn new(seed: u64, player: PlayerId) -> Self {
        let rng = StdRng::seed_from_u64(seed ^ (u64::from(player.0) << 32));
        RandomHand {
            rng,
            input: Input::default(),
        }
    }

    fn next(&mut self) -> Input {
        if self.rng.random_ratio(1, 12) {
            let code = self.rng.random_range(0..=192);
            self.input.steer = Steer::from_code(code).unwrap();
            self.input.buttons = if self.rng.random_ratio(2, 3) {
                Buttons::FIRE
            } else {
                Buttons::default()
            };
        }
        self.input.buttons = self.input.buttons.without(Buttons::PRESSED);
        for pressed in [Buttons::DASH, Buttons::DEFLECT] {
            if self.rng.random_ratio(1, 40) {
                self.input.buttons = self.input.buttons.with(pressed);
            }
        }
        self.input.aim.0 = self.input.aim.0.wrapping_add(self.rng.random_range(0..600));
        self.input
    }
}
