//! A scoreboard on its way out: rendered once for each length that is asked for.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use fracas_protocol::Tick;
use serde::Serialize;

use super::MatchId;
use crate::sim::{Standing, Standings};

/// Different `?top=` values whose JSON is kept; further ones are rendered for each reader.
const RENDERED_MAX: usize = 8;

#[derive(Debug)]
pub(super) struct Board {
    pub(super) match_id: MatchId,
    tick: Tick,
    standings: Arc<Standings>,
    /// Sequence number of the last visible change; the clock alone is none.
    pub(super) changed_seq: u64,
    rendered: Mutex<Vec<(usize, Bytes)>>,
}

#[derive(Serialize)]
struct Wire<'a> {
    r#match: &'a str,
    tick: Tick,
    phase: &'a str,
    time_left_s: Option<u32>,
    teams: [(); 0],
    players_total: usize,
    players: &'a [Standing],
}

impl Board {
    pub(super) fn new(match_id: MatchId, tick: Tick, standings: Arc<Standings>) -> Self {
        Self {
            match_id,
            tick,
            standings,
            changed_seq: 0,
            rendered: Mutex::new(Vec::new()),
        }
    }

    /// The same, with the number of its last visible change.
    pub(super) fn changed_at(self, changed_seq: u64) -> Self {
        Self {
            changed_seq,
            ..self
        }
    }

    /// The best `top` players as one JSON object.
    pub(super) fn json(&self, top: usize) -> Bytes {
        let top = top.min(self.standings.players.len());
        let mut rendered = self
            .rendered
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, json)) = rendered.iter().find(|(length, _)| *length == top) {
            return json.clone();
        }
        let json = self.render(top);
        if rendered.len() < RENDERED_MAX {
            rendered.push((top, json.clone()));
        }
        json
    }

    fn render(&self, top: usize) -> Bytes {
        let wire = Wire {
            r#match: &self.match_id,
            tick: self.tick,
            phase: self.standings.phase.as_str(),
            time_left_s: self.standings.time_left_s,
            teams: [],
            players_total: self.standings.players.len(),
            players: &self.standings.players[..top],
        };
        Bytes::from(serde_json::to_vec(&wire).expect("standings are plain values"))
    }
}
