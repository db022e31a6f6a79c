//! People and faces.

use http::Method;
use kalends_catalog::{Face, FaceSource, Person};
use kalends_library::derived::{Derived, DerivedFiles};
use kalends_model::{FaceId, PersonId, Visibility};
use kalends_test_support::ids;
use serde_json::{Value, json};

use crate::app::App;

const NAMES: [&str; 4] = ["Anna", "Zoe", "", ""];

fn person_id(number: u8) -> PersonId {
    PersonId::from_random([number; 16])
}

fn face_id(number: u8) -> FaceId {
    FaceId::from_random([number; 16])
}

/// Anna is in photo 1, Zoe in 1 and 2, somebody in all three, and somebody else in one.
fn with_people() -> App {
    let app = App::new();
    let faces = [(0, 1), (1, 1), (1, 2), (2, 1), (2, 2), (2, 3), (3, 3)];
    app.library
        .write(|writer| {
            for (number, name) in (0..).zip(NAMES) {
                let id = person_id(number);
                writer.create_person(&Person::new(id, app.user, name.to_owned(), 5))?;
            }
            for (number, (person, photo)) in (0..).zip(faces) {
                writer.add_faces(&[Face {
                    id: face_id(number),
                    owner: app.user,
                    asset: ids::asset(photo),
                    person: Some(person_id(person)),
                    region: [0.25, 0.25, 0.75, 0.75],
                    source: FaceSource::Metadata,
                    is_visible: true,
                    is_deleted: false,
                }])?;
            }
            Ok(())
        })
        .unwrap();
    app
}

fn listed(page: &Value) -> Vec<&str> {
    page["people"].as_array().unwrap().iter().map(|p| p["id"].as_str().unwrap()).collect()
}

fn texts(numbers: &[u8]) -> Vec<String> {
    numbers.iter().map(|n| person_id(*n).to_string()).collect()
}

#[tokio::test]
async fn people_are_listed_by_name_and_number_of_faces() {
    let app = with_people();
    let anna = app.anna_by_key();
    let page = anna.get("/people").await;
    assert_eq!(listed(&page), texts(&[1, 0, 2]), "one face without a name is too few");
    assert_eq!((&page["total"], &page["hidden"]), (&json!(3), &json!(0)));
    assert_eq!(page["hasNextPage"], false);
    assert_eq!(page["people"][0]["name"], "Zoe");
    assert_eq!(page["people"][0]["updatedAt"], "1970-01-01T00:00:00.000Z");

    anna.put(&format!("/people/{}", person_id(1)), json!({"isHidden": true})).await;
    anna.put(&format!("/people/{}", person_id(2)), json!({"isFavorite": true})).await;
    let page = anna.get("/people").await;
    assert_eq!(listed(&page), texts(&[2, 0]));
    assert_eq!((&page["total"], &page["hidden"]), (&json!(3), &json!(1)));
    assert_eq!(listed(&anna.get("/people?withHidden=true").await), texts(&[2, 0, 1]));
    let second = anna.get("/people?withHidden=true&page=2&size=1").await;
    assert_eq!(
        (listed(&second), &second["hasNextPage"]),
        (texts(&[0]).iter().map(|t| &**t).collect(), &json!(true))
    );

    app.library
        .write(|w| {
            w.set_visibility(app.user, &[ids::asset(1)], Visibility::Archive)?;
            w.trash(app.user, &[ids::asset(2)])
        })
        .unwrap();
    assert_eq!(listed(&anna.get("/people?withHidden=true").await), [""; 0]);
    assert_eq!(app.other_by_key("bob").get("/people").await["total"], 0);
    for (query, message) in [
        ("page=0", "page must not be less than 1"),
        ("size=1001", "size must not be greater than 1000"),
        ("withHidden=1", "withHidden must be a boolean value"),
        ("closestPersonId=x", "closestPersonId must be a UUID"),
    ] {
        let path = format!("/people?{query}");
        assert_eq!(anna.refused(Method::GET, &path, Value::Null).await, json!([message]));
    }
}

