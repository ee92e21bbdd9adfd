//! `fracas-proxy`: a bad line as a program. See `--help`.

use std::{
    io::{BufRead, Write},
    net::SocketAddr,
    thread,
    time::Duration,
};

use anyhow::Context;
use clap::Parser;
use fracas_proxy::{
    Line, Proxy,
    command::{Command, limited, percent},
};
use tokio::{sync::mpsc, time::timeout};

/// For all connections to be reset.
const SHUT_DOWN_MAX: Duration = Duration::from_secs(1);

/// A bad line between clients and a server: forwards TCP with delay, jitter, stalls, bandwidth and cuts
///
/// Prints `listening on ADDR:PORT`, then takes commands on standard input, one a line (`help` lists them), and answers
/// each with `ok`, a line of status, or `error: ...`. Ends when standard input does.
///
/// Delay and jitter are those of a round trip, half each way, and hold for all bytes from the first on. (The `--lag` of
/// fracas-bots is each way, and per message.)
#[derive(Debug, Parser)]
#[command(name = "fracas-proxy", version)]
struct Args {
    /// The server, for example 127.0.0.1:8080
    #[arg(long, value_name = "ADDR:PORT")]
    to: SocketAddr,
    /// Where to listen; port 0 takes a free one
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Delay of a round trip in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=600_000))]
    lag: u64,
    /// How much a round trip varies, more or less, in milliseconds; evenly spread, order is kept
    #[arg(long, value_name = "MS", default_value_t = 0, value_parser = clap::value_parser!(u64).range(..=600_000))]
    jitter: u64,
    /// Share of chunks in percent that hold their direction for 200 ms, like a lost and repeated segment
    #[arg(long, value_name = "PERCENT", default_value = "0", value_parser = percent)]
    loss: f64,
    /// Bytes per second towards clients; 0 is unlimited
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    down: u32,
    /// Bytes per second towards the server; 0 is unlimited
    #[arg(long, value_name = "BYTES", default_value_t = 0)]
    up: u32,
    /// The same seed gives the same jitter and stalls
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let line = Line {
        loss: args.loss / 100.0,
        down: limited(args.down),
        up: limited(args.up),
        ..Line::lag(args.lag, args.jitter)
    };
    let proxy = Proxy::start(args.listen, args.to, line, args.seed)
        .with_context(|| format!("can't listen on {}", args.listen))?;
    say(&format!("listening on {}", proxy.address()))?;
    let mut lines = read_lines();
    while let Some(line) = lines.recv().await {
        if line.trim().is_empty() {
            continue;
        }
        match Command::parse(&line) {
            Ok(command) => match command.run(&proxy) {
                Some(answer) => say(&answer)?,
                None => break,
            },
            Err(why) => {
                eprintln!("{}", why.trim_end());
                say(first_line(&why))?;
            }
        }
    }
    // Bounded, because a server that doesn't answer may still be waited for.
    let _ = timeout(SHUT_DOWN_MAX, proxy.shut_down()).await;
    Ok(())
}

/// Help is no error, and goes to standard error as a whole.
fn first_line(why: &str) -> &str {
    let first = why.lines().next().unwrap_or_default();
    if first.starts_with("error:") {
        first
    } else {
        "ok"
    }
}

fn say(line: &str) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}

/// Standard input has no asynchronous reading that can be given up; a thread has.
fn read_lines() -> mpsc::Receiver<String> {
    let (sender, lines) = mpsc::channel(16);
    thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if sender.blocking_send(line).is_err() {
                return;
            }
        }
    });
    lines
}
