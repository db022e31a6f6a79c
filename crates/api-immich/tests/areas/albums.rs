//! Albums: what they show, who may change them, and every refusal.

use http::StatusCode;
use kalends_catalog::{Partner, Writer};
use kalends_model::{AlbumId, Visibility};
use serde_json::{Value, json};

use crate::friends::{Friends, id_of, nothing, photo, refused};

fn ids(answer: &Value) -> Vec<&str> {
    answer.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

fn errors(answer: &Value) -> Vec<Value> {
    answer.as_array().unwrap().iter().map(|item| item["error"].clone()).collect()
}

#[tokio::test]
async fn a_new_album_shows_what_it_was_given() {
    let friends = Friends::new();
    let album = friends
        .post(
            &friends.anna,
            "/albums",
            json!({
                "albumName": "Nepal", "description": "2024",
                "albumUsers": [{"userId": friends.bob.id.uuid(), "role": "viewer"}],
                // Bob's photo is not hers to share.
                "assetIds": [photo(11).uuid(), photo(2).uuid(), photo(3).uuid(), photo(2).uuid()],
            }),
        )
        .await;
    assert_eq!(album.status, StatusCode::CREATED);
    let dto = album.json();
    for (field, expected) in [
        ("albumName", json!("Nepal")),
        ("description", json!("2024")),
        ("ownerId", json!(friends.anna.id.uuid())),
        ("albumThumbnailAssetId", json!(photo(2).uuid())),
        ("assetCount", json!(2)),
        ("assets", json!([])),
        ("startDate", json!("2023-07-15T00:00:00.000Z")),
        ("endDate", json!("2024-02-15T00:00:00.000Z")),
        ("lastModifiedAssetTimestamp", json!("2026-11-22T12:00:00.000Z")),
        ("createdAt", json!("2026-11-22T12:00:00.000Z")),
        ("shared", json!(true)),
        ("hasSharedLink", json!(false)),
        ("isActivityEnabled", json!(true)),
        ("order", json!("desc")),
        ("contributorCounts", json!([{"userId": friends.anna.id.uuid(), "assetCount": 2}])),
    ] {
        assert_eq!(dto[field], expected, "{field}");
    }
    assert_eq!(dto["owner"]["name"], "Anna");
    assert_eq!(dto["owner"]["profileChangedAt"], "2026-11-22T12:00:00+00:00");
    assert_eq!(dto["albumUsers"][0]["role"], "viewer");
    assert_eq!(dto["albumUsers"][0]["user"]["name"], "Bob");

    let path = format!("/albums/{}", id_of(&album));
    let full = friends.get(&friends.bob, &path).await.json();
    assert_eq!(ids(&full["assets"]), [photo(2).to_string(), photo(3).to_string()]);
    let asset = &full["assets"][0];
    assert_eq!(asset["fileCreatedAt"], "2024-02-15T11:00:00+00:00");
    assert_eq!(asset["localDateTime"], "2024-02-15T12:00:00+00:00");
    assert!(asset["exifInfo"].is_object() && asset.get("owner").is_none());
    let bare = friends.get(&friends.bob, &format!("{path}?withoutAssets=true")).await.json();
    assert_eq!(bare["assets"], json!([]));

    let oldest_first = json!({"albums": {"defaultAssetOrder": "asc"}});
    friends.put(&friends.anna, "/users/me/preferences", oldest_first).await;
    let empty = friends.post(&friends.anna, "/albums", json!({"albumName": ""})).await.json();
    assert_eq!(empty["order"], "asc", "as she prefers");
    for field in ["startDate", "endDate", "lastModifiedAssetTimestamp", "contributorCounts"] {
        assert_eq!(empty.get(field), None, "{field}");
    }
    assert_eq!(empty["albumThumbnailAssetId"], Value::Null);
}

#[tokio::test]
async fn a_new_album_is_refused_whole() {
    let friends = Friends::new();
    let with = |user: &str, role: &str| json!({"albumName": "x", "albumUsers": [{"userId": user, "role": role}]});
    let (anna, carol) = (friends.anna.id.to_string(), friends.carol.id.to_string());
    for (body, message) in [
        (json!({}), json!(["albumName must be a string"])),
        (json!({"albumName": null}), json!(["albumName must be a string"])),
        (with(&anna, "editor"), json!("Cannot share album with owner")),
        (with(&nothing(), "editor"), json!("User not found")),
        (with("x", "editor"), json!(["albumUsers.0.userId must be a UUID"])),
        (
            with(&carol, "owner"),
            json!(["albumUsers.0.role must be one of the following values: editor, viewer"]),
        ),
        (
            json!({"albumName": "x", "assetIds": ["x"]}),
            json!(["each value in assetIds must be a UUID"]),
        ),
    ] {
        let answer = friends.post(&friends.anna, "/albums", body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.message()), (400, message), "{body}");
    }
    friends.app.library.write(|w| w.set_user_deleted(friends.carol.id, Some(1))).unwrap();
    let gone = friends.post(&friends.anna, "/albums", with(&carol, "viewer")).await;
    refused(&gone, 400, "User not found");
    assert_eq!(friends.get(&friends.anna, "/albums").await.json(), json!([]));
}

