//! The client's half of a match, without I/O: bytes and the time go in, bytes and a picture come out.
//!
//! ```text
//! intent ─▶ input clock ─▶ prediction ──▶ input batches ─▶ (line)
//!                              ▲
//! (line) ─▶ snapshot ─▶ view ──┼─▶ reconciliation
//!                              └─▶ interpolation, tracers ─▶ scene
//! ```
//!
//! | module | what it holds |
//! |---|---|
//! | `joined` | everything that exists only after the welcome |
//! | `input_clock` | which tick to predict now |
//! | `server_clock` | which tick of the others to show now |
//! | `readings` | how early messages come, which both clocks steer by |
//! | `predict` | the own craft ahead of the server, and its correction |
//! | `interpolate` | the others between two ticks |
//! | `beams` | own beams, shown once |
//! | `tracer` | shots, computed locally from their birth |
//! | `scene` | what to draw, what happened |
//! | `report` | what a snapshot says, as events |
//!
//! A browser, a bot and a test drive the same type. Time is microseconds since any fixed origin.

mod beams;
mod input_clock;
mod interpolate;
mod joined;
mod predict;
mod readings;
mod report;
mod scene;
mod server_clock;
mod tracer;

use std::collections::VecDeque;
use std::sync::Arc;

pub use scene::{OwnScene, Scene, SceneCraft, SceneShot, SessionEvent};

use crate::chat::{Chat, Say};
use crate::message::{Hello, MatchStart};
use crate::motion::Pilot;
use crate::rules::RulesError;
use crate::snapshot::{ApplyError, ContentBits, CraftFields};
use crate::view::{RosterSum, View};
use crate::wire::{WireError, decode, decode_snapshot, encode};
use crate::{
    Arena, Buttons, ClientMessage, Credential, Intent, PROTOCOL_VERSION, Ping, Rules,
    ServerMessage, Snapshot, Tick, Wants, Welcome,
};
use joined::Joined;
use report::report;

/// Messages and events kept for a driver that doesn't fetch them.
const QUEUE_MAX: usize = 1024;
/// Between two measurements of the round trip.
const PING_INTERVAL_US: u64 = 1_000_000;

/// Upper bounds of the sizes that [`SessionStats::correction_sizes`] counts, in tiles; the last has none.
pub const CORRECTION_BOUNDS: [f32; 8] = [0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, f32::INFINITY];

/// One player's connection to one room.
#[derive(Debug)]
pub struct Session {
    drawn: bool,
    /// When the hello left.
    hello_us: Option<u64>,
    joined: Option<Joined>,
    intent: Intent,
    transmit: VecDeque<Vec<u8>>,
    events: VecDeque<SessionEvent>,
    stats: SessionStats,
    ping: PingState,
    scene: Scene,
}

/// Where and by which numbers a match is played. Many sessions of one process can hold them once: they are tens of kilobytes
/// that every step of every shot looks at.
#[derive(Clone, Debug, PartialEq)]
pub struct Grounds {
    arena: Arc<Arena>,
    rules: Arc<Rules>,
}

#[derive(Debug, Default)]
struct PingState {
    nonce: u32,
    sent_us: Option<u64>,
    next_us: u64,
}

