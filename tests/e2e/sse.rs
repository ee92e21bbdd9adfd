//! Reads event streams as a browser does.

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::host::{Host, PATIENCE};

/// One open stream.
pub(crate) struct Stream {
    lines: Lines<BufReader<TcpStream>>,
    begun: Event,
}

/// One event.
#[derive(Debug, Default, Clone, PartialEq)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) id: Option<String>,
    pub(crate) data: serde_json::Value,
}

impl Event {
    /// Counts the events of a server.
    pub(crate) fn seq(&self) -> Option<u64> {
        let (_, seq) = self.id.as_deref()?.rsplit_once('-')?;
        Some(seq.parse().expect("an id is <epoch>-<seq>"))
    }
}

/// What one line of a stream meant.
pub(crate) enum Line {
    Event(Event),
    /// A part of an event, a comment, or the like.
    Part,
    End,
}

impl Stream {
    pub(crate) async fn open(host: &Host, path: &str, last_id: Option<&str>) -> Stream {
        let mut socket = TcpStream::connect(host.address)
            .await
            .expect("a connection");
        let last_id = last_id
            .map(|id| format!("last-event-id: {id}\r\n"))
            .unwrap_or_default();
        // HTTP/1.0 has no chunks, which makes the stream readable as it is.
        let request = format!("GET {path} HTTP/1.0\r\nhost: x\r\n{last_id}\r\n");
        socket
            .write_all(request.as_bytes())
            .await
            .expect("takes the request");
        let mut stream = Stream {
            lines: BufReader::new(socket).lines(),
            begun: Event::default(),
        };
        let status = stream.read().await.expect("a status line");
        assert!(status.ends_with("200 OK"), "{path}: {status}");
        while stream.read().await.is_some_and(|line| !line.is_empty()) {}
        stream
    }

    /// Reads one line and says what it completed.
    pub(crate) async fn line(&mut self) -> Line {
        let Some(line) = self.read().await else {
            return Line::End;
        };
        match line.split_once(": ") {
            Some(("event", name)) => self.begun.name = name.to_owned(),
            Some(("id", id)) => self.begun.id = Some(id.to_owned()),
            Some(("data", data)) => {
                self.begun.data = serde_json::from_str(data).expect("data is JSON");
            }
            _ if line.is_empty() && !self.begun.name.is_empty() => {
                return Line::Event(std::mem::take(&mut self.begun));
            }
            _ => {}
        }
        Line::Part
    }

    /// The next event; nothing at the end of the stream.
    pub(crate) async fn next(&mut self) -> Option<Event> {
        loop {
            match self.line().await {
                Line::Event(event) => return Some(event),
                Line::Part => {}
                Line::End => return None,
            }
        }
    }

    /// Everything to the end.
    pub(crate) async fn rest(mut self) -> Vec<Event> {
        let mut events = Vec::new();
        while let Some(event) = self.next().await {
            events.push(event);
        }
        events
    }

    async fn read(&mut self) -> Option<String> {
        timeout(PATIENCE, self.lines.next_line())
            .await
            .expect("a line in time")
            .ok()?
    }
}
