//! A TCP proxy that is a bad line. It stands between clients and a server and delays, jitters, stalls, narrows and cuts
//! what goes through it, from the first byte of a connection on: pages, handshakes and game alike.
//!
//! | file | what it is |
//! |---|---|
//! | this | [`Proxy`]: the handle, and the accept loop |
//! | `line` | what a line is like: [`Line`], [`Cut`], [`Control`] |
//! | `pump` | one direction of one connection: reads, holds, writes |
//! | `travel` | when what was read arrives |
//! | `command` | the same by words, for the program's standard input |
//!
//! Times are those of a round trip, half of it each way. (The bots' own `--lag` is each way, and per message.) TCP
//! below goes on working: the proxy acknowledges what it has read, so a kernel's own retransmissions are not to be seen
//! here, and opening a connection takes no time.
//!
//! Every buffer is bounded. With a bandwidth set, next to nothing is read ahead, so that a sender soon feels how slow
//! the line is.

pub mod command;
mod line;
mod pump;
mod travel;

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use rand::{SeedableRng, rngs::StdRng};
use socket2::{Domain, Protocol, SockRef, Socket, Type};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{Semaphore, watch},
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};

pub use self::line::{BandwidthBytesPerS, Control, Cut, Direction, Limit, Line, STALL};
use self::pump::{End, Pump};

/// Connections at a time; more wait to be accepted.
const CONNECTIONS_MAX: usize = 1024;
/// For the server to accept.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// After an orderly cut, for both ends to close theirs.
const FAREWELL: Duration = Duration::from_secs(5);
/// Longest life of a connection that was cut without a word.
const SILENCE_MAX: Duration = Duration::from_secs(120);
/// Small, because what waits in a kernel's buffer is neither in the proxy nor with its sender. The kernel doubles both.
const RECEIVE_BUFFER_BYTES: usize = 2 * 1024;
const SEND_BUFFER_BYTES: usize = 8 * 1024;
/// Loopback would send up to 64 KiB in one segment, against which such buffers look full when they are empty.
const SEGMENT_BYTES: u32 = 1_400;

/// A running proxy. Dropping it resets every connection.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    control: Arc<watch::Sender<Control>>,
    open: Arc<watch::Sender<usize>>,
    accepting: JoinHandle<()>,
}

impl Proxy {
    /// Listens on `listen` and forwards every connection to `target`. The same seed gives the same jitter and stalls to
    /// the same connections. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// The address can't be listened on.
    pub fn start(
        listen: SocketAddr,
        target: SocketAddr,
        line: Line,
        seed: u64,
    ) -> io::Result<Proxy> {
        let listener = listener(listen)?;
        let address = listener.local_addr()?;
        let control = Arc::new(watch::Sender::new(Control::new(line)));
        let open = Arc::new(watch::Sender::new(0));
        let accepting = tokio::spawn(accept(
            listener,
            target,
            control.clone(),
            open.clone(),
            seed,
        ));
        Ok(Proxy {
            address,
            control,
            open,
            accepting,
        })
    }

    /// On a free port of this machine.
    ///
    /// # Errors
    /// None is free.
    pub fn local(target: SocketAddr, line: Line, seed: u64) -> io::Result<Proxy> {
        Proxy::start(SocketAddr::from(([127, 0, 0, 1], 0)), target, line, seed)
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the line is like now.
    pub fn control(&self) -> Control {
        self.control.borrow().clone()
    }

    /// Changes the line, for what is read from now on.
    pub fn set(&self, line: Line) {
        self.control.send_modify(|control| control.line = line);
    }

    /// Nothing arrives anywhere for so long; then all of it does.
    pub fn stall(&self, duration: Duration) {
        let until = Instant::now() + duration;
        self.control
            .send_modify(|control| control.held_until = Some(until));
    }

    /// Reads nothing more from the sender of this direction, like a receiver that stopped reading.
    pub fn stop_reading(&self, direction: Direction) {
        self.control
            .send_modify(|control| *control.stopped.of_mut(direction) = true);
    }

    /// Reads again, both ways.
    pub fn resume_reading(&self) {
        self.control
            .send_modify(|control| control.stopped = line::Both::default());
    }

    /// Ends every connection that is open now.
    pub fn cut_all(&self, cut: Cut) {
        self.control.send_modify(|control| control.cut_now(cut));
    }

    /// Ends every connection that is open after so long.
    pub fn cut_all_after(&self, cut: Cut, after: Duration) {
        let control = self.control.clone();
        tokio::spawn(async move {
            sleep(after).await;
            control.send_modify(|control| control.cut_now(cut));
        });
    }

    /// Ends each connection, present and future, when exactly so many bytes of it have gone in a direction: in the middle
    /// of a handshake, of a message or of a frame's head. `None`: no longer.
    pub fn cut_at(&self, direction: Direction, limit: Option<Limit>) {
        self.control
            .send_modify(|control| *control.limits.of_mut(direction) = limit);
    }

    /// A perfect line again: no delay, nothing held, stopped or about to be cut.
    pub fn clear(&self) {
        self.control.send_modify(Control::clear);
    }

    /// Ends, resets every connection and waits until that is done.
    pub async fn shut_down(self) {
        let mut open = self.open.subscribe();
        drop(self);
        let _ = open.wait_for(|open| *open == 0).await;
    }

    /// Waits until so many connections are open.
    pub async fn until_open(&self, connections: usize) {
        let mut open = self.open.subscribe();
        let _ = open.wait_for(|open| *open == connections).await;
    }

    /// Connections that are open.
    pub fn connections(&self) -> usize {
        *self.open.borrow()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.control.send_modify(|control| control.closed = true);
    }
}

fn listener(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = Socket::new(
        Domain::for_address(address),
        Type::STREAM,
        Some(Protocol::TCP),
    )?;
    socket.set_reuse_address(true)?;
    shrink(&SockRef::from(&socket))?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    socket.listen(128)?;
    TcpListener::from_std(socket.into())
}

/// Must happen before a connection is made: a receive window never shrinks.
fn shrink(socket: &SockRef<'_>) -> io::Result<()> {
    socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES)?;
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    #[cfg(unix)]
    socket.set_tcp_mss(SEGMENT_BYTES)?;
    Ok(())
}

