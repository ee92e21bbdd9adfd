//! Event streams over HTTP. What resuming means in every case is tested beside the feed.

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::TcpStream,
    time::timeout,
};

use crate::harness::{PATIENCE, Server};

/// One open stream.
pub struct Stream {
    lines: Lines<BufReader<TcpStream>>,
    pub head: String,
}

/// One event.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct Event {
    pub name: String,
    pub id: Option<String>,
    pub data: serde_json::Value,
}

impl Stream {
    pub async fn open(server: &Server, path: &str, last_id: Option<&str>) -> Self {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let last_id = last_id
            .map(|id| format!("last-event-id: {id}\r\n"))
            .unwrap_or_default();
        // HTTP/1.0 has no chunks, which makes the stream readable as it is.
        let request = format!("GET {path} HTTP/1.0\r\nhost: x\r\n{last_id}\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut opened = Self {
            lines: BufReader::new(stream).lines(),
            head: String::new(),
        };
        while let Some(line) = opened.line().await.filter(|line| !line.is_empty()) {
            opened.head += &(line + "\n");
        }
        opened
    }

    /// The next event; `None` at the end of the stream.
    pub async fn next(&mut self) -> Option<Event> {
        let mut event = Event::default();
        loop {
            let line = self.line().await?;
            match line.split_once(": ") {
                Some(("event", name)) => event.name = name.to_owned(),
                Some(("id", id)) => event.id = Some(id.to_owned()),
                Some(("data", data)) => event.data = serde_json::from_str(data).unwrap(),
                _ if line.is_empty() && !event.name.is_empty() => return Some(event),
                _ => {}
            }
        }
    }

    /// The next event of this name.
    pub async fn next_named(&mut self, name: &str) -> Event {
        loop {
            let event = self.next().await.expect("the stream goes on");
            if event.name == name {
                return event;
            }
        }
    }

    async fn line(&mut self) -> Option<String> {
        timeout(PATIENCE, self.lines.next_line())
            .await
            .expect("a line in time")
            .unwrap_or(None)
    }
}

#[tokio::test]
async fn a_stream_shows_the_state_and_then_who_comes_and_goes() {
    let server = Server::start().await;
    let id = server.match_id().await;
    for path in [
        format!("/api/matches/{id}/events"),
        "/api/events".to_owned(),
    ] {
        let mut stream = Stream::open(&server, &path, None).await;
        for header in [
            "HTTP/1.0 200 OK",
            "content-type: text/event-stream",
            "cache-control: no-store",
            "x-accel-buffering: no",
            "access-control-allow-origin: *",
        ] {
            assert!(
                stream.head.contains(header),
                "{header} is missing in {}",
                stream.head
            );
        }
        assert_eq!(stream.next().await.unwrap().name, "scoreboard");
        let (mut ada, _) = server.player("Ada").await;
        let join = stream.next_named("join").await;
        assert_eq!(
            (&join.data["match"], &join.data["name"]),
            (&id.clone().into(), &"Ada".into())
        );
        assert!(join.data["tick"].is_u64());
        ada.leave().await;
        assert_eq!(stream.next_named("leave").await.data["name"], "Ada");
    }
}

#[tokio::test]
async fn a_broken_stream_goes_on_where_it_was() {
    let server = Server::start().await;
    let mut stream = Stream::open(&server, "/api/events?events=join", None).await;
    let mut players = Vec::new();
    for name in ["Ada", "Bo", "Cy", "Di"] {
        players.push(server.player(name).await);
    }
    let mut joins = Vec::new();
    for _ in 0..4 {
        joins.push(stream.next_named("join").await);
    }
    for (seen, join) in joins.iter().enumerate() {
        let last_id = join.id.as_deref().unwrap();
        let by_header = Stream::open(&server, "/api/events?events=join", Some(last_id)).await;
        let by_query = Stream::open(
            &server,
            &format!("/api/events?events=join&last_event_id={last_id}"),
            None,
        )
        .await;
        for mut resumed in [by_header, by_query] {
            for expected in &joins[seen + 1..] {
                assert_eq!(resumed.next().await.as_ref(), Some(expected));
            }
        }
    }
    let mut lost = Stream::open(&server, "/api/events", Some("before-1")).await;
    assert_eq!(lost.next().await.unwrap().name, "reset");
    assert_eq!(lost.next().await.unwrap().name, "scoreboard");
}
