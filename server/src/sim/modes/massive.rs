//! Massive: hundreds to thousands, free for all or in two teams; most kills when time is up. Nobody wins early: with so many
//! the first to any number of kills would be there before most have met anybody. A tie is shared: with so many the next
//! kill is no feat.

use super::{Play, Tie};

pub(super) const PLAY: Play = Play {
    has_sides: |rules| rules.massive.teams,
    ends_early: false,
    tie: Tie::Shared,
    ..Play::FREE_FOR_ALL
};
