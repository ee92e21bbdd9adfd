//! Commands: who comes and goes, who listens, what players ask for.

use std::sync::Arc;

use bevy_ecs::prelude::*;
use fracas_protocol::motion::Pilot;
use fracas_protocol::{Buttons, Input, InputBatch, PlayerId, SeenAgo, ShotId, Steer, Tick, Wants};

use super::acquaintance::Acquaintances;
use super::awards::Tally;
use super::boundary::{Command, MatchEvent, RejectReason};
use super::components::{Client, Craft, Flying, Identity, InputQueue, Points, Waiting, Wounds};
use super::grid::CraftGrid;
use super::modes;
use super::resources::{Inbox, MatchClock, Outbox, Roster, Setup, ShotIds};
use super::rewind;
use super::sides;
use super::tracks::Pasts;

/// Inputs further ahead than this are refused, in ticks; it also bounds what waits per player.
const AHEAD_MAX: Tick = 60;
/// A ping that differs by no more from the one shown, or by an eighth of it, is not shown anew.
const PING_TOLERANCE_MS: u16 = 4;
/// The last input is repeated for this many ticks without a new one; then the craft drifts to a stop.
const REPEAT_TICKS: u32 = 15;
/// Clients show others at most this far ahead of the newest they know, in seconds.
const EXTRAPOLATE_S_MAX: f32 = 0.1;

/// Applies everything that has arrived since the last tick, in its order. Has the world to itself, because whoever joins
/// in one command is attached in the next.
pub(super) fn apply_commands(
    world: &mut World,
    players: &mut QueryState<(&Client, &mut InputQueue)>,
    mut left: Local<Left>,
) {
    let mut commands = std::mem::take(&mut world.resource_mut::<Inbox>().0);
    let mut reader = InputReader::new(world);
    for command in commands.drain(..) {
        match command {
            Command::Join { player, name, bot } => join(world, player, name, bot),
            Command::Rate { player, skill } => with(world, player, |identity: &mut Identity| {
                identity.skill = skill;
            }),
            Command::Leave { player } => leave(world, &mut left, player),
            Command::Attach { player, wants } => attach(world, player, wants),
            Command::Detach { player } => detach(world, player),
            Command::Inputs { player, batch } => reader.read(world, players, player, &batch),
            Command::Delivered { player } => with(world, player, |client: &mut Client| {
                client.in_flight = false;
            }),
            Command::Ping { player, ping_ms } => ping(world, player, ping_ms),
        }
    }
    left.forget_deeds(world);
    world.resource_mut::<Outbox>().0.rejected = reader.rejected;
    // Its memory serves the next tick.
    world.resource_mut::<Inbox>().0 = commands;
}

fn with<C: Component<Mutability = bevy_ecs::component::Mutable>>(
    world: &mut World,
    player: PlayerId,
    change: impl FnOnce(&mut C),
) {
    let entity = world.resource::<Roster>().entity(player);
    if let Some(mut component) = entity.and_then(|entity| world.get_mut::<C>(entity)) {
        change(&mut component);
    }
}

fn join(world: &mut World, player: PlayerId, name: Arc<str>, bot: bool) {
    if world.resource::<Roster>().entity(player).is_some() {
        return;
    }
    world
        .resource_mut::<Outbox>()
        .0
        .events
        .push(MatchEvent::Join {
            id: player,
            name: name.clone(),
            bot,
        });
    let identity = Identity {
        id: player,
        name,
        bot,
        team: sides::for_newcomer(world),
        skill: 0,
        ping_ms: 0,
    };
    // Whoever had the place before may have been in the same life; nobody should be slid from there to here.
    let life = world.resource::<MatchClock>().tick as u8;
    let pilot = Pilot {
        life,
        ..Pilot::default()
    };
    let craft = Craft {
        pilot,
        ..Craft::default()
    };
    let parts = (
        identity,
        Points::default(),
        Tally::default(),
        craft,
        Wounds::default(),
        InputQueue::default(),
        Acquaintances::default(),
        Client::default(),
    );
    let entity = world.spawn(parts).id();
    world.resource_mut::<Roster>().set(player, Some(entity));
    world.resource_mut::<Pasts>().clear(player);
}

