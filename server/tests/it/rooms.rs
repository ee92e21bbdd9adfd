//! Rooms: made over the API, found by their code, asleep, gone.

use std::{collections::HashMap, time::Duration};

use fracas_protocol::{Credential, Mode};
use fracas_server::sim::is_in_teams;
use futures_util::StreamExt;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use crate::{
    harness::{Answer, Client, Server, get, post},
    streams::Stream,
};

impl Server {
    async fn make(&self, wish: Value) -> Answer {
        post(self.address, "/api/rooms", &wish.to_string()).await
    }

    /// Somebody who has been welcomed, where this leads.
    async fn player_by(&self, wish: Value) -> (Client, Value) {
        let (status, place) = self.join(wish).await;
        assert_eq!(status, 200, "{place}");
        let ticket = place["ticket"].as_str().unwrap().to_owned();
        let (client, welcome) = Client::present(self, Credential::Ticket(ticket)).await;
        (
            client,
            json!({"match": place["match_id"], "map": welcome.start.map.width()}),
        )
    }

    /// Somebody who is there and does nothing, until this is dropped.
    async fn idler(&self, name: &str) -> oneshot::Sender<()> {
        let (mut client, _) = self.player(name).await;
        let (stays, mut gone) = oneshot::channel();
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = &mut gone => return client.leave().await,
                    message = client.socket.next() => if message.is_none() { return },
                }
            }
        });
        stays
    }

    async fn room(&self, name: &str) -> Option<Value> {
        let matches = get(self.address, "/api/matches").await.json();
        let mut matches = matches.as_array().unwrap().iter();
        matches.find(|info| info["room"] == name).cloned()
    }

    async fn scoreboard(&self, room: &str) -> Value {
        let id = self.room(room).await.unwrap()["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let path = format!("/api/matches/{id}/scoreboard");
        get(self.address, &path).await.json()
    }

    async fn metric(&self, name: &str) -> f64 {
        let text = get(self.internal, "/metrics").await.body;
        let line = text.lines().find(|line| line.starts_with(name)).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    }
}

#[tokio::test]
async fn a_private_room_is_found_by_its_code_and_by_nothing_else() {
    let server = Server::start().await;
    let rules = json!({"craft": {"health": 77}, "flow": {"score_to_win": 3, "streaks": [2, 20]}});
    let made = server
        .make(json!({"mode": "massive", "max_players": 40, "rules": rules}))
        .await;
    assert_eq!(made.status, 201, "{}", made.body);
    let made = made.json();
    let (room, code) = (
        made["room"].as_str().unwrap(),
        made["code"].as_str().unwrap(),
    );
    assert_eq!(
        made["url"],
        format!("http://{}/?code={code}", server.address)
    );

    assert_eq!(server.room(room).await, None, "it isn't listed");
    let by_name = server.join(json!({"name": "Eve", "room": room})).await;
    assert_eq!(by_name.0, 404, "its name alone leads nowhere");
    let wrong = server.join(json!({"name": "Eve", "code": "AAAAAA"})).await;
    assert_eq!(wrong.0, 404);
    let by_mode = server.join(json!({"name": "Eve", "mode": "massive"})).await;
    assert_eq!(by_mode.0, 404);

    let info = get(
        server.address,
        &format!("/api/rooms/{}", code.to_lowercase()),
    )
    .await;
    let info = info.json();
    assert_eq!(
        (&info["mode"], &info["capacity"]),
        (&json!("massive"), &json!(40))
    );
    let (status, place) = server.join(json!({"name": "Ada", "code": code})).await;
    assert_eq!((status, &place["match_id"]), (200, &info["id"]));
    let ticket = Credential::Ticket(place["ticket"].as_str().unwrap().to_owned());
    let (mut ada, welcome) = Client::present(&server, ticket).await;
    assert_eq!(welcome.start.rules.craft.health, 77);
    assert_eq!(welcome.start.rules.flow.score_to_win, 3);
    assert_eq!(welcome.start.rules.flow.streaks, [2, 20]);
    assert_eq!(welcome.start.rules.flow.time_limit_s, 600.0);
    ada.is_well(1).await;
}

