//! A shelf: one owner's part of the index.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use kalends_model::{AssetId, AssetRow, Month, ShelfBatch, UserId, Version};

use crate::dictionary::{Dictionary, KeyHash};
use crate::draft::{Drafts, SortKey};
use crate::month::{MonthEdit, MonthRows, RowPlace};
use crate::whereabouts::Whereabouts;

/// One owner's part of the index, at one version. Cheap to clone. It never changes: a change makes
/// a new shelf, which shares with the old one everything that the change did not touch, so readers
/// of the old one are not disturbed and need no lock.
#[derive(Clone)]
pub struct Shelf {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    owner: UserId,
    version: Version,
    len: usize,
    dictionary: Arc<Dictionary>,
    /// The months that have rows, ascending.
    months: Vec<MonthRows>,
    whereabouts: Whereabouts,
}

/// A batch does not begin at the version that the shelf has: changes in between are missing, or the
/// batch is an old one. The shelf is as it was; its keeper pulls the feed from `have`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The shelf's version.
    pub have: Version,
    /// The version that the batch begins at.
    pub wanted: Version,
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the batch begins at version {}, the shelf is at {}", self.wanted.0, self.have.0)
    }
}

impl std::error::Error for Gap {}

/// Where a row lies in a shelf.
type Place = (Month, RowPlace);

impl Shelf {
    /// A shelf without rows, before the owner's first change.
    pub fn empty(owner: UserId) -> Self {
        Self::from_parts(owner, Version(0), Arc::default(), Vec::new())
    }

    /// A shelf of months that are ascending already, over one dictionary.
    pub(crate) fn from_parts(
        owner: UserId,
        version: Version,
        dictionary: Arc<Dictionary>,
        months: Vec<MonthRows>,
    ) -> Self {
        let ids = months.iter().flat_map(|month| {
            let segments = month.segments.iter();
            segments.flat_map(|segment| segment.ids.iter().map(|id| (*id, month.month)))
        });
        let whereabouts = Whereabouts::build(ids);
        let len = months.iter().map(|month| month.len).sum();
        let inner = Inner { owner, version, len, dictionary, months, whereabouts };
        Self { inner: Arc::new(inner) }
    }

    /// Whether an asset lies in two places, as none does unless its months were made of bytes.
    pub(crate) fn has_an_asset_twice(&self) -> bool {
        let months = self.inner.whereabouts.months_of_shared_hashes();
        let months = months.into_iter().filter_map(|month| self.month(month));
        let mut ids = months.flat_map(|rows| rows.segments.iter()).flat_map(|rows| &rows.ids[..]);
        let mut seen = HashSet::new();
        ids.any(|id| !seen.insert(*id))
    }

    /// Whose shelf it is.
    pub fn owner(&self) -> UserId {
        self.inner.owner
    }

    /// The version of the owner that the shelf shows.
    pub fn version(&self) -> Version {
        self.inner.version
    }

    /// The number of rows, those in the trash among them.
    pub fn len(&self) -> usize {
        self.inner.len
    }

    /// Whether it has no row.
    pub fn is_empty(&self) -> bool {
        self.inner.len == 0
    }

    pub(crate) fn dictionary(&self) -> &Arc<Dictionary> {
        &self.inner.dictionary
    }

    /// The months that have rows, ascending.
    pub(crate) fn months(&self) -> &[MonthRows] {
        &self.inner.months
    }

    pub(crate) fn month(&self, month: Month) -> Option<&MonthRows> {
        let months = &self.inner.months;
        months.binary_search_by_key(&month, |rows| rows.month).ok().map(|at| &months[at])
    }

