//! What one player knows at one tick. The server builds it, the client rebuilds it from deltas; the two are equal after
//! every snapshot, and [`View::checksum`] is how they prove it to each other.

mod pads;

use std::sync::Arc;

use crate::motion::{CraftMotion, Pilot, Shot};
use crate::snapshot::{RosterDelta, RosterFields};
use crate::{PlayerId, ShotId, Steer, Team, Tick};

pub use pads::EmptyPads;

pub use crate::match_state::{Award, Flag, MatchState, Objective, ObjectiveNews, Taking, Zone};

/// What one player knows at one tick.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Who sees it.
    pub me: PlayerId,
    /// The tick after which the world looked like this.
    pub tick: Tick,
    /// How the match stands.
    pub match_state: MatchState,
    /// The player's own craft, in full.
    pub own: Pilot,
    /// Other craft in sight, by id.
    pub crafts: Vec<(PlayerId, Craft)>,
    /// Shots known to fly, by id.
    pub shots: Vec<(ShotId, Shot)>,
    /// Pads that were seen empty. Shared with what the client was told before, as they seldom change.
    pub pads: Arc<EmptyPads>,
    /// Everybody in the room, by id. Shared, because it is the same for all of them.
    pub roster: Arc<Roster>,
}

/// Everybody in the room, by id.
pub type Roster = Vec<(PlayerId, RosterEntry)>;

/// What can be seen of somebody else's craft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Craft {
    /// Counts lives.
    pub life: u8,
    /// Where it is and where it goes.
    pub motion: CraftMotion,
    /// How it is steered: it flies on like that until told otherwise.
    pub steer: Steer,
    /// Where it aims, in 256 steps ([`crate::Angle::from_coarse`]).
    pub aim: u8,
    /// Health left.
    pub health: u8,
    /// Shield left.
    pub shield: u8,
    /// What it is doing and what works on it.
    pub flags: CraftFlags,
}

/// What a craft is doing and what works on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CraftFlags(pub u8);

impl CraftFlags {
    /// Nothing can hurt it yet.
    pub const PROTECTED: CraftFlags = CraftFlags(1);
    /// It is charging a weapon.
    pub const CHARGING: CraftFlags = CraftFlags(2);
    /// It sends shots back.
    pub const DEFLECTING: CraftFlags = CraftFlags(4);
    /// It flies faster.
    pub const HASTE: CraftFlags = CraftFlags(8);
    /// It hits harder.
    pub const OVERCHARGE: CraftFlags = CraftFlags(16);
    /// How many there are; they are the lowest bits.
    pub const WIDTH: u32 = 5;

    /// Those of `pilot` after `tick`. Haste is that of the tick before the next: what flight goes on with.
    pub fn of(pilot: &Pilot, tick: Tick) -> CraftFlags {
        let bit = |flag: CraftFlags, is_set: bool| if is_set { flag.0 } else { 0 };
        CraftFlags(
            bit(Self::PROTECTED, pilot.is_protected(tick))
                | bit(Self::CHARGING, pilot.special.charging_since.is_some())
                | bit(Self::DEFLECTING, pilot.deflects(tick))
                | bit(Self::HASTE, pilot.has_haste(tick))
                | bit(Self::OVERCHARGE, pilot.has_overcharge(tick)),
        )
    }

    /// Whether `flag` is set.
    pub const fn has(self, flag: CraftFlags) -> bool {
        self.0 & flag.0 != 0
    }
}

impl Craft {
    /// What others see of `pilot`, who aims at `aim` ([`crate::Angle::coarse`]).
    pub fn of(pilot: &Pilot, aim: u8, tick: Tick) -> Craft {
        Craft {
            life: pilot.life,
            motion: pilot.motion,
            steer: pilot.steer,
            aim,
            health: pilot.health,
            shield: pilot.shield,
            flags: CraftFlags::of(pilot, tick),
        }
    }
}

/// What everybody knows of a player.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterEntry {
    /// Display name; written by another person, so never to be read as markup.
    pub name: Arc<str>,
    /// Whether a program plays.
    pub bot: bool,
    /// Their side; none in a free for all.
    pub team: Option<Team>,
    /// Points, kills and the rest.
    pub score: Score,
    /// Round trip, in milliseconds.
    pub ping_ms: u16,
}

/// A player's points in this match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Score {
    /// What decides.
    pub score: i16,
    /// Craft destroyed.
    pub kills: u16,
    /// Craft lost.
    pub deaths: u16,
    /// Help given.
    pub assists: u16,
    /// Kills in this life.
    pub streak: u16,
    /// Points with flags and zones.
    pub objective: u16,
}

