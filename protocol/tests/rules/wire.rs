use fracas_protocol::chat::{Channel, Chat, Refusal, Say};
use fracas_protocol::message::decode_client;
use fracas_protocol::{
    Angle, Ballot, Choice, ClientMessage, Credential, Hello, Input, InputBatch, PROTOCOL_VERSION,
    Ping, Pong, SeenAgo, ServerMessage, Vec2, Wants, WireError, decode, encode, wire,
};
use proptest::prelude::*;

use crate::{chat, hex, map, match_start, snapshots, welcome};

fn client_messages() -> Vec<ClientMessage> {
    let hello = |credential| Hello {
        version: PROTOCOL_VERSION,
        credential,
        wants: Wants {
            checksums: true,
            in_full: false,
        },
    };
    vec![
        ClientMessage::Hello(hello(Credential::Ticket("main.0123".into()))),
        ClientMessage::Hello(hello(Credential::Resume("main.4567".into()))),
        ClientMessage::Inputs(InputBatch {
            first_tick: 70_000,
            seen_ago: SeenAgo(2_000),
            inputs: vec![Input::default(); 8],
        }),
        ClientMessage::Ping(Ping { nonce: u32::MAX }),
        ClientMessage::Vote(2),
        ClientMessage::Chat(Say {
            channel: Channel::All,
            body: chat::text("hé"),
        }),
    ]
}

fn server_messages() -> Vec<ServerMessage> {
    vec![
        ServerMessage::Welcome(Box::new(welcome(1_000))),
        ServerMessage::MatchStart(Box::new(match_start(1_000))),
        ServerMessage::Snapshot(snapshots::busy()),
        ServerMessage::Pong(Pong { nonce: 300 }),
        ServerMessage::Ballot(ballot()),
        chat::line("Ada", chat::text("hé")),
        ServerMessage::Chat(Chat::Refused(Refusal::Flood)),
    ]
}

pub(crate) fn ballot() -> Ballot {
    let choice = |title: &str, votes| Choice {
        title: title.into(),
        votes,
    };
    Ballot {
        choices: vec![choice("foundry", 300), choice("arena", 0)],
        seconds_left: 9,
    }
}

#[test]
fn w1_unsigned_integers_take_one_byte_up_to_250_and_a_marker_beyond() {
    for (value, bytes) in [
        (0_u32, "00"),
        (250, "fa"),
        (251, "fb fb 00"),
        (65_535, "fb ff ff"),
        (65_536, "fc 00 00 01 00"),
        (u32::MAX, "fc ff ff ff ff"),
    ] {
        assert_eq!(encode(&value), hex(bytes), "{value}");
        assert_eq!(decode::<u32>(&hex(bytes)).unwrap(), value);
    }
}

#[test]
fn w1_a_marker_wider_than_the_type_is_refused_and_a_longer_form_is_read() {
    assert!(decode::<u16>(&hex("fc 01 00 00 00")).is_err());
    assert!(decode::<u32>(&hex("fd 01 00 00 00 00 00 00 00")).is_err());
    for reserved in ["fe", "ff"] {
        assert!(decode::<u32>(&hex(reserved)).is_err());
    }
    assert_eq!(decode::<u32>(&hex("fb 05 00")).unwrap(), 5);
}

#[test]
fn w2_signed_integers_are_zigzag_and_take_one_byte_from_minus_125_to_125() {
    for (value, bytes) in [
        (0_i32, "00"),
        (-1, "01"),
        (1, "02"),
        (-125, "f9"),
        (125, "fa"),
        (-126, "fb fb 00"),
        (126, "fb fc 00"),
        (i32::MIN, "fc ff ff ff ff"),
    ] {
        assert_eq!(encode(&value), hex(bytes), "{value}");
        assert_eq!(decode::<i32>(&hex(bytes)).unwrap(), value);
    }
}

#[test]
fn w3_bytes_are_raw_and_angles_are_two_of_them() {
    assert_eq!(encode(&255_u8), [255]);
    assert_eq!(encode(&-127_i8), [0x81]);
    assert_eq!(encode(&Angle(0xC001)), [0x01, 0xC0]);
    assert_eq!(encode(&7.0_f32), hex("00 00 e0 40"));
}

#[test]
fn w4_booleans_options_texts_and_lists() {
    assert_eq!(encode(&(false, true)), [0, 1]);
    assert!(decode::<bool>(&[2]).is_err());
    assert_eq!(encode(&None::<u16>), [0]);
    assert_eq!(encode(&Some(300_u16)), hex("01 fb 2c 01"));
    assert!(decode::<Option<u16>>(&[2, 0]).is_err());
    assert_eq!(encode(&"é".to_owned()), hex("02 c3 a9"));
    assert!(decode::<String>(&hex("02 c3 28")).is_err(), "not UTF-8");
    assert_eq!(encode(&vec![Vec2::new(1, -1)]), hex("01 02 01"));
}

