//! Libraries, the assets in them, and their files.

use kalends_model::{DateSource, Kind, Visibility};

use super::{ANY_REAL, ANY_WHOLE, COUNT, PIXELS, SECONDS_EAST, SMALL, col, is_object, opt};
use crate::assets::{Edited, MetadataState};
use crate::files::FileRole;
use crate::libraries::StoredKind;
use crate::memories::MemoryKind;
use crate::portable::Holds::{
    Bits, Bytes, Day, Flag, Hex, Id, Instant, Json, Name, Path, Real, Text, WallClock, Whole,
};
use crate::portable::{Names, Table};
use crate::undo::Before;

/// The longest ThumbHash, in bytes.
const THUMBHASH_BYTES_MAX: usize = 64;

pub(super) const LIBRARY: Table = Table {
    kind: "library",
    says: "A named set of an owner's assets: the uploads, or an external folder.",
    name: "libraries",
    beside: None,
    derived: &[],
    key: &["owner", "id"],
    columns: &[
        col("id", Id, "The library."),
        col("owner", Id, "Whose assets lie in it."),
        col("name", Text, "What it is called."),
        col("kind", Name(Names::of::<StoredKind>()), "Where its files lie.")
            .at("type")
            .or_text("uploads"),
        col("exclusions", Json(is_list_of_texts), "Patterns of paths that are not indexed.")
            .or_text("[]"),
        col("created_at", Instant, "When it was made."),
        col("updated_at", Instant, "When it was last changed.").like("created_at"),
        opt("trashed_at", Instant, "When it was put into the trash."),
        col("is_removed", Flag, "Whether what is left of it is being removed.").or(0),
        opt("frozen_reason", Text, "Why nothing of it may move."),
        opt("scan_started_at", Instant, "When its last scan began.").at("scan.started_at"),
        opt("scan_finished_at", Instant, "When that ended.").at("scan.finished_at"),
        opt("scan_files", COUNT, "How many files it saw.").at("scan.files"),
    ],
};

pub(super) const LIBRARY_FOLDER: Table = Table {
    kind: "library-folder",
    says: "A folder that an external library indexes in place.",
    name: "library_folders",
    beside: None,
    derived: &[],
    key: &["owner", "library", "ordinal"],
    columns: &[
        col("owner", Id, "Whose library."),
        col("library", Id, "The library."),
        col("ordinal", Whole(0, i32::MAX as i64), "Its place in the owner's list, from 0."),
        col("folder", Path, "Its whole path."),
    ],
};

pub(super) const STACK: Table = Table {
    kind: "stack",
    says: "Several assets of one owner shown as one. Its members name it.",
    name: "stacks",
    beside: None,
    derived: &["timeline_count"],
    key: &["owner", "id"],
    columns: &[
        col("id", Id, "The stack."),
        col("owner", Id, "Whose assets."),
        col("primary_asset", Id, "The member that stands for it."),
    ],
};

