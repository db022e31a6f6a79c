//! Every operation of the dialect that is served, one file each or one for a small family, holding
//! its documentation, its handler and what only it needs.
//!
//! An operation is registered with `Routes::serve`, which asks for its `Entry`: who may use it.
//! The entry travels with each request to `Asked`, which enforces it, and
//! into the table of routes in `docs/`.

mod accounts;
mod activities;
mod admin_onboarding;
mod albums_assets;
mod albums_edit;
mod albums_list;
mod albums_users;
mod asset_files;
mod assets_delete;
mod assets_get;
mod assets_jobs;
mod assets_known;
mod assets_metadata;
mod assets_ocr;
mod assets_statistics;
mod assets_update;
mod assets_upload;
mod auth_login;
mod auth_logout;
mod auth_validate_token;
mod cookies;
mod downloads;
mod faces;
mod jobs;
mod libraries;
mod map;
mod memories;
mod notifications;
mod outside;
mod partners;
mod people;
mod search;
mod search_explore;
mod server_figures;
mod server_info;
mod server_ping;
mod server_version;
mod shared_links;
mod shared_links_visit;
mod stacks;
mod tags;
mod timeline_bucket;
mod timeline_buckets;
mod unknown;
mod view_folder;

use std::collections::BTreeMap;

use axum::Extension;
use axum::extract::DefaultBodyLimit;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::MethodRouter;
use kalends_http_kit::credentials::SESSION_COOKIE;
use kalends_http_kit::{correlation, security};
use utoipa::openapi::path::{PathItem, Paths};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, Info, OpenApi, OpenApiBuilder, RefOr};
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};
use utoipa_axum::routes as handler;

use crate::entry::Entry;
use crate::error::envelope;
use crate::origin::refuse_foreign_writes;
use crate::state::ImmichState;
pub use outside::{icon_route, outside_routes};
pub use unknown::unknown_route;

/// Every operation, to be nested under `/api`, with the dialect's answer to unknown addresses
/// there and to wrong methods.
pub fn routes(state: ImmichState) -> OpenApiRouter {
    layered(every().into_router(document()).fallback(unknown_route), state)
}

/// The timeline operations alone, for addresses without `/api`. They are the same operations, so
/// the OpenAPI document need not list them twice.
pub fn timeline_routes(state: ImmichState) -> axum::Router {
    layered(timeline(Routes::default()).into_router(OpenApi::default()), state).into()
}

/// The operations with who may use them, as a table in Markdown, for `docs/`.
pub fn route_table() -> String {
    let mut lines: Vec<String> = every().entries.iter().map(Registered::line).collect();
    lines.sort_unstable();
    let head = "| operation | who may use it |\n|---|---|\n";
    lines.into_iter().fold(head.to_owned(), |table, line| table + &line)
}

/// Every operation. One line each, by area.
fn every() -> Routes {
    let routes = Routes::default()
        // Every client: is this a server, and which?
        .serve(Entry::public(), handler!(server_ping::ping))
        .serve(Entry::public(), handler!(server_version::version))
        // Every client: signing in and out.
        .serve(Entry::public().body_up_to(16 * 1_024), handler!(auth_login::login))
        .serve(Entry::all(), handler!(auth_logout::logout))
        .serve(Entry::any_key(), handler!(auth_validate_token::validate_token))
        // One asset.
        .serve(Entry::named("asset.read").links(), handler!(assets_get::get_asset_info))
        .serve(Entry::named("asset.read"), handler!(assets_ocr::get_asset_ocr));
    let routes = accounts::serve(external_libraries(organisation(sharing(albums(routes)))));
    let routes = server(routes);
    let routes = memories(searches(changes(routes)));
    timeline(files(uploads(routes)))
}

