//! Just enough HTTP to ask a game server for a place: one request per connection, bounded in time and size.

use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper::header::{CONTENT_TYPE, HOST, RETRY_AFTER};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// From the first packet to the last byte of the answer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// A list of matches is the longest answer there is.
const ANSWER_BYTES_MAX: usize = 1024 * 1024;

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    host: String,
    port: u16,
}

/// A URL that can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UrlError {
    /// Not a URL at all, or something is missing.
    #[error("{0:?} is not a server's address; it looks like http://localhost:8080")]
    Malformed(String),
    /// Needs TLS.
    #[error("{0:?} needs TLS, which the bots don't speak: give the server's plain http address")]
    Tls(String),
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Nobody listens there, or nobody is there.
    #[error("can't connect to {server}: {source}")]
    Connect {
        /// Where.
        server: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// No answer in time.
    #[error("{server} has not answered within {} s", TIMEOUT.as_secs())]
    Timeout {
        /// Who.
        server: String,
    },
    /// The connection broke, or what came back is not HTTP.
    #[error("{server} gave no usable answer: {why}")]
    Broken {
        /// Who.
        server: String,
        /// What went wrong.
        why: String,
    },
}

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: Bytes,
}

impl Server {
    /// Reads `http://HOST[:PORT]`.
    ///
    /// # Errors
    /// [`UrlError`] says what would be right.
    pub fn parse(url: &str) -> Result<Server, UrlError> {
        let (server, _) = parse(url, "http", "https")?;
        Ok(server)
    }

    /// Opens a connection to it.
    ///
    /// # Errors
    /// The name is unknown, nobody listens, or nothing happens for too long.
    pub(crate) async fn connect(&self) -> Result<TcpStream, HttpError> {
        let connect = TcpStream::connect((self.host.as_str(), self.port));
        let connected = tokio::time::timeout(TIMEOUT, connect).await;
        let stream = connected.map_err(|_| HttpError::Timeout {
            server: self.to_string(),
        })?;
        let stream = stream.map_err(|source| HttpError::Connect {
            server: self.to_string(),
            source,
        })?;
        // Only costs latency when it fails.
        let _ = stream.set_nodelay(true);
        Ok(stream)
    }

    /// Asks for something; `body` is JSON.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: String,
    ) -> Result<Answer, HttpError> {
        let stream = self.connect().await?;
        let answered =
            tokio::time::timeout(TIMEOUT, self.exchange(stream, method, path, body)).await;
        answered.map_err(|_| HttpError::Timeout {
            server: self.to_string(),
        })?
    }

    async fn exchange(
        &self,
        stream: TcpStream,
        method: Method,
        path: &str,
        body: String,
    ) -> Result<Answer, HttpError> {
        let broken = |why: &dyn std::fmt::Display| HttpError::Broken {
            server: self.to_string(),
            why: why.to_string(),
        };
        let handshake = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await;
        let (mut sender, connection) = handshake.map_err(|error| broken(&error))?;
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, format!("{}:{}", self.host, self.port))
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| broken(&error))?;
        let answer = async {
            let response = sender
                .send_request(request)
                .await
                .map_err(|error| broken(&error))?;
            let (head, body) = response.into_parts();
            let body = Limited::new(body, ANSWER_BYTES_MAX)
                .collect()
                .await
                .map_err(|error| broken(&error))?;
            let retry_after = head
                .headers
                .get(RETRY_AFTER)
                .and_then(|value| value.to_str().ok()?.parse().ok());
            let retry_after = retry_after.map(Duration::from_secs);
            Ok(Answer {
                status: head.status,
                retry_after,
                body: body.to_bytes(),
            })
        };
        // The connection must be driven while the answer is awaited, and is done with afterwards.
        let mut connection = std::pin::pin!(connection);
        let mut answer = std::pin::pin!(answer);
        tokio::select! {
            biased;
            answer = &mut answer => answer,
            ended = &mut connection => match ended {
                // It closed after the last byte: the answer is there.
                Ok(()) => answer.await,
                Err(error) => Err(broken(&error)),
            },
        }
    }
}

impl std::fmt::Display for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "http://{}:{}", self.host, self.port)
    }
}

/// The server behind `ws://HOST[:PORT]/PATH`.
pub(crate) fn of_socket(url: &str) -> Result<Server, UrlError> {
    let (server, _) = parse(url, "ws", "wss")?;
    Ok(server)
}

fn parse(url: &str, plain: &str, secure: &str) -> Result<(Server, Uri), UrlError> {
    let malformed = || UrlError::Malformed(url.to_owned());
    let uri: Uri = url.trim().parse().map_err(|_| malformed())?;
    match uri.scheme_str() {
        Some(scheme) if scheme.eq_ignore_ascii_case(plain) => {}
        Some(scheme) if scheme.eq_ignore_ascii_case(secure) => {
            return Err(UrlError::Tls(url.to_owned()));
        }
        _ => return Err(malformed()),
    }
    let host = uri
        .host()
        .filter(|host| !host.is_empty())
        .ok_or_else(malformed)?;
    let host = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .to_owned();
    let port = uri.port_u16().unwrap_or(80);
    Ok((Server { host, port }, uri))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_bad_ones_explained() {
        assert_eq!(
            Server::parse("http://localhost:8080").unwrap().to_string(),
            "http://localhost:8080"
        );
        assert_eq!(
            Server::parse("http://[::1]:9/").unwrap(),
            Server {
                host: "::1".into(),
                port: 9
            }
        );
        assert_eq!(Server::parse("http://example.org").unwrap().port, 80);
        assert!(matches!(
            Server::parse("https://example.org"),
            Err(UrlError::Tls(_))
        ));
        for bad in ["localhost:8080", "ftp://x", "", "http://", "8080"] {
            let error = Server::parse(bad).unwrap_err().to_string();
            assert!(error.contains("http://localhost:8080"), "{bad}: {error}");
        }
    }
}
