//! Player names: what is accepted, and how two players never look the same.
//!
//! A name is text that other people's pages will show, so nothing in it may reorder, hide or break lines, or be read
//! as markup by a careless overlay. It is kept in NFKC, so that `Ａｄａ` is `Ada`. Two names count as equal when one could
//! be read for the other, by the confusable characters of Unicode's UTS 39: of `Ada`, `ada` and `Аda` with a Cyrillic А,
//! the second to come becomes `ada 2`.

use std::{collections::HashSet, sync::Arc};

use fracas_protocol::chat::is_hidden;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{canonical_combining_class, is_combining_mark};
use unicode_security::skeleton;

/// Longest name, in characters.
pub const CHARS_MAX: usize = 24;
/// Longest name, in bytes of UTF-8.
pub const BYTES_MAX: usize = 96;
/// More marks than this on one letter is a tower, not a letter (Vietnamese needs two).
pub const MARKS_IN_A_ROW_MAX: usize = 3;

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
    // Before spaces are made even: a line break is one of them.
    if raw.trim().chars().any(is_hidden) {
        return Err(NameError::Unprintable);
    }
    let name = spaced(&raw.nfkc().collect::<String>());
    if !name.chars().any(is_ink) {
        return Err(if name.is_empty() {
            NameError::Empty
        } else {
            NameError::Unprintable
        });
    }
    if name.chars().any(is_hidden) || has_tower_of_marks(&name) || has_loose_joiner(&name) {
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

/// What the names that are taken look like. Whether a name is free is looked up, whatever their number.
#[derive(Debug, Default)]
pub struct Looks(HashSet<String>);

impl Looks {
    /// `wanted`, or `wanted 2`, `wanted 3`, … : one that looks like none of them.
    pub fn unique(&self, wanted: &str) -> Arc<str> {
        if self.is_free(wanted) {
            return wanted.into();
        }
        let is_free = |number: &usize| self.is_free(&numbered(wanted, *number));
        // Thousands may want the same: the end of their numbers is found by halving, not by counting.
        let mut free = (1..DOUBLINGS_MAX)
            .map(|doublings| 1 << doublings)
            .chain(2..)
            .find(is_free)
            .expect("a room has fewer players than there are numbers");
        let mut taken = if free.is_power_of_two() {
            free / 2
        } else {
            free - 1
        };
        while free - taken > 1 {
            let middle = taken + (free - taken) / 2;
            if is_free(&middle) {
                free = middle;
            } else {
                taken = middle;
            }
        }
        numbered(wanted, free).into()
    }

    /// From now on this name is taken.
    pub fn insert(&mut self, name: &str) {
        self.0.extend(looks(name));
    }

    /// From now on it isn't.
    pub fn remove(&mut self, name: &str) {
        looks(name).iter().for_each(|look| {
            self.0.remove(look);
        });
    }

    /// From now on all names are free.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    fn is_free(&self, name: &str) -> bool {
        looks(name).iter().all(|look| !self.0.contains(look))
    }
}

/// Of the first number that is tried: beyond, somebody has chosen such names on purpose.
const DOUBLINGS_MAX: u32 = 16;

/// What a name can be read for: as it is written (`AdaI` is `Adal`), and whatever its case (`AdaI` is `adai`). Equal in
/// one of them is equal.
fn looks(name: &str) -> [String; 2] {
    let plain: String = name.nfkc().collect();
    let look = |text: &str| without_second_dots(skeleton(text)).to_lowercase();
    [look(&plain), look(&plain.to_lowercase())]
}

/// Without the dots above letters that have one of their own: an i with another is drawn as an i.
fn without_second_dots(text: impl Iterator<Item = char>) -> String {
    let mut is_dotted = false;
    text.filter(|c| {
        if is_dotted && *c == DOT_ABOVE {
            return false;
        }
        // Marks that are not above come before those that are, and leave the letter its dot.
        let is_aside = (1..ABOVE).contains(&canonical_combining_class(*c));
        is_dotted = is_soft_dotted(*c) || is_dotted && is_aside;
        true
    })
    .collect()
}

const DOT_ABOVE: char = '\u{307}';
/// The combining class of marks above a letter.
const ABOVE: u8 = 230;

/// A letter whose dot gives way to a mark above it (Unicode's `Soft_Dotted`), of those that a skeleton leaves.
fn is_soft_dotted(c: char) -> bool {
    matches!(c, 'i' | 'j' | '\u{29D}' | '\u{1D96}' | '\u{1DF1A}')
}

/// One space between words, none around them.
fn spaced(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
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
    !c.is_whitespace() && !is_combining_mark(c) && !is_hidden(c) && !is_joiner(c)
}

fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200D}' | '\u{FE0F}')
}

