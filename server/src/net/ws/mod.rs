//! `GET /ws`: from an HTTP request to a bare TCP stream that speaks WebSocket.
//!
//! The upgrade is made by hand and the stream handed to tokio-tungstenite without hyper in between: real close codes,
//! small buffers (an idle socket has 4 KiB to read into, and 6 KiB of state), no flush per message.
//!
//! | file | what it is |
//! |---|---|
//! | this | the handshake: who may open a socket |
//! | `greeting` | from the first bytes to a place in a match |
//! | `session` | a socket whose player sits in a match: reads, writes, closes |
//! | `metered` | how much a client may send, in bytes |
//! | `pace` | how much may be on its way to a client |

mod greeting;
mod metered;
mod pace;
mod session;

pub use self::session::SocketOptions;

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Version, header},
    response::{IntoResponse, Response},
};
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tracing::{Instrument, debug, info_span};

use super::{App, accept::Peer, problem::Problem};

/// `GET /ws`
pub(super) async fn upgrade(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    mut request: Request,
) -> Result<Response, Problem> {
    let key = check_handshake(&request)?;
    check_origin(request.headers(), &app.config.allowed_origins)?;
    let upgraded = hyper::upgrade::on(&mut request);
    let span = info_span!("ws", peer = %peer.address, player = tracing::field::Empty);
    let task = async move {
        let stream = match upgraded.await.map(Upgraded::downcast::<TokioIo<TcpStream>>) {
            // A copy of what is in it: the buffer itself is the HTTP server's, 8 KiB, and lives as long as anybody has it.
            Ok(Ok(parts)) => (parts.io.into_inner(), parts.read_buf.to_vec()),
            Ok(Err(_)) => return debug!("the upgraded connection is no TCP stream"),
            Err(error) => return debug!(%error, "upgrade failed"),
        };
        session::run(stream.0, stream.1, &app, peer).await;
    };
    tokio::spawn(task.instrument(span));
    let headers = [
        (header::CONNECTION, HeaderValue::from_static("Upgrade")),
        (header::UPGRADE, HeaderValue::from_static("websocket")),
        (header::SEC_WEBSOCKET_ACCEPT, key),
    ];
    Ok((StatusCode::SWITCHING_PROTOCOLS, headers).into_response())
}

/// RFC 6455, section 4.2.1. Returns the accept key.
fn check_handshake(request: &Request) -> Result<HeaderValue, Problem> {
    let headers = request.headers();
    let is_websocket = request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && has_token(headers, header::CONNECTION, "upgrade")
        && has_token(headers, header::UPGRADE, "websocket");
    if !is_websocket {
        return Err(not_a_handshake("this path speaks WebSocket only"));
    }
    if headers
        .get(header::SEC_WEBSOCKET_VERSION)
        .is_none_or(|version| version != "13")
    {
        return Err(not_a_handshake("Sec-WebSocket-Version must be 13"));
    }
    let key = headers
        .get(header::SEC_WEBSOCKET_KEY)
        .map(HeaderValue::as_bytes)
        .unwrap_or_default();
    // 16 bytes in base64.
    if key.len() != 24 || !key.ends_with(b"==") {
        return Err(Problem::bad_request(
            "Sec-WebSocket-Key must be 16 bytes in base64",
        ));
    }
    HeaderValue::from_str(&derive_accept_key(key))
        .map_err(|_| Problem::bad_request("Sec-WebSocket-Key"))
}

fn not_a_handshake(detail: &str) -> Problem {
    Problem::new(StatusCode::UPGRADE_REQUIRED, "websocket-only", detail)
}

/// A page of another site must not play in a visitor's name. Programs send no Origin and are welcome.
fn check_origin(headers: &HeaderMap, allowed: &[String]) -> Result<(), Problem> {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let origin = origin.to_str().unwrap_or_default();
    let host = headers
        .get(header::HOST)
        .and_then(|host| host.to_str().ok())
        .unwrap_or_default();
    let is_ours = origin
        .split_once("://")
        .is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host));
    if is_ours
        || allowed
            .iter()
            .any(|known| known.eq_ignore_ascii_case(origin))
    {
        return Ok(());
    }
    let detail = "pages of this origin may not open the game socket; see allowed_origins";
    Err(Problem::new(StatusCode::FORBIDDEN, "origin", detail))
}

fn has_token(headers: &HeaderMap, name: header::HeaderName, token: &str) -> bool {
    let values = headers
        .get_all(name)
        .into_iter()
        .filter_map(|value| value.to_str().ok());
    values
        .flat_map(|value| value.split(','))
        .any(|part| part.trim().eq_ignore_ascii_case(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(origin: Option<&str>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static("game.example:8080"));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
        }
        headers
    }

    #[test]
    fn only_own_and_allowed_origins_may_open_the_socket() {
        let allowed = ["https://friend.example".to_owned()];
        for origin in [
            None,
            Some("http://game.example:8080"),
            Some("https://friend.example"),
        ] {
            assert!(
                check_origin(&headers(origin), &allowed).is_ok(),
                "{origin:?}"
            );
        }
        for origin in [
            "http://game.example",
            "https://evil.example",
            "null",
            "http://game.example:8080.evil.example",
        ] {
            assert!(
                check_origin(&headers(Some(origin)), &allowed).is_err(),
                "{origin}"
            );
        }
    }
}
