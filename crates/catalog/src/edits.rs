//! What a person sets on assets: favourite, visibility, trash, rating, date, place, description,
//! motion, and which others are the same picture.
//!
//! Every edit takes the assets of one owner, passes over those that the owner does not have or that
//! have the value already, and leaves what was before in the undo journal.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::result::QueryResult;
use diesel::sql_types::Integer;
use kalends_model::{
    AssetId, CaptureTime, ChangeKind, DateSource, DuplicateId, GeoPoint, LocalTime, Offset, UserId,
    Visibility,
};

use crate::assets::{Edited, Place, StoredCapture, StoredPlace};
use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::schema::{assets, details};
use crate::sqlite::Connection;
use crate::stored::{Key, Name, StoredId};
use crate::undo::{Before, IdText};
use crate::writer::Writer;

/// A value, and whether a person has set it.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Kept<T> {
    pub(crate) value: T,
    pub(crate) is_edited: bool,
}

impl<T> Kept<T> {
    fn edited(value: T) -> Self {
        Self { value, is_edited: true }
    }
}

/// When an asset was taken, and by which clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dated {
    /// The wall clock, its offset, and where both came from.
    pub capture: CaptureTime,
    /// The clock's zone as a name or an offset, such as `Asia/Kathmandu` or `UTC+05:45`.
    pub zone: Option<String>,
}

/// The row of one asset.
type AssetKey = (Key, Key);

/// What is to be set, asset by asset, and then what was before.
type Values<V> = Vec<(AssetId, V)>;

