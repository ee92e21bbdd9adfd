//! The numbers of each mode: one file per mode in `server/modes/`, and what a host changes in them.
//!
//! A mode's file holds every key of [`Rules`]. Changes hold only what differs, and are merged key by key; entries of a
//! list are told apart by their `name`, and one with a name of its own is added; a list of numbers is replaced. Whatever is
//! wrong is named with its whole key, its value and what would be right.

use std::sync::LazyLock;

use fracas_protocol::rules::{WeaponKind, WeaponRules};
use fracas_protocol::{Mode, Rules};
use serde_path_to_error::{Path, Segment};
use toml::{Table, Value};

use crate::config::nearest;

#[derive(rust_embed::RustEmbed)]
#[folder = "modes"]
struct Files;

/// How keys begin in messages: as they are written in the configuration.
const ROOT: &str = "rules";
/// Ticks that a shot flies at most: its age is a byte.
const SHOT_TICKS_MAX: f32 = 255.0;
/// Between two matches of a room that a player makes, in seconds.
const PAUSE_S_MIN: f32 = 1.0;
/// Characters of a value that a message repeats.
const SHOWN_MAX: usize = 60;

/// Rules that can't be played by.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// A key that no rule has.
    #[error("unknown key `{key}`; did you mean `{nearest}`?")]
    UnknownKey {
        /// The whole key.
        key: String,
        /// The known key that looks most like it.
        nearest: String,
    },
    /// A key that must be there.
    #[error("`{key}` is missing")]
    Missing {
        /// The whole key.
        key: String,
    },
    /// A value that is out of range, or none of its kind: key, value, what is allowed.
    #[error("{0}")]
    NotAllowed(String),
}

/// A mode's file, as text says it and as the game reads it.
struct Page {
    table: Table,
    rules: Rules,
}

/// By mode, in the order of [`Mode::ALL`].
static PAGES: LazyLock<Vec<Page>> = LazyLock::new(|| {
    let page = |mode: &Mode| {
        let name = format!("{mode}.toml");
        let file = Files::get(&name).unwrap_or_else(|| panic!("server/modes has no {name}"));
        let text = str::from_utf8(&file.data).expect("text");
        read_page(text).unwrap_or_else(|error| panic!("server/modes/{name}: {error}"))
    };
    Mode::ALL.iter().map(page).collect()
});

/// The rules a mode is played by where a host says nothing else.
pub fn of_mode(mode: Mode) -> Rules {
    PAGES[mode as usize].rules.clone()
}

/// The rules of a mode with changes to them, later ones winning.
///
/// # Errors
/// The first thing that is wrong with the changes.
pub fn changed<'c>(
    mode: Mode,
    changes: impl IntoIterator<Item = &'c Table>,
) -> Result<Rules, RuleError> {
    let mut table = PAGES[mode as usize].table.clone();
    for changes in changes {
        merge(&mut table, changes, ROOT)?;
    }
    to_rules(table)
}

/// Whether rules can be played by in a room of so many places that ticks so often.
///
/// # Errors
/// The countdown would never start, or a shot would end before its time.
pub fn check_fit(rules: &Rules, places: u16, tick_hz: u8) -> Result<(), RuleError> {
    let players_min = rules.flow.players_min;
    if players_min > places {
        return Err(RuleError::NotAllowed(format!(
            "{ROOT}.flow.players_min = {players_min} is not allowed: 1 to {places}, as many as the room has places (max_players)"
        )));
    }
    let hz = f32::from(tick_hz);
    // A beam is there in one tick.
    let is_long = |weapon: &&WeaponRules| {
        weapon.kind == WeaponKind::Shot && (weapon.shot_life_s * hz).round() > SHOT_TICKS_MAX
    };
    match rules.weapons.iter().find(is_long) {
        Some(WeaponRules {
            name, shot_life_s, ..
        }) => Err(RuleError::NotAllowed(format!(
            "{ROOT}.weapons.{name}.shot_life_s = {shot_life_s} is not allowed: at most {} with {tick_hz} ticks a second (tick_hz)",
            SHOT_TICKS_MAX / hz
        ))),
        None => Ok(()),
    }
}

/// Whether a room that a player makes can be played in by rules: a match can be over as soon as it has begun, and each begins
/// with a new world and with rules and map for everybody.
///
/// # Errors
/// Too little time between two matches.
pub fn check_pauses(rules: &Rules) -> Result<(), RuleError> {
    let pause = rules.flow.countdown_s + rules.flow.results_s;
    if pause >= PAUSE_S_MIN {
        return Ok(());
    }
    Err(RuleError::NotAllowed(format!(
        "{ROOT}.flow: countdown_s + results_s = {pause} is not allowed: at least {PAUSE_S_MIN}"
    )))
}

/// Rules as changes to those of any mode: every key.
pub fn to_table(rules: &Rules) -> Table {
    Table::try_from(rules).expect("plain values")
}

