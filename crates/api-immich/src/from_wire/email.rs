//! Whether a text is an e-mail address, as far as signing in must know.

/// Whether `text` looks like an address: one `@` between a local part and a host name. No top-level
/// domain is required (contract immich §B2), so that `admin@home` is one.
pub fn is_email(text: &str) -> bool {
    const LOCAL_BYTES_MAX: usize = 64;
    const ADDRESS_BYTES_MAX: usize = 254;
    let Some((local, host)) = text.rsplit_once('@') else { return false };
    let is_short = local.len() <= LOCAL_BYTES_MAX && text.len() <= ADDRESS_BYTES_MAX;
    let is_local = !local.is_empty()
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && local.chars().all(is_local_char);
    is_short && is_local && host.split('.').all(is_label)
}

fn is_local_char(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || ".!#$%&'*+/=?^_`{|}~-".contains(c)
        || (!c.is_ascii() && !c.is_control())
}

fn is_label(label: &str) -> bool {
    let is_ok =
        |c: char| c.is_ascii_alphanumeric() || c == '-' || (!c.is_ascii() && !c.is_control());
    !label.is_empty()
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(is_ok)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_need_a_local_part_and_a_host_but_no_top_level_domain() {
        for text in ["a@b", "demo@kalends.example", "A.b+c@x-y.example", "é@exämple.org"] {
            assert!(is_email(text), "{text}");
        }
        let long = format!("{}@b", "a".repeat(65));
        for text in [
            "", "a", "@b", "a@", "a@b.", "a@-b", "a@@b", "a b@c", "a@b c", ".a@b", "a..b@c",
            "a@b..c", &long,
        ] {
            assert!(!is_email(text), "{text}");
        }
    }
}
