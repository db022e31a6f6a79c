//! The permissions of API keys, by name (contract immich §D10).

use serde_json::Value;

use super::body::BodyFields;

/// Every permission there is, in upstream's order.
const NAMES: &str = "\
    all activity.create activity.read activity.update activity.delete activity.statistics \
    apiKey.create apiKey.read apiKey.update apiKey.delete asset.read asset.update asset.delete \
    asset.statistics asset.share asset.view asset.download asset.upload asset.replace asset.copy \
    asset.derive asset.edit.get asset.edit.create asset.edit.delete album.create album.read \
    album.update album.delete album.statistics album.share album.download albumAsset.create \
    albumAsset.delete albumUser.create albumUser.update albumUser.delete auth.changePassword \
    authDevice.delete archive.read backup.list backup.download backup.upload backup.delete \
    duplicate.read duplicate.delete face.create face.read face.update face.delete folder.read \
    job.create job.read library.create library.read library.update library.delete \
    library.statistics timeline.read timeline.download maintenance map.read map.search \
    memory.create memory.read memory.update memory.delete memory.statistics memoryAsset.create \
    memoryAsset.delete notification.create notification.read notification.update \
    notification.delete partner.create partner.read partner.update partner.delete person.create \
    person.read person.update person.delete person.statistics person.merge person.reassign \
    pinCode.create pinCode.update pinCode.delete plugin.create plugin.read plugin.update \
    plugin.delete server.about server.apkLinks server.storage server.statistics \
    server.versionCheck serverLicense.read serverLicense.update serverLicense.delete \
    session.create session.read session.update session.delete session.lock sharedLink.create \
    sharedLink.read sharedLink.update sharedLink.delete stack.create stack.read stack.update \
    stack.delete sync.stream syncCheckpoint.read syncCheckpoint.update syncCheckpoint.delete \
    systemConfig.read systemConfig.update systemMetadata.read systemMetadata.update tag.create \
    tag.read tag.update tag.delete tag.asset user.read user.update userLicense.create \
    userLicense.read userLicense.update userLicense.delete userOnboarding.read \
    userOnboarding.update userOnboarding.delete userPreference.read userPreference.update \
    userProfileImage.create userProfileImage.read userProfileImage.update \
    userProfileImage.delete queue.read queue.update queueJob.create queueJob.read \
    queueJob.update queueJob.delete workflow.create workflow.read workflow.update \
    workflow.delete adminUser.create adminUser.read adminUser.update adminUser.delete \
    adminSession.read adminAuth.unlinkAll";

/// A list of permissions, at least one.
pub(crate) fn required(fields: &mut BodyFields<'_>) -> Vec<String> {
    let sent = fields.any("permissions").and_then(Value::as_array);
    let known = |value: &Value| {
        let name = value.as_str().filter(|name| NAMES.split(' ').any(|known| known == *name));
        name.map(str::to_owned)
    };
    let names: Option<Vec<String>> = sent.and_then(|list| list.iter().map(known).collect());
    if names.is_none() {
        let all = NAMES.replace(' ', ", ");
        let what = "must be one of the following values";
        fields.refuse_all(format!("each value in permissions {what}: {all}"));
    }
    if sent.is_none() {
        fields.refuse("permissions", "must be an array");
    }
    if sent.is_none_or(Vec::is_empty) {
        fields.refuse("permissions", "must contain at least 1 elements");
    }
    let mut names = names.unwrap_or_default();
    names.dedup();
    names
}

/// The same, where it may be absent.
pub(crate) fn optional(fields: &mut BodyFields<'_>) -> Option<Vec<String>> {
    fields.any("permissions").is_some().then(|| required(fields))
}

#[cfg(test)]
mod tests {
    use super::super::body::read_value;
    use super::*;
    use serde_json::json;

    #[test]
    fn only_known_permissions_are_taken() {
        let told = |body: Value| read_value(&body, required).map_err(|failure| failure.words());
        let both = json!({"permissions": ["asset.read", "all"]});
        assert_eq!(told(both), Ok(vec!["asset.read".to_owned(), "all".to_owned()]));
        let empty = "permissions must contain at least 1 elements";
        assert_eq!(told(json!({"permissions": []})), Err(empty.to_owned()));
        for wrong in [json!({"permissions": ["asset.fly"]}), json!({"permissions": ["a b"]})] {
            let words = told(wrong).unwrap_err();
            assert!(words.starts_with("each value in permissions must be one of the following"));
            assert!(words.ends_with("adminAuth.unlinkAll"), "{words}");
        }
        for wrong in [json!({}), json!({"permissions": "all"}), json!({"permissions": null})] {
            let words = told(wrong).unwrap_err();
            assert!(words.contains("; permissions must be an array; "), "{words}");
        }
        assert_eq!(read_value(&json!({}), optional).map_err(|f| f.words()), Ok(None));
    }
}
