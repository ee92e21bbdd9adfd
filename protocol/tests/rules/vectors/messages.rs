//! Every kind of message, and what it means.

use fracas_protocol::chat::{Body, Channel, Chat, Phrase, Refusal, Say};
use fracas_protocol::message::decode_client;
use fracas_protocol::{
    Angle, Buttons, ClientMessage, Credential, Hello, Input, InputBatch, PROTOCOL_VERSION, Ping,
    Pong, SeenAgo, ServerMessage, Steer, Wants, decode, encode,
};
use serde_json::{Value, json};

use super::hex;
use super::snapshots::{event_json, roster_change_json};
use crate::chat;
use crate::snapshots::busy;
use crate::{match_start, welcome};

pub(super) fn vectors() -> Value {
    let mut all = Vec::new();
    for (name, message, means) in client() {
        let bytes = encode(&message);
        assert_eq!(decode_client(&bytes).unwrap(), message);
        all.push(json!({"name": name, "from": "client", "hex": hex(&bytes), "means": means}));
    }
    for (name, message, means) in server() {
        let bytes = encode(&message);
        assert_eq!(encode(&decode::<ServerMessage>(&bytes).unwrap()), bytes);
        all.push(json!({"name": name, "from": "server", "hex": hex(&bytes), "means": means}));
    }
    Value::Array(all)
}

fn client() -> Vec<(&'static str, ClientMessage, Value)> {
    let hello = |credential, checksums, in_full| {
        let wants = Wants { checksums, in_full };
        ClientMessage::Hello(Hello {
            version: PROTOCOL_VERSION,
            credential,
            wants,
        })
    };
    let ticket = Credential::Ticket("main.0123456789abcdef".into());
    let resume = Credential::Resume("room.with.dots.fedc".into());
    let inputs = |first_tick, seen_ago, list: &[(u8, u16, u8)]| {
        let input = |&(steer, aim, buttons): &(u8, u16, u8)| Input {
            steer: Steer::from_code(steer).unwrap(),
            aim: Angle(aim),
            buttons: Buttons(buttons),
        };
        let batch = InputBatch {
            first_tick,
            seen_ago: SeenAgo(seen_ago),
            inputs: list.iter().map(input).collect(),
        };
        let means = json!({"kind": "inputs", "first_tick": first_tick, "seen_ago": seen_ago, "inputs": list});
        (ClientMessage::Inputs(batch), means)
    };
    let (one, one_means) = inputs(250, 0, &[(0, 0, 0)]);
    let eight: Vec<_> = (0..8_u16)
        .map(|n| ((n * 27) as u8, n * 8_191, n as u8 % 16))
        .collect();
    let (eight, eight_means) = inputs(70_000, 65_535, &eight);
    let (two, two_means) = inputs(4_294_967_293, 1_600, &[(192, 65_535, 1), (1, 256, 2)]);
    let ping = |nonce| {
        (
            ClientMessage::Ping(Ping { nonce }),
            json!({"kind": "ping", "nonce": nonce}),
        )
    };
    let (small, small_means) = ping(250);
    let (large, large_means) = ping(u32::MAX);
    vec![
        (
            "a hello with a ticket",
            hello(ticket, true, false),
            json!({"kind": "hello", "version": PROTOCOL_VERSION, "ticket": "main.0123456789abcdef", "checksums": true, "in_full": false}),
        ),
        (
            "a hello with a resume token, craft in full",
            hello(resume, false, true),
            json!({"kind": "hello", "version": PROTOCOL_VERSION, "resume": "room.with.dots.fedc", "checksums": false, "in_full": true}),
        ),
        ("one input, at rest", one, one_means),
        ("eight inputs, all that fit", eight, eight_means),
        ("two inputs for the last ticks there are", two, two_means),
        (
            "a phrase to the own team",
            ClientMessage::Chat(Say {
                channel: Channel::Team,
                body: Body::Phrase(Phrase::Help),
            }),
            json!({"kind": "chat", "channel": 1, "phrase": 5}),
        ),
        (
            "a text to all",
            ClientMessage::Chat(Say {
                channel: Channel::All,
                body: chat::text("Ça va? 👋"),
            }),
            json!({"kind": "chat", "channel": 0, "text": "Ça va? 👋"}),
        ),
        ("a ping, small", small, small_means),
        ("a ping, large", large, large_means),
    ]
}

fn server() -> Vec<(&'static str, ServerMessage, Value)> {
    let start = |tick| {
        json!({
            "tick": tick, "match_id": "m1", "room": "main", "mode": 0,
            "rules": serde_json::to_value(match_start(tick).rules).unwrap(),
            "map": crate::YARD.lines().collect::<Vec<_>>(),
        })
    };
    let busy = busy();
    let snapshot = json!({
        "kind": "snapshot", "ticks": 2, "input_margin": -3, "starved": 2, "phase": 2, "ends": 21_600,
        "roster": busy.roster.iter().map(roster_change_json).collect::<Vec<_>>(),
        "events": busy.events.iter().map(event_json).collect::<Vec<_>>(),
        "checksum": "deadbeef",
    });
    let welcomed = json!({
        "kind": "welcome", "player": 3, "resume_token": "main.cafe", "tick_hz": 60, "snapshot_hz": 30,
        "inputs_per_message": 2, "start": start(1_000),
    });
    let mut next = start(2_147_483_647);
    next["kind"] = json!("match start");
    vec![
        (
            "a welcome",
            ServerMessage::Welcome(Box::new(welcome(1_000))),
            welcomed,
        ),
        (
            "a match start at the last tick there is",
            ServerMessage::MatchStart(Box::new(match_start(2_147_483_647))),
            next,
        ),
        (
            "a snapshot with every section and every kind of entry, made for no view; what its state means stands in snapshots.json",
            ServerMessage::Snapshot(busy),
            snapshot,
        ),
        (
            "a pong",
            ServerMessage::Pong(Pong { nonce: 300 }),
            json!({"kind": "pong", "nonce": 300}),
        ),
        (
            "a text to a team",
            chat::line("Zoë", chat::text("o7")),
            json!({"kind": "chat", "from": 300, "name": "Zoë", "channel": 1, "text": "o7"}),
        ),
        (
            "a phrase to a team",
            chat::line("Bo", Body::Phrase(Phrase::Gg)),
            json!({"kind": "chat", "from": 300, "name": "Bo", "channel": 1, "phrase": 1}),
        ),
        (
            "a refusal: too much in too short a time",
            ServerMessage::Chat(Chat::Refused(Refusal::Flood)),
            json!({"kind": "refused", "refusal": 0}),
        ),
    ]
}
