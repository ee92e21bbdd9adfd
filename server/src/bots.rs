//! Company: keeps the default room at a number of craft by topping up with bots.
//!
//! The bots are the ordinary clients of `fracas-bots`: they connect over loopback WebSockets, see what a player's client
//! sees and send what it sends. They live on a thread of their own, so that their thinking never delays a socket.
//! When a person takes a place there is one bot less; a full room lets a bot go at once to make room (`room`).

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinHandle};
use tracing::debug;

use crate::{
    net::App,
    room::{RoomHandle, RoomStatus},
};

/// Between two looks at the room, when nothing has changed.
const LOOK_EVERY: Duration = Duration::from_millis(500);

const NAMES: &[&str] = &[
    "Vesper", "Cobalt", "Juniper", "Rook", "Marlowe", "Ember", "Sable", "Quill", "Onyx", "Tansy", "Briar", "Flint",
    "Wren", "Cinder", "Moss", "Halcyon", "Pike", "Sorrel", "Zephyr", "Lark", "Basalt", "Indigo", "Thistle", "Vane",
];

/// Keeps `config.bots` craft in the default room, for as long as it is polled.
pub async fn keep_company(app: Arc<App>, address: SocketAddr) {
    let Some(room) = app.lobby.rooms().into_iter().next() else { return };
    let wanted = usize::from(app.config.bots);
    if wanted == 0 {
        return;
    }
    let mut status = room.watch();
    let mut company = Company::default();
    loop {
        company.forget_who_left();
        let target = target(&status.borrow_and_update(), wanted, usize::from(room.config.capacity));
        company.adjust(&room, target, address).await;
        let changed = tokio::time::timeout(LOOK_EVERY, status.changed()).await;
        if matches!(changed, Ok(Err(_))) {
            return;
        }
    }
}

/// How many bots there should be: what people leave open, and no more than there are places.
fn target(status: &RoomStatus, wanted: usize, capacity: usize) -> usize {
    let people = status.players.saturating_sub(status.bots);
    wanted.saturating_sub(people).min(capacity.saturating_sub(people))
}

#[derive(Default)]
struct Company {
    bots: Vec<Bot>,
    made: usize,
}

struct Bot {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Company {
    fn forget_who_left(&mut self) {
        self.bots.retain(|bot| !bot.task.is_finished());
    }

    async fn adjust(&mut self, room: &RoomHandle, target: usize, address: SocketAddr) {
        while self.bots.len() > target {
            if let Some(bot) = self.bots.pop() {
                let _ = bot.stop.send(true);
            }
        }
        while self.bots.len() < target {
            let name = NAMES[self.made % NAMES.len()].to_owned();
            self.made += 1;
            match room.reserve(name, true).await {
                Ok(Ok(place)) => self.bots.push(start(place.ticket, address, self.made as u64)),
                full => return debug!(?full, "no place for a bot now"),
            }
        }
    }
}

/// Starts one bot; it plays until `stop` turns true or its connection ends.
fn start(ticket: String, address: SocketAddr, seed: u64) -> Bot {
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(play(ticket, address, seed, stopped));
    Bot { stop, task }
}

/// The seam to the bots' library.
async fn play(_ticket: String, _address: SocketAddr, _seed: u64, mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