/// Counters and gauges of one session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SessionStats {
    /// Bytes of messages received, without WebSocket headers.
    pub bytes_in: u64,
    /// Bytes of messages given out by [`Session::poll_transmit`].
    pub bytes_out: u64,
    /// Snapshots applied.
    pub snapshots: u64,
    /// When the newest arrived, on the driver's clock.
    pub last_snapshot_us: u64,
    /// Round trip in milliseconds, smoothed; 0 before the first answer.
    pub ping_ms: f32,
    /// Mean deviation of snapshot arrivals from even spacing, in milliseconds.
    pub jitter_ms: f32,
    /// How far in the past others are shown, in milliseconds.
    pub interpolation_ms: f32,
    /// Ticks before their use that inputs arrive, as the server reported last.
    pub input_margin: i8,
    /// … as they should on average, for as few as possible to be late.
    pub input_margin_target: f32,
    /// Times the picture of the own craft had to move because a prediction was wrong. Too little to be seen doesn't count,
    /// and what is corrected within a quarter of a second is one.
    pub corrections: u64,
    /// The newest correction's size, in tiles: how far the picture was from the truth at most.
    pub correction_tiles: f32,
    /// The largest of them, in tiles.
    pub correction_max_tiles: f32,
    /// Corrections by size: how many were at most as large as each of [`CORRECTION_BOUNDS`], but larger than the one before.
    pub correction_sizes: [u64; CORRECTION_BOUNDS.len()],
    /// Ticks for which no input was made because the driver slept too long.
    pub ticks_skipped: u64,
    /// Checksums compared with the server's.
    pub checksums: u64,
    /// … that differed.
    pub checksum_mismatches: u64,
    /// Changes of other craft received (entering and leaving not counted).
    pub craft_updates: u64,
    /// What the bits of all snapshots were spent on.
    pub content: ContentBits,
    /// Craft in sight, summed over all snapshots.
    pub crafts_seen: u64,
    /// Ticks for which the server missed an input.
    pub starved_ticks: u64,
    /// Pictures asked for with [`Session::scene`].
    pub frames: u64,
    /// … that showed others past the newest snapshot because the next was late.
    pub frames_extrapolated: u64,
    /// … that showed them past the newest snapshot on purpose, because hits aren't judged further back.
    pub frames_ahead: u64,
    /// … in which they stood still, or nearly, because the next snapshot was very late.
    pub frames_frozen: u64,
    /// Ticks between an input and the newest snapshot that contains it, newest sample.
    pub input_to_snapshot_ms: f32,
}

impl SessionStats {
    /// No more than 1 of 100 corrections was larger than this, in tiles; to the precision of [`CORRECTION_BOUNDS`].
    pub fn correction_p99_tiles(&self) -> f32 {
        let mut larger: u64 = self.correction_sizes.iter().sum();
        let most = larger / 100;
        for (count, bound) in self.correction_sizes.iter().zip(CORRECTION_BOUNDS) {
            larger -= count;
            if larger <= most {
                return bound.min(self.correction_max_tiles);
            }
        }
        self.correction_max_tiles
    }
}

