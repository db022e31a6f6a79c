//! `POST /assets`: a file comes in.
//!
//! The form is read as a stream. The file goes straight into an incoming file of the library; texts
//! may stand before and behind it. Whoever is answered before everything was read, because the file
//! is here already or something is wrong, may go on sending for a while without harm.

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Request, State};
use axum::response::Response;
use http::StatusCode;
use http::header::CONTENT_LENGTH;
use kalends_http_kit::{Intake, intake};
use kalends_library::access::upload_target;
use kalends_library::file_kind::{FileKind, SIDECAR_EXTENSION, extension};
use kalends_library::uploads::names;
use kalends_library::{Accepted, Incoming, UploadError, UploadTarget};
use serde_json::{Map, Value};

use crate::error::Failure;
use crate::from_wire::{checksum, upload};
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::wire::error::{ErrorDto, Refusals};
use crate::wire::upload::{AssetMediaCreateDto, AssetMediaResponseDto};

/// The part that is the file.
const FILE: &str = "assetData";
/// The part that is its sidecar.
const SIDECAR: &str = "sidecarData";

/// The most texts of a form, and the most bytes of one.
const TEXTS_MAX: usize = 64;
const TEXT_BYTES_MAX: usize = 1 << 20;

/// Send a photo or a video.
///
/// The same content is kept once: a second upload is answered with the first one's id, also when that
/// is in the trash. With the header `x-immich-checksum` (SHA-1, base64 or hexadecimal) that is found
/// out before the file is sent. When the answer is there, the asset is in the month in which it was
/// taken; its pictures follow.
#[utoipa::path(
    post,
    path = "/assets",
    operation_id = "uploadAsset",
    tag = "Assets",
    params(
        ("x-immich-checksum" = Option<String>, Header, description = "SHA-1 of the file."),
        ("key" = Option<String>, Query, description = "The key of a shared link."),
        ("slug" = Option<String>, Query, description = "The slug of a shared link."),
    ),
    request_body(content = AssetMediaCreateDto, content_type = "multipart/form-data"),
    responses(
        (status = 201, description = "It is a new asset.", body = AssetMediaResponseDto),
        (status = 200, description = "It was there already.", body = AssetMediaResponseDto),
        (status = 507, description = "The disk has no room for more.", body = ErrorDto),
        Refusals,
    ),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn upload_asset(
    State(state): State<ImmichState>,
    asked: Asked,
    request: Request,
) -> Result<Response, Failure> {
    let length =
        asked.headers.get(CONTENT_LENGTH).and_then(|text| text.to_str().ok()?.parse().ok());
    let early = state.run(move |library| {
        let viewer = asked.viewer(library)?;
        let target = upload_target(&viewer).ok_or_else(Failure::bare_unauthorized)?;
        let header = asked.headers.get("x-immich-checksum").and_then(|text| text.to_str().ok());
        let Some(sha1) = header.and_then(checksum::sha1) else { return Ok((target, None)) };
        let known = library.known_upload(target.owner, &sha1).map_err(Failure::catalog)?;
        let known = known.map(|asset| library.join_known(target, asset)).transpose();
        Ok((target, known.map_err(failure)?))
    });
    let (target, known) = match early.await {
        Ok(early) => early,
        Err(refused) => {
            intake::discard(request.into_body());
            return Err(refused);
        }
    };
    if let Some(accepted) = known {
        intake::discard(request.into_body());
        return Ok(answer(accepted));
    }
    let form = Form { state: state.clone(), target, length };
    let Parts { file, file_name, sidecar, texts } = form.read(request).await?;
    let missing = || Failure::bad_request("Field(s) assetData should not be empty");
    let file = file.ok_or_else(missing)?;
    let sent = upload::sent(texts, &file_name)?;
    let accept = move |library: &kalends_library::Library| {
        library.accept(target, file, sidecar, &sent).map_err(failure)
    };
    Ok(answer(state.run_arrival(accept).await?))
}

fn answer(accepted: Accepted) -> Response {
    let (status, word) = match accepted.is_duplicate {
        true => (StatusCode::OK, "duplicate"),
        false => (StatusCode::CREATED, "created"),
    };
    json::with(status, &AssetMediaResponseDto { id: accepted.asset.uuid(), status: word })
}

/// What the form held.
#[derive(Default)]
struct Parts {
    file: Option<Incoming>,
    file_name: String,
    sidecar: Option<Incoming>,
    texts: Map<String, Value>,
}

