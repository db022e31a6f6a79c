//! Taking in a file that has arrived whole: what it says, one transaction, and its place.

use std::fs::Metadata;
use std::io::{ErrorKind, Read as _, Seek as _};
use std::path::Path;
use std::sync::PoisonError;

use kalends_catalog::{
    CatalogError, DeviceName, Facts, FileRole, MetadataState, NewAsset, NewFile, Reader, Writer,
};
use kalends_media::facts::Input;
use kalends_model::{AssetId, CaptureTime, DateSource, Kind, LibraryId, LocalTime, UserId};

use super::incoming::Incoming;
use super::place::{self, Place, Wanted};
use super::{Joins, Sent, UploadError, UploadTarget, names};
use crate::file_kind::FileKind;
use crate::folders::path_bytes;
use crate::jobs;
use crate::library::Library;
use crate::scan::ingest::new_file;
use crate::scan::named::Named;
use crate::scan::pairs;
use crate::scan::read::{self, Hashes, SIDECAR_BYTES_MAX};
use crate::scan::walk::{Inode, Stamp};

/// How often a place that is taken at the last moment is chosen anew.
const PLACES_MAX: usize = 10;

/// What became of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The asset that has this content now.
    pub asset: AssetId,
    /// Whether the owner had sent it before, so that the new file was not kept.
    pub is_duplicate: bool,
}

/// What was read of a file before the transaction.
struct Readied {
    facts: Facts,
    /// What the file names beyond the catalog's facts, when it could be read.
    said: Option<kalends_media::facts::Facts>,
    problem: Option<String>,
    fallback: CaptureTime,
}

impl Library {
    /// Takes in a file that has arrived whole. When this returns, the asset is in the timeline, in
    /// the month in which it was taken, its original is safely in its place, and its pictures are
    /// asked for. On an error nothing of it is left; but when the file cannot be moved to its place,
    /// the asset is there, and the next start moves it.
    pub fn accept(
        &self,
        target: UploadTarget,
        mut original: Incoming,
        mut sidecar: Option<Incoming>,
        sent: &Sent,
    ) -> Result<Accepted, UploadError> {
        let kind = FileKind::of_name(&names::shown(&sent.file_name))
            .ok_or_else(|| UploadError::Unsupported(sent.file_name.clone()))?;
        let hashes = original.hashes();
        let known = self.read(|reader| {
            check_live_video(reader, target, sent)?;
            reader.upload_with_sha1(target.owner, &hashes.sha1)
        });
        if let Some(asset) = abandoned(known)? {
            return self.join_known(target, asset);
        }
        let readied = ready(&mut original, sidecar.as_mut(), kind.kind, sent)?;
        original.settle(sent.modified_at)?;
        if let Some(sidecar) = &mut sidecar {
            sidecar.rename(self.uploads.incoming_sidecar(original.asset()))?;
            sidecar.settle(sent.modified_at)?;
        }
        place::sync_folder_of(original.path())?;
        let asset = original.asset();
        let arrival = Arrival { app: self, target, sent, readied, asset, hashes };
        let accepted = self.commit(&arrival, &mut original, sidecar.as_mut())?;
        self.bell.ring();
        Ok(accepted)
    }

    /// Answers for a file that the owner has sent before.
    pub fn join_known(
        &self,
        target: UploadTarget,
        asset: AssetId,
    ) -> Result<Accepted, UploadError> {
        if target.joins.is_some() {
            self.write(|writer| join(writer, target, asset))?;
        }
        Ok(Accepted { asset, is_duplicate: true })
    }

    fn commit(
        &self,
        arrival: &Arrival<'_>,
        original: &mut Incoming,
        sidecar: Option<&mut Incoming>,
    ) -> Result<Accepted, UploadError> {
        // A poisoned lock only says that another upload has panicked; what it guards is whole.
        let _moving = self.uploads.moving.read().unwrap_or_else(PoisonError::into_inner);
        let owner = arrival.target.owner;
        let written = self.write_durably(|writer| {
            // Looked up again: this transaction is the only one, so equal uploads meet here.
            if let Some(known) = writer.upload_with_sha1(owner, &arrival.hashes.sha1)? {
                join(writer, arrival.target, known)?;
                return Ok(Err(known));
            }
            let library = writer.uploads_library(owner)?;
            let library = library.ok_or_else(|| CatalogError::abandon(UploadError::NoLibrary))?;
            check_quota(writer, arrival.target, original.size())?;
            let wanted = Wanted {
                asset: arrival.asset,
                owner,
                library,
                label: &label(writer, owner)?,
                taken: arrival.readied.facts.capture.local,
                file_name: &arrival.sent.file_name,
            };
            let place = place::free_place(self.uploads.path(), writer, &wanted)?;
            let files = new_files(&place, original, sidecar.as_deref())?;
            arrival.insert(writer, library, files)?;
            Ok(Ok((library, place)))
        });
        if let Err(CatalogError::Driver(_) | CatalogError::Connection(_)) = &written {
            // A commit that failed may be there all the same: that is found out at the next start.
            original.keep();
            if let Some(sidecar) = sidecar {
                sidecar.keep();
            }
            return abandoned(written.map(|_| unreachable!("it has failed")));
        }
        match abandoned(written)? {
            Err(known) => Ok(Accepted { asset: known, is_duplicate: true }),
            Ok((library, place)) => {
                original.keep();
                self.settle_in(owner, library, place, original, sidecar)?;
                Ok(Accepted { asset: arrival.asset, is_duplicate: false })
            }
        }
    }

