//! A user's API keys: made, changed, removed. A key acts as its user, within its permissions.

use kalends_catalog::{ApiKey, CatalogError};
use kalends_model::ApiKeyId;

use crate::library::Library;
use crate::secrets::{new_token, token_digest};
use crate::viewer::{ALL_PERMISSIONS, Viewer};

/// Why a key was not made, changed or removed.
#[derive(Debug, thiserror::Error)]
pub enum ApiKeyError {
    /// The viewer has no key of this id.
    #[error("there is no such API key")]
    NotFound,
    /// A key would give more than it has.
    #[error("an API key cannot grant permissions that it does not have")]
    Exceeds,
    /// The viewer is no key.
    #[error("this is not asked by an API key")]
    NotAKey,
    /// The catalog failed.
    #[error(transparent)]
    Catalog(CatalogError),
}

impl From<CatalogError> for ApiKeyError {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::NotFound(_) => Self::NotFound,
            error => Self::Catalog(error),
        }
    }
}

impl Library {
    /// The keys of the viewer's user, the oldest first.
    pub fn api_keys(&self, viewer: &Viewer) -> Result<Vec<ApiKey>, CatalogError> {
        self.read(|reader| reader.api_keys_of(viewer.user()))
    }

    /// One of the viewer's keys.
    pub fn api_key(&self, viewer: &Viewer, id: ApiKeyId) -> Result<ApiKey, ApiKeyError> {
        let key = self.read(|reader| reader.api_key(id))?;
        key.filter(|key| key.user == viewer.user()).ok_or(ApiKeyError::NotFound)
    }

    /// The key by which the viewer asks.
    pub fn current_api_key(&self, viewer: &Viewer) -> Result<ApiKey, ApiKeyError> {
        let Viewer::ApiKey { key, .. } = viewer else { return Err(ApiKeyError::NotAKey) };
        self.api_key(viewer, *key)
    }

    /// Makes a key for the viewer's user and returns it with its secret, which is not kept.
    pub fn make_api_key(
        &self,
        viewer: &Viewer,
        name: &str,
        permissions: &[String],
    ) -> Result<(ApiKey, String), ApiKeyError> {
        refuse_excess(viewer, permissions)?;
        let now = self.now();
        let key = ApiKey {
            id: self.new_id(ApiKeyId::from_random),
            user: viewer.user(),
            name: name.to_owned(),
            permissions: permissions.to_vec(),
            created_at: now,
            updated_at: now,
        };
        let secret = new_token(&*self.randomness);
        self.write(|writer| writer.create_api_key(&key, &token_digest(&secret)))?;
        Ok((key, secret))
    }

    /// Changes what is given of one of the viewer's keys, and returns it.
    pub fn change_api_key(
        &self,
        viewer: &Viewer,
        id: ApiKeyId,
        name: Option<&str>,
        permissions: Option<&[String]>,
    ) -> Result<ApiKey, ApiKeyError> {
        refuse_excess(viewer, permissions.unwrap_or_default())?;
        let mut key = self.api_key(viewer, id)?;
        // A weak key does not meddle with a stronger one.
        refuse_excess(viewer, &key.permissions)?;
        key.name = name.map_or(key.name, str::to_owned);
        key.permissions = permissions.map_or(key.permissions, <[String]>::to_vec);
        key.updated_at = self.now();
        self.write(|writer| writer.update_api_key(&key))?;
        Ok(key)
    }

    /// Removes one of the viewer's keys.
    pub fn remove_api_key(&self, viewer: &Viewer, id: ApiKeyId) -> Result<(), ApiKeyError> {
        self.api_key(viewer, id)?;
        Ok(self.write(|writer| writer.delete_api_key(id))?)
    }
}

/// A key may hand on only what it holds (contract immich §C4).
fn refuse_excess(viewer: &Viewer, permissions: &[String]) -> Result<(), ApiKeyError> {
    let Viewer::ApiKey { permissions: held, .. } = viewer else { return Ok(()) };
    let holds = |wanted: &String| held.iter().any(|h| h == ALL_PERMISSIONS || h == wanted);
    if permissions.iter().all(holds) { Ok(()) } else { Err(ApiKeyError::Exceeds) }
}
