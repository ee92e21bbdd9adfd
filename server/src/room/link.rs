//! The mailbox between a match's thread and a socket's task. Neither ever waits for the other.
//!
//! ```text
//!   match thread                         socket task
//!   push_control / push_snapshot  ──►  poll_outgoing ──► socket
//!   push_chat (oldest go)         ──►
//!   delivered() == sent?          ◄──  snapshot_left      (it is in the kernel now)
//!   take_inputs, take_says, vote  ◄──  push_inputs    ◄── socket
//!                                      push_say
//!   close(why)                    ──►  poll_outgoing
//!                                 ◄──  hang_up(why)
//! ```
//!
//! Towards the client there is at most one snapshot (the simulation encodes the next one only after this one has left)
//! and a few control messages; from the client at most [`BATCHES_MAX`] input batches a tick. The match thread looks at
//! one byte of signals per client and tick, and at nothing else unless it is set.

use std::{
    collections::VecDeque,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU8, AtomicU16, AtomicU32, Ordering},
    },
    task::{Context, Poll},
};

use bytes::Bytes;
use fracas_protocol::{InputBatch, chat::Say};
use futures_util::task::AtomicWaker;

use super::Close;

/// Input batches kept between two ticks. A client sends one or two; what was held up in the network comes in a bunch.
pub const BATCHES_MAX: usize = 16;

/// Messages that wait for the socket: a welcome, the start of a match or two, a snapshot. More means that nothing has
/// left for as long as a match lasts.
const FRAMES_MAX: usize = 8;

/// Lines of chat that wait for the socket. Nobody loses the line for them: the oldest go.
const CHAT_MAX: usize = 32;

/// Lines that a client says between two ticks, kept. More is no typing.
const SAYS_MAX: usize = 8;

/// Signals to the match's thread, as bits.
pub mod signal {
    /// There are inputs.
    pub const INPUTS: u8 = 1;
    /// A snapshot has left for the kernel.
    pub const DELIVERED: u8 = 2;
    /// The round trip was measured.
    pub const PING: u8 = 4;
    /// The socket is gone.
    pub const HUNG_UP: u8 = 8;
    /// The client has read the welcome.
    pub const WELCOMED: u8 = 16;
    /// The player has voted.
    pub const VOTE: u8 = 32;
    /// The player says something.
    pub const SAYS: u8 = 64;
}

/// One connection's mailbox.
#[derive(Debug, Default)]
pub struct Link {
    signals: AtomicU8,
    delivered: AtomicU32,
    ping_ms: AtomicU16,
    vote: AtomicU8,
    inbox: Mutex<Vec<InputBatch>>,
    says: Mutex<Vec<Say>>,
    outbox: Mutex<Outbox>,
    waker: AtomicWaker,
}

#[derive(Debug, Default)]
struct Outbox {
    frames: VecDeque<Frame>,
    /// Only the newest ballot is worth sending.
    ballot: Option<Bytes>,
    chat: VecDeque<Bytes>,
    close: Option<Close>,
    hung_up: Option<Close>,
}

/// One message on its way to a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// The encoded message.
    pub bytes: Bytes,
    /// Whether it is the one snapshot in flight.
    pub is_snapshot: bool,
}

/// What the socket's task should do next.
#[derive(Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// Send this.
    Frame(Frame),
    /// Close, everything before it was sent.
    Close(Close),
}

/// The match thread's end.
impl Link {
    /// Queues a message that must arrive: a welcome, the start of a match.
    pub fn push_control(&self, bytes: impl Into<Bytes>) {
        self.push(Frame {
            bytes: bytes.into(),
            is_snapshot: false,
        });
        self.wake();
    }

    /// Leaves the newest ballot; one that has not left yet is gone.
    pub fn push_ballot(&self, bytes: Bytes) {
        let mut outbox = self.outbox();
        if outbox.hung_up.is_none() {
            outbox.ballot = Some(bytes);
        }
        drop(outbox);
        self.wake();
    }

    /// Puts the next snapshot into the slot. The socket's task hears of it from the [`Courier`](super::Courier).
    pub fn push_snapshot(&self, bytes: Vec<u8>) {
        self.push(Frame {
            bytes: bytes.into(),
            is_snapshot: true,
        });
    }

    /// Queues what somebody said, and lets the oldest go where too much waits. The socket's task hears of it from the
    /// [`Courier`](super::Courier).
    pub fn push_chat(&self, bytes: impl Into<Bytes>) {
        let mut outbox = self.outbox();
        if outbox.hung_up.is_some() {
            return;
        }
        if outbox.chat.len() == CHAT_MAX {
            outbox.chat.pop_front();
        }
        outbox.chat.push_back(bytes.into());
    }

    /// Asks the socket's task to close.
    pub fn close(&self, why: Close) {
        self.outbox().close.get_or_insert(why);
        self.wake();
    }

