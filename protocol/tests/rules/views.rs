//! Any view, and any other that may follow it.

use std::collections::BTreeMap;
use std::sync::Arc;

use fracas_protocol::motion::{CraftMotion, Dash, Deflect, Pilot, Shot, Special};
use fracas_protocol::snapshot::{ContentBits, NoTracks, delta};
use fracas_protocol::view::{
    Craft, CraftFlags, EmptyPads, Flag, MatchState, Objective, Roster, RosterEntry, Score, View,
    Zone,
};
use fracas_protocol::{
    Angle, Phase, PlayerId, ShotId, Snapshot, Steer, Team, Vec2, Weapon, decode, encode,
};
use proptest::prelude::*;

use crate::arena;
use crate::snapshots::busy;
use crate::world::World;

/// Inside any map and at any speed the rules allow.
fn motion() -> impl Strategy<Value = CraftMotion> {
    let (place, speed) = (-10_000..600_000, -13_000..13_000);
    (place.clone(), place, speed.clone(), speed).prop_map(|(x, y, vx, vy)| CraftMotion {
        pos: Vec2::new(x, y),
        vel: Vec2::new(vx, vy),
    })
}

/// Dashes as well.
fn steer() -> impl Strategy<Value = Steer> {
    (0..=224_u8).prop_map(|code| Steer::from_code(code).unwrap())
}

fn pilot() -> impl Strategy<Value = Pilot> {
    let tick = any::<u32>;
    let ticks = (tick(), tick(), tick());
    let special = (0..8_u8, any::<u8>(), tick(), any::<Option<u32>>());
    let special = special.prop_map(|(weapon, ammo, ready_at, charging_since)| Special {
        weapon: Weapon(weapon),
        ammo,
        ready_at,
        charging_since,
    });
    let dash = (tick(), tick()).prop_map(|(until, full_at)| Dash { until, full_at });
    let deflect = (tick(), tick()).prop_map(|(until, ready_at)| Deflect { until, ready_at });
    let flight = (motion(), steer());
    let life = (any::<u8>(), any::<bool>(), any::<u8>(), any::<u8>());
    let rest = (special, dash, deflect, tick(), tick(), any::<Option<u16>>());
    (life, flight, ticks, rest).prop_map(|(life, flight, ticks, rest)| {
        let (special, dash, deflect, haste_until, overcharge_until, killer) = rest;
        Pilot {
            life: life.0,
            alive: life.1,
            health: life.2,
            shield: life.3,
            motion: flight.0,
            steer: flight.1,
            ready_at: ticks.0,
            protected_until: ticks.1,
            respawn_at: ticks.2,
            killer: killer.map(PlayerId),
            special,
            dash,
            deflect,
            haste_until,
            overcharge_until,
        }
    })
}

fn craft() -> impl Strategy<Value = Craft> {
    // Few lives and aims, so that they stay the same as often as not.
    let seen = (0..3_u8, 98..=100_u8, 0..3_u8, 0..1_u8 << CraftFlags::WIDTH);
    (0..3_u8, motion(), steer(), seen).prop_map(|(life, motion, steer, seen)| Craft {
        life,
        motion,
        steer,
        aim: seen.0,
        health: seen.1,
        shield: seen.2,
        flags: CraftFlags(seen.3),
    })
}

/// Pads that are empty after `tick`.
fn pads() -> impl Strategy<Value = Vec<(u16, u32)>> {
    let ticks = prop_oneof![4 => 1..8_u32, 4 => 1..2_000_u32, 1 => Just(u32::MAX)];
    sorted(ticks).prop_map(|list| list.into_iter().collect())
}

fn sorted<T: std::fmt::Debug>(
    of: impl Strategy<Value = T>,
) -> impl Strategy<Value = BTreeMap<u16, T>> {
    let id = prop_oneof![8 => 0..12_u16, 1 => any::<u16>()];
    prop::collection::btree_map(id, of, 0..10)
}

