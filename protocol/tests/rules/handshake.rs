use std::sync::Arc;

use fracas_protocol::message::{CREDENTIAL_BYTES_MAX, ClientMessageError, decode_client};
use fracas_protocol::{
    Ballot, Choice, ClientMessage, Credential, Hello, PROTOCOL_VERSION, Rules, ServerMessage,
    Session, SessionError, SessionEvent, TICK_MAX, Wants, Welcome, decode, encode,
};

use crate::{hex, welcome};

fn hello(credential: Credential) -> ClientMessage {
    ClientMessage::Hello(Hello {
        version: PROTOCOL_VERSION,
        credential,
        wants: Wants::default(),
    })
}

#[test]
fn h2_another_version_is_told_from_its_first_bytes_whatever_follows() {
    for (bytes, version) in [
        ("00 00", 0),
        ("00 01", 1),
        ("00 01 00 02 61 62 00", 1),
        ("00 02 00 01 74 00 00", 2),
        ("00 fb 2c 01 ff ff", 300),
        ("00 63 01 02 03", 99),
    ] {
        let error = decode_client(&hex(bytes)).unwrap_err();
        assert!(
            matches!(error, ClientMessageError::UnsupportedVersion { theirs } if theirs == version),
            "{bytes}"
        );
    }
    let error = decode_client(&hex("00 03")).unwrap_err();
    assert!(
        matches!(error, ClientMessageError::Malformed(_)),
        "our version, and nothing after it"
    );
}

#[test]
fn h3_a_credential_has_at_most_64_bytes() {
    for make in [
        Credential::Ticket as fn(String) -> Credential,
        Credential::Resume,
    ] {
        for length in [0, 1, CREDENTIAL_BYTES_MAX] {
            let message = hello(make("x".repeat(length)));
            assert_eq!(decode_client(&encode(&message)).unwrap(), message);
        }
        // Bytes count, not characters.
        for text in [
            "x".repeat(CREDENTIAL_BYTES_MAX + 1),
            "é".repeat(CREDENTIAL_BYTES_MAX / 2 + 1),
        ] {
            assert!(decode_client(&encode(&hello(make(text)))).is_err());
        }
    }
}

#[test]
fn h1_a_hello_says_what_its_snapshots_should_be_like() {
    for (wants, bytes) in [
        ((false, false), "00 03 00 01 74 00 00"),
        ((true, false), "00 03 00 01 74 01 00"),
        ((false, true), "00 03 00 01 74 00 01"),
    ] {
        let (checksums, in_full) = wants;
        let hello = ClientMessage::Hello(Hello {
            version: PROTOCOL_VERSION,
            credential: Credential::Ticket("t".into()),
            wants: Wants { checksums, in_full },
        });
        assert_eq!(encode(&hello), hex(bytes));
        assert_eq!(decode_client(&hex(bytes)).unwrap(), hello);
    }
    for neither in ["00 03 00 01 74 02 00", "00 03 00 01 74 00 02"] {
        assert!(decode_client(&hex(neither)).is_err(), "{neither}");
    }
}

#[test]
fn h4_the_welcome_tells_all_that_prediction_needs() {
    let sent = ServerMessage::Welcome(Box::new(welcome(1_000)));
    let ServerMessage::Welcome(read) = decode(&encode(&sent)).unwrap() else {
        panic!("a welcome")
    };
    assert_eq!(*read, welcome(1_000));
    let mut session = Session::new();
    session.receive(&encode(&sent), 0).unwrap();
    assert_eq!(
        session.view().unwrap().tick,
        1_000,
        "snapshots count from the welcome's tick"
    );
}

