//! The numbers of the game. [`Rules`] is what a host edits, in tiles and seconds; [`Tuning`] is the same as integers
//! per tick, which is what the step functions use. Both ends derive the second from the first with the same arithmetic.

mod modes;
mod pickup;
mod weapon;

use std::sync::Arc;

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

pub use modes::{ControlRules, CtfRules, MassiveRules};
pub use pickup::{Effect, PICKUPS_MAX, PickupRules, PickupTuning};
pub use weapon::{
    ITEM_NAME_BYTES_MAX, PELLETS_MAX, WEAPONS_MAX, Weapon, WeaponKind, WeaponRules, WeaponTuning,
};

use crate::Map;
use crate::geometry::{TILE, VELOCITY_SCALE};

/// Every number of a match, in human units. Travels in the welcome, because prediction needs it.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    /// What a player sees.
    pub view: ViewRules,
    /// The craft.
    pub craft: CraftRules,
    /// The quick way.
    pub dash: DashRules,
    /// Sending a shot back.
    pub deflect: DeflectRules,
    /// Every weapon; the first is what everybody always has.
    pub weapons: Vec<WeaponRules>,
    /// Everything that lies on pads.
    pub pickups: Vec<PickupRules>,
    /// What effects do.
    pub effects: EffectRules,
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

impl Default for Rules {
    fn default() -> Self {
        Rules {
            view: ViewRules::default(),
            craft: CraftRules::default(),
            dash: DashRules::default(),
            deflect: DeflectRules::default(),
            weapons: WeaponRules::all(),
            pickups: PickupRules::all(),
            effects: EffectRules::default(),
            hits: HitRules::default(),
            flow: FlowRules::default(),
            ctf: CtfRules::default(),
            control: ControlRules::default(),
            massive: MassiveRules::default(),
        }
    }
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
    /// The key as a host writes it, for example `craft.radius_tiles` or `weapons.rail.damage`.
    pub key: String,
    /// The value it has.
    pub value: String,
    /// What would be allowed.
    pub allowed: String,
}

/// Checks that a number lies within limits, both allowed; the first is its key.
type Range<'a> = &'a dyn Fn(String, f32, f32, f32) -> Result<(), RulesError>;

fn range<K: Into<String>>(key: K, value: f32, low: f32, high: f32) -> Result<(), RulesError> {
    if (low..=high).contains(&value) {
        return Ok(());
    }
    Err(RulesError {
        key: key.into(),
        value: value.to_string(),
        allowed: format!("{low} to {high}"),
    })
}

impl Rules {
    /// Checks every number.
    ///
    /// # Errors
    /// [`RulesError`] names the first key that is out of range, its value, and the range.
    pub fn validate(&self) -> Result<(), RulesError> {
        self.view.validate()?;
        self.craft.validate()?;
        self.dash.validate()?;
        self.deflect.validate()?;
        self.effects.validate()?;
        count("weapons", self.weapons.len(), 1, WEAPONS_MAX)?;
        for (at, weapon) in self.weapons.iter().enumerate() {
            weapon.validate(at, &range::<String>)?;
        }
        unique("weapons", self.weapons.iter().map(|weapon| &weapon.name))?;
        self.check_special()?;
        count("pickups", self.pickups.len(), 0, PICKUPS_MAX)?;
        for (at, pickup) in self.pickups.iter().enumerate() {
            pickup.validate(at, &self.weapons, &range::<String>)?;
        }
        unique("pickups", self.pickups.iter().map(|pickup| &pickup.name))?;
        range("hits.rewind_s_max", self.hits.rewind_s_max, 0.0, 0.25)?;
        self.flow.validate()?;
        modes::validate(self)
    }

    fn check_special(&self) -> Result<(), RulesError> {
        let special = &self.craft.special;
        let names = || {
            self.weapons
                .iter()
                .skip(1)
                .map(|weapon| weapon.name.as_str())
        };
        if special.is_empty() || names().any(|name| name == special) {
            return Ok(());
        }
        Err(RulesError {
            key: "craft.special".to_owned(),
            value: format!("{special:?}"),
            allowed: format!("\"\", {}", names().collect::<Vec<_>>().join(", ")),
        })
    }

    /// The weapon of this name.
    pub fn weapon(&self, name: &str) -> Option<Weapon> {
        let at = self.weapons.iter().position(|weapon| weapon.name == name);
        at.map(|at| Weapon(at as u8))
    }

    /// What a weapon is called; of one that isn't there, as the first.
    pub fn weapon_name(&self, weapon: Weapon) -> &str {
        let found = self.weapons.get(usize::from(weapon.0));
        found
            .or(self.weapons.first())
            .map_or("", |weapon| &weapon.name)
    }
}

fn count(key: &str, length: usize, low: usize, high: usize) -> Result<(), RulesError> {
    if (low..=high).contains(&length) {
        return Ok(());
    }
    Err(RulesError {
        key: key.to_owned(),
        value: format!("{length} entries"),
        allowed: format!("{low} to {high}"),
    })
}

