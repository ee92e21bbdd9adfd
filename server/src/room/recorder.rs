//! A flight recorder: what the last slow ticks of a room spent their time on.
//!
//! Every tick is timed phase by phase, which takes some twenty looks at the clock; a record is made only of a tick that
//! was slow, and of the slowest of each [`SLICE`]. Pure: told the time. The room's thread writes, `/debug/slow-ticks`
//! ([`crate::net`]) reads; the lock between them guards a push or a copy of at most [`KEPT_MAX`] records.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use fracas_protocol::Tick;
use serde::{Serialize, Serializer};

use crate::{clock::Start, feed::MatchId, sim::TickStats};

/// Slow ticks that are kept; the oldest go.
const KEPT_MAX: usize = 64;
/// One line in the log for as long as this.
const LOG_EVERY: Duration = Duration::from_secs(1);
/// The slowest tick of each of the last [`SLICES`] slices is kept, slow or not: the last 50 to 60 s.
const SLICE: Duration = Duration::from_secs(10);
const SLICES: usize = 6;

/// A phase of a tick, and what it took.
type PhaseTime = (&'static str, Duration);

/// What a tick was like.
#[derive(Debug, Clone, Serialize)]
pub struct TickRecord {
    /// When it ended; served as seconds since then.
    #[serde(rename = "ago_s", serialize_with = "as_seconds_since")]
    pub at: Instant,
    /// The match.
    #[serde(rename = "match")]
    pub match_id: MatchId,
    /// Which.
    pub tick: Tick,
    /// How long after its time it began; ticks that were skipped before it count.
    #[serde(rename = "late_us", serialize_with = "as_micros")]
    pub late: Duration,
    /// Ticks given up before it.
    pub skipped: u32,
    /// From its beginning to its end.
    #[serde(rename = "took_us", serialize_with = "as_micros")]
    pub took: Duration,
    /// What that was spent on, in order: verbs of the room, and between `read_links` and `count` those of the simulation.
    #[serde(rename = "phases_us", serialize_with = "as_map_of_micros")]
    pub phases: Vec<(&'static str, Duration)>,
    /// How much there was to do.
    #[serde(flatten)]
    pub work: Work,
}

impl TickRecord {
    /// How long after its time it was done.
    fn done_after(&self) -> Duration {
        self.late + self.took
    }

    /// The longest phases, for a line in the log.
    pub fn longest_phases(&self) -> String {
        let mut phases = self.phases.clone();
        phases.sort_by_key(|(_, took)| std::cmp::Reverse(*took));
        let longest: Vec<_> = phases
            .iter()
            .take(3)
            .map(|(name, took)| format!("{name} {}", took.as_micros()))
            .collect();
        longest.join(", ")
    }
}

/// How much there was to do in a tick.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Work {
    /// What players asked for, comings and goings.
    pub commands: usize,
    /// Craft.
    pub players: u32,
    /// Shots in flight.
    pub shots: u32,
    /// Views that were made.
    pub snapshots: u32,
    /// Views that were due, or overdue, but whose client had not taken the one before.
    pub snapshots_skipped: u32,
    /// Bytes of all snapshots.
    pub snapshot_bytes: u32,
    /// What the room gave up at that time; see `pressure`.
    pub overload_step: u8,
}

impl Work {
    /// Of a tick that had `commands` to apply.
    pub fn new(commands: usize, stats: &TickStats, overload_step: u8) -> Self {
        Self {
            commands,
            players: stats.players,
            shots: stats.shots,
            snapshots: stats.snapshots,
            snapshots_skipped: stats.snapshots_skipped,
            snapshot_bytes: stats.snapshot_bytes,
            overload_step,
        }
    }
}

/// What is kept, for whoever asks.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Records {
    /// Ticks that were slow since the room began.
    pub slow_ticks_total: u64,
    /// The slowest of the last minute, slow or not.
    pub slowest_of_last_minute: Option<TickRecord>,
    /// Newest first.
    pub slow_ticks: VecDeque<TickRecord>,
}

/// The end of a recorder that is read.
#[derive(Debug, Clone, Default)]
pub struct RecordReader(Arc<Mutex<Kept>>);

