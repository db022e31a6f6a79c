//! Downloads: which originals are taken together, and the archive that holds them.
//!
//! A download is planned first, so that a client can take a large one in several archives, and then
//! written archive by archive, straight from the files (contract immich §D4, "Download").

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::io::{self, Write};

use kalends_catalog::{CatalogError, Library as Shelved, StoredOriginal};
use kalends_model::{AlbumId, AssetId, Direction, Grain, LibraryId, LocalTime, UserId};

use crate::access::assets::require;
use crate::access::{AssetRight, NoAccess};
use crate::ask::{Ask, AskError};
use crate::file_kind::extension;
use crate::library::Library;
use crate::scan::walk::Stamp;
use crate::uploads::names;
use crate::viewer::Viewer;
use crate::zip::ZipStream;

/// How many originals are looked up at a time while an archive is written.
const LOOKED_UP_MAX: usize = 500;

/// The entry that lists what could not be read.
const MISSING_NAME: &str = "not included.txt";

/// What is to be downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DownloadOf {
    /// These assets.
    Assets(Vec<AssetId>),
    /// What the viewer sees of an album.
    Album(AlbumId),
    /// What the viewer sees of a user's timeline and archive.
    User(UserId),
}

/// A download in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DownloadPlan {
    /// Bytes of all originals.
    pub total_bytes: u64,
    /// The archives, in order.
    pub archives: Vec<PlannedArchive>,
}

/// One archive of a download.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlannedArchive {
    /// Bytes of its originals.
    pub bytes: u64,
    /// Its assets.
    pub assets: Vec<AssetId>,
}

/// Why there is no download.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// Something does not exist, or the viewer may not take it.
    #[error(transparent)]
    NoAccess(#[from] NoAccess),
    /// The timeline cannot be asked now.
    #[error("the timeline is still loading")]
    Loading,
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

/// An archive that its viewer may have, not written yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Archive {
    assets: Vec<(UserId, AssetId)>,
    /// Whether entries bear ids instead of names.
    hides_names: bool,
}

impl Library {
    /// Plans a download. An archive is full once it is larger than `archive_bytes`; the motions of
    /// live photos come last.
    pub fn plan_download(
        &self,
        viewer: &Viewer,
        of: &DownloadOf,
        archive_bytes: u64,
    ) -> Result<DownloadPlan, DownloadError> {
        let asked = match of {
            DownloadOf::Assets(assets) => self.downloadable(viewer, assets)?,
            DownloadOf::Album(album) => {
                let refused = NoAccess("album.download");
                if matches!(viewer, Viewer::Link(link) if !link.allows_download) {
                    return Err(refused.into());
                }
                self.all_shown(viewer, &Ask { album: Some(*album), ..Ask::default() }, refused)?
            }
            DownloadOf::User(user) => {
                let ask = Ask { user: Some(*user), ..Ask::default() };
                self.all_shown(viewer, &ask, NoAccess("timeline.download"))?
            }
        };
        let mut originals = self.originals_in_order(&asked)?;
        let known: HashSet<AssetId> = originals.iter().map(|(_, stored)| stored.asset).collect();
        let motions: Vec<(UserId, AssetId)> = originals
            .iter()
            .filter_map(|(owner, stored)| Some((*owner, stored.live_video?)))
            .filter(|(_, motion)| !known.contains(motion))
            .collect();
        originals.extend(self.originals_in_order(&motions)?);
        Ok(planned(originals.iter().map(|(_, stored)| stored), archive_bytes))
    }

    /// The archive of these assets, each once, when the viewer may take them all.
    pub fn archive(&self, viewer: &Viewer, assets: &[AssetId]) -> Result<Archive, DownloadError> {
        let hides_names = matches!(viewer, Viewer::Link(link) if !link.shows_metadata);
        Ok(Archive { assets: self.downloadable(viewer, assets)?, hides_names })
    }

    /// Writes an archive. Equal names are told apart by numbers. Originals that cannot be read are
    /// named in an entry of their own, so that nobody takes the archive for whole.
    pub fn write_archive<W: Write>(&self, archive: &Archive, to: W) -> io::Result<W> {
        let mut zip = ZipStream::new(to);
        let mut names = Names::default();
        let mut missing = Vec::new();
        let mut libraries = HashMap::new();
        for part in archive.assets.chunks(LOOKED_UP_MAX) {
            let originals = self.originals_in_order(part).map_err(io::Error::other)?;
            let found: HashSet<AssetId> = originals.iter().map(|(_, s)| s.asset).collect();
            let lost = part.iter().filter(|(_, asset)| !found.contains(asset));
            missing.extend(lost.map(|(_, asset)| asset.to_string()));
            for (_, stored) in &originals {
                let library = self.known_library(&mut libraries, stored.library);
                let library = library.map_err(io::Error::other)?;
                let opened = library.and_then(|library| self.open_in(library, stored));
                let Some(open) = opened else {
                    missing.push(stored.file_name.clone());
                    continue;
                };
                let metadata = open.file.metadata()?;
                let modified = Stamp::of(&metadata).modified_ns.div_euclid(1_000);
                let name = match archive.hides_names {
                    true => bare_name(stored.asset, &open.name),
                    false => open.name,
                };
                let name = names.unused(&name);
                zip.add(&name, LocalTime::from_micros(modified), metadata.len(), open.file)?;
            }
        }
        if !missing.is_empty() {
            let text = format!("These could not be read:\n{}\n", missing.join("\n"));
            let name = names.unused(MISSING_NAME);
            let now = LocalTime::from_micros(self.now());
            zip.add(&name, now, text.len() as u64, text.as_bytes())?;
        }
        zip.finish()
    }

