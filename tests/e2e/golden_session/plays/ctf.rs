//! Player 0 (blue) loses the flag of orange, which player 1 sends home; player 2 that of blue, which goes home by itself; then
//! player 0 brings the one of orange home.

use fracas_protocol::Mode;

use super::{LIVE, Play, TO_THE_NEXT_MATCH, short_rules, text};
use crate::golden_session::script::Step::{self, Fire, Go, Hear, Say, Wait};
use crate::golden_session::script::{Script, Words};

pub(super) fn play() -> Play {
    let mut rules = short_rules();
    rules.flow.score_to_win = 1;
    rules.flow.assist_damage = 10;
    rules.ctf.flag_return_s = 2.0;
    let blue = [
        Script::of(&[CAPTURES, TO_THE_NEXT_MATCH]),
        Script::of(&[GUARDS]),
    ];
    let orange = [Script::of(&[SENDS_HOME]), Script::of(&[LOSES])];
    let ([first, fourth], [second, third]) = (blue, orange);
    Play {
        name: "ctf",
        mode: Mode::Ctf,
        rules,
        maps: vec![("Stands", STANDS), ("Near stands", NEAR_STANDS)],
        scripts: vec![first, second, third, fourth],
        stall: 0..0,
    }
}

const STANDS: &str = "
##################
#................#
#B..............O#
#B..............O#
#................#
##################
=flag blue 3 2
=flag orange 14 2
";
const NEAR_STANDS: &str = "
##########
#B......O#
#B......O#
##########
=flag blue 3 1
=flag orange 6 2
";

const ORANGE_IS_TAKEN: Step = Hear(r#""flag_taken","team":"orange""#);
const ORANGE_IS_DROPPED: Step = Hear(r#""flag_dropped","team":"orange""#);
const ORANGE_IS_HOME: Step = Hear(r#""flag_returned","team":"orange""#);
const BLUE_IS_TAKEN: Step = Hear(r#""flag_taken","team":"blue""#);
const BLUE_IS_DROPPED: Step = Hear(r#""flag_dropped","team":"blue""#);
const BLUE_IS_HOME: Step = Hear(r#""flag_returned","team":"blue""#);

const CAPTURES: &[Step] = &[
    LIVE,
    Go(14.5, 2.5),
    ORANGE_IS_TAKEN,
    Go(8.5, 2.5),
    text("I have it."),
    ORANGE_IS_DROPPED,
    Go(5.5, 4.2),
    ORANGE_IS_HOME,
    BLUE_IS_HOME,
    Go(14.5, 2.5),
    ORANGE_IS_TAKEN,
    Go(3.5, 2.5),
];

const SENDS_HOME: &[Step] = &[
    LIVE,
    Go(12.5, 4.0),
    Hear("\"I have it.\""),
    // The other hits first.
    Wait(500),
    Fire(8.5, 2.5),
    ORANGE_IS_DROPPED,
    Go(8.5, 2.5),
    ORANGE_IS_HOME,
    Go(12.5, 4.0),
];

const LOSES: &[Step] = &[
    LIVE,
    Go(12.5, 1.5),
    Hear("\"I have it.\""),
    Fire(8.5, 2.5),
    ORANGE_IS_HOME,
    Go(3.5, 2.5),
    BLUE_IS_TAKEN,
    Go(8.5, 1.5),
    text("On my way home."),
    BLUE_IS_DROPPED,
    Go(15.5, 3.5),
];

const GUARDS: &[Step] = &[
    LIVE,
    Say(Words::Text {
        text: "I watch the middle.",
        to_team: true,
    }),
    Go(6.5, 3.7),
    Hear("\"On my way home.\""),
    Wait(200),
    Fire(8.5, 1.5),
    Wait(100),
    Fire(8.5, 1.5),
];
