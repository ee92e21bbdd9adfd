//! Who may import whom. The rules of docs/ARCHITECTURE.md, read from `cargo metadata` and from the
//! sources themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Crates that bring I/O or an executor with them.
const SOCKETS: &[&str] = &[
    "tokio",
    "axum",
    "hyper",
    "hyper_util",
    "tokio_tungstenite",
    "tungstenite",
    "socket2",
    "TcpListener",
    "TcpStream",
    "UdpSocket",
];

/// What would let one run of a match differ from the next.
const AMBIENT: &[&str] = &[
    "Instant",
    "SystemTime",
    "thread_rng",
    "SysRng",
    "HashMap",
    "HashSet",
];

/// Float functions that give different bits on different platforms. In the protocol clippy bans them
/// by type; here, for the simulation, their names will do.
#[rustfmt::skip]
const FLOAT_FUNCTIONS: &[&str] = &[
    "sin", "cos", "tan", "sin_cos", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "exp", "exp2", "exp_m1",
    "ln", "ln_1p", "log", "log2", "log10", "powf", "powi", "cbrt", "hypot", "mul_add",
];

#[test]
fn crates_import_only_downwards() {
    let allowed = BTreeMap::from([
        ("fracas-protocol", BTreeSet::new()),
        ("fracas-bots", BTreeSet::from(["fracas-protocol"])),
        ("fracas-wasm", BTreeSet::from(["fracas-protocol"])),
        // Whole servers are measured from outside; matches without one by the server's `headless`.
        (
            "fracas-bench",
            BTreeSet::from(["fracas-protocol", "fracas-bots", "fracas-server"]),
        ),
        (
            "fracas-server",
            BTreeSet::from(["fracas-protocol", "fracas-bots"]),
        ),
    ]);
    let found = workspace_dependencies();
    for (package, allowed) in allowed {
        let found = &found[package];
        let forbidden: Vec<_> = found
            .iter()
            .filter(|name| name.starts_with("fracas-") && !allowed.contains(name.as_str()))
            .collect();
        assert!(
            forbidden.is_empty(),
            "{package} must not depend on {forbidden:?}"
        );
    }
}

#[test]
fn the_protocol_is_pure() {
    let pure = ["bincode", "serde", "thiserror"];
    let dependencies = &workspace_dependencies()["fracas-protocol"];
    let impure: Vec<_> = dependencies
        .iter()
        .filter(|name| !pure.contains(&name.as_str()))
        .collect();
    assert!(
        impure.is_empty(),
        "fracas-protocol does no I/O and has no clock; what is {impure:?} for?"
    );

    let io = [
        SOCKETS,
        AMBIENT,
        &["thread", "fs", "stdin", "stdout", "println", "eprintln"],
    ]
    .concat();
    assert_eq!(mentions("protocol/src", "rs", &io), Vec::<String>::new());
}

#[test]
fn the_simulation_knows_no_sockets_and_no_clock() {
    let forbidden = [
        SOCKETS,
        AMBIENT,
        FLOAT_FUNCTIONS,
        &["net", "room", "lobby", "feed"],
    ]
    .concat();
    let mut found = mentions_of_paths("server/src/sim", "rs", &forbidden);
    // The players of its tests are outside of it, and aim as they like.
    found.retain(|place| !place.starts_with("server/src/sim/tests"));
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn the_network_knows_no_ecs() {
    assert_eq!(
        mentions("server/src/net", "rs", &["bevy_ecs", "World", "Entity"]),
        Vec::<String>::new()
    );
}

#[test]
fn rendering_never_touches_the_socket() {
    let forbidden = ["WebSocket", "EventSource", "fetch", "XMLHttpRequest"];
    assert_eq!(
        mentions("client-web/src/render", "ts", &forbidden),
        Vec::<String>::new()
    );
}

#[test]
fn imports_are_told_from_ordinary_names() {
    assert!(names_an_import("let y = x.sin();", "sin"));
    assert!(names_an_import("use crate::net::ws;", "net"));
    assert!(!names_an_import("let room = room_of(log);", "room"));
}

#[test]
fn words_are_found_outside_comments_only() {
    let source = "use tokio::net; // tokio\n//! tokio\nlet tokios = 1;";
    let found: Vec<_> = words(source).filter(|(_, word)| *word == "tokio").collect();
    assert_eq!(found, [(1, "tokio")]);
}

/// Package → what it depends on in normal and build use.
fn workspace_dependencies() -> BTreeMap<String, BTreeSet<String>> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("cargo metadata is JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"].as_array().expect("dependencies");
            let names = dependencies
                .iter()
                .filter(|dependency| dependency["kind"] != "dev")
                .map(|dependency| text(&dependency["name"]));
            (text(&package["name"]), names.collect())
        })
        .collect()
}

fn text(value: &serde_json::Value) -> String {
    value.as_str().expect("a string").to_owned()
}

/// `file:line: word` for each forbidden word in code (not comments) under a folder.
fn mentions(folder: &str, extension: &str, forbidden: &[&str]) -> Vec<String> {
    scan(folder, extension, |source| {
        words(source)
            .filter(|(_, word)| forbidden.contains(word))
            .collect()
    })
}

/// Like [`mentions`], for words that are also ordinary names: only where they name an import.
fn mentions_of_paths(folder: &str, extension: &str, forbidden: &[&str]) -> Vec<String> {
    scan(folder, extension, |source| {
        let mut found = Vec::new();
        for (number, line) in code_lines(source) {
            for word in split_words(line) {
                if forbidden.contains(&word) && names_an_import(line, word) {
                    found.push((number, word));
                }
            }
        }
        found
    })
}

/// A capitalised name, a segment of a path (`crate::net::…`) or a method (`x.sin()`).
fn names_an_import(line: &str, word: &str) -> bool {
    word.starts_with(char::is_uppercase)
        || line.contains(&format!("{word}::"))
        || line.contains(&format!("::{word}"))
        || line.contains(&format!(".{word}("))
}

fn scan(folder: &str, extension: &str, find: impl Fn(&str) -> Vec<(usize, &str)>) -> Vec<String> {
    let mut found = Vec::new();
    let sources = files(&root().join(folder));
    assert!(!sources.is_empty(), "nothing in {folder}: where did it go?");
    for path in sources {
        if path.extension().is_none_or(|other| other != extension) {
            continue;
        }
        let source = fs::read_to_string(&path).expect("sources are readable");
        let name = path.strip_prefix(root()).unwrap_or(&path).display();
        found.extend(
            find(&source)
                .into_iter()
                .map(|(line, word)| format!("{name}:{line}: {word}")),
        );
    }
    found
}

fn words(source: &str) -> impl Iterator<Item = (usize, &str)> {
    code_lines(source).flat_map(|(number, line)| split_words(line).map(move |word| (number, word)))
}

/// Lines from 1, without what follows `//`.
fn code_lines(source: &str) -> impl Iterator<Item = (usize, &str)> {
    source
        .lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line.split("//").next().unwrap_or_default()))
}

fn split_words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("folders are readable") {
        let path = entry.expect("folders are readable").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ is in the workspace")
        .to_owned()
}
