//! Whole lives of a client session, recorded: what the server sent when, what the player wanted, said and voted for, and
//! what came of it, frame by frame. The native session is held to the recordings here, the WASM one in
//! `tests/wasm/session.test.mjs`: messages, events, standing, roster and rules to the letter, pictures to the bit.
//!
//! | file in `tests/golden/sessions` | holds |
//! |---|---|
//! | `ffa.txt` | flying about: every weapon, everything that lies on pads, a stall of the line |
//! | `duel.txt` | kills by deflect and off a wall, a crown, a streak, what is said, the vote, the next match |
//! | `ctf.txt` | teams; flags taken, dropped, returned, captured |
//! | `control.txt` | zones taken, contested, moved; overtime |
//!
//! `FRACAS_RECORD_GOLDEN=1 cargo test -p fracas-tests golden` records all of them anew, for a change of the protocol or of
//! what happens in a match that is meant; then `make test-wasm` shows that WASM still does the same.
//!
//! | module | what it holds |
//! |---|---|
//! | `plays` | the sessions: where, by which rules, who does what |
//! | `script` | how that is said: one step after the other |
//! | `recorder` | clients, their lines, and the recording |
//! | `server` | the real simulation, and of a room what a client hears |

mod plays;
mod recorder;
mod script;
mod server;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use fracas_protocol::view::{Award, ObjectiveNews};
use fracas_protocol::{Map, Phase};
use serde_json::{Value, json};

/// What the page is told, as TypeScript has it.
const PAGE_EVENTS: &str = include_str!("../../client-web/src/view/session.ts");

#[test]
fn sessions_are_as_recorded() {
    let recorded = plays::all().map(|play| (play.name, recorder::record(play)));
    for (name, lines) in &recorded {
        crate::golden::compare(&format!("sessions/{name}.txt"), lines);
    }
    let names: BTreeSet<_> = recorded
        .iter()
        .map(|(name, _)| format!("{name}.txt"))
        .collect();
    assert_eq!(
        recordings(),
        names,
        "one file for each, which WASM is held to"
    );
    check_holds_everything(&recorded.map(|(_, lines)| lines).concat());
}

