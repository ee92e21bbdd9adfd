//! Brains in virtual time: a few pilots in a small arena, stepped with the protocol's own motion.

use std::ops::ControlFlow;
use std::sync::Arc;

use fracas_protocol::geometry::TILE;
use fracas_protocol::motion::{Beam, Fired, Pilot, Shot, ShotStep, step_pilot, step_shot};
use fracas_protocol::view::{Craft, MatchState};
use fracas_protocol::{
    Angle, Arena, Buttons, Input, Map, Phase, PlayerId, Rules, ShotId, Tick, Vec2, View, Weapon,
};

use super::skill::draw;
use super::{Bot, Hunter, Random, Skill, World, Xy, intent, sight, turn};

mod habits;

const TICK_HZ: u8 = 60;
/// A thought every two ticks, as a client does it.
const THINK_EVERY: Tick = 2;

const PILLARS: &str = "\
##############################
#S...........##...........S..#
#............##..............#
#....◢##◣..........◢###◣.....#
#....####..........#####.....#
#....◥##◤..oo......◥###◤.....#
#..........oo................#
#......#############.........#
#S.....#...........#.......S.#
#......#..S........#.........#
#......#....########.........#
#......#.....................#
#......######....#####.......#
#................#...........#
#S.......####....#........S..#
#................#...........#
##############################
";

struct Seat {
    bot: Box<dyn Bot>,
    random: Random,
    pilot: Pilot,
    input: Input,
    kills: u32,
    /// The aim others were told of last, in coarse steps.
    told_aim: u8,
}

/// What hands did, all craft together.
#[derive(Debug, Default)]
struct Hands {
    /// Ticks a craft lived, added up.
    ticks: u32,
    /// Changes of steering.
    turns: u32,
    /// Changes of aim that others are told of: those over two degrees.
    aims: u32,
}

impl Hands {
    fn per_second(&self, count: u32) -> f32 {
        count as f32 * f32::from(TICK_HZ) / self.ticks as f32
    }
}

/// A match without a server: everybody sees everything on the screen, two ticks late.
struct Arcade {
    arena: Arena,
    rules: Rules,
    tick: Tick,
    seats: Vec<Seat>,
    shots: Vec<Shot>,
    fired: u32,
    /// By weapon.
    fired_with: [u32; 4],
    hits: u32,
    beams: u32,
    beam_hits: u32,
    hands: Hands,
}

impl Arcade {
    /// Every life begins with the rail.
    fn new(map: &str, bots: Vec<(Box<dyn Bot>, Xy)>) -> Arcade {
        let mut rules = Rules::default();
        rules.craft.special = "rail".to_owned();
        Arcade::with(rules, map, bots)
    }

    fn with(rules: Rules, map: &str, bots: Vec<(Box<dyn Bot>, Xy)>) -> Arcade {
        let arena = Arena::new(Arc::new(Map::parse(map).unwrap()), &rules, TICK_HZ);
        let seat = |(at, (bot, place)): (usize, (Box<dyn Bot>, Xy))| {
            let mut pilot = Pilot::default();
            pilot.spawn(Vec2::from_tiles(place.x, place.y), 0, &arena);
            Seat::new(bot, pilot, at as u64 + 7)
        };
        let seats = bots.into_iter().enumerate().map(seat).collect();
        Arcade {
            arena,
            rules,
            tick: 1,
            seats,
            shots: Vec::new(),
            fired: 0,
            fired_with: [0; 4],
            hits: 0,
            beams: 0,
            beam_hits: 0,
            hands: Hands::default(),
        }
    }

    fn hunters(map: &str, skill: Skill, count: usize, seed: u64) -> Arcade {
        let drawn = Map::parse(map).unwrap();
        let places: Vec<_> = drawn.spawns().map(Xy::of_position).collect();
        let hunter = |at: usize| -> (Box<dyn Bot>, Xy) {
            (
                Box::new(Hunter::new(skill, seed + at as u64)),
                places[at % places.len()],
            )
        };
        Arcade::new(map, (0..count).map(hunter).collect())
    }

