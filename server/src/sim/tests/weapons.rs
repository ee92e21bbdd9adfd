//! Weapons, pickups, dash and deflect: the rules of the game as scripts.

use super::script::{Stage, play};

#[test]
fn a_bank_shot_does_half_as_much_again_and_the_second_bounce_twice_as_much() {
    play(
        "join A at 5,5
         join B at 9,5
         live
         put A at 5,5
         put B at 9,5
         A aims at 7,1
         A presses fire
         tick 1
         A lets go
         within 60 expect B health 82",
    );
    play(
        "join A at 5,3
         join B at 20,8
         live
         put A at 5,3
         put B at 20,8
         A aims at 5,1
         A presses fire
         tick 1
         A lets go
         tick 1
         put A at 12,3
         tick 42
         put B at 5,8
         within 40 expect B health 76",
    );
}

#[test]
fn nobody_is_hurt_by_their_own_shot_until_it_has_bounced() {
    play(
        "join A at 5,3
         join B at 20,8
         live
         put A at 5,3
         put B at 20,8
         A aims at 5,1
         A presses fire
         tick 1
         A lets go
         tick 4
         expect A health 100
         within 30 expect A health 82",
    );
}

#[test]
fn all_pellets_of_a_scatter_hit_who_stands_before_it_and_few_who_stands_far() {
    let shots = |distance: &str, rest: &str| {
        play(&format!(
            "rule weapons.scatter.damage 9
             rule weapons.scatter.ammo 10
             join A at 5,5
             join B at {distance},5
             live
             put A at 5,5
             put B at {distance},5
             arm A with scatter
             A aims at B
             A presses special
             tick 1
             A lets go
             expect A ammo 9
             {rest}"
        ));
    };
    shots("6.3", "within 20 expect B health 37");
    shots(
        "12",
        "tick 40\n expect no B health 37\n expect no B health 100",
    );
}

#[test]
fn a_lobbed_shot_bursts_on_contact_and_hurts_the_less_the_farther() {
    play(
        "rule craft.health 200
         join A at 3,5
         join B at 8,5
         join C at 9.5,5
         join D at 14,5
         live
         put A at 3,5
         put B at 8,5
         put C at 9.5,5
         put D at 14,5
         arm A with lobber
         A aims at B
         A presses special
         tick 1
         A lets go
         within 60 expect no B health 200
         expect no C health 200
         expect no C health 120
         expect D health 200
         expect A health 200",
    );
}

/// Where a shot that is lobbed from the left along the fifth row bursts when its time is over, with a wall below or without.
fn lobbed_over(wall: &str, rest: &str) {
    let map = format!(
        "\
##########################
#........................#
#........................#
#S......................S#
#........................#
#...............{wall}...#
#........................#
##########################
"
    );
    Stage::on(&map).run(&format!(
        "rule craft.health 200
         join A at 3,4.5
         join B at 3,1.5
         live
         put A at 3,4.5
         put B at 3,1.5
         arm A with lobber
         A aims at 24,4.5
         A presses special
         tick 1
         A lets go
         tick 70
         {rest}"
    ));
}

#[test]
fn a_lobbed_shot_bursts_when_its_time_is_over_and_behind_a_wall_it_hurts_nobody() {
    let (wall, floor) = ("######", "......");
    lobbed_over(
        floor,
        "put B at 18.8,6.5
         within 40 expect no B health 200
         expect B alive
         expect A health 200",
    );
    lobbed_over(
        wall,
        "put B at 18.8,6.5
         tick 40
         expect B health 200",
    );
    // On this side of the wall it does hurt.
    lobbed_over(
        wall,
        "put B at 18.8,2.5
         within 40 expect no B health 200",
    );
}

#[test]
fn a_burst_hurts_its_owner_too() {
    lobbed_over(
        "......",
        "put A at 18.8,6.5
         within 40 expect no A health 200
         expect A alive
         expect B health 200",
    );
}

#[test]
fn nobody_is_hurt_by_their_own_scatter_until_it_has_bounced() {
    play(
        "rule weapons.scatter.damage 9
         join A at 5,3
         join B at 20,8
         live
         put A at 5,3
         put B at 20,8
         arm A with scatter
         A aims at 5,1
         A presses special
         tick 1
         A lets go
         tick 4
         expect A health 100
         within 30 expect no A health 100",
    );
}

/// A shot meets others where its shooter saw them. By then a dash may have taken them out of the burst.
#[test]
fn whom_a_lobbed_shot_meets_it_hurts_in_full_wherever_they_are_by_now() {
    play(
        "rule craft.health 200
         rule weapons.lobber.damage 80
         join A at 5,3
         join B at 20,8
         join C at 20,3
         live
         A sees others 12 ticks ago
         tick 400
         put A at 5,3
         put B at 6,3
         put C at 6,4.5
         arm A with lobber
         A aims at B
         tick 20
         B holds down
         B presses dash
         tick 7
         A presses special
         tick 1
         A lets go
         B lets go
         within 4 expect B health 120
         ; Far outside of the burst.
         expect B at 6,7
         expect no C health 200
         expect no C health 120",
    );
}

#[test]
fn a_deflected_shot_is_its_new_owners_and_kills_its_old_one() {
    play(
        "rule craft.health 10
         join A at 5,5
         join B at 10,5
         live
         put A at 5,5
         put B at 10,5
         A aims at B
         B aims at A
         A presses fire
         tick 1
         A lets go
         tick 9
         B presses deflect
         tick 1
         expect B deflects
         within 40 expect A dead
         expect B alive
         expect kill B with pulse sent back
         expect event deflect
         expect A hears deflect
         expect B kills 1",
    );
}

