//! Server and clients in virtual time, over lines with delays that keep their order, as TCP does.

use std::collections::HashMap;

use fracas_protocol::{
    Angle, ClientMessage, Credential, Intent, PlayerId, ServerMessage, Session, SessionEvent, View,
    Wants, Welcome, encode, message,
};

use super::super::{Command, Match, MatchEvent};
use super::feel::Meter;
use super::line::{Line, LineModel};
use super::{RandomHand, new_match, short_rules};

const TICK_US: u64 = 1_000_000 / 60;

pub(super) struct Peer {
    pub(super) player: PlayerId,
    pub(super) session: Session,
    pub(super) up: Line,
    pub(super) down: Line,
    pub(super) meter: Meter,
    hand: Box<dyn FnMut(&Session) -> Intent>,
    pub(super) events: Vec<SessionEvent>,
    /// Between two frames of this client.
    frame_us: u64,
    next_frame_us: u64,
    sleep: Sleep,
    /// Whether frames come when a tick is due, instead of evenly.
    by_due: bool,
}

/// What a client's machine does.
#[derive(Clone, Copy, PartialEq)]
enum Sleep {
    Awake,
    /// Messages arrive, nothing is drawn.
    Hidden,
    /// Nothing happens at all; messages wait.
    LidClosed,
}

pub(super) struct Table {
    pub(super) game: Match,
    pub(super) peers: Vec<Peer>,
    pub(super) commands: Vec<Command>,
    pub(super) events: Vec<MatchEvent>,
    pub(super) now_us: u64,
    /// What the server would like of those who join.
    pub(super) inputs_per_message: u8,
    next_tick_us: u64,
}

impl Table {
    pub(super) fn new(game: Match) -> Self {
        Table {
            game,
            peers: vec![],
            commands: vec![],
            events: vec![],
            now_us: 500_000,
            inputs_per_message: 2,
            next_tick_us: 500_000,
        }
    }

    /// Somebody joins over such a line.
    pub(super) fn join(
        &mut self,
        line: impl Into<LineModel>,
        frame_us: u64,
        seed: u64,
        hand: impl FnMut(&Session) -> Intent + 'static,
    ) {
        let player = PlayerId(self.peers.len() as u16);
        self.commands.push(Command::Join {
            player,
            name: format!("peer {}", player.0).into(),
            bot: false,
        });
        self.commands.push(Command::Attach {
            player,
            wants: Wants {
                checksums: true,
                in_full: false,
            },
        });
        let line: LineModel = line.into();
        let mut session = Session::new();
        // The hello left as long ago as its way took.
        let hello_us = self.now_us - line.delay_us.start;
        session.hello(Credential::Ticket(String::new()), true, hello_us);
        let mut down = Line::new(line.clone(), seed * 2);
        down.send(self.welcome(player), self.now_us);
        self.peers.push(Peer {
            player,
            session,
            up: Line::new(line, seed * 2 + 1),
            down,
            meter: Meter::default(),
            hand: Box::new(hand),
            events: Vec::new(),
            frame_us,
            next_frame_us: self.now_us,
            sleep: Sleep::Awake,
            by_due: false,
        });
    }

    fn welcome(&self, player: PlayerId) -> Vec<u8> {
        encode(&ServerMessage::Welcome(Box::new(Welcome {
            player,
            resume_token: String::new(),
            tick_hz: 60,
            snapshot_hz: 30,
            inputs_per_message: self.inputs_per_message,
            start: self.game.start_message(),
        })))
    }

    /// Runs until `done` says so after a tick, or for `ticks`.
    pub(super) fn run(&mut self, ticks: u32, mut done: impl FnMut(&mut Table) -> bool) -> bool {
        let last = self.game.tick() + ticks;
        while self.game.tick() < last {
            // A millisecond is finer than any line here.
            self.now_us += 1_000;
            for peer in &mut self.peers {
                peer.turn(self.now_us);
            }
            if self.now_us >= self.next_tick_us {
                self.next_tick_us += TICK_US;
                self.tick();
                if done(self) {
                    return true;
                }
            }
        }
        false
    }

