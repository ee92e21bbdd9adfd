//! Event streams: how soon the last reader has an event, and what each delivery costs.

use std::{thread, time::Duration};

use super::{CONNECTIONS_BESIDES, Crowd, SETTLING, quantile};
use crate::{
    process::{Bench, Part, Sample, wait_until},
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

/// A window with one reader, and one with all.
struct Readers {
    alone: Sample,
    crowded: Sample,
    seen: Seen,
    /// Of one core.
    readers_cores: f64,
}

fn one(
    bench: &Bench,
    window: Duration,
    readers: usize,
    target_ms: f64,
    figure: &mut Figure,
) -> anyhow::Result<()> {
    let measured = read(bench, window, readers)?;
    add_delays(figure, &measured.seen, readers, target_ms);
    add_delivery(figure, &measured, readers);
    Ok(())
}

fn read(bench: &Bench, window: Duration, readers: usize) -> anyhow::Result<Readers> {
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
    let path = ["--path", "/api/events"];
    let arguments = ["streams", "--to", &to, "--count", &count];
    let mut streams = bench.role(Part::Load, &[&arguments[..], &path[..]].concat())?;
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
    Ok(Readers {
        alone,
        crowded,
        seen,
        readers_cores,
    })
}

fn add_delays(figure: &mut Figure, seen: &Seen, readers: usize, target_ms: f64) {
    let delays = seen.delays_ms.iter().copied();
    let (mut first, mut last): (Vec<_>, Vec<_>) = delays.unzip();
    let name = format!("{readers} readers: published to last delivery, p99");
    let row = Row::new(name, quantile(&mut last, 0.99), "ms");
    let note = format!("of {} events that all got", last.len());
    figure.add(row.against(Target::AtMost(target_ms)).note(note));
    let row = Row::new("  to last delivery, p50", quantile(&mut last, 0.5), "ms");
    figure.add(row);
    let row = Row::new("  to first delivery, p50", quantile(&mut first, 0.5), "ms");
    figure.add(row);
    let row = Row::new("  events that not all got", seen.partial as f64, "");
    figure.add(row.note("not in the delays; of scoreboards the slow get the next one instead"));
}

fn add_delivery(figure: &mut Figure, measured: &Readers, readers: usize) {
    let Readers {
        alone,
        crowded,
        seen,
        readers_cores,
    } = measured;
    let own = crowded.cpu_s - alone.cores() * crowded.wall_s;
    let deliveries = seen.deliveries as f64;
    let what = format!("{readers} readers: each delivered event");
    let row = Row::new(what, own * 1e6 / deliveries, "us");
    figure.add(row.against(Target::AtMost(6.0)).note(format!(
        "server {:.2} cores, {:.2} with one reader; readers {readers_cores:.2}; {:.0} deliveries a second",
        crowded.cores(),
        alone.cores(),
        deliveries / crowded.wall_s
    )));
}
