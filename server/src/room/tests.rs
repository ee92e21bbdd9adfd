use std::{future::poll_fn, sync::Mutex, thread};

use fracas_protocol::{
    ServerMessage, Wants,
    chat::{Body, Channel, Chat, Phrase, Say},
    decode,
};

use super::*;
use crate::{
    feed::{Opening, Selection},
    lobby::Lobby,
};

const MAP: &str = "##########\n#S......S#\n#........#\n#S......S#\n##########\n";

/// Longest wait for anything; nothing waits this long when it works.
const PATIENCE: Duration = Duration::from_secs(20);

fn room(change: impl FnOnce(&mut Rules)) -> (RoomHandle, Arc<Feed>) {
    room_with(|config| change(&mut config.rules))
}

fn room_with(change: impl FnOnce(&mut RoomConfig)) -> (RoomHandle, Arc<Feed>) {
    let feed = Feed::new("e");
    let mut config = RoomConfig {
        name: "main".into(),
        mode: Mode::Ffa,
        rules: Rules::default(),
        maps: vec![map("small", MAP)],
        capacity: 4,
        tick_hz: 60,
        snapshot_hz: 30,
        inputs_per_message: 0,
        snapshot_bytes_max: 1_400,
        chat: crate::chat::ChatPolicy::default(),
        seed: 1,
        epoch: "e".into(),
        company: 0,
        bot_skill: Skill::Mixed,
        is_front: true,
        is_listed: true,
        code: None,
        sleeps_after: Duration::ZERO,
        ends_after: None,
    };
    change(&mut config);
    (RoomHandle::spawn(config, &feed).unwrap(), feed)
}

fn map(title: &str, text: &str) -> RoomMap {
    RoomMap::new(title.into(), Map::parse(text).unwrap())
}

/// A connection without a socket: what it takes from its link it has received.
struct Player {
    link: Arc<Link>,
    id: PlayerId,
}

impl Player {
    async fn join(room: &RoomHandle, name: &str) -> Self {
        let place = room.reserve(name.into(), false).await.unwrap().unwrap();
        let link = Arc::new(Link::default());
        let ticket = Credential::Ticket(place.ticket);
        let id = room
            .attach(ticket, Wants::default(), link.clone())
            .await
            .unwrap()
            .unwrap();
        Self { link, id }
    }

    async fn next(&self) -> Result<ServerMessage, Close> {
        let next = poll_fn(|context| self.link.poll_outgoing(context));
        match tokio::time::timeout(PATIENCE, next)
            .await
            .expect("something in time")
        {
            Outgoing::Close(why) => Err(why),
            Outgoing::Frame(frame) => {
                if frame.is_snapshot {
                    self.link.snapshot_left();
                }
                Ok(decode(&frame.bytes).unwrap())
            }
        }
    }

    /// Ids of the matches this player is told of, until there are `count` of them.
    async fn matches(&self, count: usize) -> Vec<String> {
        let mut ids = Vec::new();
        while ids.len() < count {
            match self.next().await.expect("no close") {
                ServerMessage::Welcome(welcome) => ids.push(welcome.start.match_id),
                ServerMessage::MatchStart(start) => ids.push(start.match_id),
                _ => {}
            }
        }
        ids
    }
}

#[tokio::test]
async fn a_panic_ends_that_match_alone() {
    let ((broken, _), (sound, _)) = (room(|_| {}), room(|_| {}));
    let (ada, bo) = (
        Player::join(&broken, "Ada").await,
        Player::join(&sound, "Bo").await,
    );
    let before = broken.status().match_id;
    broken.requests.send(Request::Crash).unwrap();
    let why = loop {
        if let Err(why) = ada.next().await {
            break why;
        }
    };
    assert_eq!(why, Close::Crashed);
    let again = Player::join(&broken, "Ada").await;
    let after = again.matches(1).await;
    assert_ne!(*before, *after[0]);
    for _ in 0..3 {
        again.next().await.unwrap();
        bo.next().await.unwrap();
    }
}

