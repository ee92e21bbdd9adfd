//! How much better one skill is than the next: matches in which each skill has as many bots as the others, a table of what
//! they did, and a rating in the unit of Elo's.

use fracas_bots::Skill;
use fracas_protocol::Mode;
use fracas_server::headless::{Played, Seated};

use crate::report::{Figure, Row, Target};
use crate::tables::Plan;

/// Who is rated, worst first.
const SKILLS: [Skill; 3] = [Skill::Easy, Skill::Normal, Skill::Hard];
/// Bots of each skill in a match.
const OF_EACH: u16 = 3;
/// What a better skill has to be ahead by: three of four.
const MARGIN: f64 = 190.0;

/// Plays `count` matches of each of two modes, and rates the skills by who was ahead of whom at the end.
///
/// # Errors
/// A match can't be played.
pub fn rating(count: usize, seed: u64) -> anyhow::Result<Figure> {
    let mut figure = Figure::new("rating", false);
    let mut wins = Wins::default();
    for mode in [Mode::Ffa, Mode::Tdm] {
        let plan = Plan {
            mode,
            count,
            players: OF_EACH * SKILLS.len() as u16,
            skills: SKILLS.to_vec(),
            seed,
            rules: Vec::new(),
        };
        let played = plan.play()?;
        for skill in SKILLS {
            figure.add(summary(mode, skill, &played));
        }
        played.iter().for_each(|match_| wins.take(match_));
    }
    rate(&mut figure, &wins);
    Ok(figure)
}

fn summary(mode: Mode, skill: Skill, played: &[Played]) -> Row {
    let seats = played.iter().flat_map(|match_| &match_.seats);
    let seats: Vec<_> = seats.filter(|seat| seat.skill == skill).collect();
    let mean = |of: &dyn Fn(&Seated) -> f64| {
        seats.iter().map(|seat| of(seat)).sum::<f64>() / seats.len().max(1) as f64
    };
    let (kills, deaths) = (
        mean(&|seat| f64::from(seat.kills)),
        mean(&|seat| f64::from(seat.deaths)),
    );
    let score = mean(&|seat| f64::from(seat.score));
    Row::new(format!("{mode}: score of {skill}"), score, "")
        .note(format!("{kills:.1} kills, {deaths:.1} deaths a match"))
}

/// Who was ahead of whom at the end of a match, by skill; half of it for both where they were equal.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Wins([[f64; SKILLS.len()]; SKILLS.len()]);

impl Wins {
    fn take(&mut self, match_: &Played) {
        let place = |seat: &Seated| SKILLS.iter().position(|skill| *skill == seat.skill);
        for one in &match_.seats {
            for other in &match_.seats {
                let (Some(a), Some(b)) = (place(one), place(other)) else {
                    continue;
                };
                self.0[a][b] += match one.score.cmp(&other.score) {
                    _ if a == b => 0.0,
                    std::cmp::Ordering::Greater => 1.0,
                    std::cmp::Ordering::Equal => 0.5,
                    std::cmp::Ordering::Less => 0.0,
                };
            }
        }
    }

    /// Bradley's and Terry's strengths, by Zermelo's iteration, as Elo's ratings about 1,500. One match that each won
    /// against each is added, so that who never lost has a rating too.
    fn ratings(&self) -> [f64; SKILLS.len()] {
        let mut strengths = [1.0_f64; SKILLS.len()];
        for _ in 0..200 {
            let old = strengths;
            for (a, strength) in strengths.iter_mut().enumerate() {
                let (mut won, mut expected) = (0.0, 0.0);
                for b in (0..SKILLS.len()).filter(|b| *b != a) {
                    won += self.0[a][b] + 1.0;
                    expected += (self.0[a][b] + self.0[b][a] + 2.0) / (old[a] + old[b]);
                }
                *strength = won / expected;
            }
            let mean = strengths.iter().map(|s| s.ln()).sum::<f64>() / SKILLS.len() as f64;
            strengths = strengths.map(|strength| strength / mean.exp());
        }
        strengths.map(|strength| 1_500.0 + 400.0 * strength.log10())
    }
}

fn rate(figure: &mut Figure, wins: &Wins) {
    let ratings = wins.ratings();
    for (at, skill) in SKILLS.iter().enumerate() {
        let row = Row::new(format!("rating of {skill}"), ratings[at], "");
        figure.add(row);
        if let Some(worse) = at.checked_sub(1) {
            let (won, lost) = (wins.0[at][worse], wins.0[worse][at]);
            let what = format!("{skill} is ahead of {}", SKILLS[worse]);
            figure.add(
                Row::new(what, ratings[at] - ratings[worse], "")
                    .against(Target::AtLeast(MARGIN))
                    .note(format!(
                        "{:.0} % of {:.0} pairs",
                        won / (won + lost).max(1.0) * 100.0,
                        won + lost
                    )),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hard_is_ahead_of_normal_and_normal_of_easy() {
        let figure = rating(3, 1).unwrap();
        let judged: Vec<_> = figure.rows.iter().filter_map(|row| row.passed).collect();
        assert_eq!(judged, [true, true], "{:#?}", figure.rows);
    }

    #[test]
    fn who_wins_three_of_four_is_190_ahead() {
        let wins = Wins([
            [0.0, 2500.0, 1000.0],
            [7500.0, 0.0, 2500.0],
            [9000.0, 7500.0, 0.0],
        ]);
        let [easy, normal, hard] = wins.ratings();
        assert!((normal - easy - 190.8).abs() < 2.0, "{easy} {normal}");
        assert!((hard - normal - 190.8).abs() < 2.0, "{normal} {hard}");
        assert_eq!(Wins::default().ratings(), [1_500.0; 3]);
    }
}
