//! What a player sees, and what their craft can do without a weapon.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{RulesError, at_most, range};

/// Largest picture with its margins, in tiles: what a player is told of, and looked for, grows with it.
const VIEW_AREA_MAX: f32 = 3_000.0;

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
    /// The special weapon that a life starts with, by its name; empty: none.
    pub special: String,
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
            special: String::new(),
        }
    }
}

/// The dash: a short way at once, along the steering, or along the aim of who doesn't steer.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DashRules {
    /// How far, in tiles.
    pub distance_tiles: f32,
    /// In which time, in seconds.
    pub takes_s: f32,
    /// Dashes that are ready at the start of a life; the most there are.
    pub charges: u8,
    /// For one of them to come back, in seconds; one comes back after the other.
    pub recharge_s: f32,
}

impl Default for DashRules {
    fn default() -> Self {
        DashRules {
            distance_tiles: 4.0,
            takes_s: 0.15,
            charges: 2,
            recharge_s: 2.5,
        }
    }
}

/// The deflect: for a moment, shots that meet the craft from where it aims are turned along the aim and become its own.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeflectRules {
    /// How long it holds, in seconds.
    pub window_s: f32,
    /// The arc it covers, its middle along the aim, in degrees.
    pub arc_degrees: f32,
    /// How far from the craft's centre it meets shots, in tiles.
    pub radius_tiles: f32,
    /// From one to the next, in seconds.
    pub cooldown_s: f32,
}

impl Default for DeflectRules {
    fn default() -> Self {
        DeflectRules {
            window_s: 0.25,
            arc_degrees: 120.0,
            radius_tiles: 0.8,
            cooldown_s: 3.0,
        }
    }
}

/// What effects do.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EffectRules {
    /// Haste: how many times as fast.
    pub haste_factor: f32,
    /// Overcharge: how many times the damage.
    pub overcharge_factor: f32,
    /// A shield can't grow beyond this.
    pub shield_max: u8,
    /// How near a craft's centre comes to a pad's to take what lies on it, in tiles.
    pub pad_radius_tiles: f32,
}

impl Default for EffectRules {
    fn default() -> Self {
        EffectRules {
            haste_factor: 1.35,
            overcharge_factor: 2.0,
            shield_max: 100,
            pad_radius_tiles: 0.9,
        }
    }
}

impl ViewRules {
    pub(super) fn validate(&self) -> Result<(), RulesError> {
        range("view.width_tiles", self.width_tiles, 8.0, 64.0)?;
        range("view.height_tiles", self.height_tiles, 8.0, 64.0)?;
        range("view.margin_tiles", self.margin_tiles, 0.5, 8.0)?;
        let side = |tiles: f32| tiles + 2.0 * self.margin_tiles;
        let area = side(self.width_tiles) * side(self.height_tiles);
        let key = "view: (width_tiles + 2 x margin_tiles) x (height_tiles + 2 x margin_tiles)";
        at_most(key.to_owned(), area, VIEW_AREA_MAX)
    }
}

impl CraftRules {
    pub(super) fn validate(&self) -> Result<(), RulesError> {
        range("craft.radius_tiles", self.radius_tiles, 0.1, 0.49)?;
        range("craft.health", f32::from(self.health), 1.0, 250.0)?;
        let speed = self.speed_tiles_per_s;
        range("craft.speed_tiles_per_s", speed, 0.5, 30.0)?;
        range("craft.accelerate_s", self.accelerate_s, 0.0, 5.0)?;
        let protection = self.spawn_protection_s;
        range("craft.spawn_protection_s", protection, 0.0, 30.0)?;
        range("craft.respawn_s", self.respawn_s, 0.1, 60.0)
    }
}

impl DashRules {
    pub(super) fn validate(&self) -> Result<(), RulesError> {
        range("dash.distance_tiles", self.distance_tiles, 0.5, 16.0)?;
        range("dash.takes_s", self.takes_s, 0.05, 1.0)?;
        // As fast as a craft may fly with haste: every piece of its way is looked at.
        let key = "dash.distance_tiles / dash.takes_s";
        at_most(key.to_owned(), self.distance_tiles / self.takes_s, 90.0)?;
        range("dash.charges", f32::from(self.charges), 0.0, 8.0)?;
        range("dash.recharge_s", self.recharge_s, 0.1, 60.0)
    }
}

impl DeflectRules {
    pub(super) fn validate(&self) -> Result<(), RulesError> {
        range("deflect.window_s", self.window_s, 0.0, 2.0)?;
        range("deflect.arc_degrees", self.arc_degrees, 10.0, 360.0)?;
        range("deflect.radius_tiles", self.radius_tiles, 0.1, 2.0)?;
        range("deflect.cooldown_s", self.cooldown_s, 0.1, 60.0)?;
        // A shot that is sent back lives anew: whoever always deflects keeps all shots alive for ever.
        let key = "deflect.window_s / deflect.cooldown_s";
        at_most(key.to_owned(), self.window_s / self.cooldown_s, 0.5)
    }
}

impl EffectRules {
    pub(super) fn validate(&self) -> Result<(), RulesError> {
        range("effects.haste_factor", self.haste_factor, 1.0, 3.0)?;
        range(
            "effects.overcharge_factor",
            self.overcharge_factor,
            1.0,
            10.0,
        )?;
        range("effects.shield_max", f32::from(self.shield_max), 0.0, 250.0)?;
        range("effects.pad_radius_tiles", self.pad_radius_tiles, 0.1, 3.0)
    }
}
