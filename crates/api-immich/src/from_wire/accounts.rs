//! The bodies by which people are signed up, added and changed, and secrets replaced (contract
//! immich §B2, §C2, §C6, §D10).

use kalends_library::stored::AvatarColor;
use kalends_library::{PASSWORD_CHARS_MIN, Proof, UserChanges};
use serde_json::Value;

use super::body::{BodyFields, Sent};
use super::email::is_email;

/// What is sent of a user, whichever operation sends it.
#[derive(Default)]
pub(crate) struct SentUser {
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) color: Option<Option<AvatarColor>>,
    pub(crate) pin: Option<Option<String>>,
    pub(crate) is_admin: Option<bool>,
    pub(crate) should_change_password: Option<bool>,
    pub(crate) quota_bytes: Option<Option<u64>>,
    pub(crate) storage_label: Option<Option<String>>,
}

impl SentUser {
    /// The same, to be handed to the library.
    pub(crate) fn changes(&self) -> UserChanges<'_> {
        UserChanges {
            email: self.email.as_deref(),
            name: self.name.as_deref(),
            password: self.password.as_deref(),
            pin: self.pin.as_ref().map(Option::as_deref),
            is_admin: self.is_admin,
            should_change_password: self.should_change_password,
            quota_bytes: self.quota_bytes,
            color: self.color,
            storage_label: self.storage_label.as_ref().map(Option::as_deref),
            is_onboarded: None,
        }
    }
}

/// The address, name and password of somebody new.
pub(crate) fn sign_up(fields: &mut BodyFields<'_>) -> SentUser {
    let email = required_email(fields);
    let password = required_password(fields, "password");
    let name = fields.required_text("name").to_owned();
    SentUser {
        email: Some(email),
        name: Some(name),
        password: Some(password),
        ..SentUser::default()
    }
}

/// Somebody whom an admin adds.
pub(crate) fn admin_create(fields: &mut BodyFields<'_>) -> SentUser {
    let sent = sign_up(fields);
    SentUser { email: sent.email, name: sent.name, password: sent.password, ..managed(fields) }
}

/// What an admin changes of somebody.
pub(crate) fn admin_update(fields: &mut BodyFields<'_>) -> SentUser {
    let sent = update_me(fields);
    SentUser {
        email: sent.email,
        name: sent.name,
        password: sent.password,
        color: sent.color,
        ..managed(fields)
    }
}

/// What users change of themselves.
pub(crate) fn update_me(fields: &mut BodyFields<'_>) -> SentUser {
    let email = fields.any("email").is_some().then(|| required_email(fields));
    let password = fields.any("password").is_some().then(|| required_password(fields, "password"));
    let name = fields.any("name").is_some().then(|| fields.required_text("name").to_owned());
    SentUser { email, name, password, color: color(fields, "avatarColor"), ..SentUser::default() }
}

/// What only an admin says of somebody.
fn managed(fields: &mut BodyFields<'_>) -> SentUser {
    let quota = fields.nullable_integer("quotaSizeInBytes", 0, i64::MAX);
    SentUser {
        color: color(fields, "avatarColor"),
        pin: nullable_pin(fields, "pinCode").map(str::to_owned).change(),
        is_admin: fields.boolean("isAdmin"),
        should_change_password: fields.boolean("shouldChangePassword"),
        quota_bytes: quota.map(i64::unsigned_abs).change(),
        // An empty label is none, as upstream has it.
        storage_label: fields
            .nullable_text("storageLabel")
            .change()
            .map(|label| label.filter(|label| !label.is_empty()).map(str::to_owned)),
        ..SentUser::default()
    }
}

/// A colour or `null`.
fn color(fields: &mut BodyFields<'_>, name: &str) -> Option<Option<AvatarColor>> {
    if fields.any(name).is_some_and(Value::is_null) {
        return Some(None);
    }
    chosen_color(fields, name).map(Some)
}

/// A colour that may be absent.
pub(crate) fn chosen_color(fields: &mut BodyFields<'_>, name: &str) -> Option<AvatarColor> {
    fields.choice(name, &AvatarColor::ALL.map(|color| (color.name(), color)))
}

fn required_email(fields: &mut BodyFields<'_>) -> String {
    let email = fields.any("email").and_then(Value::as_str).unwrap_or("").to_lowercase();
    if email.is_empty() {
        fields.refuse("email", "should not be empty");
    }
    if !is_email(&email) {
        fields.refuse("email", "must be an email");
    }
    email
}

fn required_password(fields: &mut BodyFields<'_>, name: &str) -> String {
    let password = fields.required_text(name).to_owned();
    if !password.is_empty() && password.chars().count() < PASSWORD_CHARS_MIN {
        let what = format!("must be longer than or equal to {PASSWORD_CHARS_MIN} characters");
        fields.refuse(name, &what);
    }
    password
}

/// The current password and the new one.
pub(crate) fn change_password(fields: &mut BodyFields<'_>) -> (String, String) {
    let current = fields.required_text("password").to_owned();
    let new = required_password(fields, "newPassword");
    fields.boolean("invalidateSessions");
    (current, new)
}

const PIN_RULE: &str = "must be a 6-digit numeric string";

