//! Shared links: made, changed, visited, locked, and every refusal.

use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::Answer;
use crate::friends::{Friends, id_of, nothing, photo, refused};

const DOTS: &str = "••••••••";

async fn visit(friends: &Friends, path: &str, key: &str, cookie: Option<&str>) -> Answer {
    let joint = if path.contains('?') { '&' } else { '?' };
    let headers: Vec<(&str, &str)> = cookie.iter().map(|cookie| ("cookie", *cookie)).collect();
    friends.app.get(&format!("/api{path}{joint}key={key}"), &headers).await
}

fn key_of(answer: &Answer) -> String {
    answer.json()["key"].as_str().unwrap().to_owned()
}

/// The `name=value` of the one cookie that an answer sets.
fn cookie_of(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap().to_owned()
}

async fn album_link(friends: &Friends, extra: Value) -> (String, Answer) {
    let album = friends.shared_album().await;
    let mut body = json!({"type": "ALBUM", "albumId": album});
    body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
    let link = friends.post(&friends.anna, "/shared-links", body).await;
    assert_eq!(link.status, StatusCode::CREATED, "{:?}", link.json());
    (album, link)
}

#[tokio::test]
async fn a_link_to_an_album_shows_the_album_and_no_more() {
    let friends = Friends::new();
    let (album, link) = album_link(&friends, json!({"slug": "trip"})).await;
    let dto = link.json();
    for (field, expected) in [
        ("type", json!("ALBUM")),
        ("userId", json!(friends.anna.id.uuid())),
        ("slug", json!("trip")),
        ("password", json!(null)),
        ("description", json!(null)),
        ("expiresAt", json!(null)),
        ("assets", json!([])),
        ("allowUpload", json!(true)),
        ("allowDownload", json!(true)),
        ("showMetadata", json!(true)),
    ] {
        assert_eq!(dto[field], expected, "{field}");
    }
    let key = key_of(&link);
    assert_eq!(key.len(), 67);
    assert_eq!(dto["album"]["id"], json!(album));

    let me = visit(&friends, "/shared-links/me", &key, None).await;
    assert_eq!(me.status, StatusCode::OK);
    let shown = me.json()["album"].clone();
    assert_eq!((&shown["assetCount"], &shown["hasSharedLink"]), (&json!(3), &json!(true)));
    assert_eq!(shown["albumUsers"], json!([]), "visitors are not told who else looks");
    assert_eq!(shown["owner"]["email"], "");
    let by_slug = friends.app.get("/api/shared-links/me?slug=trip", &[]).await;
    assert_eq!(by_slug.json()["id"], dto["id"]);

    let path = format!("/albums/{album}");
    let shown = visit(&friends, &path, &key, None).await.json();
    assert_eq!(shown["assets"].as_array().map(Vec::len), Some(3));
    let buckets = format!("/timeline/buckets?albumId={album}");
    assert_eq!(visit(&friends, &buckets, &key, None).await.json()[0]["count"], 2);
    let asset = visit(&friends, &format!("/assets/{}", photo(1)), &key, None).await;
    assert_eq!(asset.status, StatusCode::OK);

    let other = id_of(&friends.post(&friends.anna, "/albums", json!({"albumName": "x"})).await);
    let refusal = visit(&friends, &format!("/albums/{other}"), &key, None).await;
    refused(&refusal, 400, "Not found or no album.read access");
    for path in ["/albums", "/shared-links", "/partners", "/activities", "/albums/statistics"] {
        refused(&visit(&friends, path, &key, None).await, 403, "Forbidden");
    }
    let whole = visit(&friends, "/timeline/buckets", &key, None).await;
    refused(&whole, 400, "Not found or no timeline.read access");
    refused(&visit(&friends, "/shared-links/me", "wrong", None).await, 401, "Invalid share key");
}

