//! The library that is asked: two owners, eighteen others who look at their assets, and the
//! questions.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use kalends_catalog::{
    Album, CatalogError, Face, FaceSource, Facts, MetadataState, NewAsset, Partner, Person, Place,
    Role, Writer,
};
use kalends_library::{Library, NewUser, PictureMaker, SystemClock, SystemRandomness};
use kalends_model::{
    AlbumId, AssetId, CaptureTime, DateSource, FaceId, GeoPoint, Kind, LibraryId, LocalTime, Month,
    Offset, PersonId, TagId, UserId, Visibility,
};

use crate::Outcome;
use crate::connection::Connection;

const OWNERS: usize = 2;
const VIEWERS: usize = 20;
const MONTHS: usize = 240;
const ALBUMS: usize = 250;
const PEOPLE: usize = 1_500;
const TAGS: usize = 1_000;
const BATCH: usize = 1_000;
const PASSWORD: &str = "a password for figures";
/// The month that `/bucket` is asked for: about 15,742 of a million lie in it.
const ASKED_MONTH: usize = 200;
const ASKED_SHARE: f64 = 15_742.0 / 1_000_000.0;

/// One asset, as both databases are given it.
pub(crate) struct Row {
    pub(crate) owner: usize,
    pub(crate) id: AssetId,
    pub(crate) capture: CaptureTime,
    pub(crate) visibility: Visibility,
    pub(crate) is_favorite: bool,
    pub(crate) is_trashed: bool,
    pub(crate) is_video: bool,
    pub(crate) thumbhash: Option<Vec<u8>>,
    pub(crate) place: Option<(f64, f64)>,
    pub(crate) city: usize,
    pub(crate) album: Option<usize>,
    pub(crate) person: Option<usize>,
    pub(crate) tag: Option<usize>,
}

/// What is asked: over HTTP by a viewer, and in SQL.
#[derive(Clone)]
pub(crate) struct Question {
    pub(crate) path: String,
    pub(crate) token: String,
    /// The condition on the assets, in SQL.
    pub(crate) condition: String,
    /// The month, where one is asked for.
    pub(crate) month: Option<Month>,
}

/// The rows and what they are put into.
pub(crate) struct World {
    pub(crate) rows: Vec<Row>,
    albums: Vec<AlbumId>,
    people: Vec<PersonId>,
    tags: Vec<TagId>,
}

/// SplitMix64: the same world on every run.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    fn chance(&mut self, share: f64) -> bool {
        (self.next() as f64 / u64::MAX as f64) < share
    }

    fn bytes(&mut self) -> [u8; 16] {
        (u128::from(self.next()) << 64 | u128::from(self.next())).to_be_bytes()
    }
}

fn month(number: usize) -> Month {
    Month::new(2005 + (number / 12) as i32, 1 + (number % 12) as u8)
}

impl World {
    pub(crate) fn new(assets: usize) -> Self {
        let mut random = Random(1);
        let albums = (0..ALBUMS * OWNERS).map(|_| AlbumId::from_random(random.bytes())).collect();
        let people = (0..PEOPLE * OWNERS).map(|_| PersonId::from_random(random.bytes())).collect();
        let tags = (0..TAGS * OWNERS).map(|_| TagId::from_random(random.bytes())).collect();
        let rows = (0..assets).map(|_| row(&mut random)).collect();
        Self { rows, albums, people, tags }
    }

    /// How many of all lie in the month that `/bucket` is asked for, and are shown.
    pub(crate) fn month_len(&self) -> usize {
        let asked = month(ASKED_MONTH);
        let shown = |row: &&Row| {
            row.capture.local.month() == asked
                && row.visibility == Visibility::Timeline
                && !row.is_trashed
        };
        self.rows.iter().filter(shown).count()
    }

