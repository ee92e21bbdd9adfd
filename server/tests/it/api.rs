//! The JSON API and its errors.

use serde_json::{Value, json};

use crate::harness::{Server, get, post, request};

#[tokio::test]
async fn every_error_is_a_problem() {
    let server = Server::start().await;
    let at = server.address;
    for (path, status) in [
        ("/nothing/here", 404),
        ("/api/nothing", 404),
        ("/api/matches/m0", 404),
        ("/api/matches/m0/scoreboard", 404),
        ("/api/matches/m0/events", 404),
        ("/api/events?events=explosions", 400),
        ("/api/events?top=many", 400),
        ("/api/join", 405),
        ("/ws", 426),
    ] {
        let answer = get(at, path).await;
        assert_eq!(answer.status, status, "{path}");
        answer.problem();
    }
    assert_eq!(
        post(at, "/api/matches", "{}").await.problem()["status"],
        405
    );
    assert_eq!(post(at, "/", "{}").await.problem()["status"], 405);
    let form = "POST /api/join HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 6\r\n\r\nname=x";
    assert_eq!(request(at, form).await.problem()["status"], 415);
}

#[tokio::test]
async fn silly_joins_are_refused_in_words() {
    let server = Server::start().await;
    for (body, status) in [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        ("{}", 400),
        (r#"{"name":3}"#, 400),
        (r#"{"name":"Ada","cheat":true}"#, 400),
        (r#"{"name":"Ada","mode":"chess"}"#, 400),
        (r#"{"name":"Ada","room":"nowhere"}"#, 404),
        (r#"{"name":""}"#, 422),
        (r#"{"name":"   "}"#, 422),
        (r#"{"name":"a\u0000b"}"#, 422),
        (r#"{"name":"a\u202eb"}"#, 422),
        (r#"{"name":"<img src=x>"}"#, 422),
        (r#"{"name":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}"#, 422),
    ] {
        let answer = post(server.address, "/api/join", body).await;
        assert_eq!(answer.status, status, "{body}");
        answer.problem();
    }
    let ten_kilobytes = json!({ "name": "x".repeat(10_000) }).to_string();
    assert_eq!(
        post(server.address, "/api/join", &ten_kilobytes)
            .await
            .problem()["status"],
        413
    );
    assert_eq!(
        get(server.address, "/api/matches").await.json()[0]["players"],
        0
    );
}

#[tokio::test]
async fn a_join_is_a_ticket_and_the_second_ada_gets_a_number() {
    let server = Server::start().await;
    let (status, first) = server.join(json!({ "name": " Ada " })).await;
    assert_eq!((status, first["name"].as_str()), (200, Some("Ada")));
    assert_eq!(first["ws_url"], format!("ws://{}/ws", server.address));
    assert_eq!(first["match_id"], server.match_id().await);
    assert_eq!(
        server
            .join(json!({ "name": "ada", "room": "main", "mode": "ffa" }))
            .await
            .1["name"],
        "ada 2"
    );
}

#[tokio::test]
async fn matches_and_scoreboards_can_be_read_from_anywhere() {
    let server = Server::start().await;
    let (_client, _) = server.player("Ada").await;
    let id = server.match_id().await;
    server
        .until("Ada is on the scoreboard", async || {
            let board = get(server.address, &format!("/api/matches/{id}/scoreboard"))
                .await
                .json();
            board["players"][0]["name"] == "Ada" && board["match"] == id
        })
        .await;
    server
        .until("Ada is counted", async || {
            let answer = get(server.address, &format!("/api/matches/{id}")).await;
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
            let info = answer.json();
            assert_eq!(
                (&info["capacity"], &info["tick_hz"]),
                (&json!(16), &json!(60))
            );
            info["players"] == 1 && info["bots"] == 0
        })
        .await;
}

#[tokio::test]
async fn a_full_room_is_503_but_bots_make_room() {
    let server = Server::start_with(|config| config.max_players = 2).await;
    let (_, bot) = server.join(json!({ "name": "Bot", "bot": true })).await;
    let (mut ada, _) = server.player("Ada").await;
    let mut bot_client = server.connect().await;
    let ticket = bot["ticket"].as_str().unwrap().to_owned();
    bot_client
        .say(&crate::harness::hello(fracas_protocol::Credential::Ticket(
            ticket,
        )))
        .await;
    bot_client.welcome().await;

    let (status, _) = server
        .join(json!({ "name": "Another bot", "bot": true }))
        .await;
    assert_eq!(status, 503);
    let (mut bo, _) = server.player("Bo").await;
    assert_eq!(bot_client.closed().await.0, 1013);
    let (status, problem) = server.join(json!({ "name": "Cy" })).await;
    assert_eq!(
        (status, problem["type"].as_str()),
        (503, Some("urn:fracas:problem:full"))
    );
    ada.is_well(1).await;
    bo.is_well(2).await;
}

#[tokio::test]
async fn rooms_fill_one_after_the_other() {
    let server = Server::start_with(|config| (config.rooms, config.max_players) = (2, 2)).await;
    let matches = get(server.address, "/api/matches").await.json();
    let room_of = |id: &Value| {
        let matches = matches.as_array().unwrap();
        let found = matches.iter().find(|info| info["id"] == *id).unwrap();
        found["room"].as_str().unwrap().to_owned()
    };
    // Quicker than what is known of a room grows old.
    for room in ["main", "main", "main-2", "main-2"] {
        let (_, answer) = server.join(json!({ "name": "Bot", "bot": true })).await;
        assert_eq!(room_of(&answer["match_id"]), room);
    }
    let (status, problem) = server.join(json!({ "name": "Bot", "bot": true })).await;
    assert_eq!(
        (status, problem["type"].as_str()),
        (503, Some("urn:fracas:problem:full"))
    );
    let unknown = json!({ "name": "Ada", "room": "main-3" });
    assert_eq!(server.join(unknown).await.0, 404);
}

#[tokio::test]
async fn pages_are_embedded_cached_and_fenced_in() {
    let server = Server::start().await;
    let page = get(server.address, "/").await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, Some("text/html; charset=utf-8"))
    );
    assert!(
        page.header("content-security-policy")
            .unwrap()
            .contains("script-src 'self' 'wasm-unsafe-eval'")
    );
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    let etag = page.header("etag").unwrap();
    let again =
        format!("GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\nif-none-match: {etag}\r\n\r\n");
    assert_eq!(request(server.address, &again).await.status, 304);
}

#[tokio::test]
async fn one_connection_serves_many_requests() {
    let server = Server::start().await;
    let one = format!(
        "GET /api/matches HTTP/1.1\r\nhost: {}\r\n\r\n",
        server.address
    );
    let last = format!(
        "GET /api/matches HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
        server.address
    );
    let answer = request(server.address, &(one.clone() + &one + &last)).await;
    assert_eq!(answer.body.matches("HTTP/1.1 200 OK").count() + 1, 3);
}

#[tokio::test]
async fn metrics_and_health_are_inside_only() {
    let server = Server::start().await;
    server
        .until("ready", async || {
            get(server.internal, "/health/ready").await.status == 200
        })
        .await;
    assert_eq!(get(server.internal, "/health/live").await.status, 200);
    let metrics = get(server.internal, "/metrics").await.body;
    for name in [
        "fracas_players{kind=\"human\"}",
        "fracas_matches{phase=\"waiting\"}",
        "process_resident_memory_bytes",
    ] {
        assert!(metrics.contains(name), "{name} is missing");
    }
    assert_eq!(get(server.address, "/metrics").await.status, 404);
}

#[tokio::test]
async fn what_ticks_spent_their_time_on_can_be_read_inside_only() {
    let server = Server::start().await;
    let (_ada, _) = server.player("Ada").await;
    server
        .until("a tick is on record", async || {
            let rooms = get(server.internal, "/debug/slow-ticks").await.json();
            let slowest = &rooms[0]["slowest_of_last_minute"];
            assert_eq!(rooms[0]["room"], "main");
            assert!(rooms[0]["slow_ticks"].is_array() && rooms[0]["slow_ticks_total"].is_u64());
            slowest["players"].is_u64()
                && slowest["took_us"].as_u64() > Some(0)
                && slowest["phases_us"]["fly_and_fire"].is_u64()
                && slowest["phases_us"]["deliver"].is_u64()
        })
        .await;
    let metrics = get(server.internal, "/metrics").await.body;
    assert!(metrics.contains("fracas_slow_ticks_total"));
    assert_eq!(get(server.address, "/debug/slow-ticks").await.status, 404);
}