/// What the server is, has and does.
fn server(routes: Routes) -> Routes {
    routes
        .serve(Entry::public(), handler!(server_version::version_history))
        .serve(Entry::public(), handler!(server_info::config))
        .serve(Entry::public(), handler!(server_info::features))
        .serve(Entry::public(), handler!(server_info::media_types))
        .serve(Entry::public(), handler!(server_info::theme))
        .serve(Entry::named("server.about"), handler!(server_info::about))
        .serve(Entry::named("server.storage"), handler!(server_figures::storage))
        .serve(Entry::named("server.statistics").admin(), handler!(server_figures::statistics))
        .serve(Entry::named("systemMetadata.read").admin(), handler!(admin_onboarding::get))
        .serve(Entry::named("systemMetadata.update").admin(), handler!(admin_onboarding::update))
        .serve(Entry::named("job.read").admin(), handler!(jobs::list))
        .serve(Entry::named("job.create").admin(), handler!(jobs::command))
        .serve(Entry::named("job.create").admin(), handler!(jobs::create))
        .serve(Entry::named("notification.read"), handler!(notifications::list))
        .serve(Entry::named("notification.read"), handler!(notifications::one))
        .serve(Entry::named("notification.update"), handler!(notifications::update_all))
        .serve(Entry::named("notification.delete"), handler!(notifications::delete_all))
        .serve(Entry::named("notification.delete"), handler!(notifications::delete_one))
}

/// Albums and what is said about them.
fn albums(routes: Routes) -> Routes {
    routes
        .serve(Entry::named("album.read"), handler!(albums_list::get_all_albums))
        .serve(Entry::named("album.create"), handler!(albums_edit::create_album))
        .serve(Entry::named("album.statistics"), handler!(albums_list::get_album_statistics))
        .serve(
            Entry::named("albumAsset.create").links(),
            handler!(albums_assets::add_assets_to_albums),
        )
        .serve(Entry::named("album.read").links(), handler!(albums_list::get_album_info))
        .serve(Entry::named("album.update"), handler!(albums_edit::update_album_info))
        .serve(Entry::named("album.delete"), handler!(albums_edit::delete_album))
        .serve(
            Entry::named("albumAsset.create").links(),
            handler!(albums_assets::add_assets_to_album),
        )
        .serve(Entry::named("albumAsset.delete"), handler!(albums_assets::remove_asset_from_album))
        .serve(Entry::named("albumUser.create"), handler!(albums_users::add_users_to_album))
        .serve(Entry::named("albumUser.update"), handler!(albums_users::update_album_user))
        .serve(Entry::named("albumUser.delete"), handler!(albums_users::remove_user_from_album))
        .serve(Entry::named("activity.read"), handler!(activities::get_activities))
        .serve(Entry::named("activity.create"), handler!(activities::create_activity))
        .serve(Entry::named("activity.statistics"), handler!(activities::get_activity_statistics))
        .serve(Entry::named("activity.delete"), handler!(activities::delete_activity))
}

