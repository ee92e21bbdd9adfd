//! What a tick costs: everybody steering and firing, everybody watched, at equal density of players.

mod crowd;

use std::{fs, hint::black_box, path::Path, time::Duration};

use criterion::{BenchmarkId, Criterion, criterion_group};
use fracas_server::{clock, sim::VERBS};
use serde_json::{Value, json};

use crowd::{Crowd, Step, cpu_time};

/// What is measured, and whether everybody is watched.
const KINDS: [(&str, bool); 2] = [
    ("simulation only", false),
    ("with a snapshot every second tick", true),
];

fn ticks(c: &mut Criterion) {
    let mut group = c.benchmark_group("tick");
    group.sample_size(20);
    for players in [16, 100, 1_000, 5_000] {
        for (name, watched) in KINDS {
            let mut crowd = Crowd::new(players, watched);
            group.bench_function(BenchmarkId::new(name, players), |b| {
                b.iter_custom(|ticks| {
                    let tick = |_| {
                        crowd.plan();
                        crowd.step().wall
                    };
                    (0..ticks).map(tick).sum()
                });
            });
        }
    }
    group.finish();
}

/// What finding takes: everybody's craft and shots in sight, and the grids that they are found in.
fn interest(c: &mut Criterion) {
    let mut group = c.benchmark_group("interest");
    group.sample_size(20);
    for players in [100, 1_000, 5_000] {
        let mut crowd = Crowd::new(players, true);
        let seen = crowd.game.survey() as f64 / f64::from(players);
        println!("{players} players: {seen:.1} craft and shots in each view");
        group.bench_function(BenchmarkId::new("a look for everybody", players), |b| {
            b.iter(|| black_box(crowd.game.survey()));
        });
        crowd.game.time_verbs(clock::nanos);
        group.bench_function(BenchmarkId::new("both grids, twice a tick", players), |b| {
            b.iter_custom(|ticks| (0..ticks).map(|_| placing(&mut crowd)).sum());
        });
    }
    group.finish();
}

/// What a tick spends on its grids.
fn placing(crowd: &mut Crowd) -> Duration {
    crowd.plan();
    crowd.step();
    let verbs = crowd.game.verb_times();
    let placing = verbs.filter(|(verb, _)| verb.starts_with("place_"));
    Duration::from_nanos(placing.map(|(_, nanos)| nanos).sum())
}

/// What a mean doesn't tell: the slowest ticks, and what they allocate. A table, and `target/bench/tick.json`.
fn distribution() {
    let mut rows = Vec::new();
    let timed: Vec<_> = [16, 1_000].map(cost_of_timing).into();
    let look = look_at_clock();
    println!(
        "\n| players | | CPU ms p50 | p99 | max | wall ms p99 | allocations p50 | mean | max | shots | kills | bytes |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    for (players, watched, ticks) in [
        (1_000, false, 2_000),
        (5_000, false, 2_000),
        (1_000, true, 600),
        (5_000, true, 200),
    ] {
        let mut crowd = Crowd::new(players, watched);
        let mut steps = Vec::new();
        for _ in 0..ticks {
            crowd.plan();
            steps.push(crowd.step());
        }
        rows.push(row(players, watched, &steps, crowd.game.state_hash()));
    }
    let verbs = verbs(5_000, 200);
    let report = json!({
        "ticks": rows,
        "verbs_us": verbs,
        "cost_of_timing": timed,
        "look_at_clock_ns": look,
    });
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/bench");
    fs::create_dir_all(&folder).expect("target can be written to");
    let text = serde_json::to_string_pretty(&report).expect("it is plain data");
    fs::write(folder.join("tick.json"), text).expect("target can be written to");
}

