//! Sequences of snapshots, with the view after each.

use std::sync::Arc;

use fracas_protocol::motion::{Pilot, Shot, Special};
use fracas_protocol::snapshot::{RosterDelta, RosterFields};
use fracas_protocol::view::{
    Craft, Flag, MatchState, Objective, RosterEntry, Score, Taking, View, Zone,
};
use fracas_protocol::{
    Angle, Arena, Event, EventKind, MatchStart, Phase, PlayerId, Rules, ServerMessage, ShotId,
    Team, Vec2, Weapon, decode, encode,
};
use serde_json::{Value, json};

use super::hex;
use crate::world::World;
use crate::{map, match_start};

pub(super) fn vectors() -> Value {
    json!([
        flight(false),
        shots(false),
        lives(),
        rails(),
        dashes(),
        volleys(),
        pads(),
        people(),
        at_another_rate(),
        flight(true),
        shots(true),
        long(),
    ])
}

const ME: u16 = 3;

/// What is told, step by step.
struct Story {
    name: &'static str,
    world: World,
    view: View,
    start: MatchStart,
    tick_hz: u8,
    in_full: bool,
    margin: i8,
    starved: u8,
    events: Vec<Event>,
    steps: Vec<Value>,
}

impl Story {
    /// Players 1, 3 and 9 in the yard; 3 is told. Tick 1001 has passed.
    fn new(name: &'static str, rules: Rules, tick_hz: u8, in_full: bool) -> Story {
        let start = MatchStart {
            rules: rules.into(),
            ..match_start(1_000)
        };
        let arena = Arena::new(Arc::new(map()), &start.rules, tick_hz);
        let mut world = World::new(arena, 1_000);
        world.spawn(ME, (6_656, 6_656));
        world.spawn(1, (1_536, 4_608));
        world.spawn(9, (4_600, 4_700));
        world.step();
        let view = View {
            me: PlayerId(ME),
            tick: 1_000,
            ..View::default()
        };
        Story {
            name,
            world,
            view,
            start,
            tick_hz,
            in_full,
            margin: 1,
            starved: 0,
            events: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// A snapshot, with the view it leads to; without it if `brief`, only its checksum.
    fn tell_as(&mut self, name: &str, brief: bool) {
        let (mut snapshot, next) = self.world.tell(&self.view, self.in_full);
        (snapshot.input_margin, snapshot.starved) =
            (self.margin, std::mem::take(&mut self.starved));
        snapshot.events = std::mem::take(&mut self.events);
        let bytes = encode(&ServerMessage::Snapshot(snapshot));
        let ServerMessage::Snapshot(read) = decode(&bytes).unwrap() else {
            panic!("a snapshot")
        };
        self.view.apply(&read, &self.world.arena).unwrap();
        assert_eq!(self.view, next, "{}: {name}", self.name);
        let step = json!({"name": name, "hex": hex(&bytes), "view": view_json(&next)});
        let checksum = format!("{:08x}", next.checksum());
        self.steps.push(if brief {
            json!([hex(&bytes), checksum])
        } else {
            step
        });
    }

    fn tell(&mut self, name: &str) {
        self.tell_as(name, false);
    }

    /// Some ticks pass, then a snapshot.
    fn after(&mut self, ticks: u32, name: &str) {
        self.world.steps(ticks);
        self.tell(name);
    }

    fn done(self) -> Value {
        let start = encode(&ServerMessage::MatchStart(Box::new(self.start)));
        json!({
            "name": self.name, "player": ME, "tick_hz": self.tick_hz, "in_full": self.in_full,
            "start": hex(&start), "steps": self.steps,
        })
    }
}

fn flight(in_full: bool) -> Value {
    let name = if in_full {
        "flight, told in full"
    } else {
        "flight"
    };
    let mut s = Story::new(name, Rules::default(), 60, in_full);
    s.tell("everybody enters");
    s.after(2, "nothing new: everybody stands");
    s.world.steer(1, 51);
    s.after(1, "a turn in the only tick: no bits for when");
    s.world.steer(9, 3);
    s.world.step();
    s.world.steer(1, 27);
    s.after(1, "two of them turned, in different ticks");
    s.after(2, "they fly on: nothing to tell");
    s.world.steer(ME, 99);
    s.world.aim(1, 65_000);
    s.after(
        2,
        "the own craft turned, another's aim turned backwards past 0",
    );
    for code in [10, 20, 30, 40] {
        s.world.steer(9, code);
        s.world.steps(2);
    }
    s.tell("four turns in eight ticks");
    for code in [5, 15, 25, 35, 45] {
        s.world.steer(9, code);
        s.world.step();
    }
    s.tell("five turns: what flight missed");
    s.world.steer(1, 171);
    s.after(16, "sixteen ticks, one turn");
    s.world.steer(1, 147);
    s.world.steer(ME, 0);
    s.after(
        17,
        "seventeen ticks, a turn: what flight missed; the own craft in full",
    );
    s.world.steer(1, 123);
    s.world.aim(1, 20_000);
    s.world.flyer(1).pilot.health = 70;
    s.after(20, "missed, aim and health of one craft");
    s.after(40, "forty ticks without a turn");
    s.after(64, "sixty-four ticks: still known");
    s.world.flyer(9).hidden = true;
    s.after(2, "out of sight");
    s.world.flyer(9).hidden = false;
    s.after(2, "and back");
    s.after(65, "sixty-five ticks: forgotten, told anew");
    s.done()
}

fn shots(in_full: bool) -> Value {
    let name = if in_full {
        "shots, craft told in full"
    } else {
        "shots"
    };
    let mut s = Story::new(name, Rules::default(), 60, in_full);
    s.tell("everybody enters");
    s.world.aim(1, 62_000);
    s.world.trigger(1, 1);
    s.world.step();
    s.world.trigger(1, 0);
    s.world.aim(ME, 49_152);
    s.world.trigger(ME, 1);
    s.world.step();
    s.world.trigger(ME, 0);
    s.tell("another fires, a tick later the own craft does");
    s.world.steer(1, 3);
    s.after(2, "they fly on");
    s.world.shots.remove(&ShotId(0));
    s.after(1, "one has met a craft");
    s.world.steer(9, 99);
    s.world.aim(9, 40_000);
    s.world.trigger(9, 1);
    s.after(
        3,
        "a shot of somebody who turns in the same tick, with an id that was used before",
    );
    s.world.trigger(9, 0);
    s.after(12, "bounces");
    s.world.trigger(9, 1);
    s.world.trigger(1, 1);
    s.world.step();
    s.world.kill(9, Some(1));
    s.after(1, "two more; one of their craft is dead: told as it is");
    s.world.trigger(1, 0);
    s.world.trigger(9, 0);
    let far = Shot {
        owner: PlayerId(300),
        weapon: Weapon::FIRST,
        pos: Vec2::new(1_100, 4_700),
        heading: Angle(60_000),
        bounces: 1,
        age: 40,
    };
    s.world.shots.insert(ShotId(400), far);
    s.after(1, "one comes into sight, of somebody unknown");
    s.after(30, "some have ended at walls");
    s.after(80, "all are over; time alone isn't told");
    s.done()
}

fn lives() -> Value {
    let mut s = Story::new("lives", Rules::default(), 60, false);
    s.tell("everybody enters, protected");
    s.after(
        89,
        "protection of the others is over; their ids are forgotten and told anew",
    );
    s.world.flyer(1).pilot.health = 88;
    s.world.flyer(ME).pilot.health = 76;
    s.after(2, "hurt");
    s.world.steer(ME, 51);
    s.world.kill(1, Some(9));
    s.after(2, "another dies");
    s.world.kill(ME, Some(9));
    s.after(2, "the own craft dies");
    s.after(2, "a wreck lies still");
    s.world.spawn(1, (1_536, 6_656));
    s.after(2, "another's new life");
    s.world.kill(1, None);
    s.world.steps(1);
    s.world.spawn(1, (1_536, 4_608));
    s.after(1, "died and lives again between two snapshots");
    s.world.spawn(ME, (6_656, 6_656));
    s.after(2, "the own new life");
    s.world.trigger(ME, 1);
    s.after(2, "it fires: its protection is over");
    s.done()
}

fn rails() -> Value {
    let mut rules = Rules::default();
    rules.craft.special = "rail".into();
    let mut s = Story::new("rails", rules, 60, false);
    s.tell("everybody enters");
    s.world.trigger(1, 2);
    s.world.trigger(ME, 2);
    s.after(3, "another begins to charge, and the own craft");
    s.after(10, "charging");
    let beam = EventKind::Beam {
        owner: PlayerId(1),
        weapon: Weapon(2),
        from: Vec2::new(1_981, 4_608),
        heading: Angle(0),
    };
    s.events.push(Event { ago: 0, kind: beam });
    s.after(9, "both beams: the other's as an event");
    s.world.trigger(ME, 1);
    s.world.trigger(1, 3);
    s.after(
        2,
        "the own craft fires its pulse; the other's rail is not ready, so it does too",
    );
    s.done()
}

fn dashes() -> Value {
    let name = "dashes, deflects, haste, overcharge, shields";
    let mut s = Story::new(name, Rules::default(), 60, false);
    s.tell("everybody enters");
    s.world.steer(1, 3);
    s.world.trigger(1, 4);
    s.world.step();
    s.world.aim(ME, 32_768);
    s.world.trigger(ME, 4);
    s.after(
        1,
        "another dashes along its steering, the own craft along its aim",
    );
    s.after(8, "they dash");
    s.after(2, "the other's is over: top speed at once");
    s.world.trigger(9, 8);
    s.world.trigger(ME, 8 | 4);
    s.after(2, "another deflects; the own craft does, and dashes again");
    s.after(14, "both windows are over");
    s.world.give(1, "haste");
    s.after(1, "another has haste");
    s.after(4, "it flies faster");
    s.world.give(ME, "haste");
    s.world.steer(ME, 171);
    s.after(2, "so has the own craft");
    s.after(3, "it flies faster, by the clock");
    for who in [1, ME] {
        let until = s.world.tick + 3;
        s.world.flyer(who).pilot.haste_until = until;
    }
    s.after(2, "both have less of it");
    s.after(3, "it has run out");
    for (who, name) in [(ME, "shield"), (9, "shield"), (1, "overcharge")] {
        s.world.give(who, name);
    }
    s.after(2, "shields and overcharge");
    s.world.give(ME, "overcharge");
    s.world.flyer(9).pilot.hurt(60);
    s.world.flyer(ME).pilot.hurt(20);
    s.after(2, "damage goes to the shield first");
    s.done()
}

fn volleys() -> Value {
    let mut rules = Rules::default();
    rules.craft.special = "scatter".into();
    let mut s = Story::new("volleys and lobs", rules, 60, false);
    s.tell("everybody enters");
    s.world.aim(1, 5_000);
    s.world.trigger(1, 2);
    s.world.step();
    s.world.aim(ME, 40_000);
    s.world.trigger(ME, 3);
    s.after(1, "seven pellets each, one of four out of sight");
    s.after(
        10,
        "those come into sight on their way; between volleys the first weapon fires",
    );
    s.world.give(9, "lobber");
    s.world.give(ME, "rail");
    s.after(1, "another special weapon");
    s.world.aim(9, 50_000);
    s.world.trigger(9, 2);
    s.after(60, "a lob bounces, the own rail is charged and fired");
    s.after(64, "nearly all is over");
    s.done()
}

fn pads() -> Value {
    let mut s = Story::new("pads", Rules::default(), 60, false);
    s.tell("everybody enters");
    s.world.empty_pad(4, 30);
    s.world.empty_pad(300, u32::MAX - 2_000);
    s.after(2, "two are seen empty");
    s.world.empty_pad(0, 600);
    s.after(26, "a third");
    s.after(1, "a tick before the first is full");
    s.after(1, "it is full, without a word");
    s.world.pads.remove(&0);
    s.after(2, "one is full before its time");
    s.done()
}

fn people() -> Value {
    let mut s = Story::new("people, clock, events", Rules::default(), 60, false);
    let entry = |name: &str, bot, score, ping_ms| RosterEntry {
        name: name.into(),
        bot,
        team: None,
        score,
        ping_ms,
    };
    let none = Score::default();
    s.world.roster = Arc::new(vec![
        (PlayerId(1), entry("Rook", true, none, 0)),
        (PlayerId(3), entry("Ada ✈", false, none, 31)),
        (PlayerId(900), entry("Bo", false, none, 65_535)),
    ]);
    (s.margin, s.starved) = (-128, 0);
    s.tell("three join");
    s.world.match_state = MatchState {
        phase: Phase::Countdown,
        ends: 1_180,
        ..MatchState::default()
    };
    (s.margin, s.starved) = (-3, 2);
    s.after(2, "the countdown begins; inputs came late, two were missed");
    let scored = Score {
        score: -2,
        kills: 300,
        deaths: 1,
        assists: 2,
        streak: 3,
        objective: 260,
    };
    s.world.roster = Arc::new(vec![
        (PlayerId(1), entry("Rook", true, scored, 7)),
        (PlayerId(3), entry("Ada ✈", false, none, 31)),
        (PlayerId(900), entry("Bo the second", false, none, 65_535)),
    ]);
    s.margin = 127;
    s.world.match_state.phase = Phase::Overtime;
    s.after(2, "one scored, a place changed hands");
    s.world.roster = Arc::new(vec![
        (PlayerId(0), entry("Zed", false, none, 1)),
        (PlayerId(1), entry("Rook", true, scored, 8)),
        (PlayerId(3), entry("Ada ✈", false, none, 31)),
    ]);
    s.events = crate::snapshots::busy().events;
    s.after(2, "one joined, one left, every kind of event");
    sides(&mut s);
    s.world.match_state = MatchState::default();
    s.after(0, "no tick has passed");
    s.done()
}

/// Two teams, who fight for flags, then for a zone.
fn sides(s: &mut Story) {
    let sided = |(id, entry): &(PlayerId, RosterEntry), team| {
        let entry = entry.clone();
        (*id, RosterEntry { team, ..entry })
    };
    let teams = [Some(Team::Blue), Some(Team::Orange), None];
    let roster = s.world.roster.iter().zip(teams);
    s.world.roster = Arc::new(roster.map(|(player, team)| sided(player, team)).collect());
    s.world.match_state.teams = Some([2, -1]);
    s.world.match_state.crown = Some(PlayerId(1));
    let at = Vec2::new(1_536, 7_000);
    s.world.match_state.objective = Objective::Flags([
        Flag::Carried { by: PlayerId(3) },
        Flag::Dropped { at, returns: 1_400 },
    ]);
    s.after(2, "two teams, a flag is carried, one lies about");
    s.world.match_state.objective = Objective::Zone(Zone {
        index: 1,
        moves: 4_000,
        holder: Some(Team::Orange),
        contested: false,
        taking: Some(Taking {
            team: Team::Blue,
            done: 1_200,
        }),
    });
    s.after(2, "a zone is being taken");
    s.world.match_state.teams = Some([40_000, -32_769]);
    s.after(2, "the teams have more points than 16 bits hold");
}

fn at_another_rate() -> Value {
    let mut rules = Rules::default();
    rules.craft.radius_tiles = 0.3;
    rules.craft.speed_tiles_per_s = 12.5;
    rules.craft.accelerate_s = 0.0;
    rules.weapons[0].shot_speed_tiles_per_s = 31.0;
    rules.weapons[0].bounces = 5;
    rules.weapons[0].rate_per_s = 10.0;
    let mut s = Story::new("other rules, at 20 ticks a second", rules, 20, false);
    s.tell("everybody enters");
    s.world.steer(1, 3);
    s.world.steer(9, 123);
    s.world.aim(1, 5_000);
    s.world.trigger(1, 1);
    s.after(1, "turns and a shot");
    s.world.aim(1, 30_000);
    s.after(4, "more shots");
    s.world.steer(1, 75);
    s.after(3, "another turn");
    s.after(10, "ten ticks");
    s.done()
}

/// A few hundred snapshots of everybody turning, aiming and firing as chance has it; checksums instead of views.
fn long() -> Value {
    let mut rules = Rules::default();
    rules.craft.special = "scatter".into();
    let mut s = Story::new("a long one: [hex, checksum]", rules, 60, false);
    let mut seed = 7_u32;
    let mut chance = move |of: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 16) % of
    };
    for _ in 0..300 {
        let ticks = [1, 1, 2, 2, 2, 2, 3, 5, 9, 18][chance(10) as usize];
        for _ in 0..ticks {
            for who in [1, ME, 9] {
                if chance(8) == 0 {
                    s.world.steer(who, chance(193) as u8);
                }
                if chance(6) == 0 {
                    s.world.aim(who, chance(65_536) as u16);
                }
                if chance(30) == 0 {
                    s.world.trigger(who, chance(16) as u8);
                }
                if chance(90) == 0 {
                    let names = ["haste", "shield", "rail", "lobber", "overcharge"];
                    s.world.give(who, names[chance(5) as usize]);
                }
                if chance(90) == 0 {
                    s.world.empty_pad(chance(5) as u16, 1 + chance(40));
                }
                if chance(150) == 0 && s.world.flyer(who).pilot.alive {
                    s.world.kill(who, Some(1));
                }
                if chance(60) == 0 && !s.world.flyer(who).pilot.alive {
                    s.world.spawn(who, (1_536, 4_608));
                }
            }
            s.world.step();
        }
        s.tell_as("", true);
    }
    s.done()
}