fn unique<'a>(key: &str, names: impl Iterator<Item = &'a String>) -> Result<(), RulesError> {
    let mut known: Vec<&String> = Vec::new();
    for name in names {
        if known.contains(&name) {
            return Err(RulesError {
                key: format!("{key}.name"),
                value: format!("{name:?}"),
                allowed: "each name once".to_owned(),
            });
        }
        known.push(name);
    }
    Ok(())
}

impl ViewRules {
    fn validate(&self) -> Result<(), RulesError> {
        range("view.width_tiles", self.width_tiles, 8.0, 64.0)?;
        range("view.height_tiles", self.height_tiles, 8.0, 64.0)?;
        range("view.margin_tiles", self.margin_tiles, 0.5, 8.0)
    }
}

impl CraftRules {
    fn validate(&self) -> Result<(), RulesError> {
        range("craft.radius_tiles", self.radius_tiles, 0.1, 0.49)?;
        range("craft.health", f32::from(self.health), 1.0, 250.0)?;
        let speed = self.speed_tiles_per_s;
        range("craft.speed_tiles_per_s", speed, 0.5, 30.0)?;
        range("craft.accelerate_s", self.accelerate_s, 0.0, 5.0)?;
        let protection = self.spawn_protection_s;
        range("craft.spawn_protection_s", protection, 0.0, 30.0)?;
        range("craft.respawn_s", self.respawn_s, 0.0, 60.0)
    }
}

impl DashRules {
    fn validate(&self) -> Result<(), RulesError> {
        range("dash.distance_tiles", self.distance_tiles, 0.5, 16.0)?;
        range("dash.takes_s", self.takes_s, 0.05, 1.0)?;
        range("dash.charges", f32::from(self.charges), 0.0, 8.0)?;
        range("dash.recharge_s", self.recharge_s, 0.1, 60.0)
    }
}

impl DeflectRules {
    fn validate(&self) -> Result<(), RulesError> {
        range("deflect.window_s", self.window_s, 0.0, 2.0)?;
        range("deflect.arc_degrees", self.arc_degrees, 10.0, 360.0)?;
        range("deflect.radius_tiles", self.radius_tiles, 0.1, 2.0)?;
        range("deflect.cooldown_s", self.cooldown_s, 0.1, 60.0)
    }
}

