//! Massive: hundreds to thousands, free for all; most kills when time is up. Nobody wins early: with so many the first to
//! any number of kills would be there before most have met anybody.

use fracas_protocol::Rules;
use fracas_protocol::view::Score;

use super::{Verdict, ffa};

/// Open until time is up.
pub(super) fn judge(rules: &Rules, scores: impl Iterator<Item = Score>) -> Verdict {
    match ffa::judge(rules, scores) {
        Verdict::Won => Verdict::Open { has_leader: true },
        open @ Verdict::Open { .. } => open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_wins_before_time_is_up() {
        let scores = [900, 3].map(|score| Score {
            score,
            ..Score::default()
        });
        let verdict = judge(&Rules::default(), scores.into_iter());
        assert_eq!(verdict, Verdict::Open { has_leader: true });
    }
}
