//! A scoreboard on its way out: made into an event once for each length that is asked for.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use fracas_protocol::{PlayerId, Tick};
use serde::Serialize;

use super::MatchId;
use crate::sim::{Standing, Standings, TeamStanding};

/// Different lengths and ids whose event is kept; the oldest makes room for another.
const FRAMES_MAX: usize = 8;

#[derive(Debug)]
pub(super) struct Board {
    pub(super) match_id: MatchId,
    tick: Tick,
    standings: Arc<Standings>,
    /// Sequence number of the last visible change; the clock alone is none.
    pub(super) changed_seq: u64,
    frames: Mutex<Vec<(Shape, Bytes)>>,
}

/// How long a list, and the sequence number in the event's id, if it has one.
type Shape = (usize, Option<u64>);

#[derive(Serialize)]
struct Wire<'a> {
    r#match: &'a str,
    tick: Tick,
    phase: &'a str,
    time_left_s: Option<u32>,
    teams: &'a [TeamStanding],
    players_total: usize,
    players: &'a [Standing],
    crown: Option<PlayerId>,
}

impl Board {
    pub(super) fn new(match_id: MatchId, tick: Tick, standings: Arc<Standings>) -> Self {
        Self {
            match_id,
            tick,
            standings,
            changed_seq: 0,
            frames: Mutex::new(Vec::new()),
        }
    }

    /// The same, with the number of its last visible change.
    pub(super) fn changed_at(self, changed_seq: u64) -> Self {
        Self {
            changed_seq,
            ..self
        }
    }

    /// The best `top` players as an event, whose id has this sequence number of this `epoch`. Most readers get the same bytes.
    pub(super) fn frame(&self, top: usize, id: Option<u64>, epoch: &str) -> Bytes {
        let top = top.min(self.standings.players.len());
        let mut frames = self
            .frames
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some((_, frame)) = frames.iter().find(|(shape, _)| *shape == (top, id)) {
            return frame.clone();
        }
        let id_line = id.map_or(String::new(), |seq| format!("id: {epoch}-{seq}\n"));
        let head = format!("event: scoreboard\n{id_line}data: ");
        let frame = Bytes::from([head.as_bytes(), &self.json(top), b"\n\n"].concat());
        // Odd lengths of a few must not cost all others theirs.
        if frames.len() >= FRAMES_MAX {
            frames.remove(0);
        }
        frames.push(((top, id), frame.clone()));
        frame
    }

    /// Everybody as one JSON object.
    pub(super) fn json_of_all(&self) -> Bytes {
        self.json(self.standings.players.len()).into()
    }

    fn json(&self, top: usize) -> Vec<u8> {
        let wire = Wire {
            r#match: &self.match_id,
            tick: self.tick,
            phase: self.standings.phase.as_str(),
            time_left_s: self.standings.time_left_s,
            teams: &self.standings.teams,
            players_total: self.standings.players.len(),
            players: &self.standings.players[..top],
            crown: self.standings.crown,
        };
        serde_json::to_vec(&wire).expect("standings are plain values")
    }
}
