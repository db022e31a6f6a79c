//! What a page about the server shows: how much each user has, and what is still to be done.
//!
//! The figures of users read whole indexes; they are for administrators who look now and then.

use diesel::dsl::{count_star, sql};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use kalends_model::{Kind, UserId, Visibility};

use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::files::FileRole;
use crate::libraries::StoredKind;
use crate::schema::{assets, files, jobs, libraries};
use crate::stored::{Key, Name};

/// How much a user has of one kind, outside the trash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Whose.
    pub owner: UserId,
    /// Photos or videos.
    pub kind: Kind,
    /// How many assets, without those that are parts of others.
    pub assets: u64,
    /// Bytes of the originals that were uploaded; those in external folders are not counted.
    pub uploaded_bytes: u64,
}

/// How many jobs of one kind there are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// The kind of work.
    pub kind: String,
    /// Being done.
    pub running: u64,
    /// To be done now.
    pub waiting: u64,
    /// To be done later.
    pub delayed: u64,
    /// Put aside after too many attempts.
    pub failed: u64,
}

impl Reader<'_> {
    /// What every owner of assets has, by owner and kind.
    pub fn holdings(&mut self) -> Result<Vec<Holding>, CatalogError> {
        let is_live = assets::trashed_at.is_null().and(assets::offline_at.is_null());
        let counted = assets::table
            .filter(is_live)
            .filter(assets::visibility.ne(Name(Visibility::Hidden)))
            .group_by((assets::owner, assets::kind))
            .order((assets::owner, assets::kind))
            .select((assets::owner, assets::kind, count_star()))
            .load::<(Key, Name<Kind>, i64)>(self.connection)?;
        let of_asset = files::owner.eq(assets::owner).and(files::asset.eq(assets::id));
        let of_library = libraries::owner.eq(assets::owner).and(libraries::id.eq(assets::library));
        let weighed = assets::table
            .inner_join(files::table.on(of_asset))
            .inner_join(libraries::table.on(of_library))
            .filter(is_live)
            .filter(files::role.eq(Name(FileRole::Original)))
            .filter(libraries::kind.eq(Name(StoredKind::Uploads)))
            .group_by((assets::owner, assets::kind))
            .select((assets::owner, assets::kind, sql::<BigInt>("CAST(SUM(files.size) AS BIGINT)")))
            .load::<(Key, Name<Kind>, i64)>(self.connection)?;
        let holdings = counted.into_iter().map(|(owner, kind, assets)| {
            let bytes = weighed.iter().find(|w| (w.0, w.1.0) == (owner, kind.0));
            Holding {
                owner: owner.as_id(),
                kind: kind.0,
                assets: assets as u64,
                uploaded_bytes: bytes.map_or(0, |(_, _, bytes)| *bytes as u64),
            }
        });
        Ok(holdings.collect())
    }

    /// How many jobs there are at `now`, in microseconds since 1970, by kind.
    pub fn job_counts(&mut self, now: i64) -> Result<Vec<JobCounts>, CatalogError> {
        let rows = jobs::table
            .order(jobs::kind)
            .select((jobs::kind, jobs::lease_until, jobs::failed_at.is_not_null(), jobs::run_at))
            .load::<(String, Option<i64>, bool, i64)>(self.connection)?;
        let mut counts: Vec<JobCounts> = Vec::new();
        for (kind, lease_until, is_failed, run_at) in rows {
            if counts.last().is_none_or(|last| last.kind != kind) {
                counts.push(JobCounts { kind, ..JobCounts::default() });
            }
            let Some(count) = counts.last_mut() else { continue };
            match (is_failed, lease_until.is_some_and(|until| now < until)) {
                (true, _) => count.failed += 1,
                (false, true) => count.running += 1,
                (false, false) if run_at <= now => count.waiting += 1,
                (false, false) => count.delayed += 1,
            }
        }
        Ok(counts)
    }
}
