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

use crate::room::{RoomHandle, RoomStatus};

/// Longest name of a room, in bytes: a ticket names its room and has 64.
pub const ROOM_NAME_MAX: usize = 24;

/// The rooms of this process.
#[derive(Debug, Default)]
pub struct Lobby {
    rooms: RwLock<BTreeMap<Arc<str>, RoomHandle>>,
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
}

/// What somebody who wants to play has asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wish {
    /// This room and no other.
    pub room: Option<String>,
    /// Any room with this mode.
    pub mode: Option<Mode>,
    /// For a bot: bots don't make room for each other, as they do for people.
    pub bot: bool,
}

impl Lobby {
    /// Makes a room known.
    pub fn add(&self, room: RoomHandle) {
        self.write().insert(room.config.name.clone(), room);
    }

    /// Forgets a room.
    pub fn remove(&self, name: &str) {
        self.write().remove(name);
    }

    /// All rooms.
    pub fn rooms(&self) -> Vec<RoomHandle> {
        self.read().values().cloned().collect()
    }

    /// All matches.
    pub fn matches(&self) -> Vec<MatchInfo> {
        self.rooms().iter().map(info).collect()
    }

    /// A running match.
    pub fn find(&self, match_id: &str) -> Option<MatchInfo> {
        self.rooms()
            .iter()
            .map(info)
            .find(|info| &*info.id == match_id)
    }

    /// The rooms to play in, best first: the one that was named; or all that have a place free, the one with most people
    /// first. What is known of a room is a quarter of a second old, so the first may be full by now. When all are full it
    /// is one of them, which will say so.
    pub fn places(&self, wish: &Wish) -> Vec<RoomHandle> {
        let fits = |room: &RoomHandle| wish.mode.is_none_or(|mode| mode == room.config.mode);
        if let Some(name) = &wish.room {
            let room = self.read().get(name.as_str()).cloned();
            return room.into_iter().filter(fits).collect();
        }
        let rooms = self.rooms().into_iter().filter(fits);
        let mut known: Vec<_> = rooms
            .map(|room| {
                let status = room.status();
                let people = status.players - status.bots;
                let in_the_way = if wish.bot { status.players } else { people };
                (in_the_way < usize::from(room.config.capacity), people, room)
            })
            .collect();
        known.sort_by_key(|(is_free, people, _)| Reverse((*is_free, *people)));
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

    /// Wakes the room of a match, or every room: somebody watches.
    pub fn wake(&self, match_id: Option<&str>) {
        let rooms = self.read();
        let watched = rooms
            .values()
            .filter(|room| match_id.is_none_or(|id| *room.status().match_id == *id));
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
        time_left_s,
        ..
    } = room.status();
    let config = &room.config;
    MatchInfo {
        id: match_id,
        room: config.name.clone(),
        mode: config.mode.as_str(),
        map: config.map_title.clone(),
        phase: phase.as_str(),
        players,
        bots,
        capacity: config.capacity,
        tick_hz: config.tick_hz,
        time_left_s,
    }
}
