//! The rules of `docs/PROTOCOL.md`, one test each, named by rule: `cargo test -p fracas-protocol w3_`.
//!
//! | module | rules |
//! |---|---|
//! | `wire` | W: how values become bytes |
//! | `handshake` | H: hello and welcome |
//! | `inputs` | I: what a player asks for |
//! | `arena` | G: rules and map of a match |
//! | `snapshots`, `views` | S: bytes of a snapshot, and how it carries a view forward |
//! | `motion` | M: one step of a craft, a shot, a pilot |
//! | `client` | C: what a client does with all this |
//! | `vectors` | the worked examples, byte by byte |
//!
//! T (transport) and X (closing) need a server: `server/tests/it`.

mod arena;
mod client;
mod handshake;
mod inputs;
mod motion;
mod snapshots;
mod vectors;
mod views;
mod wire;

use std::sync::Arc;

use fracas_protocol::{Arena, Map, MatchStart, Mode, PlayerId, Rules, Tick, Welcome};

/// Walls, every diagonal, a pit.
const YARD: &str = "\
##########
#S..#....#
#.◢◣...◢.#
#.◥◤.o.#.#
#......◥.#
#..##.◤..#
#.....S.◢#
##########
";

fn map() -> Map {
    Map::parse(YARD).unwrap()
}

fn arena() -> Arena {
    Arena::new(Arc::new(map()), &Rules::default(), 60)
}

fn match_start(tick: Tick) -> MatchStart {
    MatchStart {
        tick,
        match_id: "m1".into(),
        room: "main".into(),
        mode: Mode::Ffa,
        rules: Rules::default(),
        map: map(),
    }
}

fn welcome(tick: Tick) -> Welcome {
    Welcome {
        player: PlayerId(3),
        resume_token: "main.cafe".into(),
        tick_hz: 60,
        snapshot_hz: 30,
        start: match_start(tick),
    }
}

/// Bytes from text such as `00 fb e8 03`.
fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}
