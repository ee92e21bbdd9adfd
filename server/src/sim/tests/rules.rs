//! The rules of the modes, each shown by a script.

use fracas_protocol::Mode;

use super::super::{MapLacks, Match};
use super::script::play;
use super::{hall, match_config, short_rules};

/// Two a side, in the middle of a match; `rules` go first.
fn two_a_side(mode: &str, rules: &str, script: &str) {
    play(&format!(
        "mode {mode}
         {rules}
         stand blue at 2.5,6.5
         stand orange at 23.5,6.5
         zone 10,4 to 14,8
         zone 2,9 to 4,11
         join A blue at 3,3
         join B orange at 20,3
         join C blue at 3,9
         join D orange at 20,9
         live
         put A at 4,3
         put B at 20,3
         put C at 6,9
         put D at 20,9
         forget
         {script}"
    ));
}

#[test]
fn sides_are_filled_where_fewer_are() {
    play(
        "mode tdm
         rule flow.players_min 9
         join A blue at 3,3
         join B orange at 9,3
         join C blue at 3,9
         join D orange at 9,9
         ; Blue loses one: the next goes there, and nobody is moved.
         A leaves
         join E blue at 3,3
         expect B team orange
         expect C team blue",
    );
}

#[test]
fn when_somebody_leaves_a_match_nobody_is_moved_but_newcomers_fill_up() {
    two_a_side(
        "tdm",
        "",
        "A leaves
         C leaves
         tick 5
         expect B team orange
         expect D team orange
         join E blue at 3,3
         join F blue at 3,3",
    );
}

#[test]
fn sides_are_dealt_by_what_everybody_did_in_the_match_before() {
    play(
        "mode tdm
         rule flow.players_min 4
         join A
         A was worth 2
         join B
         B was worth 9
         join C
         C was worth 7
         join D
         D was worth 1
         live
         ; Best first: B to one side, C and A to the other, D to the first.
         expect B team blue
         expect C team orange
         expect A team orange
         expect D team blue",
    );
}

#[test]
fn whoever_comes_back_into_their_craft_is_on_the_same_side() {
    two_a_side(
        "tdm",
        "",
        "A kills B
         B drops line
         tick 60
         B comes back
         tick 4
         expect B team orange
         expect A team blue
         expect B deaths 1",
    );
}

#[test]
fn in_a_free_for_all_nobody_has_a_side() {
    play(
        "join A
         join B
         live
         expect no A team blue
         expect no A team orange
         A kills B
         expect A score 1",
    );
}

#[test]
fn each_side_appears_at_its_own_spawns() {
    play(
        "mode tdm
         spawn blue at 3.5,3.5
         spawn orange at 20.5,8.5
         rule craft.respawn_s 0.1
         join A
         join B
         live
         expect A at 3.5,3.5
         expect B at 20.5,8.5
         put B at 4,4
         A kills B
         within 20 expect B alive
         expect B at 20.5,8.5",
    );
}

#[test]
fn kills_of_a_side_are_counted_and_enough_of_them_win() {
    two_a_side(
        "tdm",
        "rule flow.score_to_win 3
         rule flow.bounty 0
         rule craft.respawn_s 0.1",
        "A kills B
         expect teams 1 0
         C kills D
         tick 2
         expect D hears kill
         expect teams 2 0
         tick 10
         D kills D
         expect teams 2 -1
         A kills B
         expect teams 3 -1
         within 2 expect phase results
         expect winner blue
         expect award most_kills A
         within 4 expect A hears result",
    );
}

#[test]
fn shots_and_beams_pass_through_mates_and_hurt_the_others() {
    two_a_side(
        "tdm",
        "rule craft.special \"rail\"",
        "put A at 5,5
         put C at 8,5
         put B at 11,5
         put D at 20,11
         A aims at B
         A presses fire
         tick 6
         A lets go
         within 60 expect no B health 100
         expect C health 100
         A presses special
         tick 40
         A lets go
         tick 2
         expect C health 100
         expect no B health 88",
    );
}

#[test]
fn the_leader_wears_the_crown_and_is_worth_one_more() {
    play(
        "rule craft.respawn_s 0.1
         join A
         join B
         join C
         live
         expect crown nobody
         A kills B
         expect crown A
         tick 10
         B kills A
         ; One, and one more for the crown; which is theirs now.
         expect B score 2
         expect crown B
         tick 10
         C kills A
         expect C score 1
         C kills B
         expect C score 3
         expect crown C",
    );
}