fn recordings() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/sessions");
    let files = fs::read_dir(folder).expect("they were recorded");
    files
        .map(|file| file.expect("it can be read").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

/// What isn't in the recordings isn't compared.
fn check_holds_everything(recorded: &str) {
    let told: Vec<Value> = recorded
        .lines()
        .filter(|line| line.starts_with(['E', 'S', 'M', 'O']))
        .filter_map(|line| serde_json::from_str(&line[line.find(['{', '['])?..]).ok())
        .collect();
    let mut needed = kinds_of_events();
    needed.extend(fights());
    needed.extend(matches());
    needed.extend(words());
    let missing: Vec<_> = needed
        .iter()
        .filter(|pattern| !told.iter().any(|value| holds(value, pattern)))
        .map(ToString::to_string)
        .collect();
    assert!(missing.is_empty(), "nowhere: {}", missing.join("\n"));
}

/// Whether a value is as the pattern says: an object has these keys and more, a list something for each of these.
fn holds(value: &Value, pattern: &Value) -> bool {
    match (value, pattern) {
        (Value::Object(value), Value::Object(pattern)) => pattern.iter().all(|(key, pattern)| {
            let found = value.get(key);
            found.is_some_and(|value| holds(value, pattern))
        }),
        (Value::Array(values), Value::Array(patterns)) => patterns
            .iter()
            .all(|pattern| values.iter().any(|value| holds(value, pattern))),
        _ => value == pattern,
    }
}

#[test]
fn a_pattern_is_held_by_what_has_all_of_it_and_perhaps_more() {
    let value =
        json!({ "type": "kill", "assists": [1, 2], "zone": { "index": 0, "taking": null } });
    let holds = |pattern| holds(&value, &pattern);
    assert!(holds(json!({ "type": "kill", "assists": [2] })));
    assert!(holds(json!({ "zone": { "taking": null } })));
    assert!(!holds(json!({ "type": "kill", "assists": [3] })));
    assert!(!holds(json!({ "type": "kill", "deflected": true })));
    assert!(!holds(json!({ "zone": { "index": 1 } })) && !holds(json!([{ "index": 0 }])));
}

/// Everything that the page can be told of.
fn kinds_of_events() -> Vec<Value> {
    let kinds = PAGE_EVENTS.split("type: '").skip(1);
    let kinds: Vec<_> = kinds
        .filter_map(|rest| rest.split('\'').next())
        .map(|kind| json!({ "type": kind }))
        .collect();
    assert!(kinds.len() > 15, "they stand there otherwise now");
    kinds
}

/// Shots, hits and kills; what lies on pads.
fn fights() -> Vec<Value> {
    let mut needed = vec![
        // One's own shot, sent back.
        json!({ "type": "kill", "killer": 0, "victim": 1, "deflected": true, "bounty": 1 }),
        json!({ "type": "kill", "killer": 0, "bounces": 1, "deflected": false, "bounty": 0 }),
        json!({ "type": "kill", "victim": 0, "assists": [2] }),
        json!({ "type": "deflect", "player": 0 }),
        json!({ "type": "streak", "player": 0, "kills": 3 }),
        json!([{ "id": 0, "streak": 3 }]),
        json!([{ "id": 2, "assists": 1 }]),
        json!({ "crown": 0 }),
    ];
    for cause in ["wall", "expired", "craft"] {
        needed.push(json!({ "type": "shot_end", "cause": cause }));
    }
    for weapon in ["pulse", "scatter", "rail", "lobber"] {
        let kind = if weapon == "rail" { "beam" } else { "fired" };
        needed.push(json!({ "type": kind, "owner": 0, "weapon": weapon }));
    }
    let map = Map::parse(plays::PADS).expect("the map is a good one");
    let pads = 0..map.pads().count();
    needed.extend(pads.map(|pad| json!({ "type": "pickup", "player": 0, "pad": pad })));
    needed
}

/// How matches go and end.
fn matches() -> Vec<Value> {
    let mut needed = vec![
        json!({ "type": "result", "winner": 0, "team": null }),
        json!({ "type": "result", "winner": null, "team": "blue" }),
        json!({ "type": "ballot", "votes": [0, 1] }),
        json!({ "type": "objective", "what": "flag_returned", "player": 1 }),
        json!({ "type": "objective", "what": "flag_returned", "player": null }),
        json!({ "type": "objective", "what": "zone_taken", "team": "blue" }),
        json!({ "type": "objective", "what": "zone_taken", "team": "orange" }),
        json!([{ "team": "blue" }, { "team": "orange" }]),
        json!([{ "id": 0, "objective": 5 }]),
        json!({ "teams": [0, 1] }),
        json!({ "flags": [{ "team": "orange", "state": "carried", "by": 0 }] }),
        json!({ "flags": [{ "team": "orange", "state": "dropped" }] }),
        json!({ "flags": [{ "team": "blue", "state": "dropped" }] }),
        json!({ "zone": { "index": 0, "taking": "blue" } }),
        json!({ "zone": { "index": 0, "contested": true } }),
        json!({ "zone": { "index": 0, "holder": "orange" } }),
        json!({ "zone": { "index": 1, "holder": "blue" } }),
    ];
    for what in ObjectiveNews::ALL {
        needed.push(json!({ "type": "objective", "what": what }));
    }
    for award in Award::ALL {
        needed.push(json!({ "type": "result", "awards": [{ "award": award }] }));
    }
    for mode in ["ffa", "ctf", "control"] {
        needed.push(json!({ "match_id": "m2", "mode": mode }));
    }
    // Every session begins with the first.
    for phase in &Phase::ALL[1..] {
        needed.push(json!({ "type": "phase", "phase": phase }));
    }
    needed
}

/// What is said.
fn words() -> Vec<Value> {
    vec![
        json!({ "type": "chat", "text": "Ready when you are.", "team": false, "own": true }),
        json!({ "type": "chat", "text": "Attack!", "phrase": 6, "own": true }),
        json!({ "type": "chat", "from": 3, "team": true, "own": false }),
        json!({ "type": "chat_refused", "reason": "repeat" }),
    ]
}