    fn step(&mut self) {
        self.tick += 1;
        if self.tick.is_multiple_of(THINK_EVERY) {
            self.think();
        }
        let mut beams = Vec::new();
        for (at, seat) in self.seats.iter_mut().enumerate() {
            let id = PlayerId(at as u16);
            seat.watch_hand(&mut self.hands);
            match step_pilot(&mut seat.pilot, id, &seat.input, self.tick, &self.arena) {
                Some(Fired::Shots(volley)) => {
                    self.shots.extend(volley.shots(&self.arena));
                    self.fired += 1;
                    self.fired_with[usize::from(volley.weapon.0)] += 1;
                }
                Some(Fired::Beam(beam)) => beams.push(beam),
                None => {}
            }
        }
        self.shine(&beams);
        self.fly_shots();
        self.respawn();
    }

    fn think(&mut self) {
        let views: Vec<_> = (0..self.seats.len()).map(|at| self.view_of(at)).collect();
        for (at, (seat, view)) in self.seats.iter_mut().zip(&views).enumerate() {
            let rest = (&self.arena, &self.rules);
            let world = World::new(
                PlayerId(at as u16),
                (self.tick, &seat.pilot),
                view,
                rest,
                &seat.random,
            );
            seat.input = seat.bot.think(&world);
        }
    }

    fn view_of(&self, me: usize) -> View {
        let others = self
            .seats
            .iter()
            .enumerate()
            .filter(|(at, seat)| *at != me && seat.pilot.alive);
        View {
            tick: self.tick,
            match_state: MatchState {
                phase: Phase::Live,
                ends: 0,
                ..MatchState::default()
            },
            own: self.seats[me].pilot,
            crafts: others
                .map(|(at, seat)| {
                    (
                        PlayerId(at as u16),
                        Craft::of(&seat.pilot, seat.input.aim.coarse(), self.tick),
                    )
                })
                .collect(),
            shots: self
                .shots
                .iter()
                .enumerate()
                .map(|(at, shot)| (ShotId(at as u16), *shot))
                .collect(),
            ..View::default()
        }
    }

    fn fly_shots(&mut self) {
        let reach = self.arena.tuning.craft_radius + self.arena.tuning.weapons[0].shot_radius;
        let mut shots = std::mem::take(&mut self.shots);
        shots.retain_mut(|shot| {
            let (owner, bounced) = (usize::from(shot.owner.0), shot.bounces > 0);
            let step = step_shot(shot, &self.arena, |_| ControlFlow::Continue(()));
            let met = |(at, seat): (usize, &mut Seat)| {
                let meets =
                    (seat.pilot.motion.pos - shot.pos).length() < reach && (at != owner || bounced);
                (seat.pilot.alive && meets).then_some(at)
            };
            let victim = self.seats.iter_mut().enumerate().find_map(met);
            if let Some(victim) = victim {
                self.hits += 1;
                self.hurt(victim, shot.owner, shot.damage(&self.arena));
            }
            victim.is_none() && step == ShotStep::Flying
        });
        self.shots = shots;
    }

    fn shine(&mut self, beams: &[Beam]) {
        let reach = self.arena.tuning.craft_radius + self.arena.tuning.weapons[2].shot_radius;
        for beam in beams {
            self.beams += 1;
            let mut met = Vec::new();
            beam.trace(&self.arena, |segment| {
                for (at, seat) in self.seats.iter().enumerate() {
                    let is_other = at != usize::from(beam.owner.0) || segment.bounces > 0;
                    let distance =
                        distance_to_segment(seat.pilot.motion.pos, segment.from, segment.to);
                    if seat.pilot.alive && is_other && distance < reach {
                        met.push((at, beam.damage(segment.bounces, &self.arena)));
                    }
                }
            });
            for (victim, damage) in met {
                self.beam_hits += 1;
                self.hurt(victim, beam.owner, damage);
            }
        }
    }

    fn hurt(&mut self, victim: usize, by: PlayerId, damage: u8) {
        let pilot = &mut self.seats[victim].pilot;
        if !pilot.alive || pilot.is_protected(self.tick) {
            return;
        }
        pilot.health = pilot.health.saturating_sub(damage);
        if pilot.health == 0 {
            pilot.die(Some(by), self.tick, &self.arena);
            self.seats[usize::from(by.0)].kills += 1;
        }
    }

