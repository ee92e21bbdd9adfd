use fracas_protocol::motion::{CraftMotion, Dash, Deflect, Pilot, Special};
use fracas_protocol::snapshot::{NoTracks, OwnDelta, OwnFields, delta};
use fracas_protocol::view::View;
use fracas_protocol::{
    Angle, Buttons, ClientMessage, Intent, PlayerId, Pong, ServerMessage, Session, SessionError,
    Snapshot, Steer, Vec2, Weapon, decode, encode,
};
use proptest::prelude::*;

use crate::world::World;
use crate::{arena, match_start, snapshots, welcome};

fn joined(tick: u32) -> Session {
    let mut session = Session::new();
    session
        .receive(&encode(&ServerMessage::Welcome(Box::new(welcome(tick)))), 0)
        .unwrap();
    session
}

fn snapshot(snapshot: Snapshot) -> Vec<u8> {
    encode(&ServerMessage::Snapshot(snapshot))
}

fn sent(session: &mut Session) -> Vec<ClientMessage> {
    std::iter::from_fn(|| session.poll_transmit())
        .map(|bytes| decode(&bytes).unwrap())
        .collect()
}

#[test]
fn c1_inputs_are_for_every_tick_in_order_without_gaps() {
    let mut session = joined(500);
    session.set_intent(Intent {
        steer: Steer::along(Angle(0)),
        aim: Angle(7),
        buttons: Buttons::FIRE,
    });
    let mut next = None;
    for frame in 1..120_u64 {
        session.advance(frame * 7_000);
        for message in sent(&mut session) {
            let ClientMessage::Inputs(batch) = message else {
                continue;
            };
            assert!(
                next.is_none_or(|next| next == batch.first_tick),
                "{next:?} {batch:?}"
            );
            next = Some(batch.first_tick + batch.inputs.len() as u32);
        }
    }
    assert!(next.unwrap() > 540);
}

#[test]
fn s1_a_match_start_empties_the_view_and_sets_the_tick_to_count_from() {
    let mut session = joined(500);
    session
        .receive(
            &snapshot(Snapshot {
                own: OwnDelta::default(),
                ..snapshots::busy()
            }),
            0,
        )
        .unwrap_err();
    let mut session = joined(500);
    let fields = OwnFields::HEALTH;
    let mut own = OwnDelta {
        fields,
        ..OwnDelta::default()
    };
    own.pilot.health = 40;
    session
        .receive(
            &snapshot(Snapshot {
                ticks: 3,
                own,
                ..Snapshot::default()
            }),
            0,
        )
        .unwrap();
    assert_eq!(session.view().unwrap().own.health, 40);
    session
        .receive(
            &encode(&ServerMessage::MatchStart(Box::new(match_start(900)))),
            0,
        )
        .unwrap();
    assert_eq!(
        session.view(),
        Some(&View {
            me: PlayerId(3),
            tick: 900,
            ..View::default()
        })
    );
}

#[test]
fn c5_a_snapshot_that_does_not_fit_ends_the_session() {
    let mut session = joined(500);
    assert!(matches!(
        session.receive(&snapshot(snapshots::busy()), 0),
        Err(SessionError::Apply(_))
    ));
}

#[test]
fn c4_a_checksum_is_of_the_view_the_snapshot_leads_to() {
    let (arena, base) = (
        arena(),
        View {
            me: PlayerId(3),
            tick: 500,
            ..View::default()
        },
    );
    let mut next = View {
        me: PlayerId(3),
        tick: 502,
        ..View::default()
    };
    next.own.spawn(Vec2::new(3_000, 2_000), 501, &arena);
    let mut change = Snapshot::default();
    delta(&base, &next, &NoTracks, &arena, &mut change);
    for (checksum, mismatches) in [(next.checksum(), 0), (next.checksum() ^ 1, 1)] {
        let mut session = joined(500);
        session
            .receive(
                &snapshot(Snapshot {
                    checksum: Some(checksum),
                    ..change.clone()
                }),
                0,
            )
            .unwrap();
        assert_eq!(
            (
                session.stats().checksums,
                session.stats().checksum_mismatches
            ),
            (1, mismatches)
        );
        assert_eq!(session.view(), Some(&next));
    }
}