#[tokio::test]
async fn what_happens_in_a_private_room_is_told_to_those_who_know_its_match_alone() {
    let server = Server::start().await;
    let made = server.make(json!({"mode": "ffa"})).await.json();
    let path = format!("/api/rooms/{}", made["code"].as_str().unwrap());
    let info = get(server.address, &path).await.json();
    let id = info["id"].as_str().unwrap().to_owned();
    let mut everything = Stream::open(&server, "/api/events?events=join", None).await;
    let path = format!("/api/matches/{id}/events?events=join");
    let mut inside = Stream::open(&server, &path, None).await;
    let _ada = server
        .player_by(json!({"name": "Ada", "code": made["code"]}))
        .await;
    assert_eq!(inside.next_named("join").await.data["name"], "Ada");
    let _bo = server.player("Bo").await;
    assert_eq!(everything.next_named("join").await.data["name"], "Bo");
}

#[tokio::test]
async fn a_room_that_is_open_to_all_is_listed_and_quick_play_prefers_the_servers_own() {
    let server = Server::start().await;
    let made = server.make(json!({"mode": "ffa", "private": false})).await;
    let made = made.json();
    let room = made["room"].as_str().unwrap();
    let info = server.room(room).await.expect("it is listed");
    assert_eq!(info["mode"], "ffa");
    // Its thread has only just begun.
    server
        .until("nobody is there, so it sleeps", async || {
            let info = server.room(room).await;
            info.is_some_and(|info| info["asleep"] == true)
        })
        .await;
    let (_ada, there) = server.player_by(json!({"name": "Ada", "room": room})).await;
    assert_eq!(there["match"], info["id"]);
    let (_bo, elsewhere) = server.player_by(json!({"name": "Bo"})).await;
    assert_ne!(elsewhere["match"], info["id"]);
    // All servers of these tests share their metrics, so that another may have been counted in between.
    server
        .until("both are counted", async || {
            server.metric("fracas_matches{phase=\"waiting\"}").await == 2.0
        })
        .await;
    // Streams work for matches that began later than the server.
    let path = format!("/api/matches/{}/events", info["id"].as_str().unwrap());
    let mut stream = Stream::open(&server, &path, None).await;
    assert_eq!(stream.next().await.unwrap().name, "scoreboard");
}

#[tokio::test]
async fn a_room_that_cant_be_says_which_key_which_value_and_what_is_allowed() {
    let server = Server::start().await;
    for (wish, status, says) in [
        (
            json!({"mode": "chess"}),
            422,
            "mode = \"chess\" is not allowed: ffa",
        ),
        (
            json!({"mode": "ffa", "map": "../server.toml"}),
            422,
            "map = \"../server.toml\" is not allowed: rotation, arena,",
        ),
        (
            json!({"mode": "ffa", "max_players": 0}),
            422,
            "max_players = 0 is not allowed: 1 to 256",
        ),
        (
            json!({"mode": "ffa", "max_players": -4}),
            422,
            "max_players = -4 is not allowed",
        ),
        (
            json!({"mode": "ffa", "bots": 17}),
            422,
            "bots = 17 is not allowed: 0 to 16",
        ),
        (
            json!({"mode": "ffa", "rules": {"craft": {"speed_tiles_per_s": 99}}}),
            422,
            "rules.craft.speed_tiles_per_s = 99 is not allowed: 0.5 to 30",
        ),
        (
            json!({"mode": "ffa", "rules": {"craft": {"sped": 9}}}),
            422,
            "unknown key `rules.craft.sped`; did you mean `rules.craft.",
        ),
        (
            json!({"mode": "ffa", "rules": {"craft": {"health": null}}}),
            422,
            "rules",
        ),
        (
            json!({"mode": "ffa", "bot_skill": "brutal"}),
            422,
            "bot_skill = \"brutal\" is not allowed: easy, normal, hard, mixed",
        ),
        (json!({"map": "arena"}), 400, "mode"),
        (json!({"mode": "ffa", "cheat": 1}), 400, "cheat"),
        (json!([]), 400, "room"),
    ] {
        let answer = server.make(wish.clone()).await;
        assert_eq!(answer.status, status, "{wish}: {}", answer.body);
        let detail = answer.problem()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains(says), "{wish}: {detail}");
    }
    assert_eq!(
        get(server.address, "/api/rooms").await.problem()["status"],
        405
    );
    let unknown = get(server.address, "/api/rooms/NOBODY").await;
    assert_eq!(unknown.problem()["status"], 404);
    let options = get(server.address, "/api/room-options").await.json();
    assert_eq!(options["maps"][0], "rotation");
    assert_eq!(options["bot_skill"], "mixed");
    assert_eq!(
        options["bot_skills"],
        json!(["easy", "normal", "hard", "mixed"])
    );
    assert_eq!(
        options["maps_by_mode"]["ctf"],
        json!(["rotation", "arena", "bastion"])
    );
}

