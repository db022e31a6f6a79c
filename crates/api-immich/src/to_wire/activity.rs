//! Comments and likes.

use kalends_library::activities::ActivityView;

use super::dates::instant_millis;
use super::user::user_response;
use crate::wire::activity::ActivityResponseDto;

/// A comment or a like.
pub(crate) fn activity_response(view: &ActivityView) -> ActivityResponseDto {
    let activity = &view.activity;
    ActivityResponseDto {
        id: activity.id.uuid(),
        created_at: instant_millis(activity.created_at),
        kind: if activity.comment.is_some() { "comment" } else { "like" },
        comment: activity.comment.clone(),
        asset_id: activity.asset.map(|(_, asset)| asset.uuid()),
        user: user_response(&view.user),
    }
}