/// Memory that other sessions have used says nothing of them, and a message that breaks off leaves none of it behind.
#[test]
fn c4_what_is_decoded_into_used_memory_is_the_message_and_nothing_else() {
    let (arena, base) = (arena(), joined(500).view().unwrap().clone());
    let mut next = View {
        tick: 502,
        ..base.clone()
    };
    next.own.spawn(Vec2::new(3_000, 2_000), 501, &arena);
    let mut change = Snapshot::default();
    delta(&base, &next, &NoTracks, &arena, &mut change);
    let mut memory = snapshots::busy();
    for broken in [false, true, false] {
        let mut session = joined(500);
        let mut message = snapshot(if broken {
            snapshots::busy()
        } else {
            change.clone()
        });
        if broken {
            message.pop();
        }
        let received = session.receive_sharing(&message, 0, &mut memory);
        assert_eq!(received.is_err(), broken);
        let expected = if broken { &base } else { &next };
        assert_eq!(session.view(), Some(expected));
    }
    let mut session = joined(500);
    let pong = encode(&ServerMessage::Pong(Pong { nonce: 0 }));
    session.receive_sharing(&pong, 0, &mut memory).unwrap();
    assert!(session.receive_sharing(&[2], 0, &mut memory).is_err());
    assert!(session.receive_sharing(&[], 0, &mut memory).is_err());
}

#[test]
fn c6_a_pong_brings_the_nonce_back_and_measures_the_round_trip() {
    let mut session = joined(500);
    session.advance(1_000);
    let nonce = sent(&mut session)
        .into_iter()
        .find_map(|message| match message {
            ClientMessage::Ping(ping) => Some(ping.nonce),
            _ => None,
        });
    let pong = |nonce| encode(&ServerMessage::Pong(Pong { nonce }));
    session.receive(&pong(nonce.unwrap() ^ 1), 21_000).unwrap();
    assert_eq!(session.stats().ping_ms, 0.0, "not what was asked");
    session.receive(&pong(nonce.unwrap()), 41_000).unwrap();
    assert_eq!(session.stats().ping_ms, 40.0);
}

/// The buttons of the inputs that are sent while this is wanted, one list for each step of so many frames a tick apart.
fn buttons_sent(steps: &[(Buttons, u64)]) -> Vec<Vec<u8>> {
    let mut session = joined(500);
    let mut now_us = 0;
    let mut frame = |session: &mut Session| {
        now_us += 16_667;
        session.advance(now_us);
        sent(session)
    };
    frame(&mut session);
    let mut all = Vec::new();
    for (buttons, frames) in steps {
        session.set_intent(Intent {
            buttons: *buttons,
            ..Intent::default()
        });
        let messages = (0..*frames).flat_map(|_| frame(&mut session));
        let batches = messages.filter_map(|message| match message {
            ClientMessage::Inputs(batch) => Some(batch.inputs),
            _ => None,
        });
        all.push(batches.flatten().map(|input| input.buttons.0).collect());
    }
    all
}

#[test]
fn c8_what_is_pressed_counts_for_exactly_one_tick_what_is_held_goes_on() {
    let pressed = Buttons::DASH.with(Buttons::FIRE);
    let sent = buttons_sent(&[(pressed, 12)]);
    let dashes = sent[0].iter().filter(|buttons| **buttons & 4 != 0);
    assert_eq!(dashes.count(), 1, "{sent:?}");
    let fires = sent[0].iter().filter(|buttons| **buttons & 1 != 0);
    assert!(fires.count() >= 10, "{sent:?}");
}

#[test]
fn c8_no_press_falls_between_two_ticks() {
    let mut session = joined(500);
    session.advance(1_000);
    let ticks = session.predicted().unwrap().0;
    for buttons in [Buttons::DEFLECT, Buttons::default(), Buttons::FIRE] {
        session.set_intent(Intent {
            buttons,
            ..Intent::default()
        });
    }
    session.advance(40_000);
    assert!(session.predicted().unwrap().0 >= ticks + 2);
    let inputs = sent(&mut session)
        .into_iter()
        .filter_map(|message| match message {
            ClientMessage::Inputs(batch) => Some((batch.first_tick..).zip(batch.inputs)),
            _ => None,
        });
    let after = inputs.flatten().filter(|(tick, _)| *tick > ticks);
    let buttons: Vec<_> = after.map(|(_, input)| input.buttons.0).collect();
    assert_eq!(buttons[..2], [8 | 1, 1]);
}