#[tokio::test]
async fn a_link_is_refused_whole() {
    let friends = Friends::new();
    let album = friends.shared_album().await;
    let Friends { anna, bob, carol, .. } = &friends;
    let of_album = |id: &str| json!({"type": "ALBUM", "albumId": id});
    let of_assets = |numbers: &[u64]| {
        let ids: Vec<_> = numbers.iter().map(|n| photo(*n).uuid()).collect();
        json!({"type": "INDIVIDUAL", "assetIds": ids})
    };
    let no_share = "Not found or no album.share access";
    for (who, body, message) in [
        (anna, json!({"type": "ALBUM"}), json!("Invalid albumId")),
        (anna, json!({"type": "INDIVIDUAL"}), json!("Invalid assetIds")),
        (anna, of_assets(&[]), json!("Invalid assetIds")),
        (anna, of_album(&nothing()), json!(no_share)),
        (carol, of_album(&album), json!(no_share)),
        (anna, of_assets(&[1, 11]), json!("Not found or no asset.share access")),
        (bob, of_assets(&[1]), json!("Not found or no asset.share access")),
        (
            anna,
            json!({"type": "X"}),
            json!(["type must be one of the following values: ALBUM, INDIVIDUAL"]),
        ),
        (
            anna,
            json!({"type": "ALBUM", "albumId": album, "expiresAt": "soon"}),
            json!("expiresAt must be a date string"),
        ),
    ] {
        let answer = friends.post(who, "/shared-links", body.clone()).await;
        assert_eq!((answer.status.as_u16(), answer.message()), (400, message), "{body}");
    }
    for who in [anna, bob, carol] {
        assert_eq!(friends.get(who, "/shared-links").await.json(), json!([]));
    }
    let named = json!({"type": "ALBUM", "albumId": album, "slug": "trip"});
    assert_eq!(
        friends.post(anna, "/shared-links", named.clone()).await.status,
        StatusCode::CREATED
    );
    let taken = friends.post(bob, "/shared-links", named).await;
    refused(&taken, 400, "Shared link with this slug already exists");
    let unnamed = json!({"type": "ALBUM", "albumId": album, "slug": ""});
    for _ in 0..2 {
        let made = friends.post(bob, "/shared-links", unnamed.clone()).await;
        assert_eq!((made.status, &made.json()["slug"]), (StatusCode::CREATED, &json!(null)));
    }
}

#[tokio::test]
async fn the_password_of_a_link_cannot_be_guessed_at_leisure() {
    let friends = Friends::new();
    let (_, link) = album_link(&friends, json!({"password": "sesame"})).await;
    let key = key_of(&link);
    let guess = async |password: &str| {
        let path = format!("/shared-links/me?password={password}");
        visit(&friends, &path, &key, None).await
    };
    for n in 0..10 {
        refused(&guess(&format!("wrong{n}")).await, 401, "Invalid password");
    }
    // Not even the right one is looked at now.
    let too_many = guess("sesame").await;
    refused(&too_many, 429, "Too many attempts, please try again later");
    assert_eq!(too_many.header("retry-after"), "60");
}