fn crafts() -> impl Strategy<Value = Vec<(PlayerId, Craft)>> {
    let player = |(id, craft)| (PlayerId(id), craft);
    sorted(craft()).prop_map(move |list| list.into_iter().map(player).collect())
}

fn roster() -> impl Strategy<Value = Roster> {
    let names = prop::sample::select(vec!["Ada", "Bo", "Vesper"]);
    let score = (any::<i16>(), any::<u16>(), 0..2_u16, 0..2_u16, 0..2_u16);
    let team = prop::sample::select(vec![None, Some(Team::Blue), Some(Team::Orange)]);
    let kind = (any::<bool>(), team);
    let entry = (names, kind, score, 0..3_u16).prop_map(|(name, (bot, team), score, ping_ms)| {
        RosterEntry {
            name: name.into(),
            bot,
            team,
            score: Score {
                score: score.0,
                kills: score.1,
                deaths: score.2,
                assists: score.3,
                streak: score.4,
                objective: score.4,
            },
            ping_ms,
        }
    });
    let player = |(id, entry)| (PlayerId(id), entry);
    sorted(entry).prop_map(move |list| list.into_iter().map(player).collect())
}

fn match_state() -> impl Strategy<Value = MatchState> {
    let crown = prop::option::of((0..3_u16).prop_map(PlayerId));
    let teams = prop::option::of([0..3_i32, -1..2_i32]);
    let phase = prop::sample::select(Phase::ALL);
    (phase, 0..3_u32, crown, teams, objective()).prop_map(
        |(phase, ends, crown, teams, objective)| MatchState {
            phase,
            ends,
            crown,
            teams,
            objective,
        },
    )
}

fn objective() -> impl Strategy<Value = Objective> {
    let at = (0..3_i32, -1..2_i32).prop_map(|(x, y)| Vec2::new(x, y));
    let flag = || {
        prop_oneof![
            Just(Flag::Home),
            (0..3_u16).prop_map(|by| Flag::Carried { by: PlayerId(by) }),
            (at.clone(), 0..3_u32).prop_map(|(at, returns)| Flag::Dropped { at, returns }),
        ]
    };
    prop_oneof![
        Just(Objective::None),
        [flag(), flag()].prop_map(Objective::Flags),
        (0..3_u8, any::<bool>()).prop_map(|(index, contested)| {
            Objective::Zone(Zone {
                index,
                contested,
                ..Zone::default()
            })
        }),
    ]
}

/// Shots that fly in the yard, at any age that one of their weapon has.
fn shots() -> impl Strategy<Value = Vec<(ShotId, Shot)>> {
    let spot = (1_100..9_100_i32, 1_100..2_000_i32);
    let kind = (0..4_u16, 0..8_u8);
    let shot = (kind, spot, any::<u16>(), any::<u8>(), 0..72_u8).prop_map(
        |((owner, weapon), (x, y), heading, bounces, age)| Shot {
            owner: PlayerId(owner),
            weapon: Weapon(weapon),
            pos: Vec2::new(x, y),
            heading: Angle(heading),
            bounces,
            age: age % if weapon == 1 { 30 } else { 72 },
        },
    );
    sorted(shot).prop_map(|list| {
        list.into_iter()
            .map(|(id, shot)| (ShotId(id), shot))
            .collect()
    })
}

/// Counted from `tick`; what never comes, never comes.
fn ready_at(pads: Vec<(u16, u32)>, tick: u32) -> Arc<EmptyPads> {
    let later = |(pad, ticks): (u16, u32)| (pad, tick.saturating_add(ticks));
    Arc::new(pads.into_iter().map(later).collect())
}

