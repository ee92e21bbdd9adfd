//! The test vectors in `docs/vectors`: what is computed here is what is recorded there.
//!
//! A change of the protocol changes them on purpose: `FRACAS_RECORD_GOLDEN=1 cargo test -p fracas-protocol vectors`, and
//! the difference goes into review. `tests/second` holds a client in another language to the same files.

mod malformed;
mod messages;
mod motion;
mod snapshots;

use std::fs;
use std::path::Path;

use serde_json::Value;

#[test]
fn vectors_of_messages_are_as_recorded() {
    compare("messages.json", &messages::vectors());
}

#[test]
fn vectors_of_what_is_refused_are_as_recorded() {
    compare("malformed.json", &malformed::vectors());
}

#[test]
fn vectors_of_snapshots_are_as_recorded() {
    compare("snapshots.json", &snapshots::vectors());
}

#[test]
fn vectors_of_motion_are_as_recorded() {
    compare("motion.json", &motion::vectors());
}

fn compare(file: &str, computed: &Value) {
    let computed = format!("{}\n", written(computed, 0));
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/vectors");
    if std::env::var_os("FRACAS_RECORD_GOLDEN").is_some() {
        fs::write(folder.join(file), &computed).unwrap();
    }
    let recorded = fs::read_to_string(folder.join(file)).unwrap();
    let differs = |(a, b): &(&str, &str)| a != b;
    let first = recorded
        .lines()
        .zip(computed.lines())
        .position(|(a, b)| differs(&(a, b)));
    assert!(
        recorded == computed,
        "{file} differs at line {:?}",
        first.map(|at| at + 1)
    );
}

/// What fits stands on one line; what doesn't is a line an entry.
fn written(value: &Value, indent: usize) -> String {
    let flat = value.to_string();
    if indent + flat.len() <= 120 {
        return flat;
    }
    let (open, entries, close) = match value {
        Value::Array(list) => {
            let entries = list.iter().map(|entry| written(entry, indent + 1));
            ('[', entries.collect::<Vec<_>>(), ']')
        }
        Value::Object(map) => {
            let entry = |(key, value)| format!("\"{key}\": {}", written(value, indent + 1));
            ('{', map.iter().map(entry).collect(), '}')
        }
        _ => return flat,
    };
    let pad = " ".repeat(indent + 1);
    let lines = entries.join(&format!(",\n{pad}"));
    format!("{open}\n{pad}{lines}\n{}{close}", " ".repeat(indent))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
