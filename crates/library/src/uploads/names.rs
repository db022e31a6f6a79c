//! Names of uploaded files: what a client sends, made fit to be shown and fit for a disk.
//!
//! A client's name is text from outside. It may hold paths, control characters, names that Windows
//! keeps for devices, or far too many characters. What is shown keeps as much of it as is a name;
//! what lies on the disk can also be copied to any other system.

/// The most characters of a name that is shown.
const SHOWN_CHARS_MAX: usize = 255;
/// The most bytes of a name on the disk. Systems take 255; a number, an ending of a sidecar and of
/// a backup must fit behind it.
const STORED_BYTES_MAX: usize = 200;
/// The most bytes of an ending that is kept when a name is cut.
const ENDING_BYTES_MAX: usize = 16;

/// The name as it is shown: its last part, without control characters.
pub fn shown(sent: &str) -> String {
    let last = sent.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control()).collect();
    cut(name.trim(), |name| name.chars().count() <= SHOWN_CHARS_MAX)
}

/// The name under which a file is stored: [`shown`], without what some system forbids.
pub fn stored(sent: &str) -> String {
    let shown = shown(sent);
    let plain: String = shown
        .chars()
        .map(|c| match c {
            '<' | '>' | ':' | '"' | '|' | '?' | '*' => '_',
            // Characters that turn the direction of writing make an ending look like another.
            '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '_',
            c => c,
        })
        .collect();
    let plain = plain.trim_start_matches(['.', ' ']).trim_end_matches(['.', ' ']);
    let name = cut(plain, |name| name.len() <= STORED_BYTES_MAX);
    match name.as_str() {
        "" => "unnamed".to_owned(),
        name if is_device(name) => format!("_{name}"),
        name => name.to_owned(),
    }
}

/// The name with a number before its ending: what is tried when the name is taken.
pub fn numbered(name: &str, number: u32) -> String {
    let (stem, ending) = split(name);
    format!("{stem}+{number}{ending}")
}

/// Stem and ending, the ending with its dot.
fn split(name: &str) -> (&str, &str) {
    match name.rfind('.') {
        Some(at) if at > 0 && name.len() - at <= ENDING_BYTES_MAX => name.split_at(at),
        _ => (name, ""),
    }
}

/// The name, its stem cut until it fits.
fn cut(name: &str, fits: impl Fn(&str) -> bool) -> String {
    if fits(name) {
        return name.to_owned();
    }
    let (stem, ending) = split(name);
    let mut stem = stem.to_owned();
    loop {
        let name = format!("{stem}{ending}");
        if fits(&name) || stem.pop().is_none() {
            return name;
        }
    }
}

/// Whether Windows keeps the name for a device, whatever its ending.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    let is = |device: &str| stem.eq_ignore_ascii_case(device);
    let is_numbered = |device: &str| {
        stem.len() == 4
            && stem.is_char_boundary(3)
            && stem[..3].eq_ignore_ascii_case(device)
            && stem.as_bytes()[3].is_ascii_digit()
    };
    ["con", "prn", "aux", "nul"].into_iter().any(is) || ["com", "lpt"].into_iter().any(is_numbered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in ["IMG_1.jpg", "日本 の写真.HEIC", "a.b.c.mov", "no ending", "Straße+1.png"]
        {
            assert_eq!((shown(name).as_str(), stored(name).as_str()), (name, name));
        }
    }

    #[test]
    fn hostile_names_become_harmless() {
        for (sent, expected) in [
            ("../../etc/passwd.jpg", "passwd.jpg"),
            ("..\\..\\windows\\a.jpg", "a.jpg"),
            ("/absolute.jpg", "absolute.jpg"),
            ("a\0b\n.jpg", "ab.jpg"),
            ("..", "unnamed"),
            ("", "unnamed"),
            ("///", "unnamed"),
            (".hidden.jpg", "hidden.jpg"),
            ("trailing. . ", "trailing"),
            ("CON", "_CON"),
            ("nul.jpg", "_nul.jpg"),
            ("Com1.tar.gz", "_Com1.tar.gz"),
            ("com10.jpg", "com10.jpg"),
            ("a:b*c?.jpg", "a_b_c_.jpg"),
            ("photo\u{202e}gpj.exe", "photo_gpj.exe"),
        ] {
            assert_eq!(stored(sent), expected, "{sent:?}");
        }
    }

    #[test]
    fn long_names_are_cut_before_their_ending() {
        for letter in ["a", "é", "🦀"] {
            let long = format!("{}.jpeg", letter.repeat(300));
            let name = stored(&long);
            assert!(name.len() <= STORED_BYTES_MAX && name.len() > STORED_BYTES_MAX - 8, "{name}");
            assert!(name.ends_with(&format!("{letter}.jpeg")));
            assert_eq!(shown(&long).chars().count(), SHOWN_CHARS_MAX);
        }
        assert!(stored(&"x.".repeat(300)).len() <= STORED_BYTES_MAX);
    }

    #[test]
    fn a_number_stands_before_the_ending() {
        assert_eq!(numbered("a.jpg", 1), "a+1.jpg");
        assert_eq!(numbered("a", 12), "a+12");
        assert_eq!(numbered(&stored(&"é.".repeat(300)), 1).matches('+').count(), 1);
    }
}