    /// Writes the library.
    pub(crate) fn write_library(&self, data: &Path) -> Outcome<()> {
        std::fs::create_dir_all(data)?;
        let (clock, randomness) = (Arc::new(SystemClock), Arc::new(SystemRandomness));
        let library = Library::open(data, clock, randomness, PictureMaker::in_process())?;
        let mut users = Vec::new();
        for number in 0..VIEWERS {
            let email = email(number);
            let new = NewUser {
                email: &email,
                name: "Viewer",
                password: PASSWORD,
                is_admin: number == 0,
            };
            users.push(library.create_user(new)?);
        }
        let mut uploads = Vec::new();
        for user in &users {
            uploads.push(library.read(|reader| reader.libraries_of(*user))?[0].id);
        }
        library.write(|writer| self.write_keys(writer, &users))?;
        for rows in self.rows.chunks(BATCH) {
            library.write(|writer| self.write_rows(writer, rows, &users, &uploads))?;
        }
        // Each of the others has a photo, and one of them writes.
        for number in OWNERS..VIEWERS {
            let asset = own_asset(users[number], uploads[number], number);
            library.write(|writer| writer.insert_assets(&[asset]))?;
        }
        library.load_shelves()?;
        library.keep_shelves();
        Ok(())
    }

    fn write_keys(&self, writer: &mut Writer<'_>, users: &[UserId]) -> Result<(), CatalogError> {
        for (number, &id) in self.albums.iter().enumerate() {
            let owner = users[number / ALBUMS];
            let name = format!("Album {number}");
            writer.create_album(&Album::new(id, owner, name, 0))?;
        }
        for (number, &id) in self.people.iter().enumerate() {
            let name = format!("Person {number}");
            let owner = users[number / PEOPLE];
            writer.create_person(&Person::new(id, owner, name, 0))?;
        }
        for (number, &id) in self.tags.iter().enumerate() {
            let owner = users[number / TAGS];
            let value = format!("Tag {number}");
            let tag = kalends_catalog::Tag::new(id, owner, value, None, 0);
            writer.create_tag(&tag)?;
        }
        for number in OWNERS..VIEWERS {
            for shared_by in [users[0], users[1]] {
                let shared_with = users[number];
                writer.set_partner(Partner { shared_by, shared_with, in_timeline: true })?;
            }
            writer.set_album_user(self.albums[number], users[number], Role::Viewer)?;
        }
        let (one, other) = (users[0], users[1]);
        for (shared_by, shared_with) in [(one, other), (other, one)] {
            writer.set_partner(Partner { shared_by, shared_with, in_timeline: true })?;
        }
        Ok(())
    }

    fn write_rows(
        &self,
        writer: &mut Writer<'_>,
        rows: &[Row],
        users: &[UserId],
        uploads: &[LibraryId],
    ) -> Result<(), CatalogError> {
        let assets: Vec<NewAsset> =
            rows.iter().map(|row| new_asset(row, users[row.owner], uploads[row.owner])).collect();
        writer.insert_assets(&assets)?;
        for row in rows {
            let (owner, id) = (users[row.owner], [row.id]);
            if let Some(thumbhash) = &row.thumbhash {
                writer.set_pictures(owner, &[(row.id, Some(thumbhash))])?;
            }
            if row.is_trashed {
                writer.trash(owner, &id)?;
            }
            if let Some(album) = row.album {
                writer.add_to_album(self.albums[album], owner, &id)?;
            }
            if let Some(tag) = row.tag {
                writer.tag_assets(self.tags[tag], owner, &id)?;
            }
            if let Some(person) = row.person {
                writer.add_faces(&[face(owner, row.id, self.people[person])])?;
            }
        }
        Ok(())
    }

