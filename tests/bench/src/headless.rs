//! Matches of bots to their end, without a server around them: whether they end, whether anybody is stuck, how fast the
//! processor goes, and what is done with which weapon.

use std::time::Instant;

use fracas_bots::Skill;
use fracas_protocol::{Mode, Team};
use fracas_server::headless::{Played, WeaponTally, Who};

use crate::report::{Figure, Row, Target};
use crate::tables::Plan;

/// Nobody stays in one place longer than this, in seconds.
const STUCK_S_MAX: f64 = 5.0;
/// The share of kills of each weapon, in percent.
const SHARE: (f64, f64) = (8.0, 45.0);
/// Sides that are as good win as unequally as that by luck alone in so many of a hundred series, or the arena isn't fair.
const LUCK_MIN: f64 = 1.0;
/// Skills as `mixed` draws them: three in ten easy, five normal, two hard.
const MIXED: [Skill; 10] = [
    Skill::Normal,
    Skill::Easy,
    Skill::Normal,
    Skill::Hard,
    Skill::Normal,
    Skill::Easy,
    Skill::Normal,
    Skill::Hard,
    Skill::Normal,
    Skill::Easy,
];

/// Matches that belong together.
#[derive(Clone, Debug)]
struct Series {
    name: &'static str,
    mode: Mode,
    count: usize,
    /// Beyond the mode's own rules.
    rules: &'static [&'static str],
}

/// A crowd's ten minutes are a thousand seconds of a processor for a hundred matches: it has two.
const CROWD: &str = "flow.time_limit_s=120";

/// Of a crowd, half of the matches are in teams.
fn series(mode: Mode, count: usize) -> Vec<Series> {
    let of = |name, count, rules| Series {
        name,
        mode,
        count,
        rules,
    };
    match mode {
        Mode::Massive => vec![
            of("massive", count.div_ceil(2), &[CROWD]),
            of("massive teams", count / 2, &[CROWD, "massive.teams=true"]),
        ],
        mode => vec![of(mode.as_str(), count, &[])],
    }
}

/// Bots in a match of this mode.
const fn players(mode: Mode) -> u16 {
    match mode {
        Mode::Ffa => 8,
        Mode::Massive => 40,
        _ => 10,
    }
}

