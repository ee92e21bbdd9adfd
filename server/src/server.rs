//! The whole server: sockets, configuration and the stop signal come in as arguments, so that tests run the
//! real thing on port 0.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::Context as _;
use tokio::{net::TcpListener, sync::watch, time::timeout};
use tracing::{info, warn};

use crate::{
    bots,
    config::Config,
    feed::Feed,
    net::{self, App, limits::Connections},
    telemetry,
};

/// For closing what is open when everything has been said.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);
/// Connections the internal listener takes; only the host reaches it.
const INTERNAL_CONNECTIONS_MAX: u32 = 64;

/// The two sockets of a server.
#[derive(Debug)]
pub struct Listeners {
    /// Players, pages, API, SSE.
    pub public: TcpListener,
    /// Metrics and health.
    pub internal: TcpListener,
}

impl Listeners {
    /// Opens both, as configured.
    ///
    /// # Errors
    /// An address is taken or not ours; the text says which, and what chooses another.
    pub async fn bind(config: &Config) -> anyhow::Result<Self> {
        let bind = async |flag, address: SocketAddr| {
            TcpListener::bind(address).await.with_context(|| {
                format!(
                    "can't listen on {address}; {flag} takes another (port 0: any that is free)"
                )
            })
        };
        Ok(Self {
            public: bind("--listen", config.listen).await?,
            internal: bind("--internal-listen", config.internal_listen).await?,
        })
    }

    /// Where players connect, with the real port.
    ///
    /// # Errors
    /// The system doesn't say.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.public.local_addr()
    }
}

/// A server whose sockets are open and whose rooms exist: ready for players as soon as it runs.
#[derive(Debug)]
pub struct Server {
    app: Arc<App>,
    listeners: Listeners,
    address: SocketAddr,
}

impl Server {
    /// Makes everything there is before the first connection. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// It can't start: the map is broken, or the system has no thread left.
    pub fn open(config: Config, listeners: Listeners) -> anyhow::Result<Self> {
        telemetry::metrics();
        let address = listeners.address()?;
        let app = open(config)?;
        Ok(Self {
            app,
            listeners,
            address,
        })
    }

    /// Runs until `stop` turns true, then goes down in order: no new joins, matches end (at most `drain`), players are
    /// told, streams end, connections close.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let Self {
            app,
            listeners,
            address,
        } = self;
        let connections = Connections::new(
            app.config.max_connections,
            app.config.max_connections_per_address,
        );
        let internal_connections =
            Connections::new(INTERNAL_CONNECTIONS_MAX, INTERNAL_CONNECTIONS_MAX);
        let (close, closing) = watch::channel(false);
        let (public, private) = (net::public(app.clone()), net::private(app.clone()));
        let serve = net::accept::serve;
        let public = tokio::spawn(serve(
            listeners.public,
            public,
            connections.clone(),
            closing.clone(),
        ));
        tokio::spawn(serve(
            listeners.internal,
            private,
            internal_connections,
            closing,
        ));
        let company = tokio::spawn(bots::keep_company(app.clone(), address));
        let upkeep = tokio::spawn(telemetry::upkeep());
        info!(%address, version = env!("CARGO_PKG_VERSION"), "server is up");

        // An error means that whoever could stop it is gone, which is a way of stopping it.
        let _ = stop.wait_for(|stop| *stop).await;

        drain(&app).await;
        company.abort();
        app.feed.end_all();
        let _ = close.send(true);
        if timeout(CLOSE_TIMEOUT, connections.all_closed())
            .await
            .is_err()
        {
            warn!(
                open = connections.count(),
                "connections still open at the end"
            );
        }
        let _ = public.await;
        upkeep.abort();
        info!("server is down");
    }
}

/// The feed, the lobby and its rooms.
fn open(config: Config) -> anyhow::Result<Arc<App>> {
    let app = App::new(config, Feed::new(epoch()));
    app.config.chat_policy().prepare();
    app.maker.open(&app.config, &app.lobby)?;
    Ok(app)
}

/// Tells this start of the server from all others: milliseconds since 1970 in base 36.
fn epoch() -> String {
    let mut millis = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as u64);
    let mut digits = Vec::new();
    while millis > 0 {
        digits.push(b"0123456789abcdefghijklmnopqrstuvwxyz"[(millis % 36) as usize] as char);
        millis /= 36;
    }
    digits.iter().rev().collect()
}

/// No new joins; matches may go on for a while; then everybody is told.
async fn drain(app: &App) {
    app.draining.store(true, Ordering::Relaxed);
    let until = Instant::now() + app.config.drain;
    info!(seconds = app.config.drain.as_secs(), "draining");
    let rooms = app.lobby.rooms();
    rooms.iter().for_each(|room| room.drain(until));
    let all = async {
        for room in &rooms {
            room.ended().await;
        }
    };
    if timeout(app.config.drain + CLOSE_TIMEOUT, all)
        .await
        .is_err()
    {
        warn!("a room didn't end in time");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_address_that_is_taken_is_named_with_the_flag_that_takes_another() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let taken = taken.local_addr().unwrap();
        let free = SocketAddr::from(([127, 0, 0, 1], 0));
        for (listen, internal_listen, flag) in [
            (taken, free, "--listen"),
            (free, taken, "--internal-listen"),
        ] {
            let config = Config {
                listen,
                internal_listen,
                ..Config::default()
            };
            let error = Listeners::bind(&config).await.unwrap_err().to_string();
            let expected = format!("can't listen on {taken}; {flag} takes another");
            assert!(error.starts_with(&expected), "{error}");
        }
    }
}
