//! Teams: most kills, counted by side. On a tie the next kill decides.

use super::Play;

pub(super) const PLAY: Play = Play {
    has_sides: |_| true,
    adapt: |rules| {
        rules.flow.score_to_win = 50;
        rules.flow.time_limit_s = 480.0;
    },
    ..Play::FREE_FOR_ALL
};