/// Rules as they are written in a configuration file.
pub fn to_toml(rules: &Rules) -> String {
    let mut text = String::new();
    write_table(ROOT, &to_table(rules), &mut text);
    text.trim_start().to_owned()
}

/// A file that must hold every key.
fn read_page(text: &str) -> Result<Page, RuleError> {
    let table: Table = text
        .parse()
        .map_err(|error: toml::de::Error| RuleError::NotAllowed(error.to_string()))?;
    let rules = to_rules(table.clone())?;
    let whole = Value::Table(to_table(&rules));
    check_complete(&Value::Table(table.clone()), &whole, ROOT)?;
    Ok(Page { table, rules })
}

/// Whether `found` has every key of `whole`, down to the entries of lists.
fn check_complete(found: &Value, whole: &Value, path: &str) -> Result<(), RuleError> {
    match (found, whole) {
        (Value::Table(found), Value::Table(whole)) => whole.iter().try_for_each(|(key, whole)| {
            let path = format!("{path}.{key}");
            let found = found.get(key);
            check_complete(
                found.ok_or_else(|| RuleError::Missing { key: path.clone() })?,
                whole,
                &path,
            )
        }),
        (Value::Array(found), Value::Array(whole)) => {
            let mut pairs = found.iter().zip(whole).enumerate();
            pairs.try_for_each(|(at, (found, whole))| {
                check_complete(found, whole, &format!("{path}[{at}]"))
            })
        }
        _ => Ok(()),
    }
}

fn merge(base: &mut Table, changes: &Table, path: &str) -> Result<(), RuleError> {
    for (key, change) in changes {
        let path = format!("{path}.{key}");
        if !base.contains_key(key) {
            return Err(unknown(&path, base.keys()));
        }
        match (&mut base[key], change) {
            (Value::Table(base), Value::Table(changes)) => merge(base, changes, &path)?,
            (Value::Array(base), Value::Array(changes)) if has_names(base) => {
                merge_list(base, changes, &path)?;
            }
            (base, change) => *base = change.clone(),
        }
    }
    Ok(())
}

/// Entries are told apart by their `name`.
fn merge_list(base: &mut Vec<Value>, changes: &[Value], path: &str) -> Result<(), RuleError> {
    for (at, change) in changes.iter().enumerate() {
        let Some(name) = name_of(change) else {
            let key = format!("{path}[{at}].name");
            return Err(RuleError::Missing { key });
        };
        let path = format!("{path}.{name}");
        let old = base.iter_mut().find(|old| name_of(old) == Some(name));
        match (old, change) {
            (Some(Value::Table(old)), Value::Table(change)) => merge(old, change, &path)?,
            _ => {
                check_new_entry(change, base, &path)?;
                base.push(change.clone());
            }
        }
    }
    Ok(())
}

/// A new entry has the keys that all others have, and none that no other has: whoever misspells a name is told.
fn check_new_entry(entry: &Value, others: &[Value], path: &str) -> Result<(), RuleError> {
    let keys = |value: &Value| -> Vec<String> {
        let table = value.as_table();
        table.map_or(Vec::new(), |table| table.keys().cloned().collect())
    };
    let known: Vec<String> = others.iter().flat_map(keys).collect();
    for key in keys(entry) {
        if !known.contains(&key) {
            return Err(unknown(&format!("{path}.{key}"), known.iter()));
        }
    }
    let everywhere = |key: &&String| others.iter().all(|other| other.get(key.as_str()).is_some());
    match known
        .iter()
        .filter(everywhere)
        .find(|key| entry.get(key.as_str()).is_none())
    {
        Some(key) => Err(RuleError::Missing {
            key: format!("{path}.{key}"),
        }),
        None => Ok(()),
    }
}

fn has_names(list: &[Value]) -> bool {
    !list.is_empty() && list.iter().all(|entry| name_of(entry).is_some())
}

fn name_of(entry: &Value) -> Option<&str> {
    entry.get("name")?.as_str()
}

fn unknown<'k>(path: &str, known: impl Iterator<Item = &'k String>) -> RuleError {
    let (outer, key) = path.rsplit_once('.').unwrap_or(("", path));
    RuleError::UnknownKey {
        key: path.into(),
        nearest: format!("{outer}.{}", nearest(known, key)),
    }
}

fn to_rules(table: Table) -> Result<Rules, RuleError> {
    let value = Value::Table(table);
    let rules: Rules = serde_path_to_error::deserialize(value.clone()).map_err(|error| {
        let key = error.path().to_string();
        let found = value_at(&value, error.path()).map_or_else(String::new, ToString::to_string);
        let found: String = found.chars().take(SHOWN_MAX).collect();
        let allowed = allowed(&value, error.path(), error.inner().message());
        RuleError::NotAllowed(format!("{ROOT}.{key} = {found} is not allowed: {allowed}"))
    })?;
    rules
        .validate()
        .map_err(|error| RuleError::NotAllowed(format!("{ROOT}.{error}")))?;
    Ok(rules)
}

