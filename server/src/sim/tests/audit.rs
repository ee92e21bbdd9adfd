//! What is sent, held against the whole truth: every snapshot of whole matches, decoded and applied as a client would.

use std::collections::VecDeque;
use std::sync::Arc;

use fracas_protocol::motion::{Beam, Pilot, Segment, muzzle};
use fracas_protocol::view::{Craft as Shown, find};
use fracas_protocol::{
    Angle, Arena, Buttons, Event, EventKind, InputBatch, PlayerId, SeenAgo, ServerMessage, Tick,
    Vec2, View, Wants, Weapon, decode,
};

use super::super::components::{Craft, Flying, Identity};
use super::super::pickups::Pads;
use super::super::resources::Setup;
use super::super::{Command, Match};
use super::{RandomHand, new_match_on, short_rules};

const PLAYERS: u16 = 16;
const SEEDS: u64 = 6;

/// Wider and higher than a picture, so that there is somebody out of sight.
fn plain() -> String {
    let wall = "#".repeat(90);
    let rows = (0..50).map(|row| match row % 10 {
        3 => format!("#{}#", "....S...1.......".repeat(6).split_at(88).0),
        7 => format!("#{}#", "..2.......##....".repeat(6).split_at(88).0),
        _ => format!("#{}#", ".".repeat(88)),
    });
    let legend = ["=1 health".to_owned(), "=2 scatter".to_owned()];
    let rows: Vec<_> = legend
        .into_iter()
        .chain([wall.clone()])
        .chain(rows)
        .chain([wall.clone()])
        .collect();
    rows.join("\n")
}

/// Everything there is at one tick.
struct Truth {
    arena: Arena,
    crafts: Vec<(PlayerId, Pilot, u8, Arc<str>)>,
    /// Where everybody really aims, likewise.
    aims: Vec<Angle>,
    shots: Vec<Flying>,
    /// Where pads lie, and until when each is empty.
    pads: Vec<(Vec2, Tick)>,
}

impl Truth {
    fn of(game: &mut Match) -> Truth {
        let mut crafts = game.world.query::<(&Identity, &Craft)>();
        let mut all: Vec<_> = crafts.iter(&game.world).collect();
        all.sort_by_key(|(who, _)| who.id);
        let aims = all.iter().map(|(_, craft)| craft.input.aim).collect();
        let crafts = all
            .iter()
            .map(|(who, craft)| (who.id, craft.pilot, craft.shown_aim, who.name.clone()))
            .collect();
        let mut shots = game.world.query::<&Flying>();
        let shots = shots.iter(&game.world).map(|flying| Flying { ..*flying });
        let arena = game.world.resource::<Setup>().arena.clone();
        let places = arena.pads.iter().map(|pad| pad.pos);
        Truth {
            shots: shots.collect(),
            crafts,
            aims,
            pads: places.zip(game.world.resource::<Pads>().times()).collect(),
            arena,
        }
    }

    fn pilot(&self, player: PlayerId) -> Option<&Pilot> {
        let mut all = self.crafts.iter();
        all.find(|(id, ..)| *id == player)
            .map(|(_, pilot, ..)| pilot)
    }

    /// The middle of a player's picture.
    fn centre(&self, player: PlayerId) -> Vec2 {
        let own = self.pilot(player).unwrap();
        let killer = own.killer.filter(|_| !own.alive);
        let followed = killer.and_then(|id| self.pilot(id)).filter(|p| p.alive);
        followed.unwrap_or(own).motion.pos
    }

    /// What somebody fires in this tick, if it is a beam.
    fn beam_of(&self, owner: PlayerId, weapon: Weapon) -> Beam {
        let at = self.crafts.iter().position(|(id, ..)| *id == owner);
        let at = at.expect("whoever fires is there");
        let heading = self.aims[at];
        Beam {
            owner,
            weapon,
            from: muzzle(self.crafts[at].1.motion.pos, heading, &self.arena),
            heading,
        }
    }

