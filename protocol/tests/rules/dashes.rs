//! How dashes, haste and volleys carry a view forward.

use fracas_protocol::motion::{Turn, extrapolate};
use fracas_protocol::snapshot::{CraftFields, OwnFields, ShotNews};
use fracas_protocol::view::{CraftFlags, View};
use fracas_protocol::{Angle, Arena, Buttons, PlayerId, Rules, Steer, Weapon};

use crate::arena;
use crate::flight::{RIGHT, steer, told, two};
use crate::world::World;

#[test]
fn s6_a_dash_is_a_turn_and_its_end_another() {
    let (mut world, view) = two();
    world.trigger(4, Buttons::DASH.0);
    world.steps(12);
    let (snapshot, next) = told(&world, &view);
    let [(0, change)] = &snapshot.crafts[..] else {
        panic!("{:?}", snapshot.crafts)
    };
    // Along its steering: 9 ticks from the first on, then right again.
    let turns = [(11, Steer::dash(Angle(0))), (2, steer(RIGHT))];
    let turns = turns.map(|(ago, steer)| Turn { ago, steer });
    assert_eq!(change.course.turns(), turns);
    assert_eq!(change.fields, CraftFields::COURSE);
    assert!(next.crafts[0].1.motion.pos.x > view.crafts[0].1.motion.pos.x + 3_500);
}

#[test]
fn s6_the_own_dash_is_told_as_turns_and_when_it_comes_back() {
    let (mut world, view) = two();
    world.steer(1, RIGHT);
    world.trigger(1, Buttons::DASH.0);
    world.steps(2);
    let (snapshot, next) = told(&world, &view);
    let fields = OwnFields(OwnFields::COURSE.0 | OwnFields::DASH.0);
    assert_eq!(snapshot.own.fields, fields);
    // It began in tick 1002: 9 ticks of dash, 150 until it is back.
    assert_eq!((next.own.dash.until, next.own.dash.full_at), (1_011, 1_152));
    assert_eq!(snapshot.own.pilot.dash.full_at, 149, "counted from now");
    assert_eq!(next.own.steer.dashes(), Some(Angle(0)));
}

#[test]
fn s6_a_craft_with_haste_is_flown_faster_and_its_ends_are_no_course() {
    let (mut world, mut view) = two();
    world.steps(2);
    view = told(&world, &view).1;
    world.give(4, "haste");
    world.step();
    // Taken after the flight of its tick: told as a flag, and what flight missed is nothing.
    let (snapshot, next) = told(&world, &view);
    assert_eq!(snapshot.crafts[0].1.fields, CraftFields::FLAGS);
    assert!(next.crafts[0].1.flags.has(CraftFlags::HASTE));
    let before = next.crafts[0].1;
    world.steps(9);
    let (snapshot, mut view) = told(&world, &next);
    assert!(snapshot.crafts.is_empty(), "flight under the same steering");
    let flown = extrapolate(before.motion, before.steer, true, 9, &world.arena);
    assert_eq!(view.crafts[0].1.motion, flown);
    let tuning = &world.arena.tuning;
    assert!((tuning.craft_speed + 1..=tuning.haste_speed).contains(&flown.vel.x));
    // The last tick with haste is flown faster, the next is not: over both there is no course.
    let until = world.tick + 3;
    world.flyer(4).pilot.haste_until = until;
    world.steps(2);
    view = told(&world, &view).1;
    assert!(view.crafts[0].1.flags.has(CraftFlags::HASTE));
    world.step();
    let (snapshot, next) = told(&world, &view);
    assert!(!next.crafts[0].1.flags.has(CraftFlags::HASTE));
    let fields = CraftFields(CraftFields::MOTION.0 | CraftFields::FLAGS.0);
    assert_eq!(snapshot.crafts[0].1.fields, fields);
}

#[test]
fn s6_haste_that_ends_and_begins_anew_in_one_tick_is_flown_as_it_was() {
    let (mut world, view) = two();
    world.give(4, "haste");
    world.steps(9);
    let until = world.tick + 4;
    world.flyer(4).pilot.haste_until = until;
    world.steps(3);
    let view = told(&world, &view).1;
    // The tick in which the first is over is flown without; then the second is taken.
    world.give(4, "haste");
    world.steps(2);
    assert_eq!(world.tick, until + 1);
    let (snapshot, next) = told(&world, &view);
    for craft in [view.crafts[0].1, next.crafts[0].1] {
        assert!(craft.flags.has(CraftFlags::HASTE));
    }
    assert_eq!(snapshot.crafts[0].1.fields, CraftFields::MOTION);
}

#[test]
fn s6_own_haste_comes_with_the_motion_in_full_and_runs_out_by_the_clock() {
    let (mut world, view) = two();
    world.steer(1, RIGHT);
    world.give(1, "haste");
    world.step();
    let (snapshot, next) = told(&world, &view);
    let fields = OwnFields(OwnFields::MOTION.0 | OwnFields::EFFECTS.0);
    assert_eq!(snapshot.own.fields, fields);
    assert_eq!(next.own.haste_until, world.tick + 480);
    world.steps(5);
    let (snapshot, next) = told(&world, &next);
    assert!(snapshot.own.fields.is_empty(), "flown on, faster");
    assert!(next.own.motion.vel.x > view.own.motion.vel.x);
}

#[test]
fn s7_each_pellet_of_a_volley_is_fired_with_its_own_heading() {
    let mut rules = Rules::default();
    rules.craft.special = "scatter".to_owned();
    let mut world = World::new(Arena::new(arena().map, &rules, 60), 1_000);
    world.spawn(1, (1_600, 6_600));
    world.spawn(4, (2_000, 4_700));
    world.step();
    let view = View {
        me: PlayerId(1),
        tick: 1_000,
        ..View::default()
    };
    let (_, view) = world.tell(&view, false);
    world.aim(4, 60_000);
    world.trigger(4, Buttons::SPECIAL.0);
    world.step();
    world.trigger(4, 0);
    world.step();
    // One in four comes into sight only later (crate::world).
    let (snapshot, next) = world.tell(&view, false);
    let step = i32::from(world.arena.tuning.weapons[1].pellet_step);
    for (at, (id, news)) in snapshot.shots.iter().enumerate() {
        let heading = Angle((60_000 + (i32::from(id.0) - 3) * step) as u16);
        let expected = ShotNews::Fired {
            by: 0,
            weapon: Weapon(1),
            heading,
            ago: 1,
        };
        assert_eq!(*news, expected, "{at}");
    }
    assert_eq!(snapshot.shots.len(), 6);
    let mut applied = view.clone();
    applied.apply(&snapshot, &world.arena).unwrap();
    assert_eq!(applied, next);
}
