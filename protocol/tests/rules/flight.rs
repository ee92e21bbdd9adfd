//! How a snapshot carries a view forward, tick by tick.

use fracas_protocol::motion::{
    CraftMotion, Pilot, Turn, extrapolate, muzzle, step_craft, step_shot,
};
use fracas_protocol::snapshot::{
    ApplyError, CraftChange, CraftFields, FLIGHT_TICKS_MAX, OwnDelta, OwnFields, POSITION_MAX,
    ShotNews, VELOCITY_MAX,
};
use fracas_protocol::view::{Craft, View};
use fracas_protocol::{
    Angle, PlayerId, ShotId, Snapshot, Steer, TICK_MAX, Tick, Vec2, Weapon, encode,
};
use std::ops::ControlFlow;

use crate::arena;
use crate::views::carried;
use crate::world::World;

pub(crate) const RIGHT: u8 = 3;
const DOWN: u8 = 51;

pub(crate) fn steer(code: u8) -> Steer {
    Steer::from_code(code).unwrap()
}

/// Players 1 and 4 in an open place, and what 1 was told last.
pub(crate) fn two() -> (World, View) {
    let mut world = World::new(arena(), 1_000);
    world.spawn(1, (1_600, 6_600));
    world.spawn(4, (2_000, 4_700));
    world.steer(4, RIGHT);
    world.step();
    let (me, tick) = (PlayerId(1), 1_000);
    let empty = View {
        me,
        tick,
        ..View::default()
    };
    let view = told(&world, &empty).1;
    (world, view)
}

/// What leads to the present, and where it leads.
pub(crate) fn told(world: &World, base: &View) -> (Snapshot, View) {
    let (snapshot, next) = world.tell(base, false);
    assert_eq!(carried(base, &snapshot), next);
    (snapshot, next)
}

#[test]
fn s6_flight_under_the_same_steering_costs_nothing() {
    let (mut world, view) = two();
    // Once the protection that began with its life is over, nothing but flight happens to it.
    for ticks in [1, 5, 40, FLIGHT_TICKS_MAX] {
        world.steps(ticks);
        let (mut snapshot, _) = world.tell(&view, false);
        snapshot.checksum = None;
        if world.tick < 1_090 {
            assert_eq!(encode(&snapshot)[1..], [0, 0], "{ticks} ticks later");
        }
        assert!(snapshot.entered.is_empty());
        world = two().0;
    }
}

#[test]
fn s6_a_turn_is_flown_from_its_tick_on() {
    let (mut world, view) = two();
    world.steps(2);
    world.steer(4, DOWN);
    world.steps(3);
    let (snapshot, next) = told(&world, &view);
    let [(0, change)] = &snapshot.crafts[..] else {
        panic!("{:?}", snapshot.crafts)
    };
    let expected = [Turn {
        ago: 2,
        steer: steer(DOWN),
    }];
    assert_eq!(change.course.turns(), expected);
    let mut by_hand = view.craft(PlayerId(4)).unwrap().motion;
    for code in [RIGHT, RIGHT, DOWN, DOWN, DOWN] {
        step_craft(&mut by_hand, steer(code), false, &world.arena);
    }
    let craft = next.craft(PlayerId(4)).unwrap();
    assert_eq!((craft.motion, craft.steer), (by_hand, steer(DOWN)));
}

#[test]
fn s6_the_own_craft_is_flown_like_the_others() {
    let (mut world, view) = two();
    world.steer(1, RIGHT);
    world.steps(2);
    let (snapshot, next) = told(&world, &view);
    assert_eq!(snapshot.own.fields, OwnFields::COURSE);
    assert_eq!(next.own.steer, steer(RIGHT));
    assert_ne!(next.own.motion, view.own.motion);
}