#[test]
fn the_bounty_on_the_leader_and_who_helped_are_told() {
    play(
        "rule craft.respawn_s 0.1
         rule flow.bounty 3
         join A
         join B
         join C
         live
         A kills B
         expect kill A with pulse bounty 0
         expect kill A with pulse helped by nobody
         expect event crown A
         tick 10
         ; Thirty within five seconds is help.
         C hurts A by 30
         B kills A off a wall
         expect B score 4
         expect C assists 1
         expect kill B with pulse bounty 3
         expect kill B with pulse helped by C
         expect kill B with pulse bounces 1
         expect event crown B
         tick 2
         expect A hears bounty 3
         expect C hears bounty 3
         ; What a craft does to itself earns nothing, and the crown stays where it is as long as somebody is ahead.
         forget
         tick 10
         B kills B
         expect B score 3
         expect kill B with pulse bounty 0
         expect no event crown
         ; With nobody ahead nobody wears it.
         A kills C
         tick 10
         A kills C
         tick 10
         expect event crown nobody
         expect kill A with pulse bounty 0
         expect crown nobody",
    );
}

#[test]
fn on_a_tie_the_next_kill_that_breaks_it_ends_the_match() {
    let script = |mode: &str| {
        format!(
            "mode {mode}
             rule flow.time_limit_s 1.0
             rule craft.respawn_s 0.1
             rule flow.bounty 0
             join A
             join B
             live
             A kills B
             tick 10
             B kills A
             within 60 expect phase overtime
             tick 30
             expect phase overtime
             A kills B
             within 1 expect phase results
             expect A score 2"
        )
    };
    play(&script("ffa")).run("expect winner A");
    play(&script("tdm")).run("expect winner blue");
}

/// A and B have two each and lead, C and D none; then time is up.
fn two_are_tied(script: &str) {
    play(&format!(
        "rule flow.time_limit_s 2.0
         rule craft.respawn_s 0.1
         rule flow.bounty 0
         join A
         join B
         join C
         join D
         live
         A kills D
         tick 10
         B kills D
         tick 10
         A kills D
         tick 10
         B kills D
         within 120 expect phase overtime
         tick 10
         {script}"
    ));
}

#[test]
fn on_a_tie_of_two_what_a_third_one_does_decides_nothing() {
    two_are_tied(
        "C kills D
         tick 10
         expect phase overtime
         C kills A
         tick 10
         ; Three are tied now.
         expect C score 2
         expect phase overtime
         C kills B
         within 1 expect phase results
         expect winner C",
    );
}

#[test]
fn on_a_tie_of_two_whoever_of_them_scores_wins_at_once() {
    two_are_tied(
        "B kills D
         within 1 expect phase results
         expect winner B",
    );
}

#[test]
fn on_a_tie_of_two_whoever_destroys_their_own_craft_loses() {
    two_are_tied(
        "A kills A
         within 1 expect phase results
         expect A score 1
         expect winner B",
    );
}

#[test]
fn on_a_tie_of_sides_a_mate_destroyed_by_their_own_shot_decides() {
    two_a_side(
        "tdm",
        "rule flow.time_limit_s 1.0",
        "within 60 expect phase overtime
         tick 30
         expect phase overtime
         C kills C
         within 1 expect phase results
         expect winner orange",
    );
}

#[test]
fn on_a_tie_of_flags_a_kill_or_a_return_decides_nothing_and_after_a_while_it_is_a_draw() {
    two_a_side(
        "ctf",
        "rule flow.time_limit_s 1.0
         rule flow.overtime_s_max 2.0",
        "within 60 expect phase overtime
         A kills B
         put C at 23,6.5
         tick 2
         expect flag orange carried C
         D kills C
         put D at 23,6.5
         tick 2
         expect flag orange home
         expect phase overtime
         tick 110
         expect phase overtime
         within 15 expect phase results
         expect winner nobody",
    );
}

#[test]
fn a_zone_that_nobody_takes_in_overtime_is_a_draw() {
    two_a_side(
        "control",
        "rule flow.time_limit_s 1.0
         rule flow.overtime_s_max 1.0
         rule control.capture_s 0.3",
        "within 60 expect phase overtime
         put A at 12,6
         put B at 11,5
         tick 55
         expect zone contested
         expect phase overtime
         within 10 expect phase results
         expect winner nobody",
    );
}

