//! A player with a whole session whose line may break anywhere, and who says so.

use std::net::SocketAddr;
use std::time::Duration;

use fracas_bots::client::{JoinRequest, join};
use fracas_protocol::{Credential, Intent, Session, View};
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::host::Host;

/// A server that says nothing for so long is taken for gone.
const SILENCE_MAX: Duration = Duration::from_secs(1);
/// How often the session's clock is looked at.
const BEAT: Duration = Duration::from_millis(5);

/// One connection.
pub(crate) struct Caller {
    socket: WebSocketStream<TcpStream>,
    pub(crate) session: Session,
    origin: Instant,
    heard: Instant,
}

/// How a connection ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Gone {
    /// Broken, or silent for too long.
    Lost,
    /// The server closed it.
    Closed(u16),
}

/// A ticket of this server for somebody who is no bot.
pub(crate) async fn ticket(host: &Host, name: &str) -> Credential {
    let request = JoinRequest {
        name,
        room: None,
        bot: false,
    };
    let place = join(&host.client(), &request).await.expect("a place");
    Credential::Ticket(place.ticket)
}

impl Caller {
    /// Connects and says hello.
    pub(crate) async fn dial(address: SocketAddr, credential: Credential) -> Result<Caller, Gone> {
        let socket = TcpSocket::new_v4().expect("a socket");
        let open = async {
            let stream = socket.connect(address).await.map_err(|_| Gone::Lost)?;
            stream.set_nodelay(true).map_err(|_| Gone::Lost)?;
            let (socket, _) = client_async(format!("ws://{address}/ws"), stream)
                .await
                .map_err(|_| Gone::Lost)?;
            Ok(socket)
        };
        let socket = timeout(SILENCE_MAX, open).await.map_err(|_| Gone::Lost)??;
        let mut caller = Caller {
            socket,
            session: Session::headless(),
            origin: Instant::now(),
            heard: Instant::now(),
        };
        let now_us = caller.now_us();
        let hello = caller.session.hello(credential, false, now_us);
        caller.send(hello).await?;
        Ok(caller)
    }

    /// Takes a message if one comes soon, and lets the ticks that are due happen. Returns how many bytes came.
    pub(crate) async fn step(&mut self) -> Result<usize, Gone> {
        let bytes = match timeout(BEAT, self.socket.next()).await {
            Err(_) if self.heard.elapsed() > SILENCE_MAX => return Err(Gone::Lost),
            Err(_) => 0,
            Ok(message) => self.take(message)?,
        };
        self.session.advance(self.now_us());
        while let Some(message) = self.session.poll_transmit() {
            self.send(message).await?;
        }
        Ok(bytes)
    }

    /// Goes on until something is true of the session.
    pub(crate) async fn until(&mut self, is_so: impl Fn(&Session) -> bool) -> Result<(), Gone> {
        while !is_so(&self.session) {
            self.step().await?;
        }
        Ok(())
    }

    /// Turns towards the nearest other craft and fires until the score is at least this.
    pub(crate) async fn score(&mut self, score: i16) -> Result<(), Gone> {
        while self
            .session
            .view()
            .is_none_or(|view| own_score(view) < score)
        {
            if let Some(aim) = self.session.view().and_then(towards_nearest) {
                self.session.set_intent(aim);
            }
            self.step().await?;
        }
        self.session.set_intent(Intent::default());
        // The last inputs that fire are on their way, and are repeated if the line fails them.
        let still_fires = self.session.predicted().map_or(0, |(tick, _)| tick) + 30;
        self.until(|session| {
            let view = session.view();
            view.is_some_and(|view| view.tick > still_fires && view.shots.is_empty())
        })
        .await
    }

    fn take(
        &mut self,
        message: Option<Result<Message, tokio_tungstenite::tungstenite::Error>>,
    ) -> Result<usize, Gone> {
        let message = message.and_then(Result::ok).ok_or(Gone::Lost)?;
        self.heard = Instant::now();
        match message {
            Message::Binary(bytes) => {
                let now_us = self.now_us();
                self.session
                    .receive(&bytes, now_us)
                    .expect("what arrives makes sense");
                while self.session.poll_event().is_some() {}
                Ok(bytes.len())
            }
            Message::Close(frame) => {
                Err(Gone::Closed(frame.map_or(1005, |frame| frame.code.into())))
            }
            _ => Ok(0),
        }
    }

    async fn send(&mut self, bytes: Vec<u8>) -> Result<(), Gone> {
        let sent = timeout(SILENCE_MAX, self.socket.send(Message::Binary(bytes.into()))).await;
        sent.map_err(|_| Gone::Lost)?.map_err(|_| Gone::Lost)
    }

    fn now_us(&self) -> u64 {
        self.origin.elapsed().as_micros() as u64
    }
}

/// The own score; none before the roster came.
pub(crate) fn own_score(view: &View) -> i16 {
    view.player(view.me).map_or(i16::MIN, |own| own.score.score)
}

fn towards_nearest(view: &View) -> Option<Intent> {
    let own = view.own.motion.pos;
    let away = view.crafts.iter().map(|(_, craft)| craft.motion.pos - own);
    let nearest = away.min_by_key(|away| i64::from(away.x).pow(2) + i64::from(away.y).pow(2))?;
    let aim = fracas_protocol::Angle::from_radians((nearest.y as f32).atan2(nearest.x as f32));
    Some(Intent {
        aim,
        buttons: fracas_protocol::Buttons::FIRE,
        ..Intent::default()
    })
}
