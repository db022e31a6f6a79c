//! Two users with photos of their own choosing, and requests in the name of either.

use http::{Method, StatusCode};
use kalends_catalog::{Facts, MetadataState, NewAsset, Partner};
use kalends_library::NewUser;
use kalends_model::{AssetId, CaptureTime, DateSource, Kind, LibraryId, LocalTime, Offset, UserId};
use kalends_test_support::ids;
use serde_json::Value;

use crate::app::{Answer, App, EMAIL};

pub(crate) const BOB_EMAIL: &str = "bob@kalends.example";

/// Anna with three photos (1 and 2 of February 2024, 3 of July 2023), and Bob without any.
pub(crate) struct Two {
    pub(crate) app: App,
    pub(crate) bob: UserId,
    pub(crate) anna_key: String,
    pub(crate) bob_key: String,
}

/// A user and the library of their uploads.
#[derive(Clone, Copy)]
pub(crate) struct Owner {
    pub(crate) user: UserId,
    pub(crate) uploads: LibraryId,
}

pub(crate) fn capture(local: LocalTime, offset_minutes: Option<i32>) -> CaptureTime {
    let offset = offset_minutes.map(|minutes| Offset::from_seconds(minutes * 60).unwrap());
    CaptureTime { local, offset, source: DateSource::ExifOriginal }
}

pub(crate) fn facts(local: LocalTime, offset_minutes: Option<i32>) -> Facts {
    let facts = Facts::unread(Kind::Image, capture(local, offset_minutes));
    Facts { state: MetadataState::Read, ..facts }
}

impl Two {
    pub(crate) fn new() -> Self {
        let app = App::new();
        let new = NewUser {
            email: BOB_EMAIL,
            name: "Bob",
            password: "another password",
            is_admin: false,
        };
        let bob = app.library.create_user(new).unwrap();
        let key =
            |email: &str| app.library.create_api_key(email, "test", &["all".to_owned()]).unwrap();
        let (anna_key, bob_key) = (key(EMAIL), key(BOB_EMAIL));
        Self { app, bob, anna_key, bob_key }
    }

    pub(crate) fn anna(&self) -> Owner {
        self.owner(self.app.user)
    }

    pub(crate) fn bobs(&self) -> Owner {
        self.owner(self.bob)
    }

    fn owner(&self, user: UserId) -> Owner {
        let libraries = self.app.library.read(|reader| reader.libraries_of(user)).unwrap();
        Owner { user, uploads: libraries[0].id }
    }

    /// Adds a photo, as `change` makes it.
    pub(crate) fn add(
        &self,
        owner: Owner,
        number: u64,
        facts: Facts,
        change: impl FnOnce(&mut NewAsset),
    ) -> AssetId {
        let mut new = NewAsset::new(ids::asset(number), owner.user, owner.uploads, facts);
        new.file_name = format!("photo-{number}.jpg");
        change(&mut new);
        let id = new.id;
        self.app.library.write(|writer| writer.insert_assets(&[new])).unwrap();
        id
    }

    /// Bob shares with Anna as a partner, in her timeline.
    pub(crate) fn bob_shares(&self) {
        self.share(self.bob, self.app.user);
    }

    /// Anna shares with Bob, likewise.
    pub(crate) fn anna_shares(&self) {
        self.share(self.app.user, self.bob);
    }

    fn share(&self, shared_by: UserId, shared_with: UserId) {
        let partner = Partner { shared_by, shared_with, in_timeline: true };
        self.app.library.write(|writer| writer.set_partner(partner)).unwrap();
    }

    pub(crate) async fn anna_asks(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.ask(&self.anna_key, method, path, body).await
    }

    pub(crate) async fn bob_asks(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.ask(&self.bob_key, method, path, body).await
    }

    async fn ask(&self, key: &str, method: Method, path: &str, body: &Value) -> Answer {
        let headers = [("x-api-key", key), ("content-type", "application/json")];
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.app.ask(method, &format!("/api{path}"), &headers, &body).await
    }

    /// What Anna is answered to a `GET`.
    pub(crate) async fn anna_gets(&self, path: &str) -> Value {
        let answer = self.anna_asks(Method::GET, path, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.json());
        answer.json()
    }

    /// The message of a refusal of what Anna asks.
    pub(crate) async fn anna_is_refused(&self, method: Method, path: &str, body: &Value) -> Value {
        let answer = self.anna_asks(method, path, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path} {body}");
        answer.message()
    }

    /// The months of Anna's timeline with their counts, as `2024-02: 2`.
    pub(crate) async fn months(&self) -> Vec<String> {
        let buckets = self.anna_gets("/timeline/buckets").await;
        let bucket = |bucket: &Value| {
            let month = bucket["timeBucket"].as_str().unwrap()[..7].to_owned();
            format!("{month}: {}", bucket["count"])
        };
        buckets.as_array().unwrap().iter().map(bucket).collect()
    }
}

/// The ids of a list of assets.
pub(crate) fn ids_of(assets: &Value) -> Vec<AssetId> {
    let id = |asset: &Value| asset["id"].as_str().unwrap().parse().unwrap();
    assets.as_array().unwrap().iter().map(id).collect()
}
