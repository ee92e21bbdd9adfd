//! Which rooms and matches exist, and where: asked by everything that is not inside a match.
//!
//! Today it is a map in this process. It is the one module to be backed by Redis when there are many nodes: what it
//! answers (`find`, `places`, `of_credential`) is all that the rest of the server wants to know about other matches.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    sync::{Arc, RwLock},
};

use fracas_protocol::{Credential, Mode, Phase};
use serde::Serialize;
use tokio::sync::watch;

use crate::{
    room::{RoomHandle, RoomStatus},
    rooms::clean_code,
};

/// Longest name of a room, in bytes: a ticket names its room and has 64.
pub const ROOM_NAME_MAX: usize = 24;

/// The rooms of this process.
#[derive(Debug, Default)]
pub struct Lobby {
    rooms: RwLock<BTreeMap<Arc<str>, RoomHandle>>,
    /// Counts rooms that were added.
    added: watch::Sender<u64>,
}

/// A match as lists show it.
#[derive(Debug, Clone, Serialize)]
pub struct MatchInfo {
    /// The match's public name.
    pub id: Arc<str>,
    /// The room it runs in.
    pub room: Arc<str>,
    /// What is played.
    pub mode: &'static str,
    /// Where.
    pub map: Arc<str>,
    /// Where it is in its life.
    pub phase: &'static str,
    /// Places taken, bots included.
    pub players: usize,
    /// Places taken by bots.
    pub bots: usize,
    /// Places.
    pub capacity: u16,
    /// Steps per second.
    pub tick_hz: u8,
    /// Seconds until the phase ends, if it does by itself.
    pub time_left_s: Option<u32>,
    /// Nobody plays and nobody watches: it begins, bots and all, when somebody comes.
    pub asleep: bool,
}

/// What somebody who wants to play has asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// This room and no other.
    pub room: Option<String>,
    /// The room with this code.
    pub code: Option<String>,
    /// Any room with this mode.
    pub mode: Option<Mode>,
    /// For a bot: bots don't make room for each other, as they do for people.
    pub bot: bool,
}

impl Lobby {
    /// Makes a room known.
    pub fn add(&self, room: RoomHandle) {
        self.write().insert(room.config.name.clone(), room);
        self.added.send_modify(|added| *added += 1);
    }

    /// Changes when a room is added.
    pub fn watch(&self) -> watch::Receiver<u64> {
        self.added.subscribe()
    }

    /// Forgets a room.
    pub fn remove(&self, name: &str) {
        self.write().remove(name);
    }

    /// All rooms.
    pub fn rooms(&self) -> Vec<RoomHandle> {
        self.read().values().cloned().collect()
    }

    /// All matches that may be listed: not those of private rooms.
    pub fn matches(&self) -> Vec<MatchInfo> {
        let rooms = self.rooms();
        let listed = rooms.iter().filter(|room| room.config.is_listed);
        listed.map(info).collect()
    }

    /// All matches.
    pub fn all_matches(&self) -> Vec<MatchInfo> {
        self.rooms().iter().map(info).collect()
    }

    /// The match of the room with a code.
    pub fn of_code(&self, code: &str) -> Option<MatchInfo> {
        self.room_with_code(code).as_ref().map(info)
    }

    fn room_with_code(&self, code: &str) -> Option<RoomHandle> {
        let code = clean_code(code);
        let rooms = self.read();
        let mut rooms = rooms.values();
        rooms
            .find(|room| room.config.code.as_deref() == Some(&code))
            .cloned()
    }

    /// A running match.
    pub fn find(&self, match_id: &str) -> Option<MatchInfo> {
        self.rooms()
            .iter()
            .map(info)
            .find(|info| &*info.id == match_id)
    }

    /// The rooms to play in, best first: the one that was named or has the code; or all listed ones that have a place free.
    /// Rooms that somebody made come after the server's own, unless a mode is asked for; then the one with most people is
    /// first. What is known of a room is a quarter of a second old, so the first may be full by now. When all are full it
    /// is one of them, which will say so.
    pub fn places(&self, wish: &Wish) -> Vec<RoomHandle> {
        let fits = |room: &RoomHandle| wish.mode.is_none_or(|mode| mode == room.config.mode);
        if let Some(code) = &wish.code {
            return self.room_with_code(code).into_iter().filter(fits).collect();
        }
        let listed = |room: &RoomHandle| room.config.is_listed && fits(room);
        if let Some(name) = &wish.room {
            let room = self.read().get(name.as_str()).cloned();
            return room.into_iter().filter(listed).collect();
        }
        let rooms = self.rooms().into_iter().filter(listed);
        let mut known: Vec<_> = rooms
            .map(|room| {
                let status = room.status();
                let people = status.players - status.bots;
                let in_the_way = if wish.bot { status.players } else { people };
                let is_usual = wish.mode.is_some() || room.config.code.is_none();
                let is_free = in_the_way < usize::from(room.config.capacity);
                (is_free, is_usual, people, room)
            })
            .collect();
        known.sort_by_key(|(is_free, is_usual, people, _)| Reverse((*is_free, *is_usual, *people)));
        let free = known.iter().filter(|(is_free, ..)| *is_free).count();
        known.truncate(free.max(1));
        known.into_iter().map(|(.., room)| room).collect()
    }

    /// The room that gave out a ticket or a token: its name stands before the dot.
    pub fn of_credential(&self, credential: &Credential) -> Option<RoomHandle> {
        let (Credential::Ticket(text) | Credential::Resume(text)) = credential;
        let (room, _) = text.rsplit_once('.')?;
        self.read().get(room).cloned()
    }

    /// Wakes the room of a match: somebody watches. Whoever watches everything wakes the first room, and hears of the others
    /// when somebody comes there: one stream must not keep a thousand matches going that nobody is in.
    pub fn wake(&self, match_id: Option<&str>) {
        let rooms = self.read();
        let watched = rooms.values().filter(|room| match match_id {
            Some(id) => *room.status().match_id == *id,
            None => room.config.is_front,
        });
        watched.for_each(RoomHandle::wake);
    }

    /// How many matches are in a phase.
    pub fn count(&self, phase: Phase) -> usize {
        self.read()
            .values()
            .filter(|room| room.status().phase == phase)
            .count()
    }

    /// The highest step of overload that a room is at; 0 without rooms.
    pub fn overload_step(&self) -> u8 {
        let rooms = self.read();
        let steps = rooms.values().map(|room| room.status().overload_step);
        steps.max().unwrap_or(0)
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<Arc<str>, RoomHandle>> {
        self.rooms
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    fn write(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<Arc<str>, RoomHandle>> {
        self.rooms
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

fn info(room: &RoomHandle) -> MatchInfo {
    let RoomStatus {
        match_id,
        phase,
        players,
        bots,
        map_title,
        time_left_s,
        asleep,
        ..
    } = room.status();
    let config = &room.config;
    MatchInfo {
        id: match_id,
        room: config.name.clone(),
        mode: config.mode.as_str(),
        map: map_title,
        phase: phase.as_str(),
        players,
        bots,
        capacity: config.capacity,
        tick_hz: config.tick_hz,
        time_left_s,
        asleep,
    }
}