fn leave(world: &mut World, left: &mut Left, player: PlayerId) {
    let Some(entity) = world.resource::<Roster>().entity(player) else {
        return;
    };
    if let Some(identity) = world.get::<Identity>(entity) {
        let event = MatchEvent::Leave {
            id: player,
            name: identity.name.clone(),
            bot: identity.bot,
        };
        world.resource_mut::<Outbox>().0.events.push(event);
    }
    modes::leave(world, player, entity);
    world.despawn(entity);
    world.resource_mut::<Roster>().set(player, None);
    world.resource_mut::<CraftGrid>().forget(player);
    left.add(player);
}

/// Places that somebody left in this tick, which may be somebody else's by now: who has hurt nobody. All that was done from
/// there was done before, because nobody flies or fires between two commands; so the world is gone over once, however many
/// leave.
#[derive(Debug, Default)]
pub(super) struct Left {
    /// By place.
    has_left: Vec<bool>,
    places: Vec<PlayerId>,
    shots: Vec<(Entity, ShotId)>,
}

impl Left {
    fn add(&mut self, player: PlayerId) {
        let place = usize::from(player.0);
        if place >= self.has_left.len() {
            self.has_left.resize(place + 1, false);
        }
        self.has_left[place] = true;
        self.places.push(player);
    }

    fn has(&self, player: PlayerId) -> bool {
        let found = self.has_left.get(usize::from(player.0));
        found.copied().unwrap_or(false)
    }

    /// Forgets what was done from these places.
    fn forget_deeds(&mut self, world: &mut World) {
        if self.places.is_empty() {
            return;
        }
        self.remove_shots(world);
        // Nobody who was killed from there looks there.
        let mut crafts = world.query::<(&mut Craft, &mut Wounds)>();
        for (mut craft, mut wounds) in crafts.iter_mut(world) {
            wounds.0.retain(|wound| !self.has(wound.attacker));
            craft.pilot.killer = craft.pilot.killer.filter(|killer| !self.has(*killer));
        }
        for player in self.places.drain(..) {
            self.has_left[usize::from(player.0)] = false;
        }
    }

    /// Whoever gets a place gets no credit for shots that are still in flight.
    fn remove_shots(&mut self, world: &mut World) {
        let mut flying = world.query::<(Entity, &Flying)>();
        let mut shots = std::mem::take(&mut self.shots);
        let theirs = flying.iter(world).filter(|(_, f)| self.has(f.shot.owner));
        shots.extend(theirs.map(|(entity, f)| (entity, f.id)));
        for (entity, id) in shots.drain(..) {
            world.despawn(entity);
            world.resource_mut::<ShotIds>().give_back(id);
        }
        self.shots = shots;
    }
}

fn detach(world: &mut World, player: PlayerId) {
    with(world, player, |client: &mut Client| {
        *client = Client::default();
    });
    with(world, player, |acquaintances: &mut Acquaintances| {
        *acquaintances = Acquaintances::default();
    });
}

fn attach(world: &mut World, player: PlayerId, wants: Wants) {
    // Of what whoever was there before was told nothing is left.
    detach(world, player);
    // The client was told the tick before this one, and counts from there.
    let tick = world.resource::<MatchClock>().tick - 1;
    with(world, player, |client: &mut Client| {
        client.attached = true;
        client.wants = wants;
        client.told.me = player;
        client.told.tick = tick;
    });
    with(world, player, |queue: &mut InputQueue| {
        // A new connection is no new line: what a player is believed to see can't be chosen by coming back.
        *queue = InputQueue {
            sight: queue.sight,
            ..InputQueue::default()
        };
    });
}

/// A scoreboard's ping needn't follow every millisecond: every change of it travels to everybody.
fn ping(world: &mut World, player: PlayerId, ping_ms: u16) {
    let mut is_news = false;
    with(world, player, |identity: &mut Identity| {
        is_news = identity.ping_ms.abs_diff(ping_ms) > PING_TOLERANCE_MS.max(identity.ping_ms / 8);
        if is_news {
            identity.ping_ms = ping_ms;
        }
    });
    world.resource_mut::<Roster>().pings_stale |= is_news;
}