#[test]
fn h5_a_client_refuses_a_welcome_it_cannot_play_by() {
    let refused = |change: &dyn Fn(&mut Welcome)| {
        let mut welcome = welcome(1_000);
        change(&mut welcome);
        Session::new()
            .receive(&encode(&ServerMessage::Welcome(Box::new(welcome))), 0)
            .is_err()
    };
    assert!(refused(&|welcome| welcome.tick_hz = 0));
    assert!(refused(&|welcome| welcome.snapshot_hz = 0));
    assert!(refused(&|welcome| welcome.snapshot_hz = 61));
    fn rules(welcome: &mut Welcome) -> &mut Rules {
        Arc::make_mut(&mut welcome.start.rules)
    }
    assert!(refused(
        &|welcome| rules(welcome).craft.radius_tiles = f32::NAN
    ));
    assert!(refused(
        &|welcome| rules(welcome).weapons[0].rate_per_s = 0.0
    ));
    assert!(refused(&|welcome| rules(welcome).weapons.clear()));
    assert!(refused(&|welcome| welcome.start.tick = TICK_MAX + 1));
    assert!(!refused(&|_| {}));
}

#[test]
fn h5_the_welcome_comes_first_and_once() {
    let mut session = Session::new();
    let welcome = encode(&ServerMessage::Welcome(Box::new(welcome(5))));
    let start = encode(&ServerMessage::MatchStart(Box::new(crate::match_start(5))));
    for early in [start, hex("02 00 00 00")] {
        assert!(matches!(
            session.receive(&early, 0),
            Err(SessionError::BeforeWelcome(_))
        ));
    }
    session.receive(&welcome, 0).unwrap();
    assert!(matches!(
        session.receive(&welcome, 0),
        Err(SessionError::BadWelcome(_))
    ));
}

#[test]
fn h6_the_next_match_starts_on_the_same_connection() {
    let mut session = Session::new();
    let welcome = encode(&ServerMessage::Welcome(Box::new(welcome(5))));
    session.receive(&welcome, 0).unwrap();
    let mut start = crate::match_start(900);
    start.match_id = "m2".into();
    Arc::make_mut(&mut start.rules).craft.health = 7;
    let start = encode(&ServerMessage::MatchStart(Box::new(start)));
    session.receive(&start, 0).unwrap();
    let told = session.welcome().unwrap();
    assert_eq!((told.player.0, told.start.match_id.as_str()), (3, "m2"));
    assert_eq!(session.arena().unwrap().tuning.craft_health, 7);
    assert_eq!(session.view().unwrap().tick, 900);
    let mut late = crate::match_start(TICK_MAX + 1);
    late.match_id = "m3".into();
    let late = encode(&ServerMessage::MatchStart(Box::new(late)));
    assert!(session.receive(&late, 0).is_err(), "beyond the last tick");
}

#[test]
fn h7_a_ballot_names_maps_and_counts_votes() {
    let choice = |title: &str, votes| Choice {
        title: title.into(),
        votes,
    };
    let ballot = Ballot {
        choices: vec![choice("yard", 300), choice("b", 0)],
        seconds_left: 9,
    };
    let bytes = hex("04 02 04 79 61 72 64 fb 2c 01 01 62 00 09");
    assert_eq!(encode(&ServerMessage::Ballot(ballot.clone())), bytes);
    let mut session = Session::new();
    assert!(matches!(
        session.receive(&bytes, 0),
        Err(SessionError::BeforeWelcome(_))
    ));
    let welcome = encode(&ServerMessage::Welcome(Box::new(welcome(5))));
    session.receive(&welcome, 0).unwrap();
    session.receive(&bytes, 0).unwrap();
    let events: Vec<_> = std::iter::from_fn(|| session.poll_event()).collect();
    assert_eq!(events.last(), Some(&SessionEvent::Ballot(ballot)));
}

#[test]
fn h8_a_vote_is_the_number_of_a_choice() {
    let mut session = Session::new();
    session.vote(2);
    let bytes = session.poll_transmit().unwrap();
    assert_eq!(bytes, hex("03 02"));
    assert_eq!(decode_client(&bytes).unwrap(), ClientMessage::Vote(2));
}