pub(super) const ASSET: Table = Table {
    kind: "asset",
    says: "One photo or video.",
    name: "assets",
    beside: Some(("details", "asset")),
    derived: &[],
    key: &["owner", "id"],
    columns: &[
        col("id", Id, "The asset."),
        col("owner", Id, "Whose asset it is."),
        col("library", Id, "The library that it lies in: one of the owner's."),
        col("kind", Name(Names::of::<Kind>()), "Photo or video.").at("type"),
        col("visibility", Name(Names::of::<Visibility>()), "Where it is shown.")
            .or_text("timeline"),
        col("is_favorite", Flag, "The owner's favourite.").or(0),
        opt("trashed_at", Instant, "When it was put into the trash."),
        opt("offline_at", Instant, "Since when its external file is missing."),
        col("local", WallClock, "What the clock showed where it was taken.").at("capture.local"),
        opt("offset_seconds", SECONDS_EAST, "That clock, in seconds east; absent: not known.")
            .at("capture.offset"),
        col("date_source", Name(Names::of::<DateSource>()), "Where the date was read from.")
            .at("capture.source"),
        opt("fallback_local", WallClock, "The date that stands in while the files say none.")
            .at("fallback.local")
            .beside(),
        opt("fallback_offset_seconds", SECONDS_EAST, "Its seconds east.")
            .at("fallback.offset")
            .beside(),
        opt("fallback_source", Name(Names::of::<DateSource>()), "Where it is from.")
            .at("fallback.source")
            .beside(),
        col("width", PIXELS, "Display width in pixels, upright; 0 when unknown.").or(0),
        col("height", PIXELS, "Display height in pixels, upright; 0 when unknown.").or(0),
        opt("duration_ms", COUNT, "Length of a video in milliseconds."),
        opt("thumbhash", Bytes(THUMBHASH_BYTES_MAX), "A blurred picture of few bytes."),
        opt("live_video", Id, "The hidden video that is this photo's motion."),
        opt("projection", Text, "The projection of a 360° picture, in upper case."),
        opt("latitude", Real(-90.0, 90.0), "Degrees north, of WGS 84.").at("place.latitude"),
        opt("longitude", Real(-180.0, 180.0), "Degrees east.").at("place.longitude"),
        opt("city", Text, "The city.").at("place.city"),
        opt("state", Text, "The state, province or region.").at("place.state"),
        opt("country", Text, "The country.").at("place.country"),
        opt("camera", Text, "Maker and model of the camera, as one name."),
        opt("rating", Whole(-1, 5), "1 to 5, or -1 for rejected."),
        col("edited", Bits(Edited::NAMED), "What a person set and a file may not overwrite.").or(0),
        opt("stack", Id, "The stack that it belongs to."),
        col("row_version", COUNT, "The owner's version when it last changed.").or(0),
        col("updated_at", Instant, "When anything of it last changed.").or(0),
        col("file_name", Text, "The name under which it came.").beside(),
        col("created_at", Instant, "When it came into the catalog.").beside(),
        col("metadata_state", Name(Names::of::<MetadataState>()), "How far its files are read.")
            .or_text("read")
            .beside(),
        opt("sha1", Hex(20, 20), "SHA-1 of the original.").beside(),
        opt("sha256", Hex(32, 32), "SHA-256 of the original.").beside(),
        opt("duplicate", Id, "The group of assets that are the same picture.").beside(),
        opt("description", Text, "What is to be seen, in words.").at("exif.description").beside(),
        opt("make", Text, "The camera's maker.").at("exif.make").beside(),
        opt("model", Text, "The camera's model.").at("exif.model").beside(),
        opt("lens", Text, "The lens.").at("exif.lens").beside(),
        opt("f_number", ANY_REAL, "The aperture.").at("exif.f_number").beside(),
        opt("exposure_time", Text, "In seconds, as written.").at("exif.exposure_time").beside(),
        opt("iso", SMALL, "The sensitivity.").at("exif.iso").beside(),
        opt("focal_length", ANY_REAL, "In millimetres.").at("exif.focal_length").beside(),
        opt("fps", ANY_REAL, "Frames per second of a video.").at("exif.fps").beside(),
        opt("orientation", Whole(0, 255), "EXIF orientation.").at("exif.orientation").beside(),
        opt("zone", Text, "The time zone, as a name or an offset.").at("exif.zone").beside(),
        opt("raw_width", PIXELS, "Width as stored, in pixels.").at("exif.raw_width").beside(),
        opt("raw_height", PIXELS, "Height as stored, in pixels.").at("exif.raw_height").beside(),
        opt("content_id", Text, "What a live photo and its video have in common.")
            .at("exif.content_id")
            .beside(),
    ],
};

pub(super) const FILE: Table = Table {
    kind: "file",
    says: "A file behind an asset.",
    name: "files",
    beside: None,
    derived: &[],
    key: &["owner", "library", "path"],
    columns: &[
        col("owner", Id, "Whose asset."),
        col("library", Id, "The library that it lies in."),
        col("asset", Id, "The asset."),
        col("path", Path, "Below the folder of uploads; the whole path in an external library."),
        col("role", Name(Names::of::<FileRole>()), "What it is to the asset."),
        col("size", COUNT, "In bytes."),
        col("mtime_ns", ANY_WHOLE, "Time of modification, in nanoseconds since 1970."),
        opt("inode", ANY_WHOLE, "Its number on its device."),
        opt("device", ANY_WHOLE, "The device's number."),
    ],
};

