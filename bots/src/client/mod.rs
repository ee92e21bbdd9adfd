//! A client without a picture: asks for a place, connects, and lets a brain play.
//!
//! | module | what it holds |
//! |---|---|
//! | `http`, `join` | asking a server for a place |
//! | `line` | the WebSocket, made worse on demand |
//! | `drive` | one connection from hello to close |
//! | `shelf` | the map and the numbers, held once for all bots of a process |
//!
//! Everything about the game itself is the protocol's `Session`; here are only sockets and timers. Deliberately absent:
//! TLS, and reconnecting (see [`swarm`](crate::swarm)).

pub(crate) mod drive;
mod http;
mod join;
mod line;
mod shelf;

use std::future::Future;

use fracas_protocol::Credential;

pub use drive::Ending;
pub use http::{HttpError, Server, UrlError};
pub use join::{JoinError, JoinRequest, MatchInfo, Place, join, matches};
pub(crate) use line::Line;
pub use line::{ConnectError, Lag};
pub use shelf::Shelf;

use crate::brain::{Bot, Hunter, Skill};
use drive::Player;

/// One built-in bot for one place that is already kept.
#[derive(Clone, Debug)]
pub struct BotConfig {
    /// Where to connect to, for example `ws://127.0.0.1:8080/ws`.
    pub ws_url: String,
    /// The ticket of the place.
    pub ticket: String,
    /// How good.
    pub skill: Skill,
    /// What kind of pilot, and all its luck.
    pub seed: u64,
}

/// Lets a built-in bot play in a place that is kept for it, until the connection ends or `shutdown` is ready. For
/// programs that host bots themselves, as the server does.
///
/// # Errors
/// It doesn't get as far as a WebSocket.
pub async fn run_bot(
    config: BotConfig,
    shutdown: impl Future<Output = ()>,
) -> Result<Ending, ConnectError> {
    let BotConfig {
        ws_url,
        ticket,
        skill,
        seed,
    } = config;
    play(&ws_url, ticket, Hunter::new(skill, seed), seed, shutdown).await
}

/// Lets a bot of one's own play in a place that is kept for it, until the connection ends or `shutdown` is ready.
///
/// # Errors
/// It doesn't get as far as a WebSocket.
pub async fn play<B: Bot>(
    ws_url: &str,
    ticket: String,
    bot: B,
    seed: u64,
    shutdown: impl Future<Output = ()>,
) -> Result<Ending, ConnectError> {
    let line = Line::connect(ws_url, Lag::default(), seed).await?;
    let mut player = Player::new(bot, seed, false);
    Ok(player
        .play(line, Credential::Ticket(ticket), &mut (), shutdown)
        .await)
}
