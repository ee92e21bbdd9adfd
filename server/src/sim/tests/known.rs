//! Whom a client knows by name is what it was told, so a line of chat that is sent by it comes from nobody strange.

use std::collections::BTreeSet;

use fracas_protocol::{PlayerId, Rules, ServerMessage, Wants, decode};

use super::super::{Command, Match};
use super::new_match_on;

/// Two yards so far apart that nobody sees from one into the other.
fn two_yards() -> String {
    let (wall, floor) = ("#".repeat(202), ".".repeat(181));
    let row = format!("#S.S.S.S.S{floor}S.S.S.S.S.#");
    let rows = vec![row; 5].join("\n");
    format!("{wall}\n{rows}\n{wall}")
}

fn everybody_joins(game: &mut Match, players: u16) -> Vec<(PlayerId, BTreeSet<PlayerId>)> {
    let mut commands = Vec::new();
    for player in (0..players).map(PlayerId) {
        commands.push(Command::Join {
            player,
            name: format!("p{}", player.0).into(),
            bot: true,
        });
        let wants = Wants::default();
        commands.push(Command::Attach { player, wants });
    }
    let mut told = Vec::new();
    // Everybody's turn for a snapshot comes within two ticks, and nobody takes a second.
    for _ in 0..4 {
        for (player, bytes) in &game.step(&mut commands).snapshots {
            let Ok(ServerMessage::Snapshot(snapshot)) = decode(bytes) else {
                panic!("a snapshot");
            };
            let known = snapshot.roster.iter().map(|(id, _)| *id);
            told.push((*player, known.collect()));
        }
    }
    told
}

#[test]
fn k8_in_a_crowd_a_client_knows_whom_it_was_told_of() {
    let mut game = new_match_on(&two_yards(), 5, Rules::default());
    let told = everybody_joins(&mut game, 70);
    assert_eq!(told.len(), 70);
    for (player, known) in &told {
        assert_eq!(&known_to(&game, *player), known, "{player:?}");
        // Who has just joined, too: it is the first snapshot.
        assert!(known.contains(player), "{player:?}");
    }
    // Names and scores are brought up to date four times a second, and then told at once.
    let delivered = |player| Command::Delivered {
        player: PlayerId(player),
    };
    for _ in 0..15 {
        game.step(&mut (0..70).map(delivered).collect());
    }
    for player in (0..70).map(PlayerId) {
        let knows = known_to(&game, player);
        assert!(knows.contains(&player), "{player:?}");
        assert!((10..60).contains(&knows.len()), "{} known", knows.len());
    }
}

fn known_to(game: &Match, player: PlayerId) -> BTreeSet<PlayerId> {
    let others = (0..70).map(PlayerId);
    others.filter(|other| game.knows(player, *other)).collect()
}

#[test]
fn in_a_small_room_everybody_knows_everybody() {
    let mut game = new_match_on(&two_yards(), 5, Rules::default());
    everybody_joins(&mut game, 10);
    assert!((0..10).all(|other| game.knows(PlayerId(0), PlayerId(other))));
}
