//! What is counted while a match is played: who, with what, and whether anybody is stuck.

use fracas_protocol::view::ObjectiveNews;
use fracas_protocol::{Phase, SessionEvent, Team, Vec2, Weapon};

use super::seat::Seat;
use super::{Setup, TICK_HZ, Who};
use crate::sim::{self, MatchEvent, Standings, TeamStanding};

/// Who stays within so many tiles of a place doesn't move.
const STAYS_TILES: f32 = 1.0;

/// What came of a match.
#[derive(Clone, Debug, PartialEq)]
pub struct Played {
    /// Whether there was a result in the time that the rules allow.
    pub ended: bool,
    /// How long it took, in seconds of the match's own time.
    pub seconds: f32,
    /// Whether time alone did not decide it.
    pub overtime: bool,
    /// Everybody, by place.
    pub seats: Vec<Seated>,
    /// The sides, the better one first; none in a free for all.
    pub teams: Vec<TeamStanding>,
    /// By weapon, in the order of the rules.
    pub weapons: Vec<WeaponTally>,
    /// Kills with a shot that had bounced.
    pub bank_kills: u32,
    /// Kills with a shot that had been deflected.
    pub deflect_kills: u32,
    /// Craft that destroyed themselves.
    pub own_kills: u32,
    /// Shots sent back.
    pub deflects: u32,
    /// Pickups taken.
    pub pickups: u32,
    /// Flags captured, or zones taken.
    pub objectives: u32,
    /// Longest time that a living bot stayed within a tile of a place while the match counted, in seconds.
    pub stuck_s_max: f32,
    /// Where that was, in tiles.
    pub stuck_at: [f32; 2],
}

/// How one bot did.
#[derive(Clone, Debug, PartialEq)]
pub struct Seated {
    /// Who it was.
    pub who: Who,
    /// Its side.
    pub team: Option<Team>,
    /// What decides.
    pub score: i16,
    /// Craft destroyed.
    pub kills: u16,
    /// Craft lost.
    pub deaths: u16,
}

/// What was done with a weapon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeaponTally {
    /// What the rules call it.
    pub name: String,
    /// Craft destroyed.
    pub kills: u32,
    /// Health and shield taken.
    pub damage: u32,
}

/// Where somebody has been, and since when.
#[derive(Clone, Copy, Debug, Default)]
struct Stay {
    at: Vec2,
    ticks: u32,
}

pub(super) struct Tally {
    played: Played,
    stays: Vec<Stay>,
    ticks: u32,
}

impl Tally {
    pub(super) fn new(setup: &Setup) -> Tally {
        let weapon = |name: &String| WeaponTally {
            name: name.clone(),
            ..WeaponTally::default()
        };
        let names = setup.rules.weapons.iter().map(|weapon| &weapon.name);
        Tally {
            played: Played {
                ended: false,
                seconds: 0.0,
                overtime: false,
                seats: Vec::new(),
                teams: Vec::new(),
                weapons: names.map(weapon).collect(),
                bank_kills: 0,
                deflect_kills: 0,
                own_kills: 0,
                deflects: 0,
                pickups: 0,
                objectives: 0,
                stuck_s_max: 0.0,
                stuck_at: [0.0; 2],
            },
            stays: vec![Stay::default(); setup.bots.len()],
            ticks: 0,
        }
    }

    pub(super) fn tick(&mut self, phase: Phase) {
        self.ticks += 1;
        self.played.overtime |= phase == Phase::Overtime;
    }

    /// What spectators are told.
    pub(super) fn take_events(&mut self, events: &[MatchEvent]) {
        let played = &mut self.played;
        for event in events {
            match event {
                MatchEvent::Kill(kill) => {
                    if kill.killer == Some(kill.victim) {
                        played.own_kills += 1;
                        continue;
                    }
                    let is_bank_shot = sim::is_bank_shot(kill.bounces, kill.deflected);
                    played.bank_kills += u32::from(is_bank_shot);
                    played.deflect_kills += u32::from(kill.deflected);
                    let weapon = played.weapons.iter_mut();
                    if let Some(weapon) = weapon.into_iter().find(|w| *w.name == *kill.weapon) {
                        weapon.kills += 1;
                    }
                }
                MatchEvent::Deflect { .. } => played.deflects += 1,
                MatchEvent::Pickup { .. } => played.pickups += 1,
                MatchEvent::Score(score) => {
                    let counts = [ObjectiveNews::FlagCaptured, ObjectiveNews::ZoneTaken];
                    played.objectives += u32::from(counts.contains(&score.what));
                }
                _ => {}
            }
        }
    }

    /// What a player is told, and whether they get anywhere. `counts`: the match does.
    pub(super) fn watch(&mut self, seat: &mut Seat, counts: bool) {
        while let Some(event) = seat.next_event() {
            if let SessionEvent::Hit {
                attacker,
                victim,
                damage,
                weapon: Weapon(weapon),
                ..
            } = event
                && victim == seat.player
                && attacker != victim
                && let Some(weapon) = self.played.weapons.get_mut(usize::from(weapon))
            {
                weapon.damage += u32::from(damage);
            }
        }
        let Some((_, pilot)) = seat.session.predicted() else {
            return;
        };
        let (pos, stay) = (
            pilot.motion.pos,
            &mut self.stays[usize::from(seat.player.0)],
        );
        let [x, y] = (pos - stay.at).to_tiles();
        if !counts || !pilot.alive || x.hypot(y) > STAYS_TILES {
            *stay = Stay { at: pos, ticks: 0 };
        }
        stay.ticks += 1;
        let seconds = stay.ticks as f32 / f32::from(TICK_HZ);
        if seconds > self.played.stuck_s_max {
            (self.played.stuck_s_max, self.played.stuck_at) = (seconds, pos.to_tiles());
        }
    }

    pub(super) fn finish(self, setup: &Setup, standings: Standings, ended: bool) -> Played {
        let seated = |(at, who): (u16, &Who)| {
            let found = standings.players.iter().find(|player| player.id.0 == at);
            found.map(|player| Seated {
                who: *who,
                team: player.team,
                score: player.score,
                kills: player.kills,
                deaths: player.deaths,
            })
        };
        Played {
            ended,
            seconds: self.ticks as f32 / f32::from(TICK_HZ),
            seats: (0..).zip(&setup.bots).filter_map(seated).collect(),
            teams: standings.teams,
            ..self.played
        }
    }
}
