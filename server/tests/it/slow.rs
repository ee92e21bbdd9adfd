//! Lines that take too little. What a slow client sees is measured in `benches/slow_client.rs` and shown in virtual time
//! in `net::ws::pace`.

use fracas_protocol::Credential;
use fracas_proxy::{Direction, Line, Proxy};

use crate::harness::{Client, Server, hello};

/// More than the five seconds after which a client that takes nothing is closed, in snapshots of its neighbour.
const SNAPSHOTS_UNTIL_CLOSED: u32 = 30 * 8;

#[tokio::test]
async fn who_stops_reading_is_closed_and_can_come_back() {
    let server = Server::start().await;
    let (mut neighbour, _) = server.player("Neighbour").await;
    let proxy = Proxy::local(server.address, Line::default(), 1).unwrap();
    let mut deaf = Client::open(proxy.address(), None).await;
    let ticket = Credential::Ticket(server.ticket("Deaf").await);
    deaf.say(&hello(ticket)).await;
    let welcome = deaf.welcome().await;
    deaf.plays(1).await;
    proxy.stop_reading(Direction::Down);
    for nonce in 0..SNAPSHOTS_UNTIL_CLOSED / 3 {
        neighbour.is_well(nonce).await;
    }
    // Next to nothing was waiting for it, so that the close comes soon after.
    proxy.resume_reading();
    assert_eq!(deaf.closed().await.0, 4001);
    let token = Credential::Resume(welcome.resume_token);
    let (mut back, again) = Client::present(&server, token).await;
    assert_eq!(again.player, welcome.player);
    back.is_well(2).await;
}

#[tokio::test]
async fn a_narrow_line_carries_a_game() {
    let server = Server::start().await;
    let narrow = Line {
        down: Some(5_000),
        up: Some(5_000),
        ..Line::lag(100, 20)
    };
    let proxy = Proxy::local(server.address, narrow, 1).unwrap();
    let mut client = Client::open(proxy.address(), None).await;
    let ticket = Credential::Ticket(server.ticket("Ada").await);
    client.say(&hello(ticket)).await;
    client.welcome().await;
    for nonce in 0..10 {
        client.plays(nonce).await;
    }
}
