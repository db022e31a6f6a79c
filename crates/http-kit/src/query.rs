//! The query string as an ordered list of decoded pairs.
//!
//! Frameworks fold a query into a map and so lose what both contracts speak of: that a parameter
//! was sent twice, or in which order. Here repeats and order are kept.

use std::borrow::Cow;

use http::Uri;
use percent_encoding::percent_decode_str;

/// The most pairs that a query may hold.
pub const PAIRS_MAX: usize = 1_000;

/// The decoded parameters of a request, in the order they were sent.
///
/// Percent escapes are decoded and `+` is a space. Bytes that are not UTF-8 become U+FFFD, so that
/// they fit no known name and no valid value; a NUL stays a NUL, and parsers refuse it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    pairs: Vec<(String, String)>,
}

/// The query holds more than [`PAIRS_MAX`] pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the query holds more than {PAIRS_MAX} parameters")]
pub struct TooManyPairs;

/// How often a parameter was sent that should be sent at most once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Once<'a> {
    /// Not at all.
    Absent,
    /// Once, with this value, which may be empty.
    Given(&'a str),
    /// More than once.
    Repeated,
}

impl Query {
    /// Reads the part of an address after its `?`.
    pub fn parse(raw: &str) -> Result<Self, TooManyPairs> {
        let mut pairs = Vec::new();
        for pair in raw.split('&').filter(|pair| !pair.is_empty()) {
            if pairs.len() == PAIRS_MAX {
                return Err(TooManyPairs);
            }
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            pairs.push((decode(name), decode(value)));
        }
        Ok(Self { pairs })
    }

    /// Reads the query of an address; without one, there are no pairs.
    pub fn of(uri: &Uri) -> Result<Self, TooManyPairs> {
        Self::parse(uri.query().unwrap_or(""))
    }

    /// Every pair, in the order sent.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Every value of `name`, in the order sent.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs().filter(move |(sent, _)| *sent == name).map(|(_, value)| value)
    }

    /// The value of `name`, told apart from an absent and from a repeated one.
    pub fn one<'a>(&'a self, name: &'a str) -> Once<'a> {
        let mut values = self.all(name);
        match (values.next(), values.next()) {
            (None, _) => Once::Absent,
            (Some(value), None) => Once::Given(value),
            (Some(_), Some(_)) => Once::Repeated,
        }
    }

    /// The first value of `name`.
    pub fn first<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// The last value of `name`: what a dialect uses whose framework lets the last one win.
    pub fn last<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).last()
    }
}

fn decode(text: &str) -> String {
    let spaced: Cow<'_, str> =
        if text.contains('+') { text.replace('+', " ").into() } else { text.into() };
    percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(raw: &str) -> Query {
        Query::parse(raw).unwrap()
    }

    #[test]
    fn pairs_are_decoded_and_keep_their_order() {
        for (raw, expected) in [
            ("", vec![]),
            ("&&", vec![]),
            ("a=1&b=2&a=3", vec![("a", "1"), ("b", "2"), ("a", "3")]),
            ("a", vec![("a", "")]),
            ("a=", vec![("a", "")]),
            ("=x", vec![("", "x")]),
            ("a=b=c", vec![("a", "b=c")]),
            ("a=x+y%2Bz", vec![("a", "x y+z")]),
            ("%61=%e6%9d%b1", vec![("a", "東")]),
            ("a=%00", vec![("a", "\0")]),
            ("a=%ff", vec![("a", "\u{fffd}")]),
            ("a=%zz%", vec![("a", "%zz%")]),
        ] {
            assert_eq!(query(raw).pairs().collect::<Vec<_>>(), expected, "{raw}");
        }
    }

    #[test]
    fn absent_given_and_repeated_are_told_apart() {
        let query = query("a=1&b=&c=1&c=2");
        assert_eq!(query.one("a"), Once::Given("1"));
        assert_eq!(query.one("b"), Once::Given(""));
        assert_eq!(query.one("c"), Once::Repeated);
        assert_eq!(query.one("d"), Once::Absent);
        assert_eq!((query.first("c"), query.last("c")), (Some("1"), Some("2")));
        assert_eq!(query.all("c").collect::<Vec<_>>(), ["1", "2"]);
    }

    #[test]
    fn too_many_pairs_are_refused() {
        let raw = |count: usize| vec!["a=1"; count].join("&");
        assert!(Query::parse(&raw(PAIRS_MAX)).is_ok());
        assert_eq!(Query::parse(&raw(PAIRS_MAX + 1)), Err(TooManyPairs));
    }
}
