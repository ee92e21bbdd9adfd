//! A room: a match's life, one after the other, on a thread of its own.
//!
//! | file | what it is |
//! |---|---|
//! | this | what the outside sees: configuration, requests, status, a handle |
//! | `thread` | the thread: paces, steps the match, hands out what came of it, begins the next |
//! | `attendance` | who comes and goes: requests, tickets, lost connections |
//! | `ballot` | the vote on the next map; pure |
//! | `chat` | who says how much, and who hears it |
//! | `seats` | who has a place and by what right; pure |
//! | `pressure` | what is given up when there is more to do than time |
//! | `recorder` | what the last slow ticks spent their time on |
//! | `link` | the mailbox between the thread and a socket's task |
//! | `courier` | tells the sockets of a tick's snapshots, all at once |
//! | `close` | why a connection ends |
//!
//! The thread owns its [`Match`](crate::sim::Match) and its [`Seats`]; nothing else can touch them. What comes from outside comes through
//! one bounded channel ([`Request`]) or through a player's [`Link`]; what goes out goes into links, the feed and a
//! published [`RoomStatus`]. None of these can make the thread wait.
//!
//! A panic in a step ends that match alone: it is caught, the world is dropped, its players are told 1011, and the
//! room goes on with a fresh match.
//!
//! A room where nobody plays and nobody watches sleeps without using the processor; the server's own bots don't count, and
//! are sent away. Its match is over then, so that whoever comes finds a fresh one. A room that somebody asked for ends
//! when nobody has been there for a while.

mod attendance;
mod ballot;
mod chat;
mod close;
mod courier;
mod link;
mod pressure;
mod recorder;
mod seats;
mod thread;

use std::{
    sync::{Arc, LazyLock, OnceLock, mpsc},
    time::{Duration, Instant},
};

use fracas_bots::Skill;
use fracas_protocol::{Credential, Map, Mode, Phase, PlayerId, Rules, Wants};
use tokio::sync::{oneshot, watch};

pub(crate) use self::thread::mix;
pub use self::{
    chat::Speech,
    close::Close,
    courier::Courier,
    link::{BATCHES_MAX, Frame, Link, Outgoing, signal},
    pressure::{Judged, Pressure, STEP_MAX},
    recorder::{Line, RecordReader, Recorder, Records, TickRecord, Work},
    seats::{Abuse, NoPlace, Presence, RESUME_WINDOW, Seat, Seats, TICKET_LIFE, secret},
};
use crate::{
    chat::ChatPolicy,
    feed::{Feed, MatchId},
};

/// Requests that wait for the next tick. More at once is refused: the room is in trouble.
const REQUESTS_MAX: usize = 1024;

/// What a room plays, and how.
#[derive(Debug, Clone)]
pub struct RoomConfig {
    /// The room's name.
    pub name: Arc<str>,
    /// What is played.
    pub mode: Mode,
    /// By which numbers.
    pub rules: Rules,
    /// Where, in turn as players vote; the first match is on the first. At least one.
    pub maps: Vec<RoomMap>,
    /// Places.
    pub capacity: u16,
    /// Steps per second.
    pub tick_hz: u8,
    /// Snapshots per second and client.
    pub snapshot_hz: u8,
    /// Ticks of input that clients are asked to put into one message; 0: as many as suit the number of places.
    pub inputs_per_message: u8,
    /// Bytes for craft and shots in a snapshot, beyond which it leaves out what is farthest away.
    pub snapshot_bytes_max: u32,
    /// What players may say to each other.
    pub chat: ChatPolicy,
    /// The seeds of all matches come from this one.
    pub seed: u64,
    /// What its match ids end with: tells one start of the server from another.
    pub epoch: Arc<str>,
    /// Keep this many craft while somebody is there, by topping up with bots.
    pub company: u16,
    /// How good these are.
    pub bot_skill: Skill,
    /// Streams of everything keep this room awake.
    pub is_front: bool,
    /// It is in lists, and its events are in streams of everything.
    pub is_listed: bool,
    /// What leads into it besides its name.
    pub code: Option<Arc<str>>,
    /// Without anybody for this long it sleeps.
    pub sleeps_after: Duration,
    /// … and for this long it ends; never if there is none.
    pub ends_after: Option<Duration>,
}

