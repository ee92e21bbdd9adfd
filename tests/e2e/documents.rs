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

#[test]
fn the_architecture_tells_the_verbs_of_a_tick_in_their_order() {
    let part = |file: &str, from: &str, to: &str| -> String {
        let text = fs::read_to_string(root().join(file)).expect("it is readable");
        let from = text.split(from).nth(1).expect("it begins");
        from.split(to).next().unwrap_or_default().to_owned()
    };
    let schedule = part("server/src/sim/mod.rs", "tick![", "];");
    let verbs: Vec<_> = words(&schedule).skip(1).step_by(2).collect();
    let text = part(
        "docs/ARCHITECTURE.md",
        "The tick is a list of verbs",
        "\n\n",
    );
    let told: Vec<_> = words(&text).filter(|word| verbs.contains(word)).collect();
    assert_eq!(told, verbs);
}

#[test]
fn members_are_told_from_what_is_only_used() {
    let source = "impl Past {\n    pub(super) fn pass(&mut self) {\n        self.frames\n            .push(1);\n    }\n}\n\
                  enum Command {\n    Inputs {\n    },\n}\nfn other(past: &Past) {\n    push();\n}\n";
    assert!(declares(source, "Past", "pass") && declares(source, "Command", "Inputs"));
    assert!(!declares(source, "Past", "push") && !declares(source, "Past", "Inputs"));
}

/// A path that exists, a member that its type has, a name that stands in a source, or something else than these.
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
    let mut parts = span.rsplit([':', '.']).filter(|part| !part.is_empty());
    let (last, owner) = (parts.next().unwrap_or_default(), parts.next());
    !is_name
        || match owner.filter(|owner| owner.starts_with(char::is_uppercase)) {
            Some(owner) => declares(sources, owner, last),
            None => words(sources).any(|word| word == last),
        }
}

/// Whether a type has this method, field or variant: a line within its declaration, an `impl` of it or its class begins
/// with it. Such a block begins and ends at the margin.
fn declares(sources: &str, owner: &str, member: &str) -> bool {
    const BLOCKS: &[&str] = &["impl", "struct", "enum", "trait", "class", "interface"];
    #[rustfmt::skip]
    const BEFORE: &[&str] = &["pub", "crate", "super", "const", "async", "fn", "private", "readonly", "get"];
    let mut inside = false;
    sources.lines().any(|line| {
        if line.starts_with(|c: char| !c.is_whitespace()) {
            let is_block = words(line).any(|word| BLOCKS.contains(&word));
            inside = is_block && words(line).any(|word| word == owner);
        }
        let is_member = line.trim_start().starts_with(|c: char| c.is_alphabetic());
        let first = words(line).find(|word| !BEFORE.contains(word));
        inside && is_member && first == Some(member)
    })
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
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
