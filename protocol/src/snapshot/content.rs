//! What the bits of a snapshot were spent on.

use std::ops::AddAssign;

/// Bits by kind of content. The sum is the message, without the WebSocket's header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ContentBits {
    /// The player's own craft.
    pub own: u64,
    /// Turns, aims and health of craft in sight, with the bits that say who did not change.
    pub crafts: u64,
    /// Craft that came into sight, and those told in full again.
    pub entered: u64,
    /// Births and ends of shots.
    pub shots: u64,
    /// What happened.
    pub events: u64,
    /// Names and scores.
    pub roster: u64,
    /// Tag, ticks, feedback on inputs, how the match stands, pads, lengths, filling, checksum.
    pub headers: u64,
}

impl ContentBits {
    /// Names and numbers, for metrics and for display.
    pub const fn named(&self) -> [(&'static str, u64); 7] {
        [
            ("own", self.own),
            ("crafts", self.crafts),
            ("entered", self.entered),
            ("shots", self.shots),
            ("events", self.events),
            ("roster", self.roster),
            ("headers", self.headers),
        ]
    }

    /// All of it.
    pub const fn total(&self) -> u64 {
        self.own
            + self.crafts
            + self.entered
            + self.shots
            + self.events
            + self.roster
            + self.headers
    }
}

impl AddAssign for ContentBits {
    fn add_assign(&mut self, other: ContentBits) {
        self.own += other.own;
        self.crafts += other.crafts;
        self.entered += other.entered;
        self.shots += other.shots;
        self.events += other.events;
        self.roster += other.roster;
        self.headers += other.headers;
    }
}
