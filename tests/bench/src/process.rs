//! Starting what is measured, and measuring it.

use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, anyhow, bail};
use rustix::{
    process::{Pid, Signal, kill_process},
    thread::{CpuSet, sched_getaffinity, sched_setaffinity},
};
use serde::de::DeserializeOwned;

use crate::scrape::Metrics;

/// For anything that is waited for: everybody connected, a process gone.
const PATIENCE: Duration = Duration::from_secs(120);
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What figures are made of, all there from a server's first tick on.
const COUNTED: [&str; 7] = [
    "fracas_snapshots_total",
    "fracas_snapshots_skipped_total",
    "fracas_tick_duration_seconds_count",
    "fracas_tick_overruns_total",
    "fracas_ticks_late_total",
    "fracas_ticks_skipped_total",
    "fracas_overload_seconds_total{step=\"0\"}",
];

/// Where programs and results are, and which core is whose.
#[derive(Debug, Clone)]
pub struct Bench {
    fracas: PathBuf,
    bots: PathBuf,
    itself: PathBuf,
    results: PathBuf,
    cores: Option<Cores>,
}

#[derive(Debug, Clone, Copy)]
struct Cores {
    server: CpuSet,
    load: CpuSet,
}

/// Which of two a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What is measured.
    Server,
    /// What makes it work.
    Load,
}

/// Where results are kept, beside the folder of this program; made if it isn't there.
///
/// # Errors
/// It can't be made.
pub fn results() -> anyhow::Result<PathBuf> {
    let itself = std::env::current_exe().context("where is this program?")?;
    let folder = itself.parent().context("a program is in a folder")?;
    let results = folder.parent().unwrap_or(folder).join("bench");
    fs::create_dir_all(&results).with_context(|| format!("can't make {}", results.display()))?;
    Ok(results)
}

impl Bench {
    /// Finds the programs next to this one, and the cores.
    ///
    /// # Errors
    /// A program has not been built, or `target/bench` can't be made; the text says what to do.
    pub fn find() -> anyhow::Result<Self> {
        let itself = std::env::current_exe().context("where is this program?")?;
        let folder = itself.parent().context("a program is in a folder")?;
        let built = |name: &str| {
            let path = folder.join(name);
            match path.exists() {
                true => Ok(path),
                false => Err(anyhow!(
                    "{} is missing: build it with `make build && cargo build --release -p fracas-bots`",
                    path.display()
                )),
            }
        };
        let results = results()?;
        Ok(Self {
            fracas: built("fracas")?,
            bots: built("fracas-bots")?,
            cores: cores(),
            itself,
            results,
        })
    }

    /// Where results are kept.
    pub fn results(&self) -> &Path {
        &self.results
    }

    /// Whether server and load have a core each.
    pub fn is_pinned(&self) -> bool {
        self.cores.is_some()
    }

    /// Starts a server on free ports with these flags, and waits until it takes players.
    ///
    /// # Errors
    /// It doesn't start; its own words are on stderr.
    pub fn serve(&self, flags: &[&str]) -> anyhow::Result<Server> {
        let internal = free_port()?;
        let mut command = Command::new(&self.fracas);
        command
            .args(["serve", "--listen", "127.0.0.1:0", "--bots", "0"])
            .args(["--internal-listen", &internal.to_string()])
            .args(flags)
            .env("RUST_LOG", "warn")
            .stderr(self.log("server.log")?);
        let mut process = Process::start(command, Stdio::piped(), self.cores, Part::Server)?;
        let line = process.line().context("the server did not start")?;
        let address = line.strip_prefix("listening on http://");
        let address = address.and_then(|address| address.parse().ok());
        Ok(Server {
            address: address.with_context(|| format!("not an address: {line:?}"))?,
            internal,
            process,
        })
    }

    /// Starts bots that play until they are told to stop.
    ///
    /// # Errors
    /// The system can't start them.
    pub fn bots(&self, server: &Server, count: usize, flags: &[&str]) -> anyhow::Result<Bots> {
        let report = self.results.join("bots.json");
        let mut command = Command::new(&self.bots);
        command
            .args(["--url", &format!("http://{}", server.address)])
            .args(["--count", &count.to_string(), "--threads", "1"])
            .arg("--report")
            .arg(&report)
            .args(flags)
            .stderr(self.log("bots.log")?);
        let output = self.log("bots.log")?.into();
        let process = Process::start(command, output, self.cores, Part::Load)?;
        Ok(Bots { process, report })
    }

    /// Starts this program as something else; see `fracas-bench help`.
    ///
    /// # Errors
    /// The system can't start it.
    pub fn role<S: AsRef<OsStr>>(&self, part: Part, arguments: &[S]) -> anyhow::Result<Process> {
        let mut command = Command::new(&self.itself);
        command.args(arguments);
        Process::start(command, Stdio::piped(), self.cores, part)
    }

    fn log(&self, name: &str) -> anyhow::Result<File> {
        let path = self.results.join(name);
        File::options()
            .create(true)
            .append(true)
            .open(&path)
            .with_context(|| format!("can't write {}", path.display()))
    }
}

