//! What people say about albums and the assets in them (contract immich §D4).
//!
//! Whoever may read an album may read what is said about it, and say something while its owner
//! lets people talk. What was said can be taken back by who said it and by the album's owner.

use std::collections::HashMap;

use kalends_catalog::{Activity, ActivityQuestion, CatalogError, Reaction, Reader, User};
use kalends_model::{ActivityId, AlbumId, AssetId, UserId};

use crate::access::albums::require_one;
use crate::access::{AlbumRight, AssetRight, NoAccess, assets};
use crate::library::Library;
use crate::viewer::Viewer;

/// A comment or a like, with who said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityView {
    /// What was said.
    pub activity: Activity,
    /// Who said it.
    pub user: User,
}

/// Something to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewActivity {
    /// About this album, or an asset in it.
    pub album: AlbumId,
    /// The asset that it is about; `None` for the album itself.
    pub asset: Option<AssetId>,
    /// The words; `None` for a like.
    pub comment: Option<String>,
}

/// Why nothing was said or taken back.
#[derive(Debug, thiserror::Error)]
pub enum ActivityError {
    /// The viewer may not.
    #[error(transparent)]
    NoAccess(#[from] NoAccess),
    /// The asset is not shown in the album.
    #[error("the asset is not in the album")]
    NotInAlbum,
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl Library {
    /// What is said about an album, the oldest first.
    pub fn activities(
        &self,
        viewer: &Viewer,
        album: AlbumId,
        question: &ActivityQuestion,
    ) -> Result<Vec<ActivityView>, ActivityError> {
        let views = self.read(|reader| {
            if let Err(refused) = require_one(reader, viewer, AlbumRight::Read, album)? {
                return Ok(Err(refused));
            }
            let mut users: HashMap<UserId, User> = HashMap::new();
            let mut views = Vec::new();
            for activity in reader.activities(album, question)? {
                let known = users.get(&activity.user).cloned();
                let said = match known {
                    Some(user) => ActivityView { activity, user },
                    None => view(reader, activity)?,
                };
                users.insert(said.user.id, said.user.clone());
                views.push(said);
            }
            Ok(Ok(views))
        })?;
        Ok(views?)
    }

    /// How many comments and how many likes there are, in this order: of an album with everything
    /// in it, or of one asset.
    pub fn activity_statistics(
        &self,
        viewer: &Viewer,
        album: AlbumId,
        asset: Option<AssetId>,
    ) -> Result<(u64, u64), ActivityError> {
        let counts = self.read(|reader| {
            if let Err(refused) = require_one(reader, viewer, AlbumRight::Read, album)? {
                return Ok(Err(refused));
            }
            let question = ActivityQuestion { asset, ..ActivityQuestion::default() };
            let said = reader.activities(album, &question)?;
            let comments = said.iter().filter(|activity| activity.comment.is_some()).count();
            Ok(Ok((comments as u64, (said.len() - comments) as u64)))
        })?;
        Ok(counts?)
    }

    /// Says something. A like that is there already is returned instead of being made; the second
    /// value says whether it was made.
    pub fn create_activity(
        &self,
        viewer: &Viewer,
        new: &NewActivity,
    ) -> Result<(ActivityView, bool), ActivityError> {
        let id = self.new_id(ActivityId::from_random);
        let now = self.now();
        self.write(|writer| {
            let seen = require_one(writer, viewer, AlbumRight::Read, new.album)?;
            if !seen.is_ok_and(|seen| seen.album.is_activity_enabled) {
                return Ok(Err(NoAccess("activity.create").into()));
            }
            let asset = match new.asset {
                None => None,
                Some(id) => {
                    let readable = assets::allowed(writer, viewer, AssetRight::Read, &[id])?;
                    let live = readable.first().filter(|standing| !standing.is_in_trash);
                    let Some(owner) = live.map(|standing| standing.owner) else {
                        return Ok(Err(ActivityError::NotInAlbum));
                    };
                    if writer.assets_in_album(new.album, owner, &[id])?.is_empty() {
                        return Ok(Err(ActivityError::NotInAlbum));
                    }
                    Some((owner, id))
                }
            };
            if new.comment.is_none()
                && let Some(like) = like_of(writer, viewer, new)?
            {
                return Ok(Ok((view(writer, like)?, false)));
            }
            let activity = Activity {
                id,
                album: new.album,
                user: viewer.user(),
                asset,
                comment: new.comment.clone(),
                created_at: now,
            };
            writer.create_activity(&activity)?;
            Ok(Ok((view(writer, activity)?, true)))
        })?
    }

    /// Takes something back.
    pub fn delete_activity(&self, viewer: &Viewer, id: ActivityId) -> Result<(), ActivityError> {
        self.write(|writer| {
            let Some(activity) = writer.activity(id)? else { return Ok(Err(no_deletion())) };
            let is_author = activity.user == viewer.user();
            let owns = require_one(writer, viewer, AlbumRight::Delete, activity.album)?.is_ok();
            if !is_author && !owns {
                return Ok(Err(no_deletion()));
            }
            writer.delete_activity(id)?;
            Ok(Ok(()))
        })?
    }
}

fn no_deletion() -> ActivityError {
    NoAccess("activity.delete").into()
}

/// The viewer's like of the same thing.
fn like_of(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    new: &NewActivity,
) -> Result<Option<Activity>, CatalogError> {
    let question = ActivityQuestion {
        asset: new.asset,
        user: Some(viewer.user()),
        reaction: Some(Reaction::Like),
        level: None,
    };
    let likes = reader.activities(new.album, &question)?.into_iter();
    let mut same = likes.filter(|like| like.asset.map(|(_, asset)| asset) == new.asset);
    Ok(same.next())
}

fn view(reader: &mut Reader<'_>, activity: Activity) -> Result<ActivityView, CatalogError> {
    let user = reader.user(activity.user)?.ok_or(CatalogError::NotFound("user"))?;
    Ok(ActivityView { activity, user })
}