    fn respawn(&mut self) {
        let spawns: Vec<_> = self.arena.map.spawns().collect();
        for (at, seat) in self.seats.iter_mut().enumerate() {
            if !seat.pilot.alive && self.tick >= seat.pilot.respawn_at {
                let place = spawns[(at * 7 + self.tick as usize) % spawns.len()];
                seat.pilot.spawn(place, self.tick, &self.arena);
            }
        }
    }

    fn kills(&self) -> u32 {
        self.seats.iter().map(|seat| seat.kills).sum()
    }
}

impl Seat {
    fn new(bot: Box<dyn Bot>, pilot: Pilot, seed: u64) -> Seat {
        Seat {
            bot,
            random: Random::new(seed),
            pilot,
            input: Input::default(),
            kills: 0,
            told_aim: 0,
        }
    }

    fn watch_hand(&mut self, hands: &mut Hands) {
        if !self.pilot.alive {
            return;
        }
        hands.ticks += 1;
        let dashes = self.pilot.steer.dashes().is_some();
        hands.turns += u32::from(!dashes && self.input.steer != self.pilot.steer);
        let told = Angle::from_coarse(self.told_aim);
        if told.turn_to(self.input.aim).unsigned_abs() > 364 {
            hands.aims += 1;
            self.told_aim = self.input.aim.coarse();
        }
    }
}

/// From `point` to the line between two others, in position units.
fn distance_to_segment(point: Vec2, from: Vec2, to: Vec2) -> i32 {
    let (point, from, to) = (
        Xy::of_position(point),
        Xy::of_position(from),
        Xy::of_position(to),
    );
    let way = to - from;
    let part = ((point - from).dot(way) / way.dot(way).max(1e-6)).clamp(0.0, 1.0);
    ((from + way * part - point).length() * TILE as f32) as i32
}

/// Flies along a line and back, for aiming at.
struct Target {
    away: Xy,
    turn_every: Tick,
}

impl Bot for Target {
    fn think(&mut self, world: &World) -> Input {
        let back = (world.tick() / self.turn_every).is_multiple_of(2);
        intent(if back { -self.away } else { self.away }, 0.0, false)
    }
}

#[test]
fn nobody_stays_in_one_place_for_five_seconds() {
    for seed in 0..40 {
        let mut arcade = Arcade::hunters(PILLARS, Skill::Mixed, 4, seed * 100);
        let mut since = vec![(Xy::ZERO, 0); 4];
        for _ in 0..60 * 60 {
            arcade.step();
            for (seat, (place, tick)) in arcade.seats.iter().zip(&mut since) {
                let pos = Xy::of_position(seat.pilot.motion.pos);
                if !seat.pilot.alive || (pos - *place).length() > 1.0 {
                    (*place, *tick) = (pos, arcade.tick);
                }
                assert!(
                    arcade.tick - *tick < 5 * 60,
                    "seed {seed}: at {pos:?} since tick {tick}"
                );
            }
        }
    }
}

#[test]
fn one_alone_gets_around() {
    for seed in 0..6 {
        let mut arcade = Arcade::hunters(PILLARS, Skill::Normal, 1, seed);
        let mut visited = std::collections::BTreeSet::new();
        for _ in 0..60 * 90 {
            arcade.step();
            let (x, y) = Xy::of_position(arcade.seats[0].pilot.motion.pos).tile();
            visited.insert((x / 5, y / 5));
        }
        assert!(visited.len() >= 12, "seed {seed}: only {visited:?}");
    }
}

#[test]
fn hunters_find_and_destroy_each_other() {
    for skill in [Skill::Easy, Skill::Normal, Skill::Hard] {
        let mut arcade = Arcade::hunters(PILLARS, skill, 6, 4);
        (0..60 * 60).for_each(|_| arcade.step());
        let accuracy = arcade.hits as f32 / arcade.fired as f32;
        println!(
            "{skill}: {} kills a minute, {} shots, {accuracy:.2} hit",
            arcade.kills(),
            arcade.fired
        );
        assert!(
            arcade.kills() >= 4,
            "{skill}: {} kills with {} shots",
            arcade.kills(),
            arcade.fired
        );
    }
}

