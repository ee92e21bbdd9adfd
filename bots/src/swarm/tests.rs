//! A swarm of one against a server that misbehaves on purpose.

use std::time::Duration;

use fracas_protocol::{
    ClientMessage, Credential, Map, MatchStart, Mode, PlayerId, Rules, ServerMessage, Welcome,
    decode, encode,
};
use futures_util::{SinkExt, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::{WebSocketStream, accept_async};

use super::{Report, Swarm};
use crate::brain::Skill;
use crate::client::{Lag, Server};

const ROOM: &str = "########\n#S....S#\n#......#\n########\n";

type Socket = WebSocketStream<TcpStream>;

struct Host {
    listener: TcpListener,
}

impl Host {
    async fn open() -> Host {
        Host {
            listener: TcpListener::bind("127.0.0.1:0").await.unwrap(),
        }
    }

    fn address(&self) -> String {
        self.listener.local_addr().unwrap().to_string()
    }

    /// Lets a client join if it asks for that first, then takes its WebSocket and its hello.
    async fn next(&self) -> (Socket, Credential) {
        loop {
            let (mut stream, _) = self.listener.accept().await.unwrap();
            let mut start = [0; 4];
            stream.peek(&mut start).await.unwrap();
            if &start == b"POST" {
                self.give_place(&mut stream).await;
                continue;
            }
            let mut socket = accept_async(stream).await.unwrap();
            let hello = socket.next().await.unwrap().unwrap().into_data();
            match decode(&hello).unwrap() {
                ClientMessage::Hello(hello) => return (socket, hello.credential),
                other => panic!("{other:?} instead of a hello"),
            }
        }
    }

    async fn give_place(&self, stream: &mut TcpStream) {
        let mut request = [0; 2048];
        let read = stream.read(&mut request).await.unwrap();
        let request = String::from_utf8_lossy(&request[..read]).into_owned();
        assert!(
            request.starts_with("POST /api/join HTTP/1.1\r\n"),
            "{request}"
        );
        let place = format!(
            r#"{{"match_id":"m1","ws_url":"ws://{}/ws","ticket":"main.t"}}"#,
            self.address()
        );
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", place.len());
        stream.write_all((head + &place).as_bytes()).await.unwrap();
    }

    fn swarm(&self, count: usize) -> Swarm {
        Swarm {
            server: Server::parse(&format!("http://{}", self.address())).unwrap(),
            room: None,
            count,
            skill: Skill::Normal,
            seed: 1,
            duration: Some(Duration::from_secs(30)),
            ramp_per_s: 100.0,
            lag: Lag::default(),
            check: false,
            drawn: false,
            threads: None,
        }
    }
}

async fn welcome(socket: &mut Socket, token: &str) {
    let start = MatchStart {
        tick: 100,
        match_id: "m1".into(),
        room: "main".into(),
        mode: Mode::Ffa,
        rules: Rules::default().into(),
        map: Map::parse(ROOM).unwrap().into(),
    };
    let player = PlayerId(0);
    let welcome = Welcome {
        player,
        resume_token: token.into(),
        tick_hz: 60,
        snapshot_hz: 30,
        inputs_per_message: 2,
        start,
    };
    let bytes = encode(&ServerMessage::Welcome(Box::new(welcome)));
    socket.send(Message::Binary(bytes.into())).await.unwrap();
    // The client has it when it answers with inputs.
    let inputs = socket.next().await.unwrap().unwrap();
    assert!(matches!(inputs, Message::Binary(_)));
}

async fn run(swarm: &Swarm, host: impl Future<Output = ()>) -> Report {
    let (report, _) = swarm.run(host, |_| {}).await.unwrap();
    report
}

#[tokio::test]
async fn a_bot_comes_back_after_a_drop_and_after_nonsense_and_stays_away_when_banned() {
    let host = Host::open().await;
    let story = async {
        let (mut socket, credential) = host.next().await;
        assert_eq!(credential, Credential::Ticket("main.t".into()));
        welcome(&mut socket, "main.first").await;
        drop(socket);

        let (mut socket, credential) = host.next().await;
        assert_eq!(credential, Credential::Resume("main.first".into()));
        welcome(&mut socket, "main.second").await;
        socket
            .send(Message::Binary(vec![250, 250, 250].into()))
            .await
            .unwrap();
        let closed = socket.filter_map(async |message| match message {
            Ok(Message::Close(frame)) => frame.map(|frame| u16::from(frame.code)),
            _ => None,
        });
        assert_eq!(Box::pin(closed).next().await, Some(1002));

        let (mut socket, credential) = host.next().await;
        assert_eq!(credential, Credential::Ticket("main.t".into()));
        welcome(&mut socket, "main.third").await;
        let banned = CloseFrame {
            code: 4504.into(),
            reason: "banned".into(),
        };
        socket.close(Some(banned)).await.unwrap();
        while let Some(Ok(_)) = socket.next().await {}
        tokio::time::sleep(Duration::from_millis(100)).await;
    };
    let report = run(&host.swarm(1), story).await;
    assert_eq!(
        (report.disconnects, report.decode_errors, report.errors),
        (2, 1, 0)
    );
    assert_eq!(report.disconnects_by["4504 banned"], 1);
    assert_eq!(report.lost(), 3);
}

#[tokio::test]
async fn bots_say_goodbye_at_the_end_and_that_is_no_loss() {
    let host = Host::open().await;
    let swarm = host.swarm(1);
    let (told, tell) = tokio::sync::oneshot::channel::<()>();
    let goodbye = async {
        let (mut socket, _) = host.next().await;
        welcome(&mut socket, "main.r").await;
        told.send(()).unwrap();
        while let Some(Ok(message)) = socket.next().await {
            if let Message::Close(frame) = message {
                return frame.map(|frame| u16::from(frame.code));
            }
        }
        None
    };
    let interrupted = async {
        let _ = tell.await;
    };
    let (report, code) = tokio::join!(run(&swarm, interrupted), goodbye);
    assert_eq!(
        (report.lost(), code),
        (0, Some(1000)),
        "{:?}",
        report.disconnects_by
    );
}
