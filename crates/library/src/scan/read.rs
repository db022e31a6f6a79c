//! Reading one file: what it says, and the hashes of its bytes.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use kalends_catalog::{Exif, Facts as CatalogFacts, MetadataState, Place};
use kalends_media::facts::{self, Facts, Input};
use kalends_media::places::Places;
use kalends_model::{CaptureTime, DateSource, Kind, LocalTime};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::walk::{Found, Stamp};

/// Images up to this size are read whole, which gives their hashes as well.
const WHOLE_BYTES_MAX: u64 = 256 << 20;

/// A sidecar is text; a larger one is not looked at.
pub(crate) const SIDECAR_BYTES_MAX: u64 = 16 << 20;

/// The hashes of a file's bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hashes {
    pub(crate) sha1: [u8; 20],
    pub(crate) sha256: [u8; 32],
}

/// What was read of one file.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) facts: Facts,
    /// `None` for files that are hashed later.
    pub(crate) hashes: Option<Hashes>,
}

/// Reads the file. The error is the reason, for people.
pub(crate) fn read(folder: &Path, found: &Found) -> Result<Said, String> {
    if found.stamp.size_bytes == 0 {
        return Err("the file is empty".to_owned());
    }
    let path = folder.join(&found.path);
    let mut file = open(&path)?;
    let sidecar = found.sidecar.as_ref().and_then(|sidecar| {
        let file = open(&folder.join(&sidecar.path)).ok()?;
        read_bounded(file, SIDECAR_BYTES_MAX).ok()
    });
    let name = found.path.file_name().unwrap_or_default().to_string_lossy();
    let said = if found.kind.kind == Kind::Image && found.stamp.size_bytes <= WHOLE_BYTES_MAX {
        let bytes = read_bounded(&mut file, WHOLE_BYTES_MAX)?;
        let facts = facts_of(&mut Input::bytes(&bytes), &name, sidecar.as_deref())?;
        Said { facts, hashes: Some(hashes_of(&bytes)) }
    } else {
        let mut input = Input::reader(&mut file).map_err(|error| error.to_string())?;
        Said { facts: facts_of(&mut input, &name, sidecar.as_deref())?, hashes: None }
    };
    Ok(said)
}

/// Hashes a file of any size without holding it.
pub(crate) fn hash_file(path: &Path) -> Result<Hashes, String> {
    let mut file = open(path)?;
    let (mut sha1, mut sha256) = (Sha1::new(), Sha256::new());
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer).map_err(|error| error.to_string())? {
            0 => {
                return Ok(Hashes {
                    sha1: sha1.finalize().into(),
                    sha256: sha256.finalize().into(),
                });
            }
            length => {
                sha1.update(&buffer[..length]);
                sha256.update(&buffer[..length]);
            }
        }
    }
}

/// Opens an original, for reading only. What has become something else than a file since the walk,
/// such as a pipe that would never end, is refused.
pub(crate) fn open(path: &Path) -> Result<File, String> {
    let mut options = File::options();
    options.read(true);
    do_not_wait(&mut options);
    let file = options.open(path).map_err(|error| error.to_string())?;
    let metadata = file.metadata().map_err(|error| error.to_string())?;
    if metadata.is_file() { Ok(file) } else { Err("it is not a regular file".to_owned()) }
}

/// Opening a pipe waits for its other end, unless told not to. With files it makes no difference.
#[cfg(unix)]
fn do_not_wait(options: &mut std::fs::OpenOptions) {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
}

/// Here files are not opened by waiting.
#[cfg(not(unix))]
fn do_not_wait(_options: &mut std::fs::OpenOptions) {}

