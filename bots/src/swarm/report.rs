//! What a run has shown: as JSON for programs, as a table for people.

use std::collections::BTreeMap;

use hdrhistogram::Histogram;
use serde::Serialize;

use super::Meters;
use super::meters::{MARGIN_ZERO, SETTLING_US};

/// What a run has shown. The names are part of the project's interface.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Bots that were to play.
    pub bots: usize,
    /// Most that were connected at a time.
    pub connected_max: usize,
    /// Connections that ended and should not have.
    pub disconnects: u64,
    /// The same, by what ended them: a close code with its reason, or what went wrong.
    pub disconnects_by: BTreeMap<String, u64>,
    /// Joins and connections that failed.
    pub errors: u64,
    /// The same, in words.
    pub errors_by: BTreeMap<String, u64>,
    /// Messages that made no sense.
    pub decode_errors: u64,
    /// Checksums compared with the server's; 0 without `--check`.
    pub checksums: u64,
    /// … that differed.
    pub checksum_mismatches: u64,
    /// Snapshots received by all bots.
    pub snapshots: u64,
    /// Per bot, over windows of one second.
    pub snapshots_per_second: P50P1,
    /// From one snapshot to the next.
    pub snapshot_gap_ms: P50P99Max,
    /// Per bot, over windows of one second, WebSocket headers included.
    pub bytes_per_second_in: P50P95,
    /// Per bot, mean, WebSocket headers not included.
    pub bytes_per_second_out: f64,
    /// Other craft in the view, over all snapshots.
    pub visible_entities: P50P95,
    /// Shots in the view, over all snapshots.
    pub visible_shots: P50P95,
    /// Bytes per second and bot, by what they were spent on: the kinds of content of a snapshot, `websocket` headers, and
    /// `others`, which is every other message. Together they are the mean of `bytes_per_second_in`.
    pub content_bytes_per_second: BTreeMap<&'static str, f64>,
    /// Mean size of a change of another craft in sight.
    pub bits_per_entity_update: Option<f64>,
    /// Bits about other craft, those that come into sight included, per craft in sight and snapshot.
    pub bits_per_entity_in_view: Option<f64>,
    /// From one bot's decision to steer otherwise to the snapshot in which another bot sees it.
    pub input_to_other_view_ms: P50P99,
    /// … to the picture in which another's client draws it; only with `--drawn`.
    pub input_to_other_picture_ms: Option<P50P99>,
    /// How old the oldest turn is that a view should show and doesn't yet, per snapshot: what came late, and what was left
    /// out because the snapshot had no room for it.
    pub view_behind_ms: P50P99Max,
    /// How far behind others are drawn; only with `--drawn`.
    pub interpolation_ms: Option<P50P99>,
    /// Pictures drawn; only with `--drawn`.
    pub frames: u64,
    /// … that showed others past the newest snapshot because the next was late.
    pub frames_extrapolated: u64,
    /// … that showed others past the newest snapshot on purpose, because hits aren't judged further back.
    pub frames_ahead: u64,
    /// … in which they stood still, or nearly, because it was very late.
    pub frames_frozen: u64,
    /// From making an input to having the snapshot of the tick it was for.
    pub input_to_snapshot_ms: P50P99,
    /// Predictions that turned out wrong, per bot and minute.
    pub corrections_per_minute: f64,
    /// Those of them that came within 300 ms after the server had missed inputs.
    pub corrections_starved_per_minute: f64,
    /// Corrections per bot and minute once a connection is three seconds old.
    pub corrections_settled_per_minute: f64,
    /// Corrections per connection in its first three seconds, which count above as well.
    pub corrections_settling: f64,
    /// How far off corrections were.
    pub correction_tiles: P50P99,
    /// Share of ticks for which the server missed a bot's input, in percent.
    pub input_starvation_percent: f64,
    /// The same once a connection is three seconds old.
    pub input_starvation_settled_percent: f64,
    /// Ticks without an input per connection in its first three seconds, which count above as well.
    pub input_starvation_settling_ticks: f64,
    /// Ticks before their use that inputs arrived.
    pub input_margin_ticks: P50P1,
    /// How often a bot steered otherwise, per second.
    pub turns_per_second: f64,
    /// Ticks for which this machine was too slow to make an input.
    pub ticks_skipped: u64,
    /// Processor time the bots took, all threads.
    pub cpu_seconds: f64,
    /// How long it took, with the ramp.
    pub wall_seconds: f64,
    /// How it was run.
    pub run: Run,
}

