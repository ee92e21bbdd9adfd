//! What a slow client sees, and what one that stops reading leaves behind, with each of the means against it taken away
//! in turn. Prints a table.
//!
//! Every variant is a server to itself with the same bots, and all of them run at the same time, so that the same
//! disturbances meet them all. A client at each sits behind a proxy that lets 5,000 bytes a second through, another
//! behind one with a good line of 50 ms; then a third stops reading. How old a picture is comes from a witness without a
//! proxy, which knows the server's newest tick.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use fracas_bots::{
    Skill,
    client::{JoinRequest, Lag, Server, join},
    swarm::Swarm,
};
use fracas_protocol::{
    Buttons, ClientMessage, Credential, Hello, Intent, Mode, PROTOCOL_VERSION, Session, Steer,
    Wants, encode,
};
use fracas_proxy::{Direction, Line, Proxy};
use fracas_server::{
    config::Config,
    feed::Feed,
    net::{self, App, SocketOptions, limits::Connections},
    room::{RoomConfig, RoomHandle},
    rooms,
};
use futures_util::{SinkExt, StreamExt};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{sleep, timeout},
};
use tokio_tungstenite::{WebSocketStream, client_async, tungstenite::Message};

const TICK_HZ: u8 = 60;
const SLOW_BYTES_PER_S: u32 = 5_000;
const WARM_UP: Duration = Duration::from_secs(3);
const MEASURED: Duration = Duration::from_secs(15);
/// How long a client that has stopped reading is watched.
const STALLED: Duration = Duration::from_secs(10);
/// How often ages and the kernel's queues are looked at.
const SAMPLE_EVERY: Duration = Duration::from_millis(20);

fn variants() -> Vec<(&'static str, SocketOptions)> {
    let all = SocketOptions::default();
    let without_pings = SocketOptions {
        is_paced: false,
        ..all
    };
    vec![
        ("all", all),
        (
            "no TCP_NODELAY",
            SocketOptions {
                no_delay: false,
                ..all
            },
        ),
        (
            "no SO_SNDBUF",
            SocketOptions {
                send_buffer_bytes: None,
                ..all
            },
        ),
        (
            "no TCP_NOTSENT_LOWAT",
            SocketOptions {
                not_sent_low_water_bytes: None,
                ..all
            },
        ),
        ("no pacing", without_pings),
        (
            "no pacing, no SO_SNDBUF",
            SocketOptions {
                send_buffer_bytes: None,
                ..without_pings
            },
        ),
        (
            "no pacing, no TCP_NOTSENT_LOWAT",
            SocketOptions {
                not_sent_low_water_bytes: None,
                ..without_pings
            },
        ),
        (
            "nothing",
            SocketOptions {
                no_delay: false,
                send_buffer_bytes: None,
                not_sent_low_water_bytes: None,
                is_paced: false,
            },
        ),
    ]
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("a runtime");
    for scene in scenes() {
        println!(
            "\n{}, 5,000 bytes a second; then a client that stops reading\n",
            scene.name
        );
        println!(
            "| | slow client: age of its picture p50, p90, p99 (ms) | snapshots/s | bytes in the kernel p50, p99 | \
             good line of 50 ms: bytes/s, age p50, p90 (ms) | stopped reading: bytes in the kernel | closed after |"
        );
        println!("|---|---|---|---|---|---|---|");
        runtime.block_on(async {
            let running = variants()
                .into_iter()
                .map(|(name, options)| tokio::spawn(measure(name, options, scene)));
            for row in running.collect::<Vec<_>>() {
                println!("{}", row.await.expect("a row"));
            }
        });
    }
}

/// What there is to tell a client.
#[derive(Clone, Copy)]
struct Scene {
    name: &'static str,
    bots: usize,
    /// Craft that nobody flies; they cost the machine next to nothing.
    idle: usize,
    snapshot_hz: u8,
    /// Whether clients ask for craft in full every time.
    in_full: bool,
}

fn scenes() -> [Scene; 2] {
    [
        Scene {
            name: "The default room with 6 bots",
            bots: 6,
            idle: 0,
            snapshot_hz: 30,
            in_full: false,
        },
        Scene {
            name: "More than the line takes: 100 craft, told in full 60 times a second",
            bots: 0,
            idle: 100,
            snapshot_hz: 60,
            in_full: true,
        },
    ]
}

