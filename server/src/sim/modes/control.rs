//! Control: one zone counts at a time. A team takes it by being alone in it for a while, and gets points as long as it is
//! alone in it then. While both are in it nothing happens. In overtime whoever takes it has won.

use bevy_ecs::prelude::*;
use fracas_protocol::view::{Objective, ObjectiveNews, Taking, Zone};
use fracas_protocol::{Phase, Team, Tick};

use super::Play;
use crate::sim::components::{Craft, Identity, Points};
use crate::sim::contest::{Contest, News};
use crate::sim::resources::{MatchClock, Setup};

pub(super) const PLAY: Play = Play {
    has_sides: |_| true,
    kills_count: false,
    needs: |places| match places.zones[..] {
        [] => Err("a control zone"),
        _ => Ok(()),
    },
    objective: |setup, clock| {
        Objective::Zone(Zone {
            moves: clock.tick + setup.zone_ticks(),
            ..Zone::default()
        })
    },
    overtime: let_go,
    systems: |schedule| {
        schedule.add_systems((move_zone, hold_zone).chain());
    },
    ..Play::FREE_FOR_ALL
};

/// When time is up the zone has to be taken once more.
fn let_go(contest: &mut Contest) {
    if let Objective::Zone(zone) = &mut contest.objective {
        (zone.holder, zone.taking) = (None, None);
    }
}

/// The next zone takes its turn.
fn move_zone(setup: Res<Setup>, clock: Res<MatchClock>, mut contest: ResMut<Contest>) {
    let Objective::Zone(zone) = &mut contest.objective else {
        return;
    };
    if clock.tick < zone.moves {
        return;
    }
    let zones = setup.places.zones.len();
    *zone = Zone {
        index: ((usize::from(zone.index) + 1) % zones) as u8,
        moves: clock.tick + setup.zone_ticks(),
        ..Zone::default()
    };
    contest.held = 0;
    contest.news.push(News {
        what: ObjectiveNews::ZoneMoved,
        team: None,
        player: None,
    });
}

/// Whoever is in the zone takes it, holds it, or keeps the others from doing so.
fn hold_zone(
    setup: Res<Setup>,
    clock: Res<MatchClock>,
    mut contest: ResMut<Contest>,
    mut players: Query<(&Identity, &Craft, &mut Points)>,
) {
    let Objective::Zone(mut zone) = contest.objective else {
        return;
    };
    let area = setup.places.zones[usize::from(zone.index)];
    let is_in = |craft: &Craft| craft.pilot.alive && area.contains(craft.pilot.motion.pos);
    let mut present = [false; 2];
    for (identity, craft, _) in &players {
        if let Some(team) = identity.team.filter(|_| is_in(craft)) {
            present[team as usize] = true;
        }
    }
    let alone = match present {
        [true, false] => Some(Team::Blue),
        [false, true] => Some(Team::Orange),
        _ => None,
    };
    zone.contested = present == [true; 2];
    let taken = zone.take(
        alone,
        clock.tick,
        setup.ticks(setup.config.rules.control.capture_s),
    );
    contest.objective = Objective::Zone(zone);
    let Some(team) = alone.filter(|team| zone.holder == Some(*team)) else {
        return;
    };
    let inside = |identity: &Identity, craft: &Craft| identity.team == Some(team) && is_in(craft);
    if taken {
        contest.held = 0;
        let all = players.iter();
        let there = all.filter(|(identity, craft, _)| inside(identity, craft));
        contest.news.push(News {
            what: ObjectiveNews::ZoneTaken,
            team: Some(team),
            player: there.map(|(identity, ..)| identity.id).min(),
        });
    }
    contest.held += 1;
    // Whoever takes it in overtime has won.
    let decides = taken && clock.phase == Phase::Overtime;
    if contest.held < setup.point_ticks() && !decides {
        return;
    }
    contest.held = 0;
    contest.score(team, 1);
    for (identity, craft, mut points) in &mut players {
        if inside(identity, craft) {
            points.add_objective(1);
        }
    }
}

trait Take {
    /// The team that is alone in it, if one is, goes on taking it; returns whether it has just done so.
    fn take(&mut self, alone: Option<Team>, now: Tick, capture: Tick) -> bool;
}

impl Take for Zone {
    fn take(&mut self, alone: Option<Team>, now: Tick, capture: Tick) -> bool {
        let Some(team) = alone.filter(|team| self.holder != Some(*team)) else {
            self.taking = None;
            return false;
        };
        let begun = self.taking.filter(|taking| taking.team == team);
        let done = begun.map_or(now + capture, |taking| taking.done);
        if now < done {
            self.taking = Some(Taking { team, done });
            return false;
        }
        (self.holder, self.taking) = (Some(team), None);
        true
    }
}

impl Setup {
    fn zone_ticks(&self) -> Tick {
        self.ticks(self.config.rules.control.zone_moves_s).max(1)
    }

    /// Ticks of holding the zone for a point.
    fn point_ticks(&self) -> u32 {
        self.ticks(1.0 / self.config.rules.control.points_per_s)
            .max(1)
    }
}