/// How a run was made.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    /// Which server.
    pub url: String,
    /// Which room, if one was named.
    pub room: Option<String>,
    /// How good the bots were.
    pub skill: &'static str,
    /// What all their luck came from.
    pub seed: u64,
    /// Whether checksums were compared.
    pub check: bool,
    /// Whether sessions were drawn.
    pub drawn: bool,
    /// What that adds to the round trip: twice the lag.
    pub round_trip_ms: f64,
    /// Added to every message, each way.
    pub lag_ms: f64,
    /// More or less than that, each way.
    pub jitter_ms: f64,
    /// Share of messages held up, each way, in percent.
    pub stall_percent: f32,
}

/// The middle, and what all but one in a hundred reach.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct P50P1 {
    pub p50: f64,
    pub p1: f64,
}

/// The middle, and what one in twenty exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct P50P95 {
    pub p50: f64,
    pub p95: f64,
}

/// The middle, and what one in a hundred exceeds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct P50P99 {
    pub p50: f64,
    pub p99: f64,
}

/// The middle, what one in a hundred exceeds, and the most.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[allow(missing_docs)]
pub struct P50P99Max {
    pub p50: f64,
    pub p99: f64,
    pub max: f64,
}

/// What a report needs besides the meters.
#[derive(Clone, Debug)]
pub(super) struct Frame {
    pub(super) bots: usize,
    pub(super) connected_max: usize,
    pub(super) cpu_seconds: f64,
    pub(super) wall_seconds: f64,
    pub(super) run: Run,
}

impl Report {
    pub(super) fn new(frame: Frame, meters: &Meters) -> Report {
        let connections = meters.connections as f64;
        let connected_s = meters.connected_us as f64 / 1e6;
        let settled_s = connected_s - connections * SETTLING_US as f64 / 1e6;
        let settled = meters.corrections - meters.settling_corrections;
        let settled_starved = meters.starved_ticks - meters.settling_starved_ticks;
        let settled_ticks = meters.ticks - meters.settling_ticks;
        let content = &meters.content;
        let drawn = |histogram| (meters.frames > 0).then(|| p50_p99(histogram, 1000.0));
        Report {
            bots: frame.bots,
            connected_max: frame.connected_max,
            disconnects: meters.disconnects,
            disconnects_by: meters.disconnects_by.clone(),
            errors: meters.errors,
            errors_by: meters.errors_by.clone(),
            decode_errors: meters.decode_errors,
            checksums: meters.checksums,
            checksum_mismatches: meters.checksum_mismatches,
            snapshots: meters.snapshots,
            snapshots_per_second: p50_p1(&meters.snapshots_per_second, 0),
            snapshot_gap_ms: p50_p99_max(&meters.snapshot_gap_us, 1000.0),
            bytes_per_second_in: p50_p95(&meters.bytes_per_second_in),
            bytes_per_second_out: per(meters.bytes_out, connected_s),
            visible_entities: p50_p95(&meters.visible_entities),
            visible_shots: p50_p95(&meters.visible_shots),
            content_bytes_per_second: spent(meters)
                .map(|(kind, bytes)| (kind, per(bytes, connected_s)))
                .collect(),
            bits_per_entity_update: bits_per(content.crafts, meters.craft_updates),
            bits_per_entity_in_view: bits_per(content.crafts + content.entered, meters.craft_seen),
            input_to_other_view_ms: p50_p99(&meters.turn_to_view_us, 1000.0),
            input_to_other_picture_ms: drawn(&meters.turn_to_picture_us),
            view_behind_ms: p50_p99_max(&meters.view_behind_us, 1000.0),
            interpolation_ms: drawn(&meters.interpolation_us),
            frames: meters.frames,
            frames_extrapolated: meters.frames_extrapolated,
            frames_ahead: meters.frames_ahead,
            frames_frozen: meters.frames_frozen,
            input_to_snapshot_ms: p50_p99(&meters.input_to_snapshot_us, 1000.0),
            corrections_per_minute: per(meters.corrections, connected_s / 60.0),
            corrections_starved_per_minute: per(meters.corrections_starved, connected_s / 60.0),
            corrections_settled_per_minute: per(settled, settled_s / 60.0),
            corrections_settling: per(meters.settling_corrections, connections),
            correction_tiles: p50_p99(&meters.correction_millitiles, 1000.0),
            input_starvation_percent: percent(meters.starved_ticks, meters.ticks),
            input_starvation_settled_percent: percent(settled_starved, settled_ticks),
            input_starvation_settling_ticks: per(meters.settling_starved_ticks, connections),
            input_margin_ticks: p50_p1(&meters.input_margin, MARGIN_ZERO),
            turns_per_second: per(meters.turns, connected_s),
            ticks_skipped: meters.ticks_skipped,
            cpu_seconds: rounded(frame.cpu_seconds, 100.0),
            wall_seconds: rounded(frame.wall_seconds, 100.0),
            run: frame.run,
        }
    }

