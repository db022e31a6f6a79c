//! Tags.

use kalends_library::stored::Tag;
use kalends_library::tags::TagRefusal;

use super::asset::tag_response;
use super::dates::instant_millis;
use crate::error::Failure;
use crate::wire::asset::TagResponseDto;

/// A tag at the top of an answer, where dates have their other form (contract immich §D0).
pub(crate) fn first_tag_response(tag: &Tag) -> TagResponseDto {
    TagResponseDto {
        created_at: instant_millis(tag.created_at),
        updated_at: instant_millis(tag.updated_at),
        ..tag_response(tag)
    }
}

impl From<TagRefusal> for Failure {
    fn from(refusal: TagRefusal) -> Self {
        match refusal {
            TagRefusal::Access(refused) => refused.into(),
            TagRefusal::Taken => Self::bad_request("A tag with that name already exists"),
            TagRefusal::Name => Self::invalid(vec![
                "name should not be empty, and have at most 64 levels and 2000 bytes".to_owned(),
            ]),
        }
    }
}
