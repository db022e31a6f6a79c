//! Writes photos and videos with full control of their metadata.
//!
//! The demo's library and the tests of every other crate need files of which everything is known:
//! what their pixels show, what each tag says, and what a reader should conclude from it. This
//! crate writes such files from plain descriptions. The same description gives the same bytes on
//! every run: there is no clock and no randomness but the seed. (Between machines with and without
//! AVX2 the pixels of JPEGs may differ by rounding.)
//!
//! It only writes. It depends on no other crate of the project, so that a mistake in a reader
//! cannot be repeated in the writer that tests it.
//!
//! Read next: [`Photo`] and [`Video`] for single files, [`demo`] for the library they make up.
//!
//! ```
//! use kalends_specimen::{Photo, Scene, WallTime};
//!
//! let taken = WallTime::new(2024, 5, 6, 7, 8, 9);
//! let bytes = Photo::new(Scene::Hills, 1, 320, 240)
//!     .taken(taken, Some(20_700))
//!     .at(27.7172, 85.3240)
//!     .to_bytes();
//! assert!(bytes.starts_with(&[0xFF, 0xD8]));
//! ```

pub mod demo;
mod exif;
mod photo;
mod random;
mod scene;
mod tiff;
mod video;
mod wall;
mod xmp;

pub use exif::{Exif, ExifIfd, Gps};
pub use photo::{Iptc, Motion, MotionKind, Photo, PhotoFormat};
pub use scene::{Figure, Picture, Pixels, Scene};
pub use tiff::{ByteOrder, Entry, Value};
pub use video::{AppleMeta, Brand, Rotation, Video};
pub use wall::{WallTime, offset_text};
pub use xmp::{Projection, Region, Regions, Xmp, hierarchical};

use std::path::Path;
use std::time::{Duration, SystemTime};

/// Sets the modification time of a file, in whole seconds since 1970 UTC; before 1970 too.
pub fn set_modified(path: &Path, unix_seconds: i64) -> std::io::Result<()> {
    let distance = Duration::from_secs(unix_seconds.unsigned_abs());
    let modified = if unix_seconds < 0 {
        SystemTime::UNIX_EPOCH - distance
    } else {
        SystemTime::UNIX_EPOCH + distance
    };
    std::fs::File::options().write(true).open(path)?.set_modified(modified)
}

/// Writes bytes to a path, making the folders above it.
fn write_with_folders(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, bytes)
}
