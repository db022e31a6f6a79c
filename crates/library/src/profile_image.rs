//! A user's portrait: whatever picture is sent is decoded and written anew, small and without
//! metadata, so that what others are shown is only ever our own JPEG.

use kalends_catalog::{CatalogError, User};
use kalends_media::facts::{self, Input};
use kalends_media::pictures::{PictureError, make_portrait};
use kalends_media::places::Places;
use kalends_model::UserId;

use crate::library::Library;
use crate::users::UserError;

/// The largest file that is looked at, in bytes.
pub const PROFILE_IMAGE_BYTES_MAX: usize = 32 << 20;

/// Why a portrait was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ProfileImageError {
    /// The file is larger than [`PROFILE_IMAGE_BYTES_MAX`].
    #[error("the picture is too large")]
    TooLarge,
    /// The file is no picture that can be shown.
    #[error("the picture cannot be used: {0}")]
    Picture(#[from] PictureError),
    /// There is no such user, or the catalog failed.
    #[error(transparent)]
    User(#[from] UserError),
}

impl From<CatalogError> for ProfileImageError {
    fn from(error: CatalogError) -> Self {
        Self::User(error.into())
    }
}

impl Library {
    /// Gives the user the picture in `bytes` as a portrait.
    pub fn set_profile_image(&self, user: UserId, bytes: &[u8]) -> Result<User, ProfileImageError> {
        if bytes.len() > PROFILE_IMAGE_BYTES_MAX {
            return Err(ProfileImageError::TooLarge);
        }
        let pictures = self.pictures.of_image(bytes, orientation(bytes))?;
        let portrait = make_portrait(&pictures.preview_jpeg)?;
        self.write(|writer| writer.set_profile_image(user, Some(&portrait)))?;
        Ok(self.user(user)?)
    }

    /// Takes the user's portrait away.
    pub fn remove_profile_image(&self, user: UserId) -> Result<(), UserError> {
        Ok(self.write(|writer| writer.set_profile_image(user, None))?)
    }

    /// The portrait of a user who can sign in, a JPEG, and when it was last changed; `None` when
    /// there is none.
    pub fn profile_image(&self, user: UserId) -> Result<Option<(Vec<u8>, i64)>, UserError> {
        let changed_at = self.user(user)?.profile_changed_at;
        let jpeg = self.read(|reader| reader.profile_image(user))?;
        Ok(jpeg.map(|jpeg| (jpeg, changed_at)))
    }
}

/// How a picture is to be turned, as its EXIF says; upright where it says nothing.
fn orientation(bytes: &[u8]) -> u8 {
    let said = facts::read(&mut Input::bytes(bytes), "", None, Places::shared());
    said.ok().and_then(|facts| facts.orientation).unwrap_or(1)
}
