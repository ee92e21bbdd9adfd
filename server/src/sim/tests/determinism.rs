//! The same seed and the same commands give the same state, every tick.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

use fracas_protocol::geometry::TILE;
use fracas_protocol::map::Zone;
use fracas_protocol::rules::PickupRules;
use fracas_protocol::{Buttons, InputBatch, Mode, PlayerId, SeenAgo, Tick, Vec2, Wants};
use rand::RngExt;

use super::super::components::Craft;
use super::super::modes::{self, Verdict};
use super::super::places::Places;
use super::super::resources::MatchClock;
use super::super::{Command, Match, MatchConfig, MatchEvent, VERBS};
use super::{RandomHand, hall, match_config, new_match, new_match_on, short_rules};

const SEEDS: u64 = 200;
const TICKS: Tick = 240;
const PLAYERS: u16 = 8;

/// A match with players who come, go, fire, charge and fly about, all by a seed; returns the hash of every tick.
fn run(seed: u64, snapshots: bool) -> Vec<u64> {
    play(
        new_match_on(&furnished(), seed, short_rules()),
        seed,
        snapshots,
    )
}

/// The hall with everything there is to pick up.
fn furnished() -> String {
    let items = PickupRules::all();
    let legend = (1..)
        .zip(&items)
        .map(|(n, item)| format!("={n} {}", item.name));
    let lines = hall();
    let lines = lines.lines().enumerate().map(|(y, row)| match y {
        3 => "#..1.....3.....5.....7...#".to_owned(),
        7 => "#..6.....4.....2.....1...#".to_owned(),
        _ => row.to_owned(),
    });
    legend.chain(lines).collect::<Vec<_>>().join("\n")
}

/// The same in a mode, with flags and zones where crafts come by, and all of it so short that it has been won, or gone into
/// overtime, before the last tick. What happened goes into `happened`.
fn run_in(mode: Mode, seed: u64, snapshots: bool, happened: &mut BTreeSet<String>) -> Vec<u64> {
    let mut rules = short_rules();
    rules.flow.countdown_s = 0.1;
    rules.flow.time_limit_s = 2.4;
    rules.flow.overtime_s_max = 0.8;
    rules.flow.results_s = 0.4;
    rules.ctf.flag_return_s = 0.3;
    (rules.control.capture_s, rules.control.zone_moves_s) = (0.1, 0.9);
    rules.massive.teams = true;
    let config = MatchConfig {
        mode,
        ..match_config(&furnished(), seed, rules)
    };
    let mut places = Places::of(&config.map);
    let at = |x, y| Vec2::new(x * TILE, y * TILE);
    places.stands = Some([at(12, 6), at(14, 6)]);
    let zone = |left| Zone {
        left,
        top: 1,
        width: 6,
        height: 10,
    };
    places.zones = vec![zone(2), zone(18)];
    let mut hashes = Vec::new();
    play_each(&mut Match::at(places, config), seed, snapshots, |game| {
        hashes.push(game.state_hash());
        let events = game.outbound().events.iter();
        happened.extend(events.map(|event| what(event).to_owned()));
    });
    hashes
}

fn what(event: &MatchEvent) -> &'static str {
    match event {
        MatchEvent::Score(objective) => objective.what.as_str(),
        MatchEvent::Phase { phase, .. } => phase.as_str(),
        other => other.name(),
    }
}

fn play(mut game: Match, seed: u64, snapshots: bool) -> Vec<u64> {
    let mut hashes = Vec::new();
    play_each(&mut game, seed, snapshots, |game| {
        hashes.push(game.state_hash());
    });
    hashes
}

/// Shows the match after each tick.
fn play_each(game: &mut Match, seed: u64, snapshots: bool, mut see: impl FnMut(&mut Match)) {
    let mut hands: Vec<_> = (0..PLAYERS)
        .map(|n| RandomHand::new(seed, PlayerId(n)))
        .collect();
    let mut commands = Vec::new();
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
                    .for_each(|input| input.buttons = input.buttons.with(Buttons::SPECIAL));
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
        game.step(&mut commands);
        see(game);
    }
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

