//! Errors over HTTP: `application/problem+json` (RFC 9457), one shape for all of them.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;

/// An error as the client sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Problem {
    status: StatusCode,
    kind: &'static str,
    detail: String,
    retry_after_s: Option<u32>,
}

#[derive(Serialize)]
struct Wire<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
}

impl Problem {
    /// `kind` is a short stable word that programs can compare; `detail` is for people.
    pub(super) fn new(status: StatusCode, kind: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            detail: detail.into(),
            retry_after_s: None,
        }
    }

    /// Says when trying again makes sense.
    pub(super) fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// The stable word.
    pub(super) fn kind(&self) -> &'static str {
        self.kind
    }

    /// The sentence for people.
    pub(super) fn detail(&self) -> &str {
        &self.detail
    }

    /// 404 for a path nobody serves.
    pub(super) fn no_such_page(path: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            format!("nothing is at {path}"),
        )
    }

    /// 404 for a match nobody knows (any more).
    pub(super) fn no_such_match(match_id: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "unknown-match",
            format!("no match {match_id}; /api/matches lists them"),
        )
    }

    /// 400.
    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", detail)
    }

    /// 429 for what an address has done too often lately; `retry_after_s` is when it may once more.
    pub(super) fn too_many(kind: &'static str, detail: &str, retry_after_s: u32) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, kind, detail).retry_after(retry_after_s)
    }

    /// 503 while the server goes down.
    pub(super) fn draining() -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "draining",
            "the server is going down",
        )
        .retry_after(5)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let wire = Wire {
            r#type: format!("urn:fracas:problem:{}", self.kind),
            title: self.status.canonical_reason().unwrap_or("error"),
            status: self.status.as_u16(),
            detail: &self.detail,
        };
        let body = serde_json::to_vec(&wire).expect("plain values");
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        // For the log.
        response.extensions_mut().insert(self);
        response
    }
}
