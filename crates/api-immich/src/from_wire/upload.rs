//! The text fields of an upload (contract immich §D10, `AssetMediaCreate`).
//!
//! They arrive as parts of a form, in any order and partly behind the file. They are gathered as
//! texts and read together.

use kalends_library::Sent;
use kalends_model::{AssetId, Visibility};
use serde_json::{Map, Value};

use super::body::{BodyFields, read_value};
use crate::error::Failure;

/// The values of `visibility`.
pub(crate) const VISIBILITIES: &[(&str, Visibility)] = &[
    ("archive", Visibility::Archive),
    ("timeline", Visibility::Timeline),
    ("hidden", Visibility::Hidden),
    ("locked", Visibility::Locked),
];

/// The longest name of something that a client keeps beside an asset.
pub(crate) const METADATA_KEY_CHARS_MAX: usize = 128;

/// Reads the fields. `part_name` is the name of the file's own part.
pub(crate) fn sent(texts: Map<String, Value>, part_name: &str) -> Result<Sent, Failure> {
    let texts = Value::Object(texts);
    read_value(&texts, |fields| {
        let (device, device_asset) = device_name(fields, part_name);
        let created_at = fields.required_date("fileCreatedAt");
        let modified_at = fields.required_date("fileModifiedAt");
        let micros = |date: Option<super::date::SentDate>| {
            date.map(|date| date.instant().micros()).unwrap_or_default()
        };
        let file_name = fields.text("filename").filter(|name| !name.is_empty());
        Sent {
            file_name: file_name.unwrap_or(part_name).to_owned(),
            device,
            device_asset,
            created_at: micros(created_at),
            modified_at: micros(modified_at),
            is_favorite: fields.boolean("isFavorite").unwrap_or_default(),
            visibility: fields.choice("visibility", VISIBILITIES).unwrap_or(Visibility::Timeline),
            duration_ms: fields.text("duration").and_then(duration),
            live_video: fields
                .text("livePhotoVideoId")
                .filter(|id| !id.is_empty())
                .and_then(|_| fields.uuid("livePhotoVideoId"))
                .map(AssetId::from),
            metadata: metadata_text(fields),
        }
    })
}

/// Who sends it, and the client's own name for it. Later clients send neither of the two, and are
/// served all the same (`QUIRKS.md`).
fn device_name(fields: &mut BodyFields<'_>, part_name: &str) -> (String, String) {
    if fields.any("deviceAssetId").is_none() && fields.any("deviceId").is_none() {
        return ("unknown".to_owned(), part_name.replace(char::is_whitespace, ""));
    }
    let device_asset = fields.required_text("deviceAssetId").to_owned();
    (fields.required_text("deviceId").to_owned(), device_asset)
}

/// The field `metadata`: JSON text of one object or a list of them.
fn metadata_text(fields: &mut BodyFields<'_>) -> Vec<(String, String)> {
    let Some(text) = fields.text("metadata").filter(|text| !text.is_empty()) else {
        return Vec::new();
    };
    let items = match serde_json::from_str(text) {
        Ok(Value::Array(items)) => items,
        Ok(item @ Value::Object(_)) => vec![item],
        _ => {
            fields.refuse("metadata", "must be an array");
            return Vec::new();
        }
    };
    let list = Value::Object(Map::from_iter([("metadata".to_owned(), Value::Array(items))]));
    match read_value(&list, |f| f.required_objects("metadata", metadata_item)) {
        Ok(items) => items,
        Err(_) => {
            fields.refuse_all("each value in metadata must have a key and an object as value");
            Vec::new()
        }
    }
}

/// One thing that a client keeps beside an asset: its key, and its value as JSON text.
pub(crate) fn metadata_item(fields: &mut BodyFields<'_>) -> (String, String) {
    let key = fields.required_text("key").to_owned();
    if key.chars().count() > METADATA_KEY_CHARS_MAX {
        fields.refuse("key", &format!("must be at most {METADATA_KEY_CHARS_MAX} characters long"));
    }
    let value = match fields.any("value") {
        Some(value @ Value::Object(_)) => value.to_string(),
        _ => {
            fields.refuse("value", "must be an object");
            String::new()
        }
    };
    (key, value)
}