#[tokio::test]
async fn a_person_is_made_described_and_forgotten() {
    let app = with_people();
    let anna = app.anna_by_key();
    let made = json!({"name": "Carl", "birthDate": "1990-02-03", "color": "aabbcc"});
    let carl = anna.post("/people", made).await;
    assert_eq!(carl["birthDate"], "1990-02-03");
    assert_eq!((&carl["color"], &carl["isFavorite"]), (&json!("#aabbcc"), &json!(false)));
    let path = format!("/people/{}", carl["id"].as_str().unwrap());
    let change = json!({"birthDate": null, "color": null, "isFavorite": "true"});
    let changed = anna.put(&path, change).await;
    assert_eq!((&changed["birthDate"], &changed["name"]), (&json!(null), &json!("Carl")));
    assert_eq!((&changed["color"], &changed["isFavorite"]), (&json!(null), &json!(true)));
    assert_eq!(anna.get(&path).await, changed);
    anna.delete(&path, Value::Null).await;
    let gone = anna.refused(Method::GET, &path, Value::Null).await;
    assert_eq!(gone, "Not found or no person.read access");
    let future = anna.refused(Method::POST, "/people", json!({"birthDate": "2027-01-01"})).await;
    assert_eq!(future, json!(["Birth date cannot be in the future"]));

    let zoe = format!("/people/{}", person_id(1));
    assert_eq!(anna.get(&format!("{zoe}/statistics")).await, json!({"assets": 2}));
    let shows = json!({"featureFaceAssetId": ids::asset(2).uuid()});
    anna.put(&zoe, shows).await;
    let does_not = json!({"featureFaceAssetId": ids::asset(3).uuid()});
    let refused = anna.refused(Method::PUT, &zoe, does_not).await;
    assert_eq!(refused, "Invalid assetId for feature face or asset is offline");
    anna.delete("/people", json!({"ids": texts(&[0, 1])})).await;
    assert_eq!(listed(&anna.get("/people").await), texts(&[2]));
    let asset = anna.get(&format!("/assets/{}", ids::asset(1))).await;
    assert_eq!(asset["unassignedFaces"].as_array().unwrap().len(), 2, "the faces stay");
}

#[tokio::test]
async fn several_people_are_changed_each_by_itself() {
    let app = with_people();
    let bobs = app.other_by_key("bob").post("/people", json!({"name": "Bob"})).await["id"].clone();
    let people = json!([
        {"id": person_id(0).uuid(), "name": "Annie"},
        {"id": bobs, "name": "Mine"},
        {"id": person_id(1).uuid(), "featureFaceAssetId": ids::asset(3).uuid()},
    ]);
    let told = app.anna_by_key().put("/people", json!({"people": people})).await;
    assert_eq!(told[0], json!({"id": person_id(0).uuid(), "success": true}));
    assert_eq!(told[1], json!({"id": bobs, "success": false, "error": "no_permission"}));
    assert_eq!((&told[2]["success"], &told[2]["error"]), (&json!(false), &json!("validation")));
    let missing = app.anna_by_key().refused(Method::PUT, "/people", json!({})).await;
    assert_eq!(missing, json!(["people must be an array"]));
}

#[tokio::test]
async fn people_become_one() {
    let app = with_people();
    let anna = app.anna_by_key();
    let somebody = format!("/people/{}/merge", person_id(2));
    let themselves = json!({"ids": texts(&[2])});
    let refused = anna.refused(Method::POST, &somebody, themselves).await;
    assert_eq!(refused, "Cannot merge a person into themselves");
    let strange = ids::person(99).uuid();
    let merged = json!({"ids": [person_id(0).uuid(), strange, person_id(0).uuid()]});
    let told = anna.told(200, Method::POST, &somebody, merged).await;
    let successes: Vec<&Value> = told.as_array().unwrap().iter().map(|t| &t["success"]).collect();
    assert_eq!(successes, [true, false, false]);
    assert_eq!(told[1]["error"], "no_permission");
    let kept = anna.get(&format!("/people/{}", person_id(2))).await;
    assert_eq!(kept["name"], "Anna", "the name is inherited");
    anna.refused(Method::GET, &format!("/people/{}", person_id(0)), Value::Null).await;
}