#[test]
fn overtime_without_a_limit_goes_on_until_somebody_leads() {
    play(
        "rule flow.time_limit_s 1.0
         rule flow.overtime_s_max 0
         join A
         join B
         live
         within 60 expect phase overtime
         tick 12000
         expect phase overtime
         B kills A
         within 1 expect phase results
         expect winner B",
    );
}

#[test]
fn overtime_is_not_for_ever() {
    play(
        "rule flow.time_limit_s 1.0
         rule flow.overtime_s_max 1.0
         join A
         join B
         live
         within 60 expect phase overtime
         tick 58
         expect phase overtime
         within 4 expect phase results
         expect winner nobody",
    );
}

#[test]
fn a_massive_match_ends_with_its_time_and_a_tie_is_shared() {
    play(
        "mode massive
         rule flow.time_limit_s 1.0
         rule flow.score_to_win 1
         join A
         join B
         live
         A kills B
         tick 2
         expect phase live
         within 60 expect phase results
         expect winner A",
    );
    play(
        "mode massive
         rule massive.teams true
         rule flow.time_limit_s 1.0
         join A
         join B
         live
         expect A team blue
         expect B team orange
         within 62 expect phase results
         expect winner nobody",
    );
}

#[test]
fn a_flag_is_taken_carried_home_and_captured() {
    two_a_side(
        "ctf",
        "rule flow.score_to_win 2",
        "expect flag blue home
         put A at 23,6.5
         tick 1
         expect flag orange carried A
         tick 2
         expect D hears flag_taken
         put A at 12,3
         tick 30
         expect flag orange carried A
         put A at 3,6.5
         tick 1
         expect flag orange home
         expect teams 1 0
         expect A score 5
         expect A objective 5
         expect event flag_captured
         expect phase live
         put A at 23,6.5
         tick 1
         put A at 3,6.5
         tick 1
         within 1 expect phase results
         expect winner blue
         expect award most_objective_points A",
    );
}

#[test]
fn nobody_takes_their_own_flag_from_its_stand() {
    two_a_side(
        "ctf",
        "",
        "put A at 2.5,6.5
         tick 5
         expect flag blue home",
    );
}

#[test]
fn a_flag_is_dropped_where_its_carrier_dies_and_goes_home_by_itself() {
    two_a_side(
        "ctf",
        "rule ctf.flag_return_s 2.0",
        "put A at 23,6.5
         tick 1
         put A at 12,3
         tick 2
         B kills A
         expect flag orange dropped at 12,3
         expect event flag_dropped
         tick 115
         expect flag orange dropped
         within 6 expect flag orange home
         expect event flag_returned",
    );
}

#[test]
fn a_flag_is_dropped_when_its_carrier_leaves_and_whoever_gets_the_place_has_none() {
    two_a_side(
        "ctf",
        "",
        "put A at 23,6.5
         tick 1
         put A at 12,3
         tick 1
         A leaves
         expect flag orange dropped at 12,3
         join E blue at 3,3
         expect flag orange dropped at 12,3",
    );
}

#[test]
fn while_results_are_shown_whoever_gets_a_free_place_has_neither_crown_nor_flag() {
    play(
        "rule flow.score_to_win 1
         join A
         join B
         live
         A kills B
         within 1 expect phase results
         expect crown A
         forget
         A leaves
         expect event crown nobody
         join D
         expect phase results
         expect crown nobody",
    );
    two_a_side(
        "ctf",
        "rule flow.time_limit_s 1.0",
        "put A at 23,6.5
         tick 1
         put A at 3,6.5
         tick 1
         expect teams 1 0
         put A at 23,6.5
         tick 1
         put A at 12,3
         within 60 expect phase results
         expect flag orange carried A
         A leaves
         expect flag orange dropped at 12,3
         join E blue at 3,3
         expect flag orange dropped at 12,3",
    );
}

#[test]
fn when_the_leader_leaves_the_crown_passes_on() {
    play(
        "rule flow.players_min 2
         rule craft.respawn_s 0.1
         join A
         join B
         join C
         live
         A kills B
         forget
         A leaves
         expect event crown nobody
         join D
         expect crown nobody
         tick 10
         C kills B
         expect crown C",
    );
}

#[test]
fn a_dropped_flag_is_sent_home_by_its_own_and_taken_on_by_the_others() {
    two_a_side(
        "ctf",
        "",
        "put A at 23,6.5
         tick 1
         put A at 12,3
         tick 1
         B kills A
         put C at 12,3
         tick 1
         expect flag orange carried C
         D kills C
         put B at 12,3
         tick 1
         expect flag orange home
         expect B objective 1",
    );
}

