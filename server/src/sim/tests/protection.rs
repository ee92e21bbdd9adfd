//! A craft that has just appeared: nothing hurts it until its time is over, or until it fires.

use super::script::play;

#[test]
fn every_life_begins_with_a_second_and_a_half_in_which_nothing_hurts() {
    play(
        "rule craft.spawn_protection_s 1.5
         rule craft.respawn_s 1
         join A
         join B
         live
         expect B protected
         tick 89
         expect B protected
         tick 1
         expect no B protected
         A kills B
         within 90 expect B alive
         expect B protected
         tick 89
         expect B protected
         tick 1
         expect no B protected",
    );
}

#[test]
fn what_is_fired_at_a_protected_craft_does_nothing_to_it() {
    for (armed, button) in [
        ("", "fire"),
        ("arm A with scatter", "special"),
        ("arm A with rail", "special"),
        ("arm A with lobber", "special"),
    ] {
        play(&format!(
            "rule craft.health 200
             rule craft.spawn_protection_s 5
             join A
             join B
             live
             put A at 5,5
             put B at 9,5
             {armed}
             A aims at B
             A presses {button}
             tick 25
             A lets go
             tick 100
             expect no A protected
             expect B health 200
             ; The same once its time is over.
             tick 175
             A presses {button}
             tick 25
             A lets go
             within 60 expect no B health 200"
        ));
    }
}

#[test]
fn a_burst_beside_a_protected_craft_does_nothing_to_it() {
    play(
        "rule craft.health 200
         rule craft.spawn_protection_s 5
         rule weapons.pulse.bounces 0
         join A
         join B
         join C
         live
         put A at 3,5
         put B at 8,5
         put C at 9.5,5
         arm A with lobber
         ; Who has fired can be met.
         B aims at 8,12
         B presses fire
         tick 1
         B lets go
         A aims at B
         A presses special
         tick 1
         A lets go
         within 60 expect no B health 200
         expect C protected
         expect C health 200
         ; The same once its time is over.
         tick 300
         A presses special
         tick 1
         A lets go
         within 60 expect no C health 200",
    );
}

#[test]
fn protection_ends_with_the_first_shot_and_with_nothing_else_one_does() {
    play(
        "rule craft.spawn_protection_s 10
         join A
         join B
         live
         put A at 5,5
         put B at 9,5
         B holds up
         B presses dash+deflect
         tick 4
         B lets go
         expect B protected
         tick 30
         put B at 9,5
         B aims at 9,12
         A aims at B
         A presses fire
         tick 1
         A lets go
         expect no A protected
         tick 30
         expect B health 100
         expect B protected
         B presses fire
         tick 1
         B lets go
         expect no B protected
         A presses fire
         tick 1
         A lets go
         within 30 expect B health 88",
    );
}

#[test]
fn who_charges_is_protected_until_the_weapon_fires() {
    play(
        "rule craft.spawn_protection_s 10
         rule weapons.rail.charge_s 0.35
         join A
         join B
         live
         arm A with rail
         A presses special
         tick 20
         expect A protected
         expect A ammo 6
         tick 5
         expect A ammo 5
         expect no A protected",
    );
}