pub(super) const UPLOAD: Table = Table {
    kind: "upload",
    says: "That a client sent an asset, and how it calls it.",
    name: "uploads",
    beside: None,
    derived: &[],
    key: &["owner", "asset"],
    columns: &[
        col("owner", Id, "Whose asset."),
        col("asset", Id, "The asset."),
        col("device", Text, "How the client calls itself.").or_text(""),
        col("device_asset", Text, "How it calls the asset.").or_text(""),
        col("size", COUNT, "Bytes of the original, which count against the owner's quota."),
    ],
};

pub(super) const ASSET_METADATA: Table = Table {
    kind: "asset-metadata",
    says: "What a client keeps beside an asset.",
    name: "asset_metadata",
    beside: None,
    derived: &[],
    key: &["owner", "asset", "key"],
    columns: &[
        col("owner", Id, "Whose asset."),
        col("asset", Id, "The asset."),
        col("key", Text, "The name under which it is kept."),
        col("value", Json(is_object), "What is kept: an object."),
        col("updated_at", Instant, "When it was last written."),
    ],
};

pub(super) const PROBLEM: Table = Table {
    kind: "problem",
    says: "A file that could not be read.",
    name: "problems",
    beside: None,
    derived: &[],
    key: &["owner", "library", "path"],
    columns: &[
        col("owner", Id, "Whose library."),
        col("library", Id, "The library."),
        col("path", Path, "The file."),
        col("reason", Text, "Why, in a sentence."),
        col("seen_at", Instant, "When it was last seen."),
    ],
};

pub(super) const REMOVED_FILE: Table = Table {
    kind: "removed-file",
    says: "A file of an external folder whose asset was removed for good: a scan passes over it.",
    name: "removed_files",
    beside: None,
    derived: &[],
    key: &["owner", "library", "path"],
    columns: &[
        col("owner", Id, "Whose library."),
        col("library", Id, "The library."),
        col("path", Path, "The whole path of the file."),
        col("removed_at", Instant, "When the asset was removed."),
    ],
};

pub(super) const MEMORY: Table = Table {
    kind: "memory",
    says: "Some assets of a day of an earlier year, shown again.",
    name: "memories",
    beside: None,
    derived: &[],
    key: &["owner", "id"],
    columns: &[
        col("id", Id, "The memory."),
        col("owner", Id, "Whose it is."),
        col("kind", Name(Names::of::<MemoryKind>()), "What it is of.")
            .at("type")
            .or_text("on_this_day"),
        col("year", SMALL, "The year it goes back to."),
        opt("day", Day, "The day it looks back from; absent when a person made it."),
        col("is_chosen", Flag, "Whether a person has chosen its assets.").or(0),
        col("memory_at", Instant, "When what it shows took place."),
        opt("show_at", Instant, "Not to be shown before this."),
        opt("hide_at", Instant, "Not to be shown after this."),
        opt("seen_at", Instant, "When it was looked at."),
        col("is_saved", Flag, "Whether it is kept.").or(0),
        col("created_at", Instant, "When it was made."),
        col("updated_at", Instant, "When it was last changed.").like("created_at"),
        opt("deleted_at", Instant, "When it was removed."),
    ],
};

pub(super) const MEMORY_ASSET: Table = Table {
    kind: "memory-asset",
    says: "That a memory shows an asset.",
    name: "memory_assets",
    beside: None,
    derived: &[],
    key: &["memory", "owner", "asset"],
    columns: &[
        col("memory", Id, "The memory."),
        col("owner", Id, "Whose asset."),
        col("asset", Id, "The asset."),
    ],
};

pub(super) const UNDO: Table = Table {
    kind: "undo",
    says: "What edited assets were before an edit that can be undone.",
    name: "undo_journal",
    beside: None,
    derived: &[],
    key: &["owner", "version", "ordinal"],
    columns: &[
        col("owner", Id, "Whose assets."),
        col("version", COUNT, "The owner's version after the edit."),
        col("ordinal", Whole(0, i32::MAX as i64), "Which edit of that version, from 0."),
        col("at", Instant, "When it was edited."),
        col("before", Json(Before::is_written), "What was before, in the journal's own form."),
    ],
};

fn is_list_of_texts(json: &str) -> bool {
    serde_json::from_str::<Vec<String>>(json).is_ok()
}