#[test]
fn w5_a_message_with_bytes_left_over_is_refused() {
    for message in client_messages() {
        let mut bytes = encode(&message);
        bytes.push(0);
        let error = wire::decode_from_client::<ClientMessage>(&bytes).unwrap_err();
        assert!(
            matches!(error, WireError::Trailing { extra: 1 }),
            "{message:?}: {error}"
        );
    }
    for message in server_messages() {
        let mut bytes = encode(&message);
        bytes.extend([0; 3]);
        assert!(
            matches!(
                decode::<ServerMessage>(&bytes),
                Err(WireError::Trailing { extra: 3 })
            ),
            "{message:?}"
        );
    }
}

#[test]
fn w5_a_message_that_breaks_off_anywhere_is_refused() {
    for message in client_messages() {
        let bytes = encode(&message);
        assert_eq!(decode_client(&bytes).unwrap(), message);
        for length in 0..bytes.len() {
            assert!(
                decode_client(&bytes[..length]).is_err(),
                "{message:?} at {length}"
            );
        }
    }
    for message in server_messages() {
        let bytes = encode(&message);
        assert_eq!(encode(&decode::<ServerMessage>(&bytes).unwrap()), bytes);
        for length in 0..bytes.len() {
            assert!(
                decode::<ServerMessage>(&bytes[..length]).is_err(),
                "{message:?} at {length}"
            );
        }
    }
}

#[test]
fn w6_unknown_tags_are_refused() {
    for tag in 5..=250 {
        assert!(
            decode_client(&[tag, 0, 0, 0, 0]).is_err(),
            "client message {tag}"
        );
    }
    for tag in 6..=250 {
        assert!(
            decode::<ServerMessage>(&[tag, 0, 0, 0, 0]).is_err(),
            "server message {tag}"
        );
    }
    // version 3, then the credential's tag
    assert!(decode_client(&[0, 3, 2, 1, b't', 0, 0]).is_err());
    assert!(decode_client(&[0, 3, 1, 1, b't', 0, 0]).is_ok());
    for (what, bytes) in [
        ("phase", [2, 0, 0, 1, 5, 0, 0]),
        ("event", [2, 0, 0, 16, 1, 0, 200]),
    ] {
        assert!(decode::<ServerMessage>(&bytes).is_err(), "{what}");
    }
}

#[test]
fn w7_a_length_that_cannot_be_true_is_refused_before_memory_is_taken() {
    let enormous = "fd ff ff ff ff ff ff ff 7f";
    assert!(
        decode_client(&hex(&format!("00 03 00 {enormous}"))).is_err(),
        "ticket"
    );
    assert!(
        decode::<ServerMessage>(&hex(&format!("02 00 00 10 {enormous}"))).is_err(),
        "events"
    );
    assert!(
        decode::<ServerMessage>(&hex(&format!("02 00 00 04 {enormous}"))).is_err(),
        "state"
    );
    assert!(
        decode::<ServerMessage>(&hex("02 00 00 40 fb ff ff 00 01")).is_err(),
        "pads"
    );
    // 17 KiB of ticket, all there.
    let mut bytes = hex("00 03 00 fb 00 44");
    bytes.resize(bytes.len() + 0x4400, b't');
    bytes.extend([0, 0]);
    assert!(decode_client(&bytes).is_err());
}

#[test]
fn w7_the_largest_map_fits_a_server_message_however_torn() {
    let line = |odd: usize| {
        (0..512).map(move |x| {
            if (x + odd).is_multiple_of(2) {
                '#'
            } else {
                'S'
            }
        })
    };
    let torn: Vec<String> = (0..512)
        .map(|y| {
            line(y)
                .map(|c| if c == 'S' && y >= 8 { '.' } else { c })
                .collect()
        })
        .collect();
    let map = fracas_protocol::Map::parse(&torn.join("\n")).unwrap();
    let start = fracas_protocol::MatchStart {
        map: map.into(),
        ..match_start(0)
    };
    let bytes = encode(&ServerMessage::MatchStart(Box::new(start.clone())));
    assert!(bytes.len() <= wire::SERVER_MESSAGE_BYTES_MAX);
    assert_eq!(
        decode::<ServerMessage>(&bytes).unwrap(),
        ServerMessage::MatchStart(Box::new(start))
    );
    assert!(encode(&map_of_the_tests()).len() < 200);
}

fn map_of_the_tests() -> fracas_protocol::Map {
    map()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn w8_random_bytes_never_break_a_decoder(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode_client(&bytes);
        let _ = decode::<ServerMessage>(&bytes);
        for tag in 0..6 {
            let _ = decode::<ServerMessage>(&[&[tag], &bytes[..]].concat());
        }
    }

    #[test]
    fn w8_damaged_messages_never_break_a_decoder(which in 0..7_usize, flips in prop::collection::vec(any::<(usize, u8)>(), 1..4)) {
        let mut bytes = encode(&server_messages()[which]);
        for (at, bits) in &flips {
            let at = at % bytes.len();
            bytes[at] ^= bits;
        }
        if let Ok(message) = decode::<ServerMessage>(&bytes) {
            let again = encode(&message);
            let read = decode::<ServerMessage>(&again).unwrap();
            prop_assert_eq!(encode(&read), again);
        }
    }
}
