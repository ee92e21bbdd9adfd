//! Processes that this program starts of itself: each prints where it listens, if it does, then answers every line on its
//! standard input with a line of JSON, and ends when its input does.

use std::{
    io::{BufRead, Write, stdin},
    process::exit,
    thread,
    time::Duration,
};

use anyhow::{Context, anyhow};
use fracas_bots::swarm::{DESCRIPTORS_BESIDES, allow_descriptors};
use serde::Serialize;
use tokio::runtime::{Builder, Runtime};

/// Answers questions on a thread of its own.
pub fn answer<T: Serialize>(mut answer: impl FnMut(&str) -> T + Send + 'static) {
    thread::spawn(move || {
        for line in stdin().lock().lines() {
            let Ok(line) = line else { break };
            let json = serde_json::to_string(&answer(line.trim())).expect("answers are plain");
            println!("{json}");
            let _ = std::io::stdout().flush();
        }
        exit(0);
    });
}

/// One thread for all sockets, as the server has.
///
/// # Errors
/// The system gives none.
pub fn runtime() -> anyhow::Result<Runtime> {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.context("no runtime")
}

/// Makes sure that so many sockets can be open, in this process and those that it starts.
///
/// # Errors
/// The hard limit is lower; says what to do.
pub fn allow_sockets(count: usize) -> anyhow::Result<()> {
    let needed = count as u64 + DESCRIPTORS_BESIDES;
    allow_descriptors(needed).map_err(|limit| {
        anyhow!(
            "{needed} open files are needed, {limit} allowed: raise it with `ulimit -n {needed}`"
        )
    })
}

/// When the `number`th of `count` should begin, so that what they do every `period` is spread over it evenly.
pub fn offset(number: usize, count: usize, period: Duration) -> Duration {
    period.mul_f64(number as f64 / count.max(1) as f64)
}
