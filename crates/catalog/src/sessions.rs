//! Sessions and API keys: what a request proves who is asking with. Only hashes of the secrets are
//! kept.

use diesel::prelude::*;
use kalends_model::{ApiKeyId, SessionId, UserId};

use crate::catalog::Reader;
use crate::error::{CatalogError, conflict};
use crate::schema::{api_keys, sessions};
use crate::stored::{Key, StoredId, ids};
use crate::users::expect_one;
use crate::writer::Writer;

/// A signed-in session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The session.
    pub id: SessionId,
    /// Who signed in.
    pub user: UserId,
    /// What kind of device signed in, as it says itself.
    pub device_type: String,
    /// The device's operating system, as it says itself.
    pub device_os: String,
    /// Microseconds since 1970.
    pub created_at: i64,
    /// When it was last used, as far as that is noted; microseconds since 1970.
    pub updated_at: i64,
    /// When it ends by itself, in microseconds since 1970.
    pub expires_at: Option<i64>,
    /// Until when the locked folder is open to it, in microseconds since 1970.
    pub elevated_until: Option<i64>,
    /// The version of the mobile app, when it was one that signed in.
    pub app_version: Option<String>,
    /// The session that opened this one, with which it ends.
    pub parent: Option<SessionId>,
    /// Whether the device is to fetch everything anew.
    pub is_pending_sync_reset: bool,
}

/// An API key, which acts as its user within its permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// The key.
    pub id: ApiKeyId,
    /// As whom it acts.
    pub user: UserId,
    /// What it is called.
    pub name: String,
    /// Names of permissions, such as `asset.read`, or `all`. None holds a space.
    pub permissions: Vec<String>,
    /// Microseconds since 1970.
    pub created_at: i64,
    /// When its name or permissions last changed, in microseconds since 1970.
    pub updated_at: i64,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
#[diesel(treat_none_as_default_value = false)]
struct StoredSession {
    id: Key,
    user: Key,
    device_type: String,
    device_os: String,
    created_at: i64,
    updated_at: i64,
    expires_at: Option<i64>,
    elevated_until: Option<i64>,
    app_version: Option<String>,
    parent: Option<Key>,
    is_pending_sync_reset: bool,
}

impl From<StoredSession> for Session {
    fn from(stored: StoredSession) -> Self {
        Self {
            id: stored.id.as_id(),
            user: stored.user.as_id(),
            device_type: stored.device_type,
            device_os: stored.device_os,
            created_at: stored.created_at,
            updated_at: stored.updated_at,
            expires_at: stored.expires_at,
            elevated_until: stored.elevated_until,
            app_version: stored.app_version,
            parent: stored.parent.map(Key::as_id),
            is_pending_sync_reset: stored.is_pending_sync_reset,
        }
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys)]
#[diesel(treat_none_as_default_value = false)]
struct StoredApiKey {
    id: Key,
    user: Key,
    name: String,
    permissions: String,
    created_at: i64,
    updated_at: i64,
}

impl From<StoredApiKey> for ApiKey {
    fn from(stored: StoredApiKey) -> Self {
        Self {
            id: stored.id.as_id(),
            user: stored.user.as_id(),
            name: stored.name,
            permissions: stored.permissions.split_whitespace().map(str::to_owned).collect(),
            created_at: stored.created_at,
            updated_at: stored.updated_at,
        }
    }
}

