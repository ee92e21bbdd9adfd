//! Teams: most kills, counted by side. On a tie the next kill that breaks it decides.

use super::Play;

pub(super) const PLAY: Play = Play {
    has_sides: |_| true,
    ..Play::FREE_FOR_ALL
};
