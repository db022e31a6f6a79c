//! The library that the recorded answers were given over, and how it comes into a catalog.
//!
//! Two states of upstream have no counterpart. An asset with the status `deleted` waits there for
//! its removal and is never shown; here it is inserted and removed. An asset without an exif row is
//! here simply one of which nothing more is known.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kalends_catalog::{
    Album, AlbumOrder, CatalogError, Exif, Face, FaceSource, Facts, Library, LibraryKind, Link,
    LinkTarget, MetadataState, NewAsset, Partner, Person, Place, Role, Tag, Writer,
};
use kalends_model::{
    AssetId, CaptureTime, CivilDate, CivilDateTime, CivilTime, DateSource, FaceId, GeoPoint,
    Instant, Kind, LibraryId, LocalTime, Offset, UserId, Visibility,
};
use kalends_test_support::ids;
use serde::Deserialize;
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

    fn facts(&self) -> Facts {
        let kind = match self.kind.as_str() {
            "IMAGE" => Kind::Image,
            "VIDEO" => Kind::Video,
            other => panic!("{}: {other}", self.key),
        };
        let unread = Facts::unread(kind, self.capture());
        let known = Facts {
            width: self.width.unwrap_or(0),
            height: self.height.unwrap_or(0),
            duration_ms: self.duration.as_deref().map(|text| duration_millis(text).unwrap()),
            ..unread
        };
        let Some(exif) = &self.exif else { return known };
        let point = exif.latitude.zip(exif.longitude);
        let point = point.map(|(latitude, longitude)| GeoPoint::new(latitude, longitude).unwrap());
        Facts {
            projection: exif.projection_type.clone(),
            place: Place {
                point,
                city: exif.city.clone(),
                state: exif.state.clone(),
                country: exif.country.clone(),
            },
            exif: Exif { zone: exif.time_zone.clone(), ..Exif::default() },
            state: MetadataState::Read,
            ..known
        }
    }
}

impl State {
    /// The asset of that key.
    pub(crate) fn asset(&self, key: &str) -> &Asset {
        let asset = self.assets.iter().find(|asset| asset.key == key);
        asset.unwrap_or_else(|| panic!("no asset {key}"))
    }

    /// Writes everything into an empty catalog.
    pub(crate) fn write(&self, writer: &mut Writer<'_>) -> Result<(), CatalogError> {
        self.write_users(writer)?;
        self.write_assets(writer)?;
        self.write_stacks(writer)?;
        self.write_albums(writer)?;
        self.write_people(writer)?;
        self.write_tags(writer)?;
        self.write_links(writer)
    }

    fn write_users(&self, writer: &mut Writer<'_>) -> Result<(), CatalogError> {
        for (number, user) in (0..).zip(self.users.values()) {
            writer.create_user(
                &kalends_catalog::User {
                    is_admin: number == 0,
                    ..kalends_catalog::User::new(user.id.into(), &user.email, &user.name, number)
                },
                None,
            )?;
            writer.create_library(&Library::new(
                uploads_of(user),
                user.id.into(),
                "Uploads".to_owned(),
                LibraryKind::Uploads,
                number,
            ))?;
        }
        for partner in &self.partners {
            writer.set_partner(Partner {
                shared_by: self.user(&partner.shared_by),
                shared_with: self.user(&partner.shared_with),
                in_timeline: partner.in_timeline,
            })?;
        }
        Ok(())
    }

    fn write_assets(&self, writer: &mut Writer<'_>) -> Result<(), CatalogError> {
        for asset in &self.assets {
            let user = &self.users[&asset.owner];
            let id = asset.id.into();
            let new = NewAsset {
                file_name: asset.original_file_name.clone(),
                visibility: Visibility::from_name(&asset.visibility).unwrap(),
                is_favorite: asset.is_favorite,
                live_video: asset.live_photo_video.as_deref().map(|key| self.id_of(key)),
                sha1: Some(bytes(&asset.checksum).try_into().unwrap()),
                ..NewAsset::new(id, user.id.into(), uploads_of(user), asset.facts())
            };
            writer.insert_assets(&[new])?;
            let thumbhash = asset.thumbhash.as_ref().map(|text| STANDARD.decode(text).unwrap());
            writer.set_pictures(user.id.into(), &[(id, thumbhash.as_deref())])?;
            match (asset.status.as_str(), &asset.deleted_at) {
                ("active", None) => Vec::new(),
                ("active", Some(_)) => writer.set_offline(user.id.into(), &[id], true)?,
                ("trashed", Some(_)) => writer.trash(user.id.into(), &[id])?,
                ("deleted", Some(_)) => writer.delete_assets(user.id.into(), &[id])?,
                (status, deleted_at) => panic!("{}: {status}, {deleted_at:?}", asset.key),
            };
        }
        Ok(())
    }

