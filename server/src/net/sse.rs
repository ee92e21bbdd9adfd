//! Event streams: a subscription to the feed as `text/event-stream`.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;

use super::{App, problem::Problem};
use crate::feed::{Opening, Selection, Subscription};

/// A comment this often keeps proxies from closing a quiet stream.
const HEARTBEAT_EVERY: Duration = Duration::from_secs(15);
const HEARTBEAT: Bytes = Bytes::from_static(b": still here\n\n");
const RETRY: Bytes = Bytes::from_static(b"retry: 2000\n\n");

#[derive(Deserialize)]
pub(super) struct Options {
    last_event_id: Option<String>,
    events: Option<String>,
    top: Option<usize>,
}

/// `GET /api/matches/{id}/events`
pub(super) async fn match_events(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    options: Result<Query<Options>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    open(&app, Some(id.into()), &options?.0, &headers)
}

/// `GET /api/events`
pub(super) async fn all_events(
    State(app): State<Arc<App>>,
    options: Result<Query<Options>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    open(&app, None, &options?.0, &headers)
}

impl From<axum::extract::rejection::QueryRejection> for Problem {
    fn from(rejection: axum::extract::rejection::QueryRejection) -> Self {
        Problem::bad_request(rejection.body_text())
    }
}

fn open(
    app: &Arc<App>,
    match_id: Option<Arc<str>>,
    options: &Options,
    headers: &HeaderMap,
) -> Result<Response, Problem> {
    if app.is_draining() {
        return Err(Problem::draining());
    }
    let name = match_id.clone().unwrap_or_default();
    let mut selection = Selection::all_of(match_id);
    if let Some(list) = &options.events {
        selection = selection.only(list).map_err(Problem::bad_request)?;
    }
    if let Some(top) = options.top {
        selection.top = top;
    }
    let header = headers
        .get("last-event-id")
        .and_then(|value| value.to_str().ok())
        .filter(|id| !id.is_empty());
    let last_id = header.or(options.last_event_id.as_deref());
    match app.feed.subscribe(selection, last_id) {
        Opening::Stream(subscription) => {
            app.lobby.wake_all();
            Ok(stream_of(subscription))
        }
        // The one answer that tells an EventSource not to come back.
        Opening::NothingMore => Ok(StatusCode::NO_CONTENT.into_response()),
        Opening::Unknown => Err(Problem::no_such_match(&name)),
    }
}

fn stream_of(subscription: Subscription) -> Response {
    let frames = stream::unfold(
        (subscription, Some(RETRY)),
        async |(mut subscription, first)| {
            let frame = match first {
                Some(first) => first,
                None => match tokio::time::timeout(HEARTBEAT_EVERY, subscription.next()).await {
                    Ok(frame) => frame?,
                    Err(_) => HEARTBEAT,
                },
            };
            Some((Ok::<_, Infallible>(frame), (subscription, None)))
        },
    );
    let mut response = Body::from_stream(frames).into_response();
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