#[test]
fn a_deflect_of_ones_own_shot_turns_it_but_takes_nothing_from_anybody() {
    play(
        "rule craft.health 10
         rule flow.score_to_win 1
         join A at 5,5
         join B at 5,8
         live
         put A at 5,5
         put B at 9,5
         A aims at 5,1
         A presses fire
         tick 1
         A lets go
         tick 12
         A presses deflect
         within 12 expect A hears deflect
         A lets go
         expect A alive
         expect no event deflect
         put B at 5,2
         within 20 expect B dead
         tick 2
         expect kill A with pulse not sent back
         expect award most_bank_shots A
         expect no award most_deflects A",
    );
}

#[test]
fn a_deflect_covers_the_arc_that_is_aimed_at_and_nothing_behind() {
    play(
        "join A at 5,5
         join B at 10,5
         live
         put A at 5,5
         put B at 10,5
         A aims at B
         B aims at 20,5
         A presses fire
         tick 1
         A lets go
         tick 9
         B presses deflect
         tick 1
         within 40 expect B health 88
         expect no event deflect",
    );
}

#[test]
fn a_deflect_holds_a_quarter_of_a_second_and_comes_back_after_three() {
    play(
        "join A at 5,5
         join B at 20,10
         live
         put A at 5,5
         A presses deflect
         tick 15
         expect A deflects
         tick 1
         expect no A deflects
         tick 160
         expect no A deflects
         within 5 expect A deflects",
    );
}

#[test]
fn a_dash_is_four_tiles_and_two_of_them_come_back_one_after_the_other() {
    play(
        "join A at 5,5
         join B at 20,10
         live
         put A at 5,5
         A holds right
         A presses dash
         tick 9
         A lets go
         expect A at 9,5
         expect A dashes 1
         tick 60
         put A at 5,5
         A aims at 5,20
         A presses dash
         tick 1
         A lets go
         tick 8
         expect A at 5,9
         expect A dashes 0
         within 200 expect A dashes 1
         within 160 expect A dashes 2",
    );
}

#[test]
fn overcharge_doubles_what_is_fired_and_a_shield_takes_it_first() {
    play(
        "join A at 5,5
         join B at 8,5
         live
         put A at 5,5
         put B at 8,5
         give A overcharge
         give B shield
         A aims at B
         A presses fire
         tick 1
         A lets go
         within 30 expect B shield 26
         expect B health 100",
    );
}

#[test]
fn with_haste_a_craft_flies_a_third_faster() {
    play(
        "join A at 2,5
         join B at 20,10
         live
         put A at 2,5
         give A haste
         A holds right
         tick 70
         expect A at 12.5,5",
    );
}

const PADS: &str = "\
=1 health
=2 rail
##########################
#........................#
#........................#
#S...1.......2..........S#
#........................#
#........................#
#........................#
##########################
";

#[test]
fn what_lies_on_a_pad_is_taken_when_it_is_of_use_and_comes_back() {
    Stage::on(PADS).run(
        "rule pickups.health.comes_back_s 1
         join A at 3,6
         join B at 20,6
         live
         put A at 5.5,3.5
         tick 2
         expect A knows empty 0
         ; not hurt: it stays
         put A at 3,6
         put B at 8,6
         B aims at A
         B presses fire
         tick 1
         B lets go
         within 30 expect A health 88
         put A at 5.5,3.5
         within 3 expect A health 100
         expect event pickup
         expect A hears pickup
         within 4 expect A knows empty 1
         within 4 expect B knows empty 1
         tick 62
         expect A knows empty 0",
    );
}

#[test]
fn however_many_stand_nearer_to_a_pad_what_is_of_use_to_one_alone_is_theirs() {
    Stage::on(PADS).run(
        "join A at 3,6
         join B at 20,6
         join C at 20,6
         join D at 20,6
         join E at 20,6
         live
         put A at 5.5,3.5
         put B at 5.6,3.5
         put C at 5.5,3.6
         put D at 5.4,3.5
         A hurts E by 30
         put E at 5.5,4
         expect E health 70
         within 2 expect E health 100
         expect event pickup",
    );
}

#[test]
fn a_picked_up_weapon_has_its_ammo_and_is_gone_with_it_and_with_its_life() {
    Stage::on(PADS).run(
        "rule weapons.rail.ammo 1
         join A at 3,6
         join B at 20,6
         live
         expect A unarmed
         put A at 13.5,3.5
         within 2 expect A armed with rail
         A aims at 13.5,1
         A presses special
         tick 22
         A lets go
         expect A unarmed
         within 4 expect A hears beam
         arm A with rail
         B kills A
         expect A unarmed",
    );
}

#[test]
fn a_new_weapon_is_only_an_entry() {
    let lance = "{ name = \"lance\", kind = \"beam\", rate_per_s = 2.0, charge_s = 0.0, pellets = 1, \
                 spread_degrees = 0.0, shot_speed_tiles_per_s = 20.0, shot_life_s = 1.0, \
                 shot_radius_tiles = 0.1, range_tiles = 6.0, damage = 33, bounces = 0, \
                 bounce_bonus = 0.0, burst_radius_tiles = 0.0, ammo = 3 }";
    let pad = "{ name = \"lance\", effect = \"weapon\", amount = 0, lasts_s = 0.0, weapon = \"lance\", \
               comes_back_s = 5.0 }";
    let map = PADS.replace("=2 rail", "=2 lance");
    let stage = Stage::on(&map).with_rules(&format!("weapons = [{lance}]\npickups = [{pad}]"));
    stage.run(
        "rule craft.health 30
         join A at 3,6
         join B at 20,6
         live
         put A at 13.5,3.5
         within 2 expect A armed with lance
         put B at 17,3.5
         A aims at B
         A presses special
         tick 1
         A lets go
         expect A ammo 2
         expect B dead
         expect kill A with lance bounces 0",
    );
}