#[test]
fn hands_are_as_steady_as_peoples() {
    for skill in [Skill::Easy, Skill::Normal, Skill::Hard] {
        let (mut hands, mut fired, mut hits, mut kills) = (Hands::default(), 0, 0, 0);
        let mut beams = (0, 0);
        for seed in 0..8 {
            let mut arcade = Arcade::hunters(PILLARS, skill, 6, seed * 50);
            (0..60 * 60).for_each(|_| arcade.step());
            beams = (beams.0 + arcade.beams, beams.1 + arcade.beam_hits);
            hands.ticks += arcade.hands.ticks;
            hands.turns += arcade.hands.turns;
            hands.aims += arcade.hands.aims;
            (fired, hits, kills) = (
                fired + arcade.fired,
                hits + arcade.hits,
                kills + arcade.kills(),
            );
        }
        println!(
            "{skill}: {:.2} turns and {:.2} aims per craft and second; {fired} shots, {hits} hits, {beams:?} beams and hits, {kills} kills",
            hands.per_second(hands.turns),
            hands.per_second(hands.aims),
        );
        let turns = hands.per_second(hands.turns);
        assert!(
            (0.5..6.0).contains(&turns),
            "{skill}: {turns} turns a second"
        );
    }
}

#[test]
fn the_better_ones_win() {
    let kills = |better: Skill, worse: Skill| {
        let mut totals = [0; 2];
        for seed in 0..8 {
            let skills = [better, worse, better, worse];
            let mut arcade = Arcade::hunters(PILLARS, Skill::Mixed, 4, 0);
            for (at, seat) in arcade.seats.iter_mut().enumerate() {
                seat.bot = Box::new(Hunter::new(skills[at], seed * 10 + at as u64));
            }
            (0..60 * 60).for_each(|_| arcade.step());
            for (at, seat) in arcade.seats.iter().enumerate() {
                totals[at % 2] += seat.kills;
            }
        }
        totals
    };
    for (better, worse) in [(Skill::Hard, Skill::Normal), (Skill::Normal, Skill::Easy)] {
        let [more, fewer] = kills(better, worse);
        println!("{better} {more} : {fewer} {worse}");
        assert!(more > fewer, "{better} {more} : {fewer} {worse}");
    }
}

#[test]
fn a_good_pilot_hits_what_flies_straight() {
    let open = format!(
        "{}#S{}S#\n{}",
        "#".repeat(40) + "\n",
        ".".repeat(36),
        row(18) + &"#".repeat(40) + "\n"
    );
    let mut hits = (0, 0);
    for seed in 0..6 {
        let target = Target {
            away: Xy::new(0.0, 0.8),
            turn_every: 90,
        };
        let bots: Vec<(Box<dyn Bot>, Xy)> = vec![
            (Box::new(Hunter::new(Skill::Hard, seed)), Xy::new(8.0, 10.0)),
            (Box::new(target), Xy::new(16.0, 5.0)),
        ];
        let mut arcade = Arcade::new(&open, bots);
        (0..60 * 30).for_each(|_| arcade.step());
        hits = (hits.0 + arcade.hits, hits.1 + arcade.fired);
    }
    let share = hits.0 as f32 / hits.1 as f32;
    println!("{hits:?} {share:.2}");
    assert!(share > 0.35, "{} of {} shots hit", hits.0, hits.1);
}

fn row(count: usize) -> String {
    format!("#{}#\n", ".".repeat(38)).repeat(count)
}

/// A quick player's flick, in radians per second: half a turn in a good fifth of a second. No bot aims faster.
const FLICK: f32 = 14.0;
/// No bot reacts in less, in seconds. Simple visual reactions of trained people take 0.15 to 0.2; counted in ticks, which is how
/// a bot waits, this is 0.15 too.
const QUICKEST_S: f32 = 0.14;

