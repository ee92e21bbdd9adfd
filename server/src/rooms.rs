//! Makes rooms: those of the configuration, and those that are asked for over the API.
//!
//! ```text
//!   POST /api/rooms ──► Maker::make ──► thread `rooms`: map, world, thread of the room ──► lobby
//!                            │                                                            │
//!                            └── a permit, held until the room has ended ◄────────────────┘
//! ```
//!
//! A thread of its own starts them, because a thread begins with the niceness of the one that starts it and the sockets'
//! thread is a little nice (`main.rs`); and because a map for thousands takes long enough to make that no socket should
//! wait for it.

use std::{
    io,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
        mpsc,
    },
    thread,
};

use anyhow::Context as _;
use fracas_bots::Skill;
use fracas_protocol::{Mode, Rules};
use rand::{RngExt, seq::IndexedRandom};
use tokio::{
    runtime::Handle,
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
};
use tracing::info;

use crate::{
    chat,
    config::Config,
    feed::Feed,
    lobby::Lobby,
    maps,
    room::{RoomConfig, RoomHandle, RoomMap},
    rulebook::{self, RuleError},
    sim,
};

/// Rooms that wait to be started.
const STARTS_MAX: usize = 8;
/// What is easily read out loud: no 0 and O, no 1, I and L.
const CODE_LETTERS: &[u8] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
/// 30 bits; who guesses is slowed down (`net/limits.rs`).
const CODE_LENGTH: usize = 6;

const ADJECTIVES: &[&str] = &[
    "amber", "arctic", "brisk", "cobalt", "copper", "crimson", "dusty", "ember", "frosty",
    "golden", "hazel", "indigo", "ivory", "jade", "lunar", "misty", "olive", "pale", "quiet",
    "rapid", "russet", "silver", "solar", "violet",
];
const NOUNS: &[&str] = &[
    "anvil", "basin", "canyon", "cinder", "comet", "delta", "falcon", "forge", "glacier", "harbor",
    "heron", "lantern", "lynx", "mesa", "nova", "orbit", "osprey", "prism", "quarry", "raven",
    "reef", "summit", "tundra", "vortex",
];

/// What somebody wants of a room. Where it says nothing the mode decides.
#[derive(Debug, Clone)]
pub struct RoomWish {
    /// What is played.
    pub mode: Mode,
    /// The name of a map that comes with the server.
    pub map: Option<String>,
    /// Places.
    pub max_players: Option<u16>,
    /// Craft to top up to.
    pub bots: Option<u16>,
    /// How good these are.
    pub bot_skill: Option<Skill>,
    /// What differs from the rules of the mode here.
    pub rules: toml::Table,
    /// Only those who have its code find it.
    pub is_private: bool,
}

/// Why there is no room.
#[derive(Debug, thiserror::Error)]
pub enum NotMade {
    /// As many as may be are there already.
    #[error("{0} rooms have been made already, which is as many as this server allows")]
    TooMany(u16),
    /// All made rooms together have as many bots as may be, or nearly.
    #[error(
        "bots = {wanted} is too many now: {left} are left of the {most} that the rooms made here may have together"
    )]
    TooManyBots {
        /// Wished for.
        wanted: u16,
        /// Nobody's yet.
        left: usize,
        /// Of all these rooms.
        most: u16,
    },
    /// A value that can't be: key, value, what is allowed.
    #[error("{0}")]
    NotAllowed(String),
    /// Rules that can't be played by.
    #[error(transparent)]
    Rules(#[from] RuleError),
    /// The system has no thread left, or the server goes down.
    #[error("the room can't be started: {0}")]
    Failed(String),
}

/// Makes rooms.
#[derive(Debug)]
pub struct Maker {
    feed: Arc<Feed>,
    seed: u64,
    made: AtomicU64,
    places: Arc<Semaphore>,
    /// Bots that no made room has yet.
    bots: Arc<Semaphore>,
    starter: OnceLock<mpsc::SyncSender<Start>>,
}

struct Start {
    plan: Plan,
    reply: oneshot::Sender<anyhow::Result<RoomHandle>>,
}

