use std::io::Write;

use super::*;

#[derive(Serialize, Default)]
struct Flags {
    #[serde(skip_serializing_if = "Option::is_none")]
    bots: Option<u16>,
}

fn load(toml: &str, env: &[(&str, &str)], flags: &Flags) -> Result<Config, ConfigError> {
    let path = std::env::temp_dir().join(format!(
        "fracas-config-{:?}.toml",
        std::thread::current().id()
    ));
    fs::File::create(&path)
        .unwrap()
        .write_all(toml.as_bytes())
        .unwrap();
    let env = env
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let config = Config::load(Some(&path), env, flags);
    fs::remove_file(path).unwrap();
    config
}

#[test]
fn nothing_given_is_the_default() {
    assert_eq!(load("", &[], &Flags::default()).unwrap(), Config::default());
}

#[test]
fn file_then_environment_then_flag() {
    let file = "bots = 1\ntick_hz = 30\nmax_players = 40\ndrain = \"2m\"";
    let env = [("FRACAS_BOTS", "2"), ("FRACAS_MAX_PLAYERS", "50")];
    let config = load(file, &env, &Flags { bots: Some(3) }).unwrap();
    assert_eq!(
        (config.bots, config.max_players, config.tick_hz),
        (3, 50, 30)
    );
    assert_eq!(config.drain, Duration::from_secs(120));
}

#[test]
fn an_unknown_key_names_the_nearest() {
    let error = load("max_player = 3", &[], &Flags::default())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("`max_player`") && error.contains("`max_players`"),
        "{error}"
    );
    let error = load("", &[("FRACAS_TICKHZ", "30")], &Flags::default())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("FRACAS_TICKHZ") && error.contains("`tick_hz`"),
        "{error}"
    );
}

#[test]
fn rules_are_a_table_of_the_file() {
    let rules = |file: &str| load(file, &[], &Flags::default());
    let file = "[rules.flow]\ntime_limit_s = 20\nstreaks = [2, 4]\n[rules.craft]\nhealth = 50";
    let config = rules(file).unwrap();
    let effective = config.effective_rules().unwrap();
    assert_eq!(
        (effective.flow.time_limit_s, effective.flow.score_to_win),
        (20.0, 25)
    );
    assert_eq!(effective.flow.streaks, [2, 4]);
    assert_eq!(effective.craft.health, 50);
    let massive = rules("mode = \"massive\"\n[rules.craft]\nhealth = 50").unwrap();
    let effective = massive.effective_rules().unwrap();
    assert_eq!(
        (effective.flow.time_limit_s, effective.craft.health),
        (600.0, 50),
        "a change leaves the rest of the mode as it is"
    );
    for (file, says) in [
        (
            "[rules.flow]\nkills_to_wim = 3",
            "did you mean `rules.flow.score_to_win`",
        ),
        ("[rule]", "did you mean `rules`"),
        (
            "[rules.flow]\nscore_to_win = 0",
            "rules.flow.score_to_win = 0 is not allowed: 1 to 10000",
        ),
        ("rules = 3", "rules"),
        (
            "max_players = 8\n[rules.flow]\nplayers_min = 9",
            "rules.flow.players_min = 9 is not allowed: 1 to 8",
        ),
        (
            "tick_hz = 120\n[[rules.weapons]]\nname = \"pulse\"\nshot_life_s = 4",
            "rules.weapons.pulse.shot_life_s = 4 is not allowed: at most 2.125",
        ),
    ] {
        let error = rules(file).unwrap_err().to_string();
        assert!(error.contains(says), "{file}: {error}");
    }
}

#[test]
fn rules_are_for_the_configured_mode_and_those_of_a_mode_for_that() {
    let file = "mode = \"tdm\"\n[rules.flow]\nscore_to_win = 25\n\
                [modes.tdm.flow]\nscore_to_win = 40\nresults_s = 5\n[modes.ctf.craft]\nhealth = 50";
    let config = load(file, &[], &Flags::default()).unwrap();
    let rules = |mode| rulebook::changed(mode, config.rules_of(mode)).unwrap();
    let flow = rules(Mode::Tdm).flow;
    assert_eq!((flow.score_to_win, flow.results_s), (25, 5.0));
    assert_eq!(config.effective_rules().unwrap(), rules(Mode::Tdm));
    let ctf = rules(Mode::Ctf);
    assert_eq!((ctf.flow.score_to_win, ctf.craft.health), (3, 50));
    assert_eq!(rules(Mode::Control), rulebook::of_mode(Mode::Control));
    for (file, says) in [
        ("[modes.chess.flow]", "chess"),
        ("[modes]\nctf = 3", "ctf must be tables of rules"),
        (
            "[modes.ctf.flow]\nscore_to_win = 0",
            "`modes`: ctf: rules.flow.score_to_win = 0 is not allowed: 1 to 10000",
        ),
        (
            "[modes.ctf.flow]\nstreaks = [8, 5]",
            "`modes`: ctf: rules.flow.streaks = [8, 5] is not allowed: 2 to 1000, each more than the one before, 8 at most",
        ),
        (
            "[modes.ctf.flows]",
            "ctf: unknown key `rules.flows`; did you mean `rules.flow`?",
        ),
    ] {
        let error = load(file, &[], &Flags::default()).unwrap_err().to_string();
        assert!(error.contains(says), "{file}: {error}");
    }
}

