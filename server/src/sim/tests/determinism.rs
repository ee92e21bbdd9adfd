//! The same seed and the same commands give the same state, every tick.

use fracas_protocol::{Buttons, InputBatch, PlayerId, SeenAgo, Tick, Wants};
use rand::RngExt;

use super::super::{Command, Match};
use super::{RandomHand, new_match, short_rules};

const SEEDS: u64 = 200;
const TICKS: Tick = 240;
const PLAYERS: u16 = 8;

/// A match with players who come, go, fire, charge and fly about, all by a seed; returns the hash of every tick.
fn run(seed: u64, snapshots: bool) -> Vec<u64> {
    let mut game = new_match(seed, short_rules());
    let mut hands: Vec<_> = (0..PLAYERS)
        .map(|n| RandomHand::new(seed, PlayerId(n)))
        .collect();
    let mut commands = Vec::new();
    let step = |game: &mut Match, commands: &mut Vec<Command>| {
        game.step(commands);
        game.state_hash()
    };
    let mut hashes = Vec::new();
    for n in 0..TICKS {
        for (hand, player) in hands.iter_mut().zip((0..PLAYERS).map(PlayerId)) {
            if n == Tick::from(player.0) * 3 {
                commands.push(Command::Join {
                    player,
                    name: format!("p{}", player.0).into(),
                    bot: false,
                });
                if snapshots {
                    commands.push(Command::Attach {
                        player,
                        wants: Wants::default(),
                    });
                }
            }
            if n == 120 && player.0 == 2 {
                commands.push(Command::Leave { player });
            }
            let mut inputs: Vec<_> = (0..2).map(|_| hand.next()).collect();
            if (n / 50 + Tick::from(player.0)).is_multiple_of(2) {
                inputs
                    .iter_mut()
                    .for_each(|input| input.buttons = Buttons::RAIL);
            }
            // Some messages are lost, late or early; all of them on purpose.
            let shift = if hand.rng.random_ratio(1, 20) {
                hand.rng.random_range(-4..8)
            } else {
                1
            };
            let first_tick = (game.tick() + 1).wrapping_add_signed(shift);
            let seen_ago = SeenAgo(hand.rng.random_range(0..4_000));
            if n % 2 == 0 && !hand.rng.random_ratio(1, 30) {
                commands.push(Command::Inputs {
                    player,
                    batch: InputBatch {
                        first_tick,
                        seen_ago,
                        inputs,
                    },
                });
            }
        }
        hashes.push(step(&mut game, &mut commands));
    }
    hashes
}

#[test]
fn two_hundred_seeds_run_twice_hash_alike_at_every_tick() {
    for seed in 0..SEEDS {
        let (first, second) = (run(seed, false), run(seed, false));
        assert_eq!(first.len(), TICKS as usize);
        let differs = first.iter().zip(&second).position(|(a, b)| a != b);
        assert_eq!(differs, None, "seed {seed} differs first at this tick");
    }
}

#[test]
fn who_watches_does_not_change_what_happens() {
    for seed in 0..20 {
        assert_eq!(run(seed, false), run(seed, true), "seed {seed}");
    }
}

#[test]
fn another_seed_is_another_match() {
    assert_ne!(run(1, false).last(), run(2, false).last());
}
