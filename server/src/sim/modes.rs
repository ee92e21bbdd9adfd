//! What decides a match. The rest of the simulation doesn't know which mode runs: it asks here. One file per mode.

mod ffa;
mod massive;

use fracas_protocol::view::Score;
use fracas_protocol::{Mode, Rules};

use crate::rulebook;

/// How a match stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nobody has reached what the mode asks for; whether somebody leads decides what the end of time means.
    Open {
        /// Somebody is ahead of everybody else.
        has_leader: bool,
    },
    /// Somebody has won.
    Won,
}

/// The rules a mode is played by where a host says nothing else.
pub fn default_rules(mode: Mode) -> Rules {
    rulebook::of_mode(mode)
}

/// Judges the scores of everybody who plays.
pub(super) fn judge(mode: Mode, rules: &Rules, scores: impl Iterator<Item = Score>) -> Verdict {
    match mode {
        Mode::Ffa => ffa::judge(rules, scores),
        Mode::Massive => massive::judge(rules, scores),
    }
}

/// A kill's worth.
pub(super) fn award_kill(mode: Mode, score: &mut Score) {
    match mode {
        Mode::Ffa | Mode::Massive => ffa::award_kill(score),
    }
}

/// What it costs to be killed by one's own ricochet.
pub(super) fn award_own_kill(mode: Mode, score: &mut Score) {
    match mode {
        Mode::Ffa | Mode::Massive => ffa::award_own_kill(score),
    }
}
