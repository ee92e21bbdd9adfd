//! A match's life.
//!
//! ```text
//! waiting ──enough players──▶ countdown ──time──▶ live ──won, or time with a leader──▶ results ──time──▶ over
//!    ▲                            │                 └──time, tied──▶ overtime ──a leader──┘
//!    └────────too few players─────┘
//! ```

use bevy_ecs::prelude::*;
use fracas_protocol::{Phase, Tick};

use super::boundary::{MatchEvent, Placing};
use super::components::{Craft, Flying, Identity, Points};
use super::modes::{self, Verdict};
use super::pickups::Pads;
use super::resources::{MatchClock, Outbox, Roster, Setup, ShotIds};
use super::scoreboard::ranked;

/// Moves on to the next phase when it is time.
pub(super) fn advance(
    setup: Res<Setup>,
    mut clock: ResMut<MatchClock>,
    mut roster: ResMut<Roster>,
    mut outbox: ResMut<Outbox>,
    mut ids: ResMut<ShotIds>,
    mut pads: ResMut<Pads>,
    mut players: Query<(&Identity, &mut Points, &mut Craft)>,
    shots: Query<(Entity, &Flying)>,
    mut commands: Commands,
) {
    if clock.phase == Phase::Results && clock.tick >= clock.ends {
        clock.over = true;
    }
    let scores = players.iter().map(|(_, points, _)| points.0);
    let verdict = modes::judge(setup.config.mode, &setup.config.rules, scores);
    let Some(phase) = next_phase(&clock, &setup, roster.len(), verdict) else {
        return;
    };
    clock.phase = phase;
    let lasts = length(phase, &setup);
    clock.ends = lasts.map_or(0, |ticks| clock.tick + ticks);
    roster.stale = true;
    let lasts_s = lasts.map(|ticks| ticks as f32 / f32::from(setup.config.tick_hz));
    outbox.0.events.push(MatchEvent::Phase { phase, lasts_s });
    if phase == Phase::Live {
        start_afresh(&clock, &mut players);
        pads.refill();
        for (entity, flying) in &shots {
            ids.give_back(flying.id);
            commands.entity(entity).despawn();
        }
    }
    if phase == Phase::Results {
        let standings = ranked(
            players
                .iter()
                .map(|(identity, points, _)| (identity, points)),
        );
        outbox.0.events.push(result(standings));
    }
}

fn next_phase(
    clock: &MatchClock,
    setup: &Setup,
    players: usize,
    verdict: Verdict,
) -> Option<Phase> {
    let enough = players >= usize::from(setup.config.rules.flow.players_min);
    let timed_out = clock.ends > 0 && clock.tick >= clock.ends;
    match (clock.phase, verdict) {
        (Phase::Waiting, _) => enough.then_some(Phase::Countdown),
        (Phase::Countdown, _) if !enough => Some(Phase::Waiting),
        (Phase::Countdown, _) => timed_out.then_some(Phase::Live),
        (Phase::Live, Verdict::Won) => Some(Phase::Results),
        (Phase::Live, Verdict::Open { has_leader }) if timed_out => {
            // With nobody to break a tie, there is none to break.
            Some(if has_leader || players < 2 {
                Phase::Results
            } else {
                Phase::Overtime
            })
        }
        (Phase::Overtime, Verdict::Won | Verdict::Open { has_leader: true }) => {
            Some(Phase::Results)
        }
        (Phase::Overtime, _) => (players < 2).then_some(Phase::Results),
        (Phase::Live | Phase::Results, _) => None,
    }
}

fn length(phase: Phase, setup: &Setup) -> Option<Tick> {
    let flow = &setup.config.rules.flow;
    match phase {
        Phase::Waiting | Phase::Overtime => None,
        Phase::Countdown => Some(setup.ticks(flow.countdown_s)),
        Phase::Live => Some(setup.ticks(flow.time_limit_s)),
        Phase::Results => Some(setup.ticks(flow.results_s)),
    }
}

/// Everybody begins with no points and a new craft, in the next tick.
fn start_afresh(clock: &MatchClock, players: &mut Query<(&Identity, &mut Points, &mut Craft)>) {
    for (_, mut points, mut craft) in players {
        *points = Points::default();
        craft.pilot.alive = false;
        craft.pilot.killer = None;
        craft.pilot.respawn_at = clock.tick;
    }
}

fn result(standings: Vec<super::boundary::Standing>) -> MatchEvent {
    let best = standings.first().map(|best| best.score);
    let leads = standings
        .get(1)
        .is_none_or(|second| Some(second.score) != best);
    let winner = standings.first().filter(|_| leads);
    let rank = |score: i16| 1 + standings.iter().filter(|other| other.score > score).count();
    MatchEvent::Result {
        winner: winner.map(|winner| winner.id),
        winner_name: winner.map(|winner| winner.name.clone()),
        players: standings
            .iter()
            .map(|player| Placing {
                rank: rank(player.score),
                player: player.clone(),
            })
            .collect(),
    }
}
