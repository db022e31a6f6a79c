//! What people say about an album and the assets in it: comments and likes (contract immich §D4).

use diesel::prelude::*;
use kalends_model::{ActivityId, AlbumId, AssetId, UserId, Visibility};

use crate::catalog::Reader;
use crate::error::{CatalogError, conflict};
use crate::schema::{activities, assets, users};
use crate::stored::{Key, Name, StoredId};
use crate::users::expect_one;
use crate::writer::Writer;

/// A comment or a like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// The activity.
    pub id: ActivityId,
    /// The album that it is about.
    pub album: AlbumId,
    /// Who said it.
    pub user: UserId,
    /// The asset that it is about, with its owner; `None` when it is about the album itself.
    pub asset: Option<(UserId, AssetId)>,
    /// What was said; `None` for a like.
    pub comment: Option<String>,
    /// Microseconds since 1970.
    pub created_at: i64,
}

/// The two kinds of activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reaction {
    /// Words.
    Comment,
    /// No words.
    Like,
}

/// What an activity is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReactionLevel {
    /// The album itself.
    Album,
    /// An asset in it.
    Asset,
}

/// Which activities of an album are asked for. What is absent narrows nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ActivityQuestion {
    /// Only those about this asset.
    pub asset: Option<AssetId>,
    /// Only those of this user.
    pub user: Option<UserId>,
    /// Only comments, or only likes.
    pub reaction: Option<Reaction>,
    /// Only those about the album itself, or only those about assets.
    pub level: Option<ReactionLevel>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = activities)]
#[diesel(treat_none_as_default_value = false)]
struct StoredActivity {
    id: Key,
    album: Key,
    user: Key,
    asset_owner: Option<Key>,
    asset: Option<Key>,
    comment: Option<String>,
    created_at: i64,
}

impl From<StoredActivity> for Activity {
    fn from(stored: StoredActivity) -> Self {
        Self {
            id: stored.id.as_id(),
            album: stored.album.as_id(),
            user: stored.user.as_id(),
            asset: stored
                .asset_owner
                .zip(stored.asset)
                .map(|(owner, asset)| (owner.as_id(), asset.as_id())),
            comment: stored.comment,
            created_at: stored.created_at,
        }
    }
}

impl Reader<'_> {
    /// What is said about an album, the oldest first. What deleted users said is left out, and what
    /// was said about assets that the album does not show at the moment.
    pub fn activities(
        &mut self,
        album: AlbumId,
        question: &ActivityQuestion,
    ) -> Result<Vec<Activity>, CatalogError> {
        let of_asset = assets::owner
            .nullable()
            .eq(activities::asset_owner)
            .and(assets::id.nullable().eq(activities::asset));
        let is_shown = assets::id
            .is_not_null()
            .and(assets::trashed_at.is_null())
            .and(assets::offline_at.is_null())
            .and(
                assets::visibility.eq_any([Name(Visibility::Timeline), Name(Visibility::Archive)]),
            );
        let mut query = activities::table
            .inner_join(users::table.on(users::id.eq(activities::user)))
            .left_join(assets::table.on(of_asset))
            .filter(activities::album.eq(album.key()))
            .filter(users::deleted_at.is_null())
            .filter(activities::asset.is_null().or(is_shown.assume_not_null()))
            .order((activities::created_at, activities::id))
            .select(StoredActivity::as_select())
            .into_boxed();
        if let Some(asset) = question.asset {
            query = query.filter(activities::asset.eq(asset.key()));
        }
        if let Some(user) = question.user {
            query = query.filter(activities::user.eq(user.key()));
        }
        query = match question.reaction {
            None => query,
            Some(Reaction::Comment) => query.filter(activities::comment.is_not_null()),
            Some(Reaction::Like) => query.filter(activities::comment.is_null()),
        };
        query = match question.level {
            None => query,
            Some(ReactionLevel::Album) => query.filter(activities::asset.is_null()),
            Some(ReactionLevel::Asset) => query.filter(activities::asset.is_not_null()),
        };
        let stored = query.load::<StoredActivity>(self.connection)?;
        Ok(stored.into_iter().map(Activity::from).collect())
    }

    /// One activity, whoever said it.
    pub fn activity(&mut self, id: ActivityId) -> Result<Option<Activity>, CatalogError> {
        let stored = activities::table
            .find(id.key())
            .select(StoredActivity::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(Activity::from))
    }
}

impl Writer<'_> {
    /// Adds a comment or a like. A conflict when the user likes it already; not found when the
    /// asset is not in the album.
    pub fn create_activity(&mut self, activity: &Activity) -> Result<(), CatalogError> {
        let stored = StoredActivity {
            id: activity.id.key(),
            album: activity.album.key(),
            user: activity.user.key(),
            asset_owner: activity.asset.map(|(owner, _)| owner.key()),
            asset: activity.asset.map(|(_, asset)| asset.key()),
            comment: activity.comment.clone(),
            created_at: activity.created_at,
        };
        diesel::insert_into(activities::table)
            .values(stored)
            .execute(self.connection)
            .map_err(conflict("a like of this user"))?;
        Ok(())
    }

    /// Removes a comment or a like.
    pub fn delete_activity(&mut self, id: ActivityId) -> Result<(), CatalogError> {
        let deleted = diesel::delete(activities::table.find(id.key())).execute(self.connection)?;
        expect_one(deleted, "activity")
    }
}
