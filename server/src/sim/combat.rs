//! Damage, deaths and who gets the credit; who is told of it.

use std::sync::Arc;

use bevy_ecs::prelude::*;
use fracas_protocol::{EventKind, PlayerId, Tick};

use super::acquaintance::Acquaintances;
use super::awards::Tally;
use super::boundary::{Assists, KillEvent, MatchEvent};
use super::components::{Client, Craft, Identity, Points, Wound, Wounds};
use super::contest::Contest;
use super::grid::CraftGrid;
use super::modes;
use super::resources::{Hit, Hits, MatchClock, Outbox, Roster, Setup};
use super::sight::Picture;

type Players<'w, 's> = Query<
    'w,
    's,
    (
        &'static Identity,
        &'static mut Points,
        &'static mut Craft,
        &'static mut Wounds,
        &'static mut Tally,
    ),
>;

type Clients<'w, 's> = Query<
    'w,
    's,
    (
        &'static Identity,
        &'static mut Acquaintances,
        &'static mut Client,
    ),
>;

/// Settles the hits of this tick in the order in which the shots flew.
pub(super) fn settle_hits(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    mut crafts: ResMut<CraftGrid>,
    mut hits: ResMut<Hits>,
    mut contest: ResMut<Contest>,
    mut roster: ResMut<Roster>,
    mut outbox: ResMut<Outbox>,
    mut players: Players,
    mut clients: Clients,
    mut news: Local<News>,
) {
    for hit in hits.0.drain(..) {
        let Some(outcome) = hurt(&hit, &setup, &clock, &contest, &roster, &mut players) else {
            continue;
        };
        news.add_hit(hit);
        let Outcome::Dies(death) = outcome else {
            continue;
        };
        roster.stale = true;
        crafts.forget(hit.victim);
        credit(&hit, &death, &roster, &mut players);
        score(&hit, &death, &setup, &mut contest, &roster, &mut players);
        let streak = streak_of(&hit, &death, &setup, &roster, &players);
        let weapon = setup.names.weapon(hit.weapon);
        report(&hit, weapon, &death, streak, &roster, &mut outbox, &players);
        news.add_kill(Kill { hit, death, streak });
    }
    let picture = |player: PlayerId| {
        let (_, _, craft, ..) = players.get(roster.entity(player)?).ok()?;
        Some(Picture::of(&craft.pilot, &crafts, &setup))
    };
    news.tell(clock.tick, roster.is_crowd(), picture, &mut clients);
}

/// What a hit does to a living craft.
enum Outcome {
    Lives,
    Dies(Death),
}

/// A craft that was destroyed.
#[derive(Debug)]
struct Death {
    killer: Option<PlayerId>,
    assists: Assists,
    /// What it is worth to the killer beyond the usual.
    bounty: u8,
}

/// Takes the damage off; none if there is nobody to be hit any more.
fn hurt(
    hit: &Hit,
    setup: &Setup,
    clock: &MatchClock,
    contest: &Contest,
    roster: &Roster,
    players: &mut Players,
) -> Option<Outcome> {
    let victim = roster.entity(hit.victim)?;
    let (_, _, mut craft, mut wounds, mut tally) = players.get_mut(victim).ok()?;
    if !craft.pilot.alive {
        return None;
    }
    craft.pilot.hurt(hit.damage);
    wounds.add(Wound {
        attacker: hit.attacker,
        damage: hit.damage.into(),
        tick: clock.tick,
    });
    if craft.pilot.health > 0 {
        return Some(Outcome::Lives);
    }
    let killer = roster.entity(hit.attacker).map(|_| hit.attacker);
    let assists = wounds.helpers(hit, clock.tick, setup);
    craft.pilot.die(killer, clock.tick, &setup.arena);
    tally.end_life(clock.tick);
    let bounty = match killer {
        Some(killer) if killer != hit.victim => contest.bounty_on(hit.victim, setup),
        _ => 0,
    };
    Some(Outcome::Dies(Death {
        killer,
        assists,
        bounty,
    }))
}

impl Wounds {
    fn add(&mut self, wound: Wound) {
        if self.0.is_full() {
            self.make_room();
        }
        self.0.push(wound);
    }

    /// Makes one of two that are of the same attacker, of those that lie the least apart; if all have hit once, the oldest
    /// is forgotten.
    fn make_room(&mut self) {
        let wounds = &self.0;
        let pair = |older: usize| {
            let same = |newer: &usize| wounds[*newer].attacker == wounds[older].attacker;
            let newer = (older + 1..wounds.len()).find(same)?;
            Some((wounds[newer].tick - wounds[older].tick, older, newer))
        };
        match (0..wounds.len()).filter_map(pair).min() {
            Some((_, older, newer)) => {
                self.0[newer].damage = self.0[newer].damage.saturating_add(self.0[older].damage);
                self.0.remove(older);
            }
            None => {
                self.0.remove(0);
            }
        }
    }

