//! A server to itself for each test, in this process, and players that do one thing for certain.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use fracas_bots::brain::{Xy, intent};
use fracas_bots::client::{self, JoinRequest, join, matches};
use fracas_bots::{Bot, World};
use fracas_protocol::{Intent, Rules};
use fracas_server::config::Config;
use fracas_server::server::{Listeners, Server};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Longest wait for anything; nothing waits this long when it works.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Nothing to hide behind, and everybody in sight of everybody.
pub(crate) const OPEN: &str = include_str!("open.tmx");

/// A running server.
pub(crate) struct Host {
    pub(crate) address: SocketAddr,
    map: PathBuf,
    // Dropping it stops the server.
    _stop: watch::Sender<bool>,
}

impl Host {
    /// One hit kills, nobody is hurt by a wall, and nothing takes long.
    pub(crate) async fn quick(score_to_win: u16, players_min: u16) -> Host {
        let mut rules = Rules::default();
        rules.craft.spawn_protection_s = 0.0;
        rules.craft.respawn_s = 0.2;
        rules.weapons[0].damage = 100;
        rules.weapons[0].bounces = 0;
        rules.flow.score_to_win = score_to_win;
        rules.flow.players_min = players_min;
        rules.flow.countdown_s = 0.3;
        rules.flow.results_s = 0.5;
        Host::start(rules).await
    }

    pub(crate) async fn start(rules: Rules) -> Host {
        Host::start_in("ffa", OPEN, rules).await
    }

    pub(crate) async fn start_in(mode: &str, tmx: &str, rules: Rules) -> Host {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        let map =
            std::env::temp_dir().join(format!("fracas-e2e-{}-{number}.tmx", std::process::id()));
        fs::write(&map, tmx).expect("a place for a map");
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = Config {
            listen: any,
            internal_listen: any,
            mode: mode.to_owned(),
            map: map.to_string_lossy().into_owned(),
            bots: 0,
            seed: Some(1),
            drain: Duration::ZERO,
            rules: fracas_server::rulebook::to_table(&rules),
            ..Config::default()
        };
        let listeners = Listeners::bind(&config).await.expect("free ports");
        let address = listeners.address().expect("an address");
        let (stop, stopped) = watch::channel(false);
        let server = Server::open(config, listeners).expect("a map");
        tokio::spawn(server.run(stopped));
        Host {
            address,
            map,
            _stop: stop,
        }
    }

    pub(crate) fn client(&self) -> client::Server {
        client::Server::parse(&format!("http://{}", self.address)).expect("an address is a URL")
    }

    /// The match that runs now.
    pub(crate) async fn match_id(&self) -> String {
        let running = matches(&self.client()).await.expect("a list");
        running.into_iter().next().expect("the default room").id
    }

    /// Somebody joins, for a person as far as the server knows, and plays until stopped.
    pub(crate) async fn player(&self, name: &str, bot: impl Bot + Send + 'static) -> Guest {
        let request = JoinRequest {
            name,
            room: None,
            bot: false,
        };
        let place = join(&self.client(), &request).await.expect("a place");
        let (stop, mut stopped) = watch::channel(false);
        let task = tokio::spawn(async move {
            let told = async {
                let _ = stopped.wait_for(|stop| *stop).await;
            };
            client::play(&place.ws_url, place.ticket, bot, 1, told)
                .await
                .expect("a connection");
        });
        Guest { stop, _task: task }
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.map);
    }
}

/// Somebody who plays. Leaves when dropped.
pub(crate) struct Guest {
    stop: watch::Sender<bool>,
    _task: JoinHandle<()>,
}

impl Guest {
    pub(crate) fn leave(&self) {
        self.stop.send_replace(true);
    }
}

/// Stands still.
pub(crate) struct Statue;

impl Bot for Statue {
    fn think(&mut self, _: &World) -> Intent {
        Intent::default()
    }
}

/// Stands still and shoots whoever is nearest, without ever missing who stands still, too.
pub(crate) struct Gunner;

impl Bot for Gunner {
    fn think(&mut self, world: &World) -> Intent {
        let own = world.own().pos;
        let distance = |pos: Xy| (pos - own).length();
        let nearest = world
            .enemies()
            .min_by(|a, b| distance(a.pos).total_cmp(&distance(b.pos)));
        match nearest {
            Some(enemy) => intent(Xy::ZERO, (enemy.pos - own).angle(), true),
            None => Intent::default(),
        }
    }
}
