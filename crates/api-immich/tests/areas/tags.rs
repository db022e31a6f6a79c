//! Tags.

use http::Method;
use kalends_test_support::ids;
use serde_json::{Value, json};

use crate::app::App;

fn values(tags: &Value) -> Vec<&str> {
    tags.as_array().unwrap().iter().map(|tag| tag["value"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn tags_are_a_tree() {
    let app = App::new();
    let anna = app.anna_by_key();
    let travel = anna.post("/tags", json!({"name": "Travel", "color": "fff"})).await;
    assert_eq!((&travel["color"], travel.get("parentId")), (&json!("#fff"), None));
    assert_eq!(travel["createdAt"], "2026-11-22T12:00:00.000Z");
    let asia = json!({"name": "Asia", "parentId": travel["id"]});
    let asia = anna.post("/tags", asia).await;
    assert_eq!((&asia["value"], &asia["name"]), (&json!("Travel/Asia"), &json!("Asia")));
    assert_eq!(asia["parentId"], travel["id"]);
    let nested = anna.post("/tags", json!({"name": "Work/2024"})).await;
    assert_eq!(nested["name"], "2024");
    let paths = json!({"tags": ["Travel/Asia/Nepal", "Travel/Asia", " / "]});
    let told = anna.put("/tags", paths).await;
    assert_eq!(values(&told), ["Travel/Asia/Nepal", "Travel/Asia"]);
    assert_eq!(told[1]["id"], asia["id"]);
    let all = ["Travel", "Travel/Asia", "Travel/Asia/Nepal", "Work", "Work/2024"];
    assert_eq!(values(&anna.get("/tags").await), all);

    let path = format!("/tags/{}", asia["id"].as_str().unwrap());
    assert_eq!(anna.put(&path, json!({"color": "#123456"})).await["color"], "#123456");
    assert_eq!(anna.put(&path, json!({})).await["color"], "#123456");
    assert_eq!(anna.put(&path, json!({"color": null})).await.get("color"), None);
    anna.delete(&path, Value::Null).await;
    assert_eq!(values(&anna.get("/tags").await), ["Travel", "Work", "Work/2024"]);

    for (body, message) in [
        (json!({"name": "Travel"}), json!("A tag with that name already exists")),
        (json!({}), json!(["name must be a string", "name should not be empty"])),
        (json!({"name": "x", "color": "red"}), json!(["color must be a hexadecimal color"])),
        (json!({"name": "x", "parentId": "y"}), json!(["parentId must be a UUID"])),
    ] {
        assert_eq!(anna.refused(Method::POST, "/tags", body).await, message);
    }
    for name in ["/", &"a/".repeat(65), &"a".repeat(5_000)] {
        let told = anna.refused(Method::POST, "/tags", json!({"name": name})).await;
        assert!(told[0].as_str().unwrap().starts_with("name should not be empty"));
        if name != "/" {
            anna.refused(Method::PUT, "/tags", json!({"tags": [name]})).await;
        }
    }
}

#[tokio::test]
async fn tags_are_put_on_assets_and_taken_off() {
    let app = App::new();
    let anna = app.anna_by_key();
    let tags = anna.put("/tags", json!({"tags": ["a", "b"]})).await;
    let [a, b] = [0, 1].map(|n: usize| tags[n]["id"].clone());
    let [one, two] = [1, 2].map(|n| ids::asset(n).uuid());
    let strange = ids::asset(99).uuid();
    let bulk = json!({"tagIds": [a, b, ids::tag(99).uuid()], "assetIds": [one, two, strange]});
    assert_eq!(anna.put("/tags/assets", bulk.clone()).await, json!({"count": 4}));
    assert_eq!(anna.put("/tags/assets", bulk).await, json!({"count": 0}));
    let path = format!("/tags/{}/assets", a.as_str().unwrap());
    let ids = json!({"ids": [one, strange, one]});
    let off = anna.told(200, Method::DELETE, &path, ids.clone()).await;
    assert_eq!(
        off,
        json!([{"id": one, "success": true},
            {"id": strange, "success": false, "error": "no_permission"},
            {"id": one, "success": false, "error": "not_found"}])
    );
    let on = anna.put(&path, ids).await;
    assert_eq!((&on[0]["success"], &on[2]["error"]), (&json!(true), &json!("duplicate")));
    let asset = anna.get(&format!("/assets/{one}")).await;
    assert_eq!(values(&asset["tags"]), ["a", "b"]);
    let kept = app.library.read(|r| r.keeps_tags(app.user, ids::asset(1))).unwrap();
    assert!(kept, "the file may not change what a person has chosen");
}

#[tokio::test]
async fn the_tags_of_others_are_nobodys_business() {
    let app = App::new();
    let annas = app.anna_by_key().post("/tags", json!({"name": "Travel"})).await["id"].clone();
    let annas = annas.as_str().unwrap();
    let bob = app.other_by_key("bob");
    let one = ids::asset(1).uuid();
    for (method, path, body, right) in [
        (Method::GET, format!("/tags/{annas}"), json!(null), "tag.read"),
        (Method::PUT, format!("/tags/{annas}"), json!({"color": "fff"}), "tag.update"),
        (Method::DELETE, format!("/tags/{annas}"), json!(null), "tag.delete"),
        (Method::PUT, format!("/tags/{annas}/assets"), json!({"ids": [one]}), "tag.asset"),
        (Method::DELETE, format!("/tags/{annas}/assets"), json!({"ids": [one]}), "tag.asset"),
        (Method::POST, "/tags".into(), json!({"name": "x", "parentId": annas}), "tag.read"),
    ] {
        let refused = bob.refused(method.clone(), &path, body).await;
        assert_eq!(refused, format!("Not found or no {right} access"), "{method} {path}");
    }
    let bobs = bob.post("/tags", json!({"name": "Travel"})).await["id"].clone();
    let bulk = json!({"tagIds": [annas, bobs], "assetIds": [one]});
    assert_eq!(bob.put("/tags/assets", bulk).await, json!({"count": 0}));
    let on =
        bob.put(&format!("/tags/{}/assets", bobs.as_str().unwrap()), json!({"ids": [one]})).await;
    assert_eq!(on[0]["error"], "no_permission");
    assert_eq!(values(&bob.get("/tags").await), ["Travel"]);
}