    /// Whether anything was lost: then the run has failed.
    pub fn lost(&self) -> u64 {
        self.disconnects + self.errors + self.decode_errors + self.checksum_mismatches
    }

    /// The table for people.
    pub fn table(&self) -> String {
        let rows = [
            self.losses(),
            self.traffic(),
            self.feel(),
            vec![self.processor()],
        ]
        .concat();
        rows.iter()
            .map(|(name, value)| format!("{name:<30}{value}\n"))
            .collect()
    }

    fn losses(&self) -> Vec<Row> {
        let checks = match self.checksums {
            0 => "- (needs --check)".to_owned(),
            checksums => format!("{} of {}", self.checksum_mismatches, grouped(checksums)),
        };
        vec![
            (
                "bots connected",
                format!("{} of {}", self.connected_max, self.bots),
            ),
            ("line", self.run.line()),
            (
                "disconnects",
                listed(self.disconnects, &self.disconnects_by),
            ),
            ("errors", listed(self.errors, &self.errors_by)),
            ("decode errors", self.decode_errors.to_string()),
            ("checksum mismatches", checks),
        ]
    }

    fn traffic(&self) -> Vec<Row> {
        let bits = |bits: Option<f64>| bits.map_or_else(|| "-".to_owned(), short);
        let spent = self.content_bytes_per_second.iter();
        let spent = spent.map(|(kind, bytes)| format!("{kind} {}", short(*bytes)));
        vec![
            ("snapshots", grouped(self.snapshots)),
            (
                "snapshots per second",
                p50_and(
                    self.snapshots_per_second.p50,
                    "p1",
                    self.snapshots_per_second.p1,
                ),
            ),
            ("snapshot gap, ms", self.snapshot_gap_ms.to_string()),
            (
                "bytes per second in",
                p50_and(
                    self.bytes_per_second_in.p50,
                    "p95",
                    self.bytes_per_second_in.p95,
                ),
            ),
            ("… spent on", spent.collect::<Vec<_>>().join("   ")),
            ("bytes per second out", short(self.bytes_per_second_out)),
            (
                "craft in view",
                p50_and(self.visible_entities.p50, "p95", self.visible_entities.p95),
            ),
            (
                "shots in view",
                p50_and(self.visible_shots.p50, "p95", self.visible_shots.p95),
            ),
            ("bits per entity update", bits(self.bits_per_entity_update)),
            (
                "bits per entity in view",
                bits(self.bits_per_entity_in_view),
            ),
            ("turns per bot and second", short(self.turns_per_second)),
        ]
    }

