//! One game socket, one task: reads, writes and measures. [`run`] is what it does, in order.
//!
//! The task owns the stream. Towards the match it has a [`Link`] and nothing else; it decodes (and thereby validates)
//! what comes in, answers protocol pings at once, and reports when a snapshot has left for the kernel.

use std::{
    future::{Future, poll_fn},
    io,
    pin::Pin,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
    time::{Duration, Instant},
};

use bytes::Bytes;
use fracas_protocol::{
    ClientMessage, Pong, ServerMessage, encode,
    wire::{CLIENT_MESSAGE_BYTES_MAX, SERVER_MESSAGE_BYTES_MAX},
};
use futures_util::{Sink, SinkExt, Stream};
use socket2::SockRef;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Interval, MissedTickBehavior, Sleep, interval_at, sleep, sleep_until, timeout},
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error as WsError, Message,
        protocol::{CloseFrame, Role, WebSocketConfig},
    },
};
use tracing::{Span, debug, info};

use super::{
    super::{App, accept::Peer},
    greeting::{decode, greet, lost, payload},
    metered::{Metered, Sent},
    pace::{Answer, Pace, STALL_MAX},
};
use crate::{
    rate::{Bucket, Rate},
    room::{Close, Frame, Link, Outgoing},
};

/// How often the round trip is measured at least.
const PING_EVERY: Duration = Duration::from_secs(2);
/// For the client to take the close and to close its side.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);
/// Keeps stale data out of the kernel: a stalled client's share is bounded by this, not by megabytes.
const SEND_BUFFER_BYTES: usize = 32 * 1024;
/// The socket counts as writable only below this much unsent data.
const NOT_SENT_LOW_WATER_BYTES: u32 = 4 * 1024;
const READ_BUFFER_BYTES: usize = 4 * 1024;
/// Collected before they go, so that a snapshot and the ping behind it are one write and one packet.
const WRITE_BUFFER_BYTES: usize = 2 * 1024;
/// Of a WebSocket frame of up to 64 KiB from a server.
const FRAME_HEAD_BYTES: usize = 4;

pub(super) type Socket = WebSocketStream<Metered>;

/// Speaks with one client until one of both has had enough, then says why.
pub(super) async fn run(stream: TcpStream, already_read: Vec<u8>, app: &Arc<App>, peer: Peer) {
    let opened = Instant::now();
    app.sockets.fetch_add(1, Ordering::Relaxed);
    if let Err(error) = app.socket_options.apply(&stream) {
        debug!(%error, "socket options");
    }
    let messages = message_rate(app.config.tick_hz);
    let mut socket = WebSocketStream::from_partially_read(
        Metered::new(stream, byte_rate(messages)),
        already_read,
        Role::Server,
        Some(websocket_config()),
    )
    .await;
    let why = match greet(&mut socket, app).await {
        Ok((player, link)) => {
            Span::current().record("player", player.0);
            let _line = Line(link.clone());
            let mut session = Session::new(socket, link.clone(), app, messages);
            let why = session.converse().await;
            link.hang_up(why.clone());
            socket = session.socket;
            why
        }
        Err(why) => why,
    };
    let open_for_ms = opened.elapsed().as_millis() as u64;
    info!(code = why.code(), reason = %why.reason(), open_for_ms, "socket closed");
    metrics::counter!("fracas_ws_closes_total", "code" => why.code().to_string()).increment(1);
    close(socket, &why).await;
    app.sockets.fetch_sub(1, Ordering::Relaxed);
    drop(peer);
}

/// Tells the match that the socket is gone, even if its task panics.
struct Line(Arc<Link>);

impl Drop for Line {
    fn drop(&mut self) {
        self.0.hang_up(Close::Lost);
    }
}

/// How a game socket is set up. Each of these only bounds what waits on the way to a slow client; without them it still
/// works. There for measuring what each is good for (`cargo bench --bench slow_client`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SocketOptions {
    /// `TCP_NODELAY`: what is sent goes at once.
    pub no_delay: bool,
    /// `SO_SNDBUF` in bytes: all that the kernel holds.
    pub send_buffer_bytes: Option<usize>,
    /// `TCP_NOTSENT_LOWAT` in bytes: writable only while less than this waits to be sent. Linux only.
    pub not_sent_low_water_bytes: Option<u32>,
    /// Snapshots wait for answers to pings while the line is full.
    pub is_paced: bool,
}

