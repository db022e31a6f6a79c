//! What is searched for (contract immich §D4, §D10 `MetadataSearch` and its relatives).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kalends_library::Search;
use kalends_library::search::Device;
use kalends_library::stored::Span;
use kalends_model::{AlbumId, AssetId, Direction, Kind, LibraryId, PersonId, TagId};
use uuid::Uuid;

use super::asset_edit::VISIBILITIES;
use super::body::{BodyFields, Sent};

/// How many a page holds, unless it is said.
const PAGE_SIZE: usize = 250;
/// The most that a page may hold.
const PAGE_SIZE_MAX: i64 = 1_000;
/// No page lies further back.
const PAGE_MAX: i64 = 1_000_000_000;

/// The device that scanned files are said to come from (contract immich §D4).
const SCANNER: &str = "Library Import";

/// A search with how its answer is to be shown. A route uses what its own fields are.
#[derive(Clone, Debug)]
pub(crate) struct SearchAsked {
    /// What is searched for.
    pub(crate) search: Search,
    /// By instant, which way.
    pub(crate) direction: Direction,
    /// Which page, from 1.
    pub(crate) page: usize,
    /// How many on a page.
    pub(crate) size: usize,
    /// Whether `exifInfo` is wanted.
    pub(crate) with_exif: bool,
    /// Whether `people` are wanted.
    pub(crate) with_people: bool,
}

/// Reads every field that any search has.
pub(crate) fn search(fields: &mut BodyFields<'_>) -> SearchAsked {
    let mut search = Search {
        id: fields.uuid("id").map(AssetId::from),
        visibility: fields.choice("visibility", &VISIBILITIES),
        is_favorite: fields.boolean("isFavorite"),
        is_offline: fields.boolean("isOffline"),
        with_deleted: fields.boolean("withDeleted") == Some(true),
        library: fields.nullable_uuid("libraryId").map(LibraryId::from).change(),
        albums: ids(fields, "albumIds", AlbumId::from),
        is_not_in_album: fields.boolean("isNotInAlbum") == Some(true),
        people: ids(fields, "personIds", PersonId::from),
        tags: tags(fields),
        is_motion: fields.boolean("isMotion"),
        rating: rating(fields.nullable_integer("rating", -1, 5)),
        city: text_or_none(fields.nullable_text("city")),
        state: text_or_none(fields.nullable_text("state")),
        country: text_or_none(fields.nullable_text("country")),
        taken: span(fields, "takenAfter", "takenBefore"),
        created: span(fields, "createdAfter", "createdBefore"),
        updated: span(fields, "updatedAfter", "updatedBefore"),
        trashed: span(fields, "trashedAfter", "trashedBefore"),
        file_name: wanted_text(fields, "originalFileName"),
        path: wanted_text(fields, "originalPath"),
        description: wanted_text(fields, "description"),
        without_stacked: fields.boolean("withStacked") == Some(false),
        ..Search::default()
    };
    search.camera.make = text_or_none(match fields.text("make") {
        Some(text) => Sent::Given(text),
        None => Sent::Absent,
    });
    search.camera.model = text_or_none(fields.nullable_text("model"));
    search.camera.lens = text_or_none(fields.nullable_text("lensModel"));
    search.device = wanted_text(fields, "deviceId").map(|name| match name == SCANNER {
        true => Device::Scan,
        false => Device::Named(name),
    });
    search.device_asset = wanted_text(fields, "deviceAssetId");
    kind(fields, &mut search);
    checksum(fields, &mut search);
    absent_things(fields, &mut search);
    SearchAsked {
        search,
        direction: direction(fields),
        page: fields.integer("page", 1, PAGE_MAX).unwrap_or(1) as usize,
        size: fields
            .integer("size", 1, PAGE_SIZE_MAX)
            .and_then(|size| usize::try_from(size).ok())
            .unwrap_or(PAGE_SIZE),
        with_exif: fields.boolean("withExif") == Some(true),
        with_people: fields.boolean("withPeople") == Some(true),
    }
}

fn ids<Id>(fields: &mut BodyFields<'_>, name: &str, id: fn(Uuid) -> Id) -> Vec<Id> {
    fields.uuids(name).unwrap_or_default().into_iter().map(id).collect()
}

/// `null` asks for what has none; an empty list asks nothing.
fn tags(fields: &mut BodyFields<'_>) -> Option<Option<Vec<TagId>>> {
    if fields.any("tagIds").is_some_and(serde_json::Value::is_null) {
        return Some(None);
    }
    let tags = ids(fields, "tagIds", TagId::from);
    (!tags.is_empty()).then_some(Some(tags))
}

/// `null` and 0 ask for what is unrated.
fn rating(sent: Sent<i64>) -> Option<Option<i8>> {
    let stars = sent.change()?;
    Some(stars.filter(|stars| *stars != 0).and_then(|stars| i8::try_from(stars).ok()))
}

/// `null` and the empty text ask for what has none.
fn text_or_none(sent: Sent<&str>) -> Option<Option<String>> {
    let text = sent.change()?;
    Some(text.filter(|text| !text.is_empty()).map(str::to_owned))
}