impl Writer<'_> {
    /// Sets or clears the favourite. Returns the assets that changed.
    pub fn set_favorite(
        &mut self,
        owner: UserId,
        assets: &[AssetId],
        is_favorite: bool,
    ) -> Result<Vec<AssetId>, CatalogError> {
        self.put_favorites(owner, alike(assets, is_favorite))
    }

    /// Sets where assets are shown. Returns the assets that changed.
    pub fn set_visibility(
        &mut self,
        owner: UserId,
        assets: &[AssetId],
        visibility: Visibility,
    ) -> Result<Vec<AssetId>, CatalogError> {
        self.put_visibilities(owner, alike(assets, visibility))
    }

    /// Puts assets into the trash, now. Returns those that were not in it.
    pub fn trash(
        &mut self,
        owner: UserId,
        assets: &[AssetId],
    ) -> Result<Vec<AssetId>, CatalogError> {
        let mut live = Vec::with_capacity(assets.len());
        for &asset in assets {
            let trashed_at = read_trashed(self.connection, (owner.key(), asset.key()))?;
            live.extend((trashed_at == Some(None)).then_some(asset));
        }
        self.put_trashed(owner, alike(&live, Some(self.now)))
    }

    /// Takes assets out of the trash. Returns those that were in it.
    pub fn restore(
        &mut self,
        owner: UserId,
        assets: &[AssetId],
    ) -> Result<Vec<AssetId>, CatalogError> {
        self.put_trashed(owner, alike(assets, None))
    }

    /// Sets the rating, 1 to 5 or −1, or removes it. Returns the assets that changed.
    pub fn set_rating(
        &mut self,
        owner: UserId,
        assets: &[AssetId],
        rating: Option<i8>,
    ) -> Result<Vec<AssetId>, CatalogError> {
        self.put_ratings(owner, alike(assets, Kept::edited(rating)))
    }

    /// Sets when each asset was taken. A date whose source is [`DateSource::User`] is kept, with its
    /// zone, when the files are read again. Returns the assets that changed.
    pub fn set_dates(
        &mut self,
        owner: UserId,
        dates: &[(AssetId, Dated)],
    ) -> Result<Vec<AssetId>, CatalogError> {
        self.put_dates(owner, dates.to_vec())
    }

    /// Says which hidden video is each photo's motion, or that none is. Returns the photos that
    /// changed.
    pub fn set_motions(
        &mut self,
        owner: UserId,
        motions: &[(AssetId, Option<AssetId>)],
    ) -> Result<Vec<AssetId>, CatalogError> {
        self.put_motions(owner, motions.to_vec())
    }

    /// Puts assets into a group of duplicates, or takes them out of theirs. Returns the assets that
    /// changed.
    pub fn set_duplicates(
        &mut self,
        owner: UserId,
        assets: &[AssetId],
        group: Option<DuplicateId>,
    ) -> Result<Vec<AssetId>, CatalogError> {
        self.put_duplicates(owner, alike(assets, group))
    }

    /// Sets where assets were taken. Returns the assets that changed.
    pub fn set_place(
        &mut self,
        owner: UserId,
        assets: &[AssetId],
        place: &Place,
    ) -> Result<Vec<AssetId>, CatalogError> {
        self.put_places(owner, alike(assets, Kept::edited(place.clone())))
    }

    /// Sets the descriptions of assets. Returns the assets that changed.
    pub fn set_description(
        &mut self,
        owner: UserId,
        assets: &[AssetId],
        description: Option<&str>,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let description = description.map(str::to_owned);
        self.put_descriptions(owner, alike(assets, Kept::edited(description)))
    }

    /// Says that the external files of assets have vanished, now, or are there again. Not a
    /// person's act, so not in the undo journal. Returns the assets that changed.
    pub fn set_offline(
        &mut self,
        owner: UserId,
        assets: &[AssetId],
        is_offline: bool,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let offline_at = is_offline.then_some(self.now);
        self.stir_stacks(owner, assets)?;
        let read = |connection: &mut Connection, (owner, id): AssetKey| {
            let offline_at = assets::table.find((owner, id)).select(assets::offline_at);
            let offline_at = offline_at.first::<Option<i64>>(connection).optional()?;
            Ok(offline_at.map(|at| at.is_some()))
        };
        let write = |connection: &mut Connection, (owner, id): AssetKey, _: &bool| {
            let row = diesel::update(assets::table.find((owner, id)));
            row.set(assets::offline_at.eq(offline_at)).execute(connection)
        };
        let before = self.put(owner, alike(assets, is_offline), read, write)?;
        let kind = trash_kind(is_offline);
        Ok(self.changed(owner, kind, &before))
    }

    pub(crate) fn put_favorites(
        &mut self,
        owner: UserId,
        values: Values<bool>,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let read = |connection: &mut Connection, (owner, id): AssetKey| {
            assets::table.find((owner, id)).select(assets::is_favorite).first(connection).optional()
        };
        let write = |connection: &mut Connection, (owner, id): AssetKey, value: &bool| {
            let row = diesel::update(assets::table.find((owner, id)));
            row.set(assets::is_favorite.eq(value)).execute(connection)
        };
        let before = self.put(owner, values, read, write)?;
        let changed = self.changed(owner, ChangeKind::AssetsUpdated, &before);
        self.remember(owner, before, Before::Favorite);
        Ok(changed)
    }

    pub(crate) fn put_visibilities(
        &mut self,
        owner: UserId,
        values: Values<Visibility>,
    ) -> Result<Vec<AssetId>, CatalogError> {
        self.stir_stacks(owner, &assets_of(&values))?;
        let read = |connection: &mut Connection, (owner, id): AssetKey| {
            let visibility = assets::table.find((owner, id)).select(assets::visibility);
            let visibility = visibility.first::<Name<Visibility>>(connection).optional()?;
            Ok(visibility.map(|name| name.0))
        };
        let write = |connection: &mut Connection, (owner, id): AssetKey, value: &Visibility| {
            let row = diesel::update(assets::table.find((owner, id)));
            row.set(assets::visibility.eq(Name(*value))).execute(connection)
        };
        let before = self.put(owner, values, read, write)?;
        let changed = self.changed(owner, ChangeKind::AssetsUpdated, &before);
        let before = before.into_iter().map(|(id, value)| (id, value.name().to_owned())).collect();
        self.remember(owner, before, Before::Visibility);
        Ok(changed)
    }

    pub(crate) fn put_trashed(
        &mut self,
        owner: UserId,
        values: Values<Option<i64>>,
    ) -> Result<Vec<AssetId>, CatalogError> {
        self.stir_stacks(owner, &assets_of(&values))?;
        let write = |connection: &mut Connection, (owner, id): AssetKey, value: &Option<i64>| {
            let row = diesel::update(assets::table.find((owner, id)));
            row.set(assets::trashed_at.eq(value)).execute(connection)
        };
        let before = self.put(owner, values, read_trashed, write)?;
        for &(asset, was) in &before {
            // What was in the trash has come out of it, or stands in it with another date.
            self.touch(owner, trash_kind(was.is_none()), [asset]);
        }
        let changed = assets_of(&before);
        self.remember(owner, before, Before::Trashed);
        Ok(changed)
    }

    pub(crate) fn put_ratings(
        &mut self,
        owner: UserId,
        values: Values<Kept<Option<i8>>>,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let read = |connection: &mut Connection, (owner, id): AssetKey| {
            let row = assets::table.find((owner, id)).select((assets::rating, assets::edited));
            let row = row.first::<(Option<i32>, i32)>(connection).optional()?;
            Ok(row.map(|(rating, edited)| Kept {
                value: rating.map(|rating| rating as i8),
                is_edited: Edited::Rating.is_in(edited),
            }))
        };
        let write = |connection: &mut Connection, key: AssetKey, value: &Kept<Option<i8>>| {
            mark_edited(connection, key, Edited::Rating, value.is_edited)?;
            let row = diesel::update(assets::table.find(key));
            row.set(assets::rating.eq(value.value.map(i32::from))).execute(connection)
        };
        let before = self.put(owner, values, read, write)?;
        let changed = self.changed(owner, ChangeKind::AssetsUpdated, &before);
        self.remember(owner, before, Before::Rating);
        Ok(changed)
    }

    pub(crate) fn put_dates(
        &mut self,
        owner: UserId,
        values: Values<Dated>,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let write = |connection: &mut Connection, key: AssetKey, value: &Dated| {
            diesel::update(details::table.find(key))
                .set(details::zone.eq(value.zone.as_deref()))
                .execute(connection)?;
            let row = diesel::update(assets::table.find(key));
            row.set(StoredCapture::from(value.capture)).execute(connection)
        };
        let before = self.put(owner, values, read_date, write)?;
        let changed = self.changed(owner, ChangeKind::AssetsUpdated, &before);
        let before = before.into_iter().map(|(id, value)| (id, value.into())).collect();
        self.remember(owner, before, Before::Capture);
        Ok(changed)
    }

    pub(crate) fn put_motions(
        &mut self,
        owner: UserId,
        values: Values<Option<AssetId>>,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let read = |connection: &mut Connection, (owner, id): AssetKey| {
            let video = assets::table.find((owner, id)).select(assets::live_video);
            let video = video.first::<Option<Key>>(connection).optional()?;
            Ok(video.map(|video| video.map(Key::as_id)))
        };
        let write =
            |connection: &mut Connection, (owner, id): AssetKey, value: &Option<AssetId>| {
                let row = diesel::update(assets::table.find((owner, id)));
                row.set(assets::live_video.eq(value.map(StoredId::key))).execute(connection)
            };
        let before = self.put(owner, values, read, write)?;
        let changed = self.changed(owner, ChangeKind::AssetsUpdated, &before);
        let before = before.into_iter().map(|(id, video)| (id, video.map(IdText))).collect();
        self.remember(owner, before, Before::Motion);
        Ok(changed)
    }

    pub(crate) fn put_duplicates(
        &mut self,
        owner: UserId,
        values: Values<Option<DuplicateId>>,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let read = |connection: &mut Connection, (owner, id): AssetKey| {
            let group = details::table.find((owner, id)).select(details::duplicate);
            let group = group.first::<Option<Key>>(connection).optional()?;
            Ok(group.map(|group| group.map(Key::as_id)))
        };
        let write = |connection: &mut Connection, key: AssetKey, value: &Option<DuplicateId>| {
            let row = diesel::update(details::table.find(key));
            row.set(details::duplicate.eq(value.map(StoredId::key))).execute(connection)
        };
        let before = self.put(owner, values, read, write)?;
        let changed = self.changed(owner, ChangeKind::AssetsUpdated, &before);
        let text = |group: DuplicateId| group.to_string();
        let before = before.into_iter().map(|(id, group)| (id, group.map(text))).collect();
        self.remember(owner, before, Before::Duplicate);
        Ok(changed)
    }

    pub(crate) fn put_places(
        &mut self,
        owner: UserId,
        values: Values<Kept<Place>>,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let write = |connection: &mut Connection, key: AssetKey, value: &Kept<Place>| {
            mark_edited(connection, key, Edited::Place, value.is_edited)?;
            let row = diesel::update(assets::table.find(key));
            row.set(StoredPlace::from(&value.value)).execute(connection)
        };
        let before = self.put(owner, values, read_place, write)?;
        let changed = self.changed(owner, ChangeKind::AssetsUpdated, &before);
        let before = before.into_iter().map(|(id, value)| (id, value.into())).collect();
        self.remember(owner, before, Before::Place);
        Ok(changed)
    }

    pub(crate) fn put_descriptions(
        &mut self,
        owner: UserId,
        values: Values<Kept<Option<String>>>,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let read = |connection: &mut Connection, (owner, id): AssetKey| {
            let edited = assets::table.find((owner, id)).select(assets::edited);
            let Some(edited) = edited.first::<i32>(connection).optional()? else { return Ok(None) };
            let description = details::table.find((owner, id)).select(details::description);
            let is_edited = Edited::Description.is_in(edited);
            Ok(Some(Kept { value: description.first(connection)?, is_edited }))
        };
        let write = |connection: &mut Connection, key: AssetKey, value: &Kept<Option<String>>| {
            mark_edited(connection, key, Edited::Description, value.is_edited)?;
            let row = diesel::update(details::table.find(key));
            row.set(details::description.eq(value.value.as_deref())).execute(connection)
        };
        let before = self.put(owner, values, read, write)?;
        let changed = self.changed(owner, ChangeKind::AssetsUpdated, &before);
        self.remember(owner, before, Before::Description);
        Ok(changed)
    }

    /// Writes the values that differ from what is there; what was there before, for those.
    fn put<V: PartialEq>(
        &mut self,
        owner: UserId,
        values: Values<V>,
        read: impl Fn(&mut Connection, AssetKey) -> QueryResult<Option<V>>,
        write: impl Fn(&mut Connection, AssetKey, &V) -> QueryResult<usize>,
    ) -> Result<Values<V>, CatalogError> {
        let mut changed = Vec::with_capacity(values.len());
        for (asset, value) in values {
            let key = (owner.key(), asset.key());
            match read(self.connection, key)? {
                Some(before) if before != value => {
                    write(self.connection, key, &value)?;
                    changed.push((asset, before));
                }
                _ => {}
            }
        }
        Ok(changed)
    }

    fn changed<V>(
        &mut self,
        owner: UserId,
        kind: ChangeKind,
        before: &[(AssetId, V)],
    ) -> Vec<AssetId> {
        let changed = assets_of(before);
        self.touch(owner, kind, changed.iter().copied());
        changed
    }

    fn remember<V>(
        &mut self,
        owner: UserId,
        before: Values<V>,
        act: impl Fn(Vec<(IdText, V)>) -> Before,
    ) {
        if !before.is_empty() {
            let before = before.into_iter().map(|(asset, value)| (IdText(asset), value));
            self.undo.push((owner, act(before.collect())));
        }
    }
}

