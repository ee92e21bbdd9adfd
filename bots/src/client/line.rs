//! The WebSocket, and a worse line than there is: messages wait in two queues for as long as `--lag` says.

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Bytes, Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::http::{self, HttpError, UrlError};
use crate::brain::Random;

/// For the upgrade.
const UPGRADE_TIMEOUT: Duration = Duration::from_secs(10);
/// For the server to answer our close.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(500);
/// A snapshot has a few hundred bytes. The default of 128 KiB each way would be most of what a bot costs in memory.
const BUFFER_BYTES: usize = 4 * 1024;
/// A welcome carries a map; the largest one has 512 x 512 tiles.
const MESSAGE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// How much worse a line is made than it is. All zero: not at all.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lag {
    /// Added to every message, in each direction.
    pub delay: Duration,
    /// More or less than that, evenly spread.
    pub jitter: Duration,
    /// The share of messages that a packet loss holds up; on TCP everything behind them waits, too.
    pub stall: f32,
}

/// How long a lost packet takes to be sent again: Linux's shortest retransmission timeout.
const STALL: Duration = Duration::from_millis(200);

/// Why there is no line.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Where to?
    #[error(transparent)]
    Url(#[from] UrlError),
    /// Nobody there.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// It doesn't become a WebSocket.
    #[error("{url} does not become a WebSocket: {why}")]
    Upgrade {
        /// Where.
        url: String,
        /// What went wrong.
        why: String,
    },
}

/// What arrives.
#[derive(Debug)]
pub(crate) enum Incoming {
    Message(Bytes),
    /// Pings and the like, which were dealt with.
    Nothing,
    Closed {
        code: u16,
        reason: String,
    },
    Lost(String),
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Line {
    socket: WebSocketStream<TcpStream>,
    pub(crate) inbound: Queue<Bytes>,
    pub(crate) outbound: Queue<Vec<u8>>,
}

impl Line {
    pub(crate) async fn connect(ws_url: &str, lag: Lag, seed: u64) -> Result<Line, ConnectError> {
        let stream = http::of_socket(ws_url)?.connect().await?;
        let config = WebSocketConfig::default()
            .read_buffer_size(BUFFER_BYTES)
            .write_buffer_size(0)
            .max_message_size(Some(MESSAGE_BYTES_MAX))
            .max_frame_size(Some(MESSAGE_BYTES_MAX));
        let upgrade = timeout(
            UPGRADE_TIMEOUT,
            client_async_with_config(ws_url, stream, Some(config)),
        )
        .await;
        let failed = |why: String| ConnectError::Upgrade {
            url: ws_url.to_owned(),
            why,
        };
        let (socket, _) = upgrade
            .map_err(|_| failed(format!("no answer within {} s", UPGRADE_TIMEOUT.as_secs())))?
            .map_err(|error| failed(explain(&error)))?;
        Ok(Line {
            socket,
            inbound: Queue::new(lag, seed),
            outbound: Queue::new(lag, !seed),
        })
    }

    /// The next message. Can be dropped at any time without losing one.
    pub(crate) async fn receive(&mut self) -> Incoming {
        match self.socket.next().await {
            Some(Ok(Message::Binary(bytes))) => Incoming::Message(bytes),
            Some(Ok(Message::Close(Some(frame)))) => Incoming::Closed {
                code: frame.code.into(),
                reason: frame.reason.to_string(),
            },
            Some(Ok(Message::Close(None))) => Incoming::Closed {
                code: 1005,
                reason: String::new(),
            },
            Some(Ok(Message::Text(_))) => Incoming::Lost("the server sent a text frame".to_owned()),
            Some(Ok(_)) => Incoming::Nothing,
            Some(Err(error)) => Incoming::Lost(error.to_string()),
            None => Incoming::Lost("the connection ended without a close frame".to_owned()),
        }
    }

    /// Sends what is due.
    pub(crate) async fn send_due(&mut self, now: Instant) -> Result<(), Error> {
        while let Some(bytes) = self.outbound.pop_due(now) {
            self.socket.send(Message::Binary(bytes.into())).await?;
        }
        Ok(())
    }

    /// When the queues have something due.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        [self.inbound.next_due(), self.outbound.next_due()]
            .into_iter()
            .flatten()
            .min()
    }

    pub(crate) async fn close(mut self, code: u16, reason: &str) {
        let frame = CloseFrame {
            code: CloseCode::from(code),
            reason: reason.to_owned().into(),
        };
        let goodbye = async {
            if self.socket.close(Some(frame)).await.is_ok() {
                while let Some(Ok(_)) = self.socket.next().await {}
            }
        };
        // The server may be gone already; that is no reason to wait for it.
        let _ = timeout(CLOSE_TIMEOUT, goodbye).await;
    }
}

/// Says what a refused upgrade said.
fn explain(error: &Error) -> String {
    match error {
        Error::Http(response) => format!("the server answered with HTTP {}", response.status()),
        other => other.to_string(),
    }
}

/// Messages that wait for their time, in order.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    waiting: VecDeque<(Instant, T)>,
    lag: Lag,
    random: Random,
    newest: Option<Instant>,
}

impl<T> Queue<T> {
    fn new(lag: Lag, seed: u64) -> Self {
        Queue {
            waiting: VecDeque::new(),
            lag,
            random: Random::new(seed),
            newest: None,
        }
    }

    pub(crate) fn push(&mut self, now: Instant, message: T) {
        let due = if self.lag == Lag::default() {
            now
        } else {
            self.due(now)
        };
        self.waiting.push_back((due, message));
    }

    pub(crate) fn pop_due(&mut self, now: Instant) -> Option<T> {
        if self.next_due()? > now {
            return None;
        }
        self.waiting.pop_front().map(|(_, message)| message)
    }

    fn next_due(&self) -> Option<Instant> {
        self.waiting.front().map(|(due, _)| *due)
    }

    /// Never before the message in front of it: this is what TCP does to a late packet's successors.
    fn due(&mut self, now: Instant) -> Instant {
        let jitter = self.lag.jitter.mul_f32(self.random.unit() * 2.0);
        let mut due = now + (self.lag.delay + jitter).saturating_sub(self.lag.jitter);
        if self.random.chance(self.lag.stall) {
            due += STALL;
        }
        let due = due.max(self.newest.unwrap_or(due));
        self.newest = Some(due);
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_good_line_adds_nothing_and_keeps_the_order() {
        let now = Instant::now();
        let mut queue = Queue::new(Lag::default(), 1);
        queue.push(now, 'a');
        queue.push(now, 'b');
        assert_eq!(
            (queue.pop_due(now), queue.pop_due(now), queue.pop_due(now)),
            (Some('a'), Some('b'), None)
        );
    }

    #[test]
    fn a_bad_line_delays_stalls_and_keeps_the_order() {
        let start = Instant::now();
        let ms = Duration::from_millis;
        let mut queue = Queue::new(
            Lag {
                delay: ms(50),
                jitter: ms(10),
                stall: 0.1,
            },
            3,
        );
        for number in 0..1000_u32 {
            queue.push(start + ms(10) * number, number);
        }
        let dues: Vec<_> = queue.waiting.iter().map(|(due, _)| *due).collect();
        assert!(dues.is_sorted());
        let late: Vec<_> = (0..)
            .zip(&dues)
            .map(|(at, due)| *due - (start + ms(10) * at))
            .collect();
        assert!(late.iter().all(|late| *late >= ms(40)));
        assert!(late.iter().any(|late| *late > ms(200)), "nothing stalled");
        assert_eq!(queue.pop_due(start + ms(39)), None);
    }
}
