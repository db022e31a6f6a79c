//! What came of each of several ids.

use kalends_library::people::Outcome;
use uuid::Uuid;

use crate::error::Failure;
use crate::wire::bulk::BulkIdResponseDto;

/// One entry for each id, in the order asked.
pub(crate) fn bulk_responses(
    ids: impl Iterator<Item = Uuid>,
    outcomes: &[Outcome],
) -> Vec<BulkIdResponseDto> {
    let response = |(id, outcome): (Uuid, &Outcome)| {
        let (error, error_message) = match outcome {
            Outcome::Done => (None, None),
            Outcome::Duplicate => (Some("duplicate"), None),
            Outcome::NoPermission => (Some("no_permission"), None),
            Outcome::NotFound => (Some("not_found"), None),
            Outcome::Invalid(refusal) => {
                (Some("validation"), Some(Failure::from(*refusal).words()))
            }
        };
        BulkIdResponseDto { id, success: error.is_none(), error, error_message }
    };
    ids.zip(outcomes).map(response).collect()
}