#[tokio::test]
async fn a_link_with_a_password_opens_nothing_before_it_is_given() {
    let friends = Friends::new();
    let (album, link) = album_link(&friends, json!({"password": "sesame", "slug": "cave"})).await;
    assert_eq!(link.json()["password"], DOTS, "the password itself is not kept");
    let (key, id) = (key_of(&link), id_of(&link));
    let paths = [
        "/shared-links/me".to_owned(),
        format!("/timeline/buckets?albumId={album}"),
        format!("/timeline/bucket?albumId={album}&timeBucket=2024-02-01"),
        format!("/assets/{}", photo(1)),
        format!("/albums/{album}"),
    ];
    for path in &paths {
        refused(&visit(&friends, path, &key, None).await, 401, "Password required");
        let stale = Some("immich_shared_link_token=AAAA");
        refused(&visit(&friends, path, &key, stale).await, 401, "Password required");
    }
    let login = |query: String, password: &'static str| {
        let body = json!({"password": password}).to_string();
        let path = format!("/api/shared-links/login?{query}");
        let app = &friends.app;
        async move {
            let json = [("content-type", "application/json")];
            app.ask(Method::POST, &path, &json, &body).await
        }
    };
    refused(&login(format!("key={key}"), "guess").await, 401, "Invalid password");
    refused(&login("key=wrong".to_owned(), "sesame").await, 401, "Invalid share key");
    refused(&login("slug=wrong".to_owned(), "sesame").await, 401, "Invalid share slug");
    refused(&login(String::new(), "sesame").await, 401, "Authentication required");
    let as_user =
        friends.post(&friends.anna, "/shared-links/login", json!({"password": "x"})).await;
    let bare =
        json!({"message": "Forbidden", "statusCode": 403, "correlationId": "abababababababab"});
    assert_eq!((as_user.status.as_u16(), as_user.json()), (403, bare.clone()));
    let empty = login(format!("key={key}"), "").await;
    assert_eq!(empty.message(), json!(["password should not be empty"]));

    let opened = login("slug=cave".to_owned(), "sesame").await;
    assert_eq!((opened.status, &opened.json()["id"]), (StatusCode::CREATED, &json!(id)));
    let cookie = cookie_of(&opened);
    assert!(cookie.starts_with("immich_shared_link_token="), "{cookie}");
    assert!(opened.header("set-cookie").contains("HttpOnly"));
    for path in &paths {
        assert_eq!(
            visit(&friends, path, &key, Some(&cookie)).await.status,
            StatusCode::OK,
            "{path}"
        );
    }
    // Another link of the same album stays shut, and a new password shuts this one.
    let other = json!({"type": "ALBUM", "albumId": album, "password": "sesame"});
    let other = key_of(&friends.post(&friends.anna, "/shared-links", other).await);
    refused(&visit(&friends, &paths[1], &other, Some(&cookie)).await, 401, "Password required");
    let change = async |body: Value| {
        friends.patch(&friends.anna, &format!("/shared-links/{id}"), body).await
    };
    assert_eq!(change(json!({"password": DOTS, "description": "x"})).await.status, StatusCode::OK);
    assert_eq!(visit(&friends, &paths[0], &key, Some(&cookie)).await.status, StatusCode::OK);
    change(json!({"password": "another"})).await;
    refused(&visit(&friends, &paths[0], &key, Some(&cookie)).await, 401, "Password required");
    let older = "/shared-links/me?password=another";
    let older = visit(&friends, older, &key, Some(&cookie)).await;
    assert_eq!(older.status, StatusCode::OK);
    let both = cookie_of(&older);
    assert!(both.contains("%2C"), "what was unlocked before is kept: {both}");
    assert_eq!(visit(&friends, &paths[3], &key, Some(&both)).await.status, StatusCode::OK);
    let wrong = visit(&friends, "/shared-links/me?password=wrong", &key, None).await;
    refused(&wrong, 401, "Invalid password");

    change(json!({"password": null})).await;
    assert_eq!(visit(&friends, &paths[0], &key, None).await.json()["password"], json!(null));
    let unprotected = login(format!("key={key}"), "another").await;
    refused(&unprotected, 400, "Shared link is not password protected");
    let mine = friends.get(&friends.anna, "/shared-links/me").await;
    assert_eq!((mine.status.as_u16(), mine.json()), (403, bare));
}

#[tokio::test]
async fn an_individual_link_shows_its_assets_and_no_timeline() {
    let friends = Friends::new();
    let Friends { anna, bob, app, .. } = &friends;
    let body = json!({"type": "INDIVIDUAL", "assetIds": [photo(1).uuid(), photo(3).uuid()]});
    let link = friends.post(anna, "/shared-links", body).await;
    let (key, id) = (key_of(&link), id_of(&link));
    let shown = async || {
        let me = visit(&friends, "/shared-links/me", &key, None).await.json();
        assert_eq!(me.get("album"), None);
        me["assets"].as_array().unwrap().iter().map(|a| a["id"].clone()).collect::<Vec<_>>()
    };
    let id_json = |number| json!(photo(number).uuid());
    assert_eq!(shown().await, [id_json(3), id_json(1)], "the earliest first");
    let timeline = visit(&friends, "/timeline/buckets", &key, None).await;
    refused(&timeline, 400, "Not found or no timeline.read access");
    for (number, status) in [(1, 200), (2, 400), (11, 400)] {
        let path = format!("/assets/{}", photo(number));
        assert_eq!(visit(&friends, &path, &key, None).await.status.as_u16(), status, "{number}");
    }

    let assets = format!("/shared-links/{id}/assets");
    let of = |numbers: &[u64]| json!({"assetIds": numbers.iter().map(|n| photo(*n).uuid()).collect::<Vec<_>>()});
    let reasons = |answer: &Answer| -> Vec<Value> {
        let results = answer.json();
        results.as_array().unwrap().iter().map(|r| r["error"].clone()).collect()
    };
    let added = friends.put(anna, &assets, of(&[1, 2, 2, 11])).await;
    let expected = [json!("duplicate"), json!(null), json!("duplicate"), json!("no_permission")];
    assert_eq!(reasons(&added), expected);
    let removed = friends.delete(anna, &assets, of(&[3, 3, 11])).await;
    assert_eq!(reasons(&removed), [json!(null), json!("not_found"), json!("not_found")]);
    assert_eq!(shown().await.len(), 2);
    app.library.write(|w| w.trash(anna.id, &[photo(1)])).unwrap();
    assert_eq!(shown().await, [id_json(2)]);
    let listed = friends.get(anna, "/shared-links").await.json();
    assert_eq!(listed[0]["assets"].as_array().map(Vec::len), Some(1));

    // A visitor may ask, but shares nothing of the owner's.
    let json_type = [("content-type", "application/json")];
    let path = format!("/api{assets}?key={key}");
    let asked = app.ask(Method::PUT, &path, &json_type, &of(&[2, 3]).to_string()).await;
    assert_eq!(reasons(&asked), [json!("duplicate"), json!("no_permission")]);
    let taken = app.ask(Method::DELETE, &path, &json_type, &of(&[2]).to_string()).await;
    refused(&taken, 403, "Forbidden");
    refused(&friends.put(bob, &assets, of(&[11])).await, 400, "Shared link not found");
    refused(&friends.delete(bob, &assets, of(&[2])).await, 400, "Shared link not found");
    let (_, album_link) = album_link(&friends, json!({})).await;
    let assets = format!("/shared-links/{}/assets", id_of(&album_link));
    refused(&friends.put(anna, &assets, of(&[1])).await, 400, "Invalid shared link type");
}

