//! What must be so.

use fracas_protocol::view::{Award, Flag, Objective};
use fracas_protocol::{EventKind, Team};

use super::words::{
    EVENTS, KINDS, among, event_name, kind_name, known, near, not_so, number, objectives, place,
    same,
};
use super::{Fault, Outcome, Stage};
use crate::sim::MatchEvent;

impl Stage {
    /// What must be so.
    pub(super) fn expect(&mut self, what: &[&str]) -> Outcome {
        let state = self.state();
        match what {
            ["no", what @ ..] => match self.expect(what) {
                Ok(()) => Err(not_so("it is so")),
                Err(Fault::NotSo(_)) => Ok(()),
                nonsense => nonsense,
            },
            ["phase", phase] => same(state.phase, &phase.parse()?),
            ["over"] => same(self.game().is_over(), &true),
            ["crown", "nobody"] => same(state.crown, &None),
            ["crown", name] => same(state.crown, &Some(self.player(name)?.id)),
            ["teams", blue, orange] => same(state.teams, &Some([number(blue)?, number(orange)?])),
            ["flag", team, rest @ ..] => self.expect_flag(team.parse()?, rest),
            ["zone", rest @ ..] => self.expect_zone(rest),
            ["kill", by, "with", weapon, rest @ ..] => self.expect_kill(by, weapon, rest),
            ["event", "crown", name] => self.expect_passed_to(name),
            ["event", "streak", name, kills] => self.expect_streak(name, kills),
            ["event", name] => {
                known(name, EVENTS.into_iter().chain(objectives()))?;
                let names: Vec<_> = self.events.iter().map(event_name).collect();
                among(&names, name)
            }
            ["award", award, name] => self.expect_award(award, name),
            ["winner", winner] => self.expect_winner(winner),
            [name, rest @ ..] => self.expect_of(name, rest),
            [] => Err("nothing to expect".into()),
        }
    }

    fn expect_flag(&mut self, team: Team, what: &[&str]) -> Outcome {
        let Objective::Flags(flags) = self.state().objective else {
            return Err("there are no flags".into());
        };
        let flag = flags[team as usize];
        let is_so = match (what, flag) {
            (["home"], _) => flag == Flag::Home,
            (["carried", name], _) => {
                flag == Flag::Carried {
                    by: self.player(name)?.id,
                }
            }
            (["dropped"], _) => matches!(flag, Flag::Dropped { .. }),
            (["dropped", "at", at], Flag::Dropped { at: lies, .. }) => {
                return near(lies, place(at)?);
            }
            (["dropped", "at", at], _) => place(at).map(|_| false)?,
            _ => return Err("nothing a flag can be".into()),
        };
        match is_so {
            true => Ok(()),
            false => Err(not_so(format!("it is {flag:?}"))),
        }
    }

    fn expect_zone(&mut self, what: &[&str]) -> Outcome {
        let Objective::Zone(zone) = self.state().objective else {
            return Err("there is no zone".into());
        };
        match what {
            ["index", index] => same(zone.index, &number(index)?),
            ["held", team] => same(zone.holder, &Some(team.parse()?)),
            ["free"] => same(zone.holder, &None),
            ["taken", "by", team] => {
                same(zone.taking.map(|taking| taking.team), &Some(team.parse()?))
            }
            ["contested"] => same(zone.contested, &true),
            _ => Err("nothing a zone can be".into()),
        }
    }

    /// What must be so of somebody.
    fn expect_of(&mut self, name: &str, what: &[&str]) -> Outcome {
        let id = self.player(name)?.id;
        let standing = self.standing(id)?;
        match what {
            ["team", team] => same(standing.team, &Some(team.parse()?)),
            ["score", score] => same(standing.score, &number(score)?),
            ["kills", kills] => same(standing.kills, &number(kills)?),
            ["deaths", deaths] => same(standing.deaths, &number(deaths)?),
            ["assists", assists] => same(standing.assists, &number(assists)?),
            ["objective", points] => same(standing.objective, &number(points)?),
            ["looks", "at", "nobody"] => same(self.craft(id).pilot.killer, &None),
            ["looks", "at", killer] => {
                let killer = self.player(killer)?.id;
                same(self.craft(id).pilot.killer, &Some(killer))
            }
            ["alive"] => same(self.craft(id).pilot.alive, &true),
            ["dead"] => same(self.craft(id).pilot.alive, &false),
            ["protected"] => {
                let (pilot, tick) = (self.craft(id).pilot, self.game().tick());
                same(pilot.is_protected(tick), &true)
            }
            ["health", health] => same(self.craft(id).pilot.health, &number(health)?),
            ["at", at] => near(self.craft(id).pilot.motion.pos, place(at)?),
            ["shield", shield] => same(self.craft(id).pilot.shield, &number(shield)?),
            ["ammo", ammo] => same(self.craft(id).pilot.special.ammo, &number(ammo)?),
            ["unarmed"] => same(self.craft(id).pilot.armed_with(), &None),
            ["armed", "with", weapon] => {
                let weapon = self.all_rules()?.weapon(weapon).ok_or("no such weapon")?;
                same(self.craft(id).pilot.armed_with(), &Some(weapon))
            }
            ["dashes", dashes] => {
                let (pilot, tick) = (self.craft(id).pilot, self.game().tick());
                let ready = pilot.dash.ready(tick, &self.arena().tuning);
                same(ready, &number(dashes)?)
            }
            ["deflects"] => {
                let (pilot, tick) = (self.craft(id).pilot, self.game().tick());
                same(pilot.deflects(tick), &true)
            }
            ["knows", "empty", pads] => same(self.player(name)?.view.pads.len(), &number(pads)?),
            ["hears", "bounty", bounty] => {
                let heard = &self.player(name)?.heard;
                let bounties = heard.iter().rev().filter_map(|kind| match kind {
                    EventKind::Kill { bounty, .. } => Some(*bounty),
                    _ => None,
                });
                same(bounties.take(1).last(), &Some(number(bounty)?))
            }
            ["hears", "hit", "at", at] => {
                let at = place(at)?;
                let heard = self.player(name)?.heard.iter();
                let mut hits = heard.filter_map(|kind| match kind {
                    EventKind::Hit { pos, .. } => Some(near(*pos, at)),
                    _ => None,
                });
                let first = hits.next().unwrap_or(Err(not_so("none")));
                hits.fold(first, Outcome::or)
            }
            ["hears", "streak", of, kills] => self.expect_heard_streak(name, of, kills),
            ["hears", kind] => {
                known(kind, KINDS.into_iter().chain(objectives()))?;
                let heard = self.player(name)?.heard.iter().map(kind_name);
                among(&heard.collect::<Vec<_>>(), kind)
            }
            _ => Err("nothing somebody can be".into()),
        }
    }

