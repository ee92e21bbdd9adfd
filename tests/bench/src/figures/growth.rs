//! What a player costs as the match grows.

use std::time::Duration;

use super::{Crowd, add_cost, add_lost, add_rate};
use crate::{
    process::Bench,
    report::{Figure, Row, Target},
};

const PLAYERS: [usize; 4] = [250, 500, 1_000, 2_000];
const SNAPSHOT_HZ: u32 = 30;

/// Server time per player and second at equal density: an arena is made for its number of places.
///
/// # Errors
/// A process doesn't start or ends early.
pub fn growth(bench: &Bench, window: Duration) -> anyhow::Result<Figure> {
    let mut figure = Figure::new("growth", bench.is_pinned());
    let mut first = None;
    for players in PLAYERS {
        let crowd = Crowd {
            players,
            readers: 0,
            serve: &[
                "--mode",
                "massive",
                "--snapshot-hz",
                "30",
                "--inputs-per-message",
                "2",
            ],
            bots: &["--ramp", "250/s"],
        };
        let measured = crowd.measure(bench, window)?;
        let cost = measured.sample.cpu_s * 1e6 / measured.sample.wall_s / players as f64;
        let what = format!("{players} players: for each and second");
        figure.add(Row::new(what, cost, "us"));
        // Otherwise the cost is that of less than was asked for.
        let held = add_rate(&mut figure, &measured, players, SNAPSHOT_HZ);
        let late = measured.sample.grown("fracas_ticks_late_total");
        let ticks = measured.sample.grown("fracas_tick_duration_seconds_count");
        let row = Row::new("  late ticks", late, "");
        figure.add(row.note(format!(
            "of {ticks:.0}: longer than their period, or begun when the next was due"
        )));
        add_lost(&mut figure, measured.lost()?);
        match first {
            None => first = Some(cost),
            Some(first) => {
                let what = format!("{players} players: against {}", PLAYERS[0]);
                let row = Row::new(what, cost / first, "times");
                add_cost(&mut figure, row, Target::AtMost(1.15), held);
            }
        }
    }
    Ok(figure)
}
