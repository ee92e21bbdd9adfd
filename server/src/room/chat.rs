//! Who says how much, and who hears it. Beside the simulation, not in it: a line goes from one link into others.
//!
//! ```text
//!   link ──says──▶ Speech: too much? ──▶ Hearsay ──▶ filter ──▶ links of those it concerns
//!  (8 a tick)    (1 /s, 5 at once)      (1,024)          └──▶ feed, what was said to all
//! ```

use std::{
    collections::VecDeque,
    time::{Duration, Instant},
};

use bytes::Bytes;
use fracas_protocol::{
    PlayerId, ServerMessage,
    chat::{Body, Channel, Chat, Line, Refusal},
    encode,
};

use super::{Presence, thread::Room};
use crate::{
    chat::ChatPolicy,
    feed::{ChatEvent, FeedItem},
    rate::{Bucket, Rate},
};

/// What one player may say: five lines at once, then one a second.
const LINES: Rate = Rate {
    per_second: 1.0,
    burst: 5.0,
};
/// The same words again count as said already for so long.
const REPEAT_AFTER: Duration = Duration::from_secs(10);
/// A player hears no more often than this that they say too much.
const REFUSE_EVERY: Duration = Duration::from_secs(1);
/// Lines that wait for their turn, each within its speaker's rate: two hundred players may begin at once. What comes on top is
/// refused.
const WAITING_MAX: usize = 1024;
/// Lines passed on in a tick: each goes through the filter, and in a crowd everybody is asked whom they know.
const LINES_PER_TICK: usize = 8;
/// Of a room's lines spectators see so many: a crowd's must not push its kills out of the history.
const SPECTATORS: Rate = Rate {
    per_second: 10.0,
    burst: 40.0,
};

/// What one player said lately.
#[derive(Debug)]
pub struct Speech {
    bucket: Bucket,
    last: Option<(Body, Instant)>,
    refused: Option<Instant>,
}

impl Speech {
    /// Nothing yet.
    pub fn new(now: Instant) -> Self {
        Self {
            bucket: Bucket::new(LINES, now),
            last: None,
            refused: None,
        }
    }

    /// Notes what is said, if it is not too much.
    ///
    /// # Errors
    /// What the player is told.
    pub fn note(&mut self, body: &Body, now: Instant) -> Result<(), Refusal> {
        let is_repeat = self.last.as_ref().is_some_and(|(last, then)| {
            last == body && now.saturating_duration_since(*then) < REPEAT_AFTER
        });
        if !self.bucket.take(1.0, LINES, now) {
            return Err(Refusal::Flood);
        }
        if is_repeat {
            return Err(Refusal::Repeat);
        }
        self.last = Some((body.clone(), now));
        Ok(())
    }

    /// Whether it is time to say that something was refused.
    pub fn may_refuse(&mut self, now: Instant) -> bool {
        let is_time = self
            .refused
            .is_none_or(|then| now.saturating_duration_since(then) >= REFUSE_EVERY);
        if is_time {
            self.refused = Some(now);
        }
        is_time
    }
}

/// What a player has said.
#[derive(Debug, PartialEq)]
enum Heard {
    /// As it was said: the filter comes later.
    Line(Line),
    /// Too much, which they are to hear, in its turn: each at most once a second.
    Refused(PlayerId, Refusal),
}

/// What was said in a room and has not been passed on.
#[derive(Debug)]
pub(super) struct Hearsay {
    policy: ChatPolicy,
    waiting: VecDeque<Heard>,
    for_spectators: Bucket,
}

impl Hearsay {
    pub(super) fn new(policy: ChatPolicy, now: Instant) -> Self {
        Self {
            policy,
            waiting: VecDeque::new(),
            for_spectators: Bucket::new(SPECTATORS, now),
        }
    }

    /// Notes what somebody says if it is not too much: nobody takes others' turn by saying more. It keeps the name it was said
    /// under.
    pub(super) fn hear(&mut self, line: Line, speech: &mut Speech, now: Instant) {
        match self.admit(&line, speech, now) {
            Ok(()) => self.waiting.push_back(Heard::Line(line)),
            Err(refusal) => {
                count_refused(refusal.as_str());
                if self.waiting.len() < WAITING_MAX && speech.may_refuse(now) {
                    self.waiting.push_back(Heard::Refused(line.from, refusal));
                }
            }
        }
    }

    fn admit(&self, line: &Line, speech: &mut Speech, now: Instant) -> Result<(), Refusal> {
        self.policy.admits(&line.body)?;
        if self.waiting.len() >= WAITING_MAX {
            return Err(Refusal::Flood);
        }
        speech.note(&line.body, now)
    }
}

impl Room {
    /// Passes on what was said. In nearly every tick that is nothing.
    pub(super) fn pass_on_lines(&mut self, now: Instant) {
        if self.hearsay.waiting.is_empty() {
            return;
        }
        for _ in 0..LINES_PER_TICK {
            match self.hearsay.waiting.pop_front() {
                None => break,
                Some(Heard::Refused(player, refusal)) => self.refuse(player, refusal),
                Some(Heard::Line(line)) if self.is_anothers(&line) => {}
                Some(Heard::Line(mut line)) => {
                    line.body = self.hearsay.policy.filter(line.body);
                    self.tell(&line, now);
                }
            }
        }
        self.lap("pass_on_lines");
    }

