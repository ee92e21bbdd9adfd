//! Rooms that are asked for: made, and found by their code.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Extension, Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use fracas_bots::Skill;
use fracas_protocol::Mode;
use serde::{Deserialize, Serialize};

use super::{
    App,
    accept::Peer,
    api::{check_is_up, check_rate, no_store, reached_at, read_json},
    problem::Problem,
};
use crate::rooms::{NotMade, RoomWish, map_names, maps_for};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RoomRequest {
    mode: String,
    map: Option<String>,
    max_players: Option<i64>,
    bots: Option<i64>,
    bot_skill: Option<String>,
    #[serde(default)]
    rules: serde_json::Map<String, serde_json::Value>,
    private: Option<bool>,
}

#[derive(Serialize)]
struct RoomAnswer {
    room: Arc<str>,
    code: Arc<str>,
    url: String,
}

/// `POST /api/rooms`
pub(super) async fn make(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    check_is_up(&app)?;
    let wish = wish(read_json(&headers, body, "room").await?)?;
    check_rate(&app.rooms, &peer, || {
        let detail = "too many rooms were made from this address lately";
        Problem::too_many("too-many-rooms", detail, 50)
    })?;
    let room = app.maker.make(&app.config, &app.lobby, &wish).await?;
    let code = room.config.code.clone().unwrap_or_default();
    let (is_secure, host) = reached_at(&headers, &app);
    let scheme = if is_secure { "https" } else { "http" };
    let answer = RoomAnswer {
        room: room.config.name.clone(),
        url: format!("{scheme}://{host}/?code={code}"),
        code,
    };
    Ok(no_store((StatusCode::CREATED, Json(answer))))
}

#[derive(Serialize)]
struct RoomOptions {
    modes: Vec<&'static str>,
    maps: Vec<String>,
    /// Those of them that a mode can be played on, by mode.
    maps_by_mode: BTreeMap<&'static str, Vec<&'static str>>,
    /// Places of a room of a mode if nobody names their number.
    places_by_mode: BTreeMap<&'static str, u16>,
    /// Bots that are in such a room then.
    bots_by_mode: BTreeMap<&'static str, u16>,
    bot_skills: Vec<&'static str>,
    bot_skill: &'static str,
    max_players: u16,
    max_rooms_bots: u16,
}

/// `GET /api/room-options`: what can be asked for.
pub(super) async fn options(State(app): State<Arc<App>>) -> Response {
    let config = &app.config;
    no_store(Json(RoomOptions {
        modes: Mode::ALL.iter().map(|mode| mode.as_str()).collect(),
        maps: map_names(),
        maps_by_mode: by_mode(maps_for),
        places_by_mode: by_mode(|mode| config.made_places_of(mode)),
        bots_by_mode: by_mode(|mode| config.made_bots_usual(config.made_places_of(mode))),
        bot_skills: Skill::ALL.map(Skill::as_str).to_vec(),
        bot_skill: config.bot_skill.as_str(),
        max_players: config.max_room_players,
        max_rooms_bots: config.max_rooms_bots,
    }))
}

fn by_mode<T>(of: impl Fn(Mode) -> T) -> BTreeMap<&'static str, T> {
    let modes = Mode::ALL.iter();
    modes.map(|mode| (mode.as_str(), of(*mode))).collect()
}

/// `GET /api/rooms/{code}`: what runs there, for whoever was given the code.
pub(super) async fn by_code(
    State(app): State<Arc<App>>,
    Extension(peer): Extension<Peer>,
    Path(code): Path<String>,
) -> Result<Response, Problem> {
    check_rate(&app.joins, &peer, || {
        Problem::too_many("too-many-joins", "too many tries from this address", 1)
    })?;
    let info = app.lobby.of_code(&code);
    info.map(|info| no_store(Json(info))).ok_or_else(|| {
        let detail = "no room has this code; it may have ended because nobody was in it";
        Problem::new(StatusCode::NOT_FOUND, "no-such-room", detail)
    })
}

fn wish(request: RoomRequest) -> Result<RoomWish, NotMade> {
    Ok(RoomWish {
        mode: mode(&request.mode)?,
        map: request.map,
        max_players: count("max_players", request.max_players)?,
        bots: count("bots", request.bots)?,
        bot_skill: request.bot_skill.as_deref().map(bot_skill).transpose()?,
        rules: rules(&request.rules)?,
        is_private: request.private.unwrap_or(true),
    })
}

fn mode(text: &str) -> Result<Mode, NotMade> {
    let known = Mode::ALL.iter().map(|mode| mode.as_str());
    text.parse().map_err(|_| none_of("mode", text, known))
}

fn bot_skill(text: &str) -> Result<Skill, NotMade> {
    let known = Skill::ALL.into_iter().map(Skill::as_str);
    text.parse().map_err(|_| none_of("bot_skill", text, known))
}

fn none_of<'k>(key: &str, text: &str, known: impl Iterator<Item = &'k str>) -> NotMade {
    let shown: String = text.chars().take(60).collect();
    let known = known.collect::<Vec<_>>().join(", ");
    NotMade::NotAllowed(format!("{key} = {shown:?} is not allowed: {known}"))
}

/// What fits is judged by what is known of the room.
fn count(key: &str, number: Option<i64>) -> Result<Option<u16>, NotMade> {
    let count = |number: i64| {
        u16::try_from(number).map_err(|_| {
            NotMade::NotAllowed(format!("{key} = {number} is not allowed: 0 to 65535"))
        })
    };
    number.map(count).transpose()
}

fn rules(changes: &serde_json::Map<String, serde_json::Value>) -> Result<toml::Table, NotMade> {
    toml::Table::try_from(changes).map_err(|error| {
        NotMade::NotAllowed(format!(
            "rules: {error}; numbers, text, lists and objects are allowed"
        ))
    })
}

impl From<NotMade> for Problem {
    fn from(why: NotMade) -> Self {
        let text = why.to_string();
        match why {
            NotMade::NotAllowed(_) | NotMade::Rules(_) => {
                Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "bad-room", text)
            }
            NotMade::TooMany(_) => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too-many-rooms", text)
                    .retry_after(60)
            }
            NotMade::TooManyBots { .. } => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too-many-bots", text).retry_after(60)
            }
            NotMade::Failed(_) => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-made", text).retry_after(5)
            }
        }
    }
}
