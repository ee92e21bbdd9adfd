//! What spectators hear of flags, of pads and of shots that are sent back.

use std::collections::BTreeSet;

use fracas_bots::brain::{Xy, intent};
use fracas_bots::{Bot, World};
use fracas_protocol::view::{Flag, Objective};
use fracas_protocol::{Buttons, Intent, Rules, Team};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::host::{Host, OPEN, PATIENCE};
use crate::sse::{Event, Stream};

/// A flag at either end, and before each a pad.
const THINGS: &str = r#"
  <object id="6" name="blue" type="flag" x="48" y="144"><point/></object>
  <object id="7" name="orange" type="flag" x="464" y="144"><point/></object>
  <object id="8" name="haste" type="pad" x="80" y="144"><point/></object>
  <object id="9" name="haste" type="pad" x="432" y="144"><point/></object>
 </objectgroup>"#;

/// Flies for the other flag and home with it, and fires at whoever it sees all the way.
struct Thief;

impl Bot for Thief {
    fn think(&mut self, world: &World) -> Intent {
        let (own, team) = (world.own().pos, world.team().unwrap_or(Team::Blue));
        let theirs = team.other();
        let has_it = match world.match_state().objective {
            Objective::Flags(flags) => flags[theirs as usize] == Flag::Carried { by: world.me() },
            _ => false,
        };
        let goal = if has_it { team } else { theirs };
        let stand = world.map().flag_stands().find(|(of, _)| *of == goal);
        let way = stand.map_or(Xy::ZERO, |(_, at)| Xy::of_position(at) - own);
        intent(way, aim(world), true)
    }
}

/// Stands still and sends back what comes from whoever it sees, as often as it can.
struct Mirror;

impl Bot for Mirror {
    fn think(&mut self, world: &World) -> Intent {
        Intent {
            buttons: Buttons::DEFLECT,
            ..intent(Xy::ZERO, aim(world), false)
        }
    }
}

fn aim(world: &World) -> f32 {
    let other = world.enemies().next();
    other.map_or(0.0, |other| (other.pos - world.own().pos).angle())
}

#[tokio::test]
async fn flags_pickups_and_shots_sent_back_are_told_with_who_and_what() {
    let mut rules = Rules::default();
    rules.craft.spawn_protection_s = 0.0;
    rules.weapons[0].damage = 1;
    rules.weapons[0].bounces = 0;
    (rules.deflect.window_s, rules.deflect.cooldown_s) = (0.5, 1.0);
    rules.flow.countdown_s = 0.3;
    let map = OPEN.replace("\n </objectgroup>", THINGS);
    let host = Host::start_in("ctf", &map, rules).await;
    let stream = Stream::open(&host, "/api/events?events=score,pickup,deflect", None).await;
    let _guests = [
        host.player("Thief", Thief).await,
        host.player("Mirror", Mirror).await,
    ];
    let told = timeout(PATIENCE, until_all(stream)).await;
    let [taken, captured, pickup, deflect] = told.expect("it happens again and again");

    let id = host.match_id().await;
    for event in [&taken, &captured, &pickup, &deflect] {
        assert_eq!(event["match"], *id);
        assert!(event["tick"].is_u64(), "{event}");
    }
    let thief = &taken["player"];
    let score = ["what", "team", "player", "player_name", "blue", "orange"];
    has_keys(&taken, &score);
    has_keys(&captured, &score);
    for (event, points) in [(&taken, 0), (&captured, 1)] {
        assert_eq!(
            (&event["player"], &event["player_name"]),
            (thief, &json!("Thief"))
        );
        let (winner, loser) = match event["team"].as_str() {
            Some("blue") => ("orange", "blue"),
            _ => ("blue", "orange"),
        };
        assert_eq!(event["team"], loser, "whose flag it is");
        assert_eq!((&event[winner], &event[loser]), (&json!(points), &json!(0)));
    }
    has_keys(&pickup, &["id", "name", "item"]);
    let [id, name, item] = ["id", "name", "item"].map(|key| &pickup[key]);
    assert_eq!((id, name, item), (thief, &json!("Thief"), &json!("haste")));
    has_keys(&deflect, &["id", "name", "from", "weapon"]);
    let [name, from, weapon] = ["name", "from", "weapon"].map(|key| &deflect[key]);
    assert_eq!(
        (name, from, weapon),
        (&json!("Mirror"), thief, &json!("pulse"))
    );
    assert!(
        deflect["id"].is_u64() && deflect["id"] != *thief,
        "{deflect}"
    );
}

/// The first of each: a flag taken, a flag captured, a pickup, a shot sent back.
async fn until_all(mut stream: Stream) -> [Value; 4] {
    let mut firsts = [const { None }; 4];
    while firsts.iter().any(Option::is_none) {
        let event = stream.next().await.expect("goes on");
        if let Some(at) = place_of(&event) {
            firsts[at].get_or_insert(event.data);
        }
    }
    firsts.map(Option::unwrap_or_default)
}

fn place_of(event: &Event) -> Option<usize> {
    match &*event.name {
        "score" => ["flag_taken", "flag_captured"]
            .iter()
            .position(|what| event.data["what"] == *what),
        "pickup" => Some(2),
        "deflect" => Some(3),
        other => panic!("nobody asked for {other}"),
    }
}

/// These, and what every event has.
fn has_keys(event: &Value, keys: &[&str]) {
    let found: BTreeSet<_> = event.as_object().expect("an object").keys().collect();
    let expected: Vec<_> = ["match", "tick"]
        .iter()
        .chain(keys)
        .map(ToString::to_string)
        .collect();
    assert_eq!(found, expected.iter().collect());
}
