//! Matches of bots by the dozen: in virtual time, on all cores, the same for the same seed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, anyhow};
use fracas_protocol::{Mode, Rules};
use fracas_server::headless::{Played, Setup, Who, play};
use fracas_server::{maps, rulebook};
use serde_json::Value;

/// Matches to be played.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What is played.
    pub mode: Mode,
    /// How many matches.
    pub count: usize,
    /// Bots in each.
    pub players: u16,
    /// Who they are, over and over, one further on from match to match. Two of each in a row: those who come one after the
    /// other go to different sides, so that both have the same.
    pub who: Vec<Who>,
    /// Of the first match; each has the next.
    pub seed: u64,
    /// What differs from the mode's own rules ([`set_rule`]).
    pub rules: Vec<String>,
}

impl Plan {
    /// The match of this number: the maps that fit take turns.
    fn setup(&self, number: usize) -> anyhow::Result<Setup> {
        let seed = self.seed + number as u64;
        let maps = maps::rotation(self.mode, self.players);
        let map = &maps[number % maps.len()].name;
        let who = |at: usize| self.who[(at / 2 + number) % self.who.len()];
        let mut rules = rulebook::of_mode(self.mode);
        for rule in &self.rules {
            rules = set_rule(&rules, rule)?;
        }
        Ok(Setup {
            mode: self.mode,
            rules,
            map: Arc::new(maps::load(map, self.players, seed)?),
            seed,
            bots: (0..usize::from(self.players)).map(who).collect(),
        })
    }

    fn play_one(&self, number: usize) -> anyhow::Result<Played> {
        let setup = self.setup(number)?;
        play(&setup).with_context(|| format!("match {number} of {}", self.mode))
    }

    /// Plays them all, on all cores; what came of them, in order.
    ///
    /// # Errors
    /// A match can't be played.
    pub fn play(&self) -> anyhow::Result<Vec<Played>> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut played = Vec::new();
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                if number >= self.count {
                    return anyhow::Ok(played);
                }
                played.push((number, self.play_one(number)?));
            }
        };
        let mut all = thread::scope(|scope| {
            let cores = thread::available_parallelism().map_or(1, usize::from);
            let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
            let mut all = Vec::with_capacity(self.count);
            for worker in workers {
                all.extend(worker.join().map_err(|_| anyhow!("a match panicked"))??);
            }
            anyhow::Ok(all)
        })?;
        all.sort_by_key(|(number, _)| *number);
        Ok(all.into_iter().map(|(_, played)| played).collect())
    }
}

/// The rules with one number changed, written like `weapons.rail.damage=70`.
///
/// # Errors
/// There is no such key, or the value is not allowed; the text says what would be.
pub fn set_rule(rules: &Rules, rule: &str) -> anyhow::Result<Rules> {
    let (key, value) = rule
        .split_once('=')
        .with_context(|| format!("{rule:?} should be KEY=VALUE"))?;
    let mut all = serde_json::to_value(rules)?;
    let mut at = &mut all;
    for part in key.split('.') {
        at = entry(at, part).with_context(|| format!("there is no rule {key:?}"))?;
    }
    *at = serde_json::from_str(value).unwrap_or_else(|_| Value::String(value.to_owned()));
    let rules: Rules = serde_json::from_value(all).with_context(|| rule.to_owned())?;
    rules.validate()?;
    Ok(rules)
}

/// A field, or an entry of a list by its name.
fn entry<'a>(value: &'a mut Value, name: &str) -> Option<&'a mut Value> {
    match value {
        Value::Object(fields) => fields.get_mut(name),
        Value::Array(entries) => entries.iter_mut().find(|entry| entry["name"] == name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use fracas_bots::Skill;

    use super::*;

    #[test]
    fn a_rule_is_set_by_its_name_and_a_wrong_one_is_refused() {
        let rules = set_rule(&Rules::default(), "weapons.rail.damage=70").unwrap();
        assert_eq!(rules.weapons[2].damage, 70);
        let refused = |rule| format!("{:#}", set_rule(&Rules::default(), rule).unwrap_err());
        assert_eq!(
            refused("weapons.bow.damage=7"),
            "there is no rule \"weapons.bow.damage\""
        );
        assert!(refused("weapons.rail.damage=0").contains("1 to 250"));
        assert!(refused("weapons.rail").contains("KEY=VALUE"));
    }

    #[test]
    fn the_same_plan_gives_the_same_matches() {
        let plan = Plan {
            mode: Mode::Ffa,
            count: 2,
            players: 4,
            who: vec![Skill::Mixed.into()],
            seed: 7,
            rules: vec!["flow.time_limit_s=20".to_owned()],
        };
        assert_eq!(plan.play().unwrap(), plan.play().unwrap());
    }
}
