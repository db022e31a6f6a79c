//! Assets one by one (contract immich §D10, `AssetResponse` and what it holds).

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::user::UserResponseDto;

/// An asset. Behind a shared link without metadata only the fields that say so are there.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum AssetResponseDto {
    /// Everything.
    Whole(Box<WholeAssetDto>),
    /// Behind a shared link without metadata.
    Sanitised(SanitisedAssetDto),
}

/// An asset with all that is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AssetResponseDto)]
pub struct WholeAssetDto {
    /// The asset.
    pub id: Uuid,
    /// When it came in.
    pub created_at: String,
    /// The client's own name for it.
    pub device_asset_id: String,
    /// The client that sent it.
    pub device_id: String,
    /// Whose it is.
    pub owner_id: Uuid,
    /// Whose it is. Not shown to visitors with a link.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub owner: Option<UserResponseDto>,
    /// The library it lies in.
    pub library_id: Option<Uuid>,
    /// `IMAGE` or `VIDEO`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Where the file lies; its name alone for others than the owner.
    pub original_path: String,
    /// The file's name.
    pub original_file_name: String,
    /// The file's content type, by its extension.
    pub original_mime_type: String,
    /// A ThumbHash, in base64.
    pub thumbhash: Option<String>,
    /// The instant it was taken.
    pub file_created_at: String,
    /// When the file was modified.
    pub file_modified_at: String,
    /// The photographer's wall clock, written as if it were UTC.
    pub local_date_time: String,
    /// When anything of this last changed.
    pub updated_at: String,
    /// The owner's favourite; `false` to others.
    pub is_favorite: bool,
    /// Whether it is in the archive.
    pub is_archived: bool,
    /// Whether it is in the trash.
    pub is_trashed: bool,
    /// Whether its external file has vanished.
    pub is_offline: bool,
    /// `timeline`, `archive`, `hidden` or `locked`.
    pub visibility: &'static str,
    /// Length of a video.
    pub duration: String,
    /// What the file says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub exif_info: Option<ExifResponseDto>,
    /// The hidden video that is this photo's motion.
    pub live_photo_video_id: Option<Uuid>,
    /// The tags on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub tags: Option<Vec<TagResponseDto>>,
    /// The people in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub people: Option<Vec<PersonWithFacesResponseDto>>,
    /// Faces of nobody known.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub unassigned_faces: Option<Vec<AssetFaceWithoutPersonResponseDto>>,
    /// SHA-1 of the file, in base64.
    pub checksum: String,
    /// Its stack. Absent where it was not asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack: Option<Option<AssetStackResponseDto>>,
    /// The group of duplicates that its owner has put it into; `null` to others.
    pub duplicate_id: Option<Uuid>,
    /// Always `true`.
    pub resized: bool,
    /// Whether metadata is shown.
    pub has_metadata: bool,
    /// Display width in pixels.
    pub width: Option<u32>,
    /// Display height in pixels.
    pub height: Option<u32>,
    /// Always `false`: pictures are not edited here.
    pub is_edited: bool,
}

/// What is shown behind a shared link without metadata.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SanitisedAssetDto {
    /// The asset.
    pub id: Uuid,
    /// `IMAGE` or `VIDEO`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The file's content type, by its extension.
    pub original_mime_type: String,
    /// A ThumbHash, in base64.
    pub thumbhash: Option<String>,
    /// The photographer's wall clock, written as if it were UTC.
    pub local_date_time: String,
    /// Length of a video.
    pub duration: String,
    /// The hidden video that is this photo's motion.
    pub live_photo_video_id: Option<Uuid>,
    /// `false`.
    pub has_metadata: bool,
    /// Display width in pixels.
    pub width: Option<u32>,
    /// Display height in pixels.
    pub height: Option<u32>,
}

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExifResponseDto {
    /// The camera's maker.
    pub make: Option<String>,
    /// The camera's model.
    pub model: Option<String>,
    /// Width as stored, in pixels.
    pub exif_image_width: Option<u32>,
    /// Height as stored, in pixels.
    pub exif_image_height: Option<u32>,
    /// In bytes.
    pub file_size_in_byte: Option<u64>,
    /// EXIF orientation, 1 to 8, as a text.
    pub orientation: Option<String>,
    /// The instant it was taken.
    pub date_time_original: Option<String>,
    /// When the file was modified.
    pub modify_date: Option<String>,
    /// A zone's name or an offset.
    pub time_zone: Option<String>,
    /// The lens.
    pub lens_model: Option<String>,
    /// The aperture.
    pub f_number: Option<f64>,
    /// In millimetres.
    pub focal_length: Option<f64>,
    /// The sensitivity.
    pub iso: Option<i32>,
    /// In seconds, such as `1/160`.
    pub exposure_time: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// The city.
    pub city: Option<String>,
    /// The state or region.
    pub state: Option<String>,
    /// The country.
    pub country: Option<String>,
    /// What is to be seen; empty when nobody has said it.
    pub description: Option<String>,
    /// Upper-case projection of a 360° picture.
    pub projection_type: Option<String>,
    /// 1 to 5, or −1 for rejected.
    pub rating: Option<i8>,
}

/// The stack that an asset is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssetStackResponseDto {
    /// The stack.
    pub id: Uuid,
    /// The member that stands for it.
    pub primary_asset_id: Uuid,
    /// The primary and the other members that are live in the timeline.
    pub asset_count: u32,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TagResponseDto {
    /// The tag.
    pub id: Uuid,
    /// The tag above it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub parent_id: Option<Uuid>,
    /// The last part of its path.
    pub name: String,
    /// Its whole path.
    pub value: String,
    /// When it was made.
    pub created_at: String,
    /// When it last changed.
    pub updated_at: String,
    /// `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub color: Option<String>,
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonResponseDto {
    /// The person.
    pub id: Uuid,
    /// The name; empty when nobody has said it.
    pub name: String,
    /// `YYYY-MM-DD`.
    pub birth_date: Option<String>,
    /// Not empty when there is a picture.
    pub thumbnail_path: String,
    /// Left out of lists.
    pub is_hidden: bool,
    /// The owner's favourite.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub is_favorite: Option<bool>,
    /// `#rrggbb`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub color: Option<String>,
    /// When the person last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub updated_at: Option<String>,
}

/// A person with the faces in one asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonWithFacesResponseDto {
    /// The person.
    #[serde(flatten)]
    pub person: PersonResponseDto,
    /// The faces.
    pub faces: Vec<AssetFaceWithoutPersonResponseDto>,
}

/// Where a face is, in pixels of an image of this size.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssetFaceWithoutPersonResponseDto {
    /// The face.
    pub id: Uuid,
    /// The height that the box refers to.
    pub image_height: u32,
    /// The width that the box refers to.
    pub image_width: u32,
    /// Left.
    #[serde(rename = "boundingBoxX1")]
    pub x1: i64,
    /// Right.
    #[serde(rename = "boundingBoxX2")]
    pub x2: i64,
    /// Top.
    #[serde(rename = "boundingBoxY1")]
    pub y1: i64,
    /// Bottom.
    #[serde(rename = "boundingBoxY2")]
    pub y2: i64,
    /// `machine-learning`, `exif` or `manual`.
    pub source_type: &'static str,
}
