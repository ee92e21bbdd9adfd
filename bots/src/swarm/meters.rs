//! What bots measure while they play: counters, and histograms of what must not have outliers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use fracas_protocol::{Session, SessionStats};
use hdrhistogram::Histogram;

use crate::client::drive::Observer;

/// Microseconds in one window of a rate.
const WINDOW_US: u64 = 1_000_000;

/// What some bots have measured. Each worker thread has its own; they are added up for a report.
#[derive(Clone, Debug)]
pub struct Meters {
    /// Connected now.
    pub connected: i64,
    /// Connections made.
    pub connections: u64,
    /// Connections that ended and should not have.
    pub disconnects: u64,
    /// The same, by what ended them.
    pub disconnects_by: BTreeMap<String, u64>,
    /// Everything else that went wrong: no place, no connection.
    pub errors: u64,
    /// The same, in words.
    pub errors_by: BTreeMap<String, u64>,
    /// Messages that made no sense.
    pub decode_errors: u64,
    /// Checksums compared.
    pub checksums: u64,
    /// … that differed.
    pub checksum_mismatches: u64,
    /// Snapshots received.
    pub snapshots: u64,
    /// Bytes received, WebSocket headers included.
    pub bytes_in: u64,
    /// Bytes sent, WebSocket headers not included.
    pub bytes_out: u64,
    /// Predictions that turned out wrong.
    pub corrections: u64,
    /// Ticks no input was made for, because this machine was too slow.
    pub ticks_skipped: u64,
    /// Other craft in view, over all snapshots.
    pub craft_seen: u64,
    /// Changes of other craft.
    pub craft_updates: u64,
    /// Bits these took.
    pub craft_update_bits: u64,
    /// Microseconds bots were connected, added up.
    pub connected_us: u64,
    /// Per bot and second.
    pub snapshots_per_second: Histogram<u64>,
    /// Per bot and second.
    pub bytes_per_second_in: Histogram<u64>,
    /// Microseconds from one snapshot to the next.
    pub snapshot_gap_us: Histogram<u64>,
    /// Other craft in view.
    pub visible_entities: Histogram<u64>,
    /// Shots in view.
    pub visible_shots: Histogram<u64>,
    /// Microseconds from making an input to the snapshot that contains it.
    pub input_to_snapshot_us: Histogram<u64>,
    /// Thousandths of a tile.
    pub correction_millitiles: Histogram<u64>,
}

/// Three significant digits: a tenth of a percent.
fn histogram() -> Histogram<u64> {
    // Three digits are within 0..=5, so this can't fail.
    let mut histogram =
        Histogram::new(3).unwrap_or_else(|_| unreachable!("three significant digits are allowed"));
    histogram.auto(true);
    histogram
}

impl Default for Meters {
    fn default() -> Self {
        Meters {
            connected: 0,
            connections: 0,
            disconnects: 0,
            disconnects_by: BTreeMap::new(),
            errors: 0,
            errors_by: BTreeMap::new(),
            decode_errors: 0,
            checksums: 0,
            checksum_mismatches: 0,
            snapshots: 0,
            bytes_in: 0,
            bytes_out: 0,
            corrections: 0,
            ticks_skipped: 0,
            craft_seen: 0,
            craft_updates: 0,
            craft_update_bits: 0,
            connected_us: 0,
            snapshots_per_second: histogram(),
            bytes_per_second_in: histogram(),
            snapshot_gap_us: histogram(),
            visible_entities: histogram(),
            visible_shots: histogram(),
            input_to_snapshot_us: histogram(),
            correction_millitiles: histogram(),
        }
    }
}

impl Meters {
    /// Adds what others have measured.
    pub fn add(&mut self, other: &Meters) {
        self.connected += other.connected;
        self.connections += other.connections;
        self.disconnects += other.disconnects;
        self.errors += other.errors;
        self.decode_errors += other.decode_errors;
        self.checksums += other.checksums;
        self.checksum_mismatches += other.checksum_mismatches;
        self.snapshots += other.snapshots;
        self.bytes_in += other.bytes_in;
        self.bytes_out += other.bytes_out;
        self.corrections += other.corrections;
        self.ticks_skipped += other.ticks_skipped;
        self.craft_seen += other.craft_seen;
        self.craft_updates += other.craft_updates;
        self.craft_update_bits += other.craft_update_bits;
        self.connected_us += other.connected_us;
        for (mine, theirs) in [
            (&mut self.disconnects_by, &other.disconnects_by),
            (&mut self.errors_by, &other.errors_by),
        ] {
            for (what, count) in theirs {
                *mine.entry(what.clone()).or_default() += count;
            }
        }
        for (mine, theirs) in [
            (&mut self.snapshots_per_second, &other.snapshots_per_second),
            (&mut self.bytes_per_second_in, &other.bytes_per_second_in),
            (&mut self.snapshot_gap_us, &other.snapshot_gap_us),
            (&mut self.visible_entities, &other.visible_entities),
            (&mut self.visible_shots, &other.visible_shots),
            (&mut self.input_to_snapshot_us, &other.input_to_snapshot_us),
            (
                &mut self.correction_millitiles,
                &other.correction_millitiles,
            ),
        ] {
            // Both resize themselves, so adding can't fail.
            let _ = mine.add(theirs);
        }
    }

    /// Whether anything was lost.
    pub fn lost(&self) -> u64 {
        self.disconnects + self.errors + self.decode_errors + self.checksum_mismatches
    }

    pub(super) fn disconnect(&mut self, why: &str) {
        self.disconnects += 1;
        *self.disconnects_by.entry(why.to_owned()).or_default() += 1;
    }