async fn measure(name: &str, options: SocketOptions, scene: Scene) -> String {
    let Scene { bots, in_full, .. } = scene;
    let (address, _stop) = start(options, scene).await;
    let server = Server::parse(&format!("http://{address}")).expect("an address is a URL");
    let swarm = Swarm {
        server: server.clone(),
        room: None,
        count: bots,
        skill: Skill::Mixed,
        seed: 1,
        duration: None,
        ramp_per_s: 100.0,
        lag: Lag::default(),
        check: false,
        drawn: false,
        threads: Some(1),
    };
    let company =
        tokio::spawn(async move { swarm.run(std::future::pending(), |_| {}).await.map(|_| ()) });
    let witness = Witness::start(address, &server).await;
    let slow = Line {
        down: Some(SLOW_BYTES_PER_S),
        ..Line::default()
    };
    let slow = Proxy::local(address, slow, 1).expect("a port");
    let good = Proxy::local(address, Line::lag(50, 5), 2).expect("a port");
    let queues = async {
        sleep(WARM_UP).await;
        queued(address.port(), MEASURED).await
    };
    let (slow, good, mut queued_bytes) = tokio::join!(
        watch_picture(&slow, &server, "Slow", in_full, &witness),
        watch_picture(&good, &server, "Good", in_full, &witness),
        queues
    );
    let (stuck, closed) = stop_reading(address, &server, in_full).await;
    company.abort();
    format!(
        "| {name} | {}, {}, {} | {:.1} | {}, {} | {:.0}, {}, {} | {stuck} | {closed} |",
        slow.age_ms(0.5),
        slow.age_ms(0.9),
        slow.age_ms(0.99),
        slow.snapshots as f64 / MEASURED.as_secs_f64(),
        quantile(&mut queued_bytes, 0.5),
        quantile(&mut queued_bytes, 0.99),
        good.bytes as f64 / MEASURED.as_secs_f64(),
        good.age_ms(0.5),
        good.age_ms(0.9),
    )
}

/// A server with a room for the bots and the clients.
async fn start(options: SocketOptions, scene: Scene) -> (SocketAddr, watch::Sender<bool>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let feed = Feed::new("bench");
    let config = Config::default();
    let room = RoomConfig {
        name: "main".into(),
        mode: Mode::Ffa,
        rules: config.effective_rules().expect("the default"),
        maps: rooms::load_maps(&config.map, Mode::Ffa, config.max_players, 1).expect("a map"),
        capacity: u16::try_from(scene.bots + scene.idle + 10)
            .expect("not that many")
            .max(config.max_players),
        tick_hz: TICK_HZ,
        snapshot_hz: scene.snapshot_hz,
        inputs_per_message: 0,
        snapshot_bytes_max: config.snapshot_bytes_max,
        chat: config.chat_policy(),
        seed: 1,
        epoch: "bench".into(),
        company: 0,
        bot_skill: config.bot_skill,
        is_front: true,
        is_listed: true,
        code: None,
        sleeps_after: Duration::ZERO,
        ends_after: None,
    };
    let app = App::with_socket_options(config, feed, options);
    let room = RoomHandle::spawn(room, &app.feed).expect("a thread");
    for n in 0..scene.idle {
        let place = room.reserve(format!("Idle {n}"), true).await;
        let ticket = place.expect("an answer").expect("a place").ticket;
        // Nobody ever takes anything out of it, so nothing is made for it.
        let attached = room.attach(Credential::Ticket(ticket), Wants::default(), Arc::default());
        attached.await.expect("an answer").expect("a seat");
    }
    app.lobby.add(room);
    let (stop, stopped) = watch::channel(false);
    tokio::spawn(net::accept::serve(
        listener,
        net::public(app),
        Connections::new(4_096, 4_096),
        stopped,
    ));
    (address, stop)
}

/// Knows the server's newest tick: what it saw last, on a line without a proxy, and the time since then. (The server may
/// be held up: its ticks are counted, not its time.)
struct Witness(watch::Receiver<(u32, Instant)>);

