//! What searches ask that the timeline does not know: names, descriptions, paths, cameras by their
//! parts, states, sizes, and when something came in, changed or went into the trash.
//!
//! Each answers from an index of its own, one pass or one range, and gives ids; who asks holds them
//! to what the timeline shows. Texts are handed over for the asker to judge, since databases fold
//! case and accents each in their own way.

use diesel::dsl::exists;
use diesel::prelude::*;
use kalends_model::{AssetId, LibraryId, UserId, Visibility};

use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::files::FileRole;
use crate::schema::{assets, details, files, uploads};
use crate::stored::{Key, Name, StoredId, ids};

/// Those of a query's assets that are live in the timeline, outside of libraries in the trash.
macro_rules! only_shown {
    ($query:expr, $trashed_libraries:expr) => {
        $query
            .filter(assets::visibility.eq(Name(Visibility::Timeline)))
            .filter(assets::trashed_at.is_null())
            .filter(assets::offline_at.is_null())
            .filter(assets::library.ne_all($trashed_libraries.iter().map(|library| library.key())))
    };
}

/// What is asked of the camera. Each part: nothing, "has none", or exactly this.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CameraTest {
    /// The maker.
    pub make: Option<Option<String>>,
    /// The model.
    pub model: Option<Option<String>>,
    /// The lens.
    pub lens: Option<Option<String>>,
}

impl CameraTest {
    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A camera with its lens, each part as the files say it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CameraParts {
    /// The maker.
    pub make: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// The lens.
    pub lens: Option<String>,
}

/// A span of time in microseconds since 1970, both ends included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Span {
    /// Not before this.
    pub from: Option<i64>,
    /// Not after this.
    pub to: Option<i64>,
}

impl Span {
    /// Whether it is all of time.
    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }

    /// Whether `at` lies in it.
    pub fn holds(&self, at: i64) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at <= to)
    }
}

/// An asset's original with its size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SizedAsset {
    /// The asset.
    pub asset: AssetId,
    /// In bytes.
    pub size: u64,
}

