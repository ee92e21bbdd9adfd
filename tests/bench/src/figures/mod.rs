//! The figures, one function each.

mod growth;
mod matches;
mod memory;
mod null_server;
mod sse;

pub use self::{
    growth::growth, matches::matches, memory::memory, null_server::null_server, sse::sse,
};

use std::time::Duration;

use anyhow::Context;

use crate::{
    process::{Bench, Sample, Server},
    report::{Figure, Row, Target},
};

/// After the last player has connected: matches begin, craft spread.
const SETTLING: Duration = Duration::from_secs(3);
/// Descriptors of a server besides its players.
const CONNECTIONS_BESIDES: usize = 200;

/// Everybody in one match of the real server, and what a window of it showed.
struct Crowd<'a> {
    players: usize,
    /// Connections besides.
    readers: usize,
    /// Of `fracas serve`.
    serve: &'a [&'a str],
    /// Of `fracas-bots`.
    bots: &'a [&'a str],
}

struct Measured {
    sample: Sample,
    /// Of one core.
    bots_cores: f64,
    /// What the bots say.
    report: serde_json::Value,
}

impl Crowd<'_> {
    fn serve(&self, bench: &Bench) -> anyhow::Result<Server> {
        let (players, connections) = (
            self.players.to_string(),
            (self.players + self.readers + CONNECTIONS_BESIDES).to_string(),
        );
        let mut flags = vec!["--max-players", &players, "--max-connections", &connections];
        flags.extend(["--seed", "1"]);
        flags.extend(self.serve);
        bench.serve(&flags)
    }

    fn measure(&self, bench: &Bench, window: Duration) -> anyhow::Result<Measured> {
        let server = self.serve(bench)?;
        let bots = bench.bots(&server, self.players, self.bots)?;
        server.wait_for_players(self.players)?;
        std::thread::sleep(SETTLING);
        let bots_before = bots.cpu_seconds()?;
        let sample = server.measure(window)?;
        let bots_cores = (bots.cpu_seconds()? - bots_before) / sample.wall_s;
        Ok(Measured {
            report: bots.stop()?,
            sample,
            bots_cores,
        })
    }
}

impl Measured {
    fn snapshots(&self) -> f64 {
        self.sample.grown("fracas_snapshots_total")
    }

    /// Ticks that a snapshot waited for the one before to leave, on average.
    fn ticks_waited(&self) -> f64 {
        self.sample.grown("fracas_snapshots_skipped_total") / self.snapshots().max(1.0)
    }

    /// Server processor time per snapshot sent, in microseconds.
    fn us_per_snapshot(&self) -> f64 {
        self.sample.cpu_s * 1e6 / self.snapshots()
    }

    /// Payload, all that went to the players divided by the number of snapshots.
    fn bytes_per_snapshot(&self) -> f64 {
        self.sample
            .grown("fracas_ws_bytes_total{direction=\"out\"}")
            / self.snapshots()
    }

    /// Payload of a message of inputs, where each player sends so many a second.
    fn bytes_per_input(&self, players: usize, inputs_hz: f64) -> f64 {
        let messages = players as f64 * inputs_hz * self.sample.wall_s;
        self.sample.grown("fracas_ws_bytes_total{direction=\"in\"}") / messages
    }

    /// What the bots count as gone wrong.
    fn lost(&self) -> anyhow::Result<f64> {
        let names = [
            "disconnects",
            "errors",
            "decode_errors",
            "checksum_mismatches",
        ];
        names.iter().map(|name| number(&self.report, name)).sum()
    }
}

/// A number in the bots' report.
fn number(report: &serde_json::Value, name: &str) -> anyhow::Result<f64> {
    let found = name.split('.').fold(report, |value, part| &value[part]);
    found
        .as_f64()
        .with_context(|| format!("the bots' report has no {name}"))
}

/// Nothing may have gone wrong, or the rest says little.
fn add_lost(figure: &mut Figure, lost: f64) {
    let what = "  disconnects, errors, wrong checksums";
    figure.add(Row::new(what, lost, "").against(Target::AtMost(0.0)));
}

/// Holds a cost against its target if the players got what was asked for.
fn add_cost(figure: &mut Figure, row: Row, target: Target, rate_held: bool) {
    figure.add(match rate_held {
        true => row.against(target),
        false => row.note("not comparable: the rate was not held"),
    });
}

/// Whether the players got what was asked for, or less for want of time, and who else had the machine. If it is less,
/// costs are those of something else, and are held against nothing.
fn add_rate(figure: &mut Figure, measured: &Measured, players: usize, snapshot_hz: u32) -> bool {
    let sample = &measured.sample;
    let rate = measured.snapshots() / sample.wall_s / players as f64;
    let others = sample.machine_cores - sample.cores() - measured.bots_cores;
    let row = Row::new("  snapshots a second and player", rate, "");
    let target = Target::AtLeast(0.98 * f64::from(snapshot_hz));
    let row = row.against(target);
    figure.add(row.note(format!(
        "overload {}; each waited {:.2} ticks for the one before to leave; cores: server {:.2}, bots {:.2}, others on the machine {:.2}",
        sample.overload(),
        measured.ticks_waited(),
        sample.cores(),
        measured.bots_cores,
        others.max(0.0)
    )));
    target.holds(rate)
}

fn mean(numbers: &[f64]) -> f64 {
    numbers.iter().sum::<f64>() / numbers.len().max(1) as f64
}

/// Smallest and largest, to show how much runs differ.
fn range(numbers: &[f64]) -> String {
    let smallest = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let largest = numbers.iter().copied().fold(0.0, f64::max);
    format!("{smallest:.2} to {largest:.2}")
}

/// The value that a share of all numbers don't exceed; the largest of few.
fn quantile(numbers: &mut [f64], share: f64) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    let rank = (share * numbers.len() as f64).ceil() as usize;
    let at = rank.clamp(1, numbers.len().max(1)) - 1;
    numbers.get(at).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quantile_is_one_of_the_numbers() {
        let mut numbers: Vec<f64> = (1..=200).rev().map(f64::from).collect();
        assert_eq!(quantile(&mut numbers, 0.99), 198.0);
        assert_eq!(quantile(&mut numbers, 0.5), 100.0);
        assert_eq!(quantile(&mut [7.0], 0.99), 7.0);
        assert!(quantile(&mut [], 0.5).is_nan());
    }

    #[test]
    fn a_report_is_read_by_path() {
        let report = serde_json::json!({"gap": {"p99": 3.5}});
        assert_eq!(number(&report, "gap.p99").unwrap(), 3.5);
        assert!(number(&report, "gap.p50").is_err());
    }
}
