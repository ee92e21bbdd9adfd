use fracas_protocol::chat::{
    Body, Channel, Chat, Line, NAME_BYTES_MAX, Phrase, Refusal, Say, TEXT_CHARS_MAX, Text,
};
use fracas_protocol::message::decode_client;
use fracas_protocol::{
    ClientMessage, PlayerId, ServerMessage, Session, SessionEvent, decode, encode,
};

use crate::{hex, welcome};

pub(crate) fn text(words: &str) -> Body {
    Body::Text(Text::new(words).unwrap())
}

pub(crate) fn line(name: &str, body: Body) -> ServerMessage {
    ServerMessage::Chat(Chat::Line(Line {
        from: PlayerId(300),
        name: name.into(),
        channel: Channel::Team,
        body,
    }))
}

/// The bytes of a text said to all.
fn said(words: &str) -> Vec<u8> {
    let mut bytes = vec![4, 0, 1];
    bytes.extend(encode(&words.to_owned()));
    bytes
}

#[test]
fn k1_what_is_said_is_a_channel_and_a_phrase_or_a_text() {
    let say = |channel, body| encode(&ClientMessage::Chat(Say { channel, body }));
    assert_eq!(
        say(Channel::All, Body::Phrase(Phrase::Gg)),
        hex("04 00 00 01")
    );
    assert_eq!(say(Channel::Team, text("hé")), hex("04 01 01 03 68 c3 a9"));
    for bad in ["04 02 00 01", "04 00 00 0a", "04 00 02 01", "04 00 01 01"] {
        assert!(decode_client(&hex(bad)).is_err(), "{bad}");
    }
}

#[test]
fn k2_a_text_has_at_most_120_characters_and_480_bytes() {
    for words in ["x".repeat(TEXT_CHARS_MAX), "😀".repeat(TEXT_CHARS_MAX)] {
        assert!(decode_client(&said(&words)).is_ok());
        let error = decode_client(&said(&(words + "x")))
            .unwrap_err()
            .to_string();
        assert!(error.contains("120 characters"), "{error}");
    }
}

#[test]
fn k2_a_text_shows_something_and_hides_nothing() {
    for words in [
        "",
        " ",
        "\u{3000}\u{200D}",
        "a\u{0}",
        "a\nb",
        "a\u{7F}",
        "a\u{85}",
        "\u{202E}b",
        "a\u{2066}",
        "a\u{200B}b",
        "a\u{FEFF}",
        "a\u{E0041}",
        "a\u{FFFE}",
        "a\u{FFFF}",
        "a\u{FDD0}",
        "a\u{FDEF}",
        "a\u{1FFFE}",
        "a\u{DFFFF}",
    ] {
        assert!(decode_client(&said(words)).is_err(), "{words:?}");
        let server = [&[5, 0, 0, 1, b'x', 0][..], &said(words)[2..]].concat();
        assert!(decode::<ServerMessage>(&server).is_err(), "{words:?}");
    }
    for words in ["👩‍🚀", "<b>", "https://example.org"] {
        assert!(decode_client(&said(words)).is_ok(), "{words:?}");
    }
}

#[test]
fn k3_a_line_comes_with_the_place_and_name_of_who_said_it() {
    let message = line("Ada", text("o7"));
    let bytes = encode(&message);
    assert_eq!(bytes, hex("05 00 fb 2c 01 03 41 64 61 01 01 02 6f 37"));
    assert_eq!(decode::<ServerMessage>(&bytes).unwrap(), message);
    for name in ["x".repeat(NAME_BYTES_MAX + 1), "a\u{202E}".to_owned()] {
        assert!(decode::<ServerMessage>(&encode(&line(&name, text("o7")))).is_err());
    }
}

#[test]
fn k4_what_went_to_nobody_comes_back_with_the_reason() {
    let refused = |refusal| encode(&ServerMessage::Chat(Chat::Refused(refusal)));
    let all = [
        Refusal::Flood,
        Refusal::Repeat,
        Refusal::Words,
        Refusal::Off,
    ];
    for (number, refusal) in all.into_iter().enumerate() {
        assert_eq!(refused(refusal), [5, 1, number as u8]);
    }
    assert!(decode::<ServerMessage>(&hex("05 01 04")).is_err());
}

#[test]
fn k5_a_session_says_and_hears_once_it_is_welcome() {
    let mut session = Session::new();
    let say = Say {
        channel: Channel::All,
        body: Body::Phrase(Phrase::Hello),
    };
    session.say(say.clone());
    assert_eq!(session.poll_transmit(), None);
    let heard = encode(&line("Ada", text("o7")));
    assert!(session.receive(&heard, 0).is_err());

    let welcome = encode(&ServerMessage::Welcome(Box::new(welcome(100))));
    session.receive(&welcome, 0).unwrap();
    session.say(say.clone());
    let sent = session.poll_transmit().unwrap();
    assert_eq!(decode_client(&sent).unwrap(), ClientMessage::Chat(say));
    session.receive(&heard, 0).unwrap();
    let events: Vec<_> = std::iter::from_fn(|| session.poll_event()).collect();
    assert!(matches!(
        &events[..],
        [SessionEvent::MatchStart, SessionEvent::Chat(Chat::Line(line))] if &*line.name == "Ada"
    ));
}