#[test]
fn s6_what_turns_too_often_or_over_too_long_is_told_by_what_flight_missed() {
    for (turns, ticks, missed) in [(4, 16, false), (5, 16, true), (1, 17, true)] {
        let (mut world, view) = two();
        for tick in 0..ticks {
            if tick < turns {
                world.steer(4, tick as u8);
            }
            world.step();
        }
        let (snapshot, next) = told(&world, &view);
        let [(0, change)] = &snapshot.crafts[..] else {
            panic!("{:?}", snapshot.crafts)
        };
        let expected = if missed {
            CraftFields::MOTION
        } else {
            CraftFields::COURSE
        };
        assert_eq!(change.fields, expected, "{turns} in {ticks}");
        if missed {
            let (old, new) = (view.crafts[0].1, next.crafts[0].1);
            let flown = extrapolate(old.motion, old.steer, false, ticks, &world.arena);
            assert_eq!(change.missed.pos, new.motion.pos - flown.pos);
            assert_eq!(change.missed.vel, new.motion.vel - flown.vel);
            assert_eq!(change.steer, new.steer);
        }
    }
}

#[test]
fn s6_after_64_ticks_nobody_is_known_any_more() {
    for (ticks, known) in [(FLIGHT_TICKS_MAX, 1), (FLIGHT_TICKS_MAX + 1, 0)] {
        let (mut world, view) = two();
        world.flyer(1).pilot.health = 3;
        world.steps(ticks);
        let (snapshot, _) = told(&world, &view);
        assert_eq!(snapshot.known, Some(known), "{ticks}");
        assert_eq!(snapshot.entered.len(), 1 - usize::from(known));
        assert_eq!(snapshot.own.fields.has(OwnFields::MOTION), known == 0);
    }
    // Also when the snapshot says nothing of craft.
    let (_, mut view) = two();
    let silence = Snapshot {
        ticks: FLIGHT_TICKS_MAX + 1,
        ..Snapshot::default()
    };
    let own = view.own;
    view.apply(&silence, &arena()).unwrap();
    assert!(view.crafts.is_empty());
    assert_eq!(view.own, own, "nor is the own craft flown");
}

#[test]
fn s6_a_wreck_is_not_flown() {
    let (mut world, view) = two();
    world.kill(1, Some(4));
    world.steps(3);
    let (snapshot, dead) = told(&world, &view);
    assert!(snapshot.own.fields.has(OwnFields::MOTION));
    world.steer(1, RIGHT);
    world.steps(3);
    let (snapshot, still) = told(&world, &dead);
    assert!(snapshot.own.fields.is_empty());
    assert_eq!(still.own, dead.own);
    assert_eq!(dead.own.killer, Some(PlayerId(4)));
}

#[test]
fn s6_everybody_can_be_watched_tick_by_tick() {
    let (mut world, view) = two();
    let mut was = Vec::new();
    for code in [RIGHT, DOWN, DOWN] {
        world.steer(4, code);
        world.step();
        was.push((world.tick, world.flyer(4).pilot.motion));
    }
    let (snapshot, _) = world.tell(&view, false);
    let mut watched: Vec<(Tick, _)> = Vec::new();
    let (mut view, arena) = (view, arena());
    let watch = |tick, crafts: &[(PlayerId, Craft)]| watched.push((tick, crafts[0].1.motion));
    view.apply_watched(&snapshot, &arena, watch).unwrap();
    assert_eq!(watched, was[..2], "the last tick is the view itself");
}

#[test]
fn s7_a_shot_is_born_at_the_muzzle_after_the_flight_of_its_tick() {
    let (mut world, view) = two();
    world.aim(4, 60_000);
    world.trigger(4, 1);
    world.steer(4, DOWN);
    world.step();
    let at = world.flyer(4).pilot.motion.pos;
    world.steps(2);
    let (snapshot, next) = told(&world, &view);
    let news = ShotNews::Fired {
        by: 0,
        weapon: Weapon::FIRST,
        heading: Angle(60_000),
        ago: 2,
    };
    assert_eq!(snapshot.shots, [(ShotId(0), news)]);
    let mut by_hand = next.shots[0].1;
    (by_hand.pos, by_hand.age) = (muzzle(at, Angle(60_000), &world.arena), 0);
    for _ in 0..2 {
        step_shot(&mut by_hand, &world.arena, |_| ControlFlow::Continue(()));
    }
    assert_eq!(next.shots, [(ShotId(0), by_hand)]);
}