#[test]
fn no_hand_turns_faster_than_its_limit_and_none_has_one_beyond_a_persons() {
    for skill in Skill::ALL {
        let reactions = (0..1000).map(|seed| draw(skill, &Random::new(seed)).0.reaction_s);
        let quickest = reactions.fold(f32::INFINITY, f32::min);
        assert!(quickest >= QUICKEST_S, "{skill}: {quickest} s");
    }
    for (skill, seed) in Skill::ALL
        .into_iter()
        .flat_map(|skill| [(skill, 3), (skill, 8)])
    {
        let most = draw(skill, &Random::new(seed ^ 0x4855_4e54_4552))
            .0
            .turn_max;
        assert!(most <= FLICK, "{skill}: {most}");
        let mut arcade = Arcade::hunters(PILLARS, skill, 1, seed);
        // Somebody who appears everywhere at once tears the aim around.
        let bot = Box::new(Target {
            away: Xy::ZERO,
            turn_every: 60,
        });
        let pilot = arcade.seats[0].pilot;
        arcade.seats.push(Seat::new(bot, pilot, 1));
        let mut before = arcade.seats[0].input.aim.radians();
        for round in 0..60 * 30 {
            if round % 20 == 0 {
                let around = Xy::along(round as f32 * 2.1) * 4.0;
                let pos = Xy::of_position(arcade.seats[0].pilot.motion.pos) + around;
                arcade.seats[1].pilot.motion.pos = Vec2::from_tiles(pos.x, pos.y);
            }
            arcade.step();
            if arcade.tick.is_multiple_of(THINK_EVERY) {
                let aim = arcade.seats[0].input.aim.radians();
                let turned = turn(before, aim).abs();
                let allowed = most * THINK_EVERY as f32 / f32::from(TICK_HZ) + 0.001;
                assert!(
                    turned <= allowed,
                    "{skill}: {turned} in two ticks, {allowed} is the limit"
                );
                before = aim;
            }
        }
    }
}

#[test]
fn the_same_seed_plays_the_same_match() {
    let run = |seed| {
        let mut arcade = Arcade::hunters(PILLARS, Skill::Mixed, 4, seed);
        let mut trace = Vec::new();
        for _ in 0..60 * 20 {
            arcade.step();
            trace.extend(
                arcade
                    .seats
                    .iter()
                    .map(|seat| (seat.pilot.motion.pos, seat.input)),
            );
        }
        trace
    };
    assert!(run(5) == run(5));
    assert!(run(5) != run(6));
}

#[test]
fn nobody_fires_at_a_wall_or_at_what_cannot_be_hurt() {
    let walled = "##########\n#S..#....#\n#...#....#\n#...#...S#\n##########\n";
    let bots: Vec<(Box<dyn Bot>, Xy)> = vec![
        (Box::new(Hunter::new(Skill::Easy, 1)), Xy::new(2.0, 2.0)),
        (
            Box::new(Target {
                away: Xy::new(0.0, 1.0),
                turn_every: 30,
            }),
            Xy::new(7.0, 2.0),
        ),
    ];
    let mut arcade = Arcade::new(walled, bots);
    (0..60 * 20).for_each(|_| arcade.step());
    assert_eq!((arcade.fired, arcade.beams), (0, 0));
    let open = walled.replace("..#..", ".....");
    let mut arcade = Arcade::hunters(&open, Skill::Hard, 2, 1);
    for _ in 0..60 * 5 {
        arcade
            .seats
            .iter_mut()
            .for_each(|seat| seat.pilot.protected_until = Tick::MAX);
        arcade.step();
        assert_eq!((arcade.fired, arcade.beams), (0, 0));
    }
}

#[test]
fn the_good_ones_fire_beams_at_what_is_far_and_hit() {
    let hall = format!(
        "{}{}{}",
        "#".repeat(40) + "\n",
        row(18),
        "#".repeat(40) + "\n"
    );
    let hall = hall.replacen("#......", "#S....S", 1);
    let fight = |skill, map: &str, target: Xy| {
        let mut total = (0, 0);
        for seed in 0..10 {
            let bots: Vec<(Box<dyn Bot>, Xy)> = vec![
                (Box::new(Hunter::new(skill, seed)), Xy::new(2.5, 2.5)),
                (
                    Box::new(Target {
                        away: Xy::new(0.0, 1.0),
                        turn_every: 40,
                    }),
                    target,
                ),
            ];
            let mut arcade = Arcade::new(map, bots);
            for _ in 0..60 * 20 {
                arcade.seats[1].pilot.health = 100;
                arcade.step();
            }
            total = (total.0 + arcade.beams, total.1 + arcade.beam_hits);
        }
        total
    };
    let far = Xy::new(16.0, 6.0);
    let easy = fight(Skill::Easy, &hall, far);
    let (normal, hard) = (
        fight(Skill::Normal, &hall, far),
        fight(Skill::Hard, &hall, far),
    );
    println!("beams and hits: easy {easy:?}, normal {normal:?}, hard {hard:?}");
    assert!(normal.0 >= 5 && hard.0 >= 10, "{normal:?} {hard:?}");
    let share = |(beams, hits): (u32, u32)| hits as f32 / beams.max(1) as f32;
    assert!(share(easy) < share(hard), "{easy:?} {hard:?}");
    assert!(hard.1 * 3 >= hard.0, "{hard:?}");
    let closet = "#######\n#S....#\n#.....#\n#....S#\n#######\n";
    assert_eq!(fight(Skill::Hard, closet, Xy::new(4.5, 2.5)).0, 0);
}

