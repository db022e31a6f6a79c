//! Who may add assets, for whom, and into what (contract immich §D2.3, §C5).

use crate::uploads::{Joins, UploadTarget};
use crate::viewer::Viewer;

/// For whom `viewer` adds assets: users for themselves, visitors with a link that allows it for the
/// link's owner, into what the link shows. `None` when the viewer may not.
pub fn upload_target(viewer: &Viewer) -> Option<UploadTarget> {
    let Viewer::Link(link) = viewer else {
        return Some(UploadTarget { owner: viewer.user(), joins: None });
    };
    let joins = link.album.map_or(Joins::Link(link.link), Joins::Album);
    link.allows_upload.then_some(UploadTarget { owner: link.owner, joins: Some(joins) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::viewer::LinkViewer;
    use kalends_model::{AlbumId, LinkId, UserId};

    #[test]
    fn a_link_adds_only_where_it_may_and_only_into_what_it_shows() {
        let link = LinkViewer {
            link: LinkId::from_bytes([8; 16]),
            owner: UserId::from_bytes([1; 16]),
            album: None,
            shows_metadata: true,
            allows_download: true,
            allows_upload: true,
        };
        let into = |link: &LinkViewer| upload_target(&Viewer::Link(link.clone()));
        let target = |joins| Some(UploadTarget { owner: link.owner, joins: Some(joins) });
        assert_eq!(into(&link), target(Joins::Link(link.link)));
        let album = AlbumId::from_bytes([2; 16]);
        let of_album = LinkViewer { album: Some(album), ..link.clone() };
        assert_eq!(into(&of_album), target(Joins::Album(album)));
        assert_eq!(into(&LinkViewer { allows_upload: false, ..of_album }), None);
        let user = Viewer::Open { user: link.owner };
        assert_eq!(upload_target(&user), Some(UploadTarget { owner: link.owner, joins: None }));
    }
}
