//! Comments and likes.

use http::StatusCode;
use serde_json::json;

use crate::friends::{Friends, id_of, nothing, photo, refused};

#[tokio::test]
async fn members_talk_about_an_album_and_its_assets() {
    let friends = Friends::new();
    let album = friends.shared_album().await;
    let Friends { anna, bob, carol, .. } = &friends;
    let comment = json!({"albumId": album, "type": "comment", "comment": "nice"});
    let said = friends.post(bob, "/activities", comment).await;
    assert_eq!(said.status, StatusCode::CREATED);
    let dto = said.json();
    assert_eq!((&dto["type"], &dto["comment"]), (&json!("comment"), &json!("nice")));
    assert_eq!((&dto["assetId"], &dto["user"]["name"]), (&json!(null), &json!("Bob")));

    let like = json!({"albumId": album, "assetId": photo(1).uuid(), "type": "like"});
    let first = friends.post(carol, "/activities", like.clone()).await;
    assert_eq!(first.status, StatusCode::CREATED);
    let again = friends.post(carol, "/activities", like).await;
    assert_eq!((again.status, again.json()), (StatusCode::OK, first.json()));
    let of_album =
        friends.post(carol, "/activities", json!({"albumId": album, "type": "like"})).await;
    assert_eq!(of_album.status, StatusCode::CREATED, "the album is not its asset");

    let listed = async |query: &str| {
        let path = format!("/activities?albumId={album}{query}");
        let answer = friends.get(anna, &path).await;
        answer.json().as_array().unwrap().len()
    };
    assert_eq!(listed("").await, 3);
    assert_eq!(listed("&type=like").await, 2);
    assert_eq!(listed("&level=album").await, 2);
    assert_eq!(listed("&level=asset").await, 1);
    assert_eq!(listed(&format!("&assetId={}", photo(1))).await, 1);
    assert_eq!(listed(&format!("&assetId={}&level=album", photo(1))).await, 2);
    assert_eq!(listed(&format!("&userId={}", bob.id)).await, 1);
    let statistics = async |query: &str| {
        let path = format!("/activities/statistics?albumId={album}{query}");
        friends.get(anna, &path).await.json()
    };
    assert_eq!(statistics("").await, json!({"comments": 1, "likes": 2}));
    let of_asset = format!("&assetId={}", photo(1));
    assert_eq!(statistics(&of_asset).await, json!({"comments": 0, "likes": 1}));

    let remove =
        async |who, id: String| friends.delete(who, &format!("/activities/{id}"), json!({})).await;
    let message = "Not found or no activity.delete access";
    refused(&remove(carol, id_of(&said)).await, 400, message);
    refused(&remove(carol, nothing()).await, 400, message);
    assert_eq!(remove(carol, id_of(&first)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(remove(anna, id_of(&said)).await.status, StatusCode::NO_CONTENT, "her album");
    assert_eq!(listed("").await, 1);
    friends
        .delete(anna, &format!("/albums/{album}/assets"), json!({"ids": [photo(1).uuid()]}))
        .await;
    assert_eq!(listed("").await, 1);
}

#[tokio::test]
async fn talk_is_refused_to_strangers_and_where_it_is_off() {
    let friends = Friends::new();
    let Friends { anna, bob, .. } = &friends;
    let made = friends
        .post(anna, "/albums", json!({"albumName": "x", "assetIds": [photo(1).uuid()]}))
        .await;
    let album = id_of(&made);
    let like = |id: &str| json!({"albumId": id, "type": "like"});
    for id in [album.clone(), nothing()] {
        let message = "Not found or no activity.create access";
        refused(&friends.post(bob, "/activities", like(&id)).await, 400, message);
        for path in ["/activities", "/activities/statistics"] {
            let answer = friends.get(bob, &format!("{path}?albumId={id}")).await;
            refused(&answer, 400, "Not found or no album.read access");
        }
    }
    let elsewhere = json!({"albumId": album, "assetId": photo(2).uuid(), "type": "like"});
    refused(&friends.post(anna, "/activities", elsewhere).await, 400, "Asset not in album");
    let foreign = json!({"albumId": album, "assetId": photo(11).uuid(), "type": "like"});
    refused(&friends.post(anna, "/activities", foreign).await, 400, "Asset not in album");

    let off = json!({"isActivityEnabled": false});
    friends.patch(anna, &format!("/albums/{album}"), off).await;
    let message = "Not found or no activity.create access";
    refused(&friends.post(anna, "/activities", like(&album)).await, 400, message);
    assert_eq!(friends.get(anna, &format!("/activities?albumId={album}")).await.json(), json!([]));

    for (body, messages) in [
        (
            json!({"albumId": album, "type": "comment"}),
            json!(["comment must be a string", "comment should not be empty"]),
        ),
        (
            json!({"albumId": album, "type": "shout"}),
            json!(["type must be one of the following values: comment, like"]),
        ),
        (json!({"type": "like"}), json!(["albumId must be a UUID", "albumId should not be empty"])),
    ] {
        assert_eq!(friends.post(anna, "/activities", body).await.message(), messages);
    }
    for query in ["", "?albumId=x"] {
        let answer = friends.get(anna, &format!("/activities{query}")).await;
        assert_eq!(answer.message(), json!(["albumId must be a UUID"]));
    }
}
