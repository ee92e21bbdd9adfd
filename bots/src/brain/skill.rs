//! How good a bot is, and what kind of pilot it is.

use std::f32::consts::TAU;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::random::Random;

/// How good a bot is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Skill {
    /// For a first match.
    Easy,
    /// A fair opponent.
    Normal,
    /// Leads well, dodges well, banks shots round corners.
    Hard,
    /// Each bot its own: three in ten easy, five normal, two hard.
    #[default]
    Mixed,
}

impl Skill {
    /// All of them, in the order they are named in.
    pub const ALL: [Skill; 4] = [Skill::Easy, Skill::Normal, Skill::Hard, Skill::Mixed];

    /// The name used in flags.
    pub const fn as_str(self) -> &'static str {
        match self {
            Skill::Easy => "easy",
            Skill::Normal => "normal",
            Skill::Hard => "hard",
            Skill::Mixed => "mixed",
        }
    }

    fn settled(self, random: &Random) -> Skill {
        if self != Skill::Mixed {
            return self;
        }
        match random.below(10) {
            0..3 => Skill::Easy,
            3..8 => Skill::Normal,
            _ => Skill::Hard,
        }
    }
}

impl FromStr for Skill {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let found = Skill::ALL.into_iter().find(|skill| skill.as_str() == text);
        found.ok_or_else(|| {
            format!(
                "{text:?} is not one of {}",
                Skill::ALL.map(Skill::as_str).join(", ")
            )
        })
    }
}

impl std::fmt::Display for Skill {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// By so much, as a share, pilots of a skill are better or worse than each other.
const VARIES: f32 = 0.15;

/// What a pilot can do. The limits of a hand are everybody's; what differs is how close to them one gets.
#[derive(Clone, Debug)]
pub(crate) struct Talent {
    /// Seconds from seeing something to acting on it.
    pub(crate) reaction_s: f32,
    /// How far off the aim wanders, in radians (standard deviation).
    pub(crate) aim_error: f32,
    /// Fastest turn of the aim, in radians per second.
    pub(crate) turn_max: f32,
    /// How hard the hand pulls towards where it wants to aim, per second.
    pub(crate) turn_gain: f32,
    /// The share of shots and beams it tries to evade.
    pub(crate) dodge: f32,
    /// Seconds ahead in which it notices a shot that will hit.
    pub(crate) dodge_ahead_s: f32,
    /// How often, per decision, it looks for a shot round the corner.
    pub(crate) bank: f32,
    /// How often, per decision, it thinks of the special weapon where that is worth it.
    pub(crate) special: f32,
    /// How often, per decision, it thinks of dashing.
    pub(crate) dash: f32,
    /// The share of shots it tries to send back, of those that it can.
    pub(crate) deflect: f32,
    /// How far it goes for pickups, as a factor.
    pub(crate) forage: f32,
    /// Seconds between bursts.
    pub(crate) pause_s: (f32, f32),
    /// Longest distance it opens fire at, in tiles.
    pub(crate) range_tiles: f32,
}

impl Talent {
    fn of(skill: Skill) -> Talent {
        match skill {
            Skill::Easy => Talent {
                reaction_s: 0.45,
                aim_error: 0.55,
                turn_max: 4.5,
                turn_gain: 7.0,
                dodge: 0.05,
                dodge_ahead_s: 0.35,
                bank: 0.0,
                special: 0.2,
                dash: 0.02,
                deflect: 0.0,
                forage: 0.5,
                pause_s: (1.0, 2.0),
                range_tiles: 10.0,
            },
            Skill::Normal | Skill::Mixed => Talent {
                reaction_s: 0.27,
                aim_error: 0.15,
                turn_max: 8.0,
                turn_gain: 9.5,
                dodge: 0.5,
                dodge_ahead_s: 0.5,
                bank: 0.05,
                special: 0.6,
                dash: 0.2,
                deflect: 0.15,
                forage: 1.0,
                pause_s: (0.25, 0.8),
                range_tiles: 13.0,
            },
            Skill::Hard => Talent {
                reaction_s: 0.18,
                aim_error: 0.07,
                turn_max: 10.0,
                turn_gain: 10.0,
                dodge: 0.85,
                dodge_ahead_s: 0.65,
                bank: 0.3,
                special: 0.9,
                dash: 0.6,
                deflect: 0.5,
                forage: 1.15,
                pause_s: (0.12, 0.45),
                range_tiles: 16.0,
            },
        }
    }
}

impl Talent {
    /// A little better or worse.
    fn varied(mut self, random: &Random) -> Talent {
        for trait_ in [
            &mut self.reaction_s,
            &mut self.aim_error,
            &mut self.turn_max,
            &mut self.turn_gain,
        ] {
            *trait_ *= random.range(1.0 - VARIES, 1.0 + VARIES);
        }
        self
    }

