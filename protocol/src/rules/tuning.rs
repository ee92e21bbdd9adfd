//! The numbers of the game as both ends compute with them: integers per tick.

use std::sync::Arc;

use super::{PickupTuning, Rules, Weapon, WeaponTuning};
use crate::geometry::{TILE, VELOCITY_SCALE};
use crate::map::Pad;
use crate::{Map, Vec2};

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
pub(super) struct Scale {
    pub(super) hz: f32,
}

impl Scale {
    pub(super) fn position(&self, tiles: f32) -> i32 {
        (tiles * TILE as f32).round() as i32
    }

    pub(super) fn velocity(&self, tiles_per_s: f32) -> i32 {
        (tiles_per_s * (TILE * VELOCITY_SCALE) as f32 / self.hz).round() as i32
    }

    pub(super) fn ticks(&self, seconds: f32) -> u32 {
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
#[derive(Clone, Debug, PartialEq)]
pub struct Arena {
    /// The tiles.
    pub map: Arc<Map>,
    /// The numbers.
    pub tuning: Tuning,
    /// The map's pads, in their order there.
    pub pads: Vec<PadTuning>,
    /// Their places in that order, those to the north first.
    pads_by_y: Vec<u16>,
}

/// A pad as the rules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PadTuning {
    /// Where, in position units.
    pub pos: Vec2,
    /// What lies there, by its place in [`Tuning::pickups`]; none if the rules know no such pickup: it stays empty.
    pub pickup: Option<u8>,
}

impl Arena {
    /// The arena for a map and rules at a tick rate.
    pub fn new(map: Arc<Map>, rules: &Rules, tick_hz: u8) -> Arena {
        let tuning = Tuning::new(rules, tick_hz);
        let named = |item: &str| tuning.pickups.iter().position(|pickup| pickup.name == item);
        let pad = |pad: Pad<'_>| PadTuning {
            pos: pad.pos,
            pickup: named(pad.item).and_then(|place| u8::try_from(place).ok()),
        };
        let pads: Vec<_> = map.pads().map(pad).collect();
        let mut pads_by_y: Vec<_> = (0..).take(pads.len()).collect();
        pads_by_y.sort_by_key(|pad: &u16| pads[usize::from(*pad)].pos.y);
        Arena {
            map,
            tuning,
            pads,
            pads_by_y,
        }
    }

    /// The pads within `range` position units of a place along each axis, and their places in [`Arena::pads`].
    pub fn pads_near(&self, place: Vec2, range: i32) -> impl Iterator<Item = (u16, &PadTuning)> {
        let pad = |at: &u16| (*at, &self.pads[usize::from(*at)]);
        let first = self
            .pads_by_y
            .partition_point(|at| pad(at).1.pos.y < place.y.saturating_sub(range));
        self.pads_by_y[first..]
            .iter()
            .map(pad)
            .take_while(move |(_, pad)| pad.pos.y <= place.y.saturating_add(range))
            .filter(move |(_, pad)| (pad.pos.x - place.x).abs() <= range)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pads_are_found_by_where_they_lie() {
        let map =
            "=1 health\n=2 nothing-like-it\n########\n#S1..2.#\n#......#\n#1....S#\n########\n";
        let arena = Arena::new(Arc::new(Map::parse(map).unwrap()), &Rules::default(), 60);
        let found = |column: i32, row: i32, tiles: i32| {
            let place = Vec2::new(column * TILE + TILE / 2, row * TILE + TILE / 2);
            let pads = arena.pads_near(place, tiles * TILE);
            pads.map(|(at, _)| at).collect::<Vec<_>>()
        };
        assert_eq!(found(2, 1, 0), [0]);
        assert_eq!(found(2, 1, 2), [0, 2]);
        assert_eq!(found(3, 2, 1), [0]);
        assert_eq!(found(4, 2, 3), [0, 1, 2]);
        assert_eq!(found(4, 2, 0), [0; 0]);
        let all = arena.pads_near(Vec2::new(-5, -5), i32::MAX);
        assert_eq!(all.count(), 3);
        let known = arena.pads.iter().map(|pad| pad.pickup.is_some());
        assert!(known.eq([true, false, true]));
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
}