/// A form under reading.
struct Form {
    state: ImmichState,
    target: UploadTarget,
    /// The length of the whole body, as far as the client says it.
    length: Option<u64>,
}

impl Form {
    async fn read(&self, request: Request) -> Result<Parts, Failure> {
        let multipart = Multipart::from_request(request, &()).await;
        let mut multipart = multipart.map_err(|_| Failure::bad_request("File is required"))?;
        let mut parts = Parts::default();
        match self.read_parts(&mut multipart, &mut parts).await {
            Ok(()) => Ok(parts),
            Err(refused) => {
                discard(multipart);
                Err(refused)
            }
        }
    }

    async fn read_parts(
        &self,
        multipart: &mut Multipart,
        parts: &mut Parts,
    ) -> Result<(), Failure> {
        while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
            let name = field.name().unwrap_or_default().to_owned();
            match (name.as_str(), field.file_name().map(str::to_owned)) {
                (FILE, Some(file_name)) if parts.file.is_none() => {
                    parts.file = Some(self.file(field, &file_name).await?);
                    parts.file_name = file_name;
                }
                (SIDECAR, Some(file_name)) if parts.sidecar.is_none() => {
                    parts.sidecar = Some(self.sidecar(field, &file_name).await?);
                }
                (_, Some(_)) => {
                    return Err(Failure::bad_request(format!("Unexpected field - {name}")));
                }
                (_, None) => {
                    if parts.texts.len() == TEXTS_MAX {
                        return Err(Failure::bad_request("Too many fields"));
                    }
                    parts.texts.insert(name, Value::from(text(field).await?));
                }
            }
        }
        Ok(())
    }

    async fn file(&self, field: Field<'_>, name: &str) -> Result<Incoming, Failure> {
        if FileKind::of_name(&names::shown(name)).is_none() {
            return Err(failure(UploadError::Unsupported(name.to_owned())));
        }
        let (owner, length) = (self.target.owner, self.length);
        let begun =
            self.state.run(move |library| library.begin_upload(owner, length).map_err(failure));
        take_in(begun.await?, field).await
    }

    async fn sidecar(&self, field: Field<'_>, name: &str) -> Result<Incoming, Failure> {
        if extension(&names::shown(name)).as_deref() != Some(SIDECAR_EXTENSION) {
            return Err(failure(UploadError::Unsupported(name.to_owned())));
        }
        let begun = self.state.run(|library| library.begin_sidecar().map_err(failure));
        take_in(begun.await?, field).await
    }
}

/// Streams a part into an incoming file.
async fn take_in(incoming: Incoming, mut field: Field<'_>) -> Result<Incoming, Failure> {
    let refused = |error| failure(UploadError::from(error));
    let mut intake = Intake::new(incoming);
    while let Some(piece) = field.chunk().await.map_err(unreadable)? {
        intake.push(piece).await.map_err(refused)?;
    }
    intake.finish().await.map_err(refused)
}

async fn text(mut field: Field<'_>) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(unreadable)? {
        if bytes.len() + piece.len() > TEXT_BYTES_MAX {
            return Err(Failure::bad_request("Field value too long"));
        }
        bytes.extend_from_slice(&piece);
    }
    String::from_utf8(bytes).map_err(|_| Failure::bad_request("A field is not UTF-8 text"))
}

/// A form that breaks off or is none.
fn unreadable(error: MultipartError) -> Failure {
    Failure::bad_request(format!("Unreadable form: {error}"))
}

/// Reads on for a while, for the sake of a client that has not finished sending.
fn discard(mut multipart: Multipart) {
    intake::for_a_while(async move { while let Ok(Some(_)) = multipart.next_field().await {} });
}

/// An upload's refusal in the dialect's words (contract immich §D2.3).
fn failure(error: UploadError) -> Failure {
    match error {
        UploadError::Unsupported(_)
        | UploadError::NoLiveVideo
        | UploadError::LiveVideoIsNoVideo
        | UploadError::ForeignLiveVideo
        | UploadError::Quota
        | UploadError::SidecarSize => Failure::bad_request(error.to_string()),
        UploadError::DiskFull => {
            Failure::new(StatusCode::INSUFFICIENT_STORAGE, "Not enough free disk space")
        }
        UploadError::Catalog(cause) => Failure::catalog(cause),
        UploadError::NoLibrary | UploadError::Io(_) => {
            tracing::error!(error = &error as &dyn std::error::Error, "an upload failed");
            Failure::failed_to("upload asset")
        }
    }
}
