//! What a viewer may see of the timeline.
//!
//! [`scope`] is one pure function from who is asking, what is asked and how the catalog says they
//! stand to each other, to a [`Scope`] and the compiled filter. It reads nothing by itself, so that
//! the whole matrix of viewers and questions can be tested against an oracle. The order of its
//! refusals is that of contract immich §A3; where it is stricter than upstream, the reason stands
//! in §A11 and in the dialect's `QUIRKS.md`.
//!
//! Other people's rows, in one table:
//!
//! | viewer | rows | hidden facts |
//! |---|---|---|
//! | owner | all; locked ones only when elevated | none |
//! | partner | live, timeline | favourite |
//! | member of an album | live, timeline and archive, in the album | favourite |
//! | visitor with a link | live, timeline and archive, in the link's album | favourite; without metadata also place, people, tags, camera and rating |

use kalends_model::{
    FactMask, Filter, Leaf, LibraryId, OwnerScope, RowMask, Scope, TagId, UserId, Visibility,
    VisibilitySet,
};

use crate::ask::{Ask, Denied, Trash};
use crate::viewer::{LinkViewer, Viewer};

/// How the viewer stands to what is asked, as the catalog says at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Who shares with the viewer as a partner.
    pub partners: Vec<Partner>,
    /// The album that is asked for, when the viewer (as a user) owns it or is a member of it, or
    /// when it is the album of the viewer's link. Otherwise `None`.
    pub album: Option<AlbumStanding>,
    /// The tag that is asked for and all its descendants, when it is the viewer's own.
    pub tag: Option<Vec<TagId>>,
    /// Whether the library that is asked for is a live one of the viewer's.
    pub library_is_readable: bool,
    /// Libraries in the trash, of any owner the question may reach.
    pub trashed_libraries: Vec<LibraryId>,
}

/// A user who shares with the viewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Partner {
    /// Who shares.
    pub user: UserId,
    /// Whether the viewer shows the partner's assets among their own.
    pub in_timeline: bool,
}

/// An album that the viewer can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlbumStanding {
    /// Whose assets are in it, each owner once.
    pub owners: Vec<UserId>,
}

/// What `viewer` may see of what is asked, and the whole filter to ask it with.
pub fn scope(viewer: &Viewer, ask: &Ask, standing: &Standing) -> Result<(Scope, Filter), Denied> {
    refuse(viewer, ask, standing)?;
    let owners = owners_asked(viewer, ask, standing)
        .into_iter()
        .map(|owner| owner_scope(viewer, ask, owner))
        .collect();
    Ok((Scope::new(owners), compile(ask, standing)))
}

fn refuse(viewer: &Viewer, ask: &Ask, standing: &Standing) -> Result<(), Denied> {
    if ask.visibility == Some(Visibility::Locked) && !viewer.is_elevated() {
        return Err(Denied::Elevation);
    }
    if ask.album.is_some() && standing.album.is_none() {
        return Err(Denied::Album);
    }
    if let Some(user) = user_asked(viewer, ask) {
        refuse_user(viewer, ask, standing, user)?;
    }
    if ask.tag.is_some() && (standing.tag.is_none() || matches!(viewer, Viewer::Link(_))) {
        return Err(Denied::Tag);
    }
    if ask.with_partners && !partners_can_answer(ask) {
        return Err(Denied::Partners);
    }
    if ask.library.is_some() && (!standing.library_is_readable || matches!(viewer, Viewer::Link(_)))
    {
        return Err(Denied::Library);
    }
    Ok(())
}

/// Whose timeline is asked for; `None` when an album is asked for whole.
fn user_asked(viewer: &Viewer, ask: &Ask) -> Option<UserId> {
    match (ask.user, ask.album) {
        (Some(user), _) => Some(user),
        (None, None) => Some(viewer.user()),
        (None, Some(_)) => None,
    }
}

