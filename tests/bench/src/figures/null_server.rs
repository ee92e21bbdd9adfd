//! The real server against the simplest one on the same stack.

use std::{thread, time::Duration};

use anyhow::Context;

use super::{Crowd, Measured, SETTLING, add_cost, add_lost, add_rate, mean, number, range};
use crate::{
    null::Counts,
    process::{Bench, Part, Process, wait_until},
    report::{Figure, Row, Target},
};

/// What a player costs where Colyseus 0.18 serves 400 of them 30 times a second: microseconds for each snapshot.
const COLYSEUS_US: f64 = 26.0;
/// Each server gets so many turns, one after the other.
const TURNS: usize = 2;
/// The least share of its frames and messages that the null server must have handled to be held against.
const NULL_SHARE_MIN: f64 = 0.98;

struct Case {
    name: &'static str,
    players: usize,
    serve: &'static [&'static str],
    snapshot_hz: u32,
    inputs_hz: f64,
}

/// Processor time for each player and snapshot; and 64 clients in one view.
///
/// # Errors
/// A process doesn't start or ends early.
pub fn null_server(bench: &Bench, window: Duration) -> anyhow::Result<Figure> {
    let mut figure = Figure::new("null-server", bench.is_pinned());
    let tier_a = Case {
        name: "1,000 players, 60 Hz, 1 input a message",
        players: 1_000,
        serve: &[
            "--mode",
            "massive",
            "--snapshot-hz",
            "60",
            "--inputs-per-message",
            "1",
        ],
        snapshot_hz: 60,
        inputs_hz: 60.0,
    };
    let four_hundred = Case {
        name: "400 players, 30 Hz, 2 inputs a message",
        players: 400,
        serve: &[
            "--mode",
            "massive",
            "--snapshot-hz",
            "30",
            "--inputs-per-message",
            "2",
        ],
        snapshot_hz: 30,
        inputs_hz: 30.0,
    };
    let (ours, null, held) = against(bench, window, &tier_a, &mut figure)?;
    let ratio = Row::new(
        format!("{}: ours / null", tier_a.name),
        ours / null,
        "times",
    );
    add_cost(&mut figure, ratio, Target::AtMost(1.3), held);

    let (ours, null, held) = against(bench, window, &four_hundred, &mut figure)?;
    let name = four_hundred.name;
    figure.add(Row::new(
        format!("{name}: ours / null"),
        ours / null,
        "times",
    ));
    let share = Row::new(
        format!("{name}: of Colyseus 0.18's {COLYSEUS_US} us"),
        ours / COLYSEUS_US,
        "times",
    );
    add_cost(&mut figure, share, Target::AtMost(1.0 / 3.0), held);

    for (players, inputs) in [(64, "1"), (64, "3"), (101, "3")] {
        one_view(bench, window, (players, inputs), &mut figure)?;
    }
    Ok(figure)
}

/// Both in turns; microseconds for each player and snapshot, ours and null's, and whether both kept their rate each time.
fn against(
    bench: &Bench,
    window: Duration,
    case: &Case,
    figure: &mut Figure,
) -> anyhow::Result<(f64, f64, bool)> {
    let crowd = Crowd {
        players: case.players,
        readers: 0,
        serve: case.serve,
        bots: &["--check", "--ramp", "200/s"],
    };
    let (mut ours, mut null, mut lost, mut held) = (Vec::new(), Vec::new(), 0.0, true);
    for turn in 1..=TURNS {
        figure.add(Row::new(format!("{}: turn", case.name), turn as f64, ""));
        let measured = crowd.measure(bench, window)?;
        ours.push(measured.us_per_snapshot());
        lost += measured.lost()?;
        held &= add_rate(figure, &measured, case.players, case.snapshot_hz);
        let sizes = Sizes::of(&measured, case);
        let bytes = Row::new("  bytes of a snapshot", sizes.snapshot, "bytes");
        figure.add(bytes.note(format!("a message of inputs: {:.0}", sizes.input)));
        let other = null_turn(bench, window, case, &sizes)?;
        null.push(other.us_per_frame);
        held &= add_null_share(figure, other.share);
    }
    let name = case.name;
    figure.add(Row::new(format!("{name}: ours"), mean(&ours), "us").note(range(&ours)));
    figure.add(Row::new(format!("{name}: null"), mean(&null), "us").note(range(&null)));
    add_lost(figure, lost);
    Ok((mean(&ours), mean(&null), held))
}

/// What goes over a socket, as measured at the real server.
struct Sizes {
    snapshot: f64,
    input: f64,
}

