//! The numbers that only one mode asks for.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{Rules, RulesError, range};

/// Capture the flag.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CtfRules {
    /// A flag is touched by a craft whose centre is this near, in tiles.
    pub reach_tiles: f32,
    /// A flag on the ground goes home by itself after this long, in seconds.
    pub flag_return_s: f32,
    /// What a captured flag adds to the score of whoever brought it.
    pub capture_points: u16,
    /// What a flag that is sent home from the ground adds to the score of whoever touched it.
    pub return_points: u16,
}

impl Default for CtfRules {
    fn default() -> Self {
        CtfRules {
            reach_tiles: 0.9,
            flag_return_s: 20.0,
            capture_points: 5,
            return_points: 1,
        }
    }
}

/// A zone that is held.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ControlRules {
    /// The next zone takes its turn after this long, in seconds.
    pub zone_moves_s: f32,
    /// A team takes a zone by being alone in it for this long, in seconds.
    pub capture_s: f32,
    /// Points per second for the team that holds the zone and is alone in it.
    pub points_per_s: f32,
}

impl Default for ControlRules {
    fn default() -> Self {
        ControlRules {
            zone_moves_s: 45.0,
            capture_s: 2.0,
            points_per_s: 1.0,
        }
    }
}

/// A crowd.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MassiveRules {
    /// Whether there are two teams.
    pub teams: bool,
}

/// Checks the numbers of all modes.
pub(super) fn validate(rules: &Rules) -> Result<(), RulesError> {
    let Rules { ctf, control, .. } = rules;
    range("ctf.reach_tiles", ctf.reach_tiles, 0.3, 4.0)?;
    range("ctf.flag_return_s", ctf.flag_return_s, 0.0, 300.0)?;
    let points = |key, points: u16| range(key, f32::from(points), 0.0, 1000.0);
    points("ctf.capture_points", ctf.capture_points)?;
    points("ctf.return_points", ctf.return_points)?;
    range("control.zone_moves_s", control.zone_moves_s, 5.0, 3600.0)?;
    range("control.capture_s", control.capture_s, 0.0, 60.0)?;
    range("control.points_per_s", control.points_per_s, 0.1, 20.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_of_a_mode_that_is_out_of_range_is_named() {
        let mut rules = Rules::default();
        validate(&rules).unwrap();
        rules.control.points_per_s = 0.0;
        assert_eq!(
            rules.validate().unwrap_err().to_string(),
            "control.points_per_s = 0 is not allowed: 0.1 to 20"
        );
        rules.ctf.flag_return_s = -1.0;
        assert_eq!(rules.validate().unwrap_err().key, "ctf.flag_return_s");
    }
}
