//! Any view, and any other that may follow it.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use fracas_protocol::motion::{CraftMotion, Pilot, Shot, ShotStep, Weapon, step_shot};
use fracas_protocol::snapshot::delta;
use fracas_protocol::view::{Craft, MatchClock, Roster, RosterEntry, Score, View};
use fracas_protocol::{Angle, Arena, Phase, PlayerId, ShotId, Snapshot, Vec2, decode, encode};
use proptest::prelude::*;

use crate::arena;
use crate::snapshots::busy;

/// Inside any map and at any speed the rules allow.
fn motion() -> impl Strategy<Value = CraftMotion> {
    let (place, speed) = (-10_000..600_000, -13_000..13_000);
    (place.clone(), place, speed.clone(), speed).prop_map(|(x, y, vx, vy)| CraftMotion {
        pos: Vec2::new(x, y),
        vel: Vec2::new(vx, vy),
    })
}

fn pilot() -> impl Strategy<Value = Pilot> {
    let ticks = (any::<u32>(), any::<u32>(), any::<u32>());
    (
        any::<u8>(),
        any::<bool>(),
        motion(),
        any::<u8>(),
        ticks,
        any::<Option<u16>>(),
    )
        .prop_map(
            |(life, alive, motion, health, (ready_at, protected_until, respawn_at), killer)| {
                Pilot {
                    life,
                    alive,
                    motion,
                    health,
                    ready_at,
                    protected_until,
                    respawn_at,
                    killer: killer.map(PlayerId),
                }
            },
        )
}

fn craft() -> impl Strategy<Value = Craft> {
    // Few lives and aims, so that they stay the same as often as not.
    (0..3_u8, motion(), 0..3_u8, 98..=100_u8, any::<bool>()).prop_map(
        |(life, motion, aim, health, protected)| Craft {
            life,
            motion,
            aim,
            health,
            protected,
        },
    )
}

fn id() -> impl Strategy<Value = u16> {
    prop_oneof![8 => 0..12_u16, 1 => any::<u16>()]
}

fn crafts() -> impl Strategy<Value = Vec<(PlayerId, Craft)>> {
    sorted(craft()).prop_map(|list| {
        list.into_iter()
            .map(|(id, craft)| (PlayerId(id), craft))
            .collect()
    })
}

fn roster() -> impl Strategy<Value = Roster> {
    let names = prop::sample::select(vec!["Ada", "Bo", "Vesper"]);
    let score = (any::<i16>(), any::<u16>(), 0..2_u16, 0..2_u16, 0..2_u16);
    let entry = (names, any::<bool>(), score, 0..3_u16).prop_map(|(name, bot, score, ping_ms)| {
        RosterEntry {
            name: name.into(),
            bot,
            score: Score {
                score: score.0,
                kills: score.1,
                deaths: score.2,
                assists: score.3,
                streak: score.4,
            },
            ping_ms,
        }
    });
    sorted(entry).prop_map(|list| {
        list.into_iter()
            .map(|(id, entry)| (PlayerId(id), entry))
            .collect()
    })
}

fn sorted<T: std::fmt::Debug>(
    of: impl Strategy<Value = T>,
) -> impl Strategy<Value = BTreeMap<u16, T>> {
    prop::collection::btree_map(id(), of, 0..10)
}

fn clock() -> impl Strategy<Value = MatchClock> {
    (prop::sample::select(Phase::ALL), 0..3_u32)
        .prop_map(|(phase, ends)| MatchClock { phase, ends })
}

/// Shots that fly in the yard, at any age.
fn shots() -> impl Strategy<Value = BTreeMap<u16, Shot>> {
    let spot = (1_100..9_100_i32, 1_100..2_000_i32);
    let shot = (0..4_u16, spot, any::<u16>(), 0..3_u8, 0..72_u8).prop_map(
        |(owner, (x, y), heading, bounces, age)| Shot {
            owner: PlayerId(owner),
            weapon: Weapon::Pulse,
            pos: Vec2::new(x, y),
            heading: Angle(heading),
            bounces,
            age,
        },
    );
    sorted(shot)
}

fn flown(shot: &Shot, ticks: u32, arena: &Arena) -> Option<Shot> {
    let mut shot = *shot;
    for _ in 0..ticks {
        if step_shot(&mut shot, arena, |_| ControlFlow::Continue(())) != ShotStep::Flying {
            return None;
        }
    }
    Some(shot)
}

/// What becomes of shots in `ticks`: most fly on, some meet a craft, others are fired in the meantime.
fn later(
    old: &BTreeMap<u16, Shot>,
    met: &[bool],
    fired: BTreeMap<u16, Shot>,
    ticks: u32,
    arena: &Arena,
) -> BTreeMap<u16, Shot> {
    let fate = met.iter().copied().chain(std::iter::repeat(false));
    let mut new: BTreeMap<_, _> = old
        .iter()
        .zip(fate)
        .filter(|(_, met)| !met)
        .filter_map(|((id, shot), _)| Some((*id, flown(shot, ticks, arena)?)))
        .collect();
    for (id, shot) in fired {
        if ticks > 0 {
            let age = (u32::from(shot.age) % ticks) as u8;
            new.entry(id).or_insert(Shot { age, ..shot });
        }
    }
    new
}

fn list(shots: BTreeMap<u16, Shot>) -> Vec<(ShotId, Shot)> {
    shots
        .into_iter()
        .map(|(id, shot)| (ShotId(id), shot))
        .collect()
}

fn pair() -> impl Strategy<Value = (View, View)> {
    let ticks = prop_oneof![8 => 0..6_u32, 1 => 0..400_u32];
    let time = (0..1_000_000_u32, ticks);
    let one = || (clock(), pilot(), crafts(), roster());
    let flight = (
        shots(),
        prop::collection::vec(any::<bool>(), 0..10),
        shots(),
    );
    (time, one(), one(), flight, any::<bool>()).prop_map(
        |((tick, ticks), old, new, (shots, met, fired), same_roster)| {
            let arena = arena();
            let next_shots = later(&shots, &met, fired, ticks, &arena);
            let view = |tick, (clock, own, crafts, roster), shots| View {
                tick,
                clock,
                own,
                crafts,
                shots,
                roster: Arc::new(roster),
            };
            let base = view(tick, old, list(shots));
            let mut next = view(tick + ticks, new, list(next_shots));
            if same_roster {
                next.roster = base.roster.clone();
            }
            (base, next)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn s10_a_view_and_its_delta_give_the_next_view((base, next) in pair(), margin: i8) {
        let arena = arena();
        let mut snapshot = busy();
        delta(&base, &next, &arena, &mut snapshot);
        snapshot.input_margin = margin;
        snapshot.checksum = Some(next.checksum());
        let read: Snapshot = decode(&encode(&snapshot)).unwrap();
        prop_assert_eq!(&read, &snapshot, "what travels is what was meant");
        let mut rebuilt = base.clone();
        rebuilt.apply(&read, &arena).unwrap();
        prop_assert_eq!(Some(rebuilt.checksum()), read.checksum);
        prop_assert_eq!(rebuilt, next);
    }

    #[test]
    fn s10_what_has_not_changed_does_not_travel((base, _) in pair()) {
        let mut snapshot = busy();
        delta(&base, &base, &arena(), &mut snapshot);
        prop_assert_eq!(snapshot, Snapshot::default());
    }

    #[test]
    fn s11_the_checksum_differs_when_anything_does((base, next) in pair()) {
        if base != next {
            prop_assert_ne!(base.checksum(), next.checksum());
        }
    }
}
