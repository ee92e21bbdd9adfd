//! Pads: told when they are seen empty, filled by the clock.

use std::sync::Arc;

use fracas_protocol::snapshot::{NoTracks, delta};
use fracas_protocol::view::View;
use fracas_protocol::{PlayerId, Snapshot};

use crate::snapshots::read;
use crate::{arena, hex};

#[test]
fn s15_pads_byte_by_byte_and_by_their_place() {
    let pads = |bytes: &str| read(&hex(&format!("02 02 00 40 {bytes}"))).map(|one| one.pads);
    assert_eq!(
        pads("03  00 fb 58 02  01 00  fb fc 0f fb 08 07"),
        Ok(vec![(0, 600), (2, 0), (4_095, 1_800)])
    );
    assert_eq!(pads("01 fb ff ff 05"), Ok(vec![(65_535, 5)]));
    assert!(pads("02 fb ff ff 05 00 05").is_err(), "beyond 65535");
}

/// A view of player 3 after `tick` in which these pads are empty.
fn with_empty(tick: u32, pads: &[(u16, u32)]) -> View {
    View {
        me: PlayerId(3),
        tick,
        pads: Arc::new(pads.iter().copied().collect()),
        ..View::default()
    }
}

#[test]
fn s15_a_pad_is_told_when_it_is_seen_empty_and_fills_by_the_clock() {
    let arena = arena();
    type Pads = &'static [(u16, u32)];
    let steps: [(u32, Pads, Pads); 6] = [
        (502, &[(4, 600)], &[(4, 98)]),
        (504, &[(4, 600), (7, 700)], &[(7, 196)]),
        (506, &[(4, 600), (7, 800)], &[(7, 294)]),
        (599, &[(4, 600), (7, 800)], &[]),
        // In its own tick the one is full again without a word; the other was filled before its time.
        (600, &[(7, 800)], &[]),
        (602, &[], &[(7, 0)]),
    ];
    let mut view = with_empty(500, &[]);
    let mut snapshot = Snapshot::default();
    for (tick, empty, told) in steps {
        let next = with_empty(tick, empty);
        delta(&view, &next, &NoTracks, &arena, &mut snapshot);
        assert_eq!(snapshot.pads, told, "{tick}");
        view.apply(&snapshot, &arena).unwrap();
        assert_eq!(view, next, "{tick}");
    }
}

#[test]
fn s15_a_pad_that_stays_empty_for_ever_is_told_once() {
    let (arena, mut snapshot) = (arena(), Snapshot::default());
    let (mut view, next) = (with_empty(500, &[]), with_empty(502, &[(1, u32::MAX)]));
    delta(&view, &next, &NoTracks, &arena, &mut snapshot);
    assert_eq!(snapshot.pads, [(1, u32::MAX - 502)]);
    view.apply(&snapshot, &arena).unwrap();
    assert_eq!(view, next);
    let later = with_empty(90_000, &[(1, u32::MAX)]);
    delta(&view, &later, &NoTracks, &arena, &mut snapshot);
    assert!(snapshot.pads.is_empty());
}
