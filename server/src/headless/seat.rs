//! A bot at a table: a brain, its session, and a line that takes its time.

use std::collections::VecDeque;

use fracas_bots::brain::{Bot, Random, World};
use fracas_bots::client::Shelf;
use fracas_protocol::{Credential, PlayerId, Session, SessionEvent, Snapshot, Tick};

use super::{TICK_US, Who};

/// From one end of a line to the other.
const ONE_WAY_US: u64 = 10_000;
/// Ticks from one thought to the next, as in the client.
const TICKS_PER_THOUGHT: Tick = 2;

/// One place at the table.
pub(super) struct Seat {
    pub(super) player: PlayerId,
    pub(super) session: Session,
    shelf: Shelf,
    bot: Box<dyn Bot>,
    random: Random,
    thought: Option<Tick>,
    /// After the match's tick, its turn comes so much later.
    offset_us: u64,
    up: VecDeque<(u64, Vec<u8>)>,
    down: VecDeque<(u64, Vec<u8>)>,
    snapshot: Snapshot,
}

impl Seat {
    pub(super) fn new(player: PlayerId, who: Who, seed: u64, shelf: Shelf, now_us: u64) -> Seat {
        let seed = seed.wrapping_mul(1_000) + u64::from(player.0);
        let mut session = Session::headless();
        // The hello is on the table already, and left as long ago as its way took.
        session.hello(
            Credential::Ticket(String::new()),
            false,
            now_us - ONE_WAY_US,
        );
        Seat {
            player,
            session,
            shelf,
            bot: who.sits_down(seed),
            random: Random::new(seed),
            thought: None,
            offset_us: u64::from(player.0) * 7_919 % TICK_US,
            up: VecDeque::new(),
            down: VecDeque::new(),
            snapshot: Snapshot::default(),
        }
    }

    /// From the match.
    pub(super) fn tell(&mut self, bytes: Vec<u8>, now_us: u64) {
        self.down.push_back((now_us + ONE_WAY_US, bytes));
    }

    /// What has reached the match.
    pub(super) fn hear(&mut self, now_us: u64) -> Option<Vec<u8>> {
        pop_due(&mut self.up, now_us)
    }

    /// Hears, thinks if it is time to, and answers; once a tick.
    pub(super) fn turn(&mut self, tick_us: u64) {
        let now_us = tick_us + self.offset_us;
        while let Some(bytes) = pop_due(&mut self.down, now_us) {
            let heard = self
                .session
                .receive_sharing(&bytes, now_us, &mut self.snapshot);
            heard.expect("server and client are of one version");
        }
        self.think();
        self.session.advance(now_us);
        while let Some(bytes) = self.session.poll_transmit() {
            self.up.push_back((now_us + ONE_WAY_US, bytes));
        }
    }

    fn think(&mut self) {
        let Some(world) = World::of(&self.session, &self.random) else {
            return;
        };
        let tick = world.tick();
        if self
            .thought
            .is_some_and(|thought| tick.abs_diff(thought) < TICKS_PER_THOUGHT)
        {
            return;
        }
        self.thought = Some(tick);
        let intent = self.bot.think(&world);
        self.session.set_intent(intent);
    }

    /// What the session has heard of since the last turn.
    pub(super) fn next_event(&mut self) -> Option<SessionEvent> {
        let event = self.session.poll_event()?;
        if event == SessionEvent::MatchStart {
            self.shelf.share(&mut self.session);
        }
        Some(event)
    }
}

fn pop_due(queue: &mut VecDeque<(u64, Vec<u8>)>, now_us: u64) -> Option<Vec<u8>> {
    if queue.front()?.0 > now_us {
        return None;
    }
    queue.pop_front().map(|(_, bytes)| bytes)
}
