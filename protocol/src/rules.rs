//! The numbers of the game. [`Rules`] is what a host edits, in tiles and seconds; [`Tuning`] is the same as integers
//! per tick, which is what the step functions use. Both ends derive the second from the first with the same arithmetic.

mod modes;

use std::sync::Arc;

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::Map;
use crate::geometry::{TILE, VELOCITY_SCALE};

pub use modes::{ControlRules, CtfRules, MassiveRules};

/// Every number of a match, in human units. Travels in the welcome, because prediction needs it.
#[derive(Clone, Debug, Default, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// What a player sees.
    pub view: ViewRules,
    /// The craft.
    pub craft: CraftRules,
    /// The weapon everybody always has.
    pub pulse: WeaponRules,
    /// The weapon that has to be charged and hits at once.
    pub rail: RailRules,
    /// How hits are judged.
    pub hits: HitRules,
    /// How a match begins and ends.
    pub flow: FlowRules,
    /// Flags, where there are any.
    pub ctf: CtfRules,
    /// Zones, where there are any.
    pub control: ControlRules,
    /// What a crowd is.
    pub massive: MassiveRules,
}

/// What a player sees of the arena.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ViewRules {
    /// Width of everybody's view, in tiles.
    pub width_tiles: f32,
    /// Height of everybody's view, in tiles.
    pub height_tiles: f32,
    /// What enters the view is sent this many tiles before it can be seen.
    pub margin_tiles: f32,
}

impl Default for ViewRules {
    fn default() -> Self {
        ViewRules {
            width_tiles: 32.0,
            height_tiles: 18.0,
            margin_tiles: 1.5,
        }
    }
}

/// How a craft flies, lives and dies.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CraftRules {
    /// Radius, in tiles.
    pub radius_tiles: f32,
    /// Health at the start of a life.
    pub health: u8,
    /// Top speed, in tiles per second.
    pub speed_tiles_per_s: f32,
    /// Time from standing to top speed, in seconds.
    pub accelerate_s: f32,
    /// Nobody can hurt a craft for this long after it appeared, or until it fires.
    pub spawn_protection_s: f32,
    /// Time from death to the next life, in seconds.
    pub respawn_s: f32,
}

impl Default for CraftRules {
    fn default() -> Self {
        CraftRules {
            radius_tiles: 0.45,
            health: 100,
            speed_tiles_per_s: 7.0,
            accelerate_s: 0.15,
            spawn_protection_s: 1.5,
            respawn_s: 2.5,
        }
    }
}

/// A weapon that fires flying shots.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WeaponRules {
    /// Shots per second while the trigger is held.
    pub rate_per_s: f32,
    /// Speed of a shot, in tiles per second.
    pub shot_speed_tiles_per_s: f32,
    /// How long a shot flies, in seconds.
    pub shot_life_s: f32,
    /// Radius of a shot, in tiles.
    pub shot_radius_tiles: f32,
    /// Damage of a shot that has not bounced.
    pub damage: u8,
    /// How often a shot bounces; the next wall ends it.
    pub bounces: u8,
    /// What each bounce adds to the damage, as a share of `damage`.
    pub bounce_bonus: f32,
}

impl Default for WeaponRules {
    fn default() -> Self {
        WeaponRules {
            rate_per_s: 6.0,
            shot_speed_tiles_per_s: 20.0,
            shot_life_s: 1.2,
            shot_radius_tiles: 0.12,
            damage: 12,
            bounces: 2,
            bounce_bonus: 0.5,
        }
    }
}

/// The rail: held until it is charged, then a line that hits everything on it at once.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RailRules {
    /// From the first tick of charging to the beam, in seconds.
    pub charge_s: f32,
    /// From a beam to the next charging, in seconds.
    pub cooldown_s: f32,
    /// Damage before the first bounce.
    pub damage: u8,
    /// How often a beam bounces; the next wall ends it.
    pub bounces: u8,
    /// What each bounce adds to the damage, as a share of `damage`.
    pub bounce_bonus: f32,
    /// Length of a beam with all its bounces, in tiles.
    pub range_tiles: f32,
    /// Radius of a beam, in tiles.
    pub radius_tiles: f32,
    /// Beams that a life starts with.
    pub ammo: u8,
}

impl Default for RailRules {
    fn default() -> Self {
        RailRules {
            charge_s: 0.35,
            cooldown_s: 1.0,
            damage: 65,
            bounces: 1,
            bounce_bonus: 0.5,
            range_tiles: 32.0,
            radius_tiles: 0.1,
            ammo: 2,
        }
    }
}

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
    /// … but at most for this long, in seconds; then it stays a tie.
    pub overtime_s_max: f32,
    /// Whoever destroys the leader gets this many points more.
    pub bounty: u16,
    /// How long the results are shown, in seconds.
    pub results_s: f32,
    /// An assist: at least this much damage to the victim…
    pub assist_damage: u16,
    /// … within this many seconds before the kill.
    pub assist_window_s: f32,
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
        }
    }
}

