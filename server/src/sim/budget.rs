//! A snapshot that would grow beyond its budget leaves out what is farthest away and has waited least. Whoever is left out
//! flies on at the client under the steering it last knew, is told in full later, and is never left out for longer than a
//! quarter of a second. Distance counts the less the longer it has waited, so that not all whose time is up come at once.

use fracas_protocol::motion::{Track, extrapolate};
use fracas_protocol::snapshot::{
    CraftChange, CraftFields, ShotNews, Snapshot, Told, ToldShot, Tracks,
};
use fracas_protocol::view::{Craft, CraftFlags, find};
use fracas_protocol::{Arena, PlayerId, ShotId, Tick, Vec2, View};

use super::tracks::Pasts;

/// What a craft told in full, one that turned, one that was left out before, a shot that is fired, and one that flies
/// already take, in bits, near enough to choose by.
const ENTERED_BITS: u64 = 110;
const CHANGED_BITS: u64 = 22;
const MISSED_BITS: u64 = 65;
const FIRED_BITS: u64 = 30;
const SHOT_BITS: u64 = 92;
/// A shot that is told of when it is fired takes a third of what it does later, and its shooter must be where it leaves
/// from: whoever fires counts as this much nearer.
const FIRING_NEARER: i64 = 4;

/// What is in sight of a client and not told to it, or not the newest of it.
#[derive(Debug, Default)]
pub(super) struct Stale {
    crafts: LeftOut<PlayerId>,
    shots: LeftOut<ShotId>,
}

impl Stale {
    /// Whether it was not told the newest of this craft.
    pub(super) fn holds(&self, player: PlayerId) -> bool {
        self.crafts.since(player).is_some()
    }

    /// The snapshot is made: what was not left out of it is up to date, or out of sight.
    pub(super) fn settle(&mut self) {
        self.crafts.settle();
        self.shots.settle();
    }
}

#[derive(Debug)]
struct LeftOut<Id> {
    /// By id, with the tick from which that is so.
    since: Vec<(Id, Tick)>,
    /// From the snapshot that is being made.
    now: Vec<Id>,
}

impl<Id> Default for LeftOut<Id> {
    fn default() -> Self {
        LeftOut {
            since: Vec::new(),
            now: Vec::new(),
        }
    }
}

impl<Id: Ord + Copy> LeftOut<Id> {
    fn since(&self, id: Id) -> Option<Tick> {
        find(&self.since, id).copied()
    }

    fn settle(&mut self) {
        let LeftOut { since, now } = self;
        now.sort_unstable();
        since.retain(|(id, _)| now.binary_search(id).is_ok());
        now.clear();
    }

    fn add(&mut self, id: Id, since: Tick) {
        let found = self.since.binary_search_by_key(&id, |(other, _)| *other);
        if let Err(at) = found {
            self.since.insert(at, (id, since));
        }
        self.now.push(id);
    }
}

/// The past as far as one client was told it: of whoever is out of date there, nothing helps but the whole.
pub(super) struct ToldTracks<'a> {
    pub(super) pasts: &'a Pasts,
    pub(super) stale: &'a Stale,
}

impl Tracks for ToldTracks<'_> {
    fn track(&self, player: PlayerId) -> Option<&Track> {
        if self.stale.holds(player) {
            return None;
        }
        self.pasts.track(player)
    }
}

/// What a snapshot could leave out.
#[derive(Clone, Copy)]
enum Item {
    /// A change of a known craft, by its position among the known, and what it fires.
    Changed(u16),
    /// A craft in full.
    Entered(PlayerId),
    /// A shot the client doesn't know yet.
    Shot(ShotId),
}

/// One client's snapshot, and what it leads from and to.
pub(super) struct Trim<'a> {
    pub(super) snapshot: &'a mut Snapshot,
    pub(super) base: &'a Told,
    pub(super) pasts: &'a Pasts,
    pub(super) next: &'a mut View,
    pub(super) stale: &'a mut Stale,
    pub(super) arena: &'a Arena,
    /// What the client looks at.
    pub(super) centre: Vec2,
    /// Longest time anything may be left out, in ticks.
    pub(super) stale_ticks_max: Tick,
}

