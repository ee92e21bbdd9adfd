//! Matches of bots to their end, without a server around them: whether they end, whether anybody is stuck, how fast the
//! processor goes, and what is done with which weapon.

use std::time::Instant;

use fracas_bots::Skill;
use fracas_protocol::Mode;
use fracas_server::headless::{Played, WeaponTally};

use crate::report::{Figure, Row, Target};
use crate::tables::Plan;

/// Nobody stays in one place longer than this, in seconds.
const STUCK_S_MAX: f64 = 5.0;
/// The share of kills of each weapon, in percent.
const SHARE: (f64, f64) = (8.0, 45.0);
/// Bots in a match of this mode.
const fn players(mode: Mode) -> u16 {
    match mode {
        Mode::Ffa => 8,
        Mode::Massive => 40,
        _ => 10,
    }
}

/// Plays `count` matches of each mode, and of all of them makes the table of weapons.
///
/// # Errors
/// A match can't be played.
pub fn headless(
    modes: &[Mode],
    count: usize,
    seed: u64,
    rules: &[String],
) -> anyhow::Result<Figure> {
    let mut figure = Figure::new("headless", false);
    let mut weapons = Vec::new();
    for mode in modes {
        let plan = Plan {
            mode: *mode,
            count,
            players: players(*mode),
            skills: vec![Skill::Mixed],
            seed,
            rules: rules.to_vec(),
        };
        let begun = Instant::now();
        let played = plan.play()?;
        let took_s = begun.elapsed().as_secs_f64();
        rows(&mut figure, *mode, &played, took_s);
        merge(&mut weapons, &played);
    }
    balance(&mut figure, &weapons);
    Ok(figure)
}

fn rows(figure: &mut Figure, mode: Mode, played: &[Played], took_s: f64) {
    let count = played.len() as f64;
    let mean = |of: &dyn Fn(&Played) -> f64| played.iter().map(of).sum::<f64>() / count;
    let seconds: f64 = played.iter().map(|match_| f64::from(match_.seconds)).sum();
    let endless = played.iter().filter(|match_| !match_.ended).count();
    let overtime = played.iter().filter(|match_| match_.overtime).count();
    let stuck = played
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.stuck_s_max.total_cmp(&b.1.stuck_s_max));
    let what = |what: &str| format!("{mode}: {what}");
    let kills = |match_: &Played| f64::from(match_.weapons.iter().map(|w| w.kills).sum::<u32>());
    let note = format!(
        "{overtime} of {count} in overtime; longest {:.0} s",
        played.iter().map(|m| m.seconds).fold(0.0, f32::max)
    );
    figure.add(
        Row::new(what("matches without an end"), endless as f64, "")
            .against(Target::AtMost(0.0))
            .note(note),
    );
    if let Some((number, match_)) = stuck {
        let [x, y] = match_.stuck_at;
        figure.add(
            Row::new(
                what("longest stay in one place"),
                f64::from(match_.stuck_s_max),
                "s",
            )
            .against(Target::AtMost(STUCK_S_MAX))
            .note(format!("match {number}, at {x:.1}, {y:.1}")),
        );
    }
    figure.add(Row::new(what("a match takes"), seconds / count, "s").note(results(played)));
    figure.add(Row::new(what("kills in a match"), mean(&kills), "").note(format!(
        "{:.1} banked, {:.1} deflected, {:.1} of themselves; {:.0} pickups, {:.0} deflects, {:.1} flags or zones",
        mean(&|m| f64::from(m.bank_kills)),
        mean(&|m| f64::from(m.deflect_kills)),
        mean(&|m| f64::from(m.own_kills)),
        mean(&|m| f64::from(m.pickups)),
        mean(&|m| f64::from(m.deflects)),
        mean(&|m| f64::from(m.objectives)),
    )));
    figure.add(Row::new(
        what("simulated seconds in a second"),
        seconds / took_s,
        "",
    ));
}

