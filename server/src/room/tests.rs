use std::future::poll_fn;

use fracas_protocol::{
    ServerMessage, Wants,
    chat::{Body, Channel, Chat, Phrase, Say},
    decode,
};

use super::*;
use crate::feed::{Opening, Selection};

const MAP: &str = "##########\n#S......S#\n#........#\n#S......S#\n##########\n";

/// Longest wait for anything; nothing waits this long when it works.
const PATIENCE: Duration = Duration::from_secs(20);

fn room(change: impl FnOnce(&mut Rules)) -> (RoomHandle, Arc<Feed>) {
    let feed = Feed::new("e");
    let mut rules = Rules::default();
    change(&mut rules);
    let config = RoomConfig {
        name: "main".into(),
        mode: Mode::Ffa,
        rules,
        map: Arc::new(Map::parse(MAP).unwrap()),
        map_title: "small".into(),
        capacity: 4,
        tick_hz: 60,
        snapshot_hz: 30,
        inputs_per_message: 0,
        snapshot_bytes_max: 1_400,
        chat: crate::chat::ChatPolicy::default(),
        seed: 1,
        epoch: "e".into(),
    };
    (RoomHandle::spawn(config, &feed).unwrap(), feed)
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