/// Two views that have nothing to do with each other, but for the time.
fn pair() -> impl Strategy<Value = (View, View)> {
    let ticks = prop_oneof![8 => 1..6_u32, 1 => 0..400_u32];
    let one = || {
        (
            match_state(),
            pilot(),
            crafts(),
            roster(),
            (shots(), pads()),
        )
    };
    ((0..1_000_000_u32, ticks), one(), one(), any::<bool>()).prop_map(
        |((tick, ticks), old, new, same_roster)| {
            let view = |tick: u32, (match_state, own, crafts, roster, (shots, pads))| View {
                me: PlayerId(3),
                tick,
                match_state,
                own,
                crafts,
                shots,
                pads: ready_at(pads, tick),
                roster: Arc::new(roster),
            };
            let (base, mut next) = (view(tick, old), view(tick + ticks, new));
            if same_roster {
                next.roster = base.roster.clone();
            }
            // Only the motion leads from a shot to the same shot later.
            let born = |shot: &Shot, now| (shot.owner, shot.weapon, shot.birth(now));
            next.shots.retain(|(id, new)| {
                let old = base.shots.iter().find(|(old, _)| old == id);
                old.is_none_or(|(_, old)| born(old, base.tick) != born(new, next.tick))
            });
            (base, next)
        },
    )
}

/// Encoded, decoded and applied; and what travels is what was meant.
pub(crate) fn carried(base: &View, snapshot: &Snapshot) -> View {
    let read: Snapshot = decode(&encode(snapshot)).unwrap();
    let content = ContentBits::default();
    assert_eq!(
        Snapshot {
            content,
            ..read.clone()
        },
        *snapshot
    );
    let mut view = base.clone();
    view.apply(&read, &arena()).unwrap();
    view
}

