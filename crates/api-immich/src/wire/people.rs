//! People and faces (contract immich §D10).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::asset::PersonResponseDto;

/// A page of people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PeopleResponseDto {
    /// The people.
    pub people: Vec<PersonResponseDto>,
    /// How many there are, hidden ones among them.
    pub total: u64,
    /// How many are hidden.
    pub hidden: u64,
    /// Whether there is another page.
    pub has_next_page: bool,
}

/// A person to be added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonCreateDto {
    /// The name.
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// `YYYY-MM-DD`, not in the future.
    pub birth_date: Option<String>,
    /// A hexadecimal colour.
    pub color: Option<String>,
    /// Shown before others.
    #[schema(nullable = false)]
    pub is_favorite: Option<bool>,
    /// Left out of lists.
    #[schema(nullable = false)]
    pub is_hidden: Option<bool>,
}

/// What is to be changed of a person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PersonUpdateDto {
    /// What a new person can be given.
    #[serde(flatten)]
    pub person: PersonCreateDto,
    /// An asset whose face stands for the person.
    #[schema(nullable = false)]
    pub feature_face_asset_id: Option<Uuid>,
}

/// What is to be changed of one of several people.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PeopleUpdateItemDto {
    /// The person.
    pub id: Uuid,
    /// What is to be changed.
    #[serde(flatten)]
    pub change: PersonUpdateDto,
}

/// What is to be changed of several people.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub struct PeopleUpdateDto {
    /// The people.
    pub people: Vec<PeopleUpdateItemDto>,
}

/// The people who are the same.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub struct MergePersonDto {
    /// Those who are forgotten.
    pub ids: Vec<Uuid>,
}

/// How many assets show a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonStatisticsResponseDto {
    /// Assets of the timeline.
    pub assets: u64,
}

/// Faces that belong to somebody else.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub struct AssetFaceUpdateDto {
    /// Whose they were said to be, and where.
    pub data: Vec<AssetFaceUpdateItemDto>,
}

/// The faces of somebody in an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssetFaceUpdateItemDto {
    /// Whose they were said to be.
    pub person_id: Uuid,
    /// Where they are.
    pub asset_id: Uuid,
}

/// A face to be drawn: a box in pixels of a picture of some size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssetFaceCreateDto {
    /// The asset it is in.
    pub asset_id: Uuid,
    /// Whose it is.
    pub person_id: Uuid,
    /// The width that the box refers to.
    pub image_width: u32,
    /// The height that the box refers to.
    pub image_height: u32,
    /// The left edge.
    pub x: i64,
    /// The upper edge.
    pub y: i64,
    /// The box's width.
    pub width: i64,
    /// The box's height.
    pub height: i64,
}

/// A face that belongs to somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub struct FaceDto {
    /// The face.
    pub id: Uuid,
}

/// How a face is removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
pub struct AssetFaceDeleteDto {
    /// Altogether, instead of being kept as none.
    pub force: bool,
}

/// Where a face is, in pixels of an image of this size, and whose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssetFaceResponseDto {
    /// Where it is.
    #[serde(flatten)]
    pub face: super::asset::AssetFaceWithoutPersonResponseDto,
    /// Whose it is.
    pub person: Option<PersonResponseDto>,
}
