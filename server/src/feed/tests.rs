use std::time::Duration;

use arrayvec::ArrayVec;
use fracas_protocol::{Phase, PlayerId};

use super::{log::KEPT_FOR, log::KEPT_MIN, *};
use crate::sim::{KillEvent, Standing};

/// A feed with one match, and a clock.
struct Scene {
    feed: Arc<Feed>,
    id: MatchId,
    now: Instant,
    tick: Tick,
}

/// What a stream said, as (event, id, data).
type Frame = (String, Option<String>, String);

impl Scene {
    fn new() -> Self {
        let (feed, id): (_, MatchId) = (Feed::new("e"), "m1".into());
        feed.open(id.clone(), true);
        Self {
            feed,
            id,
            now: Instant::now(),
            tick: 0,
        }
    }

    fn streak(&mut self, kills: u16) {
        self.happens(MatchEvent::Streak {
            id: PlayerId(0),
            name: "Ada".into(),
            kills,
        });
    }

    fn join(&mut self, name: &str) {
        self.happens(MatchEvent::Join {
            id: PlayerId(0),
            name: name.into(),
            bot: false,
        });
    }

    fn happens(&mut self, event: MatchEvent) {
        self.tick += 1;
        self.feed.take(
            FeedItem::Events(self.id.clone(), self.tick, vec![event]),
            self.now,
        );
    }

    fn board(&mut self, scores: &[i16], changed: bool) {
        let player = |score: &i16| Standing {
            id: PlayerId(0),
            name: "Ada".into(),
            team: None,
            score: *score,
            kills: 0,
            deaths: 0,
            assists: 0,
            streak: 0,
            objective: 0,
            ping_ms: 0,
            bot: false,
        };
        let players = scores.iter().map(player).collect();
        let standings = Standings {
            phase: Phase::Live,
            time_left_s: Some(9),
            teams: Vec::new(),
            crown: None,
            players,
        };
        self.feed.take(
            FeedItem::Standings(self.id.clone(), self.tick, Arc::new(standings), changed),
            self.now,
        );
    }

    fn end(&mut self) {
        self.feed.take(FeedItem::Ended(self.id.clone()), self.now);
    }

    fn open(&self, last_id: Option<&str>) -> Reader {
        self.open_as(Selection::all_of(Some(self.id.clone())), last_id)
    }

    fn open_as(&self, selection: Selection, last_id: Option<&str>) -> Reader {
        match self.feed.subscribe(selection, last_id) {
            Opening::Stream(subscription) => Reader(subscription),
            other => panic!("{other:?}"),
        }
    }
}

struct Reader(Subscription);

impl Reader {
    /// What there is to read now, without waiting for more.
    fn read(&mut self) -> Vec<Frame> {
        let mut frames = Vec::new();
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        loop {
            let next = std::pin::pin!(self.0.next());
            match std::future::Future::poll(next, &mut context) {
                std::task::Poll::Ready(Some(bytes)) => frames.push(parse(&bytes)),
                std::task::Poll::Ready(None) => frames.push(("(end)".into(), None, String::new())),
                std::task::Poll::Pending => return frames,
            }
            if frames.last().is_some_and(|frame| frame.0 == "(end)") {
                return frames;
            }
        }
    }

    fn names(&mut self) -> Vec<String> {
        self.read().into_iter().map(|frame| frame.0).collect()
    }
}

fn parse(bytes: &[u8]) -> Frame {
    let text = std::str::from_utf8(bytes).unwrap();
    assert!(text.ends_with("\n\n"), "{text:?}");
    let field = |name: &str| {
        text.lines()
            .find_map(|line| line.strip_prefix(name))
            .map(str::to_owned)
    };
    (
        field("event: ").unwrap_or_default(),
        field("id: "),
        field("data: ").unwrap_or_default(),
    )
}

fn ids(frames: &[Frame]) -> Vec<String> {
    frames.iter().filter_map(|frame| frame.1.clone()).collect()
}

