//! The thread of a room. [`Room::run`] is what it does, in order.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, OnceLock,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use fracas_protocol::view::find;
use fracas_protocol::{Phase, ServerMessage, Tick, encode};
use tokio::sync::watch;
use tracing::{error, info, info_span, warn};

use super::{
    Close, Courier, Line, Presence, Pressure, REQUESTS_MAX, Recorder, Request, RoomConfig,
    RoomHandle, RoomStatus, Seat, Seats, Side, Work, ballot::Ballot, chat::Hearsay,
};
use crate::{
    clock::{self, Pacer, Start},
    feed::{Feed, FeedItem, FeedSender, MatchId},
    sim::{Command, MapLacks, Match, MatchConfig, Outbound, RejectReason, TickStats},
    telemetry::RoomMetrics,
};

/// How often status and scoreboard go out at most: four times a second.
const PUBLISH_EVERY: Duration = Duration::from_millis(250);
/// What a room's ballots are drawn by differs from what its matches are.
const BALLOT_SEED: u64 = 0xBA11_07BA_1107;

pub(super) struct Room {
    pub(super) config: Arc<RoomConfig>,
    pub(super) game: Match,
    pub(super) match_id: MatchId,
    matches_begun: u64,
    pub(super) seats: Seats,
    pub(super) commands: Vec<Command>,
    pub(super) requests: mpsc::Receiver<Request>,
    pub(super) pacer: Pacer,
    pub(super) pressure: Pressure,
    recorder: Recorder,
    pub(super) hearsay: Hearsay,
    feed: Arc<Feed>,
    pub(super) feed_sender: FeedSender,
    pub(super) courier: Courier,
    status: watch::Sender<RoomStatus>,
    /// `None`: as soon as the next tick is done.
    published: Option<Instant>,
    published_revision: Option<u64>,
    drain_until: Arc<OnceLock<Instant>>,
    /// When somebody was last there who isn't company. `None`: nobody ever was.
    pub(super) wanted_at: Option<Instant>,
    /// When the room began, or was last asked for.
    lonely_since: Instant,
    /// The map of this match, of the room's maps.
    map: usize,
    /// The vote on the next map.
    pub(super) ballot: Option<Ballot>,
    /// Players are to be told how the vote stands.
    pub(super) ballot_stale: bool,
    /// Which map was begun to be made, of the room's maps.
    map_ahead: Option<usize>,
    metrics: RoomMetrics,
    #[cfg(test)]
    pub(super) crashes: bool,
}

pub(super) fn spawn(config: Arc<RoomConfig>, feed: &Arc<Feed>) -> std::io::Result<RoomHandle> {
    let (requests, inbox) = mpsc::sync_channel(REQUESTS_MAX);
    let (game, match_id) = begin_match(&config, 0, 1, 0)
        .map_err(|lacks| std::io::Error::new(std::io::ErrorKind::InvalidInput, lacks))?;
    feed.open(match_id.clone(), config.is_listed);
    let status = watch::Sender::new(RoomStatus {
        match_id: match_id.clone(),
        mode: config.mode,
        phase: Phase::Waiting,
        players: 0,
        bots: 0,
        company: 0,
        sides: Default::default(),
        map_title: config.maps[0].title.clone(),
        time_left_s: None,
        at: Instant::now(),
        asleep: false,
        overload_step: 0,
    });
    let pacer = Pacer::new(config.tick_hz, Instant::now());
    let recorder = Recorder::new(pacer.period(), Instant::now());
    let drain_until = Arc::<OnceLock<Instant>>::default();
    let handle = RoomHandle {
        config: config.clone(),
        requests,
        drain_until: drain_until.clone(),
        status: status.subscribe(),
        records: recorder.reader(),
    };
    let room = Room {
        game,
        match_id,
        matches_begun: 1,
        seats: Seats::new(config.capacity),
        commands: Vec::new(),
        requests: inbox,
        pacer,
        pressure: Pressure::new(config.tick_hz),
        recorder,
        hearsay: Hearsay::new(config.chat, Instant::now()),
        feed: feed.clone(),
        feed_sender: feed.sender(),
        courier: Courier::start(),
        status,
        published: None,
        published_revision: None,
        drain_until,
        wanted_at: None,
        lonely_since: Instant::now(),
        map: 0,
        ballot: None,
        ballot_stale: false,
        map_ahead: None,
        metrics: RoomMetrics::new(),
        #[cfg(test)]
        crashes: false,
        config,
    };
    thread::Builder::new()
        .name(format!("room {}", room.config.name))
        .spawn(move || room.run())?;
    Ok(handle)
}

