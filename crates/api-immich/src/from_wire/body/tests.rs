//! What fields say of what is wrong with them.

use super::*;
use serde_json::json;

const ID: &str = "10000000-0000-4000-8000-000000000001";

fn told(value: Value, read: impl Fn(&mut BodyFields<'_>)) -> String {
    match read_value(&value, |fields| read(fields)) {
        Ok(()) => "fine".to_owned(),
        Err(failure) => failure.words(),
    }
}

#[test]
fn required_fields_say_what_is_missing_in_upstreams_order() {
    let nothing = json!({});
    assert_eq!(
        told(nothing.clone(), |f| {
            let _ = f.required_text("deviceId");
        }),
        "deviceId must be a string; deviceId should not be empty"
    );
    assert_eq!(
        told(nothing.clone(), |f| {
            let _ = f.required_date("fileCreatedAt");
        }),
        "fileCreatedAt must be a Date instance; fileCreatedAt should not be empty"
    );
    assert_eq!(
        told(nothing, |f| {
            let _ = f.required_uuids("ids");
        }),
        "each value in ids must be a UUID; ids should not be empty; ids must be an array"
    );
    assert_eq!(
        told(json!({"ids": []}), |f| {
            let _ = f.required_uuids("ids");
        }),
        "fine"
    );
    assert_eq!(
        told(json!({"ids": [ID, "x"]}), |f| {
            let _ = f.required_uuids("ids");
        }),
        "each value in ids must be a UUID"
    );
}

#[test]
fn an_unreadable_date_is_told_alone() {
    let both = |f: &mut BodyFields<'_>| {
        f.required_text("deviceId");
        f.date("fileCreatedAt");
    };
    let body = json!({"fileCreatedAt": "yesterday"});
    assert_eq!(told(body, both), "fileCreatedAt must be a date string");
}

#[test]
fn null_is_a_value_only_where_the_field_says_so() {
    let body = json!({"rating": null, "name": null});
    let read = read_value(&body, |f| f.nullable_integer("rating", -1, 5)).ok();
    assert_eq!(read, Some(Sent::Null));
    assert_eq!(
        told(body, |f| {
            let _ = f.text("name");
        }),
        "name must be a string"
    );
}

#[test]
fn numbers_keep_to_their_bounds() {
    let rating = |f: &mut BodyFields<'_>| {
        let _ = f.nullable_integer("rating", -1, 5);
    };
    assert_eq!(told(json!({"rating": 6}), rating), "rating must not be greater than 5");
    assert_eq!(told(json!({"rating": -2}), rating), "rating must not be less than -1");
    assert_eq!(told(json!({"rating": 1.5}), rating), "rating must be an integer number");
    assert_eq!(told(json!({"rating": 2.0}), rating), "fine");
    assert_eq!(told(json!({"rating": "3"}), rating), "rating must be an integer number");
    assert_eq!(told(json!({"rating": 1e300}), rating), "rating must be an integer number");
}

#[test]
fn fields_within_lists_say_where_they_stand() {
    let read = |f: &mut BodyFields<'_>| {
        f.required_objects("items", |item| item.required_uuid("assetId"));
    };
    let body = json!({"items": [{"assetId": ID}, {"assetId": 1}]});
    assert_eq!(told(body, read), "items.1.assetId must be a UUID");
    assert_eq!(told(json!({"items": {}}), read), "items must be an array");
    let nested = "nested property items must be either object or array";
    assert_eq!(told(json!({"items": [1]}), read), nested);
}

#[test]
fn bodies_that_are_no_objects_have_no_fields() {
    for body in [json!(null), json!([]), json!("x"), json!(3)] {
        assert_eq!(
            told(body, |f| {
                let _ = f.required_choice("role", &[("editor", 1)]);
            }),
            "role should not be empty; role must be one of the following values: editor"
        );
    }
}
