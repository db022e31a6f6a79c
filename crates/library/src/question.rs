//! From a viewer and what they ask to the snapshot that answers it.
//!
//! What the catalog says of the viewer and what the shelves hold must be of one moment: an album's
//! owners, a tag's descendants and the rows that carry them. So the catalog is asked for the
//! shelves' versions in the same look, and when a shelf is of another version (a write came in
//! between), everything is asked again. How a viewer stands to what they ask is remembered until
//! the next write ([`crate::moments`]): asking alike again then needs the shelves in memory alone.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use kalends_catalog::{CatalogError, Grants, Reader};
use kalends_model::{AlbumId, Filter, LibraryId, LinkId, Scope, TagId, UserId, Version};
use kalends_timeline::{Shelf, Snapshot};

use crate::access::{self, AlbumStanding, Partner, Standing};
use crate::ask::{Ask, AskError, Denied, Question};
use crate::library::{Library, ShelfError};
use crate::viewer::Viewer;

/// How often a question is asked before the asker is told to come back.
const ATTEMPTS_MAX: u32 = 20;

impl From<ShelfError> for AskError {
    fn from(error: ShelfError) -> Self {
        match error {
            ShelfError::Catalog(error) => Self::Catalog(error),
            ShelfError::Loading => Self::Loading,
        }
    }
}

/// What a viewer's [`Standing`] depends on, beyond what the catalog holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct StandingKey {
    viewer: UserId,
    link: Option<LinkId>,
    user: Option<UserId>,
    with_partners: bool,
    album: Option<AlbumId>,
    tag: Option<TagId>,
    library: Option<LibraryId>,
}

impl StandingKey {
    fn of(viewer: &Viewer, ask: &Ask) -> Self {
        Self {
            viewer: viewer.user(),
            link: match viewer {
                Viewer::Link(link) => Some(link.link),
                _ => None,
            },
            user: ask.user,
            with_partners: ask.with_partners,
            album: ask.album,
            tag: ask.tag,
            library: ask.library,
        }
    }
}

/// What one look at the catalog gave.
struct Look {
    standing: Arc<Standing>,
    answer: Result<(Scope, Filter), Denied>,
    versions: Vec<(UserId, Version)>,
}

impl Library {
    /// The snapshot and the filter that answer `ask` for `viewer`, or why they may not ask it.
    pub fn question(&self, viewer: &Viewer, ask: &Ask) -> Result<Question, AskError> {
        if let Some(question) = self.remembered_question(viewer, ask) {
            return Ok(question?);
        }
        for _ in 0..ATTEMPTS_MAX {
            if let Some(question) = self.try_question(viewer, ask)? {
                return Ok(question);
            }
            // A write stands between its commit and its batches: let it finish.
            drop(self.shelves.writing());
        }
        Err(AskError::Loading)
    }

    /// The same out of memory alone, when the viewer has asked alike since the last write.
    fn remembered_question(&self, viewer: &Viewer, ask: &Ask) -> Option<Result<Question, Denied>> {
        let moment = self.moments.now()?;
        let standing = self.standings.get(moment, &StandingKey::of(viewer, ask))?;
        let (scope, filter) = match access::scope(viewer, ask, &standing) {
            Ok(answer) => answer,
            Err(denied) => return Some(Err(denied)),
        };
        let owners = scope.owners().iter();
        let shelves: Option<Vec<Shelf>> =
            owners.map(|owner| self.shelves.ready(owner.owner)).collect();
        let shelves = shelves?;
        // Only now is it known that the shelves are of the moment.
        self.moments
            .is(moment)
            .then(|| Ok(Question { snapshot: Snapshot::new(&scope, shelves), filter }))
    }

    fn try_question(&self, viewer: &Viewer, ask: &Ask) -> Result<Option<Question>, AskError> {
        let moment = self.moments.now();
        let look = self.read(|reader| self.look(reader, viewer, ask))?;
        let remember = |standing| {
            if let Some(moment) = moment.filter(|moment| self.moments.is(*moment)) {
                self.standings.put(moment, StandingKey::of(viewer, ask), standing);
            }
        };
        let (scope, filter) = match look.answer {
            Ok(answer) => answer,
            Err(denied) => {
                remember(look.standing);
                return Err(denied.into());
            }
        };
        let mut shelves = Vec::with_capacity(look.versions.len());
        for (owner, version) in look.versions {
            let shelf = self.shelf(owner)?;
            if shelf.version() != version {
                return Ok(None);
            }
            shelves.push(shelf);
        }
        remember(look.standing);
        Ok(Some(Question { snapshot: Snapshot::new(&scope, shelves), filter }))
    }

