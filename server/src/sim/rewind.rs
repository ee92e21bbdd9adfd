//! What the shooter saw. Instant hits, and shots in their first ticks, are judged against others where they were on the
//! shooter's screen.
//!
//! ```text
//! shown to the shooter     the input's tick = now
//! ────────●───────────────────────●──────▶ ticks
//!         └── back: as told, at most `rewind_ticks_max` ──┘
//! ```
//!
//! For whoever is shot at that means: where they were up to `hits.rewind_s_max` (200 ms) ago counts, never where they were
//! before. Walls don't move, so whoever has been behind cover for longer can't be hit by what is fired now. A life that had
//! not begun, was protected then or is now, or is over, is not hit. A flying shot is judged further back than the present
//! only while it catches up ([`CATCH_UP_TICKS`]), which is how those it flies at see it come.
//!
//! What a client tells is not trusted. It is held to the limit, and to what it told before: the moment it claims to see may
//! wander slowly, as clocks do, and differ from that by as much as frames make it. So of the 12 ticks that the limit allows, a
//! cheat can choose about 4 for each shot. How late its line really is can't be known (answers to pings can be held back
//! too), so the limit is the same for all.

use fracas_protocol::geometry::VELOCITY_SCALE;
use fracas_protocol::motion::{CATCH_UP_TICKS, TRACK_TICKS};
use fracas_protocol::snapshot::Tracks;
use fracas_protocol::{Arena, SeenAgo, Tick, Vec2};

use super::grid::Sighting;
use super::tracks::Pasts;

/// Parts of a tick that rewinding counts.
const PARTS: u32 = SeenAgo::PARTS;
/// What is told may differ by so much from what is usual for the client: frames fall unevenly on ticks, and a slow frame
/// makes the inputs of several.
const UNEVEN: u32 = 2 * PARTS;
/// What is usual follows what is told by so much per tick: from one shot of the rail to the next (81 ticks) by 2.5 ticks.
const FOLLOWS: u32 = PARTS / 32;

/// How far in the past a player sees the others, as far as they are believed. In parts of a tick.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sight {
    /// What is usual; none before the first input.
    pub(super) usual: Option<u32>,
    /// Of the input in use.
    pub(super) back: u32,
}

impl Sight {
    /// Whether what a message says, which counts up to `limit`, is near enough to what is usual to be believed.
    pub(super) fn believes(&self, told: SeenAgo, limit: u32) -> bool {
        let told = u32::from(told.0).min(limit);
        self.usual
            .is_none_or(|usual| usual.abs_diff(told) <= UNEVEN)
    }

    /// An input that came with `told` is used in this tick.
    pub(super) fn follow(&mut self, told: SeenAgo, limit: u32) {
        let told = u32::from(told.0).min(limit);
        let usual = self.usual.unwrap_or(told);
        let usual = told.clamp(usual.saturating_sub(FOLLOWS), usual + FOLLOWS);
        self.usual = Some(usual);
        self.back = told.clamp(usual.saturating_sub(UNEVEN), usual + UNEVEN);
    }
}

/// Furthest back that hits are judged, in parts of a tick.
pub(super) fn limit(arena: &Arena) -> u32 {
    let ticks = arena.tuning.rewind_ticks_max;
    ticks.min(TRACK_TICKS as u32 - 2) * PARTS
}

/// How far back a shot of `age` ticks meets others, whose shooter saw them `back` parts of a tick ago.
pub(super) fn back_at(age: u8, back: u32) -> u32 {
    back * CATCH_UP_TICKS.saturating_sub(u32::from(age)) / CATCH_UP_TICKS
}

/// Where the past of craft is looked up.
pub(super) struct Hindsight<'a> {
    pub(super) pasts: &'a Pasts,
    pub(super) now: Tick,
    pub(super) arena: &'a Arena,
}

