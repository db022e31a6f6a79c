//! Comparing texts as people do: without case and without accents.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// A text without case and accents, made once to be looked for in many others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Folded(String);

impl Folded {
    /// The folded form of `text`.
    pub(crate) fn new(text: &str) -> Self {
        Self(fold(text))
    }

    /// Whether `text` holds this text somewhere.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        if text.is_ascii() {
            return holds_ascii(text.as_bytes(), self.0.as_bytes());
        }
        fold(text).contains(&self.0)
    }

    /// Whether `text` begins with this text.
    pub(crate) fn begins(&self, text: &str) -> bool {
        fold(text).starts_with(&self.0)
    }
}

/// Whether an ASCII text holds a folded one.
fn holds_ascii(text: &[u8], part: &[u8]) -> bool {
    if part.is_empty() {
        return true;
    }
    let same = |window: &[u8]| window.iter().zip(part).all(|(a, b)| a.to_ascii_lowercase() == *b);
    text.windows(part.len()).any(same)
}

fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.nfd().filter(|character| !is_combining_mark(*character)) {
        for lower in character.to_lowercase() {
            match plain(lower) {
                Some(letters) => folded.push_str(letters),
                None => folded.push(lower),
            }
        }
    }
    folded
}

/// Letters that are not made of a plain one and a mark, and yet are written so where they lack.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ı' => "i",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_do_not_matter() {
        for (part, text, expected) in [
            ("straße", "Lange STRASSE 5", true),
            ("strasse", "Straße", true),
            ("ZURICH", "in Zürich", true),
            ("Zürich", "zurich.jpg", true),
            ("lodz", "Łódź", true),
            ("", "anything", true),
            ("", "", true),
            ("img", "IMG_1.JPG", true),
            ("img_2", "IMG_1.JPG", false),
            ("longer than the text", "text", false),
            ("ς", "ΟΔΟΣ", false),
            ("東京", "旅行 東京 2024", true),
        ] {
            assert_eq!(Folded::new(part).is_in(text), expected, "{part} in {text}");
        }
        assert!(Folded::new("sao").begins("São Paulo"));
        assert!(!Folded::new("paulo").begins("São Paulo"));
    }
}
