//! When a hunter acts on what it sees, what it does between two beams, and a clock that is set back.

use super::*;

/// Points at whoever it sees, and nothing else.
struct Pointer;

impl Bot for Pointer {
    fn think(&mut self, world: &World) -> Input {
        let enemy = world.enemies().next();
        let aim = enemy.map_or(0.0, |enemy| (enemy.pos - world.own().pos).angle());
        intent(Xy::ZERO, aim, false)
    }
}

/// A wide hall with a hunter in the middle, and perhaps somebody twelve tiles to its left who points at it.
fn hall(skill: Skill, seed: u64, has_pointer: bool) -> Arcade {
    let edge = "#".repeat(60) + "\n";
    let floor = format!("#{}#\n", ".".repeat(58));
    let map = edge.clone() + &floor.replacen("#...", "#S.S", 1) + &floor.repeat(37) + &edge;
    let mut bots: Vec<(Box<dyn Bot>, Xy)> =
        vec![(Box::new(Hunter::new(skill, seed)), Xy::new(30.0, 20.0))];
    if has_pointer {
        bots.push((Box::new(Pointer), Xy::new(18.0, 20.0)));
    }
    Arcade::with(Rules::default(), &map, bots)
}

fn pos(arcade: &Arcade, seat: usize) -> Xy {
    Xy::of_position(arcade.seats[seat].pilot.motion.pos)
}

fn reaction(skill: Skill, seed: u64) -> Tick {
    let talent = draw(skill, &Random::new(seed ^ 0x4855_4e54_4552)).0;
    (talent.reaction_s * f32::from(TICK_HZ)).round() as Tick
}

/// After how many ticks a hunter steers otherwise than it would if nothing had been done to its arena; nothing if it doesn't
/// within `ticks`. `act` is asked to do it before each tick.
fn steers_otherwise(
    arcade: impl Fn() -> Arcade,
    ticks: Tick,
    mut act: impl FnMut(&mut Arcade, Tick),
) -> Option<Tick> {
    let (mut quiet, mut other) = (arcade(), arcade());
    let mut step = |arcade: &mut Arcade, acts: Option<Tick>| {
        arcade
            .seats
            .iter_mut()
            .for_each(|seat| seat.pilot.health = 100);
        if let Some(tick) = acts {
            act(arcade, tick);
        }
        arcade.step();
        arcade.seats[0].input.steer
    };
    for _ in 0..150 {
        step(&mut quiet, None);
        step(&mut other, None);
    }
    (0..ticks).find(|tick| step(&mut quiet, None) != step(&mut other, Some(*tick)))
}

fn shot_at(arcade: &Arcade, from: Xy, age: u8) -> Shot {
    let own = &arcade.seats[0].pilot.motion;
    let speed = arcade.rules.weapons[0].shot_speed_tiles_per_s;
    let in_s = (pos(arcade, 0) - from).length() / speed;
    // It turns on the way, as a rule.
    let meets = pos(arcade, 0) + Xy::of_velocity(own.vel, TICK_HZ) * (0.7 * in_s);
    Shot {
        owner: PlayerId(9),
        weapon: Weapon::FIRST,
        pos: Vec2::from_tiles(from.x, from.y),
        heading: Angle::from_radians((meets - from).angle()),
        bounces: 0,
        age,
    }
}

#[test]
fn who_charges_at_somebody_is_evaded_after_a_reaction_and_not_always() {
    let evaded = |skill: Skill| {
        let seeds = (0..30).filter(|seed| {
            let begun = |arcade: &mut Arcade, _| {
                arcade.seats[1].pilot.special.charging_since = Some(1);
            };
            let after = steers_otherwise(|| hall(skill, *seed, true), 60, begun);
            let reaction = reaction(skill, *seed);
            assert!(
                after.is_none_or(|after| after + 1 >= reaction),
                "{skill} {seed}: after {after:?} ticks instead of {reaction}"
            );
            after.is_some()
        });
        seeds.count()
    };
    let (easy, hard) = (evaded(Skill::Easy), evaded(Skill::Hard));
    println!("of 30 beams, easy evaded {easy}, hard {hard}");
    assert!(easy < 10 && hard > 15, "easy {easy}, hard {hard}");
}

