//! What only the catalog knows, as sets of ids.

use std::collections::{HashMap, HashSet};

use kalends_catalog::{CatalogError, Reader, SizedAsset};
use kalends_model::{AssetId, LibraryId, UserId};

use super::{Device, Search};
use crate::library::Library;
use crate::text::Folded;
use crate::viewer::Viewer;

/// How many originals are looked at between two looks at what is found.
const SIZED_MAX: usize = 5_000;

/// A set that an id must be in, or must not.
pub(super) struct IdTest {
    ids: HashSet<AssetId>,
    wants: bool,
}

impl IdTest {
    fn within(ids: HashSet<AssetId>) -> Self {
        Self { ids, wants: true }
    }

    pub(super) fn pass(&self, id: AssetId) -> bool {
        self.ids.contains(&id) == self.wants
    }
}

/// The sets of a search, over the assets of these owners.
pub(super) fn tests(
    library: &Library,
    viewer: &Viewer,
    owners: &[UserId],
    search: &Search,
) -> Result<Vec<IdTest>, CatalogError> {
    library.read(|reader| {
        let mut tests = Vec::new();
        tests.extend(texts(reader, owners, search)?);
        tests.extend(facts(reader, owners, search)?);
        if let Some(part) = &search.path {
            // Where others keep their files is theirs to know.
            tests.push(IdTest::within(in_paths(library, reader, viewer.user(), part)?));
        }
        Ok(tests)
    })
}

fn texts(
    reader: &mut Reader<'_>,
    owners: &[UserId],
    search: &Search,
) -> Result<Vec<IdTest>, CatalogError> {
    let mut tests = Vec::new();
    let name = search.file_name.as_deref().map(Folded::new);
    if name.is_some() || !search.created.is_everything() {
        let mut ids = HashSet::new();
        for owner in owners {
            reader.each_file_name(*owner, &mut |id, file_name, created_at| {
                let is_named = name.as_ref().is_none_or(|part| part.is_in(file_name));
                if is_named && search.created.holds(created_at) {
                    ids.insert(id);
                }
            })?;
        }
        tests.push(IdTest::within(ids));
    }
    if let Some(part) = search.description.as_deref().map(Folded::new) {
        let mut ids = HashSet::new();
        for owner in owners {
            reader.each_description(*owner, &mut |id, text| {
                if part.is_in(text) {
                    ids.insert(id);
                }
            })?;
        }
        tests.push(IdTest::within(ids));
    }
    Ok(tests)
}

fn facts(
    reader: &mut Reader<'_>,
    owners: &[UserId],
    search: &Search,
) -> Result<Vec<IdTest>, CatalogError> {
    let mut tests = Vec::new();
    let mut of_all = |find: &mut dyn FnMut(UserId) -> Result<Vec<AssetId>, CatalogError>, wants| {
        let mut ids = HashSet::new();
        for owner in owners {
            ids.extend(find(*owner)?);
        }
        tests.push(IdTest { ids, wants });
        Ok::<_, CatalogError>(())
    };
    if !search.camera.is_empty() {
        of_all(&mut |owner| reader.assets_of_camera(owner, &search.camera), true)?;
    }
    match &search.device {
        None => {}
        Some(Device::Scan) => {
            of_all(&mut |owner| reader.assets_of_device(owner, None, None), false)?;
        }
        Some(Device::Named(name)) => {
            of_all(&mut |owner| reader.assets_of_device(owner, Some(name), None), true)?;
        }
    }
    if let Some(name) = &search.device_asset {
        of_all(&mut |owner| reader.assets_of_device(owner, None, Some(name)), true)?;
    }
    if let Some(state) = &search.state {
        of_all(&mut |owner| reader.assets_in_state(owner, state.as_deref()), state.is_some())?;
    }
    if !search.updated.is_everything() {
        of_all(&mut |owner| reader.assets_updated(owner, search.updated), true)?;
    }
    if !search.trashed.is_everything() {
        of_all(&mut |owner| reader.assets_trashed(owner, search.trashed), true)?;
    }
    if let Some(sha1) = &search.sha1 {
        of_all(&mut |owner| reader.assets_with_sha1(owner, sha1), true)?;
    }
    Ok(tests)
}

/// The user's assets whose path holds this text.
fn in_paths(
    library: &Library,
    reader: &mut Reader<'_>,
    user: UserId,
    part: &str,
) -> Result<HashSet<AssetId>, CatalogError> {
    let part = Folded::new(part);
    let uploads: HashMap<LibraryId, kalends_catalog::Library> = reader
        .libraries_of(user)?
        .into_iter()
        .filter(|known| known.kind == kalends_catalog::LibraryKind::Uploads)
        .map(|known| (known.id, known))
        .collect();
    let mut ids = HashSet::new();
    reader.each_original(user, &mut |id, of, path| {
        let is_in = match uploads.get(&of) {
            // The paths of uploads are relative to their folder, of which a part may be meant.
            Some(uploads) => part.is_in(&library.original_path(uploads, path).to_string_lossy()),
            None => part.is_in(&String::from_utf8_lossy(path)),
        };
        if is_in {
            ids.insert(id);
        }
    })?;
    Ok(ids)
}

/// The largest originals of an owner that are `found`, at most `limit`.
pub(super) fn largest(
    reader: &mut Reader<'_>,
    owner: UserId,
    size_min: u64,
    limit: usize,
    found: &dyn Fn(AssetId) -> bool,
) -> Result<Vec<SizedAsset>, CatalogError> {
    let mut largest = Vec::new();
    let mut skip = 0;
    while largest.len() < limit {
        let part = reader.largest_originals(owner, size_min, skip, SIZED_MAX)?;
        skip += part.len();
        let is_last = part.len() < SIZED_MAX;
        largest.extend(part.into_iter().filter(|sized| found(sized.asset)));
        if is_last {
            break;
        }
    }
    largest.truncate(limit);
    Ok(largest)
}
