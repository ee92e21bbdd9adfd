//! Readers of event streams, and when each event reached them.
//!
//! Events carry the tick they were published in, and ticks begin at absolute deadlines (`clock` in the server):
//! tick `n` at `base + n * period`, on the monotonic clock that all processes of a machine share. `base` is taken from
//! the quickest delivery ever seen, most likely one of those to a single reader before the crowd comes. So a delay is
//! counted from the deadline of the event's tick, the tick's own lateness and length included; what the quickest delivery
//! took (well under a millisecond: a step, a channel, a write, a read) is not.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use anyhow::Context;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use tokio::{io::AsyncWriteExt, net::TcpStream, sync::Notify};

use crate::role::{allow_sockets, answer, runtime};

/// Connections that are made at a time.
const AT_ONCE: usize = 64;
const READ_BYTES: usize = 4 * 1024;
/// Where the tick stands in an event's data: behind the match, which comes first.
const TICK_WITHIN_BYTES: usize = 160;

/// What the readers have seen, as an answer to every question.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Seen {
    /// Streams that were answered with 200.
    pub opened: usize,
    /// Different events so far, ever.
    pub events: u64,
    /// Events that reached readers between `begin` and `stop`, each reader's counted.
    pub deliveries: u64,
    /// For each event of that time that reached all readers: milliseconds to the first and to the last of them.
    pub delays_ms: Vec<(f64, f64)>,
    /// Events of that time that did not reach all: scoreboards of which some got the next one instead.
    pub partial: u64,
}

/// Opens a stream, and `count` in all once it is told to (`open`). From `begin` to `stop` deliveries are counted.
///
/// # Errors
/// The server takes fewer.
pub fn read(address: SocketAddr, path: &str, count: usize, tick_hz: u32) -> anyhow::Result<()> {
    allow_sockets(count)?;
    let record = Arc::new(Mutex::new(Record::new(tick_hz)));
    let (asked, open) = (record.clone(), Arc::new(Notify::new()));
    let told = open.clone();
    answer(move |question| {
        let mut record = lock(&asked);
        match question {
            "open" => told.notify_one(),
            "begin" => record.begin(),
            "stop" => record.stop(),
            _ => {}
        }
        record.seen()
    });
    let request = format!("GET {path} HTTP/1.1\r\nhost: {address}\r\n\r\n");
    runtime()?.block_on(async move {
        let follow = async |_| {
            let mut stream = TcpStream::connect(address)
                .await
                .context("can't connect a stream")?;
            stream.write_all(request.as_bytes()).await?;
            tokio::spawn(follow(stream, record.clone()));
            anyhow::Ok(())
        };
        follow(0).await?;
        open.notified().await;
        let opening = stream::iter(1..count).map(follow);
        let () = opening.buffer_unordered(AT_ONCE).try_collect().await?;
        std::future::pending().await
    })
}

async fn follow(stream: TcpStream, record: Arc<Mutex<Record>>) {
    let mut parser = Parser::default();
    loop {
        let read = match stream.readable().await {
            Ok(()) => drain(&stream, &mut parser, &record),
            Err(error) => Err(error),
        };
        if let Err(error) = read {
            return eprintln!("a stream ended: {error}");
        }
    }
}

/// Reads what is there; the time of a delivery is when the last of its bytes was read.
fn drain(stream: &TcpStream, parser: &mut Parser, record: &Mutex<Record>) -> io::Result<()> {
    let mut buffer = [0; READ_BYTES];
    match stream.try_read(&mut buffer) {
        Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
        Ok(length) => {
            let now = Instant::now();
            let mut record = lock(record);
            parser.feed(&buffer[..length], |line| match line {
                Line::Answered => record.opened += 1,
                Line::Event { seq, data } => record.note(seq, data, now),
            });
            Ok(())
        }
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(()),
        Err(error) => Err(error),
    }
}

fn lock(record: &Mutex<Record>) -> MutexGuard<'_, Record> {
    record.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What matters of a stream; heads of chunks are lines that say nothing.
#[derive(Debug, Default)]
struct Parser {
    carried: Vec<u8>,
    seq: Option<u64>,
}

#[derive(Debug, PartialEq)]
enum Line<'a> {
    Answered,
    Event { seq: u64, data: &'a [u8] },
}

impl Parser {
    fn feed(&mut self, bytes: &[u8], mut each: impl FnMut(Line<'_>)) {
        let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') else {
            return self.carried.extend_from_slice(bytes);
        };
        let mut whole = std::mem::take(&mut self.carried);
        whole.extend_from_slice(&bytes[..end]);
        for line in whole.split(|byte| *byte == b'\n') {
            if let Some(id) = line.strip_prefix(b"id: ") {
                self.seq = seq_of(id);
            } else if let Some(data) = line.strip_prefix(b"data: ")
                && let Some(seq) = self.seq.take()
            {
                each(Line::Event { seq, data });
            } else if line.starts_with(b"HTTP/1.1 200 ") {
                each(Line::Answered);
            }
        }
        self.carried.extend_from_slice(&bytes[end + 1..]);
    }
}

