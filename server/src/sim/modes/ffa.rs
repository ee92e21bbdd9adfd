//! Free for all: most kills; killing oneself takes one away.

use fracas_protocol::Rules;
use fracas_protocol::view::Score;

use super::Verdict;

pub(super) fn award_kill(score: &mut Score) {
    score.score = score.score.saturating_add(1);
}

pub(super) fn award_own_kill(score: &mut Score) {
    score.score = score.score.saturating_sub(1);
}

/// Won at `flow.kills_to_win` points, alone at the top.
pub(super) fn judge(rules: &Rules, scores: impl Iterator<Item = Score>) -> Verdict {
    let (mut best, mut holders) = (i16::MIN, 0);
    for score in scores.map(|score| score.score) {
        if score > best {
            (best, holders) = (score, 0);
        }
        holders += usize::from(score == best);
    }
    let has_leader = holders == 1;
    if has_leader && i64::from(best) >= i64::from(rules.flow.kills_to_win) {
        return Verdict::Won;
    }
    Verdict::Open { has_leader }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(scores: &[i16]) -> Verdict {
        let scores = scores.iter().map(|score| Score {
            score: *score,
            ..Score::default()
        });
        judge(&Rules::default(), scores)
    }

    #[test]
    fn the_first_to_the_limit_wins_unless_two_get_there_together() {
        assert_eq!(verdict(&[24, 3]), Verdict::Open { has_leader: true });
        assert_eq!(verdict(&[25, 3]), Verdict::Won);
        assert_eq!(verdict(&[25, 25]), Verdict::Open { has_leader: false });
        assert_eq!(verdict(&[-1, -1]), Verdict::Open { has_leader: false });
        assert_eq!(verdict(&[]), Verdict::Open { has_leader: false });
    }
}
