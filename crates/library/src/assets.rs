//! Assets as they are shown one by one: everything that is known of each, as far as the viewer may
//! know it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use kalends_catalog::{Card, CatalogError, Face, Library as Shelved, Person, Reader, Tag, User};
use kalends_model::{AssetId, LibraryId, PersonId, StackId, UserId, Visibility};

use crate::folders::{folder_of, path_from_bytes};
use crate::library::Library;
use crate::viewer::Viewer;

/// What is wanted of an asset beside its card.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Who owns it.
    pub owner: bool,
    /// The people in it, with their faces.
    pub people: bool,
    /// The tags put on it.
    pub tags: bool,
    /// The stack it is in.
    pub stack: bool,
}

impl Wanted {
    /// All of it.
    pub const EVERYTHING: Self = Self { owner: true, people: true, tags: true, stack: true };
}

/// An asset as one viewer sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct AssetView {
    /// What is known of it. Masked: what the viewer may not know reads as absent.
    pub card: Card,
    /// How much of it is shown.
    pub sight: Sight,
    /// Where the original lies; for others than the owner, its name alone.
    pub path: PathBuf,
    /// Whose it is, when wanted and shown.
    pub owner: Option<User>,
    /// The people in it with their visible faces, when wanted. Empty for others than the owner.
    pub people: Vec<(Person, Vec<Face>)>,
    /// Visible faces of nobody known, when wanted. Empty for others than the owner.
    pub unassigned_faces: Vec<Face>,
    /// The tags put on it, when wanted. Empty for others than the owner.
    pub tags: Vec<Tag>,
    /// Its stack, when wanted.
    pub stack: Option<StackView>,
}

/// The people in an asset, each with the faces by which they are in it.
type PeopleIn = Vec<(Person, Vec<Face>)>;

/// How much of an asset a viewer is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// The owner's own.
    Own,
    /// Somebody else's, or through a link.
    Shared,
    /// Through a link without metadata: the picture and when it was taken, no more
    /// (contract immich §D2.4).
    Sanitised,
}

/// The stack that an asset is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StackView {
    /// The stack.
    pub id: StackId,
    /// The member that stands for it.
    pub primary: AssetId,
    /// The primary and the other members that are live in the timeline.
    pub asset_count: u32,
}

impl Library {
    /// Those of `ids` that exist, in the order asked, each once, as `viewer` sees them.
    ///
    /// Whether the viewer may see them at all must have been decided by [`crate::access`].
    pub fn asset_views(
        &self,
        reader: &mut Reader<'_>,
        viewer: &Viewer,
        ids: &[AssetId],
        wanted: Wanted,
    ) -> Result<Vec<AssetView>, CatalogError> {
        let cards = reader.cards(ids)?;
        let mut around = Around::of(reader, viewer, &cards, wanted)?;
        let mut views = Vec::with_capacity(cards.len());
        for card in cards {
            let sight = sight(viewer, card.owner);
            let own = sight == Sight::Own;
            let (people, unassigned_faces) = match own && wanted.people {
                true => around.people_in(reader, &card)?,
                false => Default::default(),
            };
            views.push(AssetView {
                path: around.path(self.data(), &card, sight),
                owner: around.owners.get(&card.owner).cloned(),
                people,
                unassigned_faces,
                tags: match own {
                    true => around.tags.remove(&card.id).unwrap_or_default(),
                    false => Vec::new(),
                },
                stack: card.stack.and_then(|stack| around.stacks.get(&stack).copied()),
                card: masked(card, sight),
                sight,
            });
        }
        Ok(views)
    }

    /// Where the original of an asset lies on the disk.
    pub fn original_path(&self, library: &Shelved, path_in_library: &[u8]) -> PathBuf {
        folder_of(self.data(), library).join(path_from_bytes(path_in_library))
    }
}