/// An id is `<epoch>-<seq>`.
fn seq_of(id: &[u8]) -> Option<u64> {
    std::str::from_utf8(id)
        .ok()?
        .rsplit_once('-')?
        .1
        .parse()
        .ok()
}

fn tick_of(data: &[u8]) -> Option<u32> {
    let start = &data[..data.len().min(TICK_WITHIN_BYTES)];
    let text = str::from_utf8(start).or_else(|error| str::from_utf8(&start[..error.valid_up_to()]));
    let (_, rest) = text.ok()?.split_once("\"tick\":")?;
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok()
}

#[derive(Debug)]
struct Record {
    origin: Instant,
    period: Duration,
    /// When tick 0 would have begun, in nanoseconds after `origin`; often before it.
    base_ns: Option<i64>,
    opened: usize,
    newest: u64,
    /// Those between are counted.
    from: Option<u64>,
    until: Option<u64>,
    events: BTreeMap<u64, Event>,
    different: u64,
    deliveries: u64,
}

#[derive(Debug)]
struct Event {
    tick: u32,
    first: Instant,
    last: Instant,
    readers: usize,
}

impl Record {
    fn new(tick_hz: u32) -> Self {
        Self {
            origin: Instant::now(),
            period: Duration::from_secs(1) / tick_hz,
            base_ns: None,
            opened: 0,
            newest: 0,
            from: None,
            until: None,
            events: BTreeMap::new(),
            different: 0,
            deliveries: 0,
        }
    }

    fn note(&mut self, seq: u64, data: &[u8], now: Instant) {
        let is_new = seq > self.newest;
        let is_counted =
            self.from.is_some_and(|from| seq > from) && self.until.is_none_or(|until| seq <= until);
        if !is_new && !is_counted {
            return;
        }
        if is_new && let Some(tick) = tick_of(data) {
            self.newest = seq;
            self.different += 1;
            let since = self.since_tick_0(tick, now);
            self.base_ns = Some(self.base_ns.map_or(since, |base| base.min(since)));
        }
        if !is_counted {
            return;
        }
        self.deliveries += 1;
        if let Some(event) = self.events.get_mut(&seq) {
            event.last = now;
            event.readers += 1;
        } else if let Some(tick) = tick_of(data) {
            let event = Event {
                tick,
                first: now,
                last: now,
                readers: 1,
            };
            self.events.insert(seq, event);
        }
    }

    fn since_tick_0(&self, tick: u32, now: Instant) -> i64 {
        let now = now.duration_since(self.origin).as_nanos() as i64;
        now - (self.period.as_nanos() as i64) * i64::from(tick)
    }

    fn begin(&mut self) {
        (self.from, self.until) = (Some(self.newest), None);
        (self.deliveries, self.events) = (0, BTreeMap::new());
    }

    fn stop(&mut self) {
        self.until.get_or_insert(self.newest);
    }

    fn seen(&self) -> Seen {
        let base = self.base_ns.unwrap_or_default();
        let delay = |event: &Event, at| (self.since_tick_0(event.tick, at) - base) as f64 / 1e6;
        let whole = |event: &&Event| event.readers == self.opened;
        let delays = self.events.values().filter(whole);
        let delays_ms: Vec<_> = delays
            .map(|event| (delay(event, event.first), delay(event, event.last)))
            .collect();
        Seen {
            opened: self.opened,
            events: self.different,
            deliveries: self.deliveries,
            partial: (self.events.len() - delays_ms.len()) as u64,
            delays_ms,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STREAM: &[u8] = b"HTTP/1.1 200 OK\r\n\r\n5f\r\nevent: kill\nid: abc-17\ndata: {\"match\":\"m1\",\"tick\":90}\n\n\r\n";

    fn events(pieces: &[&[u8]]) -> Vec<(u64, Option<u32>)> {
        let (mut parser, mut found) = (Parser::default(), Vec::new());
        for piece in pieces {
            parser.feed(piece, |line| {
                if let Line::Event { seq, data } = line {
                    found.push((seq, tick_of(data)));
                }
            });
        }
        found
    }

    #[test]
    fn an_event_is_found_however_its_bytes_come() {
        for cut in 0..STREAM.len() {
            let (start, rest) = STREAM.split_at(cut);
            assert_eq!(events(&[start, rest]), [(17, Some(90))], "cut at {cut}");
        }
    }

    #[test]
    fn a_delay_counts_from_the_deadline_of_the_tick() {
        let mut record = Record::new(50);
        record.opened = 2;
        let at = |ms| record.origin + Duration::from_millis(ms);
        let (alone, first, last) = (at(1_000), at(2_003), at(2_011));
        record.note(1, b"{\"tick\":10}", alone);
        record.begin();
        record.note(2, b"{\"tick\":60}", first);
        record.note(2, b"{\"tick\":60}", last);
        record.stop();
        record.note(3, b"{\"tick\":60}", last);
        let seen = record.seen();
        assert_eq!(seen.delays_ms, [(3.0, 11.0)]);
        assert_eq!((seen.deliveries, seen.partial, seen.events), (2, 0, 3));
    }
}