#[tokio::test]
async fn albums_are_listed_by_how_they_are_shared() {
    let friends = Friends::new();
    let shared = friends.shared_album().await;
    let make =
        |name: &'static str| friends.post(&friends.anna, "/albums", json!({"albumName": name}));
    let (lonely, linked) = (id_of(&make("lonely").await), id_of(&make("linked").await));
    let link = json!({"type": "ALBUM", "albumId": linked});
    assert_eq!(friends.post(&friends.anna, "/shared-links", link).await.status, 201);
    let his = friends.post(&friends.bob, "/albums", json!({"albumName": "his"})).await;
    let his = id_of(&his);

    let listed = async |who, query: &str| -> Vec<String> {
        let answer = friends.get(who, &format!("/albums{query}")).await;
        let mut listed: Vec<String> = ids(&answer.json()).into_iter().map(str::to_owned).collect();
        listed.sort();
        listed
    };
    let sorted = |ids: &[&String]| {
        let mut ids: Vec<String> = ids.iter().map(|id| (*id).clone()).collect();
        ids.sort();
        ids
    };
    let (anna, bob) = (&friends.anna, &friends.bob);
    assert_eq!(listed(anna, "").await, sorted(&[&shared, &lonely, &linked]));
    assert_eq!(listed(anna, "?shared=true").await, sorted(&[&shared, &linked]));
    assert_eq!(listed(anna, "?shared=false").await, sorted(&[&lonely]));
    assert_eq!(listed(bob, "").await, sorted(&[&his]));
    assert_eq!(listed(bob, "?shared=true").await, sorted(&[&shared]));
    assert_eq!(listed(bob, "?shared=false").await, sorted(&[&his]));
    let of_asset = format!("?assetId={}&shared=false", photo(1));
    assert_eq!(listed(anna, &of_asset).await, sorted(&[&shared]), "an asset wins over shared");
    assert_eq!(listed(bob, &of_asset).await, sorted(&[&shared]));
    assert_eq!(listed(bob, &format!("?assetId={}", photo(11))).await, sorted(&[]));
    assert_eq!(listed(bob, &format!("?assetId={}", nothing())).await, sorted(&[]));

    for (who, expected) in [
        (anna, json!({"owned": 3, "shared": 2, "notShared": 1})),
        (bob, json!({"owned": 1, "shared": 1, "notShared": 1})),
        (&friends.carol, json!({"owned": 0, "shared": 1, "notShared": 0})),
    ] {
        assert_eq!(friends.get(who, "/albums/statistics").await.json(), expected);
    }
    let wrong = friends.get(anna, "/albums?shared=1&assetId=7").await;
    let messages = ["shared must be a boolean value", "assetId must be a UUID"];
    assert_eq!(wrong.message(), json!(messages));
}