#[tokio::test]
async fn a_room_with_too_much_to_do_takes_nobody_until_it_has_less() {
    let (room, _) = room(|_| {});
    let ada = Player::join(&room, "Ada").await;
    let early = room.reserve("Cy".into(), false).await.unwrap().unwrap();
    room.requests.send(Request::Overload).unwrap();
    let refused = room.reserve("Bo".into(), false).await.unwrap();
    assert_eq!(refused.err(), Some(NoPlace::Overloaded));
    let credential = Credential::Ticket(early.ticket);
    let late = room.attach(credential, Wants::default(), Arc::default());
    assert_eq!(late.await.unwrap(), Err(Close::Overloaded));
    // It sleeps as soon as nobody is there; who comes then is welcome.
    ada.link.hang_up(Close::Left);
    let welcome = async { while room.reserve("Bo".into(), false).await.unwrap().is_err() {} };
    tokio::time::timeout(Duration::from_secs(20), welcome)
        .await
        .expect("a place");
}

#[tokio::test]
async fn a_room_that_sleeps_does_not_hide_that_another_has_too_much_to_do() {
    let (busy, feed) = room(|_| {});
    let config = RoomConfig {
        name: "main-2".into(),
        ..(*busy.config).clone()
    };
    let idle = RoomHandle::spawn(config, &feed).unwrap();
    let lobby = Lobby::default();
    lobby.add(busy.clone());
    lobby.add(idle.clone());
    let (mut status, mut other) = (busy.watch(), idle.watch());
    other.wait_for(|status| status.asleep).await.unwrap();

    let ada = Player::join(&busy, "Ada").await;
    busy.requests.send(Request::Overload).unwrap();
    let is_full = |status: &RoomStatus| status.overload_step == STEP_MAX;
    status.wait_for(is_full).await.unwrap();
    assert_eq!(lobby.overload_step(), STEP_MAX);

    ada.link.hang_up(Close::Left);
    status.wait_for(|status| status.asleep).await.unwrap();
    assert_eq!(lobby.overload_step(), 0);
}

