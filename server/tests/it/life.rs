//! Coming, dropping, coming back; the server going down.

use std::time::Duration;

use fracas_protocol::{Credential, PlayerId};
use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;

use crate::{
    harness::{Client, PATIENCE, Server, get, hello},
    streams::Stream,
};

#[tokio::test]
async fn a_lost_connection_leads_back_into_the_same_craft() {
    let server = Server::start().await;
    let (ada, welcome) = server.player("Ada").await;
    let (_bo, other) = server.player("Bo").await;
    assert_eq!((welcome.player, other.player), (PlayerId(0), PlayerId(1)));
    drop(ada);
    let mut token = welcome.resume_token;
    for nonce in 0..3 {
        let (mut again, welcome) = Client::present(&server, Credential::Resume(token)).await;
        assert_eq!(welcome.player, PlayerId(0));
        again.plays(nonce).await;
        token = welcome.resume_token;
    }
    let id = server.match_id().await;
    server
        .until("both are on the scoreboard, once", async || {
            let board = get(server.address, &format!("/api/matches/{id}/scoreboard"))
                .await
                .json();
            let players = board["players"].as_array().unwrap();
            let mut names: Vec<_> = players
                .iter()
                .filter_map(|player| player["name"].as_str())
                .collect();
            names.sort_unstable();
            names == ["Ada", "Bo"]
        })
        .await;
}

#[tokio::test]
async fn a_newer_connection_takes_over() {
    let server = Server::start().await;
    let (mut old, welcome) = server.player("Ada").await;
    let token = Credential::Resume(welcome.resume_token);
    let (mut new, taken) = Client::present(&server, token).await;
    assert_eq!(taken.player, welcome.player);
    assert_eq!(old.closed().await.0, 4509);
    new.is_well(1).await;
}

#[tokio::test]
async fn who_only_reads_has_used_the_ticket_up_too() {
    let server = Server::start().await;
    let ticket = Credential::Ticket(server.ticket("Ada").await);
    let (mut client, welcome) = Client::present(&server, ticket.clone()).await;
    // The next ping comes after the welcome, and is answered by reading on.
    while !matches!(client.next().await, Some(Message::Ping(_))) {}
    client.is_well(1).await;
    let mut thief = server.connect().await;
    thief.say(&hello(ticket)).await;
    assert_eq!(thief.closed().await.0, 4502);
    client.is_well(2).await;
    let token = Credential::Resume(welcome.resume_token);
    let (_, again) = Client::present(&server, token).await;
    assert_eq!(again.player, welcome.player);
}

#[tokio::test]
async fn a_token_works_until_the_next_is_known_to_have_arrived() {
    let server = Server::start().await;
    let ticket = Credential::Ticket(server.ticket("Ada").await);
    // Welcomes that may have been lost on the way: nobody answers them.
    for _ in 0..3 {
        Client::present(&server, ticket.clone()).await;
    }
    let (mut ada, first) = Client::present(&server, ticket.clone()).await;
    ada.plays(1).await;
    let token = Credential::Resume(first.resume_token);
    Client::present(&server, token.clone()).await;
    let (mut ada, second) = Client::present(&server, token.clone()).await;
    ada.plays(2).await;
    for thief in [ticket, token] {
        let mut client = server.connect().await;
        client.say(&hello(thief)).await;
        assert_eq!(client.closed().await.0, 4502);
        ada.is_well(3).await;
    }
    drop(ada);
    let token = Credential::Resume(second.resume_token);
    let (mut ada, third) = Client::present(&server, token).await;
    assert_eq!(third.player, first.player);
    ada.is_well(4).await;
}

#[tokio::test]
async fn who_leaves_on_purpose_frees_the_place_at_once() {
    let server = Server::start().await;
    let (mut ada, welcome) = server.player("Ada").await;
    let mut events = Stream::open(&server, "/api/events?events=leave", None).await;
    ada.leave().await;
    assert_eq!(events.next_named("leave").await.data["name"], "Ada");
    let mut again = server.connect().await;
    again
        .say(&hello(Credential::Resume(welcome.resume_token)))
        .await;
    assert_eq!(again.closed().await.0, 4502);
}

#[tokio::test]
async fn a_server_that_goes_down_tells_everybody_and_ends() {
    let server = Server::start().await;
    let (mut ada, _) = server.player("Ada").await;
    let mut events = Stream::open(&server, "/api/events", None).await;
    server.stop.send(true).unwrap();
    assert_eq!(ada.closed().await.0, 1001);
    while events.next().await.is_some() {}
    timeout(PATIENCE, server.task)
        .await
        .expect("ends in time")
        .unwrap();
}

#[tokio::test]
async fn while_it_drains_nobody_new_comes_and_who_plays_goes_on() {
    let server = Server::start_with(|config| config.drain = Duration::from_secs(60)).await;
    let (mut ada, _) = server.player("Ada").await;
    let (mut bo, _) = server.player("Bo").await;
    server
        .until("a match is on", async || {
            let matches = get(server.address, "/api/matches").await.json();
            matches[0]["phase"] != "waiting"
        })
        .await;
    server.stop.send(true).unwrap();
    server
        .until("not ready", async || {
            get(server.internal, "/health/ready").await.status == 503
        })
        .await;
    let (status, problem) = server.join(json!({ "name": "Cy" })).await;
    assert_eq!(
        (status, problem["type"].as_str()),
        (503, Some("urn:fracas:problem:draining"))
    );
    ada.is_well(1).await;
    bo.is_well(2).await;
    ada.leave().await;
    bo.leave().await;
    timeout(PATIENCE, server.task)
        .await
        .expect("ends when nobody plays")
        .unwrap();
}