/// People and their faces, tags, stacks.
fn organisation(routes: Routes) -> Routes {
    routes
        // People and their faces.
        .serve(Entry::named("person.read"), handler!(people::get_all_people))
        .serve(Entry::named("person.create"), handler!(people::create_person))
        .serve(Entry::named("person.update"), handler!(people::update_people))
        .serve(Entry::named("person.delete"), handler!(people::delete_people))
        .serve(Entry::named("person.read"), handler!(people::get_person))
        .serve(Entry::named("person.update"), handler!(people::update_person))
        .serve(Entry::named("person.delete"), handler!(people::delete_person))
        .serve(Entry::named("person.merge"), handler!(people::merge_person))
        .serve(Entry::named("person.reassign"), handler!(people::reassign_faces))
        .serve(Entry::named("person.statistics"), handler!(people::get_person_statistics))
        .serve(Entry::named("person.read"), handler!(people::get_person_thumbnail))
        .serve(Entry::named("face.read"), handler!(faces::get_faces))
        .serve(Entry::named("face.create"), handler!(faces::create_face))
        .serve(Entry::named("face.update"), handler!(faces::reassign_faces_by_id))
        .serve(Entry::named("face.delete"), handler!(faces::delete_face))
        // Tags.
        .serve(Entry::named("tag.read"), handler!(tags::get_all_tags))
        .serve(Entry::named("tag.create"), handler!(tags::create_tag))
        .serve(Entry::named("tag.create"), handler!(tags::upsert_tags))
        .serve(Entry::named("tag.asset"), handler!(tags::bulk_tag_assets))
        .serve(Entry::named("tag.read"), handler!(tags::get_tag_by_id))
        .serve(Entry::named("tag.update"), handler!(tags::update_tag))
        .serve(Entry::named("tag.delete"), handler!(tags::delete_tag))
        .serve(Entry::named("tag.asset"), handler!(tags::tag_assets))
        .serve(Entry::named("tag.asset"), handler!(tags::untag_assets))
        // Stacks.
        .serve(Entry::named("stack.read"), handler!(stacks::search_stacks))
        .serve(Entry::named("stack.create"), handler!(stacks::create_stack))
        .serve(Entry::named("stack.delete"), handler!(stacks::delete_stacks))
        .serve(Entry::named("stack.read"), handler!(stacks::get_stack))
        .serve(Entry::named("stack.update"), handler!(stacks::update_stack))
        .serve(Entry::named("stack.delete"), handler!(stacks::delete_stack))
        .serve(Entry::named("stack.update"), handler!(stacks::remove_asset_from_stack))
}

/// External libraries, for administrators.
fn external_libraries(routes: Routes) -> Routes {
    routes
        .serve(Entry::named("library.read").admin(), handler!(libraries::get_all_libraries))
        .serve(Entry::named("library.create").admin(), handler!(libraries::create_library))
        .serve(Entry::named("library.read").admin(), handler!(libraries::get_library))
        .serve(Entry::named("library.update").admin(), handler!(libraries::update_library))
        .serve(Entry::named("library.delete").admin(), handler!(libraries::delete_library))
        .serve(Entry::named("library.update").admin(), handler!(libraries::scan_library))
        .serve(
            Entry::named("library.statistics").admin(),
            handler!(libraries::get_library_statistics),
        )
        .serve(Entry::all().admin(), handler!(libraries::validate))
}

/// Partners and shared links.
fn sharing(routes: Routes) -> Routes {
    routes
        .serve(Entry::named("partner.read"), handler!(partners::get_partners))
        .serve(Entry::named("partner.create"), handler!(partners::create_partner))
        .serve(Entry::named("partner.create"), handler!(partners::create_partner_by_path))
        .serve(Entry::named("partner.update"), handler!(partners::update_partner))
        .serve(Entry::named("partner.delete"), handler!(partners::remove_partner))
        .serve(Entry::named("sharedLink.read"), handler!(shared_links::get_all_shared_links))
        .serve(Entry::named("sharedLink.create"), handler!(shared_links::create_shared_link))
        .serve(
            Entry::all().links().body_up_to(16 * 1_024),
            handler!(shared_links_visit::shared_link_login),
        )
        .serve(Entry::all().links(), handler!(shared_links_visit::get_my_shared_link))
        .serve(Entry::named("sharedLink.read"), handler!(shared_links::get_shared_link_by_id))
        .serve(Entry::named("sharedLink.update"), handler!(shared_links::update_shared_link))
        .serve(Entry::named("sharedLink.delete"), handler!(shared_links::remove_shared_link))
        .serve(Entry::all().links(), handler!(shared_links::add_shared_link_assets))
        .serve(Entry::named("sharedLink.update"), handler!(shared_links::remove_shared_link_assets))
}

/// What is changed on assets, and how many there are.
fn changes(routes: Routes) -> Routes {
    const DELETE: Entry = Entry::named("asset.delete");
    routes
        .serve(Entry::named("asset.update"), handler!(assets_update::update_asset))
        .serve(Entry::named("asset.update"), handler!(assets_update::update_assets))
        .serve(DELETE, handler!(assets_delete::delete_assets))
        .serve(DELETE, handler!(assets_delete::restore_assets))
        .serve(DELETE, handler!(assets_delete::restore_trash))
        .serve(DELETE, handler!(assets_delete::empty_trash))
        .serve(Entry::named("job.create"), handler!(assets_jobs::run_asset_jobs))
        .serve(Entry::named("asset.statistics"), handler!(assets_statistics::get_asset_statistics))
        .serve(Entry::named("asset.read"), handler!(assets_statistics::get_random))
}