#[tokio::test]
async fn an_album_shows_nothing_that_is_in_the_trash_hidden_or_locked() {
    let friends = Friends::new();
    let album = friends.shared_album().await;
    let path = format!("/albums/{album}");
    let anna = friends.anna.id;
    let write = |act: &dyn Fn(&mut Writer<'_>)| {
        let acted = friends.app.library.write(|w| {
            act(w);
            Ok(())
        });
        acted.unwrap();
    };
    let shown = async |who| {
        let dto = friends.get(who, &path).await.json();
        let listed = friends.get(who, "/albums?shared=true").await.json()[0].clone();
        for field in ["assetCount", "startDate", "endDate", "albumThumbnailAssetId"] {
            assert_eq!(dto[field], listed[field], "{field}");
        }
        assert_eq!(dto["assetCount"], json!(dto["assets"].as_array().unwrap().len()));
        let cover = dto["albumThumbnailAssetId"].as_str().map(str::to_owned);
        (dto["assetCount"].as_u64().unwrap(), cover)
    };
    let cover = |number| Some(photo(number).to_string());
    assert_eq!(shown(&friends.carol).await, (3, cover(1)));
    write(&|w| drop(w.trash(anna, &[photo(1)]).unwrap()));
    assert_eq!(shown(&friends.carol).await, (2, cover(2)), "the newest stands in");
    write(&|w| drop(w.set_visibility(anna, &[photo(2)], Visibility::Archive).unwrap()));
    assert_eq!(shown(&friends.carol).await, (2, cover(2)));
    write(&|w| drop(w.set_visibility(anna, &[photo(2)], Visibility::Hidden).unwrap()));
    assert_eq!(shown(&friends.carol).await, (1, cover(3)));
    assert_eq!(shown(&friends.anna).await, (1, cover(3)), "the owner's album is no other");
    write(&|w| drop(w.set_offline(anna, &[photo(3)], true).unwrap()));
    assert_eq!(shown(&friends.anna).await, (0, None));
    write(&|w| drop(w.restore(anna, &[photo(1)]).unwrap()));
    assert_eq!(shown(&friends.anna).await, (1, cover(1)), "the chosen cover is back");
}

#[tokio::test]
async fn each_role_may_what_it_may() {
    let friends = Friends::new();
    let album = friends.shared_album().await;
    let path = format!("/albums/{album}");
    let Friends { anna, bob, carol, .. } = &friends;

    let renamed = friends.patch(bob, &path, json!({"albumName": "ours", "order": "asc"})).await;
    assert_eq!(renamed.status, StatusCode::OK);
    assert_eq!(
        (&renamed.json()["albumName"], &renamed.json()["order"]),
        (&json!("ours"), &json!("asc"))
    );
    refused(
        &friends.patch(carol, &path, json!({"albumName": "mine"})).await,
        400,
        "Not found or no album.update access",
    );
    refused(
        &friends.delete(bob, &path, json!({})).await,
        400,
        "Not found or no album.delete access",
    );

    let his = json!({"ids": [photo(11).uuid()]});
    let assets = format!("{path}/assets");
    let added = friends.put(bob, &assets, his.clone()).await.json();
    assert_eq!(added, json!([{"id": photo(11).uuid(), "success": true}]));
    refused(
        &friends.put(carol, &assets, his.clone()).await,
        400,
        "Not found or no albumAsset.create access",
    );
    refused(
        &friends.delete(carol, &assets, his.clone()).await,
        400,
        "Not found or no albumAsset.delete access",
    );
    let counts = friends.get(carol, &path).await.json()["contributorCounts"].clone();
    assert_eq!(counts.as_array().map(Vec::len), Some(2));
    // An editor takes out what is his; the owner takes out anything.
    let both =
        json!({"ids": [photo(11).uuid(), photo(1).uuid(), photo(12).uuid(), photo(11).uuid()]});
    let taken = friends.delete(bob, &assets, both).await.json();
    let reasons = [json!(null), json!("no_permission"), json!("not_found"), json!("not_found")];
    assert_eq!(errors(&taken), reasons);
    friends.put(bob, &assets, his.clone()).await;
    let taken = friends.delete(anna, &assets, his).await.json();
    assert_eq!(errors(&taken), [json!(null)]);

    let users = json!({"albumUsers": [{"userId": anna.id.uuid()}]});
    let message = "Not found or no album.share access";
    refused(&friends.put(carol, &format!("{path}/users"), users).await, 400, message);
    let role = json!({"role": "editor"});
    let of_carol = format!("{path}/user/{}", carol.id);
    refused(&friends.put(carol, &of_carol, role).await, 400, message);
    let of_bob = format!("{path}/user/{}", bob.id);
    refused(&friends.delete(carol, &of_bob, json!({})).await, 400, message);

    assert_eq!(friends.delete(anna, &path, json!({})).await.status, StatusCode::NO_CONTENT);
    for who in [anna, bob, carol] {
        refused(&friends.get(who, &path).await, 400, "Not found or no album.read access");
    }
}

