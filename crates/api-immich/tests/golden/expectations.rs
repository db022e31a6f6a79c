//! The list of what is expected of each recorded request: `expectations.toml`.

use std::collections::BTreeSet;

use serde::Deserialize;

/// The whole list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expectations {
    /// Requests whose answers must be the recorded ones.
    must_equal: Vec<String>,
    /// Requests that we answer otherwise.
    differs: Vec<Difference>,
}

/// A request that we answer otherwise on purpose.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    request: String,
    /// Why, and where that is decided.
    because: String,
    /// Our status.
    pub(crate) status: u16,
    /// Our answer.
    pub(crate) instead: Instead,
}

/// What we answer instead.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Instead {
    /// An error with this message.
    Message(String),
    /// Exactly these months and counts, in this order.
    Counts(Vec<(String, u64)>),
    /// Exactly these assets, by their keys in `state.json`, in this order. What is said of those
    /// that upstream has too is the same.
    Rows(Vec<String>),
}

impl Expectations {
    /// The list as committed.
    pub(crate) fn committed() -> Self {
        toml::from_str(include_str!("expectations.toml")).unwrap()
    }

    /// The difference that is said of a request; `None` when it must be equal.
    pub(crate) fn difference(&self, request: &str) -> Option<&Difference> {
        self.differs.iter().find(|difference| difference.request == request)
    }

    pub(crate) fn equal_count(&self) -> usize {
        self.must_equal.len()
    }

    /// What is wrong with the names of the list, when `recorded` are those of the recording.
    pub(crate) fn misnamed(&self, recorded: &[&str]) -> Vec<String> {
        let named: BTreeSet<&str> = self.names().collect();
        let known: BTreeSet<&str> = recorded.iter().copied().collect();
        let missing = known.difference(&named).map(|name| format!("{name}: is not in the list"));
        let unknown = named.difference(&known).map(|name| format!("{name}: is no request"));
        missing.chain(unknown).collect()
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let differing = self.differs.iter().map(|difference| &difference.request);
        self.must_equal.iter().chain(differing).map(String::as_str)
    }
}

#[test]
fn each_request_is_listed_once_and_each_difference_has_its_reason() {
    let list = Expectations::committed();
    let distinct: BTreeSet<&str> = list.names().collect();
    assert_eq!(distinct.len(), list.names().count());
    for Difference { request, because, .. } in &list.differs {
        let says_where = ["QUIRKS", "contract immich §", "DESIGN"];
        assert!(says_where.iter().any(|place| because.contains(place)), "{request}: {because}");
    }
}

#[test]
fn names_that_are_missing_or_too_many_are_found() {
    let list = Expectations { must_equal: vec!["a".into(), "b".into()], differs: Vec::new() };
    assert_eq!(list.misnamed(&["a", "b"]), Vec::<String>::new());
    assert_eq!(list.misnamed(&["b", "c"]), ["c: is not in the list", "a: is no request"]);
}