impl Witness {
    async fn start(address: SocketAddr, server: &Server) -> Witness {
        let mut client = Client::join(address, server, "Witness", false).await;
        let (sender, receiver) = watch::channel((client.tick(), Instant::now()));
        tokio::spawn(async move {
            loop {
                if client.step().await.is_some() {
                    sender.send_replace((client.tick(), Instant::now()));
                }
            }
        });
        Witness(receiver)
    }

    fn age_ms(&self, tick: u32) -> u64 {
        let (newest, seen) = *self.0.borrow();
        let hz = f64::from(TICK_HZ);
        // No longer than to the next snapshot.
        let since = (seen.elapsed().as_secs_f64() * hz).min(2.0);
        ((f64::from(newest) + since - f64::from(tick)).max(0.0) * 1_000.0 / hz) as u64
    }
}

/// How old what a client showed was.
#[derive(Default)]
struct Picture {
    ages_ms: Vec<u64>,
    snapshots: u32,
    bytes: usize,
}

impl Picture {
    fn age_ms(&self, share: f64) -> u64 {
        quantile(&mut self.ages_ms.clone(), share)
    }
}

async fn watch_picture(
    proxy: &Proxy,
    server: &Server,
    name: &str,
    in_full: bool,
    witness: &Witness,
) -> Picture {
    let mut client = Client::join(proxy.address(), server, name, in_full).await;
    let mut picture = Picture::default();
    let start = Instant::now();
    let mut sample = start + WARM_UP;
    while start.elapsed() < WARM_UP + MEASURED {
        let is_snapshot = client.step().await.is_some();
        let now = Instant::now();
        if is_snapshot && now > start + WARM_UP {
            picture.snapshots += 1;
        }
        if now > start + WARM_UP {
            picture.bytes += std::mem::take(&mut client.bytes);
        } else {
            client.bytes = 0;
        }
        while sample <= now {
            sample += SAMPLE_EVERY;
            picture.ages_ms.push(witness.age_ms(client.tick()));
        }
    }
    picture
}

/// Bytes left in the kernel, and how long it took until the server had closed.
async fn stop_reading(address: SocketAddr, server: &Server, in_full: bool) -> (u64, String) {
    let proxy = Proxy::local(address, Line::default(), 3).expect("a port");
    let mut client = Client::join(proxy.address(), server, "Deaf", in_full).await;
    let until = Instant::now() + WARM_UP;
    while Instant::now() < until {
        client.step().await;
    }
    proxy.stop_reading(Direction::Down);
    let stopped = Instant::now();
    let playing = async {
        loop {
            client.step().await;
        }
    };
    let mut most = 0;
    let mut closed = None;
    let watching = async {
        while closed.is_none() && stopped.elapsed() < STALLED {
            sleep(SAMPLE_EVERY).await;
            let queue = queues(address.port()).into_iter().max();
            most = most.max(queue.unwrap_or(0));
            // The server's end leaves the proxy's only connection half closed.
            closed = has_closed(address.port()).then(|| stopped.elapsed());
        }
    };
    tokio::select! {
        () = playing => {}
        () = watching => {}
    }
    let closed = closed.map_or("not yet".into(), |after| {
        format!("{:.1} s", after.as_secs_f64())
    });
    (most, closed)
}

struct Client {
    socket: WebSocketStream<TcpStream>,
    session: Session,
    origin: Instant,
    /// That came and were not counted yet.
    bytes: usize,
}

impl Client {
    async fn join(address: SocketAddr, server: &Server, name: &str, in_full: bool) -> Client {
        let request = JoinRequest {
            name,
            room: None,
            bot: false,
        };
        let place = join(server, &request).await.expect("a place");
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("an option");
        let (socket, _) = client_async(format!("ws://{address}/ws"), stream)
            .await
            .expect("a WebSocket");
        let mut client = Client {
            socket,
            session: Session::headless(),
            origin: Instant::now(),
            bytes: 0,
        };
        let hello = ClientMessage::Hello(Hello {
            version: PROTOCOL_VERSION,
            credential: Credential::Ticket(place.ticket),
            wants: Wants {
                in_full,
                ..Wants::default()
            },
        });
        client.send(encode(&hello)).await;
        while client.session.view().is_none() {
            client.step().await;
        }
        client
    }

