//! The rows that a shelf is made of, all of them or those of some assets.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use diesel::prelude::*;
use kalends_model::{
    AlbumId, AssetId, AssetRow, CaptureTime, DateSource, GeoPoint, Kind, LocalTime, Offset,
    PersonId, StackPlace, TagId, UserId, Version, Visibility,
};

use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::schema::{album_assets, assets, faces, stacks, tag_assets};
use crate::stored::{Key, Name, StoredId};

/// One row of `assets`, as far as the timeline needs it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = assets)]
struct StoredRow {
    id: Key,
    library: Key,
    kind: Name<Kind>,
    visibility: Name<Visibility>,
    is_favorite: bool,
    trashed_at: Option<i64>,
    offline_at: Option<i64>,
    local: i64,
    offset_seconds: Option<i32>,
    date_source: Name<DateSource>,
    width: i32,
    height: i32,
    duration_ms: Option<i64>,
    thumbhash: Option<Vec<u8>>,
    live_video: Option<Key>,
    projection: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    city: Option<String>,
    country: Option<String>,
    camera: Option<String>,
    rating: Option<i32>,
    stack: Option<Key>,
    row_version: i64,
}

/// Texts that many rows share, each held once.
#[derive(Default)]
struct Texts(HashSet<Arc<str>>);

impl Texts {
    fn shared(&mut self, text: Option<String>) -> Option<Arc<str>> {
        let text = text?;
        if let Some(known) = self.0.get(text.as_str()) {
            return Some(known.clone());
        }
        let shared: Arc<str> = text.into();
        self.0.insert(shared.clone());
        Some(shared)
    }
}

/// What is needed besides the asset's own row.
struct Memberships {
    albums: Vec<AlbumId>,
    people: Vec<PersonId>,
    tags: Vec<TagId>,
    stack: Option<StackPlace>,
}

impl StoredRow {
    fn into_row(
        self,
        owner: UserId,
        texts: &mut Texts,
        memberships: Memberships,
    ) -> Result<AssetRow, CatalogError> {
        let id: AssetId = self.id.as_id();
        let wrong =
            |what: &str| CatalogError::contradiction("assets", format!("{what} of asset {id}"));
        let offset = match self.offset_seconds {
            Some(seconds) => {
                Some(Offset::from_seconds(seconds).ok_or_else(|| wrong("offset_seconds"))?)
            }
            None => None,
        };
        let place = match (self.latitude, self.longitude) {
            (Some(latitude), Some(longitude)) => {
                Some(GeoPoint::new(latitude, longitude).ok_or_else(|| wrong("place"))?)
            }
            _ => None,
        };
        Ok(AssetRow {
            id,
            owner,
            library: self.library.as_id(),
            capture: CaptureTime {
                local: LocalTime::from_micros(self.local),
                offset,
                source: self.date_source.0,
            },
            visibility: self.visibility.0,
            kind: self.kind.0,
            is_favorite: self.is_favorite,
            is_trashed: self.trashed_at.is_some(),
            is_offline: self.offline_at.is_some(),
            width: self.width as u32,
            height: self.height as u32,
            duration_ms: self.duration_ms.map(|millis| millis as u64),
            thumbhash: self.thumbhash.map(Vec::into_boxed_slice),
            live_video: self.live_video.map(Key::as_id),
            projection: texts.shared(self.projection),
            place,
            city: texts.shared(self.city),
            country: texts.shared(self.country),
            camera: texts.shared(self.camera),
            rating: self.rating.map(|rating| rating as i8),
            stack: memberships.stack,
            albums: memberships.albums,
            people: memberships.people,
            tags: memberships.tags,
            row_version: self.row_version as u64,
        })
    }
}

