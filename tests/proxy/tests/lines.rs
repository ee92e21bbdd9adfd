//! The proxy between real sockets. Tests wait for conditions; none asks how long something took.

use std::{io::ErrorKind, net::SocketAddr, time::Duration};

use fracas_proxy::{Cut, Direction, Limit, Line, Proxy};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpSocket, TcpStream},
    time::timeout,
};

/// Longest wait for anything; nothing waits this long when it works.
const PATIENCE: Duration = Duration::from_secs(20);

/// A proxy, its server's listener, and connections through it.
struct Pair {
    proxy: Proxy,
    listener: TcpListener,
}

impl Pair {
    async fn over(line: Line) -> Pair {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let proxy = Proxy::local(listener.local_addr().unwrap(), line, 1).unwrap();
        Pair { proxy, listener }
    }

    /// The client's end and the server's.
    async fn connect(&self) -> (TcpStream, TcpStream) {
        // So that what a kernel holds is small against what the tests send.
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_send_buffer_size(16 * 1024).unwrap();
        let client = socket.connect(self.proxy.address()).await.unwrap();
        let (server, _) = in_time(self.listener.accept()).await.unwrap();
        (client, server)
    }
}

async fn in_time<F: Future>(future: F) -> F::Output {
    timeout(PATIENCE, future).await.expect("in time")
}

fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let step = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    std::iter::repeat_with(step).take(bytes).collect()
}

#[tokio::test]
async fn every_byte_arrives_in_order_both_ways_on_any_line() {
    for line in [
        Line::default(),
        Line {
            loss: 0.05,
            ..Line::lag(40, 30)
        },
        Line {
            down: Some(200_000),
            up: Some(300_000),
            ..Line::default()
        },
    ] {
        let pair = Pair::over(line).await;
        let (client, server) = pair.connect().await;
        let sent = noise(60_000);
        let talk = async |stream: TcpStream| {
            let (mut reader, mut writer) = stream.into_split();
            let heard = async {
                let mut heard = Vec::new();
                reader.read_to_end(&mut heard).await.unwrap();
                heard
            };
            let said = async {
                writer.write_all(&sent).await.unwrap();
                writer.shutdown().await.unwrap();
            };
            tokio::join!(heard, said).0
        };
        let (at_client, at_server) =
            in_time(async { tokio::join!(talk(client), talk(server)) }).await;
        assert!(at_client == sent && at_server == sent, "{line:?}");
        in_time(pair.proxy.until_open(0)).await;
    }
}

#[tokio::test]
async fn who_is_not_read_from_soon_can_not_send_and_loses_nothing() {
    let pair = Pair::over(Line::default()).await;
    let (mut client, server) = pair.connect().await;
    pair.proxy.stop_reading(Direction::Up);
    let data = noise(1_000_000);
    let stuck = send_until_stuck(&client, &data).await;
    assert!(stuck < 100_000, "{stuck} bytes disappeared somewhere");
    pair.proxy.resume_reading();
    let sent = async {
        client.write_all(&data[stuck..]).await.unwrap();
        client.shutdown().await.unwrap();
    };
    let heard = async {
        let (mut server, mut heard) = (server, Vec::new());
        server.read_to_end(&mut heard).await.unwrap();
        heard
    };
    let ((), heard) = in_time(async { tokio::join!(sent, heard) }).await;
    assert!(heard == data);
}

#[tokio::test]
async fn a_narrow_line_reads_next_to_nothing_ahead() {
    let pair = Pair::over(Line {
        up: Some(2_000),
        ..Line::default()
    })
    .await;
    let (client, _server) = pair.connect().await;
    let stuck = send_until_stuck(&client, &noise(1_000_000)).await;
    assert!(stuck < 100_000, "{stuck} bytes disappeared somewhere");
}

/// How many bytes go before the kernel takes no more.
async fn send_until_stuck(stream: &TcpStream, data: &[u8]) -> usize {
    in_time(stream.writable()).await.unwrap();
    let mut sent = 0;
    while sent < data.len() {
        match stream.try_write(&data[sent..]) {
            Ok(bytes) => sent += bytes,
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => panic!("{error}"),
        }
    }
    sent
}

