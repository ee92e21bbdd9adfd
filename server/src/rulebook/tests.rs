use super::*;

fn table(text: &str) -> Table {
    text.parse().unwrap()
}

fn refusal(changes: &str) -> String {
    changed(Mode::Ffa, [&table(changes)])
        .expect_err(changes)
        .to_string()
}

#[test]
fn every_mode_has_a_file_with_every_key() {
    for mode in Mode::ALL {
        of_mode(*mode).validate().unwrap();
    }
    assert_eq!(of_mode(Mode::Ffa), Rules::default());
    assert_eq!(of_mode(Mode::Massive).flow.time_limit_s, 600.0);
}

#[test]
fn a_file_of_a_mode_that_lacks_a_key_or_has_one_too_many_is_none() {
    let ffa = Files::get("ffa.toml").unwrap();
    let ffa = str::from_utf8(&ffa.data).unwrap();
    assert!(read_page(ffa).is_ok());
    let says = |text: &str| read_page(text).err().expect(text).to_string();
    let missing = says(&ffa.replace("respawn_s = 2.5", ""));
    assert_eq!(missing, "`rules.craft.respawn_s` is missing");
    let missing = says(&ffa.replace("[hits]\nrewind_s_max", "[hits]\n# rewind_s_max"));
    assert_eq!(missing, "`rules.hits.rewind_s_max` is missing");
    let unknown = says(&format!("{ffa}\nlives = 3\n"));
    assert!(unknown.contains("lives"), "{unknown}");
}

#[test]
fn what_isnt_changed_is_the_modes_own() {
    let host = table("[flow]\nscore_to_win = 5\n[craft]\nhealth = 50");
    let room = table("[flow]\nscore_to_win = 7\ncountdown_s = 1");
    let rules = changed(Mode::Massive, [&host, &room]).unwrap();
    let mut expected = of_mode(Mode::Massive);
    (expected.craft.health, expected.flow.score_to_win) = (50, 7);
    expected.flow.countdown_s = 1.0;
    assert_eq!(rules, expected);
}

#[test]
fn what_is_wrong_is_named_with_its_value_and_what_is_allowed() {
    for (changes, says) in [
        (
            "craft.speed_tiles_per_s = 99",
            "rules.craft.speed_tiles_per_s = 99 is not allowed: 0.5 to 30",
        ),
        (
            "craft.health = 300",
            "rules.craft.health = 300 is not allowed: a whole number, 1 to 250",
        ),
        (
            "craft.health = -1",
            "rules.craft.health = -1 is not allowed: a whole number, 1 to 250",
        ),
        (
            "craft.health = \"full\"",
            "rules.craft.health = \"full\" is not allowed: a whole number, 1 to 250",
        ),
        (
            "craft.health = 255",
            "rules.craft.health = 255 is not allowed: 1 to 250",
        ),
        (
            "flow.assist_damage = 0",
            "rules.flow.assist_damage = 0 is not allowed: 1 to 1000",
        ),
        (
            "flow.score_to_win = 100000",
            "rules.flow.score_to_win = 100000 is not allowed: a whole number, 1 to 10000",
        ),
        (
            "craft.radius_tiles = \"wide\"",
            "rules.craft.radius_tiles = \"wide\" is not allowed: a number, 0.1 to 0.49",
        ),
        (
            "flow.streaks = [3, 5, 5]",
            "rules.flow.streaks = [3, 5, 5] is not allowed: 2 to 1000, each more than the one before, 8 at most",
        ),
        (
            "flow.streaks = [3, 70000]",
            "rules.flow.streaks[1] = 70000 is not allowed: a whole number, 2 to 1000, each more than the one before, 8 at most",
        ),
        (
            "flow.streaks = [3, 5, 8, 12, 20, \"many\"]",
            "rules.flow.streaks[5] = \"many\" is not allowed: a whole number, 2 to 1000, each more than the one before, 8 at most",
        ),
        (
            "flow.streaks = 5",
            "rules.flow.streaks = 5 is not allowed: a list of whole numbers, 2 to 1000, each more than the one before, 8 at most",
        ),
        (
            "flow.streaks = [2, 3, 4, 5, 6, 7, 8, 9, 10]",
            "rules.flow.streaks = 9 entries is not allowed: 2 to 1000, each more than the one before, 8 at most",
        ),
        ("pickups = 3", "rules.pickups = 3 is not allowed: a list"),
        (
            "craft.health = 300\nflow.results_s = \"long\"",
            "rules.craft.health = 300 is not allowed: a whole number, 1 to 250",
        ),
        (
            "weapons = [{name = \"rail\", bounces = 999}]",
            "rules.weapons[2].bounces = 999 is not allowed: a whole number, 0 to 15",
        ),
        (
            "craft = 3",
            "rules.craft = 3 is not allowed: a table of keys",
        ),
        (
            "craft.speed_tile_per_s = 9",
            "unknown key `rules.craft.speed_tile_per_s`; did you mean `rules.craft.speed_tiles_per_s`?",
        ),
        (
            "crafts.health = 9",
            "unknown key `rules.crafts`; did you mean `rules.craft`?",
        ),
    ] {
        assert_eq!(refusal(changes), says);
    }
}

