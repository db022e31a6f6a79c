//! Users, how they sign in, and whom they share with.

use super::{COUNT, col, is_object, opt};
use crate::portable::Holds::{Bytes, Flag, Hex, Id, Instant, Json, LowerText, Name, Text, Words};
use crate::portable::{Names, Table};
use crate::users::AvatarColor;

/// The largest portrait, in bytes.
const PORTRAIT_BYTES_MAX: usize = 32 << 20;

pub(super) const SETTING: Table = Table {
    kind: "setting",
    says: "What the server remembers about itself.",
    name: "settings",
    beside: None,
    derived: &[],
    key: &["key"],
    columns: &[col("key", Text, "Its name."), col("value", Text, "Its value.")],
};

pub(super) const USER: Table = Table {
    kind: "user",
    says: "Somebody who signs in and owns assets.",
    name: "users",
    beside: None,
    derived: &["has_profile_image"],
    key: &["id"],
    columns: &[
        col("id", Id, "The user."),
        col("email", LowerText, "The address to sign in with; unique."),
        col("name", Text, "What the user is called."),
        opt("password_hash", Text, "Argon2 in PHC form, or bcrypt; without one nobody signs in."),
        opt("pin_hash", Text, "The hash of the PIN that opens the locked folder."),
        opt(
            "avatar_color",
            Name(Names::of::<AvatarColor>()),
            "The name of the colour that stands for the user.",
        ),
        opt("storage_label", Text, "The user's folder of uploads, if not the id; unique."),
        col("preferences", Json(is_object), "What the user chose otherwise than the defaults.")
            .or_text("{}"),
        col("is_onboarded", Flag, "Whether the first steps have been shown.").or(1),
        col("is_admin", Flag, "Whether the user may manage others.").or(0),
        col("should_change_password", Flag, "Whether somebody else set the password.").or(0),
        opt("quota_bytes", COUNT, "The most bytes that uploads may take."),
        col("created_at", Instant, "When the user was made."),
        col("updated_at", Instant, "When the user was last changed.").like("created_at"),
        col("profile_changed_at", Instant, "When the portrait was last changed.")
            .like("created_at"),
        opt("deleted_at", Instant, "When the user was deleted."),
        col("is_removing", Flag, "Whether all that the user has is being removed.").or(0),
        col("version", COUNT, "The number of the last change; names a state of the timeline.")
            .or(0),
        col("grants_version", COUNT, "Counts what changed in what the user may see.").or(0),
    ],
};

pub(super) const PROFILE_IMAGE: Table = Table {
    kind: "profile-image",
    says: "The portrait of a user.",
    name: "profile_images",
    beside: None,
    derived: &[],
    key: &["user"],
    columns: &[
        col("user", Id, "Whose portrait."),
        col("jpeg", Bytes(PORTRAIT_BYTES_MAX), "The picture, as JPEG."),
    ],
};

pub(super) const API_KEY: Table = Table {
    kind: "api-key",
    says: "A key that a program signs in with.",
    name: "api_keys",
    beside: None,
    derived: &[],
    key: &["id"],
    columns: &[
        col("id", Id, "The key."),
        col("user", Id, "Whose key."),
        col("name", Text, "What it is for."),
        col("key_sha256", Hex(32, 32), "SHA-256 of the secret, which is not kept."),
        col("permissions", Words, "What it may do: names such as `asset.read`, or `all`."),
        col("created_at", Instant, "When it was made."),
        col("updated_at", Instant, "When it was last changed.").like("created_at"),
    ],
};

pub(super) const SESSION: Table = Table {
    kind: "session",
    says: "A device that is signed in. Exported only with `--sessions`.",
    name: "sessions",
    beside: None,
    derived: &[],
    key: &["id"],
    columns: &[
        col("id", Id, "The session."),
        col("user", Id, "Whose session."),
        col("token_sha256", Hex(32, 32), "SHA-256 of the secret, which is not kept."),
        col("device_type", Text, "What the device is.").or_text(""),
        col("device_os", Text, "Its operating system.").or_text(""),
        opt("app_version", Text, "The version of the app that signed in."),
        opt("parent", Id, "The session that opened this one, with which it ends."),
        col("is_pending_sync_reset", Flag, "Whether the device is to fetch all anew.").or(0),
        col("created_at", Instant, "When it began."),
        col("updated_at", Instant, "When it was last used."),
        opt("expires_at", Instant, "When it ends."),
        opt("elevated_until", Instant, "Until when the locked folder is open to it."),
    ],
};

pub(super) const PARTNER: Table = Table {
    kind: "partner",
    says: "That a user shares the timeline with another.",
    name: "partners",
    beside: None,
    derived: &[],
    key: &["shared_by", "shared_with"],
    columns: &[
        col("shared_by", Id, "Who shares."),
        col("shared_with", Id, "With whom."),
        col("in_timeline", Flag, "Whether the other shows it in the own timeline.").or(0),
    ],
};