    fn downloadable(
        &self,
        viewer: &Viewer,
        assets: &[AssetId],
    ) -> Result<Vec<(UserId, AssetId)>, DownloadError> {
        let allowed =
            self.read(|reader| require(reader, viewer, AssetRight::Download, assets))??;
        Ok(allowed.into_iter().map(|asset| (asset.owner, asset.id)).collect())
    }

    /// Everything that an ask shows, the newest first.
    fn all_shown(
        &self,
        viewer: &Viewer,
        ask: &Ask,
        refused: NoAccess,
    ) -> Result<Vec<(UserId, AssetId)>, DownloadError> {
        let question = self.question(viewer, ask).map_err(|error| match error {
            AskError::Denied(_) => refused.into(),
            AskError::Loading => DownloadError::Loading,
            AskError::Catalog(error) => error.into(),
        })?;
        let (snapshot, filter) = (&question.snapshot, &question.filter);
        let mut shown = Vec::new();
        for count in snapshot.counts(filter, Grain::Month, Direction::Descending) {
            let month = count.bucket.start().month();
            let rows = snapshot.bucket(month, filter, Direction::Descending);
            shown.extend(rows.iter().map(|row| (row.owner(), row.id())));
        }
        Ok(shown)
    }

    /// The originals of those assets that have one, in the order asked.
    fn originals_in_order(
        &self,
        assets: &[(UserId, AssetId)],
    ) -> Result<Vec<(UserId, StoredOriginal)>, CatalogError> {
        let mut by_owner: HashMap<UserId, Vec<AssetId>> = HashMap::new();
        for (owner, asset) in assets {
            by_owner.entry(*owner).or_default().push(*asset);
        }
        let mut found = HashMap::with_capacity(assets.len());
        self.read(|reader| {
            for (owner, assets) in &by_owner {
                let originals = reader.originals_of(*owner, assets)?.into_iter();
                found.extend(originals.map(|stored| (stored.asset, stored)));
            }
            Ok(())
        })?;
        let in_order = assets.iter();
        Ok(in_order.filter_map(|(owner, asset)| Some((*owner, found.remove(asset)?))).collect())
    }

    /// A library, read once for many files.
    fn known_library<'a>(
        &self,
        known: &'a mut HashMap<LibraryId, Option<Shelved>>,
        id: LibraryId,
    ) -> Result<Option<&'a Shelved>, CatalogError> {
        let library = match known.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(self.read(|reader| reader.library(id))?),
        };
        Ok(library.as_ref())
    }
}

/// The name of an original whose own name is not to be told.
pub(crate) fn bare_name(asset: AssetId, name: &str) -> String {
    match extension(name) {
        Some(extension) => format!("{asset}.{extension}"),
        None => asset.to_string(),
    }
}

fn planned<'a>(
    originals: impl Iterator<Item = &'a StoredOriginal>,
    archive_bytes: u64,
) -> DownloadPlan {
    let mut plan = DownloadPlan::default();
    let mut archive = PlannedArchive::default();
    for original in originals {
        plan.total_bytes += original.size;
        archive.bytes += original.size;
        archive.assets.push(original.asset);
        if archive.bytes > archive_bytes {
            plan.archives.push(std::mem::take(&mut archive));
        }
    }
    if !archive.assets.is_empty() {
        plan.archives.push(archive);
    }
    plan
}

/// Names of entries that are in use, and how often each was wanted.
#[derive(Default)]
struct Names {
    used: HashSet<String>,
    wanted: HashMap<String, u32>,
}

impl Names {
    /// The name, with a number where it is in use. Never one that would leave the folder that the
    /// archive is unpacked into.
    fn unused(&mut self, name: &str) -> String {
        let name = names::stored(name);
        if self.used.insert(name.clone()) {
            return name;
        }
        let number = self.wanted.entry(name.clone()).or_default();
        loop {
            *number += 1;
            let numbered = names::numbered(&name, *number);
            if self.used.insert(numbered.clone()) {
                return numbered;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn original(number: u8, size: u64) -> StoredOriginal {
        StoredOriginal {
            asset: AssetId::from_bytes([number; 16]),
            library: LibraryId::from_bytes([1; 16]),
            path: Vec::new(),
            file_name: String::new(),
            size,
            live_video: None,
        }
    }

    #[test]
    fn an_archive_is_closed_once_it_is_too_large() {
        let originals = [original(1, 4), original(2, 7), original(3, 1), original(4, 10)];
        let plan = planned(originals.iter(), 10);
        let sizes: Vec<_> = plan.archives.iter().map(|a| (a.bytes, a.assets.len())).collect();
        assert_eq!((plan.total_bytes, sizes), (22, vec![(11, 2), (11, 2)]));
        assert_eq!(planned([].iter(), 10), DownloadPlan::default());
        assert_eq!(planned(originals.iter(), 0).archives.len(), 4);
    }

    #[test]
    fn equal_names_are_told_apart_and_none_leads_out() {
        let mut names = Names::default();
        for (wanted, given) in [
            ("a.jpg", "a.jpg"),
            ("a.jpg", "a+1.jpg"),
            ("a+1.jpg", "a+1+1.jpg"),
            ("a.jpg", "a+2.jpg"),
            ("../../a.jpg", "a+3.jpg"),
            ("", "unnamed"),
        ] {
            assert_eq!(names.unused(wanted), given);
        }
    }

    #[test]
    fn a_hidden_name_keeps_its_ending() {
        let asset = AssetId::from_bytes([1; 16]);
        assert_eq!(bare_name(asset, "Anna at home.JPG"), format!("{asset}.jpg"));
        assert_eq!(bare_name(asset, "Anna"), asset.to_string());
    }
}
