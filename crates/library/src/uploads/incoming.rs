//! A file on its way in: written, hashed and measured as it arrives, and gone again unless it is
//! placed.

use std::fs::File;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use kalends_model::AssetId;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use crate::derived::free_bytes;
use crate::scan::read::{Hashes, SIDECAR_BYTES_MAX};

/// How many bytes are written between two looks at the disk.
const LOOK_BYTES: u64 = 32 << 20;

/// A file that is arriving. Dropped before it is placed, it leaves nothing.
///
/// Write errors say what is wrong by their kind: [`ErrorKind::StorageFull`] when the disk would be
/// too full, [`ErrorKind::QuotaExceeded`] when the owner's room is used up,
/// [`ErrorKind::FileTooLarge`] for an oversized sidecar.
#[derive(Debug)]
pub struct Incoming {
    asset: AssetId,
    path: PathBuf,
    file: File,
    sha1: Sha1,
    sha256: Sha256,
    size: u64,
    size_max: Option<u64>,
    /// What a file that is larger is refused as.
    excess: ErrorKind,
    floor: u64,
    next_look: u64,
    is_placed: bool,
}

impl Incoming {
    pub(super) fn create(
        asset: AssetId,
        path: PathBuf,
        room: Option<u64>,
        floor: u64,
    ) -> io::Result<Self> {
        let file = File::options().read(true).write(true).create_new(true).open(&path)?;
        Ok(Self {
            asset,
            path,
            file,
            sha1: Sha1::new(),
            sha256: Sha256::new(),
            size: 0,
            size_max: room,
            excess: ErrorKind::QuotaExceeded,
            floor,
            next_look: LOOK_BYTES,
            is_placed: false,
        })
    }

    pub(super) fn create_sidecar(asset: AssetId, path: PathBuf, floor: u64) -> io::Result<Self> {
        let mut incoming = Self::create(asset, path, Some(SIDECAR_BYTES_MAX), floor)?;
        incoming.excess = ErrorKind::FileTooLarge;
        Ok(incoming)
    }

    /// Bytes so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The id that the asset will have.
    pub(super) fn asset(&self) -> AssetId {
        self.asset
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// The hashes of all bytes so far.
    pub(super) fn hashes(&self) -> Hashes {
        Hashes {
            sha1: self.sha1.clone().finalize().into(),
            sha256: self.sha256.clone().finalize().into(),
        }
    }

    /// Gives the file the time at which its owner last modified it, and brings it safely onto the
    /// disk. Times that the file system cannot hold are left out.
    pub(super) fn settle(&self, modified_at: i64) -> io::Result<()> {
        if let Some(modified) = system_time(modified_at) {
            // Whether a time fits is for the file system to say; the catalog has it in any case.
            let _ = self.file.set_modified(modified);
        }
        self.file.sync_all()
    }

    /// Gives the file another name while it waits.
    pub(super) fn rename(&mut self, to: PathBuf) -> io::Result<()> {
        std::fs::rename(&self.path, &to)?;
        self.path = to;
        Ok(())
    }

    /// From now on the file is no longer removed: the catalog knows it.
    pub(super) fn keep(&mut self) {
        self.is_placed = true;
    }
}

fn system_time(micros: i64) -> Option<std::time::SystemTime> {
    let distance = std::time::Duration::from_micros(micros.unsigned_abs());
    match micros {
        0.. => std::time::UNIX_EPOCH.checked_add(distance),
        _ => std::time::UNIX_EPOCH.checked_sub(distance),
    }
}

impl Write for Incoming {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        let size = self.size.saturating_add(bytes.len() as u64);
        if self.size_max.is_some_and(|max| size > max) {
            return Err(self.excess.into());
        }
        if size >= self.next_look {
            self.next_look = size + LOOK_BYTES;
            if free_bytes(&self.path).is_ok_and(|free| free < self.floor) {
                return Err(ErrorKind::StorageFull.into());
            }
        }
        self.file.write_all(bytes)?;
        self.sha1.update(bytes);
        self.sha256.update(bytes);
        self.size = size;
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        // After a panic nobody knows whether the catalog knows it: that is found out at the next start.
        if !self.is_placed && !std::thread::panicking() {
            // What cannot be removed now is removed at the next start.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incoming(folder: &Path, room: Option<u64>, floor: u64) -> Incoming {
        let asset = AssetId::from_bytes([7; 16]);
        Incoming::create(asset, folder.join("a"), room, floor).unwrap()
    }

    #[test]
    fn what_is_dropped_leaves_nothing_and_what_is_kept_stays() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = incoming(folder.path(), None, 0);
        file.write_all(b"half").unwrap();
        drop(file);
        assert_eq!(folder.path().read_dir().unwrap().count(), 0);
        let mut file = incoming(folder.path(), None, 0);
        file.keep();
        drop(file);
        assert_eq!(folder.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn the_hashes_are_those_of_all_bytes_whatever_the_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = incoming(folder.path(), None, 0);
        for piece in [&b"a"[..], b"", b"bc"] {
            file.write_all(piece).unwrap();
        }
        assert_eq!(file.size(), 3);
        assert_eq!(file.hashes().sha1, <[u8; 20]>::from(Sha1::digest(b"abc")));
        assert_eq!(file.hashes().sha256, <[u8; 32]>::from(Sha256::digest(b"abc")));
    }

    #[test]
    fn room_is_looked_at_on_the_way() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = incoming(folder.path(), Some(3), 0);
        file.write_all(b"abc").unwrap();
        let refused = file.write_all(b"d").unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::QuotaExceeded);
        drop(file);
        let mut file = incoming(folder.path(), None, u64::MAX);
        let piece = vec![0; 1 << 20];
        let refused = (0..40).find_map(|_| file.write_all(&piece).err()).unwrap();
        assert_eq!(refused.kind(), ErrorKind::StorageFull);
    }

    #[test]
    fn times_before_1970_and_out_of_reach_are_no_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = incoming(folder.path(), None, 0);
        for micros in [i64::MIN, -1, 0, 1_700_000_000_000_000, i64::MAX] {
            file.settle(micros).unwrap();
        }
    }
}
