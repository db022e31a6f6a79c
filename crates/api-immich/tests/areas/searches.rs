//! Searches: what is found, in which order, and what is not told of others.

use http::{Method, StatusCode};
use kalends_catalog::{
    Album, FileRole, Import, Library, LibraryKind, NewAsset, NewFile, Person, Place,
};
use kalends_model::{
    AlbumId, AssetId, GeoPoint, Kind, LibraryId, PersonId, StackId, TagId, Visibility,
};
use kalends_test_support::{ids, local};
use serde_json::{Value, json};

use crate::people_of_two::{Two, facts, ids_of};

const METADATA: &str = "/search/metadata";

async fn search(two: &Two, body: Value) -> Value {
    let answer = two.anna_asks(Method::POST, METADATA, &body).await;
    assert_eq!(answer.status, StatusCode::OK, "{body}: {}", answer.json());
    answer.json()
}

async fn found(two: &Two, body: Value) -> Vec<AssetId> {
    ids_of(&search(two, body).await["assets"]["items"])
}

fn place(city: &str, state: Option<&str>, country: &str) -> Place {
    Place {
        point: GeoPoint::new(10.0, 20.0),
        city: Some(city.to_owned()),
        state: state.map(str::to_owned),
        country: Some(country.to_owned()),
    }
}

#[tokio::test]
async fn a_page_has_its_shape_and_its_order() {
    let two = Two::new();
    let first = search(&two, json!({"size": 2})).await;
    assert_eq!(first["albums"], json!({"total": 0, "count": 0, "items": [], "facets": []}));
    let assets = &first["assets"];
    assert_eq!((&assets["total"], &assets["count"]), (&json!(2), &json!(2)));
    assert_eq!((&assets["nextPage"], &assets["facets"]), (&json!("2"), &json!([])));
    assert!(assets["items"][0].get("exifInfo").is_none());
    let second = search(&two, json!({"size": 2, "page": 2, "withExif": true})).await;
    assert_eq!(ids_of(&second["assets"]["items"]), [ids::asset(3)]);
    assert_eq!(second["assets"]["nextPage"], Value::Null);
    assert!(second["assets"]["items"][0]["exifInfo"].is_object());
    let beyond = search(&two, json!({"size": 2, "page": 900})).await;
    assert_eq!(
        (&beyond["assets"]["count"], &beyond["assets"]["nextPage"]),
        (&json!(0), &Value::Null)
    );
    let oldest = found(&two, json!({"order": "asc", "size": 1})).await;
    assert_eq!(oldest, [ids::asset(3)]);
    let refused = two.anna_is_refused(Method::POST, METADATA, &json!({"page": 0})).await;
    assert_eq!(refused, json!(["page must not be less than 1"]));
}

#[tokio::test]
async fn the_order_is_that_of_instants_also_over_the_border_of_months() {
    let two = Two::new();
    let anna = two.anna();
    let mut expected = Vec::new();
    // Clocks far apart around a border: the later a clock is ahead, the earlier its instant.
    for (number, (day, hour, offset)) in
        [(1, 0, 840), (31, 23, -660), (1, 1, -600), (31, 12, 0), (1, 0, 0)].into_iter().enumerate()
    {
        let month = if day == 1 { 6 } else { 5 };
        let facts = facts(local(2022, month, day, hour, 0), Some(offset));
        let instant = facts.capture.instant();
        expected.push((instant, two.add(anna, 300 + number as u64, facts, |_| {})));
    }
    expected.sort_unstable();
    let expected: Vec<AssetId> = expected.into_iter().map(|(_, id)| id).collect();
    let body = json!({"takenAfter": "2022-01-01", "takenBefore": "2022-12-31", "order": "asc"});
    assert_eq!(found(&two, body).await, expected);
    for size in [1, 2, 3] {
        let mut paged = Vec::new();
        for page in 1..=6 {
            let body = json!({
                "takenAfter": "2022-01-01", "takenBefore": "2022-12-31",
                "size": size, "page": page,
            });
            paged.extend(found(&two, body).await);
        }
        paged.reverse();
        assert_eq!(paged, expected, "pages of {size}");
    }
}