    fn feel(&self) -> Vec<Row> {
        let drawn = |value: Option<P50P99>| {
            value.map_or_else(|| "- (needs --drawn)".to_owned(), |v| v.to_string())
        };
        vec![
            (
                "input to snapshot, ms",
                self.input_to_snapshot_ms.to_string(),
            ),
            (
                "input to other's view, ms",
                self.input_to_other_view_ms.to_string(),
            ),
            (
                "input to other's picture, ms",
                drawn(self.input_to_other_picture_ms),
            ),
            ("view behind, ms", self.view_behind_ms.to_string()),
            ("interpolation, ms", drawn(self.interpolation_ms)),
            (
                "pictures",
                format!(
                    "{}   late {}   frozen {}   ahead on purpose {}",
                    grouped(self.frames),
                    grouped(self.frames_extrapolated),
                    grouped(self.frames_frozen),
                    grouped(self.frames_ahead)
                ),
            ),
            (
                "corrections per minute",
                format!(
                    "{}   after missed inputs {}   in the first 3 s {} each",
                    short(self.corrections_per_minute),
                    short(self.corrections_starved_per_minute),
                    short(self.corrections_settling)
                ),
            ),
            ("correction, tiles", self.correction_tiles.to_string()),
            (
                "inputs missed, %",
                format!(
                    "{}   in the first 3 s {} ticks each",
                    self.input_starvation_percent,
                    short(self.input_starvation_settling_ticks)
                ),
            ),
            (
                "input margin, ticks",
                p50_and(
                    self.input_margin_ticks.p50,
                    "p1",
                    self.input_margin_ticks.p1,
                ),
            ),
        ]
    }

    fn processor(&self) -> Row {
        let cores = self.cpu_seconds / self.wall_seconds.max(1e-3);
        let used = format!(
            "{} s in {} s: {cores:.2} cores",
            self.cpu_seconds, self.wall_seconds
        );
        ("processor", used)
    }
}

/// A line of the table.
type Row = (&'static str, String);

impl Run {
    /// The line as it was made, in words.
    fn line(&self) -> String {
        if self.lag_ms <= 0.0 && self.stall_percent <= 0.0 {
            return "as it is".to_owned();
        }
        format!(
            "round trip + {} ms (2 x lag {}), jitter ±{} ms each way, {} % stalled each way",
            short(self.round_trip_ms),
            short(self.lag_ms),
            short(self.jitter_ms),
            self.stall_percent
        )
    }
}

impl std::fmt::Display for P50P99 {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&p50_and(self.p50, "p99", self.p99))
    }
}

impl std::fmt::Display for P50P99Max {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let most = short(self.max);
        write!(f, "{}   max {most}", p50_and(self.p50, "p99", self.p99))
    }
}

/// Bytes received, by what they were spent on.
fn spent(meters: &Meters) -> impl Iterator<Item = (&'static str, u64)> {
    let snapshots = meters.content.total() / 8;
    let others = meters
        .bytes_in
        .saturating_sub(snapshots + meters.websocket_bytes);
    let kinds = meters.content.named().map(|(kind, bits)| (kind, bits / 8));
    let besides = [("websocket", meters.websocket_bytes), ("others", others)];
    kinds.into_iter().chain(besides)
}

fn at(histogram: &Histogram<u64>, quantile: f64, unit: f64) -> f64 {
    rounded(
        histogram.value_at_quantile(quantile).min(histogram.max()) as f64 / unit,
        1000.0,
    )
}

/// Recorded as so much more than it is, for want of negative numbers.
fn p50_p1(histogram: &Histogram<u64>, zero: i64) -> P50P1 {
    P50P1 {
        p50: at(histogram, 0.5, 1.0) - zero as f64,
        p1: at(histogram, 0.01, 1.0) - zero as f64,
    }
}

fn p50_p95(histogram: &Histogram<u64>) -> P50P95 {
    P50P95 {
        p50: at(histogram, 0.5, 1.0),
        p95: at(histogram, 0.95, 1.0),
    }
}

fn p50_p99(histogram: &Histogram<u64>, unit: f64) -> P50P99 {
    P50P99 {
        p50: at(histogram, 0.5, unit),
        p99: at(histogram, 0.99, unit),
    }
}

fn p50_p99_max(histogram: &Histogram<u64>, unit: f64) -> P50P99Max {
    P50P99Max {
        p50: at(histogram, 0.5, unit),
        p99: at(histogram, 0.99, unit),
        max: at(histogram, 1.0, unit),
    }
}

