//! What is said of people and faces (contract immich §D4, §D10).

use kalends_library::faces::DrawnFace;
use kalends_library::people::{PeopleAsk, PersonChange};
use kalends_model::{AssetId, CivilDate, PersonId};

use super::body::{BodyFields, Sent};
use super::date;
use super::fields::Fields;

/// The page when none is named, and the most on one (contract immich §D4).
const SIZE_DEFAULT: u64 = 500;
const SIZE_MAX: u64 = 1_000;

/// Which people are listed. Whom they shall resemble is read and not heeded: nothing here knows
/// who looks like whom.
pub(crate) fn people_ask(fields: &mut Fields<'_>) -> PeopleAsk {
    let with_hidden = fields.boolean("withHidden").unwrap_or(false);
    fields.uuid("closestPersonId");
    fields.uuid("closestAssetId");
    let page = fields.integer("page", 1, u64::MAX).unwrap_or(1);
    let size = fields.integer("size", 1, SIZE_MAX).unwrap_or(SIZE_DEFAULT);
    PeopleAsk { with_hidden, page, size }
}

/// What is to be said of a person. `has_begun` says whether a day is not in the future.
pub(crate) fn person_change(
    fields: &mut BodyFields<'_>,
    has_begun: &dyn Fn(CivilDate) -> bool,
) -> PersonChange {
    PersonChange {
        name: fields.text("name").map(str::to_owned),
        birth_date: birth_date(fields, has_begun),
        color: nullable_color(fields, "color").change(),
        is_favorite: fields.boolean("isFavorite"),
        is_hidden: fields.boolean("isHidden"),
        featured_asset: fields.uuid("featureFaceAssetId").map(AssetId::from),
    }
}

fn birth_date(
    fields: &mut BodyFields<'_>,
    has_begun: &dyn Fn(CivilDate) -> bool,
) -> Option<Option<CivilDate>> {
    match fields.nullable_text("birthDate") {
        Sent::Absent => None,
        Sent::Null | Sent::Given("") => Some(None),
        Sent::Given(text) => {
            let day = date::parse(text).map(|sent| sent.local.civil().date);
            match day {
                None => fields.refuse("birthDate", "must be a date string"),
                Some(day) if !has_begun(day) => {
                    fields.refuse_all("Birth date cannot be in the future");
                }
                Some(_) => {}
            }
            Some(day)
        }
    }
}

/// A colour such as `#aabbcc`, or `null`. The `#` may be left out.
pub(crate) fn nullable_color(fields: &mut BodyFields<'_>, name: &str) -> Sent<String> {
    match fields.nullable_text(name) {
        Sent::Absent => Sent::Absent,
        Sent::Null => Sent::Null,
        Sent::Given(text) => {
            let color = color(text);
            if color.is_none() {
                fields.refuse(name, "must be a hexadecimal color");
            }
            color.map_or(Sent::Absent, Sent::Given)
        }
    }
}

fn color(text: &str) -> Option<String> {
    let digits = text.strip_prefix('#').unwrap_or(text);
    let is_color = matches!(digits.len(), 3 | 4 | 6 | 8)
        && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_color.then(|| format!("#{digits}"))
}

/// One of several people, and what is to be said of them.
pub(crate) fn person_changes(
    fields: &mut BodyFields<'_>,
    has_begun: &dyn Fn(CivilDate) -> bool,
) -> Vec<(PersonId, PersonChange)> {
    fields.required_objects("people", |item| {
        let id = PersonId::from(item.required_uuid("id"));
        (id, person_change(item, has_begun))
    })
}

/// Whose faces, in which assets.
pub(crate) fn reassigned(fields: &mut BodyFields<'_>) -> Vec<(PersonId, AssetId)> {
    fields.required_objects("data", |item| {
        let person = PersonId::from(item.required_uuid("personId"));
        (person, AssetId::from(item.required_uuid("assetId")))
    })
}