fn pair(Vec2 { x, y }: Vec2) -> [i32; 2] {
    [x, y]
}

/// Weapon, ammo, ready_at, charging_since.
pub(super) fn special_json(special: &Special) -> Value {
    let Special {
        weapon,
        ammo,
        ready_at,
        charging_since,
    } = special;
    json!([weapon.0, ammo, ready_at, charging_since])
}

pub(super) fn own_json(own: &Pilot) -> Value {
    json!({
        "life": own.life, "alive": own.alive, "pos": pair(own.motion.pos), "vel": pair(own.motion.vel),
        "steer": own.steer.code(), "health": own.health, "ready_at": own.ready_at,
        "protected_until": own.protected_until, "respawn_at": own.respawn_at, "killer": own.killer,
        "shield": own.shield, "special": special_json(&own.special), "dash": [own.dash.until, own.dash.full_at],
        "deflect": [own.deflect.until, own.deflect.ready_at], "haste_until": own.haste_until,
        "overcharge_until": own.overcharge_until,
    })
}

fn craft_json((id, craft): &(PlayerId, Craft)) -> Value {
    json!({
        "id": id, "life": craft.life, "pos": pair(craft.motion.pos), "vel": pair(craft.motion.vel),
        "steer": craft.steer.code(), "aim": craft.aim, "health": craft.health, "shield": craft.shield,
        "flags": craft.flags.0,
    })
}