    fn tick(&mut self) {
        for peer in &mut self.peers {
            while let Some(bytes) = peer.up.receive(self.now_us) {
                match message::decode_client(&bytes).unwrap() {
                    ClientMessage::Inputs(batch) => self.commands.push(Command::Inputs {
                        player: peer.player,
                        batch,
                    }),
                    ClientMessage::Ping(_)
                    | ClientMessage::Hello(_)
                    | ClientMessage::Vote(_)
                    | ClientMessage::Chat(_) => {}
                }
            }
        }
        let outbound = self.game.step(&mut self.commands);
        self.events.append(&mut outbound.events);
        for (player, bytes) in outbound.snapshots.drain(..) {
            self.peers[usize::from(player.0)]
                .down
                .send(bytes, self.now_us);
            self.commands.push(Command::Delivered { player });
        }
        for peer in &mut self.peers {
            peer.meter.take_input(&mut self.game, peer.player);
        }
    }
}

impl Peer {
    pub(super) fn set_line(&mut self, line: &LineModel) {
        self.up.model = line.clone();
        self.down.model = line.clone();
    }

    pub(super) fn hide(&mut self) {
        self.sleep = Sleep::Hidden;
    }

    pub(super) fn close_lid(&mut self) {
        self.sleep = Sleep::LidClosed;
    }

    pub(super) fn wake(&mut self) {
        self.sleep = Sleep::Awake;
        self.meter = Meter::default();
    }

    pub(super) fn sleep_until_due(&mut self) {
        self.by_due = true;
    }

    fn turn(&mut self, now_us: u64) {
        if self.sleep == Sleep::LidClosed {
            return;
        }
        while let Some(bytes) = self.down.receive(now_us) {
            let before = self.session.stats().checksums;
            self.session.receive(&bytes, now_us).unwrap();
            let stats = self.session.stats();
            let is_new = stats.checksums > before;
            assert!(
                !is_new || stats.checksum_mismatches == 0,
                "the rebuilt view differs: {:#?}",
                self.session.view()
            );
            self.meter.received(&self.session, now_us);
        }
        if self.by_due {
            self.next_frame_us = self.session.next_due_us().unwrap_or(now_us);
        }
        if now_us < self.next_frame_us || self.sleep != Sleep::Awake {
            return;
        }
        // After a sleep the frames that were left out aren't made up for.
        self.next_frame_us = (self.next_frame_us + self.frame_us).max(now_us);
        let intent = (self.hand)(&self.session);
        self.session.set_intent(intent);
        self.session.advance(now_us);
        while let Some(bytes) = self.session.poll_transmit() {
            self.meter.sent(&bytes, now_us);
            self.up.send(bytes, now_us);
        }
        let shown = self.session.scene(now_us).others_tick;
        self.events
            .extend(std::iter::from_fn(|| self.session.poll_event()));
        self.meter.drawn(&self.session, shown, now_us);
    }

    pub(super) fn view(&self) -> &View {
        self.session.view().unwrap()
    }
}

fn random_hand(seed: u64, player: u16) -> impl FnMut(&Session) -> Intent {
    let mut hand = RandomHand::new(seed, PlayerId(player));
    move |_| hand.next()
}

/// A table of `players` random hands.
pub(super) fn table(seed: u64, players: u16, line: impl Into<LineModel>) -> Table {
    let line = line.into();
    let mut table = Table::new(new_match(seed, short_rules()));
    for player in 0..players {
        table.join(
            line.clone(),
            TICK_US,
            seed * 100 + u64::from(player),
            random_hand(seed, player),
        );
    }
    table
}

/// Rule S1 of the protocol: after every snapshot the client's view equals the server's. Compared by checksum, on every
/// snapshot, over a thousand seeds with delays drawn at random.
#[test]
fn the_rebuilt_view_equals_the_servers_after_every_snapshot_over_1000_seeds() {
    let mut compared = 0;
    for seed in 0..1000 {
        let jitter = 1_000 + seed % 7 * 10_000;
        let mut table = table(seed, 4, 0..jitter);
        table.run(90, |_| false);
        for peer in &table.peers {
            assert_eq!(peer.session.stats().checksum_mismatches, 0, "seed {seed}");
            compared += peer.session.stats().checksums;
        }
    }
    assert!(compared > 1000 * 4 * 30, "{compared}");
}