impl View {
    /// The craft of `player`, if in sight.
    pub fn craft(&self, player: PlayerId) -> Option<&Craft> {
        find(&self.crafts, player)
    }

    /// What is known of `player`.
    pub fn player(&self, player: PlayerId) -> Option<&RosterEntry> {
        find(&self.roster, player)
    }

    /// 32 bits over everything in the view, the same at both ends when the views are the same.
    ///
    /// Each entity is hashed by itself and the hashes are added up: none waits for the one before, so a processor works on
    /// several at a time.
    pub fn checksum(&self) -> u32 {
        self.checksum_with(&mut RosterSum::default())
    }

    /// [`View::checksum`], which needn't look at the roster if `known` is of the same one.
    pub fn checksum_with(&self, known: &mut RosterSum) -> u32 {
        let mut head = Checksum::new();
        head.add(self.tick)
            .match_state(&self.match_state)
            .add(self.crafts.len() as u32)
            .add(self.shots.len() as u32)
            .add(self.pads.len() as u32)
            .add(self.roster.len() as u32)
            .pilot(&self.own);
        let crafts = self.crafts.iter().map(|(id, craft)| craft.hash(*id));
        let shots = self.shots.iter().map(|(id, shot)| hash_shot(*id, shot));
        let sum = crafts.fold(head.finish_64(), u64::wrapping_add);
        let sum = shots.fold(sum, u64::wrapping_add);
        let sum = sum.wrapping_add(self.pads.sum());
        let sum = sum.wrapping_add(known.of(&self.roster));
        (sum ^ (sum >> 32)) as u32
    }
}

/// The part of a checksum that is the roster's: it changes seldom, and names are long.
#[derive(Debug, Default)]
pub struct RosterSum(Option<(Arc<Roster>, u64)>);

impl RosterSum {
    /// Before the roster changes: lets go of it, and returns the sum without those who change.
    pub(crate) fn without(
        &mut self,
        roster: &Arc<Roster>,
        changes: &[(PlayerId, RosterDelta)],
    ) -> u64 {
        let sum = self.of(roster);
        self.0 = None;
        sum.wrapping_sub(sum_of(roster, changes))
    }

    /// After it has changed: `rest` is what [`RosterSum::without`] returned.
    pub(crate) fn with(
        &mut self,
        rest: u64,
        roster: &Arc<Roster>,
        changes: &[(PlayerId, RosterDelta)],
    ) {
        let sum = rest.wrapping_add(sum_of(roster, changes));
        self.0 = Some((Arc::clone(roster), sum));
    }

    /// Holds on to the roster, so that its address can't become another's.
    fn of(&mut self, roster: &Arc<Roster>) -> u64 {
        match &self.0 {
            Some((known, sum)) if Arc::ptr_eq(known, roster) => *sum,
            _ => {
                let entries = roster.iter().map(|(id, entry)| entry.hash(*id));
                let sum = entries.fold(0, u64::wrapping_add);
                self.0 = Some((Arc::clone(roster), sum));
                sum
            }
        }
    }
}

/// Of those who stand in `changes`, each once, and are there; without their names, where those stay.
fn sum_of(roster: &Roster, changes: &[(PlayerId, RosterDelta)]) -> u64 {
    let hash = |(id, change): &(PlayerId, RosterDelta)| {
        let entry = find(roster, *id)?;
        let comes_or_goes = RosterFields::ENTER.0 | RosterFields::LEAVE.0;
        Some(match change.fields.0 & comes_or_goes {
            0 => entry.hash_of_numbers(*id),
            _ => entry.hash(*id),
        })
    };
    changes.iter().filter_map(hash).fold(0, u64::wrapping_add)
}

impl Craft {
    fn hash(&self, id: PlayerId) -> u64 {
        let rest = u32::from(self.flags.0) | u32::from(self.shield) << 8;
        Checksum::new()
            .add(u32::from(id.0) | rest << 16)
            .motion(&self.motion)
            .add(u32::from_le_bytes([
                self.life,
                self.aim,
                self.health,
                self.steer.code(),
            ]))
            .finish_64()
    }
}

fn hash_shot(id: ShotId, shot: &Shot) -> u64 {
    Checksum::new()
        .add(u32::from(id.0) | u32::from(shot.owner.0) << 16)
        .add(shot.pos.x as u32)
        .add(shot.pos.y as u32)
        .add(u32::from(shot.heading.0) | u32::from(shot.weapon.0) << 16)
        .add(u32::from_le_bytes([shot.bounces, shot.age, 0, 0]))
        .finish_64()
}