impl Room {
    fn run(mut self) {
        self.publish(Instant::now());
        while !self.may_end(Instant::now()) {
            let (room, match_id) = (self.config.name.clone(), self.match_id.clone());
            let _span = info_span!("match", %room, id = %match_id).entered();
            self.play();
        }
        self.end();
    }

    /// One match, from its first tick to the first of the next.
    fn play(&mut self) {
        let begun = self.matches_begun;
        while self.matches_begun == begun && !self.may_end(Instant::now()) {
            self.sleep_while_nobody_is_there();
            if self.may_end(Instant::now()) {
                return;
            }
            let start = self.wait_for_the_tick();
            self.tick(start, Instant::now());
        }
    }

    /// What is done in a tick, in order. Each phase is timed under its name.
    fn tick(&mut self, start: Start, now: Instant) {
        self.recorder.begin(start, now);
        self.take_requests(now);
        self.lap("take_requests");
        self.expire_seats(now);
        self.lap("expire_seats");
        self.read_links(now);
        self.lap("read_links");
        self.pass_on_lines(now);
        let (match_id, commands) = (self.match_id.clone(), self.commands.len());
        let stats = self.step();
        let tick = self.game.tick();
        if self.game.is_over() {
            self.next_match();
            self.lap("next_match");
        }
        if self
            .published
            .is_none_or(|at| now.duration_since(at) >= PUBLISH_EVERY)
        {
            self.publish(now);
            self.lap("publish");
            self.hold_ballot();
            self.lap("hold_ballot");
        }
        let ends = Instant::now();
        self.metrics
            .tick_ends(start.lag, ends - now, self.pacer.period());
        let work = Work::new(commands, &stats, self.pressure.step());
        if self.recorder.end(&match_id, tick, work, ends) {
            self.metrics.slow_tick();
        }
        if let Some(line) = self.recorder.line(ends) {
            log_slow_tick(&line);
        }
        self.cope(start.lag, ends - now);
    }

    pub(super) fn lap(&mut self, phase: &'static str) {
        self.recorder.lap(phase, Instant::now());
    }

    /// Gives something up if there is more to do than time, and takes it back.
    fn cope(&mut self, lag: Duration, took: Duration) {
        let Some(second) = self.pressure.note(lag, took, self.pacer.period()) else {
            return;
        };
        self.metrics.overload_second(second.spent_at);
        if second.step != second.spent_at {
            warn!(
                step = second.step,
                closed = self.pressure.is_closed(),
                "overload: clients are told at another rate"
            );
        }
    }

    /// Whether there is anybody to simulate for: who plays from outside, who watches, and for a while who did.
    pub(super) fn is_wanted(&mut self, now: Instant) -> bool {
        if self.seats.has_guests() || self.feed.is_watched(&self.match_id, self.config.is_front) {
            (self.wanted_at, self.lonely_since) = (Some(now), now);
        }
        self.wanted_at
            .is_some_and(|at| at == now || now.duration_since(at) < self.config.sleeps_after)
    }

