//! What players say to each other: lines of text and phrases, as they cross the line.
//!
//! Nothing here reaches the simulation. A [`Text`] exists only if it can be shown: whoever holds one needn't look again.

use std::sync::Arc;

use bincode::de::Decoder;
use bincode::error::DecodeError;
use bincode::{Decode, Encode};

use crate::PlayerId;
use crate::message::named;
use crate::wire::refuse;

/// Longest text, in characters.
pub const TEXT_CHARS_MAX: usize = 120;
/// Longest text, in bytes of UTF-8.
pub const TEXT_BYTES_MAX: usize = 480;
/// Longest name that a line may carry, in bytes of UTF-8.
pub const NAME_BYTES_MAX: usize = 96;

/// What a player says.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Say {
    /// To whom.
    pub channel: Channel,
    /// What.
    pub body: Body,
}

/// A line of text or a phrase.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Body {
    /// One of those that need no typing.
    Phrase(Phrase),
    /// In the player's own words.
    Text(Text),
}

impl Body {
    /// As it is shown.
    pub fn as_str(&self) -> &str {
        match self {
            Body::Phrase(phrase) => phrase.text(),
            Body::Text(text) => text.as_str(),
        }
    }
}

/// What a server tells of what was said.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Chat {
    /// Somebody said something; the own lines come back the same way.
    Line(Line),
    /// What this player said went to nobody.
    Refused(Refusal),
}

/// Somebody said something.
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub struct Line {
    /// Their place.
    pub from: PlayerId,
    /// Their name at that moment: a place may be somebody else's by the time this is read.
    pub name: Arc<str>,
    /// To whom.
    pub channel: Channel,
    /// What.
    pub body: Body,
}

impl<C> Decode<C> for Line {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        let from = PlayerId::decode(decoder)?;
        let name = String::decode(decoder)?;
        if name.len() > NAME_BYTES_MAX || name.chars().any(is_hidden) {
            return Err(refuse(
                "a name has at most 96 bytes, all of them to be shown",
            ));
        }
        Ok(Line {
            from,
            name: name.into(),
            channel: Channel::decode(decoder)?,
            body: Body::decode(decoder)?,
        })
    }
}

bincode::impl_borrow_decode!(Line);

named! {
    /// To whom something is said.
    Channel {
        /// Everybody in the room; in a crowd, whoever knows the speaker by name.
        All = "all",
        /// The own team. Spectators never see it.
        Team = "team",
    }
}

named! {
    /// Something to say with one key.
    Phrase {
        /// A greeting.
        Hello = "hello",
        /// At the end of a match.
        Gg = "gg",
        /// Praise.
        Nice = "nice",
        /// Thanks.
        Thanks = "thanks",
        /// An apology.
        Sorry = "sorry",
        /// A call.
        Help = "help",
        /// Forward.
        Attack = "attack",
        /// Back.
        Defend = "defend",
        /// Laughter.
        Laugh = "laugh",
        /// Applause.
        Applause = "applause",
    }
}

impl Phrase {
    /// As it is shown.
    pub const fn text(self) -> &'static str {
        match self {
            Phrase::Hello => "Hello!",
            Phrase::Gg => "Good game!",
            Phrase::Nice => "Nice shot!",
            Phrase::Thanks => "Thanks!",
            Phrase::Sorry => "Sorry!",
            Phrase::Help => "Help!",
            Phrase::Attack => "Attack!",
            Phrase::Defend => "Defend!",
            Phrase::Laugh => "😄",
            Phrase::Applause => "👏",
        }
    }
}

named! {
    /// Why something went to nobody.
    Refusal {
        /// Too much in too short a time.
        Flood = "flood",
        /// The same as the last.
        Repeat = "repeat",
        /// The host allows phrases and nothing else.
        Words = "words",
        /// The host has switched chat off.
        Off = "off",
    }
}

/// Words that can be shown: 1 to [`TEXT_CHARS_MAX`] characters in at most [`TEXT_BYTES_MAX`] bytes, something to see among
/// them, and nothing that hides, reorders or breaks lines ([`is_hidden`]).
#[derive(Clone, Debug, PartialEq, Eq, Encode)]
pub struct Text(String);

/// Why words are no [`Text`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing to see.
    #[error("a text must have something to see in it")]
    Empty,
    /// Over one of the limits.
    #[error("a text has at most {TEXT_CHARS_MAX} characters and {TEXT_BYTES_MAX} bytes")]
    TooLong,
    /// Something in it can't be shown.
    #[error("{0:?} can't stand in a text")]
    Hidden(char),
}

impl Text {
    /// These words exactly.
    ///
    /// # Errors
    /// [`TextError`] says what is wrong with them.
    pub fn new(words: impl Into<String>) -> Result<Text, TextError> {
        let words = words.into();
        if words.len() > TEXT_BYTES_MAX || words.chars().count() > TEXT_CHARS_MAX {
            return Err(TextError::TooLong);
        }
        if let Some(hidden) = words.chars().find(|c| is_hidden(*c)) {
            return Err(TextError::Hidden(hidden));
        }
        if !words.chars().any(is_seen) {
            return Err(TextError::Empty);
        }
        Ok(Text(words))
    }

