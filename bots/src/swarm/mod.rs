//! Many bots at once, on a few threads, and what they saw.
//!
//! | module | what it holds |
//! |---|---|
//! | `life` | one bot: join, play, come back, until the end |
//! | `meters` | what bots measure while they play |
//! | `relay` | from one player's hand to another's view |
//! | `report`, `html` | what a run has shown; the same over time |
//! | `limits` | what the system allows |
//!
//! Each thread runs its own single-threaded runtime: no bot ever moves, and no two threads share anything but a counter
//! that is read once a second.

mod html;
mod life;
mod limits;
mod meters;
mod relay;
mod report;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use hdrhistogram::Histogram;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::brain::Skill;
use crate::client::Shelf;
use crate::client::{Lag, Server};
use life::Company;
use meters::SharedMeters;
use relay::Relay;

pub use html::page;
pub use limits::allow_descriptors;
pub use meters::Meters;
use report::{Frame, grouped};
pub use report::{P50P1, P50P95, P50P99, P50P99Max, Report, Run};

/// Descriptors a run needs besides one per bot: runtimes, standard streams, joins in flight.
pub const DESCRIPTORS_BESIDES: u64 = 64;
/// Bots per thread before another thread is worth it.
const BOTS_PER_THREAD: usize = 250;

/// What a swarm is to do.
#[derive(Clone, Debug)]
pub struct Swarm {
    /// Where.
    pub server: Server,
    /// In which room; the server chooses when none is named.
    pub room: Option<String>,
    /// How many.
    pub count: usize,
    /// How good.
    pub skill: Skill,
    /// What all their luck comes from.
    pub seed: u64,
    /// How long, counted from the last bot's start; without an end when nothing is said.
    pub duration: Option<Duration>,
    /// Starts per second.
    pub ramp_per_s: f64,
    /// How much worse to make the line.
    pub lag: Lag,
    /// Whether to compare checksums.
    pub check: bool,
    /// Whether every bot's session is drawn 60 times a second, as a player's is, for what drawing alone shows.
    pub drawn: bool,
    /// Threads; chosen from the number of bots and processors when nothing is said.
    pub threads: Option<usize>,
}

impl Swarm {
    /// Runs it until it is over or `interrupted` is ready, and tells what it has shown: in total and second by second.
    /// `progress` gets a line to show about once a second.
    ///
    /// # Errors
    /// The system gives no thread or no runtime.
    pub async fn run(
        &self,
        interrupted: impl Future<Output = ()>,
        mut progress: impl FnMut(&str),
    ) -> std::io::Result<(Report, Vec<Second>)> {
        let (start, cpu_start) = (Instant::now(), limits::cpu_seconds());
        let (stop, stopped) = watch::channel(false);
        let threads = self.threads();
        let meters: Vec<_> = (0..threads).map(|_| SharedMeters::default()).collect();
        let relay = Arc::new(Relay::default());
        let company = |meters: &SharedMeters| Company {
            swarm: self.clone(),
            meters: meters.clone(),
            relay: Arc::clone(&relay),
            shelf: Shelf::default(),
            origin: start,
            stopped: stopped.clone(),
        };
        let workers = meters
            .iter()
            .enumerate()
            .map(|(at, meters)| self.start_worker((at, threads), company(meters)));
        let workers = workers.collect::<std::io::Result<Vec<_>>>()?;

        let tally = self.watch(start, &meters, interrupted, &mut progress).await;
        let _ = stop.send(true);
        wait_for(workers).await;
        let frame = Frame {
            bots: self.count,
            connected_max: tally.connected_max,
            cpu_seconds: limits::cpu_seconds() - cpu_start,
            wall_seconds: start.elapsed().as_secs_f64(),
            run: self.describe(),
        };
        Ok((Report::new(frame, &sum(&meters)), tally.seconds))
    }

    fn threads(&self) -> usize {
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let useful = self.count.div_ceil(BOTS_PER_THREAD).clamp(1, processors);
        self.threads.unwrap_or(useful).clamp(1, self.count.max(1))
    }

