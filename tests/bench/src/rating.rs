//! How much better one skill is than the next, and than a beginner: matches in which each has as many seats as the others, a
//! table of what they did, and a rating in the unit of Elo's.

use fracas_bots::Skill;
use fracas_protocol::Mode;
use fracas_server::headless::{Played, Seated, Who};

use crate::report::{Figure, Row, Target};
use crate::tables::Plan;

/// Who is rated, worst first.
const RATED: [Who; 4] = [
    Who::Bot(Skill::Easy),
    Who::Beginner,
    Who::Bot(Skill::Normal),
    Who::Bot(Skill::Hard),
];
/// Seats of each in a match: one on each side, where there are sides.
const OF_EACH: u16 = 2;
/// Who has to be ahead of whom, by their places above, and by how much: three of four among skills, four of seven for a
/// beginner.
const MARGINS: [(usize, usize, f64); 3] = [(1, 0, 50.0), (2, 0, 190.0), (3, 2, 190.0)];

/// Plays `count` matches of each of two modes, and rates all by who was ahead of whom at the end.
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
            players: OF_EACH * RATED.len() as u16,
            who: RATED.to_vec(),
            seed,
            rules: Vec::new(),
        };
        let played = plan.play()?;
        for who in RATED {
            figure.add(summary(mode, who, &played));
        }
        played.iter().for_each(|match_| wins.take(match_));
    }
    rate(&mut figure, &wins);
    Ok(figure)
}

fn summary(mode: Mode, who: Who, played: &[Played]) -> Row {
    let seats = played.iter().flat_map(|match_| &match_.seats);
    let seats: Vec<_> = seats.filter(|seat| seat.who == who).collect();
    let mean = |of: &dyn Fn(&Seated) -> f64| {
        seats.iter().map(|seat| of(seat)).sum::<f64>() / seats.len().max(1) as f64
    };
    let (kills, deaths) = (
        mean(&|seat| f64::from(seat.kills)),
        mean(&|seat| f64::from(seat.deaths)),
    );
    let score = mean(&|seat| f64::from(seat.score));
    Row::new(format!("{mode}: score of {who}"), score, "")
        .note(format!("{kills:.1} kills, {deaths:.1} deaths a match"))
}

/// Who was ahead of whom at the end of a match, by their places in [`RATED`]; half of it for both where they were equal.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
struct Wins([[f64; RATED.len()]; RATED.len()]);

impl Wins {
    fn take(&mut self, match_: &Played) {
        let place = |seat: &Seated| RATED.iter().position(|who| *who == seat.who);
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
    fn ratings(&self) -> [f64; RATED.len()] {
        let mut strengths = [1.0_f64; RATED.len()];
        for _ in 0..200 {
            let old = strengths;
            for (a, strength) in strengths.iter_mut().enumerate() {
                let (mut won, mut expected) = (0.0, 0.0);
                for b in (0..RATED.len()).filter(|b| *b != a) {
                    won += self.0[a][b] + 1.0;
                    expected += (self.0[a][b] + self.0[b][a] + 2.0) / (old[a] + old[b]);
                }
                *strength = won / expected;
            }
            let mean = strengths.iter().map(|s| s.ln()).sum::<f64>() / RATED.len() as f64;
            strengths = strengths.map(|strength| strength / mean.exp());
        }
        strengths.map(|strength| 1_500.0 + 400.0 * strength.log10())
    }
}

fn rate(figure: &mut Figure, wins: &Wins) {
    let ratings = wins.ratings();
    for (who, rating) in RATED.iter().zip(ratings) {
        figure.add(Row::new(format!("rating of {who}"), rating, ""));
    }
    for (better, worse, margin) in MARGINS {
        let (won, lost) = (wins.0[better][worse], wins.0[worse][better]);
        let what = format!("{} is ahead of {}", RATED[better], RATED[worse]);
        figure.add(
            Row::new(what, ratings[better] - ratings[worse], "")
                .against(Target::AtLeast(margin))
                .note(format!(
                    "{:.0} % of {:.0} pairs",
                    won / (won + lost).max(1.0) * 100.0,
                    won + lost
                )),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hard_is_ahead_of_normal_normal_of_easy_and_a_beginner_too() {
        let figure = rating(4, 1).unwrap();
        let judged: Vec<_> = figure.rows.iter().filter_map(|row| row.passed).collect();
        assert_eq!(judged, [true; MARGINS.len()], "{:#?}", figure.rows);
    }

    #[test]
    fn who_wins_three_of_four_is_190_ahead() {
        // Each is three times as strong as the one before.
        let share = |a: usize, b: usize| 10_000.0 / (1.0 + 3_f64.powi(b as i32 - a as i32));
        let of = |a| std::array::from_fn(|b| if a == b { 0.0 } else { share(a, b) });
        let wins = Wins(std::array::from_fn(of));
        for pair in wins.ratings().windows(2) {
            assert!((pair[1] - pair[0] - 190.8).abs() < 2.0, "{pair:?}");
        }
        assert_eq!(Wins::default().ratings(), [1_500.0; RATED.len()]);
    }
}