fn alike<V: Clone>(assets: &[AssetId], value: V) -> Values<V> {
    assets.iter().map(|&asset| (asset, value.clone())).collect()
}

fn assets_of<V>(values: &[(AssetId, V)]) -> Vec<AssetId> {
    values.iter().map(|value| value.0).collect()
}

fn trash_kind(is_gone: bool) -> ChangeKind {
    if is_gone { ChangeKind::AssetsTrashed } else { ChangeKind::AssetsRestored }
}

fn read_trashed(connection: &mut Connection, key: AssetKey) -> QueryResult<Option<Option<i64>>> {
    assets::table.find(key).select(assets::trashed_at).first(connection).optional()
}

fn read_date(connection: &mut Connection, key: AssetKey) -> QueryResult<Option<Dated>> {
    let row = assets::table.find(key);
    let row = row.select((assets::local, assets::offset_seconds, assets::date_source));
    let row = row.first::<(i64, Option<i32>, Name<DateSource>)>(connection).optional()?;
    let Some((local, offset, source)) = row else { return Ok(None) };
    let capture = CaptureTime {
        local: LocalTime::from_micros(local),
        offset: offset.and_then(Offset::from_seconds),
        source: source.0,
    };
    let zone = details::table.find(key).select(details::zone).first(connection)?;
    Ok(Some(Dated { capture, zone }))
}

