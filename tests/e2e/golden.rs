//! Golden trajectories, the native half; `tests/wasm/golden.test.mjs` is the other.
//!
//! A change of motion changes the recording on purpose:
//! `FRACAS_RECORD_GOLDEN=1 cargo test -p fracas-tests golden`, and the difference goes into review.

use std::fs;
use std::path::Path;

#[test]
fn motion_is_as_recorded() {
    compare("motion.txt", &fracas_wasm::golden_trajectories());
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