impl Default for SocketOptions {
    fn default() -> Self {
        Self {
            no_delay: true,
            send_buffer_bytes: Some(SEND_BUFFER_BYTES),
            not_sent_low_water_bytes: Some(NOT_SENT_LOW_WATER_BYTES),
            is_paced: true,
        }
    }
}

impl SocketOptions {
    fn apply(&self, stream: &TcpStream) -> io::Result<()> {
        let socket = SockRef::from(stream);
        socket.set_tcp_nodelay(self.no_delay)?;
        if let Some(bytes) = self.send_buffer_bytes {
            socket.set_send_buffer_size(bytes)?;
        }
        #[cfg(target_os = "linux")]
        if let Some(bytes) = self.not_sent_low_water_bytes {
            socket.set_tcp_notsent_lowat(bytes)?;
        }
        Ok(())
    }
}

fn websocket_config() -> WebSocketConfig {
    WebSocketConfig::default()
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(WRITE_BUFFER_BYTES)
        .max_write_buffer_size(2 * SERVER_MESSAGE_BYTES_MAX)
        .max_message_size(Some(CLIENT_MESSAGE_BYTES_MAX))
        .max_frame_size(Some(CLIENT_MESSAGE_BYTES_MAX))
}

/// A socket whose player sits in a match.
struct Session {
    socket: Socket,
    link: Arc<Link>,
    /// What is being written, if something is.
    writing: Option<Writing>,
    heartbeat: Interval,
    pace: Pace,
    is_paced: bool,
    /// A snapshot has left, but the line is full: the match hears of it when there is room again. The alarm is for when
    /// there never is.
    held: Option<Held>,
    messages: Rate,
    budget: Bucket,
    bytes_in: Tally,
    bytes_out: Tally,
}

struct Held {
    alarm: Pin<Box<Sleep>>,
    why: Close,
}

#[derive(Default)]
struct Writing {
    is_snapshot: bool,
    /// Runs once the kernel takes no more.
    stall: Option<Pin<Box<Sleep>>>,
}

/// What is to be added to a counter that all sockets share: a processor at a time writes to it, so not for every message.
struct Tally {
    counter: metrics::Counter,
    unsettled: u64,
}

impl Tally {
    fn of(counter: metrics::Counter) -> Self {
        Self {
            counter,
            unsettled: 0,
        }
    }

    fn add(&mut self, bytes: usize) {
        self.unsettled += bytes as u64;
    }

    fn settle(&mut self) {
        self.counter.increment(std::mem::take(&mut self.unsettled));
    }
}

impl Drop for Tally {
    fn drop(&mut self) {
        self.settle();
    }
}

/// What wakes the task.
enum Wake {
    Received(Option<Result<Message, WsError>>),
    Close(Close),
    Heartbeat,
}

