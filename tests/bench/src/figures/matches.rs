//! How many small matches a core carries.

use std::{thread, time::Duration};

use super::{CONNECTIONS_BESIDES, Measured, SETTLING, add_lost, add_rate};
use crate::{
    process::{Bench, Sample},
    report::{Figure, Row, Target},
    role::allow_sockets,
};

const PLAYERS: usize = 8;
const MATCHES: [usize; 3] = [25, 50, 100];
/// Of ticks that took longer than their period, began when the next was due, or were skipped.
const LATE_PERCENT_MAX: f64 = 1.0;

/// Matches of eight, 60 ticks and snapshots a second, in rooms of one server on one core.
///
/// # Errors
/// A process doesn't start or ends early.
pub fn matches(bench: &Bench, window: Duration) -> anyhow::Result<Figure> {
    let mut figure = Figure::new("matches", bench.is_pinned());
    let (mut held, mut by_cost) = (0, 0.0);
    for matches in MATCHES {
        let measured = run(bench, window, matches)?;
        let cores = measured.sample.cores();
        if add(&mut figure, &measured, matches)? {
            (held, by_cost) = (matches, matches as f64 / cores);
        }
    }
    let what = "matches on a core, of those tried, with every tick and snapshot";
    let row = Row::new(what, held as f64, "");
    figure.add(row.against(Target::AtLeast(100.0)));
    let row = Row::new("  a whole core at that cost, by arithmetic", by_cost, "");
    figure.add(row);
    Ok(figure)
}

fn run(bench: &Bench, window: Duration, matches: usize) -> anyhow::Result<Measured> {
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
    Ok(Measured {
        report: bots.stop()?,
        sample,
        bots_cores,
    })
}

/// Whether so many hold: their ticks in time, every player with all snapshots, nothing lost.
fn add(figure: &mut Figure, measured: &Measured, matches: usize) -> anyhow::Result<bool> {
    let sample = &measured.sample;
    let what = format!("{matches} matches of {PLAYERS}, 60 Hz: server");
    figure.add(Row::new(what, sample.cores(), "cores"));
    let is_in_time = add_late(figure, sample);
    let has_its_rate = add_rate(figure, measured, matches * PLAYERS, 60);
    let us = sample.cpu_s * 1e6 / sample.grown("fracas_tick_duration_seconds_count");
    figure.add(Row::new("  a tick of a match, all in", us, "us"));
    let lost = measured.lost()?;
    add_lost(figure, lost);
    Ok(is_in_time && has_its_rate && lost == 0.0)
}

fn add_late(figure: &mut Figure, sample: &Sample) -> bool {
    let ticks = sample.grown("fracas_tick_duration_seconds_count");
    let late = sample.grown("fracas_ticks_late_total");
    let overruns = sample.grown("fracas_tick_overruns_total");
    let skipped = sample.grown("fracas_ticks_skipped_total");
    let percent = 100.0 * (late + skipped) / (ticks + skipped).max(1.0);
    let target = Target::AtMost(LATE_PERCENT_MAX);
    let row = Row::new("  late ticks", percent, "%");
    figure.add(row.against(target).note(format!(
        "{ticks:.0} ticks, {overruns:.0} longer than their period, {:.0} begun when the next was due, {skipped:.0} skipped",
        late - overruns
    )));
    target.holds(percent)
}