/// A map that a room can play on.
#[derive(Debug, Clone)]
pub struct RoomMap {
    /// What it is called.
    pub title: Arc<str>,
    /// Its tiles.
    map: Arc<Tiles>,
}

/// Made when they are asked for; most maps are there already.
type Tiles = LazyLock<Arc<Map>, Box<dyn FnOnce() -> Arc<Map> + Send + Sync>>;

impl RoomMap {
    /// A map that is there.
    pub fn new(title: Arc<str>, map: Map) -> Self {
        let room_map = Self::made_when_needed(title, || map);
        room_map.tiles();
        room_map
    }

    /// A map that costs nothing until it is played on.
    pub fn made_when_needed(
        title: Arc<str>,
        make: impl FnOnce() -> Map + Send + Sync + 'static,
    ) -> Self {
        let make: Box<dyn FnOnce() -> Arc<Map> + Send + Sync> = Box::new(|| Arc::new(make()));
        Self {
            title,
            map: Arc::new(LazyLock::new(make)),
        }
    }

    /// Its tiles; makes them, or waits for them, if they aren't there yet.
    pub fn tiles(&self) -> Arc<Map> {
        LazyLock::force(&self.map).clone()
    }
}

/// Rooms of up to so many places hear from their players every tick.
const SMALL_ROOM_PLACES: u16 = 64;

impl RoomConfig {
    /// Ticks of input that clients are asked to put into one message. Every tick is freshest; in a large room it is the
    /// number of messages that costs.
    pub fn inputs_per_message(&self) -> u8 {
        if self.inputs_per_message > 0 {
            self.inputs_per_message
        } else if self.capacity <= SMALL_ROOM_PLACES {
            1
        } else {
            2
        }
    }
}

/// What a room is asked to do, between two ticks.
#[derive(Debug)]
pub enum Request {
    /// Keep a place.
    Reserve {
        /// A clean name; it gets a number when it is taken.
        name: String,
        /// Who will fly.
        pilot: Pilot,
        /// The answer.
        reply: oneshot::Sender<Result<Reservation, NoPlace>>,
    },
    /// A hello came.
    Attach {
        /// Its ticket or token.
        credential: Credential,
        /// What its snapshots are to be like.
        wants: Wants,
        /// Where the welcome and all that follows go.
        link: Arc<Link>,
        /// Who it is, or why not.
        reply: oneshot::Sender<Result<PlayerId, Close>>,
    },
    /// Let the server's own bots go until so many are left, so that the sides stay even.
    LetCompanyGo {
        /// How many may stay.
        keep: u16,
    },
    /// Somebody watches: don't sleep.
    Wake,
    /// Panic in the next step.
    #[cfg(test)]
    Crash,
    /// Has too much to do from now on.
    #[cfg(test)]
    Overload,
    /// Finds itself so far behind.
    #[cfg(test)]
    Freeze(Duration),
}

/// Who takes a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pilot {
    /// A person.
    Person,
    /// Somebody's program.
    Bot,
    /// A bot of this server.
    Company,
}

/// A place that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reservation {
    /// The match that is running.
    pub match_id: MatchId,
    /// To be presented in the hello.
    pub ticket: String,
    /// The name, perhaps with a number.
    pub name: Arc<str>,
}

/// How a room is, a few times a second.
#[derive(Debug, Clone)]
pub struct RoomStatus {
    /// The match that is running.
    pub match_id: MatchId,
    /// The mode.
    pub mode: Mode,
    /// Where the match is in its life.
    pub phase: Phase,
    /// Places taken, bots included.
    pub players: usize,
    /// Places taken by bots.
    pub bots: usize,
    /// … of them by the server's own.
    pub company: usize,
    /// Who is on the blue side, and who on the orange; nobody where there are no sides.
    pub sides: [Side; 2],
    /// Where the match is played.
    pub map_title: Arc<str>,
    /// Seconds until the phase ends, if it does by itself.
    pub time_left_s: Option<u32>,
    /// When this was true.
    pub at: Instant,
    /// Nobody plays and nobody watches.
    pub asleep: bool,
    /// What is given up for lack of time: 0 nothing, 1 far aims, 2 to 4 snapshots, 5 joins too.
    pub overload_step: u8,
}

/// How many play on one side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Side {
    /// People, and other people's bots.
    pub guests: usize,
    /// The server's own bots.
    pub company: usize,
}