/// The zone that stands at an asset, whoever has put it there.
pub(crate) fn read_zone(
    connection: &mut Connection,
    owner: UserId,
    asset: AssetId,
) -> QueryResult<Option<String>> {
    let zone = details::table.find((owner.key(), asset.key())).select(details::zone);
    Ok(zone.first::<Option<String>>(connection).optional()?.flatten())
}

/// The columns of a place, in the order of [`read_place`].
type PlaceColumns = (Option<f64>, Option<f64>, Option<String>, Option<String>, Option<String>, i32);

fn read_place(connection: &mut Connection, key: AssetKey) -> QueryResult<Option<Kept<Place>>> {
    let row = assets::table.find(key).select((
        assets::latitude,
        assets::longitude,
        assets::city,
        assets::state,
        assets::country,
        assets::edited,
    ));
    let row = row.first::<PlaceColumns>(connection).optional()?;
    Ok(row.map(|(latitude, longitude, city, state, country, edited)| {
        let point = latitude.zip(longitude).and_then(|(lat, lon)| GeoPoint::new(lat, lon));
        let value = Place { point, city, state, country };
        Kept { value, is_edited: Edited::Place.is_in(edited) }
    }))
}

/// Whether a person has set this fact of an asset.
pub(crate) fn is_edited(
    reader: &mut Reader<'_>,
    owner: UserId,
    asset: AssetId,
    fact: Edited,
) -> Result<bool, CatalogError> {
    let row = assets::table.find((owner.key(), asset.key())).select(assets::edited);
    let bits = row.first::<i32>(reader.connection).optional()?;
    Ok(bits.is_some_and(|bits| fact.is_in(bits)))
}

/// Marks a fact of assets as set by a person. Assets that are gone are passed over.
pub(crate) fn mark_all_edited(
    writer: &mut Writer<'_>,
    owner: UserId,
    assets: &[AssetId],
    fact: Edited,
) -> Result<(), CatalogError> {
    const MARKED_MAX: usize = 500;
    for part in assets.chunks(MARKED_MAX) {
        let keys: Vec<Key> = part.iter().map(|asset| asset.key()).collect();
        diesel::update(assets::table)
            .filter(assets::owner.eq(owner.key()))
            .filter(assets::id.eq_any(keys))
            .set(assets::edited.eq(sql::<Integer>(&format!("edited | {}", fact as i32))))
            .execute(writer.connection)?;
    }
    Ok(())
}

fn mark_edited(
    connection: &mut Connection,
    key: AssetKey,
    fact: Edited,
    is_edited: bool,
) -> QueryResult<()> {
    let row = assets::table.find(key);
    let bits = row.select(assets::edited).first::<i32>(connection)?;
    let marked = fact.put(bits, is_edited);
    if marked != bits {
        diesel::update(row).set(assets::edited.eq(marked)).execute(connection)?;
    }
    Ok(())
}
