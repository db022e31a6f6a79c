//! Searching: which assets are of such a kind, in the order of their instants, page by page.
//!
//! Most of what can be asked the timeline answers from memory. What only the catalog knows (names,
//! paths, the parts of a camera) becomes a set of ids, found by one pass over an index, to which the
//! timeline's rows are held. So whatever is asked, nothing comes out that the viewer's scope does
//! not let through, and a page costs no query per row.
//!
//! Others' assets are found as the timeline shows them: live ones, without the owner's favourite.
//! What a search could otherwise tell about them and no answer shows (folders, tags, which albums
//! they are in) is looked for among the viewer's own alone.

mod by_catalog;
mod order;
mod sample;
mod suggest;

use kalends_catalog::{CameraTest, CatalogError, Reader, Span};
use kalends_model::{
    AlbumId, AssetId, Bound, Direction, Filter, Instant, Kind, Leaf, LibraryId, LocalTime,
    PersonId, RatingSet, TagId, Visibility,
};
use kalends_timeline::RowRef;

use self::by_catalog::IdTest;
use crate::ask::{Ask, AskError, Question, Trash};
use crate::library::Library;
use crate::viewer::Viewer;

pub(crate) use self::suggest::each_row;
pub use self::suggest::{Place, Suggest, SuggestWithin};

/// What is searched for. Everything that is not `None` or empty must hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Search {
    /// Exactly this asset.
    pub id: Option<AssetId>,
    /// Shown here; absent: in the timeline.
    pub visibility: Option<Visibility>,
    /// The owner's favourite, or not.
    pub is_favorite: Option<bool>,
    /// Its external file has vanished, or not.
    pub is_offline: Option<bool>,
    /// Also what is in the trash.
    pub with_deleted: bool,
    /// In this library of the viewer's; `Some(None)` for the uploads.
    pub library: Option<Option<LibraryId>>,
    /// In all of these albums, which the viewer can read.
    pub albums: Vec<AlbumId>,
    /// In no album.
    pub is_not_in_album: bool,
    /// All of these people of the viewer's are in it.
    pub people: Vec<PersonId>,
    /// With all of these tags of the viewer's, or tags below them; `Some(None)`: without any.
    pub tags: Option<Option<Vec<TagId>>>,
    /// A live photo, or not.
    pub is_motion: Option<bool>,
    /// Photo or video.
    pub kind: Option<Kind>,
    /// With this rating; `Some(None)`: unrated.
    pub rating: Option<Option<i8>>,
    /// In this city; `Some(None)`: in none that is known. The same for the next two.
    pub city: Option<Option<String>>,
    /// In this state.
    pub state: Option<Option<String>>,
    /// In this country.
    pub country: Option<Option<String>>,
    /// With this camera.
    pub camera: CameraTest,
    /// Taken in this span of instants.
    pub taken: Span,
    /// Come in within this span.
    pub created: Span,
    /// Last changed within this span.
    pub updated: Span,
    /// Put into the trash within this span.
    pub trashed: Span,
    /// The file's name holds this.
    pub file_name: Option<String>,
    /// The file's path holds this.
    pub path: Option<String>,
    /// The description holds this.
    pub description: Option<String>,
    /// The original has this SHA-1.
    pub sha1: Option<[u8; 20]>,
    /// Who sent it.
    pub device: Option<Device>,
    /// The name under which a client sent it.
    pub device_asset: Option<String>,
    /// Without members of stacks.
    pub without_stacked: bool,
    /// Something is asked that no asset here ever is.
    pub is_impossible: bool,
}

/// Who sent an asset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Device {
    /// Nobody: a scan has found it.
    Scan,
    /// The client that calls itself so.
    Named(String),
}

/// A page of what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The assets, in order.
    pub ids: Vec<AssetId>,
    /// Whether there are more behind them.
    pub has_more: bool,
}

/// A search made ready: what the timeline is asked, and what its rows are then held to.
pub(crate) struct Prepared {
    question: Question,
    rows: RowTests,
    ids: Vec<IdTest>,
}