impl Series {
    fn play(&self, seed: u64, rules: &[String]) -> anyhow::Result<Vec<Played>> {
        let own = self.rules.iter().map(ToString::to_string);
        let plan = Plan {
            mode: self.mode,
            count: self.count,
            players: players(self.mode),
            who: MIXED.map(Who::from).to_vec(),
            seed,
            rules: own.chain(rules.iter().cloned()).collect(),
        };
        plan.play()
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
    let all = modes.iter().flat_map(|mode| series(*mode, count));
    for series in all.filter(|series| series.count > 0) {
        let begun = Instant::now();
        let played = series.play(seed, rules)?;
        let took_s = begun.elapsed().as_secs_f64();
        rows(&mut figure, series.name, &played, took_s);
        let mut own = Vec::new();
        merge(&mut own, &played);
        balance(&mut figure, &format!("{}: ", series.name), &own);
        merge(&mut weapons, &played);
    }
    balance(&mut figure, "", &weapons);
    Ok(figure)
}

fn rows(figure: &mut Figure, name: &str, played: &[Played], took_s: f64) {
    let count = played.len() as f64;
    let mean = |of: &dyn Fn(&Played) -> f64| played.iter().map(of).sum::<f64>() / count;
    let seconds: f64 = played.iter().map(|match_| f64::from(match_.seconds)).sum();
    let endless = played.iter().filter(|match_| !match_.ended).count();
    let overtime = played.iter().filter(|match_| match_.overtime).count();
    let stuck = played
        .iter()
        .enumerate()
        .max_by(|a, b| a.1.stuck_s_max.total_cmp(&b.1.stuck_s_max));
    let what = |what: &str| format!("{name}: {what}");
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
    if let Some(row) = sides(name, played) {
        figure.add(row);
    }
}

/// Whether both sides win as often; nothing where there are none.
fn sides(name: &str, played: &[Played]) -> Option<Row> {
    let mut wins = [0_u32; 2];
    let mut equal = 0;
    for match_ in played {
        let [best, worst] = match_.teams[..] else {
            return None;
        };
        match best.score > worst.score {
            true => wins[best.team as usize] += 1,
            false => equal += 1,
        }
    }
    let [blue, orange] = [Team::Blue, Team::Orange].map(|team| wins[team as usize]);
    let row = Row::new(
        format!("{name}: sides as unequal by luck"),
        luck(blue, orange) * 100.0,
        "%",
    );
    let note = format!("blue won {blue}, orange {orange}, neither {equal}");
    Some(row.against(Target::AtLeast(LUCK_MIN)).note(note))
}

/// How likely a fair coin falls as unequally as `one` to `other` or more so.
fn luck(one: u32, other: u32) -> f64 {
    let tosses = one + other;
    let mut chance = 0.5_f64.powi(tosses as i32);
    let mut tail = 0.0;
    for heads in 0..=one.min(other) {
        tail += chance;
        chance *= f64::from(tosses - heads) / f64::from(heads + 1);
    }
    (2.0 * tail).min(1.0)
}

/// The scores of winners and losers, on average.
fn results(played: &[Played]) -> String {
    let mut sums = [0.0; 2];
    for match_ in played {
        let scores = match_.seats.iter().map(|seat| i32::from(seat.score));
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

fn balance(figure: &mut Figure, of: &str, weapons: &[WeaponTally]) {
    let shares = shares(weapons);
    let damage: u32 = weapons.iter().map(|weapon| weapon.damage).sum();
    for (weapon, share) in weapons.iter().zip(shares) {
        let of_damage = f64::from(weapon.damage) / f64::from(damage.max(1)) * 100.0;
        let bound = if share < SHARE.0 {
            Target::AtLeast(SHARE.0)
        } else {
            Target::AtMost(SHARE.1)
        };
        figure.add(
            Row::new(format!("{of}kills with {}", weapon.name), share, "%")
                .against(bound)
                .note(format!(
                    "{} kills; {} damage, {of_damage:.1} %",
                    weapon.kills, weapon.damage
                )),
        );
    }
}

/// Of all kills, in percent.
fn shares(weapons: &[WeaponTally]) -> Vec<f64> {
    let all: u32 = weapons.iter().map(|weapon| weapon.kills).sum();
    let share = |weapon: &WeaponTally| f64::from(weapon.kills) / f64::from(all.max(1)) * 100.0;
    weapons.iter().map(share).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first matches of the long run, shortened.
    fn played(mode: Mode, count: usize, rules: &[&str]) -> Vec<Played> {
        let rules: Vec<_> = rules.iter().map(ToString::to_string).collect();
        let series = series(mode, count);
        let play = |series: &Series| series.play(1, &rules).unwrap();
        series.iter().flat_map(play).collect()
    }

    #[test]
    fn matches_of_every_mode_end_nobody_is_stuck_and_scores_are_plausible() {
        for mode in Mode::ALL {
            let played = played(*mode, 3, &["flow.time_limit_s=60"]);
            for (number, match_) in played.iter().enumerate() {
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
    fn no_weapon_has_more_than_45_percent_of_kills_or_less_than_8() {
        let mut weapons = Vec::new();
        for mode in Mode::ALL {
            merge(&mut weapons, &played(*mode, 4, &["flow.time_limit_s=120"]));
        }
        for (weapon, share) in weapons.iter().zip(shares(&weapons)) {
            assert!(
                (SHARE.0..=SHARE.1).contains(&share),
                "{}: {share:.1} %: {weapons:?}",
                weapon.name
            );
        }
    }

    #[test]
    fn half_of_the_crowds_are_in_teams() {
        let teams = |match_: &Played| match_.teams.len();
        let played = played(Mode::Massive, 3, &["flow.time_limit_s=10"]);
        assert_eq!(played.iter().map(teams).collect::<Vec<_>>(), [0, 0, 2]);
    }

    #[test]
    fn the_luck_of_a_coin_is_that_of_the_binomial_distribution() {
        for (one, other, chance) in [(5, 5, 1.0), (0, 1, 1.0), (1, 9, 0.0215), (60, 40, 0.0569)] {
            let luck = luck(one, other);
            assert!((luck - chance).abs() < 1e-4, "{one} to {other}: {luck}");
        }
    }
}