#[tokio::test]
async fn every_map_that_is_offered_for_a_mode_can_be_had_and_every_skill_of_bots() {
    let server = Server::start_with(|config| config.max_rooms = 100).await;
    let options = get(server.address, "/api/room-options").await.json();
    for (mode, maps) in options["maps_by_mode"].as_object().unwrap() {
        for map in maps.as_array().unwrap() {
            let wish = json!({"mode": mode, "map": map, "max_players": 8});
            let made = server.make(wish.clone()).await;
            assert_eq!(made.status, 201, "{wish}: {}", made.body);
        }
    }
    for skill in options["bot_skills"].as_array().unwrap() {
        let wish = json!({"mode": "ffa", "bots": 1, "bot_skill": skill});
        let made = server.make(wish).await;
        assert_eq!(made.status, 201, "{skill}: {}", made.body);
    }
}

#[tokio::test]
async fn a_room_gets_as_many_bots_as_its_options_call_usual_and_may_ask_for_no_more_than_they_say()
{
    let server = Server::start_with(|config| {
        (config.mode, config.max_players) = ("massive".into(), 400);
        (config.bots, config.max_rooms_bots) = (200, 120);
    })
    .await;
    let options = async || get(server.address, "/api/room-options").await.json();
    let usual = options().await;
    for (mode, places, bots) in [("ffa", 16, 16), ("ctf", 16, 16), ("massive", 256, 120)] {
        assert_eq!(usual["places_by_mode"][mode], places, "{mode}");
        assert_eq!(usual["bots_by_mode"][mode], bots, "{mode}");
        let most = places.min(usual["max_rooms_bots"].as_i64().unwrap());
        let wish = json!({"mode": mode, "bots": most + 1});
        let refused = server.make(wish).await.problem();
        let says = format!("bots = {} is not allowed: 0 to {most}", most + 1);
        assert_eq!(refused["detail"], says);
    }
    let usual = json!({"mode": "ffa", "bots": usual["bots_by_mode"]["ffa"]});
    assert_eq!(server.make(usual).await.status, 201);
    let made = server.make(json!({"mode": "ffa"})).await.json();
    let code = made["code"].as_str().unwrap();
    let room = get(server.address, &format!("/api/rooms/{code}")).await;
    assert_eq!(room.json()["capacity"], 16);
}

#[tokio::test]
async fn a_room_of_any_mode_is_made_listed_and_played_in() {
    let server = Server::start().await;
    let in_teams = json!({"massive": {"teams": true}});
    let plain = Mode::ALL.iter().map(|mode| (*mode, json!({})));
    for (mode, rules) in plain.chain([(Mode::Massive, in_teams)]) {
        let wish = json!({"mode": mode.as_str(), "private": false, "rules": rules});
        let made = server.make(wish.clone()).await;
        assert_eq!(made.status, 201, "{wish}: {}", made.body);
        let made = made.json();
        let room = made["room"].as_str().unwrap();
        let info = server.room(room).await.expect("it is listed");
        assert_eq!(info["mode"], mode.as_str());
        let (status, place) = server
            .join(json!({"name": "Ada", "code": made["code"]}))
            .await;
        assert_eq!((status, &place["match_id"]), (200, &info["id"]), "{wish}");
        let ticket = Credential::Ticket(place["ticket"].as_str().unwrap().to_owned());
        let (mut ada, welcome) = Client::present(&server, ticket).await;
        assert_eq!(welcome.start.mode, mode);
        ada.is_well(1).await;
        let has_teams = match mode {
            Mode::Ffa => false,
            Mode::Massive => wish["rules"] != json!({}),
            _ => is_in_teams(mode),
        };
        let sides = if has_teams { 2 } else { 0 };
        server
            .until("Ada is on the scoreboard", async || {
                let board = server.scoreboard(room).await;
                board["players"][0]["name"] == "Ada"
                    && board["teams"].as_array().unwrap().len() == sides
                    && board["players"][0]["team"].is_string() == has_teams
            })
            .await;
    }
}

