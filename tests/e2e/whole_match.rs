//! A match from the first to the last event of its stream.

use std::collections::BTreeSet;

use crate::host::{Gunner, Host, Statue};
use crate::sse::{Event, Stream};

const KILLS_TO_WIN: usize = 5;

#[tokio::test]
async fn a_stream_tells_a_whole_match_in_order() {
    let host = Host::quick(KILLS_TO_WIN as u16, 4).await;
    let id = host.match_id().await;
    let path = |query: &str| format!("/api/matches/{id}/events{query}");
    let mut stream = Stream::open(&host, &path(""), None).await;
    let some = tokio::spawn(
        Stream::open(&host, &path("?events=kill,phase"), None)
            .await
            .rest(),
    );
    let top = tokio::spawn(Stream::open(&host, &path("?top=2"), None).await.rest());

    let _gunner = host.player("Gunner", Gunner).await;
    let statues = [
        host.player("Ada", Statue).await,
        host.player("Bo", Statue).await,
        host.player("Cy", Statue).await,
    ];
    let mut story = Vec::new();
    while let Some(event) = stream.next().await {
        if event.name == "phase" && event.data["phase"] == "live" {
            statues[0].leave();
        }
        story.push(event);
    }

    every_event_is_in_order(&story, &id);
    every_kind_occurs(&story);
    assert_eq!(
        told(&story, "phase", "phase"),
        ["countdown", "live", "results"]
    );
    assert_eq!(told(&story, "join", "name"), ["Gunner", "Ada", "Bo", "Cy"]);
    assert_eq!(told(&story, "leave", "name"), ["Ada"]);
    assert_eq!(told(&story, "result", "winner_name"), ["Gunner"]);
    let streaks: Vec<_> = named(&story, "streak")
        .map(|event| event.data["kills"].as_u64())
        .collect();
    assert_eq!(streaks, [Some(3), Some(5)]);
    assert_eq!(told(&story, "crown", "name"), ["Gunner"]);
    scores_agree(&story);

    let expected: Vec<_> = story
        .iter()
        .filter(|event| ["kill", "phase"].contains(&&*event.name))
        .cloned()
        .collect();
    assert_eq!(some.await.expect("read"), expected);
    let boards: Vec<_> = top
        .await
        .expect("read")
        .into_iter()
        .filter(|event| event.name == "scoreboard")
        .collect();
    let length = |board: &Event| board.data["players"].as_array().map_or(0, Vec::len);
    assert!(boards.iter().all(|board| length(board) <= 2));
    assert!(boards.last().is_some_and(|board| board.data["players"][0]["name"] == "Gunner" && length(board) == 2));
}

fn every_event_is_in_order(story: &[Event], id: &str) {
    let seqs: Vec<_> = story
        .iter()
        .map(|event| event.seq().expect("every event has an id"))
        .collect();
    assert!(seqs.is_sorted_by(|a, b| a < b), "{seqs:?}");
    assert!(story.iter().all(|event| event.data["match"] == id));
    let events = story.iter().filter(|event| event.name != "scoreboard");
    let ticks: Vec<_> = events
        .map(|event| event.data["tick"].as_u64().expect("every event has a tick"))
        .collect();
    assert!(ticks.is_sorted(), "{ticks:?}");
    assert_eq!(story[0].name, "scoreboard");
}

fn every_kind_occurs(story: &[Event]) {
    let kinds: BTreeSet<_> = story.iter().map(|event| &*event.name).collect();
    let expected = [
        "crown",
        "join",
        "kill",
        "leave",
        "phase",
        "result",
        "scoreboard",
        "streak",
    ];
    assert_eq!(kinds, BTreeSet::from(expected));
}

/// What was killed since the match went live, the result and the last scoreboard say the same.
fn scores_agree(story: &[Event]) {
    let live = story
        .iter()
        .position(|event| event.data["phase"] == "live" && event.name == "phase")
        .expect("live");
    let kills: Vec<_> = named(&story[live..], "kill").collect();
    assert!(
        kills
            .iter()
            .all(|kill| kill.data["killer_name"] == "Gunner")
    );
    assert_eq!(kills.len(), KILLS_TO_WIN);
    let result = named(story, "result").next().expect("a result");
    let board = named(story, "scoreboard").last().expect("a scoreboard");
    assert_eq!(board.data["phase"], "results");
    for first in [&result.data["players"][0], &board.data["players"][0]] {
        assert_eq!(
            (&first["name"], &first["score"]),
            (&"Gunner".into(), &KILLS_TO_WIN.into())
        );
    }
}

fn named<'a>(story: &'a [Event], name: &'a str) -> impl Iterator<Item = &'a Event> {
    story.iter().filter(move |event| event.name == name)
}

fn told<'a>(story: &'a [Event], name: &'a str, key: &str) -> Vec<&'a str> {
    named(story, name)
        .filter_map(|event| event.data[key].as_str())
        .collect()
}