    /// Everybody but killer and victim who did enough damage lately, by place.
    fn helpers(&self, last: &Hit, now: Tick, setup: &Setup) -> Assists {
        let flow = &setup.config.rules.flow;
        let window = setup.ticks(flow.assist_window_s);
        let recent = || self.0.iter().filter(|wound| now - wound.tick <= window);
        let damage_by = |who: PlayerId| {
            recent()
                .filter(|w| w.attacker == who)
                .map(|w| u32::from(w.damage))
                .sum::<u32>()
        };
        let mut helpers = Assists::new();
        for who in recent().map(|wound| wound.attacker) {
            let is_other = who != last.attacker && who != last.victim && !helpers.contains(&who);
            if is_other && damage_by(who) >= u32::from(flow.assist_damage) {
                helpers.push(who);
            }
        }
        helpers.sort_unstable();
        helpers
    }
}

/// Writes the death into everybody's points.
fn credit(hit: &Hit, death: &Death, roster: &Roster, players: &mut Players) {
    // Who dies with a shot in the air gets the kill, but their next life begins without it.
    let lives = killer_lives(death, roster, players);
    let mut points = |player: PlayerId, change: &dyn Fn(&mut fracas_protocol::view::Score)| {
        if let Some((_, mut points, ..)) = roster
            .entity(player)
            .and_then(|entity| players.get_mut(entity).ok())
        {
            change(&mut points.0);
        }
    };
    points(hit.victim, &|score| {
        score.deaths = score.deaths.saturating_add(1);
        score.streak = 0;
    });
    match death.killer {
        Some(killer) if killer != hit.victim => points(killer, &|score| {
            score.kills = score.kills.saturating_add(1);
            score.streak = score.streak.saturating_add(u16::from(lives));
        }),
        _ => {}
    }
    for helper in &death.assists {
        points(*helper, &|score| {
            score.assists = score.assists.saturating_add(1);
        });
    }
}

fn killer_lives(death: &Death, roster: &Roster, players: &Players) -> bool {
    let killer = death.killer.and_then(|killer| roster.entity(killer));
    let found = killer.and_then(|killer| players.get(killer).ok());
    found.is_some_and(|(_, _, craft, ..)| craft.pilot.alive)
}

/// What a death is worth to whoever caused it, and to their side: more if the victim wore the crown, less than nothing if
/// it was their own.
fn score(
    hit: &Hit,
    death: &Death,
    setup: &Setup,
    contest: &mut Contest,
    roster: &Roster,
    players: &mut Players,
) {
    let killer = death.killer.and_then(|killer| roster.entity(killer));
    let Some((identity, mut points, .., mut tally)) =
        killer.and_then(|killer| players.get_mut(killer).ok())
    else {
        return;
    };
    let worth = match death.killer == Some(hit.victim) {
        true => -1,
        false => 1 + i16::from(death.bounty),
    };
    if worth > 0 {
        tally.add_kill(hit.bounces, hit.deflected, points.0.streak);
    }
    points.0.score = points.0.score.saturating_add(worth);
    modes::award_kill(setup.config.mode, contest, identity.team, worth.into());
}

/// Whose kills in one life are worth announcing now, and how many.
fn streak_of(
    hit: &Hit,
    death: &Death,
    setup: &Setup,
    roster: &Roster,
    players: &Players,
) -> Option<(PlayerId, u16)> {
    let killer = death.killer.filter(|killer| *killer != hit.victim)?;
    let (_, points, ..) = players.get(roster.entity(killer)?).ok()?;
    let kills = points.0.streak;
    let announced = &setup.config.rules.flow.streaks;
    announced.contains(&kills).then_some((killer, kills))
}

/// For spectators.
fn report(
    hit: &Hit,
    weapon: Arc<str>,
    death: &Death,
    streak: Option<(PlayerId, u16)>,
    roster: &Roster,
    outbox: &mut Outbox,
    players: &Players,
) {
    let name = |player: PlayerId| {
        let (identity, ..) = players.get(roster.entity(player)?).ok()?;
        Some(identity.name.clone())
    };
    let killer_name = death.killer.and_then(name);
    outbox.0.events.push(MatchEvent::Kill(KillEvent {
        killer: death.killer,
        killer_name: killer_name.clone(),
        victim: hit.victim,
        victim_name: name(hit.victim).unwrap_or_default(),
        weapon,
        bounces: hit.bounces,
        deflected: hit.deflected,
        bounty: death.bounty,
        assists: death.assists.clone(),
        assist_names: death
            .assists
            .iter()
            .map(|helper| name(*helper).unwrap_or_default())
            .collect(),
    }));
    if let Some((id, kills)) = streak {
        outbox.0.events.push(MatchEvent::Streak {
            id,
            name: killer_name.unwrap_or_default(),
            kills,
        });
    }
}

#[derive(Debug)]
struct Kill {
    hit: Hit,
    death: Death,
    streak: Option<(PlayerId, u16)>,
}