    /// What can be said of what was typed or pasted: without what can't be shown, cut where it gets too long.
    pub fn tidy(typed: &str) -> Option<Text> {
        let mut words = String::new();
        let (mut chars, mut gap) = (0, false);
        for c in typed.chars() {
            if c.is_whitespace() {
                gap = chars > 0;
                continue;
            }
            if is_hidden(c) {
                continue;
            }
            let room = TEXT_BYTES_MAX.saturating_sub(words.len() + usize::from(gap));
            if chars + usize::from(gap) >= TEXT_CHARS_MAX || c.len_utf8() > room {
                break;
            }
            if std::mem::take(&mut gap) {
                words.push(' ');
                chars += 1;
            }
            words.push(c);
            chars += 1;
        }
        Text::new(words).ok()
    }

    /// The words.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<C> Decode<C> for Text {
    fn decode<D: Decoder<Context = C>>(decoder: &mut D) -> Result<Self, DecodeError> {
        Text::new(String::decode(decoder)?).map_err(|error| refuse(error.to_string()))
    }
}

bincode::impl_borrow_decode!(Text);

/// Whether a character shows nothing itself and does something to others: controls, line breaks, changes of direction,
/// invisible letters, private use, and what is no character at all. The joiner and the emoji selector are none: emoji need them.
pub fn is_hidden(c: char) -> bool {
    // The last two of every plane are none.
    let is_none = u32::from(c) & 0xFFFE == 0xFFFE;
    c.is_control()
        || is_none
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{070F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{2800}' | '\u{3164}' | '\u{FDD0}'..='\u{FDEF}' | '\u{FE00}'..='\u{FE0E}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFD}'
            | '\u{13430}'..='\u{13446}' | '\u{16FE4}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D159}' | '\u{1D173}'..='\u{1D17A}'
            | '\u{E000}'..='\u{F8FF}' | '\u{E0000}'..='\u{10FFFF}')
}

fn is_seen(c: char) -> bool {
    !c.is_whitespace() && !is_hidden(c) && !matches!(c, '\u{200D}' | '\u{FE0F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_what_can_be_shown() {
        for words in [
            "gg",
            "Zoë, ça va?",
            "山田さん",
            "👩‍🚀 o7",
            "\u{FDCF}\u{FDF0}\u{1FFFD}",
            &"x".repeat(120),
            &"😀".repeat(120),
        ] {
            assert_eq!(Text::new(words).unwrap().as_str(), words);
        }
        for (words, error) in [
            ("", TextError::Empty),
            (" \u{3000}", TextError::Empty),
            ("\u{200D}\u{FE0F}", TextError::Empty),
            ("a\nb", TextError::Hidden('\n')),
            ("a\u{202E}b", TextError::Hidden('\u{202E}')),
            ("a\u{2067}b", TextError::Hidden('\u{2067}')),
            ("a\u{200B}b", TextError::Hidden('\u{200B}')),
            ("\u{1B}[31m", TextError::Hidden('\u{1B}')),
            ("\u{1D159}", TextError::Hidden('\u{1D159}')),
            ("\u{1D173}", TextError::Hidden('\u{1D173}')),
            ("\u{1BCA0}", TextError::Hidden('\u{1BCA0}')),
            ("\u{13441}", TextError::Hidden('\u{13441}')),
            ("a\u{FFFE}", TextError::Hidden('\u{FFFE}')),
            ("a\u{FFFF}", TextError::Hidden('\u{FFFF}')),
            ("\u{FDD0}", TextError::Hidden('\u{FDD0}')),
            ("\u{FDEF}", TextError::Hidden('\u{FDEF}')),
            ("\u{1FFFE}b", TextError::Hidden('\u{1FFFE}')),
            ("\u{DFFFF}b", TextError::Hidden('\u{DFFFF}')),
        ] {
            assert_eq!(Text::new(words), Err(error), "{words:?}");
        }
        assert_eq!(Text::new("x".repeat(121)), Err(TextError::TooLong));
        assert_eq!(Text::new("👨‍👩‍👧‍👦".repeat(20)), Err(TextError::TooLong));
    }

    #[test]
    fn whatever_was_typed_becomes_a_text_or_nothing() {
        let tidy = |typed: &str| Text::tidy(typed).map(|text| text.0);
        assert_eq!(tidy("  hello\r\n  there\t").as_deref(), Some("hello there"));
        assert_eq!(tidy("a\u{202E}b\u{0}").as_deref(), Some("ab"));
        assert_eq!(tidy("\u{200B} \n"), None);
        assert_eq!(tidy(&"x ".repeat(500)).unwrap().chars().count(), 119);
        assert_eq!(
            tidy(&"\u{10400}".repeat(500)).unwrap().len(),
            TEXT_BYTES_MAX
        );
    }
}
