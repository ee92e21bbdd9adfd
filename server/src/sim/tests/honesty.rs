//! Clients that try to get more than the rules give: what can't be is counted and changes nothing.

use std::collections::BTreeMap;

use fracas_protocol::motion::Pilot;
use fracas_protocol::{
    Angle, Buttons, Input, InputBatch, PlayerId, Rules, SeenAgo, Steer, Tick, Wants,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use super::super::components::{Craft, InputQueue};
use super::super::resources::{Roster, Setup};
use super::super::{Command, Match, RejectReason, rewind};
use super::new_match_in_a_hall;

const CHEAT: PlayerId = PlayerId(0);
const WITNESS: PlayerId = PlayerId(1);

/// Nobody dies, so that what is measured is one life.
fn rules() -> Rules {
    let mut rules = Rules::default();
    rules.craft.health = 250;
    rules.flow.players_min = 1000;
    rules.weapons[0].damage = 1;
    rules.craft.special = "rail".to_owned();
    (rules.weapons[2].damage, rules.weapons[2].ammo) = (1, 2);
    rules
}

/// A match with a cheat and somebody who plays by the rules.
struct Court {
    game: Match,
    commands: Vec<Command>,
    refused: BTreeMap<&'static str, u32>,
    /// Ticks in which the cheat fired the Pulse, and the rail.
    shots: Vec<Tick>,
    beams: Vec<Tick>,
    before: Pilot,
}

impl Court {
    fn new() -> Court {
        let mut court = Court {
            game: new_match_in_a_hall(7, rules()),
            commands: Vec::new(),
            refused: BTreeMap::new(),
            shots: Vec::new(),
            beams: Vec::new(),
            before: Pilot::default(),
        };
        for player in [CHEAT, WITNESS] {
            court.commands.push(Command::Join {
                player,
                name: "somebody".into(),
                bot: false,
            });
            let wants = Wants::default();
            court.commands.push(Command::Attach { player, wants });
        }
        court.tick();
        court
    }

    fn next(&self) -> Tick {
        self.game.tick() + 1
    }

    fn send(&mut self, player: PlayerId, first_tick: Tick, inputs: Vec<Input>, seen_ago: u16) {
        let batch = InputBatch {
            first_tick,
            seen_ago: SeenAgo(seen_ago),
            inputs,
        };
        self.commands.push(Command::Inputs { player, batch });
    }

    /// One tick; nobody flies faster, fires more often or stores more than the rules allow, whatever was sent.
    fn tick(&mut self) {
        // The witness circles.
        let next = self.next();
        let around = Input {
            steer: Steer::along(Angle((next * 300) as u16)),
            ..Input::default()
        };
        self.send(WITNESS, next, vec![around], 0);
        let outbound = self.game.step(&mut self.commands);
        for (player, reason) in outbound.rejected.drain(..) {
            assert_ne!(player, WITNESS, "{reason:?}");
            *self.refused.entry(reason.as_str()).or_default() += 1;
        }
        let served = outbound.snapshots.drain(..).map(|(player, _)| player);
        self.commands
            .extend(served.map(|player| Command::Delivered { player }));
        self.measure();
    }

    fn measure(&mut self) {
        let (tick, now, before) = (self.game.tick(), self.pilot(CHEAT), self.before);
        let setup = self.game.world.resource::<Setup>();
        let tuning = setup.arena.tuning.clone();
        let limit = rewind::limit(&setup.arena);
        if now.life == before.life && now.alive && before.alive {
            let flown = (now.motion.pos - before.motion.pos).length();
            assert!(flown <= tuning.craft_speed / 4 + 2, "{flown} in {tick}");
        }
        if now.ready_at == tick + tuning.weapons[0].interval_ticks {
            self.shots.push(tick);
        }
        if now.life == before.life && now.special.ammo < before.special.ammo {
            assert_eq!(before.special.ammo - now.special.ammo, 1);
            self.beams.push(tick);
        }
        let queue = self.queue();
        assert!(queue.waiting.len() <= 61, "{}", queue.waiting.len());
        assert!(queue.sight.back <= limit);
        let apart = |ticks: &[Tick], least: Tick| ticks.windows(2).all(|t| t[1] - t[0] >= least);
        assert!(apart(&self.shots, tuning.weapons[0].interval_ticks));
        let rail = &tuning.weapons[2];
        assert!(apart(&self.beams, rail.charge_ticks + rail.interval_ticks));
        assert!(self.beams.len() <= usize::from(rail.ammo));
        self.before = now;
    }

    fn pilot(&self, player: PlayerId) -> Pilot {
        let entity = self.game.world.resource::<Roster>().entity(player);
        let craft = self.game.world.get::<Craft>(entity.unwrap());
        craft.unwrap().pilot
    }

    fn queue(&self) -> &InputQueue {
        let entity = self.game.world.resource::<Roster>().entity(CHEAT);
        self.game.world.get::<InputQueue>(entity.unwrap()).unwrap()
    }

    fn refused(&self, reason: RejectReason) -> u32 {
        self.refused
            .get(reason.as_str())
            .copied()
            .unwrap_or_default()
    }
}

fn hand(buttons: Buttons) -> Input {
    Input {
        steer: Steer::along(Angle(0)),
        aim: Angle(16_384),
        buttons,
    }
}

/// The same match with and without what `cheat` sends besides an honest hand; returns the one with.
fn changes_nothing(mut cheat: impl FnMut(&mut Court)) -> Court {
    let (mut honest, mut hostile) = (Court::new(), Court::new());
    for _ in 0..200 {
        for court in [&mut honest, &mut hostile] {
            let next = court.next();
            let input = Input {
                steer: Steer::along(Angle((next * 500) as u16)),
                ..hand(Buttons::FIRE)
            };
            court.send(CHEAT, next + 1, vec![input], 512);
        }
        cheat(&mut hostile);
        honest.tick();
        hostile.tick();
        assert_eq!(honest.game.state_hash(), hostile.game.state_hash());
    }
    assert!(honest.refused.is_empty(), "{:?}", honest.refused);
    hostile
}

#[test]
fn a_second_input_for_a_tick_is_not_taken() {
    let court = changes_nothing(|court| {
        let next = court.next();
        court.send(CHEAT, next + 1, vec![hand(Buttons::SPECIAL); 1], 512);
    });
    assert_eq!(court.refused(RejectReason::Duplicate), 200);
}

#[test]
fn inputs_for_ticks_that_are_over_or_far_ahead_are_not_taken() {
    let court = changes_nothing(|court| {
        let next = court.next();
        court.send(CHEAT, next - 9, vec![hand(Buttons::FIRE); 8], 512);
        court.send(CHEAT, next + 61, vec![hand(Buttons::FIRE); 8], 512);
        court.send(CHEAT, Tick::MAX - 9, vec![hand(Buttons::FIRE); 8], 512);
        court.send(CHEAT, 0, vec![hand(Buttons::FIRE); 8], 512);
    });
    // The first of them come before the first honest one is there to be flown.
    assert!(court.refused(RejectReason::Late) >= 190 * 16);
    assert_eq!(court.refused(RejectReason::Early), 200 * 16);
}

#[test]
fn inputs_of_nobody_change_nothing() {
    let court = changes_nothing(|court| {
        let next = court.next();
        court.send(PlayerId(77), next, vec![hand(Buttons::FIRE)], 0);
    });
    assert_eq!(court.refused(RejectReason::NotPlaying), 200);
}

#[test]
fn many_inputs_at_once_are_no_faster() {
    let mut court = Court::new();
    for _ in 0..300 {
        let next = court.next();
        for ahead in 0..8 {
            court.send(CHEAT, next + ahead, vec![hand(Buttons::FIRE); 8], 512);
        }
        court.tick();
    }
    assert!(court.refused(RejectReason::Duplicate) > 10_000);
    assert!(court.shots.len() <= 31, "{}", court.shots.len());
}

#[test]
fn a_burst_after_a_silence_makes_up_for_nothing() {
    let mut court = Court::new();
    for silence in [20, 40, 90] {
        let first = court.next();
        (0..silence).for_each(|_| court.tick());
        let still = court.pilot(CHEAT).motion.pos;
        for batch in 0..silence / 8 + 1 {
            court.send(CHEAT, first + batch * 8, vec![hand(Buttons::FIRE); 8], 512);
        }
        court.tick();
        let flown = (court.pilot(CHEAT).motion.pos - still).length();
        assert!(flown <= 478 / 4 + 2, "{flown}");
    }
    assert!(court.refused(RejectReason::Late) >= 140);
}

#[test]
fn a_rail_needs_its_whole_charge_and_its_ammo() {
    let mut court = Court::new();
    let charge = court.game.world.resource::<Setup>().arena.tuning.weapons[2].charge_ticks;
    for tick in 0..10 * charge {
        let next = court.next();
        // Let go one tick short of the whole, again and again.
        let buttons = if tick % (charge + 1) == charge {
            Buttons::default()
        } else {
            Buttons::SPECIAL
        };
        court.send(CHEAT, next, vec![hand(buttons)], 512);
        court.tick();
    }
    assert!(court.beams.is_empty());
    for _ in 0..600 {
        let next = court.next();
        court.send(CHEAT, next, vec![hand(Buttons::SPECIAL)], 512);
        court.tick();
    }
    assert_eq!(court.beams.len(), 2);
    assert_eq!(court.pilot(CHEAT).special.ammo, 0);
    assert_eq!(court.pilot(CHEAT).special.charging_since, None);
}

#[test]
fn seeing_what_was_not_sent_yet_is_counted() {
    let mut court = Court::new();
    for _ in 0..60 {
        let next = court.next();
        // Nothing is ever sent for ticks to come; 6 ticks of guessing are allowed.
        court.send(CHEAT, next + 20, vec![hand(Buttons::FIRE)], 1);
        court.tick();
    }
    assert_eq!(court.refused(RejectReason::Rewind), 60);
}

#[test]
fn who_aims_at_the_present_is_judged_by_it_and_not_counted() {
    let mut court = Court::new();
    for _ in 0..60 {
        let next = court.next();
        court.send(CHEAT, next + 20, vec![hand(Buttons::FIRE)], 0);
        court.tick();
    }
    assert_eq!(court.refused(RejectReason::Rewind), 0);
    assert_eq!(court.queue().sight.back, 0);
}

#[test]
fn another_moment_for_every_message_is_counted_and_not_believed() {
    let mut court = Court::new();
    for n in 0..120 {
        let next = court.next();
        court.send(CHEAT, next, vec![hand(Buttons::FIRE)], 6 * 256);
        if n >= 60 {
            court.commands.pop();
            let seen_ago = if n % 2 == 0 { 0 } else { 12 * 256 };
            court.send(CHEAT, next, vec![hand(Buttons::FIRE)], seen_ago);
        }
        court.tick();
        let back = court.queue().sight.back;
        assert!(back.abs_diff(6 * 256) <= 4 * 256, "{back}");
    }
    assert_eq!(court.refused(RejectReason::Rewind), 60);
}

/// Anything that decodes, at any time, as often as it likes: the bounds hold, and whoever plays by the rules flies as if
/// the cheat were not there.
#[test]
fn whatever_is_sent_the_bounds_hold() {
    for seed in 0..60 {
        let mut rng = StdRng::seed_from_u64(seed);
        let (mut quiet, mut court) = (Court::new(), Court::new());
        for _ in 0..240 {
            for _ in 0..rng.random_range(0..4) {
                let next = court.next();
                let offset = rng.random_range(-70..70);
                let inputs = (0..rng.random_range(1..=8)).map(|_| Input {
                    steer: Steer::from_code(rng.random_range(0..=192)).unwrap(),
                    aim: Angle(rng.random()),
                    buttons: Buttons(rng.random_range(0..4)),
                });
                let inputs = inputs.collect();
                court.send(
                    CHEAT,
                    next.wrapping_add_signed(offset),
                    inputs,
                    rng.random(),
                );
            }
            quiet.tick();
            court.tick();
            assert_eq!(quiet.pilot(WITNESS).motion, court.pilot(WITNESS).motion);
        }
        assert!(court.refused.values().sum::<u32>() > 100);
    }
}
