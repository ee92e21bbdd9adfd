//! Event streams: a subscription to the feed as `text/event-stream`.

use std::{convert::Infallible, pin::Pin, sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::stream;
use serde::Deserialize;
use tokio::time::{Instant, Sleep, sleep};

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
    let watched = match_id.clone();
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
            app.lobby.wake(watched.as_deref());
            Ok(stream_of(subscription))
        }
        // The one answer that tells an EventSource not to come back.
        Opening::NothingMore => Ok(StatusCode::NO_CONTENT.into_response()),
        Opening::Unknown => Err(Problem::no_such_match(&name)),
    }
}

fn stream_of(subscription: Subscription) -> Response {
    let stream = Stream {
        subscription,
        first: Some(RETRY),
        heartbeat: Heartbeat::new(),
    };
    let frames = stream::unfold(stream, async |mut stream| {
        let frame = stream.next().await?;
        Some((Ok::<_, Infallible>(frame), stream))
    });
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

struct Stream {
    subscription: Subscription,
    first: Option<Bytes>,
    heartbeat: Heartbeat,
}

impl Stream {
    async fn next(&mut self) -> Option<Bytes> {
        if self.first.is_some() {
            return self.first.take();
        }
        let frame = tokio::select! {
            biased;
            frame = self.subscription.next() => frame?,
            () = self.heartbeat.is_due() => HEARTBEAT,
        };
        self.heartbeat.said = Instant::now();
        Some(frame)
    }
}

/// Notices when a stream has been quiet for too long. Its alarm is set again only when it has rung, not for every event.
struct Heartbeat {
    said: Instant,
    alarm: Pin<Box<Sleep>>,
}

impl Heartbeat {
    fn new() -> Self {
        Self {
            said: Instant::now(),
            alarm: Box::pin(sleep(HEARTBEAT_EVERY)),
        }
    }

    async fn is_due(&mut self) {
        loop {
            self.alarm.as_mut().await;
            let due = self.said + HEARTBEAT_EVERY;
            let is_due = due <= Instant::now();
            let next = if is_due {
                Instant::now() + HEARTBEAT_EVERY
            } else {
                due
            };
            self.alarm.as_mut().reset(next);
            if is_due {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_heart_beats_only_where_nothing_else_was_said() {
        let begun = Instant::now();
        let mut heartbeat = Heartbeat::new();
        tokio::time::advance(Duration::from_secs(9)).await;
        heartbeat.said = Instant::now();
        heartbeat.is_due().await;
        assert_eq!((Instant::now() - begun).as_secs(), 24);
        heartbeat.said = Instant::now();
        heartbeat.is_due().await;
        assert_eq!((Instant::now() - begun).as_secs(), 39);
    }
}
