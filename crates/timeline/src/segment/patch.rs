//! Changing rows that stay where they are: copies only the columns that differ.

use std::sync::Arc;

use super::{Census, CodedColumn, Flag, KeyedColumn, Segment, TimeRange};
use crate::dictionary::Code;
use crate::draft::{Draft, Drafts};
use crate::fingerprint;

/// A row, and the position of what it becomes among the drafts.
pub(crate) type Patch = (u16, u32);

impl Segment {
    /// The segment with some rows changed. `patches` are ascending by row, each row once, and each
    /// draft has the sort key of the row it replaces.
    pub(crate) fn patched(&self, drafts: &Drafts, patches: &[Patch]) -> Self {
        let mut next = self.clone();
        let len = self.len();
        let draft_of = |patch: &Patch| &drafts.rows[patch.1 as usize];
        for patch in patches {
            next.patch_plain(usize::from(patch.0), draft_of(patch));
        }
        let times_stay =
            Arc::ptr_eq(&self.locals, &next.locals) && Arc::ptr_eq(&self.offsets, &next.offsets);
        if !times_stay {
            next.times = TimeRange::of(&next.locals, &next.offsets);
        }
        next.durations.patch(len, &of_each(patches, |patch| draft_of(patch).duration_ms));
        next.live_videos.patch(len, &of_each(patches, |patch| draft_of(patch).live_video));
        next.ratings.patch(len, &of_each(patches, |patch| draft_of(patch).rating));
        next.stacks.patch(len, &of_each(patches, |patch| draft_of(patch).stack));
        next.places.patch(len, &of_each(patches, |patch| draft_of(patch).place));
        let hashes = of_each(patches, |patch| drafts.thumbhash(draft_of(patch)));
        next.thumbhashes.patch(len, &hashes);
        for column in CodedColumn::ALL {
            let codes = of_each(patches, |patch| draft_of(patch).coded[column as usize]);
            next.coded[column as usize].patch(len, &codes);
        }
        for column in KeyedColumn::ALL {
            let sorted: Vec<Vec<Code>> = patches
                .iter()
                .map(|patch| {
                    let mut keys = drafts.keys(draft_of(patch), column).to_vec();
                    keys.sort_unstable();
                    keys
                })
                .collect();
            let keys: Vec<(u16, &[Code])> =
                patches.iter().zip(&sorted).map(|(patch, keys)| (patch.0, &keys[..])).collect();
            next.keyed[column as usize].patch(&keys);
        }
        let class_differs = |row: &u16| {
            let row = usize::from(*row);
            self.classes.get(row) != next.classes.get(row)
        };
        let changed: Vec<u16> = patches.iter().map(|patch| patch.0).filter(class_differs).collect();
        let mut tallies = self.tallies.clone();
        tallies.follow(self, &next, &changed);
        Self { tallies, ..next }
    }

    /// Changes the columns of plain values, the flags, and what is counted of them.
    fn patch_plain(&mut self, row: usize, draft: &Draft) {
        debug_assert_eq!(self.sort_key(row), draft.sort_key(), "a patched row keeps its key");
        let len = self.len();
        let (id, old_version) = (self.ids[row], self.row_versions[row]);
        let old = fingerprint::of_row(&id, old_version);
        let new = fingerprint::of_row(&id, draft.row_version);
        self.fingerprint = self.fingerprint.wrapping_sub(old).wrapping_add(new);
        let class = Census::class_of(draft.flags);
        self.census.move_row(self.classes.get(row), class);
        self.classes.set(row, class);
        for flag in Flag::ALL {
            self.flags[flag as usize].set(len, row, draft.flags & flag.bit() != 0);
        }
        put(&mut self.locals, row, draft.local);
        put(&mut self.offsets, row, draft.offset);
        put(&mut self.sources, row, draft.source);
        put(&mut self.widths, row, draft.width);
        put(&mut self.heights, row, draft.height);
        put(&mut self.row_versions, row, draft.row_version);
    }
}

fn of_each<T>(patches: &[Patch], value: impl Fn(&Patch) -> T) -> Vec<(u16, T)> {
    patches.iter().map(|patch| (patch.0, value(patch))).collect()
}

/// Writes a value into a column, copying the column first if another segment shares it.
fn put<T: Copy + PartialEq>(column: &mut Arc<[T]>, row: usize, value: T) {
    if column[row] != value {
        Arc::make_mut(column)[row] = value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{full_row, row};
    use kalends_model::AssetRow;

    #[test]
    fn a_changed_flag_copies_its_own_columns_only() {
        let rows: Vec<AssetRow> = (0..200).map(full_row_of_one_month).collect();
        let (mut drafts, mut dictionary) = (Drafts::default(), Arc::default());
        rows.iter().for_each(|row| drafts.push(row, &mut dictionary));
        let mut order: Vec<u32> = (0..200).collect();
        order.sort_by_key(|index| drafts.rows[*index as usize].sort_key());
        let segment = Segment::build(&drafts, &order);
        let unfavored =
            AssetRow { is_favorite: false, row_version: 77, ..rows[order[5] as usize].clone() };
        drafts.push(&unfavored, &mut dictionary);
        let patched = segment.patched(&drafts, &[(5, 200)]);
        assert!(Arc::ptr_eq(&segment.ids, &patched.ids));
        assert!(Arc::ptr_eq(&segment.locals, &patched.locals));
        assert!(!Arc::ptr_eq(&segment.row_versions, &patched.row_versions));
        assert!(patched.tallies.shares_all_with(&segment.tallies));
        order[5] = 200;
        assert!(patched == Segment::build(&drafts, &order));
    }

    fn full_row_of_one_month(n: u64) -> AssetRow {
        AssetRow { capture: row(n).capture, ..full_row(n) }
    }

    #[test]
    fn rows_that_change_in_every_column_equal_a_segment_built_anew() {
        let (mut drafts, mut dictionary) = (Drafts::default(), Arc::default());
        (0..100).for_each(|n| drafts.push(&full_row_of_one_month(n), &mut dictionary));
        (0..100).for_each(|n| drafts.push(&row(n), &mut dictionary));
        let mut order: Vec<u32> = (0..100).collect();
        order.sort_by_key(|index| drafts.rows[*index as usize].sort_key());
        let segment = Segment::build(&drafts, &order);
        for changed in [vec![0], vec![99], vec![3, 50, 51], (0..100).collect::<Vec<usize>>()] {
            let mut next = order.clone();
            changed.iter().for_each(|row| next[*row] += 100);
            let patches: Vec<Patch> = changed.iter().map(|row| (*row as u16, next[*row])).collect();
            let patched = segment.patched(&drafts, &patches);
            assert!(patched == Segment::build(&drafts, &next));
            let back: Vec<Patch> = changed.iter().map(|row| (*row as u16, order[*row])).collect();
            assert!(patched.patched(&drafts, &back) == segment);
        }
    }
}
