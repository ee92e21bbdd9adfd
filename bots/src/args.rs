//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::bail;
use clap::Parser;
use fracas_bots::client::{Lag, MatchInfo, Server};
use fracas_bots::{Skill, swarm::Swarm};

/// Most bots in one run: what a machine has ports for.
const COUNT_MAX: i64 = 20_000;

/// Fills a Fracas server with bots, checks what they see, and reports it.
#[derive(Debug, Parser)]
#[command(name = "fracas-bots", version)]
pub(crate) struct Args {
    /// The server.
    #[arg(
        long,
        value_name = "http://HOST:PORT",
        default_value = "http://localhost:8080"
    )]
    pub(crate) url: String,
    /// How many bots.
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=COUNT_MAX))]
    pub(crate) count: u32,
    /// The room to join; the server chooses when none is named.
    #[arg(long, value_name = "NAME", conflicts_with = "match_id")]
    room: Option<String>,
    /// The match to join, as `GET /api/matches` names it.
    #[arg(long = "match", value_name = "ID")]
    match_id: Option<String>,
    /// How good they are: easy, normal, hard, or each its own.
    #[arg(long, value_name = "easy|normal|hard|mixed", default_value = "mixed")]
    skill: Skill,
    /// How long to play once all have started, for example 90s or 10m; until interrupted when not given.
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    duration: Option<Duration>,
    /// How quickly they start.
    #[arg(long, value_name = "N/s", default_value = "50/s", value_parser = parse_rate)]
    ramp: f64,
    /// What all their luck comes from: the same seed makes the same bots.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Hold every message back for this long, in each direction: the round trip grows by twice as much.
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = parse_duration)]
    lag: Duration,
    /// Vary the lag by up to this much, more or less, in each direction; not more than the lag.
    #[arg(long, value_name = "TIME", default_value = "0ms", value_parser = parse_duration)]
    jitter: Duration,
    /// Share of messages, in each direction, that a lost packet holds up for 200 ms, and all behind them.
    #[arg(long, value_name = "PERCENT", default_value = "0%", value_parser = parse_percent)]
    stall: f32,
    /// Have the server send a checksum of every view and compare it with the one the bot rebuilt.
    #[arg(long)]
    check: bool,
    /// Draw every session 60 times a second, for nobody to look at: shows what a player would see and when.
    #[arg(long)]
    drawn: bool,
    /// Write the report there, as JSON.
    #[arg(long, value_name = "FILE.json")]
    pub(crate) report: Option<PathBuf>,
    /// Write the report there, with charts of how it went over time.
    #[arg(long, value_name = "FILE.html")]
    pub(crate) html: Option<PathBuf>,
    /// Threads to run on; chosen from the number of bots and processors when not given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    threads: Option<u16>,
}

impl Args {
    /// The room to ask for.
    ///
    /// # Errors
    /// Nothing of that name runs; says what does.
    pub(crate) fn room_in(&self, running: &[MatchInfo]) -> anyhow::Result<Option<String>> {
        let list = |name: fn(&MatchInfo) -> &str| match running {
            [] => "nothing".to_owned(),
            some => some.iter().map(name).collect::<Vec<_>>().join(", "),
        };
        if let Some(id) = &self.match_id {
            return match running.iter().find(|info| info.id == *id) {
                Some(info) => Ok(Some(info.room.clone())),
                None => bail!(
                    "there is no match {id:?}; running: {}",
                    list(|info| &info.id)
                ),
            };
        }
        if let Some(room) = &self.room
            && !running.iter().any(|info| info.room == *room)
        {
            bail!(
                "there is no room {room:?}; there is: {}",
                list(|info| &info.room)
            );
        }
        Ok(self.room.clone())
    }

    /// What they are to do.
    pub(crate) fn swarm(&self, server: Server, room: Option<String>) -> Swarm {
        Swarm {
            server,
            room,
            count: self.count as usize,
            skill: self.skill,
            seed: self.seed,
            duration: self.duration,
            ramp_per_s: self.ramp,
            lag: Lag {
                delay: self.lag,
                jitter: self.jitter.min(self.lag),
                stall: self.stall,
            },
            check: self.check,
            drawn: self.drawn,
            threads: self.threads.map(usize::from),
        }
    }
}