/// The outside's end of a room.
#[derive(Debug, Clone)]
pub struct RoomHandle {
    /// What it plays.
    pub config: Arc<RoomConfig>,
    requests: mpsc::SyncSender<Request>,
    /// Beside the requests, because it must not be lost when there are too many of them.
    drain_until: Arc<OnceLock<Instant>>,
    status: watch::Receiver<RoomStatus>,
    records: RecordReader,
}

/// The room does not answer: it has too much to do, or it is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the room doesn't answer")]
pub struct Unavailable;

/// How long an answer may take. A tick takes milliseconds; this is a room in trouble.
const ANSWER_MAX: Duration = Duration::from_secs(2);

impl RoomHandle {
    /// Starts a room. Must be called within a tokio runtime (the feed's pump runs there).
    ///
    /// # Errors
    /// The map lacks what the mode needs ([`std::io::ErrorKind::InvalidInput`], with its name), or the system has no thread left.
    pub fn spawn(config: RoomConfig, feed: &Arc<Feed>) -> std::io::Result<Self> {
        thread::spawn(Arc::new(config), feed)
    }

    /// Keeps a place for somebody.
    ///
    /// # Errors
    /// No answer in time. The inner error: no place.
    pub async fn reserve(
        &self,
        name: String,
        bot: bool,
    ) -> Result<Result<Reservation, NoPlace>, Unavailable> {
        let pilot = if bot { Pilot::Bot } else { Pilot::Person };
        self.ask(|reply| Request::Reserve { name, pilot, reply })
            .await
    }

    /// Keeps a place for one of the server's own bots.
    ///
    /// # Errors
    /// As [`RoomHandle::reserve`]; [`NoPlace::Asleep`] where nobody else is.
    pub async fn reserve_company(
        &self,
        name: String,
    ) -> Result<Result<Reservation, NoPlace>, Unavailable> {
        let pilot = Pilot::Company;
        self.ask(|reply| Request::Reserve { name, pilot, reply })
            .await
    }

    /// Lets the server's own bots go until so many are left. The room picks them: where there are sides, none is left more than
    /// one ahead, so that some may stay until more people are there.
    pub fn let_company_go(&self, keep: u16) {
        // A room that takes nothing now is asked again.
        let _ = self.requests.try_send(Request::LetCompanyGo { keep });
    }

    /// Presents a hello.
    ///
    /// # Errors
    /// No answer in time. The inner error: the close the client gets.
    pub async fn attach(
        &self,
        credential: Credential,
        wants: Wants,
        link: Arc<Link>,
    ) -> Result<Result<PlayerId, Close>, Unavailable> {
        self.ask(|reply| Request::Attach {
            credential,
            wants,
            link,
            reply,
        })
        .await
    }

    /// Makes sure that the room doesn't sleep while somebody watches.
    pub fn wake(&self) {
        // A full channel belongs to a room that is awake.
        let _ = self.requests.try_send(Request::Wake);
    }

    /// Lets the room end when no match is on that a person plays in, at the latest at a deadline. The first deadline counts.
    pub fn drain(&self, until: Instant) {
        let _ = self.drain_until.set(until);
        // It may sleep.
        self.wake();
    }

    /// How the room is.
    pub fn status(&self) -> RoomStatus {
        self.status.borrow().clone()
    }

    /// What its slow ticks spent their time on.
    pub fn records(&self) -> Records {
        self.records.read(Instant::now())
    }

    /// Changes of [`RoomStatus`]; ends when the room has.
    pub fn watch(&self) -> watch::Receiver<RoomStatus> {
        self.status.clone()
    }

    /// Waits until the room has ended.
    pub async fn ended(&self) {
        let mut status = self.status.clone();
        while status.changed().await.is_ok() {}
    }

    async fn ask<T>(
        &self,
        request: impl FnOnce(oneshot::Sender<T>) -> Request,
    ) -> Result<T, Unavailable> {
        let (reply, answer) = oneshot::channel();
        self.requests
            .try_send(request(reply))
            .map_err(|_| Unavailable)?;
        match tokio::time::timeout(ANSWER_MAX, answer).await {
            Ok(Ok(answer)) => Ok(answer),
            _ => Err(Unavailable),
        }
    }
}

#[cfg(test)]
mod tests;