#[tokio::test]
async fn what_a_partner_shares_is_behind_a_link_as_long_as_the_partnership_stands() {
    let friends = Friends::new();
    let Friends { anna, bob, .. } = &friends;
    friends.post(bob, "/partners", json!({"sharedWithId": anna.id.uuid()})).await;
    let body = json!({"type": "INDIVIDUAL", "assetIds": [photo(11).uuid()]});
    let link = friends.post(anna, "/shared-links", body).await;
    let path = format!("/assets/{}", photo(11));
    assert_eq!(visit(&friends, &path, &key_of(&link), None).await.status, StatusCode::OK);
    friends.delete(bob, &format!("/partners/{}", anna.id), json!({})).await;
    let gone = visit(&friends, &path, &key_of(&link), None).await;
    refused(&gone, 400, "Not found or no asset.read access");
    let me = visit(&friends, "/shared-links/me", &key_of(&link), None).await.json();
    assert_eq!(me["assets"], json!([]));
}

#[tokio::test]
async fn a_link_works_as_long_as_its_maker_may_share_the_album() {
    let friends = Friends::new();
    let album = friends.shared_album().await;
    let Friends { anna, bob, app, .. } = &friends;
    let body = json!({"type": "ALBUM", "albumId": album, "slug": "his"});
    let key = key_of(&friends.post(bob, "/shared-links", body).await);
    let open = async || visit(&friends, "/shared-links/me", &key, None).await;
    assert_eq!(open().await.status, StatusCode::OK);
    let of_bob = format!("/albums/{album}/user/{}", bob.id);
    friends.put(anna, &of_bob, json!({"role": "viewer"})).await;
    refused(&open().await, 401, "Invalid share key");
    friends.put(anna, &of_bob, json!({"role": "editor"})).await;
    assert_eq!(open().await.status, StatusCode::OK);
    friends.delete(anna, &of_bob, json!({})).await;
    refused(&open().await, 401, "Invalid share key");
    let slug = app.get("/api/shared-links/me?slug=his", &[]).await;
    refused(&slug, 401, "Invalid share slug");
    let listed = friends.get(bob, "/shared-links").await.json();
    assert_eq!(listed[0].get("album"), None, "he no longer sees what it shows");
}

#[tokio::test]
async fn a_link_without_metadata_shows_the_picture_alone() {
    let friends = Friends::new();
    let (album, link) = album_link(&friends, json!({"showMetadata": false})).await;
    assert_eq!(link.json()["allowDownload"], json!(false), "the file holds them");
    let key = key_of(&link);
    let asset = visit(&friends, &format!("/assets/{}", photo(1)), &key, None).await.json();
    assert_eq!(asset["hasMetadata"], json!(false));
    for field in ["exifInfo", "originalFileName", "ownerId", "isFavorite", "people"] {
        assert_eq!(asset.get(field), None, "{field}");
    }
    let shown = visit(&friends, &format!("/albums/{album}"), &key, None).await.json();
    assert!(shown["assets"][0].get("exifInfo").is_none());
    let id = id_of(&link);
    let path = format!("/shared-links/{id}");
    let still = friends.patch(&friends.anna, &path, json!({"allowDownload": true})).await.json();
    assert_eq!(still["allowDownload"], json!(false));
    let both = json!({"allowDownload": true, "showMetadata": true});
    assert_eq!(
        friends.patch(&friends.anna, &path, both).await.json()["allowDownload"],
        json!(true)
    );
}