#[tokio::test]
async fn each_field_finds_what_has_it() {
    let two = Two::new();
    let anna = two.anna();
    let at = local(2020, 5, 5, 12, 0);
    let mut texas = facts(at, Some(0));
    texas.place = place("Austin", Some("Texas"), "United States");
    texas.camera = Some("Canon R5".to_owned());
    texas.rating = Some(4);
    texas.exif.make = Some("Canon".to_owned());
    texas.exif.model = Some("R5".to_owned());
    texas.exif.lens = Some("50mm".to_owned());
    texas.exif.description = Some("Größe des Bootes".to_owned());
    let found_one = two.add(anna, 400, texas, |new| {
        new.file_name = "IMG_Ünïque.JPG".to_owned();
        new.sha1 = Some([0xab; 20]);
        new.is_favorite = true;
    });
    for body in [
        json!({"city": "Austin"}),
        json!({"state": "Texas"}),
        json!({"country": "United States"}),
        json!({"make": "Canon"}),
        json!({"model": "R5", "make": "Canon"}),
        json!({"lensModel": "50mm"}),
        json!({"rating": 4}),
        json!({"isFavorite": true}),
        json!({"originalFileName": "unique"}),
        json!({"originalFileName": "img_ÜNÏ"}),
        json!({"description": "grosse"}),
        json!({"checksum": "ab".repeat(20)}),
        json!({"id": found_one.to_string()}),
        json!({"takenAfter": "2020-05-05T12:00:00Z", "takenBefore": "2020-05-05T12:00:00.000Z"}),
    ] {
        assert_eq!(found(&two, body.clone()).await, [found_one], "{body}");
        let total = two.anna_asks(Method::POST, "/search/statistics", &body).await;
        assert_eq!(total.json(), json!({"total": 1}), "{body}");
        let random = two.anna_asks(Method::POST, "/search/random", &body).await;
        assert_eq!(ids_of(&random.json()), [found_one], "{body}");
    }
    for body in [
        json!({"city": null}),
        json!({"state": null}),
        json!({"country": ""}),
        json!({"model": null}),
        json!({"lensModel": null}),
        json!({"rating": null}),
        json!({"isFavorite": false}),
    ] {
        assert_eq!(found(&two, body.clone()).await.len(), 3, "{body}");
    }
    for body in [
        json!({"city": "austin"}),
        json!({"make": "Canon", "model": "R6"}),
        json!({"originalFileName": "nothing like it"}),
        json!({"type": "VIDEO"}),
        json!({"type": "OTHER"}),
        json!({"isMotion": true}),
        json!({"takenAfter": "2030-01-01"}),
        json!({"createdBefore": "2020-01-01"}),
        json!({"updatedAfter": "2030-01-01"}),
        json!({"checksum": "x"}),
        json!({"deviceId": "phone"}),
        json!({"deviceAssetId": "1234"}),
        json!({"visibility": "archive"}),
    ] {
        assert_eq!(found(&two, body.clone()).await, [], "{body}");
    }
    let all =
        json!({"createdAfter": "2020-01-01", "updatedBefore": "2030-01-01", "isMotion": false});
    assert_eq!(found(&two, all).await.len(), 4);
}

#[tokio::test]
async fn the_trash_is_found_only_when_asked_for() {
    let two = Two::new();
    let user = two.app.user;
    two.app
        .library
        .write(|w| {
            w.trash(user, &[ids::asset(1)])?;
            w.set_offline(user, &[ids::asset(3)], true)
        })
        .unwrap();
    assert_eq!(found(&two, json!({})).await, [ids::asset(2)]);
    assert_eq!(found(&two, json!({"withDeleted": true})).await.len(), 3);
    assert_eq!(found(&two, json!({"isOffline": true})).await, [ids::asset(3)]);
    assert_eq!(found(&two, json!({"trashedAfter": "2026-01-01"})).await, [ids::asset(1)]);
    assert_eq!(found(&two, json!({"trashedBefore": "2026-01-01"})).await, []);
    let locked = two.anna_asks(Method::POST, METADATA, &json!({"visibility": "locked"})).await;
    assert_eq!(locked.message(), "Elevated permission is required");
}

