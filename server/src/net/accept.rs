//! The accept loop: every connection is HTTP/1.1 by hyper, with a time limit on its headers and a place in the count.
//!
//! `axum::serve` has no header timeout, so that silent and dribbling connections would stay open; hence this loop.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use socket2::SockRef;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
};
use tower_service::Service;
use tracing::{debug, warn};

use super::limits::{Connections, Permit};

/// From the first byte (or from idleness) to the end of the headers.
const HEADERS_TIMEOUT: Duration = Duration::from_secs(5);
const BUFFER_BYTES: usize = 16 * 1024;
const HEADERS_MAX: usize = 64;
/// Sent data that the other side doesn't take for this long ends the connection; the kernel keeps the time.
const UNTAKEN_MAX: Duration = Duration::from_secs(30);
/// After an accept that failed because the process has no descriptor left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Who is at the other end. An extension of every request.
#[derive(Debug, Clone)]
pub struct Peer {
    /// The address of the other end of the TCP connection.
    pub address: SocketAddr,
    /// The connection's place in the count.
    pub permit: Arc<Permit>,
}

/// Accepts until `stop` turns true; then lets open requests finish. Open connections outlive this call.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    connections: Arc<Connections>,
    mut stop: watch::Receiver<bool>,
) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = told_to(&mut stop) => return,
        };
        match accepted {
            Ok((stream, address)) => admit(stream, address, &router, &connections, &stop),
            Err(error) => {
                warn!(%error, "accept failed");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

fn admit(
    stream: TcpStream,
    address: SocketAddr,
    router: &Router,
    connections: &Arc<Connections>,
    stop: &watch::Receiver<bool>,
) {
    match connections.admit(address.ip()) {
        Ok(permit) => {
            let peer = Peer {
                address,
                permit: Arc::new(permit),
            };
            tokio::spawn(converse(stream, peer, router.clone(), stop.clone()));
        }
        Err(refusal) => {
            metrics::counter!("fracas_connections_refused_total", "limit" => refusal.as_str())
                .increment(1);
            debug!(%address, limit = refusal.as_str(), "connection refused");
            refuse(&stream);
        }
    }
}

/// Says why, as far as the socket takes it at once.
fn refuse(stream: &TcpStream) {
    let answer = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 5\r\nconnection: close\r\n\r\n";
    let _ = stream.try_write(answer);
}

async fn converse(stream: TcpStream, peer: Peer, router: Router, mut stop: watch::Receiver<bool>) {
    let address = peer.address;
    if let Err(error) = configure(&stream) {
        debug!(%address, %error, "socket options");
    }
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer.clone());
        router.clone().call(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_TIMEOUT)
        .max_buf_size(BUFFER_BYTES)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told_to(&mut stop) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        debug!(%address, %error, "connection ended");
    }
}

/// Waits until `stop` turns true. Nobody left to turn it means the same.
async fn told_to(stop: &mut watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

fn configure(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    #[cfg(target_os = "linux")]
    SockRef::from(stream).set_tcp_user_timeout(Some(UNTAKEN_MAX))?;
    Ok(())
}
