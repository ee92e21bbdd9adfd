//! What somebody is praised for when a match is over.

use bevy_ecs::prelude::*;
use fracas_protocol::view::{Award, Score};
use fracas_protocol::{PlayerId, Tick};

use super::boundary::AwardLine;
use super::components::{Craft, Identity, Points};

/// Whether a kill was one off a wall. A deflect counts as a bounce, and as a deflect alone.
pub const fn is_bank_shot(bounces: u8, deflected: bool) -> bool {
    bounces > 0 && !deflected
}

/// What a player did in this match that only awards ask for.
#[derive(Component, Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    bank_kills: u16,
    deflect_kills: u16,
    best_streak: u16,
    /// When this life began; 0: it is over.
    lives_since: Tick,
    /// In ticks.
    longest_life: Tick,
}

impl Tally {
    /// A kill, the `streak`th of this life.
    pub(super) fn add_kill(&mut self, bounces: u8, deflected: bool, streak: u16) {
        self.bank_kills += u16::from(is_bank_shot(bounces, deflected));
        self.deflect_kills += u16::from(deflected);
        self.best_streak = self.best_streak.max(streak);
    }

    pub(super) fn begin_life(&mut self, now: Tick) {
        self.lives_since = now;
    }

    pub(super) fn end_life(&mut self, now: Tick) {
        if self.lives_since > 0 {
            self.longest_life = self.longest_life.max(now - self.lives_since);
        }
        self.lives_since = 0;
    }

    /// For the state's hash.
    pub(super) fn words(&self) -> [u32; 4] {
        [
            u32::from(self.bank_kills) | u32::from(self.deflect_kills) << 16,
            u32::from(self.best_streak),
            self.lives_since,
            self.longest_life,
        ]
    }

    fn count(&self, award: Award, score: &Score, tick_hz: u8) -> u16 {
        match award {
            Award::MostKills => score.kills,
            Award::BestStreak => self.best_streak,
            Award::MostBankShots => self.bank_kills,
            Award::MostDeflects => self.deflect_kills,
            Award::MostObjectivePoints => score.objective,
            Award::Survivor => {
                (self.longest_life / Tick::from(tick_hz)).min(u16::MAX.into()) as u16
            }
        }
    }
}

/// For each award who did best, the one with the lower place if several did; none where nobody did anything.
pub(super) fn awards<'a>(
    now: Tick,
    tick_hz: u8,
    players: impl Iterator<Item = (&'a Identity, &'a Points, &'a Craft, &'a Tally)>,
) -> Vec<AwardLine> {
    let mut best: [Option<(u16, &Identity)>; Award::ALL.len()] = Default::default();
    for (identity, points, craft, tally) in players {
        let mut tally = *tally;
        if craft.pilot.alive {
            tally.end_life(now);
        }
        for (best, award) in best.iter_mut().zip(Award::ALL) {
            let count = tally.count(*award, &points.0, tick_hz);
            let is_better = |(most, holder): (u16, &Identity)| {
                (count, std::cmp::Reverse(identity.id)) > (most, std::cmp::Reverse(holder.id))
            };
            if count > 0 && best.is_none_or(is_better) {
                *best = Some((count, identity));
            }
        }
    }
    let lines = Award::ALL.iter().zip(best);
    lines
        .filter_map(|(award, best)| {
            let (count, identity) = best?;
            Some(AwardLine {
                award: *award,
                id: identity.id,
                name: identity.name.clone(),
                count,
            })
        })
        .collect()
}

/// As clients are told.
pub(super) fn to_tell(lines: &[AwardLine]) -> Vec<(Award, PlayerId, u16)> {
    lines
        .iter()
        .map(|line| (line.award, line.id, line.count))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kill_is_off_a_wall_or_sent_back_never_both() {
        let mut tally = Tally::default();
        tally.add_kill(0, false, 1);
        tally.add_kill(1, true, 2);
        tally.add_kill(2, true, 3);
        tally.add_kill(2, false, 4);
        assert_eq!((tally.bank_kills, tally.deflect_kills), (1, 2));
    }
}
