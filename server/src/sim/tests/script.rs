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

use std::collections::HashMap;

use fracas_protocol::geometry::TILE;
use fracas_protocol::map::Zone;
use fracas_protocol::motion::CraftMotion;
use fracas_protocol::view::{Flag, MatchState, Objective};
use fracas_protocol::{
    Angle, Arena, Buttons, EventKind, Input, InputBatch, Map, Mode, Phase, PlayerId, Rules,
    SeenAgo, ServerMessage, Steer, Team, Vec2, View, Wants, Weapon, decode,
};

use super::super::components::{Craft, Identity};
use super::super::contest::Contest;
use super::super::places::Places;
use super::super::resources::{Hit, Hits, MatchClock, Roster};
use super::super::tracks::Pasts;
use super::super::{Command, Match, MatchEvent, Standing};
use super::{hall, match_config};

use crate::rulebook;

/// A line can't be done, or isn't so.
type Outcome = Result<(), String>;

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
            [attacker, "hurts", victim, "by", damage] => {
                self.hurt(attacker, victim, number(damage)?, 0)?;
            }
            [killer, "kills", victim] => self.kill(killer, victim, 0)?,
            [killer, "kills", victim, "off", "a", "wall"] => self.kill(killer, victim, 1)?,
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

    /// What must be so.
    fn expect(&mut self, what: &[&str]) -> Outcome {
        let state = self.state();
        match what {
            ["no", what @ ..] => match self.expect(what) {
                Ok(()) => Err("it is so".into()),
                Err(_) => Ok(()),
            },
            ["phase", phase] => same(state.phase.as_str(), phase),
            ["over"] => same(self.game().is_over(), &true),
            ["crown", "nobody"] => same(state.crown, &None),
            ["crown", name] => same(state.crown, &Some(self.player(name)?.id)),
            ["teams", blue, orange] => same(state.teams, &Some([number(blue)?, number(orange)?])),
            ["flag", team, rest @ ..] => self.expect_flag(team.parse()?, rest),
            ["zone", rest @ ..] => self.expect_zone(rest),
            ["kill", by, "with", weapon, rest @ ..] => self.expect_kill(by, weapon, rest),
            ["event", name] => {
                let names: Vec<_> = self.events.iter().map(event_name).collect();
                if names.contains(name) {
                    return Ok(());
                }
                Err(format!("there were {names:?}"))
            }
            ["award", award, name] => self.expect_award(award, name),
            ["winner", winner] => self.expect_winner(winner),
            [name, rest @ ..] => self.expect_of(name, rest),
            [] => Err("nothing to expect".into()),
        }
    }

    fn expect_flag(&mut self, team: Team, what: &[&str]) -> Outcome {
        let Objective::Flags(flags) = self.state().objective else {
            return Err("there are no flags".into());
        };
        let flag = flags[team as usize];
        match (what, flag) {
            (["home"], Flag::Home) | (["dropped"], Flag::Dropped { .. }) => Ok(()),
            (["carried", name], Flag::Carried { by }) => same(by, &self.player(name)?.id),
            (["dropped", "at", at], Flag::Dropped { at: lies, .. }) => near(lies, place(at)?),
            _ => Err(format!("it is {flag:?}")),
        }
    }

    fn expect_zone(&mut self, what: &[&str]) -> Outcome {
        let Objective::Zone(zone) = self.state().objective else {
            return Err("there is no zone".into());
        };
        match what {
            ["index", index] => same(zone.index, &number(index)?),
            ["held", team] => same(zone.holder, &Some(team.parse()?)),
            ["free"] => same(zone.holder, &None),
            ["taken", "by", team] => {
                same(zone.taking.map(|taking| taking.team), &Some(team.parse()?))
            }
            ["contested"] => same(zone.contested, &true),
            _ => Err("nothing a zone can be".into()),
        }
    }

    /// What must be so of somebody.
    fn expect_of(&mut self, name: &str, what: &[&str]) -> Outcome {
        let id = self.player(name)?.id;
        let standing = self.standing(id)?;
        match what {
            ["team", team] => same(standing.team, &Some(team.parse()?)),
            ["score", score] => same(standing.score, &number(score)?),
            ["kills", kills] => same(standing.kills, &number(kills)?),
            ["deaths", deaths] => same(standing.deaths, &number(deaths)?),
            ["assists", assists] => same(standing.assists, &number(assists)?),
            ["objective", points] => same(standing.objective, &number(points)?),
            ["looks", "at", "nobody"] => same(self.craft(id).pilot.killer, &None),
            ["looks", "at", killer] => {
                let killer = self.player(killer)?.id;
                same(self.craft(id).pilot.killer, &Some(killer))
            }
            ["alive"] => same(self.craft(id).pilot.alive, &true),
            ["dead"] => same(self.craft(id).pilot.alive, &false),
            ["health", health] => same(self.craft(id).pilot.health, &number(health)?),
            ["at", at] => near(self.craft(id).pilot.motion.pos, place(at)?),
            ["shield", shield] => same(self.craft(id).pilot.shield, &number(shield)?),
            ["ammo", ammo] => same(self.craft(id).pilot.special.ammo, &number(ammo)?),
            ["unarmed"] => same(self.craft(id).pilot.armed_with(), &None),
            ["armed", "with", weapon] => {
                let weapon = self.all_rules()?.weapon(weapon);
                same(self.craft(id).pilot.armed_with(), &weapon)
            }
            ["dashes", dashes] => {
                let (pilot, tick) = (self.craft(id).pilot, self.game().tick());
                let ready = pilot.dash.ready(tick, &self.arena().tuning);
                same(ready, &number(dashes)?)
            }
            ["deflects"] => {
                let (pilot, tick) = (self.craft(id).pilot, self.game().tick());
                same(pilot.deflects(tick), &true)
            }
            ["knows", "empty", pads] => same(self.player(name)?.view.pads.len(), &number(pads)?),
            ["hears", kind] => {
                let heard = self.player(name)?.heard.iter().map(kind_name);
                let heard: Vec<_> = heard.collect();
                if heard.contains(kind) {
                    return Ok(());
                }
                Err(format!("{name} heard {heard:?}"))
            }
            _ => Err("nothing somebody can be".into()),
        }
    }

    /// The newest kill: whose, what with, after how many bounces, and whether the shot had been sent back.
    fn expect_kill(&mut self, by: &str, weapon: &str, rest: &[&str]) -> Outcome {
        let by = self.player(by)?.id;
        let mut kills = self.events.iter().rev().filter_map(|event| match event {
            MatchEvent::Kill(kill) => Some(kill),
            _ => None,
        });
        let kill = kills.next().ok_or("nobody was killed")?;
        same((kill.killer, &*kill.weapon), &(Some(by), weapon))?;
        match rest {
            [] => Ok(()),
            ["sent", "back"] => same(kill.deflected, &true),
            ["not", "sent", "back"] => same(kill.deflected, &false),
            ["bounces", bounces] => same(kill.bounces, &number(bounces)?),
            _ => Err("nothing a kill can be".into()),
        }
    }

    fn arm(&mut self, name: &str, weapon: &str) -> Outcome {
        let weapon = self.all_rules()?.weapon(weapon).ok_or("no such weapon")?;
        let ammo = self.arena().tuning.weapon(weapon).ammo;
        let id = self.player(name)?.id;
        let special = &mut self.craft(id).pilot.special;
        (special.weapon, special.ammo) = (weapon, ammo);
        Ok(())
    }

    /// As if it had lain on a pad.
    fn give(&mut self, name: &str, item: &str) -> Outcome {
        let tuning = self.arena().tuning;
        let pickups = tuning.pickups.iter();
        let found = pickups.clone().find(|pickup| pickup.name == item);
        let pickup = found.ok_or("no such pickup")?;
        let (id, tick) = (self.player(name)?.id, self.game().tick());
        same(self.craft(id).pilot.take(pickup, tick, &tuning), &true)
    }

    fn arena(&mut self) -> Arena {
        let setup = self
            .game()
            .world
            .resource::<super::super::resources::Setup>();
        setup.arena.clone()
    }

    fn expect_award(&mut self, award: &str, name: &str) -> Outcome {
        let id = self.player(name)?.id;
        let awards = self.events.iter().filter_map(|event| match event {
            MatchEvent::Result { awards, .. } => Some(awards),
            _ => None,
        });
        let given: Vec<_> = awards
            .flatten()
            .map(|line| (line.award.as_str(), line.id))
            .collect();
        if given.contains(&(award, id)) {
            return Ok(());
        }
        Err(format!("the awards are {given:?}"))
    }

    /// A player, a side, or nobody.
    fn expect_winner(&mut self, winner: &str) -> Outcome {
        let expected = match winner {
            "nobody" => (None, None),
            _ => match winner.parse::<Team>() {
                Ok(team) => (None, Some(team)),
                Err(_) => (Some(self.player(winner)?.id), None),
            },
        };
        let found = self.events.iter().find_map(|event| match event {
            MatchEvent::Result {
                winner,
                winner_team,
                ..
            } => Some((*winner, *winner_team)),
            _ => None,
        });
        same(found, &Some(expected))
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

    fn join(&mut self, name: &str) -> Outcome {
        if self.game.is_none() {
            let mut config = match_config(&self.map, 7, self.all_rules()?);
            config.mode = self.mode;
            super::super::modes::suits(self.mode, &self.places).map_err(text)?;
            self.game = Some(Match::at(self.places.clone(), config));
        }
        let taken = |id: u16| self.players.values().any(|player| player.id.0 == id);
        let id = (0..)
            .find(|id| !taken(*id))
            .map(PlayerId)
            .ok_or("no place")?;
        let player = Player {
            id,
            input: Input::default(),
            view: View::default(),
            heard: Vec::new(),
            seen_ago: SeenAgo::default(),
            is_away: false,
        };
        self.players.insert(name.into(), player);
        self.step(vec![Command::Join {
            player: id,
            name: name.into(),
            bot: false,
        }]);
        self.attach(name)
    }

    fn attach(&mut self, name: &str) -> Outcome {
        let tick = self.game().tick();
        let player = self.player(name)?;
        let id = player.id;
        player.is_away = false;
        player.view = View {
            me: id,
            tick,
            ..View::default()
        };
        let wants = Wants {
            checksums: true,
            in_full: false,
        };
        self.step(vec![Command::Attach { player: id, wants }]);
        Ok(())
    }

    fn ticks(&mut self, ticks: u32) {
        (0..ticks).for_each(|_| self.step(Vec::new()));
    }

    fn until(&mut self, ticks: u32, what: &[&str]) -> Outcome {
        for _ in 0..ticks {
            if self.expect(what).is_ok() {
                return Ok(());
            }
            self.ticks(1);
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
                .resource_mut::<super::super::resources::Inbox>()
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

    /// Stands still there, alive or not.
    fn put(&mut self, name: &str, at: &str) -> Outcome {
        let id = self.player(name)?.id;
        let pos = place(at)?;
        let vel = Vec2::default();
        self.craft(id).pilot.motion = CraftMotion { pos, vel };
        // Nobody has flown there: whoever was told where it was must be told in full.
        self.game().world.resource_mut::<Pasts>().clear(id);
        Ok(())
    }

    /// At somebody, or at a place.
    fn aim(&mut self, name: &str, at: &str) -> Outcome {
        let target = match place(at) {
            Ok(target) => target,
            Err(_) => {
                let id = self.player(at)?.id;
                self.craft(id).pilot.motion.pos
            }
        };
        let id = self.player(name)?.id;
        let to = target - self.craft(id).pilot.motion.pos;
        self.player(name)?.input.aim = Angle::from_radians((to.y as f32).atan2(to.x as f32));
        Ok(())
    }

    /// A shot that takes all there is, in the coming tick, which is played.
    fn kill(&mut self, killer: &str, victim: &str, bounces: u8) -> Outcome {
        self.hurt(killer, victim, u8::MAX, bounces)
    }

    fn hurt(&mut self, attacker: &str, victim: &str, damage: u8, bounces: u8) -> Outcome {
        let (attacker, victim) = (self.player(attacker)?.id, self.player(victim)?.id);
        if !self.craft(victim).pilot.alive {
            return Err("the victim is dead already".into());
        }
        let hit = Hit {
            attacker,
            victim,
            weapon: Weapon::FIRST,
            damage,
            bounces,
            deflected: false,
            pos: self.craft(victim).pilot.motion.pos,
        };
        self.game().world.resource_mut::<Hits>().0.push(hit);
        self.ticks(1);
        Ok(())
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn same<T: PartialEq + std::fmt::Debug>(found: T, expected: &T) -> Outcome {
    if found == *expected {
        return Ok(());
    }
    Err(format!("it is {found:?}, not {expected:?}"))
}

/// Within half a tile.
fn near(found: Vec2, expected: Vec2) -> Outcome {
    let half = i64::from(TILE / 2);
    if (found - expected).length_squared() <= half * half {
        return Ok(());
    }
    Err(format!("it is at {:?}", found.to_tiles()))
}

fn number<T: std::str::FromStr>(word: &str) -> Result<T, String> {
    word.parse()
        .map_err(|_| format!("{word} is no number that fits"))
}

/// `3,4.5`: tiles from the left and from the top.
fn place(word: &str) -> Result<Vec2, String> {
    let (x, y) = word.split_once(',').ok_or("a place is x,y")?;
    let units = |word: &str| Ok::<_, String>((number::<f32>(word)? * TILE as f32) as i32);
    Ok(Vec2::new(units(x)?, units(y)?))
}

/// Tiles from one corner up to the other.
fn zone(from: &str, to: &str) -> Result<Zone, String> {
    let tiles = |word: &str| {
        let (x, y) = word.split_once(',').ok_or("a corner is x,y")?;
        Ok::<(u16, u16), String>((number(x)?, number(y)?))
    };
    let ((left, top), (right, bottom)) = (tiles(from)?, tiles(to)?);
    Ok(Zone {
        left,
        top,
        width: right - left,
        height: bottom - top,
    })
}

/// `left`, `up+right`, `nothing`.
fn steer(keys: &str) -> Result<Steer, String> {
    let (mut x, mut y) = (0.0, 0.0);
    for key in keys.split('+') {
        match key {
            "left" => x -= 1.0,
            "right" => x += 1.0,
            "up" => y -= 1.0,
            "down" => y += 1.0,
            "nothing" => {}
            _ => return Err(format!("{key} is no direction")),
        }
    }
    Ok(Steer::from_xy(x, y))
}

/// Names of buttons, joined with `+`.
fn buttons(names: &str) -> Result<Buttons, String> {
    let mut pressed = Buttons::default();
    for name in names.split('+') {
        pressed.0 |= match name {
            "fire" => Buttons::FIRE.0,
            "special" => Buttons::SPECIAL.0,
            "dash" => Buttons::DASH.0,
            "deflect" => Buttons::DEFLECT.0,
            _ => return Err(format!("{name} is no button")),
        };
    }
    Ok(pressed)
}

/// Of a flag or a zone what happened to it, else the name in the event stream.
fn event_name(event: &MatchEvent) -> &'static str {
    match event {
        MatchEvent::Score(objective) => objective.what.as_str(),
        other => other.name(),
    }
}

fn kind_name(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Hit { .. } => "hit",
        EventKind::Kill { .. } => "kill",
        EventKind::Streak { .. } => "streak",
        EventKind::Pickup { .. } => "pickup",
        EventKind::Deflect { .. } => "deflect",
        EventKind::Beam { .. } => "beam",
        EventKind::Objective { what, .. } => what.as_str(),
        EventKind::Result { .. } => "result",
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

#[test]
fn phases_come_in_their_order() {
    let stage = play("join A\nexpect phase waiting\njoin B\nlive\nexpect A alive");
    assert!(stage.game.is_some_and(|game| game.phase() == Phase::Live));
}
