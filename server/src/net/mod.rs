//! Everything that speaks to the outside.
//!
//! | file | what it is |
//! |---|---|
//! | this | what handlers share, and which path goes where |
//! | `accept` | the accept loop: hyper with timeouts and limits |
//! | `limits` | how many connections, how many joins |
//! | `ws` | the game socket: upgrade, hello, then one task that reads, writes and measures |
//! | `api`, `rooms`, `sse`, `pages`, `internal` | HTTP |
//! | `problem`, `refusals` | errors over HTTP, and their lines in the log |
//!
//! Nothing here knows the simulation: it talks to rooms through `RoomHandle` and `Link`, and reads the feed.

pub mod accept;
mod api;
mod internal;
pub mod limits;
mod pages;
mod problem;
mod refusals;
mod rooms;
mod sse;
mod ws;

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicUsize, Ordering},
};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::{HeaderName, HeaderValue, Method, Uri, header},
    middleware,
    response::{IntoResponse, Response},
    routing::{get, post},
};

pub use self::ws::SocketOptions;
use self::{
    limits::{AddressLimiter, JOINS, ROOMS},
    problem::Problem,
    refusals::RefusalLog,
};
use crate::{config::Config, feed::Feed, lobby::Lobby, rooms::Maker};

/// What all handlers share.
#[derive(Debug)]
pub struct App {
    /// As it was started.
    pub config: Config,
    /// Which matches exist.
    pub lobby: Arc<Lobby>,
    /// Makes rooms.
    pub maker: Maker,
    /// What happens in them.
    pub feed: Arc<Feed>,
    /// No new players: the server is going down.
    pub draining: AtomicBool,
    /// Open game sockets.
    pub sockets: AtomicUsize,
    /// How often one address may join.
    pub joins: AddressLimiter,
    /// How often one address may have a room made.
    pub rooms: AddressLimiter,
    /// How game sockets are set up.
    pub socket_options: SocketOptions,
}

impl App {
    /// Nothing exists yet.
    pub fn new(config: Config, feed: Arc<Feed>) -> Arc<Self> {
        Self::with_socket_options(config, feed, SocketOptions::default())
    }

    /// The same with other game sockets, to measure them.
    pub fn with_socket_options(
        config: Config,
        feed: Arc<Feed>,
        socket_options: SocketOptions,
    ) -> Arc<Self> {
        Arc::new(Self {
            maker: Maker::new(&config, feed.clone()),
            config,
            lobby: Arc::default(),
            feed,
            draining: AtomicBool::new(false),
            sockets: AtomicUsize::new(0),
            joins: AddressLimiter::new(JOINS),
            rooms: AddressLimiter::new(ROOMS),
            socket_options,
        })
    }

    /// Whether the server is going down.
    pub fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }
}

/// What players, pages, overlays and bots reach.
pub fn public(app: Arc<App>) -> Router {
    let readable = Router::new()
        .route("/api/matches", get(api::matches))
        .route("/api/matches/{id}", get(api::match_by_id))
        .route("/api/matches/{id}/scoreboard", get(api::scoreboard))
        .route("/api/matches/{id}/events", get(sse::match_events))
        .route("/api/events", get(sse::all_events))
        .route_layer(middleware::map_response(readable_from_anywhere));
    Router::new()
        .merge(readable)
        .route("/api/join", post(api::join))
        .route("/api/rooms", post(rooms::make))
        .route("/api/room-options", get(rooms::options))
        .route("/api/rooms/{code}", get(rooms::by_code))
        .route("/ws", get(ws::upgrade))
        .fallback(pages::serve)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::map_response(nosniff))
        .layer(middleware::from_fn_with_state(
            RefusalLog::new(),
            refusals::note,
        ))
        .with_state(app)
}

/// What only the host reaches.
pub fn private(app: Arc<App>) -> Router {
    Router::new()
        .route("/metrics", get(internal::metrics))
        .route("/debug/slow-ticks", get(internal::slow_ticks))
        .route("/health/live", get(internal::live))
        .route("/health/ready", get(internal::ready))
        .fallback(async |uri: Uri| Problem::no_such_page(uri.path()))
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(app)
}

async fn method_not_allowed(method: Method, uri: Uri) -> Response {
    let detail = format!("{} doesn't take {method}", uri.path());
    Problem::new(
        axum::http::StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        detail,
    )
    .into_response()
}

/// Overlays and scoreboards of other sites may read; nothing here depends on who asks.
async fn readable_from_anywhere(mut response: Response) -> Response {
    let anyone = HeaderValue::from_static("*");
    response
        .headers_mut()
        .insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, anyone);
    response
}

async fn nosniff(mut response: Response) -> Response {
    let name = HeaderName::from_static("x-content-type-options");
    response
        .headers_mut()
        .insert(name, HeaderValue::from_static("nosniff"));
    response
}