    fn write_stacks(&self, writer: &mut Writer<'_>) -> Result<(), CatalogError> {
        for stack in &self.stacks {
            // The first one stands for the stack.
            let primary = self.id_of(&stack.primary);
            let mut members = vec![primary];
            let of_stack =
                self.assets.iter().filter(|asset| asset.stack.as_ref() == Some(&stack.key));
            members.extend(of_stack.map(|a| AssetId::from(a.id)).filter(|&id| id != primary));
            writer.create_stack(self.user(&stack.owner), stack.id.into(), &members)?;
        }
        Ok(())
    }

    fn write_albums(&self, writer: &mut Writer<'_>) -> Result<(), CatalogError> {
        for album in &self.albums {
            let order = match album.order.as_str() {
                "asc" => AlbumOrder::Asc,
                "desc" => AlbumOrder::Desc,
                other => panic!("{}: {other}", album.key),
            };
            let owner = self.user(&album.owner);
            let new = Album::new(album.id.into(), owner, album.key.clone(), 0);
            writer.create_album(&Album { order, ..new })?;
            for (user, role) in &album.users {
                let role = match role.as_str() {
                    "editor" => Role::Editor,
                    "viewer" => Role::Viewer,
                    other => panic!("{}: {other}", album.key),
                };
                writer.set_album_user(album.id.into(), self.user(user), role)?;
            }
            for key in &album.assets {
                writer.add_to_album(album.id.into(), self.owner_of(key), &[self.id_of(key)])?;
            }
        }
        Ok(())
    }

    fn write_people(&self, writer: &mut Writer<'_>) -> Result<(), CatalogError> {
        for person in &self.people {
            let owner = self.user(&person.owner);
            writer.create_person(&Person::new(person.id.into(), owner, person.name.clone(), 0))?;
        }
        for (number, face) in (0..).zip(&self.faces) {
            let person = self.people.iter().find(|person| person.key == face.person).unwrap();
            writer.add_faces(&[Face {
                id: FaceId::from_random(u128::to_be_bytes(number)),
                owner: self.owner_of(&face.asset),
                asset: self.id_of(&face.asset),
                person: Some(person.id.into()),
                region: [0.25, 0.25, 0.5, 0.5],
                source: FaceSource::Recognised,
                is_visible: face.visible == 1,
                is_deleted: face.deleted == 1,
            }])?;
        }
        Ok(())
    }

    fn write_tags(&self, writer: &mut Writer<'_>) -> Result<(), CatalogError> {
        let tag = |key: &String| self.tags.iter().find(|tag| tag.key == *key).unwrap().id.into();
        for recorded in &self.tags {
            writer.create_tag(&Tag::new(
                recorded.id.into(),
                self.user(&recorded.owner),
                recorded.value.clone(),
                recorded.parent.as_ref().map(tag),
                0,
            ))?;
        }
        for tagged in &self.tag_assets {
            let (owner, asset) = (self.owner_of(&tagged.asset), self.id_of(&tagged.asset));
            writer.tag_assets(tag(&tagged.tag), owner, &[asset])?;
        }
        Ok(())
    }

    fn write_links(&self, writer: &mut Writer<'_>) -> Result<(), CatalogError> {
        for link in &self.shared_links {
            let target = match (link.kind.as_str(), &link.album) {
                ("ALBUM", Some(key)) => {
                    let album = self.albums.iter().find(|album| album.key == *key).unwrap();
                    LinkTarget::Album(album.id.into())
                }
                ("INDIVIDUAL", None) => LinkTarget::Assets,
                other => panic!("{}: {other:?}", link.id),
            };
            let new = Link {
                id: link.id.into(),
                owner: self.user(&link.owner),
                key: bytes(&link.secret),
                slug: link.slug.clone(),
                target,
                description: None,
                created_at: 0,
                expires_at: link.expires_at.as_deref().map(micros),
                show_metadata: link.show_exif,
                allow_upload: false,
                allow_download: true,
            };
            // That there is a password counts here, not what it is.
            let password_hash = link.password.as_ref().map(|_| "$2b$10$of-no-password");
            writer.create_link(&new, password_hash)?;
            for key in &link.assets {
                writer.add_link_assets(new.id, self.owner_of(key), &[self.id_of(key)])?;
            }
        }
        Ok(())
    }

    fn user(&self, name: &str) -> UserId {
        self.users[name].id.into()
    }

    fn id_of(&self, key: &str) -> AssetId {
        self.asset(key).id.into()
    }

    fn owner_of(&self, key: &str) -> UserId {
        self.user(&self.asset(key).owner)
    }
}

/// The library that a user's assets lie in; the state names none.
fn uploads_of(user: &User) -> LibraryId {
    ids::library(user.id.as_u64_pair().1)
}

/// The bytes of hexadecimal digits.
fn bytes(digits: &str) -> Vec<u8> {
    let pairs = (0..digits.len()).step_by(2).map(|at| &digits[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
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
