//! `--web DIR`: any static build of a web client, served at `/` (contract immich §D1, "Static
//! hosting").
//!
//! Files are served as they are, with their compressed siblings where the build made some. Every
//! other address that a browser opens as a page is the client's own to show, so it gets the
//! client's first page. Nothing above the folder and no hidden file is served.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use kalends_http_kit::{Blocking, credentials};
use kalends_library::{Library, LinkPage};
use kalends_model::Credential;
use percent_encoding::percent_decode_str;
use tower::ServiceExt as _;
use tower_http::services::ServeDir;

/// The client's first page.
const INDEX: &str = "index.html";

/// Where builds put files whose names change with their content.
const IMMUTABLE: &str = "/_app/immutable/";

/// A client's build.
#[derive(Clone, Debug)]
pub(crate) struct WebClient {
    folder: PathBuf,
}

impl WebClient {
    /// The build in a folder, which must have a first page.
    pub(crate) fn open(folder: &Path) -> anyhow::Result<Self> {
        let found = folder.canonicalize();
        let folder = found.with_context(|| format!("open the web client {}", folder.display()))?;
        if !folder.join(INDEX).is_file() {
            bail!(
                "{} holds no {INDEX}, so it is no web client's build; name the folder that has it with --web",
                folder.display()
            );
        }
        Ok(Self { folder })
    }
}

/// What a request for a page or a file has at hand.
struct Pages {
    index: PathBuf,
    files: ServeDir,
    library: Arc<Library>,
    blocking: Blocking,
}

/// Everything that no other route answers.
pub(crate) fn routes(client: &WebClient, library: Arc<Library>, blocking: Blocking) -> Router {
    let files = ServeDir::new(&client.folder)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip();
    let index = client.folder.join(INDEX);
    let pages = Pages { index, files, library, blocking };
    Router::new().fallback(serve).with_state(Arc::new(pages))
}

async fn serve(State(pages): State<Arc<Pages>>, request: Request) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = percent_decode_str(request.uri().path()).decode_utf8();
    let path = path.map(|path| path.into_owned()).unwrap_or_default();
    if !is_read || !is_plain(&path) {
        return StatusCode::NOT_FOUND.into_response();
    }
    let wants_page = wants_page(&path, request.headers());
    let link = link_of(request.uri(), request.headers());
    if link.is_none()
        && !path.ends_with('/')
        && path != format!("/{INDEX}")
        && let Some(file) = pages.file(&path, request).await
    {
        return file;
    }
    match wants_page {
        true => pages.page(link).await,
        false => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Whether a path names nothing hidden, and nothing outside.
fn is_plain(path: &str) -> bool {
    let is_visible = |part: &str| !part.starts_with('.') && !part.contains(['\\', '\0']);
    path.starts_with('/') && path.split('/').all(is_visible)
}

/// Whether a browser asks for a page here: it says so, or it takes anything and the address looks
/// like no file.
fn wants_page(path: &str, headers: &HeaderMap) -> bool {
    if path.starts_with("/_app/") {
        return false;
    }
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let accept = accept.unwrap_or("*/*");
    let name = path.rsplit('/').next().unwrap_or_default();
    accept.contains("text/html") || (accept.contains("*/*") && !name.contains('.'))
}

/// The shared link whose page an address is.
fn link_of(uri: &Uri, headers: &HeaderMap) -> Option<Credential> {
    let first = |rest: &str| {
        let part = rest.split('/').next().filter(|part| !part.is_empty())?;
        Some(percent_decode_str(part).decode_utf8().ok()?.into_owned())
    };
    let unlocks = || credentials::unlocks(headers);
    let key = uri.path().strip_prefix("/share/").and_then(first);
    let slug = || uri.path().strip_prefix("/s/").and_then(first);
    key.map(|key| Credential::LinkKey(key, unlocks()))
        .or_else(|| slug().map(|slug| Credential::LinkSlug(slug, unlocks())))
}

impl Pages {
    /// The file at this path; `None` when there is none.
    async fn file(&self, path: &str, request: Request) -> Option<Response> {
        let Ok(response) = self.files.clone().oneshot(request).await;
        let mut response = response.map(Body::new);
        if response.status() == StatusCode::NOT_FOUND {
            return None;
        }
        let age = match path.starts_with(IMMUTABLE) {
            true => "public, max-age=31536000, immutable",
            false => "no-cache",
        };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(age));
        Some(response)
    }

    /// The client's first page. For a shared link it says what is shared; for one that is not valid
    /// the status says so.
    async fn page(&self, link: Option<Credential>) -> Response {
        let (index, library) = (self.index.clone(), Arc::clone(&self.library));
        let read = self.blocking.run(move || {
            let page = link.map(|link| library.link_page(&link)).transpose();
            std::fs::read_to_string(index).map(|index| (index, page))
        });
        let (index, page) = match read.await {
            Ok(Ok(read)) => read,
            Ok(Err(error)) => return unreadable(&error),
            Err(_) => return StatusCode::SERVICE_UNAVAILABLE.into_response(),
        };
        let (status, index) = match page {
            Ok(None) => (StatusCode::OK, index),
            Ok(Some(Some(link))) => (StatusCode::OK, with_tags(&index, &link)),
            Ok(Some(None)) => (StatusCode::NOT_FOUND, index),
            Err(error) => {
                tracing::error!(%error, "a shared link cannot be looked up");
                (StatusCode::INTERNAL_SERVER_ERROR, index)
            }
        };
        let headers = [
            (header::CONTENT_TYPE, "text/html; charset=utf-8"),
            (header::CACHE_CONTROL, "no-store"),
        ];
        (status, headers, index).into_response()
    }
}

fn unreadable(error: &io::Error) -> Response {
    tracing::error!(%error, "the web client's first page cannot be read");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// The page with OpenGraph tags, by which other sites show what a link leads to.
fn with_tags(index: &str, link: &LinkPage) -> String {
    let title = link.title.as_deref().filter(|title| !title.is_empty()).unwrap_or("Shared photos");
    let description = link.description.as_deref().unwrap_or_default();
    let tag = |property: &str, content: &str| {
        format!("<meta property=\"og:{property}\" content=\"{}\">", escaped(content))
    };
    let mut tags = tag("type", "website") + &tag("title", title);
    if !description.is_empty() {
        tags += &tag("description", description);
    }
    match index.find("</head>") {
        Some(end) => format!("{}{tags}{}", &index[..end], &index[end..]),
        None => index.to_owned(),
    }
}

/// Text as the value of an attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
