//! What a host can set, and how it is put together: TOML file < environment (`FRACAS_…`) < flags.
//!
//! Every key has one name everywhere: `tick_hz` in the file, `FRACAS_TICK_HZ` in the environment, `--tick-hz` as a
//! flag. A key nobody knows is an error that names the nearest known one, because a misspelt limit that is silently
//! ignored is found out at the worst time. `FRACAS_<KEY>_FILE` reads the value from a file (for secrets).

mod made;

use std::{collections::BTreeSet, fs, net::SocketAddr, path::Path, time::Duration};

use figment::{
    Figment,
    providers::{Format, Serialized, Toml},
    value::{Dict, Value},
};
use fracas_bots::Skill;
use fracas_protocol::{Mode, Rules};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    chat::{ChatMode, ChatPolicy},
    maps::ROTATION,
    rulebook::{self, RuleError},
};

/// Everything a host can set. `Default` is what the documentation promises.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Players, pages, API and SSE. Port 0 picks a free one.
    pub listen: SocketAddr,
    /// Metrics and health; keep it away from players.
    pub internal_listen: SocketAddr,
    /// Game mode of all rooms.
    pub mode: String,
    /// Map of all rooms: `rotation` for those that suit what is played, one after the other as players vote; or the name
    /// of a built-in map, the path of a map file, or `arena`, which is made for `max_players` from the seed.
    pub map: String,
    /// Rooms, all alike: `main`, `main-2`, `main-3`, … Each plays a match of its own. 1..=1000.
    pub rooms: u16,
    /// Seats in a room, bots included. 1..=10000.
    pub max_players: u16,
    /// Keep this many craft in a room by topping up with bots, while somebody plays there or watches.
    pub bots: u16,
    /// How good these are, where whoever makes a room says nothing else.
    pub bot_skill: Skill,
    /// Rooms that may be made over the API, at a time; 0: none. 0..=1000.
    pub max_rooms: u16,
    /// Seats that a room made over the API may have. 1..=10000.
    pub max_room_players: u16,
    /// Bots that all rooms made over the API may have together. 0..=10000.
    pub max_rooms_bots: u16,
    /// A room where nobody plays and nobody watches goes on for so long, for those who reload a page.
    #[serde(serialize_with = "write_duration", deserialize_with = "read_duration")]
    pub room_sleep: Duration,
    /// A room made over the API ends when nobody has been in it for so long.
    #[serde(serialize_with = "write_duration", deserialize_with = "read_duration")]
    pub room_idle: Duration,
    /// Simulation steps per second. 10..=120.
    pub tick_hz: u8,
    /// Snapshots per second and client; divides `tick_hz`.
    pub snapshot_hz: u8,
    /// Ticks of input in a message; 0 leaves it to the number of places. 0..=4.
    pub inputs_per_message: u8,
    /// Bytes for craft and shots in a snapshot, beyond which it leaves out what is farthest away, for a quarter of a
    /// second at most. 200..=60000.
    pub snapshot_bytes_max: u32,
    /// Makes matches reproducible; random and logged when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// How much players may say to each other.
    pub chat: ChatMode,
    /// Whether offensive words are replaced by asterisks, and offensive names refused.
    pub profanity_filter: bool,
    /// How long matches may go on after SIGTERM, e.g. `20s`.
    #[serde(serialize_with = "write_duration", deserialize_with = "read_duration")]
    pub drain: Duration,
    /// Further origins (`https://example.org`) whose pages may open the game socket. The server's own always may.
    pub allowed_origins: Vec<String>,
    /// Open connections, all together. 16..=1000000.
    pub max_connections: u32,
    /// Open connections from one address (the machine itself is exempt).
    pub max_connections_per_address: u32,
    /// Log lines as `text` or `json`.
    pub log_format: LogFormat,
    /// What differs from the numbers of the mode, in all rooms of this mode: `[rules.craft]`, `[rules.flow]` and so on.
    /// Only in the file.
    pub rules: toml::Table,
    /// The same for any mode by its name, `[modes.ctf.flow]` and so on; of the configured mode `rules` come on top. Only
    /// in the file.
    pub modes: toml::Table,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl std::str::FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("expected text or json".into()),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([0, 0, 0, 0], 8080)),
            internal_listen: SocketAddr::from(([127, 0, 0, 1], 9090)),
            mode: "ffa".into(),
            map: ROTATION.into(),
            rooms: 1,
            max_players: 16,
            bots: 6,
            bot_skill: Skill::Mixed,
            max_rooms: 20,
            max_room_players: 256,
            max_rooms_bots: 120,
            room_sleep: Duration::from_secs(10),
            room_idle: Duration::from_secs(60),
            tick_hz: 60,
            snapshot_hz: 30,
            inputs_per_message: 0,
            snapshot_bytes_max: 1_400,
            seed: None,
            chat: ChatMode::On,
            profanity_filter: true,
            drain: Duration::from_secs(20),
            allowed_origins: Vec::new(),
            max_connections: 10_000,
            max_connections_per_address: 64,
            log_format: LogFormat::Text,
            rules: toml::Table::new(),
            modes: toml::Table::new(),
        }
    }
}

