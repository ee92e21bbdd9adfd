//! Every message that crosses the line. Byte tables stand in `docs/PROTOCOL.md`.

use std::sync::Arc;

use bincode::de::Decoder;
use bincode::error::DecodeError;
use bincode::{Decode, Encode};

use crate::chat::{Chat, Say};
use crate::wire::{decode_from_client, decode_front, refuse};
use crate::{InputBatch, Map, PROTOCOL_VERSION, PlayerId, Rules, Snapshot, Tick, WireError};

/// Longest ticket or resume token, in bytes.
pub const CREDENTIAL_BYTES_MAX: usize = 64;

/// What a client may send.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum ClientMessage {
    /// The first message, once.
    Hello(Hello),
    /// What the player asks for.
    Inputs(InputBatch),
    /// Measures the round trip.
    Ping(Ping),
    /// Which map of the [`Ballot`] should be next, counted from 0.
    Vote(u8),
    /// Says something to others.
    Chat(Say),
}

/// Who is there and which version they speak.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub struct Hello {
    /// [`PROTOCOL_VERSION`] of the client.
    pub version: u16,
    /// By what right.
    pub credential: Credential,
    /// What its snapshots should be like.
    pub wants: Wants,
}

/// What a client wants its snapshots to be like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Wants {
    /// Each carries a checksum of the view it leads to.
    pub checksums: bool,
    /// Craft in sight travel in full every time, for a client that doesn't compute flight.
    pub in_full: bool,
}

/// By what right a client joins.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Credential {
    /// A ticket from `POST /api/join`, valid once.
    Ticket(String),
    /// The token of the last welcome: back into the same craft.
    Resume(String),
}

impl<C> Decode<C> for Hello {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let version = u16::decode(decoder)?;
        let credential = Credential::decode(decoder)?;
        let (Credential::Ticket(text) | Credential::Resume(text)) = &credential;
        if text.len() > CREDENTIAL_BYTES_MAX {
            return Err(refuse(format!(
                "a credential has at most {CREDENTIAL_BYTES_MAX} bytes, not {}",
                text.len()
            )));
        }
        Ok(Hello {
            version,
            credential,
            wants: Wants::decode(decoder)?,
        })
    }
}

bincode::impl_borrow_decode!(Hello);

/// Asks for a [`Pong`] with the same nonce.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Ping {
    /// Anything; comes back.
    pub nonce: u32,
}

/// Answers a [`Ping`], sent as soon as it was read.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Pong {
    /// The ping's.
    pub nonce: u32,
}

/// Why a client's bytes are refused.
#[derive(Debug, thiserror::Error)]
pub enum ClientMessageError {
    /// A hello of a version this build doesn't speak: close 4501.
    #[error("protocol version {theirs} is not spoken here, version {PROTOCOL_VERSION} is")]
    UnsupportedVersion {
        /// The version the client named.
        theirs: u16,
    },
    /// Anything else: close 4500.
    #[error(transparent)]
    Malformed(#[from] WireError),
}

/// Decodes and validates one message from a client. A hello of another version is recognised by its first bytes alone,
/// whatever follows them.
///
/// # Errors
/// [`ClientMessageError`]: which close code, and why.
pub fn decode_client(bytes: &[u8]) -> Result<ClientMessage, ClientMessageError> {
    if bytes.first() == Some(&0)
        && let Ok((_, theirs)) = decode_front::<(u8, u16)>(bytes)
        && theirs != PROTOCOL_VERSION
    {
        return Err(ClientMessageError::UnsupportedVersion { theirs });
    }
    Ok(decode_from_client(bytes)?)
}

/// What a server may send.
// Nearly every message is a snapshot, and none is kept: boxing it would only allocate.
#[allow(clippy::large_enum_variant)]
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub enum ServerMessage {
    /// Answers the hello.
    Welcome(Box<Welcome>),
    /// The next match of the room begins.
    MatchStart(Box<MatchStart>),
    /// What changed since the snapshot before.
    Snapshot(Snapshot),
    /// Answers a ping.
    Pong(Pong),
    /// Which map is next is up for a vote.
    Ballot(Ballot),
    /// What somebody said.
    Chat(Chat),
}

/// The vote on the next map, as it stands. Sent while results are shown, again when it has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Ballot {
    /// Up to three maps.
    pub choices: Vec<Choice>,
    /// Until the votes are counted, in seconds.
    pub seconds_left: u8,
}

/// A map that can be voted for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Choice {
    /// What it is called.
    pub title: String,
    /// Who wants it.
    pub votes: u16,
}

/// Who you are and everything that prediction needs.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct Welcome {
    /// Your place in the room.
    pub player: PlayerId,
    /// Presented within 15 s after the connection is lost, leads back into the same craft.
    pub resume_token: String,
    /// Simulation steps per second.
    pub tick_hz: u8,
    /// Snapshots per second at best.
    pub snapshot_hz: u8,
    /// Ticks of input the server would like in a message, 1 to 4: 1 if it has time for every tick.
    pub inputs_per_message: u8,
    /// The match that is running.
    pub start: MatchStart,
}

