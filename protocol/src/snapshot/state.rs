//! The densest part of a snapshot, bit by bit: own craft, craft in sight, shots. Write stands beside read.
//!
//! ```text
//! own ─ known ─ changed? for each known craft ─ entered ─ gone ─ shots
//! ```

use bincode::error::DecodeError;

use super::bits::{BitReader, BitWriter, width_of};
use super::{ContentBits, CraftChange, CraftFields, OwnDelta, OwnFields, ShotNews, Snapshot};
use crate::motion::{COURSE_TICKS_MAX, Course, CraftMotion, Shot, Special, Turn};
use crate::view::{Craft, CraftFlags};
use crate::wire::refuse;
use crate::{Angle, PlayerId, ShotId, Steer, Tick, Vec2, Weapon};

/// Group widths of numbers that are usually small.
const GAP: u32 = 5;
const COUNT: u32 = 4;
const TICKS: u32 = 5;
const VELOCITY: u32 = 6;
const AIM: u32 = 5;
/// What flight missed over a few ticks of another steering.
const MISSED: u32 = 5;
/// Positions lie within ±2²⁰.
const POSITION: u32 = 21;
const WEAPON: u32 = 3;
/// Few bounce more often than this many bits count.
const BOUNCES: u32 = 3;

/// Whether there is anything to write.
pub(super) fn is_empty(snapshot: &Snapshot) -> bool {
    snapshot.own.fields.is_empty()
        && snapshot.crafts.is_empty()
        && snapshot.entered.is_empty()
        && snapshot.shots_gone.is_empty()
        && snapshot.shots.is_empty()
}

/// Writes everything, and returns what the bits were spent on (headers left out).
pub(super) fn write(snapshot: &Snapshot, to: &mut BitWriter) -> ContentBits {
    let mut content = ContentBits::default();
    let mut spent = Spent(to.len());
    write_own(&snapshot.own, snapshot.ticks, to);
    content.own = spent.until(to.len());
    write_crafts(snapshot, to);
    content.crafts = spent.until(to.len());
    write_entered(&snapshot.entered, to);
    content.entered = spent.until(to.len());
    write_shots(snapshot, to);
    content.shots = spent.until(to.len());
    content
}

/// Reads what [`write`] wrote for a snapshot that covers `snapshot.ticks`.
pub(super) fn read(bytes: &[u8], snapshot: &mut Snapshot) -> Result<(), DecodeError> {
    let mut from = BitReader::new(bytes);
    let mut spent = Spent(0);
    snapshot.own = read_own(snapshot.ticks, &mut from)?;
    snapshot.content.own = spent.until(from.len());
    read_crafts(snapshot, &mut from)?;
    snapshot.content.crafts = spent.until(from.len());
    read_entered(&mut snapshot.entered, &mut from)?;
    snapshot.content.entered = spent.until(from.len());
    read_shots(snapshot, &mut from)?;
    snapshot.content.shots = spent.until(from.len());
    from.finish()
}

/// Counts bits between two points.
struct Spent(u32);

impl Spent {
    fn until(&mut self, now: u32) -> u64 {
        u64::from(now - std::mem::replace(&mut self.0, now))
    }
}

/// Turns, shots, wounds and what is fired come often; the rest hides behind one more bit.
const OWN_OFTEN: u32 = 4;

