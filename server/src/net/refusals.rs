//! A log line for every request that was refused, and no more of them than a disk can take.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use tracing::info;

use super::{accept::Peer, problem::Problem};
use crate::rate::{Bucket, Rate};

/// Lines at once and per second; what is over them is only counted.
const LINES: Rate = Rate {
    per_second: 20.0,
    burst: 100.0,
};
/// Of a path that nobody knows, this much says enough.
const PATH_CHARS_MAX: usize = 80;

/// Bounds the lines of all connections together.
#[derive(Debug, Clone)]
pub(super) struct RefusalLog(Arc<Mutex<Bucket>>);

impl RefusalLog {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Bucket::new(LINES, Instant::now()))))
    }

    fn has_room(&self) -> bool {
        let mut bucket = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        bucket.take(1.0, LINES, Instant::now())
    }
}

/// Notes what was refused, to whom and why. What they sent is quoted, so that it can't write lines of its own.
pub(super) async fn note(State(log): State<RefusalLog>, request: Request, next: Next) -> Response {
    let address = request
        .extensions()
        .get::<Peer>()
        .map(|peer| peer.address.to_string());
    let method = request.method().clone();
    let path: String = request.uri().path().chars().take(PATH_CHARS_MAX).collect();
    let response = next.run(request).await;
    let Some(problem) = response.extensions().get::<Problem>() else {
        return response;
    };
    metrics::counter!("fracas_http_refused_total", "kind" => problem.kind()).increment(1);
    if log.has_room() {
        let (status, kind) = (response.status().as_u16(), problem.kind());
        info!(address, %method, ?path, status, kind, detail = ?problem.detail(), "request refused");
    }
    response
}

#[cfg(test)]
mod tests {
    use std::io;

    use axum::{Router, body::Body, http::Uri, middleware};
    use tower_service::Service;

    use super::*;

    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn each_refusal_is_a_line_quoted_and_a_flood_of_them_is_not() {
        let lines = Lines::default();
        let writer = lines.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || writer.clone())
            .finish();
        let _guard = tracing::subscriber::set_default(subscriber);
        let mut router: Router = Router::new()
            .fallback(async |uri: Uri| Problem::bad_request(format!("no\n{}", uri.path())))
            .layer(middleware::from_fn_with_state(RefusalLog::new(), note));
        for _ in 0..5 * LINES.burst as usize {
            let request = Request::get("/nope").body(Body::empty()).unwrap();
            let response = router.call(request).await.unwrap();
            assert_eq!(response.status(), 400);
        }
        let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
        let first = text.lines().next().unwrap();
        assert!(
            first.contains(r#"path="/nope" status=400 kind="bad-request""#),
            "{first}"
        );
        assert!(first.contains(r#"detail="no\n/nope""#), "{first}");
        let count = text.lines().count();
        assert!(
            (LINES.burst as usize..3 * LINES.burst as usize).contains(&count),
            "{count}"
        );
    }
}
