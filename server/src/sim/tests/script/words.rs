//! What the words of a script mean, and what they are compared with.

use fracas_protocol::geometry::TILE;
use fracas_protocol::map::Zone;
use fracas_protocol::view::ObjectiveNews;
use fracas_protocol::{Buttons, EventKind, Steer, Vec2};

use super::{Fault, Outcome};
use crate::sim::MatchEvent;

pub(super) fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

pub(super) fn same<T: PartialEq + std::fmt::Debug>(found: T, expected: &T) -> Outcome {
    if found == *expected {
        return Ok(());
    }
    Err(not_so(format!("it is {found:?}, not {expected:?}")))
}

/// One of these.
pub(super) fn among<T: PartialEq + std::fmt::Debug>(found: &[T], expected: &T) -> Outcome {
    if found.contains(expected) {
        return Ok(());
    }
    Err(not_so(format!("there are {found:?}")))
}

pub(super) fn not_so(why: impl Into<String>) -> Fault {
    Fault::NotSo(why.into())
}

/// One of the names that there are.
pub(super) fn known(name: &str, names: impl IntoIterator<Item = &'static str>) -> Outcome {
    if names.into_iter().any(|known| known == name) {
        return Ok(());
    }
    Err(format!("{name} is nothing that happens").into())
}

/// Within half a tile.
pub(super) fn near(found: Vec2, expected: Vec2) -> Outcome {
    let half = i64::from(TILE / 2);
    if (found - expected).length_squared() <= half * half {
        return Ok(());
    }
    Err(not_so(format!("it is at {:?}", found.to_tiles())))
}

pub(super) fn number<T: std::str::FromStr>(word: &str) -> Result<T, String> {
    word.parse()
        .map_err(|_| format!("{word} is no number that fits"))
}

/// `3,4.5`: tiles from the left and from the top.
pub(super) fn place(word: &str) -> Result<Vec2, String> {
    let (x, y) = word.split_once(',').ok_or("a place is x,y")?;
    let units = |word: &str| Ok::<_, String>((number::<f32>(word)? * TILE as f32) as i32);
    Ok(Vec2::new(units(x)?, units(y)?))
}

/// Tiles from one corner up to the other.
pub(super) fn zone(from: &str, to: &str) -> Result<Zone, String> {
    let tiles = |word: &str| {
        let (x, y) = word.split_once(',').ok_or("a corner is x,y")?;
        Ok::<(u16, u16), String>((number(x)?, number(y)?))
    };
    let ((left, top), (right, bottom)) = (tiles(from)?, tiles(to)?);
    Ok(Zone {
        left,
        top,
        width: right - left,
        height: bottom - top,
    })
}

/// `left`, `up+right`, `nothing`.
pub(super) fn steer(keys: &str) -> Result<Steer, String> {
    let (mut x, mut y) = (0.0, 0.0);
    for key in keys.split('+') {
        match key {
            "left" => x -= 1.0,
            "right" => x += 1.0,
            "up" => y -= 1.0,
            "down" => y += 1.0,
            "nothing" => {}
            _ => return Err(format!("{key} is no direction")),
        }
    }
    Ok(Steer::from_xy(x, y))
}

/// Names of buttons, joined with `+`.
pub(super) fn buttons(names: &str) -> Result<Buttons, String> {
    let mut pressed = Buttons::default();
    for name in names.split('+') {
        pressed.0 |= match name {
            "fire" => Buttons::FIRE.0,
            "special" => Buttons::SPECIAL.0,
            "dash" => Buttons::DASH.0,
            "deflect" => Buttons::DEFLECT.0,
            _ => return Err(format!("{name} is no button")),
        };
    }
    Ok(pressed)
}

/// All names of [`event_name`].
pub(super) const EVENTS: [&str; 9] = [
    "kill", "join", "leave", "phase", "streak", "crown", "pickup", "deflect", "result",
];
/// All names of [`kind_name`], but for what happens to flags and zones.
pub(super) const KINDS: [&str; 7] = [
    "hit", "kill", "streak", "pickup", "deflect", "beam", "result",
];

/// What happens to flags and zones.
pub(super) fn objectives() -> impl Iterator<Item = &'static str> {
    ObjectiveNews::ALL.iter().map(|what| what.as_str())
}

/// Of a flag or a zone what happened to it, else the name in the event stream.
pub(super) fn event_name(event: &MatchEvent) -> &'static str {
    match event {
        MatchEvent::Score(objective) => objective.what.as_str(),
        other => other.name(),
    }
}

pub(super) fn kind_name(kind: &EventKind) -> &'static str {
    match kind {
        EventKind::Hit { .. } => "hit",
        EventKind::Kill { .. } => "kill",
        EventKind::Streak { .. } => "streak",
        EventKind::Pickup { .. } => "pickup",
        EventKind::Deflect { .. } => "deflect",
        EventKind::Beam { .. } => "beam",
        EventKind::Objective { what, .. } => what.as_str(),
        EventKind::Result { .. } => "result",
    }
}
