//! Streams that break at any point and go on.

use fracas_bots::brain::Random;

use crate::host::{Guest, Gunner, Host};
use crate::sse::{Event, Line, Stream};

/// Several matches, one after the other.
const EVENTS: usize = 120;
/// A connection lasts for less than so many lines: ten events.
const LINES_MAX: usize = 40;

#[tokio::test]
async fn a_stream_that_breaks_anywhere_loses_and_repeats_nothing() {
    let (host, _guests) = a_lively_place().await;
    let whole = uninterrupted(Stream::open(&host, "/api/events", Some("0")).await);
    let (whole, broken) = tokio::join!(whole, interrupted(&host));
    assert_eq!(whole, broken);
    let matches = whole.iter().filter(|event| event.name == "result").count();
    assert!(matches > 1, "the story goes over more than one match");
}

#[tokio::test]
async fn who_was_with_another_server_starts_afresh() {
    let (host, _guests) = a_lively_place().await;
    for id in ["elsewhere-17", "nonsense", "-", "0-0"] {
        let mut stream = Stream::open(&host, "/api/events", Some(id)).await;
        let [reset, board] =
            [stream.next().await, stream.next().await].map(|event| event.expect("goes on"));
        assert_eq!(
            (&*reset.name, &*board.name),
            ("reset", "scoreboard"),
            "{id}"
        );
        let next = stream.next().await.expect("goes on");
        assert!(next.seq() > board.seq(), "{id}: {next:?} after {board:?}");
    }
}

/// Many things happen in it.
async fn a_lively_place() -> (Host, Vec<Guest>) {
    let host = Host::quick(5, 3).await;
    let mut guests = Vec::new();
    for name in ["Ada", "Bo", "Cy"] {
        guests.push(host.player(name, Gunner).await);
    }
    (host, guests)
}

async fn uninterrupted(mut stream: Stream) -> Vec<Event> {
    let mut story = Vec::new();
    while story.len() < EVENTS {
        let event = stream.next().await.expect("the stream goes on");
        story.extend(Some(event).filter(|event| event.name != "scoreboard"));
    }
    story
}

async fn interrupted(host: &Host) -> Vec<Event> {
    let random = Random::new(1);
    let mut story = Vec::new();
    let mut last_id = Some("0".to_owned());
    while story.len() < EVENTS {
        let mut stream = Stream::open(host, "/api/events", last_id.as_deref()).await;
        for _ in 0..random.below(LINES_MAX) {
            match stream.line().await {
                Line::Event(event) => {
                    last_id = event.id.clone().or(last_id);
                    story.extend(Some(event).filter(|event| event.name != "scoreboard"));
                }
                Line::Part => {}
                Line::End => panic!("the stream of everything goes on"),
            }
        }
    }
    story.truncate(EVENTS);
    story
}