impl Hindsight<'_> {
    /// Where a living craft was `back` parts of a tick ago: on the straight line between two ticks, as clients draw it.
    /// None if it could not be hit then.
    pub(super) fn seen(&self, craft: &Sighting, back: u32) -> Option<Vec2> {
        let here = craft.craft.motion.pos;
        if back == 0 {
            return Some(here);
        }
        let at = u64::from(self.now) * u64::from(PARTS) - u64::from(back);
        let (tick, part) = (
            (at / u64::from(PARTS)) as Tick,
            (at % u64::from(PARTS)) as u8,
        );
        let track = self.pasts.track(craft.id)?;
        let then = track
            .at(tick)
            .filter(|then| then.alive && !then.protected && then.life == craft.craft.life)?;
        if tick + 1 < self.now {
            return track.pos_between(tick, part);
        }
        // This tick is not written down yet.
        let way = here - then.motion.pos;
        Some(then.motion.pos + way.scale(i64::from(part), i64::from(PARTS)))
    }

    /// How far a craft may have come in `back` parts of a tick, in position units: dashing all the while, one dash after the
    /// other. Pushed round a corner it moves a little further than it flies.
    pub(super) fn reach(&self, back: u32) -> i32 {
        let tuning = &self.arena.tuning;
        let per_tick = tuning.dash_speed.max(tuning.haste_speed) / VELOCITY_SCALE;
        back.div_ceil(PARTS) as i32 * (per_tick + per_tick / 4 + 8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: u32 = 12 * PARTS;

    fn ticks(ticks: u16) -> SeenAgo {
        SeenAgo(ticks * PARTS as u16)
    }

    #[test]
    fn what_is_told_is_held_to_the_limit_and_to_what_is_usual() {
        let mut sight = Sight::default();
        assert!(sight.believes(ticks(200), LIMIT));
        sight.follow(ticks(200), LIMIT);
        assert_eq!(sight.back, 12 * PARTS, "200 ms at most");
        // Another moment for every shot is not followed …
        assert!(!sight.believes(ticks(0), LIMIT));
        sight.follow(ticks(0), LIMIT);
        assert_eq!(sight.back, 12 * PARTS - FOLLOWS - UNEVEN);
        // … but another line is, within six seconds.
        (0..360).for_each(|_| sight.follow(ticks(2), LIMIT));
        assert_eq!(sight.back, 2 * PARTS);
        assert!(sight.believes(ticks(2), LIMIT));
    }

    /// From the present to the limit, a little with each message: what a cheat would do between two shots.
    #[test]
    fn no_sweep_is_believed_faster_than_clocks_wander() {
        for step in [1, PARTS / 2, 3 * PARTS] {
            let mut sight = Sight::default();
            (0..120).for_each(|_| sight.follow(SeenAgo(PARTS as u16), LIMIT));
            let (first, mut told, mut doubted) = (sight.back, PARTS, 0);
            for _ in 0..36 {
                told = (told + step).min(LIMIT);
                doubted += u32::from(!sight.believes(SeenAgo(told as u16), LIMIT));
                sight.follow(SeenAgo(told as u16), LIMIT);
            }
            let moved = sight.back - first;
            assert!(moved <= 36 * FOLLOWS + UNEVEN, "{moved} by {step}");
            let is_wandering = step <= FOLLOWS;
            assert_eq!(doubted == 0, is_wandering, "{doubted} by {step}");
        }
    }

    /// Back and forth for every shot, as far as it is believed.
    #[test]
    fn what_can_be_chosen_for_a_shot_is_bounded() {
        for every in [1, 10, 40, 81] {
            let mut sight = Sight::default();
            (0..400).for_each(|_| sight.follow(ticks(6), LIMIT));
            let (mut least, mut most) = (u32::MAX, 0);
            for tick in 0..2_000 {
                let usual = sight.usual.unwrap();
                let far = tick / every % 2 == 0;
                let told = if far { usual + UNEVEN } else { usual - UNEVEN };
                let told = SeenAgo(told.min(LIMIT) as u16);
                assert!(sight.believes(told, LIMIT));
                sight.follow(told, LIMIT);
                (least, most) = (least.min(sight.back), most.max(sight.back));
            }
            let chosen = most - least;
            assert!(
                chosen <= 2 * UNEVEN + every * FOLLOWS,
                "{chosen} every {every}"
            );
        }
    }

    #[test]
    fn a_shot_catches_up_with_the_present() {
        assert_eq!(back_at(0, 12 * PARTS), 12 * PARTS);
        assert_eq!(back_at(9, 12 * PARTS), 6 * PARTS);
        assert_eq!(back_at(18, 12 * PARTS), 0);
        assert_eq!(back_at(255, 12 * PARTS), 0);
    }
}