impl RosterEntry {
    fn hash(&self, id: PlayerId) -> u64 {
        let name = self.hash_of_name(id);
        self.hash_of_numbers(id).wrapping_add(name)
    }

    /// All but the name.
    fn hash_of_numbers(&self, id: PlayerId) -> u64 {
        let mut hash = Checksum::new();
        let Score {
            score,
            kills,
            deaths,
            assists,
            streak,
            objective,
        } = self.score;
        let team = self.team.map_or(0, |team| 1 + team as u32);
        hash.add(u32::from(id.0) | u32::from(self.bot) << 16 | team << 24)
            .add(u32::from(self.ping_ms) | u32::from(streak) << 16)
            .add(score as u32)
            .add(u32::from(kills) | u32::from(deaths) << 16)
            .add(u32::from(assists) | u32::from(objective) << 16);
        hash.finish_64()
    }

    /// By itself, as it stays: numbers change all the time, and names are long and lie elsewhere.
    fn hash_of_name(&self, id: PlayerId) -> u64 {
        let mut hash = Checksum::new();
        hash.add(u32::from(id.0) | (self.name.len() as u32) << 16);
        let (words, rest) = self.name.as_bytes().as_chunks::<4>();
        for word in words {
            hash.add(u32::from_le_bytes(*word));
        }
        if !rest.is_empty() {
            let byte = |at: usize| rest.get(at).copied().unwrap_or(0);
            hash.add(u32::from_le_bytes([byte(0), byte(1), byte(2), 0]));
        }
        hash.finish_64()
    }
}

/// The entry of `id` in a list sorted by id.
pub fn find<Id: Ord + Copy, T>(sorted: &[(Id, T)], id: Id) -> Option<&T> {
    sorted
        .binary_search_by_key(&id, |(other, _)| *other)
        .ok()
        .map(|at| &sorted[at].1)
}

/// A running 64-bit hash over 32-bit words: FNV-1a's structure (multiply by a prime after each exclusive or) with a
/// final fold. Not cryptographic; it finds divergence, not malice.
#[derive(Clone, Debug)]
pub struct Checksum(u64);

impl Checksum {
    /// The hash of nothing.
    pub fn new() -> Self {
        Checksum(0xcbf2_9ce4_8422_2325)
    }

    /// Takes in one word.
    pub fn add(&mut self, word: u32) -> &mut Self {
        self.0 = (self.0 ^ u64::from(word)).wrapping_mul(0x0000_0100_0000_01b3);
        self.0 ^= self.0 >> 29;
        self
    }

    /// Takes in where a craft is and goes.
    pub fn motion(&mut self, motion: &CraftMotion) -> &mut Self {
        let CraftMotion { pos, vel } = motion;
        self.add(pos.x as u32)
            .add(pos.y as u32)
            .add(vel.x as u32)
            .add(vel.y as u32)
    }

    /// Takes in a pilot.
    pub fn pilot(&mut self, pilot: &Pilot) -> &mut Self {
        self.add(u32::from_le_bytes([
            pilot.life,
            u8::from(pilot.alive),
            pilot.health,
            pilot.steer.code(),
        ]))
        .motion(&pilot.motion);
        self.add(pilot.ready_at)
            .add(pilot.protected_until)
            .add(pilot.respawn_at);
        self.add(pilot.killer.map_or(u32::MAX, |killer| u32::from(killer.0)));
        let special = &pilot.special;
        self.add(u32::from_le_bytes([
            special.weapon.0,
            special.ammo,
            pilot.shield,
            0,
        ]))
        .add(special.ready_at)
        .add(special.charging_since.unwrap_or(Tick::MAX));
        self.add(pilot.dash.until).add(pilot.dash.full_at);
        self.add(pilot.deflect.until).add(pilot.deflect.ready_at);
        self.add(pilot.haste_until).add(pilot.overcharge_until)
    }

    /// Takes in a shot.
    pub fn shot(&mut self, shot: &Shot) -> &mut Self {
        self.add(u32::from(shot.owner.0))
            .add(u32::from(shot.weapon.0))
            .add(shot.pos.x as u32);
        self.add(shot.pos.y as u32).add(u32::from(shot.heading.0));
        self.add(u32::from_le_bytes([shot.bounces, shot.age, 0, 0]))
    }

    /// The hash in 64 bits.
    pub fn finish_64(&self) -> u64 {
        self.0
    }
}

impl Default for Checksum {
    fn default() -> Self {
        Checksum::new()
    }
}