/// 0 of nothing.
fn per(count: u64, what: f64) -> f64 {
    match what > 0.0 {
        true => rounded(count as f64 / what, 100.0),
        false => 0.0,
    }
}

fn bits_per(bits: u64, entities: u64) -> Option<f64> {
    (entities > 0).then(|| rounded(bits as f64 / entities as f64, 100.0))
}

fn percent(part: u64, whole: u64) -> f64 {
    rounded(100.0 * part as f64 / whole.max(1) as f64, 1000.0)
}

fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round() / steps
}

fn p50_and(p50: f64, name: &str, value: f64) -> String {
    format!("p50 {}   {name} {}", short(p50), short(value))
}

fn short(value: f64) -> String {
    if value >= 100.0 {
        grouped(value.round() as u64)
    } else {
        rounded(value, 100.0).to_string()
    }
}

/// 12345678 as 12,345,678.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn listed(count: u64, by: &BTreeMap<String, u64>) -> String {
    let mut text = count.to_string();
    for (what, count) in by.iter().take(6) {
        text += &format!("\n{:<30}  {count} x {what}", "");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(meters: &Meters) -> Report {
        let run = Run {
            url: "http://localhost:8080".into(),
            room: None,
            skill: "mixed",
            seed: 1,
            check: true,
            drawn: false,
            round_trip_ms: 0.0,
            lag_ms: 0.0,
            jitter_ms: 0.0,
            stall_percent: 0.0,
        };
        Report::new(
            Frame {
                bots: 2,
                connected_max: 2,
                cpu_seconds: 0.5,
                wall_seconds: 10.0,
                run,
            },
            meters,
        )
    }

    #[test]
    fn the_report_has_every_field_of_the_interface() {
        let json = serde_json::to_value(report(&Meters::default())).unwrap();
        for (field, parts) in [
            ("bots", &[] as &[&str]),
            ("connected_max", &[]),
            ("disconnects", &[]),
            ("errors", &[]),
            ("decode_errors", &[]),
            ("checksum_mismatches", &[]),
            ("snapshots_per_second", &["p50", "p1"]),
            ("snapshot_gap_ms", &["p50", "p99", "max"]),
            ("bytes_per_second_in", &["p50", "p95"]),
            ("visible_entities", &["p50", "p95"]),
            ("bits_per_entity_update", &[]),
            ("input_to_snapshot_ms", &["p50", "p99"]),
            ("content_bytes_per_second", &["crafts", "own", "websocket"]),
            ("bits_per_entity_in_view", &[]),
            ("input_to_other_view_ms", &["p50", "p99"]),
            ("view_behind_ms", &["p50", "p99", "max"]),
            ("input_starvation_percent", &[]),
            ("input_margin_ticks", &["p50", "p1"]),
            ("corrections_per_minute", &[]),
            ("cpu_seconds", &[]),
            ("wall_seconds", &[]),
        ] {
            let value = json
                .get(field)
                .unwrap_or_else(|| panic!("{field} is missing"));
            parts
                .iter()
                .for_each(|part| assert!(value[part].is_number(), "{field}.{part}"));
        }
    }

    #[test]
    fn percentiles_are_those_of_what_was_recorded() {
        let mut meters = Meters::default();
        (1..=1000).for_each(|ms| meters.snapshot_gap_us.record(ms * 1000).unwrap());
        let gap = report(&meters).snapshot_gap_ms;
        let near = |value: f64, wanted: f64| (value - wanted).abs() <= wanted * 0.01;
        assert!(
            near(gap.p50, 500.0) && near(gap.p99, 990.0) && near(gap.max, 1000.0),
            "{gap:?}"
        );
    }

    #[test]
    fn what_was_lost_is_counted_and_named() {
        let mut meters = Meters {
            checksum_mismatches: 1,
            checksums: 1234,
            ..Meters::default()
        };
        meters.disconnect("1011 this match crashed");
        let report = report(&meters);
        assert_eq!(report.lost(), 2);
        assert!(report.table().contains("1 x 1011 this match crashed"));
        assert!(report.table().contains("1 of 1,234"));
    }
}
