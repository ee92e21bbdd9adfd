//! What lies on pads, as data.

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

use super::weapon::check_name;
use super::{Range, RulesError, Scale, WeaponRules};
use crate::Weapon;
use crate::message::named;

/// Most kinds of pickups in one set of rules.
pub const PICKUPS_MAX: usize = 16;

named! {
    /// What a pickup does.
    Effect {
        /// Heals.
        Health = "health",
        /// Gives a shield, which takes damage first.
        Shield = "shield",
        /// Gives a weapon, in place of the special one that was held.
        Weapon = "weapon",
        /// Flies faster for a while.
        Haste = "haste",
        /// Hits harder for a while.
        Overcharge = "overcharge",
    }
}

/// A kind of pickup. Pads of a map name it.
#[derive(Clone, Debug, PartialEq, Encode, Decode, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PickupRules {
    /// What pads call it: lower-case letters, digits and `-`.
    pub name: String,
    /// What it does.
    pub effect: Effect,
    /// Health or shield given; otherwise without a meaning.
    pub amount: u8,
    /// How long haste or overcharge lasts, in seconds; otherwise without a meaning.
    pub lasts_s: f32,
    /// The weapon given, by its name; otherwise empty.
    pub weapon: String,
    /// From its taking to the next one on the pad, in seconds.
    pub comes_back_s: f32,
}

impl Default for PickupRules {
    fn default() -> Self {
        PickupRules {
            name: "health".to_owned(),
            effect: Effect::Health,
            amount: 40,
            lasts_s: 8.0,
            weapon: String::new(),
            comes_back_s: 12.0,
        }
    }
}

impl PickupRules {
    /// Everything that lies on the pads of the game.
    pub fn all() -> Vec<PickupRules> {
        let weapon = |name: &str| PickupRules {
            name: name.to_owned(),
            effect: Effect::Weapon,
            weapon: name.to_owned(),
            comes_back_s: 4.0,
            ..PickupRules::default()
        };
        let lasting = |name: &str, effect| PickupRules {
            name: name.to_owned(),
            effect,
            comes_back_s: 30.0,
            ..PickupRules::default()
        };
        vec![
            PickupRules::default(),
            PickupRules {
                amount: 50,
                comes_back_s: 20.0,
                ..lasting("shield", Effect::Shield)
            },
            weapon("scatter"),
            weapon("rail"),
            weapon("lobber"),
            lasting("haste", Effect::Haste),
            lasting("overcharge", Effect::Overcharge),
        ]
    }

    pub(super) fn validate(
        &self,
        at: usize,
        weapons: &[WeaponRules],
        range: Range<'_>,
    ) -> Result<(), RulesError> {
        let key = |field: &str| format!("pickups.{}.{field}", self.name);
        check_name(&format!("pickups.{at}.name"), &self.name)?;
        range(key("amount"), f32::from(self.amount), 0.0, 250.0)?;
        range(key("lasts_s"), self.lasts_s, 0.0, 120.0)?;
        range(key("comes_back_s"), self.comes_back_s, 0.5, 600.0)?;
        let names = || weapons.iter().skip(1).map(|weapon| weapon.name.as_str());
        if self.effect == Effect::Weapon && !names().any(|name| name == self.weapon) {
            return Err(RulesError {
                key: key("weapon"),
                value: format!("{:?}", self.weapon),
                allowed: names().collect::<Vec<_>>().join(", "),
            });
        }
        Ok(())
    }
}

/// [`PickupRules`] as integers per tick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PickupTuning {
    /// What pads call it.
    pub name: String,
    /// What it does.
    pub effect: Effect,
    /// Health or shield given.
    pub amount: u8,
    /// How long it lasts, in ticks.
    pub lasts_ticks: u32,
    /// The weapon given.
    pub weapon: Weapon,
    /// From its taking to the next one, in ticks.
    pub comes_back_ticks: u32,
}

impl PickupTuning {
    pub(super) fn new(rules: &PickupRules, weapons: &[WeaponRules], scale: &Scale) -> PickupTuning {
        let weapon = weapons
            .iter()
            .position(|weapon| weapon.name == rules.weapon);
        PickupTuning {
            name: rules.name.clone(),
            effect: rules.effect,
            amount: rules.amount,
            lasts_ticks: scale.ticks(rules.lasts_s),
            weapon: Weapon(weapon.unwrap_or(0) as u8),
            comes_back_ticks: scale.ticks(rules.comes_back_s).max(1),
        }
    }
}
