//! Partners: users who share their whole timeline with another (contract immich §D4).

use kalends_catalog::{CatalogError, Partner, Reader, User};
use kalends_model::UserId;

use crate::access::NoAccess;
use crate::library::Library;
use crate::viewer::Viewer;

/// Which side of the sharing the viewer is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartnerSide {
    /// The viewer shares with others.
    SharedBy,
    /// Others share with the viewer.
    SharedWith,
}

/// The other side of a sharing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartnerView {
    /// The other user.
    pub user: User,
    /// Whether the one who sees wants the other's assets in the own timeline.
    pub in_timeline: bool,
}

/// Why nothing was done about a partner.
#[derive(Debug, thiserror::Error)]
pub enum PartnerError {
    /// The viewer shares with that user already.
    #[error("the partner exists already")]
    Exists,
    /// The viewer does not share with that user.
    #[error("there is no such partner")]
    NotFound,
    /// There is no such user.
    #[error("user not found")]
    NoSuchUser,
    /// Everybody sees the own timeline anyway.
    #[error("nobody is their own partner")]
    Oneself,
    /// That user does not share with the viewer.
    #[error(transparent)]
    NoAccess(#[from] NoAccess),
    /// The catalog failed.
    #[error(transparent)]
    Catalog(#[from] CatalogError),
}

impl Library {
    /// The viewer's partners on one side, by name. Deleted users are left out.
    pub fn partners(
        &self,
        viewer: &Viewer,
        side: PartnerSide,
    ) -> Result<Vec<PartnerView>, CatalogError> {
        let me = viewer.user();
        let mut views = self.read(|reader| {
            let partners = match side {
                PartnerSide::SharedBy => reader.partners_of(me)?,
                PartnerSide::SharedWith => reader.partners_sharing_with(me)?,
            };
            let mut views = Vec::with_capacity(partners.len());
            for partner in partners {
                let other = match side {
                    PartnerSide::SharedBy => partner.shared_with,
                    PartnerSide::SharedWith => partner.shared_by,
                };
                views.extend(view(reader, other, partner)?);
            }
            Ok(views)
        })?;
        views.sort_by(|a, b| (&a.user.name, a.user.id).cmp(&(&b.user.name, b.user.id)));
        Ok(views)
    }

    /// Shares the viewer's timeline with another user, who does not show it at first.
    pub fn create_partner(
        &self,
        viewer: &Viewer,
        with: UserId,
    ) -> Result<PartnerView, PartnerError> {
        let me = viewer.user();
        if with == me {
            return Err(PartnerError::Oneself);
        }
        self.write(|writer| {
            let partner = Partner { shared_by: me, shared_with: with, in_timeline: false };
            let Some(view) = view(writer, with, partner)? else {
                return Ok(Err(PartnerError::NoSuchUser));
            };
            if writer.partner(me, with)?.is_some() {
                return Ok(Err(PartnerError::Exists));
            }
            writer.set_partner(partner)?;
            Ok(Ok(view))
        })?
    }

    /// Says whether the assets of somebody who shares with the viewer are shown in the viewer's
    /// timeline.
    pub fn show_partner(
        &self,
        viewer: &Viewer,
        by: UserId,
        in_timeline: bool,
    ) -> Result<PartnerView, PartnerError> {
        self.write(|writer| {
            let refused = || Ok(Err(NoAccess("partner.update").into()));
            let Some(partner) = writer.partner(by, viewer.user())? else { return refused() };
            let partner = Partner { in_timeline, ..partner };
            let Some(view) = view(writer, by, partner)? else { return refused() };
            writer.set_partner(partner)?;
            Ok(Ok(view))
        })?
    }

    /// Ends the viewer's sharing with another user.
    pub fn remove_partner(&self, viewer: &Viewer, with: UserId) -> Result<(), PartnerError> {
        let removed = self.write(|writer| writer.remove_partner(viewer.user(), with));
        removed.map_err(|error| match error {
            CatalogError::NotFound(_) => PartnerError::NotFound,
            error => error.into(),
        })
    }
}

fn view(
    reader: &mut Reader<'_>,
    other: UserId,
    partner: Partner,
) -> Result<Option<PartnerView>, CatalogError> {
    let user = reader.user(other)?.filter(|user| user.deleted_at.is_none());
    Ok(user.map(|user| PartnerView { user, in_timeline: partner.in_timeline }))
}
