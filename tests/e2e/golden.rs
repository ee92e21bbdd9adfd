//! Golden trajectories, the native half; `tests/wasm/golden.test.mjs` is the other.
//!
//! A change of motion changes the recording on purpose:
//! `FRACAS_RECORD_GOLDEN=1 cargo test -p fracas-tests golden`, and the difference goes into review.

use std::fs;
use std::path::{Path, PathBuf};

#[test]
fn motion_is_as_recorded() {
    compare("motion.txt", &fracas_wasm::golden_trajectories());
}

/// The course is 18 x 13 tiles with a wall one tile thick all around.
#[test]
fn no_recorded_flight_leaves_the_course() {
    let text = fs::read_to_string(recording("motion.txt")).expect("it was recorded");
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
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(file);
    if std::env::var_os("FRACAS_RECORD_GOLDEN").is_some() {
        fs::write(&path, computed).expect("the recording can be written");
    }
    let recorded = fs::read_to_string(&path).expect("it was recorded");
    if let Some(difference) = first_difference(&recorded, computed) {
        panic!("{difference}");
    }
}

/// The first line that differs, under the last heading before it.
fn first_difference(recorded: &str, computed: &str) -> Option<String> {
    let mut heading = "";
    let mut computed = computed.lines();
    for line in recorded.lines() {
        let other = computed.next().unwrap_or("nothing");
        if line != other {
            return Some(format!("{heading}\n  recorded {line}\n  computed {other}"));
        }
        if line.contains(':') {
            heading = line;
        }
    }
    computed
        .next()
        .map(|line| format!("after the recording's end: {line}"))
}

fn recording(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("golden")
        .join(file)
}
