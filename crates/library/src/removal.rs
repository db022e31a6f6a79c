//! How a user goes: deleted first, so that they can be restored for some days; then removed for
//! good, with their assets, what is derived of them, and the files they uploaded. The files of
//! external folders are never touched.
//!
//! A removal is a row of transactions and may be cut off between any two of them. It has no way
//! back from the first on, which the catalog remembers, and the next round goes on where it was.

use std::sync::PoisonError;

use kalends_catalog::{CatalogError, User};
use kalends_model::UserId;

use crate::library::Library;
use crate::users::UserError;
use crate::viewer::Viewer;

/// How many days a deleted user can be restored (contract immich §D2.1, `userDeleteDelay`).
pub const USER_DELETE_DELAY_DAYS: u32 = 7;

const DELAY_MICROS: i64 = USER_DELETE_DELAY_DAYS as i64 * 24 * 60 * 60 * 1_000_000;

/// The most assets that one transaction removes.
const ASSETS_MAX: usize = 500;

impl Library {
    /// Deletes a user: they can no longer sign in, and nobody sees anything of theirs. With `force`
    /// there is no way back, and the next [`Library::remove_deleted_users`] removes everything.
    pub fn delete_user(
        &self,
        admin: &Viewer,
        user: UserId,
        force: bool,
    ) -> Result<User, UserError> {
        if admin.user() == user {
            return Err(UserError::Oneself);
        }
        let now = self.now();
        Ok(self.write(|writer| {
            let known = writer.user(user)?.ok_or(CatalogError::NotFound("user"))?;
            writer.set_user_deleted(user, Some(known.deleted_at.unwrap_or(now)))?;
            if force {
                writer.set_user_removing(user)?;
            }
            writer.user(user)?.ok_or(CatalogError::NotFound("user"))
        })?)
    }

    /// Takes the deletion of a user back.
    pub fn restore_user(&self, user: UserId) -> Result<User, UserError> {
        let restored = self.write(|writer| {
            let known = writer.user(user)?.ok_or(CatalogError::NotFound("user"))?;
            if known.is_removing || known.deleted_at.is_none() {
                return Ok(None);
            }
            writer.set_user_deleted(user, None)?;
            writer.user(user)
        })?;
        restored.ok_or(UserError::NotRestorable)
    }

    /// Removes for good every deleted user whose days are over or who was deleted by force.
    /// Returns them. One round at a time; a second one waits for the first.
    pub fn remove_deleted_users(&self) -> Result<Vec<UserId>, CatalogError> {
        let _removing = self.removing.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.now();
        let is_over = |user: &User| {
            let deleted_at = user.deleted_at;
            deleted_at.is_some_and(|at| user.is_removing || at.saturating_add(DELAY_MICROS) <= now)
        };
        let users = self.all_users()?.into_iter().filter(is_over);
        let users: Vec<UserId> = users.map(|user| user.id).collect();
        for user in &users {
            self.remove_user(*user)?;
        }
        Ok(users)
    }

    fn remove_user(&self, user: UserId) -> Result<(), CatalogError> {
        self.write(|writer| writer.set_user_removing(user))?;
        loop {
            let assets = self.read(|reader| reader.some_assets_of(user, ASSETS_MAX))?;
            if assets.is_empty() {
                break;
            }
            self.purge(user, &assets)?;
        }
        self.write(|writer| writer.delete_user(user))?;
        self.forget_shelf(user);
        tracing::info!(user.id = %user, "a deleted user was removed for good");
        Ok(())
    }
}
