//! Searches and their answers (contract immich §D4, §D10).

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::asset::AssetResponseDto;

/// What is searched for. Everything that is sent must hold; `null` asks for what has none.
#[derive(ToSchema)]
#[schema(as = MetadataSearchDto, rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct MetadataSearchDto {
    /// Exactly this asset.
    #[schema(nullable = false)]
    id: Option<Uuid>,
    /// `archive`, `timeline`, `hidden` or `locked`; absent: `timeline`.
    #[schema(nullable = false)]
    visibility: Option<String>,
    /// Favourites, or others.
    #[schema(nullable = false)]
    is_favorite: Option<bool>,
    /// Files that have vanished, or others.
    #[schema(nullable = false)]
    is_offline: Option<bool>,
    /// Live photos, or others.
    #[schema(nullable = false)]
    is_motion: Option<bool>,
    /// Only what is in no album.
    #[schema(nullable = false)]
    is_not_in_album: Option<bool>,
    /// In this library; `null`: among the uploads.
    library_id: Option<Uuid>,
    /// In all of these albums.
    #[schema(nullable = false)]
    album_ids: Option<Vec<Uuid>>,
    /// With all of these people.
    #[schema(nullable = false)]
    person_ids: Option<Vec<Uuid>>,
    /// With all of these tags or tags below them; `null`: without any.
    tag_ids: Option<Vec<Uuid>>,
    /// `IMAGE` or `VIDEO`.
    #[serde(rename = "type")]
    #[schema(nullable = false)]
    kind: Option<String>,
    /// −1 to 5; `null`: unrated.
    rating: Option<i8>,
    /// The city.
    city: Option<String>,
    /// The state or region.
    state: Option<String>,
    /// The country.
    country: Option<String>,
    /// The camera's maker.
    #[schema(nullable = false)]
    make: Option<String>,
    /// The camera's model.
    model: Option<String>,
    /// The lens.
    lens_model: Option<String>,
    /// Taken at this instant or later.
    #[schema(nullable = false)]
    taken_after: Option<String>,
    /// Taken at this instant or earlier.
    #[schema(nullable = false)]
    taken_before: Option<String>,
    /// Come in at this instant or later.
    #[schema(nullable = false)]
    created_after: Option<String>,
    /// Come in at this instant or earlier.
    #[schema(nullable = false)]
    created_before: Option<String>,
    /// Last changed at this instant or later.
    #[schema(nullable = false)]
    updated_after: Option<String>,
    /// Last changed at this instant or earlier.
    #[schema(nullable = false)]
    updated_before: Option<String>,
    /// Put into the trash at this instant or later.
    #[schema(nullable = false)]
    trashed_after: Option<String>,
    /// Put into the trash at this instant or earlier.
    #[schema(nullable = false)]
    trashed_before: Option<String>,
    /// The file's name holds this, whatever its case and accents.
    #[schema(nullable = false)]
    original_file_name: Option<String>,
    /// The file's path holds this.
    #[schema(nullable = false)]
    original_path: Option<String>,
    /// The description holds this.
    #[schema(nullable = false)]
    description: Option<String>,
    /// SHA-1 of the file, in base64 or hexadecimal.
    #[schema(nullable = false)]
    checksum: Option<String>,
    /// The client that sent it; `Library Import` for scanned files.
    #[schema(nullable = false)]
    device_id: Option<String>,
    /// The name under which a client sent it.
    #[schema(nullable = false)]
    device_asset_id: Option<String>,
    /// Also what is in the trash.
    #[schema(nullable = false)]
    with_deleted: Option<bool>,
    /// `false`: without members of stacks.
    #[schema(nullable = false)]
    with_stacked: Option<bool>,
    /// With `exifInfo`.
    #[schema(nullable = false)]
    with_exif: Option<bool>,
    /// With `people`.
    #[schema(nullable = false)]
    with_people: Option<bool>,
    /// `asc` or `desc`, by instant.
    #[schema(nullable = false)]
    order: Option<String>,
    /// Which page, from 1.
    #[schema(nullable = false)]
    page: Option<u32>,
    /// How many on a page, at most 1,000; absent: 250.
    #[schema(nullable = false)]
    size: Option<u32>,
}

/// A page of what was found.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SearchResponseDto {
    /// Always empty: albums are not searched.
    pub albums: SearchAlbumResponseDto,
    /// The assets.
    pub assets: SearchAssetResponseDto,
}

/// No albums.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct SearchAlbumResponseDto {
    /// 0.
    pub total: usize,
    /// 0.
    pub count: usize,
    /// Empty.
    #[schema(value_type = Vec<Object>)]
    pub items: [(); 0],
    /// Empty.
    #[schema(value_type = Vec<Object>)]
    pub facets: [(); 0],
}

/// The assets of a page.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchAssetResponseDto {
    /// How many are on this page.
    pub total: usize,
    /// The same.
    pub count: usize,
    /// They.
    pub items: Vec<AssetResponseDto>,
    /// Empty.
    #[schema(value_type = Vec<Object>)]
    pub facets: [(); 0],
    /// The next page, when there is one.
    pub next_page: Option<String>,
}

/// How many assets were found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SearchStatisticsResponseDto {
    /// So many.
    pub total: u64,
}

/// Values of one field, each with an asset that has it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SearchExploreResponseDto {
    /// The field.
    pub field_name: &'static str,
    /// Its values.
    pub items: Vec<SearchExploreItemDto>,
}

/// A value with an asset that has it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SearchExploreItemDto {
    /// The value.
    pub value: String,
    /// The asset.
    pub data: AssetResponseDto,
}

/// A town of the world.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PlacesResponseDto {
    /// Its name.
    pub name: String,
    /// Degrees north.
    pub latitude: f64,
    /// Degrees east.
    pub longitude: f64,
    /// The state or region.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub admin1name: Option<String>,
}
