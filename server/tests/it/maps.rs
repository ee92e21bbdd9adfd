//! `fracas map check`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs, process};

fn check(file: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fracas"));
    command.args(["map", "check"]).arg(file);
    command.output().expect("the program runs")
}

fn built_in(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("maps")
        .join(name)
}

#[test]
fn a_good_map_is_summed_up_with_a_picture() {
    let output = check(&built_in("foundry.tmx"));
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}");
    assert!(
        text.starts_with(
            "Foundry (foundry): ffa, tdm; 6 to 20 players\n56 x 34 tiles; 56 spawn points"
        ),
        "{text}"
    );
    assert!(
        text.contains("\n########################################################\n##◤"),
        "{text}"
    );
}

#[test]
fn a_bad_one_is_told_all_that_is_wrong_and_ends_with_1() {
    let good = fs::read_to_string(built_in("anvil.tmx")).expect("it is there");
    let bad = good.replace(r#"name="rail""#, r#"name="rial""#).replacen(
        r#"name="blue""#,
        r#"name="bleu""#,
        2,
    );
    let file = env::temp_dir().join(format!("fracas-bad-map-{}.tmx", process::id()));
    fs::write(&file, bad).expect("a temporary file");
    let output = check(&file);
    fs::remove_file(&file).expect("it was there");
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    let told = text
        .lines()
        .filter(|line| line.starts_with("line ") && line.contains("its name is its team"));
    assert_eq!(told.count(), 2, "{text}");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("problems: 2"), "{errors}");
}

#[test]
fn a_file_that_is_none_says_so() {
    let output = check(Path::new("nowhere.tmx"));
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nowhere.tmx"));
}