#[tokio::test]
async fn memberships_are_found_and_those_of_others_are_not() {
    let two = Two::new();
    let (user, bob) = (two.app.user, two.bob);
    let album = |owner, byte| Album::new(AlbumId::from_random([byte; 16]), owner, "Trip", 0);
    let (hers, his) = (album(user, 1), album(bob, 2));
    let person =
        |owner, byte| Person::new(PersonId::from_random([byte; 16]), owner, "Zoë".to_owned(), 0);
    let (known, unknown) = (person(user, 3), person(bob, 4));
    let stack = StackId::from_random([5; 16]);
    let mut byte = 10;
    let mut tag_id = || {
        byte += 1;
        TagId::from_random([byte; 16])
    };
    let (tag, his_tag) = two
        .app
        .library
        .write(|w| {
            w.create_album(&hers)?;
            w.create_album(&his)?;
            w.add_to_album(hers.id, user, &[ids::asset(1)])?;
            w.add_to_album(his.id, user, &[ids::asset(2)])?;
            w.create_person(&known)?;
            w.create_person(&unknown)?;
            let tag = w.ensure_tag(user, &["a"], &mut tag_id)?;
            let below = w.ensure_tag(user, &["a", "b"], &mut tag_id)?;
            let his_tag = w.ensure_tag(bob, &["x"], &mut tag_id)?;
            w.tag_assets(below, user, &[ids::asset(3)])?;
            w.tag_assets(his_tag, user, &[ids::asset(2)])?;
            w.create_stack(user, stack, &[ids::asset(1), ids::asset(2)])?;
            Ok((tag, his_tag))
        })
        .unwrap();
    let text = |id: uuid::Uuid| id.to_string();
    for (body, expected) in [
        (json!({"albumIds": [text(hers.id.uuid())]}), vec![ids::asset(1)]),
        (json!({"albumIds": [text(his.id.uuid())]}), vec![]),
        (json!({"albumIds": [text(hers.id.uuid()), text(his.id.uuid())]}), vec![]),
        (json!({"isNotInAlbum": true}), vec![ids::asset(3)]),
        (json!({"tagIds": [text(tag.uuid())]}), vec![ids::asset(3)]),
        (json!({"tagIds": [text(his_tag.uuid())]}), vec![]),
        (json!({"personIds": [text(known.id.uuid())]}), vec![]),
        (json!({"personIds": [text(unknown.id.uuid())]}), vec![]),
        (json!({"withStacked": false}), vec![ids::asset(3)]),
        (
            json!({"libraryId": text(two.anna().uploads.uuid()), "size": 1, "order": "asc"}),
            vec![ids::asset(3)],
        ),
        (json!({"libraryId": text(two.bobs().uploads.uuid())}), vec![]),
    ] {
        assert_eq!(found(&two, body.clone()).await, expected, "{body}");
    }
    assert_eq!(found(&two, json!({"tagIds": null})).await.len(), 2);
    assert_eq!(found(&two, json!({"libraryId": null})).await.len(), 3);
    let named = two.anna_gets("/search/person?name=ZO").await;
    assert_eq!((&named[0]["name"], named.as_array().unwrap().len()), (&json!("Zoë"), 1));
    let refused = two.anna_is_refused(Method::GET, "/search/person", &Value::Null).await;
    assert_eq!(refused, json!(["name must be a string", "name should not be empty"]));
}

