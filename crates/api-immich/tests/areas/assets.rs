//! One asset at a time.

use http::StatusCode;
use kalends_test_support::ids;
use serde_json::json;

use crate::app::App;

#[tokio::test]
async fn an_asset_is_told_in_full_to_its_owner_and_not_at_all_to_others() {
    let app = App::new();
    let key = app.key(&["asset.read"]);
    let id = ids::asset(1);
    let path = format!("/api/assets/{id}");
    let told = app.get(&path, &[("x-api-key", &key)]).await;
    assert_eq!(told.status, StatusCode::OK);
    let asset = told.json();
    for (field, expected) in [
        ("id", json!(id.uuid())),
        ("ownerId", json!(app.user.uuid())),
        ("type", json!("IMAGE")),
        ("localDateTime", json!("2024-02-15T12:00:00.000Z")),
        ("fileCreatedAt", json!("2024-02-15T11:00:00.000Z")),
        ("duration", json!("0:00:00.00000")),
        ("stack", json!(null)),
        ("people", json!([])),
        ("width", json!(null)),
    ] {
        assert_eq!(asset[field], expected, "{field}");
    }
    assert_eq!(asset["exifInfo"]["dateTimeOriginal"], "2024-02-15T11:00:00+00:00");

    let missing = format!("/api/assets/{}", ids::asset(99));
    let refused = app.get(&missing, &[("x-api-key", &key)]).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(refused.message(), "Not found or no asset.read access");
    let not_an_id = app.get("/api/assets/7", &[("x-api-key", &key)]).await;
    assert_eq!(not_an_id.message(), json!(["id must be a UUID"]));
    let nobody = app.get("/api/assets/7", &[]).await;
    assert_eq!(nobody.message(), "Authentication required");
    let weak = app.get(&path, &[("x-api-key", &app.key(&["album.read"]))]).await;
    assert_eq!(weak.message(), "Missing required permission: asset.read");
}