#[tokio::test]
async fn strangers_learn_nothing_of_an_album() {
    let friends = Friends::new();
    let album = id_of(&friends.post(&friends.anna, "/albums", json!({"albumName": "x"})).await);
    let bob = &friends.bob;
    let cases = |id: &str| {
        let path = format!("/albums/{id}");
        let ids = json!({"ids": []});
        let users = json!({"albumUsers": [{"userId": bob.id.uuid()}]});
        [
            ("GET", path.clone(), json!({}), "album.read"),
            ("PATCH", path.clone(), json!({"albumName": "y"}), "album.update"),
            ("DELETE", path.clone(), json!({}), "album.delete"),
            ("DELETE", format!("{path}/assets"), ids, "albumAsset.delete"),
            ("PUT", format!("{path}/users"), users, "album.share"),
            ("PUT", format!("{path}/user/{}", bob.id), json!({"role": "editor"}), "album.share"),
            ("DELETE", format!("{path}/user/{}", friends.carol.id), json!({}), "album.share"),
            ("DELETE", format!("{path}/user/me"), json!({}), "album.share"),
        ]
    };
    for id in [album.clone(), nothing()] {
        for (method, path, body, right) in cases(&id) {
            let answer = friends.ask(bob, method.parse().unwrap(), &path, body).await;
            refused(&answer, 400, &format!("Not found or no {right} access"));
        }
    }
    let assets = json!({"ids": [photo(11).uuid()]});
    let foreign = friends.put(bob, &format!("/albums/{album}/assets"), assets.clone()).await;
    refused(&foreign, 400, "Not found or no albumAsset.create access");
    let unknown = friends.put(bob, &format!("/albums/{}/assets", nothing()), assets).await;
    refused(&unknown, 400, "Album not found");
    let bad = friends.get(bob, "/albums/7").await;
    assert_eq!(bad.message(), json!(["id must be a UUID"]));
    let bad = friends.delete(bob, &format!("/albums/{album}/user/you"), json!({})).await;
    assert_eq!(bad.message(), json!(["userId must be a UUID"]));
}

