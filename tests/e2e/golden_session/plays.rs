//! The sessions that are recorded. Player 0 is the one whose session it is.

mod control;
mod ctf;
mod duel;
mod ffa;

use std::ops::Range;

use fracas_protocol::{Mode, Rules};

use super::script::Step::{self, Hear, Say, Wait};
use super::script::{Script, Words};

pub(super) use ffa::PADS;

/// A session to be recorded.
pub(super) struct Play {
    /// What its file is called.
    pub(super) name: &'static str,
    pub(super) mode: Mode,
    pub(super) rules: Rules,
    /// Title and drawing; the first match is on the first.
    pub(super) maps: Vec<(&'static str, &'static str)>,
    /// One for each player.
    pub(super) scripts: Vec<Script>,
    /// In these milliseconds nothing gets through to player 0, in either direction.
    pub(super) stall: Range<u32>,
}

pub(super) fn all() -> [Play; 4] {
    [ffa::play(), duel::play(), ctf::play(), control::play()]
}

/// Numbers with which scripts come to their end soon. Who is hit twice is destroyed.
fn short_rules() -> Rules {
    let mut rules = Rules::default();
    rules.craft.health = 20;
    rules.craft.spawn_protection_s = 0.0;
    rules.craft.respawn_s = 0.5;
    rules.flow.countdown_s = 0.5;
    rules.flow.results_s = 1.5;
    rules
}

const LIVE: Step = Hear(r#""phase":"live""#);

const fn text(text: &'static str) -> Step {
    let to_team = false;
    Say(Words::Text { text, to_team })
}

const fn phrase(number: u8) -> Step {
    let to_team = false;
    Say(Words::Phrase { number, to_team })
}

/// The vote, the same said twice, and the beginning of the next match on the other map.
const TO_THE_NEXT_MATCH: &[Step] = &[
    Hear(r#""type":"ballot""#),
    Say(Words::Vote(1)),
    phrase(1),
    phrase(1),
    LIVE,
    Wait(300),
];