/// What rows are asked for which filters have no words.
#[derive(Clone, Copy, Debug, Default)]
struct RowTests {
    has_city: Option<bool>,
    has_country: Option<bool>,
    is_motion: Option<bool>,
    id: Option<AssetId>,
}

impl RowTests {
    fn is_empty(&self) -> bool {
        self.has_city.is_none()
            && self.has_country.is_none()
            && self.is_motion.is_none()
            && self.id.is_none()
    }

    fn pass(&self, row: RowRef<'_>) -> bool {
        let is = |wanted: Option<bool>, fact: bool| wanted.is_none_or(|wanted| wanted == fact);
        self.id.is_none_or(|id| row.id() == id)
            && is(self.has_city, row.city().is_some())
            && is(self.has_country, row.country().is_some())
            && is(self.is_motion, row.live_video().is_some())
    }
}

impl Prepared {
    /// Whether the filter alone says what passes.
    fn is_pure(&self) -> bool {
        self.rows.is_empty() && self.ids.is_empty()
    }

    fn passes(&self, row: RowRef<'_>) -> bool {
        self.rows.pass(row) && self.ids.iter().all(|test| test.pass(row.id()))
    }
}

impl Library {
    /// A page of what is found, by instant in the direction.
    pub fn search(
        &self,
        viewer: &Viewer,
        search: &Search,
        direction: Direction,
        skip: usize,
        limit: usize,
    ) -> Result<Page, AskError> {
        Ok(order::page(&self.prepare(viewer, search)?, direction, skip, limit))
    }

    /// How many are found.
    pub fn search_total(&self, viewer: &Viewer, search: &Search) -> Result<u64, AskError> {
        let prepared = self.prepare(viewer, search)?;
        Ok(match prepared.is_pure() {
            true => prepared.question.snapshot.total(&prepared.question.filter),
            false => order::all(&prepared).len() as u64,
        })
    }

    /// At most `limit` of what is found, by chance.
    pub fn search_sample(
        &self,
        viewer: &Viewer,
        search: &Search,
        limit: usize,
    ) -> Result<Vec<AssetId>, AskError> {
        Ok(sample::sample(&self.prepare(viewer, search)?, limit, &*self.randomness))
    }

    /// What is found of at least `size_min` bytes, the largest first, at most `limit`.
    pub fn search_large(
        &self,
        viewer: &Viewer,
        search: &Search,
        size_min: u64,
        limit: usize,
    ) -> Result<Vec<AssetId>, AskError> {
        let prepared = self.prepare(viewer, search)?;
        let found: std::collections::HashSet<AssetId> = order::all(&prepared).into_iter().collect();
        let mut sized = Vec::new();
        for (owner, _) in prepared.question.snapshot.versions() {
            let of_owner = self.read(|reader| {
                by_catalog::largest(reader, owner, size_min, limit, &|id| found.contains(&id))
            })?;
            sized.extend(of_owner);
        }
        sized.sort_by_key(|sized| std::cmp::Reverse((sized.size, sized.asset)));
        sized.truncate(limit);
        Ok(sized.into_iter().map(|sized| sized.asset).collect())
    }

    fn prepare(&self, viewer: &Viewer, search: &Search) -> Result<Prepared, AskError> {
        let ask = self.read(|reader| ask_of(reader, viewer, search))?;
        let question = self.question(viewer, &ask)?;
        let rows = RowTests {
            has_city: search.city.as_ref().map(Option::is_some).filter(|has| !has),
            has_country: search.country.as_ref().map(Option::is_some).filter(|has| !has),
            is_motion: search.is_motion,
            id: search.id,
        };
        let owners: Vec<_> = question.snapshot.versions().map(|(owner, _)| owner).collect();
        let ids = by_catalog::tests(self, viewer, &owners, search)?;
        Ok(Prepared { question, rows, ids })
    }
}

