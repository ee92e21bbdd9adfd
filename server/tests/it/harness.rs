//! A server to itself for each test, and small clients that show exactly what was sent and received.

use std::{net::SocketAddr, time::Duration};

use fracas_protocol::{
    ClientMessage, Credential, Hello, Input, InputBatch, PROTOCOL_VERSION, Ping, ServerMessage,
    Wants, Welcome, decode, encode,
};
use fracas_server::{
    config::Config,
    server::{self, Listeners},
};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{
        Message,
        protocol::{CloseFrame, frame::coding::CloseCode},
    },
};

/// Longest wait for anything. Generous, because machines are slow sometimes; nothing waits this long when it works.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A running server.
pub struct Server {
    pub address: SocketAddr,
    pub internal: SocketAddr,
    pub stop: watch::Sender<bool>,
    pub task: JoinHandle<()>,
}

impl Server {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut config = Config {
            listen: any,
            internal_listen: any,
            bots: 0,
            seed: Some(1),
            drain: Duration::ZERO,
            ..Config::default()
        };
        change(&mut config);
        let listeners = Listeners::bind(&config).await.unwrap();
        let (address, internal) = (
            listeners.address().unwrap(),
            listeners.internal.local_addr().unwrap(),
        );
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(
            server::Server::open(config, listeners)
                .unwrap()
                .run(stopped),
        );
        Self {
            address,
            internal,
            stop,
            task,
        }
    }

    /// A ticket for somebody.
    pub async fn ticket(&self, name: &str) -> String {
        self.join(json!({ "name": name })).await.1["ticket"]
            .as_str()
            .expect("a ticket")
            .to_owned()
    }

    pub async fn join(&self, body: Value) -> (u16, Value) {
        let answer = post(self.address, "/api/join", &body.to_string()).await;
        (answer.status, answer.json())
    }

    pub async fn connect(&self) -> Client {
        Client::open(self.address, None).await
    }

    /// Somebody who has been welcomed.
    pub async fn player(&self, name: &str) -> (Client, Welcome) {
        let ticket = self.ticket(name).await;
        Client::present(self, Credential::Ticket(ticket)).await
    }

    pub async fn match_id(&self) -> String {
        let matches = get(self.address, "/api/matches").await.json();
        matches[0]["id"].as_str().unwrap().to_owned()
    }

    /// Asks until the answer is right.
    pub async fn until<F: Future<Output = bool>>(&self, what: &str, mut is_so: impl FnMut() -> F) {
        let asked = async {
            while !is_so().await {
                tokio::task::yield_now().await;
            }
        };
        timeout(PATIENCE, asked)
            .await
            .unwrap_or_else(|_| panic!("waited in vain until {what}"));
    }
}

/// One tick of standing still. Shows the server that the welcome has arrived.
pub fn inputs(first_tick: u32) -> ClientMessage {
    ClientMessage::Inputs(InputBatch {
        first_tick,
        inputs: vec![Input::default()],
        ..InputBatch::default()
    })
}

pub fn hello(credential: Credential) -> ClientMessage {
    ClientMessage::Hello(Hello {
        version: PROTOCOL_VERSION,
        credential,
        wants: Wants::default(),
    })
}

/// A WebSocket of somebody.
pub struct Client {
    pub socket: WebSocketStream<TcpStream>,
}

impl Client {
    /// `receive_buffer_bytes` makes a client that soon can't take any more.
    pub async fn open(address: SocketAddr, receive_buffer_bytes: Option<u32>) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        if let Some(bytes) = receive_buffer_bytes {
            socket.set_recv_buffer_size(bytes).unwrap();
        }
        let stream = socket.connect(address).await.unwrap();
        let (socket, _) = client_async(format!("ws://{address}/ws"), stream)
            .await
            .unwrap();
        Self { socket }
    }

    pub async fn say(&mut self, message: &ClientMessage) {
        self.send(Message::Binary(encode(message).into())).await;
    }

    pub async fn send(&mut self, message: Message) {
        // A server that has closed already is what some tests want to see.
        let _ = timeout(PATIENCE, self.socket.send(message))
            .await
            .expect("sends");
    }

    /// Somebody who has been welcomed with this credential.
    pub async fn present(server: &Server, credential: Credential) -> (Self, Welcome) {
        let mut client = server.connect().await;
        client.say(&hello(credential)).await;
        let welcome = client.welcome().await;
        (client, welcome)
    }

    /// Sends inputs, and goes on until they were read: the server answers in order.
    pub async fn plays(&mut self, nonce: u32) {
        self.say(&inputs(1)).await;
        self.is_well(nonce).await;
    }

    /// Leaves for good: the place is free at once.
    pub async fn leave(&mut self) {
        let frame = CloseFrame {
            code: CloseCode::Normal,
            reason: "".into(),
        };
        self.send(Message::Close(Some(frame))).await;
    }

    /// The next message, first byte and all.
    pub async fn next(&mut self) -> Option<Message> {
        timeout(PATIENCE, self.socket.next())
            .await
            .expect("a message in time")
            .and_then(Result::ok)
    }

    pub async fn welcome(&mut self) -> Welcome {
        loop {
            match self.next().await {
                Some(Message::Binary(bytes)) => match decode::<ServerMessage>(&bytes) {
                    Ok(ServerMessage::Welcome(welcome)) => return *welcome,
                    other => panic!("the first message is the welcome, not {other:?}"),
                },
                Some(Message::Ping(_)) => {}
                other => panic!("no welcome but {other:?}"),
            }
        }
    }

    /// Code and reason of the close, whatever comes before.
    pub async fn closed(&mut self) -> (u16, String) {
        loop {
            match self.next().await {
                Some(Message::Close(Some(frame))) => {
                    return (frame.code.into(), frame.reason.to_string());
                }
                Some(_) => {}
                None => panic!("closed without a reason"),
            }
        }
    }

    /// A ping comes back and snapshots go on: this client is well.
    pub async fn is_well(&mut self, nonce: u32) {
        self.say(&ClientMessage::Ping(Ping { nonce })).await;
        let expected = encode(&ServerMessage::Pong(fracas_protocol::Pong { nonce }));
        let (mut ponged, mut snapshots) = (false, 0);
        while !ponged || snapshots < 3 {
            match self.next().await {
                Some(Message::Binary(bytes)) if *bytes == *expected => ponged = true,
                Some(Message::Binary(bytes)) if bytes[0] == 2 => snapshots += 1,
                Some(Message::Binary(_) | Message::Ping(_)) => {}
                other => panic!("not well: {other:?}"),
            }
        }
    }
}

/// An answer over HTTP.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Panics unless this is an error as every error should be.
    pub fn problem(&self) -> Value {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{}",
            self.body
        );
        let problem = self.json();
        assert_eq!(problem["status"], self.status, "{problem}");
        assert!(
            problem["type"].is_string()
                && problem["title"].is_string()
                && problem["detail"].is_string()
        );
        problem
    }
}

pub async fn get(address: SocketAddr, path: &str) -> Answer {
    request(
        address,
        &format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\r\n"),
    )
    .await
}

pub async fn post(address: SocketAddr, path: &str, json: &str) -> Answer {
    let length = json.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    request(address, &(head + json)).await
}

/// Sends bytes as they are and reads to the end.
pub async fn request(address: SocketAddr, bytes: &str) -> Answer {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server that answers before it has read everything may close early.
    let _ = stream.write_all(bytes.as_bytes()).await;
    let mut answer = Vec::new();
    let _ = timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .expect("an answer in time");
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .unwrap_or_default();
    Answer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    }
}
