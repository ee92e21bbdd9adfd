//! One direction of one connection.
//!
//! ```text
//!   sender ──read──► [ bandwidth ] ──► pipe: chunks, each with the time it arrives ──write──► receiver
//! ```
//!
//! A chunk takes `bytes / bandwidth` to enter the pipe, and nothing is read meanwhile: what the line can't take yet stays
//! with its sender. In the pipe it travels for half the delay, more or less, and never overtakes.

use std::{collections::VecDeque, io};

use rand::rngs::StdRng;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::tcp::{ReadHalf, WriteHalf},
    sync::watch,
    time::{Instant, sleep_until},
};

use crate::{
    line::{Control, Cut, Direction},
    travel::{CHUNK_MS, Travel},
};

/// As much as a segment holds.
const CHUNK_BYTES_MAX: usize = 1_400;
const CHUNK_BYTES_MIN: usize = 32;
/// What may be on its way in one direction. With a delay this bounds the throughput, as a window does.
const PIPE_BYTES_MAX: usize = 256 * 1024;
/// Chunks on their way, because small ones cost more than their bytes.
const PIPE_CHUNKS_MAX: usize = 4 * 1024;

/// Why a direction ended before its sender did.
#[derive(Debug)]
pub(crate) enum End {
    /// It was to be cut here.
    Cut(Cut),
    /// One of the two ends broke.
    Broken,
}

impl From<io::Error> for End {
    fn from(_: io::Error) -> Self {
        End::Broken
    }
}

/// A direction's state.
pub(crate) struct Pump {
    direction: Direction,
    control: watch::Receiver<Control>,
    travel: Travel,
    pipe: VecDeque<Chunk>,
    pipe_bytes: usize,
    has_ended: bool,
    forwarded: u64,
}

struct Chunk {
    due: Instant,
    bytes: Vec<u8>,
    /// How many of them are written.
    written: usize,
}

enum Next {
    Look,
    Read(usize),
    Written(usize),
}

impl Pump {
    pub(crate) fn new(
        direction: Direction,
        control: watch::Receiver<Control>,
        random: StdRng,
    ) -> Self {
        Pump {
            direction,
            control,
            travel: Travel::new(random, Instant::now()),
            pipe: VecDeque::new(),
            pipe_bytes: 0,
            has_ended: false,
            forwarded: 0,
        }
    }

    /// Forwards until the sender has ended and all it said has arrived; then ends towards the receiver, too.
    pub(crate) async fn run(
        &mut self,
        mut from: ReadHalf<'_>,
        mut to: WriteHalf<'_>,
    ) -> Result<(), End> {
        let mut buffer = [0; CHUNK_BYTES_MAX];
        loop {
            let control = self.control.borrow_and_update().clone();
            let left = self.left(&control)?;
            if self.has_ended && self.pipe.is_empty() {
                to.shutdown().await?;
                return Ok(());
            }
            let now = Instant::now();
            let (write_at, read_at) = (self.write_at(&control), self.read_at(&control));
            let may_write = write_at.is_some_and(|at| at <= now);
            let may_read = read_at.is_some_and(|at| at <= now);
            let head = self.pipe.front().map_or(&[][..], Chunk::rest);
            let head = &head[..head.len().min(left)];
            let next_time = [write_at, read_at]
                .into_iter()
                .flatten()
                .filter(|at| *at > now)
                .min();
            let next = tokio::select! {
                changed = self.control.changed() => match changed {
                    Ok(()) => Next::Look,
                    Err(_) => return Err(End::Broken),
                },
                written = to.write(head), if may_write => Next::Written(written?),
                read = from.read(&mut buffer[..chunk_bytes(&control, self.direction)]), if may_read => Next::Read(read?),
                () = sleep_until(next_time.unwrap_or(now)), if next_time.is_some() => Next::Look,
            };
            match next {
                Next::Look => {}
                Next::Read(0) => self.has_ended = true,
                Next::Read(bytes) => self.take(&buffer[..bytes], &control),
                Next::Written(bytes) => self.note_written(bytes),
            }
        }
    }

    /// How many bytes may still pass.
    fn left(&self, control: &Control) -> Result<usize, End> {
        let Some(limit) = control.limits.of(self.direction) else {
            return Ok(usize::MAX);
        };
        match limit.bytes.checked_sub(self.forwarded) {
            Some(left @ 1..) => Ok(usize::try_from(left).unwrap_or(usize::MAX)),
            _ => Err(End::Cut(limit.cut)),
        }
    }

    fn write_at(&self, control: &Control) -> Option<Instant> {
        let due = self.pipe.front()?.due;
        Some(control.held_until.map_or(due, |until| due.max(until)))
    }

    /// `None` while nothing may be read at all.
    fn read_at(&self, control: &Control) -> Option<Instant> {
        let is_full = self.pipe_bytes >= PIPE_BYTES_MAX || self.pipe.len() >= PIPE_CHUNKS_MAX;
        // A receiver that is behind is a full line: what is due and not taken must not pile up here.
        let may_read =
            !self.has_ended && !control.stopped.of(self.direction) && !is_full && !self.is_behind();
        may_read.then(|| self.travel.free_at())
    }

    fn is_behind(&self) -> bool {
        let now = Instant::now();
        let due = self.pipe.iter().take_while(|chunk| chunk.due <= now);
        due.map(|chunk| chunk.rest().len()).sum::<usize>() >= 4 * CHUNK_BYTES_MAX
    }

    fn take(&mut self, bytes: &[u8], control: &Control) {
        let bandwidth = control.line.bandwidth(self.direction);
        let due = self
            .travel
            .enter(bytes.len(), bandwidth, &control.line, Instant::now());
        self.pipe_bytes += bytes.len();
        self.pipe.push_back(Chunk {
            due,
            bytes: bytes.to_vec(),
            written: 0,
        });
    }

    fn note_written(&mut self, bytes: usize) {
        self.forwarded += bytes as u64;
        self.pipe_bytes -= bytes;
        if let Some(chunk) = self.pipe.front_mut() {
            chunk.written += bytes;
            if chunk.rest().is_empty() {
                self.pipe.pop_front();
            }
        }
    }
}

impl Chunk {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.written..]
    }
}

fn chunk_bytes(control: &Control, direction: Direction) -> usize {
    let Some(bandwidth) = control.line.bandwidth(direction) else {
        return CHUNK_BYTES_MAX;
    };
    let bytes = u64::from(bandwidth) * CHUNK_MS / 1_000;
    usize::try_from(bytes)
        .unwrap_or(CHUNK_BYTES_MAX)
        .clamp(CHUNK_BYTES_MIN, CHUNK_BYTES_MAX)
}
