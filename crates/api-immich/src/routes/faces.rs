//! Faces: `/faces` and below.

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_model::{AssetId, FaceId};

use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::from_wire::fields::Fields;
use crate::from_wire::path;
use crate::from_wire::people::drawn_face;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::to_wire::people::{face_responses, first_person_response};
use crate::wire::asset::PersonResponseDto;
use crate::wire::error::Refusals;
use crate::wire::people::{AssetFaceCreateDto, AssetFaceDeleteDto, AssetFaceResponseDto, FaceDto};

/// Whose faces are in an asset? Only its owner is told.
#[utoipa::path(
    get,
    path = "/faces",
    operation_id = "getFaces",
    tag = "Faces",
    params(("id" = uuid::Uuid, Query, description = "The asset.")),
    responses(
        (status = 200, description = "The faces.", body = Vec<AssetFaceResponseDto>),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_faces(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let mut fields = Fields::of(&asked.query);
            let id = fields.required_uuid("id");
            let id = AssetId::from(fields.finish(id).map_err(Failure::invalid)?);
            let faces = library.faces_in(&viewer, id).map_err(Failure::catalog)??;
            Ok(face_responses(&faces))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Draws a face.
#[utoipa::path(
    post,
    path = "/faces",
    operation_id = "createFace",
    tag = "Faces",
    request_body = AssetFaceCreateDto,
    responses((status = 201, description = "The face is drawn."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn create_face(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let (asset, person, drawn) = body.read(drawn_face)?;
            let drawn = library.draw_face(&viewer, asset, person, drawn);
            Ok(drawn.map_err(Failure::catalog)??)
        })
        .await?;
    Ok(json::created_without_words())
}

/// Gives a face to a person. The path names the person, the body the face.
#[utoipa::path(
    put,
    path = "/faces/{id}",
    operation_id = "reassignFacesById",
    tag = "Faces",
    params(("id" = uuid::Uuid, Path, description = "The person.")),
    request_body = FaceDto,
    responses((status = 200, description = "The person.", body = PersonResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn reassign_faces_by_id(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            let face = FaceId::from(body.read(|fields| fields.required_uuid("id"))?);
            let person = library.give_face(&viewer, face, id).map_err(Failure::catalog)??;
            Ok(first_person_response(&person))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Removes a face.
#[utoipa::path(
    delete,
    path = "/faces/{id}",
    operation_id = "deleteFace",
    tag = "Faces",
    params(("id" = uuid::Uuid, Path, description = "The face.")),
    request_body = AssetFaceDeleteDto,
    responses((status = 204, description = "The face is removed."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete_face(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            let for_good = body.read(|fields| fields.required_boolean("force"))?;
            Ok(library.remove_face(&viewer, id, for_good).map_err(Failure::catalog)??)
        })
        .await?;
    Ok(json::no_content())
}
