//! The proxy by words: one command a line, one line of answer.

use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

use crate::{Cut, Direction, Limit, Line, Proxy};

/// Longest time a command may name, in milliseconds.
const MS_MAX: u64 = 600_000;

/// What can be asked of a running proxy.
#[derive(Clone, Debug, PartialEq, Parser)]
#[command(multicall = true, disable_version_flag = true)]
struct Prompt {
    #[command(subcommand)]
    command: Command,
}

/// One command.
#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum Command {
    /// Delay of a round trip and its jitter in milliseconds, half of both each way. `lag 0` is none
    Lag {
        /// Milliseconds
        #[arg(value_parser = clap::value_parser!(u64).range(..=MS_MAX))]
        delay_ms: u64,
        /// Milliseconds, more or less; evenly spread, order is kept
        #[arg(value_parser = clap::value_parser!(u64).range(..=MS_MAX), default_value_t = 0)]
        jitter_ms: u64,
    },
    /// Share of chunks in percent that hold their direction for 200 ms, like a lost and repeated segment
    Loss {
        /// 0 to 100
        #[arg(value_parser = percent)]
        percent: f64,
    },
    /// Bytes per second, both ways or down and up. `bandwidth 0` is unlimited
    Bandwidth {
        /// Towards the client
        down: u32,
        /// Towards the server; as much as down if not given
        up: Option<u32>,
    },
    /// Nothing arrives for so many milliseconds, then everything
    Stall {
        /// Milliseconds
        #[arg(value_parser = clap::value_parser!(u64).range(..=MS_MAX))]
        ms: u64,
    },
    /// Stop reading from the server (down), from clients (up) or both
    Stop {
        /// Which way
        #[arg(value_enum, default_value_t = Way::Down)]
        way: Way,
    },
    /// Read again, both ways
    Resume,
    /// End connections: now, after milliseconds (`--after 300`), or each at a byte (`--down 700`, `--up 120`)
    Cut {
        /// How
        #[arg(value_enum, default_value_t = How::Rst)]
        how: How,
        /// Milliseconds from now; what is open then
        #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u64).range(..=MS_MAX), conflicts_with_all = ["down", "up"])]
        after: Option<u64>,
        /// Every connection, also later ones, once so many of its bytes have reached the client
        #[arg(long, value_name = "BYTES")]
        down: Option<u64>,
        /// Every connection, also later ones, once so many of its bytes have reached the server
        #[arg(long, value_name = "BYTES")]
        up: Option<u64>,
    },
    /// A perfect line: no delay, nothing stalled, stopped or about to be cut
    Clear,
    /// Say what the line is like and how many connections there are
    Status,
    /// End the proxy, as the end of standard input does
    Quit,
}

/// Directions as words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Way {
    /// From the server to clients.
    Down,
    /// From clients to the server.
    Up,
    /// All of it.
    Both,
}

/// Cuts as words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum How {
    /// Reset: unread bytes are lost
    Rst,
    /// An orderly end in the middle of everything
    Fin,
    /// Nothing goes through any more and nobody is told
    Silence,
}

impl From<How> for Cut {
    fn from(how: How) -> Cut {
        match how {
            How::Rst => Cut::Reset,
            How::Fin => Cut::Fin,
            How::Silence => Cut::Silence,
        }
    }
}

impl Command {
    /// Reads one line.
    ///
    /// # Errors
    /// What is wrong with it and what would be right, over several lines. Asking for `help` ends here, too.
    pub fn parse(line: &str) -> Result<Command, String> {
        let prompt = Prompt::try_parse_from(line.split_whitespace());
        prompt
            .map(|prompt| prompt.command)
            .map_err(|error| error.to_string())
    }

