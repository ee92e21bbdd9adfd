//! A TCP stream that reads no more than a player needs. WebSocket lets a peer send frames that add up to no message for
//! as long as it likes; the task that reads a socket would never see one, and never rest.

use std::{
    error::Error,
    fmt, io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Instant,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::super::limits::{Bucket, Rate};

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

/// A stream and what may still be read from it.
#[derive(Debug)]
pub(super) struct Metered {
    stream: TcpStream,
    rate: Rate,
    bucket: Bucket,
}

impl Metered {
    /// Reads at most `rate` bytes.
    pub(super) fn new(stream: TcpStream, rate: Rate) -> Self {
        Self {
            stream,
            rate,
            bucket: Bucket::new(rate, Instant::now()),
        }
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
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
