//! `fracas rules`.

use std::process::Command;
use std::{env, fs, process};

/// What is printed for a mode where the file says this.
fn rules(mode: &str, file: &str) -> String {
    let path = env::temp_dir().join(format!("fracas-rules-{}-{mode}.toml", process::id()));
    fs::write(&path, file).expect("it can be written");
    let mut command = Command::new(env!("CARGO_BIN_EXE_fracas"));
    command.args(["rules", mode, "--config"]).arg(&path);
    let output = command.output().expect("the program runs");
    fs::remove_file(path).expect("it is there");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn the_changes_for_the_servers_mode_are_those_for_the_mode_that_is_asked_for_unless_the_file_names_another()
 {
    let changes = "[rules.flow]\nscore_to_win = 7\n[modes.ctf.craft]\nhealth = 66\n";
    for (mode, file, changed) in [
        ("ctf", changes.to_owned(), [true, true]),
        ("tdm", changes.to_owned(), [true, false]),
        ("ctf", format!("mode = \"ctf\"\n{changes}"), [true, true]),
        ("ctf", format!("mode = \"tdm\"\n{changes}"), [false, true]),
    ] {
        let text = rules(mode, &file);
        let has = ["score_to_win = 7\n", "health = 66\n"].map(|line| text.contains(line));
        assert_eq!(has, changed, "{mode}: {file}");
    }
}
