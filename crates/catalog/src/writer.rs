//! A transaction that writes: what it touches, and how it is settled.
//!
//! Every method of [`Writer`] that changes something of an asset's row names the assets it touched.
//! When the caller is done, [`Writer::settle`] makes the rest of it: stacks are put right, the
//! touched assets become changes of the feed, each owner's version is raised once, the rows take
//! that version, and the batches are read back. So no method can forget a part of it.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};

use diesel::prelude::*;
use kalends_model::{AssetId, Change, ChangeKind, ShelfBatch, StackId, UserId, Version};

use crate::catalog::Reader;
use crate::error::CatalogError;
use crate::schema::{assets, users};
use crate::stacks::StackAct;
use crate::stored::StoredId;
use crate::undo::Before;

/// What a write has done.
#[derive(Clone, Debug, PartialEq)]
pub struct Committed<T> {
    /// What the caller's function returned.
    pub value: T,
    /// The changes that were appended to the feed, by owner and version.
    pub changes: Vec<Change>,
    /// For each wanted owner who was touched, what brings the shelf up to date.
    pub batches: Vec<ShelfBatch>,
    /// Users who may see or do something else than before: their sessions, keys, partners, album
    /// roles or links have changed. Ascending.
    pub regranted: Vec<UserId>,
}

/// A transaction that writes. Reads through it, by way of [`Reader`], see what it wrote.
///
/// A method that fails may have done a part of its work. Normally its error leaves the transaction
/// and takes that part with it; a caller that goes on keeps the part, truthfully recorded.
pub struct Writer<'c> {
    pub(crate) reader: Reader<'c>,
    pub(crate) now: i64,
    touched: BTreeMap<UserId, BTreeMap<ChangeKind, BTreeSet<AssetId>>>,
    raised_grants: BTreeSet<UserId>,
    pub(crate) stack_acts: BTreeMap<(UserId, StackId), StackAct>,
    pub(crate) undo: Vec<(UserId, Before)>,
}

impl<'c> Deref for Writer<'c> {
    type Target = Reader<'c>;

    fn deref(&self) -> &Self::Target {
        &self.reader
    }
}

impl DerefMut for Writer<'_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.reader
    }
}

impl<'c> Writer<'c> {
    pub(crate) fn new(reader: Reader<'c>, now: i64) -> Self {
        Self {
            reader,
            now,
            touched: BTreeMap::new(),
            raised_grants: BTreeSet::new(),
            stack_acts: BTreeMap::new(),
            undo: Vec::new(),
        }
    }

    /// Records that something of these assets' rows changed.
    pub(crate) fn touch(
        &mut self,
        owner: UserId,
        kind: ChangeKind,
        assets: impl IntoIterator<Item = AssetId>,
    ) {
        let mut assets = assets.into_iter().peekable();
        if assets.peek().is_some() {
            self.touched.entry(owner).or_default().entry(kind).or_default().extend(assets);
        }
    }

    /// Records that what this user may see or do has changed.
    pub(crate) fn raise_grants(&mut self, user: UserId) {
        self.raised_grants.insert(user);
    }

    /// Completes the transaction: see the module.
    pub(crate) fn settle<T>(
        mut self,
        value: T,
        wants: &dyn Fn(UserId) -> bool,
    ) -> Result<Committed<T>, CatalogError> {
        self.put_stacks_right()?;
        let mut changes = Vec::new();
        let mut batches = Vec::new();
        for (owner, touched) in std::mem::take(&mut self.touched) {
            let own_changes = cut(owner, &touched);
            let from = self.raise_version(owner, own_changes.len() as u64)?;
            let to = Version(from.0 + own_changes.len() as u64);
            for (mut change, version) in own_changes.into_iter().zip(from.0 + 1..) {
                change.version = Version(version);
                self.append_change(&change)?;
                changes.push(change);
            }
            let assets: BTreeSet<AssetId> = touched.into_values().flatten().collect();
            let assets: Vec<AssetId> = assets.into_iter().collect();
            self.stamp(owner, &assets, to)?;
            self.note_in_albums(owner, &assets)?;
            self.write_undo(owner, to)?;
            if wants(owner) {
                batches.push(self.batch(owner, from, to, assets)?);
            }
        }
        let regranted: Vec<UserId> = std::mem::take(&mut self.raised_grants).into_iter().collect();
        for user in &regranted {
            diesel::update(users::table.find(user.key()))
                .set(users::grants_version.eq(users::grants_version + 1))
                .execute(self.reader.connection)?;
        }
        Ok(Committed { value, changes, batches, regranted })
    }

    /// Gives the rows their version. Rows that are gone are passed over.
    fn stamp(
        &mut self,
        owner: UserId,
        touched: &[AssetId],
        version: Version,
    ) -> Result<(), CatalogError> {
        for asset in touched {
            diesel::update(assets::table.find((owner.key(), asset.key())))
                .set((assets::row_version.eq(version.0 as i64), assets::updated_at.eq(self.now)))
                .execute(self.reader.connection)?;
        }
        Ok(())
    }

    fn batch(
        &mut self,
        owner: UserId,
        from: Version,
        to: Version,
        touched: Vec<AssetId>,
    ) -> Result<ShelfBatch, CatalogError> {
        let upserts = self.rows_of(owner, &touched)?;
        let kept: BTreeSet<AssetId> = upserts.iter().map(|row| row.id).collect();
        let removals = touched.into_iter().filter(|asset| !kept.contains(asset)).collect();
        Ok(ShelfBatch { owner, from, to, upserts, removals })
    }
}

/// One change per kind and [`Change::ASSETS_MAX`] assets, their versions still open.
fn cut(owner: UserId, touched: &BTreeMap<ChangeKind, BTreeSet<AssetId>>) -> Vec<Change> {
    let mut changes = Vec::new();
    for (&kind, assets) in touched {
        let assets: Vec<AssetId> = assets.iter().copied().collect();
        changes.extend(assets.chunks(Change::ASSETS_MAX).map(|part| Change {
            owner,
            version: Version(0),
            kind,
            assets: part.to_vec(),
        }));
    }
    changes
}
