//! One connection from hello to close: a session, a brain, and the time.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use fracas_protocol::{Credential, Session, SessionError, Tick};
use tokio::time::{Instant, sleep_until};

use super::line::{Incoming, Line};
use crate::brain::{Bot, Random, World};

/// A server that says nothing for this long is gone; it sends snapshots many times a second and answers a ping every
/// second.
const SILENCE_MAX: Duration = Duration::from_secs(10);
/// Ticks from one thought to the next: as many as travel in one message of inputs.
const TICKS_PER_BEAT: Tick = 2;

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
}

/// Nobody looks.
impl Observer for () {}

/// A bot and what it needs to fly, connection after connection.
#[derive(Debug)]
pub(crate) struct Player<B> {
    pub(crate) bot: B,
    pub(crate) random: Random,
    pub(crate) checksums: bool,
    /// Where its microseconds count from.
    pub(crate) origin: Instant,
    /// Leads back into the same craft.
    pub(crate) resume_token: Option<String>,
}

impl<B: Bot> Player<B> {
    pub(crate) fn new(bot: B, seed: u64, checksums: bool) -> Self {
        Player {
            bot,
            random: Random::new(seed),
            checksums,
            origin: Instant::now(),
            resume_token: None,
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
        let mut session = Session::headless();
        let start = Instant::now();
        line.outbound
            .push(start, Session::hello(credential, self.checksums));
        let mut beat = Beat::new(start, &self.random);
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
            if let Err(error) = self.receive_due(&mut session, &mut line, observer, now) {
                line.close(1002, "").await;
                return Ending::Nonsense(error);
            }
            if beat.at <= now {
                self.beat(&mut session, &mut beat, now);
            }
            while let Some(message) = session.poll_transmit() {
                line.outbound.push(now, message);
            }
            if let Err(error) = line.send_due(now).await {
                return Ending::Lost(error.to_string());
            }
            if now - heard > SILENCE_MAX {
                return Ending::Lost(format!("nothing was heard for {} s", SILENCE_MAX.as_secs()));
            }
            alarm
                .as_mut()
                .reset(beat.at.min(line.next_due().unwrap_or(beat.at)));
        }
    }

    fn receive_due(
        &mut self,
        session: &mut Session,
        line: &mut Line,
        observer: &mut impl Observer,
        now: Instant,
    ) -> Result<(), SessionError> {
        while let Some(bytes) = line.inbound.pop_due(now) {
            let now_us = self.microseconds(now);
            session.receive(&bytes, now_us)?;
            if let Some(welcome) = session.welcome().filter(|_| self.resume_token.is_none()) {
                self.resume_token = Some(welcome.resume_token.clone());
                observer.welcomed(session);
            }
            observer.message(session, bytes.len(), now_us);
            // Nobody looks at them, and they would pile up.
            while session.poll_event().is_some() {}
        }
        Ok(())
    }

    /// Thinks, then lets the ticks that are due happen.
    fn beat(&mut self, session: &mut Session, beat: &mut Beat, now: Instant) {
        let before = session.predicted().map(|(tick, _)| tick);
        if let Some(world) = World::of(session, &self.random) {
            let intent = self.bot.think(&world);
            session.set_intent(intent);
        }
        session.advance(self.microseconds(now));
        let after = session.predicted().map(|(tick, _)| tick);
        let passed = after
            .zip(before)
            .map_or(0, |(after, before)| after.saturating_sub(before));
        let tick_hz = session.welcome().map_or(60, |welcome| welcome.tick_hz);
        beat.next(passed, Duration::from_secs(1) / u32::from(tick_hz), now);
    }

    fn microseconds(&self, now: Instant) -> u64 {
        now.saturating_duration_since(self.origin).as_micros() as u64
    }
}

/// When to think next. The session's ticks fall due on a clock that only it knows, so a beat that comes too early for
/// both ticks of a message is repeated a little later; from then on the beats are in step.
#[derive(Debug)]
struct Beat {
    at: Instant,
    /// Ticks since the last message of inputs.
    ticks: Tick,
}

impl Beat {
    /// The first beat; bots that connect at the same moment don't beat at the same moment.
    fn new(start: Instant, random: &Random) -> Self {
        Beat {
            at: start + Duration::from_micros(random.below(33_333) as u64),
            ticks: 0,
        }
    }

    fn next(&mut self, passed: Tick, tick: Duration, now: Instant) {
        self.ticks += passed;
        if self.ticks < TICKS_PER_BEAT {
            self.at = now + tick / 4;
            return;
        }
        self.ticks = 0;
        self.at += tick * TICKS_PER_BEAT;
        // Held up: don't make up for it with a burst of thoughts.
        if self.at <= now {
            self.at = now + tick;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_fall_in_step_with_the_ticks_and_stay_there() {
        let tick = Duration::from_micros(16_667);
        let start = Instant::now();
        let ticks_at = |at: Instant| {
            ((at - start + Duration::from_millis(9)).as_micros() / tick.as_micros()) as Tick
        };
        let mut beat = Beat::new(start, &Random::new(1));
        let (mut seen, mut thoughts) = (ticks_at(start), 0);
        for _ in 0..300 {
            let now = beat.at;
            let due = ticks_at(now);
            beat.next(due - seen, tick, now);
            (seen, thoughts) = (due, thoughts + 1);
        }
        assert!(seen > 580, "{thoughts} thoughts for {seen} ticks");
    }
}