impl Kill {
    fn concerns(&self) -> [PlayerId; 2] {
        [
            self.death.killer.unwrap_or(self.hit.victim),
            self.hit.victim,
        ]
    }

    fn event(&self) -> EventKind {
        EventKind::Kill {
            killer: self.death.killer,
            victim: self.hit.victim,
            weapon: self.hit.weapon,
            bounces: self.hit.bounces,
            deflected: self.hit.deflected,
            bounty: self.death.bounty,
            assists: self.death.assists.to_vec(),
        }
    }
}

/// What those who play are told of a tick's hits and kills. Gathered first, because in a crowd it is for each client to say
/// whether it knows who was killed. Clients lie far apart in memory: only those are looked at that may have something to be
/// told, each once.
#[derive(Debug, Default)]
pub(super) struct News {
    /// Hits and kills so far: the place of the next in the order in which it happened.
    next: u32,
    /// By who is hit or hits, each with its place.
    hits: Vec<(PlayerId, u32, Hit)>,
    kills: Vec<(u32, Kill)>,
    /// Of one client: the places of what it is told, and where that stands.
    told: Vec<(u32, Told)>,
}

/// Where a piece of news stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    Hit(usize),
    Kill(usize),
}

impl News {
    /// For the one who is hit and the one who hits.
    fn add_hit(&mut self, hit: Hit) {
        self.hits.push((hit.victim, self.next, hit));
        if hit.attacker != hit.victim {
            self.hits.push((hit.attacker, self.next, hit));
        }
        self.next += 1;
    }

    fn add_kill(&mut self, kill: Kill) {
        self.kills.push((self.next, kill));
        self.next += 1;
    }

    /// Hits are told to those they concern; kills to everybody, in a crowd to those they concern and those who know who
    /// they are.
    fn tell(
        &mut self,
        tick: Tick,
        is_crowd: bool,
        picture: impl Fn(PlayerId) -> Option<Picture>,
        clients: &mut Clients,
    ) {
        if self.next == 0 {
            return;
        }
        self.hits
            .sort_unstable_by_key(|(player, place, _)| (*player, *place));
        for (identity, mut acquaintances, mut client) in clients {
            self.choose_hits(identity.id);
            match is_crowd {
                true => {
                    // Nobody asks when they changed, and writing that down costs as much as looking at them.
                    let acquaintances = acquaintances.bypass_change_detection();
                    self.choose_kills(identity.id, tick, acquaintances, &client);
                }
                false => self.choose_all_kills(),
            }
            self.told.sort_unstable();
            for (_, told) in self.told.drain(..) {
                match told {
                    Told::Hit(at) => {
                        let hit = self.hits[at].2;
                        client.tell(tick, hit.seen_in(picture(identity.id)).event());
                    }
                    Told::Kill(at) => client.tell_kill(tick, &self.kills[at].1),
                }
            }
        }
        self.next = 0;
        self.hits.clear();
        self.kills.clear();
    }

    /// Those that concern whoever is asked.
    fn choose_hits(&mut self, me: PlayerId) {
        let first = self.hits.partition_point(|(player, ..)| *player < me);
        let mine = self.hits[first..]
            .iter()
            .take_while(|(player, ..)| *player == me);
        let hits = mine
            .enumerate()
            .map(|(n, (_, place, _))| (*place, Told::Hit(first + n)));
        self.told.extend(hits);
    }

    fn choose_all_kills(&mut self) {
        let kills = self.kills.iter().enumerate();
        self.told
            .extend(kills.map(|(at, (place, _))| (*place, Told::Kill(at))));
    }

    /// Those of a crowd's that concern this client or somebody it knows. Whoever killed it, or was killed by it, it meets.
    fn choose_kills(
        &mut self,
        me: PlayerId,
        tick: Tick,
        acquaintances: &mut Acquaintances,
        client: &Client,
    ) {
        for (at, (place, kill)) in self.kills.iter().enumerate() {
            let both = kill.concerns();
            if both.contains(&me) {
                for player in both.into_iter().filter(|_| client.attached) {
                    acquaintances.meet(player, tick);
                }
            } else if !acquaintances.knows(both, || &client.told.roster) {
                continue;
            }
            self.told.push((*place, Told::Kill(at)));
        }
    }
}

impl Hit {
    /// As whoever looks at `picture` is told: what was hit out of sight, at its edge.
    fn seen_in(self, picture: Option<Picture>) -> Hit {
        let pos = picture.map_or(self.pos, |picture| picture.clamp(self.pos));
        Hit { pos, ..self }
    }

    fn event(&self) -> EventKind {
        EventKind::Hit {
            attacker: self.attacker,
            victim: self.victim,
            damage: self.damage,
            weapon: self.weapon,
            bounces: self.bounces,
            pos: self.pos,
        }
    }
}

impl Client {
    fn tell_kill(&mut self, tick: Tick, kill: &Kill) {
        self.tell(tick, kill.event());
        if let Some((player, kills)) = kill.streak {
            self.tell(tick, EventKind::Streak { player, kills });
        }
    }
}