/// Takes in what players ask for: most of all commands, so that what is the same for all of a tick is looked up once.
struct InputReader {
    tick: Tick,
    /// How far back hits are judged.
    limit: u32,
    /// How far ahead of what they know clients show others.
    ahead: Tick,
    rejected: Vec<(PlayerId, RejectReason)>,
}

impl InputReader {
    fn new(world: &mut World) -> InputReader {
        let rejected = std::mem::take(&mut world.resource_mut::<Outbox>().0.rejected);
        let setup = world.resource::<Setup>();
        InputReader {
            tick: world.resource::<MatchClock>().tick,
            limit: rewind::limit(&setup.arena),
            ahead: setup.ticks(EXTRAPOLATE_S_MAX),
            rejected,
        }
    }

    fn read(
        &mut self,
        world: &mut World,
        players: &mut QueryState<(&Client, &mut InputQueue)>,
        player: PlayerId,
        batch: &InputBatch,
    ) {
        let mut reject = |reason| self.rejected.push((player, reason));
        let entity = world.resource::<Roster>().entity(player);
        let parts = entity.and_then(|entity| players.get_mut(world, entity).ok());
        let Some((client, mut queue)) = parts else {
            return reject(RejectReason::NotPlaying);
        };
        let can_be = client.can_have_shown(batch, self.ahead);
        if !(can_be && queue.sight.believes(batch.seen_ago, self.limit)) {
            reject(RejectReason::Rewind);
        }
        queue.take(batch, self.tick, reject);
    }
}

impl Client {
    /// Whether a client may have shown what `batch` says it showed: nothing later than the newest it was sent, and
    /// `ahead` ticks of guessing. One that says nothing of it (0) is judged by the present.
    fn can_have_shown(&self, batch: &InputBatch, ahead: Tick) -> bool {
        if batch.seen_ago == SeenAgo::default() {
            return true;
        }
        let parts = |ticks: Tick| i64::from(ticks) * i64::from(SeenAgo::PARTS);
        let shown = parts(batch.first_tick) - i64::from(batch.seen_ago.0);
        !self.attached || shown <= parts(self.told.tick + ahead)
    }
}

impl InputQueue {
    fn take(&mut self, batch: &InputBatch, now: Tick, mut reject: impl FnMut(RejectReason)) {
        self.note_margin(batch.first_tick, now);
        for (tick, input) in (batch.first_tick..).zip(&batch.inputs) {
            let waiting = Waiting {
                tick,
                input: *input,
                seen_ago: batch.seen_ago,
            };
            self.offer(waiting, now).unwrap_or_else(&mut reject);
        }
    }

    /// What a snapshot says of how early messages came: the least of those since the one before, [`i8::MIN`] if none came.
    pub(super) fn report_margin(&mut self) -> i8 {
        if std::mem::replace(&mut self.margin_reported, true) {
            i8::MIN
        } else {
            self.margin
        }
    }

    /// How early a message arrived; what the client is told is the least of those since the last snapshot.
    fn note_margin(&mut self, first_tick: Tick, now: Tick) {
        let margin = (i64::from(first_tick) - i64::from(now)).clamp(-127, 127) as i8;
        self.margin = if self.margin_reported {
            margin
        } else {
            self.margin.min(margin)
        };
        self.margin_reported = false;
    }

    fn offer(&mut self, new: Waiting, now: Tick) -> Result<(), RejectReason> {
        if new.tick < now {
            // Too late to be flown, but it is the newest wish there is: it is what is repeated.
            if self.waiting.is_empty() && self.starved > 0 {
                self.held = new.input;
                // Late is not silent: only who says nothing lets go of the stick.
                self.starved = 1;
            }
            return Err(RejectReason::Late);
        }
        if new.tick - now > AHEAD_MAX {
            return Err(RejectReason::Early);
        }
        // They come in order, but for those that overtook others.
        if self.waiting.back().is_none_or(|last| last.tick < new.tick) {
            self.waiting.push_back(new);
            return Ok(());
        }
        let place = |waiting: &Waiting| waiting.tick;
        match self.waiting.binary_search_by_key(&new.tick, place) {
            Ok(_) => Err(RejectReason::Duplicate),
            Err(at) => {
                self.waiting.insert(at, new);
                Ok(())
            }
        }
    }