impl RecordReader {
    /// What is kept at this moment.
    pub fn read(&self, now: Instant) -> Records {
        let kept = self.kept();
        let oldest = SLICE * SLICES as u32;
        let recent = kept
            .slices
            .iter()
            .filter(|record| now.saturating_duration_since(record.at) < oldest);
        Records {
            slow_ticks_total: kept.slow_ticks_total,
            slowest_of_last_minute: recent.max_by_key(|record| record.took).cloned(),
            slow_ticks: kept.slow.clone(),
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Debug, Default)]
struct Kept {
    slow_ticks_total: u64,
    slow: VecDeque<TickRecord>,
    /// The slowest of each slice, oldest first.
    slices: VecDeque<TickRecord>,
}

/// What is to be said in the log.
#[derive(Debug)]
pub struct Line {
    /// The tick that was done last after its time, of those since the line before that took longer than there was.
    pub worst: TickRecord,
    /// How many others there were.
    pub left_out: u64,
}

/// The end of a recorder that is written, by the room's thread.
#[derive(Debug)]
pub struct Recorder {
    period: Duration,
    kept: RecordReader,
    start: Start,
    begun: Instant,
    phase_begun: Instant,
    phases: Vec<PhaseTime>,
    slice_begun: Instant,
    /// What the slowest tick of this slice took; none yet.
    slowest: Option<Duration>,
    unlogged: Option<Line>,
    logged: Option<Instant>,
}

impl Recorder {
    /// Nothing has happened yet in a room whose ticks are `period` apart.
    pub fn new(period: Duration, now: Instant) -> Self {
        Self {
            period,
            kept: RecordReader::default(),
            start: Start::default(),
            begun: now,
            phase_begun: now,
            phases: Vec::with_capacity(32),
            slice_begun: now,
            slowest: None,
            unlogged: None,
            logged: None,
        }
    }

    /// For whoever asks.
    pub fn reader(&self) -> RecordReader {
        self.kept.clone()
    }

    /// A tick begins.
    pub fn begin(&mut self, start: Start, now: Instant) {
        (self.start, self.begun, self.phase_begun) = (start, now, now);
        self.phases.clear();
    }

    /// A phase has ended, and the next one begins.
    pub fn lap(&mut self, phase: &'static str, now: Instant) {
        let took = now.saturating_duration_since(self.phase_begun);
        self.phases.push((phase, took));
        self.phase_begun = now;
    }

