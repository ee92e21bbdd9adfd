//! Two hundred craft in one picture: the budget of a snapshot holds, and what is left out is never left out for long.

use std::collections::HashMap;

use fracas_protocol::{
    Arena, InputBatch, PlayerId, ServerMessage, Snapshot, View, Wants, decode, rules::Rules,
};

use super::super::components::{Craft, Identity};
use super::super::{Command, Match, MatchConfig};
use super::{RandomHand, hall, match_config};

const CRAFT: u16 = 200;
const WATCHER: PlayerId = PlayerId(0);
/// A quarter of a second.
const STALE_TICKS_MAX: u32 = 15;

struct PileUp {
    game: Match,
    arena: Arena,
    view: View,
    hands: Vec<RandomHand>,
    in_full: bool,
    /// For how many ticks the watcher's knowledge of somebody has been out of date.
    stale: HashMap<PlayerId, u32>,
    stalest: u32,
    bytes: Vec<usize>,
}

impl PileUp {
    fn new(snapshot_bytes_max: u32) -> PileUp {
        PileUp::watched(snapshot_bytes_max, false)
    }

    fn watched(snapshot_bytes_max: u32, in_full: bool) -> PileUp {
        // Hardly anybody dies, so that they all stay in the picture.
        let mut rules = Rules::default();
        (rules.craft.health, rules.pulse.damage) = (250, 1);
        let config = MatchConfig {
            snapshot_bytes_max,
            ..match_config(&hall(), 3, rules)
        };
        let arena = Arena::new(config.map.clone(), &config.rules, config.tick_hz);
        let game = Match::new(config);
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
        let mut players = self.game.world.query::<(&Identity, &Craft)>();
        for (identity, craft) in players.iter(&self.game.world) {
            let Some(seen) = self.view.craft(identity.id) else {
                self.stale.remove(&identity.id);
                continue;
            };
            if seen.motion == craft.pilot.motion && seen.health == craft.pilot.health {
                self.stale.remove(&identity.id);
            } else {
                let since = self.stale.entry(identity.id).or_default();
                *since += snapshot.ticks;
                self.stalest = self.stalest.max(*since);
            }
        }
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
    pile_up.run(1_200);
    let over = pile_up
        .bytes
        .iter()
        .filter(|bytes| **bytes > budget as usize);
    let (over, all) = (over.count(), pile_up.bytes.len());
    let longest = pile_up.bytes.iter().max().unwrap();
    println!(
        "{} of {all} over {budget} bytes, the longest has {longest}; out of date for {} ticks at most; {} craft in view",
        over,
        pile_up.stalest,
        pile_up.view.crafts.len(),
    );
    assert!(pile_up.view.crafts.len() > 140, "no pile-up");
    assert!(pile_up.stalest > 0, "the budget was never felt");
    assert!(pile_up.stalest <= STALE_TICKS_MAX);
    // What has waited for a quarter of a second goes first, whatever it costs.
    assert!(over * 20 < all, "{over} of {all} over the budget");
}

#[test]
fn two_hundred_craft_in_one_picture_fit_into_one_packet() {
    let mut pile_up = PileUp::new(1_400);
    pile_up.run(1_200);
    let mut bytes = pile_up.bytes.split_off(30);
    bytes.sort_unstable();
    let at = |share: usize| bytes[bytes.len() * share / 100];
    println!("bytes p50 {} p99 {}", at(50), at(99));
    assert_eq!(pile_up.stalest, 0, "nobody needs to wait");
    assert!(at(99) <= 1_400);
}

#[test]
fn who_flies_nobody_is_told_of_everybody_every_time() {
    let mut pile_up = PileUp::watched(60_000, true);
    pile_up.run(120);
    assert!(pile_up.view.crafts.len() > 100);
}