/// A room before it has its maps.
struct Plan {
    map: String,
    room: RoomConfig,
}

impl Maker {
    /// Nothing is started yet.
    pub fn new(config: &Config, feed: Arc<Feed>) -> Self {
        let seed = config.seed.unwrap_or_else(rand::random);
        info!(seed, "all matches of this server follow from this seed");
        Self {
            feed,
            seed,
            made: AtomicU64::new(0),
            places: Arc::new(Semaphore::new(usize::from(config.max_rooms))),
            bots: Arc::new(Semaphore::new(usize::from(config.max_rooms_bots))),
            starter: OnceLock::new(),
        }
    }

    /// Starts the rooms of the configuration, and the thread that starts those which are asked for later. Must be called
    /// within a tokio runtime, and before the thread that calls it becomes nice.
    ///
    /// # Errors
    /// A map is broken, the rules can't be played by, or the system has no thread left.
    pub fn open(&self, config: &Config, lobby: &Lobby) -> anyhow::Result<()> {
        let starter = start_thread(self.feed.clone()).context("can't start a thread")?;
        let _ = self.starter.set(starter);
        let mode: Mode = config.mode.parse().map_err(anyhow::Error::msg)?;
        let mut first = self.room(config, mode, config.effective_rules()?);
        first.maps = load_maps(&config.map, mode, config.max_players, self.seed)?;
        for number in 1..=config.rooms {
            let room = RoomConfig {
                name: room_name(number),
                // The first plays what a server with one room would; the low bits count the matches of a room.
                seed: self.seed ^ (u64::from(number - 1) << 48),
                is_front: number == 1,
                ..first.clone()
            };
            lobby.add(RoomHandle::spawn(room, &self.feed).context("can't start a room")?);
        }
        Ok(())
    }

    /// Starts a room that somebody asks for; it is gone again when nobody has been in it for `config.room_idle`.
    ///
    /// # Errors
    /// Which wish can't be, and what would be allowed; or there are too many rooms.
    pub async fn make(
        &self,
        config: &Config,
        lobby: &Arc<Lobby>,
        wish: &RoomWish,
    ) -> Result<RoomHandle, NotMade> {
        let mut plan = self.plan(config, wish)?;
        let place = self.places.clone().try_acquire_owned();
        let place = place.map_err(|_| NotMade::TooMany(config.max_rooms))?;
        let bots = self.reserve_bots(config, wish, &mut plan.room.company)?;
        let (reply, started) = oneshot::channel();
        let starter = self.starter.get();
        let starter = starter.ok_or_else(|| NotMade::Failed("the server has not begun".into()))?;
        starter
            .try_send(Start { plan, reply })
            .map_err(|_| NotMade::Failed("too many at once; try again".into()))?;
        let room = started
            .await
            .map_err(|_| NotMade::Failed("the server goes down".into()))?
            .map_err(|error| NotMade::Failed(format!("{error:#}")))?;
        lobby.add(room.clone());
        tokio::spawn(forget_when_ended(
            room.clone(),
            lobby.clone(),
            [place, bots],
        ));
        Ok(room)
    }

    /// Bots for a room until it has ended: as many as are wished for; where nothing is said, no more than there are.
    fn reserve_bots(
        &self,
        config: &Config,
        wish: &RoomWish,
        company: &mut u16,
    ) -> Result<OwnedSemaphorePermit, NotMade> {
        let left = self.bots.available_permits();
        if wish.bots.is_none() {
            *company = (*company).min(u16::try_from(left).unwrap_or(u16::MAX));
        }
        let bots = self.bots.clone();
        bots.try_acquire_many_owned(u32::from(*company))
            .map_err(|_| NotMade::TooManyBots {
                wanted: *company,
                left,
                most: config.max_rooms_bots,
            })
    }

