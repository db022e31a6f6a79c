//! The shelf's dictionary: a small number for every key and every text that its rows name.
//!
//! A segment of some thousand rows names thousands of albums, persons and tags; as codes they take
//! a quarter of the memory, a search compares integers, and a filter that names a key no row of the
//! shelf has ever had is known to pass nothing before any segment is looked at.
//!
//! A dictionary only grows: codes in older segments stay true. What no row names any longer goes
//! away when the shelf is loaded anew.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::Arc;

use crate::fingerprint::mix;

/// The number of a key or a text in its shelf's dictionary.
pub(crate) type Code = u32;

/// The code of an absent text. Never given to a key.
pub(crate) const NO_CODE: Code = Code::MAX;

/// Keys (albums, persons, tags, libraries) and texts, each with its code.
#[derive(Clone, Debug, Default)]
pub(crate) struct Dictionary {
    keys: Vec<[u8; 16]>,
    key_codes: HashMap<[u8; 16], Code, KeyHash>,
    texts: Vec<Arc<str>>,
    text_codes: HashMap<Arc<str>, Code>,
}

impl Dictionary {
    /// The code of a key, if a row has ever named it.
    pub(crate) fn key_code(&self, key: &[u8; 16]) -> Option<Code> {
        self.key_codes.get(key).copied()
    }

    /// The code of a text, if a row has ever named it.
    pub(crate) fn text_code(&self, text: &str) -> Option<Code> {
        self.text_codes.get(text).copied()
    }

    pub(crate) fn key(&self, code: Code) -> [u8; 16] {
        self.keys[code as usize]
    }

    pub(crate) fn text(&self, code: Code) -> &Arc<str> {
        &self.texts[code as usize]
    }

    pub(crate) fn keys(&self) -> &[[u8; 16]] {
        &self.keys
    }

    pub(crate) fn texts(&self) -> &[Arc<str>] {
        &self.texts
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        let texts: usize = self.texts.iter().map(|text| text.len() + 16).sum();
        // A hash table holds its entries and a byte of control for each slot.
        self.keys.capacity() * 16
            + self.key_codes.capacity() * (16 + 4 + 1)
            + self.texts.capacity() * size_of::<Arc<str>>()
            + self.text_codes.capacity() * (size_of::<Arc<str>>() + 8 + 1)
            + texts
    }
}

/// The code of `key`, given now if it has none. Copies a shared dictionary only in that case.
pub(crate) fn intern_key(dictionary: &mut Arc<Dictionary>, key: &[u8; 16]) -> Code {
    if let Some(code) = dictionary.key_code(key) {
        return code;
    }
    let dictionary = Arc::make_mut(dictionary);
    let code = new_code(dictionary.keys.len());
    dictionary.keys.push(*key);
    dictionary.key_codes.insert(*key, code);
    code
}

/// The code of `text`, given now if it has none. Copies a shared dictionary only in that case.
pub(crate) fn intern_text(dictionary: &mut Arc<Dictionary>, text: &Arc<str>) -> Code {
    if let Some(code) = dictionary.text_code(text) {
        return code;
    }
    let dictionary = Arc::make_mut(dictionary);
    let code = new_code(dictionary.texts.len());
    dictionary.texts.push(Arc::clone(text));
    dictionary.text_codes.insert(Arc::clone(text), code);
    code
}

fn new_code(count: usize) -> Code {
    let code = Code::try_from(count).ok().filter(|code| *code != NO_CODE);
    code.expect("a shelf names fewer than four billion keys")
}

/// Ids are random, and made by the server: mixing their bytes is enough of a hash. Texts come from
/// files, so they keep the standard library's keyed hash.
#[derive(Clone, Default)]
pub(crate) struct KeyHasher(u64);

/// Makes [`KeyHasher`]s.
pub(crate) type KeyHash = BuildHasherDefault<KeyHasher>;

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 = mix(self.0 ^ u64::from_le_bytes(word));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_key_does_not_copy_the_dictionary() {
        let mut first = Arc::new(Dictionary::default());
        let code = intern_key(&mut first, &[1; 16]);
        let mut second = Arc::clone(&first);
        assert_eq!(intern_key(&mut second, &[1; 16]), code);
        assert!(Arc::ptr_eq(&first, &second));
        assert_ne!(intern_key(&mut second, &[2; 16]), code);
        assert_eq!(first.key_code(&[2; 16]), None);
    }

    #[test]
    fn texts_come_back_by_their_code() {
        let mut dictionary = Arc::new(Dictionary::default());
        let text: Arc<str> = "Kathmandu".into();
        let code = intern_text(&mut dictionary, &text);
        assert_eq!(&**dictionary.text(code), "Kathmandu");
        assert_eq!(dictionary.text_code("Kathmandu"), Some(code));
        assert_eq!(dictionary.text_code("kathmandu"), None);
    }
}