impl Trim<'_> {
    /// Leaves out the farthest, about `excess` bits of it. Returns how much was left out: 0 when all the rest must stay.
    pub(super) fn by(&mut self, excess: u64) -> usize {
        let mut items = self.items();
        items.sort_by_key(|(ease, ..)| std::cmp::Reverse(*ease));
        let (mut left_out, mut saved) = (0, 0);
        for (_, bits, item) in items {
            if saved >= excess {
                break;
            }
            self.leave_out(item);
            (left_out, saved) = (left_out + 1, saved + bits);
        }
        if left_out > 0 {
            self.spell_out_shots();
        }
        left_out
    }

    /// Everything that may be left out, with how easily, and its bits.
    fn items(&self) -> Vec<(i64, u64, Item)> {
        let mut firing: Vec<u16> = self.snapshot.shots.iter().filter_map(fired_by).collect();
        firing.sort_unstable();
        let shots_of = |at: u16| {
            let from = firing.partition_point(|by| *by < at);
            firing[from..].iter().take_while(|by| **by == at).count() as u64
        };
        let nearer = |ease: i64, is_firing: bool| {
            if is_firing {
                ease / FIRING_NEARER.pow(2)
            } else {
                ease
            }
        };
        let changes = &self.snapshot.crafts;
        let changed = changes.iter().filter_map(|(at, change)| {
            let (id, _) = self.base.crafts.get(usize::from(*at))?;
            let may = !change.fields.has(CraftFields::LEAVE);
            let craft = self.next.craft(*id)?;
            let ease = self.ease(craft.motion.pos, self.stale.crafts.since(*id))?;
            let bits = if change.fields.has(CraftFields::MOTION) {
                MISSED_BITS
            } else {
                CHANGED_BITS
            };
            let shots = shots_of(*at);
            let bits = bits + shots * FIRED_BITS;
            may.then_some((nearer(ease, shots > 0), bits, Item::Changed(*at)))
        });
        let entered = self.snapshot.entered.iter().filter_map(|(id, craft)| {
            let ease = self.ease(craft.motion.pos, self.stale.crafts.since(*id))?;
            Some((ease, ENTERED_BITS, Item::Entered(*id)))
        });
        let shots = self.snapshot.shots.iter().filter_map(|news| {
            let shot = find(&self.next.shots, news.0)?;
            let by = fired_by(news);
            let goes_along = by.is_some_and(|by| find(changes, by).is_some());
            let may = self.is_new(news.0) && !goes_along && shot.owner != self.next.me;
            let ease = self.ease(shot.pos, self.stale.shots.since(news.0))?;
            let bits = if by.is_some() { FIRED_BITS } else { SHOT_BITS };
            may.then_some((nearer(ease, by.is_some()), bits, Item::Shot(news.0)))
        });
        changed.chain(entered).chain(shots).collect()
    }

    /// How easily something is left out that has waited since then: its distance, in the part of its time that is left,
    /// both squared. None if the next snapshot, which comes about as long after this one as this one after the last, would
    /// be too late.
    fn ease(&self, pos: Vec2, since: Option<Tick>) -> Option<i64> {
        let (now, last) = (self.next.tick, self.base.tick);
        let next = now + (now - last);
        let waited = next - since.unwrap_or(last);
        let left = self.stale_ticks_max.checked_sub(waited)?;
        let distance = (pos - self.centre).length_squared();
        Some(distance * i64::from(left + 1).pow(2))
    }

    fn leave_out(&mut self, item: Item) {
        match item {
            Item::Changed(at) => {
                let id = self.base.crafts.get(usize::from(at)).map(|(id, _)| *id);
                let Some((id, old)) = id.and_then(|id| Some((id, self.as_told(id)?))) else {
                    return;
                };
                self.snapshot.crafts.retain(|(other, _)| *other != at);
                self.leave_as_it_was(id, &old);
                let shots = self.snapshot.shots.iter();
                let theirs = shots.filter(|news| fired_by(news) == Some(at) && self.is_new(news.0));
                for id in theirs.map(|(id, _)| *id).collect::<Vec<_>>() {
                    self.leave_shot_out(id);
                }
            }
            Item::Entered(id) => {
                self.snapshot.entered.retain(|(other, _)| *other != id);
                let known = self
                    .base
                    .crafts
                    .binary_search_by_key(&id, |(other, _)| *other);
                let life = self.next.craft(id).map(|craft| craft.life);
                let old = self.as_told(id).filter(|old| Some(old.life) == life);
                match (known, old) {
                    (Ok(_), Some(old)) => self.leave_as_it_was(id, &old),
                    (Ok(at), None) => {
                        // Whoever is in a new life must not be left flying in the old one.
                        self.take_away(at as u16);
                        self.not_yet(id);
                    }
                    (Err(_), _) => self.not_yet(id),
                }
            }
            Item::Shot(id) => self.leave_shot_out(id),
        }
    }

    /// Whether the client doesn't know this shot; it may know one that had the same name.
    fn is_new(&self, id: ShotId) -> bool {
        let now =
            find(&self.next.shots, id).map(|shot| ToldShot::of(shot, self.next.tick, self.arena));
        now.as_ref() != find(&self.base.shots, id)
    }

    fn leave_shot_out(&mut self, id: ShotId) {
        self.snapshot.shots.retain(|(other, _)| *other != id);
        self.next.shots.retain(|(other, _)| *other != id);
        // Whichever had the name before ends all the same.
        let gone = &mut self.snapshot.shots_gone;
        if find(&self.base.shots, id).is_some()
            && let Err(at) = gone.binary_search(&id)
        {
            gone.insert(at, id);
        }
        self.stale.shots.add(id, self.base.tick);
    }

    /// The client will not see it until a later snapshot.
    fn not_yet(&mut self, id: PlayerId) {
        self.next.crafts.retain(|(other, _)| *other != id);
        self.stale.crafts.add(id, self.base.tick);
    }

    fn take_away(&mut self, at: u16) {
        let change = CraftChange {
            fields: CraftFields::LEAVE,
            ..CraftChange::default()
        };
        let crafts = &mut self.snapshot.crafts;
        let place = crafts.partition_point(|(other, _)| *other < at);
        crafts.insert(place, (at, change));
    }

    /// The craft as the client had it when it was told last.
    fn as_told(&self, id: PlayerId) -> Option<Craft> {
        let tracks = ToldTracks {
            pasts: self.pasts,
            stale: self.stale,
        };
        self.base.craft(id, &tracks)
    }

    /// The client will let it fly on as before.
    fn leave_as_it_was(&mut self, id: PlayerId, old: &Craft) {
        let ticks = self.next.tick - self.base.tick;
        let found = self
            .next
            .crafts
            .binary_search_by_key(&id, |(other, _)| *other);
        if let Ok(at) = found {
            self.next.crafts[at].1 = Craft {
                motion: extrapolate(
                    old.motion,
                    old.steer,
                    old.flags.has(CraftFlags::HASTE),
                    ticks,
                    self.arena,
                ),
                ..*old
            };
        }
        self.stale.crafts.add(id, self.base.tick);
    }

    /// A shot of somebody whose turns were left out doesn't leave from where the client has them.
    fn spell_out_shots(&mut self) {
        for (id, news) in &mut self.snapshot.shots {
            let ShotNews::Fired { by, .. } = *news else {
                continue;
            };
            let owner = self.base.crafts.get(usize::from(by));
            let is_stale = owner.is_some_and(|(owner, _)| self.stale.holds(*owner));
            if let Some(shot) = find(&self.next.shots, *id).filter(|_| is_stale) {
                *news = ShotNews::Seen(*shot);
            }
        }
    }
}

/// The position among the known of whoever fires it.
fn fired_by((_, news): &(ShotId, ShotNews)) -> Option<u16> {
    match news {
        ShotNews::Fired { by, .. } => Some(*by),
        ShotNews::Seen(_) => None,
    }
}