impl Reader<'_> {
    /// The session with this id, expired or not.
    pub fn session(&mut self, id: SessionId) -> Result<Option<Session>, CatalogError> {
        let stored = sessions::table
            .find(id.key())
            .select(StoredSession::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(Session::from))
    }

    /// The API key with this id.
    pub fn api_key(&mut self, id: ApiKeyId) -> Result<Option<ApiKey>, CatalogError> {
        let stored = api_keys::table
            .find(id.key())
            .select(StoredApiKey::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(ApiKey::from))
    }

    /// The session whose token has this SHA-256, expired or not.
    pub fn session_by_token(
        &mut self,
        token_sha256: &[u8; 32],
    ) -> Result<Option<Session>, CatalogError> {
        let stored = sessions::table
            .filter(sessions::token_sha256.eq(token_sha256.as_slice()))
            .select(StoredSession::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(Session::from))
    }

    /// The user's sessions, the last used first.
    pub fn sessions_of(&mut self, user: UserId) -> Result<Vec<Session>, CatalogError> {
        let stored = sessions::table
            .filter(sessions::user.eq(user.key()))
            .order((sessions::updated_at.desc(), sessions::id))
            .select(StoredSession::as_select())
            .load(self.connection)?;
        Ok(stored.into_iter().map(Session::from).collect())
    }

    /// The API key whose secret has this SHA-256.
    pub fn api_key_by_secret(
        &mut self,
        key_sha256: &[u8; 32],
    ) -> Result<Option<ApiKey>, CatalogError> {
        let stored = api_keys::table
            .filter(api_keys::key_sha256.eq(key_sha256.as_slice()))
            .select(StoredApiKey::as_select())
            .first(self.connection)
            .optional()?;
        Ok(stored.map(ApiKey::from))
    }

    /// The user's API keys, the oldest first.
    pub fn api_keys_of(&mut self, user: UserId) -> Result<Vec<ApiKey>, CatalogError> {
        let stored = api_keys::table
            .filter(api_keys::user.eq(user.key()))
            .order((api_keys::created_at, api_keys::id))
            .select(StoredApiKey::as_select())
            .load(self.connection)?;
        Ok(stored.into_iter().map(ApiKey::from).collect())
    }
}

