//! Matches told as small scripts: one line after the other in virtual time, each something that is done or something that
//! must be so. What a line may say stands in [`Stage::play`]; lines that begin with `;` are remarks.
//!
//! ```text
//! mode ctf
//! rule flow.countdown_s 0.1
//! stand blue at 2,3
//! stand orange at 22,3
//! join A blue at 3,6
//! join B orange at 20,6
//! live
//! put A at 22,3
//! tick 1
//! expect flag orange carried A
//! ```
//!
//! Names of players are one word. Places are in tiles. A match is played in a hall without inner walls unless
//! [`Stage::on`] is given a map.

mod act;
mod expect;
mod words;

use std::collections::HashMap;

use fracas_protocol::view::MatchState;
use fracas_protocol::{
    Arena, Buttons, EventKind, Input, InputBatch, Map, Mode, Phase, PlayerId, Rules, SeenAgo,
    ServerMessage, Steer, Team, View, decode,
};

use super::super::components::{Craft, Identity};
use super::super::contest::Contest;
use super::super::places::Places;
use super::super::resources::{Inbox, MatchClock, Roster, Setup};
use super::super::{Command, Match, MatchEvent, Standing};
use super::hall;
use words::{buttons, number, place, steer, text, zone};

use crate::rulebook;

/// A line can't be done, or isn't so.
type Outcome = Result<(), Fault>;

/// What is wrong with a line.
#[derive(Debug)]
enum Fault {
    /// It says something, which isn't so.
    NotSo(String),
    /// It says nothing that could be so, or done.
    Nonsense(String),
}

impl<T: Into<String>> From<T> for Fault {
    fn from(why: T) -> Fault {
        Fault::Nonsense(why.into())
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (Fault::NotSo(why) | Fault::Nonsense(why)) = self;
        f.write_str(why)
    }
}

/// Plays a script in the hall.
pub(super) fn play(script: &str) -> Stage {
    Stage::on(&hall()).run(script)
}

/// A match, and who is in it.
pub(super) struct Stage {
    map: String,
    mode: Mode,
    /// What `rule` lines say, before the match begins.
    rules: Vec<toml::Table>,
    places: Places,
    game: Option<Match>,
    players: HashMap<String, Player>,
    /// Since the last `forget`.
    pub(super) events: Vec<MatchEvent>,
}

/// Somebody with a name in the script.
struct Player {
    id: PlayerId,
    input: Input,
    /// What a client of theirs would know.
    view: View,
    heard: Vec<EventKind>,
    seen_ago: SeenAgo,
    is_away: bool,
}

impl Stage {
    /// On a map drawn in text.
    pub(super) fn on(map: &str) -> Stage {
        Stage {
            map: map.into(),
            mode: Mode::Ffa,
            rules: Vec::new(),
            places: Places::of(&Map::parse(map).unwrap()),
            game: None,
            players: HashMap::new(),
            events: Vec::new(),
        }
    }

    /// Changes to the mode's rules, as a configuration file has them.
    pub(super) fn with_rules(mut self, changes: &str) -> Stage {
        self.rules.push(changes.parse().unwrap());
        self
    }