#[derive(Clone, Debug)]
enum Happens {
    Turn { who: u16, code: u8 },
    Aim { who: u16, angle: u16 },
    Trigger { who: u16, held: u8 },
    Spawn { who: u16, at: (i32, i32) },
    Death { who: u16 },
    Hurt { who: u16, health: u8, shield: u8 },
    Take { who: u16, pickup: &'static str },
    Runs { who: u16, ticks: u32 },
    Pad { pad: u16, ticks: u32 },
    Filled { pad: u16 },
    Hide { who: u16 },
    LeaveOut { who: u16 },
    Met { shot: u16 },
    Match(MatchState),
    Roster(Roster),
    Ticks(u32),
    Told,
}

const PICKUPS: &[&str] = &[
    "health",
    "shield",
    "scatter",
    "rail",
    "lobber",
    "haste",
    "haste",
    "overcharge",
];

/// Turns and short intervals mostly; now and then so many turns or so long an interval that things are told in full.
fn happens() -> impl Strategy<Value = Happens> {
    let who = || prop::sample::select(vec![0, 1, 2, 3, 4, 9, 700_u16]);
    let at = (0..3_i32, 0..4_i32).prop_map(|(x, y)| (1_600 + x * 900, 4_700 + y * 600));
    let ticks = prop_oneof![20 => 1..4_u32, 4 => 10..35_u32, 1 => 60..70_u32, 1 => 100..300_u32];
    prop_oneof![
        8 => (who(), 0..=192_u8).prop_map(|(who, code)| Happens::Turn { who, code }),
        3 => (who(), any::<u16>()).prop_map(|(who, angle)| Happens::Aim { who, angle }),
        3 => (who(), 0..=15_u8).prop_map(|(who, held)| Happens::Trigger { who, held }),
        3 => (who(), prop::sample::select(PICKUPS)).prop_map(|(who, pickup)| Happens::Take { who, pickup }),
        2 => (who(), 0..5_u32).prop_map(|(who, ticks)| Happens::Runs { who, ticks }),
        1 => (0..6_u16, 1..40_u32).prop_map(|(pad, ticks)| Happens::Pad { pad, ticks }),
        1 => (0..6_u16).prop_map(|pad| Happens::Filled { pad }),
        2 => (who(), at).prop_map(|(who, at)| Happens::Spawn { who, at }),
        1 => who().prop_map(|who| Happens::Death { who }),
        1 => (who(), any::<u8>(), 0..3_u8)
            .prop_map(|(who, health, shield)| Happens::Hurt { who, health, shield }),
        1 => who().prop_map(|who| Happens::Hide { who }),
        4 => who().prop_map(|who| Happens::LeaveOut { who }),
        1 => (0..300_u16).prop_map(|shot| Happens::Met { shot }),
        1 => match_state().prop_map(Happens::Match),
        1 => roster().prop_map(Happens::Roster),
        12 => ticks.prop_map(Happens::Ticks),
        12 => Just(Happens::Told),
    ]
}

impl World {
    fn let_happen(&mut self, what: Happens) {
        match what {
            Happens::Turn { who, code } => self.steer(who, code),
            Happens::Aim { who, angle } => self.aim(who, angle),
            Happens::Trigger { who, held } => self.trigger(who, held),
            Happens::Spawn { who, at } => self.spawn(who, at),
            Happens::Death { who } => self.kill(who, Some(4)),
            Happens::Hurt {
                who,
                health,
                shield,
            } => {
                let pilot = &mut self.flyer(who).pilot;
                (pilot.health, pilot.shield) = (health, shield);
            }
            Happens::Take { who, pickup } => self.give(who, pickup),
            // So that haste ends within a story, and may be taken again in the tick in which it does.
            Happens::Runs { who, ticks } => self.flyer(who).haste_ends_in = Some(ticks),
            Happens::Pad { pad, ticks } => self.empty_pad(pad, ticks),
            Happens::Filled { pad } => _ = self.pads.remove(&pad),
            Happens::Hide { who } => self.flyer(who).hidden ^= true,
            // The own craft never is.
            Happens::LeaveOut { who } => self.flyer(who).left_out = who != 1,
            Happens::Met { shot } => {
                self.shots.remove(&ShotId(shot % 8));
            }
            Happens::Match(state) => self.match_state = state,
            Happens::Roster(roster) => self.roster = Arc::new(roster),
            Happens::Ticks(ticks) => self.steps(ticks),
            Happens::Told => {}
        }
    }
}

/// Plays a story, and tells it to a client whenever it says so.
fn follow(story: Vec<Happens>, in_full: bool) {
    let mut world = World::new(arena(), 1_000);
    world.arena.tuning.starts_with = Some(Weapon(1));
    for who in [0, 1, 2, 3] {
        world.spawn(who, (1_600 + i32::from(who) * 700, 4_700));
    }
    world.step();
    let (me, tick) = (PlayerId(1), 1_000);
    let mut view = View {
        me,
        tick,
        ..View::default()
    };
    for what in story {
        let told = matches!(what, Happens::Told);
        world.let_happen(what);
        // What rules do to somebody is done in a tick, and remembered with it.
        if told {
            world.step();
            let (snapshot, next) = world.tell(&view, in_full);
            view = carried(&view, &snapshot);
            assert_eq!(view, next);
            for flyer in world.flyers.values_mut() {
                flyer.was_left_out = std::mem::take(&mut flyer.left_out);
            }
            assert_eq!(Some(view.checksum()), snapshot.checksum);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn s10_a_view_and_its_delta_give_the_next_view((base, next) in pair(), margin: i8, starved: u8) {
        let mut snapshot = busy();
        delta(&base, &next, &NoTracks, &arena(), &mut snapshot);
        (snapshot.input_margin, snapshot.starved) = (margin, starved);
        snapshot.checksum = Some(next.checksum());
        prop_assert_eq!(carried(&base, &snapshot), next);
    }

    #[test]
    fn s10_a_story_told_in_turns_is_the_story(story in prop::collection::vec(happens(), 1..80)) {
        follow(story, false);
    }

    #[test]
    fn s14_a_story_told_in_full_is_the_story(story in prop::collection::vec(happens(), 1..80)) {
        follow(story, true);
    }

    #[test]
    fn s11_the_checksum_differs_when_anything_does((base, next) in pair()) {
        if base != next {
            prop_assert_ne!(base.checksum(), next.checksum());
        }
    }
}