fn value_at<'v>(root: &'v Value, path: &Path) -> Option<&'v Value> {
    path.iter().try_fold(root, |value, segment| match segment {
        Segment::Map { key } => value.get(key.as_str()),
        Segment::Seq { index } => value.get(*index),
        Segment::Enum { .. } | Segment::Unknown => Some(value),
    })
}

/// What a parser expected, without its types; of a number, the range of its rule.
fn allowed(value: &Value, path: &Path, message: &str) -> String {
    let expected = message.split("expected ").last().unwrap_or(message).trim();
    let whole = |most: i64| {
        let probes = [Value::Integer(most), Value::Integer(0)];
        let range = range_of(value, path, &probes);
        let range = range.unwrap_or_else(|| format!("0 to {most}"));
        format!("a whole number, {range}")
    };
    match expected {
        "u8" => whole(u8::MAX.into()),
        "u16" => whole(u16::MAX.into()),
        "u32" => whole(u32::MAX.into()),
        "f32" => match range_of(value, path, &[Value::Float(f64::INFINITY)]) {
            Some(range) => format!("a number, {range}"),
            None => "a number".into(),
        },
        "bool" | "a boolean" => "true or false".into(),
        "a sequence" => {
            let none_fits = Value::Array(vec![Value::Integer(0)]);
            match range_of(value, path, &[none_fits]) {
                Some(range) => format!("a list of whole numbers, {range}"),
                None => "a list".into(),
            }
        }
        expected if expected.starts_with("struct ") => "a table of keys".into(),
        expected => expected.into(),
    }
}

/// The range that a number of a rule has, or all those of a list, as its check words it when a probe is out of it; none if it
/// takes whatever fits. Where something else is wrong, too, the default rules are asked.
fn range_of(value: &Value, path: &Path, probes: &[Value]) -> Option<String> {
    let mut names = path.iter().rev().filter_map(|segment| match segment {
        Segment::Map { key } => Some(key),
        _ => None,
    });
    let key = names.next()?;
    let refusal = |base: &Value, probe: &Value| {
        let mut probed = base.clone();
        *entry_at(&mut probed, path)? = probe.clone();
        let refusal = probed.try_into::<Rules>().ok()?.validate().err()?;
        let is_of_this = refusal.key.rsplit('.').next() == Some(key);
        is_of_this.then_some(refusal.allowed)
    };
    let default = Value::Table(to_table(&Rules::default()));
    for base in [value, &default] {
        for probe in probes {
            if let Some(range) = refusal(base, probe) {
                return Some(range);
            }
        }
    }
    None
}

/// Where a value stands; in a list that has fewer entries, that of the last.
fn entry_at<'v>(root: &'v mut Value, path: &Path) -> Option<&'v mut Value> {
    path.iter().try_fold(root, |value, segment| match segment {
        Segment::Map { key } => value.get_mut(key.as_str()),
        Segment::Seq { index } => {
            let last = value.as_array()?.len().checked_sub(1)?;
            value.get_mut((*index).min(last))
        }
        Segment::Enum { .. } | Segment::Unknown => Some(value),
    })
}

/// Writes a table and those in it. Rules are `f32`: 0.45 is written so, and not as its nearest `f64`.
fn write_table(name: &str, table: &Table, text: &mut String) {
    let (inner, plain): (Vec<_>, Vec<_>) = table.iter().partition(|(_, value)| is_inner(value));
    if !plain.is_empty() {
        text.push_str(&format!("\n[{name}]\n"));
    }
    write_plain(&plain, text);
    for (key, value) in inner {
        let name = format!("{name}.{key}");
        match value {
            Value::Table(table) => write_table(&name, table, text),
            value => write_list(&name, value.as_array().into_iter().flatten(), text),
        }
    }
}

/// A list of tables whose values are plain.
fn write_list<'v>(name: &str, entries: impl Iterator<Item = &'v Value>, text: &mut String) {
    for entry in entries.filter_map(Value::as_table) {
        text.push_str(&format!("\n[[{name}]]\n"));
        write_plain(&entry.iter().collect::<Vec<_>>(), text);
    }
}

fn write_plain(entries: &[(&String, &Value)], text: &mut String) {
    for (key, value) in entries {
        match value.as_float() {
            Some(number) => text.push_str(&format!("{key} = {:?}\n", number as f32)),
            None => text.push_str(&format!("{key} = {value}\n")),
        }
    }
}

/// A table, or a list of them.
fn is_inner(value: &Value) -> bool {
    let is_list = |list: &Vec<Value>| !list.is_empty() && list.iter().all(Value::is_table);
    value.is_table() || value.as_array().is_some_and(is_list)
}

#[cfg(test)]
mod tests;
