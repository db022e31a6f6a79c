//! Derived files: thumbnails and previews, which can be made again at any time.
//!
//! They lie in the data folder, never beside the originals, spread over 256 folders by the first
//! byte of the asset's id. Each is written to a temporary name and renamed, so a reader sees a whole
//! file or none.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use kalends_model::{AssetId, FaceId};

/// Below this much free disk nothing derived is made.
pub const FREE_BYTES_MIN: u64 = 1 << 30;

/// The empty file that says that nothing is missing.
const COMPLETE: &str = "complete";

/// What it is called until then.
const MAKING: &str = "making";

/// Which derived file of an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Derived {
    /// WebP, shorter side 250 pixels.
    Thumbnail,
    /// JPEG, shorter side 1440 pixels.
    Preview,
}

impl Derived {
    fn suffix(self) -> &'static str {
        match self {
            Self::Thumbnail => "thumbnail.webp",
            Self::Preview => "preview.jpeg",
        }
    }
}

/// The folder of all derived files.
#[derive(Clone, Debug)]
pub struct DerivedFiles {
    folder: PathBuf,
}

/// What a cleaning removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// How many files.
    pub files: u64,
    /// Their size in bytes.
    pub bytes: u64,
}

impl DerivedFiles {
    /// The derived files below a data folder.
    pub fn new(data: &Path) -> Self {
        Self { folder: data.join("derived") }
    }

    /// Where a derived file of an asset lies, whether it exists or not.
    pub fn path(&self, asset: AssetId, derived: Derived) -> PathBuf {
        let shard = format!("{:02x}", asset.bytes()[0]);
        self.folder.join(shard).join(format!("{asset}-{}", derived.suffix()))
    }

    /// Whether both pictures of an asset exist.
    pub fn exist(&self, asset: AssetId) -> bool {
        [Derived::Thumbnail, Derived::Preview]
            .into_iter()
            .all(|derived| self.path(asset, derived).is_file())
    }

    /// Whether, since the last cleaning, all that can be made has once been made.
    pub fn is_complete(&self) -> bool {
        self.folder.join(COMPLETE).is_file()
    }

    /// Says that everything missing is being made from now on.
    pub fn begin(&self) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        fs::File::create(self.folder.join(MAKING)).map(drop)
    }

    /// Says that what was begun has been made. Fails when there was a cleaning in between.
    pub fn end(&self) -> io::Result<()> {
        fs::rename(self.folder.join(MAKING), self.folder.join(COMPLETE))
    }

    /// Puts a derived file in its place.
    pub fn write(&self, asset: AssetId, derived: Derived, bytes: &[u8]) -> io::Result<()> {
        put(&self.path(asset, derived), bytes)
    }

    /// The picture of a face, once it has been cut out.
    pub fn face(&self, face: FaceId) -> Option<Vec<u8>> {
        fs::read(self.face_path(face)).ok()
    }

    /// Keeps the picture of a face, a JPEG.
    pub fn write_face(&self, face: FaceId, jpeg: &[u8]) -> io::Result<()> {
        put(&self.face_path(face), jpeg)
    }

    fn face_path(&self, face: FaceId) -> PathBuf {
        let shard = format!("{:02x}", face.bytes()[0]);
        self.folder.join(shard).join(format!("{face}-face.jpeg"))
    }

    /// Removes the derived files of one asset.
    pub fn remove(&self, asset: AssetId) {
        for derived in [Derived::Thumbnail, Derived::Preview] {
            // A file that was never made is as good as removed.
            let _ = fs::remove_file(self.path(asset, derived));
        }
    }

    /// Removes everything derived.
    pub fn clean(&self) -> io::Result<Cleaned> {
        let cleaned = self.measure();
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(cleaned),
        }
    }

    /// How many derived files there are, and their size.
    pub fn measure(&self) -> Cleaned {
        let entries = walkdir::WalkDir::new(&self.folder).min_depth(2).into_iter().flatten();
        let files = entries.filter(|entry| entry.file_type().is_file());
        files.fold(Cleaned::default(), |sum, entry| Cleaned {
            files: sum.files + 1,
            bytes: sum.bytes + entry.metadata().map_or(0, |metadata| metadata.len()),
        })
    }
}

/// Writes a file whole or not at all.
fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let shard = path.parent().expect("a derived file lies in its shard");
    fs::create_dir_all(shard)?;
    // Two threads may make the pictures of one asset.
    static UNFINISHED: AtomicU64 = AtomicU64::new(0);
    let number = UNFINISHED.fetch_add(1, Ordering::Relaxed);
    let unfinished = path.with_extension(format!("{number}.unfinished"));
    let written = fs::File::create(&unfinished)
        .and_then(|mut file| file.write_all(bytes))
        .and_then(|()| fs::rename(&unfinished, path));
    if written.is_err() {
        // Nothing more can be done about a file that cannot even be removed.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

/// Bytes that this user may still write on the disk that holds `path`.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    let disk = rustix::fs::statvfs(path)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_found_and_cleaned() {
        let data = tempfile::tempdir().unwrap();
        let files = DerivedFiles::new(data.path());
        let asset = AssetId::from_bytes([0xab; 16]);
        assert_eq!(files.clean().unwrap(), Cleaned::default());
        files.write(asset, Derived::Thumbnail, b"webp").unwrap();
        assert!(!files.exist(asset));
        files.write(asset, Derived::Preview, b"jpeg!").unwrap();
        assert!(files.exist(asset));
        assert_eq!(fs::read(files.path(asset, Derived::Thumbnail)).unwrap(), b"webp");
        let face = FaceId::from_bytes([0xab; 16]);
        assert_eq!(files.face(face), None);
        files.write_face(face, b"jpeg").unwrap();
        assert_eq!(files.face(face).as_deref(), Some(&b"jpeg"[..]));
        assert_eq!(files.clean().unwrap(), Cleaned { files: 3, bytes: 13 });
        assert!(!files.exist(asset));
    }

    #[test]
    fn a_cleaning_forgets_that_nothing_was_missing() {
        let data = tempfile::tempdir().unwrap();
        let files = DerivedFiles::new(data.path());
        files.begin().unwrap();
        assert!(!files.is_complete());
        files.end().unwrap();
        assert!(files.is_complete());
        assert_eq!(files.clean().unwrap(), Cleaned::default());
        assert!(!files.is_complete());
        files.begin().unwrap();
        files.clean().unwrap();
        assert!(files.end().is_err(), "what was made before the cleaning is gone");
        assert!(!files.is_complete());
    }

    #[test]
    fn the_disk_says_how_much_is_free() {
        assert!(free_bytes(&std::env::temp_dir()).unwrap() > 0);
    }
}
