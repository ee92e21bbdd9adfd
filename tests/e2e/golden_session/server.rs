//! What is at the other end: the real simulation, and of a room what a client hears of it. Chat, vote and the next match are
//! simpler here than in a room; the messages are the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use fracas_protocol::chat::{Channel, Chat, Line, Refusal, Say};
use fracas_protocol::{
    Ballot, Choice, ClientMessage, Map, Phase, PlayerId, Pong, ServerMessage, Tick, Wants, Welcome,
    decode, encode,
};
use fracas_server::sim::{Command, Match, MatchConfig};

use super::plays::Play;

const TICK_HZ: u8 = 60;
const SNAPSHOT_HZ: u8 = 30;
pub(super) const START: Tick = 600;
/// The one who is recorded: the only one who wants checksums.
const ME: PlayerId = PlayerId(0);

pub(super) struct Server<'a> {
    play: &'a Play,
    game: Match,
    commands: Vec<Command>,
    matches: u64,
    players: u16,
    votes: BTreeMap<PlayerId, u8>,
    is_voting: bool,
    said_last: Option<(PlayerId, Say)>,
    messages: Vec<(PlayerId, Vec<u8>)>,
}

impl Server<'_> {
    pub(super) fn new(play: &Play, players: u16) -> Server<'_> {
        let mut server = Server {
            play,
            game: begin(play, 1, 0, START),
            commands: Vec::new(),
            matches: 1,
            players,
            votes: BTreeMap::new(),
            is_voting: false,
            said_last: None,
            messages: Vec::new(),
        };
        server.seat_everybody(&BTreeMap::new());
        server
    }

    pub(super) fn welcome(&self, player: PlayerId) -> Vec<u8> {
        encode(&ServerMessage::Welcome(Box::new(Welcome {
            player,
            resume_token: "token".into(),
            tick_hz: TICK_HZ,
            snapshot_hz: SNAPSHOT_HZ,
            inputs_per_message: 2,
            start: self.game.start_message(),
        })))
    }

    pub(super) fn receive(&mut self, player: PlayerId, bytes: &[u8]) {
        match decode(bytes).expect("clients here send what is right") {
            ClientMessage::Hello(_) => unreachable!("everybody is welcome already"),
            ClientMessage::Inputs(batch) => self.commands.push(Command::Inputs { player, batch }),
            ClientMessage::Ping(ping) => {
                let pong = ServerMessage::Pong(Pong { nonce: ping.nonce });
                self.messages.push((player, encode(&pong)));
            }
            ClientMessage::Vote(choice) => {
                self.votes.insert(player, choice);
                self.tell_ballot();
            }
            ClientMessage::Chat(say) => self.pass_on(player, say),
        }
    }

    /// What is on its way since it was asked last.
    pub(super) fn take_messages(&mut self) -> Vec<(PlayerId, Vec<u8>)> {
        std::mem::take(&mut self.messages)
    }

    pub(super) fn run_until(&mut self, ms: u32) {
        while self.game.tick() < START + ms * u32::from(TICK_HZ) / 1000 {
            let sent = std::mem::take(&mut self.game.step(&mut self.commands).snapshots);
            for (player, bytes) in sent {
                self.commands.push(Command::Delivered { player });
                self.messages.push((player, bytes));
            }
            if self.game.is_over() {
                self.next_match();
            }
            if self.game.phase() == Phase::Results && !self.is_voting {
                self.is_voting = true;
                self.tell_ballot();
            }
        }
    }

    fn everybody(&self) -> impl Iterator<Item = PlayerId> + use<> {
        (0..self.players).map(PlayerId)
    }

    fn tell(&mut self, players: impl Iterator<Item = PlayerId>, message: &ServerMessage) {
        let bytes = encode(message);
        self.messages
            .extend(players.map(|player| (player, bytes.clone())));
    }

    fn seat_everybody(&mut self, skills: &BTreeMap<PlayerId, i16>) {
        for player in self.everybody() {
            let is_recorded = player == ME;
            self.commands.push(Command::Join {
                player,
                name: name(player),
                bot: !is_recorded,
            });
            if let Some(&skill) = skills.get(&player) {
                self.commands.push(Command::Rate { player, skill });
            }
            let ping_ms = 50;
            self.commands.push(Command::Ping { player, ping_ms });
            let wants = Wants {
                checksums: is_recorded,
                in_full: false,
            };
            self.commands.push(Command::Attach { player, wants });
        }
    }

    fn next_match(&mut self) {
        let standings = self.game.standings().players.into_iter();
        let skills = standings.map(|player| (player.id, player.score)).collect();
        let map = usize::from(self.votes.get(&ME).copied().unwrap_or(0));
        self.matches += 1;
        self.game = begin(self.play, self.matches, map, self.game.tick());
        self.commands.clear();
        (self.is_voting, self.votes) = (false, BTreeMap::new());
        self.seat_everybody(&skills);
        let start = ServerMessage::MatchStart(Box::new(self.game.start_message()));
        self.tell(self.everybody(), &start);
    }

    fn tell_ballot(&mut self) {
        let seconds_left = self.game.standings().time_left_s.unwrap_or_default();
        let choices = (0..).zip(&self.play.maps).map(|(at, (title, _))| Choice {
            title: (*title).to_owned(),
            votes: self.votes.values().filter(|vote| **vote == at).count() as u16,
        });
        let ballot = ServerMessage::Ballot(Ballot {
            choices: choices.collect(),
            seconds_left: seconds_left.min(255) as u8,
        });
        self.tell(self.everybody(), &ballot);
    }

    /// To all or to the speaker's team; refused when it was said just before.
    fn pass_on(&mut self, from: PlayerId, say: Say) {
        let said = Some((from, say.clone()));
        if self.said_last == said {
            let refused = ServerMessage::Chat(Chat::Refused(Refusal::Repeat));
            return self.tell([from].into_iter(), &refused);
        }
        self.said_last = said;
        let team = self.game.team(from);
        let hears = |player: &PlayerId| {
            say.channel == Channel::All || team.is_some() && self.game.team(*player) == team
        };
        let hearers: Vec<_> = self.everybody().filter(hears).collect();
        let line = ServerMessage::Chat(Chat::Line(Line {
            from,
            name: name(from),
            channel: say.channel,
            body: say.body,
        }));
        self.tell(hearers.into_iter(), &line);
    }
}

fn name(player: PlayerId) -> Arc<str> {
    format!("Player {}", player.0).into()
}

fn begin(play: &Play, number: u64, map: usize, start_tick: Tick) -> Match {
    let (_, drawing) = play.maps[map];
    Match::new(MatchConfig {
        match_id: format!("m{number}"),
        room: "main".into(),
        seed: number,
        mode: play.mode,
        rules: play.rules.clone(),
        map: Arc::new(Map::parse(drawing).expect("the map is a good one")),
        tick_hz: TICK_HZ,
        snapshot_hz: SNAPSHOT_HZ,
        snapshot_bytes_max: 1_400,
        start_tick,
    })
    .expect("the map has what the mode needs")
}
