//! Company: keeps the default room at a number of craft by topping up with bots.
//!
//! The bots are the ordinary clients of `fracas-bots`: they connect over loopback WebSockets, see what a player's client
//! sees and send what it sends. They live on a thread of their own, so that their thinking never delays a socket.
//! When a person takes a place there is one bot less; a full room lets a bot go at once to make room (`room`).

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use fracas_bots::{BotConfig, Skill, run_bot};
use tokio::{
    runtime::{self, Runtime},
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

/// Keeps `config.bots` craft in the default room, for as long as it is polled.
pub async fn keep_company(app: Arc<App>, address: SocketAddr) {
    let Some(room) = app.lobby.rooms().into_iter().next() else {
        return;
    };
    let wanted = usize::from(app.config.bots);
    if wanted == 0 {
        return;
    }
    let mut company = match Company::new(room, address) {
        Ok(company) => company,
        Err(error) => return warn!(%error, "no thread for bots"),
    };
    let mut status = company.room.watch();
    loop {
        let target = company.target(&status.borrow_and_update(), wanted);
        company.adjust(target).await;
        let changed = tokio::time::timeout(LOOK_EVERY, status.changed()).await;
        if matches!(changed, Ok(Err(_))) {
            return;
        }
    }
}

struct Company {
    room: RoomHandle,
    ws_url: String,
    thread: Option<Runtime>,
    bots: Vec<Bot>,
    made: usize,
}

struct Bot {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Company {
    fn new(room: RoomHandle, address: SocketAddr) -> io::Result<Self> {
        let thread = runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("bots")
            .enable_all()
            .build()?;
        let ws_url = format!("ws://{}/ws", loopback(address));
        Ok(Self {
            room,
            ws_url,
            thread: Some(thread),
            bots: Vec::new(),
            made: 0,
        })
    }

    /// How many bots there should be: what people leave open, and no more than there are places.
    fn target(&self, status: &RoomStatus, wanted: usize) -> usize {
        let capacity = usize::from(self.room.config.capacity);
        let people = status.players.saturating_sub(status.bots);
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
        let Some(thread) = &self.thread else { return };
        let (stop, mut stopped) = watch::channel(false);
        let (seed, ws_url) = (self.made as u64, self.ws_url.clone());
        let config = BotConfig {
            ws_url,
            ticket,
            skill: Skill::Mixed,
            seed,
        };
        let task = thread.spawn(async move {
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

impl Drop for Company {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            thread.shutdown_background();
        }
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
