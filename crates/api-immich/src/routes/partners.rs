//! Partners: `GET` and `POST /partners`, `POST`, `PUT` and `DELETE /partners/{id}`.

use axum::extract::{Path, State};
use axum::response::Response;
use kalends_http_kit::Once;
use kalends_library::Library;
use kalends_library::partners::{PartnerError, PartnerSide, PartnerView};
use kalends_model::UserId;

use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::from_wire::fields::Fields;
use crate::from_wire::path::user_id;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::to_wire::user::user_response;
use crate::wire::error::Refusals;
use crate::wire::partner::{PartnerCreateDto, PartnerResponseDto, PartnerUpdateDto};

impl From<PartnerError> for Failure {
    fn from(error: PartnerError) -> Self {
        match error {
            PartnerError::Exists => Self::bad_request("Partner already exists"),
            PartnerError::NotFound => Self::bad_request("Partner not found"),
            PartnerError::NoSuchUser => Self::bad_request("User not found"),
            PartnerError::Oneself => Self::bad_request("Cannot share with yourself"),
            PartnerError::NoAccess(refused) => refused.into(),
            PartnerError::Catalog(cause) => Self::catalog(cause),
        }
    }
}

fn partner_response(view: &PartnerView) -> PartnerResponseDto {
    PartnerResponseDto { user: user_response(&view.user), in_timeline: view.in_timeline }
}

/// Who are one's partners?
#[utoipa::path(
    get,
    path = "/partners",
    operation_id = "getPartners",
    tag = "Partners",
    params(("direction" = String, Query,
        description = "`shared-by`: with whom one shares; `shared-with`: who shares with one.")),
    responses((status = 200, description = "The others.", body = Vec<PartnerResponseDto>), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_partners(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let side = side(&asked.query)?;
            let partners = library.partners(&viewer, side).map_err(Failure::catalog)?;
            let dtos: Vec<PartnerResponseDto> = partners.iter().map(partner_response).collect();
            Ok(json::ok(&dtos))
        })
        .await
}

fn side(query: &kalends_http_kit::Query) -> Result<PartnerSide, Failure> {
    let sides = [("shared-by", PartnerSide::SharedBy), ("shared-with", PartnerSide::SharedWith)];
    let mut fields = Fields::of(query);
    if matches!(fields.raw("direction"), Once::Absent) {
        fields.refuse("direction must be one of the following values: shared-by, shared-with");
    }
    let side = fields.choice("direction", &sides).unwrap_or(PartnerSide::SharedBy);
    fields.finish(side).map_err(Failure::invalid)
}

/// Shares one's timeline with another user.
#[utoipa::path(
    post,
    path = "/partners",
    operation_id = "createPartner",
    tag = "Partners",
    request_body = PartnerCreateDto,
    responses((status = 201, description = "The other.", body = PartnerResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn create_partner(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            create(library, &asked, || {
                body.read(|fields| UserId::from(fields.required_uuid("sharedWithId")))
            })
        })
        .await
}

/// The same, in an older form.
#[utoipa::path(
    post,
    path = "/partners/{id}",
    operation_id = "createPartnerDeprecated",
    tag = "Partners",
    params(("id" = uuid::Uuid, Path, description = "The other user.")),
    responses((status = 201, description = "The other.", body = PartnerResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn create_partner_by_path(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state.run(move |library| create(library, &asked, || user_id("id", &id))).await
}

fn create(
    library: &Library,
    asked: &Asked,
    with: impl FnOnce() -> Result<UserId, Failure>,
) -> Result<Response, Failure> {
    let viewer = asked.viewer(library)?;
    let view = library.create_partner(&viewer, with()?)?;
    Ok(json::created(&partner_response(&view)))
}

/// Says whether the assets of somebody who shares with one are shown in one's timeline.
#[utoipa::path(
    put,
    path = "/partners/{id}",
    operation_id = "updatePartner",
    tag = "Partners",
    params(("id" = uuid::Uuid, Path, description = "Who shares.")),
    request_body = PartnerUpdateDto,
    responses((status = 200, description = "The other.", body = PartnerResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update_partner(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let by = user_id("id", &id)?;
            let in_timeline = body.read(|fields| fields.required_boolean("inTimeline"))?;
            let view = library.show_partner(&viewer, by, in_timeline)?;
            Ok(json::ok(&partner_response(&view)))
        })
        .await
}

/// Shares one's timeline with a user no more.
#[utoipa::path(
    delete,
    path = "/partners/{id}",
    operation_id = "removePartner",
    tag = "Partners",
    params(("id" = uuid::Uuid, Path, description = "With whom one shares.")),
    responses((status = 204, description = "The other sees it no more."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn remove_partner(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            library.remove_partner(&viewer, user_id("id", &id)?)?;
            Ok(json::no_content())
        })
        .await
}
