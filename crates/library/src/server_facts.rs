//! What the server knows about itself: which versions of a published API it has served, whether its
//! administrator has been shown around, how full its disk is, what its users have, and what is
//! still to be done.

use kalends_catalog::{CatalogError, Holding, JobCounts};
use uuid::Uuid;

use crate::library::Library;

/// The settings under which the facts are kept.
const VERSIONS: &str = "served-versions";
const SHOWN_AROUND: &str = "administrator-shown-around";

/// A version of a published API, and since when it is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServedVersion {
    /// Names this entry.
    pub id: Uuid,
    /// Microseconds since 1970.
    pub since: i64,
    /// Such as `2.7.5`.
    pub version: String,
}

/// The disk that holds the data folder, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DiskSpace {
    /// All of it.
    pub total: u64,
    /// What is used, by whomever.
    pub used: u64,
    /// What this program may still use.
    pub available: u64,
}

impl Library {
    /// Notes that this version is served from now on, unless it was the last one served.
    pub fn note_served_version(&self, version: &str) -> Result<(), CatalogError> {
        let known = self.served_versions()?;
        if known.first().is_some_and(|last| last.version == version) {
            return Ok(());
        }
        let id = uuid::Builder::from_random_bytes(self.randomness.id_bytes()).into_uuid();
        let new = ServedVersion { id, since: self.now(), version: version.to_owned() };
        let lines = std::iter::once(&new).chain(&known).map(line);
        let text: String = lines.collect();
        self.write(|writer| writer.set_setting(VERSIONS, &text))
    }

    /// The versions that have been served, the last one first.
    pub fn served_versions(&self) -> Result<Vec<ServedVersion>, CatalogError> {
        let text = self.read(|reader| reader.setting(VERSIONS))?;
        Ok(text.unwrap_or_default().lines().filter_map(from_line).collect())
    }

    /// Whether the administrator has been shown around. So it is unless somebody says otherwise:
    /// there is nothing that must be chosen before use.
    pub fn is_administrator_shown_around(&self) -> Result<bool, CatalogError> {
        Ok(self.read(|reader| reader.setting(SHOWN_AROUND))?.is_none_or(|kept| kept != "false"))
    }

    /// Keeps whether the administrator has been shown around.
    pub fn set_administrator_shown_around(&self, is: bool) -> Result<(), CatalogError> {
        let text = if is { "true" } else { "false" };
        self.write(|writer| writer.set_setting(SHOWN_AROUND, text))
    }

    /// Whether somebody administers this server, so that it need not be set up any more.
    pub fn is_set_up(&self) -> Result<bool, CatalogError> {
        Ok(self.users()?.iter().any(|user| user.is_admin))
    }

    /// How full the disk is that holds the data folder.
    pub fn disk_space(&self) -> std::io::Result<DiskSpace> {
        let disk = rustix::fs::statvfs(self.data())?;
        let bytes = |blocks: u64| blocks.saturating_mul(disk.f_frsize);
        Ok(DiskSpace {
            total: bytes(disk.f_blocks),
            used: bytes(disk.f_blocks.saturating_sub(disk.f_bfree)),
            available: bytes(disk.f_bavail),
        })
    }

    /// What every owner of assets has.
    pub fn holdings(&self) -> Result<Vec<Holding>, CatalogError> {
        self.read(|reader| reader.holdings())
    }

    /// How many jobs there are, by kind.
    pub fn job_counts(&self) -> Result<Vec<JobCounts>, CatalogError> {
        let now = self.now();
        self.read(|reader| reader.job_counts(now))
    }
}

fn line(served: &ServedVersion) -> String {
    format!("{} {} {}\n", served.id, served.since, served.version)
}

/// What [`line`] wrote. A line that it did not write is passed over.
fn from_line(line: &str) -> Option<ServedVersion> {
    let mut words = line.split(' ');
    let (id, since, version) = (words.next()?, words.next()?, words.next()?);
    Some(ServedVersion {
        id: id.parse().ok()?,
        since: since.parse().ok()?,
        version: version.to_owned(),
    })
}
