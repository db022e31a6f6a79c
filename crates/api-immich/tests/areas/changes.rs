//! What is changed on assets, and who may change it.

use http::{Method, StatusCode};
use kalends_catalog::{Album, NewAsset};
use kalends_model::{AlbumId, Kind, Visibility};
use kalends_test_support::{ids, local};
use serde_json::{Value, json};

use crate::people_of_two::{Two, facts, ids_of};

#[tokio::test]
async fn every_field_of_one_asset_is_changed_and_shown() {
    let two = Two::new();
    let path = format!("/assets/{}", ids::asset(1));
    let change = json!({
        "isFavorite": true, "visibility": "archive", "rating": 4, "description": "a boat",
        "latitude": 48.8566, "longitude": 2.3522,
    });
    let answer = two.anna_asks(Method::PUT, &path, &change).await;
    assert_eq!(answer.status, StatusCode::OK);
    let asset = answer.json();
    assert_eq!((&asset["isFavorite"], &asset["visibility"]), (&json!(true), &json!("archive")));
    assert_eq!(asset["isArchived"], true);
    let exif = &asset["exifInfo"];
    assert_eq!((&exif["rating"], &exif["description"]), (&json!(4), &json!("a boat")));
    assert_eq!((&exif["city"], &exif["country"]), (&json!("Paris"), &json!("France")));
    for absent in ["tags", "stack", "owner"] {
        assert!(asset.get(absent).is_none(), "{absent}");
    }
    let told = two.anna_gets(&path).await;
    assert_eq!(told["exifInfo"]["rating"], 4);

    let cleared = json!({"rating": 0, "description": "", "isFavorite": "false"});
    let asset = two.anna_asks(Method::PUT, &path, &cleared).await.json();
    assert_eq!(asset["exifInfo"]["rating"], Value::Null);
    assert_eq!(asset["exifInfo"]["description"], "");
    assert_eq!(asset["isFavorite"], false);
    assert_eq!(asset["visibility"], "archive", "what is not sent stays");
}

