//! `fracas-bench`: what a whole server costs. See `--help`.

use std::{net::SocketAddr, process::ExitCode, time::Duration};

use clap::{Args, Parser, Subcommand};
use fracas_bench::{
    figures, headless, idle, null,
    process::{Bench, results},
    rating,
    report::Figure,
    streams,
};
use fracas_protocol::Mode;

// As the server's: it is compared with a null server in here.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What a whole server costs on this machine, held against targets
///
/// Starts `fracas` and `fracas-bots` from the folder it is in itself, on free ports, and prints a table; the same goes to
/// `target/bench/NAME.json`. A missed target is a line, not an exit status.
#[derive(Debug, Parser)]
#[command(name = "fracas-bench", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything, one after the other
    All(Window),
    /// CPU for each player and snapshot, against a server without a game on the same stack
    NullServer(Window),
    /// CPU for each player in matches of 250 to 2,000
    Growth(Window),
    /// How many matches of eight a core carries
    Matches(Window),
    /// Memory of an idle server, a socket, a player
    Memory(Window),
    /// Event streams: 2,000 and 10,000 readers
    Sse(Window),
    /// Matches of bots in virtual time: whether they end, who is stuck, what is done with which weapon
    Headless {
        /// Matches of each mode
        #[arg(long, env = "BENCH_MATCHES", default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=100_000))]
        count: u64,
        /// Only this mode; may be given several times
        #[arg(long, value_parser = mode)]
        mode: Vec<Mode>,
        /// Another number than the mode's own, for example `weapons.rail.damage=70`; may be given several times
        #[arg(long, value_name = "KEY=VALUE")]
        rule: Vec<String>,
        /// Of the first match
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Matches between the skills of bots, and a rating
    Rating {
        /// Matches of each mode
        #[arg(long, env = "BENCH_MATCHES", default_value_t = 40, value_parser = clap::value_parser!(u64).range(1..=100_000))]
        count: u64,
        /// Of the first match
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// The server without a game
    #[command(hide = true)]
    NullServe {
        #[arg(long)]
        clients: usize,
        #[arg(long)]
        bytes: usize,
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=60))]
        hz: u32,
    },
    /// Its load
    #[command(hide = true)]
    NullLoad {
        #[arg(long)]
        to: SocketAddr,
        #[arg(long)]
        clients: usize,
        #[arg(long)]
        bytes: usize,
        #[arg(long)]
        hz: f64,
    },
    /// WebSockets that never say hello
    #[command(hide = true)]
    Idle {
        #[arg(long)]
        to: SocketAddr,
        #[arg(long)]
        count: usize,
    },
    /// Readers of event streams
    #[command(hide = true)]
    Streams {
        #[arg(long)]
        to: SocketAddr,
        #[arg(long)]
        count: usize,
        #[arg(long)]
        path: String,
        #[arg(long, default_value_t = 60)]
        tick_hz: u32,
    },
}

#[derive(Debug, Args)]
struct Window {
    /// How long to measure each time, once everybody is connected
    #[arg(long, env = "BENCH_SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=3600))]
    seconds: u64,
}

fn mode(text: &str) -> Result<Mode, String> {
    text.parse()
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fracas-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::All(window) => {
            for figure in [
                figures::null_server,
                figures::growth,
                figures::matches,
                figures::memory,
                figures::sse,
            ] {
                measure(figure, &window)?;
            }
            Ok(())
        }
        Command::NullServer(window) => measure(figures::null_server, &window),
        Command::Growth(window) => measure(figures::growth, &window),
        Command::Matches(window) => measure(figures::matches, &window),
        Command::Memory(window) => measure(figures::memory, &window),
        Command::Sse(window) => measure(figures::sse, &window),
        Command::Headless {
            count,
            mode,
            rule,
            seed,
        } => {
            let modes = if mode.is_empty() {
                Mode::ALL.to_vec()
            } else {
                mode
            };
            headless::headless(&modes, count as usize, seed, &rule)?.write(&results()?)
        }
        Command::Rating { count, seed } => rating::rating(count as usize, seed)?.write(&results()?),
        Command::NullServe { clients, bytes, hz } => null::serve(clients, bytes, hz),
        Command::NullLoad {
            to,
            clients,
            bytes,
            hz,
        } => null::load(to, clients, bytes, hz),
        Command::Idle { to, count } => idle::hold(to, count),
        Command::Streams {
            to,
            count,
            path,
            tick_hz,
        } => streams::read(to, &path, count, tick_hz),
    }
}

fn measure(
    figure: impl Fn(&Bench, Duration) -> anyhow::Result<Figure>,
    window: &Window,
) -> anyhow::Result<()> {
    let bench = Bench::find()?;
    figure(&bench, Duration::from_secs(window.seconds))?.write(bench.results())
}
