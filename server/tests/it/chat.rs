//! What players say to each other, over real sockets.

use fracas_protocol::{
    ClientMessage, ServerMessage,
    chat::{Body, Channel, Chat, Line, Phrase, Refusal, Say, Text},
    decode,
};
use fracas_server::chat::ChatMode;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    harness::{Client, Server, get},
    streams::Stream,
};

fn text(words: &str) -> Body {
    Body::Text(Text::new(words).unwrap())
}

fn to_all(body: Body) -> ClientMessage {
    to(Channel::All, body)
}

fn to(channel: Channel, body: Body) -> ClientMessage {
    ClientMessage::Chat(Say { channel, body })
}

/// The next thing that has to do with chat.
async fn heard(client: &mut Client) -> Chat {
    loop {
        match client.next().await {
            Some(Message::Binary(bytes)) if bytes[0] == 5 => {
                match decode::<ServerMessage>(&bytes).unwrap() {
                    ServerMessage::Chat(chat) => return chat,
                    other => panic!("{other:?}"),
                }
            }
            Some(Message::Binary(_) | Message::Ping(_)) => {}
            other => panic!("no chat but {other:?}"),
        }
    }
}

/// The next line.
async fn line(client: &mut Client) -> Line {
    match heard(client).await {
        Chat::Line(line) => line,
        refused => panic!("no line but {refused:?}"),
    }
}

#[tokio::test]
async fn k3_everybody_hears_a_line_and_who_said_it() {
    let server = Server::start().await;
    let (mut ada, welcome) = server.player("Ada").await;
    let (mut bo, _) = server.player("Bo").await;
    ada.say(&to_all(text("Ça va, you fucking idiot?"))).await;
    for client in [&mut ada, &mut bo] {
        let line = line(client).await;
        assert_eq!((line.from, &*line.name), (welcome.player, "Ada"));
        assert_eq!(line.channel, Channel::All);
        let words = line.body.as_str();
        assert!(words.contains("idiot") || words.contains('*'), "{words}");
        assert!(!words.contains("fuck") && words.contains("va"), "{words}");
    }
    bo.say(&to_all(Body::Phrase(Phrase::Nice))).await;
    let answer = line(&mut ada).await;
    assert_eq!(
        (&*answer.name, answer.body),
        ("Bo", Body::Phrase(Phrase::Nice))
    );
    ada.is_well(1).await;
}