    /// Plays all lines; panics with the line that went wrong.
    pub(super) fn run(mut self, script: &str) -> Stage {
        for (at, line) in script.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with(';') {
                continue;
            }
            let words: Vec<_> = line.split_whitespace().collect();
            if let Err(why) = self.play(&words) {
                panic!("line {}: {line}: {why}", at + 1);
            }
        }
        self
    }

    fn play(&mut self, words: &[&str]) -> Outcome {
        match words {
            // What is played; before anybody joins.
            ["mode", mode] => self.mode = mode.parse()?,
            ["rule", key, value] => self.set_rule(key, value)?,
            ["stand", team, "at", at] => {
                let stands = self.places.stands.get_or_insert_default();
                stands[team.parse::<Team>()? as usize] = place(at)?;
            }
            ["zone", from, "to", to] => self.places.zones.push(zone(from, to)?),
            ["spawn", team, "at", at] => {
                self.places.team_spawns[team.parse::<Team>()? as usize] = vec![place(at)?];
            }
            // Who comes and goes. A side that is named is what the newcomer must get.
            ["join", name] => self.join(name)?,
            ["join", name, "at", at] => {
                self.join(name)?;
                self.put(name, at)?;
            }
            ["join", name, team, "at", at] => {
                self.join(name)?;
                self.put(name, at)?;
                self.expect(&[*name, "team", *team])?;
            }
            [name, "leaves"] => {
                let player = self.player(name)?.id;
                self.players.remove(*name);
                self.step(vec![Command::Leave { player }]);
            }
            [name, "replaces", old] => self.replace(old, name)?,
            [name, "drops", "line"] => {
                let player = self.player(name)?;
                player.is_away = true;
                let player = player.id;
                self.step(vec![Command::Detach { player }]);
            }
            [name, "comes", "back"] => self.attach(name)?,
            [name, "was", "worth", skill] => {
                let skill = number(skill)?;
                let player = self.player(name)?.id;
                self.step(vec![Command::Rate { player, skill }]);
            }
            // What they do.
            ["put", name, "at", at] => self.put(name, at)?,
            [name, "holds", keys] => self.player(name)?.input.steer = steer(keys)?,
            [name, "aims", "at", at] => self.aim(name, at)?,
            [name, "presses", button] => {
                self.player(name)?.input.buttons = buttons(button)?;
            }
            // How far in the past a player's client shows the others from now on; to be believed takes a while.
            [name, "sees", "others", ticks, "ticks", "ago"] => {
                let ticks: u16 = number(ticks)?;
                self.player(name)?.seen_ago = SeenAgo(ticks * SeenAgo::PARTS as u16);
            }
            // The special weapon, with all its ammo; an effect, for as long as it lasts.
            ["arm", name, "with", weapon] => self.arm(name, weapon)?,
            ["give", name, item] => self.give(name, item)?,
            [name, "lets", "go"] => {
                let input = &mut self.player(name)?.input;
                (input.steer, input.buttons) = (Steer::NONE, Buttons::default());
            }
            [killer, "kills", victim] => self.hit(killer, victim, u8::MAX, 0)?,
            [killer, "kills", victim, "off", "a", "wall"] => {
                self.hit(killer, victim, u8::MAX, 1)?;
            }
            [one, "and", other, "kill", "each", "other"] => {
                self.aim_hit(one, other, u8::MAX, 0)?;
                self.hit(other, one, u8::MAX, 0)?;
            }
            [attacker, "hurts", victim, "by", damage] => {
                self.hit(attacker, victim, number(damage)?, 0)?;
            }
            // Time.
            ["tick"] => self.ticks(1),
            ["tick", ticks] => self.ticks(number(ticks)?),
            ["live"] => {
                self.until(600, &["phase", "live"])?;
                self.ticks(1);
            }
            ["forget"] => self.events.clear(),
            ["within", ticks, "expect", what @ ..] => self.until(number(ticks)?, what)?,
            ["expect", what @ ..] => self.expect(what)?,
            _ => return Err("nothing a script can say".into()),
        }
        Ok(())
    }

    fn arena(&mut self) -> Arena {
        self.game().world.resource::<Setup>().arena.clone()
    }

    fn set_rule(&mut self, key: &str, value: &str) -> Outcome {
        if self.game.is_some() {
            return Err("rules come before the first player".into());
        }
        let parts: Vec<_> = key.split('.').collect();
        let line = match parts[..] {
            [section, key] => format!("[{section}]\n{key} = {value}"),
            // Of a list, by name.
            [list, name, key] => format!("[[{list}]]\nname = \"{name}\"\n{key} = {value}"),
            _ => return Err("a rule is section.key or list.name.key".into()),
        };
        self.rules.push(line.parse().map_err(text)?);
        Ok(())
    }

    /// The mode's rules, with short phases, and what the script says.
    fn all_rules(&self) -> Result<Rules, String> {
        let short = "flow.countdown_s = 0.1\ncraft.spawn_protection_s = 0.0";
        let short: toml::Table = short.parse().map_err(text)?;
        let changes = std::iter::once(&short).chain(&self.rules);
        rulebook::changed(self.mode, changes).map_err(text)
    }

    fn game(&mut self) -> &mut Match {
        self.game.as_mut().expect("somebody joined")
    }

    fn ticks(&mut self, ticks: u32) {
        (0..ticks).for_each(|_| self.step(Vec::new()));
    }

    fn until(&mut self, ticks: u32, what: &[&str]) -> Outcome {
        for _ in 0..ticks {
            match self.expect(what) {
                Err(Fault::NotSo(_)) => self.ticks(1),
                outcome => return outcome,
            }
        }
        self.expect(what)
    }

    /// One tick, in which everybody asks for what they hold and is told what there is to know.
    fn step(&mut self, mut commands: Vec<Command>) {
        let first_tick = self.game().tick() + 1;
        let mut there: Vec<_> = self.players.values().filter(|one| !one.is_away).collect();
        there.sort_by_key(|player| player.id);
        commands.extend(there.into_iter().map(|player| Command::Inputs {
            player: player.id,
            batch: InputBatch {
                first_tick,
                seen_ago: player.seen_ago,
                inputs: vec![player.input],
            },
        }));
        let outbound = self.game().step(&mut commands);
        let snapshots = std::mem::take(&mut outbound.snapshots);
        let arena = self.arena();
        for (id, bytes) in snapshots {
            self.game()
                .world
                .resource_mut::<Inbox>()
                .0
                .push(Command::Delivered { player: id });
            let Ok(ServerMessage::Snapshot(snapshot)) = decode(&bytes) else {
                panic!("not a snapshot");
            };
            let player = self.players.values_mut().find(|player| player.id == id);
            let Some(player) = player.filter(|player| !player.is_away) else {
                continue;
            };
            player.view.apply(&snapshot, &arena).unwrap();
            assert_eq!(snapshot.checksum, Some(player.view.checksum()), "{id:?}");
            player
                .heard
                .extend(snapshot.events.into_iter().map(|event| event.kind));
        }
        self.take_events();
    }

    fn take_events(&mut self) {
        let events = std::mem::take(&mut self.game().outbound().events);
        self.events.extend(events);
    }

    /// How the match stands, which is what everybody who was told just now knows.
    fn state(&mut self) -> MatchState {
        let game = self.game();
        let clock = game.world.resource::<MatchClock>();
        let state = game.world.resource::<Contest>().state(clock);
        let tick = clock.tick;
        for player in self.players.values() {
            if player.view.tick == tick && !player.is_away {
                assert_eq!(
                    player.view.match_state, state,
                    "{:?} knows better",
                    player.id
                );
            }
        }
        state
    }

    fn player(&mut self, name: &str) -> Result<&mut Player, String> {
        let known: Vec<_> = self.players.keys().cloned().collect();
        let player = self.players.get_mut(name);
        player.ok_or_else(|| format!("{name} isn't here, there are {known:?}"))
    }

    fn standing(&mut self, id: PlayerId) -> Result<Standing, String> {
        let mut all = self.game().standings().players.into_iter();
        all.find(|one| one.id == id)
            .ok_or("not in the match".into())
    }

    fn craft(&mut self, id: PlayerId) -> bevy_ecs::prelude::Mut<'_, Craft> {
        let world = &mut self.game().world;
        let entity = world.resource::<Roster>().entity(id).unwrap();
        assert_eq!(world.get::<Identity>(entity).unwrap().id, id);
        world.get_mut::<Craft>(entity).unwrap()
    }
}

