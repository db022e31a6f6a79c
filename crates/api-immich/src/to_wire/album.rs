//! Albums as their viewer is shown them (contract immich §D2.7).

use kalends_library::albums::AlbumView;
use kalends_library::stored::{AlbumOrder, Role};
use kalends_model::AssetId;

use super::asset::{Parts, nested_asset_response};
use super::dates::{day, instant_millis};
use super::user::nested_user_response;
use crate::wire::album::{AlbumResponseDto, AlbumUserResponseDto, ContributorCountResponseDto};

/// An album.
pub(crate) fn album_response(view: &AlbumView) -> AlbumResponseDto {
    let album = &view.album;
    let is_empty = view.figures.count == 0;
    let contributors = view.contributors.iter().map(|(user, count)| ContributorCountResponseDto {
        user_id: user.uuid(),
        asset_count: *count,
    });
    let contributors: Vec<ContributorCountResponseDto> = contributors.collect();
    let with_exif = Parts { exif: true, ..Parts::NONE };
    AlbumResponseDto {
        id: album.id.uuid(),
        album_name: album.name.clone(),
        description: album.description.clone(),
        owner_id: album.owner.uuid(),
        owner: nested_user_response(&view.owner),
        album_thumbnail_asset_id: view.cover.map(AssetId::uuid),
        album_users: view
            .members
            .iter()
            .map(|(user, role)| AlbumUserResponseDto {
                user: nested_user_response(user),
                role: role_name(*role),
            })
            .collect(),
        shared: view.is_shared,
        has_shared_link: view.has_link,
        assets: view.assets.iter().map(|asset| nested_asset_response(asset, with_exif)).collect(),
        asset_count: view.figures.count,
        start_date: view.figures.first.map(day),
        end_date: view.figures.last.map(day),
        last_modified_asset_timestamp: (!is_empty)
            .then(|| instant_millis(album.assets_modified_at)),
        is_activity_enabled: album.is_activity_enabled,
        order: match album.order {
            AlbumOrder::Asc => "asc",
            AlbumOrder::Desc => "desc",
        },
        created_at: instant_millis(album.created_at),
        updated_at: instant_millis(album.updated_at),
        contributor_counts: (!contributors.is_empty()).then_some(contributors),
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Viewer => "viewer",
        Role::Editor => "editor",
        Role::Owner => "owner",
    }
}
