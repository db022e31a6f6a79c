//! External libraries.

use std::path::PathBuf;

use http::Method;
use kalends_specimen::{Photo, Scene, Video, WallTime};
use serde_json::{Value, json};

use crate::app::App;

/// A folder with photos of these names.
fn folder(root: &tempfile::TempDir, name: &str, photos: &[&str]) -> PathBuf {
    let folder = root.path().canonicalize().unwrap().join(name);
    for (seed, photo) in (1..).zip(photos) {
        let path = folder.join(photo);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let taken = WallTime::new(2022, 5, 6, 12, 0, seed as u8);
        Photo::new(Scene::Hills, seed, 32, 24).taken(taken, None).write_to(&path).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

async fn scanned(app: &App, path: &str) -> Value {
    let anna = app.anna_by_key();
    anna.told(204, Method::POST, &format!("{path}/scan"), Value::Null).await;
    app.library.wait_for_background();
    anna.get(path).await
}

#[tokio::test]
async fn a_library_is_made_scanned_changed_and_removed() {
    let app = App::new();
    let anna = app.anna_by_key();
    let root = tempfile::tempdir().unwrap();
    let a = folder(&root, "a", &["1.jpg", "raw/2.jpg"]);
    let b = folder(&root, "b", &["3.jpg"]);
    Video::new(Scene::Sea, 1, 32, 32).write_to(&b.join("4.mp4")).unwrap();

    let plain = anna.post("/libraries", json!({"ownerId": app.user.uuid()})).await;
    assert_eq!(plain["name"], "New External Library");
    assert_eq!(plain["importPaths"], json!([]));
    let patterns = [
        "**/@eaDir/**",
        "**/._*",
        "**/#recycle/**",
        "**/#snapshot/**",
        "**/.stversions/**",
        "**/.stfolder/**",
    ];
    assert_eq!(plain["exclusionPatterns"], json!(patterns));
    assert_eq!((&plain["refreshedAt"], &plain["assetCount"]), (&json!(null), &json!(0)));

    let both = json!({"ownerId": app.user.uuid(), "name": "Disk", "importPaths": [a, b],
        "exclusionPatterns": []});
    let disk = anna.post("/libraries", both).await;
    let path = format!("/libraries/{}", disk["id"].as_str().unwrap());
    assert_eq!(disk["importPaths"], json!([a, b]));
    let done = scanned(&app, &path).await;
    assert_eq!(
        (&done["assetCount"], &done["refreshedAt"]),
        (&json!(4), &json!("2026-11-22T12:00:00.000Z"))
    );
    let numbers = anna.get(&format!("{path}/statistics")).await;
    assert_eq!(
        (&numbers["photos"], &numbers["videos"], &numbers["total"]),
        (&json!(3), &json!(1), &json!(4))
    );
    assert!(numbers["usage"].as_u64().unwrap() > 0);
    let listed = anna.get("/libraries").await;
    let listed = listed.as_array().unwrap();
    assert!(listed.len() == 2 && listed.contains(&plain) && listed.contains(&done));

    // What is excluded or outside the folders goes offline with the next scan, and returns.
    let fewer = json!({"importPaths": [a], "exclusionPatterns": ["**/raw/**"], "name": "Less"});
    let changed = anna.put(&path, fewer).await;
    assert_eq!((&changed["name"], &changed["assetCount"]), (&json!("Less"), &json!(4)));
    assert_eq!(scanned(&app, &path).await["assetCount"], 1);
    let trash = anna.get("/timeline/buckets?isTrashed=true").await;
    let counts = trash.as_array().unwrap().iter().map(|month| month["count"].as_u64().unwrap());
    assert_eq!(counts.sum::<u64>(), 3);
    anna.put(&path, json!({"importPaths": [b, a], "exclusionPatterns": []})).await;
    assert_eq!(scanned(&app, &path).await["assetCount"], 4);
    assert_eq!(anna.get("/timeline/buckets?isTrashed=true").await, json!([]));

    anna.delete(&path, Value::Null).await;
    assert_eq!(anna.get("/libraries").await, json!([plain]));
    app.library.wait_for_background();
    let left = app.library.read(|reader| reader.libraries_of(app.user)).unwrap();
    assert_eq!(left.len(), 2, "the uploads and the plain one");
    assert!(a.join("raw/2.jpg").is_file() && b.join("4.mp4").is_file(), "files stay");
    let gone = anna.refused(Method::GET, &path, Value::Null).await;
    assert_eq!(gone, "Library not found");
    // The folders are free again.
    anna.post("/libraries", json!({"ownerId": app.user.uuid(), "importPaths": [a]})).await;
}

#[tokio::test]
async fn folders_are_judged_before_they_are_taken() {
    let app = App::new();
    let anna = app.anna_by_key();
    let root = tempfile::tempdir().unwrap();
    let a = folder(&root, "a", &["1.jpg"]);
    let known = folder(&root, "known", &["in/1.jpg"]);
    let owner = app.user.uuid();
    anna.post("/libraries", json!({"ownerId": owner, "importPaths": [known]})).await;
    let library = anna.post("/libraries", json!({"ownerId": owner})).await;
    let path = format!("/libraries/{}", library["id"].as_str().unwrap());
    let nested = format!(
        "It and {}, which is indexed for the same user, lie one inside the other",
        known.display()
    );
    let uploads = "Cannot use media upload folder for external libraries";
    let cases = [
        (a.clone(), ""),
        (PathBuf::from("photos"), "Import path must be absolute, try /photos"),
        (a.join("missing"), "Path does not exist (ENOENT)"),
        (a.join("1.jpg"), "Not a directory"),
        (a.join("1.jpg/x"), "Not a directory"),
        (app.library.data().to_owned(), uploads),
        (PathBuf::from("/"), uploads),
        (known.join("in"), nested.as_str()),
    ];
    let paths: Vec<&PathBuf> = cases.iter().map(|case| &case.0).collect();
    let validate = format!("{path}/validate");
    let told = anna.told(200, Method::POST, &validate, json!({"importPaths": paths})).await;
    for (number, (folder, message)) in cases.iter().enumerate() {
        let of_one = &told["importPaths"][number];
        assert_eq!(of_one["importPath"], json!(folder));
        assert_eq!(of_one["isValid"], message.is_empty());
        assert_eq!(of_one.get("message").and_then(Value::as_str).unwrap_or(""), *message);
        if !message.is_empty() {
            let whole = json!(format!("Invalid import path: {message}"));
            let body = json!({"importPaths": [folder]});
            assert_eq!(anna.refused(Method::PUT, &path, body.clone()).await, whole);
            let body = json!({"importPaths": [folder], "ownerId": owner});
            assert_eq!(anna.refused(Method::POST, "/libraries", body).await, whole);
        }
    }
    assert_eq!(
        anna.told(200, Method::POST, &validate, json!({})).await,
        json!({"importPaths": []})
    );
    let pattern = json!({"exclusionPatterns": ["a{b"]});
    let told = anna.refused(Method::PUT, &path, pattern).await;
    assert!(told.as_str().unwrap().starts_with("Invalid exclusion pattern: a{b"));
    let twice = json!({"importPaths": [a, a.join("../a")]});
    let told = anna.refused(Method::PUT, &path, twice).await;
    assert!(told.as_str().unwrap().contains("one inside the other"), "{told}");
}

#[tokio::test]
async fn libraries_are_for_administrators_and_uploads_are_none() {
    let app = App::new();
    let bob = app.other_by_key("bob");
    let uploads = app.library.read(|reader| reader.libraries_of(app.user)).unwrap()[0].id;
    let path = format!("/libraries/{uploads}");
    for (method, path) in [
        (Method::GET, "/libraries".to_owned()),
        (Method::POST, "/libraries".to_owned()),
        (Method::GET, path.clone()),
        (Method::PUT, path.clone()),
        (Method::DELETE, path.clone()),
        (Method::POST, format!("{path}/scan")),
        (Method::GET, format!("{path}/statistics")),
        (Method::POST, format!("{path}/validate")),
    ] {
        let told = bob.told(403, method.clone(), &path, json!({})).await;
        assert_eq!(told["message"], "Forbidden", "{method} {path}");
        if path != "/libraries" {
            let told = app.anna_by_key().refused(method, &path, json!({})).await;
            assert_eq!(told, "Library not found");
        }
    }
    let nobody = json!({"ownerId": kalends_test_support::ids::user(99).uuid()});
    let told = app.anna_by_key().refused(Method::POST, "/libraries", nobody).await;
    assert_eq!(told, "User not found");
}
