//! What decides a match. The rest of the simulation doesn't know which mode runs: it asks here. One file per mode, each a
//! [`Play`]: what it needs of the map, what scores, and the systems of its own that run once a tick while it counts.

mod control;
mod ctf;
mod ffa;
mod massive;
mod tdm;

use bevy_ecs::prelude::*;
use bevy_ecs::schedule::{LogLevel, ScheduleBuildSettings, SingleThreadedExecutor};
use fracas_protocol::view::Objective;
use fracas_protocol::{Mode, Phase, PlayerId, Rules, Team};

use crate::rulebook;

use super::boundary::MapLacks;
use super::contest::Contest;
use super::places::Places;
use super::resources::{MatchClock, Setup};

/// The list of modes.
fn play(mode: Mode) -> &'static Play {
    match mode {
        Mode::Ffa => &ffa::PLAY,
        Mode::Tdm => &tdm::PLAY,
        Mode::Ctf => &ctf::PLAY,
        Mode::Control => &control::PLAY,
        Mode::Massive => &massive::PLAY,
    }
}

/// What makes a mode. Each says how it differs from [`Play::FREE_FOR_ALL`].
pub(super) struct Play {
    /// Whether there are two sides.
    has_sides: fn(&Rules) -> bool,
    /// Whether a kill is a point for the killer's side.
    kills_count: bool,
    /// Whether `flow.score_to_win` ends the match.
    ends_early: bool,
    /// What the end of time means when nobody leads.
    tie: Tie,
    /// What the map must have.
    needs: fn(&Places) -> Result<(), &'static str>,
    /// What there is to fight for when the match begins.
    objective: fn(&Setup, &MatchClock) -> Objective,
    /// What time left to fight for when it is over and nobody leads.
    overtime: fn(&mut Contest),
    /// Adds what happens once a tick while the match counts, after hits are settled.
    systems: fn(&mut Schedule),
}

/// What the end of time means when nobody leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tie {
    /// Sudden death: the match goes on until somebody leads alone. That is the next kill, flag or zone that breaks the tie:
    /// of two who are tied, whoever scores wins at once, whoever destroys their own craft loses, and what somebody else
    /// does decides nothing unless it makes them the leader.
    Overtime,
    /// Nobody wins.
    Shared,
}

impl Play {
    /// Most kills, everybody against everybody.
    const FREE_FOR_ALL: Play = Play {
        has_sides: |_| false,
        kills_count: true,
        ends_early: true,
        tie: Tie::Overtime,
        needs: |_| Ok(()),
        objective: |_, _| Objective::None,
        overtime: |_| {},
        systems: |_| {},
    };
}

/// The rules a mode is played by where a host says nothing else.
pub fn default_rules(mode: Mode) -> Rules {
    rulebook::of_mode(mode)
}

/// Whether a mode is played in two teams where a host says nothing else.
pub fn is_in_teams(mode: Mode) -> bool {
    has_sides(mode, &default_rules(mode))
}

/// Whether a mode is played in two teams.
pub(super) fn has_sides(mode: Mode, rules: &Rules) -> bool {
    (play(mode).has_sides)(rules)
}

/// Whether a mode can be played at these places.
///
/// # Errors
/// What the map lacks.
pub(super) fn suits(mode: Mode, places: &Places) -> Result<(), MapLacks> {
    (play(mode).needs)(places).map_err(|needs| MapLacks { mode, needs })
}

/// How a match stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nobody has reached what the mode asks for.
    Open,
    /// The same, and somebody is ahead of everybody else: the end of time would decide it.
    Led,
    /// Somebody has won.
    Won,
}

/// What the end of a match's time means.
pub(super) fn at_the_end(mode: Mode, verdict: Verdict) -> Phase {
    match (verdict, play(mode).tie) {
        (Verdict::Open, Tie::Overtime) => Phase::Overtime,
        _ => Phase::Results,
    }
}

/// Judges the match: by the sides where there are any, else by the scores of all players.
pub(super) fn judge(
    mode: Mode,
    rules: &Rules,
    contest: &Contest,
    scores: impl Iterator<Item = i16>,
) -> Verdict {
    let best = match contest.teams {
        Some(teams) => best_alone(teams.into_iter()),
        None => best_alone(scores.map(i32::from)),
    };
    let enough = i32::from(rules.flow.score_to_win);
    match best {
        None => Verdict::Open,
        Some(best) if play(mode).ends_early && best >= enough => Verdict::Won,
        Some(_) => Verdict::Led,
    }
}

/// The highest score, if only one has it.
fn best_alone(scores: impl Iterator<Item = i32>) -> Option<i32> {
    let (mut best, mut holders) = (i32::MIN, 0);
    for score in scores {
        if score > best {
            (best, holders) = (score, 0);
        }
        holders += usize::from(score == best);
    }
    (holders == 1).then_some(best)
}

