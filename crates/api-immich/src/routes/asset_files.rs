//! The files of an asset: `GET /assets/{id}/thumbnail`, `/original` and `/video/playback`
//! (contract immich §D2.5). All with ranges, validators and `HEAD`.

use axum::extract::{Path, State};
use axum::response::Response;
use http::header::{CACHE_CONTROL, LOCATION};
use http::{HeaderValue, Method, StatusCode};
use kalends_http_kit::{FileTerms, SentFile};
use kalends_library::access::assets::require;
use kalends_library::derived::Derived;
use kalends_library::file_kind::extension;
use kalends_library::{AssetRight, Library, OpenFile, Viewer};
use kalends_model::{AssetId, Kind, UserId};

use crate::error::Failure;
use crate::from_wire::fields::Fields;
use crate::from_wire::path::asset_id;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::wire::error::Refusals;

/// How long files may be kept by the client that was shown them.
const CACHE: &str = "private, max-age=86400, no-transform, stale-while-revalidate=2592000, \
    stale-if-error=2592000";

/// Originals that a browser shows as they are.
const WEB_EXTENSIONS: [&str; 7] = ["avif", "bmp", "gif", "jpeg", "jpg", "png", "webp"];

/// Which picture is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Size {
    Original,
    Fullsize,
    Preview,
    Thumbnail,
}

const SIZES: &[(&str, Size)] = &[
    ("original", Size::Original),
    ("fullsize", Size::Fullsize),
    ("preview", Size::Preview),
    ("thumbnail", Size::Thumbnail),
];