/// A face to be drawn: in which asset, of whom, and where.
pub(crate) fn drawn_face(fields: &mut BodyFields<'_>) -> (AssetId, PersonId, DrawnFace) {
    const SIDE_MAX: i64 = u32::MAX as i64;
    const FAR: i64 = 1 << 40;
    let asset = AssetId::from(fields.required_uuid("assetId"));
    let person = PersonId::from(fields.required_uuid("personId"));
    let image_width = required_integer(fields, "imageWidth", 1, SIDE_MAX);
    let image_height = required_integer(fields, "imageHeight", 1, SIDE_MAX);
    let drawn = DrawnFace {
        image_width: u32::try_from(image_width).unwrap_or(1),
        image_height: u32::try_from(image_height).unwrap_or(1),
        x: required_integer(fields, "x", -FAR, FAR),
        y: required_integer(fields, "y", -FAR, FAR),
        width: required_integer(fields, "width", 1, FAR),
        height: required_integer(fields, "height", 1, FAR),
    };
    (asset, person, drawn)
}

fn required_integer(fields: &mut BodyFields<'_>, name: &str, least: i64, most: i64) -> i64 {
    if fields.any(name).is_none() {
        fields.refuse(name, "should not be empty");
        fields.refuse(name, "must be an integer number");
    }
    fields.integer(name, least, most).unwrap_or(least)
}

#[cfg(test)]
mod tests {
    use super::super::body::read_value;
    use super::*;
    use serde_json::{Value, json};

    fn told(value: Value) -> String {
        let past = |day: CivilDate| day.year < 2_026;
        let read = read_value(&value, |fields| person_change(fields, &past));
        read.map_or_else(|failure| failure.words(), |change| format!("{change:?}"))
    }

    #[test]
    fn birthdays_have_begun_and_colours_are_hexadecimal() {
        for (value, expected) in [
            (json!({"birthDate": "2030-01-01"}), "Birth date cannot be in the future"),
            (json!({"birthDate": "soon"}), "birthDate must be a date string"),
            (json!({"birthDate": 7}), "birthDate must be a string"),
            (json!({"color": "red"}), "color must be a hexadecimal color"),
            (json!({"color": "#aabbccd"}), "color must be a hexadecimal color"),
            (json!({"name": null}), "name must be a string"),
            (json!({"isHidden": 1}), "isHidden must be a boolean value"),
            (json!({"featureFaceAssetId": "x"}), "featureFaceAssetId must be a UUID"),
        ] {
            assert_eq!(told(value.clone()), expected, "{value}");
        }
        let day = CivilDate::new(1990, 2, 3);
        for (value, expected) in [
            (json!({}), PersonChange::default()),
            (
                json!({"birthDate": "1990-02-03"}),
                PersonChange { birth_date: Some(day), ..Default::default() },
            ),
            (
                json!({"birthDate": null}),
                PersonChange { birth_date: Some(None), ..Default::default() },
            ),
            (
                json!({"birthDate": ""}),
                PersonChange { birth_date: Some(None), ..Default::default() },
            ),
            (
                json!({"color": "AABBCC"}),
                PersonChange { color: Some(Some("#AABBCC".into())), ..Default::default() },
            ),
            (json!({"color": null}), PersonChange { color: Some(None), ..Default::default() }),
        ] {
            assert_eq!(told(value.clone()), format!("{expected:?}"), "{value}");
        }
    }

    #[test]
    fn every_part_of_a_box_is_asked_for() {
        let read = |value: &Value| read_value(value, drawn_face).map_err(|failure| failure.words());
        let id = "10000000-0000-4000-8000-000000000001";
        let whole = json!({"assetId": id, "personId": id, "imageWidth": 10, "imageHeight": 20,
            "x": 1, "y": -2, "width": 3, "height": 4});
        let drawn = read(&whole).unwrap().2;
        assert_eq!((drawn.image_width, drawn.y, drawn.height), (10, -2, 4));
        for (field, value, message) in [
            ("imageWidth", json!(0), "imageWidth must not be less than 1"),
            ("x", json!(0.5), "x must be an integer number"),
            ("height", json!(-1), "height must not be less than 1"),
        ] {
            let mut broken = whole.clone();
            broken[field] = value;
            assert_eq!(read(&broken).unwrap_err(), message);
        }
        assert!(read(&json!({})).unwrap_err().contains("y should not be empty"));
    }
}