fn shot_json((id, shot): &(ShotId, Shot)) -> Value {
    json!({
        "id": id.0, "owner": shot.owner, "weapon": shot.weapon.0, "pos": pair(shot.pos),
        "heading": shot.heading.0, "bounces": shot.bounces, "age": shot.age,
    })
}

fn score_json(score: &Score) -> Value {
    json!([
        score.score,
        score.kills,
        score.deaths,
        score.assists,
        score.streak,
        score.objective
    ])
}

/// Phase, ends, crown, teams, objective.
fn match_json(state: &MatchState) -> Value {
    let objective = match state.objective {
        Objective::None => Value::Null,
        Objective::Flags(flags) => json!({"flags": flags.map(|flag| flag_json(&flag))}),
        Objective::Zone(zone) => json!({"zone": zone_json(&zone)}),
    };
    json!({
        "phase": state.phase as u8, "ends": state.ends, "crown": state.crown, "teams": state.teams,
        "objective": objective,
    })
}

fn flag_json(flag: &Flag) -> Value {
    match *flag {
        Flag::Home => json!("home"),
        Flag::Carried { by } => json!({"by": by}),
        Flag::Dropped { at, returns } => json!({"at": pair(at), "returns": returns}),
    }
}

fn zone_json(zone: &Zone) -> Value {
    let taking = zone
        .taking
        .map(|taking| json!({"team": taking.team.as_str(), "done": taking.done}));
    json!({
        "index": zone.index, "moves": zone.moves, "holder": zone.holder.map(Team::as_str),
        "contested": zone.contested, "taking": taking,
    })
}