#[tokio::test]
async fn a_link_is_its_makers_to_change_and_ends_at_its_time() {
    let friends = Friends::new();
    let (album, link) =
        album_link(&friends, json!({"expiresAt": "2026-11-22T13:00:00+01:00"})).await;
    let Friends { anna, bob, .. } = &friends;
    let (key, path) = (key_of(&link), format!("/shared-links/{}", id_of(&link)));
    assert_eq!(link.json()["expiresAt"], "2026-11-22T12:00:00.000Z");
    refused(&visit(&friends, "/shared-links/me", &key, None).await, 401, "Invalid share key");
    let change = |body: Value| friends.patch(anna, &path, body);
    assert_eq!(
        change(json!({"description": "d"})).await.json()["expiresAt"],
        "2026-11-22T12:00:00.000Z"
    );
    assert_eq!(change(json!({"changeExpiryTime": true})).await.json()["expiresAt"], json!(null));
    assert_eq!(visit(&friends, "/shared-links/me", &key, None).await.status, StatusCode::OK);
    let later = json!({"expiresAt": "2030-01-01T00:00:00.000Z", "slug": "s", "allowUpload": false});
    let changed = change(later).await.json();
    assert_eq!(changed["expiresAt"], "2030-01-01T00:00:00.000Z");
    assert_eq!((&changed["slug"], &changed["description"]), (&json!("s"), &json!("d")));
    assert_eq!((&changed["allowUpload"], &changed["key"]), (&json!(false), &json!(key)));

    let other = json!({"type": "ALBUM", "albumId": album, "slug": "taken"});
    friends.post(anna, "/shared-links", other).await;
    refused(
        &change(json!({"slug": "taken"})).await,
        400,
        "Shared link with this slug already exists",
    );
    for (method, body) in [("GET", json!({})), ("PATCH", json!({})), ("DELETE", json!({}))] {
        for path in [path.clone(), format!("/shared-links/{}", nothing())] {
            let answer = friends.ask(bob, method.parse().unwrap(), &path, body.clone()).await;
            refused(&answer, 400, "Shared link not found");
        }
    }
    assert_eq!(friends.get(anna, &path).await.json()["id"], link.json()["id"]);
    let of_album = friends.get(anna, &format!("/shared-links?albumId={album}")).await.json();
    assert_eq!(of_album.as_array().map(Vec::len), Some(2));
    let one = friends.get(anna, &format!("/shared-links?id={}", id_of(&link))).await.json();
    assert_eq!(one.as_array().map(Vec::len), Some(1));
    assert_eq!(
        friends.get(anna, "/shared-links?id=x").await.message(),
        json!(["id must be a UUID"])
    );
    assert_eq!(friends.delete(anna, &path, json!({})).await.status, StatusCode::NO_CONTENT);
    refused(&visit(&friends, "/shared-links/me", &key, None).await, 401, "Invalid share key");
}

#[tokio::test]
async fn a_visitor_adds_to_an_album_only_what_is_in_it() {
    let friends = Friends::new();
    let (album, link) = album_link(&friends, json!({})).await;
    let path = format!("/api/albums/{album}/assets?key={}", key_of(&link));
    let json_type = [("content-type", "application/json")];
    let library = &friends.app.library;
    library
        .write(|w| w.remove_from_album(album.parse().unwrap(), friends.anna.id, &[photo(2)]))
        .unwrap();
    let body = json!({"ids": [photo(1).uuid(), photo(2).uuid()]}).to_string();
    let put = || friends.app.ask(Method::PUT, &path, &json_type, &body);
    let added = put().await.json();
    let reasons: Vec<&Value> = added.as_array().unwrap().iter().map(|r| &r["error"]).collect();
    assert_eq!(reasons, [&json!("duplicate"), &json!("no_permission")]);
    let id = id_of(&link);
    friends
        .patch(&friends.anna, &format!("/shared-links/{id}"), json!({"allowUpload": false}))
        .await;
    refused(&put().await, 400, "Not found or no albumAsset.create access");
}
