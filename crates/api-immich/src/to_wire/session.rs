//! Sessions and API keys.

use kalends_library::stored::{ApiKey, Session};
use kalends_model::SessionId;

use super::dates::instant_millis;
use crate::wire::session::{ApiKeyResponseDto, SessionResponseDto};

/// A session, as the one called `current` sees it.
pub(crate) fn session_response(
    session: &Session,
    current: Option<SessionId>,
) -> SessionResponseDto {
    SessionResponseDto {
        id: session.id.uuid(),
        created_at: instant_millis(session.created_at),
        updated_at: instant_millis(session.updated_at),
        expires_at: session.expires_at.map(instant_millis),
        current: current == Some(session.id),
        app_version: session.app_version.clone(),
        device_os: session.device_os.clone(),
        device_type: session.device_type.clone(),
        is_pending_sync_reset: session.is_pending_sync_reset,
    }
}

/// An API key, without its secret.
pub(crate) fn api_key_response(key: &ApiKey) -> ApiKeyResponseDto {
    ApiKeyResponseDto {
        id: key.id.uuid(),
        name: key.name.clone(),
        permissions: key.permissions.clone(),
        created_at: instant_millis(key.created_at),
        updated_at: instant_millis(key.updated_at),
    }
}
