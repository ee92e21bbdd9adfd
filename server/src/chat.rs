//! Which words players may say to each other, as a host wants it.
//!
//! That a text can be shown at all is the protocol's business ([`Text`]); here are the host's switches, the profanity
//! filter, and letters that carry more marks than any language puts on one.

use std::str::FromStr;

use fracas_protocol::chat::{Body, Refusal, Text};
use rustrict::{Censor, Type};
use serde::{Deserialize, Serialize};
use unicode_normalization::char::is_combining_mark;

use crate::names::MARKS_IN_A_ROW_MAX;

/// How much players may say to each other.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChatMode {
    /// Anything.
    #[default]
    On,
    /// The phrases that need no typing.
    Quick,
    /// Nothing.
    Off,
}

impl FromStr for ChatMode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "on" => Ok(Self::On),
            "quick" => Ok(Self::Quick),
            "off" => Ok(Self::Off),
            _ => Err("expected on, quick or off".into()),
        }
    }
}

/// What a host wants of the chat of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChatPolicy {
    /// How much may be said.
    pub mode: ChatMode,
    /// Whether offensive words are replaced by asterisks.
    pub profanity_filter: bool,
}

impl Default for ChatPolicy {
    fn default() -> Self {
        Self {
            mode: ChatMode::On,
            profanity_filter: true,
        }
    }
}

impl ChatPolicy {
    /// Whether such a thing may be said.
    ///
    /// # Errors
    /// What the player is told.
    pub fn admits(self, body: &Body) -> Result<(), Refusal> {
        match (self.mode, body) {
            (ChatMode::Off, _) => Err(Refusal::Off),
            (ChatMode::Quick, Body::Text(_)) => Err(Refusal::Words),
            _ => Ok(()),
        }
    }

    /// As others are told of it.
    pub fn filter(self, body: Body) -> Body {
        let Body::Text(text) = body else {
            return body;
        };
        let text = without_towers(text);
        Body::Text(if self.profanity_filter {
            censor(text)
        } else {
            text
        })
    }

    /// Reads the filter's lists, which takes a moment: not in the first match.
    pub fn prepare(self) {
        if self.profanity_filter {
            is_offensive("hello");
        }
    }
}

/// What is replaced. The milder words of its lists are those of any game.
fn offensive() -> Type {
    Type::INAPPROPRIATE & Type::MODERATE_OR_HIGHER
}

/// Whether the filter would replace anything in a name. A number in it is a number: the filter knows ways to write words in
/// digits, and whoever is called `Rook` as well gets one.
pub fn is_offensive(name: &str) -> bool {
    let is_word = |part: &&str| !part.bytes().all(|byte| byte.is_ascii_digit());
    let words: Vec<_> = name.split(' ').filter(is_word).collect();
    Censor::from_str(&words.join(" ")).analyze().is(offensive())
}

/// The filter takes the accents off what it has looked at, so only what it objects to is taken from it.
fn censor(text: Text) -> Text {
    let mut censor = Censor::from_str(text.as_str());
    let (censored, found) = censor
        .with_censor_threshold(offensive())
        .censor_and_analyze();
    if !found.is(offensive()) {
        return text;
    }
    Text::new(censored).unwrap_or_else(|_| Text::new("***").expect("can be shown"))
}

/// Without the marks that would reach into the lines above and below.
fn without_towers(text: Text) -> Text {
    let mut in_a_row = 0;
    let stays = |c: &char| {
        in_a_row = if is_combining_mark(*c) {
            in_a_row + 1
        } else {
            0
        };
        in_a_row <= MARKS_IN_A_ROW_MAX
    };
    let less: String = text.as_str().chars().filter(stays).collect();
    Text::new(less).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use fracas_protocol::chat::Phrase;

    use super::*;

    fn text(words: &str) -> Body {
        Body::Text(Text::new(words).unwrap())
    }

    #[test]
    fn offensive_words_become_asterisks_and_nothing_else_changes() {
        let filtered = |words: &str| ChatPolicy::default().filter(text(words));
        for fine in [
            "Zoë, ça va? gg ñ",
            "kill the leader, he is at the pit",
            "Scunthorpe, class, assist, cockpit",
            "山田さん、ナイス",
            "https://example.org/a?b=c",
            "नमस्ते",
        ] {
            assert_eq!(filtered(fine), text(fine));
        }
        for rude in ["you fucking idiot", "sh1t shit", "f u c k"] {
            let filtered = filtered(rude);
            assert!(filtered.as_str().contains('*'), "{rude}: {filtered:?}");
            assert_ne!(filtered, text(rude));
        }
        let off = ChatPolicy {
            profanity_filter: false,
            ..ChatPolicy::default()
        };
        assert_eq!(
            off.filter(text("you fucking idiot")),
            text("you fucking idiot")
        );
    }

    #[test]
    fn no_number_after_a_name_is_offensive() {
        for number in 0..6_000 {
            assert!(!is_offensive(&format!("Rook {number}")), "{number}");
        }
        assert!(is_offensive("fucking 455"));
        assert!(is_offensive("sh1t"));
    }

    #[test]
    fn towers_of_marks_are_cut_whatever_the_filter() {
        let off = ChatPolicy {
            profanity_filter: false,
            ..ChatPolicy::default()
        };
        let tower = format!("e{}!", "\u{301}".repeat(30));
        assert_eq!(off.filter(text(&tower)), text("e\u{301}\u{301}\u{301}!"));
    }

    #[test]
    fn a_host_allows_words_phrases_or_nothing() {
        let policy = |mode| ChatPolicy {
            mode,
            ..ChatPolicy::default()
        };
        let (words, phrase) = (text("hello"), Body::Phrase(Phrase::Hello));
        for (mode, to_words, to_phrase) in [
            (ChatMode::On, Ok(()), Ok(())),
            (ChatMode::Quick, Err(Refusal::Words), Ok(())),
            (ChatMode::Off, Err(Refusal::Off), Err(Refusal::Off)),
        ] {
            assert_eq!(policy(mode).admits(&words), to_words);
            assert_eq!(policy(mode).admits(&phrase), to_phrase);
        }
        assert_eq!("quick".parse(), Ok(ChatMode::Quick));
        assert!("loud".parse::<ChatMode>().unwrap_err().contains("quick"));
    }
}
