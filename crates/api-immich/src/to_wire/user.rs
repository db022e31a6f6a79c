//! Users as others see them, and as they see themselves.

use kalends_library::stored::User;

use super::dates::{database_form, instant_millis};
use crate::wire::user::{UserAdminResponseDto, UserResponseDto};

/// A user as others see them.
pub(crate) fn user_response(user: &User) -> UserResponseDto {
    UserResponseDto {
        id: user.id.uuid(),
        email: user.email.clone(),
        name: user.name.clone(),
        profile_image_path: profile_image_path(user),
        avatar_color: user.avatar_color().name(),
        profile_changed_at: instant_millis(user.profile_changed_at),
    }
}

/// The same within another object, where dates have the other form (contract immich §D0).
pub(crate) fn nested_user_response(user: &User) -> UserResponseDto {
    let profile_changed_at = database_form(user.profile_changed_at);
    UserResponseDto { profile_changed_at, ..user_response(user) }
}

/// A user as they and admins see them. Their uploads take `uploaded_bytes`.
pub(crate) fn user_admin_response(user: &User, uploaded_bytes: u64) -> UserAdminResponseDto {
    let UserResponseDto { id, email, name, profile_image_path, avatar_color, profile_changed_at } =
        user_response(user);
    UserAdminResponseDto {
        id,
        email,
        name,
        profile_image_path,
        avatar_color,
        profile_changed_at,
        storage_label: user.storage_label.clone(),
        should_change_password: user.should_change_password,
        is_admin: user.is_admin,
        created_at: instant_millis(user.created_at),
        deleted_at: user.deleted_at.map(instant_millis),
        updated_at: instant_millis(user.updated_at),
        oauth_id: String::new(),
        quota_size_in_bytes: user.quota_bytes,
        quota_usage_in_bytes: Some(uploaded_bytes),
        status: status(user),
        license: None,
    }
}

fn status(user: &User) -> &'static str {
    match (user.deleted_at, user.is_removing) {
        (None, _) => "active",
        (Some(_), false) => "deleted",
        (Some(_), true) => "removing",
    }
}

/// Clients look whether there is anything in it; the picture itself has an address of its own.
pub(crate) fn profile_image_path(user: &User) -> String {
    if user.has_profile_image { format!("profile/{}.jpeg", user.id) } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kalends_model::UserId;

    #[test]
    fn a_colour_follows_from_the_address_until_one_is_chosen() {
        let color = |email| {
            let user = User::new(UserId::from_bytes([1; 16]), email, "", 0);
            user_response(&user).avatar_color
        };
        assert_eq!(color(""), "primary");
        assert_eq!(color("a"), "orange");
        assert_eq!(color("b"), "gray");
    }

    #[test]
    fn a_user_is_active_deleted_or_removing() {
        let user = User::new(UserId::from_bytes([1; 16]), "a@b", "A", 0);
        assert_eq!(status(&user), "active");
        let deleted = User { deleted_at: Some(1), ..user };
        assert_eq!(status(&deleted), "deleted");
        assert_eq!(status(&User { is_removing: true, ..deleted }), "removing");
    }
}
