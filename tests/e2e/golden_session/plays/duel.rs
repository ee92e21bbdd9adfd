//! Player 1 destroys player 0 and is in the lead; then dies of their own shot, of one off the wall, of one straight on.

use fracas_protocol::Mode;

use super::{LIVE, Play, TO_THE_NEXT_MATCH, phrase, short_rules, text};
use crate::golden_session::script::Script;
use crate::golden_session::script::Step::{self, Deflect, Fire, Go, Hear, Wait};

pub(super) fn play() -> Play {
    let mut rules = short_rules();
    rules.craft.health = 12;
    rules.deflect.window_s = 1.5;
    rules.deflect.cooldown_s = 3.0;
    // Two for the one in the lead.
    rules.flow.score_to_win = 4;
    Play {
        name: "duel",
        mode: Mode::Ffa,
        rules,
        maps: vec![("Lane", LANE), ("Short lane", SHORT_LANE)],
        scripts: vec![
            Script::of(&[WINNER, TO_THE_NEXT_MATCH]),
            Script::of(&[LOSER]),
        ],
        stall: 0..0,
    }
}

const LANE: &str = "
################
#..............#
#S............S#
#..............#
################
";
const SHORT_LANE: &str = "
############
#S........S#
#..........#
############
";

const WINNER_IS_DOWN: Step = Hear(r#""kill","killer":1,"victim":0"#);
const LOSER_IS_DOWN: Step = Hear(r#""kill","killer":0,"victim":1"#);

/// At 3.5, 2.5.
const WINNER: &[Step] = &[
    LIVE,
    Go(3.5, 2.5),
    text("Ready when you are."),
    WINNER_IS_DOWN,
    Go(3.5, 2.5),
    phrase(6),
    Deflect(12.5, 2.5),
    LOSER_IS_DOWN,
    Hear("\"Here.\""),
    Wait(300),
    // By way of the upper wall.
    Fire(8.0, 1.12),
    LOSER_IS_DOWN,
    Hear("\"Here again.\""),
    Wait(300),
    Fire(12.5, 2.5),
];

/// At 12.5, 2.5.
const LOSER: &[Step] = &[
    LIVE,
    Go(12.5, 2.5),
    Hear("\"Ready when you are.\""),
    Fire(3.5, 2.5),
    Hear("\"Attack!\""),
    Fire(3.5, 2.5),
    LOSER_IS_DOWN,
    Go(12.5, 2.5),
    text("Here."),
    LOSER_IS_DOWN,
    Go(12.5, 2.5),
    text("Here again."),
];