impl Session {
    fn new(socket: Socket, link: Arc<Link>, app: &App, messages: Rate) -> Self {
        let mut heartbeat = interval_at(tokio::time::Instant::now() + PING_EVERY, PING_EVERY);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            socket,
            link,
            writing: None,
            heartbeat,
            pace: Pace::new(Instant::now()),
            is_paced: app.socket_options.is_paced,
            held: None,
            messages,
            budget: Bucket::new(messages, Instant::now()),
            bytes_in: Tally::of(metrics::counter!("fracas_ws_bytes_total", "direction" => "in")),
            bytes_out: Tally::of(metrics::counter!("fracas_ws_bytes_total", "direction" => "out")),
        }
    }

    /// Reads and writes until there is a reason to close.
    async fn converse(&mut self) -> Close {
        // Before the welcome, so that the first answer shows how quick the line is with nothing on it.
        if let Err(why) = self.start_ping(Instant::now()) {
            return why;
        }
        loop {
            let handled = match poll_fn(|context| self.poll_wake(context)).await {
                Wake::Received(Some(message)) => self.receive(message),
                Wake::Received(None) => Err(Close::Lost),
                Wake::Close(why) => Err(why),
                Wake::Heartbeat => self.beat(Instant::now()),
            };
            if let Err(why) = handled {
                return why;
            }
        }
    }

    /// Writes what can be written, then waits for the next thing that needs thought.
    fn poll_wake(&mut self, context: &mut Context<'_>) -> Poll<Wake> {
        if let Poll::Ready(why) = self.poll_write(context) {
            return Poll::Ready(Wake::Close(why));
        }
        if let Poll::Ready(message) = Pin::new(&mut self.socket).poll_next(context) {
            return Poll::Ready(Wake::Received(message));
        }
        if let Some(Held { alarm, why }) = &mut self.held
            && alarm.as_mut().poll(context).is_ready()
        {
            return Poll::Ready(Wake::Close(why.clone()));
        }
        self.heartbeat.poll_tick(context).map(|_| Wake::Heartbeat)
    }

    /// Moves frames from the link into the kernel, one at a time; ready only when it is time to close.
    fn poll_write(&mut self, context: &mut Context<'_>) -> Poll<Close> {
        loop {
            if let Some(writing) = &mut self.writing {
                let is_snapshot = writing.is_snapshot;
                match Pin::new(&mut self.socket).poll_flush(context) {
                    Poll::Ready(Ok(())) => self.writing = None,
                    Poll::Ready(Err(error)) => return Poll::Ready(lost(&error)),
                    Poll::Pending => return self.poll_stalled(context),
                }
                if is_snapshot {
                    if let Err(why) = self.snapshot_left(Instant::now()) {
                        return Poll::Ready(why);
                    }
                    // It may have asked for an answer, which is to leave as well.
                    continue;
                }
            }
            match self.link.poll_outgoing(context) {
                Poll::Ready(Outgoing::Frame(Frame { bytes, is_snapshot })) => {
                    if let Err(why) = self.start_frame(bytes, is_snapshot) {
                        return Poll::Ready(why);
                    }
                }
                Poll::Ready(Outgoing::Close(why)) => return Poll::Ready(why),
                Poll::Pending => return Poll::Pending,
            }
        }
    }

    fn poll_stalled(&mut self, context: &mut Context<'_>) -> Poll<Close> {
        // What the match wants to say can't be said; that it wants to end can be done.
        if let Some(why) = self.link.wanted_close(context) {
            return Poll::Ready(why);
        }
        let Some(writing) = &mut self.writing else {
            return Poll::Pending;
        };
        let stall = writing
            .stall
            .get_or_insert_with(|| Box::pin(sleep(STALL_MAX)));
        stall.as_mut().poll(context).map(|()| Close::TooSlow)
    }

    fn start_frame(&mut self, bytes: Bytes, is_snapshot: bool) -> Result<(), Close> {
        self.pace
            .note_sent(bytes.len() + FRAME_HEAD_BYTES, is_snapshot);
        let now = Instant::now();
        let asks = is_snapshot && self.pace.wants_to_ask(now);
        let sent = if asks || self.writing.is_some() {
            Sent::Not
        } else {
            self.try_send(&bytes)?
        };
        match sent {
            Sent::Whole if is_snapshot => return self.snapshot_left(now),
            Sent::Whole => return Ok(()),
            Sent::Begun => {}
            Sent::Not => self.start_send(bytes)?,
        }
        if asks {
            self.start_ping(now)?;
        }
        // Pings and pongs are on their way with whatever is written already.
        let writing = self.writing.get_or_insert_default();
        writing.is_snapshot |= is_snapshot;
        Ok(())
    }

    /// Tells the match that there may be another snapshot, or keeps it waiting while the line is full.
    fn snapshot_left(&mut self, now: Instant) -> Result<(), Close> {
        if !self.is_paced || self.pace.has_room(now) {
            self.held = None;
            self.link.snapshot_left();
            return Ok(());
        }
        if self.pace.wants_to_ask_while_held() {
            self.start_ping(now)?;
        }
        let (until, why) = self
            .pace
            .gives_up()
            .unwrap_or((now + STALL_MAX, Close::TooSlow));
        let alarm = Box::pin(sleep_until(until.into()));
        self.held = Some(Held { alarm, why });
        Ok(())
    }

    /// Sends past the WebSocket machinery, if that has nothing of its own to write.
    fn try_send(&mut self, bytes: &Bytes) -> Result<Sent, Close> {
        let sent = self.socket.get_mut().try_send(bytes);
        let sent = sent.map_err(|error| lost(&error.into()))?;
        if sent != Sent::Not {
            self.bytes_out.add(bytes.len());
        }
        Ok(sent)
    }

    fn start_send(&mut self, bytes: Bytes) -> Result<(), Close> {
        self.bytes_out.add(bytes.len());
        let sent = Pin::new(&mut self.socket).start_send(Message::Binary(bytes));
        sent.map_err(|error| lost(&error))
    }

    fn start_ping(&mut self, now: Instant) -> Result<(), Close> {
        let payload = self.pace.ask(now);
        // Often enough.
        self.bytes_in.settle();
        self.bytes_out.settle();
        let sent = Pin::new(&mut self.socket).start_send(Message::Ping(payload));
        self.writing.get_or_insert_default();
        sent.map_err(|error| lost(&error))
    }

    fn receive(&mut self, message: Result<Message, WsError>) -> Result<(), Close> {
        let now = Instant::now();
        if let Ok(Message::Pong(payload)) = &message
            && let Some(Answer { ping_ms, is_first }) = self.pace.answered(payload, now)
        {
            self.link.set_ping_ms(ping_ms);
            if !is_first {
                self.link.set_welcomed();
            }
            // Asked for, so it counts against nobody's budget.
            return match self.held {
                Some(_) => self.snapshot_left(now),
                None => Ok(()),
            };
        }
        if !self.budget.take(1.0, self.messages, now) {
            return Err(Close::TooMany);
        }
        let Some(bytes) = payload(message)? else {
            return Ok(());
        };
        self.bytes_in.add(bytes.len());
        match decode(&bytes)? {
            ClientMessage::Inputs(batch) => self.link.push_inputs(batch),
            ClientMessage::Ping(ping) => self.answer(ping.nonce)?,
            ClientMessage::Vote(choice) => self.link.set_vote(choice),
            ClientMessage::Chat(say) => self.link.push_say(say),
            ClientMessage::Hello(_) => return Err(Close::Malformed("a second hello".into())),
        }
        Ok(())
    }

    /// Answers at once, before whatever the match says next. Behind a stalled write it waits like everything else.
    fn answer(&mut self, nonce: u32) -> Result<(), Close> {
        let pong = encode(&ServerMessage::Pong(Pong { nonce }));
        self.start_frame(pong.into(), false)
    }

    fn beat(&mut self, now: Instant) -> Result<(), Close> {
        if self.pace.is_mute(now) {
            return Err(Close::NoPong);
        }
        self.start_ping(now)
    }
}