/// What the timeline is asked.
fn ask_of(reader: &mut Reader<'_>, viewer: &Viewer, search: &Search) -> Result<Ask, CatalogError> {
    let visibility = search.visibility.unwrap_or(Visibility::Timeline);
    let reaches_trash =
        search.with_deleted || search.is_offline == Some(true) || !search.trashed.is_everything();
    let is_of_own_alone = search.is_not_in_album
        || search.tags.is_some()
        || search.library.is_some()
        || search.path.is_some()
        || search.is_favorite.is_some();
    let mut parts = plain_parts(search);
    parts.extend(own_parts(reader, viewer, search)?);
    Ok(Ask {
        with_partners: visibility == Visibility::Timeline && !reaches_trash && !is_of_own_alone,
        visibility: Some(visibility),
        trash: if reaches_trash { Trash::Both } else { Trash::Out },
        favorite: search.is_favorite,
        filter: Filter::All(parts),
        ..Ask::default()
    })
}

/// The parts that speak of the asset alone.
fn plain_parts(search: &Search) -> Vec<Filter> {
    let mut parts = Vec::new();
    let mut add = |leaf: Leaf| parts.push(Filter::from(leaf));
    if let Some(kind) = search.kind {
        add(Leaf::Kind(kind));
    }
    if let Some(rating) = search.rating {
        add(Leaf::Rating(RatingSet::default().with(rating)));
    }
    if let Some(Some(city)) = &search.city {
        add(Leaf::City(city.as_str().into()));
    }
    if let Some(Some(country)) = &search.country {
        add(Leaf::Country(country.as_str().into()));
    }
    for person in &search.people {
        add(Leaf::Person(*person));
    }
    if let Some(from) = search.taken.from {
        add(Leaf::After(bound(from.saturating_sub(1))));
    }
    if let Some(to) = search.taken.to {
        add(Leaf::Before(bound(to.saturating_add(1))));
    }
    if let Some(is_offline) = search.is_offline {
        let offline = Filter::from(Leaf::Offline);
        parts.push(if is_offline { offline } else { offline.negated() });
    }
    if search.is_not_in_album {
        parts.push(Filter::from(Leaf::InAnyAlbum).negated());
    }
    if search.without_stacked {
        parts.push(Filter::from(Leaf::Stacked).negated());
    }
    if search.is_impossible {
        parts.push(Filter::Any(Vec::new()));
    }
    parts
}

/// The parts that speak of things that must be the viewer's. What is not passes nothing, as what
/// does not exist.
fn own_parts(
    reader: &mut Reader<'_>,
    viewer: &Viewer,
    search: &Search,
) -> Result<Vec<Filter>, CatalogError> {
    let user = viewer.user();
    let mut parts = Vec::new();
    let grants = match search.albums.is_empty() {
        true => None,
        false => reader.grants(user)?,
    };
    for album in &search.albums {
        let is_readable =
            grants.as_ref().is_some_and(|grants| grants.albums.iter().any(|(id, _)| id == album));
        parts.push(if is_readable { Leaf::Album(*album).into() } else { Filter::Any(Vec::new()) });
    }
    for person in &search.people {
        if reader.person(*person)?.is_none_or(|person| person.owner != user) {
            parts.push(Filter::Any(Vec::new()));
        }
    }
    match &search.tags {
        None => {}
        Some(None) => {
            let tags = reader.tags_of(user)?.into_iter().map(|tag| tag.id).collect();
            parts.push(Filter::from(Leaf::AnyTag(tags)).negated());
        }
        Some(Some(tags)) => {
            for tag in tags {
                let tree = reader.tag_with_descendants(*tag)?;
                let own = tree.filter(|(owner, _)| *owner == user).map(|(_, tags)| tags);
                parts.push(Leaf::AnyTag(own.unwrap_or_default()).into());
            }
        }
    }
    if let Some(library) = search.library {
        let libraries = reader.libraries_of(user)?.into_iter();
        let wanted = libraries.filter(|known| match library {
            Some(library) => known.id == library,
            None => known.kind == kalends_catalog::LibraryKind::Uploads,
        });
        parts.push(Filter::Any(wanted.map(|known| Leaf::Library(known.id).into()).collect()));
    }
    Ok(parts)
}

/// The bound at an instant, for which an unknown offset is that of UTC: as `fileCreatedAt` has it.
pub(crate) fn bound(micros: i64) -> Bound {
    Bound::Aware { instant: Instant::from_micros(micros), wall: LocalTime::from_micros(micros) }
}