#[tokio::test]
async fn k6_who_says_too_much_is_told_so_and_stays() {
    let server = Server::start().await;
    let (mut ada, _) = server.player("Ada").await;
    let (mut bo, _) = server.player("Bo").await;
    bo.say(&to_all(text("gg"))).await;
    bo.say(&to_all(text("gg"))).await;
    for n in 0..20 {
        bo.say(&to_all(text(&format!("line {n}")))).await;
    }
    // Lines that came within a tick are kept up to eight: the limit shows in either way.
    let mut lines = Vec::new();
    let refusal = loop {
        match heard(&mut bo).await {
            Chat::Line(line) => lines.push(line.body.as_str().to_owned()),
            Chat::Refused(refusal) => break refusal,
        }
    };
    assert_eq!(lines, ["gg"]);
    assert_eq!(refusal, Refusal::Repeat);
    bo.is_well(7).await;
    // The others hear what came through, in its order, and never a line twice.
    let mut before = 0;
    assert_eq!(line(&mut ada).await.body, text("gg"));
    for _ in 0..3 {
        let words = line(&mut ada).await.body;
        let number: usize = words.as_str()["line ".len()..].parse().unwrap();
        assert!(before <= number, "{number} after {before}");
        before = number + 1;
    }
    let is_counted = || async {
        let metrics = get(server.internal, "/metrics").await.body;
        metrics.contains(r#"fracas_chat_refused_total{reason="flood"}"#)
    };
    server.until("the flood is counted", is_counted).await;
}

#[tokio::test]
async fn k4_a_host_allows_phrases_only_or_nothing() {
    for (mode, to_text, to_phrase) in [
        (ChatMode::Quick, Refusal::Words, None),
        (ChatMode::Off, Refusal::Off, Some(Refusal::Off)),
    ] {
        let server = Server::start_with(|config| config.chat = mode).await;
        let (mut ada, _) = server.player("Ada").await;
        let (mut bo, _) = server.player("Bo").await;
        ada.say(&to_all(text("hello"))).await;
        assert_eq!(heard(&mut ada).await, Chat::Refused(to_text));
        bo.say(&to_all(Body::Phrase(Phrase::Hello))).await;
        match (heard(&mut bo).await, to_phrase) {
            (Chat::Refused(refusal), Some(expected)) => assert_eq!(refusal, expected),
            (Chat::Line(line), None) => assert_eq!(line.body, Body::Phrase(Phrase::Hello)),
            other => panic!("{mode:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn a_host_switches_the_filter_off() {
    let rude = "fucking Ada";
    let server = Server::start_with(|config| config.profanity_filter = false).await;
    let (mut ada, _) = server.player(rude).await;
    ada.say(&to_all(text(rude))).await;
    assert_eq!(line(&mut ada).await.body, text(rude));

    let server = Server::start().await;
    let (status, problem) = server.join(serde_json::json!({ "name": rude })).await;
    assert_eq!(status, 422);
    assert!(problem["detail"].as_str().unwrap().contains("another name"));
}

#[tokio::test]
async fn k7_spectators_see_what_is_said_to_all_and_nothing_else() {
    let server = Server::start().await;
    let mut stream = Stream::open(&server, "/api/events?events=chat,join", None).await;
    let (mut ada, welcome) = server.player("Ada").await;
    assert_eq!(stream.next_named("join").await.data["name"], "Ada");
    ada.say(&to(Channel::Team, text("to the left"))).await;
    assert_eq!(line(&mut ada).await.channel, Channel::Team);
    ada.say(&to_all(text("<b>hello</b>"))).await;
    ada.say(&to_all(Body::Phrase(Phrase::Gg))).await;
    let event = stream.next().await.unwrap();
    assert_eq!(event.name, "chat");
    assert!(event.id.is_some() && event.data["tick"].is_u64());
    assert_eq!(event.data["from"], welcome.player.0);
    for (key, value) in [
        ("name", "Ada"),
        ("channel", "all"),
        ("text", "<b>hello</b>"),
    ] {
        assert_eq!(event.data[key], value, "{key}");
    }
    assert_eq!(stream.next().await.unwrap().data["text"], "Good game!");
}

#[tokio::test]
async fn k7_a_team_talks_among_themselves() {
    let server = Server::start_with(|config| config.mode = "tdm".into()).await;
    // Whoever comes goes where fewer are: first and third play together.
    let (mut ada, _) = server.player("Ada").await;
    ada.is_well(1).await;
    let (mut bo, _) = server.player("Bo").await;
    bo.is_well(2).await;
    let (mut cy, _) = server.player("Cy").await;
    cy.is_well(3).await;
    ada.say(&to(Channel::Team, text("to the left"))).await;
    ada.say(&to_all(text("hello"))).await;
    for mate in [&mut ada, &mut cy] {
        let said = line(mate).await;
        assert_eq!(
            (said.channel, said.body),
            (Channel::Team, text("to the left"))
        );
        assert_eq!(line(mate).await.body, text("hello"));
    }
    assert_eq!(line(&mut bo).await.body, text("hello"));
}

#[tokio::test]
async fn k2_a_text_that_hides_something_is_malformed() {
    let server = Server::start().await;
    let (mut ada, _) = server.player("Ada").await;
    let bytes = [&[4, 0, 1, 5, b'a'][..], "\u{202E}b".as_bytes()].concat();
    ada.send(Message::Binary(bytes.into())).await;
    let (code, reason) = ada.closed().await;
    assert_eq!(code, 4500);
    assert!(reason.contains("202e"), "{reason}");
}

#[tokio::test]
async fn names_that_look_alike_get_numbers() {
    let server = Server::start().await;
    for (wanted, given) in [
        ("Ada", "Ada"),
        ("Αda", "Αda 2"),
        ("ADA", "ADA 3"),
        ("Ａｄａ", "Ada 4"),
        ("Ada\u{200B}", ""),
        ("a\u{202E}da", ""),
    ] {
        let (status, answer) = server.join(serde_json::json!({ "name": wanted })).await;
        match given {
            "" => assert_eq!(status, 422, "{wanted:?}"),
            given => assert_eq!(answer["name"], given),
        }
    }
}