#[tokio::test]
async fn faces_are_drawn_given_and_removed() {
    let app = with_people();
    let anna = app.anna_by_key();
    app.library
        .write(|writer| {
            let facts = kalends_catalog::Facts {
                width: 400,
                height: 200,
                ..kalends_catalog::Facts::unread(
                    kalends_model::Kind::Image,
                    writer.rows_of(app.user, &[ids::asset(3)])?[0].capture,
                )
            };
            writer.update_facts(app.user, ids::asset(3), &facts)
        })
        .unwrap();
    let faces = format!("/faces?id={}", ids::asset(3));
    let drawn = json!({"assetId": ids::asset(3).uuid(), "personId": person_id(0).uuid(),
        "imageWidth": 200, "imageHeight": 100, "x": 50, "y": 10, "width": 20, "height": 40});
    let nothing = anna.post("/faces", drawn.clone()).await;
    assert_eq!(nothing, Value::Null);
    let told = anna.get(&faces).await;
    let of_anna = told.as_array().unwrap().iter().find(|f| f["person"]["name"] == "Anna").unwrap();
    assert_eq!(of_anna["sourceType"], "manual");
    assert_eq!((&of_anna["boundingBoxX1"], &of_anna["boundingBoxY2"]), (&json!(100), &json!(100)));
    assert_eq!((&of_anna["imageWidth"], &of_anna["imageHeight"]), (&json!(400), &json!(200)));

    let face = json!({"id": of_anna["id"]});
    let zoe = anna.put(&format!("/faces/{}", person_id(1)), face).await;
    assert_eq!(zoe["name"], "Zoe");
    let data = json!([{"personId": person_id(2).uuid(), "assetId": ids::asset(3).uuid()}]);
    let people =
        anna.put(&format!("/people/{}/reassign", person_id(1)), json!({"data": data})).await;
    assert_eq!((people.as_array().unwrap().len(), &people[0]["name"]), (1, &json!("Zoe")));
    let of_zoe = anna.get(&format!("/people/{}/statistics", person_id(1))).await;
    assert_eq!(of_zoe["assets"], 3);

    let path = format!("/faces/{}", of_anna["id"].as_str().unwrap());
    anna.delete(&path, json!({"force": false})).await;
    anna.delete(&path, json!({"force": true})).await;
    let gone = anna.refused(Method::DELETE, &path, json!({"force": true})).await;
    assert_eq!(gone, "Not found or no face.delete access");
    assert_eq!(anna.get(&faces).await.as_array().unwrap().len(), 2);
    let outside = json!({"x": 200});
    let outside = with(&drawn, outside);
    let refused = anna.refused(Method::POST, "/faces", outside).await;
    assert_eq!(refused, "The face lies outside the picture");
    let unsure = anna.refused(Method::DELETE, &path, json!({})).await;
    assert_eq!(unsure, json!(["force should not be empty", "force must be a boolean value"]));
    let nowhere = anna.refused(Method::GET, "/faces", Value::Null).await;
    assert_eq!(nowhere, json!(["id must be a UUID"]));
    assert!(app.library.read(|r| r.keeps_faces(app.user, ids::asset(3))).unwrap());
}

fn with(object: &Value, more: Value) -> Value {
    let mut object = object.clone();
    object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    object
}