#[test]
#[should_panic(expected = "line 3: A swims: nothing a script can say")]
fn a_line_that_says_nothing_is_named() {
    play("\njoin A\nA swims");
}

#[test]
#[should_panic(expected = "line 2: expect A kills 1: it is 0, not 1")]
fn what_is_not_so_is_named() {
    play("join A\nexpect A kills 1");
}

/// What `no` is asked of must be something that could be so.
#[test]
fn what_says_nothing_is_not_what_is_not_so() {
    let says_nothing = |line: &str| {
        let stage = std::panic::catch_unwind(|| play(&format!("join A\nexpect no {line}")));
        stage.is_err()
    };
    for line in [
        "A swims",
        "A hears appaluse",
        "A armed with lance",
        "event streak A many",
        "event crowm",
        "event crown Ada",
        "award most_kils A",
        "kill A with plus",
        "winner Ada",
        "B alive",
        "flag green home",
        "phase alive",
        "A team green",
        "A kills many",
    ] {
        assert!(says_nothing(line), "{line}");
    }
    for line in [
        "A dead",
        "A hears kill",
        "A armed with rail",
        "A protected",
        "event streak A 3",
        "A hears streak A 3",
        "event crown A",
        "award most_kills A",
        "kill A with pulse",
        "winner A",
        "phase live",
        "A team blue",
        "A kills 1",
    ] {
        assert!(!says_nothing(line), "{line}");
    }
}

#[test]
fn phases_come_in_their_order() {
    let stage = play("join A\nexpect phase waiting\njoin B\nlive\nexpect A alive");
    assert!(stage.game.is_some_and(|game| game.phase() == Phase::Live));
}