    /// The same for several questions of one viewer at once, all of one moment.
    pub fn questions(
        &self,
        viewer: &Viewer,
        asks: &[Ask],
    ) -> Result<Vec<Result<Question, Denied>>, AskError> {
        for _ in 0..ATTEMPTS_MAX {
            if let Some(questions) = self.try_questions(viewer, asks)? {
                return Ok(questions);
            }
            drop(self.shelves.writing());
        }
        Err(AskError::Loading)
    }

    fn try_questions(
        &self,
        viewer: &Viewer,
        asks: &[Ask],
    ) -> Result<Option<Vec<Result<Question, Denied>>>, AskError> {
        let looks = self.read(|reader| {
            asks.iter().map(|ask| self.look(reader, viewer, ask)).collect::<Result<Vec<_>, _>>()
        })?;
        let mut shelves: HashMap<UserId, Shelf> = HashMap::new();
        for &(owner, version) in looks.iter().flat_map(|look| &look.versions) {
            if let Entry::Vacant(vacant) = shelves.entry(owner) {
                let shelf = self.shelf(owner)?;
                if shelf.version() != version {
                    return Ok(None);
                }
                vacant.insert(shelf);
            }
        }
        let questions = looks.into_iter().map(|look| {
            let (scope, filter) = look.answer?;
            let own = look.versions.iter().filter_map(|(owner, _)| shelves.get(owner).cloned());
            Ok(Question { snapshot: Snapshot::new(&scope, own), filter })
        });
        Ok(Some(questions.collect()))
    }

    fn look(
        &self,
        reader: &mut Reader<'_>,
        viewer: &Viewer,
        ask: &Ask,
    ) -> Result<Look, CatalogError> {
        let standing = Arc::new(self.standing(reader, viewer, ask)?);
        let answer = access::scope(viewer, ask, &standing);
        let owners: Vec<UserId> = match &answer {
            Ok((scope, _)) => scope.owners().iter().map(|owner| owner.owner).collect(),
            Err(_) => Vec::new(),
        };
        Ok(Look { standing, answer, versions: reader.versions(&owners)? })
    }

    fn standing(
        &self,
        reader: &mut Reader<'_>,
        viewer: &Viewer,
        ask: &Ask,
    ) -> Result<Standing, CatalogError> {
        let user = viewer.user();
        let Some(grants) = self.grants(reader, user)?.filter(|grants| !grants.is_deleted) else {
            return Ok(Standing::default());
        };
        let album = self.album_standing(reader, viewer, ask, &grants)?;
        let tag = match ask.tag {
            Some(tag) => reader
                .tag_with_descendants(tag)?
                .filter(|(owner, _)| *owner == user)
                .map(|(_, tags)| tags),
            None => None,
        };
        let partners = grants.partners_in.iter();
        let partners: Vec<Partner> =
            partners.map(|&(user, in_timeline)| Partner { user, in_timeline }).collect();
        let mut trashed: Vec<_> = grants.libraries.iter().filter(|l| l.1).map(|l| l.0).collect();
        let mut others: Vec<UserId> = partners.iter().map(|partner| partner.user).collect();
        others.extend(album.iter().flat_map(|album| album.owners.iter().copied()));
        others.retain(|other| *other != user);
        if ask.with_partners || ask.album.is_some() || ask.user.is_some_and(|asked| asked != user) {
            trashed.extend(Self::trashed_libraries(reader, &others)?);
        }
        Ok(Standing {
            partners,
            album,
            tag,
            library_is_readable: ask
                .library
                .is_some_and(|library| grants.libraries.contains(&(library, false))),
            trashed_libraries: trashed,
        })
    }

    fn album_standing(
        &self,
        reader: &mut Reader<'_>,
        viewer: &Viewer,
        ask: &Ask,
        grants: &Grants,
    ) -> Result<Option<AlbumStanding>, CatalogError> {
        let Some(album) = ask.album else { return Ok(None) };
        let is_readable = match viewer {
            Viewer::Link(link) => link.album == Some(album),
            _ => grants.albums.iter().any(|(known, _)| *known == album),
        };
        if !is_readable {
            return Ok(None);
        }
        let mut owners = reader.album_owners(album)?;
        let mut live = Vec::with_capacity(owners.len());
        for owner in owners.drain(..) {
            if reader.user(owner)?.is_some_and(|user| user.deleted_at.is_none()) {
                live.push(owner);
            }
        }
        Ok(Some(AlbumStanding { owners: live }))
    }

    /// The user's grants, kept while their version stands.
    fn grants(
        &self,
        reader: &mut Reader<'_>,
        user: UserId,
    ) -> Result<Option<Arc<Grants>>, CatalogError> {
        let Some(version) = reader.grants_version(user)? else { return Ok(None) };
        if let Some(known) = self.known_grants(user).filter(|grants| grants.version == version) {
            return Ok(Some(known));
        }
        let grants = reader.grants(user)?.map(Arc::new);
        if let Some(grants) = &grants {
            self.keep_grants(user, Arc::clone(grants));
        }
        Ok(grants)
    }
}
