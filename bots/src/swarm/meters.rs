//! What bots measure while they play: counters, and histograms of what must not have outliers.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use fracas_protocol::snapshot::ContentBits;
use fracas_protocol::{Session, SessionStats, Steer, Tick};
use hdrhistogram::Histogram;

use super::relay::{Relay, Sightings, Turns};
use crate::client::drive::Observer;

/// Microseconds in one window of a rate.
const WINDOW_US: u64 = 1_000_000;
/// A correction within this time after the server missed inputs is put down to that.
const AFTERMATH_US: u64 = 300_000;
/// A connection settles in for this long: its clocks start from a guess.
pub(super) const SETTLING_US: u64 = 3_000_000;
/// Added to input margins, which may be negative, for their histogram.
pub(super) const MARGIN_ZERO: i64 = 128;

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
    /// Those headers.
    pub websocket_bytes: u64,
    /// Bytes sent, WebSocket headers not included.
    pub bytes_out: u64,
    /// What the bits of snapshots were spent on.
    pub content: ContentBits,
    /// Ticks that the views went through.
    pub ticks: u64,
    /// … for which the server missed an input.
    pub starved_ticks: u64,
    /// Changes of steering by the bots themselves.
    pub turns: u64,
    /// Predictions that turned out wrong.
    pub corrections: u64,
    /// … shortly after the server missed inputs.
    pub corrections_starved: u64,
    /// Ticks in the first seconds of a connection.
    pub settling_ticks: u64,
    /// Inputs the server missed in the first seconds of a connection.
    pub settling_starved_ticks: u64,
    /// Predictions that turned out wrong in the first seconds of a connection.
    pub settling_corrections: u64,
    /// Ticks no input was made for, because this machine was too slow.
    pub ticks_skipped: u64,
    /// Other craft in view, over all snapshots.
    pub craft_seen: u64,
    /// Changes of other craft.
    pub craft_updates: u64,
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
    /// Ticks before their use that inputs arrive, as the server says, plus `MARGIN_ZERO`.
    pub input_margin: Histogram<u64>,
    /// Microseconds from one bot's turn to the snapshot in which another sees it.
    pub turn_to_view_us: Histogram<u64>,
    /// Microseconds from one bot's turn to another's picture of it.
    pub turn_to_picture_us: Histogram<u64>,
    /// Microseconds for which the oldest turn that a view should show and doesn't has been missing, per snapshot.
    pub view_behind_us: Histogram<u64>,
    /// Microseconds by which pictures of others lag behind.
    pub interpolation_us: Histogram<u64>,
    /// Pictures drawn.
    pub frames: u64,
    /// … that showed others past the newest snapshot because the next was late.
    pub frames_extrapolated: u64,
    /// … that showed them past it on purpose, because hits aren't judged further back.
    pub frames_ahead: u64,
    /// … in which they stood still, or nearly.
    pub frames_frozen: u64,
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
            websocket_bytes: 0,
            bytes_out: 0,
            content: ContentBits::default(),
            ticks: 0,
            starved_ticks: 0,
            turns: 0,
            corrections: 0,
            corrections_starved: 0,
            settling_ticks: 0,
            settling_starved_ticks: 0,
            settling_corrections: 0,
            ticks_skipped: 0,
            craft_seen: 0,
            craft_updates: 0,
            connected_us: 0,
            snapshots_per_second: histogram(),
            bytes_per_second_in: histogram(),
            snapshot_gap_us: histogram(),
            visible_entities: histogram(),
            visible_shots: histogram(),
            input_to_snapshot_us: histogram(),
            correction_millitiles: histogram(),
            input_margin: histogram(),
            turn_to_view_us: histogram(),
            turn_to_picture_us: histogram(),
            view_behind_us: histogram(),
            interpolation_us: histogram(),
            frames: 0,
            frames_extrapolated: 0,
            frames_ahead: 0,
            frames_frozen: 0,
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
        self.websocket_bytes += other.websocket_bytes;
        self.bytes_out += other.bytes_out;
        self.content += other.content;
        self.ticks += other.ticks;
        self.starved_ticks += other.starved_ticks;
        self.turns += other.turns;
        self.corrections += other.corrections;
        self.corrections_starved += other.corrections_starved;
        self.settling_ticks += other.settling_ticks;
        self.settling_starved_ticks += other.settling_starved_ticks;
        self.settling_corrections += other.settling_corrections;
        self.frames += other.frames;
        self.frames_extrapolated += other.frames_extrapolated;
        self.frames_ahead += other.frames_ahead;
        self.frames_frozen += other.frames_frozen;
        self.ticks_skipped += other.ticks_skipped;
        self.craft_seen += other.craft_seen;
        self.craft_updates += other.craft_updates;
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
            (&mut self.input_margin, &other.input_margin),
            (&mut self.turn_to_view_us, &other.turn_to_view_us),
            (&mut self.turn_to_picture_us, &other.turn_to_picture_us),
            (&mut self.view_behind_us, &other.view_behind_us),
            (&mut self.interpolation_us, &other.interpolation_us),
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
pub(super) struct Watch<'a> {
    meters: SharedMeters,
    relay: &'a Relay,
    /// The statistics as they were when they were added up last.
    counted: SessionStats,
    connected_us: Option<u64>,
    now_us: u64,
    last_snapshot_us: Option<u64>,
    /// The newest view's tick.
    tick: Option<Tick>,
    /// When the server last said that it missed inputs.
    starved_us: Option<u64>,
    window: Window,
    /// Where others are told of the own turns.
    turns: Option<Arc<Turns>>,
    /// What is seen of the others'; not everybody looks.
    sightings: Option<Sightings>,
    is_lookout: bool,
}

