//! For the host alone: metrics, health, and what slow ticks spent their time on.

use std::{
    sync::{Arc, OnceLock, atomic::Ordering},
    time::{Duration, Instant},
};

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use fracas_protocol::Phase;
use metrics::gauge;
use serde::Serialize;

use super::{App, problem::Problem};
use crate::{room::Records, telemetry};

/// A room that has not published for this long is stuck. It does so four times a second.
const SILENT_MAX: Duration = Duration::from_secs(5);

pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response {
    static PROCESS: OnceLock<metrics_process::Collector> = OnceLock::new();
    let handle = telemetry::metrics();
    PROCESS
        .get_or_init(|| {
            let collector = metrics_process::Collector::default();
            collector.describe();
            collector
        })
        .collect();
    set_gauges(&app);
    (
        [(header::CONTENT_TYPE, "text/plain; version=0.0.4")],
        handle.render(),
    )
        .into_response()
}

fn set_gauges(app: &App) {
    let matches = app.lobby.all_matches();
    let players: usize = matches.iter().map(|info| info.players).sum();
    let bots: usize = matches.iter().map(|info| info.bots).sum();
    gauge!("fracas_players", "kind" => "human").set((players - bots) as f64);
    gauge!("fracas_players", "kind" => "bot").set(bots as f64);
    for phase in Phase::ALL {
        gauge!("fracas_matches", "phase" => phase.as_str()).set(app.lobby.count(*phase) as f64);
    }
    gauge!("fracas_overload_step").set(f64::from(app.lobby.overload_step()));
    gauge!("fracas_ws_connections").set(app.sockets.load(Ordering::Relaxed) as f64);
    gauge!("fracas_sse_subscribers").set(app.feed.subscribers() as f64);
}

/// What the recorder of a room has kept.
#[derive(Serialize)]
pub(super) struct RoomRecords {
    room: Arc<str>,
    tick_hz: u8,
    #[serde(flatten)]
    records: Records,
}

/// Which ticks were slow lately, and what they spent their time on, by room.
pub(super) async fn slow_ticks(State(app): State<Arc<App>>) -> Json<Vec<RoomRecords>> {
    let records = app.lobby.rooms().into_iter().map(|room| RoomRecords {
        room: room.config.name.clone(),
        tick_hz: room.config.tick_hz,
        records: room.records(),
    });
    Json(records.collect())
}

/// 200 as long as every room keeps time.
pub(super) async fn live(State(app): State<Arc<App>>) -> Result<&'static str, Problem> {
    let now = Instant::now();
    let stuck = app.lobby.rooms().into_iter().find(|room| {
        let status = room.status();
        !status.asleep && now.saturating_duration_since(status.at) > SILENT_MAX
    });
    match stuck {
        None => Ok("ok\n"),
        Some(room) => Err(not_well(format!("room {} stands still", room.config.name))),
    }
}

/// 200 when new players may come.
pub(super) async fn ready(State(app): State<Arc<App>>) -> Result<&'static str, Problem> {
    if app.is_draining() {
        return Err(Problem::draining());
    }
    if app.lobby.rooms().is_empty() {
        return Err(not_well("no room yet".into()));
    }
    live(State(app)).await
}

fn not_well(detail: String) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-well", detail)
}
