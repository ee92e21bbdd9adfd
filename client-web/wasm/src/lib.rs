//! The protocol's client session for the browser.
//!
//! A thin face: bytes, numbers and JSON in and out, because crossing between JavaScript and WASM
//! is cheap only for those. Everything that decides anything lives in `fracas_protocol`.
//!
//! | module | what it holds |
//! |---|---|
//! | `frame` | the picture as numbers, read by `src/view/frame.ts` |
//! | `json` | what changes rarely: events, roster, rules |
//! | `net` | the line in numbers, read by `src/view/net_stats.ts` |
//! | `golden` | flights that must come out the same natively and here |
//!
//! Deliberately absent: the WebSocket, timers and drawing. The page owns those.

mod frame;
mod golden;
mod json;
mod net;

use fracas_protocol::chat::{Body, Channel, Phrase, Say, Text};
use fracas_protocol::{Angle, Buttons, Credential, Intent, Session, Steer};
use wasm_bindgen::prelude::*;

/// One player's session with a room. Times are milliseconds since any fixed origin, for example
/// `performance.now()`.
#[wasm_bindgen]
#[derive(Default)]
pub struct GameSession {
    session: Session,
}

#[wasm_bindgen]
impl GameSession {
    /// A session that has not spoken to a server yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> GameSession {
        GameSession::default()
    }

    /// The first message of a connection, to be sent at once: with a ticket from `POST /api/join`, or
    /// with the resume token of an earlier welcome.
    #[must_use]
    pub fn hello(
        &mut self,
        credential: String,
        resume: bool,
        checksums: bool,
        now_ms: f64,
    ) -> Vec<u8> {
        let credential = if resume {
            Credential::Resume(credential)
        } else {
            Credential::Ticket(credential)
        };
        self.session.hello(credential, checksums, micros(now_ms))
    }

    /// Takes in one binary message from the server. Throws when the session can't go on: close the
    /// connection.
    pub fn receive(&mut self, bytes: &[u8], now_ms: f64) -> Result<(), JsError> {
        Ok(self.session.receive(bytes, micros(now_ms))?)
    }

    /// What the player wants from now on: steering per axis in -1..1, aim in radians, `buttons` the
    /// sum of 1 to fire and 2 to charge the rail.
    pub fn set_intent(&mut self, steer_x: f64, steer_y: f64, aim_rad: f64, buttons: u8) {
        self.session.set_intent(Intent {
            steer: Steer::from_xy(steer_x as f32, steer_y as f32),
            aim: Angle::from_radians(aim_rad as f32),
            buttons: Buttons(buttons & Buttons::KNOWN.0),
        });
    }

    /// Asks for one of the maps of the newest `ballot` event, counted from 0.
    pub fn vote(&mut self, choice: u8) {
        self.session.vote(choice);
    }

    /// Says something to all or to the own team; what can't be shown is left out. False if nothing is left to say.
    pub fn say_text(&mut self, text: &str, to_team: bool) -> bool {
        let Some(text) = Text::tidy(text) else {
            return false;
        };
        self.say(Body::Text(text), to_team);
        true
    }

    /// Says a phrase by its number; `phrases` has them in their order. False if there is none of this number.
    pub fn say_phrase(&mut self, number: u8, to_team: bool) -> bool {
        let Some(phrase) = Phrase::ALL.get(usize::from(number)) else {
            return false;
        };
        self.say(Body::Phrase(*phrase), to_team);
        true
    }

    /// What can be said with one key, in the order of its numbers.
    #[must_use]
    pub fn phrases(&self) -> Vec<String> {
        let texts = Phrase::ALL.iter().map(|phrase| phrase.text().into());
        texts.collect()
    }

    /// Runs the prediction ticks that are due. Call it every frame, before `frame`.
    pub fn advance(&mut self, now_ms: f64) {
        self.session.advance(micros(now_ms));
    }

    /// The next message to send, as one binary frame. Drain after `advance` and `receive`.
    pub fn next_message(&mut self) -> Option<Vec<u8>> {
        self.session.poll_transmit()
    }

    /// The next thing that happened, as JSON. Drain every frame, after `frame`.
    pub fn next_event(&mut self) -> Option<String> {
        let event = self.session.poll_event()?;
        let welcome = self.session.welcome()?;
        let rules = &welcome.start.rules;
        Some(json::event(&event, rules, Some(welcome.player)))
    }

    /// What to draw now, as numbers; the layout stands in `src/view/frame.ts`.
    pub fn frame(&mut self, now_ms: f64) -> Vec<f32> {
        frame::numbers(&mut self.session, micros(now_ms))
    }

    /// Snapshots taken in so far: tells a message that brought one from a message that did not.
    #[must_use]
    pub fn snapshot_count(&self) -> f64 {
        self.session.stats().snapshots as f64
    }

    /// The line in numbers; what each means stands in `src/view/net_stats.ts`. For a few times a second.
    #[must_use]
    pub fn net_stats(&self) -> Vec<f64> {
        net::numbers(&self.session)
    }

    /// Checksums of the server's that were compared with the view here, and how many differed, which should be none. Only a
    /// hello that asks for them gets any.
    #[must_use]
    pub fn checksums(&self) -> Vec<f64> {
        let stats = self.session.stats();
        vec![stats.checksums as f64, stats.checksum_mismatches as f64]
    }

    /// Changes whenever `roster_json` does.
    #[must_use]
    pub fn roster_revision(&self) -> u32 {
        self.session.roster_revision()
    }

    /// Everybody in the room by rank: `[{id, name, bot, team, score, kills, deaths, assists, streak,
    /// objective, ping_ms}]`.
    #[must_use]
    pub fn roster_json(&self) -> String {
        json::roster(&self.session)
    }

    /// How the match stands, but for its clock: `{crown, teams, flags: [{team, state, by, at, returns_s}], zone: {index,
    /// moves_s, holder, contested, taking, taken_s}}`, as `src/view/standing.ts` has it; `null` before the welcome.
    #[must_use]
    pub fn standing_json(&self) -> String {
        json::standing(&self.session)
    }

    /// What the welcome and the start of the match said: `{player, resume_token, match_id, room,
    /// mode, tick_hz, snapshot_hz, rules, map}`; `null` before the welcome. The map is its size and what stands on
    /// its tiles: `{width, height, spawns, pads, flag_stands, zones}`, as `src/view/arena_map.ts` has it.
    #[must_use]
    pub fn setup_json(&self) -> String {
        json::setup(&self.session)
    }

    /// The map, row by row: 0 floor, 1 wall, 2 pit, diagonals 3 to 6 with their solid corner at the
    /// top left, top right, bottom right, bottom left. Empty before the welcome.
    #[must_use]
    pub fn map_tiles(&self) -> Vec<u8> {
        let arena = self.session.arena();
        arena.map_or_else(Vec::new, |arena| {
            arena.map.tiles().iter().map(|tile| *tile as u8).collect()
        })
    }
}

impl GameSession {
    fn say(&mut self, body: Body, to_team: bool) {
        let channel = if to_team { Channel::Team } else { Channel::All };
        self.session.say(Say { channel, body });
    }
}

/// Crafts and shots through many maps, tick by tick, as this build computes them. The tests compare
/// what native code and WASM give.
#[wasm_bindgen]
#[must_use]
pub fn golden_trajectories() -> String {
    golden::trajectories()
}

fn micros(ms: f64) -> u64 {
    (ms * 1000.0) as u64
}
