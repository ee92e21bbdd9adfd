//! What a whole server costs, so that anybody can measure it again: real processes on one machine, their processor time
//! and memory, held against targets.
//!
//! | module | what it is |
//! |---|---|
//! | [`figures`] | one function for each figure: starts, measures, fills in rows |
//! | [`headless`], [`rating`] | matches of bots in virtual time, many of them: how they end, and which skill wins |
//! | [`tables`] | plays them on all cores |
//! | [`process`] | starting what is measured, on which core; its processor time and memory |
//! | [`scrape`] | what a server says of itself: its metrics, its matches |
//! | [`report`] | rows and targets as a table and as JSON |
//! | [`null`] | the simplest server on the same stack, and its load |
//! | [`idle`] | sockets that are opened and left alone |
//! | [`streams`] | readers of event streams, with a clock |
//! | [`role`] | what these three have in common: a process that answers questions on its standard input |
//!
//! The measured server has a core for itself and the load the other, where there are two. Processor time is that of the
//! server's process alone, as its scheduler counted it; it includes what the kernel did for it, and on loopback much of
//! what a client's kernel would do. Nothing here is a test: a missed target is a line in the table, not an exit status.

pub mod figures;
pub mod headless;
pub mod idle;
pub mod null;
pub mod process;
pub mod rating;
pub mod report;
pub mod role;
pub mod scrape;
pub mod streams;
pub mod tables;