/// `H:MM:SS.ffffff` in milliseconds. Zero and anything unreadable say nothing.
fn duration(text: &str) -> Option<u64> {
    let mut parts = text.split(':');
    let mut number = || parts.next()?.parse::<u64>().ok().filter(|number| *number < 1_000_000);
    let (hours, minutes) = (number()?, number()?);
    let seconds: f64 = parts.next()?.parse().ok().filter(|s: &f64| (0.0..1e6).contains(s))?;
    let millis = (hours * 60 + minutes) * 60_000 + (seconds * 1_000.0).round() as u64;
    (millis > 0 && parts.next().is_none()).then_some(millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(pairs: &[(&str, &str)]) -> Map<String, Value> {
        let required = [
            ("deviceAssetId", "a-1"),
            ("deviceId", "CLI"),
            ("fileCreatedAt", "2024-03-05T09:30:00.000+02:00"),
            ("fileModifiedAt", "2024-03-05T07:31:00Z"),
        ];
        let pairs = required.iter().chain(pairs);
        pairs.map(|(name, text)| ((*name).to_owned(), Value::from(*text))).collect()
    }

    fn refused(pairs: &[(&str, &str)]) -> String {
        sent(texts(pairs), "a.jpg").map_err(|failure| failure.words()).unwrap_err()
    }

    #[test]
    fn everything_is_read_from_texts() {
        let id = "10000000-0000-4000-8000-000000000001";
        let read = sent(
            texts(&[
                ("isFavorite", "true"),
                ("visibility", "archive"),
                ("filename", "b.jpg"),
                ("duration", "0:01:02.500000"),
                ("livePhotoVideoId", id),
                ("metadata", r#"[{"key":"mobile-app","value":{"iCloudId":"x"}}]"#),
                ("fileSize", "12"),
            ]),
            "a.jpg",
        );
        let Ok(read) = read else { panic!("it is whole") };
        assert_eq!((read.file_name.as_str(), read.device.as_str()), ("b.jpg", "CLI"));
        assert_eq!(read.modified_at - read.created_at, 60_000_000);
        assert!(read.is_favorite);
        assert_eq!(read.visibility, Visibility::Archive);
        assert_eq!(read.duration_ms, Some(62_500));
        assert_eq!(read.live_video.map(|id| id.to_string()).as_deref(), Some(id));
        assert_eq!(read.metadata, [("mobile-app".to_owned(), r#"{"iCloudId":"x"}"#.to_owned())]);
    }

    #[test]
    fn absent_fields_have_their_defaults() {
        let Ok(read) = sent(texts(&[("livePhotoVideoId", "")]), "a.jpg") else { panic!() };
        assert_eq!((read.file_name.as_str(), read.is_favorite), ("a.jpg", false));
        assert_eq!((read.visibility, read.live_video), (Visibility::Timeline, None));
        assert!(read.metadata.is_empty());
    }

    #[test]
    fn wrong_fields_are_told() {
        for (name, text, told) in [
            ("deviceId", "", "deviceId should not be empty"),
            ("fileCreatedAt", "yesterday", "fileCreatedAt must be a date string"),
            ("isFavorite", "yes", "isFavorite must be a boolean value"),
            (
                "visibility",
                "public",
                "visibility must be one of the following values: archive, timeline, hidden, locked",
            ),
            ("livePhotoVideoId", "7", "livePhotoVideoId must be a UUID"),
            ("metadata", "{", "metadata must be an array"),
            ("metadata", "7", "metadata must be an array"),
            (
                "metadata",
                r#"{"key":"a","value":1}"#,
                "each value in metadata must have a key and an object as value",
            ),
        ] {
            assert_eq!(refused(&[(name, text)]), told);
        }
        let nothing = sent(Map::new(), "a.jpg").map_err(|failure| failure.words()).unwrap_err();
        assert!(nothing.starts_with("fileCreatedAt must be a Date instance"), "{nothing}");
        let half = Map::from_iter([("deviceId".to_owned(), "CLI".into())]);
        let half = sent(half, "a.jpg").map_err(|failure| failure.words()).unwrap_err();
        assert!(half.starts_with("deviceAssetId must be a string; deviceAssetId should not be"));
    }

    #[test]
    fn durations_are_read_or_say_nothing() {
        for (text, millis) in [
            ("0:00:05.000000", Some(5_000)),
            ("01:02:03.004", Some(3_723_004)),
            ("0:00:00.000000", None),
            ("", None),
            ("5", None),
            ("0:00:-5", None),
            ("0:00:NaN", None),
            ("99999999999:00:00", None),
            ("0:00:05:06", None),
        ] {
            assert_eq!(duration(text), millis, "{text}");
        }
    }
}