pub(crate) fn read_bounded(file: impl std::io::Read, bytes_max: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    file.take(bytes_max + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() as u64 > bytes_max {
        return Err(format!("it is larger than {bytes_max} bytes"));
    }
    Ok(bytes)
}

fn hashes_of(bytes: &[u8]) -> Hashes {
    Hashes { sha1: Sha1::digest(bytes).into(), sha256: Sha256::digest(bytes).into() }
}

/// What the bytes say, with their sidecar. The error is the reason, for people.
pub(crate) fn facts_of(
    input: &mut Input<'_>,
    name: &str,
    sidecar: Option<&[u8]>,
) -> Result<Facts, String> {
    facts::read(input, name, sidecar, Places::shared()).map_err(|error| error.to_string())
}

/// What the catalog keeps of the facts. A file that says no date takes one from its name, and an
/// undated one the fall-back, such as the time of its last modification.
pub(crate) fn catalog_facts(facts: &Facts, name: &str, fallback: CaptureTime) -> CatalogFacts {
    let capture = facts.capture.or_else(|| facts::date_from_file_name(name)).unwrap_or(fallback);
    let place = facts.place.map(|point| {
        let place = Places::shared().lookup(point.latitude, point.longitude);
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Place {
            point: Some(point),
            city: owned(place.city),
            state: owned(place.state),
            country: owned(place.country),
        }
    });
    CatalogFacts {
        kind: facts.kind,
        capture,
        width: facts.display_width.unwrap_or(0),
        height: facts.display_height.unwrap_or(0),
        duration_ms: facts.duration_ms.filter(|_| facts.kind == Kind::Video),
        projection: facts.projection.clone(),
        place: place.unwrap_or_default(),
        camera: camera_name(facts.make.as_deref(), facts.model.as_deref()),
        rating: facts.rating,
        exif: Exif {
            description: facts.description.clone(),
            make: facts.make.clone(),
            model: facts.model.clone(),
            lens: facts.lens.clone(),
            f_number: facts.f_number,
            exposure_time: facts.exposure_time.clone(),
            iso: facts.iso.and_then(|iso| i32::try_from(iso).ok()),
            focal_length: facts.focal_length,
            fps: facts.fps,
            orientation: facts.orientation,
            zone: facts.zone.clone(),
            raw_width: facts.raw_width,
            raw_height: facts.raw_height,
            content_id: facts.content_id.clone(),
        },
        state: MetadataState::Read,
    }
}

/// The time of modification as a capture time: a fall-back, so the asset is undated.
pub(crate) fn modification_time(stamp: Stamp) -> CaptureTime {
    let local = LocalTime::from_micros(stamp.modified_ns.div_euclid(1_000));
    CaptureTime { local, offset: None, source: DateSource::FileTime }
}

/// Maker and model as one name. Many models begin with their maker's name already.
fn camera_name(make: Option<&str>, model: Option<&str>) -> Option<String> {
    match (make, model) {
        (Some(make), Some(model)) => {
            let brand = make.split_whitespace().next().unwrap_or(make);
            let names_brand = model.to_lowercase().starts_with(&brand.to_lowercase());
            Some(if names_brand { model.to_owned() } else { format!("{make} {model}") })
        }
        (Some(name), None) | (None, Some(name)) => Some(name.to_owned()),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_camera_names_its_maker_once() {
        let name = |make, model| camera_name(make, model);
        assert_eq!(name(Some("Apple"), Some("iPhone 15")).as_deref(), Some("Apple iPhone 15"));
        assert_eq!(
            name(Some("NIKON CORPORATION"), Some("NIKON D5300")).as_deref(),
            Some("NIKON D5300")
        );
        assert_eq!(name(None, Some("X100")).as_deref(), Some("X100"));
        assert_eq!(name(None, None), None);
    }

    #[test]
    fn the_time_of_modification_makes_an_asset_undated() {
        let capture = modification_time(Stamp { size_bytes: 1, modified_ns: -1 });
        assert_eq!((capture.local.micros(), capture.offset), (-1, None));
        assert!(capture.source.is_fallback());
    }

    #[test]
    fn hashing_in_pieces_is_hashing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let bytes = vec![7; (1 << 20) + 3];
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(hash_file(&path).unwrap(), hashes_of(&bytes));
    }

    #[test]
    fn what_is_too_large_is_refused_and_not_cut() {
        assert!(read_bounded(&[1, 2, 3][..], 2).is_err());
        assert_eq!(read_bounded(&[1, 2][..], 2).unwrap(), [1, 2]);
    }
}