/// A rule that can't be played by.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{key} = {value} is not allowed: {allowed}")]
pub struct RulesError {
    /// The key as a host writes it, for example `craft.radius_tiles`.
    pub key: &'static str,
    /// The value it has.
    pub value: f32,
    /// What would be allowed.
    pub allowed: String,
}

impl Rules {
    /// Checks every number.
    ///
    /// # Errors
    /// [`RulesError`] names the first key that is out of range, its value, and the range.
    pub fn validate(&self) -> Result<(), RulesError> {
        let range = |key, value: f32, low: f32, high: f32| {
            if (low..=high).contains(&value) {
                return Ok(());
            }
            Err(RulesError {
                key,
                value,
                allowed: format!("{low} to {high}"),
            })
        };
        range("view.width_tiles", self.view.width_tiles, 8.0, 64.0)?;
        range("view.height_tiles", self.view.height_tiles, 8.0, 64.0)?;
        range("view.margin_tiles", self.view.margin_tiles, 0.5, 8.0)?;
        range("craft.radius_tiles", self.craft.radius_tiles, 0.1, 0.49)?;
        range("craft.health", f32::from(self.craft.health), 1.0, 250.0)?;
        range(
            "craft.speed_tiles_per_s",
            self.craft.speed_tiles_per_s,
            0.5,
            30.0,
        )?;
        range("craft.accelerate_s", self.craft.accelerate_s, 0.0, 5.0)?;
        range(
            "craft.spawn_protection_s",
            self.craft.spawn_protection_s,
            0.0,
            30.0,
        )?;
        range("craft.respawn_s", self.craft.respawn_s, 0.0, 60.0)?;
        range("pulse.rate_per_s", self.pulse.rate_per_s, 0.1, 30.0)?;
        range(
            "pulse.shot_speed_tiles_per_s",
            self.pulse.shot_speed_tiles_per_s,
            1.0,
            60.0,
        )?;
        range("pulse.shot_life_s", self.pulse.shot_life_s, 0.05, 4.0)?;
        range(
            "pulse.shot_radius_tiles",
            self.pulse.shot_radius_tiles,
            0.0,
            1.0,
        )?;
        range("pulse.damage", f32::from(self.pulse.damage), 1.0, 250.0)?;
        range("pulse.bounces", f32::from(self.pulse.bounces), 0.0, 15.0)?;
        range("pulse.bounce_bonus", self.pulse.bounce_bonus, 0.0, 5.0)?;
        range("rail.charge_s", self.rail.charge_s, 0.0, 5.0)?;
        range("rail.cooldown_s", self.rail.cooldown_s, 0.1, 60.0)?;
        range("rail.damage", f32::from(self.rail.damage), 1.0, 250.0)?;
        range("rail.bounces", f32::from(self.rail.bounces), 0.0, 15.0)?;
        range("rail.bounce_bonus", self.rail.bounce_bonus, 0.0, 5.0)?;
        range("rail.range_tiles", self.rail.range_tiles, 1.0, 64.0)?;
        range("rail.radius_tiles", self.rail.radius_tiles, 0.0, 1.0)?;
        range("hits.rewind_s_max", self.hits.rewind_s_max, 0.0, 0.25)?;
        range(
            "flow.players_min",
            f32::from(self.flow.players_min),
            1.0,
            1000.0,
        )?;
        range("flow.countdown_s", self.flow.countdown_s, 0.0, 60.0)?;
        range(
            "flow.score_to_win",
            f32::from(self.flow.score_to_win),
            1.0,
            10_000.0,
        )?;
        range("flow.time_limit_s", self.flow.time_limit_s, 1.0, 86_400.0)?;
        range("flow.results_s", self.flow.results_s, 0.0, 120.0)?;
        range("flow.assist_window_s", self.flow.assist_window_s, 0.0, 60.0)?;
        modes::validate(self)
    }
}

/// [`Rules`] as integers per tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tuning {
    /// Ticks per second.
    pub tick_hz: u8,
    /// Half the width of the view, in position units.
    pub view_half_x: i32,
    /// Half the height of the view, in position units.
    pub view_half_y: i32,
    /// The margin around the view, in position units.
    pub view_margin: i32,
    /// Radius of a craft, in position units.
    pub craft_radius: i32,
    /// Health at the start of a life.
    pub craft_health: u8,
    /// Top speed, in velocity units.
    pub craft_speed: i32,
    /// Most change of velocity in one tick, in velocity units.
    pub craft_acceleration: i32,
    /// Length of spawn protection, in ticks.
    pub protection_ticks: u32,
    /// From death to the next life, in ticks.
    pub respawn_ticks: u32,
    /// The Pulse.
    pub pulse: WeaponTuning,
    /// The rail.
    pub rail: RailTuning,
    /// Furthest back that hits are judged, in ticks.
    pub rewind_ticks_max: u32,
}

/// [`WeaponRules`] as integers per tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeaponTuning {
    /// Ticks from one shot to the next.
    pub interval_ticks: u32,
    /// Speed of a shot, in velocity units.
    pub shot_speed: i32,
    /// How long a shot flies, in ticks (at most 255).
    pub shot_life_ticks: u8,
    /// Radius of a shot, in position units.
    pub shot_radius: i32,
    /// Damage by number of bounces, 0 up to `bounces`.
    pub damage: [u8; 16],
    /// How often a shot bounces.
    pub bounces: u8,
}

