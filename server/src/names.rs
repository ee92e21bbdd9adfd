//! Player names: what is accepted, and how two players never look the same.
//!
//! A name is text that other people's pages will show, so nothing in it may reorder, hide or break lines, or be read
//! as markup by a careless overlay. It is kept in NFC; two names count as equal when they are equal after NFKC and
//! lower-casing, so `Ada`, `ada` and `Ａｄａ` don't meet in one room: the second one becomes `ada 2`.

use std::{collections::HashSet, sync::Arc};

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Longest name, in characters.
pub const CHARS_MAX: usize = 24;
/// Longest name, in bytes of UTF-8.
pub const BYTES_MAX: usize = 96;
/// More marks than this on one letter is a tower, not a letter (Vietnamese needs two).
const MARKS_IN_A_ROW_MAX: usize = 3;

/// Why a name was refused, in words for the player.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing visible in it.
    #[error("choose a name: this one is empty")]
    Empty,
    /// Over [`CHARS_MAX`] or [`BYTES_MAX`].
    #[error("the name is too long: at most 24 characters")]
    TooLong,
    /// Control, direction or invisible characters.
    #[error("the name contains characters that can't be shown")]
    Unprintable,
    /// Something like `<b>`.
    #[error("the name looks like markup")]
    Markup,
}

/// Brings a name into its one form, or says what is wrong with it.
pub fn clean(raw: &str) -> Result<String, NameError> {
    // Normalising can lengthen text, so bound it before doing any work on it.
    if raw.len() > 4 * BYTES_MAX {
        return Err(NameError::TooLong);
    }
    if raw
        .trim()
        .chars()
        .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
    {
        return Err(NameError::Unprintable);
    }
    let name: String = raw
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .nfc()
        .collect();
    if !name.chars().any(is_ink) {
        return Err(if name.is_empty() {
            NameError::Empty
        } else {
            NameError::Unprintable
        });
    }
    if name.chars().any(is_deceptive) || has_tower_of_marks(&name) {
        return Err(NameError::Unprintable);
    }
    if name.chars().count() > CHARS_MAX || name.len() > BYTES_MAX {
        return Err(NameError::TooLong);
    }
    if looks_like_markup(&name) {
        return Err(NameError::Markup);
    }
    Ok(name)
}

/// `wanted`, or `wanted 2`, `wanted 3`, … : the first whose [`look`] is not `taken`.
pub fn unique(wanted: &str, taken: &HashSet<String>) -> Arc<str> {
    if !taken.contains(&look(wanted)) {
        return wanted.into();
    }
    (2..)
        .map(|number| numbered(wanted, number))
        .find(|candidate| !taken.contains(&look(candidate)))
        .expect("a room has fewer players than there are numbers")
        .into()
}

/// Equal looks, equal key.
pub fn look(name: &str) -> String {
    name.nfkc().collect::<String>().to_lowercase()
}

/// The name with a number behind it, shortened from the end where it would not fit.
fn numbered(name: &str, number: usize) -> String {
    let suffix = format!(" {number}");
    let mut stem: Vec<char> = name.chars().collect();
    while stem.len() + suffix.len() > CHARS_MAX
        || stem.iter().map(|c| c.len_utf8()).sum::<usize>() + suffix.len() > BYTES_MAX
    {
        stem.pop();
    }
    stem.into_iter().collect::<String>().trim_end().to_owned() + &suffix
}

/// Leaves a mark on the screen by itself.
fn is_ink(c: char) -> bool {
    !c.is_whitespace()
        && !is_combining_mark(c)
        && !is_deceptive(c)
        && !matches!(c, '\u{200D}' | '\u{FE0F}')
}

/// Invisible, or changes the direction of what follows. The joiner and the emoji selector may stay: emoji need them.
fn is_deceptive(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}' | '\u{200C}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0E}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFD}'
        | '\u{E000}'..='\u{F8FF}' | '\u{E0000}'..='\u{10FFFF}')
}

fn has_tower_of_marks(name: &str) -> bool {
    let mut marks_in_a_row = 0;
    name.chars().any(|c| {
        marks_in_a_row = if is_combining_mark(c) {
            marks_in_a_row + 1
        } else {
            0
        };
        marks_in_a_row > MARKS_IN_A_ROW_MAX
    })
}

/// `<` opens a tag only before a letter, `/`, `!` or `?`; `<3` is a heart. `&#` starts a reference.
fn looks_like_markup(name: &str) -> bool {
    let after = |mark: char| {
        name.match_indices(mark)
            .map(|(at, _)| name[at + 1..].chars().next())
    };
    after('<')
        .any(|next| next.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')))
        || after('&').any(|next| next == Some('#'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in [
            "Ada",
            "Bo the 3rd",
            "<3 Ada",
            "Zoë",
            "Nguyễn",
            "山田",
            "👩‍🚀",
            "a & b",
            "ñ",
        ] {
            assert_eq!(clean(name).as_deref(), Ok(name));
        }
    }

    #[test]
    fn outer_and_doubled_spaces_go_and_letters_are_composed() {
        assert_eq!(clean("  Ada   L ").as_deref(), Ok("Ada L"));
        assert_eq!(clean("Zoe\u{308}").as_deref(), Ok("Zoë"));
    }

    #[test]
    fn silly_names_are_refused() {
        let long = "x".repeat(10_000);
        for (name, error) in [
            ("", NameError::Empty),
            (" \u{3000} ", NameError::Empty),
            ("\u{200B}", NameError::Unprintable),
            ("\u{3164}\u{2800}", NameError::Unprintable),
            ("a\u{0}b", NameError::Unprintable),
            ("a\nb", NameError::Unprintable),
            ("\u{1B}[31mred", NameError::Unprintable),
            ("a\u{202E}b", NameError::Unprintable),
            ("a\u{2066}b", NameError::Unprintable),
            (
                "e\u{301}\u{301}\u{301}\u{301}\u{301}",
                NameError::Unprintable,
            ),
            ("1234567890123456789012345", NameError::TooLong),
            (&long, NameError::TooLong),
            ("<b>Ada", NameError::Markup),
            ("</script>", NameError::Markup),
            ("<!--", NameError::Markup),
            ("&#60;", NameError::Markup),
        ] {
            assert_eq!(clean(name), Err(error), "{name:?}");
        }
    }

    #[test]
    fn the_limits_themselves_are_allowed() {
        assert!(clean(&"x".repeat(CHARS_MAX)).is_ok());
        assert!(clean(&"😀".repeat(CHARS_MAX)).is_ok());
    }

    #[test]
    fn who_comes_second_gets_a_number() {
        let taken: Vec<Arc<str>> = ["Ada".into(), "ada 2".into()].to_vec();
        let taken: HashSet<_> = taken.iter().map(|name| look(name)).collect();
        assert_eq!(&*unique("Bo", &taken), "Bo");
        assert_eq!(&*unique("ADA", &taken), "ADA 3");
        assert_eq!(&*unique("Ａｄａ", &taken), "Ａｄａ 3");
    }

    #[test]
    fn a_numbered_name_keeps_the_limits() {
        let long: Arc<str> = "x".repeat(CHARS_MAX).into();
        let second = unique(&long, &HashSet::from([look(&long)]));
        assert_eq!(second.chars().count(), CHARS_MAX);
        assert!(second.ends_with(" 2") && clean(&second).is_ok());
        let wide: Arc<str> = "😀".repeat(CHARS_MAX).into();
        assert!(unique(&wide, &HashSet::from([look(&wide)])).len() <= BYTES_MAX);
    }
}