/// Searches, the map, folders.
fn searches(routes: Routes) -> Routes {
    const READ: Entry = Entry::named("asset.read");
    routes
        .serve(READ, handler!(search::search_assets))
        .serve(READ, handler!(search::search_random))
        .serve(READ, handler!(search::search_large_assets))
        .serve(READ, handler!(search::search_smart))
        .serve(Entry::named("asset.statistics"), handler!(search::search_asset_statistics))
        .serve(READ, handler!(search_explore::get_search_suggestions))
        .serve(READ, handler!(search_explore::get_assets_by_city))
        .serve(READ, handler!(search_explore::get_explore_data))
        .serve(READ, handler!(search_explore::search_places))
        .serve(Entry::named("person.read"), handler!(search_explore::search_person))
        .serve(Entry::named("map.read"), handler!(map::get_map_markers))
        .serve(Entry::named("map.search"), handler!(map::reverse_geocode))
        .serve(Entry::named("folder.read"), handler!(view_folder::get_unique_original_paths))
        .serve(Entry::named("folder.read"), handler!(view_folder::get_assets_by_original_path))
}

/// Memories.
fn memories(routes: Routes) -> Routes {
    routes
        .serve(Entry::named("memory.read"), handler!(memories::search_memories))
        .serve(Entry::named("memory.create"), handler!(memories::create_memory))
        .serve(Entry::named("memory.statistics"), handler!(memories::memories_statistics))
        .serve(Entry::named("memory.read"), handler!(memories::get_memory))
        .serve(Entry::named("memory.update"), handler!(memories::update_memory))
        .serve(Entry::named("memory.delete"), handler!(memories::delete_memory))
        .serve(Entry::named("memoryAsset.create"), handler!(memories::add_memory_assets))
        .serve(Entry::named("memoryAsset.delete"), handler!(memories::remove_memory_assets))
}

/// What comes in, and what is kept beside it.
fn uploads(routes: Routes) -> Routes {
    const UPLOAD: Entry = Entry::named("asset.upload");
    const READ: Entry = Entry::named("asset.read");
    const UPDATE: Entry = Entry::named("asset.update");
    routes
        .serve(UPLOAD.links().streamed(), handler!(assets_upload::upload_asset))
        .serve(UPLOAD, handler!(assets_known::check_bulk_upload))
        .serve(UPLOAD, handler!(assets_known::check_existing_assets))
        .serve(Entry::all(), handler!(assets_known::device_assets))
        .serve(READ, handler!(assets_metadata::get_metadata))
        .serve(UPDATE, handler!(assets_metadata::put_metadata))
        .serve(READ, handler!(assets_metadata::get_metadata_by_key))
        .serve(UPDATE, handler!(assets_metadata::delete_metadata))
        .serve(UPDATE, handler!(assets_metadata::put_bulk_metadata))
        .serve(UPDATE, handler!(assets_metadata::delete_bulk_metadata))
}

/// What goes out as files.
fn files(routes: Routes) -> Routes {
    const VIEW: Entry = Entry::named("asset.view").links();
    const DOWNLOAD: Entry = Entry::named("asset.download").links();
    routes
        .serve(VIEW, handler!(asset_files::view_asset))
        .serve(DOWNLOAD, handler!(asset_files::download_asset))
        .serve(VIEW, handler!(asset_files::play_asset_video))
        .serve(DOWNLOAD, handler!(downloads::download_info))
        .serve(DOWNLOAD, handler!(downloads::download_archive))
}

