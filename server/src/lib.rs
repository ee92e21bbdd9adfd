//! The Fracas server: the authority over every match, and the only program a host runs.
//!
//! | module | what it is |
//! |---|---|
//! | [`sim`] | the world: components, systems, the schedule. Knows no socket |
//! | [`room`] | a match's life on its own thread: seats, tickets, pacing, the next match |
//! | [`clock`] | pacing against absolute deadlines |
//! | [`rooms`] | makes rooms: the configured ones, and those that are asked for |
//! | [`lobby`] | which rooms and matches exist, and where |
//! | [`feed`] | what happened, serialised once, kept for those who resume |
//! | [`net`] | accept loop, WebSocket, HTTP API, event streams, embedded pages |
//! | [`bots`] | company: tops rooms up with ordinary clients |
//! | [`rulebook`] | the numbers of each mode, and what a host changes in them |
//! | [`config`], [`telemetry`], [`names`], [`chat`], [`rate`], [`maps`] | what it says |
//! | [`headless`] | matches of bots in virtual time, as fast as the processor goes |
//! | [`server`] | puts it together: [`server::Server`] is the real entry, for `main` and for tests |
//!
//! `sim` never names tokio, axum or a socket; `net` never names bevy_ecs. They meet in the plain types of [`sim`]'s
//! boundary (commands in, encoded snapshots and events out) and in [`room::Link`], the one-slot mailbox between a
//! match's thread and a socket's task.
//!
//! Deliberately absent: HTTP/2 (a proxy in front can speak it), accounts, any lock shared between matches while
//! they step, and anything in the tick that can wait for a socket, a disk or another match.

pub mod bots;
pub mod chat;
pub mod clock;
pub mod config;
pub mod feed;
pub mod headless;
pub mod lobby;
pub mod maps;
pub mod names;
pub mod net;
pub mod rate;
pub mod room;
pub mod rooms;
pub mod rulebook;
pub mod server;
pub mod sim;
pub mod telemetry;