#[tokio::test]
async fn company_makes_way_on_the_side_that_has_more() {
    let server = Server::start_with(|config| {
        (config.mode, config.bots) = ("ctf".into(), 6);
    })
    .await;
    let sides = async |of: &dyn Fn(&Value) -> bool| {
        let board = server.scoreboard("main").await;
        let players = board["players"].as_array().unwrap();
        ["blue", "orange"].map(|side| {
            let on_side = |player: &&Value| player["team"] == side && of(player);
            players.iter().filter(on_side).count()
        })
    };
    let mut people = Vec::new();
    for name in ["Ada", "Bo", "Cy", "Dee"] {
        people.push(server.player(name).await);
        server
            .until("a bot has made way and the sides are even", async || {
                let info = server.room("main").await.unwrap();
                let bots = 6 - people.len();
                info["players"] == 6 && info["bots"] == bots && sides(&|_| true).await == [3, 3]
            })
            .await;
    }
    let people = sides(&|player| player["bot"] == false).await;
    assert_eq!(people, [2, 2], "not all people against all bots");
}

#[tokio::test]
async fn company_makes_sides_even_that_people_have_left() {
    let server = Server::start_with(|config| {
        (config.mode, config.bots) = ("ctf".into(), 6);
    })
    .await;
    let players = async || server.scoreboard("main").await["players"].clone();
    let becomes = async |sides: [usize; 2], bots: usize| {
        let what = format!("the sides are {sides:?}, {bots} of them bots");
        server
            .until(&what, async || {
                let players = players().await;
                let of = |is_of: &dyn Fn(&Value) -> bool| {
                    let players = players.as_array().unwrap().iter();
                    players.filter(|player| is_of(player)).count()
                };
                ["blue", "orange"].map(|side| of(&|player| player["team"] == side)) == sides
                    && of(&|player| player["bot"] == true) == bots
            })
            .await;
    };
    let mut people = HashMap::new();
    for name in ["Ada", "Bo", "Cy", "Dee", "Eli", "Fay", "Gus", "Hal"] {
        people.insert(name.to_owned(), server.idler(name).await);
        let there = people.len();
        let bots = 6_usize.saturating_sub(there).max(there % 2);
        becomes([(there + bots) / 2; 2], bots).await;
    }
    // 1 and 4 people; then 1 and 1, and three bots on one side.
    for (side, each, bots) in [("blue", 4, 3), ("orange", 3, 4)] {
        let players = players().await;
        let players = players.as_array().unwrap().iter();
        let people_there = players.filter(|player| player["team"] == side);
        for player in people_there.filter(|player| player["bot"] == false).take(3) {
            people.remove(player["name"].as_str().unwrap());
        }
        becomes([each; 2], bots).await;
    }
}

#[tokio::test]
async fn a_room_ends_when_nobody_has_been_in_it_and_makes_place_for_another() {
    let server = Server::start_with(|config| {
        config.max_rooms = 1;
        config.room_idle = Duration::from_millis(1_500);
    })
    .await;
    let wish = json!({"mode": "ffa", "private": false, "bots": 2});
    let made = server.make(wish.clone()).await.json();
    let room = made["room"].as_str().unwrap();
    let full = server.make(wish.clone()).await;
    assert_eq!(full.problem()["status"], 503, "{}", full.body);
    assert!(full.header("retry-after").is_some());
    let (mut ada, _) = server.player_by(json!({"name": "Ada", "room": room})).await;
    server
        .until("bots keep Ada company", async || {
            server.room(room).await.unwrap()["bots"] == 1
        })
        .await;
    ada.leave().await;
    server
        .until("the room has ended", async || {
            server.room(room).await.is_none()
        })
        .await;
    let gone = server
        .join(json!({"name": "Ada", "code": made["code"]}))
        .await;
    assert_eq!(gone.0, 404);
    server
        .until("its bots aren't counted", async || {
            server.metric("fracas_players{kind=\"bot\"}").await == 0.0
        })
        .await;
    server
        .until("there is place for another", async || {
            server.make(wish.clone()).await.status == 201
        })
        .await;
}