    fn plan(&self, config: &Config, wish: &RoomWish) -> Result<Plan, NotMade> {
        let rules = rulebook::changed(wish.mode, config.rules_of(wish.mode).chain([&wish.rules]))?;
        rulebook::check_pauses(&rules)?;
        if config.profanity_filter {
            let known = rulebook::changed(wish.mode, config.rules_of(wish.mode))?;
            check_names(&rules, &known)?;
        }
        let room = self.room(config, wish.mode, rules);
        let capacity = allowed(
            "max_players",
            wish.max_players
                .unwrap_or_else(|| config.made_places_of(wish.mode)),
            1..=config.max_room_players,
        )?;
        rulebook::check_fit(&room.rules, capacity, room.tick_hz)?;
        let company = allowed(
            "bots",
            wish.bots
                .unwrap_or_else(|| config.made_bots_usual(capacity)),
            0..=config.made_bots_max(capacity),
        )?;
        let map = wish.map.clone().unwrap_or_else(|| maps::ROTATION.into());
        check_map(&map)?;
        check_suits(&map, wish.mode)?;
        // Beyond those of the configuration, which has 1,000 rooms at most.
        let number = 1_000 + self.made.fetch_add(1, Ordering::Relaxed);
        let room = RoomConfig {
            name: made_name(),
            capacity,
            company,
            bot_skill: wish.bot_skill.unwrap_or(room.bot_skill),
            seed: self.seed ^ (number << 48),
            code: Some(made_code()),
            is_listed: !wish.is_private,
            sleeps_after: config.room_sleep.min(config.room_idle),
            ends_after: Some(config.room_idle),
            ..room
        };
        Ok(Plan { map, room })
    }

    /// What all rooms have in common; without maps.
    fn room(&self, config: &Config, mode: Mode, rules: Rules) -> RoomConfig {
        RoomConfig {
            name: room_name(1),
            mode,
            rules,
            maps: Vec::new(),
            capacity: config.places_of(mode),
            tick_hz: config.tick_hz,
            snapshot_hz: config.snapshot_hz,
            inputs_per_message: config.inputs_per_message,
            snapshot_bytes_max: config.snapshot_bytes_max,
            chat: config.chat_policy(),
            seed: self.seed,
            epoch: self.feed.epoch().into(),
            company: config.bots,
            bot_skill: config.bot_skill,
            is_front: false,
            is_listed: true,
            code: None,
            sleeps_after: config.room_sleep,
            ends_after: None,
        }
    }
}

/// The thread that starts rooms; it ends with the maker.
fn start_thread(feed: Arc<Feed>) -> io::Result<mpsc::SyncSender<Start>> {
    let (starter, starts) = mpsc::sync_channel::<Start>(STARTS_MAX);
    let runtime = Handle::current();
    thread::Builder::new().name("rooms".into()).spawn(move || {
        let _entered = runtime.enter();
        for Start { plan, reply } in starts {
            // Whoever asked may be gone; the room then ends because nobody comes.
            let _ = reply.send(start(plan, &feed));
        }
    })?;
    Ok(starter)
}

fn start(plan: Plan, feed: &Arc<Feed>) -> anyhow::Result<RoomHandle> {
    let Plan { map, mut room } = plan;
    room.maps = load_maps(&map, room.mode, room.capacity, room.seed)?;
    Ok(RoomHandle::spawn(room, feed)?)
}

async fn forget_when_ended(
    room: RoomHandle,
    lobby: Arc<Lobby>,
    reserved: [OwnedSemaphorePermit; 2],
) {
    room.ended().await;
    lobby.remove(&room.config.name);
    drop(reserved);
}

/// The maps of a room: one, or those that suit what is played. Arenas, which have everything for every mode, are made when
/// they are played on.
///
/// # Errors
/// There is no such map, or it is none; the text says which line.
pub fn load_maps(name: &str, mode: Mode, players: u16, seed: u64) -> anyhow::Result<Vec<RoomMap>> {
    let names = match name {
        maps::ROTATION => {
            let suited = maps::rotation(mode, players);
            suited.into_iter().map(|map| map.name).collect()
        }
        name => vec![name.to_owned()],
    };
    let load = |name: &String| -> anyhow::Result<RoomMap> {
        let title = maps::title(name).into();
        if maps::arena_number(name).is_some() {
            let name = name.clone();
            let make = move || maps::load(&name, players, seed).expect("an arena can be made");
            return Ok(RoomMap::made_when_needed(title, make));
        }
        let map = maps::load(name, players, seed)?;
        sim::check_map(mode, &map).with_context(|| format!("map {name:?}"))?;
        Ok(RoomMap::new(title, map))
    };
    names.iter().map(load).collect()
}

