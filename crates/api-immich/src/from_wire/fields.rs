//! Reading the parameters of a query one by one, collecting what is wrong with each.

use kalends_http_kit::{Once, Query};
use uuid::{Uuid, Variant, Version};

/// A query under reading. Messages are collected in the order in which fields are read.
pub struct Fields<'a> {
    query: &'a Query,
    messages: Vec<String>,
}

impl<'a> Fields<'a> {
    /// Begins to read `query`.
    pub fn of(query: &'a Query) -> Self {
        Self { query, messages: Vec::new() }
    }

    /// Notes that something is wrong.
    pub fn refuse(&mut self, message: impl Into<String>) {
        self.messages.push(message.into());
    }

    /// How often `name` was sent, and with what.
    pub fn raw(&self, name: &'static str) -> Once<'a> {
        self.query.one(name)
    }

    /// A text that must be there, once.
    pub fn required_text(&mut self, name: &'static str) -> &'a str {
        if let Once::Given(text) = self.raw(name) {
            return text;
        }
        self.refuse(format!("{name} must be a string"));
        ""
    }

    /// A UUID of version 4.
    pub fn uuid(&mut self, name: &'static str) -> Option<Uuid> {
        match self.raw(name) {
            Once::Absent => return None,
            Once::Given(text) => {
                if let Some(uuid) = uuid_v4(text) {
                    return Some(uuid);
                }
                self.refuse(format!("{name} must be a UUID"));
            }
            Once::Repeated => {
                self.refuse(format!("{name} must be a UUID"));
                self.refuse(format!("{name} must be a string"));
            }
        }
        None
    }

    /// `true` or `false`, in lower case.
    pub fn boolean(&mut self, name: &'static str) -> Option<bool> {
        match self.raw(name) {
            Once::Absent => return None,
            Once::Given("true") => return Some(true),
            Once::Given("false") => return Some(false),
            Once::Given(_) | Once::Repeated => {}
        }
        self.refuse(format!("{name} must be a boolean value"));
        None
    }

    /// A UUID of version 4 that must be there.
    pub fn required_uuid(&mut self, name: &'static str) -> Uuid {
        if matches!(self.raw(name), Once::Absent) {
            self.refuse(format!("{name} must be a UUID"));
        }
        self.uuid(name).unwrap_or_default()
    }

    /// A whole number between two bounds, both allowed.
    pub fn integer(&mut self, name: &'static str, least: u64, most: u64) -> Option<u64> {
        let text = match self.raw(name) {
            Once::Absent => return None,
            Once::Given(text) => text,
            Once::Repeated => "",
        };
        let Ok(number) = text.trim().parse::<i64>() else {
            self.refuse(format!("{name} must be an integer number"));
            return None;
        };
        match u64::try_from(number) {
            Ok(number) if (least..=most).contains(&number) => return Some(number),
            Ok(number) if number > most => {
                self.refuse(format!("{name} must not be greater than {most}"));
            }
            _ => self.refuse(format!("{name} must not be less than {least}")),
        }
        None
    }

    /// One of a few names.
    pub fn choice<T: Copy>(&mut self, name: &'static str, choices: &[(&str, T)]) -> Option<T> {
        match self.raw(name) {
            Once::Absent => return None,
            Once::Given(text) => {
                if let Some((_, value)) = choices.iter().find(|(known, _)| *known == text) {
                    return Some(*value);
                }
            }
            Once::Repeated => {}
        }
        let known: Vec<&str> = choices.iter().map(|(known, _)| *known).collect();
        let known = known.join(", ");
        self.refuse(format!("{name} must be one of the following values: {known}"));
        None
    }

    /// `value` when nothing was wrong, or else every message.
    pub fn finish<T>(self, value: T) -> Result<T, Vec<String>> {
        if self.messages.is_empty() { Ok(value) } else { Err(self.messages) }
    }
}

/// The UUID of version 4 that `text` spells with hyphens, in either case. Other versions are
/// refused, and so are other spellings that UUID parsers often accept.
pub(crate) fn uuid_v4(text: &str) -> Option<Uuid> {
    const HYPHENATED_LENGTH: usize = 36;
    let uuid = Uuid::try_parse(text).ok().filter(|_| text.len() == HYPHENATED_LENGTH)?;
    let is_v4 = uuid.get_version() == Some(Version::Random);
    (is_v4 && uuid.get_variant() == Variant::RFC4122).then_some(uuid)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(raw: &str, read: impl Fn(&mut Fields<'_>)) -> Vec<String> {
        let query = Query::parse(raw).unwrap();
        let mut fields = Fields::of(&query);
        read(&mut fields);
        fields.finish(()).err().unwrap_or_default()
    }

    #[test]
    fn only_hyphenated_uuids_of_version_4_are_ids() {
        for text in ["10000000-0000-4000-8000-000000000001", "ABCDEFAB-CDEF-4BCD-bFAB-CDEFABCDEFAB"]
        {
            assert!(uuid_v4(text).is_some(), "{text}");
        }
        for text in [
            "",
            "x",
            "undefined",
            "10000000-0000-4000-8000-00000000000G",
            "10000000-0000-7000-8000-000000000001",
            "10000000-0000-1000-8000-000000000001",
            "10000000-0000-4000-c000-000000000001",
            "00000000-0000-0000-0000-000000000000",
            "10000000000040008000000000000001",
            "{10000000-0000-4000-8000-000000000001}",
            "urn:uuid:10000000-0000-4000-8000-000000000001",
            " 10000000-0000-4000-8000-000000000001",
            "10000000-0000-4000-8000-000000000001\0",
        ] {
            assert_eq!(uuid_v4(text), None, "{text}");
        }
    }

    #[test]
    fn each_kind_of_field_has_its_texts() {
        let uuid = |fields: &mut Fields<'_>| {
            fields.uuid("userId");
        };
        let boolean = |fields: &mut Fields<'_>| {
            fields.boolean("isFavorite");
        };
        let order = |fields: &mut Fields<'_>| {
            fields.choice("order", &[("asc", 1), ("desc", 2)]);
        };
        let text = |fields: &mut Fields<'_>| {
            fields.required_text("timeBucket");
        };
        let id = "10000000-0000-4000-8000-000000000001";
        let repeated = ["userId must be a UUID", "userId must be a string"];
        let one_of = "order must be one of the following values: asc, desc";
        assert_eq!(messages("userId=", uuid), ["userId must be a UUID"]);
        assert_eq!(messages(&format!("userId={id}&userId={id}"), uuid), repeated);
        for raw in [
            "isFavorite=",
            "isFavorite=1",
            "isFavorite=True",
            "isFavorite",
            "isFavorite=true&isFavorite=true",
        ] {
            assert_eq!(messages(raw, boolean), ["isFavorite must be a boolean value"], "{raw}");
        }
        for raw in ["order=", "order=up", "order=ASC", "order=asc&order=asc"] {
            assert_eq!(messages(raw, order), [one_of], "{raw}");
        }
        for raw in ["", "timeBucket=1&timeBucket=1"] {
            assert_eq!(messages(raw, text), ["timeBucket must be a string"], "{raw}");
        }
        assert!(messages("timeBucket=", text).is_empty());
        let page = |fields: &mut Fields<'_>| {
            fields.integer("page", 1, 10);
        };
        assert_eq!(messages("page=0", page), ["page must not be less than 1"]);
        assert_eq!(messages("page=-3", page), ["page must not be less than 1"]);
        assert_eq!(messages("page=11", page), ["page must not be greater than 10"]);
        for raw in ["page=", "page=x", "page=1.5", "page=1&page=2", "page=99999999999999999999"] {
            assert_eq!(messages(raw, page), ["page must be an integer number"], "{raw}");
        }
        let required = |fields: &mut Fields<'_>| {
            fields.required_uuid("id");
        };
        assert_eq!(messages("", required), ["id must be a UUID"]);
        let nothing: [String; 0] = [];
        assert_eq!(messages(&format!("userId={id}"), uuid), nothing);
    }
}
