//! Tokens and passwords: made here, checked here, and never kept as they are.
//!
//! A token is 32 random bytes and only its SHA-256 is stored: it cannot be guessed, so a slow hash
//! would protect nothing. A password is stored as an argon2id hash. A bcrypt hash, such as an
//! imported user brings along, is checked too, but never made.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest, Sha256};

use crate::clock::Randomness;

/// The longest password that is looked at, in bytes.
pub const PASSWORD_BYTES_MAX: usize = 1_024;

/// A new secret of 32 random bytes as letters and digits.
pub fn new_token(randomness: &dyn Randomness) -> String {
    let mut bytes = [0; 32];
    randomness.fill(&mut bytes);
    let text = STANDARD_NO_PAD.encode(bytes);
    text.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// What is stored of a token.
pub fn token_digest(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// What is stored of a password: an argon2id hash in PHC form, with a salt of 16 random bytes.
pub fn hash_password(password: &str, randomness: &dyn Randomness) -> String {
    let hash =
        Argon2::default().hash_password_with_salt(password.as_bytes(), &randomness.id_bytes());
    hash.expect("the default parameters and a salt of 16 bytes are valid").to_string()
}

/// Whether `password` is the one that `stored` was made of. An unknown form of hash is never right.
pub fn verify_password(password: &str, stored: &str) -> bool {
    if password.len() > PASSWORD_BYTES_MAX {
        return false;
    }
    if stored.starts_with("$2") {
        return bcrypt::verify(password, stored).unwrap_or(false);
    }
    PasswordHash::new(stored)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Bytes that count up: enough to tell two fillings apart.
    struct Counting(std::sync::atomic::AtomicU8);

    impl Randomness for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill_with(|| self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    fn counting() -> Counting {
        Counting(0.into())
    }

    #[test]
    fn a_password_opens_only_its_own_hash() {
        let randomness = counting();
        let hash = hash_password("correct horse", &randomness);
        assert!(hash.starts_with("$argon2id$"));
        assert_ne!(hash, hash_password("correct horse", &randomness), "salts differ");
        assert!(verify_password("correct horse", &hash));
        assert!(!verify_password("correct hors", &hash));
        assert!(!verify_password("", &hash));
    }

    #[test]
    fn imported_bcrypt_hashes_are_checked() {
        let hash = bcrypt::hash("password1", 4).unwrap();
        assert!(verify_password("password1", &hash));
        assert!(!verify_password("password2", &hash));
    }

    #[test]
    fn a_damaged_hash_opens_to_nobody() {
        for stored in ["", "plain", "$2b$10$short", "$argon2id$v=19$m=1", "$argon2id$$$$"] {
            assert!(!verify_password("", stored) && !verify_password("plain", stored), "{stored}");
        }
    }

    #[test]
    fn an_endless_password_is_refused_unhashed() {
        let long = "x".repeat(PASSWORD_BYTES_MAX + 1);
        assert!(!verify_password(&long, &hash_password(&long, &counting())));
    }

    #[test]
    fn tokens_are_letters_and_digits_and_differ() {
        let randomness = counting();
        let (first, second) = (new_token(&randomness), new_token(&randomness));
        assert_ne!(first, second);
        assert!(first.len() > 30 && first.chars().all(|c| c.is_ascii_alphanumeric()));
        assert_ne!(token_digest(&first), token_digest(&second));
    }
}
