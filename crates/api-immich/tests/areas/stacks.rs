//! Stacks.

use http::Method;
use kalends_test_support::ids;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::App;

fn uuid(number: u64) -> Uuid {
    ids::asset(number).uuid()
}

fn members(stack: &Value) -> Vec<Uuid> {
    let assets = stack["assets"].as_array().unwrap();
    assets.iter().map(|asset| asset["id"].as_str().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn assets_are_stacked_and_unstacked() {
    let app = App::new();
    let anna = app.anna_by_key();
    let first = anna.post("/stacks", json!({"assetIds": [uuid(1), uuid(2), uuid(1)]})).await;
    assert_eq!(first["primaryAssetId"], json!(uuid(1)));
    assert_eq!(members(&first), [uuid(1), uuid(2)]);
    assert_eq!(first["assets"][0]["fileCreatedAt"], "2024-02-15T11:00:00+00:00");
    // What stands for a stack brings it along.
    let second = anna.post("/stacks", json!({"assetIds": [uuid(3), uuid(1)]})).await;
    assert_eq!(members(&second), [uuid(3), uuid(1), uuid(2)]);
    assert_eq!(anna.get("/stacks").await, json!([second]));
    let of = |n| format!("/stacks?primaryAssetId={}", uuid(n));
    assert_eq!(anna.get(&of(3)).await, json!([second]));
    assert_eq!(anna.get(&of(1)).await, json!([]));

    let path = format!("/stacks/{}", second["id"].as_str().unwrap());
    let changed = anna.put(&path, json!({"primaryAssetId": uuid(2)})).await;
    assert_eq!(members(&changed)[0], uuid(2));
    assert_eq!(anna.put(&path, json!({})).await, changed);
    let member = |n| format!("{path}/assets/{}", uuid(n));
    let primary = anna.refused(Method::DELETE, &member(2), Value::Null).await;
    assert_eq!(primary, "Cannot remove stack's primary asset");
    anna.delete(&member(3), Value::Null).await;
    let gone = anna.refused(Method::DELETE, &member(3), Value::Null).await;
    assert_eq!(gone, "Asset not in stack");
    let elsewhere = anna.refused(Method::PUT, &path, json!({"primaryAssetId": uuid(3)})).await;
    assert_eq!(elsewhere, "Primary asset must be in the stack");
    app.library.write(|writer| writer.trash(app.user, &[ids::asset(1)])).unwrap();
    assert_eq!(members(&anna.get(&path).await), [uuid(2)]);
    let library = app.library.read(|reader| reader.rows_of(app.user, &[ids::asset(2)]));
    let library = library.unwrap()[0].library;
    app.library.write(|writer| writer.set_library_trashed(library, true)).unwrap();
    assert!(members(&anna.get(&path).await).is_empty());
    app.library.write(|writer| writer.set_library_trashed(library, false)).unwrap();
    anna.delete(&path, Value::Null).await;
    let gone = anna.refused(Method::GET, &path, Value::Null).await;
    assert_eq!(gone, "Not found or no stack.read access");
    for few in [json!([]), json!([uuid(2)]), json!([uuid(2), uuid(2)])] {
        let told = anna.refused(Method::POST, "/stacks", json!({"assetIds": few})).await;
        assert_eq!(told, json!(["assetIds must contain at least 2 elements"]));
    }
    let none = anna.refused(Method::GET, "/stacks?primaryAssetId=x", Value::Null).await;
    assert_eq!(none, json!(["primaryAssetId must be a UUID"]));
}

#[tokio::test]
async fn the_stacks_and_assets_of_others_are_nobodys_business() {
    let app = App::new();
    let anna = app.anna_by_key();
    let stack = anna.post("/stacks", json!({"assetIds": [uuid(1), uuid(2)]})).await;
    let id = stack["id"].as_str().unwrap();
    let bob = app.other_by_key("bob");
    for (method, path, body, right) in [
        (Method::GET, format!("/stacks/{id}"), json!(null), "stack.read"),
        (Method::PUT, format!("/stacks/{id}"), json!({"primaryAssetId": uuid(2)}), "stack.update"),
        (Method::DELETE, format!("/stacks/{id}"), json!(null), "stack.delete"),
        (Method::DELETE, "/stacks".into(), json!({"ids": [id]}), "stack.delete"),
        (Method::DELETE, format!("/stacks/{id}/assets/{}", uuid(2)), json!(null), "stack.update"),
        (Method::POST, "/stacks".into(), json!({"assetIds": [uuid(1), uuid(3)]}), "asset.update"),
    ] {
        let refused = bob.refused(method.clone(), &path, body).await;
        assert_eq!(refused, format!("Not found or no {right} access"), "{method} {path}");
    }
    assert_eq!(bob.get("/stacks").await, json!([]));
    assert_eq!(bob.get(&format!("/stacks?primaryAssetId={}", uuid(1))).await, json!([]));
    anna.delete("/stacks", json!({"ids": [id]})).await;
    assert_eq!(anna.get("/stacks").await, json!([]));
}