    /// Blocks until a request comes if there is nothing to simulate for.
    fn sleep_while_nobody_is_there(&mut self) {
        if self.is_kept_awake() {
            return;
        }
        if self.seats.taken() > 0 {
            // That they leave is told in the tick that comes now.
            self.dismiss_company();
            return;
        }
        self.fall_asleep();
        while !self.is_kept_awake() {
            match self.next_request() {
                Ok(request) => self.handle(request, Instant::now()),
                Err(RecvTimeoutError::Timeout) => {
                    info!("nobody has been here for long enough");
                    let _ = self.drain_until.set(Instant::now());
                }
                Err(RecvTimeoutError::Disconnected) => {
                    let _ = self.drain_until.set(Instant::now());
                }
            }
        }
        let now = Instant::now();
        self.status
            .send_modify(|status| (status.asleep, status.at) = (false, now));
        self.pacer.restart(now);
    }

    fn is_kept_awake(&mut self) -> bool {
        self.drain_until.get().is_some() || self.is_wanted(Instant::now())
    }

    /// Whoever comes next finds a match that has not begun, and is not turned away for what was too much before.
    fn fall_asleep(&mut self) {
        if self.game.phase() != Phase::Waiting {
            self.begin(self.game.tick());
        }
        self.pressure = Pressure::new(self.config.tick_hz);
        self.publish(Instant::now());
        self.status.send_modify(|status| status.asleep = true);
    }

    /// Waits for as long as the room may stay without anybody.
    fn next_request(&self) -> Result<Request, RecvTimeoutError> {
        match self.config.ends_after {
            Some(patience) => {
                let left = patience.saturating_sub(self.lonely_since.elapsed());
                self.requests.recv_timeout(left)
            }
            None => Ok(self.requests.recv()?),
        }
    }

    fn wait_for_the_tick(&mut self) -> Start {
        let start = self.pacer.sleep();
        self.metrics.tick_starts(start);
        if start.skipped > 0 {
            warn!(
                skipped = start.skipped,
                "held up for too long: ticks skipped"
            );
        }
        start
    }

    /// Returns how much there was to do.
    fn step(&mut self) -> TickStats {
        let (game, commands, recorder) = (&mut self.game, &mut self.commands, &mut self.recorder);
        let tick = game.tick();
        // Whatever a panic left half done is dropped with the match.
        let stepped = catch_unwind(AssertUnwindSafe(|| {
            #[cfg(test)]
            assert!(!std::mem::take(&mut self.crashes), "crashed on purpose");
            let interval = self.pressure.stretched(game.snapshot_interval());
            game.pace_snapshots(interval, self.pressure.thins_far());
            game.step(commands);
            recorder.laps(game.verb_times(), Instant::now());
            let outbound = game.outbound();
            self.metrics.outbound(outbound);
            recorder.lap("count", Instant::now());
            deliver(&mut self.seats, outbound, &mut self.courier);
            recorder.lap("deliver", Instant::now());
            judge(&mut self.seats, outbound, self.config.tick_hz, tick);
            recorder.lap("judge", Instant::now());
            (std::mem::take(&mut outbound.events), outbound.stats)
        }));
        match stepped {
            Ok((events, stats)) => {
                self.report(events);
                self.lap("report");
                stats
            }
            Err(_) => {
                self.abandon_match();
                self.lap("abandon_match");
                TickStats::default()
            }
        }
    }

    fn report(&mut self, events: Vec<crate::sim::MatchEvent>) {
        if events.is_empty() {
            self.feed_sender.flush();
        } else {
            let tick = self.game.tick();
            self.feed_sender
                .send(FeedItem::Events(self.match_id.clone(), tick, events));
        }
    }

    /// While results are shown players vote on the next map. Looked at as often as the room publishes.
    fn hold_ballot(&mut self) {
        if self.game.phase() != Phase::Results {
            return;
        }
        if self.ballot.is_none() {
            self.ballot = self.draw_ballot();
            self.ballot_stale = true;
        }
        self.make_map_ahead();
        if !std::mem::take(&mut self.ballot_stale) {
            return;
        }
        let Some(message) = self.ballot_message() else {
            return;
        };
        for (_, seat) in self.seats.iter() {
            if let Presence::Connected(link) = &seat.presence {
                link.push_ballot(message.clone());
            }
        }
    }

