//! What there is to carry: every kind of record with its columns, and what is left out.
//!
//! Whoever adds a table or a column adds it here, with a sentence, or to [`LEFT_OUT`] with the
//! reason; then `KALENDS_BLESS=1 cargo test -p kalends-library portable` writes it into
//! `docs/export-format.md`. A new column that older files do not have needs a value to stand in for
//! it ([`Column::or`]).

mod albums;
mod assets;
mod people;
mod users;

use kalends_model::Offset;

use super::{Absent, Column, Holds, Table};

/// Every kind of record, in the order in which an export writes them: what is named comes before
/// what names it.
pub const TABLES: &[&Table] = &[
    &users::SETTING,
    &users::USER,
    &users::PROFILE_IMAGE,
    &users::API_KEY,
    &users::SESSION,
    &users::PARTNER,
    &assets::LIBRARY,
    &assets::LIBRARY_FOLDER,
    &assets::STACK,
    &assets::ASSET,
    &assets::FILE,
    &assets::UPLOAD,
    &assets::ASSET_METADATA,
    &assets::PROBLEM,
    &assets::REMOVED_FILE,
    &albums::ALBUM,
    &albums::ALBUM_MEMBER,
    &albums::ALBUM_ASSET,
    &albums::ACTIVITY,
    &people::PERSON,
    &people::FACE,
    &people::TAG,
    &people::TAG_ASSET,
    &albums::SHARED_LINK,
    &albums::LINK_ASSET,
    &assets::MEMORY,
    &assets::MEMORY_ASSET,
    &assets::UNDO,
];

/// Tables, and columns of tables that are carried, which no record holds, each with the reason.
pub const LEFT_OUT: &[(&str, &str)] = &[
    ("changes", "the change feed: whoever follows it starts afresh after an import"),
    ("jobs", "a queue of work, which finds its work anew"),
    ("users.has_profile_image", "told by the profile-image"),
    ("stacks.timeline_count", "counted from the members"),
    ("details.owner", "the owner of the asset"),
    ("details.asset", "the id of the asset"),
];

const COUNT: Holds = Holds::Whole(0, i64::MAX);
const PIXELS: Holds = Holds::Whole(0, i32::MAX as i64);
const SMALL: Holds = Holds::Whole(i32::MIN as i64, i32::MAX as i64);
const ANY_WHOLE: Holds = Holds::Whole(i64::MIN, i64::MAX);
const ANY_REAL: Holds = Holds::Real(f64::MIN, f64::MAX);
const SECONDS_EAST: Holds =
    Holds::Whole(1 - Offset::SECONDS_LIMIT as i64, Offset::SECONDS_LIMIT as i64 - 1);

const fn col(name: &'static str, holds: Holds, says: &'static str) -> Column {
    Column { name, is_beside: false, field: name, holds, absent: Absent::Refused, says }
}

/// A column that may hold nothing.
const fn opt(name: &'static str, holds: Holds, says: &'static str) -> Column {
    Column { absent: Absent::Null, ..col(name, holds, says) }
}

impl Column {
    /// What it is called outside.
    const fn at(mut self, field: &'static str) -> Self {
        self.field = field;
        self
    }

    /// What stands in for an absent field.
    const fn or(mut self, absent: i64) -> Self {
        self.absent = Absent::Integer(absent);
        self
    }

    const fn or_text(mut self, absent: &'static str) -> Self {
        self.absent = Absent::Text(absent);
        self
    }

    /// The field whose value stands in for it.
    const fn like(mut self, field: &'static str) -> Self {
        self.absent = Absent::Like(field);
        self
    }

    /// It lies in the second table.
    const fn beside(mut self) -> Self {
        self.is_beside = true;
        self
    }
}

fn is_object(json: &str) -> bool {
    serde_json::from_str::<serde_json::Map<_, serde_json::Value>>(json).is_ok()
}