/// `500ms`, `60s`, `10m`, `2h`.
fn parse_duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is not a time; write it like 500ms, 60s, 10m or 2h");
    let unit_at = text
        .find(|c: char| c.is_ascii_alphabetic())
        .ok_or_else(wrong)?;
    let (number, unit) = text.split_at(unit_at);
    let seconds = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(wrong()),
    };
    let number: f64 = number.trim().parse().map_err(|_| wrong())?;
    Duration::try_from_secs_f64(number * seconds).map_err(|_| wrong())
}

/// `50/s`, or just `50`.
fn parse_rate(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix("/s").unwrap_or(text).trim().parse();
    let rate = number
        .ok()
        .filter(|rate: &f64| (0.01..=100_000.0).contains(rate));
    rate.ok_or_else(|| format!("{text:?} is not a rate; write it like 50/s"))
}

/// `1%` or `0.5%`.
fn parse_percent(text: &str) -> Result<f32, String> {
    let number = text
        .strip_suffix('%')
        .and_then(|number| number.trim().parse().ok());
    let percent = number.filter(|percent: &f32| (0.0..=100.0).contains(percent));
    percent
        .map(|percent| percent / 100.0)
        .ok_or_else(|| format!("{text:?} is not a share; write it like 1%"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Args, String> {
        let words = std::iter::once("fracas-bots").chain(line.split_whitespace());
        Args::try_parse_from(words).map_err(|error| error.to_string())
    }

    fn running() -> Vec<MatchInfo> {
        vec![MatchInfo {
            id: "m7".into(),
            room: "main".into(),
            players: 0,
            capacity: 16,
        }]
    }

    #[test]
    fn the_documented_line_parses() {
        let line = "--url http://h:1 --count 200 --room main --skill hard --duration 60s --ramp 50/s --seed 7 \
                    --lag 50ms --jitter 10ms --stall 1% --check --drawn --report out.json --html out.html";
        let args = parse(line).unwrap();
        let swarm = args.swarm(
            Server::parse(&args.url).unwrap(),
            args.room_in(&running()).unwrap(),
        );
        assert_eq!(
            (swarm.count, swarm.seed, swarm.skill),
            (200, 7, Skill::Hard)
        );
        assert_eq!(swarm.room.as_deref(), Some("main"));
        assert_eq!(swarm.duration, Some(Duration::from_secs(60)));
        assert_eq!(swarm.lag.delay, Duration::from_millis(50));
        assert!((swarm.lag.stall - 0.01).abs() < 1e-6 && swarm.check && swarm.drawn);
    }

    #[test]
    fn a_match_leads_to_its_room_and_an_unknown_one_to_a_list() {
        assert_eq!(
            parse("--match m7")
                .unwrap()
                .room_in(&running())
                .unwrap()
                .as_deref(),
            Some("main")
        );
        let error = parse("--match m8")
            .unwrap()
            .room_in(&running())
            .unwrap_err()
            .to_string();
        assert!(error.contains("m7"), "{error}");
        let error = parse("--room attic")
            .unwrap()
            .room_in(&running())
            .unwrap_err()
            .to_string();
        assert!(error.contains("main"), "{error}");
    }

    #[test]
    fn bad_values_are_told_what_would_be_right() {
        for (line, hint) in [
            ("--duration 60", "60s"),
            ("--duration=-5s", "60s"),
            ("--ramp fast", "50/s"),
            ("--ramp 0/s", "50/s"),
            ("--stall 1", "1%"),
            ("--skill brutal", "easy, normal, hard, mixed"),
            ("--count 0", "1..=20000"),
            ("--room a --match b", "cannot be used with"),
        ] {
            let error = parse(line).unwrap_err();
            assert!(error.contains(hint), "{line}: {error}");
        }
    }

    #[test]
    fn times_are_read() {
        for (text, ms) in [
            ("500ms", 500),
            ("60s", 60_000),
            ("1.5m", 90_000),
            ("2h", 7_200_000),
        ] {
            assert_eq!(parse_duration(text), Ok(Duration::from_millis(ms)));
        }
    }
}
