//! How hits are judged, and how a match begins and ends.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{RulesError, range};

/// Streaks that are announced, at most.
pub const STREAKS_MAX: usize = 8;

/// How hits are judged.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HitRules {
    /// Beams, and shots in their first ticks, meet others where the shooter saw them, at most this many seconds ago.
    pub rewind_s_max: f32,
}

impl Default for HitRules {
    fn default() -> Self {
        HitRules { rewind_s_max: 0.2 }
    }
}

/// How a match begins and ends.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FlowRules {
    /// The countdown starts when this many players are there.
    pub players_min: u16,
    /// Length of the countdown, in seconds.
    pub countdown_s: f32,
    /// The match ends when somebody, or a team where there are teams, has this many points: kills, flags or seconds in the
    /// zone, by the mode.
    pub score_to_win: u16,
    /// The match ends after this long, in seconds; a tie goes on until somebody leads.
    pub time_limit_s: f32,
    /// … but at most for this long, in seconds; then it stays a tie. 0: for as long as it takes.
    pub overtime_s_max: f32,
    /// Whoever destroys the leader gets this many points more.
    pub bounty: u16,
    /// How long the results are shown, in seconds.
    pub results_s: f32,
    /// An assist: at least this much damage to the victim…
    pub assist_damage: u16,
    /// … within this many seconds before the kill.
    pub assist_window_s: f32,
    /// A streak: kills in one life that are announced, each number more than the one before. None: no streak is.
    pub streaks: Vec<u16>,
}

impl Default for FlowRules {
    fn default() -> Self {
        FlowRules {
            players_min: 2,
            countdown_s: 3.0,
            score_to_win: 25,
            time_limit_s: 360.0,
            overtime_s_max: 180.0,
            bounty: 1,
            results_s: 10.0,
            assist_damage: 30,
            assist_window_s: 5.0,
            streaks: vec![3, 5, 8, 12],
        }
    }
}

impl FlowRules {
    pub(super) fn validate(&self) -> Result<(), RulesError> {
        range("flow.players_min", f32::from(self.players_min), 1.0, 1000.0)?;
        range("flow.countdown_s", self.countdown_s, 0.0, 60.0)?;
        range(
            "flow.score_to_win",
            f32::from(self.score_to_win),
            1.0,
            10_000.0,
        )?;
        range("flow.time_limit_s", self.time_limit_s, 1.0, 86_400.0)?;
        range("flow.overtime_s_max", self.overtime_s_max, 0.0, 3600.0)?;
        range("flow.bounty", f32::from(self.bounty), 0.0, 100.0)?;
        range("flow.results_s", self.results_s, 0.0, 120.0)?;
        let assist = f32::from(self.assist_damage);
        range("flow.assist_damage", assist, 1.0, 1000.0)?;
        range("flow.assist_window_s", self.assist_window_s, 0.0, 60.0)?;
        self.check_streaks()
    }

    /// One kill is no streak.
    fn check_streaks(&self) -> Result<(), RulesError> {
        let streaks = &self.streaks;
        let is_long = streaks.len() > STREAKS_MAX;
        let are_in_range = streaks.iter().all(|kills| (2..=1000).contains(kills));
        if !is_long && are_in_range && streaks.is_sorted_by(|less, more| less < more) {
            return Ok(());
        }
        Err(RulesError {
            key: "flow.streaks".to_owned(),
            value: match is_long {
                true => format!("{} entries", streaks.len()),
                false => format!("{streaks:?}"),
            },
            allowed: format!("2 to 1000, each more than the one before, {STREAKS_MAX} at most"),
        })
    }
}