    /// Signs every viewer in.
    pub(crate) fn tokens(&self, server: SocketAddr) -> Outcome<Vec<String>> {
        let mut connection = Connection::open(server)?;
        let mut tokens = Vec::new();
        for number in 0..VIEWERS {
            let body = format!(r#"{{"email":"{}","password":"{PASSWORD}"}}"#, email(number));
            let request = format!(
                "POST /api/auth/login HTTP/1.1\r\nhost: localhost\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            );
            let answer = connection.body(request.as_bytes())?;
            let token = answer.split("\"accessToken\":\"").nth(1).and_then(|t| t.split('"').next());
            tokens.push(token.ok_or(answer.clone())?.to_owned());
        }
        Ok(tokens)
    }

    /// Fifty different lists of months, each asked by a viewer.
    pub(crate) fn bucket_lists(&self, tokens: &[String]) -> Vec<Question> {
        let owners = "owner IN (0, 1)";
        let shown = "visibility = 0 AND NOT trashed";
        let of_key = |table: &str, key: usize| {
            format!("EXISTS (SELECT FROM {table} m WHERE m.key = {key} AND m.asset = asset.id)")
        };
        let mut questions = Vec::new();
        let mut ask = |viewer: usize, parameters: String, condition: String| {
            questions.push(Question {
                path: format!("/api/timeline/buckets?{parameters}"),
                token: tokens[viewer].clone(),
                condition,
                month: None,
            });
        };
        let partners = "visibility=timeline&withPartners=true";
        for viewer in OWNERS..VIEWERS {
            ask(viewer, format!("{partners}&withStacked=true"), format!("{owners} AND {shown}"));
            let album = self.albums[viewer];
            ask(
                viewer,
                format!("albumId={album}"),
                format!("visibility IN (0, 1) AND NOT trashed AND {}", of_key("in_album", viewer)),
            );
        }
        for owner in 0..OWNERS {
            let own = format!("owner = {owner}");
            ask(
                owner,
                "visibility=archive".into(),
                format!("{own} AND visibility = 1 AND NOT trashed"),
            );
            let favorites = format!("{own} AND visibility IN (0, 1) AND NOT trashed AND favorite");
            ask(owner, "isFavorite=true".into(), favorites);
            let trash = format!("{own} AND visibility IN (0, 1) AND trashed");
            ask(owner, "isTrashed=true".into(), trash);
            let person = owner * PEOPLE;
            ask(
                owner,
                format!("visibility=timeline&personId={}", self.people[person]),
                format!("{own} AND {shown} AND {}", of_key("has_person", person)),
            );
            let tag = owner * TAGS;
            ask(
                owner,
                format!("tagId={}", self.tags[tag]),
                format!(
                    "{own} AND visibility IN (0, 1) AND NOT trashed AND {}",
                    of_key("has_tag", tag)
                ),
            );
            let within = "lat BETWEEN 45 AND 46 AND lon BETWEEN 7 AND 9";
            ask(
                owner,
                format!("{partners}&bbox=7,45,9,46"),
                format!("{owners} AND {shown} AND {within}"),
            );
            ask(owner, format!("{partners}&order=asc"), format!("{owners} AND {shown}"));
        }
        questions
    }

    /// The month of 15,742 in a million, asked by each viewer.
    pub(crate) fn months(&self, tokens: &[String]) -> Vec<Question> {
        let month = month(ASKED_MONTH);
        let ask = |viewer: usize| Question {
            path: format!(
                "/api/timeline/bucket?timeBucket={}-{:02}-01&visibility=timeline\
                 &withPartners=true&withStacked=true",
                month.year(),
                month.month()
            ),
            token: tokens[viewer].clone(),
            condition: "owner IN (0, 1) AND visibility = 0 AND NOT trashed".to_owned(),
            month: Some(month),
        };
        (0..VIEWERS).map(ask).collect()
    }

    /// Two requests of another user that change a favourite, back and forth.
    pub(crate) fn writer(&self, tokens: &[String]) -> [Vec<u8>; 2] {
        let number = VIEWERS - 1;
        [true, false].map(|is_favorite| {
            let id = own_id(number);
            let body = format!(r#"{{"ids":["{id}"],"isFavorite":{is_favorite}}}"#);
            format!(
                "PUT /api/assets HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                tokens[number],
                body.len()
            )
            .into_bytes()
        })
    }
}

fn email(number: usize) -> String {
    format!("viewer{number}@kalends.example")
}

fn row(random: &mut Random) -> Row {
    let owner = random.below(OWNERS);
    // Uneven months, as people's are, and one of a known size.
    let of_month = if random.chance(ASKED_SHARE * 1.06) {
        ASKED_MONTH
    } else {
        let far = random.below(MONTHS).max(random.below(MONTHS));
        if far == ASKED_MONTH { far - 1 } else { far }
    };
    let seconds = random.below(28 * 86_400) as i64;
    let local = month(of_month).start().micros() + seconds * 1_000_000;
    let key = |random: &mut Random, of: usize, share: f64| {
        let skewed = random.below(of).min(random.below(of));
        random.chance(share).then_some(owner * of + skewed)
    };
    let is_common = random.chance(0.085);
    Row {
        owner,
        id: AssetId::from_random(random.bytes()),
        capture: CaptureTime {
            local: LocalTime::from_micros(local),
            offset: Offset::from_seconds(3_600 * random.below(3) as i32),
            source: DateSource::ExifOriginal,
        },
        visibility: if random.chance(0.04) { Visibility::Archive } else { Visibility::Timeline },
        is_favorite: random.chance(0.05),
        is_trashed: random.chance(0.01),
        is_video: random.chance(0.1),
        thumbhash: random.chance(0.9).then(|| random.bytes().repeat(2)[..24].to_vec()),
        place: random
            .chance(0.6)
            .then(|| (random.below(9_000) as f64 / 100.0, random.below(18_000) as f64 / 100.0)),
        city: random.below(2_000),
        album: key(random, ALBUMS, 0.5),
        person: if is_common { Some(owner * PEOPLE) } else { key(random, PEOPLE, 0.7) },
        tag: key(random, TAGS, 0.7),
    }
}

fn new_asset(row: &Row, owner: UserId, library: LibraryId) -> NewAsset {
    let kind = if row.is_video { Kind::Video } else { Kind::Image };
    let mut facts = Facts::unread(kind, row.capture);
    (facts.width, facts.height) = (4_032, 3_024);
    facts.duration_ms = row.is_video.then_some(12_345);
    facts.place = Place {
        point: row.place.and_then(|(latitude, longitude)| GeoPoint::new(latitude, longitude)),
        city: row.place.map(|_| format!("City {}", row.city)),
        state: None,
        country: row.place.map(|_| format!("Country {}", row.city / 20)),
    };
    facts.state = MetadataState::Read;
    let mut asset = NewAsset::new(row.id, owner, library, facts);
    asset.file_name = "IMG_0001.jpg".to_owned();
    asset.is_favorite = row.is_favorite;
    asset.visibility = row.visibility;
    asset
}

fn own_id(number: usize) -> AssetId {
    AssetId::from_random([number as u8; 16])
}

fn own_asset(owner: UserId, library: LibraryId, number: usize) -> NewAsset {
    let capture = CaptureTime {
        local: month(ASKED_MONTH).start(),
        offset: None,
        source: DateSource::ExifOriginal,
    };
    let mut facts = Facts::unread(Kind::Image, capture);
    facts.state = MetadataState::Read;
    NewAsset::new(own_id(number), owner, library, facts)
}

fn face(owner: UserId, asset: AssetId, person: PersonId) -> Face {
    let mut id = *asset.bytes();
    id[0] ^= 0xff;
    Face {
        id: FaceId::from_random(id),
        owner,
        asset,
        person: Some(person),
        region: [0.1, 0.1, 0.2, 0.2],
        source: FaceSource::Metadata,
        is_visible: true,
        is_deleted: false,
    }
}
