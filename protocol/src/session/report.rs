//! What a snapshot says, as events for the driver.

use std::collections::VecDeque;

use super::SessionEvent;
use super::joined::Joined;
use crate::motion::{Beam, Pilot};
use crate::view::CraftFlags;
use crate::{EventKind, Phase, Snapshot, Tick};

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
    if view.own.alive && view.own.life != was.life {
        events.push_back(SessionEvent::Spawn {
            player: joined.me(),
            pos: view.own.motion.pos.to_tiles(),
        });
    }
    for (id, craft) in &snapshot.entered {
        if craft.flags.has(CraftFlags::PROTECTED) {
            events.push_back(SessionEvent::Spawn {
                player: *id,
                pos: craft.motion.pos.to_tiles(),
            });
        }
    }
    let (me, now) = (joined.me(), joined.view.tick);
    for event in &snapshot.events {
        events.push_back(match &event.kind {
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
                let then = now.saturating_sub(Tick::from(event.ago));
                if *owner == me && !joined.beams.heard(then, *weapon, &joined.arena.tuning) {
                    continue;
                }
                SessionEvent::beam(&beam, me, &joined.arena)
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
        });
    }
}
