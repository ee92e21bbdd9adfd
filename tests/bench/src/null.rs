//! The simplest server on the stack of the real one, and its load: the same runtime, library, socket options, buffers,
//! rates and sizes, and no game. What the real server costs beyond it is the game and how it is brought to the socket.
//!
//! One timer wakes 60 times a second and puts a ready frame into the slot of each client whose turn it is; the client's
//! task is woken, writes it, reads what has come and forgets it.

use std::{
    future::poll_fn,
    io::Write,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use fracas_protocol::wire::{CLIENT_MESSAGE_BYTES_MAX, SERVER_MESSAGE_BYTES_MAX};
use futures_util::{Sink, Stream, task::AtomicWaker};
use serde::{Deserialize, Serialize};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    time::{Instant, Interval, interval, interval_at},
};
use tokio_tungstenite::{
    WebSocketStream, accept_async_with_config, client_async_with_config,
    tungstenite::{Message, protocol::WebSocketConfig},
};

use crate::role::{allow_sockets, answer, offset, runtime};

// As in `server/src/net/ws/session.rs`.
const SEND_BUFFER_BYTES: usize = 32 * 1024;
const NOT_SENT_LOW_WATER_BYTES: u32 = 4 * 1024;
const READ_BUFFER_BYTES: usize = 4 * 1024;
const WRITE_BUFFER_BYTES: usize = 2 * 1024;

/// Ticks a second, as in the real server.
const TICK_HZ: u32 = 60;

/// What the server has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Sockets open now.
    pub connected: usize,
    /// Frames that have left for the kernel.
    pub sent: u64,
    /// Messages that came.
    pub received: u64,
}

#[derive(Debug, Default)]
struct Totals {
    connected: AtomicUsize,
    sent: AtomicU64,
    received: AtomicU64,
}

impl Totals {
    fn counts(&self) -> Counts {
        Counts {
            connected: self.connected.load(Ordering::Relaxed),
            sent: self.sent.load(Ordering::Relaxed),
            received: self.received.load(Ordering::Relaxed),
        }
    }
}

/// The one frame that waits for a client.
#[derive(Debug, Default)]
struct Slot {
    frame: Mutex<Option<Bytes>>,
    waker: AtomicWaker,
}

impl Slot {
    fn put(&self, frame: Bytes) {
        *self.frame.lock().unwrap_or_else(PoisonError::into_inner) = Some(frame);
        self.waker.wake();
    }

    fn poll_take(&self, context: &Context<'_>) -> Poll<Bytes> {
        self.waker.register(context.waker());
        let mut frame = self.frame.lock().unwrap_or_else(PoisonError::into_inner);
        frame.take().map_or(Poll::Pending, Poll::Ready)
    }
}

type Slots = Arc<Mutex<Vec<Arc<Slot>>>>;

/// Serves clients that need no welcome: `bytes` to each, `hz` times a second; `hz` divides 60.
///
/// # Errors
/// The system gives no socket.
pub fn serve(clients: usize, bytes: usize, hz: u32) -> anyhow::Result<()> {
    allow_sockets(clients)?;
    let totals = Arc::new(Totals::default());
    let counted = totals.clone();
    runtime()?.block_on(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        println!("listening on {}", listener.local_addr()?);
        std::io::stdout().flush()?;
        answer(move |_| counted.counts());
        let slots = Slots::default();
        tokio::spawn(hand_out(slots.clone(), vec![7; bytes].into(), hz));
        loop {
            let (stream, _) = listener.accept().await?;
            tokio::spawn(attend(stream, slots.clone(), totals.clone()));
        }
    })
}

/// The one timer: a frame for everybody whose turn it is.
async fn hand_out(slots: Slots, frame: Bytes, hz: u32) {
    let mut ticks = interval(Duration::from_secs(1) / TICK_HZ);
    let turns = (TICK_HZ / hz) as usize;
    for tick in 0.. {
        ticks.tick().await;
        let slots = slots.lock().unwrap_or_else(PoisonError::into_inner);
        for slot in slots.iter().skip(tick % turns).step_by(turns) {
            slot.put(frame.clone());
        }
    }
}

