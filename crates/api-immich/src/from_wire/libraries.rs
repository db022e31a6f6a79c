//! What is said of external libraries (contract immich §D4, §D10).

use std::collections::HashSet;

use kalends_library::libraries::LibraryChange;

use super::body::BodyFields;

/// The most folders, and the most patterns.
const LIST_MAX: usize = 128;

/// What a library shall be.
pub(crate) fn library_change(fields: &mut BodyFields<'_>) -> LibraryChange {
    let name = fields.text("name").map(str::to_owned);
    if name.as_deref() == Some("") {
        fields.refuse("name", "should not be empty");
    }
    LibraryChange {
        name,
        folders: import_paths(fields),
        exclusions: list(fields, "exclusionPatterns"),
    }
}

/// Folders, each once.
pub(crate) fn import_paths(fields: &mut BodyFields<'_>) -> Option<Vec<String>> {
    list(fields, "importPaths")
}

fn list(fields: &mut BodyFields<'_>, name: &str) -> Option<Vec<String>> {
    let texts = fields.texts(name)?;
    if texts.len() > LIST_MAX {
        fields.refuse(name, &format!("must contain no more than {LIST_MAX} elements"));
    }
    if texts.iter().any(|text| text.is_empty()) {
        fields.refuse_all(format!("each value in {name} should not be empty"));
    }
    if texts.iter().collect::<HashSet<_>>().len() < texts.len() {
        fields.refuse_all(format!("All {name}'s elements must be unique"));
    }
    Some(texts.into_iter().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::super::body::read_value;
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn lists_are_short_and_hold_each_text_once() {
        let told = |value: Value| {
            let read = read_value(&value, |fields| drop(library_change(fields)));
            read.err().map(|failure| failure.words()).unwrap_or_default()
        };
        let many: Vec<String> = (0..129).map(|n| n.to_string()).collect();
        for (value, expected) in [
            (json!({"importPaths": ["/a", "/b"], "exclusionPatterns": [], "name": "x"}), ""),
            (json!({"importPaths": ["/a", "/a"]}), "All importPaths's elements must be unique"),
            (json!({"importPaths": [""]}), "each value in importPaths should not be empty"),
            (json!({"importPaths": [1]}), "each value in importPaths must be a string"),
            (
                json!({"exclusionPatterns": many}),
                "exclusionPatterns must contain no more than 128 elements",
            ),
            (json!({"name": ""}), "name should not be empty"),
        ] {
            assert_eq!(told(value), expected);
        }
    }
}