    /// Who said it has left since, and somebody else has their place: it would come from them.
    fn is_anothers(&self, line: &Line) -> bool {
        let seat = self.seats.get(line.from);
        seat.is_some_and(|seat| seat.name != line.name)
    }

    fn tell(&mut self, line: &Line, now: Instant) {
        metrics::counter!("fracas_chat_lines_total", "channel" => line.channel.as_str())
            .increment(1);
        let message = ServerMessage::Chat(Chat::Line(line.clone()));
        let bytes = Bytes::from(encode(&message));
        for (player, seat) in self.seats.iter() {
            if let Presence::Connected(link) = &seat.presence
                && self.concerns(player, line)
            {
                link.push_chat(bytes.clone());
                self.courier.note(link);
            }
        }
        if line.channel == Channel::All && self.hearsay.for_spectators.take(1.0, SPECTATORS, now) {
            let event = ChatEvent::of(line);
            let item = FeedItem::Chat(self.match_id.clone(), self.game.tick(), event);
            self.feed_sender.send(item);
        }
    }

    /// In a crowd a line is for whoever knows the speaker by name; what is said to a team stays in it.
    fn concerns(&self, listener: PlayerId, line: &Line) -> bool {
        let is_mate = || self.game.team(listener) == self.game.team(line.from);
        listener == line.from
            || (line.channel == Channel::All || is_mate()) && self.game.knows(listener, line.from)
    }

    fn refuse(&mut self, player: PlayerId, refusal: Refusal) {
        if let Some(seat) = self.seats.get(player)
            && let Presence::Connected(link) = &seat.presence
        {
            link.push_chat(encode(&ServerMessage::Chat(Chat::Refused(refusal))));
            self.courier.note(link);
        }
    }
}

fn count_refused(reason: &'static str) {
    metrics::counter!("fracas_chat_refused_total", "reason" => reason).increment(1);
}

#[cfg(test)]
mod tests {
    use fracas_protocol::chat::{Phrase, Text};

    use super::*;

    fn words(words: &str) -> Body {
        Body::Text(Text::new(words).unwrap())
    }

    #[test]
    fn five_lines_at_once_then_one_a_second() {
        let start = Instant::now();
        let mut speech = Speech::new(start);
        let mut said_at = |millis| {
            let now = start + Duration::from_millis(millis);
            let lines = (0..20).map(|n| words(&format!("{millis} {n}")));
            lines.filter(|line| speech.note(line, now).is_ok()).count()
        };
        assert_eq!(said_at(0), 5);
        assert_eq!(said_at(900), 0);
        assert_eq!(said_at(1_000), 1);
        assert_eq!(said_at(3_000), 2);
        assert_eq!(said_at(60_000), 5);
    }

    #[test]
    fn the_same_again_is_said_once() {
        let start = Instant::now();
        let after = |seconds| start + Duration::from_secs(seconds);
        let mut speech = Speech::new(start);
        let gg = Body::Phrase(Phrase::Gg);
        assert_eq!(speech.note(&gg, start), Ok(()));
        assert_eq!(speech.note(&gg, after(1)), Err(Refusal::Repeat));
        assert_eq!(speech.note(&words("well played"), after(2)), Ok(()));
        assert_eq!(speech.note(&gg, after(3)), Ok(()));
        assert_eq!(speech.note(&gg, after(12)), Err(Refusal::Repeat));
        assert_eq!(speech.note(&gg, after(13)), Ok(()));
    }

    #[test]
    fn who_floods_is_told_once_a_second() {
        let start = Instant::now();
        let mut speech = Speech::new(start);
        let told = (0..600)
            .filter(|n| speech.may_refuse(start + Duration::from_millis(n * 5)))
            .count();
        assert_eq!(told, 3);
    }

    fn line(from: u16, name: &str, words: &str) -> Line {
        Line {
            from: PlayerId(from),
            name: name.into(),
            channel: Channel::All,
            body: Body::Text(Text::new(words).unwrap()),
        }
    }

    #[test]
    fn what_waits_is_bounded() {
        let now = Instant::now();
        let mut hearsay = Hearsay::new(ChatPolicy::default(), now);
        for player in 0..1_000 {
            let mut speech = Speech::new(now);
            for n in 0..9 {
                hearsay.hear(line(player, "Ada", &n.to_string()), &mut speech, now);
            }
        }
        assert_eq!(hearsay.waiting.len(), WAITING_MAX);
    }

    #[test]
    fn who_floods_takes_nobody_elses_turn() {
        let start = Instant::now();
        let mut hearsay = Hearsay::new(ChatPolicy::default(), start);
        let mut floods = [0; 4].map(|_| Speech::new(start));
        for tick in 0..600 {
            let now = start + Duration::from_millis(16 * tick);
            for (player, speech) in (0..).zip(&mut floods) {
                for n in 0..8 {
                    hearsay.hear(line(player, "Mal", &format!("{tick} {n}")), speech, now);
                }
            }
            hearsay
                .waiting
                .drain(..hearsay.waiting.len().min(LINES_PER_TICK));
        }
        let mut speech = Speech::new(start);
        hearsay.hear(line(9, "Ada", "hello"), &mut speech, start);
        assert!(hearsay.waiting.len() <= LINES_PER_TICK);
        let hello = Heard::Line(line(9, "Ada", "hello"));
        assert_eq!(hearsay.waiting.back(), Some(&hello));
    }
}
