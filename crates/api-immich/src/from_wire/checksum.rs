//! Checksums as clients send them: SHA-1 in base64 or in hexadecimal digits (contract immich §D2.3).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Reads a SHA-1. `None` for anything else, which no file has.
pub(crate) fn sha1(text: &str) -> Option<[u8; 20]> {
    match text.len() {
        28 => STANDARD.decode(text).ok()?.try_into().ok(),
        40 => hex(text.as_bytes()),
        _ => None,
    }
}

fn hex(digits: &[u8]) -> Option<[u8; 20]> {
    let digit = |byte: u8| char::from(byte).to_digit(16).map(|digit| digit as u8);
    let mut hash = [0; 20];
    for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_are_read() {
        let hash: [u8; 20] = std::array::from_fn(|at| (at * 13) as u8);
        let digits: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        for text in [STANDARD.encode(hash), digits.to_uppercase(), digits] {
            assert_eq!(sha1(&text), Some(hash), "{text}");
        }
    }

    #[test]
    fn anything_else_is_none() {
        for text in ["", "abc", &"g".repeat(40), &"é".repeat(20), &"=".repeat(28), &"a".repeat(41)]
        {
            assert_eq!(sha1(text), None, "{text}");
        }
    }
}