/// Places of a massive arena where a host says nothing else.
const MASSIVE_PLAYERS: u16 = 256;

/// Why a configuration can't be used. Every text says which key and where it came from.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("can't read {path}: {source}")]
    Read {
        /// Which file.
        path: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// A key nobody knows.
    #[error("unknown key `{key}` in {place}; did you mean `{nearest}`?")]
    UnknownKey {
        /// As it was written.
        key: String,
        /// File or environment.
        place: String,
        /// The known key that looks most like it.
        nearest: String,
    },
    /// Wrong type or syntax.
    #[error("{place}: {why}")]
    Invalid {
        /// Which key, or that it was the file.
        place: String,
        /// What was expected.
        why: String,
    },
    /// The right type, but not a value the server can run with.
    #[error("`{key}`: {why}")]
    OutOfRange {
        /// Which key.
        key: &'static str,
        /// What would be right.
        why: String,
    },
    /// Rules that can't be played by.
    #[error(transparent)]
    Rules(#[from] RuleError),
}

impl Config {
    /// Puts file, environment and flags together, later ones winning, and checks the result.
    ///
    /// `env` is the environment as pairs (`std::env::vars()` in production), `flags` holds only what was given.
    pub fn load(
        file: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
        flags: &impl Serialize,
    ) -> Result<Self, ConfigError> {
        Self::load_for(Mode::Ffa, file, env, flags)
    }

    /// The same, with the mode that is meant where none is named.
    pub fn load_for(
        mode: Mode,
        file: Option<&Path>,
        env: impl Iterator<Item = (String, String)>,
        flags: &impl Serialize,
    ) -> Result<Self, ConfigError> {
        let mut given = Figment::new();
        if let Some(path) = file {
            let text = read(path)?;
            check_file_keys(&text, path)?;
            given = given.merge(Toml::string(&text));
        }
        given = given
            .merge(Serialized::globals(env_layer(env)?))
            .merge(Serialized::globals(flags));
        let named = given.extract_inner::<String>("mode").ok();
        let named = named.and_then(|named| named.parse::<Mode>().ok());
        Figment::from(Serialized::defaults(Self::of_mode(named.unwrap_or(mode))))
            .merge(given)
            .extract::<Self>()
            .map_err(|error| invalid(&error))?
            .checked()
    }

    /// What a mode is played with where a host says nothing else.
    pub fn of_mode(mode: Mode) -> Self {
        let defaults = Self {
            mode: mode.as_str().into(),
            ..Self::default()
        };
        match mode {
            Mode::Massive => Self {
                max_players: MASSIVE_PLAYERS,
                ..defaults
            },
            _ => defaults,
        }
    }

    /// The numbers that rooms of the configured mode are played by.
    ///
    /// # Errors
    /// What is wrong with what the host changed; or there is no such mode.
    pub fn effective_rules(&self) -> Result<Rules, ConfigError> {
        let mode = self
            .mode
            .parse()
            .map_err(|why| ConfigError::OutOfRange { key: "mode", why })?;
        Ok(rulebook::changed(mode, self.rules_of(mode))?)
    }

    /// What the host changes in a mode's rules, in this order: a number of kills to win is none of flags.
    pub fn rules_of(&self, mode: Mode) -> impl Iterator<Item = &toml::Table> {
        let of_mode = self
            .modes
            .get(mode.as_str())
            .and_then(toml::Value::as_table);
        let is_configured = self.mode == mode.as_str();
        of_mode
            .into_iter()
            .chain(is_configured.then_some(&self.rules))
    }

    /// What its rooms let players say.
    pub fn chat_policy(&self) -> ChatPolicy {
        ChatPolicy {
            mode: self.chat,
            profanity_filter: self.profanity_filter,
        }
    }

    /// The defaults as a commented file to start from.
    pub fn default_toml() -> String {
        let mut text = String::from(
            "# Fracas server. Every key can also be FRACAS_<KEY> in the environment or a --flag;\n\
             # file < environment < flag. These are the defaults.\n\n",
        );
        let mut defaults = toml::Table::try_from(Self::default()).expect("plain values");
        defaults.remove("rules");
        defaults.remove("modes");
        for line in defaults.to_string().lines() {
            if let Some(comment) = line.split(" = ").next().and_then(describe) {
                text.push_str(&format!("# {comment}\n"));
            }
            text.push_str(line);
            text.push_str("\n\n");
        }
        text.push_str(
            "# Makes matches reproducible; random (and logged) when absent.\n# seed = 1\n\n\
             # What differs from the numbers of the mode, which `fracas rules ffa` prints, in tiles and seconds.\n\
             # Clients are told them when they join.\n\
             # [rules.flow]\n# score_to_win = 25\n\n\
             # The same for rooms of other modes, which players make.\n\
             # [modes.ctf.flow]\n# score_to_win = 3\n",
        );
        text
    }

    fn checked(self) -> Result<Self, ConfigError> {
        let out_of_range = |key, why: &str| {
            Err(ConfigError::OutOfRange {
                key,
                why: why.into(),
            })
        };
        if !(1..=1_000).contains(&self.rooms) {
            return out_of_range("rooms", "must be 1 to 1000");
        }
        if !(1..=10_000).contains(&self.max_players) {
            return out_of_range("max_players", "must be 1 to 10000");
        }
        if self.bots > self.max_players {
            return out_of_range("bots", "more bots than max_players has seats");
        }
        if self.max_rooms > 1_000 {
            return out_of_range("max_rooms", "must be 0 to 1000");
        }
        if !(1..=10_000).contains(&self.max_room_players) {
            return out_of_range("max_room_players", "must be 1 to 10000");
        }
        if self.max_rooms_bots > 10_000 {
            return out_of_range("max_rooms_bots", "must be 0 to 10000");
        }
        if !(10..=120).contains(&self.tick_hz) {
            return out_of_range("tick_hz", "must be 10 to 120");
        }
        if self.snapshot_hz == 0 || !self.tick_hz.is_multiple_of(self.snapshot_hz) {
            return out_of_range("snapshot_hz", "must divide tick_hz");
        }
        if !(200..=60_000).contains(&self.snapshot_bytes_max) {
            return out_of_range("snapshot_bytes_max", "must be 200 to 60000");
        }
        if self.inputs_per_message > 4 {
            return out_of_range("inputs_per_message", "must be 0 to 4");
        }
        if let Err(why) = self.mode.parse::<Mode>() {
            return out_of_range("mode", &why);
        }
        let rules = self.effective_rules()?;
        rulebook::check_fit(&rules, self.max_players, self.tick_hz)?;
        self.check_modes()?;
        if self.drain > Duration::from_secs(3600) {
            return out_of_range("drain", "must be at most 1h");
        }
        if !(16..=1_000_000).contains(&self.max_connections) {
            return out_of_range("max_connections", "must be 16 to 1000000");
        }
        if self.max_connections_per_address == 0 {
            return out_of_range("max_connections_per_address", "must be at least 1");
        }
        if let Some(bad) = self
            .allowed_origins
            .iter()
            .find(|origin| !is_origin(origin))
        {
            let why =
                format!("{bad:?} is not an origin; write scheme://host or scheme://host:port");
            return Err(ConfigError::OutOfRange {
                key: "allowed_origins",
                why,
            });
        }
        Ok(self)
    }
}

/// The parser's words, without its types.
fn invalid(error: &figment::Error) -> ConfigError {
    let key = error.path.iter().find(|part| known_keys().contains(*part));
    let place = key.map_or_else(|| "configuration".into(), |key| format!("`{key}`"));
    ConfigError::Invalid {
        place,
        why: error.kind.to_string(),
    }
}

/// One line about a key, for `config default` and `--help`'s readers.
fn describe(key: &str) -> Option<&'static str> {
    Some(match key {
        "listen" => "Players, pages, API and SSE; port 0 picks a free one.",
        "internal_listen" => "/metrics and /health; keep it away from players.",
        "mode" => "Game mode of all rooms; `fracas serve --help` names them.",
        "map" => {
            "rotation, a built-in map's name, path of a map file, or arena: made for max_players from the seed."
        }
        "rooms" => {
            "Rooms, all alike, each with a match of its own: main, main-2, main-3 and so on."
        }
        "max_players" => "Seats in a room, bots included.",
        "bots" => {
            "Keep this many craft in a room by topping up with bots, while somebody plays there or watches."
        }
        "bot_skill" => "How good these bots are: easy, normal, hard or mixed.",
        "max_rooms" => "Rooms that may be made over the API, at a time.",
        "max_room_players" => "Seats that a room made over the API may have.",
        "max_rooms_bots" => "Bots that all rooms made over the API may have together.",
        "room_sleep" => "A room where nobody plays and nobody watches goes on for so long.",
        "room_idle" => "A room made over the API ends when nobody has been in it for so long.",
        "tick_hz" => "Simulation steps per second.",
        "snapshot_hz" => "Snapshots per second and client; divides tick_hz.",
        "inputs_per_message" => "Ticks of input in a message; 0 leaves it to the number of places.",
        "snapshot_bytes_max" => {
            "Bytes for craft and shots in a snapshot; beyond, the farthest wait, for 0.25 s at most."
        }
        "chat" => "What players may say to each other: on, quick (phrases only) or off.",
        "profanity_filter" => {
            "Offensive words become asterisks in chat; offensive names are refused."
        }
        "drain" => "How long matches may go on after SIGTERM.",
        "allowed_origins" => "Further origins whose pages may open the game socket.",
        "max_connections" => "Open connections, all together.",
        "max_connections_per_address" => {
            "Open connections from one address (the machine itself is exempt)."
        }
        "log_format" => "text or json.",
        _ => return None,
    })
}

fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else {
        return false;
    };
    matches!(scheme, "http" | "https")
        && !authority.is_empty()
        && !authority.contains(['/', ' ', '*'])
}

fn read(path: &Path) -> Result<String, ConfigError> {
    fs::read_to_string(path).map_err(|source| ConfigError::Read {
        path: path.display().to_string(),
        source,
    })
}

/// Every key with its default.
fn known() -> Dict {
    let value = Value::serialize(Config {
        seed: Some(0),
        ..Config::default()
    })
    .expect("plain values");
    value.into_dict().expect("a struct")
}

fn known_keys() -> BTreeSet<String> {
    known().into_keys().collect()
}

fn check_key(key: &str, written: &str, place: &str) -> Result<(), ConfigError> {
    check_key_among(&known_keys(), key, written, place)
}

fn check_key_among(
    known: &BTreeSet<String>,
    key: &str,
    written: &str,
    place: &str,
) -> Result<(), ConfigError> {
    if known.contains(key) {
        return Ok(());
    }
    Err(ConfigError::UnknownKey {
        key: written.into(),
        place: place.into(),
        nearest: nearest(known.iter(), key),
    })
}

/// The known key that looks most like one that isn't.
pub(crate) fn nearest<'k>(known: impl Iterator<Item = &'k String>, key: &str) -> String {
    known
        .min_by_key(|candidate| strsim::damerau_levenshtein(candidate, key))
        .cloned()
        .unwrap_or_default()
}