/// Why a session can't go on: the server speaks another language, or the ends have diverged.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Not a message.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// A snapshot that doesn't fit.
    #[error(transparent)]
    Apply(#[from] ApplyError),
    /// Rules that can't be played by.
    #[error("the server's rules: {0}")]
    Rules(#[from] RulesError),
    /// A match that starts too late for its ticks to be counted.
    #[error("a match starts at tick {0}, after the last there is")]
    Tick(Tick),
    /// A message at the wrong time.
    #[error("{0} before the welcome")]
    BeforeWelcome(&'static str),
    /// A second welcome, or a tick rate of 0.
    #[error("the welcome is not acceptable: {0}")]
    BadWelcome(&'static str),
}

impl Default for Session {
    fn default() -> Self {
        Session::new()
    }
}

impl Session {
    /// A session that will be drawn: [`Session::scene`] works.
    pub fn new() -> Self {
        Session {
            drawn: true,
            hello_us: None,
            joined: None,
            intent: Intent::default(),
            transmit: VecDeque::new(),
            events: VecDeque::new(),
            stats: SessionStats::default(),
            ping: PingState::default(),
            scene: Scene::default(),
        }
    }

    /// A session that nobody looks at: it predicts and rebuilds views, but keeps nothing for drawing. For bots.
    pub fn headless() -> Self {
        Session {
            drawn: false,
            ..Session::new()
        }
    }

    /// The first message of a connection, to be sent at once: how long the welcome takes shows how far ahead of the server
    /// inputs must be made.
    pub fn hello(&mut self, credential: Credential, checksums: bool, now_us: u64) -> Vec<u8> {
        self.hello_us = Some(now_us);
        encode(&ClientMessage::Hello(Hello {
            version: PROTOCOL_VERSION,
            credential,
            wants: Wants {
                checksums,
                in_full: false,
            },
        }))
    }

    /// What the player wants from now on. What is pressed rather than held ([`Buttons::PRESSED`]) counts for the next tick
    /// alone, and for that one even if it isn't wanted any more by then: no press falls between two ticks.
    pub fn set_intent(&mut self, intent: Intent) {
        let pressed = self.intent.buttons.and(Buttons::PRESSED);
        self.intent = Intent {
            buttons: intent.buttons.with(pressed),
            ..intent
        };
    }

    /// Asks for one of the maps of the newest [`SessionEvent::Ballot`], counted from 0.
    pub fn vote(&mut self, choice: u8) {
        self.transmit
            .push_back(encode(&ClientMessage::Vote(choice)));
        trim(&mut self.transmit);
    }

    /// Says something; the server tells everybody whom it concerns, and this player as well. Before the welcome there is
    /// nobody to hear it.
    pub fn say(&mut self, say: Say) {
        if self.joined.is_none() {
            return;
        }
        self.transmit.push_back(encode(&ClientMessage::Chat(say)));
        trim(&mut self.transmit);
    }

    /// Takes in one message from the server.
    ///
    /// # Errors
    /// [`SessionError`]: the connection is of no more use and should be closed with 1002.
    pub fn receive(&mut self, bytes: &[u8], now_us: u64) -> Result<(), SessionError> {
        self.receive_sharing(bytes, now_us, &mut Snapshot::default())
    }

    /// [`Session::receive`], with memory that many sessions of one thread use in turn.
    ///
    /// # Errors
    /// As [`Session::receive`].
    pub fn receive_sharing(
        &mut self,
        bytes: &[u8],
        now_us: u64,
        snapshot: &mut Snapshot,
    ) -> Result<(), SessionError> {
        self.stats.bytes_in += bytes.len() as u64;
        if decode_snapshot(bytes, snapshot)? {
            return self.on_snapshot(snapshot, bytes.len(), now_us);
        }
        match decode::<ServerMessage>(bytes)? {
            ServerMessage::Welcome(welcome) => self.on_welcome(welcome, now_us),
            ServerMessage::MatchStart(start) => self.on_match_start(*start),
            ServerMessage::Snapshot(snapshot) => self.on_snapshot(&snapshot, bytes.len(), now_us),
            ServerMessage::Pong(pong) => {
                self.on_pong(pong.nonce, now_us);
                Ok(())
            }
            ServerMessage::Ballot(ballot) => {
                if self.joined.is_none() {
                    return Err(SessionError::BeforeWelcome("a ballot"));
                }
                self.push(SessionEvent::Ballot(ballot));
                Ok(())
            }
            ServerMessage::Chat(chat) => self.on_chat(chat),
        }
    }

    /// Runs the prediction ticks that are due, and prepares the messages that carry their inputs. Call it at least
    /// every frame; a driver that sleeps for more than a quarter of a second loses the ticks in between.
    pub fn advance(&mut self, now_us: u64) {
        let Some(joined) = &mut self.joined else {
            return;
        };
        let slept = joined.is_asleep(now_us);
        let due = joined.input_clock.advance(now_us);
        if slept {
            joined.prediction.lose(due);
        }
        let (leapt, present) = (
            joined.input_clock.take_leap(),
            joined.input_clock.position(),
        );
        let shown = (leapt > 0.0).then(|| joined.shown_own(present - leapt));
        let skipped = joined
            .prediction
            .skip_to(due.saturating_sub(joined.longest_catch_up()));
        joined.made_at_once = skipped + due.saturating_sub(joined.prediction.tick());
        if skipped > 0 {
            self.stats.ticks_skipped += u64::from(skipped);
            joined.flush_inputs(&mut self.transmit);
        }
        while joined.prediction.tick() < due {
            let (transmit, events) = (&mut self.transmit, &mut self.events);
            joined.predict_tick(self.intent, self.drawn, transmit, events);
            self.intent.buttons = self.intent.buttons.without(Buttons::PRESSED);
            if joined.unsent.inputs.len() >= crate::input::BATCH_MAX {
                joined.flush_inputs(&mut self.transmit);
            }
        }
        if joined.unsent.inputs.len() >= joined.inputs_per_message() {
            joined.flush_inputs(&mut self.transmit);
        }
        if let Some(shown) = shown.filter(|_| skipped == 0) {
            joined.glide_on_from(shown, present);
        }
        self.ping_if_due(now_us);
    }

    /// When the next tick is due, on the driver's clock: [`Session::advance`] does nothing new before then. None before the
    /// welcome. What is received may change it.
    pub fn next_due_us(&self) -> Option<u64> {
        let joined = self.joined.as_ref()?;
        Some(joined.input_clock.due_us(joined.prediction.tick()))
    }

    /// The next message to send, oldest first.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        let message = self.transmit.pop_front()?;
        self.stats.bytes_out += message.len() as u64;
        Some(message)
    }

    /// The next thing that happened, oldest first.
    pub fn poll_event(&mut self) -> Option<SessionEvent> {
        self.events.pop_front()
    }

    /// What to draw now: the own craft as predicted, others as interpolated, shots where they are by now.
    pub fn scene(&mut self, now_us: u64) -> &Scene {
        if let Some(joined) = &mut self.joined {
            joined.draw(&mut self.scene, &mut self.events, &mut self.stats, now_us);
            trim(&mut self.events);
        }
        &self.scene
    }

    /// What was drawn last: what the player sees while their next input is made.
    pub fn drawn(&self) -> &Scene {
        &self.scene
    }

    /// The newest state the server has sent, exactly.
    pub fn view(&self) -> Option<&View> {
        self.joined.as_ref().map(|joined| &joined.view)
    }

    /// The own craft at the newest predicted tick.
    pub fn predicted(&self) -> Option<(Tick, &Pilot)> {
        self.joined
            .as_ref()
            .map(|joined| (joined.prediction.tick(), joined.prediction.pilot()))
    }

    /// Where and by which numbers the running match is played.
    pub fn arena(&self) -> Option<&Arena> {
        self.joined.as_ref().map(|joined| &*joined.arena)
    }

    /// Where and by which numbers the running match is played, for other sessions to share.
    pub fn grounds(&self) -> Option<Grounds> {
        self.joined.as_ref().map(Joined::grounds)
    }

    /// Uses `grounds` from now on if they are the same as the running match's, and says whether they are.
    pub fn share_grounds(&mut self, grounds: &Grounds) -> bool {
        let joined = self.joined.as_mut();
        joined.is_some_and(|joined| joined.share_grounds(grounds))
    }

    /// What the server said first; its `start` is that of the running match.
    pub fn welcome(&self) -> Option<&Welcome> {
        self.joined.as_ref().map(|joined| &*joined.welcome)
    }

    /// Changes whenever the roster does.
    pub fn roster_revision(&self) -> u32 {
        self.joined
            .as_ref()
            .map_or(0, |joined| joined.roster_revision)
    }

    /// Counters and gauges.
    pub fn stats(&self) -> &SessionStats {
        &self.stats
    }

    fn on_welcome(&mut self, welcome: Box<Welcome>, now_us: u64) -> Result<(), SessionError> {
        if self.joined.is_some() {
            return Err(SessionError::BadWelcome("a second one"));
        }
        if welcome.tick_hz == 0 || !(1..=welcome.tick_hz).contains(&welcome.snapshot_hz) {
            return Err(SessionError::BadWelcome(
                "tick and snapshot rates must be at least 1, ticks no rarer",
            ));
        }
        let took_us = self
            .hello_us
            .map(|hello_us| now_us.saturating_sub(hello_us));
        self.joined = Some(Joined::new(welcome, took_us, now_us)?);
        self.push(SessionEvent::MatchStart);
        Ok(())
    }

    fn on_match_start(&mut self, start: MatchStart) -> Result<(), SessionError> {
        let joined = self
            .joined
            .as_mut()
            .ok_or(SessionError::BeforeWelcome("a match start"))?;
        joined.start_match(start)?;
        self.push(SessionEvent::MatchStart);
        Ok(())
    }

    fn on_snapshot(
        &mut self,
        snapshot: &Snapshot,
        bytes: usize,
        now_us: u64,
    ) -> Result<(), SessionError> {
        let joined = self
            .joined
            .as_mut()
            .ok_or(SessionError::BeforeWelcome("a snapshot"))?;
        let (was, phase, drawn) = (joined.view.own, joined.view.match_state.phase, self.drawn);
        let history = &mut joined.history;
        // Only who changed is summed up anew, and nobody else holds the roster while it changes.
        let rest = (snapshot.checksum.is_some() && !snapshot.roster.is_empty()).then(|| {
            joined
                .roster_sum
                .without(&joined.view.roster, &snapshot.roster)
        });
        joined
            .view
            .apply_watched(snapshot, &joined.arena, |tick, crafts| {
                if drawn {
                    history.pass(tick, crafts);
                }
            })?;
        if let Some(rest) = rest {
            joined
                .roster_sum
                .with(rest, &joined.view.roster, &snapshot.roster);
        }
        joined.roster_revision += u32::from(!snapshot.roster.is_empty());
        joined
            .server_clock
            .on_snapshot(joined.view.tick, now_us, drawn);
        self.stats.snapshots += 1;
        self.stats.last_snapshot_us = now_us;
        self.stats.jitter_ms = joined.server_clock.jitter_ms();
        joined
            .input_clock
            .feedback(snapshot.input_margin, joined.view.tick, snapshot.ticks);
        self.stats.input_margin_target = joined.input_clock.target() as f32;
        if snapshot.input_margin != i8::MIN {
            self.stats.input_margin = snapshot.input_margin;
        }
        let Joined {
            view, roster_sum, ..
        } = joined;
        count(&mut self.stats, snapshot, view, roster_sum, bytes);
        if let Some(tiles) = joined.reconcile(snapshot, &was, drawn, now_us, &mut self.events) {
            let tick = joined.prediction.tick();
            let size = tiles.max(joined.prediction.off());
            joined.correction.count(size, tick, &mut self.stats);
            self.events.push_back(SessionEvent::Correction { tiles });
        }
        if let Some(sent_us) = joined.prediction.made_at(joined.view.tick) {
            self.stats.input_to_snapshot_ms = now_us.saturating_sub(sent_us) as f32 / 1000.0;
        }
        if self.drawn {
            joined.history.arrive(joined.view.tick, &joined.view.crafts);
        }
        report(&mut self.events, snapshot, joined, &was, phase);
        trim(&mut self.events);
        Ok(())
    }

    fn on_chat(&mut self, chat: Chat) -> Result<(), SessionError> {
        if self.joined.is_none() {
            return Err(SessionError::BeforeWelcome("a line of chat"));
        }
        self.push(SessionEvent::Chat(chat));
        Ok(())
    }

    fn on_pong(&mut self, nonce: u32, now_us: u64) {
        if nonce != self.ping.nonce {
            return;
        }
        let Some(sent_us) = self.ping.sent_us.take() else {
            return;
        };
        let sample = now_us.saturating_sub(sent_us) as f32 / 1000.0;
        let old = self.stats.ping_ms;
        self.stats.ping_ms = if old == 0.0 {
            sample
        } else {
            old + (sample - old) * 0.25
        };
    }

    fn ping_if_due(&mut self, now_us: u64) {
        if now_us < self.ping.next_us {
            return;
        }
        self.ping = PingState {
            nonce: self.ping.nonce.wrapping_add(1),
            sent_us: Some(now_us),
            next_us: now_us + PING_INTERVAL_US,
        };
        self.transmit.push_back(encode(&ClientMessage::Ping(Ping {
            nonce: self.ping.nonce,
        })));
        trim(&mut self.transmit);
    }

    fn push(&mut self, event: SessionEvent) {
        self.events.push_back(event);
        trim(&mut self.events);
    }
}

fn count(
    stats: &mut SessionStats,
    snapshot: &Snapshot,
    view: &View,
    roster_sum: &mut RosterSum,
    bytes: usize,
) {
    let mut content = snapshot.content;
    content.headers = (bytes as u64 * 8).saturating_sub(content.total());
    stats.content += content;
    stats.crafts_seen += view.crafts.len() as u64;
    stats.starved_ticks += u64::from(snapshot.starved);
    let changed = |fields: CraftFields| !fields.has(CraftFields::LEAVE);
    let updates = snapshot.crafts.iter().filter(|(_, c)| changed(c.fields));
    stats.craft_updates += updates.count() as u64;
    if let Some(theirs) = snapshot.checksum {
        stats.checksums += 1;
        stats.checksum_mismatches += u64::from(theirs != view.checksum_with(roster_sum));
    }
}

fn trim<T>(queue: &mut VecDeque<T>) {
    while queue.len() > QUEUE_MAX {
        queue.pop_front();
    }
}