impl Sizes {
    fn of(measured: &Measured, case: &Case) -> Self {
        Self {
            snapshot: measured.bytes_per_snapshot(),
            input: measured.bytes_per_input(case.players, case.inputs_hz),
        }
    }
}

/// A server without a game that falls behind costs less than it should, and would make ours look dear.
fn add_null_share(figure: &mut Figure, share: f64) -> bool {
    let target = Target::AtLeast(100.0 * NULL_SHARE_MIN);
    let what = "  the null server sent and got, of what it should";
    figure.add(Row::new(what, 100.0 * share, "%").against(target));
    target.holds(100.0 * share)
}

struct NullTurn {
    us_per_frame: f64,
    /// Of the frames it should have sent or the messages it should have got, whichever is less.
    share: f64,
}

fn null_turn(
    bench: &Bench,
    window: Duration,
    case: &Case,
    sizes: &Sizes,
) -> anyhow::Result<NullTurn> {
    let (mut server, _load) = null_pair(bench, case, sizes)?;
    thread::sleep(SETTLING);
    let (before, cpu) = (server.ask::<Counts>("counts")?, server.cpu_seconds()?);
    thread::sleep(window);
    let cpu_s = server.cpu_seconds()? - cpu;
    let after = server.ask::<Counts>("counts")?;
    let (sent, received) = (after.sent - before.sent, after.received - before.received);
    let of = |count: u64, hz: f64| count as f64 / (case.players as f64 * hz * window.as_secs_f64());
    Ok(NullTurn {
        us_per_frame: cpu_s * 1e6 / sent as f64,
        share: of(sent, f64::from(case.snapshot_hz)).min(of(received, case.inputs_hz)),
    })
}

/// The null server and its load, everybody connected.
fn null_pair(bench: &Bench, case: &Case, sizes: &Sizes) -> anyhow::Result<(Process, Process)> {
    let clients = case.players.to_string();
    let rounded = |bytes: f64| format!("{bytes:.0}");
    let (snapshot, hz) = (rounded(sizes.snapshot), case.snapshot_hz.to_string());
    let serve = [
        "null-serve",
        "--clients",
        &clients,
        "--bytes",
        &snapshot,
        "--hz",
        &hz,
    ];
    let mut server = bench.role(Part::Server, &serve)?;
    let line = server.line()?;
    let address = line.strip_prefix("listening on ").context("no address")?;
    let (input, hz) = (rounded(sizes.input), case.inputs_hz.to_string());
    let load = [
        "null-load",
        "--to",
        address,
        "--clients",
        &clients,
        "--bytes",
        &input,
        "--hz",
        &hz,
    ];
    let load = bench.role(Part::Load, &load)?;
    wait_until("the null server's clients", || {
        Ok(server.ask::<Counts>("counts")?.connected == case.players)
    })?;
    Ok((server, load))
}

/// A hall that fits into one view, 20 snapshots a second; so many ticks of input in a message.
fn one_view(
    bench: &Bench,
    window: Duration,
    (players, inputs): (usize, &str),
    figure: &mut Figure,
) -> anyhow::Result<()> {
    let hall = [
        "--config",
        ".ci/pile-up.toml",
        "--snapshot-hz",
        "20",
        "--inputs-per-message",
        inputs,
    ];
    let crowd = Crowd {
        players,
        readers: 0,
        serve: &hall,
        bots: &["--check", "--ramp", "50/s"],
    };
    let measured = crowd.measure(bench, window)?;
    let craft = number(&measured.report, "visible_entities.p50")?;
    let shots = number(&measured.report, "visible_shots.p50")?;
    let share = 100.0 * measured.sample.cores() * 64.0 / players as f64;
    let inputs_hz = 60 / inputs.parse::<u32>()?;
    let name = format!("{players} in one view, snapshots 20 Hz, inputs {inputs_hz}");
    let row = Row::new(format!("{name}: for 64, of a core"), share, "%");
    let note = format!("{craft} other craft and {shots} shots in view");
    figure.add(row.against(Target::AtMost(3.0)).note(note));
    let row = Row::new("  a snapshot", measured.us_per_snapshot(), "us");
    figure.add(row);
    let bytes = measured.bytes_per_snapshot();
    let row = Row::new(
        format!("{name}: for each other craft and snapshot"),
        bytes / craft,
        "bytes",
    );
    let note = format!("{bytes:.0} bytes a snapshot, shots, own craft and all else in it");
    figure.add(row.against(Target::AtMost(5.0)).note(note));
    add_rate(figure, &measured, players, 20);
    add_lost(figure, measured.lost()?);
    Ok(())
}
