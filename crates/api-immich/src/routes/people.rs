//! People: `/people` and below.

use axum::extract::{Path, State};
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use http::{HeaderValue, StatusCode};
use kalends_library::people::person;
use kalends_model::PersonId;

use crate::error::Failure;
use crate::from_wire::body::JsonBody;
use crate::from_wire::fields::Fields;
use crate::from_wire::path;
use crate::from_wire::people::{people_ask, person_change, person_changes, reassigned};
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::bulk::bulk_responses;
use crate::to_wire::json;
use crate::to_wire::people::{first_person_response, people_response};
use crate::wire::asset::PersonResponseDto;
use crate::wire::bulk::{BulkIdResponseDto, BulkIdsDto};
use crate::wire::error::Refusals;
use crate::wire::people::{
    AssetFaceUpdateDto, MergePersonDto, PeopleResponseDto, PeopleUpdateDto, PersonCreateDto,
    PersonStatisticsResponseDto, PersonUpdateDto,
};

/// Who is in the timeline?
///
/// Those with a name, and those with at least three faces: shown ones first, then favourites, named
/// ones, and those with the most faces.
#[utoipa::path(
    get,
    path = "/people",
    operation_id = "getAllPeople",
    tag = "People",
    params(
        ("withHidden" = Option<bool>, Query, description = "Hidden ones too."),
        ("page" = Option<u64>, Query, description = "From 1."),
        ("size" = Option<u64>, Query, description = "At most 1,000; 500 by default."),
        ("closestPersonId" = Option<uuid::Uuid>, Query, description = "Not heeded."),
        ("closestAssetId" = Option<uuid::Uuid>, Query, description = "Not heeded."),
    ),
    responses((status = 200, description = "A page of them.", body = PeopleResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_all_people(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let mut fields = Fields::of(&asked.query);
            let ask = people_ask(&mut fields);
            let ask = fields.finish(ask).map_err(Failure::invalid)?;
            let page = library.people_page(&viewer, ask).map_err(Failure::catalog)?;
            Ok(people_response(&page))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Adds a person.
#[utoipa::path(
    post,
    path = "/people",
    operation_id = "createPerson",
    tag = "People",
    request_body = PersonCreateDto,
    responses((status = 201, description = "The person.", body = PersonResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn create_person(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let change = body.read(|f| person_change(f, &|day| library.has_begun(day)))?;
            let person = library.add_person(&viewer, &change).map_err(Failure::catalog)?;
            Ok(first_person_response(&person))
        })
        .await?;
    Ok(json::created(&dto))
}

/// Changes several people, each by itself.
#[utoipa::path(
    put,
    path = "/people",
    operation_id = "updatePeople",
    tag = "People",
    request_body = PeopleUpdateDto,
    responses(
        (status = 200, description = "What came of each.", body = Vec<BulkIdResponseDto>),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update_people(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let changes = body.read(|f| person_changes(f, &|day| library.has_begun(day)))?;
            let outcomes = library.change_people(&viewer, &changes).map_err(Failure::catalog)?;
            Ok(bulk_responses(changes.iter().map(|change| change.0.uuid()), &outcomes))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Forgets several people. Their faces stay, nobody's.
#[utoipa::path(
    delete,
    path = "/people",
    operation_id = "deletePeople",
    tag = "People",
    request_body = BulkIdsDto,
    responses((status = 204, description = "They are forgotten."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete_people(
    State(state): State<ImmichState>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let ids = body.read(|fields| fields.required_uuids("ids"))?;
            let ids: Vec<PersonId> = ids.into_iter().map(PersonId::from).collect();
            Ok(library.delete_people(&viewer, &ids).map_err(Failure::catalog)??)
        })
        .await?;
    Ok(json::no_content())
}

/// One person.
#[utoipa::path(
    get,
    path = "/people/{id}",
    operation_id = "getPerson",
    tag = "People",
    params(("id" = uuid::Uuid, Path, description = "The person.")),
    responses((status = 200, description = "The person.", body = PersonResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_person(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            let found = library.read(|reader| person(reader, &viewer, id));
            Ok(first_person_response(&found.map_err(Failure::catalog)??))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Changes what is known of a person.
#[utoipa::path(
    put,
    path = "/people/{id}",
    operation_id = "updatePerson",
    tag = "People",
    params(("id" = uuid::Uuid, Path, description = "The person.")),
    request_body = PersonUpdateDto,
    responses((status = 200, description = "The person.", body = PersonResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn update_person(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            let change = body.read(|f| person_change(f, &|day| library.has_begun(day)))?;
            let person =
                library.change_person(&viewer, id, &change).map_err(Failure::catalog)??;
            Ok(first_person_response(&person))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Forgets a person. The faces stay, nobody's.
#[utoipa::path(
    delete,
    path = "/people/{id}",
    operation_id = "deletePerson",
    tag = "People",
    params(("id" = uuid::Uuid, Path, description = "The person.")),
    responses((status = 204, description = "The person is forgotten."), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn delete_person(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            Ok(library.delete_people(&viewer, &[id]).map_err(Failure::catalog)??)
        })
        .await?;
    Ok(json::no_content())
}

/// Makes others one with a person.
///
/// The person takes a name, a day of birth and a featured face from them where there is none.
#[utoipa::path(
    post,
    path = "/people/{id}/merge",
    operation_id = "mergePerson",
    tag = "People",
    params(("id" = uuid::Uuid, Path, description = "The person who stays.")),
    request_body = MergePersonDto,
    responses(
        (status = 200, description = "What came of each.", body = Vec<BulkIdResponseDto>),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn merge_person(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            let ids = body.read(|fields| fields.required_uuids("ids"))?;
            let ids: Vec<PersonId> = ids.into_iter().map(PersonId::from).collect();
            let outcomes = library.merge_people(&viewer, id, &ids).map_err(Failure::catalog)??;
            Ok(bulk_responses(ids.iter().map(|id| id.uuid()), &outcomes))
        })
        .await?;
    Ok(json::ok(&dto))
}

/// Gives a person the faces that others are said to have in assets.
#[utoipa::path(
    put,
    path = "/people/{id}/reassign",
    operation_id = "reassignFaces",
    tag = "People",
    params(("id" = uuid::Uuid, Path, description = "Whose faces they are.")),
    request_body = AssetFaceUpdateDto,
    responses(
        (status = 200, description = "The person, once for each that was asked for.",
            body = Vec<PersonResponseDto>),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn reassign_faces(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
    body: JsonBody,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            let pairs = body.read(reassigned)?;
            let person = library.give_faces(&viewer, &pairs, id).map_err(Failure::catalog)??;
            Ok(vec![first_person_response(&person); pairs.len()])
        })
        .await?;
    Ok(json::ok(&dto))
}

/// How many assets of the timeline show a person?
#[utoipa::path(
    get,
    path = "/people/{id}/statistics",
    operation_id = "getPersonStatistics",
    tag = "People",
    params(("id" = uuid::Uuid, Path, description = "The person.")),
    responses(
        (status = 200, description = "How many.", body = PersonStatisticsResponseDto),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_person_statistics(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            let assets = library.assets_showing(&viewer, id).map_err(Failure::catalog)??;
            Ok(PersonStatisticsResponseDto { assets })
        })
        .await?;
    Ok(json::ok(&dto))
}

/// What a person looks like.
#[utoipa::path(
    get,
    path = "/people/{id}/thumbnail",
    operation_id = "getPersonThumbnail",
    tag = "People",
    params(("id" = uuid::Uuid, Path, description = "The person.")),
    responses(
        (status = 200, description = "A JPEG.", content_type = "image/jpeg", body = Vec<u8>),
        (status = 304, description = "The picture that the client has is the one."),
        (status = 404, description = "There is no picture."),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn get_person_thumbnail(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    asked: Asked,
) -> Result<Response, Failure> {
    let known = asked.headers.get(IF_NONE_MATCH).cloned();
    let jpeg = state
        .run_pictures(move |library| {
            let viewer = asked.viewer(library)?;
            let id = path::uuid("id", &id)?.into();
            Ok(library.person_picture(&viewer, id).map_err(Failure::catalog)??)
        })
        .await?;
    Ok(thumbnail(jpeg.ok_or_else(|| Failure::bare(StatusCode::NOT_FOUND))?, known))
}

/// The picture, unless it is the one that the client has.
fn thumbnail(jpeg: Vec<u8>, known: Option<HeaderValue>) -> Response {
    let tag = json::entity_tag(&jpeg);
    let is_known = known.and_then(|known| known.to_str().map(|k| k.contains(&tag)).ok());
    let mut response = match is_known {
        Some(true) => json::not_modified(),
        _ => Response::new(jpeg.into()),
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("image/jpeg"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache, no-transform"));
    headers.extend(HeaderValue::from_str(&tag).ok().map(|tag| (ETAG, tag)));
    response
}