    /// Moves the files to the place that the catalog has for them, and tells it when something that
    /// nobody knew of lay there.
    fn settle_in(
        &self,
        owner: UserId,
        library: LibraryId,
        mut place: Place,
        original: &Incoming,
        mut sidecar: Option<&mut Incoming>,
    ) -> Result<(), UploadError> {
        let folder = self.uploads.path();
        if let Some(sidecar) = &mut sidecar {
            sidecar.keep();
        }
        let waiting = [Some(original), sidecar.as_deref()];
        for (at, file) in waiting.into_iter().enumerate() {
            let Some(file) = file else { continue };
            let mut to = [&place.original, &place.sidecar][at].clone();
            for attempt in 0.. {
                match place::put(folder, file.path(), &to) {
                    Ok(()) => break,
                    Err(error)
                        if error.kind() == ErrorKind::AlreadyExists && attempt < PLACES_MAX =>
                    {
                        let other = aside(&to, original.asset(), attempt);
                        self.write_durably(|writer| {
                            let (from, to) = (path_bytes(&to), path_bytes(&other));
                            writer.move_file(owner, library, from, to)
                        })?;
                        to = other;
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            if at == 0 {
                place.original = to;
            }
        }
        place::sync_folder_of(&folder.join(&place.original)).map_err(UploadError::from)
    }
}

/// A file that has arrived whole and been read, on its way into the catalog.
struct Arrival<'a> {
    app: &'a Library,
    target: UploadTarget,
    sent: &'a Sent,
    readied: Readied,
    asset: AssetId,
    hashes: Hashes,
}

impl Arrival<'_> {
    /// Writes everything there is to know of the asset.
    fn insert(
        &self,
        writer: &mut Writer<'_>,
        library: LibraryId,
        files: Vec<NewFile>,
    ) -> Result<(), CatalogError> {
        let Self { app, target, sent, readied, asset, hashes } = self;
        let (owner, asset) = (target.owner, *asset);
        let path = files[0].path.clone();
        let new = NewAsset {
            file_name: names::shown(&sent.file_name),
            visibility: sent.visibility,
            is_favorite: sent.is_favorite,
            live_video: sent.live_video,
            sha1: Some(hashes.sha1),
            sha256: Some(hashes.sha256),
            fallback: Some(readied.fallback),
            files,
            ..NewAsset::new(asset, owner, library, readied.facts.clone())
        };
        let name = DeviceName { device: sent.device.clone(), asset: sent.device_asset.clone() };
        writer.add_upload(&new, &name)?;
        for (key, value) in &sent.metadata {
            writer.set_asset_metadata(owner, asset, key, value)?;
        }
        if let Some(video) = sent.live_video {
            pairs::hide_motion(writer, owner, video)?;
        }
        if let Some(said) = &readied.said {
            Named::new(app, owner).put(writer, asset, said)?;
            let content_ids: Vec<&str> = said.content_id.as_deref().into_iter().collect();
            pairs::join_live_photos(writer, owner, &content_ids)?;
        }
        if let Some(reason) = &readied.problem {
            writer.note_problem(owner, library, &path, reason)?;
        }
        writer.enqueue(&jobs::pictures_of(owner, asset, app.now()))?;
        join(writer, *target, asset)
    }
}

/// What the owner's folder is called: by the label that an administrator gave, or by the id.
fn label(reader: &mut Reader<'_>, owner: UserId) -> Result<String, CatalogError> {
    let label = reader.user(owner)?.and_then(|user| user.storage_label);
    Ok(label.map_or_else(|| owner.to_string(), |label| names::stored(&label)))
}

/// Another name in the same folder, which nothing else bears.
pub(super) fn aside(taken: &Path, asset: AssetId, attempt: usize) -> std::path::PathBuf {
    let name = taken.file_name().unwrap_or_default().to_string_lossy();
    taken.with_file_name(format!("{asset}-{attempt}-{name}"))
}

/// The upload's own reason to leave a transaction, out of the catalog's error.
fn abandoned<T>(outcome: Result<T, CatalogError>) -> Result<T, UploadError> {
    outcome.map_err(|error| match error {
        CatalogError::Abandoned(reason) => match reason.downcast::<UploadError>() {
            Ok(reason) => *reason,
            Err(reason) => UploadError::Catalog(CatalogError::Abandoned(reason)),
        },
        error => error.into(),
    })
}

/// The checks of contract immich §D2.3.
fn check_live_video(
    reader: &mut Reader<'_>,
    target: UploadTarget,
    sent: &Sent,
) -> Result<(), CatalogError> {
    let Some(video) = sent.live_video else { return Ok(()) };
    let refused = |reason| Err(CatalogError::abandon(reason));
    match reader.owner_of_assets(&[video])?.first() {
        None => refused(UploadError::NoLiveVideo),
        // Whether somebody else's asset is a video is nobody's business.
        Some((_, owner)) if *owner != target.owner => refused(UploadError::ForeignLiveVideo),
        Some(_) => match reader.rows_of(target.owner, &[video])?.first() {
            Some(row) if row.kind == Kind::Video => Ok(()),
            Some(_) => refused(UploadError::LiveVideoIsNoVideo),
            None => refused(UploadError::NoLiveVideo),
        },
    }
}

fn check_quota(
    reader: &mut Reader<'_>,
    target: UploadTarget,
    size: u64,
) -> Result<(), CatalogError> {
    let quota = reader.user(target.owner)?.and_then(|user| user.quota_bytes);
    let Some(quota) = quota else { return Ok(()) };
    if reader.uploaded_bytes(target.owner)?.saturating_add(size) > quota {
        return Err(CatalogError::abandon(UploadError::Quota));
    }
    Ok(())
}

/// Puts an upload through a shared link into what the link shows.
fn join(writer: &mut Writer<'_>, target: UploadTarget, asset: AssetId) -> Result<(), CatalogError> {
    match target.joins {
        None => Ok(()),
        Some(Joins::Album(album)) => writer.add_to_album(album, target.owner, &[asset]).map(drop),
        Some(Joins::Link(link)) => writer.add_link_assets(link, target.owner, &[asset]),
    }
}

/// Reads what the file says. One that cannot be read is taken in all the same: its owner may know
/// better what it is.
fn ready(
    original: &mut Incoming,
    sidecar: Option<&mut Incoming>,
    kind: Kind,
    sent: &Sent,
) -> Result<Readied, UploadError> {
    let sidecar = match sidecar {
        Some(sidecar) => {
            let file = sidecar.file();
            file.rewind()?;
            let mut bytes = Vec::new();
            file.take(SIDECAR_BYTES_MAX).read_to_end(&mut bytes)?;
            Some(bytes)
        }
        None => None,
    };
    let fallback = CaptureTime {
        local: LocalTime::from_micros(sent.created_at.min(sent.modified_at)),
        offset: None,
        source: DateSource::Client,
    };
    let name = names::shown(&sent.file_name);
    original.file().rewind()?;
    let said = if original.size() == 0 {
        Err("the file is empty".to_owned())
    } else {
        Input::reader(original.file())
            .map_err(|error| error.to_string())
            .and_then(|mut input| read::facts_of(&mut input, &name, sidecar.as_deref()))
    };
    let (facts, said, problem) = match said {
        Ok(said) => (read::catalog_facts(&said, &name, fallback), Some(said), None),
        Err(reason) => {
            let unread = Facts::unread(kind, fallback);
            (Facts { state: MetadataState::Failed, ..unread }, None, Some(reason))
        }
    };
    let mut facts = facts;
    if facts.kind == Kind::Video {
        facts.duration_ms = facts.duration_ms.or(sent.duration_ms);
    }
    Ok(Readied { facts, said, problem, fallback })
}

/// The rows of the files, as they will lie.
fn new_files(
    place: &Place,
    original: &mut Incoming,
    sidecar: Option<&Incoming>,
) -> Result<Vec<NewFile>, CatalogError> {
    let row = |path: &Path, role, metadata: std::io::Result<Metadata>| {
        let metadata = metadata.map_err(|error| CatalogError::abandon(UploadError::from(error)))?;
        let (stamp, inode) = (Stamp::of(&metadata), Inode::of(&metadata));
        Ok::<_, CatalogError>(new_file(path, role, stamp, inode))
    };
    let mut files = vec![row(&place.original, FileRole::Original, original.file().metadata())?];
    if let Some(sidecar) = sidecar {
        files.push(row(&place.sidecar, FileRole::Sidecar, sidecar.path().metadata())?);
    }
    Ok(files)
}
