//! Matches of bots without sockets and without a clock: the real simulation and the real client sessions, stepped in
//! virtual time as fast as the processor goes. The same [`Setup`] plays the same match, on every machine of a kind.
//!
//! | module | what it holds |
//! |---|---|
//! | `seat` | a brain, its session, and the line between it and the match |
//! | `tally` | what is counted while it is played |
//!
//! What is told takes as long on its way as on a good line, so bots are as far behind as they are on a server.

mod seat;
mod tally;

use std::fmt;
use std::sync::Arc;

use fracas_bots::Skill;
use fracas_bots::brain::{Beginner, Bot, Hunter};
use fracas_bots::client::Shelf;
use fracas_protocol::{
    ClientMessage, Map, Mode, Phase, PlayerId, Rules, ServerMessage, Wants, Welcome, encode,
    message,
};

use crate::sim::{Command, MapLacks, Match, MatchConfig};
use seat::Seat;
use tally::Tally;

pub use tally::{Played, Seated, WeaponTally};

/// Ticks per second.
const TICK_HZ: u8 = 60;
const TICK_US: u64 = 1_000_000 / TICK_HZ as u64;
const SNAPSHOT_HZ: u8 = 30;
/// Ticks before the first one, so that nothing is before the beginning of time.
const START_TICK: u32 = 1_000;
/// Beyond what the rules allow a match, in seconds: whoever is not done by then never will be.
const GRACE_S: f32 = 5.0;

/// A match to be played.
#[derive(Clone, Debug)]
pub struct Setup {
    /// What is played.
    pub mode: Mode,
    /// By which numbers; valid.
    pub rules: Rules,
    /// Where.
    pub map: Arc<Map>,
    /// Where all chance comes from, the bots' included.
    pub seed: u64,
    /// One for each.
    pub bots: Vec<Who>,
}

/// Who plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The built-in bot.
    Bot(Skill),
    /// A model of a person's first match.
    Beginner,
}

impl Who {
    fn sits_down(self, seed: u64) -> Box<dyn Bot> {
        match self {
            Who::Bot(skill) => Box::new(Hunter::new(skill, seed)),
            Who::Beginner => Box::new(Beginner::new(seed)),
        }
    }
}

impl From<Skill> for Who {
    fn from(skill: Skill) -> Who {
        Who::Bot(skill)
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Who::Bot(skill) => skill.fmt(f),
            Who::Beginner => f.write_str("beginner"),
        }
    }
}

/// Plays a match from the first bot's coming to the result, or until it has taken longer than the rules allow
/// ([`Played::ended`]).
///
/// # Errors
/// The map lacks what the mode needs.
pub fn play(setup: &Setup) -> Result<Played, MapLacks> {
    let mut table = Table::new(setup)?;
    let flow = &setup.rules.flow;
    let longest_s = flow.countdown_s + flow.time_limit_s + flow.overtime_s_max + GRACE_S;
    let ticks = (longest_s * f32::from(TICK_HZ)) as u32;
    let is_done = |table: &Table| table.game.phase() == Phase::Results;
    for _ in 0..ticks {
        table.step();
        if is_done(&table) {
            break;
        }
    }
    let standings = table.game.standings();
    let ended = is_done(&table);
    Ok(table.tally.finish(setup, standings, ended))
}

/// A match and those who play it.
struct Table {
    game: Match,
    seats: Vec<Seat>,
    commands: Vec<Command>,
    tally: Tally,
    shelf: Shelf,
    now_us: u64,
}

impl Table {
    fn new(setup: &Setup) -> Result<Table, MapLacks> {
        let game = Match::new(MatchConfig {
            match_id: "headless".into(),
            room: "headless".into(),
            seed: setup.seed,
            mode: setup.mode,
            rules: setup.rules.clone(),
            map: setup.map.clone(),
            tick_hz: TICK_HZ,
            snapshot_hz: SNAPSHOT_HZ,
            snapshot_bytes_max: 1_400,
            start_tick: START_TICK,
        })?;
        let mut table = Table {
            game,
            seats: Vec::with_capacity(setup.bots.len()),
            commands: Vec::new(),
            tally: Tally::new(setup),
            shelf: Shelf::default(),
            now_us: 1_000_000,
        };
        for (at, who) in (0..).zip(&setup.bots) {
            table.join(PlayerId(at), *who, setup);
        }
        Ok(table)
    }

    fn join(&mut self, player: PlayerId, who: Who, setup: &Setup) {
        self.commands.push(Command::Join {
            player,
            name: format!("{who} {}", player.0).into(),
            bot: true,
        });
        self.commands.push(Command::Attach {
            player,
            wants: Wants::default(),
        });
        let welcome = encode(&ServerMessage::Welcome(Box::new(Welcome {
            player,
            resume_token: String::new(),
            tick_hz: TICK_HZ,
            snapshot_hz: SNAPSHOT_HZ,
            inputs_per_message: 1,
            start: self.game.start_message(),
        })));
        let mut seat = Seat::new(player, who, setup.seed, self.shelf.clone(), self.now_us);
        seat.tell(welcome, self.now_us);
        self.seats.push(seat);
    }

    /// One tick of the match, and everybody's turn before the next.
    fn step(&mut self) {
        self.now_us += TICK_US;
        for seat in &mut self.seats {
            while let Some(bytes) = seat.hear(self.now_us) {
                if let Ok(ClientMessage::Inputs(batch)) = message::decode_client(&bytes) {
                    let player = seat.player;
                    self.commands.push(Command::Inputs { player, batch });
                }
            }
        }
        let outbound = self.game.step(&mut self.commands);
        self.tally.take_events(&outbound.events);
        for (player, bytes) in outbound.snapshots.drain(..) {
            self.seats[usize::from(player.0)].tell(bytes, self.now_us);
            self.commands.push(Command::Delivered { player });
        }
        let counts = matches!(self.game.phase(), Phase::Live | Phase::Overtime);
        self.tally.tick(self.game.phase());
        for seat in &mut self.seats {
            seat.turn(self.now_us);
            self.tally.watch(seat, counts);
        }
    }
}
