//! Commands: who comes and goes, who listens, what players ask for.

use std::sync::Arc;

use bevy_ecs::prelude::*;
use fracas_protocol::motion::Pilot;
use fracas_protocol::{Buttons, Input, InputBatch, PlayerId, Steer, Tick, View, Wants};

use super::boundary::{Command, MatchEvent, RejectReason};
use super::components::{Client, Craft, Flying, Identity, InputQueue, Points};
use super::resources::{Inbox, MatchClock, Outbox, Roster, ShotIds};
use super::tracks::Pasts;

/// Inputs further ahead than this are refused, in ticks; it also bounds what waits per player.
const AHEAD_MAX: Tick = 60;
/// The last input is repeated for this many ticks without a new one; then the craft drifts to a stop.
const REPEAT_TICKS: u32 = 15;

/// Applies everything that has arrived since the last tick, in its order. Has the world to itself, because whoever joins
/// in one command is attached in the next.
pub(super) fn apply_commands(world: &mut World) {
    let mut commands = std::mem::take(&mut world.resource_mut::<Inbox>().0);
    for command in commands.drain(..) {
        match command {
            Command::Join { player, name, bot } => join(world, player, name, bot),
            Command::Leave { player } => leave(world, player),
            Command::Attach { player, wants } => attach(world, player, wants),
            Command::Detach { player } => with(world, player, |client: &mut Client| {
                *client = Client::default();
            }),
            Command::Inputs { player, batch } => take_inputs(world, player, &batch),
            Command::Delivered { player } => with(world, player, |client: &mut Client| {
                client.in_flight = false;
            }),
            Command::Ping { player, ping_ms } => ping(world, player, ping_ms),
        }
    }
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
        craft,
        InputQueue::default(),
        Client::default(),
    );
    let entity = world.spawn(parts).id();
    world.resource_mut::<Roster>().set(player, Some(entity));
    world.resource_mut::<Pasts>().clear(player);
}

fn leave(world: &mut World, player: PlayerId) {
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
    world.despawn(entity);
    world.resource_mut::<Roster>().set(player, None);
    remove_shots_of(world, player);
}

/// The place may soon be somebody else's, and with it the credit for shots that are still in flight.
fn remove_shots_of(world: &mut World, player: PlayerId) {
    let mut shots = world.query::<(Entity, &Flying)>();
    let theirs: Vec<_> = shots
        .iter(world)
        .filter(|(_, f)| f.shot.owner == player)
        .map(|(entity, f)| (entity, f.id))
        .collect();
    for (entity, id) in theirs {
        world.despawn(entity);
        world.resource_mut::<ShotIds>().give_back(id);
    }
}

fn attach(world: &mut World, player: PlayerId, wants: Wants) {
    // The client was told the tick before this one, and counts from there.
    let told = world.resource::<MatchClock>().tick - 1;
    with(world, player, |client: &mut Client| {
        *client = Client {
            attached: true,
            wants,
            base: View {
                me: player,
                tick: told,
                ..View::default()
            },
            ..Client::default()
        };
    });
    with(world, player, |queue: &mut InputQueue| {
        *queue = InputQueue::default();
    });
}

fn ping(world: &mut World, player: PlayerId, ping_ms: u16) {
    with(world, player, |identity: &mut Identity| {
        identity.ping_ms = ping_ms;
    });
    world.resource_mut::<Roster>().pings_stale = true;
}

fn take_inputs(world: &mut World, player: PlayerId, batch: &InputBatch) {
    let tick = world.resource::<MatchClock>().tick;
    let entity = world.resource::<Roster>().entity(player);
    let Some(mut queue) = entity.and_then(|entity| world.get_mut::<InputQueue>(entity)) else {
        world
            .resource_mut::<Outbox>()
            .0
            .rejected
            .push((player, RejectReason::NotPlaying));
        return;
    };
    queue.note_margin(batch.first_tick, tick);
    let mut rejected = Vec::new();
    for (for_tick, input) in (batch.first_tick..).zip(&batch.inputs) {
        if let Err(reason) = queue.offer(for_tick, *input, tick) {
            rejected.push((player, reason));
        }
    }
    world
        .resource_mut::<Outbox>()
        .0
        .rejected
        .append(&mut rejected);
}

impl InputQueue {
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

    fn offer(&mut self, for_tick: Tick, input: Input, now: Tick) -> Result<(), RejectReason> {
        if for_tick < now {
            // Too late to be flown, but it is the newest wish there is: it is what is repeated.
            if self.waiting.is_empty() && self.starved > 0 {
                self.held = input;
            }
            return Err(RejectReason::Late);
        }
        if for_tick - now > AHEAD_MAX {
            return Err(RejectReason::Early);
        }
        match self
            .waiting
            .binary_search_by_key(&for_tick, |(tick, _)| *tick)
        {
            Ok(_) => Err(RejectReason::Duplicate),
            Err(at) => {
                self.waiting.insert(at, (for_tick, input));
                Ok(())
            }
        }
    }

    /// The input for `tick`: its own, or the last one for a while.
    fn choose(&mut self, tick: Tick) -> Input {
        while self
            .waiting
            .front()
            .is_some_and(|(for_tick, _)| *for_tick < tick)
        {
            self.waiting.pop_front();
        }
        match self.waiting.front() {
            Some((for_tick, input)) if *for_tick == tick => {
                self.held = *input;
                self.starved = 0;
                self.waiting.pop_front();
            }
            _ => {
                self.starved += 1;
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
    clock: Res<MatchClock>,
    mut players: Query<(&mut Craft, &mut InputQueue)>,
) {
    for (mut craft, mut queue) in &mut players {
        craft.input = queue.choose(clock.tick);
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

    #[test]
    fn each_tick_takes_its_own_input_and_a_gap_repeats_the_last() {
        let mut queue = InputQueue::default();
        queue.offer(12, steer(12), 10).unwrap();
        queue.offer(10, steer(10), 10).unwrap();
        assert_eq!(
            [10, 11, 12, 13].map(|tick| queue.choose(tick).steer.code()),
            [10, 10, 12, 12]
        );
    }

    #[test]
    fn a_long_silence_ends_in_drifting() {
        let mut queue = InputQueue::default();
        queue.offer(1, steer(100), 1).unwrap();
        let ticks: Vec<_> = (1..40)
            .map(|tick| queue.choose(tick).steer.code())
            .collect();
        assert!(ticks[..=REPEAT_TICKS as usize].iter().all(|x| *x == 100));
        assert!(ticks[REPEAT_TICKS as usize + 1..].iter().all(|x| *x == 0));
    }

    #[test]
    fn late_early_and_repeated_inputs_are_refused_and_never_stored_up() {
        let mut queue = InputQueue::default();
        assert_eq!(queue.offer(9, steer(1), 10), Err(RejectReason::Late));
        assert_eq!(
            queue.offer(10 + AHEAD_MAX + 1, steer(1), 10),
            Err(RejectReason::Early)
        );
        queue.offer(11, steer(1), 10).unwrap();
        assert_eq!(queue.offer(11, steer(2), 10), Err(RejectReason::Duplicate));
        assert_eq!(queue.waiting.len(), 1);
    }

    #[test]
    fn the_margin_is_the_least_since_it_was_reported() {
        let mut queue = InputQueue::default();
        queue.note_margin(13, 10);
        queue.note_margin(11, 10);
        assert_eq!(queue.margin, 1);
        queue.margin_reported = true;
        queue.note_margin(14, 10);
        assert_eq!(queue.margin, 4);
    }
}