    /// One thread with every `threads`-th bot.
    fn start_worker(
        &self,
        (at, threads): (usize, usize),
        company: Company,
    ) -> std::io::Result<JoinHandle<()>> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        std::thread::Builder::new()
            .name(format!("bots-{at}"))
            .spawn(move || {
                runtime.block_on(async move {
                    let bots = (at..company.swarm.count).step_by(threads);
                    let mut lives = JoinSet::new();
                    for bot in bots {
                        lives.spawn(life::live(company.clone(), bot));
                    }
                    let everybody = async { while lives.join_next().await.is_some() {} };
                    tokio::select! {
                        () = everybody => {}
                        () = life::after_goodbye(company.stopped) => {}
                    }
                });
            })
    }

    /// When a bot starts, counted from the start of the run.
    fn start_of(&self, bot: usize) -> Duration {
        Duration::from_secs_f64(bot as f64 / self.ramp_per_s)
    }

    /// Shows how it goes until it is over; returns what it was like.
    async fn watch(
        &self,
        start: Instant,
        meters: &[SharedMeters],
        interrupted: impl Future<Output = ()>,
        progress: &mut impl FnMut(&str),
    ) -> Tally {
        let end = self
            .duration
            .map(|duration| start + self.start_of(self.count.saturating_sub(1)) + duration);
        let mut over = std::pin::pin!(async {
            match end {
                Some(end) => tokio::time::sleep_until(end).await,
                None => std::future::pending().await,
            }
        });
        let mut interrupted = std::pin::pin!(interrupted);
        let mut seconds = interval(Duration::from_secs(1));
        seconds.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut tally = Tally::default();
        loop {
            let is_over = tokio::select! {
                () = &mut over => true,
                () = &mut interrupted => true,
                _ = seconds.tick() => false,
            };
            let second = tally.take(start.elapsed(), sum(meters));
            if is_over {
                return tally;
            }
            progress(&tally.line(self.count, &second));
        }
    }

    fn describe(&self) -> Run {
        Run {
            url: self.server.to_string(),
            room: self.room.clone(),
            skill: self.skill.as_str(),
            seed: self.seed,
            check: self.check,
            drawn: self.drawn,
            round_trip_ms: self.lag.delay.as_secs_f64() * 2e3,
            lag_ms: self.lag.delay.as_secs_f64() * 1e3,
            jitter_ms: self.lag.jitter.as_secs_f64() * 1e3,
            stall_percent: self.lag.stall * 100.0,
        }
    }
}

/// What happened in one second of a run, all bots together.
#[derive(Clone, Copy, Debug)]
pub struct Second {
    /// Its end, counted from the start of the run.
    pub at_s: f64,
    /// Bots connected at its end.
    pub connected: usize,
    /// Snapshots received.
    pub snapshots_per_s: f64,
    /// Bytes received, WebSocket headers included.
    pub bytes_per_s: f64,
    /// From one snapshot to the next.
    pub gap_p99_ms: f64,
    /// From making an input to the snapshot that contains it.
    pub input_to_snapshot_p99_ms: f64,
    /// Other craft in view.
    pub visible_p95: f64,
    /// Wrong predictions.
    pub corrections_per_s: f64,
    /// Disconnects, errors, decode errors and mismatches.
    pub lost: u64,
}

/// A run, second by second.
#[derive(Debug, Default)]
struct Tally {
    connected_max: usize,
    /// Seconds times connected bots.
    bot_seconds: f64,
    before: Meters,
    seconds: Vec<Second>,
}

impl Tally {
    /// Takes in what the meters show now.
    fn take(&mut self, elapsed: Duration, now: Meters) -> Second {
        let (before, at_s) = (&self.before, elapsed.as_secs_f64());
        let passed_s = (at_s - self.seconds.last().map_or(0.0, |second| second.at_s)).max(1e-3);
        let rate = |now: u64, before: u64| (now - before) as f64 / passed_s;
        let of_these = |now: &Histogram<u64>, before: &Histogram<u64>, quantile: f64| {
            let mut since = now.clone();
            // Whatever was in the histogram a second ago still is.
            let _ = since.subtract(before);
            since.value_at_quantile(quantile) as f64
        };
        let second = Second {
            at_s,
            connected: now.connected.max(0) as usize,
            snapshots_per_s: rate(now.snapshots, before.snapshots),
            bytes_per_s: rate(now.bytes_in, before.bytes_in),
            gap_p99_ms: of_these(&now.snapshot_gap_us, &before.snapshot_gap_us, 0.99) / 1000.0,
            input_to_snapshot_p99_ms: of_these(
                &now.input_to_snapshot_us,
                &before.input_to_snapshot_us,
                0.99,
            ) / 1000.0,
            visible_p95: of_these(&now.visible_entities, &before.visible_entities, 0.95),
            corrections_per_s: rate(now.corrections, before.corrections),
            lost: now.lost() - before.lost(),
        };
        self.connected_max = self.connected_max.max(second.connected);
        self.bot_seconds += second.connected as f64 * passed_s;
        self.before = now;
        self.seconds.push(second);
        second
    }

    fn line(&self, count: usize, second: &Second) -> String {
        format!(
            "{:>4.0} s  {}/{count} bots  {} snapshots/s  {} kB/s  gap p99 {:.0} ms  {:.1} corrections/min  {} lost",
            second.at_s,
            second.connected,
            grouped(second.snapshots_per_s.round() as u64),
            grouped((second.bytes_per_s / 1000.0).round() as u64),
            second.gap_p99_ms,
            self.before.corrections as f64 * 60.0 / self.bot_seconds.max(1.0),
            self.before.lost(),
        )
    }
}

fn sum(meters: &[SharedMeters]) -> Meters {
    let mut sum = Meters::default();
    meters
        .iter()
        .for_each(|meters| meters.with(|meters| sum.add(meters)));
    sum
}

/// Bots say goodbye within half a second each, all at once; a thread that hangs for longer is left alone.
async fn wait_for(workers: Vec<JoinHandle<()>>) {
    for _ in 0..100 {
        if workers.iter().all(JoinHandle::is_finished) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