    /// Has the socket's task look.
    pub fn wake(&self) {
        self.waker.wake();
    }

    /// What the socket's task has signalled since the last call; see [`signal`].
    pub fn take_signals(&self) -> u8 {
        if self.signals.load(Ordering::Relaxed) == 0 {
            return 0;
        }
        self.signals.swap(0, Ordering::Acquire)
    }

    /// How many snapshots have left for the kernel, ever.
    pub fn delivered(&self) -> u32 {
        self.delivered.load(Ordering::Relaxed)
    }

    /// The last measured round trip.
    pub fn ping_ms(&self) -> u16 {
        self.ping_ms.load(Ordering::Relaxed)
    }

    /// Takes the inputs that came since the last call.
    pub fn take_inputs(&self, mut each: impl FnMut(InputBatch)) {
        let mut inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        inbox.drain(..).for_each(&mut each);
    }

    /// The player's newest vote.
    pub fn vote(&self) -> u8 {
        self.vote.load(Ordering::Relaxed)
    }

    /// Takes what the player said since the last call.
    pub fn take_says(&self, each: impl FnMut(Say)) {
        let mut says = self.says.lock().unwrap_or_else(PoisonError::into_inner);
        says.drain(..).for_each(each);
    }

    /// Why the socket is gone, once it is.
    pub fn hung_up(&self) -> Option<Close> {
        self.outbox().hung_up.clone()
    }

    fn push(&self, frame: Frame) {
        let mut outbox = self.outbox();
        if outbox.hung_up.is_some() {
            return;
        }
        if outbox.frames.len() == FRAMES_MAX {
            outbox.close.get_or_insert(Close::TooSlow);
        } else {
            outbox.frames.push_back(frame);
        }
    }
}

/// The socket task's end.
impl Link {
    /// The next thing to do, or a promise to wake the task when there is one.
    pub fn poll_outgoing(&self, context: &Context<'_>) -> Poll<Outgoing> {
        self.waker.register(context.waker());
        let mut outbox = self.outbox();
        if let Some(frame) = outbox.frames.pop_front() {
            return Poll::Ready(Outgoing::Frame(frame));
        }
        let other = outbox.ballot.take().or_else(|| outbox.chat.pop_front());
        if let Some(bytes) = other {
            let is_snapshot = false;
            return Poll::Ready(Outgoing::Frame(Frame { bytes, is_snapshot }));
        }
        match outbox.close.take() {
            Some(why) => Poll::Ready(Outgoing::Close(why)),
            None => Poll::Pending,
        }
    }

    /// A snapshot has left for the kernel: the next one may come.
    pub fn snapshot_left(&self) {
        self.delivered.fetch_add(1, Ordering::Relaxed);
        self.signal(signal::DELIVERED);
    }

    /// Hands inputs to the next tick. When a held-up network delivers a bunch, the oldest are too late anyway and go.
    pub fn push_inputs(&self, batch: InputBatch) {
        let mut inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        if inbox.len() >= BATCHES_MAX {
            inbox.remove(0);
            metrics::counter!("fracas_inputs_rejected_total", "reason" => "queue_full")
                .increment(1);
        }
        inbox.push(batch);
        drop(inbox);
        self.signal(signal::INPUTS);
    }

    /// Hands what the player says to the next tick.
    pub fn push_say(&self, say: Say) {
        let mut says = self.says.lock().unwrap_or_else(PoisonError::into_inner);
        if says.len() < SAYS_MAX {
            says.push(say);
        }
        drop(says);
        self.signal(signal::SAYS);
    }

    /// Notes a measured round trip.
    pub fn set_ping_ms(&self, ping_ms: u16) {
        self.ping_ms.store(ping_ms, Ordering::Relaxed);
        self.signal(signal::PING);
    }

    /// Notes which map the player wants next.
    pub fn set_vote(&self, choice: u8) {
        self.vote.store(choice, Ordering::Relaxed);
        self.signal(signal::VOTE);
    }

    /// Notes that the client has read the welcome, and with it its token.
    pub fn set_welcomed(&self) {
        self.signal(signal::WELCOMED);
    }

    /// Says that the socket is gone, and why.
    pub fn hang_up(&self, why: Close) {
        let mut outbox = self.outbox();
        outbox.frames.clear();
        outbox.ballot = None;
        outbox.chat.clear();
        outbox.hung_up.get_or_insert(why);
        drop(outbox);
        self.signal(signal::HUNG_UP);
    }

    /// The close the match thread asked for, without waiting for the frames before it to go.
    pub fn wanted_close(&self, context: &Context<'_>) -> Option<Close> {
        self.waker.register(context.waker());
        self.outbox().close.clone()
    }

    fn signal(&self, bit: u8) {
        self.signals.fetch_or(bit, Ordering::Release);
    }

    fn outbox(&self) -> MutexGuard<'_, Outbox> {
        self.outbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
