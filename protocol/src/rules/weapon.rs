//! Weapons as data. One that needs no new behaviour is one more entry of `rules.weapons`.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::{Range, RulesError, Scale, at_most};
use crate::message::named;

/// Most weapons in one set of rules: their number takes three bits.
pub const WEAPONS_MAX: usize = 8;
/// Most shots that leave the muzzle at once.
pub const PELLETS_MAX: u8 = 16;
/// Most shots of one weapon that a craft may have in flight, were it to fire all the time.
const LIVE_SHOTS_MAX: f32 = 32.0;
/// Most shots that a weapon may fire in a second: each is born, told and forgotten, however short it lives.
const SHOTS_PER_S_MAX: f32 = 64.0;
/// Most shots in a second where each bursts: a burst looks at everybody round it.
const BURSTS_PER_S_MAX: f32 = 16.0;
/// Most beams in a second: each is traced, judged and told at once, and no budget puts one off.
const BEAMS_PER_S_MAX: f32 = 10.0;
/// Longest name of a weapon or a pickup, in bytes.
pub const ITEM_NAME_BYTES_MAX: usize = 24;

/// A weapon, by its place in `rules.weapons`. The first is what everybody always has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Encode, Decode)]
pub struct Weapon(pub u8);

impl Weapon {
    /// What everybody always has.
    pub const FIRST: Weapon = Weapon(0);
}

named! {
    /// What leaves the muzzle.
    WeaponKind {
        /// Shots that fly and bounce.
        Shot = "shot",
        /// A line that hits everything on it at once.
        Beam = "beam",
    }
}

/// One weapon. A key that isn't given has the value of the Pulse, or none.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct WeaponRules {
    /// What it is called in events and by pads: lower-case letters, digits and `-`.
    pub name: String,
    /// What leaves the muzzle.
    pub kind: WeaponKind,
    /// Times it fires in a second while the trigger is held.
    pub rate_per_s: f32,
    /// How long the trigger is held before it fires, in seconds; 0 fires at once.
    pub charge_s: f32,
    /// Shots that leave the muzzle at once.
    pub pellets: u8,
    /// Angle between the outermost of them, in degrees.
    pub spread_degrees: f32,
    /// Speed of a shot, in tiles per second.
    pub shot_speed_tiles_per_s: f32,
    /// How long a shot flies, in seconds.
    pub shot_life_s: f32,
    /// Radius of a shot or a beam, in tiles.
    pub shot_radius_tiles: f32,
    /// Length of a beam with all its bounces, in tiles.
    pub range_tiles: f32,
    /// Damage before the first bounce; of a burst, at its centre.
    pub damage: u8,
    /// How often a shot or a beam bounces; the next wall ends it.
    pub bounces: u8,
    /// What each bounce adds to the damage, as a share of `damage`.
    pub bounce_bonus: f32,
    /// Where a shot ends it bursts, and hurts everybody within so many tiles, less the farther away; 0: it doesn't.
    pub burst_radius_tiles: f32,
    /// Times it fires once picked up; 0: it never ends, which only the first weapon may.
    pub ammo: u8,
}

impl Default for WeaponRules {
    fn default() -> Self {
        WeaponRules {
            name: "pulse".to_owned(),
            kind: WeaponKind::Shot,
            rate_per_s: 6.0,
            charge_s: 0.0,
            pellets: 1,
            spread_degrees: 0.0,
            shot_speed_tiles_per_s: 20.0,
            shot_life_s: 1.2,
            shot_radius_tiles: 0.12,
            range_tiles: 32.0,
            damage: 12,
            bounces: 2,
            bounce_bonus: 0.5,
            burst_radius_tiles: 0.0,
            ammo: 0,
        }
    }
}

impl WeaponRules {
    /// The four weapons of the game.
    pub fn all() -> Vec<WeaponRules> {
        let scatter = WeaponRules {
            name: "scatter".to_owned(),
            rate_per_s: 1.3,
            pellets: 7,
            spread_degrees: 18.0,
            shot_speed_tiles_per_s: 18.0,
            shot_life_s: 0.5,
            damage: 12,
            bounces: 1,
            ammo: 12,
            ..WeaponRules::default()
        };
        let rail = WeaponRules {
            name: "rail".to_owned(),
            kind: WeaponKind::Beam,
            rate_per_s: 1.0,
            charge_s: 0.35,
            shot_radius_tiles: 0.1,
            damage: 65,
            bounces: 1,
            ammo: 6,
            ..WeaponRules::default()
        };
        let lobber = WeaponRules {
            name: "lobber".to_owned(),
            rate_per_s: 1.0,
            shot_speed_tiles_per_s: 11.0,
            shot_life_s: 1.4,
            shot_radius_tiles: 0.2,
            damage: 80,
            bounces: 200,
            burst_radius_tiles: 2.5,
            ammo: 8,
            ..WeaponRules::default()
        };
        vec![WeaponRules::default(), scatter, rail, lobber]
    }

