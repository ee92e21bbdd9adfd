//! Sockets that are opened and left alone: WebSockets that never say hello.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use anyhow::bail;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::role::{allow_sockets, answer, runtime};

/// Handshakes at a time: quicker than one by one, and no storm.
const AT_ONCE: usize = 64;
const ANSWER_BYTES_MAX: usize = 1024;

/// How many are open.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub struct Opened {
    /// WebSockets whose handshake is done.
    pub opened: usize,
}

/// Opens `count` WebSockets, and keeps them.
///
/// # Errors
/// The server takes fewer.
pub fn hold(address: SocketAddr, count: usize) -> anyhow::Result<()> {
    allow_sockets(count)?;
    let opened = Arc::new(AtomicUsize::new(0));
    let counted = opened.clone();
    answer(move |_| Opened {
        opened: counted.load(Ordering::Relaxed),
    });
    runtime()?.block_on(async move {
        let opening = stream::iter(0..count).map(async |_| {
            let socket = upgrade(address).await?;
            opened.fetch_add(1, Ordering::Relaxed);
            anyhow::Ok(socket)
        });
        let _held: Vec<_> = opening.buffer_unordered(AT_ONCE).try_collect().await?;
        std::future::pending().await
    })
}

async fn upgrade(address: SocketAddr) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!(
        "GET /ws HTTP/1.1\r\nhost: {address}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut answer).await? == 0 || answer.len() > ANSWER_BYTES_MAX {
            bail!("no handshake: {:?}", String::from_utf8_lossy(&answer));
        }
    }
    if !answer.starts_with(b"HTTP/1.1 101 ") {
        bail!("no handshake: {:?}", String::from_utf8_lossy(&answer));
    }
    Ok(stream)
}
