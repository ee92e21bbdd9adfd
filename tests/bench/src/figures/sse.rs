//! Event streams: how soon the last reader has an event, and what each delivery costs.

use std::{thread, time::Duration};

use super::{CONNECTIONS_BESIDES, Crowd, SETTLING, quantile};
use crate::{
    process::{Bench, Part, wait_until},
    report::{Figure, Row, Target},
    role::allow_sockets,
    streams::Seen,
};

/// How many readers, and milliseconds within which the last of them should have 99 of 100 events.
const CASES: [(usize, f64); 2] = [(2_000, 25.0), (10_000, 100.0)];
/// Bots of whose match is told.
const BOTS: usize = 24;
/// To one reader, before the crowd comes: enough for one of them to be quick.
const EVENTS_ALONE: u64 = 20;
/// What was published in the window may arrive until then.
const ARRIVAL: Duration = Duration::from_secs(2);

/// From publishing to the last of many readers.
///
/// # Errors
/// A process doesn't start or ends early.
pub fn sse(bench: &Bench, window: Duration) -> anyhow::Result<Figure> {
    let mut figure = Figure::new("sse", bench.is_pinned());
    for (readers, target_ms) in CASES {
        one(bench, window, readers, target_ms, &mut figure)?;
    }
    Ok(figure)
}

fn one(
    bench: &Bench,
    window: Duration,
    readers: usize,
    target_ms: f64,
    figure: &mut Figure,
) -> anyhow::Result<()> {
    // The server inherits the limit.
    allow_sockets(readers + BOTS + CONNECTIONS_BESIDES)?;
    let crowd = Crowd {
        players: BOTS,
        readers,
        serve: &[],
        bots: &["--ramp", "50/s"],
    };
    let server = crowd.serve(bench)?;
    let bots = bench.bots(&server, BOTS, crowd.bots)?;
    server.wait_for_players(BOTS)?;
    let (to, count) = (server.address.to_string(), readers.to_string());
    let arguments = [
        "streams",
        "--to",
        &to,
        "--count",
        &count,
        "--path",
        "/api/events",
    ];
    let mut streams = bench.role(Part::Load, &arguments)?;
    thread::sleep(SETTLING);
    let alone = server.measure(window)?;
    wait_until("events to a single reader", || {
        Ok(streams.ask::<Seen>("seen")?.events >= EVENTS_ALONE)
    })?;

    streams.ask::<Seen>("open")?;
    wait_until("streams to open", || {
        Ok(streams.ask::<Seen>("seen")?.opened == readers)
    })?;
    thread::sleep(SETTLING);
    streams.ask::<Seen>("begin")?;
    let readers_before = streams.cpu_seconds()?;
    let crowded = server.measure(window)?;
    let readers_cores = (streams.cpu_seconds()? - readers_before) / crowded.wall_s;
    streams.ask::<Seen>("stop")?;
    thread::sleep(ARRIVAL);
    let seen = streams.ask::<Seen>("seen")?;
    bots.stop()?;

    let (mut first, mut last): (Vec<_>, Vec<_>) = seen.delays_ms.into_iter().unzip();
    let name = format!("{readers} readers");
    let row = Row::new(
        format!("{name}: published to last delivery, p99"),
        quantile(&mut last, 0.99),
        "ms",
    );
    figure.add(row.against(Target::AtMost(target_ms)).note(format!(
        "{} events that all got, {} that some did not",
        last.len(),
        seen.partial
    )));
    let row = Row::new("  to last delivery, p50", quantile(&mut last, 0.5), "ms");
    figure.add(row);
    let row = Row::new("  to first delivery, p50", quantile(&mut first, 0.5), "ms");
    figure.add(row);
    let own = crowded.cpu_s - alone.cores() * crowded.wall_s;
    let deliveries = seen.deliveries as f64;
    let row = Row::new(
        format!("{name}: each delivered event"),
        own * 1e6 / deliveries,
        "us",
    );
    figure.add(row.against(Target::AtMost(6.0)).note(format!(
        "server {:.2} cores, {:.2} with one reader; readers {readers_cores:.2}; {:.0} deliveries a second",
        crowded.cores(),
        alone.cores(),
        deliveries / crowded.wall_s
    )));
    Ok(())
}