#[test]
fn rules_that_dont_fit_a_room_are_refused() {
    let says = |change: &str, places, tick_hz| {
        let rules = changed(Mode::Ffa, [&table(change)]).unwrap();
        check_fit(&rules, places, tick_hz).map_err(|error| error.to_string())
    };
    let many = "flow.players_min = 9";
    assert_eq!(
        says(many, 4, 60).unwrap_err(),
        "rules.flow.players_min = 9 is not allowed: 1 to 4, as many as the room has places (max_players)"
    );
    assert_eq!(says(many, 9, 60), Ok(()));
    let long = "weapons = [{name = \"pulse\", shot_life_s = 4}]";
    assert_eq!(
        says(long, 4, 120).unwrap_err(),
        "rules.weapons.pulse.shot_life_s = 4 is not allowed: at most 2.125 with 120 ticks a second (tick_hz)"
    );
    assert_eq!(says(long, 4, 60), Ok(()));
    let beam = "weapons = [{name = \"rail\", shot_life_s = 4}]";
    assert_eq!(says(beam, 4, 120), Ok(()));
    for mode in Mode::ALL {
        check_fit(&of_mode(*mode), 2, 120).unwrap();
    }
}

#[test]
fn entries_of_a_list_are_merged_by_their_name() {
    let mut base = table(
        "weapons = [{name = \"pulse\", damage = 12, rate = 6.0}, {name = \"rail\", damage = 65, rate = 1.0}]",
    );
    let changes = table(
        "weapons = [{name = \"rail\", damage = 70}, {name = \"lance\", damage = 9, rate = 2.0}]",
    );
    merge(&mut base, &changes, ROOT).unwrap();
    let expected = table(
        "weapons = [{name = \"pulse\", damage = 12, rate = 6.0}, {name = \"rail\", damage = 70, rate = 1.0}, \
         {name = \"lance\", damage = 9, rate = 2.0}]",
    );
    assert_eq!(base, expected);
    for (changes, says) in [
        (
            "weapons = [{damage = 3}]",
            "`rules.weapons[0].name` is missing",
        ),
        (
            "weapons = [{name = \"rial\", damage = 3}]",
            "`rules.weapons.rial.rate` is missing",
        ),
        (
            "weapons = [{name = \"rail\", damages = 3}]",
            "unknown key `rules.weapons.rail.damages`; did you mean `rules.weapons.rail.damage`?",
        ),
        (
            "weapons = [{name = \"x\", damage = 3, rates = 1.0}]",
            "unknown key `rules.weapons.x.rates`; did you mean `rules.weapons.x.rate`?",
        ),
    ] {
        let error = merge(&mut base.clone(), &table(changes), ROOT).unwrap_err();
        assert_eq!(error.to_string(), says);
    }
}

#[test]
fn a_list_of_numbers_is_replaced() {
    let streaks = |changes: &str| {
        let rules = changed(Mode::Tdm, [&table(changes)]).unwrap();
        let printed = table(&to_toml(&rules));
        let read = changed(Mode::Tdm, [printed[ROOT].as_table().unwrap()]).unwrap();
        assert_eq!(read, rules);
        rules.flow.streaks
    };
    assert_eq!(streaks("flow.bounty = 2"), [3, 5, 8, 12]);
    assert_eq!(streaks("flow.streaks = [2, 1000]"), [2, 1000]);
    assert_eq!(streaks("flow.streaks = []"), [0; 0]);
}

#[test]
fn what_is_printed_is_read_back_as_it_is() {
    for mode in Mode::ALL {
        let text = to_toml(&of_mode(*mode));
        assert!(text.contains("radius_tiles = 0.45\n"), "{text}");
        let read = table(&text);
        let rules = read[ROOT].as_table().unwrap();
        assert_eq!(changed(*mode, [rules]).unwrap(), of_mode(*mode));
    }
    let lists = table("weapons = [{name = \"pulse\", damage = 12}]\nflow = {a = 1}");
    let mut text = String::new();
    write_table(ROOT, &lists, &mut text);
    assert_eq!(table(&text)[ROOT].as_table(), Some(&lists));
}

#[test]
fn a_free_for_all_is_played_by_the_defaults() {
    assert_eq!(of_mode(Mode::Ffa), Rules::default());
}