/// Hits by 120 shots straight at a pilot, one every half second.
fn hits_of_120(map: &str, skill: Skill, seed: u64) -> u32 {
    let mut arcade = Arcade::hunters(map, skill, 1, seed);
    arcade.seats[0].pilot.motion.pos = Vec2::from_tiles(20.0, 10.0);
    for round in 0..60 * 60 {
        arcade.seats[0].pilot.health = 100;
        arcade.seats[0].pilot.protected_until = 0;
        if round % 30 == 0 {
            // Straight at it, from nine tiles away.
            let craft = Xy::of_position(arcade.seats[0].pilot.motion.pos);
            let from = craft + Xy::along(round as f32) * 9.0;
            let from = Xy::new(from.x.clamp(1.5, 38.5), from.y.clamp(1.5, 18.5));
            arcade.shots.push(Shot {
                owner: PlayerId(9),
                weapon: Weapon::FIRST,
                pos: Vec2::from_tiles(from.x, from.y),
                heading: Angle::from_radians((craft - from).angle()),
                bounces: 0,
                age: 0,
            });
        }
        arcade.step();
    }
    arcade.hits
}

#[test]
fn shots_are_evaded() {
    let open = format!(
        "{}#S{}S#\n{}",
        "#".repeat(40) + "\n",
        ".".repeat(36),
        row(18) + &"#".repeat(40) + "\n"
    );
    let hurt = |skill| -> u32 { (0..10).map(|seed| hits_of_120(&open, skill, seed)).sum() };
    let (easy, hard) = (hurt(Skill::Easy), hurt(Skill::Hard));
    println!("of 1200 shots, easy {easy}, hard {hard}");
    assert!(hard < easy, "easy was hit {easy} times, hard {hard} times");
}

/// Whom a shot along a heading meets first, after how many bounces: its pilot once it has bounced, or somebody who flies on.
fn first_met(
    arena: &Arena,
    mut pilot: Pilot,
    heading: f32,
    other: &super::Enemy,
) -> Option<(PlayerId, u8)> {
    let me = PlayerId(0);
    let input = intent(Xy::ZERO, heading, true);
    let fired = step_pilot(&mut pilot, me, &input, 1, arena);
    let Some(Fired::Shots(volley)) = fired else {
        panic!("{fired:?}");
    };
    let mut shot = volley.shots(arena).next().unwrap();
    let reach = arena.tuning.craft_radius + shot.tuning(arena).shot_radius;
    let (mut met, mut step) = (None, ShotStep::Flying);
    let mut at = other.pos;
    while step == ShotStep::Flying {
        at = at + other.vel * (1.0 / f32::from(TICK_HZ));
        let crafts = [
            (other.id, Vec2::from_tiles(at.x, at.y)),
            (me, pilot.motion.pos),
        ];
        step = step_shot(&mut shot, arena, |piece| {
            let meets = |(id, pos): &(PlayerId, Vec2)| {
                let is_spared = *id == me && piece.bounces == 0;
                !is_spared && distance_to_segment(*pos, piece.from, piece.to) <= reach
            };
            let first = crafts.iter().find(|craft| meets(craft));
            met = first.map(|(id, _)| (*id, piece.bounces));
            match met {
                Some(_) => ControlFlow::Break(()),
                None => ControlFlow::Continue(()),
            }
        });
    }
    met
}

