//! One connection from hello to close: a session, a brain, and the time.

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use fracas_protocol::chat::Chat;
use fracas_protocol::{
    ClientMessage, Credential, SeenAgo, Session, SessionError, SessionEvent, Snapshot, Steer, Tick,
    decode,
};
use tokio::time::{Instant, sleep_until};

use super::Shelf;
use super::line::{Incoming, Line};
use crate::brain::{Bot, Random, World};

/// A server that says nothing for this long is gone; it sends snapshots many times a second and answers a ping every
/// second.
const SILENCE_MAX: Duration = Duration::from_secs(10);
/// Ticks from one thought to the next.
const TICKS_PER_THOUGHT: Tick = 2;

/// How a connection ended.
#[derive(Debug)]
pub enum Ending {
    /// We were told to stop.
    Stopped,
    /// The server closed it.
    Closed {
        /// The WebSocket close code.
        code: u16,
        /// The server's words.
        reason: String,
    },
    /// It broke.
    Lost(String),
    /// The server said something that makes no sense; we closed.
    Nonsense(SessionError),
}

/// Looks over a bot's shoulder, to measure.
pub(crate) trait Observer {
    /// A message of so many bytes came.
    fn message(&mut self, _session: &Session, _bytes: usize, _now_us: u64) {}
    /// The welcome came.
    fn welcomed(&mut self, _session: &Session) {}
    /// The bot steers otherwise from `_tick` on; it decided so at `_made_us`.
    fn turned(&mut self, _tick: Tick, _steer: Steer, _made_us: u64) {}
    /// A picture was drawn, of the others as they were at tick `_shown`.
    fn drew(&mut self, _session: &Session, _shown: f64, _now_us: u64) {}
}

/// Nobody looks.
impl Observer for () {}

/// Before the welcome no ticks are due; it is looked again after so long, and after any wait that is longer.
const WAIT_US: u64 = 50_000;
/// What a player sees of the others is drawn this often, in a session that is drawn.
const FRAME: Duration = Duration::from_nanos(16_666_667);

thread_local! {
    /// What was received last by any bot of this thread: its memory is still warm.
    static SNAPSHOT: RefCell<Snapshot> = RefCell::default();
}

/// A bot and what it needs to fly, connection after connection.
#[derive(Debug)]
pub(crate) struct Player<B> {
    pub(crate) bot: B,
    pub(crate) random: Random,
    /// What it votes by; thoughts don't draw from it, so that the seed alone decides.
    pub(crate) votes: Random,
    pub(crate) checksums: bool,
    /// Whether pictures are drawn, for nobody to look at, as a player's client does.
    pub(crate) drawn: bool,
    /// Where its microseconds count from.
    pub(crate) origin: Instant,
    /// Leads back into the same craft.
    pub(crate) resume_token: Option<String>,
    /// Where the map comes from, if somebody else has it already.
    pub(crate) shelf: Shelf,
}

impl<B: Bot> Player<B> {
    pub(crate) fn new(bot: B, seed: u64, checksums: bool) -> Self {
        Player {
            bot,
            random: Random::new(seed),
            votes: Random::new(!seed),
            checksums,
            drawn: false,
            origin: Instant::now(),
            resume_token: None,
            shelf: Shelf::default(),
        }
    }

