//! The JSON API: what runs, and a ticket to play.

use std::{sync::Arc, time::Duration, time::Instant};

use axum::{
    Extension, Json,
    body::{Body, to_bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use fracas_protocol::Mode;
use serde::{Deserialize, Serialize};

use super::{App, accept::Peer, limits::AddressLimiter, problem::Problem};
use crate::{
    chat,
    lobby::Wish,
    names,
    room::{NoPlace, Reservation, RoomHandle, Unavailable},
};

/// A join is a name and a few words.
const BODY_BYTES_MAX: usize = 4 * 1024;
/// Where no room is as it should be.
const NO_ROOM: &str = "no room fits: /api/matches lists those that are open to all, and one that was made is gone when \
     nobody has been in it for a while";
/// For a body to arrive.
const BODY_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JoinRequest {
    name: String,
    room: Option<String>,
    mode: Option<String>,
    code: Option<String>,
    #[serde(default)]
    bot: bool,
}

#[derive(Serialize)]
struct JoinAnswer {
    match_id: Arc<str>,
    ws_url: String,
    ticket: String,
    name: Arc<str>,
}

/// `GET /api/matches`
pub(super) async fn matches(State(app): State<Arc<App>>) -> Response {
    no_store(Json(app.lobby.matches()))
}

/// `GET /api/matches/{id}`
pub(super) async fn match_by_id(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    app.lobby
        .find(&id)
        .map(|info| no_store(Json(info)))
        .ok_or_else(|| Problem::no_such_match(&id))
}

/// `GET /api/matches/{id}/scoreboard`
pub(super) async fn scoreboard(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let json = app
        .feed
        .scoreboard(&id)
        .ok_or_else(|| Problem::no_such_match(&id))?;
    Ok(no_store((
        [(header::CONTENT_TYPE, "application/json")],
        json,
    )))
}

/// `POST /api/join`
pub(super) async fn join(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    check_is_up(&app)?;
    check_rate(&app.joins, &peer, || {
        Problem::too_many("too-many-joins", "too many joins from this address", 1)
    })?;
    let request: JoinRequest = read_json(&headers, body, "join").await?;
    let name = names::clean(&request.name).map_err(|error| {
        Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad-name",
            error.to_string(),
        )
    })?;
    if app.config.profanity_filter && chat::is_offensive(&name) {
        let detail = "choose another name: this one is offensive";
        return Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "bad-name",
            detail,
        ));
    }
    let wish = wish(&request)?;
    let reservation = reserve(&app.lobby.places(&wish), &name, request.bot).await?;
    Ok(no_store(Json(JoinAnswer {
        match_id: reservation.match_id,
        ws_url: ws_url(&headers, &app),
        ticket: reservation.ticket,
        name: reservation.name,
    })))
}

/// Nobody new comes while the server goes down.
pub(super) fn check_is_up(app: &App) -> Result<(), Problem> {
    if app.is_draining() {
        return Err(Problem::draining());
    }
    Ok(())
}

/// Whether an address may do this once more now.
pub(super) fn check_rate(
    limiter: &AddressLimiter,
    peer: &Peer,
    refusal: impl FnOnce() -> Problem,
) -> Result<(), Problem> {
    if limiter.admit(peer.address.ip(), Instant::now()) {
        return Ok(());
    }
    Err(refusal())
}

/// A place in the first room that has one.
async fn reserve(rooms: &[RoomHandle], name: &str, bot: bool) -> Result<Reservation, Problem> {
    let mut refusal = Problem::new(StatusCode::NOT_FOUND, "no-such-room", NO_ROOM);
    let mut unanswered = 0;
    for room in rooms {
        let (kind, text) = match room.reserve(name.to_owned(), bot).await {
            Ok(Ok(reservation)) => return Ok(reservation),
            Ok(Err(NoPlace::Full)) => ("full", "every place is taken"),
            Ok(Err(NoPlace::Overloaded | NoPlace::Asleep)) => {
                ("overloaded", "the match has too much to do already")
            }
            // Each of these took seconds: whoever asks waits for no more than two.
            Err(Unavailable) if unanswered > 0 => break,
            Err(Unavailable) => {
                unanswered += 1;
                ("overloaded", "the room doesn't answer")
            }
        };
        refusal = Problem::new(StatusCode::SERVICE_UNAVAILABLE, kind, text).retry_after(5);
    }
    Err(refusal)
}

fn wish(request: &JoinRequest) -> Result<Wish, Problem> {
    let mode = request
        .mode
        .as_deref()
        .map(str::parse::<Mode>)
        .transpose()
        .map_err(Problem::bad_request)?;
    Ok(Wish {
        room: request.room.clone(),
        code: request.code.clone(),
        mode,
        bot: request.bot,
    })
}

/// `what` the body should be.
pub(super) async fn read_json<T: serde::de::DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
    what: &str,
) -> Result<T, Problem> {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("application/json") {
        let detail = "send content-type: application/json";
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "not-json",
            detail,
        ));
    }
    let bytes = match tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, BODY_BYTES_MAX)).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(_)) => {
            let detail = format!("the body is over {BODY_BYTES_MAX} bytes or broke off");
            return Err(Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "body-too-large",
                detail,
            ));
        }
        Err(_) => {
            let detail = "the body took too long to arrive";
            return Err(Problem::new(
                StatusCode::REQUEST_TIMEOUT,
                "body-too-slow",
                detail,
            ));
        }
    };
    serde_json::from_slice(&bytes)
        .map_err(|error| Problem::bad_request(format!("not a valid {what}: {error}")))
}

/// Where the game socket is, as the client reached us.
fn ws_url(headers: &HeaderMap, app: &App) -> String {
    let (is_secure, host) = reached_at(headers, app);
    let scheme = if is_secure { "wss" } else { "ws" };
    format!("{scheme}://{host}/ws")
}

/// How the client reached us: whether over TLS, and under which name.
pub(super) fn reached_at(headers: &HeaderMap, app: &App) -> (bool, String) {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let is_secure =
        text("x-forwarded-proto").is_some_and(|proto| proto.eq_ignore_ascii_case("https"));
    let host = text("host").filter(|host| is_authority(host));
    let host = host.map_or_else(|| app.config.listen.to_string(), str::to_owned);
    (is_secure, host)
}

/// Only what can stand between `://` and `/`.
fn is_authority(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b))
}

pub(super) fn no_store(answer: impl IntoResponse) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], answer).into_response()
}
