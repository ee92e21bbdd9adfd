//! What a host can see: logs on stderr, metrics in Prometheus' format.
//!
//! Names of metrics are an interface; players' and matches' names are never labels. Gauges of rooms are read from the
//! lobby when somebody asks (`net::internal`), so that nothing can drift.

use std::{
    io::IsTerminal,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use fracas_protocol::snapshot::ContentBits;
use metrics::{
    Counter, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram,
    histogram,
};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::{clock::Start, config::LogFormat, room::STEP_MAX, sim::Outbound};

/// Seconds; 16.7 ms is a whole tick at 60 Hz. Close together where targets lie, so that a quantile read between two
/// limits is off by a tenth at most.
const TICK_BUCKETS: &[f64] = &[
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.001_5, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007,
    0.008, 0.009, 0.010, 0.011, 0.012, 0.014, 0.016_7, 0.018, 0.020, 0.022_5, 0.025, 0.03, 0.04,
    0.06, 0.1, 0.25, 1.,
];
/// Bytes; a full Ethernet frame is 1,500.
const SNAPSHOT_BUCKETS: &[f64] = &[
    16., 32., 64., 96., 128., 192., 256., 384., 512., 768., 1_024., 1_500., 3_000., 12_000.,
];

/// Every sample is kept until it is drained: with thousands of players one snapshot in eight says the same for less.
const SNAPSHOTS_PER_SAMPLE: u32 = 8;

/// Starts logging to stderr, as `RUST_LOG` says (`info` without it).
pub fn init_logs(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    // A second call (tests) keeps the first logger.
    let _ = match format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}

/// The process's metrics; the first call starts recording.
pub fn metrics() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let recorder = builder().build_recorder();
        let handle = recorder.handle();
        // Fails only where the program that embeds this server records already.
        let _ = metrics::set_global_recorder(recorder);
        describe();
        handle
    })
}

fn builder() -> PrometheusBuilder {
    let full = |name: &str| Matcher::Full(name.to_owned());
    PrometheusBuilder::new()
        .set_buckets_for_metric(full("fracas_tick_duration_seconds"), TICK_BUCKETS)
        .and_then(|builder| {
            builder.set_buckets_for_metric(full("fracas_tick_start_lag_seconds"), TICK_BUCKETS)
        })
        .and_then(|builder| {
            builder.set_buckets_for_metric(full("fracas_snapshot_bytes"), SNAPSHOT_BUCKETS)
        })
        .expect("no list of buckets is empty")
}

const COUNTERS: [(&str, &str); 17] = [
    (
        "fracas_tick_overruns_total",
        "Ticks that took longer than their period.",
    ),
    (
        "fracas_ticks_late_total",
        "Ticks that took longer than their period or began when the next was due.",
    ),
    (
        "fracas_ticks_skipped_total",
        "Ticks given up after a long hold-up.",
    ),
    (
        "fracas_slow_ticks_total",
        "Ticks that took over half their period or began over a period late.",
    ),
    (
        "fracas_overload_seconds_total",
        "Seconds that rooms spent at each step of overload; 0 is none.",
    ),
    ("fracas_match_panics_total", "Matches that crashed."),
    ("fracas_ws_bytes_total", "Payload bytes over WebSockets."),
    ("fracas_ws_closes_total", "WebSockets closed, by code."),
    ("fracas_snapshots_total", "Snapshots sent."),
    (
        "fracas_snapshots_skipped_total",
        "Snapshots put off because the one before had not left, in each tick that they wait.",
    ),
    (
        "fracas_snapshot_content_bits_total",
        "What the bits of snapshots were spent on, by kind of content.",
    ),
    (
        "fracas_snapshot_left_out_total",
        "Craft and shots that a snapshot left out for its budget; they follow within a quarter of a second.",
    ),
    (
        "fracas_sse_resets_total",
        "Subscribers told that history was lost.",
    ),
    (
        "fracas_inputs_rejected_total",
        "Inputs the simulation had no use for, by reason.",
    ),
    ("fracas_chat_lines_total", "Lines passed on, by channel."),
    (
        "fracas_chat_refused_total",
        "Lines that went to nobody, by reason.",
    ),
    (
        "fracas_connections_refused_total",
        "Connections over a limit, by limit.",
    ),
];
const GAUGES: [(&str, &str); 5] = [
    ("fracas_players", "Places taken, by kind."),
    ("fracas_matches", "Matches, by phase."),
    ("fracas_ws_connections", "Open WebSockets."),
    (
        "fracas_overload_step",
        "What the room that is worst off gives up: 0 nothing, 1 far aims, 2 to 4 all snapshots come further apart, 5 nobody new comes in.",
    ),
    ("fracas_sse_subscribers", "Open event streams."),
];