    /// Plays until the line ends or `stop` is ready.
    pub(crate) async fn play(
        &mut self,
        mut line: Line,
        credential: Credential,
        observer: &mut impl Observer,
        stop: impl Future<Output = ()>,
    ) -> Ending {
        let start = Instant::now();
        let mut seat = Seat::new(self.drawn, start, &self.random);
        let now_us = self.microseconds(start);
        let hello = seat.session.hello(credential, self.checksums, now_us);
        line.outbound.push(start, hello);
        let mut heard = start;
        let mut stop = pin!(stop);
        let mut alarm = pin!(sleep_until(start));
        loop {
            tokio::select! {
                biased;
                incoming = line.receive() => match incoming {
                    Incoming::Message(bytes) => {
                        heard = Instant::now();
                        line.inbound.push(heard, bytes);
                    }
                    Incoming::Nothing => {}
                    Incoming::Closed { code, reason } => return Ending::Closed { code, reason },
                    Incoming::Lost(why) => return Ending::Lost(why),
                },
                () = &mut alarm => {}
                () = &mut stop => {
                    line.close(1000, "").await;
                    return Ending::Stopped;
                }
            }
            let now = Instant::now();
            if let Err(error) = self.receive_due(&mut seat, &mut line, observer, now) {
                line.close(1002, "").await;
                return Ending::Nonsense(error);
            }
            if seat.beat.at <= now {
                self.beat(&mut seat, observer, now);
            }
            if seat.pictures.as_ref().is_some_and(|p| p.at <= now) {
                seat.draw(observer, self.microseconds(now), now);
            }
            while let Some(message) = seat.session.poll_transmit() {
                seat.watch_sent(&message);
                line.outbound.push(now, message);
            }
            if let Err(error) = line.send_due(now).await {
                return Ending::Lost(error.to_string());
            }
            if now - heard > SILENCE_MAX {
                return Ending::Lost(format!("nothing was heard for {} s", SILENCE_MAX.as_secs()));
            }
            let wake = seat.next_due();
            let wake = line.next_due().map_or(wake, |due| due.min(wake));
            if wake != alarm.deadline() {
                alarm.as_mut().reset(wake);
            }
        }
    }

