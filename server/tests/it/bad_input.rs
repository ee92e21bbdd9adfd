//! Bad input gets the close code the documentation promises, and changes nothing for anybody else.

use bytes::Bytes;
use fracas_protocol::{
    ClientMessage, Credential, Input, InputBatch, PROTOCOL_VERSION, Ping, encode, input::BATCH_MAX,
};
use futures_util::SinkExt;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};
use tokio_tungstenite::tungstenite::Message;

use crate::harness::{Client, PATIENCE, Server, get, hello, inputs, request};

fn full_batch(first_tick: u32) -> ClientMessage {
    ClientMessage::Inputs(InputBatch {
        first_tick,
        inputs: vec![Input::default(); BATCH_MAX],
        ..InputBatch::default()
    })
}

fn binary(bytes: impl Into<Vec<u8>>) -> Message {
    Message::Binary(bytes.into().into())
}

#[tokio::test]
async fn a_first_message_that_is_no_hello_is_malformed() {
    let server = Server::start().await;
    let (mut bystander, _) = server.player("Bystander").await;
    let good = encode(&hello(Credential::Ticket(server.ticket("Ada").await)));
    let mut trailing = good.clone();
    trailing.push(0);
    let overlong = encode(&hello(Credential::Ticket(
        "main.".to_owned() + &"x".repeat(60),
    )));
    for (what, bytes) in [
        ("nothing", vec![]),
        ("garbage", vec![0xFF; 100]),
        ("half a hello", good[..good.len() / 2].to_vec()),
        ("a hello and a byte", trailing),
        ("an overlong ticket", overlong),
        ("inputs before the hello", encode(&inputs(1))),
    ] {
        let mut client = server.connect().await;
        client.send(binary(bytes)).await;
        assert_eq!(client.closed().await.0, 4500, "{what}");
        bystander.is_well(1).await;
    }
}

#[tokio::test]
async fn another_version_is_told_which_one_is_spoken() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    client.send(binary([0, 99, 1, 2, 3])).await;
    let (code, reason) = client.closed().await;
    assert_eq!(code, 4501);
    assert!(
        reason.ends_with(&format!("speaks {PROTOCOL_VERSION}")),
        "{reason}"
    );
}

#[tokio::test]
async fn tickets_work_once_and_only_real_ones() {
    let server = Server::start().await;
    let ticket = server.ticket("Ada").await;
    let mut first = server.connect().await;
    first.say(&hello(Credential::Ticket(ticket.clone()))).await;
    first.welcome().await;
    first.plays(1).await;
    for credential in [
        Credential::Ticket(ticket.clone()),
        Credential::Resume(ticket),
        Credential::Ticket("main.0".into()),
        Credential::Ticket("elsewhere.0".into()),
        Credential::Ticket(String::new()),
    ] {
        let mut client = server.connect().await;
        client.say(&hello(credential.clone())).await;
        assert_eq!(client.closed().await.0, 4502, "{credential:?}");
    }
    first.is_well(1).await;
}

#[tokio::test]
async fn what_a_player_must_not_send_ends_that_player_alone() {
    let server = Server::start().await;
    let (mut bystander, _) = server.player("Bystander").await;
    for (what, code, message) in [
        ("text", 1003, Message::text("hello")),
        ("a large message", 1009, binary(vec![1; 17 * 1024])),
        ("garbage", 4500, binary([9, 9, 9])),
        (
            "a second hello",
            4500,
            binary(encode(&hello(Credential::Ticket("main.0".into())))),
        ),
        ("another version", 4501, binary([0, 7])),
    ] {
        let (mut client, _) = server.player("Ada").await;
        client.send(message).await;
        assert_eq!(client.closed().await.0, code, "{what}");
        bystander.is_well(code.into()).await;
    }
}

#[tokio::test]
async fn a_flood_is_too_many_messages() {
    let server = Server::start().await;
    let (mut bystander, _) = server.player("Bystander").await;
    let (mut client, _) = server.player("Ada").await;
    for _ in 0..2_000 {
        client.say(&inputs(1)).await;
    }
    assert_eq!(client.closed().await.0, 4029);
    bystander.is_well(1).await;
}

#[tokio::test]
async fn frames_that_add_up_to_no_message_are_too_many() {
    let server = Server::start().await;
    let (mut bystander, _) = server.player("Bystander").await;
    let (mut client, _) = server.player("Ada").await;
    // The beginning of a binary message, then nothing of it, again and again; each frame masked with zeros.
    let mut frames = vec![0x02, 0x80, 0, 0, 0, 0];
    (0..50_000).for_each(|_| frames.extend([0x00, 0x80, 0, 0, 0, 0]));
    // The server may be gone before it is all written.
    let _ = client.socket.get_mut().write_all(&frames).await;
    assert_eq!(client.closed().await.0, 4029);
    bystander.is_well(1).await;
}

