//! What a player costs as the match grows.

use std::time::Duration;

use super::{Crowd, add_lost};
use crate::{
    process::Bench,
    report::{Figure, Row, Target},
};

const PLAYERS: [usize; 4] = [250, 500, 1_000, 2_000];
const SNAPSHOT_HZ: f64 = 30.0;

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
        let held = measured.snapshots_per_player_and_second(players);
        let step = measured.sample.at_end("fracas_overload_step");
        let what = format!("{players} players: for each and second");
        figure.add(Row::new(what, cost, "us").note(format!(
            "server {:.2} cores, bots {:.2}",
            measured.sample.cores(),
            measured.bots_cores
        )));
        let what = "  snapshots a second and player";
        // Otherwise the cost is that of less than was asked for.
        let held = Row::new(what, held, "").against(Target::AtLeast(0.98 * SNAPSHOT_HZ));
        figure.add(held.note(format!("overload step {step}")));
        let late = measured.sample.grown("fracas_tick_overruns_total");
        figure.add(Row::new(
            "  ticks that took longer than their period",
            late,
            "",
        ));
        add_lost(&mut figure, measured.lost()?);
        match first {
            None => first = Some(cost),
            Some(first) => {
                let what = format!("{players} players: against {}", PLAYERS[0]);
                figure.add(Row::new(what, cost / first, "times").against(Target::AtMost(1.15)));
            }
        }
    }
    Ok(figure)
}