fn timeline(routes: Routes) -> Routes {
    const ENTRY: Entry = Entry::named("asset.read").links().open();
    routes
        .serve(ENTRY, handler!(timeline_buckets::get_time_buckets))
        .serve(ENTRY, handler!(timeline_bucket::get_time_bucket))
}

/// Operations with their entries, gathered before they become a router.
#[derive(Default)]
struct Routes {
    /// By path, since one path has one answer to methods that it lacks.
    paths: BTreeMap<String, OnePath>,
    entries: Vec<Registered>,
}

#[derive(Default)]
struct OnePath {
    schemas: Vec<(String, RefOr<Schema>)>,
    documented: Paths,
    methods: MethodRouter<ImmichState>,
}

/// An operation and who may use it.
struct Registered {
    method: &'static str,
    path: String,
    entry: Entry,
}

impl Registered {
    fn line(&self) -> String {
        format!("| `{} {}` | {} |\n", self.path, self.method, self.entry.words())
    }
}

impl Routes {
    /// Adds one operation.
    fn serve(
        mut self,
        entry: Entry,
        (schemas, documented, methods): UtoipaMethodRouter<ImmichState>,
    ) -> Self {
        let (path, item) = documented.paths.first_key_value().expect("an operation has a path");
        let path = path.clone();
        self.entries.push(Registered { method: method_of(item), path: path.clone(), entry });
        let limit = match entry.body_bytes_max() {
            Some(bytes) => DefaultBodyLimit::max(bytes),
            None => DefaultBodyLimit::disable(),
        };
        let methods: MethodRouter<ImmichState> = methods.layer(limit);
        let methods: MethodRouter<ImmichState> = methods.layer(Extension(entry));
        let known = self.paths.entry(path).or_default();
        known.schemas.extend(schemas);
        known.documented.merge(documented);
        known.methods = std::mem::take(&mut known.methods).merge(methods);
        self
    }

    /// The router. Methods that an address does not have are answered as if the address did not
    /// exist.
    fn into_router(self, document: OpenApi) -> OpenApiRouter<ImmichState> {
        let router = OpenApiRouter::with_openapi(document);
        self.paths.into_values().fold(router, |router, path| {
            let methods = path.methods.fallback(unknown_route);
            router.routes((path.schemas, path.documented, methods))
        })
    }
}

fn method_of(item: &PathItem) -> &'static str {
    let documented = [
        (&item.get, "GET"),
        (&item.post, "POST"),
        (&item.put, "PUT"),
        (&item.patch, "PATCH"),
        (&item.delete, "DELETE"),
    ];
    let method = documented.iter().find(|(operation, _)| operation.is_some());
    method.expect("an operation has one of these methods").1
}

/// The document's part that is about no single operation: how credentials are sent. Its title is
/// for the server to give, whose document this becomes a part of.
fn document() -> OpenApi {
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let cookie = ApiKey::Cookie(ApiKeyValue::with_description(
        SESSION_COOKIE,
        "The token of a session, as `POST /auth/login` sets it.",
    ));
    let api_key = ApiKey::Header(ApiKeyValue::with_description(
        "x-api-key",
        "An API key. The query parameter `apiKey` serves as well.",
    ));
    let components = ComponentsBuilder::new()
        .security_scheme("bearer", bearer)
        .security_scheme("cookie", SecurityScheme::ApiKey(cookie))
        .security_scheme("api_key", SecurityScheme::ApiKey(api_key));
    let info = Info::new("Kalends: the Immich dialect", env!("CARGO_PKG_VERSION"));
    let document = OpenApiBuilder::new().info(info).components(Some(components.build()));
    document.build()
}

/// Around every route, from the inside out: writes of other sites, bodies of failures, ids, headers of security.
fn layered(router: OpenApiRouter<ImmichState>, state: ImmichState) -> OpenApiRouter {
    let correlation = state.correlation.clone();
    router
        .with_state(state.clone())
        .layer(from_fn_with_state(state, refuse_foreign_writes))
        .layer(from_fn(envelope))
        .layer(from_fn_with_state(correlation, correlation::stamp))
        .layer(from_fn(security::headers))
}
