//! The line in numbers, for the net graph: counters that only grow and gauges of the moment. Read a few times a second,
//! so they stay out of the picture's array. `src/view/net_stats.ts` names them.

use fracas_protocol::Session;

pub(crate) fn numbers(session: &Session) -> Vec<f64> {
    let stats = session.stats();
    let welcome = session.welcome();
    let mut numbers = vec![
        stats.snapshots as f64,
        session.view().map_or(0.0, |view| f64::from(view.tick)),
        welcome.map_or(0.0, |welcome| f64::from(welcome.tick_hz)),
        welcome.map_or(0.0, |welcome| f64::from(welcome.snapshot_hz)),
        stats.bytes_in as f64,
        stats.bytes_out as f64,
        f64::from(stats.ping_ms),
        f64::from(stats.jitter_ms),
        f64::from(stats.interpolation_ms),
        f64::from(stats.input_margin),
        stats.starved_ticks as f64,
        stats.ticks_skipped as f64,
        stats.corrections as f64,
        f64::from(stats.correction_tiles),
        f64::from(stats.input_to_snapshot_ms),
        f64::from(stats.input_margin_target),
        stats.frames as f64,
        stats.frames_extrapolated as f64,
        stats.frames_frozen as f64,
        stats.frames_ahead as f64,
    ];
    // Own craft, other craft, those that entered, shots, events, roster, headers.
    numbers.extend(
        stats
            .content
            .named()
            .map(|(_, bits)| bits as f64 / f64::from(u8::BITS)),
    );
    numbers
}