    /// The map that is ahead is made while results are shown, so that the next match needn't wait for it. Of an arena for
    /// thousands that takes longer than a tick.
    fn make_map_ahead(&mut self) {
        let Some(ahead) = self.ballot.as_ref().map(Ballot::winner) else {
            return;
        };
        if self.map_ahead.replace(ahead) == Some(ahead) {
            return;
        }
        let map = self.config.maps[ahead].clone();
        let made = thread::Builder::new().name("map".into()).spawn(move || {
            map.tiles();
        });
        if let Err(error) = made {
            warn!(%error, "no thread for a map: the next match makes it");
        }
    }

    fn draw_ballot(&self) -> Option<Ballot> {
        let seed = mix(self.config.seed ^ self.matches_begun ^ BALLOT_SEED);
        Ballot::draw(self.config.maps.len(), self.map, seed)
    }

    /// How the vote stands, if there is one.
    pub(super) fn ballot_message(&mut self) -> Option<Bytes> {
        let ballot = self.ballot.as_ref()?;
        let seconds_left = self.game.standings().time_left_s.unwrap_or_default();
        let message = ballot.message(&self.config.maps, seconds_left);
        Some(encode(&ServerMessage::Ballot(message)).into())
    }

    /// Everybody stays, and goes from the results into the next match.
    fn next_match(&mut self) {
        self.publish(Instant::now());
        if let Some(ballot) = self.ballot.take().or_else(|| self.draw_ballot()) {
            self.map = ballot.winner();
        }
        let last = self.game.standings().players.into_iter();
        let mut last: Vec<_> = last.map(|standing| (standing.id, standing.score)).collect();
        last.sort_unstable();
        self.begin(self.game.tick());
        // Tens of kilobytes in a large arena, and the same for everybody.
        let start = Bytes::from(encode(&ServerMessage::MatchStart(Box::new(
            self.game.start_message(),
        ))));
        for (player, seat) in self.seats.iter() {
            if let Presence::Reserved { .. } = seat.presence {
                continue;
            }
            self.commands.push(Command::Join {
                player,
                name: seat.name.clone(),
                bot: seat.bot,
            });
            if let Some(&skill) = find(&last, player) {
                self.commands.push(Command::Rate { player, skill });
            }
            if let Presence::Connected(link) = &seat.presence {
                link.push_control(start.clone());
                self.commands.push(Command::Ping {
                    player,
                    ping_ms: link.ping_ms(),
                });
                self.commands.push(Command::Attach {
                    player,
                    wants: seat.wants,
                });
            }
        }
    }

    /// The step panicked. This match is lost, with everybody in it; the room is not.
    fn abandon_match(&mut self) {
        error!(match_id = %self.match_id, "the match crashed; its players are told to rejoin");
        metrics::counter!("fracas_match_panics_total").increment(1);
        for seat in self.seats.clear() {
            if let Presence::Connected(link) = seat.presence {
                link.close(Close::Crashed);
            }
        }
        // The crashed world may not even know its tick; the clients start anew, so ticks may too.
        self.begin(0);
    }

    fn begin(&mut self, start_tick: u32) {
        self.commands.clear();
        self.feed_sender
            .send(FeedItem::Ended(self.match_id.clone()));
        self.matches_begun += 1;
        (self.game, self.match_id) =
            begin_match(&self.config, self.map, self.matches_begun, start_tick)
                .expect("every map of a room suits its mode");
        self.feed.open(self.match_id.clone(), self.config.is_listed);
        (self.ballot, self.ballot_stale, self.map_ahead) = (None, false, None);
        // Published once its players are in it.
        (self.published, self.published_revision) = (None, None);
    }

    fn publish(&mut self, now: Instant) {
        self.published = Some(now);
        let sides = self.sides();
        let standings = Arc::new(self.game.standings());
        let revision = self.game.standings_revision();
        let changed = self.published_revision.replace(revision) != Some(revision);
        self.status.send_replace(RoomStatus {
            match_id: self.match_id.clone(),
            mode: self.config.mode,
            phase: self.game.phase(),
            players: self.seats.taken(),
            bots: self.seats.bots(),
            company: self.seats.company().count(),
            sides,
            map_title: self.config.maps[self.map].title.clone(),
            time_left_s: standings.time_left_s,
            at: now,
            asleep: false,
            overload_step: self.pressure.step(),
        });
        let tick = self.game.tick();
        self.feed_sender.send(FeedItem::Standings(
            self.match_id.clone(),
            tick,
            standings,
            changed,
        ));
    }