    fn is_within(&self, away: Vec2, margins: i32) -> bool {
        let tuning = &self.arena.tuning;
        away.x.abs() <= tuning.view_half_x + margins * tuning.view_margin
            && away.y.abs() <= tuning.view_half_y + margins * tuning.view_margin
    }
}

#[derive(Default, Debug)]
struct Findings {
    crafts: u32,
    out_of_sight: u32,
    shots: u32,
    beams: u32,
    beams_kept: u32,
    beams_from_the_edge: u32,
    hits: u32,
    hits_out_of_sight: u32,
    pads: u32,
    pads_out_of_sight: u32,
}

/// What a player was told with a snapshot is what they may know, and true.
fn check(
    before: &View,
    now: &View,
    events: &[Event],
    truths: &VecDeque<Truth>,
    found: &mut Findings,
) {
    let truth = truths.back().unwrap();
    assert_eq!(
        now.own,
        *truth.pilot(now.me).unwrap(),
        "the own craft in full"
    );
    check_crafts(before, now, truth, found);
    check_shots(before, now, truth, found);
    check_pads(before, now, truth, found);
    let named = now.roster.iter().map(|(id, entry)| (*id, &entry.name));
    let there = truth.crafts.iter().map(|(id, _, _, name)| (*id, name));
    assert!(named.eq(there), "names of whoever is there");
    for event in events {
        match event.kind {
            EventKind::Hit { .. } => check_hit(event, now.me, truths, found),
            EventKind::Beam { .. } => check_beam(event, before, truths, found),
            // Public.
            EventKind::Kill { .. }
            | EventKind::Streak { .. }
            | EventKind::Objective { .. }
            | EventKind::Result { .. } => {}
            EventKind::Pickup { .. } | EventKind::Deflect { .. } => {}
        }
    }
}

fn check_crafts(before: &View, now: &View, truth: &Truth, found: &mut Findings) {
    let (me, centre) = (now.me, truth.centre(now.me));
    for (id, shown) in &now.crafts {
        let (_, pilot, aim, _) = truth.crafts.iter().find(|(other, ..)| other == id).unwrap();
        assert!(pilot.alive && *id != me);
        // Nothing but what can be seen from outside; in no more detail than is shown.
        assert_eq!(*shown, Shown::of(pilot, *aim, now.tick), "{id:?}");
        let known = find(&before.crafts, *id).is_some();
        let margins = if known { 2 } else { 1 };
        assert!(
            truth.is_within(pilot.motion.pos - centre, margins),
            "{id:?} to {me:?}"
        );
        found.crafts += 1;
    }
    found.out_of_sight += truth.crafts.len() as u32 - 1 - now.crafts.len() as u32;
}

fn check_shots(before: &View, now: &View, truth: &Truth, found: &mut Findings) {
    let centre = truth.centre(now.me);
    for (id, shot) in &now.shots {
        let flying = truth.shots.iter().find(|flying| flying.id == *id).unwrap();
        assert_eq!(*shot, flying.shot);
        let known = find(&before.shots, *id);
        let is_known = known.is_some_and(|old| old.birth(before.tick) == shot.birth(now.tick));
        assert!(is_known || truth.is_within(shot.pos - centre, 1), "{id:?}");
        found.shots += 1;
    }
}

/// Every empty pad of the picture is known to be so, and none that was never near it.
fn check_pads(before: &View, now: &View, truth: &Truth, found: &mut Findings) {
    let centre = truth.centre(now.me);
    for (pad, (pos, ready_at)) in (0..).zip(&truth.pads) {
        let (known, told) = (find(&before.pads, pad), find(&now.pads, pad));
        let is_empty = *ready_at > now.tick;
        if is_empty && truth.is_within(*pos - centre, 1) {
            assert_eq!(told, Some(ready_at), "{pad} to {:?}", now.me);
            found.pads += 1;
        } else if is_empty && told.is_none() {
            found.pads_out_of_sight += 1;
        }
        assert!(is_empty || told.is_none(), "{pad} to {:?}", now.me);
        if told != known && told.is_some() {
            assert_eq!(told, Some(ready_at), "{pad} to {:?}", now.me);
            assert!(truth.is_within(*pos - centre, 2), "{pad} to {:?}", now.me);
        }
    }
}

