//! People, faces and tags.

use super::{ANY_REAL, col, opt};
use crate::people::FaceSource;
use crate::portable::Holds::{Day, Flag, Id, Instant, Name, Text};
use crate::portable::{Names, Table};

pub(super) const PERSON: Table = Table {
    kind: "person",
    says: "Somebody whom faces belong to.",
    name: "people",
    beside: None,
    derived: &[],
    key: &["owner", "id"],
    columns: &[
        col("id", Id, "The person."),
        col("owner", Id, "In whose library the person is known."),
        col("name", Text, "The name; empty while nobody has said it.").or_text(""),
        col("is_hidden", Flag, "Whether lists of people leave the person out.").or(0),
        opt("birth_day", Day, "The day of birth."),
        opt("color", Text, "As `#rrggbb`."),
        col("is_favorite", Flag, "Whether the owner lists the person first.").or(0),
        opt("featured_asset", Id, "The asset whose face stands for the person, if it is there."),
        col("created_at", Instant, "When the person was made."),
        col("updated_at", Instant, "When the person was last changed.").like("created_at"),
    ],
};

pub(super) const FACE: Table = Table {
    kind: "face",
    says: "One face in one asset.",
    name: "faces",
    beside: None,
    derived: &[],
    key: &["owner", "asset", "id"],
    columns: &[
        col("id", Id, "The face."),
        col("owner", Id, "Whose asset."),
        col("asset", Id, "The asset that it is in."),
        opt("person", Id, "Whose face it is."),
        col("x1", ANY_REAL, "Left, as a fraction of the upright picture's width.").at("region.x1"),
        col("y1", ANY_REAL, "Top, as a fraction of its height.").at("region.y1"),
        col("x2", ANY_REAL, "Right.").at("region.x2"),
        col("y2", ANY_REAL, "Bottom.").at("region.y2"),
        col("source", Name(Names::of::<FaceSource>()), "Where it was learnt of."),
        col("is_visible", Flag, "Whether it lies within the picture as it is now.").or(1),
        col("is_deleted", Flag, "Whether the owner has removed it.").or(0),
    ],
};

pub(super) const TAG: Table = Table {
    kind: "tag",
    says: "A tag: a node of its owner's tree.",
    name: "tags",
    beside: None,
    derived: &[],
    key: &["owner", "id"],
    columns: &[
        col("id", Id, "The tag."),
        col("owner", Id, "Whose tag."),
        col("value", Text, "The whole path, its parts joined by `/`."),
        opt("parent", Id, "The tag above it, whose path its own begins with."),
        opt("color", Text, "As `#rrggbb`."),
        col("created_at", Instant, "When it was made."),
        col("updated_at", Instant, "When it was last changed.").like("created_at"),
    ],
};

pub(super) const TAG_ASSET: Table = Table {
    kind: "tag-asset",
    says: "That a tag is on an asset.",
    name: "tag_assets",
    beside: None,
    derived: &[],
    key: &["owner", "asset", "tag"],
    columns: &[
        col("tag", Id, "The tag."),
        col("owner", Id, "Whose asset."),
        col("asset", Id, "The asset."),
    ],
};