fn view_json(view: &View) -> Value {
    let player = |(id, entry): &(PlayerId, RosterEntry)| {
        json!({
            "id": id, "name": *entry.name, "bot": entry.bot, "team": entry.team.map(Team::as_str), "score": score_json(&entry.score),
            "ping": entry.ping_ms,
        })
    };
    json!({
        "tick": view.tick, "match": match_json(&view.match_state), "own": own_json(&view.own),
        "crafts": view.crafts.iter().map(craft_json).collect::<Vec<_>>(),
        "shots": view.shots.iter().map(shot_json).collect::<Vec<_>>(),
        "pads": view.pads[..],
        "roster": view.roster.iter().map(player).collect::<Vec<_>>(),
        "checksum": format!("{:08x}", view.checksum()),
    })
}

pub(super) fn roster_change_json((id, change): &(PlayerId, RosterDelta)) -> Value {
    let has = |field| change.fields.has(field);
    let mut all = json!({"id": id});
    if has(RosterFields::LEAVE) {
        all["leaves"] = json!(true);
    }
    if has(RosterFields::ENTER) {
        all["name"] = json!(*change.name);
        all["bot"] = json!(has(RosterFields::BOT));
    }
    if has(RosterFields::TEAM) {
        all["team"] = json!(change.team.map(Team::as_str));
    }
    if has(RosterFields::ENTER) || has(RosterFields::SCORE) {
        all["score"] = score_json(&change.score);
    }
    if has(RosterFields::ENTER) || has(RosterFields::PING) {
        all["ping"] = json!(change.ping_ms);
    }
    all
}