fn write_own(own: &OwnDelta, ticks: Tick, to: &mut BitWriter) {
    let (fields, pilot) = (own.fields, &own.pilot);
    to.flag(!fields.is_empty());
    if fields.is_empty() {
        return;
    }
    let rare = u32::from(fields.0) >> OWN_OFTEN;
    to.bits(u32::from(fields.0) & ((1 << OWN_OFTEN) - 1), OWN_OFTEN);
    to.flag(rare != 0);
    if rare != 0 {
        to.bits(rare, OwnFields::WIDTH - OWN_OFTEN);
    }
    if fields.has(OwnFields::COURSE) {
        write_course(&own.course, ticks, to);
    }
    if fields.has(OwnFields::READY) {
        write_tick(pilot.ready_at, to);
    }
    if fields.has(OwnFields::HEALTH) {
        write_health(pilot.health, pilot.shield, to);
    }
    if fields.has(OwnFields::SPECIAL) {
        write_special(&pilot.special, to);
    }
    if fields.has(OwnFields::MOTION) {
        write_motion(&pilot.motion, pilot.steer, to);
    }
    if fields.has(OwnFields::LIFE) {
        to.bits(u32::from(pilot.life), 8);
        to.flag(pilot.alive);
        write_tick(pilot.respawn_at, to);
        to.flag(pilot.killer.is_some());
        if let Some(killer) = pilot.killer {
            to.grouped(u32::from(killer.0), GAP);
        }
    }
    if fields.has(OwnFields::PROTECTION) {
        write_tick(pilot.protected_until, to);
    }
    if fields.has(OwnFields::DASH) {
        write_tick(pilot.dash.until, to);
        write_tick(pilot.dash.full_at, to);
    }
    if fields.has(OwnFields::DEFLECT) {
        write_tick(pilot.deflect.until, to);
        write_tick(pilot.deflect.ready_at, to);
    }
    if fields.has(OwnFields::EFFECTS) {
        write_tick(pilot.haste_until, to);
        write_tick(pilot.overcharge_until, to);
    }
}

fn read_own(ticks: Tick, from: &mut BitReader<'_>) -> Result<OwnDelta, DecodeError> {
    let mut own = OwnDelta::default();
    if !from.flag()? {
        return Ok(own);
    }
    let mut fields = OwnFields(from.bits(OWN_OFTEN)? as u16);
    if from.flag()? {
        fields.0 |= (from.bits(OwnFields::WIDTH - OWN_OFTEN)? as u16) << OWN_OFTEN;
    }
    let pilot = &mut own.pilot;
    own.fields = fields;
    if fields.has(OwnFields::COURSE) {
        own.course = read_course(ticks, from)?;
    }
    if fields.has(OwnFields::READY) {
        pilot.ready_at = read_tick(from)?;
    }
    if fields.has(OwnFields::HEALTH) {
        (pilot.health, pilot.shield) = read_health(from)?;
    }
    if fields.has(OwnFields::SPECIAL) {
        pilot.special = read_special(from)?;
    }
    if fields.has(OwnFields::MOTION) {
        (pilot.motion, pilot.steer) = read_motion(from)?;
    }
    if fields.has(OwnFields::LIFE) {
        pilot.life = from.bits(8)? as u8;
        pilot.alive = from.flag()?;
        pilot.respawn_at = read_tick(from)?;
        if from.flag()? {
            pilot.killer = Some(PlayerId(id(from.grouped(GAP)?)?));
        }
    }
    if fields.has(OwnFields::PROTECTION) {
        pilot.protected_until = read_tick(from)?;
    }
    if fields.has(OwnFields::DASH) {
        pilot.dash.until = read_tick(from)?;
        pilot.dash.full_at = read_tick(from)?;
    }
    if fields.has(OwnFields::DEFLECT) {
        pilot.deflect.until = read_tick(from)?;
        pilot.deflect.ready_at = read_tick(from)?;
    }
    if fields.has(OwnFields::EFFECTS) {
        pilot.haste_until = read_tick(from)?;
        pilot.overcharge_until = read_tick(from)?;
    }
    Ok(own)
}

/// A tick counted from the snapshot's, before or after it.
fn write_tick(counted: Tick, to: &mut BitWriter) {
    to.signed(counted as i32, TICKS);
}

fn read_tick(from: &mut BitReader<'_>) -> Result<Tick, DecodeError> {
    Ok(from.signed(TICKS)? as Tick)
}

/// Few have a shield.
fn write_health(health: u8, shield: u8, to: &mut BitWriter) {
    to.bits(u32::from(health), 8);
    to.flag(shield > 0);
    if shield > 0 {
        to.bits(u32::from(shield), 8);
    }
}

fn read_health(from: &mut BitReader<'_>) -> Result<(u8, u8), DecodeError> {
    let health = from.bits(8)? as u8;
    let shield = if from.flag()? { from.bits(8)? as u8 } else { 0 };
    Ok((health, shield))
}

fn write_special(special: &Special, to: &mut BitWriter) {
    to.bits(u32::from(special.weapon.0), WEAPON);
    to.bits(u32::from(special.ammo), 8);
    write_tick(special.ready_at, to);
    to.flag(special.charging_since.is_some());
    if let Some(since) = special.charging_since {
        write_tick(since, to);
    }
}