/// What a room that is asked for can be played on: what comes with the server, never a file.
pub fn map_names() -> Vec<String> {
    let made = [maps::ROTATION, maps::ARENA].map(str::to_owned);
    made.into_iter().chain(maps::names()).collect()
}

/// Those of them that a mode can be played on: a drawn map is for the modes it has everything for, what is made is for all.
pub fn maps_for(mode: Mode) -> Vec<&'static str> {
    let made = [maps::ROTATION, maps::ARENA];
    made.into_iter().chain(maps::suited(mode)).collect()
}

fn check_suits(name: &str, mode: Mode) -> Result<(), NotMade> {
    let suited = maps_for(mode);
    if suited.contains(&name) {
        return Ok(());
    }
    Err(NotMade::NotAllowed(format!(
        "map = {name:?} is not allowed in {mode}: {}",
        suited.join(", ")
    )))
}

/// Whether everybody may read the names that are new in rules.
fn check_names(rules: &Rules, known: &Rules) -> Result<(), NotMade> {
    let is_new = |name: &str| names(known).all(|(_, known)| known != name);
    let reads = |name: &str| [name.replace('-', " "), name.replace('-', "")];
    let is_offensive = |name: &str| reads(name).iter().any(|read| chat::is_offensive(read));
    match names(rules).find(|(_, name)| is_new(name) && is_offensive(name)) {
        Some((list, name)) => Err(NotMade::NotAllowed(format!(
            "rules.{list}: name = {name:?} is not allowed: choose another, this one is offensive"
        ))),
        None => Ok(()),
    }
}

/// Of everything that players read of, and in which list it is.
fn names(rules: &Rules) -> impl Iterator<Item = (&'static str, &str)> {
    let weapons = rules.weapons.iter().map(|weapon| weapon.name.as_str());
    let pickups = rules.pickups.iter().map(|pickup| pickup.name.as_str());
    let weapons = weapons.map(|name| ("weapons", name));
    weapons.chain(pickups.map(|name| ("pickups", name)))
}

fn check_map(name: &str) -> Result<(), NotMade> {
    let known = map_names();
    if known.iter().any(|known| known == name) {
        return Ok(());
    }
    let shown: String = name.chars().take(60).collect();
    let known = known.join(", ");
    Err(NotMade::NotAllowed(format!(
        "map = {shown:?} is not allowed: {known}"
    )))
}

fn allowed(key: &str, value: u16, range: std::ops::RangeInclusive<u16>) -> Result<u16, NotMade> {
    if range.contains(&value) {
        return Ok(value);
    }
    let (low, high) = range.into_inner();
    Err(NotMade::NotAllowed(format!(
        "{key} = {value} is not allowed: {low} to {high}"
    )))
}

/// `main`, `main-2`, `main-3`, …
fn room_name(number: u16) -> Arc<str> {
    match number {
        1 => "main".into(),
        number => format!("main-{number}").into(),
    }
}