/// What is said to be the same must have happened.
#[test]
fn everything_there_is_happens_in_some_of_them() {
    let mut happened = BTreeSet::new();
    for seed in 0..40 {
        let mut game = new_match_on(&furnished(), seed, short_rules());
        play_each(&mut game, seed, false, |game| {
            let events = game.outbound().events.iter();
            happened.extend(events.map(|event| event.name().to_owned()));
            let world = &mut game.world;
            let mut crafts = world.query::<&Craft>();
            for craft in crafts.iter(world) {
                let (pilot, tick) = (&craft.pilot, world.resource::<MatchClock>().tick);
                let states = [
                    (pilot.steer.dashes().is_some(), "dashes"),
                    (pilot.has_haste(tick), "haste"),
                    (pilot.has_overcharge(tick), "overcharge"),
                    (pilot.shield > 0, "shield"),
                    (pilot.armed_with().is_some(), "armed"),
                ];
                let are = states.iter().filter(|(is, _)| *is);
                happened.extend(are.map(|(_, name)| (*name).to_owned()));
            }
        });
    }
    for name in [
        "kill",
        "crown",
        "pickup",
        "deflect",
        "dashes",
        "haste",
        "overcharge",
        "shield",
        "armed",
    ] {
        assert!(happened.contains(name), "no {name} in {happened:?}");
    }
}

#[test]
fn every_mode_hashes_alike_whoever_watches() {
    for mode in Mode::ALL {
        let mut happened = BTreeSet::new();
        for seed in 0..40 {
            let mut run = |snapshots| run_in(*mode, seed, snapshots, &mut happened);
            let (first, second) = (run(false), run(true));
            let differs = first.iter().zip(&second).position(|(a, b)| a != b);
            assert_eq!(
                differs, None,
                "{mode}, seed {seed} differs first at this tick"
            );
        }
        for what in course_of(*mode) {
            assert!(happened.contains(what), "{mode}: no {what} in {happened:?}");
        }
    }
}

/// What must have happened in some of a mode's matches.
fn course_of(mode: Mode) -> impl Iterator<Item = &'static str> {
    // Overtime, unless a tie is shared.
    let tied = modes::at_the_end(mode, Verdict::Open).as_str();
    let own: &[_] = match mode {
        Mode::Ctf => &[
            "flag_taken",
            "flag_dropped",
            "flag_returned",
            "flag_captured",
        ],
        Mode::Control => &["zone_taken", "zone_moved"],
        _ => &["kill"],
    };
    ["live", tied, "results", "result"]
        .into_iter()
        .chain(own.iter().copied())
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

/// A clock that leaps about.
fn wild() -> u64 {
    static AT: AtomicU64 = AtomicU64::new(1);
    let at = AT.load(Ordering::Relaxed);
    AT.store(
        at.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1),
        Ordering::Relaxed,
    );
    at
}

#[test]
fn who_measures_does_not_change_what_happens() {
    for seed in 0..20 {
        let mut measured = new_match_on(&furnished(), seed, short_rules());
        measured.time_verbs(wild);
        assert_eq!(play(measured, seed, true), run(seed, true), "seed {seed}");
    }
}

/// A clock on which every verb takes a microsecond.
fn steady() -> u64 {
    static AT: AtomicU64 = AtomicU64::new(0);
    AT.fetch_add(1_000, Ordering::Relaxed)
}

#[test]
fn every_verb_is_measured_under_its_name_and_none_without_a_clock() {
    let mut game = new_match(1, short_rules());
    game.step(&mut Vec::new());
    assert_eq!(game.verb_times().count(), 0);
    game.time_verbs(steady);
    for _ in 0..3 {
        game.step(&mut Vec::new());
        let expected: Vec<_> = VERBS.iter().map(|verb| (*verb, 1_000)).collect();
        assert_eq!(game.verb_times().collect::<Vec<_>>(), expected);
    }
    assert_eq!(
        (VERBS[0], VERBS[VERBS.len() - 1]),
        ("apply_commands", "send_views")
    );
}