fn read_special(from: &mut BitReader<'_>) -> Result<Special, DecodeError> {
    let weapon = Weapon(from.bits(WEAPON)? as u8);
    let ammo = from.bits(8)? as u8;
    let ready_at = read_tick(from)?;
    let is_charging = from.flag()?;
    Ok(Special {
        weapon,
        ammo,
        ready_at,
        charging_since: is_charging.then(|| read_tick(from)).transpose()?,
    })
}

fn write_course(course: &Course, ticks: Tick, to: &mut BitWriter) {
    let width = width_of(ticks.saturating_sub(1));
    for (at, turn) in course.turns().iter().enumerate() {
        to.bits(u32::from(turn.ago), width);
        to.bits(u32::from(turn.steer.code()), 8);
        // A course that ends in the last tick can't go on.
        if turn.ago > 0 {
            to.flag(at + 1 < course.turns().len());
        }
    }
}

fn read_course(ticks: Tick, from: &mut BitReader<'_>) -> Result<Course, DecodeError> {
    if !(1..=COURSE_TICKS_MAX).contains(&ticks) {
        return Err(refuse(format!("a course over {ticks} ticks")));
    }
    let width = width_of(ticks - 1);
    let mut course = Course::default();
    loop {
        let ago = from.bits(width)? as u8;
        let steer = read_steer(from)?;
        if Tick::from(ago) >= ticks || !course.push(Turn { ago, steer }) {
            return Err(refuse("turns that don't follow one another"));
        }
        if ago == 0 || !from.flag()? {
            return Ok(course);
        }
    }
}

fn read_steer(from: &mut BitReader<'_>) -> Result<Steer, DecodeError> {
    let code = from.bits(8)? as u8;
    Steer::from_code(code).ok_or_else(|| refuse(format!("steering is 0 to 224, not {code}")))
}

fn write_motion(motion: &CraftMotion, steer: Steer, to: &mut BitWriter) {
    write_pos(motion.pos, to);
    to.signed(motion.vel.x, VELOCITY);
    to.signed(motion.vel.y, VELOCITY);
    to.bits(u32::from(steer.code()), 8);
}

fn read_motion(from: &mut BitReader<'_>) -> Result<(CraftMotion, Steer), DecodeError> {
    let pos = read_pos(from)?;
    let vel = Vec2::new(from.signed(VELOCITY)?, from.signed(VELOCITY)?);
    Ok((CraftMotion { pos, vel }, read_steer(from)?))
}

/// Two's complement in 21 bits.
fn write_pos(pos: Vec2, to: &mut BitWriter) {
    for part in [pos.x, pos.y] {
        to.bits(part as u32 & ((1 << POSITION) - 1), POSITION);
    }
}

fn read_pos(from: &mut BitReader<'_>) -> Result<Vec2, DecodeError> {
    let mut part = || -> Result<i32, DecodeError> {
        let raw = from.bits(POSITION)? as i32;
        Ok(raw << (32 - POSITION) >> (32 - POSITION))
    };
    Ok(Vec2::new(part()?, part()?))
}

/// One bit for every known craft; the few that changed follow theirs.
fn write_crafts(snapshot: &Snapshot, to: &mut BitWriter) {
    let known = snapshot.known.unwrap_or_default();
    to.grouped(u32::from(known), COUNT);
    let mut changes = snapshot.crafts.iter().peekable();
    for at in 0..known {
        let change = changes.next_if(|(changed, _)| *changed == at);
        to.flag(change.is_some());
        if let Some((_, change)) = change {
            write_change(change, snapshot.ticks, to);
        }
    }
}

fn read_crafts(snapshot: &mut Snapshot, from: &mut BitReader<'_>) -> Result<(), DecodeError> {
    let known = id(from.grouped(COUNT)?)?;
    snapshot.known = Some(known);
    for at in 0..known {
        if from.flag()? {
            let change = read_change(snapshot.ticks, from)?;
            snapshot.crafts.push((at, change));
        }
    }
    Ok(())
}