#[test]
fn s7_the_own_craft_fires_as_one_past_the_last_known() {
    let (mut world, view) = two();
    world.trigger(1, 1);
    world.step();
    let (snapshot, _) = told(&world, &view);
    let ShotNews::Fired { by, .. } = snapshot.shots[0].1 else {
        panic!("{:?}", snapshot.shots)
    };
    assert_eq!((by, snapshot.known), (1, Some(1)));
}

#[test]
fn s7_a_shot_whose_craft_enters_leaves_or_dies_is_told_as_it_is() {
    type Change = fn(&mut World);
    let cases: [(&str, Change); 3] = [
        ("enters", |world| world.spawn(4, (2_000, 4_700))),
        ("leaves", |world| world.flyer(4).hidden = true),
        ("dies", |world| world.kill(4, None)),
    ];
    for (what, change) in cases {
        let (mut world, view) = two();
        world.trigger(4, 1);
        world.step();
        change(&mut world);
        world.step();
        let (snapshot, _) = told(&world, &view);
        let (_, news) = snapshot.shots[0];
        assert!(matches!(news, ShotNews::Seen(_)), "{what}: {news:?}");
    }
}

#[test]
fn s7_a_shot_that_ended_at_a_wall_or_a_craft_is_gone_one_whose_time_is_over_is_not_told() {
    let (mut world, view) = two();
    world.trigger(4, 1);
    world.step();
    world.trigger(4, 0);
    let (_, mut view) = told(&world, &view);
    assert_eq!(view.shots.len(), 1);
    let met = std::mem::take(&mut world.shots);
    assert_eq!(told(&world, &view).0.shots_gone, [ShotId(0)]);
    world.shots = met;
    // Flies in the yard until its third wall or its time, whatever comes first.
    while !view.shots.is_empty() {
        world.step();
        let old = view.shots[0].1;
        let (snapshot, next) = told(&world, &view);
        view = next;
        if view.shots.is_empty() {
            let expired = old.expires_within(1, &world.arena);
            assert_eq!(snapshot.shots_gone.is_empty(), expired);
        }
    }
}

#[test]
fn s10_a_view_never_runs_past_the_last_tick() {
    let arena = arena();
    let mut view = View {
        tick: TICK_MAX - 1,
        ..View::default()
    };
    let next = Snapshot {
        ticks: 1,
        ..Snapshot::default()
    };
    assert_eq!(view.apply(&next, &arena), Ok(()));
    assert_eq!(view.apply(&next, &arena), Err(ApplyError::Ticks(1)));
    let wraps = Snapshot {
        ticks: u32::MAX,
        ..Snapshot::default()
    };
    let mut view = View::default();
    assert_eq!(view.apply(&wraps, &arena), Err(ApplyError::Ticks(u32::MAX)));
}

#[test]
fn s10_a_place_or_speed_that_nothing_can_have_is_refused() {
    for (pos, vel, result) in [
        (POSITION_MAX, 0, Ok(())),
        (POSITION_MAX + 1, 0, Err(ApplyError::Astray)),
        (i32::MIN, 0, Err(ApplyError::Astray)),
        (0, -VELOCITY_MAX, Ok(())),
        (0, -VELOCITY_MAX - 1, Err(ApplyError::Astray)),
    ] {
        let mut own = OwnDelta {
            fields: OwnFields::MOTION,
            ..OwnDelta::default()
        };
        own.pilot.motion = CraftMotion {
            pos: Vec2::new(pos, 0),
            vel: Vec2::new(0, vel),
        };
        let moved = Snapshot {
            own,
            ..Snapshot::default()
        };
        let applied = View::default().apply(&moved, &arena());
        assert_eq!(applied, result, "{pos} {vel}");
    }
    assert_eq!((POSITION_MAX, VELOCITY_MAX), (1 << 20, 1 << 18));
}

