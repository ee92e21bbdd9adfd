//! The numbers of the game. [`Rules`] is what a host edits, in tiles and seconds; [`Tuning`] is the same as integers
//! per tick, which is what the step functions use. Both ends derive the second from the first with the same arithmetic.

mod craft;
mod flow;
mod modes;
mod pickup;
mod tuning;
mod weapon;

use bincode::{Decode, Encode};
use serde::{Deserialize, Serialize};

pub use craft::{CraftRules, DashRules, DeflectRules, EffectRules, ViewRules};
pub use flow::{FlowRules, HitRules, STREAKS_MAX};
pub use modes::{ControlRules, CtfRules, MassiveRules};
pub use pickup::{Effect, PICKUPS_MAX, PickupRules, PickupTuning};
pub use tuning::{Arena, PadTuning, Tuning};
pub use weapon::{
    ITEM_NAME_BYTES_MAX, PELLETS_MAX, WEAPONS_MAX, Weapon, WeaponKind, WeaponRules, WeaponTuning,
};

use tuning::Scale;

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

/// Checks what several numbers come to; the key names them.
fn at_most(key: String, value: f32, most: f32) -> Result<(), RulesError> {
    if value <= most {
        return Ok(());
    }
    Err(RulesError {
        key,
        value: value.to_string(),
        allowed: format!("at most {most}"),
    })
}

impl Rules {
    /// Checks every number, and what would flood a server where several come together.
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

    fn broken(change: fn(&mut Rules)) -> String {
        let mut rules = Rules::default();
        change(&mut rules);
        rules.validate().unwrap_err().to_string()
    }

    #[test]
    fn what_several_numbers_come_to_is_bounded() {
        assert_eq!(
            broken(|rules| {
                let pulse = &mut rules.weapons[0];
                (pulse.rate_per_s, pulse.pellets, pulse.shot_life_s) = (30.0, 16, 4.0);
            }),
            "weapons.pulse: rate_per_s x pellets x shot_life_s = 1920 is not allowed: at most 32"
        );
        assert_eq!(
            broken(|rules| {
                let scatter = &mut rules.weapons[1];
                (scatter.rate_per_s, scatter.shot_life_s) = (10.0, 0.1);
            }),
            "weapons.scatter: rate_per_s x pellets = 70 is not allowed: at most 64"
        );
        assert_eq!(
            broken(|rules| rules.weapons[3].rate_per_s = 20.0),
            "weapons.lobber: rate_per_s x pellets of shots that burst = 20 is not allowed: at most 16"
        );
        assert_eq!(
            broken(|rules| rules.weapons[2].rate_per_s = 11.0),
            "weapons.rail: rate_per_s of a beam = 11 is not allowed: at most 10"
        );
        assert_eq!(
            broken(|rules| (rules.dash.distance_tiles, rules.dash.takes_s) = (16.0, 0.125)),
            "dash.distance_tiles / dash.takes_s = 128 is not allowed: at most 90"
        );
        assert_eq!(
            broken(|rules| rules.deflect.cooldown_s = 0.25),
            "deflect.window_s / deflect.cooldown_s = 1 is not allowed: at most 0.5"
        );
        assert_eq!(
            broken(|rules| (rules.view.width_tiles, rules.view.height_tiles) = (64.0, 64.0)),
            "view: (width_tiles + 2 x margin_tiles) x (height_tiles + 2 x margin_tiles) = 4489 is not allowed: \
             at most 3000"
        );
    }

    #[test]
    fn streaks_rise_from_two_and_may_be_none() {
        let refusal = |streaks: &[u16]| {
            let mut rules = Rules::default();
            rules.flow.streaks = streaks.to_vec();
            rules.validate().err().map(|error| error.to_string())
        };
        for good in [&[][..], &[2], &[1000], &[2, 3, 4, 5, 6, 7, 8, 1000]] {
            assert_eq!(refusal(good), None, "{good:?}");
        }
        for (bad, value) in [
            (&[1][..], "[1]"),
            (&[0, 5], "[0, 5]"),
            (&[1001], "[1001]"),
            (&[3, 3], "[3, 3]"),
            (&[5, 3], "[5, 3]"),
            (&[2, 3, 4, 5, 6, 7, 8, 9, 10], "9 entries"),
        ] {
            let says = format!(
                "flow.streaks = {value} is not allowed: \
                 2 to 1000, each more than the one before, 8 at most"
            );
            assert_eq!(refusal(bad), Some(says));
        }
    }

    #[test]
    fn lists_are_checked_entry_by_entry() {
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