/// Turns and aims are nearly all there is; the rest hides behind one more bit.
fn write_change(change: &CraftChange, ticks: Tick, to: &mut BitWriter) {
    let rare = change.fields.0 >> 2;
    to.flag(change.fields.has(CraftFields::COURSE));
    to.flag(change.fields.has(CraftFields::AIM));
    to.flag(rare != 0);
    if rare != 0 {
        to.bits(u32::from(rare), CraftFields::WIDTH - 2);
    }
    if change.fields.has(CraftFields::COURSE) {
        write_course(&change.course, ticks, to);
    }
    if change.fields.has(CraftFields::MOTION) {
        let CraftMotion { pos, vel } = change.missed;
        for part in [pos.x, pos.y, vel.x, vel.y] {
            to.signed(part, MISSED);
        }
        to.bits(u32::from(change.steer.code()), 8);
    }
    if change.fields.has(CraftFields::AIM) {
        to.signed(i32::from(change.aim_by), AIM);
    }
    if change.fields.has(CraftFields::HEALTH) {
        write_health(change.health, change.shield, to);
    }
    if change.fields.has(CraftFields::FLAGS) {
        to.bits(u32::from(change.flags.0), CraftFlags::WIDTH);
    }
}

fn read_change(ticks: Tick, from: &mut BitReader<'_>) -> Result<CraftChange, DecodeError> {
    let mut fields = from.bits(2)? as u8;
    if from.flag()? {
        fields |= (from.bits(CraftFields::WIDTH - 2)? as u8) << 2;
    }
    let mut change = CraftChange {
        fields: CraftFields(fields),
        ..CraftChange::default()
    };
    if change.fields.is_empty() {
        return Err(refuse("a change of nothing"));
    }
    if change.fields.has(CraftFields::COURSE) {
        change.course = read_course(ticks, from)?;
    }
    if change.fields.has(CraftFields::MOTION) {
        change.missed = CraftMotion {
            pos: Vec2::new(from.signed(MISSED)?, from.signed(MISSED)?),
            vel: Vec2::new(from.signed(MISSED)?, from.signed(MISSED)?),
        };
        change.steer = read_steer(from)?;
    }
    if change.fields.has(CraftFields::AIM) {
        let by = from.signed(AIM)?;
        change.aim_by = i8::try_from(by).map_err(|_| refuse("an aim turned by more than half"))?;
    }
    if change.fields.has(CraftFields::HEALTH) {
        (change.health, change.shield) = read_health(from)?;
    }
    if change.fields.has(CraftFields::FLAGS) {
        change.flags = CraftFlags(from.bits(CraftFlags::WIDTH)? as u8);
    }
    Ok(change)
}

fn write_entered(entered: &[(PlayerId, Craft)], to: &mut BitWriter) {
    let mut gaps = Gaps::write(entered.len(), to);
    for (id, craft) in entered {
        gaps.put(id.0, to);
        to.bits(u32::from(craft.life), 8);
        write_motion(&craft.motion, craft.steer, to);
        to.bits(u32::from(craft.aim), 8);
        write_health(craft.health, craft.shield, to);
        to.bits(u32::from(craft.flags.0), CraftFlags::WIDTH);
    }
}

fn read_entered(
    entered: &mut Vec<(PlayerId, Craft)>,
    from: &mut BitReader<'_>,
) -> Result<(), DecodeError> {
    let (count, mut gaps) = Gaps::read(from)?;
    for _ in 0..count {
        let id = PlayerId(gaps.take(from)?);
        let life = from.bits(8)? as u8;
        let (motion, steer) = read_motion(from)?;
        let aim = from.bits(8)? as u8;
        let (health, shield) = read_health(from)?;
        let craft = Craft {
            life,
            motion,
            steer,
            aim,
            health,
            shield,
            flags: CraftFlags(from.bits(CraftFlags::WIDTH)? as u8),
        };
        entered.push((id, craft));
    }
    Ok(())
}