#[test]
fn s10_a_snapshot_made_for_another_number_of_craft_is_refused() {
    let (_, view) = two();
    for theirs in [0, 2, 65_535] {
        let wrong = Snapshot {
            ticks: 1,
            known: Some(theirs),
            ..Snapshot::default()
        };
        let error = ApplyError::Known { theirs, ours: 1 };
        assert_eq!(view.clone().apply(&wrong, &arena()), Err(error));
    }
}

#[test]
fn s10_a_change_of_a_player_who_is_not_in_the_roster_is_refused() {
    for bytes in [[2, 1, 0, 8, 1, 7, 8, 5].as_slice(), &[2, 1, 0, 8, 1, 7, 2]] {
        let Ok(fracas_protocol::ServerMessage::Snapshot(snapshot)) = fracas_protocol::decode(bytes)
        else {
            panic!("a snapshot")
        };
        let error = ApplyError::UnknownPlayer(PlayerId(7));
        assert_eq!(View::default().apply(&snapshot, &arena()), Err(error));
        // Whatever else it brought is not kept: a client that goes on all the same computes with nothing that can't be.
        let mut own = OwnDelta {
            fields: OwnFields::MOTION,
            ..OwnDelta::default()
        };
        own.pilot.motion.pos = Vec2::new(i32::MAX, 0);
        own.pilot.steer = Steer::along(Angle(0));
        let astray = Snapshot { own, ..snapshot };
        let (mut view, error) = (
            View {
                me: PlayerId(3),
                ..View::default()
            },
            ApplyError::UnknownPlayer(PlayerId(7)),
        );
        assert_eq!(view.apply(&astray, &arena()), Err(error));
        assert_eq!((view.me, view.own.motion.pos), (PlayerId(3), Vec2::ZERO));
    }
}

#[test]
fn s10_a_shot_that_is_gone_may_have_ended_already() {
    let gone = Snapshot {
        ticks: 1,
        known: Some(0),
        shots_gone: vec![ShotId(7)],
        ..Snapshot::default()
    };
    assert_eq!(View::default().apply(&gone, &arena()), Ok(()));
}

#[test]
fn s10_who_leaves_is_found_by_the_position_before_anybody_left() {
    let mut view = View::default();
    let pilot = Pilot::default();
    view.crafts = [2, 5, 9]
        .map(|id| (PlayerId(id), Craft::of(&pilot, 0, 0)))
        .to_vec();
    let leave = CraftChange {
        fields: CraftFields::LEAVE,
        ..CraftChange::default()
    };
    let mut hurt = CraftChange {
        fields: CraftFields::HEALTH,
        ..CraftChange::default()
    };
    hurt.health = 5;
    let snapshot = Snapshot {
        known: Some(3),
        crafts: vec![(0, leave), (2, hurt)],
        ..Snapshot::default()
    };
    view.apply(&snapshot, &arena()).unwrap();
    let left: Vec<_> = view.crafts.iter().map(|(id, c)| (id.0, c.health)).collect();
    assert_eq!(left, [(5, 0), (9, 5)]);
}

#[test]
fn s14_in_full_everybody_in_sight_is_told_every_time() {
    let (mut world, mut view) = two();
    for _ in 0..3 {
        world.steps(2);
        let (snapshot, next) = world.tell(&view, true);
        assert_eq!(snapshot.entered, next.crafts);
        assert!(snapshot.own.fields.has(OwnFields::MOTION));
        assert_eq!(carried(&view, &snapshot), next);
        view = next;
    }
    world.flyer(4).hidden = true;
    world.step();
    let (snapshot, _) = world.tell(&view, true);
    assert!(snapshot.entered.is_empty());
    assert_eq!(snapshot.crafts[0].1.fields, CraftFields::LEAVE);
}
