//! A question about the timeline, in domain words, and the snapshot that answers it.

use kalends_model::{AlbumId, Filter, LibraryId, TagId, UserId, Visibility};
use kalends_timeline::Snapshot;

/// Which side of the trash a question is about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Trash {
    /// Outside the trash.
    #[default]
    Out,
    /// In the trash, offline assets among them.
    In,
    /// Both.
    Both,
}

/// What a viewer asks of the timeline. The parts that access depends on stand apart; everything
/// else is in `filter`.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Whose assets. Absent: the viewer's own or, when an album is named, everyone's in it.
    pub user: Option<UserId>,
    /// Also the assets of partners who share their timeline with the viewer.
    pub with_partners: bool,
    /// Only members of this album. The viewer must be able to read it.
    pub album: Option<AlbumId>,
    /// Only assets with this tag or a descendant of it. The tag must be the viewer's.
    pub tag: Option<TagId>,
    /// Only assets of this library. It must be a live one of the viewer's. When absent, assets of
    /// libraries in the trash are left out.
    pub library: Option<LibraryId>,
    /// Exactly this visibility. Absent: timeline and archive.
    pub visibility: Option<Visibility>,
    /// Which side of the trash.
    pub trash: Trash,
    /// Only favourites, or only others. Stands apart because it cannot be asked of partners.
    pub favorite: Option<bool>,
    /// The rest.
    pub filter: Filter,
}

impl Default for Ask {
    fn default() -> Self {
        Self {
            user: None,
            with_partners: false,
            album: None,
            tag: None,
            library: None,
            visibility: None,
            trash: Trash::Out,
            favorite: None,
            filter: Filter::EVERYTHING,
        }
    }
}

/// Why a viewer may not ask. "Does not exist" and "is not yours" are one answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Denied {
    /// The locked folder needs a session that has given the PIN.
    #[error("the locked folder needs an elevated session")]
    Elevation,
    /// The album cannot be read.
    #[error("not found or no access to the album")]
    Album,
    /// That user's timeline cannot be read.
    #[error("not found or no access to the timeline")]
    Timeline,
    /// That user's archive, hidden or locked assets cannot be read.
    #[error("not found or no access to the archive")]
    Archive,
    /// The tag is not the viewer's.
    #[error("not found or no access to the tag")]
    Tag,
    /// The library is not a live one of the viewer's.
    #[error("not found or no access to the library")]
    Library,
    /// Partners share only live timeline assets, and no favourites.
    #[error("partners share only their timeline, without trash and favourites")]
    Partners,
}

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
pub enum AskError {
    /// The viewer may not ask it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] kalends_catalog::CatalogError),
    /// A shelf is still being loaded; ask again in a moment.
    #[error("the timeline is still loading")]
    Loading,
}

/// One snapshot and the filter to ask of it. Counts and contents read from the same question agree.
pub struct Question {
    /// What the viewer may see, as it stood at one moment.
    pub snapshot: Snapshot,
    /// The whole filter: what was asked, with tags expanded and defaults filled in.
    pub filter: Filter,
}
