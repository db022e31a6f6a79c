//! What a user prefers, in words that only a dialect knows: a JSON object of what differs from that
//! dialect's defaults. Here it is merged and kept.

use kalends_catalog::CatalogError;
use kalends_model::UserId;
use serde_json::{Map, Value};

use crate::library::Library;

/// Preferences: an object, whose values may be objects.
pub type Preferences = Map<String, Value>;

impl Library {
    /// What the user has chosen.
    pub fn preferences(&self, user: UserId) -> Result<Preferences, CatalogError> {
        let json = self.read(|reader| reader.preferences(user))?;
        Ok(parse(&json.ok_or(CatalogError::NotFound("user"))?))
    }

    /// Takes a part of the preferences: objects are merged, everything else is replaced. Returns
    /// the whole.
    pub fn merge_preferences(
        &self,
        user: UserId,
        changes: Preferences,
    ) -> Result<Preferences, CatalogError> {
        self.write(|writer| {
            let json = writer.preferences(user)?.ok_or(CatalogError::NotFound("user"))?;
            let mut whole = parse(&json);
            merge(&mut whole, changes);
            writer.set_preferences(user, &Value::Object(whole.clone()).to_string())?;
            Ok(whole)
        })
    }
}

/// What is no object counts as none: preferences are a convenience and never a reason to fail.
fn parse(json: &str) -> Preferences {
    serde_json::from_str(json).unwrap_or_default()
}

/// Puts `changes` into `whole`, objects into objects.
pub fn merge(whole: &mut Preferences, changes: Preferences) {
    for (key, change) in changes {
        match (whole.get_mut(&key), change) {
            (Some(Value::Object(inner)), Value::Object(change)) => merge(inner, change),
            (_, change) => {
                whole.insert(key, change);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_are_merged_and_everything_else_replaced() {
        let object = |value: Value| value.as_object().unwrap().clone();
        let mut whole = object(json!({"a": {"x": 1, "y": [1]}, "b": 2}));
        merge(&mut whole, object(json!({"a": {"y": [2]}, "b": {"z": 3}, "c": null})));
        assert_eq!(whole, object(json!({"a": {"x": 1, "y": [2]}, "b": {"z": 3}, "c": null})));
        assert!(parse("[1]").is_empty() && parse("").is_empty());
    }
}