fn check_hit(event: &Event, me: PlayerId, truths: &VecDeque<Truth>, found: &mut Findings) {
    let EventKind::Hit {
        attacker,
        victim,
        pos,
        ..
    } = event.kind
    else {
        return;
    };
    assert!(me == attacker || me == victim);
    let seen = |at: Vec2| {
        let mut pictures = pictures(truths, event, me);
        pictures.any(|(truth, centre)| truth.is_within(at - centre, 1))
    };
    assert!(seen(pos), "{victim:?} hit by {attacker:?} at {pos:?}");
    found.hits += 1;
    let target = truths.back().unwrap().pilot(victim);
    let target = target.map(|pilot| pilot.motion.pos);
    found.hits_out_of_sight += u32::from(target.is_some_and(|at| !seen(at)));
}

fn check_beam(event: &Event, before: &View, truths: &VecDeque<Truth>, found: &mut Findings) {
    let EventKind::Beam {
        owner,
        weapon,
        from,
        heading,
    } = event.kind
    else {
        return;
    };
    let beam = Beam {
        owner,
        weapon,
        from,
        heading,
    };
    let me = before.me;
    let fired = truths[truths.len() - 1 - usize::from(event.ago)].beam_of(owner, weapon);
    // A craft that is known is so up to the second margin.
    let margins = 1 + i32::from(find(&before.crafts, owner).is_some());
    let sees = |margins: i32| {
        let mut pictures = pictures(truths, event, me);
        pictures.any(|(truth, centre)| truth.is_within(near(from - centre), margins))
    };
    let crosses = || {
        let mut pictures = pictures(truths, event, me);
        pictures.any(|(truth, centre)| crosses(&beam, centre, truth))
    };
    if beam == fired {
        assert!(me == owner || sees(margins), "{owner:?} to {me:?}");
    } else {
        assert!(sees(1) && crosses(), "{owner:?} to {me:?}");
        let arena = &truths.back().unwrap().arena;
        assert!(is_part(&beam, &fired, arena), "{beam:?} of {fired:?}");
        found.beams_from_the_edge += 1;
    }
    found.beams += 1;
}