/// The first core that may be used for the server, the last for the load.
fn cores() -> Option<Cores> {
    let allowed = sched_getaffinity(None).ok()?;
    let mut cores = (0..CpuSet::MAX_CPU).filter(|core| allowed.is_set(*core));
    let only = |core| {
        let mut set = CpuSet::new();
        set.set(core);
        set
    };
    let (server, load) = (cores.next()?, cores.next_back()?);
    Some(Cores {
        server: only(server),
        load: only(load),
    })
}

fn free_port() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// A process of ours. It does not outlive this value.
#[derive(Debug)]
pub struct Process {
    child: Child,
    input: Option<ChildStdin>,
    output: Option<BufReader<ChildStdout>>,
}

impl Process {
    fn start(
        mut command: Command,
        output: Stdio,
        cores: Option<Cores>,
        part: Part,
    ) -> anyhow::Result<Self> {
        command.stdin(Stdio::piped()).stdout(output);
        // A child inherits the cores of the thread that starts it.
        let ours = sched_getaffinity(None)?;
        if let Some(cores) = cores {
            let set = match part {
                Part::Server => cores.server,
                Part::Load => cores.load,
            };
            sched_setaffinity(None, &set).context("can't choose a core")?;
        }
        let program = command.get_program().to_owned();
        let child = command.spawn();
        sched_setaffinity(None, &ours)?;
        let mut child = child.with_context(|| format!("can't start {}", program.display()))?;
        Ok(Self {
            input: child.stdin.take(),
            output: child.stdout.take().map(BufReader::new),
            child,
        })
    }

    /// The next line that it prints.
    ///
    /// # Errors
    /// It has ended, or prints nothing that could be read.
    pub fn line(&mut self) -> anyhow::Result<String> {
        let output = self.output.as_mut().context("its output goes elsewhere")?;
        let mut line = String::new();
        if output.read_line(&mut line)? == 0 {
            bail!("it ended: {}", self.child.wait()?);
        }
        Ok(line.trim_end().to_owned())
    }

    /// Writes a line to a process in one of our roles, and reads its answer.
    ///
    /// # Errors
    /// It has ended, or answers something else.
    pub fn ask<T: DeserializeOwned>(&mut self, what: &str) -> anyhow::Result<T> {
        let input = self.input.as_mut().context("its input is closed")?;
        writeln!(input, "{what}")?;
        input.flush()?;
        let line = self.line()?;
        serde_json::from_str(&line).with_context(|| format!("not an answer to {what}: {line:?}"))
    }

    /// Processor time of all its threads so far, in seconds, as the scheduler counts it: to the nanosecond, where
    /// `/proc/PID/stat` has hundredths. Threads that have ended are not in it; what is measured here ends none.
    ///
    /// # Errors
    /// The process is gone, or the kernel keeps no such count.
    pub fn cpu_seconds(&self) -> anyhow::Result<f64> {
        let folder = format!("/proc/{}/task", self.child.id());
        let mut nanos = 0;
        for task in fs::read_dir(&folder).with_context(|| format!("no {folder}"))? {
            let path = task?.path().join("schedstat");
            let text = fs::read_to_string(&path)
                .with_context(|| format!("the kernel has no {}", path.display()))?;
            let on_cpu = text.split(' ').next().unwrap_or_default();
            nanos += on_cpu
                .parse::<u64>()
                .with_context(|| format!("not a time in {}", path.display()))?;
        }
        Ok(nanos as f64 / 1e9)
    }

    /// Resident memory now, in bytes. The kernel's own (socket buffers, and about 2 KiB for each socket) is not in it.
    ///
    /// # Errors
    /// The process is gone.
    pub fn rss_bytes(&self) -> anyhow::Result<f64> {
        // Exact, unlike VmRSS in `status`, which lags behind by up to a few dozen pages for each thread.
        let path = format!("/proc/{}/smaps_rollup", self.child.id());
        let text = fs::read_to_string(&path).with_context(|| format!("no {path}"))?;
        let kib = text.lines().find_map(|line| {
            let rest = line.strip_prefix("Rss:")?;
            rest.trim().strip_suffix("kB")?.trim().parse::<f64>().ok()
        });
        Ok(kib.with_context(|| format!("no Rss in {path}"))? * 1024.0)
    }

    /// Asks it to stop as Ctrl-C does, and waits until it is gone.
    ///
    /// # Errors
    /// It was gone already, or doesn't stop.
    pub fn interrupt(mut self) -> anyhow::Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("it ended too early: {status}");
        }
        drop(self.input.take());
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            kill_process(pid, Signal::INT)?;
        }
        wait_until("a process to stop", || Ok(self.child.try_wait()?.is_some()))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server that runs.
#[derive(Debug)]
pub struct Server {
    /// Where players connect.
    pub address: SocketAddr,
    /// Metrics and health.
    pub internal: SocketAddr,
    /// Its process.
    pub process: Process,
}

