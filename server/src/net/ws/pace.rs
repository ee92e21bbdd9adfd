//! How much may be on its way to a client, measured with WebSocket's own pings. Pure: told the time.
//!
//! A snapshot that has left for the kernel may still wait: there, in a proxy, in a modem, in a client that is slow to
//! read. What waits grows old, and everything behind it too. Pings travel between the snapshots and are answered once
//! what is before them was read, wherever it was held up:
//!
//! ```text
//!   ▓▓▓▓▓▓▓▓▓▓▓ read ▓▓▓▓▓▓▓▓▓▓▓│░░░░░░░░░░ on its way ░░░░░░░░░░│
//!                        newest answered ping                  sent
//! ```
//!
//! An answer that takes longer than the quickest of late has waited. From the bytes that were read meanwhile follows
//! how fast the line is, and how many bytes may be on their way so that none waits for more than [`WAIT_MAX`]. While
//! there are as many, the next snapshot is not made: when it is, it is the newest. A good line never notices.

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use bytes::Bytes;

use crate::room::Close;

/// A client that answers no pings is closed after so long.
const PONG_TIMEOUT: Duration = Duration::from_secs(10);
/// A client that takes nothing for so long is closed.
pub(super) const STALL_MAX: Duration = Duration::from_secs(5);
/// What is sent should not wait longer than this for what was sent before it. With the time that a snapshot itself takes
/// it must stay under half a second on a line of 5 kB/s; less would be more than the jitter of a bad line.
const WAIT_MAX: Duration = Duration::from_millis(100);
/// As much may always be on its way: about a snapshot.
const WINDOW_MIN: u64 = 512;
/// More never is: nobody reads a second of the largest snapshots late and calls it play.
const WINDOW_MAX: u64 = 64 * 1024;
/// Before anything is known, beyond the welcome.
const WINDOW_FIRST: u64 = 1_500;
/// While all is well, a ping after so many bytes,
const ASK_BYTES: u64 = 1_500;
/// or after so long.
const ASK_EVERY: Duration = Duration::from_millis(500);
/// Without an answer to any of so many, more pings say nothing new.
const UNANSWERED_MAX: usize = 64;
/// The quickest round trip is believed for so long; lines change.
const QUICKEST_LIFE: Duration = Duration::from_secs(10);
/// A ping or a pong on the wire, heads included.
const PING_BYTES: u64 = 10;

/// What is on its way to one client.
#[derive(Debug)]
pub(super) struct Pace {
    origin: Instant,
    last_answer: Option<Instant>,
    /// Bytes given to the socket, ever.
    sent: u64,
    /// Those known to have been read.
    read: u64,
    /// Oldest first.
    unanswered: VecDeque<Asked>,
    /// The newest ping, answered or not.
    asked: Asked,
    window: u64,
    quickest: Option<Quickest>,
    /// The last answer was slow: ask with every snapshot.
    is_strained: bool,
    /// Lets the line run dry to see how quick it is when nothing waits.
    is_probing: bool,
}

/// An answer to a ping.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Answer {
    /// The round trip in milliseconds.
    pub(super) ping_ms: u16,
    /// Nothing was sent before this ping. Any other shows that what was has been read.
    pub(super) is_first: bool,
}

#[derive(Debug, Clone, Copy)]
struct Asked {
    at: Instant,
    /// Bytes up to and including this ping.
    sent: u64,
    /// Those known to have been read when it was sent.
    read: u64,
}

#[derive(Debug, Clone, Copy)]
struct Quickest {
    trip: Duration,
    seen: Instant,
}

