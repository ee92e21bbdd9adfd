//! A snapshot that would grow beyond its budget leaves out what is farthest away. Whoever is left out flies on at the
//! client under the steering it last knew, is told in full later, and is never left out for longer than a quarter of a
//! second.

use fracas_protocol::motion::{Track, extrapolate};
use fracas_protocol::snapshot::{CraftChange, CraftFields, ShotNews, Snapshot, Tracks};
use fracas_protocol::view::{Craft, find};
use fracas_protocol::{Arena, PlayerId, ShotId, Tick, Vec2, View};

use super::tracks::Pasts;

/// What a craft told in full, one that turned, one that was left out before, and a shot take, in bits, near enough to choose by.
const ENTERED_BITS: u64 = 110;
const CHANGED_BITS: u64 = 22;
const MISSED_BITS: u64 = 65;
const SHOT_BITS: u64 = 60;

/// Craft in sight that a client was not told of, or not the newest, by id, with the tick from which that is so.
#[derive(Debug, Default)]
pub(super) struct Stale {
    since: Vec<(PlayerId, Tick)>,
    /// Who was left out of the snapshot that is being made.
    left_out: Vec<PlayerId>,
}

impl Stale {
    fn since(&self, player: PlayerId) -> Option<Tick> {
        find(&self.since, player).copied()
    }

    /// The snapshot is made: whoever was not left out of it is up to date, or out of sight.
    pub(super) fn settle(&mut self) {
        let Stale { since, left_out } = self;
        since.retain(|(player, _)| left_out.contains(player));
        left_out.clear();
    }

    fn add(&mut self, player: PlayerId, since: Tick) {
        let found = self
            .since
            .binary_search_by_key(&player, |(other, _)| *other);
        if let Err(at) = found {
            self.since.insert(at, (player, since));
        }
        self.left_out.push(player);
    }
}

/// The past as far as one client was told it: of whoever is out of date there, nothing helps but the whole.
pub(super) struct Told<'a> {
    pub(super) pasts: &'a Pasts,
    pub(super) stale: &'a Stale,
}

impl Tracks for Told<'_> {
    fn track(&self, player: PlayerId) -> Option<&Track> {
        if self.stale.since(player).is_some() {
            return None;
        }
        self.pasts.track(player)
    }
}

/// What a snapshot could leave out.
#[derive(Clone, Copy)]
enum Item {
    /// A change of a known craft, by its position among the known.
    Changed(u16),
    /// A craft in full.
    Entered(PlayerId),
    /// A shot the client doesn't know yet.
    Shot(ShotId),
}

/// One client's snapshot and the two views it leads from and to.
pub(super) struct Trim<'a> {
    pub(super) snapshot: &'a mut Snapshot,
    pub(super) base: &'a View,
    pub(super) next: &'a mut View,
    pub(super) stale: &'a mut Stale,
    pub(super) arena: &'a Arena,
    /// What the client looks at.
    pub(super) centre: Vec2,
    /// Longest time a craft may be left out, in ticks.
    pub(super) stale_ticks_max: Tick,
}

impl Trim<'_> {
    /// Leaves out the farthest, about `excess` bits of it. Returns how much was left out: 0 when all the rest must stay.
    pub(super) fn by(&mut self, excess: u64) -> usize {
        let mut items: Vec<_> = self.items().collect();
        items.sort_by_key(|(distance, ..)| std::cmp::Reverse(*distance));
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

    /// Everything that may be left out, with its distance squared and its bits.
    fn items(&self) -> impl Iterator<Item = (i64, u64, Item)> + '_ {
        let distance = |pos: Vec2| (pos - self.centre).length_squared();
        let changed = self.snapshot.crafts.iter().filter_map(move |(at, change)| {
            let (id, craft) = self.base.crafts.get(usize::from(*at))?;
            let may = !change.fields.has(CraftFields::LEAVE) && self.may_wait(*id);
            let bits = if change.fields.has(CraftFields::MOTION) {
                MISSED_BITS
            } else {
                CHANGED_BITS
            };
            may.then_some((distance(craft.motion.pos), bits, Item::Changed(*at)))
        });
        let entered = self.snapshot.entered.iter().filter_map(move |(id, craft)| {
            let may = self.may_wait(*id);
            may.then_some((distance(craft.motion.pos), ENTERED_BITS, Item::Entered(*id)))
        });
        let shots = self.snapshot.shots.iter().filter_map(move |(id, _)| {
            let shot = find(&self.next.shots, *id)?;
            let may = shot.owner != self.next.me && find(&self.base.shots, *id).is_none();
            may.then_some((distance(shot.pos), SHOT_BITS, Item::Shot(*id)))
        });
        changed.chain(entered).chain(shots)
    }

    fn may_wait(&self, player: PlayerId) -> bool {
        let since = self.stale.since(player).unwrap_or(self.base.tick);
        self.next.tick - since < self.stale_ticks_max
    }

    fn leave_out(&mut self, item: Item) {
        match item {
            Item::Changed(at) => {
                self.snapshot.crafts.retain(|(other, _)| *other != at);
                if let Some((id, craft)) = self.base.crafts.get(usize::from(at)) {
                    self.leave_as_it_was(*id, craft);
                }
            }
            Item::Entered(id) => {
                self.snapshot.entered.retain(|(other, _)| *other != id);
                let known = self
                    .base
                    .crafts
                    .binary_search_by_key(&id, |(other, _)| *other);
                let is_new = |at: &usize| {
                    let life = self.next.craft(id).map(|craft| craft.life);
                    Some(self.base.crafts[*at].1.life) != life
                };
                match known {
                    Ok(at) if is_new(&at) => {
                        // Whoever is in a new life must not be left flying in the old one.
                        self.take_away(at as u16);
                        self.not_yet(id);
                    }
                    Ok(at) => self.leave_as_it_was(id, &self.base.crafts[at].1),
                    Err(_) => self.not_yet(id),
                }
            }
            Item::Shot(id) => {
                self.snapshot.shots.retain(|(other, _)| *other != id);
                self.next.shots.retain(|(other, _)| *other != id);
            }
        }
    }

    /// The client will not see it until a later snapshot.
    fn not_yet(&mut self, id: PlayerId) {
        self.next.crafts.retain(|(other, _)| *other != id);
        self.stale.add(id, self.base.tick);
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

    /// The client will let it fly on as before.
    fn leave_as_it_was(&mut self, id: PlayerId, old: &Craft) {
        let ticks = self.next.tick - self.base.tick;
        let found = self
            .next
            .crafts
            .binary_search_by_key(&id, |(other, _)| *other);
        if let Ok(at) = found {
            self.next.crafts[at].1 = Craft {
                motion: extrapolate(old.motion, old.steer, ticks, self.arena),
                ..*old
            };
        }
        self.stale.add(id, self.base.tick);
    }

    /// A shot of somebody whose turns were left out doesn't leave from where the client has them.
    fn spell_out_shots(&mut self) {
        for (id, news) in &mut self.snapshot.shots {
            let ShotNews::Fired { by, .. } = *news else {
                continue;
            };
            let owner = self.base.crafts.get(usize::from(by));
            let is_stale = owner.is_some_and(|(owner, _)| self.stale.since(*owner).is_some());
            if let Some(shot) = find(&self.next.shots, *id).filter(|_| is_stale) {
                *news = ShotNews::Seen(*shot);
            }
        }
    }
}