/// A kill is worth `points`: to the killer, and to their side if the mode says so.
pub(super) fn award_kill(mode: Mode, contest: &mut Contest, team: Option<Team>, points: i32) {
    if play(mode).kills_count
        && let Some(team) = team
    {
        contest.score(team, points);
    }
}

/// What the mode itself does in a tick.
#[derive(Resource)]
pub(super) struct Own(Schedule);

impl Own {
    /// Of a mode.
    pub(super) fn of(mode: Mode) -> Own {
        let mut schedule = Schedule::default();
        schedule.set_executor(SingleThreadedExecutor::new());
        schedule.set_build_settings(ScheduleBuildSettings {
            ambiguity_detection: LogLevel::Error,
            ..ScheduleBuildSettings::default()
        });
        (play(mode).systems)(&mut schedule);
        Own(schedule)
    }
}

/// Runs what the mode adds to a tick, while the match counts.
pub(super) fn pursue(world: &mut World) {
    if world.resource::<MatchClock>().counts() {
        world.resource_scope(|world, mut own: Mut<Own>| own.0.run(world));
    }
}

/// The match begins.
pub(super) fn begin(setup: &Setup, clock: &MatchClock, contest: &mut Contest) {
    let mode = setup.config.mode;
    *contest = Contest {
        teams: has_sides(mode, &setup.config.rules).then_some([0; 2]),
        objective: (play(mode).objective)(setup, clock),
        ..Contest::default()
    };
}

/// Somebody leaves, and with them what they wear; what they carry stays where they were.
pub(super) fn leave(world: &mut World, player: PlayerId, entity: Entity) {
    world.resource_mut::<Contest>().take_crown_of(player);
    ctf::drop_flags_of(world, entity);
}

/// Its time is over, and nobody leads.
pub(super) fn go_on(mode: Mode, contest: &mut Contest) {
    (play(mode).overtime)(contest);
}

/// Who is ahead of everybody else, once there are points.
pub(super) fn leader(scores: impl Iterator<Item = (PlayerId, i16)>) -> Option<PlayerId> {
    let mut best: Option<(PlayerId, i16)> = None;
    let mut is_alone = false;
    for (player, score) in scores {
        match best {
            Some((_, most)) if score < most => {}
            Some((_, most)) if score == most => is_alone = false,
            _ => (best, is_alone) = (Some((player, score)), true),
        }
    }
    best.filter(|(_, score)| is_alone && *score > 0)
        .map(|(player, _)| player)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(mode: Mode, teams: Option<[i32; 2]>, scores: &[i16]) -> Verdict {
        let contest = Contest {
            teams,
            ..Contest::default()
        };
        judge(mode, &default_rules(mode), &contest, scores.iter().copied())
    }

    #[test]
    fn the_first_to_the_limit_wins_unless_two_get_there_together() {
        let verdict = |scores| verdict(Mode::Ffa, None, scores);
        assert_eq!(verdict(&[24, 3]), Verdict::Led);
        assert_eq!(verdict(&[25, 3]), Verdict::Won);
        assert_eq!(verdict(&[25, 25]), Verdict::Open);
        assert_eq!(verdict(&[-1, -1]), Verdict::Open);
        assert_eq!(verdict(&[]), Verdict::Open);
    }

    #[test]
    fn where_there_are_sides_they_are_judged_not_their_players() {
        assert_eq!(verdict(Mode::Ctf, Some([3, 2]), &[0, 9]), Verdict::Won);
        assert_eq!(verdict(Mode::Tdm, Some([49, 2]), &[90, 1]), Verdict::Led);
        assert_eq!(verdict(Mode::Control, Some([0, 0]), &[5, 1]), Verdict::Open);
        let thousands = Some([40_000, 39_999]);
        assert_eq!(verdict(Mode::Massive, thousands, &[]), Verdict::Led);
    }

    #[test]
    fn a_massive_match_is_not_won_before_time_is_up_and_a_tie_is_shared() {
        assert_eq!(verdict(Mode::Massive, None, &[900, 3]), Verdict::Led);
        assert_eq!(at_the_end(Mode::Massive, Verdict::Open), Phase::Results);
        assert_eq!(at_the_end(Mode::Ffa, Verdict::Open), Phase::Overtime);
        assert_eq!(at_the_end(Mode::Ffa, Verdict::Led), Phase::Results);
    }

    #[test]
    fn the_leader_is_alone_and_has_points() {
        let leader = |scores: &[i16]| {
            let scores = scores.iter().zip(0..);
            leader(scores.map(|(score, n)| (PlayerId(n), *score)))
        };
        assert_eq!(leader(&[1, 3, 2]), Some(PlayerId(1)));
        assert_eq!(leader(&[3, 3, 2]), None);
        assert_eq!(leader(&[0, -1]), None);
        assert_eq!(leader(&[]), None);
    }

    #[test]
    fn the_rules_of_every_mode_are_valid() {
        for mode in Mode::ALL {
            default_rules(*mode).validate().unwrap();
        }
    }
}