    /// The best that may be drawn.
    #[cfg(test)]
    pub(crate) fn best(skill: Skill) -> Talent {
        let talent = Talent::of(skill);
        Talent {
            reaction_s: talent.reaction_s * (1.0 - VARIES),
            aim_error: talent.aim_error * (1.0 - VARIES),
            turn_max: talent.turn_max * (1.0 + VARIES),
            turn_gain: talent.turn_gain * (1.0 + VARIES),
            ..talent
        }
    }
}

/// A person's first match: reacts after 400 ms, aims 15° off, and does nothing that has to be learned.
const BEGINNER: Talent = Talent {
    reaction_s: 0.4,
    aim_error: 0.26,
    turn_max: 5.0,
    turn_gain: 8.0,
    dodge: 0.0,
    dodge_ahead_s: 0.0,
    bank: 0.0,
    special: 0.0,
    dash: 0.0,
    deflect: 0.0,
    forage: 0.0,
    pause_s: (0.0, 0.0),
    range_tiles: f32::INFINITY,
};

/// What somebody likes to do in a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Goes for what is theirs.
    Runner,
    /// Stays with what is ours.
    Keeper,
    /// Goes along with whoever carries something.
    Escort,
}

impl Role {
    /// As often as they are drawn.
    const ALL: [Role; 4] = [Role::Runner, Role::Keeper, Role::Escort, Role::Runner];
}

/// What makes one bot different from another of the same skill.
#[derive(Clone, Debug)]
pub(crate) struct Character {
    /// The distance it likes to fight at, in tiles.
    pub(crate) distance_tiles: f32,
    /// How much it circles, 0 to 1.
    pub(crate) strafe: f32,
    /// Mean seconds between changes of the circling direction.
    pub(crate) strafe_s: f32,
    /// Below this share of health it keeps away.
    pub(crate) careful_below: f32,
    /// How far it goes for what lies on pads, as a factor.
    pub(crate) greed: f32,
    /// What it does in a team.
    pub(crate) role: Role,
    /// Shots in a burst, at least and at most.
    pub(crate) burst: (f32, f32),
    /// Mean seconds between idle moments while nobody is there.
    pub(crate) idle_every_s: f32,
    /// Seconds in which the stick follows the thumb.
    pub(crate) stick_s: f32,
    /// Where in its swaying it starts.
    pub(crate) phase: f32,
}

impl Character {
    fn of(random: &Random) -> Character {
        Character {
            distance_tiles: random.range(3.5, 8.0),
            strafe: random.range(0.45, 1.0),
            strafe_s: random.range(0.5, 1.6),
            careful_below: random.range(0.0, 0.5),
            greed: random.range(0.7, 1.3),
            role: Role::ALL[random.below(Role::ALL.len())],
            burst: (random.range(2.0, 4.0), random.range(5.0, 9.0)),
            idle_every_s: random.range(4.0, 14.0),
            stick_s: random.range(0.05, 0.11),
            phase: random.range(0.0, TAU),
        }
    }
}

/// Draws a pilot: what the skill gives, a little better or worse, and a character.
pub(crate) fn draw(skill: Skill, random: &Random) -> (Talent, Character) {
    let talent = Talent::of(skill.settled(random)).varied(random);
    (talent, Character::of(random))
}

/// Draws one who has never played.
pub(crate) fn draw_beginner(random: &Random) -> (Talent, Character) {
    (BEGINNER.varied(random), Character::of(random))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skills_have_names_and_an_unknown_one_is_told_them() {
        for skill in Skill::ALL {
            assert_eq!(skill.as_str().parse(), Ok(skill));
        }
        assert!(
            "brutal"
                .parse::<Skill>()
                .unwrap_err()
                .contains("easy, normal, hard, mixed")
        );
    }
}
