//! Partners: users who share their whole timeline with another.

use diesel::prelude::*;
use kalends_model::UserId;

use crate::catalog::Reader;
use crate::error::{CatalogError, conflict};
use crate::schema::partners;
use crate::stored::{Key, StoredId};
use crate::users::expect_one;
use crate::writer::Writer;

/// One user's sharing with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Whose assets may be seen.
    pub shared_by: UserId,
    /// Who may see them.
    pub shared_with: UserId,
    /// Whether the one who sees wants them in the own timeline.
    pub in_timeline: bool,
}

impl From<(Key, Key, bool)> for Partner {
    fn from((shared_by, shared_with, in_timeline): (Key, Key, bool)) -> Self {
        Self { shared_by: shared_by.as_id(), shared_with: shared_with.as_id(), in_timeline }
    }
}

impl Reader<'_> {
    /// One user's sharing with another.
    pub fn partner(&mut self, by: UserId, with: UserId) -> Result<Option<Partner>, CatalogError> {
        let row = partners::table.find((by.key(), with.key()));
        let row = row.first::<(Key, Key, bool)>(self.connection).optional()?;
        Ok(row.map(Partner::from))
    }

    /// Who shares with the user, ascending.
    pub fn partners_sharing_with(&mut self, user: UserId) -> Result<Vec<Partner>, CatalogError> {
        let rows = partners::table
            .filter(partners::shared_with.eq(user.key()))
            .order(partners::shared_by)
            .load::<(Key, Key, bool)>(self.connection)?;
        Ok(rows.into_iter().map(Partner::from).collect())
    }

    /// With whom the user shares, ascending.
    pub fn partners_of(&mut self, user: UserId) -> Result<Vec<Partner>, CatalogError> {
        let rows = partners::table
            .filter(partners::shared_by.eq(user.key()))
            .order(partners::shared_with)
            .load::<(Key, Key, bool)>(self.connection)?;
        Ok(rows.into_iter().map(Partner::from).collect())
    }
}

impl Writer<'_> {
    /// Shares a user's timeline with another, or says whether it is shown in the other's timeline.
    pub fn set_partner(&mut self, partner: Partner) -> Result<(), CatalogError> {
        diesel::insert_into(partners::table)
            .values((
                partners::shared_by.eq(partner.shared_by.key()),
                partners::shared_with.eq(partner.shared_with.key()),
                partners::in_timeline.eq(partner.in_timeline),
            ))
            .on_conflict((partners::shared_by, partners::shared_with))
            .do_update()
            .set(partners::in_timeline.eq(partner.in_timeline))
            .execute(self.connection)
            .map_err(conflict("this partner"))?;
        self.raise_grants(partner.shared_by);
        self.raise_grants(partner.shared_with);
        Ok(())
    }

    /// Ends the sharing.
    pub fn remove_partner(&mut self, by: UserId, with: UserId) -> Result<(), CatalogError> {
        let removed = diesel::delete(partners::table.find((by.key(), with.key())))
            .execute(self.connection)?;
        self.raise_grants(by);
        self.raise_grants(with);
        expect_one(removed, "partner")
    }
}
