//! What is to change of assets (contract immich §D2.4, §D10 `UpdateAsset`, `AssetBulkUpdate`).

use kalends_library::edits::is_zone;
use kalends_library::{AssetEdit, DateEdit};
use kalends_model::{AssetId, DuplicateId, GeoPoint, Visibility};

use super::body::{BodyFields, Sent};
use super::date;

/// The four places where an asset can be shown, in the order of the published list.
pub(crate) const VISIBILITIES: [(&str, Visibility); 4] = [
    ("archive", Visibility::Archive),
    ("timeline", Visibility::Timeline),
    ("hidden", Visibility::Hidden),
    ("locked", Visibility::Locked),
];

/// A date that is shifted further than this would leave the years that can be written.
const SHIFT_MINUTES_MAX: f64 = 5_259_600_000.0;
const MICROS_PER_MINUTE: f64 = 60_000_000.0;

/// Reads the change of one asset.
pub(crate) fn one(fields: &mut BodyFields<'_>) -> AssetEdit {
    let motion = fields.nullable_uuid("livePhotoVideoId").map(AssetId::from).change();
    let date = date_original(fields);
    AssetEdit { motion, date, ..common(fields) }
}

/// Reads the change of several assets, and which.
pub(crate) fn several(fields: &mut BodyFields<'_>) -> (Vec<AssetId>, AssetEdit) {
    let ids = fields.required_uuids("ids").into_iter().map(AssetId::from).collect();
    let duplicate = fields.nullable_uuid("duplicateId").map(DuplicateId::from).change();
    let date = match (date_original(fields), date_relative(fields)) {
        (Some(_), Some(_)) => {
            fields.refuse_all(
                "dateTimeOriginal cannot be combined with dateTimeRelative or timeZone",
            );
            None
        }
        (original, relative) => original.or(relative),
    };
    (ids, AssetEdit { duplicate, date, ..common(fields) })
}

fn common(fields: &mut BodyFields<'_>) -> AssetEdit {
    AssetEdit {
        is_favorite: fields.boolean("isFavorite"),
        visibility: fields.choice("visibility", &VISIBILITIES),
        rating: rating(fields.nullable_integer("rating", -1, 5)),
        description: fields.text("description").map(str::to_owned),
        place: place(fields),
        ..AssetEdit::default()
    }
}

/// 0 is no rating.
fn rating(sent: Sent<i64>) -> Option<Option<i8>> {
    let stars = sent.change()?;
    Some(stars.filter(|stars| *stars != 0).and_then(|stars| i8::try_from(stars).ok()))
}

/// Both coordinates or none.
fn place(fields: &mut BodyFields<'_>) -> Option<GeoPoint> {
    let latitude = fields.number("latitude", -90.0, 90.0);
    let longitude = fields.number("longitude", -180.0, 180.0);
    for (name, other) in [("latitude", "longitude"), ("longitude", "latitude")] {
        if fields.any(name).is_none() && fields.any(other).is_some() {
            fields.refuse(name, "must be a number conforming to the specified constraints");
        }
    }
    GeoPoint::new(latitude?, longitude?)
}

fn date_original(fields: &mut BodyFields<'_>) -> Option<DateEdit> {
    let text = fields.text("dateTimeOriginal")?;
    match date::parse(text) {
        Some(date) => Some(DateEdit::To { local: date.local, offset: date.offset }),
        None => {
            fields.refuse("dateTimeOriginal", "must be a valid ISO 8601 date string");
            None
        }
    }
}

