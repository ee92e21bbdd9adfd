//! The protocol's client session for the browser.
//!
//! A thin face: bytes, numbers and JSON in and out, because crossing between JavaScript and WASM
//! is cheap only for those. Everything that decides anything lives in `fracas_protocol`.

mod golden;

use wasm_bindgen::prelude::*;

/// One player's session with a match.
#[wasm_bindgen]
#[derive(Default)]
pub struct GameSession {
    frame: Vec<f32>,
}

#[wasm_bindgen]
impl GameSession {
    /// A session that has not spoken to a server yet.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> GameSession {
        GameSession {
            frame: vec![0.0; 32],
        }
    }

    /// The first message of a connection: a ticket from `POST /api/join`, or the resume token of
    /// an earlier welcome.
    #[must_use]
    pub fn hello(credential: &str, resume: bool, checksums: bool) -> Vec<u8> {
        let _ = (credential, resume, checksums);
        Vec::new()
    }

    /// Takes one binary message from the server. Throws on a malformed one.
    pub fn receive(&mut self, bytes: &[u8], now_ms: f64) -> Result<(), JsError> {
        let _ = (bytes, now_ms);
        Ok(())
    }

    /// What the player wants now: steering in -1..=1 per axis, aim in radians, bit 1 of `buttons`
    /// fires.
    pub fn set_intent(&mut self, steer_x: f64, steer_y: f64, aim_rad: f64, buttons: u32) {
        let _ = (steer_x, steer_y, aim_rad, buttons);
    }

    /// Runs the prediction ticks that are due. Call every frame, before `frame`.
    pub fn advance(&mut self, now_ms: f64) {
        let _ = now_ms;
    }

    /// The next message to send as one binary frame.
    pub fn next_message(&mut self) -> Option<Vec<u8>> {
        None
    }

    /// What happened, as JSON. Drain after `frame`.
    pub fn next_event(&mut self) -> Option<String> {
        None
    }

    /// What to draw at `now_ms`.
    pub fn frame(&mut self, now_ms: f64) -> Vec<f32> {
        let _ = now_ms;
        self.frame.clone()
    }

    /// Changes whenever `roster_json` would.
    #[must_use]
    pub fn roster_revision(&self) -> u32 {
        0
    }

    /// The players of the match by rank.
    #[must_use]
    pub fn roster_json(&self) -> String {
        "[]".into()
    }

    /// What the welcome said.
    #[must_use]
    pub fn setup_json(&self) -> String {
        "null".into()
    }

    /// The map's tiles, row by row.
    #[must_use]
    pub fn map_tiles(&self) -> Vec<u8> {
        Vec::new()
    }
}

/// Crafts and shots through many maps, tick by tick, as this build computes them. The tests compare
/// what native code and WASM give.
#[wasm_bindgen]
#[must_use]
pub fn golden_trajectories() -> String {
    golden::trajectories()
}