impl Reader<'_> {
    /// Hands over the name and the time of coming in, in microseconds since 1970, of each of the
    /// owner's assets.
    pub fn each_file_name(
        &mut self,
        owner: UserId,
        each: &mut dyn FnMut(AssetId, &str, i64),
    ) -> Result<(), CatalogError> {
        let rows = details::table
            .filter(details::owner.eq(owner.key()))
            .order((details::file_name, details::created_at))
            .select((details::asset, details::file_name, details::created_at))
            .load_iter::<(Key, String, i64), _>(self.connection)?;
        for row in rows {
            let (asset, name, created_at) = row?;
            each(asset.as_id(), &name, created_at);
        }
        Ok(())
    }

    /// Hands over the description of each of the owner's assets that has one.
    pub fn each_description(
        &mut self,
        owner: UserId,
        each: &mut dyn FnMut(AssetId, &str),
    ) -> Result<(), CatalogError> {
        let rows = details::table
            .filter(details::owner.eq(owner.key()))
            .filter(details::description.is_not_null())
            .select((details::asset, details::description.assume_not_null()))
            .load_iter::<(Key, String), _>(self.connection)?;
        for row in rows {
            let (asset, description) = row?;
            each(asset.as_id(), &description);
        }
        Ok(())
    }

    /// Hands over where the original of each of the owner's assets lies: its library, and the path
    /// in it as bytes.
    pub fn each_original(
        &mut self,
        owner: UserId,
        each: &mut dyn FnMut(AssetId, LibraryId, &[u8]),
    ) -> Result<(), CatalogError> {
        let rows = files::table
            .filter(files::owner.eq(owner.key()))
            .filter(files::role.eq(Name(FileRole::Original)))
            .select((files::asset, files::library, files::path))
            .load_iter::<(Key, Key, Vec<u8>), _>(self.connection)?;
        for row in rows {
            let (asset, library, path) = row?;
            each(asset.as_id(), library.as_id(), &path);
        }
        Ok(())
    }

    /// The owner's assets taken with this camera.
    pub fn assets_of_camera(
        &mut self,
        owner: UserId,
        test: &CameraTest,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let mut query = details::table
            .filter(details::owner.eq(owner.key()))
            .select(details::asset)
            .into_boxed();
        query = match &test.make {
            Some(Some(make)) => query.filter(details::make.eq(make)),
            Some(None) => query.filter(details::make.is_null()),
            None => query,
        };
        query = match &test.model {
            Some(Some(model)) => query.filter(details::model.eq(model)),
            Some(None) => query.filter(details::model.is_null()),
            None => query,
        };
        query = match &test.lens {
            Some(Some(lens)) => query.filter(details::lens.eq(lens)),
            Some(None) => query.filter(details::lens.is_null()),
            None => query,
        };
        Ok(ids(query.load::<Key>(self.connection)?))
    }

    /// The owner's assets that a client sent: the one that calls itself so, under this name.
    pub fn assets_of_device(
        &mut self,
        owner: UserId,
        device: Option<&str>,
        device_asset: Option<&str>,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let mut query = uploads::table
            .filter(uploads::owner.eq(owner.key()))
            .select(uploads::asset)
            .into_boxed();
        if let Some(device) = device {
            query = query.filter(uploads::device.eq(device));
        }
        if let Some(name) = device_asset {
            query = query.filter(uploads::device_asset.eq(name));
        }
        Ok(ids(query.load::<Key>(self.connection)?))
    }

    /// The owner's assets taken in this state; with none, those taken in any.
    pub fn assets_in_state(
        &mut self,
        owner: UserId,
        state: Option<&str>,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let mut query = assets::table
            .filter(assets::owner.eq(owner.key()))
            .filter(assets::state.is_not_null())
            .select(assets::id)
            .into_boxed();
        if let Some(state) = state {
            query = query.filter(assets::state.eq(state));
        }
        Ok(ids(query.load::<Key>(self.connection)?))
    }

    /// Hands over the state of each of the owner's assets that has one.
    pub fn each_state(
        &mut self,
        owner: UserId,
        each: &mut dyn FnMut(AssetId, &str),
    ) -> Result<(), CatalogError> {
        let rows = assets::table
            .filter(assets::owner.eq(owner.key()))
            .filter(assets::state.is_not_null())
            .select((assets::id, assets::state.assume_not_null()))
            .load_iter::<(Key, String), _>(self.connection)?;
        for row in rows {
            let (asset, state) = row?;
            each(asset.as_id(), &state);
        }
        Ok(())
    }

    /// The originals of the owner that lie in a folder of a library or below it, by path. The folder
    /// is relative to the library's, without a slash at its end; empty for all.
    pub fn originals_below(
        &mut self,
        owner: UserId,
        library: LibraryId,
        folder: &[u8],
    ) -> Result<Vec<(AssetId, Vec<u8>)>, CatalogError> {
        let mut query = files::table
            .filter(files::owner.eq(owner.key()))
            .filter(files::library.eq(library.key()))
            .filter(files::role.eq(Name(FileRole::Original)))
            .order(files::path)
            .select((files::asset, files::path))
            .into_boxed();
        if !folder.is_empty() {
            // Everything that begins with the folder and a slash; '0' is the byte after it.
            let first = [folder, b"/"].concat();
            let end = [folder, b"0"].concat();
            query = query.filter(files::path.ge(first)).filter(files::path.lt(end));
        }
        let rows = query.load::<(Key, Vec<u8>)>(self.connection)?;
        Ok(rows.into_iter().map(|(asset, path)| (asset.as_id(), path)).collect())
    }

    /// The owner's assets of which anything last changed in this span.
    pub fn assets_updated(
        &mut self,
        owner: UserId,
        span: Span,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let rows = assets::table
            .filter(assets::owner.eq(owner.key()))
            .filter(
                assets::updated_at
                    .between(span.from.unwrap_or(i64::MIN), span.to.unwrap_or(i64::MAX)),
            )
            .select(assets::id);
        Ok(ids(rows.load::<Key>(self.connection)?))
    }

    /// The owner's assets that were put into the trash, in this span.
    pub fn assets_trashed(
        &mut self,
        owner: UserId,
        span: Span,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let rows = assets::table
            .filter(assets::owner.eq(owner.key()))
            .filter(assets::trashed_at.is_not_null())
            .filter(
                assets::trashed_at
                    .assume_not_null()
                    .between(span.from.unwrap_or(i64::MIN), span.to.unwrap_or(i64::MAX)),
            )
            .order((assets::trashed_at, assets::id))
            .select(assets::id);
        Ok(ids(rows.load::<Key>(self.connection)?))
    }

    /// The cameras and lenses of the owner's files, ascending, each once.
    pub fn cameras(&mut self, owner: UserId) -> Result<Vec<CameraParts>, CatalogError> {
        let rows = details::table
            .filter(details::owner.eq(owner.key()))
            .order((details::make, details::model, details::lens))
            .select((details::make, details::model, details::lens))
            .distinct()
            .load::<(Option<String>, Option<String>, Option<String>)>(self.connection)?;
        let parts = rows.into_iter();
        Ok(parts.map(|(make, model, lens)| CameraParts { make, model, lens }).collect())
    }

    /// Whether an asset of this owner taken with exactly this is live in the timeline, outside of
    /// libraries in the trash.
    pub fn shows_camera(
        &mut self,
        owner: UserId,
        parts: &CameraParts,
        trashed_libraries: &[LibraryId],
    ) -> Result<bool, CatalogError> {
        let of_details = details::owner.eq(assets::owner).and(details::asset.eq(assets::id));
        let shown = details::table
            .inner_join(assets::table.on(of_details))
            .filter(details::owner.eq(owner.key()))
            .filter(details::make.is(parts.make.as_deref()))
            .filter(details::model.is(parts.model.as_deref()))
            .filter(details::lens.is(parts.lens.as_deref()));
        let shown = only_shown!(shown, trashed_libraries);
        Ok(diesel::select(exists(shown)).get_result(self.connection)?)
    }

    /// The states of the owner's assets with their countries, ascending, each pair once.
    pub fn states(&mut self, owner: UserId) -> Result<Vec<(String, Option<String>)>, CatalogError> {
        let rows = assets::table
            .filter(assets::owner.eq(owner.key()))
            .filter(assets::state.is_not_null())
            .order((assets::state, assets::country))
            .select((assets::state.assume_not_null(), assets::country))
            .distinct();
        Ok(rows.load(self.connection)?)
    }

    /// Whether an asset of this owner in exactly this state is live in the timeline, outside of
    /// libraries in the trash.
    pub fn shows_state(
        &mut self,
        owner: UserId,
        (state, country): (&str, Option<&str>),
        trashed_libraries: &[LibraryId],
    ) -> Result<bool, CatalogError> {
        let shown = assets::table
            .filter(assets::owner.eq(owner.key()))
            .filter(assets::state.eq(state))
            .filter(assets::country.is(country));
        let shown = only_shown!(shown, trashed_libraries);
        Ok(diesel::select(exists(shown)).get_result(self.connection)?)
    }

    /// The originals of the owner of at least `size_min` bytes, the largest first, from the
    /// `skip`-th on, at most `limit`.
    pub fn largest_originals(
        &mut self,
        owner: UserId,
        size_min: u64,
        skip: usize,
        limit: usize,
    ) -> Result<Vec<SizedAsset>, CatalogError> {
        let rows = files::table
            .filter(files::owner.eq(owner.key()))
            .filter(files::role.eq(Name(FileRole::Original)))
            .filter(files::size.ge(i64::try_from(size_min).unwrap_or(i64::MAX)))
            .order((files::size.desc(), files::asset.desc()))
            .offset(i64::try_from(skip).unwrap_or(i64::MAX))
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .select((files::asset, files::size))
            .load::<(Key, i64)>(self.connection)?;
        let rows = rows.into_iter();
        Ok(rows
            .map(|(asset, size)| SizedAsset { asset: asset.as_id(), size: size as u64 })
            .collect())
    }
}
