//! A match as it is played: phases, kills, what everybody is told of them.

use std::cell::Cell;
use std::rc::Rc;

use fracas_protocol::{Angle, Buttons, Intent, Phase, PlayerId, Session, SessionEvent, Steer};

use super::super::{Command, MatchEvent};
use super::pair::{Table, table};
use super::{new_match, new_match_in_a_hall, short_rules};

/// Flies at whoever is in sight and fires.
fn hunter(session: &Session) -> Intent {
    let (Some(view), Some((_, own))) = (session.view(), session.predicted()) else {
        return Intent::default();
    };
    let nearest = view
        .crafts
        .iter()
        .map(|(_, craft)| craft.motion.pos - own.motion.pos)
        .min_by_key(|d| d.length());
    let Some(to) = nearest else {
        return Intent {
            steer: Steer::from_xy(0.5, 0.8),
            ..Intent::default()
        };
    };
    let aim = (to.y as f32).atan2(to.x as f32);
    Intent {
        steer: Steer::from_xy(to.x as f32, to.y as f32),
        aim: Angle::from_radians(aim),
        buttons: Buttons::FIRE,
    }
}

#[test]
fn a_survey_finds_who_is_in_sight_and_changes_nothing() {
    let mut table = Table::new(new_match_in_a_hall(5, short_rules()));
    for n in 0..3 {
        table.join(10_000..20_000, 16_000, n, hunter);
    }
    assert_eq!(table.game.survey(), 0, "nobody has come yet");
    table.run(60 * 5, |_| false);
    let before = table.game.state_hash();
    let found = table.game.survey();
    assert!(found > 0);
    assert_eq!(
        (table.game.survey(), table.game.state_hash()),
        (found, before)
    );
}

#[test]
fn a_match_goes_through_its_phases_and_everybody_is_told() {
    let mut table = Table::new(new_match_in_a_hall(5, short_rules()));
    for n in 0..3 {
        table.join(10_000..20_000, 16_000, n, hunter);
    }
    assert!(
        table.run(60 * 60, |table| table.game.is_over()),
        "never over"
    );
    let phases: Vec<_> = table
        .events
        .iter()
        .filter_map(|event| {
            if let MatchEvent::Phase { phase, .. } = event {
                Some(*phase)
            } else {
                None
            }
        })
        .filter(|phase| *phase != Phase::Overtime)
        .collect();
    assert_eq!(phases, [Phase::Countdown, Phase::Live, Phase::Results]);
    let kills = table
        .events
        .iter()
        .filter(|event| matches!(event, MatchEvent::Kill(_)))
        .count();
    assert!(kills >= 3, "{kills}");
    let Some(MatchEvent::Result {
        winner, players, ..
    }) = table
        .events
        .iter()
        .find(|event| matches!(event, MatchEvent::Result { .. }))
    else {
        panic!("no result")
    };
    assert_eq!(*winner, Some(players[0].player.id));
    assert_eq!(players.len(), 3);
    for peer in &table.peers {
        let heard = peer
            .events
            .iter()
            .filter(|event| matches!(event, SessionEvent::Kill { .. }))
            .count();
        assert_eq!(heard, kills, "{:?} hears of every kill", peer.player);
        assert_eq!(peer.view().match_state.phase, Phase::Results);
    }
}

#[test]
fn the_shooter_and_the_victim_hear_of_a_hit_and_the_roster_shows_the_kill() {
    let mut table = Table::new(new_match_in_a_hall(9, short_rules()));
    table.join(5_000..5_000, 16_000, 1, hunter);
    table.join(5_000..5_000, 16_000, 2, |_| Intent::default());
    let killed = table.run(60 * 40, |table| {
        table.peers[0].events.iter().any(|event| {
            matches!(
                event,
                SessionEvent::Kill {
                    killer: Some(PlayerId(0)),
                    victim: PlayerId(1),
                    ..
                }
            )
        })
    });
    assert!(killed, "nobody was killed");
    for peer in &table.peers {
        let hits = peer
            .events
            .iter()
            .filter(|event| matches!(event, SessionEvent::Hit { .. }))
            .count();
        assert!(hits >= 5, "100 health at 12 to 24 a hit: {hits}");
    }
    table.run(30, |_| false);
    let score = table.peers[1].view().player(PlayerId(0)).unwrap().score;
    assert!(score.kills >= 1);
}