/// `amber-lynx-7k2q`: whom a private room doesn't tell can't guess it.
fn made_name() -> Arc<str> {
    let mut rng = rand::rng();
    let word = |words: &[&'static str]| *words.choose(&mut rand::rng()).expect("there are words");
    let tail: String = (0..6)
        .map(|_| char::from(*CODE_LETTERS.choose(&mut rng).expect("letters")))
        .collect();
    let tail = tail.to_ascii_lowercase();
    format!("{}-{}-{tail}", word(ADJECTIVES), word(NOUNS)).into()
}

fn made_code() -> Arc<str> {
    let mut rng = rand::rng();
    let letter = |_| char::from(CODE_LETTERS[rng.random_range(0..CODE_LETTERS.len())]);
    (0..CODE_LENGTH).map(letter).collect::<String>().into()
}

/// A code as somebody has typed it.
pub fn clean_code(text: &str) -> String {
    let letters = text.chars().filter(char::is_ascii_alphanumeric);
    letters
        .take(2 * CODE_LENGTH)
        .collect::<String>()
        .to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lobby::ROOM_NAME_MAX;

    fn wish() -> RoomWish {
        RoomWish {
            mode: Mode::Ffa,
            map: None,
            max_players: None,
            bots: None,
            bot_skill: None,
            rules: toml::Table::new(),
            is_private: true,
        }
    }

    fn plan(config: &Config, change: impl FnOnce(&mut RoomWish)) -> Result<Plan, NotMade> {
        let maker = Maker::new(config, Feed::new("e"));
        let mut wish = wish();
        change(&mut wish);
        maker.plan(config, &wish)
    }

    #[test]
    fn names_fit_a_ticket_and_codes_are_read_back_however_they_are_typed() {
        for _ in 0..1_000 {
            let name = made_name();
            assert!(name.len() <= ROOM_NAME_MAX && !name.contains('.'), "{name}");
            let code = made_code();
            assert_eq!(code.len(), CODE_LENGTH);
            let typed = format!(" {}-{} ", &code[..3], code[3..].to_ascii_lowercase());
            assert_eq!(clean_code(&typed), *code);
        }
    }

    #[test]
    fn what_isnt_wished_for_is_as_the_host_and_the_mode_have_it() {
        let config = Config {
            max_players: 24,
            bots: 5,
            bot_skill: Skill::Hard,
            rules: "craft.health = 50".parse().unwrap(),
            ..Config::default()
        };
        let Plan { map, room } = plan(&config, |_| {}).unwrap();
        assert_eq!((room.capacity, room.company), (24, 5));
        assert_eq!((room.rules.craft.health, &*map), (50, maps::ROTATION));
        assert_eq!(room.bot_skill, Skill::Hard);
        assert!(!room.is_listed && room.code.is_some() && !room.is_front);
        let other = plan(&config, |wish| {
            (wish.mode, wish.bots) = (Mode::Massive, Some(0));
            wish.bot_skill = Some(Skill::Easy);
            wish.rules = "craft.speed_tiles_per_s = 8".parse().unwrap();
        });
        let room = other.unwrap().room;
        assert_eq!((room.capacity, room.company), (256, 0));
        assert_eq!(room.bot_skill, Skill::Easy);
        assert_eq!(
            (room.rules.craft.speed_tiles_per_s, room.rules.craft.health),
            (8.0, 100),
            "what a host changes in one mode isn't changed in others"
        );
        assert_eq!(room.rules.flow.time_limit_s, 600.0);
    }

    #[tokio::test]
    async fn the_bots_of_all_made_rooms_are_bounded_and_come_back_when_a_room_has_ended() {
        let config = Config {
            max_rooms_bots: 10,
            ..Config::default()
        };
        let maker = Maker::new(&config, Feed::new("e"));
        let reserve = |bots: Option<u16>| {
            let wish = RoomWish { bots, ..wish() };
            let mut company = maker.plan(&config, &wish)?.room.company;
            let permit = maker.reserve_bots(&config, &wish, &mut company)?;
            Ok::<_, NotMade>((company, permit))
        };
        let refused = |bots| reserve(bots).expect_err("too many").to_string();
        assert_eq!(refused(Some(11)), "bots = 11 is not allowed: 0 to 10");
        let (usual, first) = reserve(None).unwrap();
        assert_eq!(usual, config.bots);
        assert_eq!(
            refused(Some(5)),
            "bots = 5 is too many now: 4 are left of the 10 that the rooms made here may have together"
        );
        let (rest, _second) = reserve(None).unwrap();
        assert_eq!(rest, 4, "who says nothing gets what is left");
        assert_eq!(reserve(None).unwrap().0, 0);
        drop(first);
        assert_eq!(reserve(Some(6)).unwrap().0, 6);
    }

    #[test]
    fn what_players_name_must_be_fit_to_be_read_where_the_host_says_so() {
        let entry = |list: &str, name: &str| {
            let mut entry = rulebook::to_table(&rulebook::of_mode(Mode::Ffa))[list][1].clone();
            entry["name"] = name.into();
            let entries = toml::Value::Array(vec![entry]);
            toml::Table::from_iter([(list.to_owned(), entries)])
        };
        let mut host = Config::default();
        let planned = |config: &Config, list: &str, name: &str| {
            let rules = entry(list, name);
            plan(config, |wish| wish.rules = rules).map(|_| ())
        };
        for list in ["weapons", "pickups"] {
            for name in ["fuck", "big-fucking-gun", "f-u-c-k", "fu-ck", "sh1t"] {
                let refusal = planned(&host, list, name).expect_err(name).to_string();
                let says = format!("rules.{list}: name = {name:?} is not allowed: choose another");
                assert!(refusal.starts_with(&says), "{refusal}");
            }
            for name in ["big-gun", "assault-cannon", "shell-2"] {
                planned(&host, list, name).expect(name);
            }
        }
        host.profanity_filter = false;
        planned(&host, "weapons", "fuck").expect("the host minds nothing");
        host.profanity_filter = true;
        host.rules = entry("weapons", "fuck");
        planned(&host, "pickups", "big-gun").expect("the host's own is the host's business");
    }

    #[test]
    fn a_wish_that_cant_be_names_key_value_and_what_is_allowed() {
        let refused = |change: &dyn Fn(&mut RoomWish)| {
            let refusal = plan(&Config::default(), change).err();
            refusal.expect("refused").to_string()
        };
        let all = maps::names().join(", ");
        let ctf: Vec<_> = maps::suited(Mode::Ctf).collect();
        let ctf = ctf.join(", ");
        let no_path = format!("map = \"/etc/passwd\" is not allowed: rotation, arena, {all}");
        let not_for_ctf = format!("map = \"anvil\" is not allowed in ctf: rotation, arena, {ctf}");
        for (says, change) in [
            (
                "max_players = 0 is not allowed: 1 to 256",
                &(|wish: &mut RoomWish| wish.max_players = Some(0)) as &dyn Fn(&mut RoomWish),
            ),
            ("bots = 9 is not allowed: 0 to 4", &|wish: &mut RoomWish| {
                (wish.max_players, wish.bots) = (Some(4), Some(9));
            }),
            (&no_path, &|wish: &mut RoomWish| {
                wish.map = Some("/etc/passwd".into());
            }),
            (&not_for_ctf, &|wish: &mut RoomWish| {
                wish.mode = Mode::Ctf;
                wish.map = Some("anvil".into());
            }),
            (
                "rules.flow: countdown_s + results_s = 0.5 is not allowed: at least 1",
                &|wish: &mut RoomWish| {
                    wish.rules = "flow = {countdown_s = 0.5, results_s = 0}".parse().unwrap();
                },
            ),
            (
                "rules.weapons.rail: rate_per_s of a beam = 20 is not allowed: at most 10",
                &|wish: &mut RoomWish| {
                    let rules = "weapons = [{name = \"rail\", rate_per_s = 20}]";
                    wish.rules = rules.parse().unwrap();
                },
            ),
            (
                "rules.flow.players_min = 5 is not allowed: 1 to 4, as many as the room has places (max_players)",
                &|wish: &mut RoomWish| {
                    wish.max_players = Some(4);
                    wish.rules = "flow.players_min = 5".parse().unwrap();
                },
            ),
            (
                "rules.flow.streaks = [1, 3] is not allowed: 2 to 1000, each more than the one before, 8 at most",
                &|wish: &mut RoomWish| wish.rules = "flow.streaks = [1, 3]".parse().unwrap(),
            ),
            (
                "rules.craft.health = 0 is not allowed: 1 to 250",
                &|wish: &mut RoomWish| wish.rules = "craft.health = 0".parse().unwrap(),
            ),
        ] {
            assert_eq!(refused(change), says);
        }
    }
}