#[test]
fn a_shot_is_evaded_after_a_reaction() {
    let mut evaded = 0;
    for seed in 0..30 {
        let fire = |arcade: &mut Arcade, tick| {
            if tick == 0 {
                let from = pos(arcade, 0) + Xy::new(8.0, 0.0);
                arcade.shots.push(shot_at(arcade, from, 0));
            }
        };
        let after = steers_otherwise(|| hall(Skill::Hard, seed, false), 60, fire);
        let reaction = reaction(Skill::Hard, seed);
        assert!(
            after.is_none_or(|after| after + 1 >= reaction),
            "{seed}: after {after:?} ticks instead of {reaction}"
        );
        evaded += usize::from(after.is_some());
    }
    assert!(evaded > 10, "{evaded} of 30");
}

#[test]
fn a_shot_off_the_screen_is_not_evaded_before_it_is_on_it() {
    let (mut evaded, half) = (0, Rules::default().view.height_tiles / 2.0);
    for seed in 0..30 {
        let mut came_at = None;
        let fire = |arcade: &mut Arcade, tick| {
            let own = pos(arcade, 0);
            if tick == 0 {
                let inwards = (20.0 - own.y).signum();
                let from = own + Xy::new(0.0, inwards * (half + 1.2));
                arcade.shots.push(shot_at(arcade, from, 15));
            }
            let shot = arcade.shots.first().map(|shot| Xy::of_position(shot.pos));
            if shot.is_some_and(|shot| (shot - own).y.abs() <= half) {
                came_at = came_at.or(Some(tick));
            }
        };
        let after = steers_otherwise(|| hall(Skill::Hard, seed, false), 60, fire);
        // What the stick does about it is a matter of ticks: a reaction, less what rounding makes of it.
        let due = came_at.unwrap_or(0) + reaction(Skill::Hard, seed) - 2;
        assert!(
            after.is_none_or(|after| after >= due),
            "{seed}: after {after:?} ticks; on the screen after {came_at:?}, due after {due}"
        );
        evaded += usize::from(after.is_some());
    }
    println!("{evaded} of 30 were evaded");
    assert!(evaded > 3, "{evaded} of 30");
}

#[test]
fn between_two_beams_the_pulse_fires() {
    let mut pulses = 0;
    for seed in 0..10 {
        let mut arcade = duel_with("rail", Xy::new(14.0, 8.0), seed);
        for _ in 0..60 * 15 {
            let (beams, fired) = (arcade.beams, arcade.fired_with[0]);
            arcade.seats[1].pilot.health = 100;
            arcade.step();
            let seat = &arcade.seats[0];
            let special = &seat.pilot.special;
            let waits = special.ready_at > arcade.tick && special.ammo > 0;
            if waits && arcade.beams == beams && arcade.tick.is_multiple_of(THINK_EVERY) {
                assert!(
                    !seat.input.buttons.contains(Buttons::SPECIAL),
                    "seed {seed}: held at tick {}",
                    arcade.tick
                );
                pulses += arcade.fired_with[0] - fired;
            }
        }
    }
    assert!(pulses > 10, "{pulses} shots");
}

#[test]
fn a_clock_that_is_set_back_leaves_nobody_waiting() {
    for seed in 0..6 {
        let mut arcade = duel_with("", Xy::new(14.0, 8.0), seed);
        let fires = |arcade: &mut Arcade| {
            let before = arcade.fired_with[0];
            for _ in 0..60 * 10 {
                arcade.seats[1].pilot.health = 100;
                arcade.step();
            }
            arcade.fired_with[0] - before
        };
        arcade.tick = 1_000_000;
        let before = fires(&mut arcade);
        // Another server: everything but the bot is new.
        arcade.tick = 1;
        arcade.shots.clear();
        for (seat, x) in arcade.seats.iter_mut().zip([2.5, 14.0]) {
            seat.pilot = Pilot::default();
            let place = Vec2::from_tiles(x, 2.5);
            seat.pilot.spawn(place, 0, &arcade.arena);
        }
        let after = fires(&mut arcade);
        assert!(before > 5 && after > 5, "seed {seed}: {before}, {after}");
    }
}