fn describe() {
    describe_histogram!(
        "fracas_tick_duration_seconds",
        Unit::Seconds,
        "From the start of a tick to its end, publishing included."
    );
    describe_histogram!(
        "fracas_tick_start_lag_seconds",
        Unit::Seconds,
        "How long after its deadline a tick began."
    );
    describe_histogram!(
        "fracas_snapshot_bytes",
        Unit::Bytes,
        "Size of a snapshot without framing; one in eight is measured."
    );
    for (name, text) in COUNTERS {
        describe_counter!(name, text);
    }
    for (name, text) in GAUGES {
        describe_gauge!(name, text);
    }
}

/// A room's metrics, looked up once.
pub struct RoomMetrics {
    tick_duration: Histogram,
    tick_start_lag: Histogram,
    tick_overruns: Counter,
    ticks_late: Counter,
    ticks_skipped: Counter,
    slow_ticks: Counter,
    snapshots: Counter,
    snapshots_skipped: Counter,
    snapshot_bytes: Histogram,
    /// In the order of [`ContentBits::named`].
    content_bits: [Counter; 7],
    left_out: Counter,
    /// By step.
    overload_seconds: [Counter; STEP_MAX as usize + 1],
    until_sample: AtomicU32,
}

impl RoomMetrics {
    /// Looks them up.
    pub fn new() -> Self {
        Self {
            tick_duration: histogram!("fracas_tick_duration_seconds"),
            tick_start_lag: histogram!("fracas_tick_start_lag_seconds"),
            tick_overruns: counter!("fracas_tick_overruns_total"),
            ticks_late: counter!("fracas_ticks_late_total"),
            ticks_skipped: counter!("fracas_ticks_skipped_total"),
            slow_ticks: counter!("fracas_slow_ticks_total"),
            snapshots: counter!("fracas_snapshots_total"),
            snapshots_skipped: counter!("fracas_snapshots_skipped_total"),
            snapshot_bytes: histogram!("fracas_snapshot_bytes"),
            content_bits: ContentBits::default()
                .named()
                .map(|(kind, _)| counter!("fracas_snapshot_content_bits_total", "kind" => kind)),
            left_out: counter!("fracas_snapshot_left_out_total"),
            overload_seconds: std::array::from_fn(
                |step| counter!("fracas_overload_seconds_total", "step" => step.to_string()),
            ),
            until_sample: AtomicU32::new(0),
        }
    }

    /// A tick begins.
    pub fn tick_starts(&self, start: Start) {
        self.tick_start_lag.record(start.lag);
        self.ticks_skipped.increment(u64::from(start.skipped));
    }

    /// A tick that began `lag` after its deadline has ended, with all that belongs to it.
    pub fn tick_ends(&self, lag: Duration, took: Duration, period: Duration) {
        self.tick_duration.record(took);
        if took > period {
            self.tick_overruns.increment(1);
        }
        if took > period || lag >= period {
            self.ticks_late.increment(1);
        }
    }

    /// A tick was slow.
    pub fn slow_tick(&self) {
        self.slow_ticks.increment(1);
    }

    /// A second has passed at a step of overload.
    pub fn overload_second(&self, step: u8) {
        if let Some(seconds) = self.overload_seconds.get(usize::from(step)) {
            seconds.increment(1);
        }
    }

    /// What a tick had to say.
    pub fn outbound(&self, outbound: &Outbound) {
        self.snapshots.increment(outbound.snapshots.len() as u64);
        self.snapshots_skipped
            .increment(u64::from(outbound.stats.snapshots_skipped));
        for (counter, (_, bits)) in self.content_bits.iter().zip(outbound.stats.content.named()) {
            counter.increment(bits);
        }
        self.left_out.increment(u64::from(outbound.stats.left_out));
        for (_, bytes) in &outbound.snapshots {
            if self
                .until_sample
                .fetch_add(1, Ordering::Relaxed)
                .is_multiple_of(SNAPSHOTS_PER_SAMPLE)
            {
                self.snapshot_bytes.record(bytes.len() as f64);
            }
        }
        for (_, reason) in &outbound.rejected {
            counter!("fracas_inputs_rejected_total", "reason" => reason.as_str()).increment(1);
        }
    }
}

impl Default for RoomMetrics {
    fn default() -> Self {
        Self::new()
    }
}

/// Drains recorded samples now and then, so that they don't pile up while nobody asks for metrics.
pub async fn upkeep() {
    let mut every = tokio::time::interval(Duration::from_secs(5));
    loop {
        every.tick().await;
        metrics().run_upkeep();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_is_late_if_it_took_too_long_or_began_when_the_next_was_due() {
        let recorder = builder().build_recorder();
        let handle = recorder.handle();
        let ms = Duration::from_millis;
        metrics::with_local_recorder(&recorder, || {
            let room = RoomMetrics::new();
            for (lag, took) in [(0, 16), (15, 10), (0, 17), (16, 1), (20, 20)] {
                room.tick_ends(ms(lag), ms(took), ms(16));
            }
            room.overload_second(2);
        });
        let text = handle.render();
        for line in [
            "fracas_ticks_late_total 3",
            "fracas_tick_overruns_total 2",
            "fracas_overload_seconds_total{step=\"2\"} 1",
            "fracas_overload_seconds_total{step=\"5\"} 0",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