pub(super) fn event_json(event: &Event) -> Value {
    let mut all = match &event.kind {
        EventKind::Hit {
            attacker,
            victim,
            damage,
            weapon,
            bounces,
            pos,
        } => json!({
            "kind": 0, "attacker": attacker, "victim": victim, "damage": damage, "weapon": weapon.0,
            "bounces": bounces, "pos": pair(*pos),
        }),
        EventKind::Kill {
            killer,
            victim,
            weapon,
            bounces,
            deflected,
            bounty,
            assists,
        } => json!({
            "kind": 1, "killer": killer, "victim": victim, "weapon": weapon.0, "bounces": bounces,
            "deflected": deflected, "bounty": bounty, "assists": assists,
        }),
        EventKind::Pickup { player, pad } => json!({"kind": 3, "player": player, "pad": pad}),
        EventKind::Deflect { player, pos } => {
            json!({"kind": 4, "player": player, "pos": pair(*pos)})
        }
        EventKind::Streak { player, kills } => json!({"kind": 2, "player": player, "kills": kills}),
        EventKind::Beam {
            owner,
            weapon,
            from,
            heading,
        } => json!({
            "kind": 5, "owner": owner, "weapon": weapon.0, "pos": pair(*from), "heading": heading.0,
        }),
        EventKind::Objective { what, team, player } => json!({
            "kind": 6, "what": *what as u8, "team": team.map(Team::as_str), "player": player,
        }),
        EventKind::Result {
            winner,
            team,
            awards,
        } => json!({
            "kind": 7, "winner": winner, "team": team.map(Team::as_str),
            "awards": awards.iter().map(|(award, who, n)| json!([*award as u8, who, n])).collect::<Vec<_>>(),
        }),
    };
    all["ago"] = json!(event.ago);
    all
}