#[test]
fn a_bank_shot_that_is_found_does_hit() {
    let corner = "############\n#S..#......#\n#...#......#\n#...#......#\n#..........#\n#.........S#\n############\n";
    let rules = Rules::default();
    let arena = Arena::new(Arc::new(Map::parse(corner).unwrap()), &rules, TICK_HZ);
    let mut pilot = Pilot::default();
    pilot.spawn(Vec2::from_tiles(2.0, 2.0), 0, &arena);
    let (view, random) = (
        View {
            tick: 1,
            ..View::default()
        },
        Random::new(1),
    );
    let world = World::new(PlayerId(0), (1, &pilot), &view, (&arena, &rules), &random);
    // One stands still behind the wall, one flies away there.
    for vel in [Xy::ZERO, Xy::new(2.0, 0.0)] {
        let hidden = super::Enemy {
            id: PlayerId(1),
            life: 1,
            pos: Xy::new(7.0, 2.0),
            vel,
            aim: 0.0,
            health: 1.0,
            shield: 0.0,
            protected: false,
            overcharged: false,
            charging: false,
            deflecting: false,
        };
        assert!(!sight::shot_passes(
            &arena.map,
            Xy::new(2.0, 2.0),
            hidden.pos
        ));
        let headings = (0..720).map(|step| step as f32 / 720.0 * std::f32::consts::TAU);
        let found = headings
            .filter(|heading| super::bank::hits(&world, Weapon::FIRST, *heading, &hidden))
            .inspect(|heading| {
                let met = first_met(&arena, pilot, *heading, &hidden);
                assert!(
                    matches!(met, Some((PlayerId(1), 1..))),
                    "{heading} meets {met:?}"
                );
            });
        assert!(found.count() > 0);
    }
}

#[test]
fn a_thought_allocates_nothing_once_warm() {
    let mut arcade = Arcade::hunters(PILLARS, Skill::Hard, 6, 11);
    (0..60 * 5).for_each(|_| arcade.step());
    let mut allocated = 0;
    for _ in 0..60 * 20 {
        arcade.step();
        let view = arcade.view_of(0);
        let seat = &mut arcade.seats[0];
        let rest = (&arcade.arena, &arcade.rules);
        let world = World::new(
            PlayerId(0),
            (arcade.tick, &seat.pilot),
            &view,
            rest,
            &seat.random,
        );
        allocated += allocation_counter::measure(|| {
            seat.input = seat.bot.think(&world);
        })
        .count_total;
    }
    assert_eq!(allocated, 0);
}

/// A hall with somebody at (2.5, 2.5) who begins each life with `special`, and a target.
fn duel_with(special: &str, target: Xy, seed: u64) -> Arcade {
    let hall = format!(
        "{}{}{}",
        "#".repeat(40) + "\n",
        row(18),
        "#".repeat(40) + "\n"
    );
    let hall = hall.replacen("#......", "#S....S", 1);
    let mut rules = Rules::default();
    rules.craft.special = special.to_owned();
    let still = Target {
        away: Xy::ZERO,
        turn_every: 60,
    };
    let bots: Vec<(Box<dyn Bot>, Xy)> = vec![
        (Box::new(Hunter::new(Skill::Hard, seed)), Xy::new(2.5, 2.5)),
        (Box::new(still), target),
    ];
    Arcade::with(rules, &hall, bots)
}

#[test]
fn scatter_is_fired_from_near_and_the_lobber_from_where_it_does_not_hurt() {
    for (special, at, nearest, farthest) in [("scatter", 1, 0.0, 6.0), ("lobber", 3, 3.0, 16.0)] {
        let mut fired = 0;
        for seed in 0..6 {
            let mut arcade = duel_with(special, Xy::new(14.0, 8.0), seed);
            for _ in 0..60 * 15 {
                arcade.seats[1].pilot.health = 100;
                let before = arcade.fired_with[at];
                arcade.step();
                if arcade.fired_with[at] > before {
                    let pos = |seat: usize| Xy::of_position(arcade.seats[seat].pilot.motion.pos);
                    let distance = (pos(0) - pos(1)).length();
                    assert!(
                        (nearest..farthest).contains(&distance),
                        "{special} at {distance} tiles"
                    );
                    fired += 1;
                }
            }
        }
        assert!(fired > 6, "{special}: {fired} times");
    }
}