    fn receive_due(
        &mut self,
        seat: &mut Seat,
        line: &mut Line,
        observer: &mut impl Observer,
        now: Instant,
    ) -> Result<(), SessionError> {
        while let Some(bytes) = line.inbound.pop_due(now) {
            let now_us = self.microseconds(now);
            let session = &mut seat.session;
            SNAPSHOT.with_borrow_mut(|memory| session.receive_sharing(&bytes, now_us, memory))?;
            if let Some(welcome) = session.welcome().filter(|_| !seat.welcomed) {
                seat.welcomed = true;
                self.resume_token = Some(welcome.resume_token.clone());
                observer.welcomed(session);
            }
            observer.message(session, bytes.len(), now_us);
            // Nobody looks at the others, and they would pile up.
            while let Some(event) = session.poll_event() {
                match event {
                    SessionEvent::MatchStart => {
                        self.shelf.share(session);
                        seat.has_voted = false;
                    }
                    SessionEvent::Ballot(ballot) if !seat.has_voted => {
                        seat.has_voted = true;
                        let choice = self.votes.below(ballot.choices.len());
                        session.vote(choice as u8);
                    }
                    SessionEvent::Chat(Chat::Line(line)) => self.bot.hear(&line),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Thinks if it is time to, then lets the ticks that are due happen.
    fn beat(&mut self, seat: &mut Seat, observer: &mut impl Observer, now: Instant) {
        let now_us = self.microseconds(now);
        if let Some(world) = World::of(&seat.session, &self.random)
            && seat.beat.is_time_to_think(world.tick())
        {
            let intent = self.bot.think(&world);
            if intent.steer != seat.wish.0 {
                seat.wish = (intent.steer, now_us);
            }
            let say = self.bot.say(&world);
            seat.session.set_intent(intent);
            if let Some(say) = say {
                seat.session.say(say);
            }
        }
        seat.advance(observer, now_us);
        let due = seat.session.next_due_us().map(|due_us| {
            // The ticks of one message are made together, when the last of them is due.
            let welcome = seat.session.welcome();
            let others = welcome.map_or(0, |welcome| welcome.inputs_per_message.clamp(1, 4) - 1);
            due_us + (f64::from(others) * seat.tick_us()) as u64
        });
        let wait_us = due.map_or(WAIT_US, |due_us| due_us.saturating_sub(now_us));
        seat.beat.at = now + Duration::from_micros(wait_us.clamp(1, WAIT_US));
    }

    fn microseconds(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.origin).as_micros() as u64
    }
}

/// One connection's session, and when it wants to be driven.
#[derive(Debug)]
struct Seat {
    session: Session,
    welcomed: bool,
    /// In this match.
    has_voted: bool,
    beat: Beat,
    pictures: Option<Pictures>,
    /// The steering that was decided on, and when.
    wish: (Steer, u64),
    /// The steering of the newest tick.
    steer: Steer,
}

/// Pictures for nobody to look at.
#[derive(Debug)]
struct Pictures {
    /// The next one is due.
    at: Instant,
    /// When the last one was drawn.
    drawn_us: u64,
    /// The tick of the others that is shown, less the time in ticks.
    offset: Option<f64>,
}

impl Seat {
    fn new(drawn: bool, start: Instant, random: &Random) -> Seat {
        Seat {
            session: if drawn {
                Session::new()
            } else {
                Session::headless()
            },
            welcomed: false,
            has_voted: false,
            beat: Beat::new(start, random),
            pictures: drawn.then(|| Pictures {
                at: start + FRAME.mul_f32(random.unit()),
                drawn_us: 0,
                offset: None,
            }),
            wish: (Steer::NONE, 0),
            steer: Steer::NONE,
        }
    }

    fn next_due(&self) -> Instant {
        let picture = self.pictures.as_ref().map_or(self.beat.at, |p| p.at);
        self.beat.at.min(picture)
    }

    fn advance(&mut self, observer: &mut impl Observer, now_us: u64) {
        let before = self.session.predicted().map(|(tick, _)| tick);
        self.session.advance(now_us);
        let after = self.session.predicted().map(|(tick, _)| tick);
        if let (Some(before), Some(after)) = (before, after)
            && after > before
            && self.wish.0 != self.steer
        {
            self.steer = self.wish.0;
            observer.turned(before + 1, self.steer, self.wish.1);
        }
    }

    /// What a browser does in every frame.
    fn draw(&mut self, observer: &mut impl Observer, now_us: u64, now: Instant) {
        self.advance(observer, now_us);
        self.session.scene(now_us);
        let tick_us = self.tick_us();
        let Some(pictures) = &mut self.pictures else {
            return;
        };
        pictures.drawn_us = now_us;
        pictures.at = (pictures.at + FRAME).max(now);
        if let Some(offset) = pictures.offset {
            observer.drew(&self.session, offset + now_us as f64 / tick_us, now_us);
        }
    }

    /// Inputs say which tick of the others was on the screen.
    fn watch_sent(&mut self, message: &[u8]) {
        let tick_us = self.tick_us();
        let Some(pictures) = &mut self.pictures else {
            return;
        };
        if let Ok(ClientMessage::Inputs(batch)) = decode(message) {
            let ago = f64::from(batch.seen_ago.0) / f64::from(SeenAgo::PARTS);
            let shown = f64::from(batch.first_tick) - ago;
            pictures.offset = Some(shown - pictures.drawn_us as f64 / tick_us);
        }
    }

    fn tick_us(&self) -> f64 {
        1e6 / f64::from(self.session.welcome().map_or(60, |welcome| welcome.tick_hz))
    }
}

/// When to let ticks happen next, and when to think.
#[derive(Debug)]
struct Beat {
    at: Instant,
    /// The newest tick at the last thought.
    thought: Option<Tick>,
}

impl Beat {
    /// The first beat; bots that connect at the same moment don't beat at the same moment.
    fn new(start: Instant, random: &Random) -> Self {
        Beat {
            at: start + Duration::from_micros(random.below(33_333) as u64),
            thought: None,
        }
    }

    /// Whether it has been long enough since the last thought, in which case this is one.
    fn is_time_to_think(&mut self, tick: Tick) -> bool {
        let is_time = self
            .thought
            .is_none_or(|thought| tick.abs_diff(thought) >= TICKS_PER_THOUGHT);
        if is_time {
            self.thought = Some(tick);
        }
        is_time
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thought_comes_every_other_tick_however_often_ticks_happen() {
        let mut beat = Beat::new(Instant::now(), &Random::new(1));
        let thoughts = |beat: &mut Beat, ticks: &[Tick]| -> Vec<bool> {
            ticks
                .iter()
                .map(|tick| beat.is_time_to_think(*tick))
                .collect()
        };
        let one_by_one = thoughts(&mut beat, &[10, 11, 12, 12, 13, 14]);
        assert_eq!(one_by_one, [true, false, true, false, false, true]);
        assert_eq!(thoughts(&mut beat, &[16, 18, 25]), [true, true, true]);
        // A clock that was set back.
        assert_eq!(thoughts(&mut beat, &[20, 21]), [true, false]);
    }
}
