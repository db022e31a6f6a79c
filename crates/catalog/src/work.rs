//! What a scan asks: which assets lack something that is made of their originals, which are
//! offline, and which photos and videos belong together.

use diesel::prelude::*;
use kalends_model::{AssetId, Kind, LibraryId, UserId, Visibility};

use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::files::FileRole;
use crate::schema::{assets, details, files};
use crate::stored::{Key, Name, StoredId, ids};

/// An asset that lacks something made of its original.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PictureWork {
    /// The asset.
    pub asset: AssetId,
    /// Where its original lies, relative to the library's folder.
    pub path: Vec<u8>,
    /// Photo or video.
    pub kind: Kind,
    /// Whether it is a part of another asset, which no picture is made of.
    pub is_hidden: bool,
    /// EXIF orientation of the original.
    pub orientation: Option<u8>,
    /// Whether pictures have been made of it.
    pub has_thumbhash: bool,
    /// Whether its bytes have been hashed.
    pub is_hashed: bool,
}

type PictureWorkRow =
    (Key, Vec<u8>, Name<Kind>, Name<Visibility>, Option<i32>, Option<Vec<u8>>, Option<Vec<u8>>);

/// The columns of a [`PictureWorkRow`].
const PICTURE_WORK: (
    assets::id,
    files::path,
    assets::kind,
    assets::visibility,
    details::orientation,
    assets::thumbhash,
    details::sha1,
) = (
    assets::id,
    files::path,
    assets::kind,
    assets::visibility,
    details::orientation,
    assets::thumbhash,
    details::sha1,
);

fn picture_work(
    (asset, path, kind, visibility, orientation, thumbhash, sha1): PictureWorkRow,
) -> PictureWork {
    PictureWork {
        asset: asset.as_id(),
        path,
        kind: kind.0,
        is_hidden: visibility.0 == Visibility::Hidden,
        orientation: orientation.and_then(|orientation| u8::try_from(orientation).ok()),
        has_thumbhash: thumbhash.is_some(),
        is_hashed: sha1.is_some(),
    }
}

impl Reader<'_> {
    /// The assets of a library that are online and lack a ThumbHash or hashes, the latest capture
    /// first; with `with_all`, every one that is online.
    pub fn picture_work(
        &mut self,
        owner: UserId,
        library: LibraryId,
        with_all: bool,
    ) -> Result<Vec<PictureWork>, CatalogError> {
        let of_files = files::owner.eq(assets::owner).and(files::asset.eq(assets::id));
        let of_details = details::owner.eq(assets::owner).and(details::asset.eq(assets::id));
        let mut query = assets::table
            .inner_join(files::table.on(of_files))
            .inner_join(details::table.on(of_details))
            .filter(assets::owner.eq(owner.key()))
            .filter(assets::library.eq(library.key()))
            .filter(assets::offline_at.is_null())
            .filter(files::role.eq(Name(FileRole::Original)))
            .order((assets::local.desc(), assets::id))
            .select(PICTURE_WORK)
            .into_boxed();
        if !with_all {
            query = query.filter(assets::thumbhash.is_null().or(details::sha1.is_null()));
        }
        let rows = query.load::<PictureWorkRow>(self.connection)?;
        Ok(rows.into_iter().map(picture_work).collect())
    }

    /// What is to be known to make the pictures of one asset; `None` when it is gone or offline, or
    /// has no original.
    pub fn picture_work_of(
        &mut self,
        owner: UserId,
        asset: AssetId,
    ) -> Result<Option<PictureWork>, CatalogError> {
        let of_files = files::owner.eq(assets::owner).and(files::asset.eq(assets::id));
        let of_details = details::owner.eq(assets::owner).and(details::asset.eq(assets::id));
        let row = assets::table
            .inner_join(files::table.on(of_files))
            .inner_join(details::table.on(of_details))
            .filter(assets::owner.eq(owner.key()))
            .filter(assets::id.eq(asset.key()))
            .filter(assets::offline_at.is_null())
            .filter(files::role.eq(Name(FileRole::Original)))
            .select(PICTURE_WORK)
            .first::<PictureWorkRow>(self.connection)
            .optional()?;
        Ok(row.map(picture_work))
    }

    /// The offline assets of a library, ascending.
    pub fn offline_assets(
        &mut self,
        owner: UserId,
        library: LibraryId,
    ) -> Result<Vec<AssetId>, CatalogError> {
        let keys = assets::table
            .filter(assets::owner.eq(owner.key()))
            .filter(assets::library.eq(library.key()))
            .filter(assets::offline_at.is_not_null())
            .order(assets::id)
            .select(assets::id)
            .load::<Key>(self.connection)?;
        Ok(ids(keys))
    }

    /// Photos without a motion and videos that are nobody's motion which carry the same content id
    /// (contract immich §E8): one of `content_ids`. Each asset at most once; the first by id where
    /// there are several.
    pub fn unjoined_live_photos(
        &mut self,
        owner: UserId,
        content_ids: &[&str],
    ) -> Result<Vec<(AssetId, AssetId)>, CatalogError> {
        let candidates = |kind: Kind| {
            let of_details = details::owner.eq(assets::owner).and(details::asset.eq(assets::id));
            assets::table
                .inner_join(details::table.on(of_details))
                .filter(assets::owner.eq(owner.key()))
                .filter(assets::kind.eq(Name(kind)))
                .filter(details::content_id.eq_any(content_ids))
                .order((details::content_id, assets::id))
                .select((details::content_id.assume_not_null(), assets::id))
        };
        let photos = candidates(Kind::Image)
            .filter(assets::live_video.is_null())
            .load::<(String, Key)>(self.connection)?;
        if photos.is_empty() {
            return Ok(Vec::new());
        }
        let videos = candidates(Kind::Video)
            .filter(assets::visibility.ne(Name(Visibility::Hidden)))
            .load::<(String, Key)>(self.connection)?;
        let mut videos = videos.into_iter().peekable();
        let mut pairs: Vec<(AssetId, AssetId)> = Vec::new();
        for (content_id, photo) in photos {
            while videos.next_if(|(other, _)| *other < content_id).is_some() {}
            if let Some((_, video)) = videos.next_if(|(other, _)| *other == content_id) {
                pairs.push((photo.as_id(), video.as_id()));
            }
        }
        Ok(pairs)
    }
}