/// A text that is looked for; an empty one asks nothing.
fn wanted_text(fields: &mut BodyFields<'_>, name: &str) -> Option<String> {
    fields.text(name).filter(|text| !text.is_empty()).map(str::to_owned)
}

fn span(fields: &mut BodyFields<'_>, after: &str, before: &str) -> Span {
    let micros = |fields: &mut BodyFields<'_>, name: &str| {
        fields.date(name).map(|date| date.instant().micros())
    };
    Span { from: micros(fields, after), to: micros(fields, before) }
}

fn kind(fields: &mut BodyFields<'_>, search: &mut Search) {
    let kinds = [
        ("IMAGE", Some(Kind::Image)),
        ("VIDEO", Some(Kind::Video)),
        ("AUDIO", None),
        ("OTHER", None),
    ];
    if let Some(kind) = fields.choice("type", &kinds) {
        search.kind = kind;
        search.is_impossible |= kind.is_none();
    }
}

/// SHA-1 in base64 or in hexadecimal digits. What is neither is nobody's checksum.
fn checksum(fields: &mut BodyFields<'_>, search: &mut Search) {
    let Some(text) = fields.text("checksum") else { return };
    search.sha1 = sha1(text);
    search.is_impossible |= search.sha1.is_none();
}

fn sha1(text: &str) -> Option<[u8; 20]> {
    const HEX_LENGTH: usize = 40;
    if text.len() == HEX_LENGTH && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let mut hash = [0; 20];
        for (byte, pair) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digits = std::str::from_utf8(pair).ok()?;
            *byte = u8::from_str_radix(digits, 16).ok()?;
        }
        return Some(hash);
    }
    STANDARD.decode(text).ok()?.try_into().ok()
}

/// What no asset here ever has: converted videos, text read from pictures, paths of derived files.
fn absent_things(fields: &mut BodyFields<'_>, search: &mut Search) {
    let is_encoded = fields.boolean("isEncoded") == Some(true);
    let mut is_asked = is_encoded;
    for name in ["encodedVideoPath", "previewPath", "thumbnailPath", "ocr"] {
        is_asked |= wanted_text(fields, name).is_some();
    }
    search.is_impossible |= is_asked;
}

fn direction(fields: &mut BodyFields<'_>) -> Direction {
    let orders = [("asc", Direction::Ascending), ("desc", Direction::Descending)];
    fields.choice("order", &orders).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::from_wire::body::read_value;
    use serde_json::{Value, json};

    fn read(value: Value) -> Result<SearchAsked, String> {
        read_value(&value, search).map_err(|failure| failure.words())
    }

    #[test]
    fn nothing_sent_asks_for_the_first_page_of_everything() {
        let asked = read(json!({})).unwrap();
        assert_eq!(asked.search, Search::default());
        assert_eq!((asked.page, asked.size, asked.direction), (1, 250, Direction::Descending));
        assert!(!asked.with_exif && !asked.with_people);
    }

    #[test]
    fn null_and_nothing_are_two_questions() {
        let asked = read(json!({
            "city": null, "country": "", "model": "X", "rating": null, "tagIds": null,
            "libraryId": null, "originalFileName": ""
        }));
        let search = asked.unwrap().search;
        assert_eq!((search.city, search.country), (Some(None), Some(None)));
        assert_eq!(search.camera.model, Some(Some("X".to_owned())));
        assert_eq!(
            (search.rating, search.tags, search.library),
            (Some(None), Some(None), Some(None))
        );
        assert_eq!((search.state, search.file_name), (None, None));
        assert_eq!(read(json!({"tagIds": []})).unwrap().search.tags, None);
    }

    #[test]
    fn what_is_never_so_here_finds_nothing() {
        for impossible in [
            json!({"type": "AUDIO"}),
            json!({"isEncoded": true}),
            json!({"ocr": "hello"}),
            json!({"checksum": "nonsense"}),
        ] {
            assert!(read(impossible).unwrap().search.is_impossible);
        }
        assert!(!read(json!({"isEncoded": false, "type": "VIDEO"})).unwrap().search.is_impossible);
    }

    #[test]
    fn a_checksum_is_read_in_both_forms() {
        let hash = [0xabu8; 20];
        let hex = read(json!({"checksum": "ab".repeat(20)})).unwrap();
        let base64 = read(json!({"checksum": STANDARD.encode(hash)})).unwrap();
        assert_eq!((hex.search.sha1, base64.search.sha1), (Some(hash), Some(hash)));
    }

    #[test]
    fn what_is_no_value_of_a_field_is_told() {
        for (sent, told) in [
            (json!({"page": 0}), "page must not be less than 1"),
            (json!({"size": 1001}), "size must not be greater than 1000"),
            (json!({"size": "5"}), "size must be an integer number"),
            (json!({"order": "up"}), "order must be one of the following values: asc, desc"),
            (json!({"personIds": ["x"]}), "each value in personIds must be a UUID"),
            (json!({"takenAfter": "then"}), "takenAfter must be a date string"),
            (json!({"make": null}), "make must be a string"),
            (
                json!({"type": "image"}),
                "type must be one of the following values: IMAGE, VIDEO, AUDIO, OTHER",
            ),
        ] {
            assert_eq!(read(sent).map(|_| ()), Err(told.to_owned()));
        }
    }
}
