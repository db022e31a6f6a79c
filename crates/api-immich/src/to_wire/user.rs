//! Users as others see them.

use kalends_library::stored::User;

use super::dates::{database_form, instant_millis};
use crate::wire::user::UserResponseDto;

/// The colours that stand for users, in upstream's order.
pub(crate) const AVATAR_COLORS: [&str; 10] =
    ["primary", "pink", "red", "yellow", "blue", "green", "purple", "orange", "gray", "amber"];

/// A user as others see them.
pub(crate) fn user_response(user: &User) -> UserResponseDto {
    UserResponseDto {
        id: user.id.uuid(),
        email: user.email.clone(),
        name: user.name.clone(),
        profile_image_path: String::new(),
        avatar_color: color_of(&user.email),
        profile_changed_at: instant_millis(user.created_at),
    }
}

/// The same within another object, where dates have the other form (contract immich §D0).
pub(crate) fn nested_user_response(user: &User) -> UserResponseDto {
    UserResponseDto { profile_changed_at: database_form(user.created_at), ..user_response(user) }
}

/// The colour of somebody who has chosen none (contract immich §D2.2).
pub(crate) fn color_of(email: &str) -> &'static str {
    let sum: u64 = email.chars().map(|c| u64::from(u32::from(c))).sum();
    AVATAR_COLORS[(sum % AVATAR_COLORS.len() as u64) as usize]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_colour_follows_from_the_address() {
        assert_eq!(color_of(""), "primary");
        assert_eq!(color_of("a"), "orange");
        assert_eq!(color_of("b"), "gray");
    }
}