fn date_relative(fields: &mut BodyFields<'_>) -> Option<DateEdit> {
    let minutes = fields.number("dateTimeRelative", -SHIFT_MINUTES_MAX, SHIFT_MINUTES_MAX);
    let zone = fields.text("timeZone");
    if zone.is_some_and(|zone| !is_zone(zone)) {
        fields.refuse("timeZone", "must be a valid IANA time-zone");
        return None;
    }
    if minutes.is_none() && zone.is_none() {
        return None;
    }
    let micros = (minutes.unwrap_or(0.0) * MICROS_PER_MINUTE).round() as i64;
    Some(DateEdit::By { micros, zone: zone.map(str::to_owned) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::from_wire::body::read_value;
    use serde_json::{Value, json};

    const ID: &str = "10000000-0000-4000-8000-000000000001";

    fn read(value: Value) -> Result<AssetEdit, String> {
        read_value(&value, one).map_err(|failure| failure.words())
    }

    fn read_several(value: Value) -> Result<AssetEdit, String> {
        read_value(&value, |fields| several(fields).1).map_err(|failure| failure.words())
    }

    #[test]
    fn nothing_sent_changes_nothing() {
        assert_eq!(read(json!({})), Ok(AssetEdit::default()));
        assert_eq!(read(json!({"unknown": 1, "dateTimeRelative": 5})), Ok(AssetEdit::default()));
        assert_eq!(read_several(json!({"ids": [ID]})), Ok(AssetEdit::default()));
    }

    #[test]
    fn null_and_zero_remove_a_rating() {
        for (sent, expected) in
            [(json!(null), None), (json!(0), None), (json!(5), Some(5)), (json!(-1), Some(-1))]
        {
            let edit = read(json!({"rating": sent})).unwrap();
            assert_eq!(edit.rating, Some(expected));
        }
        for (sent, told) in [
            (json!(6), "rating must not be greater than 5"),
            (json!(-2), "rating must not be less than -1"),
            (json!("5"), "rating must be an integer number"),
            (json!(1.5), "rating must be an integer number"),
        ] {
            assert_eq!(read(json!({"rating": sent})), Err(told.to_owned()));
        }
    }

    #[test]
    fn coordinates_come_together() {
        let edit = read(json!({"latitude": 27.7, "longitude": 85.3})).unwrap();
        assert_eq!(edit.place, GeoPoint::new(27.7, 85.3));
        let number = "must be a number conforming to the specified constraints";
        assert_eq!(read(json!({"latitude": 1})), Err(format!("longitude {number}")));
        assert_eq!(read(json!({"longitude": 1})), Err(format!("latitude {number}")));
        let far = read(json!({"latitude": 91, "longitude": -181}));
        let told = "latitude must not be greater than 90; longitude must not be less than -180";
        assert_eq!(far, Err(told.to_owned()));
    }

    #[test]
    fn what_is_no_value_of_a_field_is_told() {
        for (sent, told) in [
            (json!({"isFavorite": null}), "isFavorite must be a boolean value"),
            (
                json!({"visibility": "gone"}),
                "visibility must be one of the following values: archive, timeline, hidden, locked",
            ),
            (json!({"description": 5}), "description must be a string"),
            (json!({"livePhotoVideoId": "x"}), "livePhotoVideoId must be a UUID"),
            (
                json!({"dateTimeOriginal": "yesterday"}),
                "dateTimeOriginal must be a valid ISO 8601 date string",
            ),
        ] {
            assert_eq!(read(sent), Err(told.to_owned()));
        }
        for (sent, told) in [
            (json!({"ids": [ID], "duplicateId": 1}), "duplicateId must be a UUID"),
            (json!({"ids": ["x"]}), "each value in ids must be a UUID"),
            (
                json!({"ids": [ID], "timeZone": "Nowhere"}),
                "timeZone must be a valid IANA time-zone",
            ),
            (
                json!({"ids": [ID], "timeZone": "UTC", "dateTimeOriginal": "2024-01-01"}),
                "dateTimeOriginal cannot be combined with dateTimeRelative or timeZone",
            ),
        ] {
            assert_eq!(read_several(sent), Err(told.to_owned()));
        }
    }

    #[test]
    fn dates_are_set_or_shifted() {
        let shifted = read_several(json!({"ids": [ID], "dateTimeRelative": -60})).unwrap();
        let hour_back = DateEdit::By { micros: -3_600_000_000, zone: None };
        assert_eq!(shifted.date, Some(hour_back));
        let zoned = read_several(json!({"ids": [ID], "timeZone": "Asia/Kathmandu"})).unwrap();
        let zone = Some("Asia/Kathmandu".to_owned());
        assert_eq!(zoned.date, Some(DateEdit::By { micros: 0, zone }));
        let set = read(json!({"dateTimeOriginal": "2024-03-05T09:30:00.000+02:00"})).unwrap();
        assert!(matches!(set.date, Some(DateEdit::To { offset: Some(_), .. })));
    }
}