    /// The input for `tick`: its own, or the last one for a while.
    fn choose(&mut self, tick: Tick, rewind_limit: u32) -> Input {
        let is_over = |waiting: &Waiting| waiting.tick < tick;
        while self.waiting.front().is_some_and(is_over) {
            self.waiting.pop_front();
        }
        match self.waiting.front() {
            Some(&next) if next.tick == tick => {
                self.held = next.input;
                self.sight.follow(next.seen_ago, rewind_limit);
                self.starved = 0;
                self.waiting.pop_front();
            }
            _ => {
                self.starved += 1;
                // What was pressed was pressed once.
                self.held.buttons = self.held.buttons.without(Buttons::PRESSED);
                // Nobody is missed who has never been heard of.
                let expected = self.margin != i8::MIN;
                self.missed = self.missed.saturating_add(u8::from(expected));
            }
        }
        if self.starved > REPEAT_TICKS {
            self.held = Input {
                steer: Steer::NONE,
                buttons: Buttons::default(),
                ..self.held
            };
        }
        self.held
    }
}

/// Decides what everybody does in this tick.
pub(super) fn choose_inputs(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    mut players: Query<(&mut Craft, &mut InputQueue)>,
) {
    let limit = rewind::limit(&setup.arena);
    for (mut craft, mut queue) in &mut players {
        craft.input = queue.choose(clock.tick, limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steer(code: u8) -> Input {
        Input {
            steer: Steer::from_code(code).unwrap(),
            ..Input::default()
        }
    }

    fn input(tick: Tick, code: u8) -> Waiting {
        Waiting {
            tick,
            input: steer(code),
            seen_ago: SeenAgo::default(),
        }
    }

    #[test]
    fn each_tick_takes_its_own_input_and_a_gap_repeats_the_last() {
        let mut queue = InputQueue::default();
        queue.offer(input(12, 12), 10).unwrap();
        queue.offer(input(10, 10), 10).unwrap();
        assert_eq!(
            [10, 11, 12, 13].map(|tick| queue.choose(tick, 0).steer.code()),
            [10, 10, 12, 12]
        );
    }

    #[test]
    fn a_long_silence_ends_in_drifting() {
        let mut queue = InputQueue::default();
        queue.offer(input(1, 100), 1).unwrap();
        let ticks: Vec<_> = (1..40)
            .map(|tick| queue.choose(tick, 0).steer.code())
            .collect();
        assert!(ticks[..=REPEAT_TICKS as usize].iter().all(|x| *x == 100));
        assert!(ticks[REPEAT_TICKS as usize + 1..].iter().all(|x| *x == 0));
    }

    #[test]
    fn who_is_always_late_flies_all_the_same() {
        let mut queue = InputQueue::default();
        queue.offer(input(1, 7), 1).unwrap();
        (1..5).for_each(|tick| {
            queue.choose(tick, 0);
        });
        for tick in 5..200 {
            let code = (tick % 100) as u8;
            assert_eq!(
                queue.offer(input(tick - 4, code), tick),
                Err(RejectReason::Late)
            );
            assert_eq!(queue.choose(tick, 0).steer.code(), code);
        }
    }

    #[test]
    fn late_early_and_repeated_inputs_are_refused_and_never_stored_up() {
        let mut queue = InputQueue::default();
        assert_eq!(queue.offer(input(9, 1), 10), Err(RejectReason::Late));
        assert_eq!(
            queue.offer(input(10 + AHEAD_MAX + 1, 1), 10),
            Err(RejectReason::Early)
        );
        queue.offer(input(11, 1), 10).unwrap();
        assert_eq!(queue.offer(input(11, 2), 10), Err(RejectReason::Duplicate));
        assert_eq!(queue.waiting.len(), 1);
    }

    #[test]
    fn the_margin_is_the_least_since_it_was_reported() {
        let mut queue = InputQueue::default();
        queue.note_margin(13, 10);
        queue.note_margin(11, 10);
        assert_eq!(queue.report_margin(), 1);
        assert_eq!(queue.report_margin(), i8::MIN, "nothing came since");
        queue.note_margin(14, 10);
        assert_eq!(queue.report_margin(), 4);
    }
}
