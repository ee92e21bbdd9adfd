//! What a server says of itself.

use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context, bail};

/// For an answer. A server that has too much to do may take its time.
const PATIENCE: Duration = Duration::from_secs(20);

/// `GET path`, the body of the answer.
///
/// # Errors
/// No answer in time, or another status than 200.
pub fn get(address: SocketAddr, path: &str) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)
        .with_context(|| format!("nothing answers on {address}"))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    // HTTP/1.0: the body ends with the connection, and has no chunks.
    write!(stream, "GET {path} HTTP/1.0\r\nhost: {address}\r\n\r\n")?;
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .with_context(|| format!("no answer from {address}{path}"))?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head.lines().next().unwrap_or_default();
    if status.split(' ').nth(1) != Some("200") {
        bail!("{address}{path} answered {status:?}");
    }
    Ok(body.to_owned())
}

/// A server's metrics at one moment.
#[derive(Debug, Clone)]
pub struct Metrics(String);

impl Metrics {
    /// Asks the internal address.
    ///
    /// # Errors
    /// See [`get`].
    pub fn read(internal: SocketAddr) -> anyhow::Result<Self> {
        get(internal, "/metrics").map(Self)
    }

    /// The value of a metric as it stands in the text, labels included: `fracas_ws_bytes_total{direction="in"}`. What
    /// has not happened yet may have no line, and is 0; see [`Metrics::require`].
    pub fn value(&self, name: &str) -> f64 {
        let lines = self.0.lines();
        let values = lines.filter_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        values.filter_map(|value| value.parse::<f64>().ok()).sum()
    }

    /// Makes sure that these are there: of one that has another name by now 0 would pass for a good figure.
    ///
    /// # Errors
    /// One is not; the text says which.
    pub fn require(&self, names: &[&str]) -> anyhow::Result<()> {
        let has = |name: &&str| {
            self.0
                .lines()
                .any(|line| line.split(' ').next() == Some(*name))
        };
        match names.iter().find(|name| !has(name)) {
            Some(name) => bail!("the server has no metric {name}; see its /metrics"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_metric_is_told_from_others_that_begin_alike() {
        let text = "# TYPE a counter\na_total 3\na_total_more 5\na_total{kind=\"x\"} 7\n";
        let metrics = Metrics(text.into());
        assert_eq!(metrics.value("a_total"), 3.0);
        assert_eq!(metrics.value("a_total{kind=\"x\"}"), 7.0);
        assert_eq!(metrics.value("a"), 0.0);
        assert!(metrics.require(&["a_total", "a_total{kind=\"x\"}"]).is_ok());
        let missing = metrics.require(&["a_total", "b_total"]).unwrap_err();
        assert!(missing.to_string().contains("b_total"), "{missing}");
    }
}
