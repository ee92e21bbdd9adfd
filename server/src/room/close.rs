//! Why a connection ends: one list, so that the code on the wire, the log line and what becomes of the craft agree.

use std::borrow::Cow;

/// Why the server closes a connection, or how it was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Close {
    /// The player left on purpose (they sent 1000).
    Left,
    /// The line broke, or the client went without saying that it won't be back.
    Lost,
    /// The server is going down.
    GoingAway,
    /// Not WebSocket.
    NotWebSocket(String),
    /// A text frame: this protocol is binary.
    TextFrame,
    /// Bad UTF-8 where the WebSocket protocol asks for UTF-8.
    NotUtf8,
    /// Over 16 KiB.
    TooLarge,
    /// The match crashed; a new one is being set up.
    Crashed,
    /// The server has too much to do.
    Overloaded,
    /// A bot made room for a person.
    MadeRoom,
    /// A bot of the server has nobody to play with.
    Dismissed,
    /// Took nothing for five seconds.
    TooSlow,
    /// Pings were not answered.
    NoPong,
    /// Nothing was said in the first five seconds.
    NoHello,
    /// More messages than any player needs.
    TooMany,
    /// For many seconds most inputs were for ticks far ahead, or for ticks that had theirs.
    Senseless,
    /// Bytes that are no message, or a message out of order.
    Malformed(String),
    /// A protocol version that isn't spoken here.
    Version(String),
    /// An unknown, used or expired ticket or token.
    BadTicket,
    /// The same player came back over a newer connection.
    TakenOver,
}

impl Close {
    /// The WebSocket close code.
    pub fn code(&self) -> u16 {
        match self {
            Self::Left => 1000,
            Self::GoingAway => 1001,
            Self::NotWebSocket(_) => 1002,
            Self::TextFrame => 1003,
            Self::Lost => 1006,
            Self::NotUtf8 => 1007,
            Self::TooLarge => 1009,
            Self::Crashed => 1011,
            Self::Overloaded | Self::MadeRoom | Self::Dismissed => 1013,
            Self::TooSlow => 4001,
            Self::NoPong => 4002,
            Self::NoHello => 4008,
            Self::TooMany | Self::Senseless => 4029,
            Self::Malformed(_) => 4500,
            Self::Version(_) => 4501,
            Self::BadTicket => 4502,
            Self::TakenOver => 4509,
        }
    }

    /// In words, for the client and the log.
    pub fn reason(&self) -> Cow<'_, str> {
        Cow::Borrowed(match self {
            Self::Left => "left",
            Self::Lost => "connection lost",
            Self::GoingAway => "the server is restarting; reconnect in 5 s",
            Self::NotWebSocket(why) | Self::Malformed(why) | Self::Version(why) => why,
            Self::TextFrame => "text frame; messages are binary",
            Self::NotUtf8 => "bad UTF-8",
            Self::TooLarge => "message over 16 KiB",
            Self::Crashed => "this match crashed; rejoin",
            Self::Overloaded => "overloaded; retry later",
            Self::MadeRoom => "full: a person took this bot's place",
            Self::Dismissed => "nobody is there to play with",
            Self::TooSlow => "took nothing for 5 s",
            Self::NoPong => "no pong",
            Self::NoHello => "no hello within 5 s",
            Self::TooMany => "too many messages",
            Self::Senseless => "too many inputs for ticks far ahead or for ticks that had theirs",
            Self::BadTicket => "bad, used or expired ticket",
            Self::TakenOver => "taken over by a newer connection",
        })
    }

    /// Whether the craft waits for the player to come back. It does after anything that can happen to an honest one.
    pub fn keeps_craft(&self) -> bool {
        matches!(
            self,
            Self::Lost
                | Self::TooSlow
                | Self::NoPong
                | Self::TooMany
                | Self::Senseless
                | Self::GoingAway
        )
    }
}
