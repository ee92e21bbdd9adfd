//! `fracas`: the command line. `main` maps to exit codes, [`run`] works.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, bail};
use clap::{Args, Parser, Subcommand};
use fracas_bots::Skill;
use fracas_protocol::Mode;
use fracas_server::{
    chat::ChatMode,
    config::{Config, LogFormat},
    maps::{self, Report},
    rooms, rulebook,
    server::{Listeners, Server},
    telemetry,
};
use serde::Serialize;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};
use tracing::{info, warn};

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// Fracas: a multiplayer arena shooter in the browser. One program serves everything.
#[derive(Parser)]
#[command(name = "fracas", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server.
    Serve(Box<ServeFlags>),
    /// Look at configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Look at maps.
    #[command(subcommand)]
    Map(MapCommand),
    /// Print the numbers a mode is played by, as a part of a configuration file.
    Rules(RulesFlags),
    /// Exit 0 if the server on this machine is ready for players (for containers).
    Healthcheck(HealthcheckFlags),
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Say what is wrong with a file, if anything.
    Check {
        /// The TOML file.
        file: PathBuf,
    },
    /// Print the defaults as a commented file.
    Default,
}

#[derive(Subcommand)]
enum MapCommand {
    /// Say everything that is wrong with a map, with line and reason; or what it is, with a picture.
    Check {
        /// A Tiled map, .tmx.
        file: PathBuf,
    },
}

/// Every flag is also `FRACAS_<FLAG>` in the environment and a key in the file; file < environment < flag.
#[derive(Args, Serialize, Default)]
struct ServeFlags {
    /// TOML file; `fracas config default` prints one to start from.
    #[arg(long, env = "FRACAS_CONFIG")]
    #[serde(skip)]
    config: Option<PathBuf>,
    /// Players, pages, API and SSE; port 0 picks a free one [default: 0.0.0.0:8080]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    listen: Option<SocketAddr>,
    /// /metrics and /health [default: 127.0.0.1:9090]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    internal_listen: Option<SocketAddr>,
    #[arg(long, help = format!("Game mode of all rooms: {} [default: ffa]", Mode::names()))]
    #[serde(skip_serializing_if = "Option::is_none")]
    mode: Option<String>,
    /// rotation, a built-in map's name, a map file, or arena: made for the number of seats [default: rotation]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    map: Option<String>,
    /// Rooms, all alike, each with a match of its own [default: 1]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    rooms: Option<u16>,
    /// Seats in a room, bots included [default: 16; massive: 256]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_players: Option<u16>,
    /// Keep this many craft in a room by topping up with bots, while somebody plays there or watches [default: 6]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    bots: Option<u16>,
    /// How good these bots are: easy, normal, hard or mixed [default: mixed]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    bot_skill: Option<Skill>,
    /// Rooms that may be made over the API, at a time [default: 20]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_rooms: Option<u16>,
    /// Seats that a room made over the API may have [default: 256]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_room_players: Option<u16>,
    /// Bots that all rooms made over the API may have together [default: 120]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_rooms_bots: Option<u16>,
    /// A room where nobody plays and nobody watches goes on for so long [default: 10s]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    room_sleep: Option<String>,
    /// A room made over the API ends when nobody has been in it for so long [default: 60s]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    room_idle: Option<String>,
    /// Simulation steps per second [default: 60]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    tick_hz: Option<u8>,
    /// Snapshots per second and client; divides the tick rate [default: 30]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_hz: Option<u8>,
    /// Ticks of input in a message; 0: 1 in rooms of up to 64 seats, else 2 [default: 0]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    inputs_per_message: Option<u8>,
    /// Bytes for craft and shots in a snapshot; beyond, the farthest wait, for 0.25 s at most [default: 1400]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    snapshot_bytes_max: Option<u32>,
    /// Makes matches reproducible [default: random, logged]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    /// What players may say to each other: on, quick (phrases only) or off [default: on]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    chat: Option<ChatMode>,
    /// Whether offensive words become asterisks, and offensive names are refused: true or false [default: true]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    profanity_filter: Option<bool>,
    /// How long matches may go on after SIGTERM [default: 20s]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    drain: Option<String>,
    /// Further origins whose pages may open the game socket, separated by commas
    #[arg(long, value_delimiter = ',')]
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_origins: Option<Vec<String>>,
    /// Open connections, all together [default: 10000]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_connections: Option<u32>,
    /// Open connections from one address, this machine exempt [default: 64]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    max_connections_per_address: Option<u32>,
    /// Log lines as text or json [default: text]
    #[arg(long)]
    #[serde(skip_serializing_if = "Option::is_none")]
    log_format: Option<LogFormat>,
}