fn check_file_keys(text: &str, path: &Path) -> Result<(), ConfigError> {
    let table: toml::Table = match text.parse() {
        Ok(table) => table,
        // A syntax error is reported by the parser that reads it in earnest, with its position.
        Err(_) => return Ok(()),
    };
    // Keys of rules are looked at when they are put together with those of the mode.
    let place = path.display().to_string();
    table.keys().try_for_each(|key| check_key(key, key, &place))
}

/// The `FRACAS_…` variables as a layer.
fn env_layer(env: impl Iterator<Item = (String, String)>) -> Result<Dict, ConfigError> {
    let mut layer = Dict::new();
    for (name, text) in env {
        let Some(key) = name.strip_prefix("FRACAS_").map(str::to_ascii_lowercase) else {
            continue;
        };
        if key == "config" || is_injected_by_an_orchestrator(&key) {
            continue;
        }
        let known = known_keys();
        if let Some(stem) = key
            .strip_suffix("_file")
            .filter(|stem| known.contains(*stem))
        {
            let secret = read(Path::new(&text))?;
            layer.insert(
                stem.into(),
                parse_env(stem, secret.trim_end_matches(['\r', '\n'])),
            );
            continue;
        }
        check_key(&key, &name, "the environment")?;
        layer.insert(key.clone(), parse_env(&key, &text));
    }
    Ok(layer)
}

