//! What belongs to a user and is asked for by itself: preferences and the portrait.

use diesel::prelude::*;
use kalends_model::UserId;

use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::schema::{profile_images, users};
use crate::stored::StoredId;
use crate::users::expect_one;
use crate::writer::Writer;

impl Reader<'_> {
    /// What the user has chosen otherwise than the defaults, as JSON; `None` when there is no such
    /// user.
    pub fn preferences(&mut self, user: UserId) -> Result<Option<String>, CatalogError> {
        let json = users::table.find(user.key()).select(users::preferences);
        Ok(json.first(self.connection).optional()?)
    }

    /// The user's portrait.
    pub fn profile_image(&mut self, user: UserId) -> Result<Option<Vec<u8>>, CatalogError> {
        let jpeg = profile_images::table.find(user.key()).select(profile_images::jpeg);
        Ok(jpeg.first(self.connection).optional()?)
    }
}

impl Writer<'_> {
    /// Replaces what the user prefers.
    pub fn set_preferences(&mut self, user: UserId, json: &str) -> Result<(), CatalogError> {
        let changed = diesel::update(users::table.find(user.key()))
            .set((users::preferences.eq(json), users::updated_at.eq(self.now)))
            .execute(self.connection)?;
        expect_one(changed, "user")
    }

    /// Gives a user a portrait, or takes it away.
    pub fn set_profile_image(
        &mut self,
        user: UserId,
        jpeg: Option<&[u8]>,
    ) -> Result<(), CatalogError> {
        let changed = diesel::update(users::table.find(user.key()))
            .set((
                users::has_profile_image.eq(jpeg.is_some()),
                users::profile_changed_at.eq(self.now),
                users::updated_at.eq(self.now),
            ))
            .execute(self.connection)?;
        expect_one(changed, "user")?;
        diesel::delete(profile_images::table.find(user.key())).execute(self.connection)?;
        if let Some(jpeg) = jpeg {
            diesel::insert_into(profile_images::table)
                .values((profile_images::user.eq(user.key()), profile_images::jpeg.eq(jpeg)))
                .execute(self.connection)?;
        }
        Ok(())
    }
}
