//! What is sent about albums (contract immich §D2.7).

use kalends_library::albums::{AlbumChange, AlbumListing, NewAlbum};
use kalends_library::stored::{AlbumOrder, Role};
use kalends_model::{AlbumId, AssetId, UserId};

use super::body::{BodyFields, JsonBody};
use super::fields::Fields;
use crate::error::Failure;

const ROLES: [(&str, Role); 2] = [("editor", Role::Editor), ("viewer", Role::Viewer)];
const ORDERS: [(&str, AlbumOrder); 2] = [("asc", AlbumOrder::Asc), ("desc", AlbumOrder::Desc)];

/// Which albums `GET /albums` lists. An asset wins over `shared`.
pub(crate) fn listing(query: &kalends_http_kit::Query) -> Result<AlbumListing, Failure> {
    let mut fields = Fields::of(query);
    let shared = fields.boolean("shared");
    let asset = fields.uuid("assetId");
    fields.finish(()).map_err(Failure::invalid)?;
    Ok(match (asset, shared) {
        (Some(asset), _) => AlbumListing::Holding(asset.into()),
        (None, None) => AlbumListing::Owned,
        (None, Some(true)) => AlbumListing::Shared,
        (None, Some(false)) => AlbumListing::NotShared,
    })
}

/// Whether `GET /albums/{id}` is to leave the assets out.
pub(crate) fn without_assets(query: &kalends_http_kit::Query) -> Result<bool, Failure> {
    let mut fields = Fields::of(query);
    let without = fields.boolean("withoutAssets");
    fields.finish(without.unwrap_or(false)).map_err(Failure::invalid)
}

/// A new album, in the order that `preferred` names.
pub(crate) fn new_album(body: &JsonBody, preferred: AlbumOrder) -> Result<NewAlbum, Failure> {
    body.read(|fields| {
        let name = fields.text("albumName");
        if fields.any("albumName").is_none() {
            fields.refuse("albumName", "must be a string");
        }
        let description = fields.text("description").unwrap_or_default().to_owned();
        let members = fields.objects("albumUsers", |user| {
            let id = user.required_uuid("userId");
            (UserId::from(id), user.required_choice("role", &ROLES).unwrap_or(Role::Viewer))
        });
        let assets = fields.uuids("assetIds").unwrap_or_default();
        NewAlbum {
            name: name.unwrap_or_default().to_owned(),
            description,
            order: preferred,
            members: members.unwrap_or_default(),
            assets: assets.into_iter().map(AssetId::from).collect(),
        }
    })
}

/// What is to be changed of an album.
pub(crate) fn change(body: &JsonBody) -> Result<AlbumChange, Failure> {
    body.read(|fields| AlbumChange {
        name: fields.text("albumName").map(str::to_owned),
        description: fields.text("description").map(str::to_owned),
        cover: fields.uuid("albumThumbnailAssetId").map(AssetId::from),
        is_activity_enabled: fields.boolean("isActivityEnabled"),
        order: fields.choice("order", &ORDERS),
    })
}

/// The users with whom an album is to be shared; without a role, as editors.
pub(crate) fn members(body: &JsonBody) -> Result<Vec<(UserId, Role)>, Failure> {
    body.read(|fields| {
        let members = fields.objects("albumUsers", |user| {
            let id = user.required_uuid("userId");
            (UserId::from(id), user.choice("role", &ROLES).unwrap_or(Role::Editor))
        });
        match members {
            None => {
                fields.refuse("albumUsers", "should not be empty");
                fields.refuse("albumUsers", "must be an array");
            }
            Some(ref members) if members.is_empty() => {
                fields.refuse("albumUsers", "should not be empty");
            }
            Some(_) => {}
        }
        members.unwrap_or_default()
    })
}

/// Another role for a member.
pub(crate) fn role(body: &JsonBody) -> Result<Role, Failure> {
    body.read(|fields| fields.required_choice("role", &ROLES).unwrap_or(Role::Viewer))
}

/// The ids of assets in `{ids}`.
pub(crate) fn asset_ids(body: &JsonBody) -> Result<Vec<AssetId>, Failure> {
    body.read(|fields| assets(fields, "ids"))
}

/// Albums, and assets to be put into them.
pub(crate) fn albums_and_assets(body: &JsonBody) -> Result<(Vec<AlbumId>, Vec<AssetId>), Failure> {
    body.read(|fields| {
        let albums = fields.required_uuids("albumIds").into_iter().map(AlbumId::from).collect();
        (albums, assets(fields, "assetIds"))
    })
}

fn assets(fields: &mut BodyFields<'_>, name: &str) -> Vec<AssetId> {
    fields.required_uuids(name).into_iter().map(AssetId::from).collect()
}