async fn attend(stream: TcpStream, slots: Slots, totals: Arc<Totals>) {
    let socket = SockRef::from(&stream);
    let options = [
        socket.set_tcp_nodelay(true),
        socket.set_send_buffer_size(SEND_BUFFER_BYTES),
        #[cfg(target_os = "linux")]
        socket.set_tcp_notsent_lowat(NOT_SENT_LOW_WATER_BYTES),
    ];
    let is_set = options.into_iter().all(|option| option.is_ok());
    let accepted = accept_async_with_config(stream, Some(config())).await;
    let (true, Ok(mut socket)) = (is_set, accepted) else {
        return eprintln!("null server: a client did not connect");
    };
    let slot = Arc::new(Slot::default());
    let all = |slots: &Slots, change: &dyn Fn(&mut Vec<Arc<Slot>>)| {
        change(&mut slots.lock().unwrap_or_else(PoisonError::into_inner));
    };
    all(&slots, &|slots| slots.push(slot.clone()));
    totals.connected.fetch_add(1, Ordering::Relaxed);
    let mut writes = false;
    poll_fn(|context| converse(&mut socket, &slot, &totals, &mut writes, context)).await;
    totals.connected.fetch_sub(1, Ordering::Relaxed);
    all(&slots, &|slots| {
        slots.retain(|other| !Arc::ptr_eq(other, &slot));
    });
}

/// Writes what there is to write, reads what has come; ready when the client is gone.
fn converse(
    socket: &mut WebSocketStream<TcpStream>,
    slot: &Slot,
    totals: &Totals,
    writes: &mut bool,
    context: &mut Context<'_>,
) -> Poll<()> {
    loop {
        if *writes {
            match Pin::new(&mut *socket).poll_flush(context) {
                Poll::Ready(Ok(())) => {
                    *writes = false;
                    totals.sent.fetch_add(1, Ordering::Relaxed);
                }
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                Poll::Pending => break,
            }
        }
        let Poll::Ready(frame) = slot.poll_take(context) else {
            break;
        };
        if Pin::new(&mut *socket)
            .start_send(Message::Binary(frame))
            .is_err()
        {
            return Poll::Ready(());
        }
        *writes = true;
    }
    while let Poll::Ready(message) = Pin::new(&mut *socket).poll_next(context) {
        match message {
            Some(Ok(Message::Binary(_))) => {
                totals.received.fetch_add(1, Ordering::Relaxed);
            }
            Some(Ok(_)) => {}
            Some(Err(_)) | None => return Poll::Ready(()),
        }
    }
    Poll::Pending
}

fn config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(2 * SERVER_MESSAGE_BYTES_MAX)
        .max_message_size(Some(CLIENT_MESSAGE_BYTES_MAX))
        .max_frame_size(Some(CLIENT_MESSAGE_BYTES_MAX))
}

/// Connects `clients` sockets that each send `bytes` `hz` times a second, at times of their own, and read everything.
///
/// # Errors
/// The system gives no sockets.
pub fn load(address: SocketAddr, clients: usize, bytes: usize, hz: f64) -> anyhow::Result<()> {
    allow_sockets(clients)?;
    let totals = Arc::new(Totals::default());
    let counted = totals.clone();
    answer(move |_| counted.counts());
    runtime()?.block_on(async move {
        let period = Duration::from_secs_f64(1.0 / hz);
        let (begin, frame) = (Instant::now() + period, Bytes::from(vec![7; bytes]));
        for number in 0..clients {
            let stream = TcpStream::connect(address).await?;
            stream.set_nodelay(true)?;
            let (socket, _) =
                client_async_with_config("ws://localhost/", stream, Some(config())).await?;
            let turns = interval_at(begin + offset(number, clients, period), period);
            totals.connected.fetch_add(1, Ordering::Relaxed);
            tokio::spawn(play(socket, turns, frame.clone(), totals.clone()));
        }
        std::future::pending().await
    })
}

async fn play(
    mut socket: WebSocketStream<TcpStream>,
    turns: Interval,
    frame: Bytes,
    totals: Arc<Totals>,
) {
    let mut turns = pin!(turns);
    let mut writes = false;
    poll_fn(|context| {
        loop {
            if writes {
                match Pin::new(&mut socket).poll_flush(context) {
                    Poll::Ready(Ok(())) => {
                        writes = false;
                        totals.sent.fetch_add(1, Ordering::Relaxed);
                    }
                    Poll::Ready(Err(_)) => return Poll::Ready(()),
                    Poll::Pending => break,
                }
            }
            if turns.poll_tick(context).is_pending() {
                break;
            }
            let message = Message::Binary(frame.clone());
            if Pin::new(&mut socket).start_send(message).is_err() {
                return Poll::Ready(());
            }
            writes = true;
        }
        while let Poll::Ready(message) = Pin::new(&mut socket).poll_next(context) {
            match message {
                Some(Ok(_)) => totals.received.fetch_add(1, Ordering::Relaxed),
                Some(Err(_)) | None => return Poll::Ready(()),
            };
        }
        Poll::Pending
    })
    .await;
    totals.connected.fetch_sub(1, Ordering::Relaxed);
}
