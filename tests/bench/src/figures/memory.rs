//! Resident memory: of an idle server, a socket, a player.

use std::{thread, time::Duration};

use super::{Crowd, SETTLING, add_lost};
use crate::{
    idle::Opened,
    process::{Bench, Part, Server, wait_until},
    report::{Figure, Row, Target},
    streams::Seen,
};

const SOCKETS: usize = 2_000;
const PLAYERS: usize = 1_000;
const MIB: f64 = 1024.0 * 1024.0;
const KIB: f64 = 1024.0;

/// Idle, for each idle socket and stream, for each player.
///
/// # Errors
/// A process doesn't start or ends early.
pub fn memory(bench: &Bench, window: Duration) -> anyhow::Result<Figure> {
    let mut figure = Figure::new("memory", bench.is_pinned());
    let connections = (2 * SOCKETS).to_string();
    let idle = |mode| {
        let server = bench.serve(&["--mode", mode, "--max-connections", &connections])?;
        // Metrics are part of a server that is watched, and cost something the first time.
        server.metrics()?;
        thread::sleep(SETTLING);
        anyhow::Ok(server)
    };

    let server = idle("ffa")?;
    let rss = server.process.rss_bytes()?;
    figure.add(Row::new("idle server", rss / MIB, "MiB").against(Target::AtMost(40.0)));

    let to = server.address.to_string();
    let mut sockets = bench.role(
        Part::Load,
        &["idle", "--to", &to, "--count", &SOCKETS.to_string()],
    )?;
    wait_until("WebSockets to open", || {
        Ok(sockets.ask::<Opened>("opened")?.opened == SOCKETS)
    })?;
    add_each(
        &mut figure,
        &server,
        rss,
        "idle WebSocket, before its hello",
        SOCKETS,
    )?;
    let open = server.metrics()?.value("fracas_ws_connections");
    figure.add(Row::new("  open when measured", open, "").against(Target::AtLeast(SOCKETS as f64)));
    drop((sockets, server));

    let server = idle("ffa")?;
    let rss = server.process.rss_bytes()?;
    let (to, count) = (server.address.to_string(), SOCKETS.to_string());
    let path = "/api/events?events=result";
    let mut streams = bench.role(
        Part::Load,
        &["streams", "--to", &to, "--count", &count, "--path", path],
    )?;
    streams.ask::<Seen>("open")?;
    wait_until("streams to open", || {
        Ok(streams.ask::<Seen>("seen")?.opened == SOCKETS)
    })?;
    add_each(&mut figure, &server, rss, "idle event stream", SOCKETS)?;
    drop((streams, server));

    players(bench, window, &mut figure)?;
    Ok(figure)
}

fn add_each(
    figure: &mut Figure,
    server: &Server,
    before: f64,
    what: &str,
    count: usize,
) -> anyhow::Result<()> {
    let grown = server.process.rss_bytes()? - before;
    let row = Row::new(what, grown / KIB / count as f64, "KiB").against(Target::AtMost(6.0));
    figure.add(row.note("the kernel's share is not in it"));
    Ok(())
}

fn players(bench: &Bench, window: Duration, figure: &mut Figure) -> anyhow::Result<()> {
    let crowd = Crowd {
        players: PLAYERS,
        readers: 0,
        serve: &["--mode", "massive", "--snapshot-hz", "30"],
        bots: &["--ramp", "200/s"],
    };
    let server = crowd.serve(bench)?;
    server.metrics()?;
    thread::sleep(SETTLING);
    let idle = server.process.rss_bytes()?;
    let what = format!("idle server with an arena for {PLAYERS}");
    figure.add(Row::new(what, idle / MIB, "MiB"));
    let bots = bench.bots(&server, PLAYERS, crowd.bots)?;
    server.wait_for_players(PLAYERS)?;
    let sample = server.measure(window)?;
    let rss = server.process.rss_bytes()?;
    let what = format!("each of {PLAYERS} players, all in");
    let row = Row::new(what, (rss - idle) / KIB / PLAYERS as f64, "KiB");
    figure.add(
        row.against(Target::AtMost(64.0))
            .note(format!("{:.0} MiB in all", rss / MIB)),
    );
    let report = bots.stop()?;
    let measured = super::Measured {
        sample,
        bots_cores: 0.0,
        report,
    };
    add_lost(figure, measured.lost()?);
    Ok(())
}