    /// Phases have ended that somebody else has measured, in nanoseconds.
    pub fn laps(&mut self, phases: impl Iterator<Item = (&'static str, u64)>, now: Instant) {
        self.phases
            .extend(phases.map(|(phase, nanos)| (phase, Duration::from_nanos(nanos))));
        self.phase_begun = now;
    }

    /// The tick has ended; says whether it was slow: it took over half its period, or began over a period late.
    pub fn end(&mut self, match_id: &MatchId, tick: Tick, work: Work, now: Instant) -> bool {
        let Start { lag, skipped } = self.start;
        let late = lag + self.period * skipped;
        let took = now.saturating_duration_since(self.begun);
        let is_slow = took > self.period / 2 || late > self.period;
        let is_new_slice = now.saturating_duration_since(self.slice_begun) >= SLICE;
        let is_slowest = is_new_slice || self.slowest.is_none_or(|slowest| took > slowest);
        if !is_slow && !is_slowest {
            return false;
        }
        let record = TickRecord {
            at: now,
            match_id: match_id.clone(),
            tick,
            late,
            skipped,
            took,
            phases: self.phases.clone(),
            work,
        };
        // One that was done before the next was due is worth looking at, but not a line every second.
        if is_slow && record.done_after() > self.period {
            self.put_down_for_log(&record);
        }
        let mut kept = self.kept.kept();
        if is_slowest {
            if !is_new_slice && self.slowest.is_some() {
                kept.slices.pop_back();
            }
            if is_new_slice {
                self.slice_begun = now;
            }
            self.slowest = Some(took);
            kept.slices.push_back(record.clone());
            if kept.slices.len() > SLICES {
                kept.slices.pop_front();
            }
        }
        if is_slow {
            kept.slow_ticks_total += 1;
            kept.slow.push_front(record);
            kept.slow.truncate(KEPT_MAX);
        }
        is_slow
    }

    fn put_down_for_log(&mut self, record: &TickRecord) {
        let Some(line) = &mut self.unlogged else {
            let (worst, left_out) = (record.clone(), 0);
            self.unlogged = Some(Line { worst, left_out });
            return;
        };
        line.left_out += 1;
        if record.done_after() > line.worst.done_after() {
            line.worst = record.clone();
        }
    }

    /// What is to be logged now: at once after a quiet second, then once a second.
    pub fn line(&mut self, now: Instant) -> Option<Line> {
        let waits = |logged: Instant| now.saturating_duration_since(logged) < LOG_EVERY;
        if self.unlogged.is_none() || self.logged.is_some_and(waits) {
            return None;
        }
        self.logged = Some(now);
        self.unlogged.take()
    }
}

fn as_seconds_since<S: Serializer>(at: &Instant, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((at.elapsed().as_secs_f64() * 1e3).round() / 1e3)
}

fn as_micros<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(time.as_micros() as u64)
}

fn as_map_of_micros<S: Serializer>(phases: &[PhaseTime], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(
        phases
            .iter()
            .map(|(name, took)| (name, took.as_micros() as u64)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PERIOD: Duration = Duration::from_millis(16);
    const MS: Duration = Duration::from_millis(1);

    struct Room {
        recorder: Recorder,
        now: Instant,
        tick: Tick,
    }

    impl Room {
        fn new() -> Self {
            let now = Instant::now();
            let recorder = Recorder::new(PERIOD, now);
            Self {
                recorder,
                now,
                tick: 0,
            }
        }

        /// A tick that begins late and spends its time on two phases; whether it was slow.
        fn tick(&mut self, lag: Duration, skipped: u32, phases: [Duration; 2]) -> bool {
            self.tick += 1;
            let start = Start { lag, skipped };
            let begun = self.now;
            self.recorder.begin(start, begun);
            let work = Work {
                players: self.tick,
                ..Work::default()
            };
            self.recorder.lap("read_links", begun + phases[0]);
            let (nanos, end) = (phases[1].as_nanos() as u64, begun + phases[0] + phases[1]);
            self.recorder
                .laps([("fly_and_fire", nanos)].into_iter(), end);
            self.now = begun + PERIOD;
            self.recorder.end(&"m1".into(), self.tick, work, end)
        }

        fn records(&self) -> Records {
            self.recorder.reader().read(self.now)
        }
    }

    #[test]
    fn a_slow_tick_is_kept_with_its_phases_and_a_fast_one_is_not() {
        let mut room = Room::new();
        assert!(
            !room.tick(PERIOD, 0, [MS, 7 * MS]),
            "half its period, just a period late"
        );
        assert!(room.tick(Duration::ZERO, 0, [2 * MS, 7 * MS]));
        assert!(room.tick(PERIOD + MS, 0, [MS, MS]));
        assert!(!room.tick(MS, 0, [MS, MS]));
        let records = room.records();
        assert_eq!(records.slow_ticks_total, 2);
        let told =
            |record: &TickRecord| (record.tick, record.work.players, record.late, record.took);
        let told: Vec<_> = records.slow_ticks.iter().map(told).collect();
        assert_eq!(
            told,
            [(3, 3, PERIOD + MS, 2 * MS), (2, 2, Duration::ZERO, 9 * MS)]
        );
        let phases = [("read_links", 2 * MS), ("fly_and_fire", 7 * MS)];
        assert_eq!(records.slow_ticks[1].phases, phases);
        let text = "fly_and_fire 7000, read_links 2000";
        assert_eq!(records.slow_ticks[1].longest_phases(), text);
    }

    #[test]
    fn ticks_that_were_skipped_count_as_late() {
        let mut room = Room::new();
        assert!(room.tick(3 * MS, 125, [MS, MS]));
        let record = &room.records().slow_ticks[0];
        assert_eq!((record.skipped, record.late), (125, PERIOD * 125 + 3 * MS));
    }

    #[test]
    fn only_the_last_slow_ticks_are_kept_and_all_are_counted() {
        let mut room = Room::new();
        (0..1_000).for_each(|_| {
            room.tick(Duration::ZERO, 0, [MS, 9 * MS]);
        });
        let records = room.records();
        let ticks: Vec<_> = records
            .slow_ticks
            .iter()
            .map(|record| record.tick)
            .collect();
        assert_eq!(ticks, (937..=1_000).rev().collect::<Vec<_>>());
        assert_eq!(records.slow_ticks_total, 1_000);
    }

    #[test]
    fn the_slowest_of_the_last_minute_is_known_though_none_was_slow() {
        let mut room = Room::new();
        assert!(room.records().slowest_of_last_minute.is_none());
        let slowest = |room: &Room| {
            room.records()
                .slowest_of_last_minute
                .map(|record| record.tick)
        };
        // A tick in 16 ms: 3,750 in a minute. One of the first is the slowest, until it is a minute old.
        for tick in 1..=7_500 {
            let took = if tick == 100 {
                3 * MS
            } else if tick == 2_000 {
                2 * MS
            } else {
                MS
            };
            room.tick(Duration::ZERO, 0, [Duration::ZERO, took]);
            match tick {
                500 | 3_000 => assert_eq!(slowest(&room), Some(100), "at {tick}"),
                4_000 | 5_000 => assert_eq!(slowest(&room), Some(2_000), "at {tick}"),
                _ => {}
            }
        }
        assert!(slowest(&room) > Some(2_000));
        room.now += Duration::from_secs(61);
        assert_eq!(
            slowest(&room),
            None,
            "a room that slept has no slowest tick"
        );
        assert!(room.recorder.kept.kept().slices.len() <= SLICES);
    }

    #[test]
    fn a_line_a_second_tells_the_worst_and_counts_the_others() {
        let mut room = Room::new();
        let mut lines = Vec::new();
        // A second of ticks that are done after the next was due, the 30th the worst; then slow ones that are not, and fast ones.
        for tick in 1..=200 {
            let (lag, took) = match tick {
                30 => (10 * MS, 15 * MS),
                1..=62 => (10 * MS, 9 * MS),
                63..=140 => (Duration::ZERO, 9 * MS),
                _ => (Duration::ZERO, MS),
            };
            room.tick(lag, 0, [Duration::ZERO, took]);
            if let Some(line) = room.recorder.line(room.now) {
                lines.push((tick, line.worst.tick, line.left_out));
            }
        }
        assert_eq!(lines, [(1, 1, 0), (64, 30, 60)]);
    }
}
