//! Many bots at once, on a few threads, and what they saw.
//!
//! | module | what it holds |
//! |---|---|
//! | `life` | one bot: join, play, come back, until the end |
//! | `meters` | what bots measure while they play |
//! | `report` | what a run has shown |
//! | `limits` | what the system allows |
//!
//! Each thread runs its own single-threaded runtime: no bot ever moves, and no two threads share anything but a counter
//! that is read once a second.

mod life;
mod limits;
mod meters;
mod report;

use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::brain::Skill;
use crate::client::{Lag, Server};
use meters::SharedMeters;

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
    /// Threads; chosen from the number of bots and processors when nothing is said.
    pub threads: Option<usize>,
}

impl Swarm {
    /// Runs it until it is over or `interrupted` is ready. `progress` gets a line to show about once a second.
    ///
    /// # Errors
    /// The system gives no thread or no runtime.
    pub async fn run(
        &self,
        interrupted: impl Future<Output = ()>,
        mut progress: impl FnMut(&str),
    ) -> std::io::Result<Report> {
        let (start, cpu_start) = (Instant::now(), limits::cpu_seconds());
        let (stop, stopped) = watch::channel(false);
        let threads = self.threads();
        let meters: Vec<_> = (0..threads).map(|_| SharedMeters::default()).collect();
        let workers = meters
            .iter()
            .enumerate()
            .map(|(at, meters)| self.start_worker((at, threads), meters, &stopped));
        let workers = workers.collect::<std::io::Result<Vec<_>>>()?;

        let connected_max = self.watch(start, &meters, interrupted, &mut progress).await;
        let _ = stop.send(true);
        wait_for(workers).await;
        let frame = Frame {
            bots: self.count,
            connected_max,
            cpu_seconds: limits::cpu_seconds() - cpu_start,
            wall_seconds: start.elapsed().as_secs_f64(),
            run: self.describe(),
        };
        Ok(Report::new(frame, &sum(&meters)))
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
        meters: &SharedMeters,
        stopped: &watch::Receiver<bool>,
    ) -> std::io::Result<JoinHandle<()>> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (swarm, meters, stopped) = (self.clone(), meters.clone(), stopped.clone());
        std::thread::Builder::new()
            .name(format!("bots-{at}"))
            .spawn(move || {
                runtime.block_on(async move {
                    let bots = (at..swarm.count).step_by(threads);
                    let lives: Vec<_> = bots
                        .map(|bot| {
                            tokio::spawn(life::live(
                                swarm.clone(),
                                bot,
                                meters.clone(),
                                stopped.clone(),
                            ))
                        })
                        .collect();
                    for life in lives {
                        let _ = life.await;
                    }
                });
            })
    }

    /// When a bot starts, counted from the start of the run.
    fn start_of(&self, bot: usize) -> Duration {
        Duration::from_secs_f64(bot as f64 / self.ramp_per_s)
    }

    /// Shows how it goes until it is over; returns the most bots that were connected.
    async fn watch(
        &self,
        start: Instant,
        meters: &[SharedMeters],
        interrupted: impl Future<Output = ()>,
        progress: &mut impl FnMut(&str),
    ) -> usize {
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
            let line = tally.second(self.count, start.elapsed(), sum(meters));
            if is_over {
                return tally.connected_max;
            }
            progress(&line);
        }
    }

    fn describe(&self) -> Run {
        Run {
            url: self.server.to_string(),
            room: self.room.clone(),
            skill: self.skill.as_str(),
            seed: self.seed,
            check: self.check,
            lag_ms: self.lag.delay.as_secs_f64() * 1e3,
            jitter_ms: self.lag.jitter.as_secs_f64() * 1e3,
            stall_percent: self.lag.stall * 100.0,
        }
    }
}

/// What changes from second to second.
#[derive(Debug, Default)]
struct Tally {
    connected_max: usize,
    /// Seconds times connected bots.
    bot_seconds: f64,
    elapsed: Duration,
    before: Meters,
}

impl Tally {
    /// Takes in what the meters show now and says what happened since.
    fn second(&mut self, count: usize, elapsed: Duration, now: Meters) -> String {
        let connected = now.connected.max(0) as usize;
        let passed_s = (elapsed - self.elapsed).as_secs_f64();
        self.connected_max = self.connected_max.max(connected);
        self.bot_seconds += connected as f64 * passed_s;
        let per_second = |now: u64, before: u64| {
            grouped(((now - before) as f64 / passed_s.max(1e-3)).round() as u64)
        };
        let line = format!(
            "{:>4} s  {connected}/{count} bots  {} snapshots/s  {} kB/s  gap p99 {} ms  {:.1} corrections/min  {} lost",
            elapsed.as_secs(),
            per_second(now.snapshots, self.before.snapshots),
            per_second(now.bytes_in / 1000, self.before.bytes_in / 1000),
            now.snapshot_gap_us.value_at_quantile(0.99) / 1000,
            now.corrections as f64 * 60.0 / self.bot_seconds.max(1.0),
            now.lost(),
        );
        (self.elapsed, self.before) = (elapsed, now);
        line
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