fn is_pin(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A PIN that must be there.
pub(crate) fn required_pin(fields: &mut BodyFields<'_>, name: &str) -> String {
    let pin = fields.any(name).and_then(Value::as_str).unwrap_or("");
    if !is_pin(pin) {
        fields.refuse(name, PIN_RULE);
    }
    pin.to_owned()
}

fn nullable_pin<'a>(fields: &mut BodyFields<'a>, name: &str) -> Sent<&'a str> {
    match fields.any(name) {
        None => Sent::Absent,
        Some(Value::Null) => Sent::Null,
        Some(value) => match value.as_str().filter(|pin| is_pin(pin)) {
            Some(pin) => Sent::Given(pin),
            None => {
                fields.refuse(name, PIN_RULE);
                Sent::Absent
            }
        },
    }
}

/// What is shown to prove who somebody is.
#[derive(Default)]
pub(crate) struct SentProof {
    pin: Option<String>,
    password: Option<String>,
}

impl SentProof {
    /// The same, to be handed to the library.
    pub(crate) fn proof(&self) -> Proof<'_> {
        Proof { pin: self.pin.as_deref(), password: self.password.as_deref() }
    }
}

/// The PIN or the password, or neither.
pub(crate) fn proof(fields: &mut BodyFields<'_>) -> SentProof {
    let pin = fields.any("pinCode").is_some().then(|| required_pin(fields, "pinCode"));
    let password = fields.text("password").filter(|text| !text.is_empty()).map(str::to_owned);
    SentProof { pin, password }
}

#[cfg(test)]
mod tests {
    use super::super::body::read_value;
    use super::*;
    use serde_json::json;

    fn told<T>(body: Value, read: impl FnOnce(&mut BodyFields<'_>) -> T) -> String {
        read_value(&body, read).err().map_or(String::new(), |failure| failure.words())
    }

    #[test]
    fn whoever_signs_up_says_address_name_and_password() {
        let empty = "email should not be empty; email must be an email; password must be a string; \
            password should not be empty; name must be a string; name should not be empty";
        assert_eq!(told(json!({}), sign_up), empty);
        let short = json!({"email": "A@b", "name": "A", "password": "1234567"});
        let expected = "password must be longer than or equal to 8 characters";
        assert_eq!(told(short, sign_up), expected);
        let good = json!({"email": "A@b", "name": "A", "password": "12345678"});
        let sent = read_value(&good, sign_up).unwrap();
        assert_eq!(sent.email.as_deref(), Some("a@b"));
    }

    #[test]
    fn what_is_absent_is_left_and_null_removes() {
        let sent = read_value(&json!({}), admin_update).unwrap();
        assert!(sent.email.is_none() && sent.color.is_none() && sent.quota_bytes.is_none());
        let nulls = json!({"avatarColor": null, "quotaSizeInBytes": null, "storageLabel": null,
            "pinCode": null});
        let sent = read_value(&nulls, admin_update).unwrap();
        assert_eq!((sent.color, sent.quota_bytes), (Some(None), Some(None)));
        assert_eq!((sent.storage_label, sent.pin), (Some(None), Some(None)));
        let given = json!({"avatarColor": "amber", "quotaSizeInBytes": 5, "storageLabel": "",
            "pinCode": "012345", "isAdmin": "true"});
        let sent = read_value(&given, admin_update).unwrap();
        assert_eq!(sent.color, Some(Some(AvatarColor::Amber)));
        assert_eq!((sent.quota_bytes, sent.storage_label), (Some(Some(5)), Some(None)));
        assert_eq!((sent.pin, sent.is_admin), (Some(Some("012345".into())), Some(true)));
    }

    #[test]
    fn each_wrong_field_of_a_user_is_told() {
        for (body, expected) in [
            (json!({"email": "x"}), "email must be an email"),
            (json!({"name": ""}), "name should not be empty"),
            (json!({"name": 1}), "name must be a string; name should not be empty"),
            (json!({"quotaSizeInBytes": -1}), "quotaSizeInBytes must not be less than 0"),
            (json!({"quotaSizeInBytes": 1.5}), "quotaSizeInBytes must be an integer number"),
            (json!({"pinCode": "12345"}), "pinCode must be a 6-digit numeric string"),
            (json!({"isAdmin": "yes"}), "isAdmin must be a boolean value"),
            (
                json!({"avatarColor": "mauve"}),
                "avatarColor must be one of the following values: primary, pink, red, yellow, blue, \
                 green, purple, orange, gray, amber",
            ),
        ] {
            let told = told(body.clone(), admin_update);
            assert!(told.starts_with(expected), "{body}: {told}");
        }
    }

    #[test]
    fn pins_are_six_digits() {
        let rule = "pinCode must be a 6-digit numeric string";
        for wrong in [json!(null), json!(123456), json!(""), json!("12345"), json!("１２３４５６")]
        {
            let body = json!({"pinCode": wrong});
            assert_eq!(
                told(body.clone(), |fields| required_pin(fields, "pinCode")),
                rule,
                "{body}"
            );
        }
        assert_eq!(told(json!({"pinCode": "000000"}), proof), "");
        assert_eq!(told(json!({"pinCode": "x"}), proof), rule);
        assert_eq!(told(json!({}), proof), "");
    }

    #[test]
    fn a_change_of_password_names_the_new_one() {
        let body = json!({"password": "x", "newPassword": "short"});
        let expected = "newPassword must be longer than or equal to 8 characters";
        assert_eq!(told(body, change_password), expected);
    }
}