/// Records of this room, as soon as there is one of a tick like that.
async fn recorded(room: &RoomHandle, is_it: impl Fn(&TickRecord) -> bool) -> TickRecord {
    let search = async {
        loop {
            if let Some(found) = room.records().slow_ticks.iter().find(|tick| is_it(tick)) {
                return found.clone();
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, search)
        .await
        .expect("it is recorded")
}

#[tokio::test]
async fn a_freeze_of_two_seconds_is_skipped_and_a_short_one_caught_up_and_both_are_recorded() {
    let (room, _) = room(|_| {});
    let ada = Player::join(&room, "Ada").await;
    ada.next().await.unwrap();
    let freeze = |time| room.requests.send(Request::Freeze(time)).unwrap();

    freeze(Duration::from_secs(2));
    let skipped = recorded(&room, |tick| tick.skipped > 0).await;
    assert!((118..=130).contains(&skipped.skipped), "{skipped:?}");
    assert!(skipped.late >= Duration::from_millis(1_950), "{skipped:?}");
    assert_eq!((skipped.work.players, skipped.work.overload_step), (1, 0));
    let names: Vec<_> = skipped.phases.iter().map(|(name, _)| *name).collect();
    let expected: Vec<_> = ["take_requests", "expire_seats", "read_links"]
        .into_iter()
        .chain(crate::sim::VERBS.iter().copied())
        .chain(["count", "deliver", "judge", "report"])
        .collect();
    assert_eq!(names[..expected.len()], expected[..]);

    freeze(Duration::from_millis(200));
    let (ten, three) = (Duration::from_millis(160), Duration::from_millis(50));
    let first = recorded(&room, |record| {
        record.tick > skipped.tick && record.late > ten
    })
    .await;
    let later = recorded(&room, |record| {
        record.tick > first.tick && record.late > three
    })
    .await;
    assert_eq!((first.skipped, later.skipped), (0, 0), "owed ticks are run");
}

#[tokio::test]
async fn everybody_goes_from_one_match_into_the_next() {
    let (room, feed) = room(|rules| {
        (rules.flow.players_min, rules.flow.countdown_s) = (1, 0.1);
        (rules.flow.time_limit_s, rules.flow.results_s) = (0.5, 0.1);
    });
    let first = room.status().match_id;
    let Opening::Stream(mut events) = feed.subscribe(
        Selection::all_of(Some(first.clone()))
            .only("result")
            .unwrap(),
        None,
    ) else {
        panic!("the match is known before anything happened in it");
    };
    let ada = Player::join(&room, "Ada").await;
    assert_eq!(ada.id, PlayerId(0));
    let ids = ada.matches(3).await;
    assert_eq!(ids[0], *first);
    assert!(ids[1] != ids[0] && ids[2] != ids[1], "{ids:?}");
    assert!(matches!(
        ada.next().await.unwrap(),
        ServerMessage::Snapshot(_)
    ));
    let result = events.next().await.expect("a result");
    assert!(result.starts_with(b"event: result\n"), "{result:?}");
    assert_eq!(
        events.next().await,
        None,
        "the stream of a match that is over ends"
    );
}

#[tokio::test]
async fn nothing_is_queued_for_a_client_that_takes_nothing() {
    let (room, _) = room(|_| {});
    let (deaf, well) = (
        Player::join(&room, "Deaf").await,
        Player::join(&room, "Well").await,
    );
    for _ in 0..40 {
        well.next().await.unwrap();
    }
    let mut waiting = 0;
    let context = std::task::Context::from_waker(std::task::Waker::noop());
    while let std::task::Poll::Ready(Outgoing::Frame(_)) = deaf.link.poll_outgoing(&context) {
        waiting += 1;
    }
    assert_eq!(waiting, 2, "its welcome and one snapshot");
}

#[tokio::test]
async fn who_takes_nothing_loses_lines_and_not_the_connection() {
    let (room, _) = room(|_| {});
    let (deaf, well) = (
        Player::join(&room, "Deaf").await,
        Player::join(&room, "Well").await,
    );
    // More than anybody may say: put there as the room does.
    for n in 0..100_u8 {
        deaf.link.push_chat(vec![n]);
    }
    for _ in 0..10 {
        well.next().await.unwrap();
    }
    let context = std::task::Context::from_waker(std::task::Waker::noop());
    let mut waiting = Vec::new();
    while let std::task::Poll::Ready(next) = deaf.link.poll_outgoing(&context) {
        match next {
            Outgoing::Frame(frame) if frame.bytes.len() == 1 => waiting.push(frame.bytes[0]),
            Outgoing::Frame(_) => assert!(waiting.is_empty(), "the welcome goes first"),
            Outgoing::Close(why) => panic!("closed: {why:?}"),
        }
    }
    assert_eq!(waiting, (68..100).collect::<Vec<_>>());
}

#[tokio::test]
async fn what_is_said_reaches_everybody_in_the_order_it_was_said() {
    let (room, _) = room(|_| {});
    let (ada, bo) = (
        Player::join(&room, "Ada").await,
        Player::join(&room, "Bo").await,
    );
    let phrases = [Phrase::Hello, Phrase::Thanks, Phrase::Help];
    for phrase in phrases {
        ada.link.push_say(Say {
            channel: Channel::All,
            body: Body::Phrase(phrase),
        });
    }
    for player in [&ada, &bo] {
        let mut heard = Vec::new();
        while heard.len() < phrases.len() {
            if let ServerMessage::Chat(Chat::Line(line)) = player.next().await.unwrap() {
                assert_eq!((line.from, &*line.name), (ada.id, "Ada"));
                heard.push(line.body);
            }
        }
        assert_eq!(heard, phrases.map(Body::Phrase));
    }
}

#[tokio::test]
async fn a_room_without_anybody_sleeps_until_somebody_comes() {
    let (room, _) = room(|_| {});
    let mut status = room.watch();
    status.wait_for(|status| status.asleep).await.unwrap();
    let ada = Player::join(&room, "Ada").await;
    status
        .wait_for(|status| !status.asleep && status.players == 1)
        .await
        .unwrap();
    ada.link.hang_up(Close::Left);
    status.wait_for(|status| status.asleep).await.unwrap();
}

#[tokio::test]
async fn a_room_that_drains_ends_with_its_people() {
    let (room, _) = room(|rules| rules.flow.players_min = 1);
    let ada = Player::join(&room, "Ada").await;
    room.watch()
        .wait_for(|status| status.phase == Phase::Countdown)
        .await
        .unwrap();
    room.drain(Instant::now() + PATIENCE);
    for _ in 0..5 {
        ada.next().await.unwrap();
    }
    ada.link.hang_up(Close::Left);
    tokio::time::timeout(PATIENCE, room.ended())
        .await
        .expect("ends");
}

#[tokio::test]
async fn a_drain_is_not_lost_when_there_are_too_many_requests() {
    let (room, _) = room(|rules| rules.flow.players_min = 1);
    let ada = Player::join(&room, "Ada").await;
    room.watch()
        .wait_for(|status| status.phase == Phase::Countdown)
        .await
        .unwrap();
    while room.requests.try_send(Request::Wake).is_ok() {}
    room.drain(Instant::now());
    tokio::time::timeout(PATIENCE, room.ended())
        .await
        .expect("ends");
    while ada.next().await.is_ok() {}
}

#[tokio::test]
async fn a_room_that_was_asked_for_ends_without_anybody_and_no_sooner() {
    let (room, _) = room_with(|config| config.ends_after = Some(Duration::from_millis(100)));
    let ada = Player::join(&room, "Ada").await;
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(300) {
        ada.next().await.expect("it goes on with Ada in it");
    }
    let left = Instant::now();
    ada.link.hang_up(Close::Left);
    tokio::time::timeout(PATIENCE, room.ended())
        .await
        .expect("ends");
    assert!(left.elapsed() >= Duration::from_millis(80));
    let late = room.reserve("Bo".into(), false).await;
    assert_eq!(late, Err(Unavailable));
}

#[tokio::test]
async fn company_goes_when_the_last_guest_has_gone_and_is_refused_while_nobody_is_there() {
    let (room, _) = room_with(|config| config.sleeps_after = Duration::from_millis(100));
    let refused = room.reserve_company("Rook".into()).await.unwrap();
    assert_eq!(refused, Err(NoPlace::Asleep));
    let ada = Player::join(&room, "Ada").await;
    let place = room.reserve_company("Rook".into()).await.unwrap().unwrap();
    let link = Arc::new(Link::default());
    let ticket = Credential::Ticket(place.ticket);
    let attached = room.attach(ticket, Wants::default(), link.clone()).await;
    let rook = Player {
        id: attached.unwrap().unwrap(),
        link,
    };
    let mut status = room.watch();
    status
        .wait_for(|status| (status.players, status.bots, status.company) == (2, 1, 1))
        .await
        .unwrap();
    ada.link.hang_up(Close::Left);
    let why = loop {
        if let Err(why) = rook.next().await {
            break why;
        }
    };
    assert_eq!(why, Close::Dismissed);
    let asleep = status.wait_for(|status| status.asleep).await.unwrap();
    assert_eq!((asleep.players, asleep.phase), (0, Phase::Waiting));
}

#[tokio::test]
async fn a_match_that_everybody_has_left_is_not_gone_on_with() {
    let (room, _) = room(|rules| (rules.flow.players_min, rules.flow.countdown_s) = (1, 0.0));
    let mut status = room.watch();
    let ada = Player::join(&room, "Ada").await;
    let live = status.wait_for(|status| status.phase == Phase::Live).await;
    let first = live.unwrap().match_id.clone();
    ada.link.hang_up(Close::Left);
    let asleep = status.wait_for(|status| status.asleep).await.unwrap();
    assert_eq!((asleep.phase, asleep.time_left_s), (Phase::Waiting, None));
    assert_ne!(asleep.match_id, first);
}

#[tokio::test]
async fn players_vote_and_the_next_match_is_on_the_map_with_most_votes() {
    let (room, _) = room_with(|config| {
        config.rules.flow.players_min = 1;
        config.rules.flow.countdown_s = 0.0;
        (config.rules.flow.time_limit_s, config.rules.flow.results_s) = (1.0, 3.0);
        config.maps = ["a", "b", "c", "d"].map(|title| map(title, MAP)).to_vec();
    });
    let ada = Player::join(&room, "Ada").await;
    assert_eq!(ada.matches(1).await.len(), 1);
    let ballot = async |player: &Player| loop {
        if let ServerMessage::Ballot(ballot) = player.next().await.expect("no close") {
            return ballot;
        }
    };
    let first = ballot(&ada).await;
    assert_eq!(first.choices.len(), 3);
    assert!((1..=3).contains(&first.seconds_left));
    assert!(first.choices.iter().all(|choice| choice.title != "a"));
    assert!(first.choices.iter().all(|choice| choice.votes == 0));
    ada.link.set_vote(9);
    let bo = Player::join(&room, "Bo").await;
    assert_eq!(
        ballot(&bo).await.choices,
        first.choices,
        "who comes late is told too"
    );
    bo.link.set_vote(1);
    let second = ballot(&ada).await;
    let votes: Vec<_> = second.choices.iter().map(|choice| choice.votes).collect();
    assert_eq!(votes, [0, 1, 0]);
    ada.link.set_vote(1);
    bo.link.hang_up(Close::Left);
    let third = ballot(&ada).await;
    assert_eq!(third.choices[1].votes, 1, "who leaves has no vote");
    ada.matches(1).await;
    let wanted = first.choices[1].title.clone();
    let mut status = room.watch();
    let next = status.wait_for(|status| *status.map_title == *wanted);
    tokio::time::timeout(PATIENCE, next)
        .await
        .expect("the map that was voted for")
        .unwrap();
}

#[tokio::test]
async fn a_map_that_is_ahead_is_made_beside_the_ticks_and_a_bot_outvotes_nobody() {
    let made = Arc::<Mutex<Vec<(&str, Option<String>)>>>::default();
    let (room, _) = room_with(|config| {
        config.rules.flow.players_min = 1;
        config.rules.flow.countdown_s = 0.0;
        (config.rules.flow.time_limit_s, config.rules.flow.results_s) = (1.0, 3.0);
        config.rules.flow.overtime_s_max = 0.1;
        let later = |title: &'static str| {
            let made = made.clone();
            RoomMap::made_when_needed(title.into(), move || {
                let thread = thread::current().name().map(str::to_owned);
                made.lock().unwrap().push((title, thread));
                Map::parse(MAP).unwrap()
            })
        };
        config.maps = vec![map("a", MAP), later("b"), later("c")];
    });
    let ada = Player::join(&room, "Ada").await;
    let place = room.reserve("Bot".into(), true).await.unwrap().unwrap();
    let bot = Arc::new(Link::default());
    let ticket = Credential::Ticket(place.ticket);
    let attached = room.attach(ticket, Wants::default(), bot.clone());
    attached.await.unwrap().unwrap();
    assert!(made.lock().unwrap().is_empty(), "it costs nothing so far");
    let ballot = async || loop {
        if let ServerMessage::Ballot(ballot) = ada.next().await.expect("no close") {
            return ballot;
        }
    };
    let choices = ballot().await.choices;
    let of = |title: &str| choices.iter().position(|choice| choice.title == title);
    let (b, c) = (of("b").unwrap(), of("c").unwrap());
    bot.set_vote(b as u8);
    ada.link.set_vote(c as u8);
    let votes = ballot()
        .await
        .choices
        .iter()
        .map(|choice| choice.votes)
        .sum::<u16>();
    assert_eq!(votes, 1, "people's");
    let mut status = room.watch();
    let next = status.wait_for(|status| *status.map_title == *"c");
    tokio::time::timeout(PATIENCE, next)
        .await
        .expect("what Ada wants")
        .unwrap();
    assert!(
        made.lock()
            .unwrap()
            .contains(&("c", Some("map".to_owned())))
    );
}