#[test]
fn rules_by_which_no_room_could_be_made_are_told_when_the_server_starts() {
    let pulse = "name = \"pulse\"\nshot_life_s = 3";
    let no_pause = "countdown_s = 0\nresults_s = 0";
    for (file, key, says) in [
        (
            format!("[modes.ctf.flow]\n{no_pause}"),
            "`modes`: ctf:",
            "rules.flow: countdown_s + results_s = 0 is not allowed: at least 1",
        ),
        (
            "[modes.ctf.flow]\nplayers_min = 20".into(),
            "`modes`: ctf:",
            "rules.flow.players_min = 20 is not allowed: 1 to 16",
        ),
        (
            "max_room_players = 100\n[modes.massive.flow]\nplayers_min = 101".into(),
            "`modes`: massive:",
            "rules.flow.players_min = 101 is not allowed: 1 to 100",
        ),
        (
            format!("tick_hz = 120\n[[modes.tdm.weapons]]\n{pulse}"),
            "`modes`: tdm:",
            "rules.weapons.pulse.shot_life_s = 3 is not allowed: at most 2.125",
        ),
        (
            format!("[rules.flow]\n{no_pause}"),
            "`rules`:",
            "rules.flow: countdown_s + results_s = 0 is not allowed: at least 1",
        ),
        (
            "max_room_players = 8\n[rules.flow]\nplayers_min = 9".into(),
            "`rules`:",
            "rules.flow.players_min = 9 is not allowed: 1 to 8",
        ),
    ] {
        let error = load(&file, &[], &Flags::default()).expect_err(&file);
        let error = error.to_string();
        assert!(error.starts_with(key), "{file}: {error}");
        let where_ = "in rooms that players make (max_rooms, max_room_players): ";
        assert!(
            error.contains(&format!("{where_}{says}")),
            "{file}: {error}"
        );
        let none_made = format!("max_rooms = 0\n{file}");
        load(&none_made, &[], &Flags::default()).expect(&none_made);
    }
    let fits = "max_players = 40\n[rules.flow]\nplayers_min = 20\nresults_s = 1\ncountdown_s = 0";
    load(fits, &[], &Flags::default()).expect(fits);
}

#[test]
fn variables_an_orchestrator_injects_are_not_keys() {
    let env = [
        ("FRACAS_PORT_8080_TCP", "tcp://10.0.0.1:8080"),
        ("FRACAS_SERVICE_HOST", "10.0.0.1"),
    ];
    assert!(load("", &env, &Flags::default()).is_ok());
}

#[test]
fn a_value_can_come_from_a_file() {
    let path = std::env::temp_dir().join("fracas-config-secret");
    fs::write(&path, "77\n").unwrap();
    let config = load(
        "",
        &[("FRACAS_SEED_FILE", path.to_str().unwrap())],
        &Flags::default(),
    )
    .unwrap();
    assert_eq!(config.seed, Some(77));
}

#[test]
fn wrong_values_say_which_key() {
    for (file, key) in [
        ("tick_hz = 0", "tick_hz"),
        ("rooms = 0", "rooms"),
        ("max_rooms_bots = 10001", "max_rooms_bots"),
        ("snapshot_hz = 7", "snapshot_hz"),
        ("snapshot_bytes_max = 100", "snapshot_bytes_max"),
        ("bots = 17", "bots"),
        ("bot_skill = \"brutal\"", "bot_skill"),
        ("mode = \"chess\"", "mode"),
        ("max_players = \"many\"", "max_players"),
        ("drain = \"soon\"", "drain"),
        ("allowed_origins = [\"example.org\"]", "allowed_origins"),
    ] {
        let error = load(file, &[], &Flags::default()).unwrap_err().to_string();
        assert!(error.contains(key), "{file}: {error}");
    }
}

#[test]
fn origins_in_the_environment_are_a_list() {
    let env = [(
        "FRACAS_ALLOWED_ORIGINS",
        "https://a.example, http://b.example:81",
    )];
    let config = load("", &env, &Flags::default()).unwrap();
    assert_eq!(
        config.allowed_origins,
        ["https://a.example", "http://b.example:81"]
    );
}

#[test]
fn the_printed_default_is_the_default() {
    assert_eq!(
        load(&Config::default_toml(), &[], &Flags::default()).unwrap(),
        Config::default()
    );
}