    /// The shelf after a batch of changes. Of several upserts of one id the last counts; an id that
    /// is upserted and removed in one batch stays, since an upsert says that its asset is there.
    ///
    /// A change that moves no row costs a copy of the columns it touches in that row's segment. A
    /// row that comes, goes or moves makes its segment be written anew, once per batch.
    ///
    /// # Errors
    /// [`Gap`] when the batch does not begin at this shelf's version.
    ///
    /// # Panics
    /// When the batch, or a row of it, is another owner's.
    pub fn apply(&self, batch: ShelfBatch) -> Result<Self, Gap> {
        let inner = &*self.inner;
        if batch.from != inner.version {
            return Err(Gap { have: inner.version, wanted: batch.from });
        }
        assert_eq!(batch.owner, inner.owner, "a batch goes to its owner's shelf");
        let mut dictionary = Arc::clone(&inner.dictionary);
        let drafts = self.drafts_of(&batch.upserts, &mut dictionary);
        let mut ids: Vec<AssetId> = drafts.rows.iter().map(|row| row.id).collect();
        let upserted: HashSet<AssetId> = ids.iter().copied().collect();
        let removals: HashSet<AssetId> = batch.removals.into_iter().collect();
        ids.extend(removals.difference(&upserted));
        let mut places: Vec<Option<Place>> =
            drafts.rows.iter().map(|row| self.find_key(row.month(), row.sort_key())).collect();
        places.resize(ids.len(), None);
        self.locate(&ids, &mut places);

        let mut edits: BTreeMap<Month, MonthEdit> = BTreeMap::new();
        let (mut gone, mut come) = (Vec::new(), Vec::new());
        for (index, row) in drafts.rows.iter().enumerate() {
            let month = row.month();
            match places[index] {
                Some((old, place)) if old == month && self.key_at(old, place) == row.sort_key() => {
                    edits.entry(month).or_default().patched.push((place, index as u32));
                    continue;
                }
                Some((old, place)) => {
                    edits.entry(old).or_default().gone.push(place);
                    gone.push((row.id, old));
                }
                None => {}
            }
            edits.entry(month).or_default().come.push(index as u32);
            come.push((row.id, month));
        }
        for (id, place) in ids.iter().zip(&places).skip(drafts.rows.len()) {
            if let Some((old, place)) = place {
                edits.entry(*old).or_default().gone.push(*place);
                gone.push((*id, *old));
            }
        }
        let mut months = inner.months.clone();
        for (month, edit) in edits {
            edit_month(&mut months, month, edit, &drafts);
        }
        let inner = Inner {
            owner: inner.owner,
            version: batch.to,
            len: inner.len + come.len() - gone.len(),
            dictionary,
            months,
            whereabouts: inner.whereabouts.changed(&gone, &come),
        };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The last upsert of each id.
    fn drafts_of(&self, upserts: &[AssetRow], dictionary: &mut Arc<Dictionary>) -> Drafts {
        let mut seen = HashSet::with_capacity(upserts.len());
        let mut drafts = Drafts::default();
        for row in upserts.iter().rev() {
            assert_eq!(row.owner, self.inner.owner, "a row goes to its owner's shelf");
            if seen.insert(row.id) {
                drafts.push(row, dictionary);
            }
        }
        drafts
    }

    fn key_at(&self, month: Month, place: RowPlace) -> SortKey {
        let rows = self.month(month).expect("a place was found in one of the shelf's months");
        rows.segments[place.segment].sort_key(usize::from(place.row))
    }

    /// Where the row with this key lies: the quick way to a row that has not moved.
    fn find_key(&self, month: Month, key: SortKey) -> Option<Place> {
        let segments = &self.month(month)?.segments;
        let segment = segments.partition_point(|segment| segment.last_key() < key);
        let row = segments.get(segment)?.find_key(key)?;
        Some((month, RowPlace { segment, row }))
    }

    /// Fills in where those of these assets lie whose place is not known yet. The ids are different
    /// ones.
    fn locate(&self, ids: &[AssetId], places: &mut [Option<Place>]) {
        /// Beyond this many assets of a month it is cheaper to look each row up among the assets
        /// than each asset up among the rows.
        const SCAN_MAX: usize = 4;
        let mut by_month: BTreeMap<Month, Vec<usize>> = BTreeMap::new();
        for (index, id) in ids.iter().enumerate().filter(|(index, _)| places[*index].is_none()) {
            for month in self.inner.whereabouts.months_of(*id) {
                by_month.entry(month).or_default().push(index);
            }
        }
        for (month, indices) in by_month {
            let rows = self.month(month).expect("whereabouts name months that have rows");
            if indices.len() <= SCAN_MAX {
                for index in indices {
                    if let Some(place) = find_row(rows, ids[index]) {
                        places[index] = Some((month, place));
                    }
                }
                continue;
            }
            let wanted: HashMap<AssetId, usize, KeyHash> =
                indices.into_iter().map(|index| (ids[index], index)).collect();
            for (segment, columns) in rows.segments.iter().enumerate() {
                for (row, id) in columns.ids.iter().enumerate() {
                    if let Some(index) = wanted.get(id) {
                        let place = RowPlace { segment, row: row as u16 };
                        places[*index] = Some((month, place));
                    }
                }
            }
        }
    }

    /// The row of an asset, put together from the columns. For tests and tools; queries read
    /// [`Rows`](crate::Rows).
    pub fn get(&self, id: AssetId) -> Option<AssetRow> {
        let mut places = [None];
        self.locate(&[id], &mut places);
        let (month, place) = places[0]?;
        let mut drafts = Drafts::default();
        self.month(month)?.segments[place.segment].append_row_to(&mut drafts, place.row);
        Some(drafts.asset_row(&drafts.rows[0], self.inner.owner, &self.inner.dictionary))
    }

    /// Every row, ascending, put together from the columns. For tests and tools.
    pub fn rows(&self) -> impl Iterator<Item = AssetRow> {
        let inner = &*self.inner;
        let segments = inner.months.iter().flat_map(|month| month.segments.iter());
        segments.flat_map(move |segment| {
            let mut drafts = Drafts::default();
            segment.append_to(&mut drafts, |_| true);
            (0..segment.len())
                .map(move |row| drafts.asset_row(&drafts.rows[row], inner.owner, &inner.dictionary))
        })
    }

    /// What the shelf holds in memory, in bytes, as the sum of its parts. What it shares with other
    /// versions is counted too; what the allocator adds is not.
    pub fn memory_bytes(&self) -> usize {
        let segments = self.inner.months.iter().flat_map(|month| month.segments.iter());
        size_of::<Inner>()
            + self.inner.months.len() * size_of::<MonthRows>()
            + segments.map(|segment| segment.memory_bytes() + 16).sum::<usize>()
            + self.inner.whereabouts.memory_bytes()
            + self.inner.dictionary.memory_bytes()
    }

    /// Checks every invariant, by making everything derived anew. Slow: for tests and fuzzing.
    ///
    /// # Panics
    /// When an invariant does not hold.
    pub fn check(&self) {
        let Inner { owner, version, ref dictionary, ref months, .. } = *self.inner;
        assert!(months.is_sorted_by(|a, b| a.month < b.month), "months out of order");
        months.iter().for_each(MonthRows::check);
        let anew = Self::from_parts(owner, version, Arc::clone(dictionary), months.clone());
        assert_eq!(self.inner.len, anew.inner.len);
        assert!(self.inner.whereabouts == anew.inner.whereabouts, "whereabouts differ");
        let ids: HashSet<AssetId> = self.rows().map(|row| row.id).collect();
        assert_eq!(ids.len(), self.inner.len, "an asset lies in two places");
    }
}

impl fmt::Debug for Shelf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shelf")
            .field("owner", &self.inner.owner)
            .field("version", &self.inner.version)
            .field("len", &self.inner.len)
            .field("months", &self.inner.months.len())
            .finish_non_exhaustive()
    }
}

fn find_row(rows: &MonthRows, id: AssetId) -> Option<RowPlace> {
    let segments = rows.segments.iter().enumerate();
    let mut found = segments
        .filter_map(|(segment, columns)| columns.find(id).map(|row| RowPlace { segment, row }));
    found.next()
}

fn edit_month(months: &mut Vec<MonthRows>, month: Month, edit: MonthEdit, drafts: &Drafts) {
    let found = months.binary_search_by_key(&month, |rows| rows.month);
    let before = found.ok().map(|at| &months[at]);
    match (MonthRows::edited(before, month, edit, drafts), found) {
        (Some(rows), Ok(at)) => months[at] = rows,
        (Some(rows), Err(at)) => months.insert(at, rows),
        (None, Ok(at)) => drop(months.remove(at)),
        (None, Err(_)) => {}
    }
}