#[tokio::test]
async fn of_a_partner_only_the_live_timeline_is_found() {
    let two = Two::new();
    two.bob_shares();
    let bob = two.bobs();
    let at = |month| facts(local(2019, month, 1, 0, 0), None);
    let shown = two.add(bob, 500, at(1), |new| new.is_favorite = true);
    two.add(bob, 501, at(2), |new| new.visibility = Visibility::Archive);
    two.add(bob, 502, at(3), |new| new.visibility = Visibility::Locked);
    let trashed = two.add(bob, 503, at(4), |_| {});
    two.app.library.write(|w| w.trash(bob.user, &[trashed])).unwrap();
    let span = |mut body: Value| {
        body["takenBefore"] = json!("2019-12-31");
        body
    };
    assert_eq!(found(&two, span(json!({}))).await, [shown]);
    let items = search(&two, span(json!({}))).await;
    assert_eq!(items["assets"]["items"][0]["isFavorite"], false);
    assert_eq!(found(&two, span(json!({"originalFileName": "photo-50"}))).await, [shown]);
    for hidden in [
        json!({"isFavorite": true}),
        json!({"isFavorite": false}),
        json!({"visibility": "archive"}),
        json!({"withDeleted": true}),
        json!({"isNotInAlbum": true}),
        json!({"tagIds": null}),
        json!({"originalPath": "photo"}),
        json!({"libraryId": bob.uploads.to_string()}),
    ] {
        assert_eq!(found(&two, span(hidden.clone())).await, [], "{hidden}");
    }
    let statistics = two.anna_gets("/assets/statistics").await;
    assert_eq!(statistics["total"], 3, "only her own");
}

#[tokio::test]
async fn paths_and_sizes_are_found_of_ones_own() {
    let two = Two::new();
    let user = two.app.user;
    let folder = Library::new(
        LibraryId::from_random([7; 16]),
        user,
        "Folder".to_owned(),
        LibraryKind::External(Import::of(b"/photos/Anna".to_vec())),
        0,
    );
    two.app.library.write(|w| w.create_library(&folder)).unwrap();
    let file = |path: &str, size| {
        let (path, role) = (path.as_bytes().to_vec(), FileRole::Original);
        vec![NewFile { path, role, size, mtime_ns: 0, inode: None, device: None }]
    };
    let put = |number: u64, path: &'static str, size| {
        let at = local(2018, 1, 1, 0, (number - 600) as u8);
        two.add(two.anna(), number, facts(at, None), |new: &mut NewAsset| {
            new.library = folder.id;
            new.file_name = path.rsplit('/').next().unwrap().to_owned();
            new.files = file(path, size);
        })
    };
    let small = put(600, "/photos/Anna/2018/a.jpg", 10);
    let large = put(601, "/photos/Anna/2018/b.jpg", 5_000);
    for (path, expected) in [
        ("2018/A", vec![small]),
        ("anna/2018/b", vec![large]),
        ("/photos/anna", vec![large, small]),
        ("nowhere", vec![]),
    ] {
        assert_eq!(found(&two, json!({"originalPath": path})).await, expected, "{path}");
    }
    let largest = |query: &'static str| {
        let path = format!("/search/large-assets{query}");
        let two = &two;
        async move { ids_of(&two.anna_asks(Method::POST, &path, &Value::Null).await.json()) }
    };
    assert_eq!(largest("").await, [large, small]);
    assert_eq!(largest("?minFileSize=100").await, [large]);
    assert_eq!(largest("?size=1&type=IMAGE").await, [large]);
    assert_eq!(largest("?type=VIDEO").await, []);
    let path = "/search/large-assets?minFileSize=x";
    let refused = two.anna_is_refused(Method::POST, path, &Value::Null).await;
    assert_eq!(refused, json!(["minFileSize must be an integer number"]));
    let folders = two.anna_gets("/view/folder/unique-paths").await;
    assert_eq!(folders, json!(["/photos/Anna/2018"]));
    let listed = two.anna_gets("/view/folder?path=/photos/Anna/2018").await;
    assert_eq!(ids_of(&listed), [small, large]);
    assert_eq!(two.anna_gets("/view/folder?path=/photos/Anna/2018/").await, listed);
    for path in ["/photos/Anna", "/photos", "/", "2018", "/photos/Annabel"] {
        assert_eq!(two.anna_gets(&format!("/view/folder?path={path}")).await, json!([]), "{path}");
    }
    let hers = two.bob_asks(Method::GET, "/view/folder?path=/photos/Anna/2018", &Value::Null).await;
    assert_eq!(hers.json(), json!([]), "others' folders are empty");
    two.app
        .library
        .write(|w| w.set_visibility(user, &[large, small], Visibility::Archive))
        .unwrap();
    assert_eq!(two.anna_gets("/view/folder/unique-paths").await, json!([]));
    assert_eq!(two.anna_gets("/view/folder?path=/photos/Anna/2018").await, json!([]));
}

