//! Portraits: `/users/profile-image` for one's own, `/users/{id}/profile-image` for everybody's.

use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, Path, State};
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};
use kalends_library::PROFILE_IMAGE_BYTES_MAX;

use super::users::user_id;
use crate::error::Failure;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::dates::instant_millis;
use crate::to_wire::json;
use crate::to_wire::user::profile_image_path;
use crate::wire::error::Refusals;
use crate::wire::user::{CreateProfileImageDto, CreateProfileImageResponseDto};

/// The longest form: the picture and what is around it.
pub(super) const FORM_BYTES_MAX: usize = PROFILE_IMAGE_BYTES_MAX + 64 * 1_024;

/// Gives the user who asks a portrait.
///
/// The picture is decoded and written anew, as a JPEG of 512 pixels without metadata.
#[utoipa::path(
    post,
    path = "/users/profile-image",
    operation_id = "createProfileImage",
    tag = "Users",
    request_body(content = CreateProfileImageDto, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "It is taken.", body = CreateProfileImageResponseDto), Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn create(
    State(state): State<ImmichState>,
    asked: Asked,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Failure> {
    // Who is asking comes before what they send.
    let viewer = state.run(move |library| asked.viewer(library)).await?;
    let file = file_of(form).await?;
    let dto = state
        .run(move |library| {
            let user = library.set_profile_image(viewer.user(), &file)?;
            Ok(CreateProfileImageResponseDto {
                profile_changed_at: instant_millis(user.profile_changed_at),
                profile_image_path: profile_image_path(&user),
                user_id: user.id.uuid(),
            })
        })
        .await?;
    Ok(json::created(&dto))
}

/// The part that is called `file`.
async fn file_of(form: Result<Multipart, MultipartRejection>) -> Result<Vec<u8>, Failure> {
    let mut form = form.map_err(|_| Failure::bad_request("File is required"))?;
    let broken = |error: axum::extract::multipart::MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => {
            Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "The picture is too large")
        }
        _ => Failure::bad_request("Unreadable request body"),
    };
    while let Some(part) = form.next_field().await.map_err(broken)? {
        if part.name() == Some("file") {
            return Ok(part.bytes().await.map_err(broken)?.to_vec());
        }
    }
    Err(Failure::bad_request("Field(s) file should not be empty"))
}

/// Takes the portrait of the user who asks away.
#[utoipa::path(
    delete,
    path = "/users/profile-image",
    operation_id = "deleteProfileImage",
    tag = "Users",
    responses((status = 204, description = "It is gone."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            if !library.user(viewer.user())?.has_profile_image {
                return Err(Failure::bad_request("Can't delete a missing profile image"));
            }
            Ok(library.remove_profile_image(viewer.user())?)
        })
        .await?;
    Ok(json::no_content())
}

/// A user's portrait.
#[utoipa::path(
    get,
    path = "/users/{id}/profile-image",
    operation_id = "getProfileImage",
    tag = "Users",
    params(("id" = uuid::Uuid, Path, description = "The user.")),
    responses(
        (status = 200, description = "A JPEG.", content_type = "image/jpeg", body = [u8]),
        (status = 404, description = "The user has none.", body = crate::wire::error::ErrorDto),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let image = state
        .run(move |library| {
            asked.viewer(library)?;
            Ok(library.profile_image(user_id(&id)?)?)
        })
        .await?;
    let missing = || Failure::new(StatusCode::NOT_FOUND, "User does not have a profile image");
    let (jpeg, _) = image.ok_or_else(missing)?;
    let mut response = Response::new(jpeg.into());
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    // Clients ask anew when `profileChangedAt` changes, which they add to the address.
    let kept = HeaderValue::from_static("private, max-age=86400, no-transform");
    headers.insert(CACHE_CONTROL, kept);
    Ok(response)
}
