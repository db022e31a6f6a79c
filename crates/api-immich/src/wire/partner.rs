//! Partners (contract immich §D10, `PartnerResponse`).

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::user::UserResponseDto;

/// The other side of a sharing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartnerResponseDto {
    /// The other user.
    #[serde(flatten)]
    pub user: UserResponseDto,
    /// Whether the one who sees wants the other's assets in the own timeline.
    pub in_timeline: bool,
}

/// With whom to share.
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct PartnerCreateDto {
    /// The other user.
    shared_with_id: Uuid,
}

/// Whether a partner's assets are shown.
#[derive(Clone, Debug, ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "read by the document alone")]
pub(crate) struct PartnerUpdateDto {
    /// In the own timeline.
    in_timeline: bool,
}