/// Kubernetes gives every pod `<SERVICE>_SERVICE_HOST`, `<SERVICE>_PORT_8080_TCP` and so on; a service called `fracas`
/// must not keep the server from starting.
fn is_injected_by_an_orchestrator(key: &str) -> bool {
    key == "port" || key.starts_with("port_") || key.starts_with("service_")
}

/// Lists are written `a,b` in the environment; everything else as in a TOML value, and text without quotes.
fn parse_env(key: &str, text: &str) -> Value {
    if key == "allowed_origins" {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        return parts.map(Value::from).collect::<Vec<_>>().into();
    }
    if let ("true" | "false", Some(Value::Bool(..))) = (text, known().get(key)) {
        return Value::from(text == "true");
    }
    match text.parse::<u64>() {
        Ok(number) => Value::from(number),
        Err(_) => Value::from(text),
    }
}

/// `20s`, `500ms`, `2m`, `1h`; a bare number is seconds.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number
        .parse()
        .map_err(|_| format!("{text:?} is not a duration; write e.g. 20s"))?;
    let millis_per_unit = match unit {
        "ms" => 1,
        "s" | "" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        _ => return Err(format!("{text:?} is not a duration; units are ms, s, m, h")),
    };
    number
        .checked_mul(millis_per_unit)
        .map(Duration::from_millis)
        .ok_or_else(|| format!("{text:?} is too long"))
}

fn write_duration<S: Serializer>(value: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    match value.subsec_millis() {
        0 => serializer.serialize_str(&format!("{}s", value.as_secs())),
        _ => serializer.serialize_str(&format!("{}ms", value.as_millis())),
    }
}

fn read_duration<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Seconds(u64),
        Text(String),
    }
    match Written::deserialize(deserializer)? {
        Written::Seconds(seconds) => Ok(Duration::from_secs(seconds)),
        Written::Text(text) => parse_duration(&text).map_err(serde::de::Error::custom),
    }
}

#[cfg(test)]
mod tests;
