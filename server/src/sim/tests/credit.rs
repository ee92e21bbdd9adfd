//! Who gets the credit for a kill, and for how long.

use super::script::play;
use crate::sim::MatchEvent;

#[test]
fn who_did_thirty_damage_within_five_seconds_before_it_helped_to_kill() {
    let helps = |hurt: &str, wait: u32, assists: u32| {
        play(&format!(
            "rule flow.assist_damage 30
             rule flow.assist_window_s 5
             rule craft.health 200
             join A
             join B
             join C
             live
             {hurt}
             tick {wait}
             A kills B
             expect A kills 1
             expect A assists 0
             expect C assists {assists}
             expect C kills 0
             expect C score 0
             expect B assists 0"
        ));
    };
    helps("C hurts B by 30", 0, 1);
    helps("C hurts B by 29", 0, 0);
    // What adds up counts, and once.
    helps("C hurts B by 15\n C hurts B by 15", 0, 1);
    helps("C hurts B by 40\n C hurts B by 40", 0, 1);
    // The kill is a tick after the wait.
    helps("C hurts B by 30", 299, 1);
    helps("C hurts B by 30", 300, 0);
    helps("C hurts B by 15\n tick 200\n C hurts B by 15", 200, 0);
    // The killer and the victim are no helpers of theirs.
    helps("A hurts B by 50\n B hurts B by 50", 0, 0);
}

#[test]
fn the_streaks_of_the_rules_are_announced_and_no_others() {
    let announced = |rule: &str, then: &str| -> Vec<u16> {
        let kill = "A kills B\n tick 10\n";
        let stage = play(&format!(
            "{rule}
             rule craft.respawn_s 0.1
             join A
             join B
             live
             {}
             B kills A
             tick 10
             {}
             {then}",
            kill.repeat(6),
            kill.repeat(2)
        ));
        let told = stage.events.iter().filter_map(|event| match event {
            MatchEvent::Streak { kills, .. } => Some(*kills),
            _ => None,
        });
        told.collect()
    };
    let heard = "expect B hears streak";
    assert_eq!(announced("", heard), [3, 5]);
    let rule = "rule flow.streaks [2,4,6]";
    assert_eq!(announced(rule, heard), [2, 4, 6, 2]);
    assert_eq!(announced("rule flow.streaks []", ""), [0; 0]);
}

#[test]
fn everybody_who_did_enough_has_helped() {
    play(
        "rule craft.health 200
         join A
         join B
         join C
         join D
         live
         C hurts B by 30
         D hurts B by 30
         A hurts B by 30
         A kills B
         expect C assists 1
         expect D assists 1
         expect A assists 0",
    );
}

#[test]
fn many_small_hits_dont_make_a_large_one_forgotten() {
    let helped = |hits: &str, seventeen: &str| {
        play(&format!(
            "rule craft.health 200
             join A
             join B
             join C
             join D
             live
             {hits}
             {}
             A kills B
             expect kill A with pulse helped by C",
            format!("{seventeen} hurts B by 1\n").repeat(17)
        ));
    };
    helped("C hurts B by 30", "A");
    helped("C hurts B by 10\n C hurts B by 10\n C hurts B by 10", "D");
    // The helper's own, too: each counts.
    helped("C hurts B by 13", "C");
}

#[test]
fn a_new_life_has_no_wounds() {
    play(
        "rule craft.health 200
         rule craft.respawn_s 0.1
         join A
         join B
         join C
         live
         C hurts B by 50
         A kills B
         tick 20
         A kills B
         expect A kills 2
         expect C assists 1",
    );
}

#[test]
fn who_takes_a_free_place_has_hurt_nobody() {
    play(
        "rule craft.health 200
         join A
         join B
         join C
         live
         C hurts B by 50
         C leaves
         join D
         A kills B
         expect A kills 1
         expect D assists 0",
    );
}

#[test]
fn who_takes_a_place_in_the_tick_in_which_it_is_free_has_done_nothing() {
    play(
        "rule craft.health 200
         rule craft.respawn_s 10
         join A
         join B
         join C
         join D
         live
         put A at 3,6
         put B at 12,6
         put C at 9,6
         put D at 20,2
         C kills D
         expect D looks at C
         C hurts B by 50
         C aims at B
         C presses fire
         tick 1
         E replaces C
         put E at 20,10
         tick 60
         expect D looks at nobody
         expect B health 150
         A kills B
         expect E assists 0
         expect E score 0",
    );
}

/// A picture is round the killer while that lives; what is told of the same tick, too.
#[test]
fn who_dies_with_their_killer_hears_where_they_were_hit() {
    play(
        "rule craft.respawn_s 10
         join A
         join B
         join C
         live
         put A at 2,3
         put B at 23,3
         put C at 2,9
         tick 3
         A and B kill each other
         expect A dead
         expect B dead
         within 4 expect B hears hit at 23,3
         within 4 expect A hears hit at 2,3",
    );
}

/// Whoever was killed looks at their killer, not at whoever has the place by then.
#[test]
fn who_takes_a_free_place_has_killed_nobody() {
    play(
        "rule craft.respawn_s 10
         join A
         join B
         join C
         live
         C kills B
         expect B looks at C
         C leaves
         join D
         tick 3
         expect B looks at nobody",
    );
}

/// Six who play, A with two kills.
fn two_kills(script: &str) {
    play(&format!(
        "rule flow.players_min 6
         rule craft.respawn_s 0.5
         join A
         join B
         join C
         join D
         join E
         join F
         live
         A kills B
         A kills C
         expect no event streak
         {script}"
    ));
}

#[test]
fn three_kills_in_one_life_are_announced_and_two_or_four_are_not() {
    two_kills(
        "A kills D
         expect event streak A 3
         tick 4
         expect A hears streak A 3
         expect E hears streak A 3
         forget
         A kills E
         expect no event streak
         A kills F
         expect event streak A 5
         tick 4
         expect B hears streak A 5",
    );
}

#[test]
fn a_death_begins_the_count_anew() {
    two_kills(
        "F kills A
         within 60 expect A alive
         A kills D
         A kills E
         expect no event streak
         A kills F
         expect event streak A 3
         expect no event streak A 5",
    );
}
