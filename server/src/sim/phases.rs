//! A match's life.
//!
//! ```text
//! waiting ──enough players──▶ countdown ──time──▶ live ──won, or time with a leader──▶ results ──time──▶ over
//!    ▲                            │                 └──time, tied──▶ overtime ──a leader, or time──┘
//!    └────────too few players─────┘
//! ```
//!
//! Overtime ends in the tick in which somebody leads alone, or a side does: a kill, a flag or a zone that leaves the tie as
//! it is doesn't end it. After `flow.overtime_s_max` it stays a tie.

use bevy_ecs::prelude::*;
use fracas_protocol::{EventKind, Phase, PlayerId, Tick};

use super::acquaintance::Acquaintances;
use super::awards::{self, Tally};
use super::boundary::{AwardLine, MatchEvent, Placing, Standing};
use super::components::{Client, Craft, Flying, Identity, Points};
use super::contest::Contest;
use super::modes::{self, Verdict};
use super::pickups::Pads;
use super::resources::{MatchClock, Outbox, Roster, Setup, ShotIds};
use super::scoreboard::{ranked, sides};
use super::sides::deal;

type Players<'w, 's> = Query<
    'w,
    's,
    (
        &'static mut Identity,
        &'static mut Points,
        &'static mut Craft,
        &'static mut Tally,
        &'static mut Acquaintances,
        &'static mut Client,
    ),
>;

/// Moves on to the next phase when it is time.
pub(super) fn advance(
    setup: Res<Setup>,
    mut clock: ResMut<MatchClock>,
    mut contest: ResMut<Contest>,
    mut roster: ResMut<Roster>,
    mut outbox: ResMut<Outbox>,
    mut ids: ResMut<ShotIds>,
    mut pads: ResMut<Pads>,
    mut players: Players,
    shots: Query<(Entity, &Flying)>,
    mut commands: Commands,
) {
    if clock.phase == Phase::Results && clock.tick >= clock.ends {
        clock.over = true;
    }
    let scores = players
        .iter()
        .map(|(who, points, ..)| (who.id, points.0.score));
    // While results are shown it stays with whoever had it in the end, as long as they are there.
    let leader = match clock.counts() {
        true => modes::leader(scores),
        false => contest.crown,
    };
    if contest.pass_crown(leader) {
        outbox.0.events.push(crown_event(leader, &players));
    }
    let scores = players.iter().map(|(_, points, ..)| points.0.score);
    let verdict = modes::judge(setup.config.mode, &setup.config.rules, &contest, scores);
    let has_opponents = || has_opponents(&setup, &players);
    let Some(phase) = next_phase(&clock, &setup, roster.len(), verdict, has_opponents) else {
        return;
    };
    clock.phase = phase;
    let lasts = length(phase, &setup);
    clock.ends = lasts.map_or(0, |ticks| clock.tick + ticks);
    roster.stale = true;
    let lasts_s = lasts.map(|ticks| ticks as f32 / f32::from(setup.config.tick_hz));
    outbox.0.events.push(MatchEvent::Phase { phase, lasts_s });
    match phase {
        Phase::Waiting => {}
        Phase::Countdown => {
            deal(players.iter_mut().map(|(identity, ..)| identity));
        }
        Phase::Live => {
            modes::begin(&setup, &clock, &mut contest);
            start_afresh(&clock, &mut players);
            pads.refill();
            for (entity, flying) in &shots {
                ids.give_back(flying.id);
                commands.entity(entity).despawn();
            }
        }
        Phase::Overtime => modes::go_on(setup.config.mode, &mut contest),
        Phase::Results => conclude(&setup, &clock, &contest, &mut players, &mut outbox),
    }
}

fn crown_event(leader: Option<PlayerId>, players: &Players) -> MatchEvent {
    let found = players.iter().find(|(who, ..)| Some(who.id) == leader);
    MatchEvent::Crown {
        id: leader,
        name: found.map(|(who, ..)| who.name.clone()),
    }
}

/// Whether there is somebody on each side, or more than one where there are no sides.
fn has_opponents(setup: &Setup, players: &Players) -> bool {
    if !modes::has_sides(setup.config.mode, &setup.config.rules) {
        return players.iter().len() > 1;
    }
    let mut there = [false; 2];
    for team in players.iter().filter_map(|(identity, ..)| identity.team) {
        there[team as usize] = true;
    }
    there == [true; 2]
}

