//! What the page of a shared link says to whoever has no picture of it yet: crawlers that make a
//! preview of the address, above all.

use kalends_catalog::CatalogError;
use kalends_model::Credential;

use crate::identity::IdentityError;
use crate::library::Library;
use crate::viewer::{LinkViewer, Viewer};

/// What a link leads to, in words. Nothing is said of one that has a password.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LinkPage {
    /// The name of its album.
    pub title: Option<String>,
    /// What its maker wrote about it, or about its album.
    pub description: Option<String>,
}

impl Library {
    /// What the link of this credential leads to; `None` when there is no such link or it has ended.
    pub fn link_page(&self, credential: &Credential) -> Result<Option<LinkPage>, CatalogError> {
        match self.authenticate(credential) {
            Ok(Viewer::Link(link)) => self.words_of(&link).map(Some),
            Err(IdentityError::LinkPasswordRequired) => Ok(Some(LinkPage::default())),
            Err(IdentityError::Catalog(error)) => Err(error),
            Ok(_) | Err(_) => Ok(None),
        }
    }

    fn words_of(&self, viewer: &LinkViewer) -> Result<LinkPage, CatalogError> {
        self.read(|reader| {
            let link = reader.link(viewer.link)?;
            let album = match viewer.album {
                Some(album) => reader.album(album)?,
                None => None,
            };
            let (name, about) = album.map(|album| (album.name, album.description)).unzip();
            let description = link.and_then(|link| link.description).or(about);
            Ok(LinkPage { title: name, description })
        })
    }
}
