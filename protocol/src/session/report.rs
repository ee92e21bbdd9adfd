//! What a snapshot says, as events for the driver.

use std::collections::VecDeque;

use super::SessionEvent;
use super::joined::Joined;
use crate::motion::{Beam, Pilot};
use crate::view::CraftFlags;
use crate::{Event, EventKind, Phase, Snapshot, Tick};

/// Turns what a snapshot says into events for the driver.
pub(super) fn report(
    events: &mut VecDeque<SessionEvent>,
    snapshot: &Snapshot,
    joined: &mut Joined,
    was: &Pilot,
    phase: Phase,
) {
    let view = &joined.view;
    if view.match_state.phase != phase {
        events.push_back(SessionEvent::Phase {
            phase: view.match_state.phase,
        });
    }
    events.extend(appearances(snapshot, joined, was));
    events.extend(
        snapshot
            .events
            .iter()
            .filter_map(|event| told(event, joined)),
    );
}

/// What an event is to the driver; none if it was told already.
fn told(event: &Event, joined: &mut Joined) -> Option<SessionEvent> {
    Some(match &event.kind {
        EventKind::Beam {
            owner,
            weapon,
            from,
            heading,
        } => {
            let beam = Beam {
                owner: *owner,
                weapon: *weapon,
                from: *from,
                heading: *heading,
            };
            return seen(&beam, event.ago, joined);
        }
        EventKind::Hit {
            attacker,
            victim,
            damage,
            weapon,
            bounces,
            pos,
        } => SessionEvent::Hit {
            attacker: *attacker,
            victim: *victim,
            damage: *damage,
            weapon: *weapon,
            bounces: *bounces,
            pos: pos.to_tiles(),
        },
        EventKind::Kill {
            killer,
            victim,
            weapon,
            bounces,
            deflected,
            bounty,
            assists,
        } => SessionEvent::Kill {
            killer: *killer,
            victim: *victim,
            weapon: *weapon,
            bounces: *bounces,
            deflected: *deflected,
            bounty: *bounty,
            assists: assists.clone(),
            pos: joined.last_seen(*victim),
        },
        EventKind::Pickup { player, pad } => SessionEvent::Pickup {
            player: *player,
            pad: *pad,
        },
        EventKind::Deflect { player, pos } => SessionEvent::Deflect {
            player: *player,
            pos: pos.to_tiles(),
        },
        EventKind::Streak { player, kills } => SessionEvent::Streak {
            player: *player,
            kills: *kills,
        },
        EventKind::Objective { what, team, player } => SessionEvent::Objective {
            what: *what,
            team: *team,
            player: *player,
        },
        EventKind::Result {
            winner,
            team,
            awards,
        } => SessionEvent::Result {
            winner: *winner,
            team: *team,
            awards: awards.clone(),
        },
    })
}

/// A beam of one's own was shown when it was fired.
fn seen(beam: &Beam, ago: u8, joined: &mut Joined) -> Option<SessionEvent> {
    let (me, then) = (
        joined.me(),
        joined.view.tick.saturating_sub(Tick::from(ago)),
    );
    let is_news = beam.owner != me || joined.beams.heard(then, beam.weapon, &joined.arena.tuning);
    is_news.then(|| SessionEvent::beam(beam, me, &joined.arena))
}

/// Craft that have appeared: the own one, and those of others, which are protected then.
fn appearances(
    snapshot: &Snapshot,
    joined: &Joined,
    was: &Pilot,
) -> impl Iterator<Item = SessionEvent> {
    let own = &joined.view.own;
    let own_new = (own.alive && own.life != was.life).then(|| (joined.me(), own.motion.pos));
    let others = snapshot.entered.iter();
    let others = others.filter(|(_, craft)| craft.flags.has(CraftFlags::PROTECTED));
    own_new
        .into_iter()
        .chain(others.map(|(id, craft)| (*id, craft.motion.pos)))
        .map(|(player, pos)| SessionEvent::Spawn {
            player,
            pos: pos.to_tiles(),
        })
}