    /// Who plays where. Those who go into the next match all at once are where they were until they are in it.
    fn sides(&self) -> [Side; 2] {
        if self.config.company == 0 {
            return Default::default();
        }
        if self.is_anybody_moving() {
            return self.status.borrow().sides;
        }
        self.seats.sides(&|player| self.game.team(player))
    }

    fn may_end(&self, now: Instant) -> bool {
        self.drain_until.get().is_some_and(|until| {
            let people = self.seats.iter().any(|(_, seat)| !seat.bot);
            let match_is_on = !matches!(self.game.phase(), Phase::Waiting | Phase::Results);
            now >= *until || !people || !match_is_on
        })
    }

    fn end(mut self) {
        info!(match_id = %self.match_id, "room ends");
        for seat in self.seats.clear() {
            if let Presence::Connected(link) = seat.presence {
                link.close(Close::GoingAway);
            }
        }
        self.feed_sender
            .send(FeedItem::Ended(self.match_id.clone()));
    }
}

fn begin_match(
    config: &RoomConfig,
    map: usize,
    number: u64,
    start_tick: u32,
) -> Result<(Match, MatchId), MapLacks> {
    let match_id: MatchId = format!("m{number}-{}-{}", config.name, config.epoch).into();
    let seed = mix(config.seed ^ number);
    info!(%match_id, seed, start_tick, "match begins");
    let mut game = Match::new(MatchConfig {
        match_id: match_id.to_string(),
        room: config.name.to_string(),
        seed,
        mode: config.mode,
        rules: config.rules.clone(),
        map: config.maps[map].tiles(),
        tick_hz: config.tick_hz,
        snapshot_hz: config.snapshot_hz,
        snapshot_bytes_max: config.snapshot_bytes_max,
        start_tick,
    })?;
    game.time_verbs(clock::nanos);
    Ok((game, match_id))
}

fn log_slow_tick(line: &Line) {
    let Line { worst, left_out } = line;
    warn!(
        tick = worst.tick,
        late_us = worst.late.as_micros() as u64,
        took_us = worst.took.as_micros() as u64,
        longest_us = worst.longest_phases(),
        players = worst.work.players,
        shots = worst.work.shots,
        snapshots = worst.work.snapshots,
        bytes = worst.work.snapshot_bytes,
        overload_step = worst.work.overload_step,
        other_slow_ticks = left_out,
        "slow tick"
    );
}

/// Puts each snapshot into its player's slot, then lets them be sent.
fn deliver(seats: &mut Seats, outbound: &mut Outbound, courier: &mut Courier) {
    for (player, bytes) in outbound.snapshots.drain(..) {
        if let Some(Seat {
            presence: Presence::Connected(link),
            sent,
            ..
        }) = seats.get_mut(player)
        {
            *sent = sent.wrapping_add(1);
            link.push_snapshot(bytes);
            courier.note(link);
        }
    }
    courier.send();
}

/// Closes those who go on sending what makes no sense. Being late is a bad line, and never closes.
fn judge(seats: &mut Seats, outbound: &Outbound, tick_hz: u8, tick: Tick) {
    for (player, reason) in &outbound.rejected {
        if let RejectReason::Early | RejectReason::Duplicate = reason
            && let Some(seat) = seats.get_mut(*player)
            && seat.abuse.note(tick, tick_hz)
            && let Presence::Connected(link) = &seat.presence
        {
            link.close(Close::Senseless);
        }
    }
}

/// SplitMix64's finaliser: neighbouring numbers give unrelated seeds.
pub(crate) fn mix(number: u64) -> u64 {
    let z = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