/// A picture of an asset.
///
/// `thumbnail` (the default) is WebP with a shorter side of 250 pixels, `preview` JPEG with 1440.
/// `fullsize` leads on to the original when browsers show that, otherwise to the preview. Pictures
/// that have not been made yet are not found.
#[utoipa::path(
    get,
    path = "/assets/{id}/thumbnail",
    operation_id = "viewAsset",
    tag = "Assets",
    params(
        ("id" = uuid::Uuid, Path, description = "The asset."),
        ("size" = Option<String>, Query, description = "`thumbnail`, `preview` or `fullsize`."),
        ("edited" = Option<bool>, Query, description = "Whether edits are to be seen."),
        ("key" = Option<String>, Query, description = "The key of a shared link."),
        ("slug" = Option<String>, Query, description = "The slug of a shared link."),
    ),
    responses(
        (status = 200, description = "The picture.", content_type = "application/octet-stream"),
        (status = 206, description = "Parts of it."),
        (status = 302, description = "Where `fullsize` is to be found."),
        (status = 304, description = "The client has it."),
        (status = 404, description = "It has not been made.", body = crate::wire::error::ErrorDto),
        (status = 416, description = "It has no such part."),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn view_asset(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    method: Method,
    asked: Asked,
) -> Result<Response, Failure> {
    let answer = state.run(move |library| thumbnail(library, &id, &method, &asked)).await;
    answer.map_err(Failure::of_file)
}

fn thumbnail(
    library: &Library,
    id: &str,
    method: &Method,
    asked: &Asked,
) -> Result<Response, Failure> {
    let viewer = asked.viewer(library)?;
    let id = asset_id(id)?;
    let mut fields = Fields::of(&asked.query);
    let size = fields.choice("size", SIZES).unwrap_or(Size::Thumbnail);
    let is_edited = fields.boolean("edited").unwrap_or(false);
    let (size, is_edited) = fields.finish((size, is_edited)).map_err(Failure::invalid)?;
    if size == Size::Original {
        return Err(Failure::bad_request("May not request original file"));
    }
    let owner = owner(library, &viewer, AssetRight::View, id)?;
    let name = name(library, &viewer, owner, id)?;
    let (base, ending) = match extension(&name) {
        Some(ending) => (&name[..name.len() - ending.len() - 1], ending),
        None => (name.as_str(), String::new()),
    };
    let (which, word) = match size {
        Size::Original | Size::Thumbnail => (Derived::Thumbnail, "thumbnail"),
        Size::Preview => (Derived::Preview, "preview"),
        Size::Fullsize => {
            let is_shown_as_it_is = WEB_EXTENSIONS.contains(&ending.as_str()) && !is_edited;
            let target = if is_shown_as_it_is { "original" } else { "thumbnail" };
            return Ok(redirect(target, asked, (!is_shown_as_it_is).then_some("preview")));
        }
    };
    let open = library.open_picture(id, which).ok_or_else(not_found)?;
    let ending = if which == Derived::Thumbnail { "webp" } else { "jpeg" };
    let name = format!("{base}_{word}.{ending}");
    send(method, asked, open, Some(&name))
}

/// The original of an asset, byte for byte.
#[utoipa::path(
    get,
    path = "/assets/{id}/original",
    operation_id = "downloadAsset",
    tag = "Assets",
    params(
        ("id" = uuid::Uuid, Path, description = "The asset."),
        ("key" = Option<String>, Query, description = "The key of a shared link."),
        ("slug" = Option<String>, Query, description = "The slug of a shared link."),
    ),
    responses(
        (status = 200, description = "The file.", content_type = "application/octet-stream"),
        (status = 206, description = "Parts of it."),
        (status = 304, description = "The client has it."),
        (status = 404, description = "It is not there.", body = crate::wire::error::ErrorDto),
        (status = 416, description = "It has no such part."),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn download_asset(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    method: Method,
    asked: Asked,
) -> Result<Response, Failure> {
    let answer = move |library: &Library| {
        let viewer = asked.viewer(library)?;
        let id = asset_id(&id)?;
        let owner = owner(library, &viewer, AssetRight::Download, id)?;
        let open = library.open_original(owner, id).map_err(Failure::catalog)?;
        let open = open.ok_or_else(not_found)?;
        let name = shown_name(&viewer, id, &open.name);
        send(&method, &asked, open, Some(&name))
    };
    state.run(answer).await.map_err(Failure::of_file)
}

/// A video, to be played.
#[utoipa::path(
    get,
    path = "/assets/{id}/video/playback",
    operation_id = "playAssetVideo",
    tag = "Assets",
    params(
        ("id" = uuid::Uuid, Path, description = "The asset."),
        ("key" = Option<String>, Query, description = "The key of a shared link."),
        ("slug" = Option<String>, Query, description = "The slug of a shared link."),
    ),
    responses(
        (status = 200, description = "The file.", content_type = "application/octet-stream"),
        (status = 206, description = "Parts of it."),
        (status = 304, description = "The client has it."),
        (status = 404, description = "It is not there, or no video.",
            body = crate::wire::error::ErrorDto),
        (status = 416, description = "It has no such part."),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn play_asset_video(
    State(state): State<ImmichState>,
    Path(id): Path<String>,
    method: Method,
    asked: Asked,
) -> Result<Response, Failure> {
    let answer = move |library: &Library| {
        let viewer = asked.viewer(library)?;
        let id = asset_id(&id)?;
        let owner = owner(library, &viewer, AssetRight::View, id)?;
        let rows = library.read(|reader| reader.rows_of(owner, &[id])).map_err(Failure::catalog)?;
        let is_video = rows.first().is_some_and(|row| row.kind == Kind::Video);
        let open = match is_video {
            true => library.open_original(owner, id).map_err(Failure::catalog)?,
            false => None,
        };
        let none = "Asset not found or asset is not a video";
        let open = open.ok_or_else(|| Failure::new(StatusCode::NOT_FOUND, none))?;
        send(&method, &asked, open, None)
    };
    state.run(answer).await.map_err(Failure::of_file)
}

/// Whose the asset is, once the viewer may do this with it.
fn owner(
    library: &Library,
    viewer: &Viewer,
    right: AssetRight,
    id: AssetId,
) -> Result<UserId, Failure> {
    let allowed = library.read(|reader| require(reader, viewer, right, &[id]));
    let allowed = allowed.map_err(Failure::catalog)??;
    allowed.first().map(|asset| asset.owner).ok_or_else(|| Failure::no_access(right.name()))
}

/// The name under which the asset came, as far as the viewer may know it.
fn name(library: &Library, viewer: &Viewer, owner: UserId, id: AssetId) -> Result<String, Failure> {
    let details = library.read(|reader| reader.details(owner, id)).map_err(Failure::catalog)?;
    let name = details.map(|details| details.file_name).unwrap_or_default();
    Ok(shown_name(viewer, id, &name))
}

/// Behind a link without metadata a file is called by its asset's id (contract immich §C5).
fn shown_name(viewer: &Viewer, id: AssetId, name: &str) -> String {
    match viewer {
        Viewer::Link(link) if !link.shows_metadata => match extension(name) {
            Some(ending) => format!("{id}.{ending}"),
            None => id.to_string(),
        },
        _ => name.to_owned(),
    }
}

fn send(
    method: &Method,
    asked: &Asked,
    open: OpenFile,
    name: Option<&str>,
) -> Result<Response, Failure> {
    let terms = FileTerms::of(method, &asked.headers);
    let file =
        SentFile { file: open.file, media_type: open.media_type, name, cache_control: CACHE };
    terms.reply(file).map_err(|cause| Failure::internal(&cause, "read a file"))
}

/// 302 to a neighbour of `/assets/{id}/thumbnail`, with the same parameters but for the size.
fn redirect(to: &str, asked: &Asked, size: Option<&str>) -> Response {
    let mut pairs: Vec<String> = asked
        .query
        .pairs()
        .filter(|(name, _)| *name != "size")
        .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
        .collect();
    pairs.extend(size.map(|size| format!("size={size}")));
    let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
    let mut response = Response::default();
    *response.status_mut() = StatusCode::FOUND;
    let location = HeaderValue::from_str(&format!("{to}{query}"));
    response.headers_mut().insert(LOCATION, location.expect("escaped text is visible ASCII"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

fn escaped(text: &str) -> percent_encoding::PercentEncode<'_> {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC)
}

fn not_found() -> Failure {
    Failure::new(StatusCode::NOT_FOUND, "Asset media not found")
}