fn row(players: u16, watched: bool, steps: &[Step], state_hash: u64) -> Value {
    let name = KINDS[usize::from(watched)].0;
    let cpu = sorted(steps.iter().map(|step| step.cpu.as_secs_f64() * 1e3));
    let wall = sorted(steps.iter().map(|step| step.wall.as_secs_f64() * 1e3));
    let allocations = sorted(steps.iter().map(|step| step.allocations as f64));
    let mean = |sum: f64| sum / steps.len() as f64;
    let allocations_mean = mean(allocations.iter().sum());
    let shots = mean(steps.iter().map(|step| f64::from(step.shots)).sum());
    let kills = mean(steps.iter().map(|step| step.kills as f64).sum());
    let bytes = mean(steps.iter().map(|step| f64::from(step.bytes)).sum());
    println!(
        "| {players} | {name} | {:.2} | {:.2} | {:.2} | {:.2} | {} | {allocations_mean:.2} | {} | {shots:.0} | {kills:.1} | {bytes:.0} |",
        at(&cpu, 0.5),
        at(&cpu, 0.99),
        at(&cpu, 1.0),
        at(&wall, 0.99),
        at(&allocations, 0.5),
        at(&allocations, 1.0),
    );
    json!({
        "players": players,
        "kind": name,
        "ticks": steps.len(),
        "cpu_ms": { "p50": at(&cpu, 0.5), "p99": at(&cpu, 0.99), "max": at(&cpu, 1.0) },
        "wall_ms": { "p50": at(&wall, 0.5), "p99": at(&wall, 0.99), "max": at(&wall, 1.0) },
        "allocations": { "p50": at(&allocations, 0.5), "mean": allocations_mean, "max": at(&allocations, 1.0) },
        "shots": shots,
        "kills": kills,
        "snapshot_bytes": bytes,
        "state_hash": format!("{state_hash:016x}"),
    })
}

/// What each verb takes, in microseconds of processor time: with nobody watched, and with everybody.
fn verbs(players: u16, ticks: u32) -> Value {
    println!("\n| verb, {players} players | simulation only, µs | with snapshots |\n|---|---|---|");
    let [alone, watched] = KINDS.map(|(_, watched)| {
        let mut crowd = Crowd::new(players, watched);
        crowd.game.time_verbs(|| cpu_time().as_nanos() as u64);
        let mut sums = vec![0; VERBS.len()];
        for _ in 0..ticks {
            crowd.plan();
            crowd.step();
            for (sum, (_, nanos)) in sums.iter_mut().zip(crowd.game.verb_times()) {
                *sum += nanos;
            }
        }
        let micros = |sum: u64| sum as f64 / f64::from(ticks) / 1e3;
        sums.into_iter().map(micros).collect::<Vec<_>>()
    });
    let mut verbs = serde_json::Map::new();
    for (at, verb) in VERBS.iter().enumerate() {
        println!("| {verb} | {:.1} | {:.1} |", alone[at], watched[at]);
        let both = json!({ "simulation_only": alone[at], "with_snapshots": watched[at] });
        verbs.insert((*verb).to_owned(), both);
    }
    verbs.into()
}

/// Two crowds do the same, one of them timed verb by verb, in turns and each as often first.
fn cost_of_timing(players: u16) -> Value {
    let mut crowds = [Crowd::new(players, false), Crowd::new(players, false)];
    crowds[1].game.time_verbs(clock::nanos);
    let mut sums = [Duration::ZERO; 2];
    for turn in 0..4_000 {
        for at in [turn % 2, 1 - turn % 2] {
            crowds[at].plan();
            sums[at] += crowds[at].step().cpu;
        }
    }
    let [plain, timed] = sums.map(|sum| sum.as_secs_f64() * 1e6 / 4_000.0);
    let ratio = timed / plain;
    println!(
        "\n{players} players, a tick without and with every verb timed: {plain:.2} and {timed:.2} µs, {ratio:.3} times"
    );
    json!({ "players": players, "plain_us": plain, "timed_us": timed, "ratio": ratio })
}

/// One look at the clock, in nanoseconds.
fn look_at_clock() -> f64 {
    const LOOKS: u32 = 1_000_000;
    let before = cpu_time();
    for _ in 0..LOOKS {
        std::hint::black_box(clock::nanos());
    }
    let nanos = (cpu_time() - before).as_secs_f64() * 1e9 / f64::from(LOOKS);
    println!("\na look at the clock: {nanos:.0} ns");
    nanos
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<_> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The value below which a share of the sorted `values` lies.
fn at(values: &[f64], share: f64) -> f64 {
    values[((values.len() - 1) as f64 * share).round() as usize]
}

criterion_group!(benches, ticks, interest);

fn main() {
    // `cargo bench --bench tick -- distribution` leaves out what criterion measures.
    if !std::env::args().any(|argument| argument == "distribution") {
        benches();
        Criterion::default().configure_from_args().final_summary();
    }
    distribution();
}
