//! Single values by name: what the server remembers about itself.

use diesel::prelude::*;

use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::schema::settings;
use crate::writer::Writer;

/// The name under which the first start is kept.
const FIRST_START: &str = "first-start";

impl Reader<'_> {
    /// The value kept under `key`.
    pub fn setting(&mut self, key: &str) -> Result<Option<String>, CatalogError> {
        let value = settings::table.find(key).select(settings::value).first(self.connection);
        Ok(value.optional()?)
    }

    /// When this catalog was made, in microseconds since 1970.
    pub fn first_start(&mut self) -> Result<i64, CatalogError> {
        let text = self.setting(FIRST_START)?;
        text.and_then(|text| text.parse().ok())
            .ok_or_else(|| CatalogError::contradiction("settings", "first-start is no number"))
    }
}

impl Writer<'_> {
    /// Keeps `value` under `key`, in the place of what was there.
    pub fn set_setting(&mut self, key: &str, value: &str) -> Result<(), CatalogError> {
        diesel::insert_into(settings::table)
            .values((settings::key.eq(key), settings::value.eq(value)))
            .on_conflict(settings::key)
            .do_update()
            .set(settings::value.eq(value))
            .execute(self.connection)?;
        Ok(())
    }

    pub(crate) fn note_first_start(&mut self) -> Result<(), CatalogError> {
        let now = self.now.to_string();
        diesel::insert_into(settings::table)
            .values((settings::key.eq(FIRST_START), settings::value.eq(now)))
            .on_conflict_do_nothing()
            .execute(self.connection)?;
        Ok(())
    }
}
