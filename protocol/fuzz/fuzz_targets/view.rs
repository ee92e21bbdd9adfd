//! Snapshots that fit: whatever a server says about as many craft as a view has, the view carries it forward or refuses it,
//! and stays in order.

#![no_main]

use std::sync::{Arc, LazyLock};

use arbitrary::Arbitrary;
use fracas_protocol::snapshot::{FLIGHT_TICKS_MAX, POSITION_MAX, ShotNews, VELOCITY_MAX};
use fracas_protocol::{Arena, Map, PlayerId, Rules, ServerMessage, Snapshot, View, decode, encode};
use libfuzzer_sys::fuzz_target;

#[derive(Arbitrary, Debug)]
struct Step {
    ticks: u8,
    /// Bits in place of a state.
    state: Vec<u8>,
}

const MAP: &str = "########\n#S.◢◣..#\n#..◥◤.o#\n#.....S#\n########\n";
const STEPS_MAX: usize = 32;
const CRAFTS_MAX: usize = 64;

static ARENA: LazyLock<Arena> = LazyLock::new(|| {
    let map = Map::parse(MAP).expect("the map is a good one");
    Arena::new(Arc::new(map), &Rules::default(), 60)
});

fuzz_target!(|steps: Vec<Step>| {
    let mut view = View {
        me: PlayerId(3),
        tick: 1_000,
        ..View::default()
    };
    for step in steps.into_iter().take(STEPS_MAX) {
        let Some(snapshot) = fitting(&step, &view) else {
            continue;
        };
        if view.apply(&snapshot, &ARENA).is_err() {
            return;
        }
        view.checksum();
        is_in_order(&view);
    }
});

/// The snapshot in these bytes, made to fit the view.
fn fitting(step: &Step, view: &View) -> Option<Snapshot> {
    let length = u16::try_from(step.state.len()).ok()?;
    let mut bytes = vec![2, step.ticks % 80, 0, 4];
    bytes.extend(encode(&length));
    bytes.extend(&step.state);
    let Ok(ServerMessage::Snapshot(mut snapshot)) = decode(&bytes) else {
        return None;
    };
    let forgotten = snapshot.ticks > FLIGHT_TICKS_MAX;
    let known = if forgotten { 0 } else { view.crafts.len() };
    snapshot.known = Some(known as u16);
    snapshot.crafts.retain(|(at, _)| usize::from(*at) < known);
    snapshot.entered.truncate(CRAFTS_MAX);
    for (_, news) in &mut snapshot.shots {
        if let ShotNews::Fired { by, .. } = news {
            *by = (*by).min(known as u16);
        }
    }
    // Once it fits, what is written is read.
    let again = encode(&ServerMessage::Snapshot(snapshot.clone()));
    let Ok(ServerMessage::Snapshot(read)) = decode(&again) else {
        panic!("{snapshot:?} can't be read");
    };
    let message = ServerMessage::Snapshot(read);
    assert_eq!(encode(&message), again);
    Some(snapshot)
}

fn is_in_order(view: &View) {
    assert!(view.crafts.is_sorted_by(|(a, _), (b, _)| a < b));
    assert!(view.shots.is_sorted_by(|(a, _), (b, _)| a < b));
    let within = |n: i32, limit: i32| n.unsigned_abs() <= limit as u32;
    let flying = view.crafts.iter().map(|(_, craft)| craft.motion);
    for motion in flying.chain([view.own.motion]) {
        assert!(within(motion.pos.x, POSITION_MAX) && within(motion.pos.y, POSITION_MAX));
        assert!(within(motion.vel.x, VELOCITY_MAX) && within(motion.vel.y, VELOCITY_MAX));
    }
}
