//! The rules of `docs/PROTOCOL.md`, one test each, named by rule: `cargo test -p fracas-protocol w3_`.
//!
//! | module | rules |
//! |---|---|
//! | `wire` | W: how values become bytes |
//! | `handshake` | H: hello and welcome |
//! | `inputs` | I: what a player asks for |
//! | `arena` | G: rules and map of a match |
//! | `snapshots` | S: bytes of a snapshot |
//! | `state` | S: its densest part, bit by bit |
//! | `pads` | S15: what lies on pads |
//! | `flight`, `dashes`, `views` | S: how it carries a view forward; any view, and any that may follow it |
//! | `motion`, `pilots` | M: one step of a craft, a shot, a pilot |
//! | `client` | C: what a client does with all this |
//! | `examples` | the worked examples, byte by byte |
//! | `vectors` | the vectors in `docs/vectors` |
//! | `bits`, `world` | bits written by hand, a small server without rules |
//!
//! T (transport) and X (closing) need a server: `server/tests/it`.

mod arena;
mod bits;
mod chat;
mod client;
mod dashes;
mod examples;
mod flight;
mod handshake;
mod inputs;
mod motion;
mod pads;
mod pilots;
mod snapshots;
mod state;
mod vectors;
mod views;
mod wire;
mod world;

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
        rules: Arc::new(Rules::default()),
        map: map().into(),
    }
}

fn welcome(tick: Tick) -> Welcome {
    Welcome {
        player: PlayerId(3),
        resume_token: "main.cafe".into(),
        tick_hz: 60,
        snapshot_hz: 30,
        inputs_per_message: 2,
        start: match_start(tick),
    }
}

/// Bytes from text such as `00 fb e8 03`.
fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}
