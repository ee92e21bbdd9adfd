//! `fracas-bots`: many headless players for one server, and a report of what they saw.

mod args;

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Parser;
use fracas_bots::client::{JoinError, MatchInfo, Server, matches};
use fracas_bots::swarm::{DESCRIPTORS_BESIDES, Report, Second, allow_descriptors, page};

use args::Args;

#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    match run(&Args::parse()) {
        Ok(report) if report.lost() == 0 => ExitCode::SUCCESS,
        Ok(report) => {
            eprintln!(
                "fracas-bots: {} lost: disconnects, errors, decode errors and mismatches",
                report.lost()
            );
            ExitCode::from(1)
        }
        Err(error) => {
            eprintln!("fracas-bots: {error:#}");
            ExitCode::from(2)
        }
    }
}

fn run(args: &Args) -> anyhow::Result<Report> {
    let server = Server::parse(&args.url)?;
    let needed = u64::from(args.count) + DESCRIPTORS_BESIDES;
    if let Err(limit) = allow_descriptors(needed) {
        bail!(
            "{} bots need {needed} open files, {limit} are allowed: raise it with `ulimit -n {needed}`",
            args.count
        );
    }
    for file in [&args.report, &args.html].into_iter().flatten() {
        // Better to hear of it now than after the run.
        std::fs::write(file, "")
            .with_context(|| format!("can't write the report to {}", file.display()))?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("no runtime")?;
    runtime.block_on(async {
        let running = look_around(&server).await?;
        let room = args.room_in(&running)?;
        warn_if_too_many(args, room.as_deref(), &running);
        let swarm = args.swarm(server, room);
        let (report, seconds) = swarm
            .run(interrupted(), show_progress())
            .await
            .context("can't start the bots")?;
        finish(args, &report, &seconds)?;
        Ok(report)
    })
}

/// Asks the server what it runs; most mistakes show here, before there are a thousand of them.
async fn look_around(server: &Server) -> anyhow::Result<Vec<MatchInfo>> {
    matches(server).await.map_err(|error| match error {
        JoinError::Http(error) => {
            anyhow::anyhow!("{error}. Is a server running there? `fracas serve` starts one.")
        }
        error => anyhow::anyhow!("{error}. Is {server} the public address of a Fracas server?"),
    })
}

fn warn_if_too_many(args: &Args, room: Option<&str>, running: &[MatchInfo]) {
    let Some(there) = running
        .iter()
        .find(|info| room.is_none_or(|room| room == info.room))
    else {
        return;
    };
    let free = there.capacity.saturating_sub(there.players);
    if args.count as usize > free {
        eprintln!(
            "fracas-bots: room {} has {free} of {} places free, {} bots won't all fit: start the server with a larger \
             --max-players and --bots 0",
            there.room, there.capacity, args.count
        );
    }
}

/// One line that rewrites itself on a terminal, a line now and then elsewhere.
fn show_progress() -> impl FnMut(&str) {
    let (is_terminal, mut shown) = (std::io::stderr().is_terminal(), 0_u32);
    move |line| {
        if is_terminal {
            eprint!("\r\x1b[K{line}");
        } else if shown.is_multiple_of(10) {
            eprintln!("{line}");
        }
        shown += 1;
        let _ = std::io::stderr().flush();
    }
}

async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn finish(args: &Args, report: &Report, seconds: &[Second]) -> anyhow::Result<()> {
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
    print!("{}", report.table());
    if let Some(file) = &args.report {
        write(file, &(serde_json::to_string_pretty(report)? + "\n"))?;
    }
    if let Some(file) = &args.html {
        write(file, &page(report, seconds))?;
    }
    Ok(())
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    std::fs::write(file, text)
        .with_context(|| format!("can't write the report to {}", file.display()))
}