/// A joiner or an emoji selector that doesn't follow something like an emoji shows nothing.
fn has_loose_joiner(name: &str) -> bool {
    let pairs = std::iter::once(' ').chain(name.chars()).zip(name.chars());
    let holds_on = |c: char| !c.is_ascii() && !c.is_alphanumeric() && c != '\u{200D}';
    pairs
        .into_iter()
        .any(|(before, c)| is_joiner(c) && !holds_on(before))
        || name.ends_with('\u{200D}')
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
        assert_eq!(clean("Ａｄａ　Ⅸ").as_deref(), Ok("Ada IX"));
    }

    #[test]
    fn silly_names_are_refused() {
        let long = "x".repeat(10_000);
        for (name, error) in [
            ("", NameError::Empty),
            (" \u{3000} ", NameError::Empty),
            ("\u{200B}", NameError::Unprintable),
            ("\u{3164}\u{2800}", NameError::Unprintable),
            ("\u{1D173}", NameError::Unprintable),
            ("\u{1D159}a", NameError::Unprintable),
            ("a\u{0}b", NameError::Unprintable),
            ("a\nb", NameError::Unprintable),
            ("\u{1B}[31mred", NameError::Unprintable),
            ("a\u{202E}b", NameError::Unprintable),
            ("a\u{2066}b", NameError::Unprintable),
            ("a\u{2028}b", NameError::Unprintable),
            ("Ada\u{200D}", NameError::Unprintable),
            ("A\u{200D}da", NameError::Unprintable),
            ("Ada\u{FE0F}", NameError::Unprintable),
            ("Ada\u{200C}", NameError::Unprintable),
            ("Ada\u{E0041}", NameError::Unprintable),
            ("Ada\u{FFFE}", NameError::Unprintable),
            ("\u{FDD0}Ada", NameError::Unprintable),
            ("A\u{1FFFF}da", NameError::Unprintable),
            ("👩\u{200D}", NameError::Unprintable),
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
            ("＜b＞Ada", NameError::Markup),
            ("ﷺﷺ", NameError::TooLong),
        ] {
            assert_eq!(clean(name), Err(error), "{name:?}");
        }
    }

    #[test]
    fn the_limits_themselves_are_allowed() {
        assert!(clean(&"x".repeat(CHARS_MAX)).is_ok());
        assert!(clean(&"😀".repeat(CHARS_MAX)).is_ok());
    }

    fn taken(names: &[&str]) -> Looks {
        let mut looks = Looks::default();
        names.iter().for_each(|name| looks.insert(name));
        looks
    }

    #[test]
    fn who_comes_second_gets_a_number() {
        let taken = taken(&["Ada", "ada 2"]);
        assert_eq!(&*taken.unique("Bo"), "Bo");
        assert_eq!(&*taken.unique("ADA"), "ADA 3");
        assert_eq!(&*taken.unique("Ａｄａ"), "Ａｄａ 3");
    }

    #[test]
    fn nobody_can_be_taken_for_somebody_else() {
        for (name, like) in [
            ("Ada", "ada"),
            ("Ada", "\u{410}da"),
            ("Ada", "\u{391}da"),
            ("Ada", "A\u{501}\u{430}"),
            ("Ada", "𝐀𝐝𝐚"),
            ("Ada", "Ａｄａ"),
            ("ada", "\u{410}\u{501}\u{410}"),
            ("Bill", "BiIl"),
            ("Bill", "Bi1l"),
            ("Bill", "B\u{131}||"),
            ("Bill", "Bi\u{307}ll"),
            ("Bill", "B\u{456}\u{307}ll"),
            ("Bill", "B\u{131}\u{307}ll"),
            ("Bill", "B\u{130}ll"),
            ("Bi\u{323}ll", "Bi\u{323}\u{307}ll"),
            ("Jan", "j\u{307}an"),
            ("jan", "\u{237}\u{307}an"),
            ("BILL", "bill"),
            ("Bob", "B0b"),
            ("Mom", "rnorn"),
            ("paypal", "\u{440}\u{430}\u{443}\u{440}\u{430}l"),
            ("Zoë", "Zoe\u{308}"),
            ("Straße", "Stra\u{3B2}e"),
        ] {
            let unique = taken(&[name]).unique(like);
            assert_eq!(
                *unique,
                *format!("{like} 2"),
                "{like:?} looks like {name:?}"
            );
            let unique = taken(&[like]).unique(name);
            assert_eq!(
                *unique,
                *format!("{name} 2"),
                "{name:?} looks like {like:?}"
            );
        }
        for (name, unlike) in [
            ("Ada", "Ida"),
            ("Zoë", "Zoe"),
            ("Zoe", "Zoe\u{307}"),
            ("Bill", "Bi\u{301}ll"),
            ("Ada", "A da"),
            ("Bo 2", "Bo 3"),
        ] {
            assert_eq!(*taken(&[name]).unique(unlike), *unlike);
        }
    }

    #[test]
    fn a_name_is_free_again_when_its_owner_has_gone() {
        let mut taken = taken(&["AdaI", "Bo"]);
        assert_eq!(&*taken.unique("Adal"), "Adal 2");
        taken.remove("AdaI");
        assert_eq!(&*taken.unique("Adal"), "Adal");
        assert_eq!(&*taken.unique("bo"), "bo 2");
        taken.clear();
        assert_eq!(&*taken.unique("bo"), "bo");
    }

    #[test]
    fn numbers_stay_small_and_are_found_without_counting() {
        let mut taken = Looks::default();
        for number in 1..=2_000 {
            let name = taken.unique("Ada");
            let expected = if number == 1 {
                "Ada".into()
            } else {
                format!("Ada {number}")
            };
            assert_eq!(*name, *expected);
            taken.insert(&name);
        }
        taken.remove("Ada 7");
        assert!(taken.is_free(&taken.unique("Ada")));
        // Every power of two is taken on purpose.
        let mut squatted = Looks::default();
        squatted.insert("Bo");
        (1..64).for_each(|power| squatted.insert(&numbered("Bo", 1_usize << power)));
        assert!(squatted.is_free(&squatted.unique("Bo")));
    }

    #[test]
    fn a_numbered_name_keeps_the_limits() {
        let long = "x".repeat(CHARS_MAX);
        let second = taken(&[&long]).unique(&long);
        assert_eq!(second.chars().count(), CHARS_MAX);
        assert!(second.ends_with(" 2") && clean(&second).is_ok());
        let wide = "😀".repeat(CHARS_MAX);
        assert!(taken(&[&wide]).unique(&wide).len() <= BYTES_MAX);
    }
}
