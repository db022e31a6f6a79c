//! Memories: found on this day, kept, seen, removed, and nobody else's.

use http::{Method, StatusCode};
use kalends_model::{AssetId, Visibility};
use kalends_test_support::{ids, local};
use serde_json::{Value, json};

use crate::people_of_two::{Two, facts, ids_of};

/// The clock of these tests shows 22 November 2026.
const TODAY: &str = "/memories?for=2026-11-22T08:00:00.000Z";

impl Two {
    /// A photo with pictures.
    fn pictured(&self, number: u64, year: i32, month: u8, day: u8, offset: i32) -> AssetId {
        let facts = facts(local(year, month, day, 23, 30), Some(offset));
        let id = self.add(self.anna(), number, facts, |_| {});
        let user = self.app.user;
        self.app.library.write(|w| w.set_pictures(user, &[(id, Some(b"hash"))])).unwrap();
        id
    }
}

#[tokio::test]
async fn this_day_of_earlier_years_is_found_by_the_wall_clock() {
    let two = Two::new();
    let one = two.pictured(1_000, 2024, 11, 22, 840);
    let other = two.pictured(1_001, 2020, 11, 22, -660);
    two.pictured(1_002, 2020, 11, 23, -660);
    two.pictured(1_003, 2026, 11, 22, 0);
    two.add(two.anna(), 1_004, facts(local(2019, 11, 22, 1, 0), None), |_| {});
    let memories = two.anna_gets(TODAY).await;
    let years: Vec<&Value> =
        memories.as_array().unwrap().iter().map(|memory| &memory["data"]["year"]).collect();
    assert_eq!(years, [2024, 2020]);
    let first = &memories[0];
    assert_eq!(first["type"], "on_this_day");
    assert_eq!(first["memoryAt"], "2024-11-22T00:00:00.000Z");
    assert_eq!(first["showAt"], "2026-11-22T00:00:00.000Z");
    assert_eq!(first["hideAt"], "2026-11-22T23:59:59.999Z");
    assert_eq!((&first["isSaved"], first.get("seenAt")), (&json!(false), None));
    assert_eq!(ids_of(&first["assets"]), [one]);
    assert_eq!(ids_of(&memories[1]["assets"]), [other]);
    assert_eq!(two.anna_gets(TODAY).await, memories, "the ids stay");
    let oldest = two.anna_gets(&format!("{TODAY}&order=asc&size=1")).await;
    assert_eq!(oldest[0]["data"]["year"], 2020);
    let total = two.anna_gets("/memories/statistics?for=2026-11-22").await;
    assert_eq!(total, json!({"total": 2}));
    for empty in
        ["/memories?for=2026-11-26", "/memories?for=1999-11-22", "/memories?isTrashed=true"]
    {
        assert_eq!(two.anna_gets(empty).await, json!([]), "{empty}");
    }
    let tomorrow = two.anna_gets("/memories?for=2026-11-23T00:00:00").await;
    assert_eq!(ids_of(&tomorrow[0]["assets"]), [ids::asset(1_002)]);
    assert_eq!(two.anna_gets("/memories").await.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn a_found_memory_follows_the_timeline_until_somebody_chooses() {
    let two = Two::new();
    let user = two.app.user;
    let first = two.pictured(1_010, 2024, 11, 22, 0);
    let id = two.anna_gets(TODAY).await[0]["id"].as_str().unwrap().to_owned();
    let second = two.pictured(1_011, 2024, 11, 22, 0);
    let memories = two.anna_gets(TODAY).await;
    assert_eq!(
        (memories[0]["id"].as_str(), ids_of(&memories[0]["assets"])),
        (Some(&*id), vec![first, second])
    );
    two.app.library.write(|w| w.set_visibility(user, &[second], Visibility::Locked)).unwrap();
    assert_eq!(ids_of(&two.anna_gets(TODAY).await[0]["assets"]), [first]);

    let path = format!("/memories/{id}/assets");
    let asked = [ids::asset(1), first, ids::asset(99)].map(|id| id.to_string());
    let body = json!({ "ids": asked });
    let added = two.anna_asks(Method::PUT, &path, &body).await;
    assert_eq!(added.status, StatusCode::OK);
    let results = added.json();
    assert_eq!(results[0], json!({"id": ids::asset(1).to_string(), "success": true}));
    assert_eq!(results[1]["error"], "duplicate");
    assert_eq!(results[2]["error"], "no_permission");
    let removed = two
        .anna_asks(Method::DELETE, &path, &json!({"ids": [first.to_string(), first.to_string()]}))
        .await;
    assert_eq!(removed.json()[0]["success"], true);
    assert_eq!(removed.json()[1]["error"], "not_found");
    two.pictured(1_012, 2024, 11, 22, 0);
    assert_eq!(ids_of(&two.anna_gets(TODAY).await[0]["assets"]), [ids::asset(1)]);
}

#[tokio::test]
async fn a_memory_is_kept_seen_and_removed_for_good() {
    let two = Two::new();
    two.pictured(1_020, 2024, 11, 22, 0);
    let id = two.anna_gets(TODAY).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/memories/{id}");
    let edit = json!({"isSaved": true, "seenAt": "2026-11-22T09:00:00.000Z"});
    let memory = two.anna_asks(Method::PUT, &path, &edit).await.json();
    assert_eq!((&memory["isSaved"], &memory["seenAt"]), (&json!(true), &edit["seenAt"]));
    assert_eq!(two.anna_gets(&path).await, memory);
    assert_eq!(two.anna_gets("/memories?isSaved=true").await[0]["id"], id);
    assert_eq!(two.anna_gets("/memories?isSaved=false").await, json!([]));

    for (method, path, name) in [
        (Method::GET, path.clone(), "memory.read"),
        (Method::PUT, path.clone(), "memory.update"),
        (Method::DELETE, path.clone(), "memory.delete"),
        (Method::PUT, format!("{path}/assets"), "memory.update"),
        (Method::DELETE, format!("{path}/assets"), "memory.update"),
    ] {
        let body = if method == Method::GET { Value::Null } else { json!({"ids": []}) };
        let refused = two.bob_asks(method, &path, &body).await;
        assert_eq!(refused.message(), format!("Not found or no {name} access"), "{path}");
    }
    let gone = two.anna_asks(Method::DELETE, &path, &Value::Null).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    assert_eq!(two.anna_gets(TODAY).await, json!([]), "it is not found again");
    let trashed = two.anna_gets("/memories?isTrashed=true").await;
    assert!(trashed[0]["deletedAt"].is_string());
    let refused = two.anna_is_refused(Method::GET, &path, &Value::Null).await;
    assert_eq!(refused, "Not found or no memory.read access");
}

#[tokio::test]
async fn a_person_makes_a_memory_of_what_is_theirs() {
    let two = Two::new();
    let bobs = two.add(two.bobs(), 1_030, facts(local(2020, 1, 1, 0, 0), None), |_| {});
    let body = json!({
        "type": "on_this_day", "data": {"year": 2020}, "memoryAt": "2020-06-01T00:00:00.000Z",
        "assetIds": [ids::asset(1).to_string(), bobs.to_string()], "isSaved": true,
    });
    let made = two.anna_asks(Method::POST, "/memories", &body).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let memory = made.json();
    assert_eq!(ids_of(&memory["assets"]), [ids::asset(1)], "others' are left out");
    assert_eq!(two.anna_gets("/memories").await, json!([memory]));
    let missing = two.anna_is_refused(Method::POST, "/memories", &json!({"data": {}})).await;
    assert_eq!(
        missing,
        json!([
            "type should not be empty",
            "type must be one of the following values: on_this_day",
            "data.year must be a positive number",
            "memoryAt must be a Date instance",
            "memoryAt should not be empty",
        ])
    );
    for (query, told) in [
        ("for=then", json!("for must be a date string")),
        ("size=0", json!(["size must not be less than 1"])),
        ("order=up", json!(["order must be one of the following values: asc, desc, random"])),
        ("type=x", json!(["type must be one of the following values: on_this_day"])),
    ] {
        let path = format!("/memories?{query}");
        assert_eq!(two.anna_is_refused(Method::GET, &path, &Value::Null).await, told, "{query}");
    }
}
