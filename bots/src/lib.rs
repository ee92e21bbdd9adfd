//! Headless Fracas clients: company for players, load for servers, a base for your own bot.
//!
//! | module | what it holds |
//! |---|---|
//! | [`brain`] | the trait of a bot, what it is shown, and the built-in one |
//! | [`client`] | a place, a connection, a bot that plays |
//! | [`swarm`] | many of them at once, and what they saw |
//!
//! A bot is an ordinary client: it knows what a player's client knows and sends what that sends. `docs/BOTS.md` shows
//! how to write one.

pub mod brain;
pub mod client;
pub mod swarm;

pub use brain::{Bot, Hunter, Skill, World};
pub use client::{BotConfig, run_bot};

/// The code in the document compiles.
#[cfg(doctest)]
#[doc = include_str!("../../docs/BOTS.md")]
struct BotsDocument;