/// The middles of the pictures that somebody may have had when something happened: whoever dies in that very tick looks at
/// their killer from then on.
fn pictures<'a>(
    truths: &'a VecDeque<Truth>,
    event: &Event,
    me: PlayerId,
) -> impl Iterator<Item = (&'a Truth, Vec2)> + use<'a> {
    let then = truths.len() - 1 - usize::from(event.ago);
    let there = truths.range(then.saturating_sub(1)..=then);
    there
        .filter(move |truth| truth.pilot(me).is_some())
        .map(move |truth| (truth, truth.centre(me)))
}

/// With what a craft flies in a tick to spare.
fn near(away: Vec2) -> Vec2 {
    Vec2::new(away.x.abs() - 512, away.y.abs() - 512)
}

/// Whether a beam begins on a piece of another and goes the same way.
fn is_part(part: &Beam, whole: &Beam, arena: &Arena) -> bool {
    let mut is_part = false;
    whole.trace(arena, |piece| {
        let (way, to) = (piece.to - piece.from, part.from - piece.from);
        let length = i64::from(way.length().max(1));
        let cross =
            |a: Vec2, b: Vec2| i64::from(a.x) * i64::from(b.y) - i64::from(a.y) * i64::from(b.x);
        let along = way.dot(to) / length;
        let is_on_it = (-2..=length + 2).contains(&along) && cross(way, to).abs() <= 3 * length;
        // By less than three thousandths of its length.
        let heading = part.heading.direction();
        let unit = i64::from(heading.length());
        let is_along =
            way.dot(heading) >= 0 && cross(way, heading).abs() <= (length * 3 / 1000 + 2) * unit;
        is_part |= is_on_it && is_along;
    });
    is_part
}

/// Whether a beam comes into the picture: looked for every sixteenth of a tile, with what a craft flies in a snapshot to
/// spare.
fn crosses(beam: &Beam, centre: Vec2, truth: &Truth) -> bool {
    let mut crosses = false;
    beam.trace(&truth.arena, |piece: &Segment| {
        let way = piece.to - piece.from;
        let steps = i64::from(way.length() / 64 + 1);
        crosses |= (0..=steps).any(|step| {
            let away = piece.from + way.scale(step, steps) - centre;
            truth.is_within(near(away), 1)
        });
    });
    crosses
}

/// A match in which everybody flies about, fires and charges by a seed, and one joins late.
fn audit(seed: u64, found: &mut Findings) {
    let mut rules = short_rules();
    rules.craft.special = "rail".to_owned();
    rules.weapons[2].ammo = 2;
    let mut game = new_match_on(&plain(), seed, rules);
    let mut hands: Vec<_> = (0..PLAYERS)
        .map(|n| RandomHand::new(seed, PlayerId(n)))
        .collect();
    let mut views: Vec<View> = Vec::new();
    let mut commands = Vec::new();
    let mut truths = VecDeque::new();
    while !game.is_over() && game.tick() < 1000 + 60 * 40 {
        let next = game.tick() + 1;
        let joins = if views.is_empty() { PLAYERS - 1 } else { 1 };
        if next == 1001 || next == 1400 {
            for _ in 0..joins {
                let player = PlayerId(views.len() as u16);
                commands.push(Command::Join {
                    player,
                    name: format!("p{}", player.0).into(),
                    bot: true,
                });
                let wants = Wants::default();
                commands.push(Command::Attach { player, wants });
                views.push(View {
                    me: player,
                    tick: next - 1,
                    ..View::default()
                });
            }
        }
        for (view, hand) in views.iter().zip(&mut hands) {
            let mut input = hand.next();
            if (next / 60 + Tick::from(view.me.0)).is_multiple_of(2) {
                input.buttons = Buttons::SPECIAL;
            }
            let batch = InputBatch {
                first_tick: next,
                seen_ago: SeenAgo(1_500),
                inputs: vec![input],
            };
            let player = view.me;
            commands.push(Command::Inputs { player, batch });
        }
        let ammo: u32 = ammo(&mut game);
        let sent = std::mem::take(&mut game.step(&mut commands).snapshots);
        found.beams_kept += ammo.saturating_sub(self::ammo(&mut game)) * u32::from(PLAYERS);
        truths.push_back(Truth::of(&mut game));
        if truths.len() > 8 {
            truths.pop_front();
        }
        let arena = &truths[0].arena;
        for (player, bytes) in sent {
            let ServerMessage::Snapshot(snapshot) = decode(&bytes).unwrap() else {
                panic!("not a snapshot");
            };
            let view = &mut views[usize::from(player.0)];
            let before = view.clone();
            view.apply(&snapshot, arena).unwrap();
            check(&before, view, &snapshot.events, &truths, found);
            commands.push(Command::Delivered { player });
        }
    }
}

fn ammo(game: &mut Match) -> u32 {
    let mut crafts = game.world.query::<&Craft>();
    let crafts = crafts.iter(&game.world);
    crafts
        .map(|craft| u32::from(craft.pilot.special.ammo))
        .sum()
}

#[test]
fn nothing_is_sent_that_the_rules_hide() {
    let mut found = Findings::default();
    (0..SEEDS).for_each(|seed| audit(seed, &mut found));
    println!("{found:?}");
    // There was something to hide, and something to show.
    assert!(found.crafts > 50_000 && found.out_of_sight > 50_000);
    assert!(found.shots > 10_000 && found.beams > 500);
    assert!(found.beams < found.beams_kept);
    assert!(found.beams_from_the_edge > 50);
    assert!(found.hits > 200 && found.hits_out_of_sight > 5);
    assert!(found.pads > 10_000 && found.pads_out_of_sight > 10_000);
}
