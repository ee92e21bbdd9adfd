//! From a bare socket to a place in a match, and what can be wrong with the bytes on the way.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use fracas_protocol::{
    ClientMessage, Hello, PROTOCOL_VERSION, PlayerId,
    message::{ClientMessageError, decode_client},
};
use futures_util::StreamExt;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{
    Error as WsError, Message, error::ProtocolError, protocol::frame::coding::CloseCode,
};

use super::{super::App, metered::TooMuch, session::Socket};
use crate::room::{Close, Link};

/// For the hello to arrive.
const HELLO_TIMEOUT: Duration = Duration::from_secs(5);

/// Waits for the hello and gets the client its place.
pub(super) async fn greet(socket: &mut Socket, app: &App) -> Result<(PlayerId, Arc<Link>), Close> {
    let hello = match timeout(HELLO_TIMEOUT, first_message(socket)).await {
        Ok(hello) => hello?,
        Err(_) => return Err(Close::NoHello),
    };
    let room = app
        .lobby
        .of_credential(&hello.credential)
        .ok_or(Close::BadTicket)?;
    let link = Arc::new(Link::default());
    let attached = room
        .attach(hello.credential, hello.wants, link.clone())
        .await;
    let player = attached.map_err(|_| Close::Overloaded)??;
    Ok((player, link))
}

async fn first_message(socket: &mut Socket) -> Result<Hello, Close> {
    loop {
        let message = socket.next().await.ok_or(Close::Lost)?;
        let Some(bytes) = payload(message)? else {
            continue;
        };
        return match decode(&bytes)? {
            ClientMessage::Hello(hello) => Ok(hello),
            _ => Err(Close::Malformed("the first message must be a hello".into())),
        };
    }
}

/// The bytes of a binary message; `None` for what concerns WebSocket only.
pub(super) fn payload(message: Result<Message, WsError>) -> Result<Option<Bytes>, Close> {
    match message.map_err(|error| lost(&error))? {
        Message::Binary(bytes) => Ok(Some(bytes)),
        Message::Text(_) => Err(Close::TextFrame),
        Message::Close(Some(frame)) if frame.code == CloseCode::Normal => Err(Close::Left),
        Message::Close(_) => Err(Close::Lost),
        Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => Ok(None),
    }
}

pub(super) fn decode(bytes: &[u8]) -> Result<ClientMessage, Close> {
    decode_client(bytes).map_err(|error| match error {
        ClientMessageError::UnsupportedVersion { .. } => Close::Version(format!(
            "protocol version not spoken; this server speaks {PROTOCOL_VERSION}"
        )),
        ClientMessageError::Malformed(why) => Close::Malformed(why.to_string()),
    })
}

pub(super) fn lost(error: &WsError) -> Close {
    match error {
        WsError::Capacity(_) => Close::TooLarge,
        WsError::Utf8(_) => Close::NotUtf8,
        WsError::Protocol(ProtocolError::ResetWithoutClosingHandshake) => Close::Lost,
        WsError::Protocol(why) => Close::NotWebSocket(why.to_string()),
        WsError::Io(why) if TooMuch::caused(why) => Close::TooMany,
        _ => Close::Lost,
    }
}
