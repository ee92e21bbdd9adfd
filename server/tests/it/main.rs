//! The real server on port 0, spoken to over real sockets. One binary, so that it links once.
//!
//! Tests wait for what they expect, never for a time to pass; a wait that takes [`harness::PATIENCE`] has failed.

#![allow(unreachable_pub)]

mod api;
mod bad_input;
mod chat;
mod harness;
mod life;
mod maps;
mod rooms;
mod rules;
mod slow;
mod streams;
