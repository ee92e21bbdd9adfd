//! Headless Fracas clients: company for players, load for servers, a base for your own bot.

pub mod brain;