/// An input for every tick and as much again, for pings and for clocks that run fast. A client that comes back after a
/// stall sends what it had queued in one go: six seconds' worth is no flood.
fn message_rate(tick_hz: u8) -> Rate {
    let per_second = 2.0 * f64::from(tick_hz);
    Rate {
        per_second,
        burst: 6.0 * per_second,
    }
}

/// Few messages are longer than a quarter of this.
const BYTES_PER_MESSAGE: f64 = 128.0;

fn byte_rate(messages: Rate) -> Rate {
    Rate {
        per_second: messages.per_second * BYTES_PER_MESSAGE,
        // A message of the largest size is read at any tick rate, and refused for what is in it.
        burst: (messages.burst * BYTES_PER_MESSAGE).max(2.0 * CLIENT_MESSAGE_BYTES_MAX as f64),
    }
}

/// Says why, and waits a moment for the client to hear it: closing with unread data in the buffer would make the
/// kernel throw the close frame away.
async fn close(mut socket: Socket, why: &Close) {
    let _ = timeout(CLOSE_TIMEOUT, async {
        if matches!(why, Close::Left | Close::Lost) {
            return socket.flush().await.ok();
        }
        let frame = CloseFrame {
            code: why.code().into(),
            reason: shortened(&why.reason()).into(),
        };
        socket.close(Some(frame)).await.ok()?;
        let stream = socket.get_mut().get_mut();
        stream.shutdown().await.ok()?;
        let mut ignored = [0; 4096];
        while stream.read(&mut ignored).await.ok()? > 0 {}
        Some(())
    })
    .await;
}

/// A close frame holds 123 bytes of reason.
fn shortened(reason: &str) -> &str {
    &reason[..reason.floor_char_boundary(123)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_fit_a_close_frame() {
        assert_eq!(shortened(&"é".repeat(100)).len(), 122);
    }
}
