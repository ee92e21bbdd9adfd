//! Company: keeps rooms at a number of craft by topping up with bots, while somebody plays there or watches. Where nobody
//! does, the room sends them away and sleeps (`room`); they are back as soon as it wakes.
//!
//! The bots are the ordinary clients of `fracas-bots`: they connect over loopback WebSockets, see what a player's client
//! sees and send what it sends. They share a thread of their own, so that their thinking never delays a socket.
//! When a person takes a place there is one bot less; a full room lets a bot go at once to make room. Which one goes is the
//! room's choice (`room`), because it knows who is on which side.

use std::{
    collections::HashSet,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use fracas_bots::{BotConfig, run_bot};
use tokio::{
    runtime::{self, Handle, Runtime},
    sync::watch,
    task::{JoinHandle, JoinSet},
};
use tracing::{debug, warn};

use crate::{
    net::App,
    room::{RoomConfig, RoomHandle, RoomStatus, mix},
};

/// Between two looks at the room, when nothing has changed.
const LOOK_EVERY: Duration = Duration::from_millis(500);

const NAMES: &[&str] = &[
    "Vesper", "Cobalt", "Juniper", "Rook", "Marlowe", "Ember", "Sable", "Quill", "Onyx", "Tansy",
    "Briar", "Flint", "Wren", "Cinder", "Moss", "Halcyon", "Pike", "Sorrel", "Zephyr", "Lark",
    "Basalt", "Indigo", "Thistle", "Vane",
];

/// Keeps every room there is, or will be, at its number of craft, for as long as it is polled.
pub async fn keep_company(app: Arc<App>, address: SocketAddr) {
    let ws_url = format!("ws://{}/ws", loopback(address));
    let mut added = app.lobby.watch();
    let mut thread = None;
    // Those that have ended may stay in the lobby for a while; they are not begun with again.
    let mut kept: HashSet<Arc<str>> = HashSet::new();
    let mut companies = JoinSet::new();
    loop {
        added.mark_unchanged();
        let rooms = app.lobby.rooms();
        kept.retain(|name| rooms.iter().any(|room| room.config.name == *name));
        for room in rooms.into_iter().filter(|room| room.config.company > 0) {
            if !kept.insert(room.config.name.clone()) {
                continue;
            }
            let handle = match BotThread::of(&mut thread) {
                Ok(handle) => handle,
                Err(error) => return warn!(%error, "no thread for bots"),
            };
            companies.spawn(Company::new(room, ws_url.clone(), handle).keep());
        }
        tokio::select! {
            changed = added.changed() => if changed.is_err() { return },
            Some(_) = companies.join_next() => {}
        }
    }
}

/// Where all bots live; they end with it.
struct BotThread {
    runtime: Option<Runtime>,
    handle: Handle,
}

impl BotThread {
    /// The one there is, or a new one: a server without bots has none.
    fn of(thread: &mut Option<Self>) -> io::Result<Handle> {
        if thread.is_none() {
            *thread = Some(Self::start()?);
        }
        Ok(thread.as_ref().expect("it was just made").handle.clone())
    }

    fn start() -> io::Result<Self> {
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("bots")
            .enable_all()
            .build()?;
        Ok(Self {
            handle: runtime.handle().clone(),
            runtime: Some(runtime),
        })
    }
}

impl Drop for BotThread {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The bots of one room.
struct Company {
    room: RoomHandle,
    ws_url: String,
    thread: Handle,
    bots: Vec<Bot>,
    made: usize,
}

struct Bot {
    /// It plays until this is dropped, or until the room sends it away.
    _plays: watch::Sender<()>,
    task: JoinHandle<()>,
}

impl Company {
    fn new(room: RoomHandle, ws_url: String, thread: Handle) -> Self {
        Self {
            room,
            ws_url,
            thread,
            bots: Vec::new(),
            made: 0,
        }
    }

    /// Until the room has ended.
    async fn keep(mut self) {
        let mut status = self.room.watch();
        loop {
            let (target, is_lopsided) = {
                let status = status.borrow_and_update();
                (self.target(&status), is_lopsided(&status))
            };
            self.adjust(target, is_lopsided).await;
            if self.next_look(&mut status, target).await.is_err() {
                return;
            }
        }
    }

    /// When the room has changed; now and then where bots are wanted, because they may have lost their line.
    async fn next_look(
        &self,
        status: &mut watch::Receiver<RoomStatus>,
        target: usize,
    ) -> Result<(), watch::error::RecvError> {
        if target == 0 {
            return status.changed().await;
        }
        let changed = tokio::time::timeout(LOOK_EVERY, status.changed()).await;
        changed.unwrap_or(Ok(()))
    }

    /// How many bots there should be: what others leave open, or as many as it takes to make the sides even; never more than
    /// the room may have, and no more than there are places.
    fn target(&self, status: &RoomStatus) -> usize {
        if status.asleep {
            return 0;
        }
        let [capacity, company] =
            [self.room.config.capacity, self.room.config.company].map(usize::from);
        let guests = status.players.saturating_sub(status.company);
        let [blue, orange] = status.sides.map(|side| side.guests);
        company
            .saturating_sub(guests)
            .max(blue.abs_diff(orange))
            .min(company)
            .min(capacity.saturating_sub(guests))
    }

    /// Lets bots go, or fetches new ones; one that is where too many are goes, and the next one comes to the others.
    async fn adjust(&mut self, target: usize, is_lopsided: bool) {
        self.bots.retain(|bot| !bot.task.is_finished());
        if self.bots.len() > target {
            self.room.let_company_go(target as u16);
        } else if self.bots.len() == target && is_lopsided {
            self.room.let_company_go(target.saturating_sub(1) as u16);
        }
        while self.bots.len() < target {
            let name = NAMES[self.made % NAMES.len()].to_owned();
            self.made += 1;
            match self.room.reserve_company(name).await {
                Ok(Ok(place)) => self.start(place.ticket),
                full => return debug!(?full, "no place for a bot now"),
            }
        }
    }

    /// Starts one bot; it plays until its company is gone or its connection ends.
    fn start(&mut self, ticket: String) {
        let (plays, mut playing) = watch::channel(());
        let config = bot(&self.room.config, self.made, self.ws_url.clone(), ticket);
        let task = self.thread.spawn(async move {
            let told = async { while playing.changed().await.is_ok() {} };
            match run_bot(config, told).await {
                Ok(ending) => debug!(?ending, "a bot has left"),
                Err(error) => warn!(%error, "a bot couldn't connect"),
            }
        });
        self.bots.push(Bot {
            _plays: plays,
            task,
        });
    }
}

/// Whether a side is more than one ahead that has a bot, while nobody is on the way to either.
fn is_lopsided(status: &RoomStatus) -> bool {
    let heads = status.sides.map(|side| side.guests + side.company);
    let [more, fewer] = if heads[0] > heads[1] { [0, 1] } else { [1, 0] };
    heads[0] + heads[1] == status.players
        && heads[more] > heads[fewer] + 1
        && status.sides[more].company > 0
}

/// The bot of a room that is made as this one in turn: no room has the same as another.
fn bot(room: &RoomConfig, number: usize, ws_url: String, ticket: String) -> BotConfig {
    BotConfig {
        ws_url,
        ticket,
        skill: room.bot_skill,
        seed: seed(room.seed, number),
    }
}

fn seed(room: u64, number: usize) -> u64 {
    mix(room ^ mix(number as u64))
}

/// Where the server's own bots connect: a server that listens everywhere listens here too.
fn loopback(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        ip if !ip.is_unspecified() => ip,
        IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bots_of_different_rooms_are_different() {
        // As rooms of one server are told apart.
        let rooms = (0..20).map(|number: u64| 7 ^ (number << 48));
        let mut seeds: Vec<_> = rooms
            .flat_map(|room| (1..=20).map(move |number| seed(room, number)))
            .collect();
        seeds.sort_unstable();
        seeds.dedup();
        assert_eq!(seeds.len(), 400);
        assert_eq!(seed(7, 1), seed(7, 1));
    }
}
