//! What a user prefers: what was chosen, and the defaults for the rest.

use kalends_library::Preferences;
use serde_json::Value;

use crate::wire::preferences::UserPreferencesDto;

/// The whole of a user's preferences. A part that cannot be read, such as one that another version
/// has written, counts as not chosen.
pub(crate) fn preferences(chosen: Preferences) -> UserPreferencesDto {
    if let Ok(whole) = serde_json::from_value(Value::Object(chosen.clone())) {
        return whole;
    }
    let is_readable = |part: &(String, Value)| {
        let alone = Value::Object([part.clone()].into_iter().collect());
        serde_json::from_value::<UserPreferencesDto>(alone).is_ok()
    };
    let readable: Preferences = chosen.into_iter().filter(is_readable).collect();
    serde_json::from_value(Value::Object(readable)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_not_chosen_is_the_default() {
        let of = |chosen: Value| {
            serde_json::to_value(preferences(chosen.as_object().unwrap().clone())).unwrap()
        };
        let defaults = json!({
            "albums": {"defaultAssetOrder": "desc"},
            "cast": {"gCastEnabled": false},
            "download": {"archiveSize": 4_294_967_296_u64, "includeEmbeddedVideos": false},
            "emailNotifications": {"enabled": true, "albumInvite": true, "albumUpdate": true},
            "folders": {"enabled": false, "sidebarWeb": false},
            "memories": {"enabled": true, "duration": 5},
            "people": {"enabled": true, "sidebarWeb": false},
            "purchase": {
                "hideBuyButtonUntil": "2022-02-12T00:00:00.000Z", "showSupportBadge": true,
            },
            "ratings": {"enabled": false},
            "sharedLinks": {"enabled": true, "sidebarWeb": false},
            "tags": {"enabled": false, "sidebarWeb": false},
        });
        assert_eq!(of(json!({})), defaults);
        let mut expected = defaults;
        expected["tags"]["enabled"] = json!(true);
        assert_eq!(of(json!({"tags": {"enabled": true}})), expected);
        assert_eq!(of(json!({"tags": {"enabled": true}, "people": {"enabled": "x"}})), expected);
    }
}
