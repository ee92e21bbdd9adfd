//! Golden trajectories, the native half; `tests/wasm/golden.test.mjs` is the other.
//!
//! A change of motion changes the recording on purpose:
//! `FRACAS_RECORD_GOLDEN=1 cargo test -p fracas-tests golden`, and the difference goes into review. That records the sessions
//! of `golden_session` as well.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn motion_is_as_recorded() {
    compare("motion.txt", &fracas_wasm::golden_trajectories());
}

/// The course is 18 x 13 tiles with a wall one tile thick all around.
#[test]
fn no_recorded_flight_leaves_the_course() {
    let text = fracas_wasm::golden_trajectories();
    let mut heading = "";
    for line in text.lines() {
        if line.contains(':') {
            heading = line;
        }
        let numbers: Vec<i32> = line
            .split(' ')
            .map_while(|word| word.parse().ok())
            .collect();
        if let [tick, x, y, _, ..] = numbers[..] {
            let inside = (1024..=17 * 1024).contains(&x) && (1024..=12 * 1024).contains(&y);
            assert!(inside, "{heading}: {x} {y} at tick {tick}");
        }
    }
}

/// Holds what was computed now to the recording in `tests/golden`.
pub(crate) fn compare(file: &str, computed: &str) {
    let path = recording(file);
    if std::env::var_os("FRACAS_RECORD_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().expect("it is in a folder")).expect("there is room");
        fs::write(&path, computed).expect("the recording can be written");
    }
    let recorded = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{file}: {error}"));
    if let Some(difference) = first_difference(&recorded, computed) {
        panic!("{file}, {difference}");
    }
}

/// The first line that differs, from a little before where it does; of flights, which it is of.
fn first_difference(recorded: &str, computed: &str) -> Option<String> {
    let (mut recorded, mut computed) = (recorded.lines(), computed.lines());
    let mut heading = "";
    for number in 1.. {
        let (was, is) = (recorded.next(), computed.next());
        if was != is {
            let (was, is) = (was.unwrap_or("nothing"), is.unwrap_or("nothing"));
            let same = was.chars().zip(is.chars()).take_while(|(a, b)| a == b);
            let from = same.count().saturating_sub(60);
            let excerpt = |line: &str| line.chars().skip(from).take(160).collect::<String>();
            let (was, is) = (excerpt(was), excerpt(is));
            return Some(format!(
                "line {number} {heading}\n  recorded {was}\n  computed {is}"
            ));
        }
        let line = was?;
        if line.contains(':') && !line.contains('"') {
            heading = line;
        }
    }
    None
}

fn recording(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(file)
}