impl Server {
    /// Its metrics now.
    ///
    /// # Errors
    /// No answer.
    pub fn metrics(&self) -> anyhow::Result<Metrics> {
        Metrics::read(self.internal)
    }

    /// Waits until so many game sockets are open.
    ///
    /// # Errors
    /// They never are.
    pub fn wait_for_players(&self, count: usize) -> anyhow::Result<()> {
        let connected = || Ok(self.metrics()?.value("fracas_ws_connections") >= count as f64);
        wait_until(&format!("{count} players to connect"), connected)
            .context("see bots.log and server.log in target/bench")
    }

    /// Measures for a while.
    ///
    /// # Errors
    /// It ends meanwhile, or doesn't count what is to be measured.
    pub fn measure(&self, window: Duration) -> anyhow::Result<Sample> {
        let (before, machine) = (self.metrics()?, Jiffies::now()?);
        let (start, cpu) = (Instant::now(), self.process.cpu_seconds()?);
        thread::sleep(window);
        let cpu_s = self.process.cpu_seconds()? - cpu;
        let wall_s = start.elapsed().as_secs_f64();
        let machine_cores = Jiffies::now()?.busy_cores_since(&machine);
        let after = self.metrics()?;
        after.require(&COUNTED)?;
        Ok(Sample {
            cpu_s,
            wall_s,
            machine_cores,
            before,
            after,
        })
    }
}

/// What all processors of the machine have done so far, in the kernel's unit.
struct Jiffies {
    busy: u64,
    idle: u64,
}

impl Jiffies {
    fn now() -> anyhow::Result<Self> {
        let text = fs::read_to_string("/proc/stat").context("no /proc/stat")?;
        let line = text.lines().next().unwrap_or_default();
        let fields = line.split_whitespace().skip(1);
        // user, nice, system, idle, iowait, irq, softirq
        let fields: Vec<u64> = fields.take(7).flat_map(str::parse).collect();
        let [user, nice, system, idle, iowait, irq, softirq] = fields[..] else {
            bail!("not a line of /proc/stat: {line:?}");
        };
        Ok(Self {
            busy: user + nice + system + irq + softirq,
            idle: idle + iowait,
        })
    }

    fn busy_cores_since(&self, before: &Self) -> f64 {
        let (busy, idle) = (
            self.busy - before.busy,
            self.idle.saturating_sub(before.idle),
        );
        let cores = thread::available_parallelism().map_or(1, usize::from);
        cores as f64 * busy as f64 / (busy + idle).max(1) as f64
    }
}

/// What a server did for a while.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Processor time it took, in seconds.
    pub cpu_s: f64,
    /// How long that was, in seconds.
    pub wall_s: f64,
    /// Cores of the machine that were busy, with whatever: more than server and load means that neither was alone.
    pub machine_cores: f64,
    before: Metrics,
    after: Metrics,
}

impl Sample {
    /// By how much a counter grew.
    pub fn grown(&self, name: &str) -> f64 {
        self.after.value(name) - self.before.value(name)
    }

    /// Of one core.
    pub fn cores(&self) -> f64 {
        self.cpu_s / self.wall_s
    }

    /// Seconds at each step of overload that was reached, `none` if there was none.
    pub fn overload(&self) -> String {
        let steps = (1..=5).map(|step| {
            let name = format!("fracas_overload_seconds_total{{step=\"{step}\"}}");
            (step, self.grown(&name))
        });
        let reached = steps.filter(|(_, seconds)| *seconds > 0.0);
        let texts: Vec<_> = reached
            .map(|(step, seconds)| format!("{seconds} s at step {step}"))
            .collect();
        match texts.is_empty() {
            true => "none".to_owned(),
            false => texts.join(", "),
        }
    }
}

/// Bots that play.
#[derive(Debug)]
pub struct Bots {
    process: Process,
    report: PathBuf,
}

impl Bots {
    /// Processor time they took so far, in seconds.
    ///
    /// # Errors
    /// They are gone.
    pub fn cpu_seconds(&self) -> anyhow::Result<f64> {
        self.process.cpu_seconds()
    }

    /// Ends them and reads what they report.
    ///
    /// # Errors
    /// They don't stop or leave no report.
    pub fn stop(self) -> anyhow::Result<serde_json::Value> {
        self.process
            .interrupt()
            .context("the bots; see bots.log in target/bench")?;
        let text = fs::read_to_string(&self.report)
            .with_context(|| format!("can't read {}", self.report.display()))?;
        serde_json::from_str(&text)
            .with_context(|| format!("no report in {}", self.report.display()))
    }
}

/// Looks until something is so.
///
/// # Errors
/// It never is; the text says what was waited for.
pub fn wait_until(
    what: &str,
    mut is_so: impl FnMut() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    let until = Instant::now() + PATIENCE;
    while !is_so()? {
        if Instant::now() > until {
            bail!("waited {} s for {what}", PATIENCE.as_secs());
        }
        thread::sleep(LOOK_EVERY);
    }
    Ok(())
}