#[tokio::test]
async fn assets_are_added_one_by_one_and_a_partners_may_be_too() {
    let friends = Friends::new();
    let Friends { anna, bob, .. } = &friends;
    let made = friends.post(anna, "/albums", json!({"albumName": "x"})).await;
    let path = format!("/albums/{}/assets", id_of(&made));
    let library = &friends.app.library;
    library.write(|w| w.set_visibility(anna.id, &[photo(3)], Visibility::Locked)).unwrap();
    let all = [1, 1, 11, 3, 99].map(|number| photo(number).uuid());
    let all = json!({"ids": all});
    let added = friends.put(anna, &path, all.clone()).await.json();
    let none = || json!("no_permission");
    assert_eq!(errors(&added), [json!(null), json!("duplicate"), none(), none(), none()]);
    let partner = Partner { shared_by: bob.id, shared_with: anna.id, in_timeline: false };
    library.write(|w| w.set_partner(partner)).unwrap();
    library.write(|w| w.set_visibility(bob.id, &[photo(12)], Visibility::Archive)).unwrap();
    let his = [11, 12].map(|number| photo(number).uuid());
    let his = json!({"ids": his});
    let added = friends.put(anna, &path, his).await.json();
    assert_eq!(errors(&added), [json!(null), none()], "partners share their timeline alone");
    let empty = friends.put(anna, &path, json!({"ids": []})).await;
    assert_eq!((empty.status, empty.json()), (StatusCode::OK, json!([])));
    let missing = friends.put(anna, &path, json!({})).await.message();
    assert_eq!(missing[2], "ids must be an array");
}

#[tokio::test]
async fn assets_are_added_to_several_albums_at_once() {
    let friends = Friends::new();
    let Friends { anna, bob, .. } = &friends;
    let make = |who| friends.post(who, "/albums", json!({"albumName": "x"}));
    let (first, second) = (id_of(&make(anna).await), id_of(&make(anna).await));
    let his = id_of(&make(bob).await);
    let add = |albums: Vec<String>, assets: &[u64]| {
        let assets: Vec<_> = assets.iter().map(|n| photo(*n).uuid()).collect();
        friends.put(anna, "/albums/assets", json!({"albumIds": albums, "assetIds": assets}))
    };
    let (done, failed) = (json!({"success": true}), |why| json!({"success": false, "error": why}));
    let both = vec![first.clone(), second.clone(), his.clone()];
    assert_eq!(add(both.clone(), &[1, 11]).await.json(), done);
    assert_eq!(add(both.clone(), &[1]).await.json(), failed("duplicate"));
    assert_eq!(add(vec![first.clone()], &[1, 2]).await.json(), done);
    assert_eq!(add(both, &[2]).await.json(), done, "it is new to the second");
    assert_eq!(add(vec![his.clone(), nothing()], &[1]).await.json(), failed("no_permission"));
    assert_eq!(add(vec![first], &[11]).await.json(), failed("no_permission"));
    let holds = friends.get(anna, &format!("/albums/{second}")).await.json();
    assert_eq!(holds["assetCount"], 2);
    assert_eq!(friends.get(bob, &format!("/albums/{his}")).await.json()["assetCount"], 0);
    let bad = friends.put(anna, "/albums/assets", json!({"albumIds": ["x"], "assetIds": []})).await;
    assert_eq!(bad.message(), json!(["each value in albumIds must be a UUID"]));
}

#[tokio::test]
async fn a_cover_must_be_in_the_album() {
    let friends = Friends::new();
    let album = friends.shared_album().await;
    let path = format!("/albums/{album}");
    let set = |number| {
        let body = json!({"albumThumbnailAssetId": photo(number).uuid()});
        friends.patch(&friends.bob, &path, body)
    };
    assert_eq!(set(3).await.json()["albumThumbnailAssetId"], json!(photo(3).uuid()));
    refused(&set(11).await, 400, "Invalid album thumbnail");
    refused(&set(99).await, 400, "Invalid album thumbnail");
    friends.app.library.write(|w| w.trash(friends.anna.id, &[photo(1)])).unwrap();
    refused(&set(1).await, 400, "Invalid album thumbnail");
    let kept = friends.get(&friends.anna, &path).await.json();
    assert_eq!(kept["albumThumbnailAssetId"], json!(photo(3).uuid()));
    let bad = friends.patch(&friends.anna, &path, json!({"order": "up"})).await.message();
    assert_eq!(bad, json!(["order must be one of the following values: asc, desc"]));
}