#[test]
fn nothing_is_captured_while_the_own_flag_is_away() {
    two_a_side(
        "ctf",
        "",
        "put A at 23,6.5
         put B at 3,6.5
         tick 1
         expect flag orange carried A
         expect flag blue carried B
         put A at 3,6.5
         put B at 12,11
         tick 10
         expect flag orange carried A
         expect teams 0 0
         A kills B
         put C at 12,11
         tick 2
         expect flag blue home
         expect teams 1 0",
    );
}

#[test]
fn on_a_tie_the_next_capture_decides() {
    two_a_side(
        "ctf",
        "rule flow.time_limit_s 1.0",
        "within 60 expect phase overtime
         A kills B
         tick 10
         expect phase overtime
         put D at 3,6.5
         tick 1
         put D at 23,6.5
         tick 1
         within 1 expect phase results
         expect winner orange",
    );
}

#[test]
fn a_zone_is_taken_by_whoever_is_alone_in_it_and_gives_points_while_they_are() {
    two_a_side(
        "control",
        "rule control.capture_s 1.0
         rule control.points_per_s 2.0",
        "expect zone free
         put A at 12,6
         tick 1
         expect zone taken by blue
         tick 57
         expect zone free
         within 4 expect zone held blue
         expect event zone_taken
         within 32 expect teams 1 0
         expect A objective 1
         expect C objective 0
         within 31 expect teams 2 0
         ; Nobody there: it stays theirs, and gives nothing.
         put A at 4,3
         tick 90
         expect zone held blue
         expect teams 2 0",
    );
}

#[test]
fn a_zone_both_are_in_is_nobodys_gain() {
    two_a_side(
        "control",
        "rule control.capture_s 0.5
         rule control.points_per_s 10.0",
        "put A at 12,6
         put B at 11,5
         tick 1
         expect zone contested
         tick 120
         expect zone free
         expect teams 0 0
         ; One leaves: the other begins anew.
         put B at 20,3
         tick 2
         expect no zone contested
         expect zone free
         within 40 expect zone held blue
         put A at 4,3
         put B at 12,6
         within 40 expect zone held orange",
    );
}

#[test]
fn the_zone_moves_on_in_turn_and_is_nobodys_then() {
    two_a_side(
        "control",
        "rule control.zone_moves_s 5.0
         rule control.capture_s 0.5",
        "put A at 12,6
         within 40 expect zone held blue
         expect zone index 0
         within 300 expect zone index 1
         expect event zone_moved
         expect zone free
         put D at 3,10
         within 40 expect zone held orange
         within 300 expect zone index 0",
    );
}

#[test]
fn in_overtime_whoever_takes_the_zone_has_won() {
    two_a_side(
        "control",
        "rule flow.time_limit_s 1.0
         rule control.capture_s 0.3
         rule control.points_per_s 0.1",
        "put A at 12,6
         within 40 expect zone held blue
         expect teams 0 0
         within 60 expect phase overtime
         ; It was theirs, but has to be taken once more; the others are faster.
         put A at 4,3
         put B at 12,6
         within 30 expect phase results
         expect winner orange",
    );
}

#[test]
fn awards_go_to_whoever_did_best() {
    play(
        "rule flow.time_limit_s 10.0
         rule flow.bounty 0
         rule craft.respawn_s 0.1
         join A
         join B
         join C
         live
         A kills B
         tick 10
         A kills B
         tick 10
         B kills C off a wall
         tick 200
         C kills A
         tick 10
         A kills B
         within 700 expect phase results
         expect award most_kills A
         expect award best_streak A
         expect award most_bank_shots B
         expect award survivor C",
    );
}

#[test]
fn a_map_without_what_the_mode_needs_is_refused_with_its_name() {
    let start = |mode| {
        let mut config = match_config(&hall(), 1, short_rules());
        config.mode = mode;
        Match::new(config).map(|_| ())
    };
    let refused = |mode, needs| Err(MapLacks { mode, needs });
    assert_eq!(
        start(Mode::Ctf),
        refused(Mode::Ctf, "a flag stand for each team")
    );
    assert_eq!(
        start(Mode::Control),
        refused(Mode::Control, "a control zone")
    );
    assert_eq!(start(Mode::Tdm), Ok(()));
    assert_eq!(
        start(Mode::Ctf).unwrap_err().to_string(),
        "mode ctf needs a flag stand for each team, and the map has none; choose another map or another mode"
    );
}
