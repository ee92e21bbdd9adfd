//! How many small matches a core carries.

use std::{thread, time::Duration};

use super::{CONNECTIONS_BESIDES, Measured, SETTLING, add_lost, add_rate};
use crate::{
    process::Bench,
    report::{Figure, Row, Target},
    role::allow_sockets,
};

const PLAYERS: usize = 8;
const MATCHES: [usize; 3] = [25, 50, 100];
/// Of ticks that took longer than their period, or were skipped.
const LATE_PERCENT_MAX: f64 = 1.0;

/// Matches of eight, 60 ticks and snapshots a second, in rooms of one server on one core.
///
/// # Errors
/// A process doesn't start or ends early.
pub fn matches(bench: &Bench, window: Duration) -> anyhow::Result<Figure> {
    let mut figure = Figure::new("matches", bench.is_pinned());
    let mut holds = None;
    for matches in MATCHES {
        let (cores, late_percent) = run(bench, window, matches, &mut figure)?;
        if late_percent <= LATE_PERCENT_MAX {
            holds = Some(matches as f64 / cores);
        }
    }
    let what = "matches a core carries, from the largest number that held";
    let row = Row::new(what, holds.unwrap_or(0.0), "").against(Target::AtLeast(100.0));
    figure.add(row);
    Ok(figure)
}

/// Cores used, and the share of late ticks in percent.
fn run(
    bench: &Bench,
    window: Duration,
    matches: usize,
    figure: &mut Figure,
) -> anyhow::Result<(f64, f64)> {
    let players = matches * PLAYERS;
    allow_sockets(players + CONNECTIONS_BESIDES)?;
    let server = bench.serve(&[
        "--rooms",
        &matches.to_string(),
        "--max-players",
        &PLAYERS.to_string(),
        "--snapshot-hz",
        "60",
        "--max-connections",
        &(players + CONNECTIONS_BESIDES).to_string(),
        "--seed",
        "1",
    ])?;
    let bots = bench.bots(&server, players, &["--ramp", "100/s"])?;
    server.wait_for_players(players)?;
    thread::sleep(SETTLING);
    let before = bots.cpu_seconds()?;
    let sample = server.measure(window)?;
    let bots_cores = (bots.cpu_seconds()? - before) / sample.wall_s;
    let measured = Measured {
        report: bots.stop()?,
        sample,
        bots_cores,
    };
    let sample = &measured.sample;
    let ticks = sample.grown("fracas_tick_duration_seconds_count");
    let overruns = sample.grown("fracas_tick_overruns_total");
    let skipped = sample.grown("fracas_ticks_skipped_total");
    let in_time = sample.grown("fracas_tick_start_lag_seconds_bucket{le=\"0.0167\"}");
    // A tick is late if it took longer than its period, was given up, or began when the next was due.
    let late = (overruns + skipped).max(ticks - in_time + skipped);
    let late_percent = 100.0 * late / (ticks + skipped);
    let what = format!("{matches} matches of {PLAYERS}, 60 Hz: server");
    figure.add(Row::new(what, sample.cores(), "cores"));
    let row = Row::new("  late ticks", late_percent, "%");
    figure.add(row.against(Target::AtMost(LATE_PERCENT_MAX)).note(format!(
        "{ticks:.0} ticks, {overruns:.0} longer than their period, {:.0} begun one late, {skipped:.0} skipped",
        ticks - in_time
    )));
    add_rate(figure, &measured, players, 60);
    let us = sample.cpu_s * 1e6 / ticks;
    figure.add(Row::new("  a tick of a match, all in", us, "us"));
    add_lost(figure, measured.lost()?);
    Ok((sample.cores(), late_percent))
}