#[tokio::test]
async fn members_are_added_changed_and_removed() {
    let friends = Friends::new();
    let Friends { anna, bob, carol, .. } = &friends;
    let album = id_of(&friends.post(anna, "/albums", json!({"albumName": "x"})).await);
    let (users, user) = (format!("/albums/{album}/users"), format!("/albums/{album}/user"));
    let add = |ids: &[String]| {
        let users_of = ids.iter().map(|id| json!({"userId": id})).collect::<Vec<_>>();
        friends.put(anna, &users, json!({"albumUsers": users_of}))
    };
    let (a, b, c) = (anna.id.to_string(), bob.id.to_string(), carol.id.to_string());
    refused(&add(std::slice::from_ref(&a)).await, 400, "Cannot be shared with owner");
    refused(&add(&[b.clone(), nothing()]).await, 400, "User not found");
    refused(&add(&[b.clone(), b.clone()]).await, 400, "User already added");
    assert_eq!(add(&[]).await.message(), json!(["albumUsers should not be empty"]));
    let added = add(&[c.clone(), b.clone()]).await;
    assert_eq!(added.status, StatusCode::OK);
    refused(&add(std::slice::from_ref(&b)).await, 400, "User already added");

    let set = async |id: &str, role: &'static str| {
        friends.put(anna, &format!("{user}/{id}"), json!({"role": role})).await
    };
    let set_b = set(&b, "viewer").await;
    assert_eq!(set_b.status, StatusCode::NO_CONTENT);
    refused(&set(&a, "viewer").await, 400, "Album not shared with user");
    let dto = friends.get(bob, &format!("/albums/{album}")).await.json();
    let told: Vec<_> = dto["albumUsers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| (member["user"]["name"].clone(), member["role"].clone()))
        .collect();
    assert_eq!(told, [(json!("Carol"), json!("editor")), (json!("Bob"), json!("viewer"))]);

    let remove =
        async |who, id: &str| friends.delete(who, &format!("{user}/{id}"), json!({})).await;
    refused(&remove(anna, &a).await, 400, "Cannot remove album owner");
    refused(&remove(anna, "me").await, 400, "Cannot remove album owner");
    refused(&remove(carol, &a).await, 400, "Cannot remove album owner");
    refused(&remove(anna, &nothing()).await, 400, "Album not shared with user");
    assert_eq!(remove(bob, "me").await.status, StatusCode::NO_CONTENT, "a viewer may leave");
    assert_eq!(remove(anna, &c).await.status, StatusCode::NO_CONTENT);
    let alone = friends.get(anna, &format!("/albums/{album}")).await.json();
    assert_eq!((&alone["albumUsers"], &alone["shared"]), (&json!([]), &json!(false)));
    let gone = friends.get(bob, &format!("/albums/{album}")).await;
    refused(&gone, 400, "Not found or no album.read access");
}

#[tokio::test]
async fn what_a_deleted_user_shared_is_gone() {
    let friends = Friends::new();
    let album = friends.shared_album().await;
    let Friends { anna, bob, carol, app, .. } = &friends;
    friends.put(bob, &format!("/albums/{album}/assets"), json!({"ids": [photo(11).uuid()]})).await;
    let count =
        async || friends.get(anna, &format!("/albums/{album}")).await.json()["assetCount"].clone();
    assert_eq!(count().await, 4);
    app.library.write(|w| w.set_user_deleted(bob.id, Some(1))).unwrap();
    assert_eq!(count().await, 3);
    let his = friends.get(carol, &format!("/assets/{}", photo(11))).await;
    refused(&his, 400, "Not found or no asset.read access");
    let members = friends.get(anna, &format!("/albums/{album}")).await.json()["albumUsers"].clone();
    assert_eq!(members.as_array().map(Vec::len), Some(1));
    app.library.write(|w| w.set_user_deleted(anna.id, Some(1))).unwrap();
    assert_eq!(friends.get(carol, "/albums?shared=true").await.json(), json!([]));
    let id: AlbumId = album.parse().unwrap();
    assert!(app.library.read(|r| r.album(id)).unwrap().is_some(), "it waits for its owner");
}
