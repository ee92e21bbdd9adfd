//! A client session survives any server and any driver: messages in any order, clocks that jump.

#![no_main]

use arbitrary::Arbitrary;
use fracas_protocol::{
    Angle, Buttons, Intent, Map, MatchStart, Mode, PlayerId, Rules, ServerMessage, Session, Steer,
    Welcome, encode,
};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
enum Step {
    Receive(Vec<u8>),
    Snapshot(Vec<u8>),
    MatchStart { tick: u32 },
    Intent { steer: u8, aim: u16, buttons: u8 },
    Advance { us: u32 },
    Draw { us: u32 },
}

const MAP: &str = "########\n#S.◢◣..#\n#..◥◤.o#\n#.....S#\n########\n";
const STEPS_MAX: usize = 64;

fuzz_target!(|steps: Vec<Step>| {
    let mut session = Session::new();
    let mut now_us = 0;
    let welcome = encode(&ServerMessage::Welcome(Box::new(welcome())));
    session
        .receive(&welcome, now_us)
        .expect("the welcome is a good one");
    for step in steps.into_iter().take(STEPS_MAX) {
        match step {
            Step::Receive(bytes) => receive(&mut session, &bytes, now_us),
            Step::Snapshot(bytes) => receive(&mut session, &[&[2], &bytes[..]].concat(), now_us),
            Step::MatchStart { tick } => {
                let start = MatchStart {
                    tick,
                    ..welcome_start()
                };
                receive(
                    &mut session,
                    &encode(&ServerMessage::MatchStart(Box::new(start))),
                    now_us,
                );
            }
            Step::Intent {
                steer,
                aim,
                buttons,
            } => {
                session.set_intent(Intent {
                    steer: Steer::from_code(steer % 193).unwrap_or_default(),
                    aim: Angle(aim),
                    buttons: Buttons(buttons & Buttons::KNOWN.0),
                });
            }
            Step::Advance { us } => {
                now_us += u64::from(us);
                session.advance(now_us);
            }
            Step::Draw { us } => {
                session.scene(now_us + u64::from(us));
            }
        }
        while session.poll_transmit().is_some() {}
        while session.poll_event().is_some() {}
    }
});

/// An error ends the connection, not the program.
fn receive(session: &mut Session, bytes: &[u8], now_us: u64) {
    let _ = session.receive(bytes, now_us);
}

fn welcome() -> Welcome {
    Welcome {
        player: PlayerId(0),
        resume_token: "token".into(),
        tick_hz: 60,
        snapshot_hz: 30,
        inputs_per_message: 2,
        start: welcome_start(),
    }
}

fn welcome_start() -> MatchStart {
    MatchStart {
        tick: 100,
        match_id: "m1".into(),
        room: "main".into(),
        mode: Mode::Ffa,
        rules: Rules::default(),
        map: Map::parse(MAP).expect("the map is a good one").into(),
    }
}
