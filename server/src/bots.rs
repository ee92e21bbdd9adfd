//! Company: keeps rooms at a number of craft by topping up with bots. The first room always has company; others while a
//! person is there, since who comes next is led to the first or to where people are.
//!
//! The bots are the ordinary clients of `fracas-bots`: they connect over loopback WebSockets, see what a player's client
//! sees and send what it sends. They share a thread of their own, so that their thinking never delays a socket.
//! When a person takes a place there is one bot less; a full room lets a bot go at once to make room (`room`).

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use fracas_bots::{BotConfig, Skill, run_bot};
use futures_util::future::join_all;
use tokio::{
    runtime::{self, Handle, Runtime},
    sync::watch,
    task::JoinHandle,
};
use tracing::{debug, warn};

use crate::{
    net::App,
    room::{RoomHandle, RoomStatus},
};

/// Between two looks at the room, when nothing has changed.
const LOOK_EVERY: Duration = Duration::from_millis(500);

const NAMES: &[&str] = &[
    "Vesper", "Cobalt", "Juniper", "Rook", "Marlowe", "Ember", "Sable", "Quill", "Onyx", "Tansy",
    "Briar", "Flint", "Wren", "Cinder", "Moss", "Halcyon", "Pike", "Sorrel", "Zephyr", "Lark",
    "Basalt", "Indigo", "Thistle", "Vane",
];

/// Keeps `config.bots` craft in the rooms, for as long as it is polled.
pub async fn keep_company(app: Arc<App>, address: SocketAddr) {
    let wanted = usize::from(app.config.bots);
    if wanted == 0 {
        return;
    }
    let thread = match BotThread::start() {
        Ok(thread) => thread,
        Err(error) => return warn!(%error, "no thread for bots"),
    };
    let ws_url = format!("ws://{}/ws", loopback(address));
    let companies = app.lobby.rooms().into_iter().enumerate();
    let companies = companies.map(|(at, room)| Company {
        room,
        is_first: at == 0,
        ws_url: ws_url.clone(),
        thread: thread.handle.clone(),
        bots: Vec::new(),
        made: 0,
    });
    join_all(companies.map(|company| company.keep(wanted))).await;
}

/// Where all bots live; they end with it.
struct BotThread {
    runtime: Option<Runtime>,
    handle: Handle,
}

impl BotThread {
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
    is_first: bool,
    ws_url: String,
    thread: Handle,
    bots: Vec<Bot>,
    made: usize,
}

struct Bot {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Company {
    /// Until the room has ended.
    async fn keep(mut self, wanted: usize) {
        let mut status = self.room.watch();
        loop {
            let target = self.target(&status.borrow_and_update(), wanted);
            self.adjust(target).await;
            let changed = tokio::time::timeout(LOOK_EVERY, status.changed()).await;
            if matches!(changed, Ok(Err(_))) {
                return;
            }
        }
    }

    /// How many bots there should be: what people leave open, and no more than there are places.
    fn target(&self, status: &RoomStatus, wanted: usize) -> usize {
        let capacity = usize::from(self.room.config.capacity);
        let people = status.players.saturating_sub(status.bots);
        if people == 0 && !self.is_first {
            return 0;
        }
        wanted
            .saturating_sub(people)
            .min(capacity.saturating_sub(people))
    }

    /// Lets bots go, or fetches new ones.
    async fn adjust(&mut self, target: usize) {
        self.bots.retain(|bot| !bot.task.is_finished());
        for bot in self.bots.drain(target.min(self.bots.len())..) {
            let _ = bot.stop.send(true);
        }
        while self.bots.len() < target {
            let name = NAMES[self.made % NAMES.len()].to_owned();
            self.made += 1;
            match self.room.reserve(name, true).await {
                Ok(Ok(place)) => self.start(place.ticket),
                full => return debug!(?full, "no place for a bot now"),
            }
        }
    }

    /// Starts one bot; it plays until it is told to stop or its connection ends.
    fn start(&mut self, ticket: String) {
        let (stop, mut stopped) = watch::channel(false);
        let (seed, ws_url) = (self.made as u64, self.ws_url.clone());
        let config = BotConfig {
            ws_url,
            ticket,
            skill: Skill::Mixed,
            seed,
        };
        let task = self.thread.spawn(async move {
            let told = async {
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            match run_bot(config, told).await {
                Ok(ending) => debug!(?ending, "a bot has left"),
                Err(error) => warn!(%error, "a bot couldn't connect"),
            }
        });
        self.bots.push(Bot { stop, task });
    }
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