fn refuse_user(
    viewer: &Viewer,
    ask: &Ask,
    standing: &Standing,
    user: UserId,
) -> Result<(), Denied> {
    // A link shows an album, never somebody's timeline.
    if matches!(viewer, Viewer::Link(_)) {
        return Err(Denied::Timeline);
    }
    if user == viewer.user() {
        return Ok(());
    }
    if !standing.partners.iter().any(|partner| partner.user == user) {
        return Err(Denied::Timeline);
    }
    match ask.visibility {
        None | Some(Visibility::Timeline) => Ok(()),
        Some(Visibility::Archive | Visibility::Hidden | Visibility::Locked) => Err(Denied::Archive),
    }
}

fn partners_can_answer(ask: &Ask) -> bool {
    ask.visibility == Some(Visibility::Timeline)
        && ask.favorite.is_none()
        && ask.trash == Trash::Out
}

fn owners_asked(viewer: &Viewer, ask: &Ask, standing: &Standing) -> Vec<UserId> {
    let mut owners = match (user_asked(viewer, ask), &standing.album) {
        (Some(user), _) => vec![user],
        (None, Some(album)) => album.owners.clone(),
        (None, None) => Vec::new(),
    };
    // With an album and no user, nobody is left out to begin with.
    if ask.with_partners && user_asked(viewer, ask).is_some() {
        let shown = standing.partners.iter().filter(|partner| partner.in_timeline);
        owners.extend(shown.map(|partner| partner.user));
    }
    owners.sort_unstable();
    owners.dedup();
    owners
}

fn owner_scope(viewer: &Viewer, ask: &Ask, owner: UserId) -> OwnerScope {
    let members = RowMask {
        visibilities: VisibilitySet::DEFAULT,
        live: true,
        in_trash: false,
        album: ask.album,
    };
    let (rows, hidden) = match viewer {
        Viewer::Link(link) => (members, hidden_from_visitors(link)),
        _ if owner == viewer.user() => (own_rows(viewer), FactMask::NOTHING),
        _ if ask.album.is_some() => (members, FactMask::FAVORITE),
        _ => {
            let visibilities = VisibilitySet::only(Visibility::Timeline);
            (RowMask { visibilities, ..members }, FactMask::FAVORITE)
        }
    };
    OwnerScope { owner, rows, hidden }
}

fn own_rows(viewer: &Viewer) -> RowMask {
    let visibilities = if viewer.is_elevated() {
        VisibilitySet::ALL
    } else {
        VisibilitySet::ALL.without(Visibility::Locked)
    };
    RowMask { visibilities, ..RowMask::EVERYTHING }
}

fn hidden_from_visitors(link: &LinkViewer) -> FactMask {
    if link.shows_metadata { FactMask::FAVORITE } else { FactMask::EVERYTHING }
}

fn compile(ask: &Ask, standing: &Standing) -> Filter {
    let mut parts = vec![Leaf::Visibility(visibilities_asked(ask)).into()];
    match ask.trash {
        Trash::Out => parts.push(Filter::from(Leaf::InTrash).negated()),
        Trash::In => parts.push(Leaf::InTrash.into()),
        Trash::Both => {}
    }
    if let Some(favorite) = ask.favorite {
        let leaf = Filter::from(Leaf::Favorite);
        parts.push(if favorite { leaf } else { leaf.negated() });
    }
    parts.extend(ask.album.map(|album| Leaf::Album(album).into()));
    if ask.tag.is_some() {
        parts.push(Leaf::AnyTag(standing.tag.clone().unwrap_or_default()).into());
    }
    match ask.library {
        Some(library) => parts.push(Leaf::Library(library).into()),
        None => parts.extend(
            standing
                .trashed_libraries
                .iter()
                .map(|library| Filter::from(Leaf::Library(*library)).negated()),
        ),
    }
    if ask.filter != Filter::EVERYTHING {
        parts.push(ask.filter.clone());
    }
    Filter::All(parts)
}

fn visibilities_asked(ask: &Ask) -> VisibilitySet {
    ask.visibility.map_or(VisibilitySet::DEFAULT, VisibilitySet::only)
}

#[cfg(test)]
mod tests;