/// [`RailRules`] as integers per tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RailTuning {
    /// From the first tick of charging to the beam, in ticks.
    pub charge_ticks: u32,
    /// From a beam to the next charging, in ticks.
    pub cooldown_ticks: u32,
    /// Damage by number of bounces, 0 up to `bounces`.
    pub damage: [u8; 16],
    /// How often a beam bounces.
    pub bounces: u8,
    /// Length of a beam, in position units.
    pub range: i32,
    /// Radius of a beam, in position units.
    pub radius: i32,
    /// Beams that a life starts with.
    pub ammo: u8,
}

impl Tuning {
    /// The integers for `rules` at `tick_hz` ticks per second. Only additions, multiplications, divisions and rounding
    /// of finite values are used, which IEEE 754 defines to the bit.
    pub fn new(rules: &Rules, tick_hz: u8) -> Tuning {
        let hz = f32::from(tick_hz.max(1));
        let position = |tiles: f32| (tiles * TILE as f32).round() as i32;
        let velocity =
            |tiles_per_s: f32| (tiles_per_s * (TILE * VELOCITY_SCALE) as f32 / hz).round() as i32;
        let ticks = |seconds: f32| (seconds * hz).round() as u32;
        let craft_speed = velocity(rules.craft.speed_tiles_per_s).max(1);
        let accelerate_ticks = (rules.craft.accelerate_s * hz).max(1.0);
        Tuning {
            tick_hz,
            view_half_x: position(rules.view.width_tiles / 2.0),
            view_half_y: position(rules.view.height_tiles / 2.0),
            view_margin: position(rules.view.margin_tiles),
            craft_radius: position(rules.craft.radius_tiles),
            craft_health: rules.craft.health,
            craft_speed,
            craft_acceleration: ((craft_speed as f32 / accelerate_ticks).ceil() as i32).max(1),
            protection_ticks: ticks(rules.craft.spawn_protection_s),
            respawn_ticks: ticks(rules.craft.respawn_s).max(1),
            pulse: WeaponTuning {
                interval_ticks: ((hz / rules.pulse.rate_per_s).round() as u32).max(1),
                shot_speed: velocity(rules.pulse.shot_speed_tiles_per_s).max(1),
                shot_life_ticks: ticks(rules.pulse.shot_life_s).clamp(1, 255) as u8,
                shot_radius: position(rules.pulse.shot_radius_tiles),
                damage: damage_by_bounces(rules.pulse.damage, rules.pulse.bounce_bonus),
                bounces: rules.pulse.bounces,
            },
            rail: RailTuning {
                charge_ticks: ticks(rules.rail.charge_s),
                cooldown_ticks: ticks(rules.rail.cooldown_s).max(1),
                damage: damage_by_bounces(rules.rail.damage, rules.rail.bounce_bonus),
                bounces: rules.rail.bounces,
                range: position(rules.rail.range_tiles).max(1),
                radius: position(rules.rail.radius_tiles),
                ammo: rules.rail.ammo,
            },
            rewind_ticks_max: ticks(rules.hits.rewind_s_max),
        }
    }
}

fn damage_by_bounces(damage: u8, bonus: f32) -> [u8; 16] {
    std::array::from_fn(|bounces| {
        let factor = 1.0 + bonus * bounces as f32;
        (f32::from(damage) * factor).round().clamp(1.0, 255.0) as u8
    })
}

/// Where a match is played and by which numbers: what every step function needs.
#[derive(Clone, Debug)]
pub struct Arena {
    /// The tiles.
    pub map: Arc<Map>,
    /// The numbers.
    pub tuning: Tuning,
}

impl Arena {
    /// The arena for a map and rules at a tick rate.
    pub fn new(map: Arc<Map>, rules: &Rules, tick_hz: u8) -> Arena {
        Arena {
            map,
            tuning: Tuning::new(rules, tick_hz),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_rules_are_valid_and_a_bad_one_is_named() {
        let mut rules = Rules::default();
        rules.validate().unwrap();
        rules.craft.radius_tiles = f32::NAN;
        assert_eq!(rules.validate().unwrap_err().key, "craft.radius_tiles");
        rules.craft.radius_tiles = 2.0;
        assert_eq!(
            rules.validate().unwrap_err().to_string(),
            "craft.radius_tiles = 2 is not allowed: 0.1 to 0.49"
        );
    }

    #[test]
    fn each_bounce_adds_half_the_damage() {
        let tuning = Tuning::new(&Rules::default(), 60);
        assert_eq!(tuning.pulse.damage[..3], [12, 18, 24]);
        assert_eq!(tuning.pulse.interval_ticks, 10);
        assert_eq!(tuning.craft_speed, 478);
        assert_eq!(tuning.rail.damage[..2], [65, 98]);
        assert_eq!(
            (tuning.rail.charge_ticks, tuning.rewind_ticks_max),
            (21, 12)
        );
    }
}