impl EffectRules {
    fn validate(&self) -> Result<(), RulesError> {
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

impl FlowRules {
    fn validate(&self) -> Result<(), RulesError> {
        range("flow.players_min", f32::from(self.players_min), 1.0, 1000.0)?;
        range("flow.countdown_s", self.countdown_s, 0.0, 60.0)?;
        range(
            "flow.score_to_win",
            f32::from(self.score_to_win),
            1.0,
            10_000.0,
        )?;
        range("flow.time_limit_s", self.time_limit_s, 1.0, 86_400.0)?;
        range("flow.results_s", self.results_s, 0.0, 120.0)?;
        range("flow.assist_window_s", self.assist_window_s, 0.0, 60.0)
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
    /// The special weapon that a life starts with.
    pub starts_with: Option<Weapon>,
    /// Top speed with haste, in velocity units.
    pub haste_speed: i32,
    /// Speed of a dash, in velocity units.
    pub dash_speed: i32,
    /// Length of a dash, in ticks.
    pub dash_ticks: u32,
    /// Most dashes that are ready at a time.
    pub dash_charges: u8,
    /// For a dash to come back, in ticks.
    pub dash_recharge_ticks: u32,
    /// How long a deflect holds, in ticks.
    pub deflect_ticks: u32,
    /// From one deflect to the next, in ticks.
    pub deflect_cooldown_ticks: u32,
    /// Half its arc, in 1/65,536 turn.
    pub deflect_half_arc: u16,
    /// How far from the craft's centre it meets shots, in position units.
    pub deflect_radius: i32,
    /// Every weapon, at least one.
    pub weapons: Vec<WeaponTuning>,
    /// Everything that lies on pads.
    pub pickups: Vec<PickupTuning>,
    /// What overcharge does to damage, in 1/256.
    pub overcharge: u32,
    /// A shield can't grow beyond this.
    pub shield_max: u8,
    /// How near to a pad its pickup is taken, in position units.
    pub pad_radius: i32,
    /// Furthest back that hits are judged, in ticks.
    pub rewind_ticks_max: u32,
}

/// Seconds and tiles as ticks and units.
struct Scale {
    hz: f32,
}

impl Scale {
    fn position(&self, tiles: f32) -> i32 {
        (tiles * TILE as f32).round() as i32
    }

    fn velocity(&self, tiles_per_s: f32) -> i32 {
        (tiles_per_s * (TILE * VELOCITY_SCALE) as f32 / self.hz).round() as i32
    }

    fn ticks(&self, seconds: f32) -> u32 {
        (seconds * self.hz).round() as u32
    }
}

impl Tuning {
    /// The integers for `rules` at `tick_hz` ticks per second. Only additions, multiplications, divisions and rounding
    /// of finite values are used, which IEEE 754 defines to the bit.
    pub fn new(rules: &Rules, tick_hz: u8) -> Tuning {
        let scale = Scale {
            hz: f32::from(tick_hz.max(1)),
        };
        let Rules {
            view,
            craft,
            dash,
            deflect,
            effects,
            ..
        } = rules;
        let craft_speed = scale.velocity(craft.speed_tiles_per_s).max(1);
        let accelerate_ticks = (craft.accelerate_s * scale.hz).max(1.0);
        let dash_ticks = scale.ticks(dash.takes_s).max(1);
        let dash_units = dash.distance_tiles * (TILE * VELOCITY_SCALE) as f32;
        let weapon = |weapon| WeaponTuning::new(weapon, &scale);
        let pickup = |pickup| PickupTuning::new(pickup, &rules.weapons, &scale);
        Tuning {
            tick_hz,
            view_half_x: scale.position(view.width_tiles / 2.0),
            view_half_y: scale.position(view.height_tiles / 2.0),
            view_margin: scale.position(view.margin_tiles),
            craft_radius: scale.position(craft.radius_tiles),
            craft_health: craft.health,
            craft_speed,
            craft_acceleration: ((craft_speed as f32 / accelerate_ticks).ceil() as i32).max(1),
            protection_ticks: scale.ticks(craft.spawn_protection_s),
            respawn_ticks: scale.ticks(craft.respawn_s).max(1),
            starts_with: rules.weapon(&craft.special),
            haste_speed: (craft_speed as f32 * effects.haste_factor).round() as i32,
            dash_speed: (dash_units / dash_ticks as f32).round() as i32,
            dash_ticks,
            dash_charges: dash.charges,
            dash_recharge_ticks: scale.ticks(dash.recharge_s).max(1),
            deflect_ticks: scale.ticks(deflect.window_s),
            deflect_cooldown_ticks: scale.ticks(deflect.cooldown_s).max(1),
            deflect_half_arc: (deflect.arc_degrees / 720.0 * 65_536.0).round() as u16,
            deflect_radius: scale.position(deflect.radius_tiles),
            weapons: rules.weapons.iter().map(weapon).collect(),
            pickups: rules.pickups.iter().map(pickup).collect(),
            overcharge: (effects.overcharge_factor * 256.0).round() as u32,
            shield_max: effects.shield_max,
            pad_radius: scale.position(effects.pad_radius_tiles),
            rewind_ticks_max: scale.ticks(rules.hits.rewind_s_max),
        }
    }

    /// The numbers of a weapon; of one that isn't there, those of the first.
    pub fn weapon(&self, weapon: Weapon) -> &WeaponTuning {
        let found = self.weapons.get(usize::from(weapon.0));
        found.unwrap_or(&self.weapons[0])
    }
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
        let [pulse, _, rail, lobber] = &tuning.weapons[..] else {
            panic!("four weapons")
        };
        assert_eq!(pulse.damage[..3], [12, 18, 24]);
        assert_eq!((pulse.interval_ticks, rail.charge_ticks), (10, 21));
        assert_eq!(rail.damage[..2], [65, 98]);
        assert_eq!((lobber.damage(0), lobber.damage(200)), (80, 255));
        assert_eq!((tuning.craft_speed, tuning.rewind_ticks_max), (478, 12));
    }

    #[test]
    fn pellets_spread_evenly_and_a_dash_goes_as_far_as_it_says() {
        let tuning = Tuning::new(&Rules::default(), 60);
        let scatter = &tuning.weapons[1];
        let degrees = f32::from(scatter.pellet_step) * 6.0 * 360.0 / 65_536.0;
        assert!((degrees - 18.0).abs() < 0.05, "{degrees}");
        let tiles = tuning.dash_speed * tuning.dash_ticks as i32 / VELOCITY_SCALE;
        assert!((tiles - 4 * TILE).abs() < 16, "{tiles}");
    }

    #[test]
    fn lists_are_checked_entry_by_entry() {
        let broken = |change: fn(&mut Rules)| {
            let mut rules = Rules::default();
            change(&mut rules);
            rules.validate().unwrap_err().to_string()
        };
        assert_eq!(
            broken(|rules| rules.weapons[2].damage = 0),
            "weapons.rail.damage = 0 is not allowed: 1 to 250"
        );
        assert_eq!(
            broken(|rules| rules.weapons[1].name = "Big Gun".to_owned()),
            "weapons.1.name = \"Big Gun\" is not allowed: 1 to 24 of a to z, 0 to 9 and -"
        );
        assert_eq!(
            broken(|rules| rules.weapons[1].name = "rail".to_owned()),
            "weapons.name = \"rail\" is not allowed: each name once"
        );
        assert_eq!(
            broken(|rules| rules.weapons.clear()),
            "weapons = 0 entries is not allowed: 1 to 8"
        );
        assert_eq!(
            broken(|rules| rules.pickups[2].weapon = "bow".to_owned()),
            "pickups.scatter.weapon = \"bow\" is not allowed: scatter, rail, lobber"
        );
    }
}