impl Reader<'_> {
    /// The rows of those of `ids` that `owner` has, in the order asked, as the shelf holds them.
    pub fn rows_of(
        &mut self,
        owner: UserId,
        ids: &[AssetId],
    ) -> Result<Vec<AssetRow>, CatalogError> {
        let mut texts = Texts::default();
        let mut rows = Vec::with_capacity(ids.len());
        for &id in ids {
            let stored = assets::table
                .find((owner.key(), id.key()))
                .select(StoredRow::as_select())
                .first(self.connection)
                .optional()?;
            if let Some(stored) = stored {
                let memberships = self.memberships(owner, id, stored.stack)?;
                rows.push(stored.into_row(owner, &mut texts, memberships)?);
            }
        }
        Ok(rows)
    }

    fn memberships(
        &mut self,
        owner: UserId,
        asset: AssetId,
        stack: Option<Key>,
    ) -> Result<Memberships, CatalogError> {
        let (owner, asset) = (owner.key(), asset.key());
        let albums = album_assets::table
            .filter(album_assets::owner.eq(owner))
            .filter(album_assets::asset.eq(asset))
            .order(album_assets::album)
            .select(album_assets::album)
            .load::<Key>(self.connection)?;
        let mut people = faces::table
            .filter(faces::owner.eq(owner))
            .filter(faces::asset.eq(asset))
            .filter(faces::person.is_not_null())
            .filter(faces::is_visible.eq(true))
            .filter(faces::is_deleted.eq(false))
            .select(faces::person.assume_not_null())
            .load::<Key>(self.connection)?;
        people.sort_unstable();
        people.dedup();
        let tags = tag_assets::table
            .filter(tag_assets::owner.eq(owner))
            .filter(tag_assets::asset.eq(asset))
            .order(tag_assets::tag)
            .select(tag_assets::tag)
            .load::<Key>(self.connection)?;
        let stack = match stack {
            Some(stack) => Some(self.stack_place(owner, asset, stack)?),
            None => None,
        };
        Ok(Memberships {
            albums: crate::stored::ids(albums),
            people: crate::stored::ids(people),
            tags: crate::stored::ids(tags),
            stack,
        })
    }

    fn stack_place(
        &mut self,
        owner: Key,
        asset: Key,
        stack: Key,
    ) -> Result<StackPlace, CatalogError> {
        let (primary, timeline_count) = stacks::table
            .find((owner, stack))
            .select((stacks::primary_asset, stacks::timeline_count))
            .first::<(Key, i32)>(self.connection)?;
        Ok(StackPlace {
            stack: stack.as_id(),
            is_primary: primary == asset,
            timeline_count: timeline_count as u32,
        })
    }

    pub(crate) fn load_shelf(
        &mut self,
        owner: UserId,
        each: &mut dyn FnMut(AssetRow),
    ) -> Result<Option<Version>, CatalogError> {
        let Some(version) = self.version(owner)? else { return Ok(None) };
        let key = owner.key();
        let stacks: HashMap<Key, (Key, i32)> = stacks::table
            .filter(stacks::owner.eq(key))
            .select((stacks::id, (stacks::primary_asset, stacks::timeline_count)))
            .load::<(Key, (Key, i32))>(self.connection)?
            .into_iter()
            .collect();
        let mut albums = Pairs::new(
            album_assets::table
                .filter(album_assets::owner.eq(key))
                .order((album_assets::asset, album_assets::album))
                .select((album_assets::asset, album_assets::album))
                .load(self.connection)?,
        );
        let mut people = faces::table
            .filter(faces::owner.eq(key))
            .filter(faces::person.is_not_null())
            .filter(faces::is_visible.eq(true))
            .filter(faces::is_deleted.eq(false))
            .select((faces::asset, faces::person.assume_not_null()))
            .load(self.connection)?;
        people.sort_unstable();
        people.dedup();
        let mut people = Pairs::new(people);
        let mut tags = Pairs::new(
            tag_assets::table
                .filter(tag_assets::owner.eq(key))
                .order((tag_assets::asset, tag_assets::tag))
                .select((tag_assets::asset, tag_assets::tag))
                .load(self.connection)?,
        );
        let mut texts = Texts::default();
        let rows = assets::table
            .filter(assets::owner.eq(key))
            .order(assets::id)
            .select(StoredRow::as_select())
            .load_iter::<StoredRow, _>(self.connection)?;
        for stored in rows {
            let stored = stored?;
            let asset = stored.id;
            let stack = match stored.stack {
                None => None,
                Some(stack) => {
                    let (primary, timeline_count) = stacks.get(&stack).ok_or_else(|| {
                        CatalogError::contradiction("assets", "stack names no stack")
                    })?;
                    Some(StackPlace {
                        stack: stack.as_id(),
                        is_primary: *primary == asset,
                        timeline_count: *timeline_count as u32,
                    })
                }
            };
            let memberships = Memberships {
                albums: albums.take(asset),
                people: people.take(asset),
                tags: tags.take(asset),
                stack,
            };
            each(stored.into_row(owner, &mut texts, memberships)?);
        }
        Ok(Some(version))
    }
}

/// (asset, member) pairs, ascending, consumed asset by asset.
struct Pairs {
    pairs: Vec<(Key, Key)>,
    next: usize,
}

impl Pairs {
    fn new(pairs: Vec<(Key, Key)>) -> Self {
        Self { pairs, next: 0 }
    }

    /// The members of `asset`, which must come after the asset that was asked before.
    fn take<T: StoredId>(&mut self, asset: Key) -> Vec<T> {
        let rest = &self.pairs[self.next..];
        let passed = rest.iter().take_while(|pair| pair.0 < asset).count();
        let mine = rest[passed..].iter().take_while(|pair| pair.0 == asset).count();
        let members = rest[passed..passed + mine].iter().map(|pair| pair.1.as_id()).collect();
        self.next += passed + mine;
        members
    }
}
