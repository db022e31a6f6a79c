//! Several users around Anna's photos, and short ways to ask as any of them.

use http::{Method, StatusCode};
use kalends_catalog::{Facts, NewAsset};
use kalends_library::NewUser;
use kalends_model::{AssetId, CaptureTime, DateSource, Kind, UserId};
use kalends_test_support::{ids, local};
use serde_json::{Value, json};

use crate::app::{Answer, App, PASSWORD};

/// Anna with photos 1 to 3, Bob with photos 11 to 13, and Carol with none.
pub(crate) struct Friends {
    pub(crate) app: App,
    pub(crate) anna: Friend,
    pub(crate) bob: Friend,
    pub(crate) carol: Friend,
}

/// A user with a key to everything.
pub(crate) struct Friend {
    pub(crate) id: UserId,
    pub(crate) key: String,
}

/// A photo of Anna's or Bob's.
pub(crate) fn photo(number: u64) -> AssetId {
    ids::asset(number)
}

/// Something that nobody has.
pub(crate) fn nothing() -> String {
    ids::asset(999).to_string()
}

impl Friends {
    pub(crate) fn new() -> Self {
        let app = App::new();
        let anna = Friend { id: app.user, key: app.key(&["all"]) };
        let bob = friend(&app, "Bob");
        let carol = friend(&app, "Carol");
        let uploads = app.library.read(|reader| reader.libraries_of(bob.id)).unwrap()[0].id;
        let new: Vec<NewAsset> = (11..=13)
            .map(|number| {
                let capture = CaptureTime {
                    local: local(2022, 3, number as u8, 9, 0),
                    offset: None,
                    source: DateSource::ExifOriginal,
                };
                let facts = Facts::unread(Kind::Image, capture);
                NewAsset::new(ids::asset(number), bob.id, uploads, facts)
            })
            .collect();
        app.library.write(|writer| writer.insert_assets(&new)).unwrap();
        Self { app, anna, bob, carol }
    }

    pub(crate) async fn ask(
        &self,
        who: &Friend,
        method: Method,
        path: &str,
        body: Value,
    ) -> Answer {
        let headers = [("x-api-key", who.key.as_str()), ("content-type", "application/json")];
        let path = format!("/api{path}");
        self.app.ask(method, &path, &headers, &body.to_string()).await
    }

    pub(crate) async fn get(&self, who: &Friend, path: &str) -> Answer {
        self.app.get(&format!("/api{path}"), &[("x-api-key", &who.key)]).await
    }

    pub(crate) async fn post(&self, who: &Friend, path: &str, body: Value) -> Answer {
        self.ask(who, Method::POST, path, body).await
    }

    pub(crate) async fn put(&self, who: &Friend, path: &str, body: Value) -> Answer {
        self.ask(who, Method::PUT, path, body).await
    }

    pub(crate) async fn patch(&self, who: &Friend, path: &str, body: Value) -> Answer {
        self.ask(who, Method::PATCH, path, body).await
    }

    pub(crate) async fn delete(&self, who: &Friend, path: &str, body: Value) -> Answer {
        self.ask(who, Method::DELETE, path, body).await
    }

    /// An album of Anna's that holds her three photos, Bob an editor and Carol a viewer of it.
    pub(crate) async fn shared_album(&self) -> String {
        let album = self
            .post(
                &self.anna,
                "/albums",
                json!({
                    "albumName": "Together",
                    "albumUsers": [
                        {"userId": self.bob.id.uuid(), "role": "editor"},
                        {"userId": self.carol.id.uuid(), "role": "viewer"},
                    ],
                    "assetIds": [photo(1).uuid(), photo(2).uuid(), photo(3).uuid()],
                }),
            )
            .await;
        assert_eq!(album.status, StatusCode::CREATED, "{:?}", album.json());
        id_of(&album)
    }
}

/// The id in an answer.
pub(crate) fn id_of(answer: &Answer) -> String {
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// That an answer is this refusal.
pub(crate) fn refused(answer: &Answer, status: u16, message: &str) {
    let told = (answer.status.as_u16(), answer.message());
    assert_eq!(told, (status, json!(message)));
}

fn friend(app: &App, name: &str) -> Friend {
    let email = format!("{}@kalends.example", name.to_lowercase());
    let new = NewUser { email: &email, name, password: PASSWORD, is_admin: false };
    let id = app.library.create_user(new).unwrap();
    let key = app.library.create_api_key(&email, "test", &["all".to_owned()]).unwrap();
    Friend { id, key }
}