    fn tick(&self) -> u32 {
        self.session.view().map_or(0, |view| view.tick)
    }

    /// Plays for a moment; whether a newer picture came.
    async fn step(&mut self) -> Option<()> {
        let before = self.tick();
        let heard = timeout(Duration::from_millis(5), self.socket.next()).await;
        if let Ok(Some(Ok(Message::Binary(bytes)))) = heard {
            self.bytes += bytes.len();
            self.session
                .receive(&bytes, self.now_us())
                .expect("what arrives makes sense");
            while self.session.poll_event().is_some() {}
        } else if let Ok(None | Some(Err(_))) = heard {
            sleep(SAMPLE_EVERY).await;
        }
        self.session.set_intent(self.intent());
        self.session.advance(self.now_us());
        while let Some(message) = self.session.poll_transmit() {
            self.send(message).await;
        }
        (self.tick() > before).then_some(())
    }

    /// Round and round, firing.
    fn intent(&self) -> Intent {
        let seconds = self.origin.elapsed().as_secs_f32();
        Intent {
            steer: Steer::from_xy(seconds.cos(), seconds.sin()),
            aim: fracas_protocol::Angle::from_radians(seconds * 2.0),
            buttons: Buttons::FIRE,
        }
    }

    async fn send(&mut self, bytes: Vec<u8>) {
        // Closed by the server is what one of them waits for.
        let _ = timeout(
            SAMPLE_EVERY,
            self.socket.send(Message::Binary(bytes.into())),
        )
        .await;
    }

    fn now_us(&self) -> u64 {
        self.origin.elapsed().as_micros() as u64
    }
}

/// The fullest of the server's connections, sampled for a while: bytes that wait in this machine's kernel.
async fn queued(port: u16, duration: Duration) -> Vec<u64> {
    let until = Instant::now() + duration;
    let mut samples = Vec::new();
    while Instant::now() < until {
        sleep(SAMPLE_EVERY).await;
        samples.push(queues(port).into_iter().max().unwrap_or(0));
    }
    samples
}

/// Of each of the server's connections, what was not sent or not acknowledged, and what the other end has not read.
fn queues(port: u16) -> Vec<u64> {
    let mut bytes: BTreeMap<u16, u64> = BTreeMap::new();
    for Row {
        local,
        remote,
        unsent,
        unread,
        ..
    } in connections()
    {
        if local == port {
            *bytes.entry(remote).or_default() += unsent;
        } else if remote == port {
            *bytes.entry(local).or_default() += unread;
        }
    }
    bytes.into_values().collect()
}

/// Whether the server has closed a connection that its other end has not.
fn has_closed(port: u16) -> bool {
    const FIN_WAIT_1: u8 = 4;
    const FIN_WAIT_2: u8 = 5;
    let mut ours = connections().into_iter().filter(|row| row.local == port);
    ours.any(|row| row.state == FIN_WAIT_1 || row.state == FIN_WAIT_2)
}

struct Row {
    local: u16,
    remote: u16,
    state: u8,
    unsent: u64,
    unread: u64,
}

/// The kernel's table; empty where there is none.
fn connections() -> Vec<Row> {
    let table = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    table.lines().filter_map(row).collect()
}

fn row(line: &str) -> Option<Row> {
    let mut words = line.split_whitespace().skip(1);
    let mut port = || u16::from_str_radix(words.next()?.split_once(':')?.1, 16).ok();
    let (local, remote) = (port()?, port()?);
    let state = u8::from_str_radix(words.next()?, 16).ok()?;
    let (unsent, unread) = words.next()?.split_once(':')?;
    Some(Row {
        local,
        remote,
        state,
        unsent: u64::from_str_radix(unsent, 16).ok()?,
        unread: u64::from_str_radix(unread, 16).ok()?,
    })
}

fn quantile(values: &mut [u64], share: f64) -> u64 {
    values.sort_unstable();
    let last = values.len().saturating_sub(1);
    values
        .get((last as f64 * share) as usize)
        .copied()
        .unwrap_or(0)
}