    /// Does it. Returns the line of answer; `None` when the proxy should end.
    pub fn run(self, proxy: &Proxy) -> Option<String> {
        let line = proxy.control().line;
        match self {
            Command::Lag {
                delay_ms,
                jitter_ms,
            } => proxy.set(Line {
                down: line.down,
                up: line.up,
                loss: line.loss,
                ..Line::lag(delay_ms, jitter_ms)
            }),
            Command::Loss { percent } => proxy.set(Line {
                loss: percent / 100.0,
                ..line
            }),
            Command::Bandwidth { down, up } => proxy.set(Line {
                down: limited(down),
                up: limited(up.unwrap_or(down)),
                ..line
            }),
            Command::Stall { ms } => proxy.stall(Duration::from_millis(ms)),
            Command::Stop { way } => {
                for direction in way.directions() {
                    proxy.stop_reading(*direction);
                }
            }
            Command::Resume => proxy.resume_reading(),
            Command::Cut {
                how,
                after: Some(ms),
                ..
            } => proxy.cut_all_after(how.into(), Duration::from_millis(ms)),
            Command::Cut {
                how,
                down: None,
                up: None,
                ..
            } => proxy.cut_all(how.into()),
            Command::Cut { how, down, up, .. } => {
                for (direction, bytes) in [(Direction::Down, down), (Direction::Up, up)] {
                    proxy.cut_at(
                        direction,
                        bytes.map(|bytes| Limit {
                            bytes,
                            cut: how.into(),
                        }),
                    );
                }
            }
            Command::Clear => proxy.clear(),
            Command::Status => return Some(status(proxy)),
            Command::Quit => return None,
        }
        Some("ok".into())
    }
}

impl Way {
    fn directions(self) -> &'static [Direction] {
        match self {
            Way::Down => &[Direction::Down],
            Way::Up => &[Direction::Up],
            Way::Both => &[Direction::Down, Direction::Up],
        }
    }
}

/// Zero means no limit.
pub fn limited(bytes_per_s: u32) -> Option<u32> {
    Some(bytes_per_s).filter(|bytes| *bytes > 0)
}

/// A share in percent, from 0 to 100; a percent sign may follow.
///
/// # Errors
/// Says what would be right.
pub fn percent(text: &str) -> Result<f64, String> {
    let number = text.strip_suffix('%').unwrap_or(text).parse::<f64>();
    number
        .ok()
        .filter(|percent| (0.0..=100.0).contains(percent))
        .ok_or_else(|| "a percentage from 0 to 100".into())
}

fn status(proxy: &Proxy) -> String {
    let Line {
        delay,
        jitter,
        loss,
        down,
        up,
    } = proxy.control().line;
    let bandwidth =
        |limit: Option<u32>| limit.map_or("unlimited".into(), |bytes| bytes.to_string());
    format!(
        "lag {} {} loss {} bandwidth {} {} connections {}",
        delay.as_millis(),
        jitter.as_millis(),
        loss * 100.0,
        bandwidth(down),
        bandwidth(up),
        proxy.connections()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_read() {
        for (line, command) in [
            (
                "lag 150 10",
                Command::Lag {
                    delay_ms: 150,
                    jitter_ms: 10,
                },
            ),
            (
                "  lag   50 ",
                Command::Lag {
                    delay_ms: 50,
                    jitter_ms: 0,
                },
            ),
            ("loss 1%", Command::Loss { percent: 1.0 }),
            (
                "bandwidth 5000",
                Command::Bandwidth {
                    down: 5_000,
                    up: None,
                },
            ),
            ("stall 2000", Command::Stall { ms: 2_000 }),
            ("stop", Command::Stop { way: Way::Down }),
            (
                "cut",
                Command::Cut {
                    how: How::Rst,
                    after: None,
                    down: None,
                    up: None,
                },
            ),
            (
                "cut fin --down 700",
                Command::Cut {
                    how: How::Fin,
                    after: None,
                    down: Some(700),
                    up: None,
                },
            ),
            (
                "cut silence --after 300",
                Command::Cut {
                    how: How::Silence,
                    after: Some(300),
                    down: None,
                    up: None,
                },
            ),
        ] {
            assert_eq!(Command::parse(line), Ok(command), "{line}");
        }
    }

    #[test]
    fn mistakes_are_explained() {
        for (line, hint) in [
            ("leg 150", "'lag'"),
            ("lag", "<DELAY_MS>"),
            ("lag -1", "-1"),
            ("lag 99999999", "600000"),
            ("loss 101", "from 0 to 100"),
            ("stop sideways", "down"),
            ("cut --after 5 --down 5", "cannot be used with"),
            ("", "lag"),
        ] {
            let why = Command::parse(line).unwrap_err();
            assert!(why.contains(hint), "{line}: {why}");
        }
    }
}
