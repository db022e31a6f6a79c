//! Albums are shared with users.

use kalends_catalog::{Reader, Role};
use kalends_model::{AlbumId, UserId};

use super::edit::may_become_member;
use super::{AlbumError, AlbumView};
use crate::access::albums::{SeenAlbum, require_one};
use crate::access::{AlbumRight, NoAccess};
use crate::library::Library;
use crate::viewer::Viewer;

impl Library {
    /// Shares an album with users who are no members yet: with all of them, or with none.
    pub fn add_album_members(
        &self,
        viewer: &Viewer,
        id: AlbumId,
        members: &[(UserId, Role)],
    ) -> Result<AlbumView, AlbumError> {
        self.write(|writer| {
            let seen = match require_one(writer, viewer, AlbumRight::Share, id)? {
                Err(refused) => return Ok(Err(refused.into())),
                Ok(seen) => seen,
            };
            for (position, &(user, _)) in members.iter().enumerate() {
                if let Err(refused) = may_become_member(writer, &seen.album, user)? {
                    return Ok(Err(refused));
                }
                let is_named_twice = members[..position].iter().any(|member| member.0 == user);
                if is_named_twice || is_member(writer, id, user)? {
                    return Ok(Err(AlbumError::AlreadyMember));
                }
            }
            for &(user, role) in members {
                writer.set_album_user(id, user, role)?;
            }
            Ok(Ok(()))
        })??;
        self.album(viewer, id, false)
    }

    /// Gives a member of an album another role.
    pub fn set_album_role(
        &self,
        viewer: &Viewer,
        id: AlbumId,
        user: UserId,
        role: Role,
    ) -> Result<(), AlbumError> {
        self.write(|writer| {
            if let Err(refused) = require_one(writer, viewer, AlbumRight::Share, id)? {
                return Ok(Err(refused.into()));
            }
            if !is_member(writer, id, user)? {
                return Ok(Err(AlbumError::NotMember));
            }
            writer.set_album_user(id, user, role)?;
            Ok(Ok(()))
        })?
    }

    /// Shares an album with a user no more. Everybody may leave; others are removed by those who
    /// may share it. What the user has put in stays.
    pub fn remove_album_member(
        &self,
        viewer: &Viewer,
        id: AlbumId,
        user: UserId,
    ) -> Result<(), AlbumError> {
        self.write(|writer| {
            let right = if user == viewer.user() { AlbumRight::Read } else { AlbumRight::Share };
            let album = match require_one(writer, viewer, right, id)? {
                // Whether one leaves or removes others, the refusal has one name.
                Err(_) => return Ok(Err(NoAccess(AlbumRight::Share.name()).into())),
                Ok(SeenAlbum { album, .. }) => album,
            };
            if album.owner == user {
                return Ok(Err(AlbumError::OwnerStays));
            }
            if !is_member(writer, id, user)? {
                return Ok(Err(AlbumError::NotMember));
            }
            writer.remove_album_user(id, user)?;
            Ok(Ok(()))
        })?
    }
}

fn is_member(
    reader: &mut Reader<'_>,
    album: AlbumId,
    user: UserId,
) -> Result<bool, kalends_catalog::CatalogError> {
    Ok(reader.roles_in_albums(user, &[album])?.contains_key(&album))
}
