//! Matches of bots by the dozen: in virtual time, on all cores, the same for the same seed.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context, anyhow};
use fracas_bots::Skill;
use fracas_protocol::Mode;
use fracas_server::headless::{Played, Setup, play};
use fracas_server::{maps, sim};

/// Matches to be played.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What is played.
    pub mode: Mode,
    /// How many matches.
    pub count: usize,
    /// Bots in each.
    pub players: u16,
    /// Who they are: over and over, one place further on from match to match.
    pub skills: Vec<Skill>,
    /// Of the first match; each has the next.
    pub seed: u64,
}

impl Plan {
    /// The match of this number: the maps that fit take turns.
    fn setup(&self, number: usize) -> anyhow::Result<Setup> {
        let seed = self.seed + number as u64;
        let maps = maps::rotation(self.mode, self.players);
        let map = &maps[number % maps.len()].name;
        let skill = |at: usize| self.skills[(at + number) % self.skills.len()];
        Ok(Setup {
            mode: self.mode,
            rules: sim::default_rules(self.mode),
            map: Arc::new(maps::load(map, self.players, seed)?),
            seed,
            bots: (0..usize::from(self.players)).map(skill).collect(),
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
