//! Partners.

use http::StatusCode;
use serde_json::{Value, json};

use crate::friends::{Friends, nothing, photo, refused};

#[tokio::test]
async fn a_partnership_is_begun_shown_and_ended() {
    let friends = Friends::new();
    let Friends { anna, bob, .. } = &friends;
    let body = json!({"sharedWithId": anna.id.uuid()});
    let made = friends.post(bob, "/partners", body.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED);
    assert_eq!((&made.json()["name"], &made.json()["inTimeline"]), (&json!("Anna"), &json!(false)));
    refused(&friends.post(bob, "/partners", body).await, 400, "Partner already exists");
    let older = friends.post(bob, &format!("/partners/{}", anna.id), json!({})).await;
    refused(&older, 400, "Partner already exists");

    let names = async |who, direction: &str| {
        let answer = friends.get(who, &format!("/partners?direction={direction}")).await.json();
        answer.as_array().unwrap().iter().map(|p| p["name"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(names(bob, "shared-by").await, [json!("Anna")]);
    assert_eq!(names(bob, "shared-with").await, Vec::<Value>::new());
    assert_eq!(names(anna, "shared-with").await, [json!("Bob")]);
    let his = format!("/assets/{}", photo(11));
    assert_eq!(friends.get(anna, &his).await.status, StatusCode::OK);

    let together = "/timeline/buckets?withPartners=true&visibility=timeline";
    let months = async || friends.get(anna, together).await.json().as_array().unwrap().len();
    assert_eq!(months().await, 2);
    let shown =
        friends.put(anna, &format!("/partners/{}", bob.id), json!({"inTimeline": true})).await;
    assert_eq!((shown.status, &shown.json()["inTimeline"]), (StatusCode::OK, &json!(true)));
    assert_eq!(months().await, 3);

    let end = friends.delete(bob, &format!("/partners/{}", anna.id), json!({})).await;
    assert_eq!(end.status, StatusCode::NO_CONTENT);
    assert_eq!(months().await, 2);
    refused(&friends.get(anna, &his).await, 400, "Not found or no asset.read access");
}

#[tokio::test]
async fn partners_are_two_live_users() {
    let friends = Friends::new();
    let Friends { anna, bob, carol, app, .. } = &friends;
    let share = |id: String| friends.post(bob, "/partners", json!({"sharedWithId": id}));
    refused(&share(bob.id.to_string()).await, 400, "Cannot share with yourself");
    refused(&share(nothing()).await, 400, "User not found");
    let bad = share("x".to_owned()).await.message();
    assert_eq!(bad, json!(["sharedWithId must be a UUID"]));
    let not_mine =
        friends.put(anna, &format!("/partners/{}", bob.id), json!({"inTimeline": true})).await;
    refused(&not_mine, 400, "Not found or no partner.update access");
    let none = friends.delete(bob, &format!("/partners/{}", anna.id), json!({})).await;
    refused(&none, 400, "Partner not found");
    for query in ["", "?direction=", "?direction=both"] {
        let answer = friends.get(bob, &format!("/partners{query}")).await;
        let message = "direction must be one of the following values: shared-by, shared-with";
        assert_eq!(answer.message(), json!([message]));
    }
    assert_eq!(share(carol.id.to_string()).await.status, StatusCode::CREATED);
    // The receiver cannot end what somebody else gives, nor the giver say where it is shown.
    let ended = friends.delete(carol, &format!("/partners/{}", bob.id), json!({})).await;
    refused(&ended, 400, "Partner not found");
    let shown =
        friends.put(bob, &format!("/partners/{}", carol.id), json!({"inTimeline": true})).await;
    refused(&shown, 400, "Not found or no partner.update access");

    app.library.write(|w| w.set_user_deleted(carol.id, Some(1))).unwrap();
    assert_eq!(friends.get(bob, "/partners?direction=shared-by").await.json(), json!([]));
    refused(&share(carol.id.to_string()).await, 400, "User not found");
}
