//! Damage, deaths and who gets the credit.

use bevy_ecs::prelude::*;
use fracas_protocol::motion::Weapon;
use fracas_protocol::{EventKind, PlayerId, Tick};

use super::boundary::{KillEvent, MatchEvent};
use super::components::{Client, Craft, Identity, Points, Wound};
use super::modes;
use super::resources::{Hit, Hits, MatchClock, Outbox, Roster, Setup};

/// Kills in one life that are announced.
const STREAKS: [u16; 4] = [3, 5, 8, 12];
/// Wounds remembered per craft; more attackers than this within seconds share in the credit of the newest.
const WOUNDS_MAX: usize = 16;

type Players<'w, 's> = Query<
    'w,
    's,
    (
        &'static Identity,
        &'static mut Points,
        &'static mut Craft,
        &'static mut Client,
    ),
>;

/// Settles the hits of this tick in the order in which the shots flew.
pub(super) fn settle_hits(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    mut hits: ResMut<Hits>,
    mut roster: ResMut<Roster>,
    mut outbox: ResMut<Outbox>,
    mut players: Players,
) {
    for hit in hits.0.drain(..) {
        let Some(death) = hurt(&hit, &setup, &clock, &roster, &mut players) else {
            continue;
        };
        roster.stale = true;
        credit(&hit, &death, &setup, &roster, &mut players);
        announce(&hit, death, clock.tick, &roster, &mut outbox, &mut players);
    }
}

/// A craft that was destroyed.
struct Death {
    killer: Option<PlayerId>,
    assists: Vec<PlayerId>,
}

/// Takes the damage off; returns the death it leads to.
fn hurt(
    hit: &Hit,
    setup: &Setup,
    clock: &MatchClock,
    roster: &Roster,
    players: &mut Players,
) -> Option<Death> {
    let victim = roster.entity(hit.victim)?;
    let (_, _, mut craft, mut client) = players.get_mut(victim).ok()?;
    if !craft.pilot.alive {
        return None;
    }
    let event = EventKind::Hit {
        attacker: hit.attacker,
        victim: hit.victim,
        damage: hit.damage,
        weapon: hit.weapon,
        bounces: hit.bounces,
        pos: hit.pos,
    };
    client.tell(clock.tick, event.clone());
    craft.pilot.health = craft.pilot.health.saturating_sub(hit.damage);
    craft.wound(Wound {
        attacker: hit.attacker,
        damage: hit.damage,
        tick: clock.tick,
    });
    let death = (craft.pilot.health == 0).then(|| {
        let killer = roster.entity(hit.attacker).map(|_| hit.attacker);
        let assists = craft.helpers(hit, clock.tick, setup);
        craft.pilot.die(killer, clock.tick, &setup.arena);
        Death { killer, assists }
    });
    if hit.attacker != hit.victim
        && let Some((_, _, _, mut client)) = roster
            .entity(hit.attacker)
            .and_then(|entity| players.get_mut(entity).ok())
    {
        client.tell(clock.tick, event);
    }
    death
}

impl Craft {
    fn wound(&mut self, wound: Wound) {
        if self.wounds.len() >= WOUNDS_MAX {
            self.wounds.pop_front();
        }
        self.wounds.push_back(wound);
    }

    /// Everybody but killer and victim who did enough damage lately, by place.
    fn helpers(&self, last: &Hit, now: Tick, setup: &Setup) -> Vec<PlayerId> {
        let flow = &setup.config.rules.flow;
        let window = setup.ticks(flow.assist_window_s);
        let recent = || {
            self.wounds
                .iter()
                .filter(|wound| now - wound.tick <= window)
        };
        let damage_by = |who: PlayerId| {
            recent()
                .filter(|w| w.attacker == who)
                .map(|w| u32::from(w.damage))
                .sum::<u32>()
        };
        let mut helpers: Vec<_> = recent()
            .map(|wound| wound.attacker)
            .filter(|who| *who != last.attacker && *who != last.victim)
            .filter(|who| damage_by(*who) >= u32::from(flow.assist_damage))
            .collect();
        helpers.sort_unstable();
        helpers.dedup();
        helpers
    }
}

/// Writes the death into everybody's points.
fn credit(hit: &Hit, death: &Death, setup: &Setup, roster: &Roster, players: &mut Players) {
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
        Some(killer) if killer == hit.victim => points(killer, &|score| {
            modes::award_own_kill(setup.config.mode, score);
        }),
        Some(killer) => points(killer, &|score| {
            score.kills = score.kills.saturating_add(1);
            score.streak = score.streak.saturating_add(1);
            modes::award_kill(setup.config.mode, score);
        }),
        None => {}
    }
    for helper in &death.assists {
        points(*helper, &|score| {
            score.assists = score.assists.saturating_add(1);
        });
    }
}

/// Says so to spectators, and to those who play.
fn announce(
    hit: &Hit,
    death: Death,
    tick: Tick,
    roster: &Roster,
    outbox: &mut Outbox,
    players: &mut Players,
) {
    let streak = death.killer.filter(|killer| *killer != hit.victim);
    let streak = streak.and_then(|killer| {
        let (_, points, ..) = players.get(roster.entity(killer)?).ok()?;
        let kills = points.0.streak;
        STREAKS.contains(&kills).then_some((killer, kills))
    });
    report(hit, &death, streak, roster, outbox, players);
    tell(hit, death, streak, tick, roster, players);
}

/// For spectators.
fn report(
    hit: &Hit,
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
        weapon: Weapon::as_str(hit.weapon),
        bounces: hit.bounces,
        deflected: false,
        assists: death.assists.clone(),
    }));
    if let Some((id, kills)) = streak {
        outbox.0.events.push(MatchEvent::Streak {
            id,
            name: killer_name.unwrap_or_default(),
            kills,
        });
    }
}

/// Everybody; in a crowd, those whom it concerns and those who know who they are.
fn tell(
    hit: &Hit,
    death: Death,
    streak: Option<(PlayerId, u16)>,
    tick: Tick,
    roster: &Roster,
    players: &mut Players,
) {
    let both = [death.killer.unwrap_or(hit.victim), hit.victim];
    let kill = EventKind::Kill {
        killer: death.killer,
        victim: hit.victim,
        weapon: hit.weapon,
        bounces: hit.bounces,
        assists: death.assists,
    };
    let streak = streak.map(|(player, kills)| EventKind::Streak {
        player,
        kills: kills as u8,
    });
    for (identity, _, _, mut client) in players {
        if roster.is_crowd() {
            if both.contains(&identity.id) {
                for player in both {
                    client.acquaintances.meet(player, tick);
                }
            } else if !client.knows(both) {
                continue;
            }
        }
        client.tell(tick, kill.clone());
        if let Some(streak) = &streak {
            client.tell(tick, streak.clone());
        }
    }
}
