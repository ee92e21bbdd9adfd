//! Asking for a place: `POST /api/join`, and what runs: `GET /api/matches`.

use std::time::Duration;

use hyper::{Method, StatusCode};
use serde::{Deserialize, Serialize};

use super::http::{Answer, HttpError, Server};

/// What a client asks for.
#[derive(Clone, Debug, Serialize)]
pub struct JoinRequest<'a> {
    /// Display name; the server adds a number where it is taken.
    pub name: &'a str,
    /// This room and no other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room: Option<&'a str>,
    /// A program plays.
    pub bot: bool,
}

/// A place that is kept for ten seconds.
#[derive(Clone, Debug, Deserialize)]
pub struct Place {
    /// The match that is running.
    pub match_id: String,
    /// Where to connect to.
    pub ws_url: String,
    /// To be presented in the hello.
    pub ticket: String,
}

/// A match that runs.
#[derive(Clone, Debug, Deserialize)]
pub struct MatchInfo {
    /// Its public name.
    pub id: String,
    /// The room it runs in.
    pub room: String,
    /// Places taken.
    pub players: usize,
    /// Places.
    pub capacity: usize,
}

/// Why there is no place.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// No answer.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// The server says no, for now: too many joins, full, overloaded.
    #[error("{server}: {detail} (HTTP {status}), try again in {} s", retry_after.as_secs())]
    Later {
        /// Who says so.
        server: String,
        /// The HTTP status.
        status: u16,
        /// Why.
        detail: String,
        /// When to ask again.
        retry_after: Duration,
    },
    /// The server says no.
    #[error("{server}: {detail} (HTTP {status})")]
    Refused {
        /// Who says so.
        server: String,
        /// The HTTP status.
        status: u16,
        /// Why.
        detail: String,
    },
    /// What came back is not what a Fracas server says.
    #[error("{server} is not a Fracas server, or one of another version: {why}")]
    Unknown {
        /// Who.
        server: String,
        /// What is wrong with the answer.
        why: String,
    },
}

#[derive(Deserialize)]
struct Problem {
    title: Option<String>,
    detail: Option<String>,
}

/// Asks for a place.
///
/// # Errors
/// [`JoinError`].
pub async fn join(server: &Server, request: &JoinRequest<'_>) -> Result<Place, JoinError> {
    let body = serde_json::to_string(request).unwrap_or_default();
    read(server, &server.ask(Method::POST, "/api/join", body).await?)
}

/// Asks what runs.
///
/// # Errors
/// [`JoinError`].
pub async fn matches(server: &Server) -> Result<Vec<MatchInfo>, JoinError> {
    let answer = server
        .ask(Method::GET, "/api/matches", String::new())
        .await?;
    read(server, &answer)
}

fn read<T: for<'a> Deserialize<'a>>(server: &Server, answer: &Answer) -> Result<T, JoinError> {
    if !answer.status.is_success() {
        return Err(refusal(server, answer));
    }
    serde_json::from_slice(&answer.body).map_err(|error| JoinError::Unknown {
        server: server.to_string(),
        why: error.to_string(),
    })
}

fn refusal(server: &Server, answer: &Answer) -> JoinError {
    let problem: Option<Problem> = serde_json::from_slice(&answer.body).ok();
    let detail = problem.and_then(|problem| problem.detail.or(problem.title));
    let detail = detail.unwrap_or_else(|| {
        answer
            .status
            .canonical_reason()
            .unwrap_or("refused")
            .to_owned()
    });
    let (server, status) = (server.to_string(), answer.status.as_u16());
    let later = matches!(
        answer.status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    );
    match answer.retry_after {
        Some(retry_after) => JoinError::Later {
            server,
            status,
            detail,
            retry_after,
        },
        None if later => JoinError::Later {
            server,
            status,
            detail,
            retry_after: Duration::from_secs(2),
        },
        None => JoinError::Refused {
            server,
            status,
            detail,
        },
    }
}