    pub(super) fn error(&mut self, why: &str) {
        self.errors += 1;
        *self.errors_by.entry(why.to_owned()).or_default() += 1;
    }
}

/// One worker's meters, shared by its bots and the report.
#[derive(Clone, Debug, Default)]
pub(super) struct SharedMeters(Arc<Mutex<Meters>>);

impl SharedMeters {
    /// Only a worker's own thread and, once a second, the report want it: there is nothing to wait for.
    pub(super) fn with<T>(&self, change: impl FnOnce(&mut Meters) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Measures one connection.
#[derive(Debug)]
pub(super) struct Watch {
    meters: SharedMeters,
    /// The statistics as they were when they were added up last.
    counted: SessionStats,
    connected_us: Option<u64>,
    now_us: u64,
    last_snapshot_us: Option<u64>,
    window: Window,
}

#[derive(Debug, Default)]
struct Window {
    start_us: u64,
    snapshots: u64,
    bytes: u64,
}

impl Watch {
    pub(super) fn new(meters: SharedMeters) -> Self {
        Watch {
            meters,
            counted: SessionStats::default(),
            connected_us: None,
            now_us: 0,
            last_snapshot_us: None,
            window: Window::default(),
        }
    }
}

impl Observer for Watch {
    fn message(&mut self, session: &Session, bytes: usize, now_us: u64) {
        let bytes = (bytes + header_bytes(bytes)) as u64;
        let stats = session.stats();
        let is_snapshot = stats.snapshots > self.counted.snapshots;
        self.now_us = now_us;
        self.meters.with(|meters| {
            meters.bytes_in += bytes;
            if self.connected_us.is_none() {
                meters.connected += 1;
                meters.connections += 1;
                self.connected_us = Some(now_us);
                self.window.start_us = now_us;
            }
            self.window.pass(meters, now_us);
            self.window.bytes += bytes;
            if !is_snapshot {
                return;
            }
            self.window.snapshots += 1;
            if let Some(last_us) = self.last_snapshot_us {
                record(&mut meters.snapshot_gap_us, now_us - last_us);
            }
            count(meters, &self.counted, stats);
            if let Some(view) = session.view() {
                meters.craft_seen += view.crafts.len() as u64;
                record(&mut meters.visible_entities, view.crafts.len() as u64);
                record(&mut meters.visible_shots, view.shots.len() as u64);
            }
        });
        if is_snapshot {
            self.last_snapshot_us = Some(now_us);
            self.counted.clone_from(stats);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let Some(connected_us) = self.connected_us else {
            return;
        };
        self.meters.with(|meters| {
            meters.connected -= 1;
            meters.connected_us += self.now_us - connected_us;
        });
    }
}

impl Window {
    /// Files the seconds that are over; those in which nothing came count as well.
    fn pass(&mut self, meters: &mut Meters, now_us: u64) {
        while now_us >= self.start_us + WINDOW_US {
            record(&mut meters.snapshots_per_second, self.snapshots);
            record(&mut meters.bytes_per_second_in, self.bytes);
            *self = Window {
                start_us: self.start_us + WINDOW_US,
                ..Window::default()
            };
        }
    }
}

/// Adds what the session has counted since the snapshot before.
fn count(meters: &mut Meters, before: &SessionStats, now: &SessionStats) {
    meters.snapshots += now.snapshots - before.snapshots;
    meters.bytes_out += now.bytes_out - before.bytes_out;
    meters.corrections += now.corrections - before.corrections;
    meters.ticks_skipped += now.ticks_skipped - before.ticks_skipped;
    meters.checksums += now.checksums - before.checksums;
    meters.checksum_mismatches += now.checksum_mismatches - before.checksum_mismatches;
    meters.craft_updates += now.craft_updates - before.craft_updates;
    meters.craft_update_bits += now.content.crafts - before.content.crafts;
    if now.corrections > before.corrections {
        record(
            &mut meters.correction_millitiles,
            (now.correction_tiles * 1000.0) as u64,
        );
    }
    // The sample of a snapshot without an own input in it is the one before.
    if now.input_to_snapshot_ms != before.input_to_snapshot_ms {
        record(
            &mut meters.input_to_snapshot_us,
            (now.input_to_snapshot_ms * 1000.0) as u64,
        );
    }
}

/// The histograms grow as needed, so this can't fail.
fn record(histogram: &mut Histogram<u64>, value: u64) {
    let _ = histogram.record(value);
}

/// What a WebSocket adds to a message from the server.
fn header_bytes(payload: usize) -> usize {
    match payload {
        0..=125 => 2,
        126..=65_535 => 4,
        _ => 10,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_without_a_snapshot_count() {
        let (mut meters, mut window) = (Meters::default(), Window::default());
        window.snapshots = 30;
        window.pass(&mut meters, 3_500_000);
        assert_eq!(
            (
                meters.snapshots_per_second.len(),
                meters.snapshots_per_second.max()
            ),
            (3, 30)
        );
        assert_eq!(meters.snapshots_per_second.value_at_quantile(0.01), 0);
    }

    #[test]
    fn meters_add_up() {
        let (mut a, mut b) = (Meters::default(), Meters::default());
        a.error("full");
        b.error("full");
        b.disconnect("1011");
        b.snapshot_gap_us.record(40_000).unwrap();
        a.add(&b);
        assert_eq!(
            (a.errors_by["full"], a.lost(), a.snapshot_gap_us.len()),
            (2, 3, 1)
        );
    }
}