#[test]
fn a_dead_craft_is_out_of_sight_and_comes_back_elsewhere_as_a_new_life() {
    let mut table = Table::new(new_match_in_a_hall(9, short_rules()));
    table.join(5_000..5_000, 16_000, 1, hunter);
    table.join(5_000..5_000, 16_000, 2, |_| Intent::default());
    assert!(table.run(60 * 40, |table| {
        let Some(view) = table.peers[1].session.view() else {
            return false;
        };
        !view.own.alive && view.own.killer == Some(PlayerId(0))
    }));
    let life = table.peers[1].view().own.life;
    table.run(10, |_| false);
    assert!(table.peers[0].view().craft(PlayerId(1)).is_none());
    assert!(table.run(60 * 4, |table| table.peers[1].view().own.alive));
    assert_eq!(table.peers[1].view().own.life, life.wrapping_add(1));
}

#[test]
fn own_shots_are_seen_in_the_frame_in_which_the_trigger_is_pulled() {
    let fire = Rc::new(Cell::new(false));
    let trigger = Rc::clone(&fire);
    let mut table = Table::new(new_match(2, short_rules()));
    table.join(100_000..100_000, 16_000, 1, move |_| Intent {
        buttons: if trigger.get() {
            Buttons::FIRE
        } else {
            Buttons::default()
        },
        ..Intent::default()
    });
    table.run(120, |_| false);
    fire.set(true);
    let ticks = table.game.tick();
    assert!(table.run(10, |table| {
        let now = table.now_us;
        !table.peers[0].session.scene(now).shots.is_empty()
    }));
    // Well before the 200 ms that the server's answer takes.
    assert!(
        table.game.tick() - ticks <= 4,
        "{}",
        table.game.tick() - ticks
    );
}

#[test]
fn an_own_shot_is_drawn_once_from_birth_to_end() {
    let mut table = Table::new(new_match(2, short_rules()));
    table.join(50_000..60_000, 16_000, 1, |_| Intent {
        buttons: Buttons::FIRE,
        ..Intent::default()
    });
    table.run(120, |_| false);
    let mut most = 0;
    table.run(300, |table| {
        let now = table.now_us;
        most = most.max(table.peers[0].session.scene(now).shots.len());
        false
    });
    // Six a second that live 1.2 s at most.
    assert!((1..=8).contains(&most), "{most}");
    let fired = table.peers[0]
        .events
        .iter()
        .filter(|event| matches!(event, SessionEvent::Fired { .. }))
        .count();
    assert!(fired > 20, "{fired}");
}

/// A shot that lives for six ticks is over here before the server has spoken of its birth.
#[test]
fn an_own_shot_that_ends_before_the_server_speaks_of_it_is_fired_once() {
    let mut rules = short_rules();
    rules.weapons[0].shot_life_s = 0.1;
    rules.flow.players_min = 1000;
    let mut table = Table::new(new_match_in_a_hall(2, rules));
    table.join(60_000..60_000, 16_000, 1, |_| Intent {
        buttons: Buttons::FIRE,
        ..Intent::default()
    });
    table.run(120, |_| false);
    table.peers[0].events.clear();
    table.run(600, |_| false);
    let fired = |event: &&SessionEvent| matches!(event, SessionEvent::Fired { .. });
    let ended = |event: &&SessionEvent| matches!(event, SessionEvent::ShotEnd { .. });
    let events = &table.peers[0].events;
    // Six a second for ten seconds.
    let (fired, ended) = (
        events.iter().filter(fired).count(),
        events.iter().filter(ended).count(),
    );
    assert!((58..=61).contains(&fired), "{fired} fired");
    assert!((58..=61).contains(&ended), "{ended} ended");
}

#[test]
fn whoever_leaves_is_gone_from_views_and_roster_and_their_place_is_free() {
    let mut table = table(4, 3, 5_000..5_000);
    table.run(60, |_| false);
    table.commands.push(Command::Leave {
        player: PlayerId(2),
    });
    table.run(30, |_| false);
    assert!(table.peers[0].view().player(PlayerId(2)).is_none());
    assert!(table.peers[0].view().craft(PlayerId(2)).is_none());
    assert_eq!(table.game.standings().players.len(), 2);
}