#[tokio::test]
async fn several_assets_are_changed_together_or_not_at_all() {
    let two = Two::new();
    let bobs = two.add(two.bobs(), 50, facts(local(2024, 2, 1, 0, 0), None), |_| {});
    let ids = [ids::asset(1), ids::asset(2)].map(|id| id.to_string());
    let change = json!({"ids": ids, "isFavorite": true, "rating": 5});
    let answer = two.anna_asks(Method::PUT, "/assets", &change).await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::NO_CONTENT, 0));
    let favourites = two.anna_gets("/timeline/buckets?isFavorite=true").await;
    assert_eq!(favourites[0]["count"], 2);

    let not_hers =
        json!({"ids": [ids::asset(3).to_string(), bobs.to_string()], "isFavorite": true});
    let refused = two.anna_is_refused(Method::PUT, "/assets", &not_hers).await;
    assert_eq!(refused, "Not found or no asset.update access");
    let unknown =
        json!({"ids": [ids::asset(3).to_string(), ids::asset(99).to_string()], "rating": 1});
    let refused = two.anna_is_refused(Method::PUT, "/assets", &unknown).await;
    assert_eq!(refused, "Not found or no asset.update access");
    let third = two.anna_gets(&format!("/assets/{}", ids::asset(3))).await;
    assert_eq!((&third["isFavorite"], &third["exifInfo"]["rating"]), (&json!(false), &Value::Null));
    let nothing = two.anna_asks(Method::PUT, "/assets", &json!({"ids": []})).await;
    assert_eq!(nothing.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn nobody_changes_what_is_anothers() {
    let two = Two::new();
    two.anna_shares();
    let path = format!("/assets/{}", ids::asset(1));
    let read = two.bob_asks(Method::GET, &path, &Value::Null).await;
    assert_eq!(read.status, StatusCode::OK, "a partner sees it");
    let refused = two.bob_asks(Method::PUT, &path, &json!({"rating": 1})).await;
    assert_eq!(refused.message(), "Not found or no asset.update access");
    let removed = json!({"ids": [ids::asset(1).to_string()]});
    for force in [false, true] {
        let mut body = removed.clone();
        body["force"] = json!(force);
        let refused = two.bob_asks(Method::DELETE, "/assets", &body).await;
        assert_eq!(refused.message(), "Not found or no asset.delete access");
    }
    let refused = two.bob_asks(Method::POST, "/trash/restore/assets", &removed).await;
    assert_eq!(refused.message(), "Not found or no asset.delete access");
    assert_eq!(two.months().await, ["2024-02: 2", "2023-07: 1"]);
}

#[tokio::test]
async fn what_is_wrong_is_told_field_by_field() {
    let two = Two::new();
    let path = format!("/assets/{}", ids::asset(1));
    let refused =
        two.anna_is_refused(Method::PUT, &path, &json!({"rating": 9, "isFavorite": "x"})).await;
    assert_eq!(
        refused,
        json!(["isFavorite must be a boolean value", "rating must not be greater than 5"])
    );
    let refused = two.anna_is_refused(Method::PUT, "/assets/7", &json!({})).await;
    assert_eq!(refused, json!(["id must be a UUID"]));
    let refused = two.anna_is_refused(Method::PUT, "/assets", &json!({})).await;
    let missing =
        ["each value in ids must be a UUID", "ids should not be empty", "ids must be an array"];
    assert_eq!(refused, json!(missing));
    let weak = two.app.key(&["asset.read"]);
    let headers = [("x-api-key", weak.as_str()), ("content-type", "application/json")];
    let refused = two.app.ask(Method::PUT, &format!("/api{path}"), &headers, "{}").await;
    assert_eq!(refused.message(), "Missing required permission: asset.update");
}

#[tokio::test]
async fn what_is_locked_leaves_albums_and_takes_its_motion_along() {
    let two = Two::new();
    let anna = two.anna();
    let hidden = |new: &mut NewAsset| {
        new.visibility = Visibility::Hidden;
        new.facts.kind = Kind::Video;
    };
    let motion = two.add(anna, 60, facts(local(2024, 2, 15, 12, 0), None), hidden);
    let album = Album::new(AlbumId::from_random([9; 16]), anna.user, "Trip", 0);
    two.app
        .library
        .write(|w| {
            w.set_motions(anna.user, &[(ids::asset(1), Some(motion))])?;
            w.create_album(&album)?;
            w.add_to_album(album.id, anna.user, &[ids::asset(1), ids::asset(2)])
        })
        .unwrap();
    let lock = json!({"ids": [ids::asset(1).to_string()], "visibility": "locked"});
    let answer = two.anna_asks(Method::PUT, "/assets", &lock).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let in_album = two.anna_gets(&format!("/timeline/buckets?albumId={}", album.id)).await;
    assert_eq!(in_album[0]["count"], 1);
    assert_eq!(two.anna_gets("/timeline/buckets?visibility=hidden").await, json!([]));
    let rows = two.app.library.read(|r| r.rows_of(anna.user, &[ids::asset(1), motion])).unwrap();
    assert!(rows.iter().all(|row| row.visibility == Visibility::Locked));
    // A key is never elevated: what is locked is out of its reach from now on.
    let refused = two
        .anna_is_refused(Method::PUT, &format!("/assets/{}", ids::asset(1)), &json!({"rating": 1}))
        .await;
    assert_eq!(refused, "Not found or no asset.update access");
}

#[tokio::test]
async fn a_photo_is_joined_with_its_motion_and_parted_from_it() {
    let two = Two::new();
    let video = |new: &mut NewAsset| new.facts.kind = Kind::Video;
    let motion = two.add(two.anna(), 61, facts(local(2024, 2, 15, 12, 0), None), video);
    let bobs = two.add(two.bobs(), 62, facts(local(2024, 2, 15, 12, 0), None), video);
    let path = format!("/assets/{}", ids::asset(1));
    let joined = json!({"livePhotoVideoId": motion.to_string()});
    let asset = two.anna_asks(Method::PUT, &path, &joined).await.json();
    assert_eq!(asset["livePhotoVideoId"], motion.to_string());
    assert_eq!(two.months().await, ["2024-02: 2", "2023-07: 1"], "the motion is hidden");
    for (video, told) in [
        (bobs, "Live photo video not found"),
        (ids::asset(99), "Live photo video not found"),
        (ids::asset(2), "Live photo video must be a video"),
    ] {
        let body = json!({"livePhotoVideoId": video.to_string()});
        assert_eq!(two.anna_is_refused(Method::PUT, &path, &body).await, told);
    }
    let asset = two.anna_asks(Method::PUT, &path, &json!({"livePhotoVideoId": null})).await.json();
    assert_eq!(asset["livePhotoVideoId"], Value::Null);
    assert_eq!(two.months().await, ["2024-02: 3", "2023-07: 1"], "the video is shown again");
}

#[tokio::test]
async fn groups_of_duplicates_are_kept_for_their_owner() {
    let two = Two::new();
    let group = "10000000-0000-4000-8000-0000000000aa";
    let body = json!({"ids": [ids::asset(1).to_string()], "duplicateId": group});
    two.anna_asks(Method::PUT, "/assets", &body).await;
    let path = format!("/assets/{}", ids::asset(1));
    assert_eq!(two.anna_gets(&path).await["duplicateId"], group);
    two.anna_shares();
    let shown = two.bob_asks(Method::GET, &path, &Value::Null).await.json();
    assert_eq!(shown["duplicateId"], Value::Null);
    let body = json!({"ids": [ids::asset(1).to_string()], "duplicateId": null});
    two.anna_asks(Method::PUT, "/assets", &body).await;
    assert_eq!(two.anna_gets(&path).await["duplicateId"], Value::Null);
}

#[tokio::test]
async fn the_trash_takes_gives_back_and_is_emptied() {
    let two = Two::new();
    let all = [1, 2, 3].map(|number| ids::asset(number).to_string());
    let answer = two.anna_asks(Method::DELETE, "/assets", &json!({"ids": all})).await;
    assert_eq!((answer.status, answer.body.len()), (StatusCode::NO_CONTENT, 0));
    assert!(two.months().await.is_empty());
    let trash = two.anna_gets("/timeline/buckets?isTrashed=true").await;
    assert_eq!((&trash[0]["count"], &trash[1]["count"]), (&json!(2), &json!(1)));

    let one = json!({"ids": [all[2]]});
    let restored = two.anna_asks(Method::POST, "/trash/restore/assets", &one).await;
    assert_eq!((restored.status, restored.json()), (StatusCode::OK, json!({"count": 1})));
    assert_eq!(two.months().await, ["2023-07: 1"]);
    let restored = two.anna_asks(Method::POST, "/trash/restore", &Value::Null).await;
    assert_eq!(restored.json(), json!({"count": 2}));
    let nothing = two.anna_asks(Method::POST, "/trash/empty", &Value::Null).await;
    assert_eq!(nothing.json(), json!({"count": 0}));

    two.anna_asks(Method::DELETE, "/assets", &json!({"ids": all[..2]})).await;
    let emptied = two.anna_asks(Method::POST, "/trash/empty", &Value::Null).await;
    assert_eq!(emptied.json(), json!({"count": 2}));
    assert_eq!(two.anna_gets("/timeline/buckets?isTrashed=true").await, json!([]));
    let gone = two.anna_is_refused(Method::GET, &format!("/assets/{}", all[0]), &Value::Null).await;
    assert_eq!(gone, "Not found or no asset.read access");
    assert_eq!(two.months().await, ["2023-07: 1"]);
}

#[tokio::test]
async fn what_is_removed_for_good_is_gone_from_everywhere_with_its_motion() {
    let two = Two::new();
    let hidden = |new: &mut NewAsset| {
        new.visibility = Visibility::Hidden;
        new.facts.kind = Kind::Video;
    };
    let motion = two.add(two.anna(), 63, facts(local(2024, 2, 15, 12, 0), None), hidden);
    let user = two.app.user;
    let pairs = [(ids::asset(1), Some(motion)), (ids::asset(2), Some(motion))];
    two.app.library.write(|w| w.set_motions(user, &pairs)).unwrap();
    let remove = |number: u64| json!({"ids": [ids::asset(number).to_string()], "force": true});
    two.anna_asks(Method::DELETE, "/assets", &remove(1)).await;
    assert_eq!(two.months().await, ["2024-02: 1", "2023-07: 1"]);
    let left = || two.app.library.read(|r| r.rows_of(user, &[motion])).unwrap().len();
    assert_eq!(left(), 1, "another photo uses it");
    two.anna_asks(Method::DELETE, "/assets", &remove(2)).await;
    assert_eq!(left(), 0);
    for path in ["/timeline/buckets?isTrashed=true", "/timeline/buckets?visibility=hidden"] {
        assert_eq!(two.anna_gets(path).await, json!([]));
    }
}

#[tokio::test]
async fn vanished_files_are_neither_restored_nor_emptied() {
    let two = Two::new();
    let user = two.app.user;
    two.app.library.write(|w| w.set_offline(user, &[ids::asset(3)], true)).unwrap();
    for path in ["/trash/restore", "/trash/empty"] {
        let answer = two.anna_asks(Method::POST, path, &Value::Null).await;
        assert_eq!(answer.json(), json!({"count": 0}), "{path}");
    }
    let trash = two.anna_gets("/timeline/buckets?isTrashed=true").await;
    assert_eq!(trash[0]["count"], 1);
}

#[tokio::test]
async fn assets_are_counted_and_drawn() {
    let two = Two::new();
    let video = |new: &mut NewAsset| new.facts.kind = Kind::Video;
    two.add(two.anna(), 64, facts(local(2024, 3, 1, 0, 0), None), video);
    two.anna_asks(Method::DELETE, "/assets", &json!({"ids": [ids::asset(3).to_string()]})).await;
    for (query, images, videos) in [
        ("", 2, 1),
        ("?isTrashed=true", 1, 0),
        ("?isFavorite=true", 0, 0),
        ("?isFavorite=false&visibility=timeline", 2, 1),
        ("?visibility=archive", 0, 0),
    ] {
        let expected = json!({"images": images, "videos": videos, "total": images + videos});
        assert_eq!(two.anna_gets(&format!("/assets/statistics{query}")).await, expected, "{query}");
    }
    let locked = two.anna_asks(Method::GET, "/assets/statistics?visibility=locked", &Value::Null);
    assert_eq!(locked.await.message(), "Elevated permission is required");
    assert_eq!(ids_of(&two.anna_gets("/assets/random").await).len(), 1);
    assert_eq!(ids_of(&two.anna_gets("/assets/random?count=9").await).len(), 3);
    let refused = two.anna_is_refused(Method::GET, "/assets/random?count=0", &Value::Null).await;
    assert_eq!(refused, json!(["count must not be less than 1"]));
}

#[tokio::test]
async fn only_what_a_scan_does_is_done_again() {
    let two = Two::new();
    let path = "/assets/jobs";
    let body =
        |name: &str, id: u64| json!({"assetIds": [ids::asset(id).to_string()], "name": name});
    for (body, told) in [
        (body("transcode-video", 1), json!("This job is not available")),
        (body("refresh-faces", 1), json!("This job is not available")),
        (body("refresh-metadata", 99), json!("Not found or no asset.update access")),
        (
            body("dance", 1),
            json!(["name must be one of the following values: refresh-faces, refresh-metadata, \
                 regenerate-thumbnail, transcode-video"]),
        ),
    ] {
        assert_eq!(two.anna_is_refused(Method::POST, path, &body).await, told);
    }
    for name in ["refresh-metadata", "regenerate-thumbnail"] {
        let done = two.anna_asks(Method::POST, path, &body(name, 1)).await;
        assert_eq!(done.status, StatusCode::NO_CONTENT);
    }
    let jobs = two.app.library.read(|reader| reader.jobs(10)).unwrap();
    assert_eq!(jobs.len(), 2);
}