#[tokio::test]
async fn cuts_end_what_is_open_and_nothing_else() {
    let pair = Pair::over(Line::default()).await;
    for cut in [Cut::Reset, Cut::Fin] {
        let (mut client, mut server) = pair.connect().await;
        exchange(&mut client, &mut server).await;
        pair.proxy.cut_all(cut);
        for end in [&mut client, &mut server] {
            let read = in_time(end.read(&mut [0; 8])).await;
            match cut {
                Cut::Fin => assert_eq!(read.unwrap(), 0),
                _ => assert_eq!(read.unwrap_err().kind(), ErrorKind::ConnectionReset),
            }
        }
        drop((client, server));
        in_time(pair.proxy.until_open(0)).await;
    }
    let (mut client, mut server) = pair.connect().await;
    exchange(&mut client, &mut server).await;
}

#[tokio::test]
async fn silence_swallows_everything_and_leaves_others_alone() {
    let pair = Pair::over(Line::default()).await;
    let (mut dead, mut server_of_dead) = pair.connect().await;
    exchange(&mut dead, &mut server_of_dead).await;
    pair.proxy.cut_all(Cut::Silence);
    dead.write_all(b"lost").await.unwrap();
    server_of_dead.write_all(b"lost").await.unwrap();
    let (mut client, mut server) = pair.connect().await;
    exchange(&mut client, &mut server).await;
    drop(pair.proxy);
    // What was swallowed was never forwarded: the next thing either end sees is the reset.
    for end in [&mut dead, &mut server_of_dead] {
        let error = in_time(end.read(&mut [0; 8])).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    }
}

#[tokio::test]
async fn a_connection_is_cut_at_the_very_byte() {
    let pair = Pair::over(Line::default()).await;
    for bytes in [1, 7, 1_399, 1_400, 5_000] {
        let cut = Cut::Fin;
        pair.proxy
            .cut_at(Direction::Down, Some(Limit { bytes, cut }));
        let (mut client, mut server) = pair.connect().await;
        server.write_all(&noise(10_000)).await.unwrap();
        let mut heard = Vec::new();
        in_time(client.read_to_end(&mut heard)).await.unwrap();
        assert!(
            heard == noise(bytes as usize),
            "{} instead of {bytes}",
            heard.len()
        );
    }
    pair.proxy.cut_at(Direction::Down, None);
    let (mut client, mut server) = pair.connect().await;
    exchange(&mut client, &mut server).await;
}

#[tokio::test]
async fn a_stall_holds_everything_and_loses_nothing() {
    let pair = Pair::over(Line::default()).await;
    let (mut client, mut server) = pair.connect().await;
    pair.proxy.stall(Duration::from_secs(3_600));
    server.write_all(b"held").await.unwrap();
    client.write_all(b"held").await.unwrap();
    pair.proxy.clear();
    for end in [&mut client, &mut server] {
        let mut heard = [0; 4];
        in_time(end.read_exact(&mut heard)).await.unwrap();
        assert_eq!(&heard, b"held");
    }
}

#[tokio::test]
async fn one_end_may_end_before_the_other() {
    let pair = Pair::over(Line::lag(10, 5)).await;
    let (mut client, mut server) = pair.connect().await;
    client.write_all(b"question").await.unwrap();
    client.shutdown().await.unwrap();
    let mut heard = Vec::new();
    in_time(server.read_to_end(&mut heard)).await.unwrap();
    assert_eq!(heard, b"question");
    server.write_all(b"answer").await.unwrap();
    drop(server);
    heard.clear();
    in_time(client.read_to_end(&mut heard)).await.unwrap();
    assert_eq!(heard, b"answer");
    in_time(pair.proxy.until_open(0)).await;
}

#[tokio::test]
async fn nobody_behind_the_proxy_is_a_reset() {
    let nobody: SocketAddr = {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap()
    };
    let proxy = Proxy::local(nobody, Line::default(), 1).unwrap();
    let mut client = TcpStream::connect(proxy.address()).await.unwrap();
    let error = in_time(client.read(&mut [0; 8])).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

async fn exchange(client: &mut TcpStream, server: &mut TcpStream) {
    let mut heard = [0; 4];
    client.write_all(b"ping").await.unwrap();
    in_time(server.read_exact(&mut heard)).await.unwrap();
    server.write_all(b"pong").await.unwrap();
    in_time(client.read_exact(&mut heard)).await.unwrap();
    assert_eq!(&heard, b"pong");
}