#[tokio::test]
async fn suggestions_cities_and_what_is_worth_a_look() {
    let two = Two::new();
    let anna = two.anna();
    let placed = |city: &str, state: Option<&str>, country: &str, make: &str| {
        let mut facts = facts(local(2017, 1, 1, 0, 0), None);
        facts.place = place(city, state, country);
        (facts.exif.make, facts.exif.model) = (Some(make.to_owned()), Some(format!("{make} 1")));
        facts.exif.lens = Some(format!("{make} lens"));
        facts
    };
    for number in 0..5 {
        let mut austin = placed("Austin", Some("Texas"), "United States", "Canon");
        austin.capture.local = local(2017, 1, 1, 0, number as u8);
        two.add(anna, 700 + number, austin, |_| {});
    }
    two.add(anna, 710, placed("Paris", None, "France", "Nikon"), |_| {});
    let hide = |new: &mut NewAsset| new.visibility = Visibility::Locked;
    two.add(anna, 711, placed("Secret", Some("Hidden"), "Nowhere", "Leica"), hide);
    two.bob_shares();
    let bob = two.bobs();
    two.add(bob, 712, placed("Tokyo", None, "Japan", "Fuji"), |_| {});
    two.add(bob, 713, placed("Kept", Some("Back"), "Archive", "Zeiss"), |new| {
        new.visibility = Visibility::Archive;
    });
    for (query, expected) in [
        ("type=country", json!(["France", "Japan", "United States"])),
        ("type=city", json!(["Austin", "Paris", "Tokyo"])),
        ("type=city&country=France", json!(["Paris"])),
        ("type=city&state=Texas", json!(["Austin"])),
        ("type=state", json!(["Texas"])),
        ("type=state&country=France", json!([])),
        ("type=camera-make", json!(["Canon", "Fuji", "Nikon"])),
        ("type=camera-model&make=Nikon", json!(["Nikon 1"])),
        ("type=camera-lens-model&model=Fuji%201&includeNull=true", json!(["Fuji lens", null])),
    ] {
        assert_eq!(
            two.anna_gets(&format!("/search/suggestions?{query}")).await,
            expected,
            "{query}"
        );
    }
    let refused = two.anna_is_refused(Method::GET, "/search/suggestions", &Value::Null).await;
    assert_eq!(refused[0], "type should not be empty");
    let cities = two.anna_gets("/search/cities").await;
    assert_eq!(ids_of(&cities), [ids::asset(704), ids::asset(710), ids::asset(712)]);
    let explored = two.anna_gets("/search/explore").await;
    assert_eq!(explored[0]["fieldName"], "exifInfo.city");
    assert_eq!(explored[0]["items"][0]["value"], "Austin");
    assert_eq!(explored[0]["items"].as_array().unwrap().len(), 1);
    let places = two.anna_gets("/search/places?name=austin").await;
    assert_eq!((&places[0]["name"], &places[0]["admin1name"]), (&json!("Austin"), &json!("Texas")));
    let smart = two.anna_is_refused(Method::POST, "/search/smart", &json!({"query": "boat"})).await;
    assert_eq!(smart, "Smart search is not enabled");
}

#[tokio::test]
async fn hostile_texts_find_nothing_and_break_nothing() {
    let two = Two::new();
    let kind = |new: &mut NewAsset| new.facts.kind = Kind::Image;
    two.add(two.anna(), 800, facts(local(2016, 1, 1, 0, 0), None), kind);
    for text in ["%", "_", "'; DROP TABLE assets; --", "\u{0}", "\u{202e}", "[", "\\"] {
        for field in ["originalFileName", "originalPath", "description", "city", "make"] {
            let body = json!({field: text});
            assert_eq!(found(&two, body.clone()).await, [], "{body}");
        }
    }
}