fn write_shots(snapshot: &Snapshot, to: &mut BitWriter) {
    let mut gaps = Gaps::write(snapshot.shots_gone.len(), to);
    for id in &snapshot.shots_gone {
        gaps.put(id.0, to);
    }
    let known = u32::from(snapshot.known.unwrap_or_default());
    let mut gaps = Gaps::write(snapshot.shots.len(), to);
    for (id, news) in &snapshot.shots {
        gaps.put(id.0, to);
        match *news {
            ShotNews::Fired {
                by,
                weapon,
                heading,
                ago,
            } => {
                to.flag(true);
                to.bits(u32::from(by), width_of(known));
                to.bits(u32::from(weapon.0), WEAPON);
                to.bits(u32::from(heading.0), 16);
                to.bits(u32::from(ago), width_of(snapshot.ticks.saturating_sub(1)));
            }
            ShotNews::Seen(shot) => {
                to.flag(false);
                write_shot(&shot, to);
            }
        }
    }
}

fn read_shots(snapshot: &mut Snapshot, from: &mut BitReader<'_>) -> Result<(), DecodeError> {
    let (count, mut gaps) = Gaps::read(from)?;
    for _ in 0..count {
        snapshot.shots_gone.push(ShotId(gaps.take(from)?));
    }
    let (count, mut gaps) = Gaps::read(from)?;
    for _ in 0..count {
        let id = ShotId(gaps.take(from)?);
        let news = if from.flag()? {
            read_fired(snapshot, from)?
        } else {
            ShotNews::Seen(read_shot(from)?)
        };
        snapshot.shots.push((id, news));
    }
    Ok(())
}

fn read_fired(snapshot: &Snapshot, from: &mut BitReader<'_>) -> Result<ShotNews, DecodeError> {
    let (ticks, known) = (snapshot.ticks, snapshot.known.unwrap_or_default());
    let by = from.bits(width_of(u32::from(known)))? as u16;
    let weapon = read_weapon(from)?;
    let heading = Angle(from.bits(16)? as u16);
    let ago = from.bits(width_of(ticks.saturating_sub(1)))?;
    if by > known || ago >= ticks || ticks > COURSE_TICKS_MAX {
        return Err(refuse("a shot from where nobody was"));
    }
    Ok(ShotNews::Fired {
        by,
        weapon,
        heading,
        ago: ago as u8,
    })
}

fn write_shot(shot: &Shot, to: &mut BitWriter) {
    to.grouped(u32::from(shot.owner.0), GAP);
    to.bits(u32::from(shot.weapon.0), WEAPON);
    write_pos(shot.pos, to);
    to.bits(u32::from(shot.heading.0), 16);
    to.grouped(u32::from(shot.bounces), BOUNCES);
    to.bits(u32::from(shot.age), 8);
}

fn read_shot(from: &mut BitReader<'_>) -> Result<Shot, DecodeError> {
    Ok(Shot {
        owner: PlayerId(id(from.grouped(GAP)?)?),
        weapon: read_weapon(from)?,
        pos: read_pos(from)?,
        heading: Angle(from.bits(16)? as u16),
        bounces: read_bounces(from)?,
        age: from.bits(8)? as u8,
    })
}

fn read_bounces(from: &mut BitReader<'_>) -> Result<u8, DecodeError> {
    let bounces = from.grouped(BOUNCES)?;
    u8::try_from(bounces)
        .map_err(|_| refuse(format!("a shot bounces 0 to 255 times, not {bounces}")))
}

fn read_weapon(from: &mut BitReader<'_>) -> Result<Weapon, DecodeError> {
    Ok(Weapon(from.bits(WEAPON)? as u8))
}

/// Ids that grow: a count, then each one's distance from the one before.
struct Gaps {
    next: u32,
}

impl Gaps {
    fn write(count: usize, to: &mut BitWriter) -> Gaps {
        to.grouped(count as u32, COUNT);
        Gaps { next: 0 }
    }

    fn put(&mut self, id: u16, to: &mut BitWriter) {
        to.grouped(u32::from(id) - self.next, GAP);
        self.next = u32::from(id) + 1;
    }

    fn read(from: &mut BitReader<'_>) -> Result<(u16, Gaps), DecodeError> {
        Ok((id(from.grouped(COUNT)?)?, Gaps { next: 0 }))
    }

    fn take(&mut self, from: &mut BitReader<'_>) -> Result<u16, DecodeError> {
        let next = id(self.next.saturating_add(from.grouped(GAP)?))?;
        self.next = u32::from(next) + 1;
        Ok(next)
    }
}

fn id(number: u32) -> Result<u16, DecodeError> {
    u16::try_from(number).map_err(|_| refuse("an id or a count beyond 65535"))
}