fn sight(viewer: &Viewer, owner: UserId) -> Sight {
    match viewer {
        Viewer::Link(link) if !link.shows_metadata => Sight::Sanitised,
        Viewer::Link(_) => Sight::Shared,
        viewer if viewer.user() == owner => Sight::Own,
        _ => Sight::Shared,
    }
}

/// The card without what the viewer may not know: others' favourites, and behind a link without
/// metadata everything that the sanitised form does not show.
fn masked(mut card: Card, sight: Sight) -> Card {
    if sight != Sight::Own {
        card.is_favorite = false;
    }
    if sight == Sight::Sanitised {
        card.place = Default::default();
        card.rating = None;
        card.details.exif = Default::default();
        card.details.place_state = None;
        card.details.file_name = card.id.to_string();
        card.projection = None;
        card.stack = None;
    }
    card
}

/// What stands around the cards of one list, read once for all of them.
#[derive(Default)]
struct Around {
    libraries: HashMap<LibraryId, Shelved>,
    owners: HashMap<UserId, User>,
    tags: BTreeMap<AssetId, Vec<Tag>>,
    stacks: HashMap<StackId, StackView>,
    people: HashMap<PersonId, Person>,
}

impl Around {
    fn of(
        reader: &mut Reader<'_>,
        viewer: &Viewer,
        cards: &[Card],
        wanted: Wanted,
    ) -> Result<Self, CatalogError> {
        let mut around = Self::default();
        let owners: BTreeSet<UserId> = cards.iter().map(|card| card.owner).collect();
        for &owner in &owners {
            let libraries = reader.libraries_of(owner)?.into_iter();
            around.libraries.extend(libraries.map(|library| (library.id, library)));
            if wanted.owner && !matches!(viewer, Viewer::Link(_)) {
                around.owners.extend(reader.user(owner)?.map(|user| (owner, user)));
            }
        }
        if wanted.tags {
            let own: Vec<AssetId> = cards
                .iter()
                .filter(|card| sight(viewer, card.owner) == Sight::Own)
                .map(|card| card.id)
                .collect();
            around.tags = reader.tags_of_assets(viewer.user(), &own)?;
        }
        if wanted.stack {
            let stacks: BTreeSet<StackId> = cards.iter().filter_map(|card| card.stack).collect();
            for id in stacks {
                let Some(stack) = reader.stack(id)? else { continue };
                let primary_counts = reader
                    .asset_standings(&[stack.primary])?
                    .iter()
                    .any(|p| !p.is_in_trash && p.visibility == Visibility::Timeline);
                let asset_count = stack.timeline_count + u32::from(!primary_counts);
                around.stacks.insert(id, StackView { id, primary: stack.primary, asset_count });
            }
        }
        Ok(around)
    }

    fn people_in(
        &mut self,
        reader: &mut Reader<'_>,
        card: &Card,
    ) -> Result<(PeopleIn, Vec<Face>), CatalogError> {
        let (mut people, mut unassigned) = (Vec::<(Person, Vec<Face>)>::new(), Vec::new());
        let faces = reader.faces_of_asset(card.owner, card.id)?;
        for face in faces.into_iter().filter(|face| face.is_visible && !face.is_deleted) {
            let Some(id) = face.person else {
                unassigned.push(face);
                continue;
            };
            if let Some((_, faces)) = people.iter_mut().find(|(person, _)| person.id == id) {
                faces.push(face);
                continue;
            }
            if !self.people.contains_key(&id)
                && let Some(person) = reader.person(id)?
            {
                self.people.insert(id, person);
            }
            people.extend(self.people.get(&id).map(|person| (person.clone(), vec![face])));
        }
        Ok((people, unassigned))
    }

    fn path(&self, data: &Path, card: &Card, sight: Sight) -> PathBuf {
        let original = card.original.as_ref().map(|original| path_from_bytes(&original.path));
        match (original, self.libraries.get(&card.library), sight) {
            (Some(path), Some(library), Sight::Own) => folder_of(data, library).join(path),
            _ => PathBuf::from(&card.details.file_name),
        }
    }
}
