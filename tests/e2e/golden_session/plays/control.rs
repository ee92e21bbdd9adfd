//! Player 0 (blue) takes a zone, player 1 takes it from them; the zone moves on, time is up, and player 0 takes the next.

use fracas_protocol::Mode;

use super::{LIVE, Play, TO_THE_NEXT_MATCH, short_rules, text};
use crate::golden_session::script::Script;
use crate::golden_session::script::Step::{self, Go, Hear, Wait};

pub(super) fn play() -> Play {
    let mut rules = short_rules();
    rules.flow.time_limit_s = 7.0;
    rules.control.capture_s = 0.5;
    rules.control.zone_moves_s = 5.0;
    // Nobody gets one before time is up.
    rules.control.points_per_s = 0.1;
    Play {
        name: "control",
        mode: Mode::Control,
        rules,
        maps: vec![("Zones", ZONES), ("One zone", ONE_ZONE)],
        scripts: vec![
            Script::of(&[BLUE, TO_THE_NEXT_MATCH]),
            Script::of(&[ORANGE]),
        ],
        stall: 0..0,
    }
}

const ZONES: &str = "
##############
#............#
#B..........O#
#............#
##############
=zone 4 1 2 3
=zone 8 1 2 3
";
const ONE_ZONE: &str = "
########
#B....O#
#......#
########
=zone 3 1 2 2
";

const BLUE_TAKES_IT: Step = Hear(r#""zone_taken","team":"blue""#);
const ORANGE_TAKES_IT: Step = Hear(r#""zone_taken","team":"orange""#);

const BLUE: &[Step] = &[
    LIVE,
    Go(5.0, 2.5),
    BLUE_TAKES_IT,
    Hear("\"Mine.\""),
    Go(2.0, 2.5),
    ORANGE_TAKES_IT,
    Hear("zone_moved"),
    Hear(r#""phase":"overtime""#),
    Go(9.0, 2.5),
];

const ORANGE: &[Step] = &[
    BLUE_TAKES_IT,
    Go(5.0, 1.6),
    Wait(200),
    text("Mine."),
    ORANGE_TAKES_IT,
    Go(12.5, 1.5),
];
