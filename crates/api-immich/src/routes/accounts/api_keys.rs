//! `/api-keys`: the keys of a user's programs (contract immich §C4).

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_model::ApiKeyId;

use crate::error::Failure;
use crate::from_wire::body::{BodyFields, JsonBody};
use crate::from_wire::{path, permissions};
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::to_wire::session::api_key_response;
use crate::wire::error::Refusals;
use crate::wire::session::{
    ApiKeyCreateDto, ApiKeyCreateResponseDto, ApiKeyResponseDto, ApiKeyUpdateDto,
};

/// What a key is called of which nothing else is said.
const DEFAULT_NAME: &str = "API Key";

fn key_id(text: &str) -> Result<ApiKeyId, Failure> {
    path::uuid("id", text).map(ApiKeyId::from)
}

fn name(fields: &mut BodyFields<'_>) -> Option<String> {
    fields.any("name").is_some().then(|| fields.required_text("name").to_owned())
}

/// The keys of the user who asks.
#[utoipa::path(
    get,
    path = "/api-keys",
    operation_id = "getApiKeys",
    tag = "API keys",
    responses((status = 200, description = "The keys.", body = Vec<ApiKeyResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn list(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dtos = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let keys = library.api_keys(&viewer).map_err(Failure::catalog)?;
            Ok(keys.iter().map(api_key_response).collect::<Vec<_>>())
        })
        .await?;
    Ok(json::ok(&dtos))
}

/// Makes a key. One that is made by a key may do no more than that.
#[utoipa::path(
    post,
    path = "/api-keys",
    operation_id = "createApiKey",
    tag = "API keys",
    request_body = ApiKeyCreateDto,
    responses(
        (status = 201, description = "The key and its secret, which is shown this once.",
            body = ApiKeyCreateResponseDto),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn create(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let (name, permissions) =
                body.read(|fields| (name(fields), permissions::required(fields)))?;
            let name = name.as_deref().unwrap_or(DEFAULT_NAME);
            let (key, secret) = library.make_api_key(&viewer, name, &permissions)?;
            Ok(ApiKeyCreateResponseDto { secret, api_key: api_key_response(&key) })
        })
        .await?;
    Ok(json::created(&dto))
}

/// Which key is asking?
#[utoipa::path(
    get,
    path = "/api-keys/me",
    operation_id = "getMyApiKey",
    tag = "API keys",
    responses((status = 200, description = "This one.", body = ApiKeyResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn me(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            Ok(api_key_response(&library.current_api_key(&viewer)?))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// One of the user's keys.
#[utoipa::path(
    get,
    path = "/api-keys/{id}",
    operation_id = "getApiKey",
    tag = "API keys",
    params(("id" = uuid::Uuid, Path, description = "The key.")),
    responses((status = 200, description = "The key.", body = ApiKeyResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            Ok(api_key_response(&library.api_key(&viewer, key_id(&id)?)?))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Changes one of the user's keys. A key changes none that may do more than itself.
#[utoipa::path(
    put,
    path = "/api-keys/{id}",
    operation_id = "updateApiKey",
    tag = "API keys",
    params(("id" = uuid::Uuid, Path, description = "The key.")),
    request_body = ApiKeyUpdateDto,
    responses((status = 200, description = "The key.", body = ApiKeyResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = key_id(&id)?;
            let (name, permissions) =
                body.read(|fields| (name(fields), permissions::optional(fields)))?;
            let (name, permissions) = (name.as_deref(), permissions.as_deref());
            Ok(api_key_response(&library.change_api_key(&viewer, id, name, permissions)?))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Removes one of the user's keys.
#[utoipa::path(
    delete,
    path = "/api-keys/{id}",
    operation_id = "deleteApiKey",
    tag = "API keys",
    params(("id" = uuid::Uuid, Path, description = "The key.")),
    responses((status = 204, description = "It opens nothing any more."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            Ok(library.remove_api_key(&viewer, key_id(&id)?)?)
        })
        .await?;
    Ok(json::no_content())
}
