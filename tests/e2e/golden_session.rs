//! A client session's whole life, recorded: what the server sent when, what the player wanted, and
//! what came of it, frame by frame. The native session is held to the recording here, the WASM one
//! in `tests/wasm/session.test.mjs`: messages and events to the letter, pictures to the bit.
//!
//! `FRACAS_RECORD_GOLDEN=1 cargo test -p fracas-tests golden` records anew.

use std::collections::VecDeque;
use std::fmt::Write;
use std::sync::Arc;

use fracas_protocol::{
    Angle, Buttons, ClientMessage, Input, InputBatch, Map, Mode, PlayerId, Rules, ServerMessage,
    Steer, Tick, Wants, Welcome, decode, encode,
};
use fracas_server::sim::{Command, Match, MatchConfig};
use fracas_wasm::GameSession;

const ME: PlayerId = PlayerId(0);
const BOTS: u16 = 3;
const TICK_HZ: u8 = 60;
const SNAPSHOT_HZ: u8 = 30;
const START: Tick = 600;
/// Until then the player flies to and fro; from then on from pad to pad.
const TOUR_MS: u32 = 12_000;
const LENGTH_MS: u32 = 38_000;
const FRAME_MS: u32 = 17;
/// Each way.
const LAG_MS: u32 = 25;

const MAP: &str = "
################
#S......#.....S#
#.3.◢◣.5...4..◢#
#...◥◤...oo....#
#...2..6...7.1.#
#S....##......S#
################
=1 health
=2 shield
=3 scatter
=4 rail
=5 lobber
=6 haste
=7 overcharge
";
/// Where the pads are, in tiles, in the order in which the tour goes round.
const TOUR: [(f32, f32); 7] = [
    (2.5, 2.5),
    (4.5, 4.5),
    (7.5, 4.5),
    (11.5, 4.5),
    (13.5, 4.5),
    (11.5, 2.5),
    (7.5, 2.5),
];
/// For so long it stays with a pad, or tries to get there.
const PAD_MS: u32 = 1_800;

#[test]
fn a_session_is_as_recorded() {
    let recorded = record();
    check_holds_everything(&recorded);
    crate::golden::compare("session.txt", &recorded);
}

/// What isn't in the recording isn't compared.
fn check_holds_everything(recorded: &str) {
    let events: Vec<serde_json::Value> = recorded
        .lines()
        .filter_map(|line| serde_json::from_str(line.strip_prefix("E ")?).ok())
        .collect();
    let of = |kind: &str, who: &str| {
        let mine = |event: &&serde_json::Value| event["type"] == kind && event[who] == ME.0;
        events.iter().filter(mine).collect::<Vec<_>>()
    };
    let map = Map::parse(MAP).expect("the map is a good one");
    let has = |kind: &str, who: &str, key: &str, value: serde_json::Value| {
        of(kind, who).iter().any(|event| event[key] == value)
    };
    let pads = map.pads().enumerate();
    let left = pads.filter(|(pad, _)| !has("pickup", "player", "pad", (*pad).into()));
    let left: Vec<_> = left.map(|(_, pad)| pad.item.to_owned()).collect();
    let fired = |weapon: &&str| {
        let kind = if *weapon == "rail" { "beam" } else { "fired" };
        has(kind, "owner", "weapon", (*weapon).into())
    };
    let silent: Vec<_> = ["pulse", "scatter", "rail", "lobber"]
        .into_iter()
        .filter(|weapon| !fired(weapon))
        .collect();
    assert!(
        left.is_empty() && silent.is_empty(),
        "not taken: {left:?}, not fired: {silent:?}"
    );
}

/// One line a step:
///
/// ```text
/// R ms hex      a message arrives
/// I x y aim b   the player's intent
/// A ms          prediction advances
/// T hex         a message leaves
/// F ms hash     a frame
/// E json        an event
/// ```
fn record() -> String {
    let mut out = String::new();
    let mut server = Server::new();
    let mut session = GameSession::new();
    let (mut up, mut down) = (Line::default(), Line::default());
    let mut own = (0.0, 0.0);
    down.send(0, server.welcome());
    for ms in 0..LENGTH_MS {
        up.arrived(ms).for_each(|bytes| server.receive(&bytes));
        for snapshot in server.run_until(ms) {
            down.send(ms, snapshot);
        }
        for bytes in down.arrived(ms) {
            let _ = writeln!(out, "R {ms} {}", hex(&bytes));
            assert!(session.receive(&bytes, f64::from(ms)).is_ok());
        }
        if ms % FRAME_MS == 0 {
            let (x, y, aim, buttons) = intent(ms, own);
            let _ = writeln!(out, "I {x} {y} {aim} {buttons}\nA {ms}");
            session.set_intent(x, y, aim, buttons);
            session.advance(f64::from(ms));
            while let Some(bytes) = session.next_message() {
                let _ = writeln!(out, "T {}", hex(&bytes));
                up.send(ms, bytes);
            }
            let frame = session.frame(f64::from(ms));
            own = (frame[3], frame[4]);
            let _ = writeln!(out, "F {ms} {:08x}", fnv(&frame));
            while let Some(event) = session.next_event() {
                let _ = writeln!(out, "E {event}");
            }
        }
    }
    out
}

/// What the player wants, who is at `own`.
fn intent(ms: u32, own: (f32, f32)) -> (f64, f64, f64, u8) {
    match ms.checked_sub(TOUR_MS) {
        None => to_and_fro(ms),
        Some(ms) => tour(ms, own),
    }
}