#[derive(Args)]
struct RulesFlags {
    /// Which mode
    mode: String,
    /// TOML file the server runs with; what it changes in this mode's rules is in what is printed
    #[arg(long, env = "FRACAS_CONFIG")]
    config: Option<PathBuf>,
}

#[derive(Args)]
struct HealthcheckFlags {
    /// TOML file the server runs with
    #[arg(long, env = "FRACAS_CONFIG")]
    config: Option<PathBuf>,
    /// Where the server answers /health [default: as configured]
    #[arg(long)]
    internal_listen: Option<SocketAddr>,
}

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("fracas: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    match cli.command {
        Command::Serve(flags) => serve(&flags),
        Command::Config(ConfigCommand::Check { file }) => check(&file),
        Command::Config(ConfigCommand::Default) => {
            print!("{}", Config::default_toml());
            Ok(())
        }
        Command::Map(MapCommand::Check { file }) => check_map(&file),
        Command::Rules(flags) => rules(&flags),
        Command::Healthcheck(flags) => healthcheck(&flags),
    }
}

/// A third of the weight of a thread that isn't nice.
#[cfg(target_os = "linux")]
const SOCKETS_NICENESS: i32 = 5;

fn serve(flags: &ServeFlags) -> anyhow::Result<()> {
    let config = Config::load(flags.config.as_deref(), std::env::vars(), flags)?;
    telemetry::init_logs(config.log_format);
    // One thread for all sockets: it costs less per message than stealing work does. Matches have their own threads.
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            let listeners = Listeners::bind(&config).await?;
            let address = listeners.address()?;
            let stop = stop_on_signals()?;
            let config_rooms = config.rooms;
            let server = Server::open(config, listeners)?;
            if config_rooms == 1 {
                yield_to_matches();
            }
            println!("listening on http://{address}");
            std::io::stdout().flush()?;
            server.run(stop).await;
            Ok(())
        })
}

/// Where they share a core, ticks go before sockets: a message waits better than a match does. Rooms have their threads
/// already, and those that are made later are started by a thread that isn't nice (`rooms.rs`): one that this thread started
/// would wait with it. With many rooms too little would be left for the sockets.
fn yield_to_matches() {
    // Linux has a niceness for each thread; elsewhere the matches would be nice too.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, SOCKETS_NICENESS) {
        tracing::debug!(%error, "priority of the sockets' thread");
    }
}

/// Turns true at the first SIGTERM or SIGINT; at the second the process is gone.
fn stop_on_signals() -> std::io::Result<watch::Receiver<bool>> {
    let (stop, stopped) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        let mut next = async || {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
        };
        next().await;
        info!("asked to stop");
        stop.send_replace(true);
        next().await;
        warn!("asked to stop again: exiting at once");
        std::process::exit(130);
    });
    Ok(stopped)
}

fn check(file: &Path) -> anyhow::Result<()> {
    let config = Config::load(Some(file), std::iter::empty(), &ServeFlags::default())?;
    let mode = config.mode.parse().map_err(anyhow::Error::msg)?;
    rooms::load_maps(
        &config.map,
        mode,
        config.max_players,
        config.seed.unwrap_or(0),
    )?;
    println!("{} is fine", file.display());
    Ok(())
}

fn check_map(file: &Path) -> anyhow::Result<()> {
    match maps::report(file)? {
        Report::Fine(summary) => {
            writeln!(std::io::stdout(), "{summary}")?;
            Ok(())
        }
        Report::Wrong(problems) => {
            for problem in &problems {
                writeln!(std::io::stdout(), "{problem}")?;
            }
            bail!("{}: problems: {}", file.display(), problems.len())
        }
    }
}

fn rules(flags: &RulesFlags) -> anyhow::Result<()> {
    let mode: Mode = flags.mode.parse().map_err(anyhow::Error::msg)?;
    let given = ServeFlags::default();
    // Where neither file nor environment names a mode, a flag does: this one.
    let config = Config::load_for(mode, flags.config.as_deref(), std::env::vars(), &given)?;
    let rules = rulebook::changed(mode, config.rules_of(mode))?;
    print!("{}", rulebook::to_toml(&rules));
    Ok(())
}

fn healthcheck(flags: &HealthcheckFlags) -> anyhow::Result<()> {
    let asked = ServeFlags {
        internal_listen: flags.internal_listen,
        ..ServeFlags::default()
    };
    let address = Config::load(flags.config.as_deref(), std::env::vars(), &asked)?.internal_listen;
    let wait = Duration::from_secs(3);
    let mut stream = TcpStream::connect_timeout(&address, wait)
        .with_context(|| format!("nothing answers on {address}"))?;
    stream.set_read_timeout(Some(wait))?;
    stream
        .write_all(b"GET /health/ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.starts_with("HTTP/1.1 200 ") {
        return Ok(());
    }
    bail!(
        "not ready: {}",
        answer.lines().next().unwrap_or("no answer")
    )
}