#[test]
fn a_new_reader_sees_the_state_and_then_what_changes_in_order() {
    let mut scene = Scene::new();
    scene.streak(3);
    scene.board(&[5], true);
    let mut reader = scene.open(None);
    assert_eq!(reader.names(), ["scoreboard"]);
    scene.streak(5);
    scene.board(&[6], true);
    scene.streak(8);
    let frames = reader.read();
    let names: Vec<_> = frames.iter().map(|frame| &*frame.0).collect();
    assert_eq!(names, ["streak", "scoreboard", "streak"]);
    assert!(
        frames[0]
            .2
            .starts_with(r#"{"match":"m1","tick":2,"id":0,"name":"Ada","kills":5"#),
        "{}",
        frames[0].2
    );
    assert!(
        frames[1].2.contains(
            r#""phase":"live","time_left_s":9,"teams":[],"players_total":1,"players":[{"id":0"#
        ),
        "{}",
        frames[1].2
    );
}

#[test]
fn a_kill_says_everything_that_scored_and_the_crown_who_wears_it() {
    let mut scene = Scene::new();
    let mut reader = scene.open(None);
    scene.happens(MatchEvent::Kill(KillEvent {
        killer: Some(PlayerId(3)),
        killer_name: Some("Ada".into()),
        victim: PlayerId(9),
        victim_name: "Bo".into(),
        weapon: "pulse".into(),
        bounces: 2,
        deflected: true,
        bounty: 1,
        assists: ArrayVec::from_iter([PlayerId(4)]),
        assist_names: vec!["Cy".into()],
    }));
    for name in [Some("Ada"), None] {
        scene.happens(MatchEvent::Crown {
            id: name.map(|_| PlayerId(3)),
            name: name.map(Into::into),
        });
    }
    let told: Vec<_> = reader
        .read()
        .into_iter()
        .map(|(name, _, data)| (name, data))
        .collect();
    let kill = concat!(
        r#"{"match":"m1","tick":1,"killer":3,"killer_name":"Ada","victim":9,"victim_name":"Bo","weapon":"pulse","#,
        r#""bounces":2,"deflected":true,"bounty":1,"assists":[4],"assist_names":["Cy"]}"#
    );
    let expected = [
        ("kill", kill),
        ("crown", r#"{"match":"m1","tick":2,"id":3,"name":"Ada"}"#),
        ("crown", r#"{"match":"m1","tick":3,"id":null,"name":null}"#),
    ];
    assert_eq!(
        told,
        expected.map(|(name, data)| (name.to_owned(), data.to_owned()))
    );
}

#[test]
fn a_stream_is_told_of_a_hundred_at_most_and_how_many_there_are() {
    let mut scene = Scene::new();
    scene.board(&[0; 2200], true);
    for (asked, told) in [(3, 3), (100, 100), (2200, 100)] {
        let mut selection = Selection::all_of(Some(scene.id.clone()));
        selection.top = asked;
        let frames = scene.open_as(selection, None).read();
        let board: serde_json::Value = serde_json::from_str(&frames[0].2).unwrap();
        assert_eq!(board["players"].as_array().unwrap().len(), told);
        assert_eq!(board["players_total"], 2200);
    }
    let whole = scene.feed.scoreboard("m1").unwrap();
    let whole: serde_json::Value = serde_json::from_slice(&whole).unwrap();
    assert_eq!(whole["players"].as_array().unwrap().len(), 2200);
}

#[test]
fn resuming_loses_and_repeats_nothing_wherever_the_line_broke() {
    let mut scene = Scene::new();
    scene.board(&[0], true);
    let mut whole = scene.open(None);
    let mut seen = ids(&whole.read());
    for n in 0..600 {
        scene.streak(n);
        if n % 7 == 0 {
            scene.board(&[n as i16], true);
            seen.extend(ids(&whole.read()));
        }
    }
    seen.extend(ids(&whole.read()));
    let events = |frames: &[Frame]| -> Vec<String> {
        frames
            .iter()
            .filter(|frame| frame.0 == "streak")
            .map(|frame| frame.1.clone().unwrap())
            .collect()
    };
    let all = events(&scene.open(Some("0")).read());
    assert_eq!(all.len(), 600);
    for last in &seen {
        let mut reader = scene.open(Some(last));
        let frames = reader.read();
        let position: u64 = last.strip_prefix("e-").unwrap().parse().unwrap();
        let expected: Vec<_> = all
            .iter()
            .filter(|id| id[2..].parse::<u64>().unwrap() > position)
            .cloned()
            .collect();
        assert_eq!(events(&frames), expected, "after {last}");
        assert_eq!(frames.last().unwrap().0, "scoreboard");
        assert_eq!(
            frames.last().unwrap().1,
            None,
            "a state after a replay moves no id back"
        );
    }
}

#[test]
fn ids_never_go_back_on_one_stream() {
    let mut scene = Scene::new();
    let mut reader = scene.open(None);
    let mut seen = Vec::new();
    for n in 0..50 {
        scene.streak(n);
        scene.board(&[n as i16], n % 3 == 0);
        scene.join("Bo");
        if n % 4 == 0 {
            seen.extend(ids(&reader.read()));
        }
    }
    seen.extend(ids(&reader.read()));
    let numbers: Vec<u64> = seen.iter().map(|id| id[2..].parse().unwrap()).collect();
    assert!(numbers.is_sorted() && numbers.len() > 100);
    assert_eq!(
        numbers
            .iter()
            .collect::<std::collections::HashSet<_>>()
            .len(),
        numbers.len()
    );
}

#[test]
fn what_history_no_longer_holds_is_a_reset_and_then_the_state() {
    let mut scene = Scene::new();
    scene.board(&[1], true);
    scene.streak(1);
    scene.now += KEPT_FOR + Duration::from_secs(1);
    for n in 0..KEPT_MIN as u16 {
        scene.streak(n);
    }
    for stale in ["e-1", "before-7", "e-999999999", "nonsense"] {
        let mut reader = scene.open(Some(stale));
        assert_eq!(reader.names(), ["reset", "scoreboard"], "{stale}");
        scene.streak(1);
        assert_eq!(reader.names(), ["streak"]);
    }
}

#[test]
fn a_reset_moves_the_position_even_for_who_wants_no_scoreboard() {
    let mut scene = Scene::new();
    scene.streak(1);
    let only_kills = Selection::all_of(Some(scene.id.clone()))
        .only("kill")
        .unwrap();
    let frames = scene.open_as(only_kills, Some("before-7")).read();
    assert_eq!(frames[0].0, "reset");
    assert_eq!(
        frames[1],
        (String::new(), Some("e-1".into()), String::new())
    );
}

#[test]
fn a_reader_that_falls_out_of_history_is_told() {
    let mut scene = Scene::new();
    let mut reader = scene.open(None);
    scene.streak(1);
    scene.now += KEPT_FOR + Duration::from_secs(1);
    for n in 0..=KEPT_MIN as u16 {
        scene.streak(n);
    }
    assert_eq!(reader.names()[0], "reset");
}

#[test]
fn history_holds_by_number_and_by_age() {
    let mut scene = Scene::new();
    for n in 0..3 * KEPT_MIN as u16 {
        scene.streak(n);
    }
    assert_eq!(
        scene.open(Some("0")).read().len(),
        3 * KEPT_MIN,
        "nothing is old"
    );
    scene.now += KEPT_FOR + Duration::from_secs(1);
    scene.streak(0);
    assert_eq!(
        scene
            .open(Some(&format!("e-{}", 2 * KEPT_MIN + 1)))
            .read()
            .len(),
        KEPT_MIN,
        "the last thousand stay"
    );
}

#[test]
fn an_ended_match_is_read_to_its_end_and_not_again() {
    let mut scene = Scene::new();
    let mut reader = scene.open(None);
    scene.streak(3);
    scene.board(&[3], true);
    scene.end();
    assert_eq!(reader.names(), ["streak", "scoreboard", "(end)"]);
    assert_eq!(scene.open(None).names(), ["scoreboard", "(end)"]);
    assert_eq!(
        scene.open(Some("0")).names(),
        ["streak", "scoreboard", "(end)"]
    );
    let again = scene
        .feed
        .subscribe(Selection::all_of(Some(scene.id.clone())), Some("e-2"));
    assert!(matches!(again, Opening::NothingMore), "{again:?}");
}

#[test]
fn only_the_last_few_ended_matches_stay() {
    let mut scene = Scene::new();
    for n in 0..=FINISHED_KEPT {
        scene.id = format!("m{n}").into();
        scene.feed.open(scene.id.clone(), true);
        scene.board(&[1], true);
        scene.end();
    }
    assert!(!scene.feed.knows("m0") && scene.feed.scoreboard("m0").is_none());
    assert!(scene.feed.knows("m1") && scene.feed.scoreboard("m1").is_some());
}

#[test]
fn a_selection_bounds_events_and_players() {
    let mut scene = Scene::new();
    scene.board(&[3, 2, 1], true);
    let mut selection = Selection::all_of(Some(scene.id.clone()))
        .only("scoreboard, join")
        .unwrap();
    selection.top = 2;
    let mut reader = scene.open_as(selection, None);
    assert_eq!(reader.read()[0].2.matches("\"score\"").count(), 2);
    scene.streak(3);
    scene.join("Bo");
    assert_eq!(reader.names(), ["join"]);
    let error = Selection::all_of(None).only("kill,explosion").unwrap_err();
    assert!(
        error.contains("explosion") && error.contains("streak"),
        "{error}"
    );
}

#[test]
fn more_than_one_helping_of_unwanted_events_is_not_the_end() {
    let mut scene = Scene::new();
    let only_joins = Selection::all_of(Some(scene.id.clone()))
        .only("join")
        .unwrap();
    let mut reader = scene.open_as(only_joins, Some("0"));
    for n in 0..1_000 {
        scene.streak(n);
    }
    scene.join("Bo");
    assert_eq!(reader.names(), ["join"]);
}

#[test]
fn the_stream_of_everything_carries_all_matches_under_the_same_ids() {
    let mut scene = Scene::new();
    scene.board(&[1], true);
    let mut everything = scene.open_as(Selection::all_of(None), None);
    assert_eq!(everything.names(), ["scoreboard"]);
    scene.streak(3);
    let first = scene.open(Some("0")).read()[0].1.clone();
    scene.id = "m2".into();
    scene.feed.open(scene.id.clone(), true);
    scene.join("Bo");
    scene.board(&[2], true);
    let frames = everything.read();
    let names: Vec<_> = frames.iter().map(|frame| &*frame.0).collect();
    assert_eq!(names, ["streak", "join", "scoreboard"]);
    assert_eq!(frames[0].1, first);
    assert!(frames[1].2.contains("\"match\":\"m2\""));
}

#[test]
fn what_is_said_comes_in_order_with_what_happens() {
    let mut scene = Scene::new();
    let mut reader = scene.open(None);
    scene.join("Ada");
    let event = ChatEvent {
        from: PlayerId(3),
        name: "Ada".into(),
        channel: "all",
        text: "a \"b\" <c>".into(),
    };
    let item = FeedItem::Chat(scene.id.clone(), 7, event);
    scene.feed.take(item, scene.now);
    scene.streak(3);
    let frames = reader.read();
    let names: Vec<_> = frames.iter().map(|frame| &*frame.0).collect();
    assert_eq!(names, ["join", "chat", "streak"]);
    assert_eq!(
        frames[1].2,
        r#"{"match":"m1","tick":7,"from":3,"name":"Ada","channel":"all","text":"a \"b\" <c>"}"#
    );
}

#[test]
fn a_clock_that_runs_is_no_change() {
    let mut scene = Scene::new();
    scene.board(&[1], true);
    let mut reader = scene.open(None);
    reader.read();
    scene.board(&[1], false);
    assert!(reader.names().is_empty());
}

#[tokio::test]
async fn what_the_pump_has_no_room_for_is_held_in_order() {
    let feed = Feed::new("e");
    feed.open("m1".into(), true);
    let Opening::Stream(mut reader) = feed.subscribe(Selection::all_of(Some("m1".into())), None)
    else {
        panic!()
    };
    let mut sender = feed.sender();
    let total = 3 * BATCHES_QUEUED_MAX as u16;
    for kills in 0..total {
        let event = MatchEvent::Streak {
            id: PlayerId(0),
            name: "Ada".into(),
            kills,
        };
        sender.send(FeedItem::Events("m1".into(), 1, vec![event]));
    }
    assert!(!sender.held.is_empty());
    for kills in 0..total {
        while !sender.held.is_empty() && sender.queue.capacity() > 0 {
            sender.flush();
        }
        let frame = parse(&reader.next().await.unwrap());
        assert!(
            frame.2.contains(&format!("\"kills\":{kills}}}")),
            "{}",
            frame.2
        );
    }
}

#[tokio::test]
async fn a_pump_that_takes_nothing_costs_bounded_memory_and_never_the_end_of_a_match() {
    let feed = Feed::new("e");
    let mut sender = feed.sender();
    // Nothing awaits in here, so the pump can't run.
    sender.send(FeedItem::Ended("m0".into()));
    for kills in 0..2 * HELD_MAX as u16 {
        let event = MatchEvent::Streak {
            id: PlayerId(0),
            name: "Ada".into(),
            kills,
        };
        sender.send(FeedItem::Events("m1".into(), 1, vec![event]));
        if kills == HELD_MAX as u16 / 2 {
            sender.send(FeedItem::Ended("m1".into()));
        }
    }
    assert!(sender.held.len() <= HELD_MAX);
    let ends = sender
        .held
        .iter()
        .filter(|item| matches!(item, FeedItem::Ended(_)));
    assert_eq!(
        ends.count(),
        1,
        "the first of two fits the pump's own queue"
    );
}