impl Writer<'_> {
    /// Adds a session whose token has this SHA-256.
    pub fn create_session(
        &mut self,
        session: &Session,
        token_sha256: &[u8; 32],
    ) -> Result<(), CatalogError> {
        let stored = StoredSession {
            id: session.id.key(),
            user: session.user.key(),
            device_type: session.device_type.clone(),
            device_os: session.device_os.clone(),
            created_at: session.created_at,
            updated_at: session.updated_at,
            expires_at: session.expires_at,
            elevated_until: session.elevated_until,
            app_version: session.app_version.clone(),
            parent: session.parent.map(StoredId::key),
            is_pending_sync_reset: session.is_pending_sync_reset,
        };
        diesel::insert_into(sessions::table)
            .values((stored, sessions::token_sha256.eq(token_sha256.as_slice())))
            .execute(self.connection)
            .map_err(conflict("this session"))?;
        self.raise_grants(session.user);
        Ok(())
    }

    /// Notes that a session was used now. It may do what it might before: grants stay.
    pub fn touch_session(&mut self, session: SessionId) -> Result<(), CatalogError> {
        let touched = diesel::update(sessions::table.find(session.key()))
            .set(sessions::updated_at.eq(self.now))
            .execute(self.connection)?;
        expect_one(touched, "session")
    }

    /// Says on what device a session is used.
    pub fn set_session_device(
        &mut self,
        session: SessionId,
        device_type: &str,
        device_os: &str,
        app_version: Option<&str>,
    ) -> Result<(), CatalogError> {
        let changed = diesel::update(sessions::table.find(session.key()))
            .set((
                sessions::device_type.eq(device_type),
                sessions::device_os.eq(device_os),
                sessions::app_version.eq(app_version),
            ))
            .execute(self.connection)?;
        expect_one(changed, "session")
    }

    /// Says whether a session's device is to fetch everything anew.
    pub fn set_session_pending_sync_reset(
        &mut self,
        session: SessionId,
        is_pending: bool,
    ) -> Result<(), CatalogError> {
        let changed = diesel::update(sessions::table.find(session.key()))
            .set(sessions::is_pending_sync_reset.eq(is_pending))
            .execute(self.connection)?;
        expect_one(changed, "session")
    }

    /// Closes the locked folder to all sessions of a user.
    pub fn lock_sessions(&mut self, user: UserId) -> Result<(), CatalogError> {
        diesel::update(sessions::table.filter(sessions::user.eq(user.key())))
            .set(sessions::elevated_until.eq(None::<i64>))
            .execute(self.connection)?;
        self.raise_grants(user);
        Ok(())
    }

    /// Forgets the sessions that have ended by themselves. Returns how many.
    pub fn delete_expired_sessions(&mut self) -> Result<usize, CatalogError> {
        let expired = sessions::table
            .filter(sessions::expires_at.is_not_null())
            .filter(sessions::expires_at.assume_not_null().le(self.now));
        Ok(diesel::delete(expired).execute(self.connection)?)
    }

    /// Opens the locked folder to a session until then, or closes it.
    pub fn set_session_elevated(
        &mut self,
        session: SessionId,
        until: Option<i64>,
    ) -> Result<(), CatalogError> {
        let user = diesel::update(sessions::table.find(session.key()))
            .set(sessions::elevated_until.eq(until))
            .returning(sessions::user)
            .get_result::<Key>(self.connection)
            .optional()?;
        self.raise_grants(user.ok_or(CatalogError::NotFound("session"))?.as_id());
        Ok(())
    }

    /// Signs a session out.
    pub fn delete_session(&mut self, session: SessionId) -> Result<(), CatalogError> {
        let user = diesel::delete(sessions::table.find(session.key()))
            .returning(sessions::user)
            .get_result::<Key>(self.connection)
            .optional()?;
        self.raise_grants(user.ok_or(CatalogError::NotFound("session"))?.as_id());
        Ok(())
    }

    /// Signs the user out everywhere but in `kept`. Returns the sessions that ended, ascending.
    pub fn delete_other_sessions(
        &mut self,
        user: UserId,
        kept: Option<SessionId>,
    ) -> Result<Vec<SessionId>, CatalogError> {
        let all = sessions::table
            .filter(sessions::user.eq(user.key()))
            .order(sessions::id)
            .select(sessions::id)
            .load::<Key>(self.connection)?;
        let mut ended: Vec<SessionId> = ids(all);
        ended.retain(|session| Some(*session) != kept);
        if let Some(kept) = kept {
            diesel::update(sessions::table.find(kept.key()))
                .set(sessions::parent.eq(None::<Key>))
                .execute(self.connection)?;
        }
        for session in &ended {
            // One that another had opened may have gone with it.
            diesel::delete(sessions::table.find(session.key())).execute(self.connection)?;
        }
        self.raise_grants(user);
        Ok(ended)
    }

    /// Adds an API key whose secret has this SHA-256.
    pub fn create_api_key(
        &mut self,
        key: &ApiKey,
        key_sha256: &[u8; 32],
    ) -> Result<(), CatalogError> {
        let stored = StoredApiKey {
            id: key.id.key(),
            user: key.user.key(),
            name: key.name.clone(),
            permissions: key.permissions.join(" "),
            created_at: key.created_at,
            updated_at: key.updated_at,
        };
        diesel::insert_into(api_keys::table)
            .values((stored, api_keys::key_sha256.eq(key_sha256.as_slice())))
            .execute(self.connection)
            .map_err(conflict("this API key"))?;
        self.raise_grants(key.user);
        Ok(())
    }

    /// Replaces an API key's name and permissions.
    pub fn update_api_key(&mut self, key: &ApiKey) -> Result<(), CatalogError> {
        let changed = diesel::update(api_keys::table.find(key.id.key()))
            .set((
                api_keys::name.eq(&key.name),
                api_keys::permissions.eq(key.permissions.join(" ")),
                api_keys::updated_at.eq(self.now),
            ))
            .execute(self.connection)?;
        self.raise_grants(key.user);
        expect_one(changed, "API key")
    }

    /// Removes an API key.
    pub fn delete_api_key(&mut self, key: ApiKeyId) -> Result<(), CatalogError> {
        let user = diesel::delete(api_keys::table.find(key.key()))
            .returning(api_keys::user)
            .get_result::<Key>(self.connection)
            .optional()?;
        self.raise_grants(user.ok_or(CatalogError::NotFound("API key"))?.as_id());
        Ok(())
    }
}