/// Rule C3: on a line without jitter the prediction is the server's state, exactly, from when the clock has settled.
#[test]
fn on_a_clean_line_nothing_is_ever_corrected() {
    for delay_us in [0, 20_000, 75_000] {
        let mut table = table(7, 6, delay_us..delay_us);
        table.run(180, |_| false);
        let settled: Vec<_> = table
            .peers
            .iter()
            .map(|peer| peer.session.stats().corrections)
            .collect();
        table.run(1200, |_| false);
        for (peer, before) in table.peers.iter().zip(settled) {
            let stats = peer.session.stats();
            assert_eq!(stats.corrections, before, "delay {delay_us}: {stats:?}");
            assert!(stats.snapshots > 600);
            assert_eq!(stats.checksum_mismatches, 0);
        }
    }
}

#[test]
fn a_slow_frame_rate_still_gets_every_input_in_in_time() {
    let mut table = Table::new(new_match(3, short_rules()));
    table.join(10_000..10_000, 100_000, 3, random_hand(3, 0));
    table.join(10_000..10_000, TICK_US, 4, random_hand(3, 1));
    table.run(300, |_| false);
    let before = table.peers[0].session.stats().corrections;
    table.run(600, |_| false);
    let stats = table.peers[0].session.stats();
    assert_eq!(stats.corrections, before, "{stats:?}");
}

/// How often craft in the outer half of the picture, and those in the inner, were seen to aim elsewhere than before.
fn turns_of_aim_seen(thins_far: bool) -> (u32, u32) {
    let mut table = Table::new(new_match(5, short_rules()));
    for player in 0..12 {
        let (mut hand, mut aim) = (random_hand(5, player), Angle(0));
        let sweep = move |session: &Session| {
            aim = Angle(aim.0.wrapping_add(300));
            Intent {
                aim,
                ..hand(session)
            }
        };
        table.join(0..0, TICK_US, u64::from(player), sweep);
    }
    let (mut aims, mut far, mut near) = (HashMap::new(), 0, 0);
    table.run(900, |table| {
        table.game.pace_snapshots(2, thins_far);
        // Who is dead looks at whoever did it.
        let view = table.peers[0].session.view();
        let Some(view) = view.filter(|view| view.own.alive) else {
            return false;
        };
        for (id, craft) in &view.crafts {
            let before = aims.insert(*id, (craft.life, craft.aim));
            if before.is_some_and(|(life, aim)| life == craft.life && aim != craft.aim) {
                let away = craft.motion.pos - view.own.motion.pos;
                // Half of half the view and of one margin are 9.5 and 6 tiles.
                let is_beyond = |x: i32, y: i32| away.x.abs() > x * 1024 || away.y.abs() > y * 1024;
                far += u32::from(is_beyond(10, 7));
                near += u32::from(!is_beyond(9, 5));
            }
        }
        false
    });
    for peer in &table.peers {
        assert_eq!(peer.session.stats().checksum_mismatches, 0);
        assert!(peer.session.stats().checksums > 400);
    }
    (far, near)
}

#[test]
fn what_is_far_is_told_less_often_when_there_is_too_much_to_do() {
    let (far, near) = turns_of_aim_seen(false);
    let (thin_far, thin_near) = turns_of_aim_seen(true);
    assert!(far > 500 && near > 50, "{far} {near}");
    assert!(3 * thin_far < 2 * far, "{thin_far} of {far}");
    assert!(10 * thin_near > 9 * near, "{thin_near} of {near}");
}

#[test]
fn a_view_holds_nothing_that_is_out_of_sight() {
    let mut table = table(11, 12, 5_000..30_000);
    table.run(600, |table| {
        for peer in table
            .peers
            .iter()
            .filter(|peer| peer.session.view().is_some())
        {
            let view = peer.view();
            let followed = view.own.killer.filter(|_| !view.own.alive);
            let Some(centre) = (match followed {
                Some(killer) => view.craft(killer).map(|craft| craft.motion.pos),
                None => Some(view.own.motion.pos),
            }) else {
                continue;
            };
            for (id, craft) in &view.crafts {
                let away = craft.motion.pos - centre;
                // Half the view, two margins (hysteresis), and what a craft flies between two snapshots.
                assert!(
                    away.x.abs() <= (16 + 3 + 1) * 1024 && away.y.abs() <= (9 + 3 + 1) * 1024,
                    "{id:?} {away:?}"
                );
            }
        }
        false
    });
}