#[test]
fn who_has_a_lobber_goes_for_those_who_are_together() {
    let hunted = |special: &str| {
        let mut arcade = duel_with(special, Xy::new(9.5, 2.5), 1);
        let together = [Xy::new(2.5, 10.0), Xy::new(3.5, 10.8)];
        arcade.seats.extend(together.map(|place| {
            let mut pilot = arcade.seats[1].pilot;
            pilot.motion.pos = Vec2::from_tiles(place.x, place.y);
            let bot = Box::new(Target {
                away: Xy::ZERO,
                turn_every: 60,
            });
            Seat::new(bot, pilot, 9)
        }));
        let (view, seat) = (arcade.view_of(0), &arcade.seats[0]);
        let rest = (&arcade.arena, &arcade.rules);
        let own = (arcade.tick, &seat.pilot);
        let world = World::new(PlayerId(0), own, &view, rest, &seat.random);
        super::quarry::choose(&world, &world.own(), None).map(|quarry| quarry.id)
    };
    assert_eq!(hunted(""), Some(PlayerId(1)), "the nearest");
    assert_eq!(hunted("lobber"), Some(PlayerId(2)));
}

/// Where somebody who sees nobody is after so many seconds, on a map with this legend.
fn after(seconds: u32, legend: &str, prepare: impl Fn(&mut Pilot)) -> (Arcade, Vec<Xy>) {
    let hall = format!(
        "{legend}\n{}#S{}S#\n{}{}",
        "#".repeat(40) + "\n",
        ".".repeat(36),
        row(18).replacen("#.........", "#........1", 1),
        "#".repeat(40) + "\n"
    );
    let mut arcade = Arcade::with(
        Rules::default(),
        &hall,
        vec![(Box::new(Hunter::new(Skill::Hard, 5)), Xy::new(4.5, 9.5))],
    );
    prepare(&mut arcade.seats[0].pilot);
    let mut way = Vec::new();
    for _ in 0..60 * seconds {
        arcade.step();
        way.push(Xy::of_position(arcade.seats[0].pilot.motion.pos));
    }
    (arcade, way)
}

#[test]
fn who_is_hurt_goes_for_health_and_who_is_not_does_not_need_it() {
    let pad = Xy::new(9.5, 2.5);
    let nearest = |way: &[Xy]| {
        let distances = way.iter().map(|pos| (*pos - pad).length());
        distances.fold(f32::INFINITY, f32::min)
    };
    let (_, hurt) = after(3, "=1 health", |pilot| pilot.health = 30);
    assert!(nearest(&hurt) < 0.9, "{}", nearest(&hurt));
    let (_, armed) = after(3, "=1 scatter", |_| {});
    assert!(nearest(&armed) < 0.9, "{}", nearest(&armed));
}

#[test]
fn a_shot_that_comes_from_ahead_is_sent_back_by_the_good_ones() {
    let pressed = |skill: Skill| -> usize {
        let mut pressed = 0;
        for seed in 0..20 {
            let mut arcade = duel_with("", Xy::new(14.0, 2.5), seed);
            arcade.seats[0].bot = Box::new(Hunter::new(skill, seed));
            for round in 0..60 * 10 {
                arcade.seats[0].pilot.health = 100;
                arcade.seats[1].pilot.health = 100;
                if round % 40 == 0 {
                    let pos = |seat: usize| Xy::of_position(arcade.seats[seat].pilot.motion.pos);
                    let heading = Angle::from_radians((pos(0) - pos(1)).angle());
                    arcade.shots.push(Shot {
                        owner: PlayerId(1),
                        weapon: Weapon::FIRST,
                        pos: arcade.seats[1].pilot.motion.pos,
                        heading,
                        bounces: 0,
                        age: 0,
                    });
                }
                arcade.step();
                let buttons = arcade.seats[0].input.buttons;
                pressed += usize::from(buttons.contains(Buttons::DEFLECT));
            }
        }
        pressed
    };
    let (easy, hard) = (pressed(Skill::Easy), pressed(Skill::Hard));
    println!("deflects: easy {easy}, hard {hard}");
    assert!(easy == 0 && hard > 10, "easy {easy}, hard {hard}");
}