/// From pad to pad, firing whatever there is at where it leads.
fn tour(ms: u32, own: (f32, f32)) -> (f64, f64, f64, u8) {
    let (x, y) = TOUR[(ms / PAD_MS) as usize % TOUR.len()];
    let to = |target: f32, own: f32| f64::from((target - own).clamp(-1.0, 1.0));
    // Less upright than along, so as to slide over the pillar.
    let special = if ms % 900 < 600 { 2 } else { 0 };
    (
        to(x, own.0),
        0.7 * to(y, own.1),
        f64::from(ms % 5_000) / 800.0,
        1 + special,
    )
}

/// Back and forth with turns, aim going round, firing two seconds of three, charging the rail in the third; a dash and a
/// deflect now and then.
fn to_and_fro(ms: u32) -> (f64, f64, f64, u8) {
    let leg = ms / 700;
    let x = [1.0, 0.5, -1.0, 0.0, -0.25][leg as usize % 5];
    let y = [0.0, 0.75, 0.25, -1.0][leg as usize % 4];
    let held = if ms % 3_000 < 2_000 { 1 } else { 2 };
    let pressed = |every, button| if ms % every < FRAME_MS { button } else { 0 };
    let buttons = held | pressed(1_700, 4) | pressed(2_300, 8);
    (x, y, f64::from(ms % 5_000) / 800.0, buttons)
}

/// In between nothing gets through, in either direction; then all of it at once.
const STALL_MS: std::ops::Range<u32> = 7_000..7_350;

/// A line that delivers in order, `LAG_MS` later and a little unevenly.
#[derive(Default)]
struct Line {
    under_way: VecDeque<(u32, Vec<u8>)>,
    sent: u32,
}

impl Line {
    fn send(&mut self, ms: u32, bytes: Vec<u8>) {
        self.sent += 1;
        self.under_way
            .push_back((ms + LAG_MS + self.sent * 7 % 5, bytes));
    }

    fn arrived(&mut self, ms: u32) -> impl Iterator<Item = Vec<u8>> {
        let count = self
            .under_way
            .iter()
            .take_while(|(due, _)| *due <= ms && !STALL_MS.contains(&ms))
            .count();
        self.under_way
            .drain(..count)
            .map(|(_, bytes)| bytes)
            .collect::<Vec<_>>()
            .into_iter()
    }
}

/// The real simulation with one player at the other end and a few who turn and fire.
struct Server {
    game: Match,
    commands: Vec<Command>,
}

impl Server {
    fn new() -> Server {
        let mut rules = Rules::default();
        rules.flow.countdown_s = 1.0;
        rules.craft.special = "rail".to_owned();
        // The others take what they come across, too.
        for pickup in &mut rules.pickups {
            pickup.comes_back_s = 3.0;
        }
        let game = Match::new(MatchConfig {
            match_id: "m1".into(),
            room: "main".into(),
            seed: 1,
            mode: Mode::Ffa,
            rules,
            map: Arc::new(Map::parse(MAP).expect("the map is a good one")),
            tick_hz: TICK_HZ,
            snapshot_hz: SNAPSHOT_HZ,
            snapshot_bytes_max: 1_400,
            start_tick: START,
        })
        .expect("a free for all needs nothing of its map");
        let join = |id| Command::Join {
            player: PlayerId(id),
            name: format!("Player {id}").into(),
            bot: id > 0,
        };
        let mut commands: Vec<_> = (0..=BOTS).map(join).collect();
        commands.push(Command::Attach {
            player: ME,
            wants: Wants {
                checksums: true,
                in_full: false,
            },
        });
        Server { game, commands }
    }

    fn welcome(&self) -> Vec<u8> {
        encode(&ServerMessage::Welcome(Box::new(Welcome {
            player: ME,
            resume_token: "token".into(),
            tick_hz: TICK_HZ,
            snapshot_hz: SNAPSHOT_HZ,
            inputs_per_message: 2,
            start: self.game.start_message(),
        })))
    }

    fn receive(&mut self, bytes: &[u8]) {
        if let ClientMessage::Inputs(batch) =
            decode(bytes).expect("clients here send what is right")
        {
            self.commands.push(Command::Inputs { player: ME, batch });
        }
    }

    fn run_until(&mut self, ms: u32) -> Vec<Vec<u8>> {
        let mut snapshots = Vec::new();
        while self.game.tick() < START + ms * u32::from(TICK_HZ) / 1000 {
            let tick = self.game.tick() + 1;
            self.commands
                .extend((1..=BOTS).map(|id| bot_inputs(id, tick)));
            let sent = std::mem::take(&mut self.game.step(&mut self.commands).snapshots);
            for (player, bytes) in sent {
                self.commands.push(Command::Delivered { player });
                snapshots.push(bytes);
            }
        }
        snapshots
    }
}

/// Turns slowly, changes course twice a second, fires or charges; dashes now and then.
fn bot_inputs(id: u16, tick: Tick) -> Command {
    let course = (tick / 30 + u32::from(id) * 7) * 40_503;
    let held = if tick / 60 % 3 == u32::from(id) % 3 {
        Buttons::SPECIAL
    } else {
        Buttons::FIRE
    };
    let dashes = tick % 150 == u32::from(id) * 7;
    let input = Input {
        steer: Steer::from_code((course % 193) as u8).unwrap_or_default(),
        aim: Angle((tick * 150 + u32::from(id) * 20_000) as u16),
        buttons: if dashes {
            held.with(Buttons::DASH)
        } else {
            held
        },
    };
    Command::Inputs {
        player: PlayerId(id),
        batch: InputBatch {
            first_tick: tick,
            inputs: vec![input],
            ..InputBatch::default()
        },
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// FNV-1a, 32 bits, over the numbers' bytes.
fn fnv(numbers: &[f32]) -> u32 {
    let bytes = numbers.iter().flat_map(|number| number.to_le_bytes());
    bytes.fold(0x811c_9dc5, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    })
}