    pub(super) fn validate(&self, at: usize, range: Range<'_>) -> Result<(), RulesError> {
        let key = |field: &str| format!("weapons.{}.{field}", self.name);
        check_name(&format!("weapons.{at}.name"), &self.name)?;
        range(key("rate_per_s"), self.rate_per_s, 0.1, 30.0)?;
        range(key("charge_s"), self.charge_s, 0.0, 5.0)?;
        let pellets = f32::from(PELLETS_MAX);
        range(key("pellets"), f32::from(self.pellets), 1.0, pellets)?;
        range(key("spread_degrees"), self.spread_degrees, 0.0, 180.0)?;
        let speed = self.shot_speed_tiles_per_s;
        range(key("shot_speed_tiles_per_s"), speed, 1.0, 60.0)?;
        range(key("shot_life_s"), self.shot_life_s, 0.05, 4.0)?;
        range(key("shot_radius_tiles"), self.shot_radius_tiles, 0.0, 1.0)?;
        range(key("range_tiles"), self.range_tiles, 1.0, 64.0)?;
        range(key("damage"), f32::from(self.damage), 1.0, 250.0)?;
        let bounces = if self.kind == WeaponKind::Beam {
            15.0
        } else {
            250.0
        };
        range(key("bounces"), f32::from(self.bounces), 0.0, bounces)?;
        range(key("bounce_bonus"), self.bounce_bonus, 0.0, 5.0)?;
        range(key("burst_radius_tiles"), self.burst_radius_tiles, 0.0, 8.0)?;
        self.check_flood()?;
        let least = if at == 0 { 0.0 } else { 1.0 };
        let most = if at == 0 { 0.0 } else { 250.0 };
        range(key("ammo"), f32::from(self.ammo), least, most)
    }
}

impl WeaponRules {
    /// What no number alone says: how much is in the air while the trigger is held.
    fn check_flood(&self) -> Result<(), RulesError> {
        let most = |product: &str, value: f32, most: f32| {
            at_most(format!("weapons.{}: {product}", self.name), value, most)
        };
        if self.kind == WeaponKind::Beam {
            return most("rate_per_s of a beam", self.rate_per_s, BEAMS_PER_S_MAX);
        }
        let per_s = self.rate_per_s * f32::from(self.pellets);
        let live = per_s * self.shot_life_s;
        most("rate_per_s x pellets x shot_life_s", live, LIVE_SHOTS_MAX)?;
        most("rate_per_s x pellets", per_s, SHOTS_PER_S_MAX)?;
        if self.burst_radius_tiles > 0.0 {
            let product = "rate_per_s x pellets of shots that burst";
            most(product, per_s, BURSTS_PER_S_MAX)?;
        }
        Ok(())
    }
}

/// Names stand in events, on pads and in files.
pub(super) fn check_name(key: &str, name: &str) -> Result<(), RulesError> {
    let is_good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if (1..=ITEM_NAME_BYTES_MAX).contains(&name.len()) && name.chars().all(is_good) {
        return Ok(());
    }
    Err(RulesError {
        key: key.to_owned(),
        value: format!("{name:?}"),
        allowed: format!("1 to {ITEM_NAME_BYTES_MAX} of a to z, 0 to 9 and -"),
    })
}

/// [`WeaponRules`] as integers per tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeaponTuning {
    /// What leaves the muzzle.
    pub kind: WeaponKind,
    /// Ticks from one shot to the next, or from a shot to the next charging.
    pub interval_ticks: u32,
    /// From the first tick of charging to the shot, in ticks.
    pub charge_ticks: u32,
    /// Shots at once.
    pub pellets: u8,
    /// Angle between two neighbours of them, in 1/65,536 turn.
    pub pellet_step: u16,
    /// Speed of a shot, in velocity units.
    pub shot_speed: i32,
    /// How long a shot flies, in ticks (at most 255).
    pub shot_life_ticks: u8,
    /// Radius of a shot or a beam, in position units.
    pub shot_radius: i32,
    /// Length of a beam, in position units.
    pub range: i32,
    /// Damage by number of bounces; what has bounced more often does as much as the last.
    pub damage: [u8; 16],
    /// How often it bounces.
    pub bounces: u8,
    /// Radius of the burst, in position units; 0: none.
    pub burst_radius: i32,
    /// Times it fires once picked up; 0: it never ends.
    pub ammo: u8,
}

impl WeaponTuning {
    pub(super) fn new(rules: &WeaponRules, scale: &Scale) -> WeaponTuning {
        let gaps = f32::from(rules.pellets.max(2) - 1);
        WeaponTuning {
            kind: rules.kind,
            interval_ticks: ((scale.hz / rules.rate_per_s).round() as u32).max(1),
            charge_ticks: scale.ticks(rules.charge_s),
            pellets: rules.pellets,
            pellet_step: (rules.spread_degrees / 360.0 * 65_536.0 / gaps).round() as u16,
            shot_speed: scale.velocity(rules.shot_speed_tiles_per_s).max(1),
            shot_life_ticks: scale.ticks(rules.shot_life_s).clamp(1, 255) as u8,
            shot_radius: scale.position(rules.shot_radius_tiles),
            range: scale.position(rules.range_tiles).max(1),
            damage: damage_by_bounces(rules.damage, rules.bounce_bonus),
            bounces: rules.bounces,
            burst_radius: scale.position(rules.burst_radius_tiles),
            ammo: rules.ammo,
        }
    }

    /// What it does to a craft after so many bounces.
    pub fn damage(&self, bounces: u8) -> u8 {
        self.damage[usize::from(bounces.min(15))]
    }
}

fn damage_by_bounces(damage: u8, bonus: f32) -> [u8; 16] {
    std::array::from_fn(|bounces| {
        let factor = 1.0 + bonus * bounces as f32;
        (f32::from(damage) * factor).round().clamp(1.0, 255.0) as u8
    })
}
