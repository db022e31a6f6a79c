//! Stacks.

use kalends_library::stacks::{ShownStack, StackRefusal};

use super::asset::{Parts, nested_asset_response};
use crate::error::Failure;
use crate::wire::stacks::StackResponseDto;

/// A stack with its assets.
pub(crate) fn stack_response(shown: &ShownStack) -> StackResponseDto {
    let assets = shown.assets.iter().map(|view| nested_asset_response(view, Parts::EXIF));
    StackResponseDto {
        id: shown.stack.id.uuid(),
        primary_asset_id: shown.stack.primary.uuid(),
        assets: assets.collect(),
    }
}

impl From<StackRefusal> for Failure {
    fn from(refusal: StackRefusal) -> Self {
        match refusal {
            StackRefusal::Access(refused) => refused.into(),
            StackRefusal::TooFew => {
                Self::invalid(vec!["assetIds must contain at least 2 elements".to_owned()])
            }
            StackRefusal::PrimaryElsewhere => {
                Self::bad_request("Primary asset must be in the stack")
            }
            StackRefusal::NotInStack => Self::bad_request("Asset not in stack"),
            StackRefusal::IsPrimary => Self::bad_request("Cannot remove stack's primary asset"),
        }
    }
}
