//! The library that the recorded answers were given over, told as the lines of an export.
//!
//! Two states of upstream have no counterpart. An asset with the status `deleted` waits there for
//! its removal and is never shown; it is left out here. An asset without an exif row is here simply
//! one of which nothing more is known.

use std::collections::BTreeMap;

use kalends_model::{
    CaptureTime, CivilDate, CivilDateTime, CivilTime, DateSource, FaceId, Instant, LocalTime,
    Offset,
};
use kalends_test_support::ids;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::compare::duration_millis;

/// Everything of `state.json`. What is not known here is refused, so that nothing is passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct State {
    #[serde(rename = "note")]
    _note: String,
    pub(crate) users: BTreeMap<String, User>,
    pub(crate) assets: Vec<Asset>,
    stacks: Vec<Stack>,
    albums: Vec<RecordedAlbum>,
    people: Vec<RecordedPerson>,
    faces: Vec<RecordedFace>,
    tags: Vec<RecordedTag>,
    tag_assets: Vec<TagAsset>,
    partners: Vec<RecordedPartner>,
    pub(crate) shared_links: Vec<SharedLink>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct User {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    name: String,
    pub(crate) password: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Asset {
    key: String,
    pub(crate) id: Uuid,
    owner: String,
    #[serde(rename = "type")]
    kind: String,
    local_date_time: String,
    file_created_at: String,
    is_favorite: bool,
    visibility: String,
    status: String,
    deleted_at: Option<String>,
    duration: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    thumbhash: Option<String>,
    live_photo_video: Option<String>,
    stack: Option<String>,
    original_file_name: String,
    checksum: String,
    exif: Option<RecordedExif>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RecordedExif {
    city: Option<String>,
    state: Option<String>,
    country: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    projection_type: Option<String>,
    time_zone: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stack {
    key: String,
    id: Uuid,
    owner: String,
    primary: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedAlbum {
    key: String,
    id: Uuid,
    owner: String,
    order: String,
    users: BTreeMap<String, String>,
    assets: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedPerson {
    key: String,
    id: Uuid,
    owner: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedFace {
    person: String,
    asset: String,
    deleted: u8,
    visible: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordedTag {
    key: String,
    id: Uuid,
    owner: String,
    value: String,
    parent: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TagAsset {
    tag: String,
    asset: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RecordedPartner {
    shared_by: String,
    shared_with: String,
    in_timeline: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SharedLink {
    #[serde(rename = "key")]
    _key: String,
    id: Uuid,
    owner: String,
    #[serde(rename = "type")]
    kind: String,
    album: Option<String>,
    assets: Vec<String>,
    pub(crate) slug: Option<String>,
    password: Option<String>,
    expires_at: Option<String>,
    show_exif: bool,
    /// The key, in hexadecimal digits.
    pub(crate) secret: String,
}

impl Asset {
    /// When it was taken. The offset is what the clock shows more than UTC; it is unknown where that
    /// is nothing and no zone is given.
    pub(crate) fn capture(&self) -> CaptureTime {
        let local = LocalTime::from_micros(micros(&self.local_date_time));
        let instant = Instant::from_micros(micros(&self.file_created_at));
        let seconds = (local.micros() - instant.micros()) / 1_000_000;
        let has_zone = self.exif.as_ref().is_some_and(|exif| exif.time_zone.is_some());
        let offset = (seconds != 0 || has_zone)
            .then(|| Offset::from_seconds(i32::try_from(seconds).unwrap()).unwrap());
        let capture = CaptureTime { local, offset, source: DateSource::ExifOriginal };
        assert_eq!(capture.instant(), instant, "{}: an offset of whole seconds", self.key);
        capture
    }

    /// Its line.
    fn line(&self, state: &State) -> Value {
        let kind = match self.kind.as_str() {
            "IMAGE" => "image",
            "VIDEO" => "video",
            other => panic!("{}: {other}", self.key),
        };
        let (trashed_at, offline_at) = match (self.status.as_str(), &self.deleted_at) {
            ("active", None) => (None, None),
            ("active", Some(at)) => (None, Some(instant(at))),
            ("trashed", Some(at)) => (Some(instant(at)), None),
            (status, deleted_at) => panic!("{}: {status}, {deleted_at:?}", self.key),
        };
        let mut line = json!({
            "kind": "asset",
            "id": self.id,
            "owner": state.users[&self.owner].id,
            "library": uploads_of(&state.users[&self.owner]),
            "type": kind,
            "visibility": self.visibility,
            "is_favorite": self.is_favorite,
            "trashed_at": trashed_at,
            "offline_at": offline_at,
            "capture": {
                "local": wall_clock(&self.local_date_time),
                "offset": self.capture().offset.map(Offset::seconds),
                "source": self.capture().source.name(),
            },
            "width": self.width.unwrap_or(0),
            "height": self.height.unwrap_or(0),
            "duration_ms": self.duration.as_deref().map(|text| duration_millis(text).unwrap()),
            "thumbhash": self.thumbhash,
            "live_video": self.live_photo_video.as_deref().map(|key| state.asset(key).id),
            "stack": self.stack.as_ref().map(|key| state.stack(key).id),
            "file_name": self.original_file_name,
            "created_at": EPOCH,
            "metadata_state": if self.exif.is_some() { "read" } else { "pending" },
            "sha1": self.checksum,
        });
        if let Some(exif) = &self.exif {
            line["projection"] = json!(exif.projection_type);
            line["exif"] = json!({ "zone": exif.time_zone });
            line["place"] = json!({
                "latitude": exif.latitude,
                "longitude": exif.longitude,
                "city": exif.city,
                "state": exif.state,
                "country": exif.country,
            });
        }
        line
    }
}

/// When everything was made whose time the state does not tell.
const EPOCH: &str = "1970-01-01T00:00:00Z";

impl State {
    /// The asset of that key.
    pub(crate) fn asset(&self, key: &str) -> &Asset {
        let asset = self.assets.iter().find(|asset| asset.key == key);
        asset.unwrap_or_else(|| panic!("no asset {key}"))
    }

    fn stack(&self, key: &str) -> &Stack {
        self.stacks.iter().find(|stack| stack.key == key).unwrap()
    }

    /// Everything, as an export would tell it.
    pub(crate) fn export(&self) -> String {
        let mut records = self.users();
        // What waits for its removal is never shown, and is gone here.
        let kept = self.assets.iter().filter(|asset| asset.status != "deleted");
        records.extend(kept.map(|asset| asset.line(self)));
        let stacks = self.stacks.iter().map(|stack| {
            let (owner, primary) = (self.user(&stack.owner), self.asset(&stack.primary).id);
            json!({ "kind": "stack", "id": stack.id, "owner": owner, "primary_asset": primary })
        });
        records.extend(stacks);
        records.extend(self.albums());
        records.extend(self.people_and_faces());
        records.extend(self.tags());
        records.extend(self.links());
        let header = json!({ "kind": "kalends-export", "version": 1 });
        let end = json!({ "kind": "end", "records": records.len() });
        let lines = [header].into_iter().chain(records).chain([end]);
        lines.map(|line| format!("{line}\n")).collect()
    }

    fn users(&self) -> Vec<Value> {
        let mut records = Vec::new();
        for (number, user) in self.users.values().enumerate() {
            let created_at = format!("1970-01-01T00:00:00.{number:06}Z");
            records.push(json!({
                "kind": "user", "id": user.id, "email": user.email, "name": user.name,
                "is_admin": number == 0, "created_at": created_at,
            }));
            records.push(json!({
                "kind": "library", "id": uploads_of(user), "owner": user.id, "name": "Uploads",
                "created_at": created_at,
            }));
        }
        let partners = self.partners.iter().map(|partner| {
            json!({
                "kind": "partner",
                "shared_by": self.user(&partner.shared_by),
                "shared_with": self.user(&partner.shared_with),
                "in_timeline": partner.in_timeline,
            })
        });
        records.extend(partners);
        records
    }

    fn albums(&self) -> Vec<Value> {
        let mut records = Vec::new();
        for album in &self.albums {
            records.push(json!({
                "kind": "album", "id": album.id, "owner": self.user(&album.owner),
                "name": album.key, "order": album.order, "created_at": EPOCH,
            }));
            let members = album.users.iter().map(|(user, role)| {
                json!({
                    "kind": "album-member", "album": album.id, "user": self.user(user),
                    "role": role,
                })
            });
            records.extend(members);
            let assets = album.assets.iter().map(|key| {
                let mut line = self.owned("album-asset", key);
                line["album"] = json!(album.id);
                line
            });
            records.extend(assets);
        }
        records
    }

    fn people_and_faces(&self) -> Vec<Value> {
        let people = self.people.iter().map(|person| {
            json!({
                "kind": "person", "id": person.id, "owner": self.user(&person.owner),
                "name": person.name, "created_at": EPOCH,
            })
        });
        let faces = (0..).zip(&self.faces).map(|(number, face)| {
            let person = self.people.iter().find(|person| person.key == face.person).unwrap();
            let mut line = self.owned("face", &face.asset);
            line["id"] = json!(FaceId::from_random(u128::to_be_bytes(number)).to_string());
            line["person"] = json!(person.id);
            line["region"] = json!({ "x1": 0.25, "y1": 0.25, "x2": 0.5, "y2": 0.5 });
            line["source"] = json!("recognised");
            line["is_visible"] = json!(face.visible == 1);
            line["is_deleted"] = json!(face.deleted == 1);
            line
        });
        people.chain(faces).collect()
    }

    fn tags(&self) -> Vec<Value> {
        let tag = |key: &String| self.tags.iter().find(|tag| tag.key == *key).unwrap().id;
        let tags = self.tags.iter().map(|recorded| {
            json!({
                "kind": "tag", "id": recorded.id, "owner": self.user(&recorded.owner),
                "value": recorded.value, "parent": recorded.parent.as_ref().map(tag),
                "created_at": EPOCH,
            })
        });
        let tagged = self.tag_assets.iter().map(|tagged| {
            let mut line = self.owned("tag-asset", &tagged.asset);
            line["tag"] = json!(tag(&tagged.tag));
            line
        });
        tags.chain(tagged).collect()
    }

    fn links(&self) -> Vec<Value> {
        let mut records = Vec::new();
        for link in &self.shared_links {
            let album = link
                .album
                .as_ref()
                .map(|key| self.albums.iter().find(|album| album.key == *key).unwrap().id);
            assert_eq!(link.kind == "ALBUM", album.is_some(), "{}", link.id);
            records.push(json!({
                "kind": "shared-link",
                "id": link.id,
                "owner": self.user(&link.owner),
                "key": link.secret,
                "slug": link.slug,
                "album": album,
                // That there is a password counts here, not what it is.
                "password_hash": link.password.as_ref().map(|_| "$2b$10$of-no-password"),
                "created_at": EPOCH,
                "expires_at": link.expires_at.as_deref().map(instant),
                "show_metadata": link.show_exif,
                "allow_download": true,
            }));
            let assets = link.assets.iter().map(|key| {
                let mut line = self.owned("link-asset", key);
                line["link"] = json!(link.id);
                line
            });
            records.extend(assets);
        }
        records
    }

    /// The line of something that an asset of that key is in.
    fn owned(&self, kind: &str, key: &str) -> Value {
        let asset = self.asset(key);
        json!({ "kind": kind, "owner": self.user(&asset.owner), "asset": asset.id })
    }

    fn user(&self, name: &str) -> Uuid {
        self.users[name].id
    }
}

/// The library that a user's assets lie in; the state names none.
fn uploads_of(user: &User) -> Uuid {
    ids::library(user.id.as_u64_pair().1).uuid()
}

/// `2024-01-01T00:30:00.000Z`, whose year may have more digits, as an export tells a wall clock.
fn wall_clock(text: &str) -> String {
    let text = text.strip_suffix('Z').unwrap();
    match text.split_once('-') {
        Some((year, rest)) if year.len() > 4 => format!("+{year:0>6}-{rest}"),
        _ => text.to_owned(),
    }
}

/// The same as an instant.
fn instant(text: &str) -> String {
    wall_clock(text) + "Z"
}

/// Microseconds since 1970 of `2024-01-01T00:30:00.000Z`, whose year may have more digits and whose
/// fraction may be absent.
fn micros(text: &str) -> i64 {
    let parsed = || {
        let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
        let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
        let mut date = date.split('-');
        let mut number = || date.next()?.parse::<i32>().ok();
        let date = CivilDate::new(number()?, number()? as u8, number()? as u8)?;
        let mut time = time.split(':');
        let mut number = || time.next()?.parse::<u8>().ok();
        let micro = format!("{fraction:0<6}").parse().ok()?;
        let time = CivilTime::new(number()?, number()?, number()?, micro)?;
        Some(CivilDateTime { date, time }.micros_since_epoch())
    };
    parsed().unwrap_or_else(|| panic!("{text} is no time"))
}

#[test]
fn times_are_read_in_every_year() {
    assert_eq!(micros("1970-01-01T00:00:00Z"), 0);
    assert_eq!(micros("1969-12-31T23:59:59.999Z"), -1_000);
    assert_eq!(micros("12024-05-05T12:00:00.5Z") % 1_000_000, 500_000);
}
