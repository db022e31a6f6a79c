//! A user's sessions: listed, opened for another device, ended.

use kalends_catalog::{CatalogError, Session};
use kalends_model::SessionId;

use crate::identity::Device;
use crate::library::Library;
use crate::secrets::{new_token, token_digest};
use crate::viewer::Viewer;

/// Why a session was not opened, changed or ended.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// The viewer has no session of this id.
    #[error("there is no such session")]
    NotFound,
    /// Only a session can do this, and the viewer is none.
    #[error("this needs a session")]
    NoSession,
    /// The catalog failed.
    #[error(transparent)]
    Catalog(CatalogError),
}

impl From<CatalogError> for SessionError {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::NotFound(_) => Self::NotFound,
            error => Self::Catalog(error),
        }
    }
}

impl Library {
    /// The sessions of the viewer's user that have not ended, the last used first.
    pub fn sessions(&self, viewer: &Viewer) -> Result<Vec<Session>, CatalogError> {
        self.sessions_of(viewer.user())
    }

    /// The sessions of a user that have not ended, the last used first.
    pub fn sessions_of(&self, user: kalends_model::UserId) -> Result<Vec<Session>, CatalogError> {
        let now = self.now();
        let mut sessions = self.read(|reader| reader.sessions_of(user))?;
        sessions.retain(|session| session.expires_at.is_none_or(|end| now < end));
        Ok(sessions)
    }

    /// The session by which the viewer asks, if it is one.
    pub fn current_session(&self, viewer: &Viewer) -> Result<Option<Session>, CatalogError> {
        match viewer.session() {
            Some(session) => self.read(|reader| reader.session(session)),
            None => Ok(None),
        }
    }

    /// Opens a session for another device of the same user, which ends with the viewer's own, and
    /// after `seconds` if that is given. Returns it with its token, which is not kept.
    pub fn open_session(
        &self,
        viewer: &Viewer,
        device: &Device,
        seconds: Option<u64>,
    ) -> Result<(Session, String), SessionError> {
        let parent = viewer.session().ok_or(SessionError::NoSession)?;
        let now = self.now();
        let expires_at = seconds.map(|seconds| {
            let micros = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1_000_000);
            now.saturating_add(micros)
        });
        let session = Session {
            id: self.new_id(SessionId::from_random),
            user: viewer.user(),
            device_type: device.kind.clone(),
            device_os: device.os.clone(),
            created_at: now,
            updated_at: now,
            expires_at,
            elevated_until: None,
            app_version: None,
            parent: Some(parent),
            is_pending_sync_reset: false,
        };
        let token = new_token(&*self.randomness);
        self.write(|writer| writer.create_session(&session, &token_digest(&token)))?;
        Ok((session, token))
    }

    /// Says whether the device of one of the viewer's sessions is to fetch everything anew, and
    /// returns the session.
    pub fn reset_sync(
        &self,
        viewer: &Viewer,
        id: SessionId,
        is_pending: bool,
    ) -> Result<Session, SessionError> {
        let session = self.own_session(viewer, id)?;
        self.write(|writer| writer.set_session_pending_sync_reset(id, is_pending))?;
        Ok(Session { is_pending_sync_reset: is_pending, ..session })
    }

    /// Ends one of the viewer's sessions.
    pub fn end_session(&self, viewer: &Viewer, id: SessionId) -> Result<(), SessionError> {
        self.own_session(viewer, id)?;
        Ok(self.write(|writer| writer.delete_session(id))?)
    }

    /// Ends all sessions of the viewer's user but the viewer's own. Returns those that ended.
    pub fn end_other_sessions(&self, viewer: &Viewer) -> Result<Vec<SessionId>, CatalogError> {
        self.write(|writer| writer.delete_other_sessions(viewer.user(), viewer.session()))
    }

    /// Closes the locked folder to one of the viewer's sessions.
    pub fn lock_session(&self, viewer: &Viewer, id: SessionId) -> Result<(), SessionError> {
        self.own_session(viewer, id)?;
        Ok(self.write(|writer| writer.set_session_elevated(id, None))?)
    }

    /// Forgets the sessions that have ended by themselves. Returns how many.
    pub fn forget_expired_sessions(&self) -> Result<usize, CatalogError> {
        self.write(|writer| writer.delete_expired_sessions())
    }

    fn own_session(&self, viewer: &Viewer, id: SessionId) -> Result<Session, SessionError> {
        let session = self.read(|reader| reader.session(id))?;
        session.filter(|session| session.user == viewer.user()).ok_or(SessionError::NotFound)
    }
}
