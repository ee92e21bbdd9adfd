//! Two hundred craft in one picture: the budget of a snapshot holds, and what is left out is never left out for long.

use std::collections::{HashMap, HashSet};

use fracas_protocol::view::{self, find};
use fracas_protocol::{
    Arena, InputBatch, PlayerId, ServerMessage, ShotId, Snapshot, View, Wants, decode, rules::Rules,
};

use super::super::components::{Craft, Identity};
use super::super::grid::{CraftGrid, ShotGrid};
use super::super::resources::Setup;
use super::super::sight::Picture;
use super::super::{Command, Match, MatchConfig};
use super::{RandomHand, hall, match_config};

const CRAFT: u16 = 200;
const WATCHER: PlayerId = PlayerId(0);
/// A quarter of a second.
const STALE_TICKS_MAX: u32 = 15;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Seen {
    Craft(PlayerId),
    Shot(ShotId),
}

struct PileUp {
    game: Match,
    arena: Arena,
    view: View,
    hands: Vec<RandomHand>,
    in_full: bool,
    /// For how many ticks the watcher's knowledge of something in the picture has been out of date, or missing.
    stale: HashMap<Seen, u32>,
    stalest: u32,
    missing: u32,
    bytes: Vec<usize>,
}

impl PileUp {
    fn new(snapshot_bytes_max: u32) -> PileUp {
        PileUp::watched(snapshot_bytes_max, false)
    }

    fn watched(snapshot_bytes_max: u32, in_full: bool) -> PileUp {
        // Hardly anybody dies, so that they all stay in the picture.
        let mut rules = Rules::default();
        (rules.craft.health, rules.weapons[0].damage) = (250, 1);
        let config = MatchConfig {
            snapshot_bytes_max,
            ..match_config(&hall(), 3, rules)
        };
        let arena = Arena::new(config.map.clone(), &config.rules, config.tick_hz);
        let game = Match::new(config).unwrap();
        let mut commands: Vec<_> = (0..CRAFT)
            .map(|place| Command::Join {
                player: PlayerId(place),
                name: format!("p{place}").into(),
                bot: true,
            })
            .collect();
        commands.push(Command::Attach {
            player: WATCHER,
            wants: Wants {
                checksums: true,
                in_full,
            },
        });
        let view = View {
            me: WATCHER,
            tick: game.tick(),
            ..View::default()
        };
        let hands = (0..CRAFT)
            .map(|place| RandomHand::new(9, PlayerId(place)))
            .collect();
        let mut pile_up = PileUp {
            game,
            arena,
            view,
            hands,
            in_full,
            stale: HashMap::new(),
            stalest: 0,
            missing: 0,
            bytes: vec![],
        };
        pile_up.step(commands);
        pile_up
    }

    fn step(&mut self, mut commands: Vec<Command>) {
        let tick = self.game.tick() + 1;
        for (place, hand) in (0..).zip(&mut self.hands) {
            commands.push(Command::Inputs {
                player: PlayerId(place),
                batch: InputBatch {
                    first_tick: tick,
                    inputs: vec![hand.next()],
                    ..InputBatch::default()
                },
            });
        }
        let sent = std::mem::take(&mut self.game.step(&mut commands).snapshots);
        for (_, bytes) in sent {
            let Ok(ServerMessage::Snapshot(snapshot)) = decode(&bytes) else {
                panic!("not a snapshot");
            };
            let content = snapshot.content;
            let state = content.own + content.crafts + content.entered + content.shots;
            self.bytes.push(state.div_ceil(8) as usize);
            self.receive(&snapshot);
        }
    }

    fn receive(&mut self, snapshot: &Snapshot) {
        self.view.apply(snapshot, &self.arena).unwrap();
        assert_eq!(snapshot.checksum, Some(self.view.checksum()));
        if self.in_full {
            assert_eq!(snapshot.entered, self.view.crafts);
        }
        let outdated = self.outdated();
        self.stale.retain(|seen, _| outdated.contains(seen));
        for seen in outdated {
            let since = self.stale.entry(seen).or_default();
            *since += snapshot.ticks;
            self.stalest = self.stalest.max(*since);
        }
    }