#[derive(Debug, Default)]
struct Window {
    start_us: u64,
    snapshots: u64,
    bytes: u64,
}

impl<'a> Watch<'a> {
    pub(super) fn new(meters: SharedMeters, relay: &'a Relay, is_lookout: bool) -> Self {
        Watch {
            meters,
            relay,
            counted: SessionStats::default(),
            connected_us: None,
            now_us: 0,
            last_snapshot_us: None,
            tick: None,
            starved_us: None,
            window: Window::default(),
            turns: None,
            sightings: None,
            is_lookout,
        }
    }

    /// Files what a snapshot has shown.
    fn snapshot(&mut self, meters: &mut Meters, session: &Session) {
        let (now_us, stats) = (self.now_us, session.stats());
        self.window.snapshots += 1;
        if let Some(last_us) = self.last_snapshot_us {
            record(&mut meters.snapshot_gap_us, now_us - last_us);
        }
        count(meters, &self.counted, stats);
        record(
            &mut meters.input_margin,
            (i64::from(stats.input_margin) + MARGIN_ZERO) as u64,
        );
        if stats.starved_ticks > self.counted.starved_ticks {
            self.starved_us = Some(now_us);
        }
        let is_settling = self
            .connected_us
            .is_some_and(|us| now_us - us < SETTLING_US);
        if is_settling {
            meters.settling_starved_ticks += stats.starved_ticks - self.counted.starved_ticks;
            meters.settling_corrections += stats.corrections - self.counted.corrections;
        }
        let is_aftermath = self.starved_us.is_some_and(|us| now_us - us < AFTERMATH_US);
        if is_aftermath {
            meters.corrections_starved += stats.corrections - self.counted.corrections;
        }
        let Some(view) = session.view() else {
            return;
        };
        let passed = self.tick.map_or(0, |tick| view.tick.saturating_sub(tick));
        self.tick = Some(view.tick);
        meters.ticks += u64::from(passed);
        if is_settling {
            meters.settling_ticks += u64::from(passed);
        }
        record(&mut meters.visible_entities, view.crafts.len() as u64);
        record(&mut meters.visible_shots, view.shots.len() as u64);
        let Some(sightings) = &mut self.sightings else {
            return;
        };
        let is_drawn = stats.frames > 0;
        let oldest = sightings.look(view, self.relay, now_us, is_drawn, |age_us| {
            record(&mut meters.turn_to_view_us, age_us);
        });
        if let (Some(ticks), Some(welcome)) = (oldest, session.welcome()) {
            let tick_us = 1_000_000 / u64::from(welcome.tick_hz);
            record(&mut meters.view_behind_us, u64::from(ticks) * tick_us);
        }
    }
}

impl Observer for Watch<'_> {
    fn welcomed(&mut self, session: &Session) {
        if let Some(welcome) = session.welcome() {
            let room = &welcome.start.room;
            self.turns = Some(self.relay.join(room, welcome.player));
            self.sightings = self.is_lookout.then(|| Sightings::new(room));
        }
    }

    fn message(&mut self, session: &Session, bytes: usize, now_us: u64) {
        let header = header_bytes(bytes) as u64;
        let bytes = bytes as u64 + header;
        let is_snapshot = session.stats().snapshots > self.counted.snapshots;
        self.now_us = now_us;
        let meters = self.meters.clone();
        meters.with(|meters| {
            meters.bytes_in += bytes;
            meters.websocket_bytes += header;
            if self.connected_us.is_none() {
                meters.connected += 1;
                meters.connections += 1;
                self.connected_us = Some(now_us);
                self.window.start_us = now_us;
            }
            self.window.pass(meters, now_us);
            self.window.bytes += bytes;
            if is_snapshot {
                self.snapshot(meters, session);
            }
        });
        if is_snapshot {
            self.last_snapshot_us = Some(now_us);
            self.counted.clone_from(session.stats());
        }
    }

    fn turned(&mut self, tick: Tick, steer: Steer, made_us: u64) {
        if let Some(turns) = &self.turns {
            turns.tell(tick, steer, made_us);
            self.meters.with(|meters| meters.turns += 1);
        }
    }

    fn drew(&mut self, session: &Session, shown: f64, now_us: u64) {
        let interpolation_ms = f64::from(session.stats().interpolation_ms);
        self.meters.with(|meters| {
            record(
                &mut meters.interpolation_us,
                (interpolation_ms * 1000.0) as u64,
            );
            if let Some(sightings) = &mut self.sightings {
                sightings.draw(shown, now_us, |age_us| {
                    record(&mut meters.turn_to_picture_us, age_us);
                });
            }
        });
    }
}

impl Drop for Watch<'_> {
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
    meters.frames += now.frames - before.frames;
    meters.frames_extrapolated += now.frames_extrapolated - before.frames_extrapolated;
    meters.frames_ahead += now.frames_ahead - before.frames_ahead;
    meters.frames_frozen += now.frames_frozen - before.frames_frozen;
    meters.checksums += now.checksums - before.checksums;
    meters.checksum_mismatches += now.checksum_mismatches - before.checksum_mismatches;
    meters.craft_updates += now.craft_updates - before.craft_updates;
    meters.craft_seen += now.crafts_seen - before.crafts_seen;
    meters.starved_ticks += now.starved_ticks - before.starved_ticks;
    meters.content += since(&now.content, &before.content);
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

fn since(now: &ContentBits, before: &ContentBits) -> ContentBits {
    ContentBits {
        own: now.own - before.own,
        crafts: now.crafts - before.crafts,
        entered: now.entered - before.entered,
        shots: now.shots - before.shots,
        events: now.events - before.events,
        roster: now.roster - before.roster,
        headers: now.headers - before.headers,
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
