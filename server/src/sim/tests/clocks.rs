//! Lines that change, machines that sleep, hands that try: the clocks take it in their stride.

use fracas_protocol::{Intent, PlayerId, Session, SessionEvent, Tick, Vec2};

use super::super::components::{Craft, Identity};
use super::feel::keyboard;
use super::line::LineModel;
use super::pair::{Peer, Table};
use super::{new_match, short_rules};

const FRAME_US: u64 = 16_667;

fn table(line: &LineModel) -> Table {
    let mut table = Table::new(new_match(9, short_rules()));
    for n in 0..3 {
        table.join(line.clone(), FRAME_US + n * 7, 70 + n, keyboard(n));
    }
    table
}

fn starved(peer: &Peer) -> u64 {
    peer.session.stats().starved_ticks
}

fn late_frames(peer: &Peer) -> u64 {
    let stats = peer.session.stats();
    stats.frames_extrapolated + stats.frames_frozen
}

/// By how much others' time moved from frame to frame, in ticks per tick of real time.
fn speeds(peer: &Peer) -> impl Iterator<Item = f64> {
    let frames = peer.meter.shown.windows(2);
    frames.map(|pair| (pair[1].1 - pair[0].1) / ((pair[1].0 - pair[0].0) as f64 * 60.0 / 1e6))
}

#[test]
fn another_line_is_got_used_to_within_two_seconds_and_others_never_jump() {
    for (before_ms, after_ms) in [(50, 130), (130, 50), (30, 210), (210, 30)] {
        let mut table = table(&LineModel::round_trip(before_ms, 6));
        table.run(8 * 60, |_| false);
        for peer in &mut table.peers {
            peer.meter = Default::default();
            peer.set_line(&LineModel::round_trip(after_ms, 6));
        }
        table.run(2 * 60, |_| false);
        let settled: Vec<_> = table
            .peers
            .iter()
            .map(|peer| (starved(peer), late_frames(peer)))
            .collect();
        table.run(4 * 60, |_| false);
        let mut late = 0;
        for (peer, (missed, late_before)) in table.peers.iter().zip(settled) {
            let name = format!("{before_ms} to {after_ms} ms, {:?}", peer.player);
            late += starved(peer) - missed;
            assert!(
                late_frames(peer) - late_before <= 2,
                "{name}: pictures late"
            );
            let stats = peer.session.stats();
            let off = f32::from(stats.input_margin) - stats.input_margin_target;
            assert!(off < 2.0, "{name}: inputs {off} ticks too early");
            assert!(stats.interpolation_ms < 75.0, "{name}: {stats:?}");
            for speed in speeds(peer) {
                assert!((0.0..=1.06).contains(&speed), "{name}: others at {speed}");
            }
        }
        // Of the 720 of all three.
        assert!(
            late <= 4,
            "{before_ms} to {after_ms} ms: {late} inputs late"
        );
    }
}

/// What is drawn in the first frame after a sleep, and what is told with it.
fn wakes_in_the_present(table: &mut Table, name: &str) {
    let peer = &mut table.peers[0];
    peer.events.clear();
    peer.wake();
    let before = peer.session.stats().corrections;
    table.run(3, |_| false);
    let peer = &table.peers[0];
    let told = |event: &&SessionEvent| !matches!(event, SessionEvent::Phase { .. });
    let told = peer.events.iter().filter(told).count();
    assert!(told < 12, "{name}: {told} events at once");
    let known = f64::from(peer.view().tick);
    let (_, shown, _) = peer.meter.shown[0];
    assert!((known - shown).abs() < 12.0, "{name}: {shown}, not {known}");
    assert_eq!(peer.session.stats().corrections, before, "{name}");
    table.run(2 * 60, |_| false);
    let settled = starved(&table.peers[0]);
    table.run(2 * 60, |_| false);
    assert!(
        starved(&table.peers[0]) - settled <= 2,
        "{name}: inputs late"
    );
}

#[test]
fn after_a_lid_was_closed_the_present_is_there_at_once() {
    let mut table = table(&LineModel::round_trip(60, 10));
    table.run(5 * 60, |_| false);
    table.peers[0].close_lid();
    table.run(4 * 60, |_| false);
    wakes_in_the_present(&mut table, "lid");
}

#[test]
fn a_tab_that_was_hidden_shows_the_present_at_once() {
    let mut table = table(&LineModel::round_trip(60, 10));
    table.run(5 * 60, |_| false);
    table.peers[0].hide();
    table.run(30 * 60, |_| false);
    assert!(table.peers[0].session.view().is_some());
    wakes_in_the_present(&mut table, "hidden");
}

fn places(table: &mut Table) -> Vec<(PlayerId, u8, bool, Vec2)> {
    let mut players = table.game.world.query::<(&Identity, &Craft)>();
    let place = |(identity, craft): (&Identity, &Craft)| {
        let pilot = &craft.pilot;
        (identity.id, pilot.life, pilot.alive, pilot.motion.pos)
    };
    players.iter(&table.game.world).map(place).collect()
}

/// However inputs bunch up, a craft moves once in a tick and no faster than it can: so no window of time is longer than it
/// is.
#[test]
fn a_burst_after_a_stall_gives_no_extra_distance() {
    let line = LineModel::round_trip(120, 80).stalling(0.06);
    let mut table = table(&line);
    let mut before = places(&mut table);
    let mut moved = 0;
    table.run(60 * 60, |table| {
        let now = places(table);
        let most = table.peers[0]
            .session
            .arena()
            .map_or(0, |arena| arena.tuning.craft_speed / 4 + 2);
        for (id, life, alive, pos) in &now {
            let Some((_, was_life, _, was)) = before.iter().find(|(old, ..)| old == id) else {
                continue;
            };
            if *alive && life == was_life {
                let step = (*pos - *was).length();
                assert!(step <= most, "{id:?} moved {step} in a tick");
                moved += u32::from(step > 0);
            }
        }
        before = now;
        false
    });
    assert!(moved > 5_000, "{moved}");
    assert!(
        table.peers.iter().map(starved).sum::<u64>() > 100,
        "no stalls"
    );
}

/// Nobody polls: the session says when its next tick is due, and then it is.
#[test]
fn a_driver_that_sleeps_until_the_next_tick_is_due_makes_every_tick() {
    let mut table = Table::new(new_match(2, short_rules()));
    table.join(LineModel::round_trip(80, 20), FRAME_US, 1, |_: &Session| {
        Intent::default()
    });
    table.peers[0].sleep_until_due();
    table.run(5 * 60, |_| false);
    let ticks = |peer: &Peer| peer.session.predicted().map_or(0, |(tick, _)| tick);
    let (from, frames) = (ticks(&table.peers[0]), table.peers[0].meter.shown.len());
    table.run(10 * 60, |_| false);
    let peer = &table.peers[0];
    let made: Tick = ticks(peer) - from;
    assert!((595..=605).contains(&made), "{made}");
    let turns = peer.meter.shown.len() - frames;
    assert!(turns <= made as usize + 5, "{turns} turns for {made} ticks");
    assert_eq!(peer.session.stats().ticks_skipped, 0);
}