#[tokio::test]
async fn inputs_that_make_no_sense_are_counted_and_end_their_sender_when_they_go_on() {
    let server = Server::start().await;
    let (mut bystander, _) = server.player("Bystander").await;
    let (mut cheat, _) = server.player("Cheat").await;
    let far_ahead = full_batch(u32::MAX / 2);
    let (code, reason) = loop {
        for _ in 0..8 {
            cheat.say(&far_ahead).await;
        }
        match cheat.next().await {
            Some(Message::Close(Some(frame))) => break (u16::from(frame.code), frame.reason),
            Some(_) => {}
            None => panic!("closed without a reason"),
        }
    };
    assert_eq!(code, 4029);
    assert!(reason.contains("far ahead"), "{reason}");
    bystander.is_well(1).await;
    let metrics = get(server.internal, "/metrics").await.body;
    assert!(metrics.contains("fracas_inputs_rejected_total{reason=\"early\"}"));
}

#[tokio::test]
async fn late_inputs_are_a_bad_line_and_close_nothing() {
    let server = Server::start().await;
    let (mut late, _) = server.player("Late").await;
    let message = full_batch(1);
    for nonce in 0..4 {
        for _ in 0..120 {
            late.say(&message).await;
        }
        late.is_well(nonce).await;
    }
}

#[tokio::test]
async fn silence_is_no_hello() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    assert_eq!(client.closed().await.0, 4008);
}

#[tokio::test]
async fn who_takes_nothing_is_closed_and_others_go_on() {
    let server =
        Server::start_with(|config| (config.tick_hz, config.snapshot_hz) = (120, 120)).await;
    let (mut bystander, _) = server.player("Bystander").await;
    let ticket = server.ticket("Ada").await;
    let mut deaf = Client::open(server.address, Some(1)).await;
    deaf.say(&hello(Credential::Ticket(ticket))).await;
    // It asks and doesn't listen to the answers, which fills what the kernel holds for it at once.
    for _ in 0..1_200 {
        deaf.say(&ClientMessage::Ping(Ping { nonce: u32::MAX }))
            .await;
    }
    let mut nonce = 0;
    loop {
        nonce += 1;
        bystander.is_well(nonce).await;
        let metrics = get(server.internal, "/metrics").await.body;
        // Other tests share the process's metrics, so its own socket must be gone as well.
        let ping = Message::Ping(Bytes::new());
        if metrics.contains("fracas_ws_closes_total{code=\"4001\"}")
            && deaf.socket.send(ping).await.is_err()
        {
            break;
        }
        assert!(nonce < 2_000, "never closed");
    }
}

/// What it reads shows nothing: it could be a proxy that holds it. Whoever has never answered is not taken for slow.
#[tokio::test]
async fn who_reads_and_answers_no_ping_is_told_so() {
    let server = Server::start().await;
    let (mut bystander, _) = server.player("Bystander").await;
    let ticket = server.ticket("Ada").await;
    let mut mute = server.connect().await;
    mute.say(&hello(Credential::Ticket(ticket))).await;
    let mut read = Vec::new();
    let all = mute.socket.get_mut().read_to_end(&mut read);
    let neighbour = async {
        for nonce in 0.. {
            bystander.is_well(nonce).await;
        }
    };
    tokio::select! {
        closed = timeout(2 * PATIENCE, all) => { closed.unwrap().unwrap(); }
        () = neighbour => {}
    }
    assert_eq!(close_code(&read), Some(4002));
}

/// Of the close frame among a server's frames.
fn close_code(mut frames: &[u8]) -> Option<u16> {
    const CLOSE: u8 = 0x88;
    while let [head, length, rest @ ..] = frames {
        let (length, rest) = match (length, rest) {
            (126, [high, low, rest @ ..]) => (u16::from_be_bytes([*high, *low]), rest),
            (length, rest) => (u16::from(*length), rest),
        };
        let (payload, rest) = rest.split_at_checked(usize::from(length))?;
        if let (CLOSE, [high, low, ..]) = (*head, payload) {
            return Some(u16::from_be_bytes([*high, *low]));
        }
        frames = rest;
    }
    None
}

#[tokio::test]
async fn pages_of_other_sites_may_not_open_the_socket() {
    let server = Server::start().await;
    let handshake = |origin: &str| {
        format!(
            "GET /ws HTTP/1.1\r\nhost: {}\r\nconnection: Upgrade\r\nupgrade: websocket\r\norigin: {origin}\r\n\
             sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            server.address
        )
    };
    let refused = request(server.address, &handshake("https://evil.example")).await;
    assert_eq!(refused.status, 403);
    // The server closes after five seconds without a hello; until then this is a WebSocket.
    let own = request(
        server.address,
        &handshake(&format!("http://{}", server.address)),
    )
    .await;
    assert_eq!(own.status, 101);
    assert_eq!(
        own.header("sec-websocket-accept"),
        Some("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    );
}

#[tokio::test]
async fn headers_that_never_end_are_not_waited_for() {
    let server = Server::start().await;
    let answer = request(server.address, "GET / HTTP/1.1\r\nhost: x\r\nx-slow: ").await;
    assert!(
        answer.status == 0 || answer.status == 408,
        "{}",
        answer.head
    );
}