impl Pace {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            origin: now,
            last_answer: None,
            sent: 0,
            read: 0,
            unanswered: VecDeque::new(),
            asked: Asked {
                at: now,
                sent: 0,
                read: 0,
            },
            window: WINDOW_FIRST,
            quickest: None,
            is_strained: true,
            is_probing: false,
        }
    }

    /// Counts what was given to the socket.
    pub(super) fn note_sent(&mut self, bytes: usize, is_snapshot: bool) {
        self.sent += bytes as u64;
        if !is_snapshot && self.last_answer.is_none() {
            self.window += bytes as u64;
        }
    }

    /// Whether a ping should follow what was just sent.
    pub(super) fn wants_to_ask(&self, now: Instant) -> bool {
        if self.unanswered.len() >= UNANSWERED_MAX {
            return false;
        }
        if self.is_probing {
            return self.unanswered.is_empty();
        }
        let asked = &self.asked;
        self.is_strained
            || self.waits(now, WAIT_MAX)
            || self.sent - asked.sent >= ASK_BYTES
            || now.saturating_duration_since(asked.at) >= ASK_EVERY
    }

    /// Whether nothing on its way would bring an answer that makes room: then it takes another ping.
    pub(super) fn wants_to_ask_while_held(&self) -> bool {
        let last = self.unanswered.back();
        self.unanswered.is_empty()
            || (!self.is_probing
                && last.is_some_and(|asked| {
                    asked.sent < self.sent && self.unanswered.len() < UNANSWERED_MAX
                }))
    }

    /// The payload of the next ping.
    pub(super) fn ask(&mut self, now: Instant) -> Bytes {
        self.sent += PING_BYTES;
        self.asked = Asked {
            at: now,
            sent: self.sent,
            read: self.read,
        };
        if self.unanswered.len() < UNANSWERED_MAX {
            self.unanswered.push_back(self.asked);
        }
        Bytes::copy_from_slice(&self.micros(now).to_le_bytes())
    }

    /// What an answer tells. A pong that nobody asked for tells nothing. Answering a ping answers those
    /// before it, which clients may leave out.
    pub(super) fn answered(&mut self, payload: &[u8], now: Instant) -> Option<Answer> {
        let micros = u64::from_le_bytes(payload.try_into().ok()?);
        let position = self
            .unanswered
            .iter()
            .position(|asked| self.micros(asked.at) == micros)?;
        let asked = self.unanswered.drain(..=position).next_back()?;
        let trip = now.saturating_duration_since(asked.at);
        self.last_answer = Some(now);
        self.read = asked.sent;
        self.learn(&asked, trip, now);
        Some(Answer {
            ping_ms: trip.as_millis().min(u128::from(u16::MAX)) as u16,
            is_first: asked.sent <= PING_BYTES,
        })
    }

    /// Whether there is room on the line for another snapshot. What a client reads that answers no pings can't be known.
    pub(super) fn has_room(&self, now: Instant) -> bool {
        let on_its_way = self.sent - self.read;
        if self.is_probing {
            return false;
        }
        on_its_way < self.window && !(on_its_way > WINDOW_MIN && self.waits(now, 2 * WAIT_MAX))
    }

    /// When to give up on a client for which nothing more is made, and what to tell it: one that stopped answering has
    /// stopped reading; one that never answered may just not answer.
    pub(super) fn gives_up(&self) -> Option<(Instant, Close)> {
        let oldest = self.unanswered.front()?;
        Some(match self.last_answer {
            Some(last) => (oldest.at.max(last) + STALL_MAX, Close::TooSlow),
            None => (oldest.at + PONG_TIMEOUT, Close::NoPong),
        })
    }

    /// Whether it has answered nothing for too long, whatever it takes.
    pub(super) fn is_mute(&self, now: Instant) -> bool {
        let heard = self.last_answer.unwrap_or(self.origin);
        self.unanswered.front().is_some_and(|oldest| {
            now.saturating_duration_since(oldest.at.max(heard)) >= PONG_TIMEOUT
        })
    }

    /// Whether a ping without an answer shows that what was sent before it has waited this long.
    fn waits(&self, now: Instant, this_long: Duration) -> bool {
        let (Some(oldest), Some(quickest)) = (self.unanswered.front(), self.quickest) else {
            return false;
        };
        now.saturating_duration_since(oldest.at) > quickest.trip + this_long
    }

    fn learn(&mut self, asked: &Asked, trip: Duration, now: Instant) {
        let was_alone = asked.sent - asked.read <= PING_BYTES;
        let quickest = self.quickest.unwrap_or(Quickest { trip, seen: now });
        self.quickest = Some(self.revised(quickest, trip, was_alone, now));
        let waited = trip.saturating_sub(quickest.trip);
        self.is_strained = waited > WAIT_MAX;
        if self.is_strained {
            let bytes_per_s = (asked.sent - asked.read) as f64 / trip.as_secs_f64();
            let may_take = (quickest.trip + WAIT_MAX).as_secs_f64();
            self.window = (bytes_per_s * may_take) as u64;
        } else {
            self.window += (self.window / 4).max(WINDOW_MIN);
        }
        self.window = self.window.clamp(WINDOW_MIN, WINDOW_MAX);
    }

    /// A line that is always full can't be seen to be quick: once in a while it must run dry.
    fn revised(
        &mut self,
        known: Quickest,
        trip: Duration,
        was_alone: bool,
        now: Instant,
    ) -> Quickest {
        let measured = Quickest { trip, seen: now };
        let nearly = known.trip + known.trip / 8 + Duration::from_millis(5);
        if trip <= known.trip || was_alone {
            self.is_probing &= !was_alone;
            return measured;
        }
        if trip <= nearly {
            return Quickest { seen: now, ..known };
        }
        let is_old = now.saturating_duration_since(known.seen) >= QUICKEST_LIFE;
        if is_old && trip <= known.trip + WAIT_MAX {
            return measured;
        }
        self.is_probing |= is_old && self.window <= WINDOW_MIN;
        known
    }

    fn micros(&self, at: Instant) -> u64 {
        at.saturating_duration_since(self.origin).as_micros() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);
    const S: Duration = Duration::from_secs(1);

    #[test]
    fn pings_measure_and_tolerate_nonsense() {
        let origin = Instant::now();
        let mut pace = Pace::new(origin);
        let first = pace.ask(origin + S);
        let second = pace.ask(origin + 2 * S);
        let third = pace.ask(origin + 3 * S);
        assert_eq!(pace.answered(&[0xFF; 8], origin + 3 * S), None);
        assert_eq!(pace.answered(b"?", origin + 3 * S), None);
        let answer = |ping_ms| {
            Some(Answer {
                ping_ms,
                is_first: false,
            })
        };
        assert_eq!(pace.answered(&second, origin + 2_034 * MS), answer(34));
        assert_eq!(pace.answered(&first, origin + 3 * S), None, "left out");
        assert_eq!(pace.answered(&third, origin + 3_050 * MS), answer(50));
        assert_eq!(pace.answered(&third, origin + 3_100 * MS), None, "twice");
    }

    #[test]
    fn who_never_answers_is_mute_and_who_stops_is_given_up() {
        let origin = Instant::now();
        let mut pace = Pace::new(origin);
        let ping = pace.ask(origin);
        assert!(!pace.is_mute(origin + 9 * S) && pace.is_mute(origin + 10 * S));
        assert_eq!(pace.gives_up(), Some((origin + 10 * S, Close::NoPong)));
        pace.answered(&ping, origin + S);
        assert!(!pace.is_mute(origin + 60 * S));
        assert_eq!(pace.gives_up(), None, "nothing is unanswered");
        pace.ask(origin + 2 * S);
        pace.ask(origin + 3 * S);
        assert_eq!(pace.gives_up(), Some((origin + 7 * S, Close::TooSlow)));
        assert!(!pace.is_mute(origin + 11 * S) && pace.is_mute(origin + 12 * S));
    }

    #[test]
    fn what_is_kept_of_unanswered_pings_is_bounded() {
        let origin = Instant::now();
        let mut pace = Pace::new(origin);
        for n in 0..1_000 {
            pace.ask(origin + n * MS);
        }
        assert_eq!(pace.unanswered.len(), UNANSWERED_MAX);
        assert!(!pace.wants_to_ask(origin + 2 * S));
    }

    /// A line in virtual time, a millisecond a step: what is sent enters it in order and at its speed, travels, is read
    /// and answered.
    struct Line {
        bytes_per_s: u64,
        /// Each way.
        delay: Duration,
        /// Of a round trip, more or less; order is kept.
        jitter: Duration,
        /// One chunk in so many holds the line for 200 ms; 0: none.
        stall_one_in: u32,
    }

    /// What happened to the snapshots of a client.
    #[derive(Debug, Default)]
    struct Told {
        /// When they arrived, in milliseconds.
        arrived: Vec<u64>,
        /// Their age then, beyond the line's delay and the time each takes itself.
        waited: Vec<u64>,
        /// Of each millisecond, the age of what is on the screen, beyond the line's delay.
        shown: Vec<u64>,
        skipped: u64,
        pings: u64,
    }

    impl Line {
        fn of(bytes_per_s: u64, round_trip: Duration) -> Line {
            Line {
                bytes_per_s,
                delay: round_trip / 2,
                jitter: Duration::ZERO,
                stall_one_in: 0,
            }
        }

        fn delay_ms(&self) -> u64 {
            self.delay.as_millis() as u64
        }
    }

    /// Plays over one line after the other, for some seconds each, with snapshots of so many bytes 30 times a second; a
    /// gap makes the next one twice as large.
    fn play(lines: &[&Line], seconds_each: u64, snapshot_bytes: u64) -> Told {
        let origin = Instant::now();
        let mut pace = Pace::new(origin);
        let mut told = Told::default();
        let mut wire = Wire::default();
        let (mut may_make, mut made, mut newest) = (true, 0, 0);
        for (ms, line) in (0..).zip(
            lines
                .iter()
                .flat_map(|line| (0..seconds_each * 1_000).map(move |_| line)),
        ) {
            let now = origin + Duration::from_millis(ms);
            if ms == 0 {
                wire.send(line, ms, PING_BYTES, Sent::Ping(pace.ask(now)));
                wire.send(line, ms, 900, Sent::Snapshot(0, 900));
                pace.note_sent(900, false);
            }
            told.skipped += u64::from(ms % 33 == 0 && !may_make);
            if ms - made >= 33 && may_make {
                let bytes = snapshot_bytes * (ms - made).min(66) / 33;
                made = ms;
                wire.send(line, ms, bytes, Sent::Snapshot(ms, bytes));
                pace.note_sent(bytes as usize, true);
                let wants_to_ask = pace.wants_to_ask(now);
                may_make = pace.has_room(now);
                if wants_to_ask || (!may_make && pace.wants_to_ask_while_held()) {
                    told.pings += 1;
                    wire.send(line, ms, PING_BYTES, Sent::Ping(pace.ask(now)));
                }
            }
            for what in due(&mut wire.down, ms) {
                match what {
                    Sent::Snapshot(of, bytes) => {
                        let age_ms = (ms - of).saturating_sub(line.delay_ms());
                        told.arrived.push(ms);
                        told.waited
                            .push(age_ms.saturating_sub(bytes * 1_000 / line.bytes_per_s));
                        newest = of;
                    }
                    Sent::Ping(payload) => wire.answer(line, ms, payload),
                }
            }
            told.shown
                .push((ms - newest).saturating_sub(line.delay_ms()));
            for payload in due(&mut wire.up, ms) {
                assert!(pace.answered(&payload, now).is_some());
                may_make |= pace.has_room(now);
                if !may_make && pace.wants_to_ask_while_held() {
                    wire.send(line, ms, PING_BYTES, Sent::Ping(pace.ask(now)));
                }
            }
        }
        told
    }

    /// What is on its way, with the time at which it arrives.
    #[derive(Default)]
    struct Wire {
        down: VecDeque<(u64, Sent)>,
        up: VecDeque<(u64, Bytes)>,
        /// When the narrow part is through with what was sent.
        free_at_us: u64,
        seed: u32,
    }

    impl Wire {
        fn send(&mut self, line: &Line, ms: u64, bytes: u64, what: Sent) {
            self.free_at_us =
                self.free_at_us.max(ms * 1_000) + bytes * 1_000_000 / line.bytes_per_s;
            let at = self.free_at_us.div_ceil(1_000) + self.travels_ms(line);
            let at = at.max(self.down.back().map_or(0, |(at, _)| *at));
            self.down.push_back((at, what));
        }

        fn answer(&mut self, line: &Line, ms: u64, payload: Bytes) {
            let at = ms + self.travels_ms(line);
            let at = at.max(self.up.back().map_or(0, |(at, _)| *at));
            self.up.push_back((at, payload));
        }

        fn travels_ms(&mut self, line: &Line) -> u64 {
            let jitter_ms = line.jitter.as_millis() as u64 / 2;
            let least_ms = line.delay.as_millis() as u64 - jitter_ms;
            let is_stalled = line.stall_one_in > 0 && self.dice().is_multiple_of(line.stall_one_in);
            least_ms
                + u64::from(self.dice()) % (2 * jitter_ms + 1)
                + if is_stalled { 200 } else { 0 }
        }

        fn dice(&mut self) -> u32 {
            self.seed = self
                .seed
                .wrapping_mul(1_664_525)
                .wrapping_add(1_013_904_223);
            self.seed >> 8
        }
    }

    fn due<T>(queue: &mut VecDeque<(u64, T)>, ms: u64) -> Vec<T> {
        let count = queue.iter().take_while(|(at, _)| *at <= ms).count();
        queue.drain(..count).map(|(_, what)| what).collect()
    }

    enum Sent {
        /// When it was made, and its bytes.
        Snapshot(u64, u64),
        Ping(Bytes),
    }

    #[test]
    fn on_a_narrow_line_nothing_is_old() {
        for round_trip_ms in [0, 50, 150, 300] {
            for bytes in [100, 150, 200, 250, 600, 1_000] {
                let told = play(&[&Line::of(5_000, round_trip_ms as u32 * MS)], 60, bytes);
                let (waited, shown) = (told.waited.iter().max(), told.shown.iter().max());
                let what = format!("{round_trip_ms} ms, {bytes} bytes: {waited:?} {shown:?}");
                assert!(waited.is_some_and(|ms| *ms <= 500), "{what}");
                // Larger ones take too long themselves.
                let has_time = bytes > 250 || shown.is_some_and(|ms| *ms <= 500 + round_trip_ms);
                assert!(has_time, "{what}");
                assert!(told.arrived.len() > 60, "{what}");
            }
        }
    }

    #[test]
    fn a_good_line_never_notices() {
        for (round_trip, jitter, stall_one_in, skipped_max) in [
            (0, 0, 0, 0),
            (50, 5, 0, 0),
            (100, 20, 100, 60),
            (200, 40, 0, 18),
            (200, 40, 100, 80),
        ] {
            for bytes in [100, 300, 1_000] {
                let line = Line {
                    jitter: jitter * MS,
                    stall_one_in,
                    ..Line::of(1_000_000, round_trip * MS)
                };
                let Told { skipped, pings, .. } = play(&[&line], 60, bytes);
                assert!(
                    skipped <= skipped_max,
                    "{round_trip} ms, {bytes} bytes: {skipped}"
                );
                assert!(pings < 1_000, "{round_trip} ms, {bytes} bytes: {pings}");
            }
        }
    }

    #[test]
    fn a_line_that_grows_narrow_or_long_is_found_out() {
        let good = Line::of(1_000_000, 20 * MS);
        let narrow = settled(&[&good, &Line::of(5_000, 20 * MS), &good]);
        assert!(
            narrow[0] >= 600 && narrow[1] >= 200 && narrow[2] >= 600,
            "{narrow:?}"
        );
        let long = settled(&[&good, &Line::of(1_000_000, 500 * MS), &good]);
        assert!(long.iter().all(|count| *count >= 600), "{long:?}");
    }

    /// Snapshots in the second half of each line's 40 seconds, when everything has settled.
    fn settled(lines: &[&Line]) -> Vec<usize> {
        let told = play(lines, 40, 200);
        let halves = (0..lines.len() as u64).map(|n| n * 40_000 + 20_000..(n + 1) * 40_000);
        let arrived =
            |half: std::ops::Range<u64>| told.arrived.iter().filter(|ms| half.contains(ms)).count();
        halves.map(arrived).collect()
    }
}