/// The scores of winners and losers, on average.
fn results(played: &[Played]) -> String {
    let mut sums = [0.0; 2];
    for match_ in played {
        let scores = match_.seats.iter().map(|seat| seat.score);
        let (best, worst) = match match_.teams[..] {
            [first, second] => (first.score, second.score),
            _ => (scores.clone().max().unwrap_or(0), scores.min().unwrap_or(0)),
        };
        sums = [sums[0] + f64::from(best), sums[1] + f64::from(worst)];
    }
    let [best, worst] = sums.map(|sum| sum / played.len() as f64);
    format!("best {best:.1}, worst {worst:.1} on average")
}

fn merge(all: &mut Vec<WeaponTally>, played: &[Played]) {
    for tally in played.iter().flat_map(|match_| &match_.weapons) {
        match all.iter_mut().find(|known| known.name == tally.name) {
            Some(known) => {
                known.kills += tally.kills;
                known.damage += tally.damage;
            }
            None => all.push(tally.clone()),
        }
    }
}

fn balance(figure: &mut Figure, weapons: &[WeaponTally]) {
    let sum = |of: fn(&WeaponTally) -> u32| f64::from(weapons.iter().map(of).sum::<u32>().max(1));
    let (kills, damage) = (sum(|w| w.kills), sum(|w| w.damage));
    for weapon in weapons {
        let share = f64::from(weapon.kills) / kills * 100.0;
        let of_damage = f64::from(weapon.damage) / damage * 100.0;
        let bound = if share < SHARE.0 {
            Target::AtLeast(SHARE.0)
        } else {
            Target::AtMost(SHARE.1)
        };
        figure.add(
            Row::new(format!("kills with {}", weapon.name), share, "%")
                .against(bound)
                .note(format!(
                    "{of_damage:.1} % of damage; {} kills",
                    weapon.kills
                )),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first matches of the long run, shortened.
    fn played(mode: Mode, rules: &[&str]) -> Vec<Played> {
        let plan = Plan {
            mode,
            count: 3,
            players: players(mode).min(16),
            skills: vec![Skill::Mixed],
            seed: 1,
            rules: rules.iter().map(ToString::to_string).collect(),
        };
        plan.play().unwrap()
    }

    #[test]
    fn matches_of_every_mode_end_nobody_is_stuck_and_scores_are_plausible() {
        for mode in Mode::ALL {
            for (number, match_) in played(*mode, &["flow.time_limit_s=90"]).iter().enumerate() {
                let what = format!("match {number} of {mode}: {match_:#?}");
                assert!(match_.ended, "{what}");
                assert!(f64::from(match_.stuck_s_max) <= STUCK_S_MAX, "{what}");
                let kills: u32 = match_.weapons.iter().map(|weapon| weapon.kills).sum();
                assert!(kills >= 10 && match_.pickups > 0, "{what}");
                if matches!(mode, Mode::Ctf | Mode::Control) {
                    assert!(match_.objectives > 0, "{what}");
                }
                let deaths: u32 = match_.seats.iter().map(|seat| u32::from(seat.deaths)).sum();
                assert_eq!(deaths, kills + match_.own_kills, "{what}");
            }
        }
    }

    #[test]
    fn every_weapon_kills_and_none_kills_most() {
        let mut weapons = Vec::new();
        for mode in [Mode::Ffa, Mode::Tdm, Mode::Ctf] {
            merge(&mut weapons, &played(mode, &[]));
        }
        let all: u32 = weapons.iter().map(|weapon| weapon.kills).sum();
        for WeaponTally { name, kills, .. } in &weapons {
            assert!(
                kills * 20 > all && kills * 2 < all,
                "{name}: {kills} of {all}"
            );
        }
    }

    #[test]
    fn crowds_in_teams_end_too() {
        let rules = ["flow.time_limit_s=30", "massive.teams=true"];
        for match_ in played(Mode::Massive, &rules) {
            assert!(match_.ended && match_.teams.len() == 2, "{match_:#?}");
        }
    }
}