#[tokio::test]
async fn rooms_that_are_made_share_a_number_of_bots() {
    let server = Server::start_with(|config| config.max_rooms_bots = 10).await;
    let wish = json!({"mode": "ffa", "max_players": 12, "bots": 8});
    assert_eq!(server.make(wish.clone()).await.status, 201);
    let refused = server.make(wish).await;
    assert_eq!(refused.status, 503, "{}", refused.body);
    assert!(refused.header("retry-after").is_some());
    let problem = refused.problem();
    assert_eq!(problem["type"], "urn:fracas:problem:too-many-bots");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("2 are left of the 10"), "{detail}");
    let made = server.make(json!({"mode": "ffa"})).await;
    assert_eq!(made.status, 201, "who names no number gets what is left");
}

#[tokio::test]
async fn while_the_server_goes_down_no_room_is_made() {
    let server = Server::start_with(|config| config.drain = Duration::from_secs(60)).await;
    let (mut ada, _) = server.player("Ada").await;
    let (_bo, _) = server.player("Bo").await;
    ada.is_well(1).await;
    server
        .until("a match is on", async || {
            server.room("main").await.unwrap()["phase"] != "waiting"
        })
        .await;
    server.stop.send(true).unwrap();
    server
        .until("it drains", async || {
            get(server.internal, "/health/ready").await.status == 503
        })
        .await;
    assert_eq!(server.make(json!({"mode": "ffa"})).await.status, 503);
}

#[tokio::test]
async fn bots_keep_company_where_somebody_plays_or_watches() {
    let server = Server::start_with(|config| {
        (config.rooms, config.bots) = (2, 3);
        config.room_sleep = Duration::from_millis(200);
    })
    .await;
    let until = async |what: &str, wanted: [(u64, u64); 2]| {
        server
            .until(what, async || {
                let matches = get(server.address, "/api/matches").await.json();
                let of = |at: usize, key: &str| matches[at][key].as_u64().unwrap();
                [0, 1].map(|at| (of(at, "players"), of(at, "bots"))) == wanted
            })
            .await;
    };
    until("nobody is anywhere", [(0, 0), (0, 0)]).await;
    let (mut ada, _) = server
        .player_by(json!({"name": "Ada", "room": "main-2"}))
        .await;
    until("company for Ada", [(0, 0), (3, 2)]).await;
    let everything = Stream::open(&server, "/api/events", None).await;
    until(
        "who watches everything sees the first room",
        [(3, 3), (3, 2)],
    )
    .await;
    ada.leave().await;
    until("the second room is empty again", [(3, 3), (0, 0)]).await;
    drop(everything);
    until("and so is the first", [(0, 0), (0, 0)]).await;
    let second = server.room("main-2").await.unwrap();
    assert_eq!(
        (&second["phase"], &second["asleep"]),
        (&json!("waiting"), &json!(true))
    );
    let path = format!("/api/matches/{}/events", second["id"].as_str().unwrap());
    let _watcher = Stream::open(&server, &path, None).await;
    until("company for who watches the second", [(0, 0), (3, 3)]).await;
}

#[tokio::test]
async fn a_room_with_company_alone_does_not_tick() {
    let server = Server::start_with(|config| {
        config.bots = 3;
        config.room_sleep = Duration::ZERO;
    })
    .await;
    let room = async || server.room("main").await.unwrap();
    let (mut ada, _) = server.player("Ada").await;
    server
        .until("Ada has company", async || room().await["bots"] == 2)
        .await;
    ada.leave().await;
    server
        .until("the room sleeps", async || room().await["asleep"] == true)
        .await;
    let board = async || {
        let id = room().await["id"].as_str().unwrap().to_owned();
        let path = format!("/api/matches/{id}/scoreboard");
        get(server.address, &path).await.json()["tick"].clone()
    };
    let tick = board().await;
    // A room that ticks measures the time.
    let made = server.make(json!({"mode": "ffa", "bots": 0})).await.json();
    let (mut clock, _) = server
        .player_by(json!({"name": "Clock", "code": made["code"]}))
        .await;
    for nonce in 0..5 {
        clock.is_well(nonce).await;
    }
    assert_eq!(board().await, tick);
    assert_eq!(room().await["players"], 0);
}
