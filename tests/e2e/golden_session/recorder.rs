//! Plays a session through and writes down what the first of its clients did, heard and saw.
//!
//! One line a step:
//!
//! ```text
//! R ms hex        a message arrives
//! I x y aim b     the player's intent
//! V choice        a vote
//! C team text     something said, to the team (1) or to all (0)
//! P team number   … as a phrase
//! A ms            prediction advances
//! T hex           a message leaves
//! S hash json     from now on: the map's tiles, and what the start of the match said
//! M json          … how the match stands
//! O json          … the roster
//! F ms hash hash  a frame: the picture, the line in numbers
//! E json          an event
//! K n differ      the end: of so many checksums of the server's so many differed
//! ```

use std::collections::VecDeque;
use std::fmt::{Display, Write};
use std::ops::Range;

use fracas_protocol::PlayerId;
use fracas_wasm::GameSession;

use super::plays::Play;
use super::script::{Script, Sight, Wish, Words};
use super::server::Server;

const FRAME_MS: u32 = 17;
/// A session that takes longer hangs.
const LONGEST_MS: u32 = 60_000;
/// Each way, of the one who is recorded and of the others.
const LAG_MS: u32 = 25;
const OTHERS_LAG_MS: u32 = 10;

/// The recording of a whole session.
pub(super) fn record(mut play: Play) -> String {
    let scripts = std::mem::take(&mut play.scripts);
    let mut server = Server::new(&play, scripts.len() as u16);
    let mut clients: Vec<_> = (0..)
        .map(PlayerId)
        .zip(scripts)
        .map(|(me, script)| Client::new(me, script, &play))
        .collect();
    for client in &mut clients {
        client.down.send(0, server.welcome(client.me));
    }
    for ms in 0..LONGEST_MS {
        for client in &mut clients {
            let player = client.me;
            client
                .up
                .arrived(ms)
                .for_each(|bytes| server.receive(player, &bytes));
        }
        server.run_until(ms);
        for (player, bytes) in server.take_messages() {
            clients[usize::from(player.0)].down.send(ms, bytes);
        }
        clients.iter_mut().for_each(|client| client.live(ms));
        if clients[0].is_done {
            return clients.swap_remove(0).finish();
        }
    }
    let doing: Vec<_> = clients.iter().map(|client| client.script.doing()).collect();
    panic!("{} hangs: {doing:?}", play.name);
}

/// A player and the session they look at.
struct Client {
    me: PlayerId,
    script: Script,
    session: GameSession,
    up: Line,
    down: Line,
    own: (f32, f32),
    alive: bool,
    events: Vec<String>,
    is_done: bool,
    recording: String,
    /// Match start, standing, roster, as they were recorded last.
    known: [String; 3],
}

impl Client {
    fn new(me: PlayerId, script: Script, play: &Play) -> Client {
        let (lag_ms, stall) = match me {
            PlayerId(0) => (LAG_MS, play.stall.clone()),
            _ => (OTHERS_LAG_MS, 0..0),
        };
        let line = Line {
            lag_ms,
            stall,
            ..Line::default()
        };
        Client {
            me,
            script,
            session: GameSession::new(),
            up: line.clone(),
            down: line,
            own: (0.0, 0.0),
            alive: false,
            events: Vec::new(),
            is_done: false,
            recording: String::new(),
            known: Default::default(),
        }
    }

    fn live(&mut self, ms: u32) {
        let arrived: Vec<_> = self.down.arrived(ms).collect();
        for bytes in arrived {
            self.note('R', format_args!("{ms} {}", hex(&bytes)));
            assert!(self.session.receive(&bytes, f64::from(ms)).is_ok());
        }
        if ms.is_multiple_of(FRAME_MS) {
            let wish = self.script.wish(Sight {
                me: self.me,
                ms,
                own: self.own,
                alive: self.alive,
                events: std::mem::take(&mut self.events),
            });
            self.is_done = wish.is_done;
            self.act(ms, &wish);
            self.look(ms);
        }
    }

    fn act(&mut self, ms: u32, wish: &Wish) {
        // A few digits are enough, and take less room.
        let [x, y, aim] = [wish.steer.0, wish.steer.1, wish.aim].map(|n| (n * 1e3).round() / 1e3);
        self.note('I', format_args!("{x} {y} {aim} {}", wish.buttons));
        self.session.set_intent(x, y, aim, wish.buttons);
        match wish.words {
            None => {}
            Some(Words::Vote(choice)) => {
                self.note('V', choice);
                self.session.vote(choice);
            }
            Some(Words::Text { text, to_team }) => {
                self.note('C', format_args!("{} {text}", u8::from(to_team)));
                assert!(self.session.say_text(text, to_team));
            }
            Some(Words::Phrase { number, to_team }) => {
                self.note('P', format_args!("{} {number}", u8::from(to_team)));
                assert!(self.session.say_phrase(number, to_team));
            }
        }
        self.note('A', ms);
        self.session.advance(f64::from(ms));
        while let Some(bytes) = self.session.next_message() {
            self.note('T', hex(&bytes));
            self.up.send(ms, bytes);
        }
    }

    fn look(&mut self, ms: u32) {
        let session = &self.session;
        let setup = format!("{} {}", hash(session.map_tiles()), session.setup_json());
        let now = [setup, session.standing_json(), session.roster_json()];
        for (at, (letter, now)) in ['S', 'M', 'O'].into_iter().zip(now).enumerate() {
            if self.known[at] != now {
                self.note(letter, &now);
                self.known[at] = now;
            }
        }
        let frame = self.session.frame(f64::from(ms));
        (self.alive, self.own) = (frame[2] > 0.0, (frame[3], frame[4]));
        let picture = hash(frame.into_iter().flat_map(f32::to_le_bytes));
        let line = self.session.net_stats().into_iter();
        let line = hash(line.flat_map(f64::to_le_bytes));
        self.note('F', format_args!("{ms} {picture} {line}"));
        while let Some(event) = self.session.next_event() {
            self.note('E', &event);
            self.events.push(event);
        }
    }

    fn finish(mut self) -> String {
        let [compared, differed] = self.session.checksums()[..] else {
            unreachable!("these are two");
        };
        assert!(
            compared > 100.0 && differed == 0.0,
            "{differed} of {compared} views are not the server's"
        );
        self.note('K', format_args!("{compared} {differed}"));
        self.recording
    }

    fn note(&mut self, letter: char, what: impl Display) {
        let _ = writeln!(self.recording, "{letter} {what}");
    }
}

/// A line that delivers in order, `lag_ms` later and a little unevenly. While it stalls nothing gets through; then all of it
/// at once.
#[derive(Clone, Default)]
struct Line {
    lag_ms: u32,
    stall: Range<u32>,
    under_way: VecDeque<(u32, Vec<u8>)>,
    sent: u32,
}

impl Line {
    fn send(&mut self, ms: u32, bytes: Vec<u8>) {
        self.sent += 1;
        self.under_way
            .push_back((ms + self.lag_ms + self.sent * 7 % 5, bytes));
    }

    fn arrived(&mut self, ms: u32) -> impl Iterator<Item = Vec<u8>> {
        let stalls = self.stall.contains(&ms);
        let is_here = |(due, _): &&(u32, Vec<u8>)| *due <= ms && !stalls;
        let count = self.under_way.iter().take_while(is_here).count();
        self.under_way.drain(..count).map(|(_, bytes)| bytes)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// FNV-1a, 32 bits.
fn hash(bytes: impl IntoIterator<Item = u8>) -> String {
    let hash = bytes.into_iter().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    format!("{hash:08x}")
}
