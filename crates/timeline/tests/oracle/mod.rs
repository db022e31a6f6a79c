//! The oracle: what the timeline must answer, said as plainly as it can be said over a list of
//! assets. It imports `model` alone, knows nothing of segments or masks in bits, and has no
//! cleverness to get wrong. Where the index and this page differ, read this page first.

use kalends_model::{
    AssetId, AssetRow, Bucket, Direction, FactMask, Filter, Grain, Leaf, OwnerScope, Scope,
};

/// The rows that a viewer sees through a filter, oldest first, as he sees them: what is hidden
/// from him is absent. Every other answer follows from this list.
pub(crate) fn seen<'a>(
    rows: impl IntoIterator<Item = &'a AssetRow>,
    scope: &Scope,
    filter: &Filter,
) -> Vec<AssetRow> {
    let mut seen = Vec::new();
    for row in rows {
        for owner in scope.owners() {
            if passes(row, owner, filter) {
                seen.push(as_seen(row, owner.hidden));
            }
        }
    }
    seen.sort_by_key(AssetRow::sort_key);
    seen
}

/// How many of the rows seen lie in each bucket, without empty ones.
pub(crate) fn counts(seen: &[AssetRow], grain: Grain, direction: Direction) -> Vec<(Bucket, u64)> {
    let mut counts: Vec<(Bucket, u64)> = Vec::new();
    for row in seen {
        let bucket = grain.bucket_of(row.capture.local);
        match counts.iter_mut().find(|(known, _)| *known == bucket) {
            Some((_, count)) => *count += 1,
            None => counts.push((bucket, 1)),
        }
    }
    counts.sort();
    in_direction(counts, direction)
}

/// The rows seen that lie in one bucket.
pub(crate) fn bucket(
    seen: &[AssetRow],
    grain: Grain,
    bucket: Bucket,
    direction: Direction,
) -> Vec<&AssetRow> {
    let is_inside = |row: &&AssetRow| grain.bucket_of(row.capture.local) == bucket;
    in_direction(seen.iter().filter(is_inside).collect(), direction)
}

/// Whether the viewer sees the row through the filter.
pub(crate) fn passes(row: &AssetRow, scope: &OwnerScope, filter: &Filter) -> bool {
    row.owner == scope.owner
        && may_be_seen(row, scope)
        && matches(&as_seen(row, scope.hidden), filter)
}

fn may_be_seen(row: &AssetRow, scope: &OwnerScope) -> bool {
    let mask = &scope.rows;
    let is_in_album = match mask.album {
        Some(album) => row.albums.contains(&album),
        None => true,
    };
    let is_in_state = if row.is_in_trash() { mask.in_trash } else { mask.live };
    mask.visibilities.contains(row.visibility) && is_in_state && is_in_album
}

/// The row as one sees it who may not know some facts.
fn as_seen(row: &AssetRow, hidden: FactMask) -> AssetRow {
    let mut row = row.clone();
    if hidden.hides(FactMask::FAVORITE) {
        row.is_favorite = false;
    }
    if hidden.hides(FactMask::PLACE) {
        row.place = None;
        row.city = None;
        row.country = None;
    }
    if hidden.hides(FactMask::PEOPLE) {
        row.people.clear();
    }
    if hidden.hides(FactMask::TAGS) {
        row.tags.clear();
    }
    if hidden.hides(FactMask::CAMERA) {
        row.camera = None;
    }
    if hidden.hides(FactMask::RATING) {
        row.rating = None;
    }
    row
}

fn matches(row: &AssetRow, filter: &Filter) -> bool {
    match filter {
        Filter::All(parts) => parts.iter().all(|part| matches(row, part)),
        Filter::Any(parts) => parts.iter().any(|part| matches(row, part)),
        Filter::Not(part) => !matches(row, part),
        Filter::Leaf(leaf) => has(row, leaf),
    }
}

fn has(row: &AssetRow, leaf: &Leaf) -> bool {
    match leaf {
        Leaf::InTrash => row.is_trashed || row.is_offline,
        Leaf::Trashed => row.is_trashed,
        Leaf::Offline => row.is_offline,
        Leaf::Visibility(visibilities) => visibilities.contains(row.visibility),
        Leaf::Favorite => row.is_favorite,
        Leaf::Kind(kind) => row.kind == *kind,
        Leaf::Album(album) => row.albums.contains(album),
        Leaf::InAnyAlbum => !row.albums.is_empty(),
        Leaf::Person(person) => row.people.contains(person),
        Leaf::AnyTag(tags) => tags.iter().any(|tag| row.tags.contains(tag)),
        Leaf::Library(library) => row.library == *library,
        Leaf::Stacked => row.stack.is_some(),
        Leaf::StackChild => row.stack.is_some_and(|stack| !stack.is_primary),
        Leaf::Rating(ratings) => ratings.contains(row.rating),
        Leaf::HasPlace => row.place.is_some(),
        Leaf::InBox(geo_box) => row.place.is_some_and(|point| geo_box.contains(point)),
        Leaf::InCircle(circle) => row.place.is_some_and(|point| circle.contains(point)),
        Leaf::Camera(name) => row.camera.as_ref() == Some(name),
        Leaf::Country(name) => row.country.as_ref() == Some(name),
        Leaf::City(name) => row.city.as_ref() == Some(name),
        Leaf::Undated => row.capture.source.is_fallback(),
        Leaf::After(bound) => bound.is_before(&row.capture),
        Leaf::Before(bound) => bound.is_after(&row.capture),
    }
}

/// The ids, in the order of the rows.
pub(crate) fn ids(rows: &[&AssetRow]) -> Vec<AssetId> {
    rows.iter().map(|row| row.id).collect()
}

fn in_direction<T>(mut ascending: Vec<T>, direction: Direction) -> Vec<T> {
    if direction == Direction::Descending {
        ascending.reverse();
    }
    ascending
}