/// A match: where, what, by which rules.
#[derive(Clone, Debug, PartialEq, Encode, Decode)]
pub struct MatchStart {
    /// The next snapshot counts its ticks from here, and starts from an empty view.
    pub tick: Tick,
    /// The match's public name, for example `m7`.
    pub match_id: String,
    /// The room's name.
    pub room: String,
    /// What is played.
    pub mode: Mode,
    /// By which numbers.
    pub rules: Arc<Rules>,
    /// Where.
    pub map: Arc<Map>,
}

macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, ::serde::Serialize, ::serde::Deserialize)]
        #[repr(u8)]
        pub enum $name { $($(#[$variant_meta])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            /// All of them, in wire order.
            pub const ALL: &[$name] = &[$($name::$variant),+];

            /// Their names, separated by commas.
            pub fn names() -> String {
                [$($text),+].join(", ")
            }

            /// The name used in the API, in flags and in events.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $text,)+ }
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($text => Ok($name::$variant),)+
                    _ => Err(format!("{text:?} is not one of {}", Self::names())),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        /// One byte: the position in `ALL`.
        impl ::bincode::Encode for $name {
            fn encode<E: ::bincode::enc::Encoder>(
                &self,
                encoder: &mut E,
            ) -> Result<(), ::bincode::error::EncodeError> {
                ::bincode::Encode::encode(&(*self as u8), encoder)
            }
        }

        impl<C> ::bincode::Decode<C> for $name {
            fn decode<D: ::bincode::de::Decoder<Context = C>>(
                decoder: &mut D,
            ) -> Result<Self, ::bincode::error::DecodeError> {
                let number = <u8 as ::bincode::Decode<C>>::decode(decoder)?;
                let value = $name::ALL.get(usize::from(number));
                value.copied().ok_or_else(|| {
                    $crate::wire::refuse(format!("{} {number}", stringify!($name)))
                })
            }
        }

        bincode::impl_borrow_decode!($name);
    };
}
pub(crate) use named;

named! {
    /// What is played.
    Mode {
        /// Free for all: most kills.
        Ffa = "ffa",
        /// Two teams: most kills.
        Tdm = "tdm",
        /// Two teams: flags brought home.
        Ctf = "ctf",
        /// Two teams: time alone in a zone.
        Control = "control",
        /// Hundreds to thousands, with or without teams: most kills when time is up.
        Massive = "massive",
    }
}

named! {
    /// A side in a match of two.
    Team {
        /// The first.
        Blue = "blue",
        /// The second.
        Orange = "orange",
    }
}

impl Team {
    /// The one against this one.
    pub const fn other(self) -> Team {
        match self {
            Team::Blue => Team::Orange,
            Team::Orange => Team::Blue,
        }
    }
}

named! {
    /// Where a match is in its life.
    Phase {
        /// Free play until enough players are there.
        Waiting = "waiting",
        /// About to begin; nobody can be hurt.
        Countdown = "countdown",
        /// It counts.
        Live = "live",
        /// Tied at the end of time: goes on until somebody leads.
        Overtime = "overtime",
        /// Over: podium.
        Results = "results",
    }
}

impl Phase {
    /// Whether craft can be hurt.
    pub const fn is_dangerous(self) -> bool {
        matches!(self, Phase::Waiting | Phase::Live | Phase::Overtime)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode;

    #[test]
    fn another_version_is_recognised_whatever_follows() {
        let bytes = [0, 7, 99, 99, 99];
        let error = decode_client(&bytes).unwrap_err();
        assert!(
            matches!(error, ClientMessageError::UnsupportedVersion { theirs: 7 }),
            "{error}"
        );
    }

    #[test]
    fn a_hello_round_trips_and_an_overlong_credential_is_refused() {
        let hello = |credential| {
            ClientMessage::Hello(Hello {
                version: PROTOCOL_VERSION,
                credential: Credential::Ticket(credential),
                wants: Wants::default(),
            })
        };
        let good = hello("t".repeat(CREDENTIAL_BYTES_MAX));
        assert_eq!(decode_client(&encode(&good)).unwrap(), good);
        let long = hello("t".repeat(CREDENTIAL_BYTES_MAX + 1));
        assert!(matches!(
            decode_client(&encode(&long)),
            Err(ClientMessageError::Malformed(_))
        ));
    }

    #[test]
    fn trailing_and_missing_bytes_are_refused() {
        let mut bytes = encode(&ClientMessage::Ping(Ping { nonce: 300 }));
        bytes.push(0);
        assert!(
            decode_client(&bytes)
                .unwrap_err()
                .to_string()
                .contains("1 bytes follow")
        );
        bytes.truncate(2);
        assert!(decode_client(&bytes).is_err());
        assert!(decode_client(&[]).is_err());
    }

    #[test]
    fn names_parse_both_ways() {
        assert_eq!("ffa".parse(), Ok(Mode::Ffa));
        assert!("tag".parse::<Mode>().unwrap_err().contains("ffa"));
        assert_eq!(Phase::Results.to_string(), "results");
    }
}
