//! A change of preferences: a part of the whole, of which only what is known is taken (contract
//! immich §D2.2).

use kalends_library::Preferences;
use kalends_library::stored::AvatarColor;
use serde_json::{Map, Value, json};

use super::accounts::chosen_color;
use super::body::BodyFields;
use crate::to_wire::dates;

/// What a field holds.
#[derive(Clone, Copy)]
enum Holds {
    Boolean,
    /// A whole number above zero.
    Count,
    Order,
    Date,
}

/// The fields of a part.
type Part = (&'static str, &'static [(&'static str, Holds)]);

/// Every part with its fields.
const PARTS: [Part; 11] = [
    ("albums", &[("defaultAssetOrder", Holds::Order)]),
    ("cast", &[("gCastEnabled", Holds::Boolean)]),
    ("download", &[("archiveSize", Holds::Count), ("includeEmbeddedVideos", Holds::Boolean)]),
    (
        "emailNotifications",
        &[
            ("enabled", Holds::Boolean),
            ("albumInvite", Holds::Boolean),
            ("albumUpdate", Holds::Boolean),
        ],
    ),
    ("folders", &SIDEBAR),
    ("memories", &[("enabled", Holds::Boolean), ("duration", Holds::Count)]),
    ("people", &SIDEBAR),
    ("purchase", &[("hideBuyButtonUntil", Holds::Date), ("showSupportBadge", Holds::Boolean)]),
    ("ratings", &[("enabled", Holds::Boolean)]),
    ("sharedLinks", &SIDEBAR),
    ("tags", &SIDEBAR),
];

const SIDEBAR: [(&str, Holds); 2] = [("enabled", Holds::Boolean), ("sidebarWeb", Holds::Boolean)];

/// What is to change: preferences, and the colour, which upstream takes here as well.
pub(crate) struct SentPreferences {
    pub(crate) changes: Preferences,
    pub(crate) color: Option<AvatarColor>,
}

/// Reads a change.
pub(crate) fn changes(fields: &mut BodyFields<'_>) -> SentPreferences {
    let mut changes = Map::new();
    for (part, known) in PARTS {
        let read = fields.object(part, |fields| {
            known
                .iter()
                .filter_map(|&(name, holds)| Some((name.to_owned(), read(fields, name, holds)?)))
                .collect()
        });
        changes.extend(read.map(|part_changes| (part.to_owned(), Value::Object(part_changes))));
    }
    let color = fields.object("avatar", |fields| chosen_color(fields, "color")).flatten();
    SentPreferences { changes, color }
}

fn read(fields: &mut BodyFields<'_>, name: &str, holds: Holds) -> Option<Value> {
    match holds {
        Holds::Boolean => fields.boolean(name).map(Value::from),
        Holds::Count => fields.integer(name, 1, 1 << 53).map(Value::from),
        Holds::Order => fields.choice(name, &[("asc", "asc"), ("desc", "desc")]).map(Value::from),
        Holds::Date => fields.date(name).map(|date| json!(dates::instant(date.instant()))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::body::read_value;
    use super::*;

    #[test]
    fn only_what_is_known_is_taken() {
        let sent = json!({
            "tags": {"enabled": true, "other": 1},
            "memories": {"duration": 9},
            "albums": {"defaultAssetOrder": "asc"},
            "purchase": {"hideBuyButtonUntil": "2030-01-02T03:04:05Z"},
            "avatar": {"color": "red"},
            "unknown": {"enabled": true},
        });
        let read = read_value(&sent, changes).unwrap();
        let expected = json!({
            "tags": {"enabled": true},
            "memories": {"duration": 9},
            "albums": {"defaultAssetOrder": "asc"},
            "purchase": {"hideBuyButtonUntil": "2030-01-02T03:04:05.000Z"},
        });
        assert_eq!(Value::Object(read.changes), expected);
        assert_eq!(read.color, Some(AvatarColor::Red));
    }

    #[test]
    fn wrong_values_are_told_with_their_place() {
        for (sent, expected) in [
            (json!({"tags": {"enabled": 3}}), "tags.enabled must be a boolean value"),
            (json!({"tags": true}), "tags must be an object"),
            (json!({"memories": {"duration": 0}}), "memories.duration must not be less than 1"),
            (
                json!({"albums": {"defaultAssetOrder": "up"}}),
                "albums.defaultAssetOrder must be one of the following values: asc, desc",
            ),
            (
                json!({"purchase": {"hideBuyButtonUntil": "soon"}}),
                "purchase.hideBuyButtonUntil must be a date string",
            ),
        ] {
            let told = read_value(&sent, changes).err().map(|failure| failure.words());
            assert_eq!(told.as_deref(), Some(expected), "{sent}");
        }
    }
}
