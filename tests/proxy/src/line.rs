//! What a line is like, and what is to happen on it.

use std::time::Duration;

use tokio::time::Instant;

/// How long a stalled chunk holds the line: about what a lost segment costs until it is sent again.
pub const STALL: Duration = Duration::from_millis(200);

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the server.
    Up,
    /// From the server to the client.
    Down,
}

/// Bytes per second.
pub type BandwidthBytesPerS = u32;

/// How good or bad a line is. The default is perfect.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Line {
    /// Of a round trip; half of it each way.
    pub delay: Duration,
    /// A round trip takes evenly between `delay - jitter` and `delay + jitter`. Order is kept, so that a late chunk
    /// holds up those behind it.
    pub jitter: Duration,
    /// 0 to 1: the share of chunks (at most 1,400 bytes each) that hold the line for [`STALL`], each way.
    pub loss: f64,
    /// From the server to the client. `None`: unlimited.
    pub down: Option<BandwidthBytesPerS>,
    /// From the client to the server. `None`: unlimited.
    pub up: Option<BandwidthBytesPerS>,
}

impl Line {
    /// A round trip of so many milliseconds, give or take.
    pub fn lag(delay_ms: u64, jitter_ms: u64) -> Line {
        Line {
            delay: Duration::from_millis(delay_ms),
            jitter: Duration::from_millis(jitter_ms),
            ..Line::default()
        }
    }

    pub(crate) fn bandwidth(&self, direction: Direction) -> Option<BandwidthBytesPerS> {
        match direction {
            Direction::Up => self.up,
            Direction::Down => self.down,
        }
    }
}

/// How a connection ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cut {
    /// Both ends learn at once that it is gone, and lose what they have not read.
    #[default]
    Reset,
    /// Both ends see an orderly end after the last byte that was forwarded.
    Fin,
    /// Neither end is told anything, ever.
    Silence,
}

/// How many bytes may pass, and what then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Counted from the beginning of a connection, in one direction.
    pub bytes: u64,
    /// What happens right after the last of them.
    pub cut: Cut,
}

/// One of something for each direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Both<T> {
    up: T,
    down: T,
}

impl<T: Copy> Both<T> {
    /// That of a direction.
    pub fn of(&self, direction: Direction) -> T {
        match direction {
            Direction::Up => self.up,
            Direction::Down => self.down,
        }
    }

    pub(crate) fn of_mut(&mut self, direction: Direction) -> &mut T {
        match direction {
            Direction::Up => &mut self.up,
            Direction::Down => &mut self.down,
        }
    }
}

/// What all connections look at.
#[derive(Clone, Debug)]
pub struct Control {
    /// How good the line is.
    pub line: Line,
    /// Nothing arrives before.
    pub held_until: Option<Instant>,
    /// Whether the sender of a direction is not read from.
    pub stopped: Both<bool>,
    /// After how many bytes connections are cut.
    pub limits: Both<Option<Limit>>,
    /// How often everything was cut, and how the last time.
    pub(crate) cuts: u64,
    pub(crate) cut: Cut,
    /// The proxy is gone.
    pub(crate) closed: bool,
}

impl Control {
    pub(crate) fn new(line: Line) -> Self {
        Control {
            line,
            held_until: None,
            stopped: Both::default(),
            limits: Both::default(),
            cuts: 0,
            cut: Cut::default(),
            closed: false,
        }
    }

    pub(crate) fn cut_now(&mut self, cut: Cut) {
        self.cuts += 1;
        self.cut = cut;
    }

    pub(crate) fn clear(&mut self) {
        *self = Control {
            cuts: self.cuts,
            cut: self.cut,
            closed: self.closed,
            ..Control::new(Line::default())
        };
    }
}