/// A server that flies player 3 by the inputs it is sent, two ticks after they were made.
#[test]
fn c3_a_prediction_is_the_servers_state_to_the_bit() {
    let mut session = joined(1_000);
    let mut world = World::new(arena(), 1_000);
    world.spawn(3, (6_656, 6_656));
    let mut view = session.view().unwrap().clone();
    let mut inputs = std::collections::BTreeMap::new();
    let mut margin = i8::MIN;
    for tick in 1_001..1_400_u32 {
        let now_us = u64::from(tick - 1_000) * 16_667;
        session.set_intent(Intent {
            steer: Steer::from_code((tick / 7 % 193) as u8).unwrap(),
            aim: Angle((tick * 100) as u16),
            buttons: Buttons((tick / 40 % 16) as u8),
        });
        session.advance(now_us);
        for message in sent(&mut session) {
            if let ClientMessage::Inputs(batch) = message {
                margin = (batch.first_tick - (world.tick + 1)) as i8;
                inputs.extend((batch.first_tick..).zip(batch.inputs));
            }
        }
        if let Some(input) = inputs.get(&(world.tick + 1)) {
            world.flyer(3).input = *input;
        }
        world.step();
        if tick % 2 == 0 {
            let (mut told, next) = world.tell(&view, false);
            told.input_margin = margin;
            session.receive(&snapshot(told), now_us).unwrap();
            view = next;
        }
    }
    let stats = session.stats();
    assert_eq!(stats.checksum_mismatches, 0);
    assert!(stats.snapshots > 190);
    // The first ticks passed before there was a craft to predict.
    assert!(stats.corrections <= 1, "{stats:?}");
    assert!(session.predicted().unwrap().0 > world.tick);
}

/// The tick predicted after `seconds` in which every snapshot reported this margin.
fn predicted_after(seconds: u32, margin: i8) -> u32 {
    let mut session = joined(1_000);
    for tick in 1..=seconds * 60 {
        let now_us = u64::from(tick) * 16_667;
        session.advance(now_us);
        let told = Snapshot {
            ticks: 1,
            input_margin: margin,
            ..Snapshot::default()
        };
        session.receive(&snapshot(told), now_us).unwrap();
    }
    session.predicted().unwrap().0
}

#[test]
fn c2_the_clock_runs_ahead_of_the_server_and_is_steered_by_the_margin() {
    let mut session = joined(1_000);
    session.advance(1);
    assert!(session.predicted().unwrap().0 > 1_000);
    let (late, early) = (predicted_after(4, 0), predicted_after(4, 4));
    assert!(late > early, "{late} {early}");
    // Gradually: by a few percent of 240 ticks, either way.
    assert!(late - early <= 240 * 8 / 100, "{late} {early}");
}

#[test]
fn c2_a_clock_that_was_stopped_catches_up_with_the_server() {
    let mut session = joined(1_000);
    session.advance(1);
    let told = Snapshot {
        ticks: 500,
        input_margin: -100,
        ..Snapshot::default()
    };
    session.receive(&snapshot(told), 8_000_000).unwrap();
    session.advance(8_010_000);
    assert!(session.predicted().unwrap().0 > 1_500);
}