async fn accept(
    listener: TcpListener,
    target: SocketAddr,
    control: Arc<watch::Sender<Control>>,
    open: Arc<watch::Sender<usize>>,
    seed: u64,
) {
    let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    for number in 0_u64.. {
        let Ok(place) = places.clone().acquire_owned().await else {
            return;
        };
        let client = loop {
            match listener.accept().await {
                Ok((client, _)) => break client,
                // Out of descriptors, or gone before it was accepted.
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        };
        let (control, open) = (control.subscribe(), open.clone());
        open.send_modify(|open| *open += 1);
        tokio::spawn(async move {
            // Two a connection: one for each direction.
            let seed = seed.wrapping_add(2 * number);
            if let Ok(server) = connect(target).await {
                converse(client, server, control, seed).await;
            } else {
                reset(&client);
            }
            open.send_modify(|open| *open -= 1);
            drop(place);
        });
    }
}

async fn connect(target: SocketAddr) -> io::Result<TcpStream> {
    let socket = match target {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    shrink(&SockRef::from(&socket))?;
    timeout(CONNECT_TIMEOUT, socket.connect(target)).await?
}

/// One connection, until both ends have closed or it is cut.
async fn converse(
    mut client: TcpStream,
    mut server: TcpStream,
    mut control: watch::Receiver<Control>,
    seed: u64,
) {
    // Only costs time when it fails.
    let _ = client.set_nodelay(true);
    let _ = server.set_nodelay(true);
    let cuts_before = control.borrow().cuts;
    let cut = {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let pump =
            |direction, seed| Pump::new(direction, control.clone(), StdRng::seed_from_u64(seed));
        let mut up = pump(Direction::Up, seed);
        let mut down = pump(Direction::Down, seed.wrapping_add(1));
        let both = async {
            let ends = tokio::try_join!(
                up.run(from_client, to_server),
                down.run(from_server, to_client)
            );
            ends.err()
        };
        tokio::select! {
            // First, so that a cut is a cut even where there is always something to forward.
            biased;
            cut = told_to_cut(control.clone(), cuts_before) => Some(cut),
            end = both => end.map(|end| match end {
                End::Cut(cut) => cut,
                End::Broken => Cut::Reset,
            }),
        }
    };
    match cut {
        None => {}
        Some(Cut::Reset) => {
            reset(&client);
            reset(&server);
        }
        Some(Cut::Fin) => {
            let _ = timeout(FAREWELL, async {
                tokio::join!(say_goodbye(&mut client), say_goodbye(&mut server))
            })
            .await;
        }
        Some(Cut::Silence) => {
            let closed = control.wait_for(|control| control.closed);
            let _ = timeout(SILENCE_MAX, closed).await;
            reset(&client);
            reset(&server);
        }
    }
}

async fn told_to_cut(mut control: watch::Receiver<Control>, cuts_before: u64) -> Cut {
    let told = control.wait_for(|control| control.closed || control.cuts > cuts_before);
    match told.await {
        Ok(control) if !control.closed => control.cut,
        _ => Cut::Reset,
    }
}

/// The next close of this socket tells the other end that everything unread is lost.
fn reset(stream: &TcpStream) {
    let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
}

/// Ends our side and reads the other to its end: closing with unread bytes would be a reset.
async fn say_goodbye(stream: &mut TcpStream) {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let _ = stream.shutdown().await;
    let mut ignored = [0; 4096];
    while matches!(stream.read(&mut ignored).await, Ok(1..)) {}
}