    /// What is in the picture and in the view not at all, or not as it is.
    fn outdated(&mut self) -> HashSet<Seen> {
        let world = &mut self.game.world;
        let mut players = world.query::<(&Identity, &Craft)>();
        let watcher = players.iter(world).find(|(who, _)| who.id == WATCHER);
        let pilot = watcher.expect("the watcher plays").1.pilot;
        let (crafts, setup) = (world.resource::<CraftGrid>(), world.resource::<Setup>());
        let picture = Picture::of(&pilot, crafts, setup);
        let mut outdated = HashSet::new();
        for (identity, craft) in players.iter(world) {
            if identity.id == WATCHER || !craft.pilot.alive {
                continue;
            }
            let known = self.view.craft(identity.id);
            let is_right = |seen: &view::Craft| {
                seen.motion == craft.pilot.motion && seen.health == craft.pilot.health
            };
            self.missing += u32::from(known.is_none() && picture.holds(craft.pilot.motion.pos));
            if known.map_or(picture.holds(craft.pilot.motion.pos), |seen| {
                !is_right(seen)
            }) {
                outdated.insert(Seen::Craft(identity.id));
            }
        }
        let shots = world.resource::<ShotGrid>().cells.all();
        for shot in shots.iter().filter(|shot| picture.holds(shot.shot.pos)) {
            if find(&self.view.shots, shot.id).is_none() {
                self.missing += 1;
                outdated.insert(Seen::Shot(shot.id));
            }
        }
        outdated
    }

    fn run(&mut self, ticks: u32) {
        for _ in 0..ticks {
            self.step(vec![Command::Delivered { player: WATCHER }]);
        }
    }
}

#[test]
fn a_tight_budget_holds_and_nobody_in_view_is_out_of_date_for_long() {
    let budget = 450;
    let mut pile_up = PileUp::new(budget);
    let over = |bytes: &[usize]| {
        let over = bytes.iter().filter(|bytes| **bytes > budget as usize);
        over.count() as f64 / bytes.len() as f64
    };
    // While nobody can be hurt shots fly on, and even told at once all that happens takes 600 bytes a snapshot.
    pile_up.run(180);
    let countdown = std::mem::take(&mut pile_up.bytes);
    pile_up.run(1_020);
    println!(
        "over {budget} bytes: {:.2} in the countdown, {:.2} live, the longest {:?}; out of date for {} ticks at most, {} missing; {} craft in view",
        over(&countdown),
        over(&pile_up.bytes),
        pile_up.bytes.iter().max(),
        pile_up.stalest,
        pile_up.missing,
        pile_up.view.crafts.len(),
    );
    assert!(pile_up.view.crafts.len() > 140, "no pile-up");
    assert!(
        pile_up.missing > 0 && pile_up.stalest > 0,
        "the budget was never felt"
    );
    assert!(pile_up.stalest <= STALE_TICKS_MAX);
    // What has waited for a quarter of a second goes first, whatever it costs.
    assert!(countdown.iter().all(|bytes| *bytes < 2 * budget as usize));
    assert!(over(&pile_up.bytes) < 0.05);
}

#[test]
fn two_hundred_craft_in_one_picture_fit_into_one_packet() {
    let mut pile_up = PileUp::new(1_400);
    // Two hundred that come into sight at once are told of in a few snapshots, the nearest first.
    pile_up.run(60);
    assert!(pile_up.stalest <= STALE_TICKS_MAX);
    (pile_up.stalest, pile_up.bytes) = (0, vec![]);
    pile_up.run(1_200);
    let mut bytes = std::mem::take(&mut pile_up.bytes);
    bytes.sort_unstable();
    let at = |share: usize| bytes[bytes.len() * share / 100];
    println!("bytes p50 {} p99 {}", at(50), at(99));
    // But for the moment when the match goes live and all fire at once, nobody needs to wait.
    assert!(pile_up.stalest <= 4, "{}", pile_up.stalest);
    assert!(at(99) <= 1_400);
}

#[test]
fn who_flies_nobody_is_told_of_everybody_every_time() {
    let mut pile_up = PileUp::watched(60_000, true);
    pile_up.run(120);
    assert!(pile_up.view.crafts.len() > 100);
}