/// One other craft flies to the right, and is seen by a client that draws 144 frames a second.
#[test]
fn c7_others_are_shown_between_ticks_they_were_at_and_never_go_back() {
    let mut session = joined(1_000);
    let mut world = World::new(arena(), 1_000);
    world.spawn(3, (6_656, 6_656));
    world.spawn(9, (1_536, 4_608));
    let mut view = session.view().unwrap().clone();
    let mut was = vec![];
    let mut shown: Vec<f32> = vec![];
    let mut frame_us = 0;
    for tick in 1_001..1_060_u32 {
        let now_us = u64::from(tick - 1_000) * 16_667;
        world.steer(9, if tick < 1_030 { 3 } else { 51 });
        world.step();
        was.push(world.flyer(9).pilot.motion.pos.to_tiles());
        if tick % 2 == 0 {
            let (told, next) = world.tell(&view, false);
            session.receive(&snapshot(told), now_us).unwrap();
            view = next;
        }
        while frame_us < now_us {
            session.advance(frame_us);
            let scene = session.scene(frame_us);
            shown.extend(scene.crafts.iter().map(|craft| craft.pos[0]));
            for craft in &scene.crafts {
                // Somewhere on the way from one tick to the next: near to both.
                let near = |at: &[f32; 2]| {
                    (at[0] - craft.pos[0]).abs() <= 0.12 && (at[1] - craft.pos[1]).abs() <= 0.12
                };
                let is_known = was.windows(2).any(|two| two.iter().all(near));
                assert!(is_known || was.len() < 3, "{:?} at {frame_us}", craft.pos);
            }
            frame_us += 6_944;
        }
    }
    assert!(shown.len() > 100);
    let goes_on = shown.windows(2).all(|two| two[1] >= two[0] - 1e-4);
    assert!(goes_on, "{shown:?}");
}

#[derive(Clone, Debug)]
enum Step {
    Own {
        pos: (i32, i32),
        vel: (i32, i32),
        life: (u8, bool, i32),
        ready_in: i32,
    },
    Ticks(u32),
    Match(u32),
    Garbage(Vec<u8>),
    Pass(u32),
}

fn step() -> impl Strategy<Value = Step> {
    // The ends of the range as often as its middle.
    let any_i32 = || prop_oneof![any::<i32>(), Just(i32::MIN), Just(i32::MAX), -2_000..2_000];
    let any_tick = || prop_oneof![any::<u32>(), Just(u32::MAX), Just(u32::MAX - 1), 0..100_u32];
    let pair = move || (any_i32(), any_i32());
    prop_oneof![
        4 => (pair(), pair(), (any::<u8>(), any::<bool>(), any_i32()), any_i32())
            .prop_map(|(pos, vel, life, ready_in)| Step::Own { pos, vel, life, ready_in }),
        1 => any_tick().prop_map(Step::Ticks),
        1 => any_tick().prop_map(Step::Match),
        1 => prop::collection::vec(any::<u8>(), 0..40).prop_map(Step::Garbage),
        4 => (0..300_000_u32).prop_map(Step::Pass),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn c5_no_server_can_break_a_client(tick in 0..2_000_u32, steps in prop::collection::vec(step(), 1..30)) {
        let mut session = joined(tick);
        let mut now_us = 0;
        session.set_intent(Intent { steer: Steer::along(Angle(57_344)), aim: Angle(1), buttons: Buttons::KNOWN });
        for step in steps {
            let bytes = match step {
                Step::Own { pos, vel, life, ready_in } => {
                    let (pos, vel) = (Vec2::new(pos.0, pos.1), Vec2::new(vel.0, vel.1));
                    let (life, alive, respawn_in) = life;
                    // No course: it would have to fit the ticks.
                    let fields = OwnFields(OwnFields::KNOWN.0 & !OwnFields::COURSE.0);
                    let motion = CraftMotion { pos, vel };
                    let at = |ticks: i32| ticks as u32;
                    let mut own = OwnDelta { fields, ..OwnDelta::default() };
                    own.pilot = Pilot {
                        motion, life, alive, health: 9, respawn_at: at(respawn_in), ready_at: at(ready_in),
                        special: Special { weapon: Weapon(life % 8), ammo: life, ready_at: at(ready_in), charging_since: None },
                        dash: Dash { until: at(ready_in), full_at: at(respawn_in) },
                        deflect: Deflect { until: at(respawn_in), ready_at: at(ready_in) },
                        haste_until: at(ready_in),
                        ..Pilot::default()
                    };
                    snapshot(Snapshot { ticks: 1, own, ..Snapshot::default() })
                }
                Step::Ticks(ticks) => snapshot(Snapshot { ticks, ..Snapshot::default() }),
                Step::Match(tick) => encode(&ServerMessage::MatchStart(Box::new(match_start(tick)))),
                Step::Garbage(bytes) => [&[2], &bytes[..]].concat(),
                Step::Pass(us) => {
                    now_us += u64::from(us);
                    session.advance(now_us);
                    session.scene(now_us);
                    continue;
                }
            };
            let _ = session.receive(&bytes, now_us);
        }
    }
}
