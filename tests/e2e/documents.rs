//! What the documents name exists: files, links between them, and the functions on the lines through the code.

use std::fs;
use std::path::{Path, PathBuf};

use crate::architecture::{files, root};

const DOCUMENTS: &[&str] = &[
    "README.md",
    "docs/ARCHITECTURE.md",
    "docs/BOTS.md",
    "docs/HOSTING.md",
    "docs/PROTOCOL.md",
];

/// `docs/ARCHITECTURE.md` may leave these folders out where a row makes clear which one it is.
const FOLDERS: &[&str] = &[
    "",
    "server/src",
    "protocol/src",
    "client-web",
    "client-web/src",
];

#[test]
fn links_lead_somewhere() {
    let mut dead = Vec::new();
    for document in DOCUMENTS {
        let folder = root().join(document).parent().map(Path::to_owned);
        let text = fs::read_to_string(root().join(document)).expect("documents are readable");
        for link in links(&text) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let file = folder.iter().map(|folder| folder.join(file)).next();
            let target = match link.strip_prefix('#') {
                Some(_) => text.clone(),
                None => file
                    .and_then(|file| fs::read_to_string(file).ok())
                    .unwrap_or_default(),
            };
            let leads = !target.is_empty() && (heading.is_empty() || has_heading(&target, heading));
            if !leads {
                dead.push(format!("{document}: {link}"));
            }
        }
    }
    assert_eq!(dead, Vec::<String>::new());
}

#[test]
fn the_architecture_names_what_there_is() {
    let text = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).expect("it is readable");
    let sources = sources();
    let missing: Vec<_> = code_spans(&text)
        .filter(|span| !exists(span, &sources))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

/// A path that exists, a name that stands in a source, or something else than either.
fn exists(span: &str, sources: &str) -> bool {
    let is_path = [".rs", ".ts", ".toml", "/"]
        .iter()
        .any(|end| span.ends_with(end));
    if is_path {
        return FOLDERS
            .iter()
            .any(|folder| root().join(folder).join(span).exists());
    }
    let is_name = span
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || "_:.".contains(c));
    let last = span.rsplit([':', '.']).next().unwrap_or_default();
    !is_name
        || sources
            .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .any(|word| word == last)
}

fn sources() -> String {
    let folders = [
        "protocol/src",
        "server/src",
        "bots/src",
        "client-web/src",
        "client-web/wasm/src",
    ];
    let files = folders
        .iter()
        .flat_map(|folder| files(&root().join(folder)));
    let is_source = |path: &PathBuf| {
        path.extension()
            .is_some_and(|extension| extension == "rs" || extension == "ts")
    };
    let read = |path: PathBuf| fs::read_to_string(path).unwrap_or_default();
    files.filter(is_source).map(read).collect()
}

/// Targets of links to files of ours; pictures are not looked at.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("](").filter_map(|(at, _)| {
        let label = text[..at].rfind('[')?;
        let target = text[at + 2..].split(')').next()?;
        let is_ours = !target.contains("://") && !text[..label].ends_with('!');
        is_ours.then_some(target)
    })
}

/// Whether a heading has this anchor, made the way code hosts make them.
fn has_heading(text: &str, anchor: &str) -> bool {
    let anchor_of = |line: &str| -> String {
        let kept = line.chars().filter_map(|c| match c {
            ' ' | '-' => Some('-'),
            c if c.is_alphanumeric() => Some(c.to_ascii_lowercase()),
            _ => None,
        });
        kept.collect()
    };
    text.lines()
        .filter_map(|line| line.strip_prefix('#'))
        .any(|line| anchor_of(line.trim_start_matches('#').trim()) == anchor)
}

/// What stands in backticks, blocks left out.
fn code_spans(text: &str) -> impl Iterator<Item = &str> {
    let prose = text.split("```").step_by(2);
    prose.flat_map(|prose| prose.split('`').skip(1).step_by(2))
}
