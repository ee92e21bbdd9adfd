//! A TCP stream that reads no more than a player needs, and takes whole frames past the WebSocket machinery.
//!
//! WebSocket lets a peer send frames that add up to no message for as long as it likes; the task that reads a socket would
//! never see one, and never rest. And nearly everything a server says is a short binary message whose frame is two bytes
//! more: [`Metered::try_send`] writes both with one system call, wherever no other frame is half written.

use std::{
    error::Error,
    fmt, io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Instant,
};

use bytes::{Buf, Bytes};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use crate::rate::{Bucket, Rate};

/// More came than was allowed; the error of every read from then on.
#[derive(Debug, Clone, Copy)]
pub(super) struct TooMuch;

impl fmt::Display for TooMuch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("more bytes than any player sends")
    }
}

impl Error for TooMuch {}

impl TooMuch {
    /// Whether this is why reading failed.
    pub(super) fn caused(error: &io::Error) -> bool {
        let inner = error.get_ref();
        inner
            .and_then(|inner| inner.downcast_ref::<TooMuch>())
            .is_some()
    }
}

/// A final frame of binary data, RFC 6455, section 5.2.
const BINARY: u8 = 0x82;
/// To copy a frame of up to so many bytes takes less time than to write it from two places.
const COPIED_MAX: usize = 256;
/// Longer messages have a longer head.
const SHORT_MAX: usize = 125;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// The kernel has it.
    Whole,
    /// The kernel has a part; [`AsyncWrite::poll_flush`] tells when it has the rest.
    Begun,
    /// Nothing: there is something else to be written first, or no room, or it is too long.
    Not,
}

/// A stream and what may still be read from it.
#[derive(Debug)]
pub(super) struct Metered {
    stream: TcpStream,
    rate: Rate,
    bucket: Bucket,
    /// What the kernel didn't take of a frame. Goes before anything else.
    rest: Bytes,
    /// The WebSocket machinery may hold a part of a frame.
    is_torn: bool,
}

impl Metered {
    /// Reads at most `rate` bytes.
    pub(super) fn new(stream: TcpStream, rate: Rate) -> Self {
        Self {
            stream,
            rate,
            bucket: Bucket::new(rate, Instant::now()),
            rest: Bytes::new(),
            is_torn: false,
        }
    }

    /// Sends a binary message at once, as a server does, unmasked. What the kernel does not take goes before anything else
    /// that is written.
    pub(super) fn try_send(&mut self, message: &Bytes) -> io::Result<Sent> {
        if self.is_torn || self.rest.has_remaining() {
            return Ok(Sent::Not);
        }
        let length = message.len();
        let [high, low] = (length as u16).to_be_bytes();
        let head: &[u8] = if length <= SHORT_MAX {
            &[BINARY, low]
        } else if length <= usize::from(u16::MAX) {
            &[BINARY, 126, high, low]
        } else {
            return Ok(Sent::Not);
        };
        let (mut frame, whole) = ([0; COPIED_MAX], head.len() + length);
        let written = match frame.get_mut(..whole) {
            Some(frame) => {
                let (to_head, to_message) = frame.split_at_mut(head.len());
                to_head.copy_from_slice(head);
                to_message.copy_from_slice(message);
                self.stream.try_write(frame)
            }
            None => {
                let both = [io::IoSlice::new(head), io::IoSlice::new(message)];
                self.stream.try_write_vectored(&both)
            }
        };
        let written = match written {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(Sent::Not),
            written => written?,
        };
        if written < head.len() {
            let both = [&head[written..], message].concat();
            self.rest = both.into();
        } else if written < whole {
            self.rest = message.slice(written - head.len()..);
        } else {
            return Ok(Sent::Whole);
        }
        Ok(Sent::Begun)
    }

    /// Writes what was left of a frame.
    fn poll_rest(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        while self.rest.has_remaining() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.rest))?;
            self.rest.advance(written);
        }
        Poll::Ready(Ok(()))
    }

    /// The stream itself, for whoever needs no meter any more.
    pub(super) fn get_mut(&mut self) -> &mut TcpStream {
        &mut self.stream
    }
}

impl AsyncRead for Metered {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        let read = buffer.filled().len() - before;
        let rate = self.rate;
        if !self.bucket.take(read as f64, rate, Instant::now()) {
            return Poll::Ready(Err(io::Error::other(TooMuch)));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Metered {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.is_torn = true;
        ready!(self.poll_rest(context))?;
        let written = ready!(Pin::new(&mut self.stream).poll_write(context, bytes))?;
        // It offers all it has.
        self.is_torn = written < bytes.len();
        Poll::Ready(Ok(written))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_rest(context))?;
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use socket2::SockRef;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
        time::timeout,
    };
    use tokio_tungstenite::{
        WebSocketStream,
        tungstenite::{Message, protocol::Role},
    };

    use super::*;

    async fn pair() -> (Metered, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let far = TcpStream::connect(listener.local_addr().unwrap());
        let (near, far) = tokio::join!(listener.accept(), far);
        let (near, far) = (near.unwrap().0, far.unwrap());
        SockRef::from(&near).set_send_buffer_size(4_096).unwrap();
        let rate = Rate {
            per_second: 1e6,
            burst: 1e6,
        };
        (Metered::new(near, rate), far)
    }

    #[tokio::test]
    async fn messages_sent_past_the_machinery_are_frames_whatever_their_length() {
        let (mut near, far) = pair().await;
        let mut far = WebSocketStream::from_raw_socket(far, Role::Client, None).await;
        for length in [0, 1, 125, 126, 127, 1_000] {
            let message = Bytes::from(vec![7; length]);
            assert_eq!(near.try_send(&message).unwrap(), Sent::Whole);
            let read = futures_util::StreamExt::next(&mut far).await;
            assert_eq!(read.unwrap().unwrap(), Message::Binary(message));
        }
        assert_eq!(near.try_send(&vec![0; 65_536].into()).unwrap(), Sent::Not);
    }

    /// The far end reads nothing until the kernel takes no more in the middle of a frame; not a byte is lost or misplaced.
    #[tokio::test]
    async fn what_the_kernel_does_not_take_goes_before_anything_else() {
        let (mut near, mut far) = pair().await;
        let message = Bytes::from((0..60_000).map(|n| (n % 251) as u8).collect::<Vec<_>>());
        let mut whole = 0;
        while near.try_send(&message).unwrap() == Sent::Whole {
            whole += 1;
        }
        assert_eq!(near.try_send(&message).unwrap(), Sent::Not, "one at a time");
        let write = async {
            near.write_all(b"behind it").await.unwrap();
            near.flush().await.unwrap();
            near.shutdown().await.unwrap();
        };
        let mut read = Vec::new();
        let all = async { tokio::join!(write, far.read_to_end(&mut read)).1 };
        timeout(Duration::from_secs(20), all)
            .await
            .unwrap()
            .unwrap();
        // Either the last one was begun, or there was no room for any of it.
        let frame = [&[BINARY, 126, 0xea, 0x60][..], &message].concat();
        let begun = (read.len() - b"behind it".len()) / frame.len();
        assert!((whole..=whole + 1).contains(&begun));
        let expected = [&frame.repeat(begun)[..], b"behind it"].concat();
        assert!(read == expected);
    }
}