#[tokio::test]
async fn the_people_and_faces_of_others_are_nobodys_business() {
    let app = with_people();
    let bob = app.other_by_key("bob");
    let bobs = bob.post("/people", json!({"name": "Bob"})).await["id"].clone();
    let bobs = bobs.as_str().unwrap();
    let annas = person_id(0);
    let asset = ids::asset(1);
    let of_asset = json!([{"personId": bobs, "assetId": asset.uuid()}]);
    let of_annas = json!([{"personId": annas.uuid(), "assetId": asset.uuid()}]);
    let drawn = json!({"assetId": asset.uuid(), "personId": bobs, "imageWidth": 2,
        "imageHeight": 2, "x": 0, "y": 0, "width": 1, "height": 1});
    for (method, path, body, right) in [
        (Method::GET, format!("/people/{annas}"), json!(null), "person.read"),
        (Method::PUT, format!("/people/{annas}"), json!({"name": "x"}), "person.update"),
        (Method::DELETE, format!("/people/{annas}"), json!(null), "person.delete"),
        (Method::DELETE, "/people".into(), json!({"ids": [bobs, annas.uuid()]}), "person.delete"),
        (Method::POST, format!("/people/{annas}/merge"), json!({"ids": [bobs]}), "person.merge"),
        (Method::GET, format!("/people/{annas}/statistics"), json!(null), "person.statistics"),
        (Method::GET, format!("/people/{annas}/thumbnail"), json!(null), "person.read"),
        (Method::PUT, format!("/people/{annas}/reassign"), json!({"data": []}), "person.reassign"),
        (
            Method::PUT,
            format!("/people/{bobs}/reassign"),
            json!({"data": of_asset}),
            "asset.update",
        ),
        (
            Method::PUT,
            format!("/people/{bobs}/reassign"),
            json!({"data": of_annas}),
            "person.reassign",
        ),
        (Method::GET, format!("/faces?id={asset}"), json!(null), "asset.read"),
        (Method::POST, "/faces".into(), drawn, "asset.update"),
        (Method::PUT, format!("/faces/{bobs}"), json!({"id": face_id(0).uuid()}), "face.update"),
        (
            Method::PUT,
            format!("/faces/{annas}"),
            json!({"id": face_id(0).uuid()}),
            "person.reassign",
        ),
        (Method::DELETE, format!("/faces/{}", face_id(0)), json!({"force": true}), "face.delete"),
    ] {
        let refused = bob.refused(method.clone(), &path, body).await;
        assert_eq!(refused, format!("Not found or no {right} access"), "{method} {path}");
    }
    let merged = json!({"ids": [annas.uuid()]});
    let told = bob.told(200, Method::POST, &format!("/people/{bobs}/merge"), merged).await;
    assert_eq!(told[0]["error"], "no_permission");
    assert_eq!(app.anna_by_key().get(&format!("/people/{annas}")).await["name"], "Anna");
    assert_eq!(
        app.anna_by_key().refused(Method::GET, "/people/7", json!(null)).await,
        json!(["id must be a UUID"])
    );
}

#[tokio::test]
async fn a_face_is_cut_out_when_it_is_asked_for() {
    let app = with_people();
    let anna = app.anna_by_key();
    let path = format!("/people/{}/thumbnail", person_id(1));
    let none = anna.send(Method::GET, &path, Value::Null).await;
    assert_eq!((none.status.as_u16(), none.message()), (404, json!("Not Found")));
    assert_eq!(none.json().get("error"), None);
    let photo = kalends_specimen::Photo::new(kalends_specimen::Scene::Hills, 3, 300, 200);
    let preview = photo.to_bytes();
    let derived = DerivedFiles::new(app.library.data());
    derived.write(ids::asset(2), Derived::Preview, &preview).unwrap();
    anna.put(
        &format!("/people/{}", person_id(1)),
        json!({"featureFaceAssetId": ids::asset(2).uuid()}),
    )
    .await;
    let picture = anna.send(Method::GET, &path, Value::Null).await;
    assert_eq!(picture.status.as_u16(), 200);
    assert_eq!(picture.header("content-type"), "image/jpeg");
    assert_eq!(picture.header("cache-control"), "private, no-cache, no-transform");
    assert!(picture.body.starts_with(&[0xff, 0xd8]) && picture.body.len() < preview.len());
    assert_eq!(derived.face(face_id(2)).unwrap(), picture.body, "it is kept");
    let key = app.key(&["person.read"]);
    let headers = [("x-api-key", key.as_str()), ("if-none-match", picture.header("etag"))];
    let again = app.get(&format!("/api{path}"), &headers).await;
    assert_eq!((again.status.as_u16(), again.body.len()), (304, 0));
}