    /// The newest kill: whose, what with, after how many bounces, whether the shot had been sent back, for what bounty, and
    /// who had helped.
    fn expect_kill(&mut self, by: &str, weapon: &str, rest: &[&str]) -> Outcome {
        let by = self.player(by)?.id;
        self.all_rules()?.weapon(weapon).ok_or("no such weapon")?;
        let mut kills = self.events.iter().rev().filter_map(|event| match event {
            MatchEvent::Kill(kill) => Some(kill),
            _ => None,
        });
        let kill = kills.next().cloned().ok_or(not_so("nobody was killed"))?;
        same((kill.killer, &*kill.weapon), &(Some(by), weapon))?;
        match rest {
            [] => Ok(()),
            ["sent", "back"] => same(kill.deflected, &true),
            ["not", "sent", "back"] => same(kill.deflected, &false),
            ["bounces", bounces] => same(kill.bounces, &number(bounces)?),
            ["bounty", bounty] => same(kill.bounty, &number(bounty)?),
            ["helped", "by", "nobody"] => same(kill.assists.len(), &0),
            ["helped", "by", name] => {
                same(&kill.assists[..], &&[self.player(name)?.id][..])?;
                same(&kill.assist_names[..], &&[(*name).into()][..])
            }
            _ => Err("nothing a kill can be".into()),
        }
    }

    /// Who was told last to wear the crown.
    fn expect_passed_to(&mut self, name: &str) -> Outcome {
        let expected = match name {
            "nobody" => None,
            _ => Some((self.player(name)?.id, name)),
        };
        let mut crowns = self.events.iter().rev().filter_map(|event| match event {
            MatchEvent::Crown { id, name } => Some((*id).zip(name.as_deref())),
            _ => None,
        });
        same(crowns.next(), &Some(expected))
    }

    /// One that spectators were told of, with so many kills.
    fn expect_streak(&mut self, name: &str, kills: &str) -> Outcome {
        let expected = (self.player(name)?.id, number(kills)?);
        let streaks = self.events.iter().filter_map(|event| match event {
            MatchEvent::Streak { id, kills, .. } => Some((*id, *kills)),
            _ => None,
        });
        among(&streaks.collect::<Vec<_>>(), &expected)
    }

    /// One that somebody who plays was told of.
    fn expect_heard_streak(&mut self, name: &str, of: &str, kills: &str) -> Outcome {
        let expected = (self.player(of)?.id, number(kills)?);
        let heard = self.player(name)?.heard.iter();
        let streaks = heard.filter_map(|kind| match kind {
            EventKind::Streak { player, kills } => Some((*player, *kills)),
            _ => None,
        });
        among(&streaks.collect::<Vec<_>>(), &expected)
    }

    fn expect_award(&mut self, award: &str, name: &str) -> Outcome {
        let award: Award = award.parse()?;
        let id = self.player(name)?.id;
        let awards = self.events.iter().filter_map(|event| match event {
            MatchEvent::Result { awards, .. } => Some(awards),
            _ => None,
        });
        let given = awards.flatten().map(|line| (line.award, line.id));
        among(&given.collect::<Vec<_>>(), &(award, id))
    }

    /// A player, a side, or nobody.
    fn expect_winner(&mut self, winner: &str) -> Outcome {
        let expected = match winner {
            "nobody" => (None, None),
            _ => match winner.parse::<Team>() {
                Ok(team) => (None, Some(team)),
                Err(_) => (Some(self.player(winner)?.id), None),
            },
        };
        let found = self.events.iter().find_map(|event| match event {
            MatchEvent::Result {
                winner,
                winner_team,
                ..
            } => Some((*winner, *winner_team)),
            _ => None,
        });
        same(found, &Some(expected))
    }
}