fn next_phase(
    clock: &MatchClock,
    setup: &Setup,
    players: usize,
    verdict: Verdict,
    has_opponents: impl Fn() -> bool,
) -> Option<Phase> {
    let enough = players >= usize::from(setup.config.rules.flow.players_min);
    let timed_out = clock.ends > 0 && clock.tick >= clock.ends;
    match (clock.phase, verdict) {
        (Phase::Waiting, _) => enough.then_some(Phase::Countdown),
        (Phase::Countdown, _) if !enough => Some(Phase::Waiting),
        (Phase::Countdown, _) => timed_out.then_some(Phase::Live),
        (Phase::Live | Phase::Overtime, Verdict::Won) => Some(Phase::Results),
        // With nobody to break a tie, there is none to break.
        (Phase::Live, _) if timed_out && !has_opponents() => Some(Phase::Results),
        (Phase::Live, _) if timed_out => Some(modes::at_the_end(setup.config.mode, verdict)),
        (Phase::Overtime, Verdict::Led) => Some(Phase::Results),
        (Phase::Overtime, _) => (timed_out || !has_opponents()).then_some(Phase::Results),
        (Phase::Live | Phase::Results, _) => None,
    }
}

fn length(phase: Phase, setup: &Setup) -> Option<Tick> {
    let flow = &setup.config.rules.flow;
    match phase {
        Phase::Waiting => None,
        Phase::Countdown => Some(setup.ticks(flow.countdown_s)),
        Phase::Live => Some(setup.ticks(flow.time_limit_s)),
        Phase::Overtime => (flow.overtime_s_max > 0.0).then(|| setup.ticks(flow.overtime_s_max)),
        Phase::Results => Some(setup.ticks(flow.results_s)),
    }
}

/// Everybody begins with no points and a new craft, in the next tick.
fn start_afresh(clock: &MatchClock, players: &mut Players) {
    for (_, mut points, mut craft, mut tally, ..) in players {
        *points = Points::default();
        *tally = Tally::default();
        craft.pilot.alive = false;
        craft.pilot.killer = None;
        craft.pilot.respawn_at = clock.tick;
    }
}

/// Tells those who watch and those who play how it ended.
fn conclude(
    setup: &Setup,
    clock: &MatchClock,
    contest: &Contest,
    players: &mut Players,
    outbox: &mut Outbox,
) {
    let standings = ranked(
        players
            .iter()
            .map(|(identity, points, ..)| (identity, points)),
    );
    let tallies = players
        .iter()
        .map(|(identity, points, craft, tally, ..)| (identity, points, craft, tally));
    let awards = awards::awards(clock.tick, setup.config.tick_hz, tallies);
    let told = awards::to_tell(&awards);
    let result = result(contest, standings, awards);
    if let MatchEvent::Result {
        winner,
        winner_team: team,
        ..
    } = result
    {
        for (.., mut acquaintances, mut client) in players {
            for (_, player, _) in &told {
                acquaintances.meet(*player, clock.tick);
            }
            let event = EventKind::Result {
                winner,
                team,
                awards: told.clone(),
            };
            client.tell(clock.tick, event);
        }
    }
    outbox.0.events.push(result);
}

fn result(contest: &Contest, standings: Vec<Standing>, awards: Vec<AwardLine>) -> MatchEvent {
    let best = standings.first().map(|best| best.score);
    let leads = standings
        .get(1)
        .is_none_or(|second| Some(second.score) != best);
    let teams = sides(contest, &standings);
    let winner = standings.first().filter(|_| leads && teams.is_empty());
    let leading_team = match teams[..] {
        [first, second] if first.score != second.score => Some(first.team),
        _ => None,
    };
    let rank = |score: i16| 1 + standings.iter().filter(|other| other.score > score).count();
    MatchEvent::Result {
        winner: winner.map(|winner| winner.id),
        winner_name: winner.map(|winner| winner.name.clone()),
        winner_team: leading_team,
        teams,
        awards,
        players: standings
            .iter()
            .map(|player| Placing {
                rank: rank(player.score),
                player: player.clone(),
            })
            .collect(),
    }
}
