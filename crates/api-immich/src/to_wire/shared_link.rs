//! Shared links as their maker and their visitors are shown them (contract immich §D4).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kalends_library::links::LinkView;
use kalends_library::stored::LinkTarget;

use super::album::album_response;
use super::asset::{Parts, nested_asset_response};
use super::dates::instant_millis;
use crate::from_wire::shared_link::PASSWORD_DOTS;
use crate::wire::shared_link::SharedLinkResponseDto;

/// A link.
pub(crate) fn shared_link_response(view: &LinkView) -> SharedLinkResponseDto {
    let link = &view.link;
    let with_exif = Parts { exif: true, ..Parts::NONE };
    SharedLinkResponseDto {
        id: link.id.uuid(),
        user_id: link.owner.uuid(),
        key: URL_SAFE_NO_PAD.encode(&link.key),
        slug: link.slug.clone(),
        kind: match link.target {
            LinkTarget::Album(_) => "ALBUM",
            LinkTarget::Assets => "INDIVIDUAL",
        },
        description: link.description.clone(),
        password: view.has_password.then_some(PASSWORD_DOTS),
        created_at: instant_millis(link.created_at),
        expires_at: link.expires_at.map(instant_millis),
        assets: view.assets.iter().map(|asset| nested_asset_response(asset, with_exif)).collect(),
        album: view.album.as_ref().map(album_response),
        allow_upload: link.allow_upload,
        allow_download: link.allow_download,
        show_metadata: link.show_metadata,
    }
}
