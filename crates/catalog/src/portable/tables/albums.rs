//! Albums and shared links.

use super::{col, opt};
use crate::albums::{AlbumOrder, Role};
use crate::portable::Holds::{Flag, Hex, Id, Instant, Name, Text};
use crate::portable::{Names, Table};

/// The longest key of a link, in bytes.
const KEY_BYTES_MAX: usize = 50;

pub(super) const ALBUM: Table = Table {
    kind: "album",
    says: "A chosen set of assets.",
    name: "albums",
    beside: None,
    derived: &[],
    key: &["owner", "id"],
    columns: &[
        col("id", Id, "The album."),
        col("owner", Id, "Whose it is."),
        col("name", Text, "Its name."),
        col("description", Text, "What it is about.").or_text(""),
        col("sort", Name(Names::of::<AlbumOrder>()), "The order it asks for.")
            .at("order")
            .or_text("desc"),
        opt("cover", Id, "The asset that stands for it, if it is there."),
        col("is_activity_enabled", Flag, "Whether its members may like and comment.").or(1),
        col("created_at", Instant, "When it was made."),
        col("updated_at", Instant, "When it was last changed.").like("created_at"),
        col("assets_modified_at", Instant, "When assets in it were last added or changed.")
            .like("created_at"),
    ],
};

pub(super) const ALBUM_MEMBER: Table = Table {
    kind: "album-member",
    says: "Somebody else who may see an album.",
    name: "album_users",
    beside: None,
    derived: &[],
    key: &["album", "user"],
    columns: &[
        col("album", Id, "The album."),
        col("user", Id, "Who."),
        col("role", Name(Names::of::<Role>()), "What that user may do."),
    ],
};

pub(super) const ALBUM_ASSET: Table = Table {
    kind: "album-asset",
    says: "That an asset is in an album.",
    name: "album_assets",
    beside: None,
    derived: &[],
    key: &["owner", "asset", "album"],
    columns: &[
        col("album", Id, "The album."),
        col("owner", Id, "Whose asset."),
        col("asset", Id, "The asset."),
    ],
};

pub(super) const ACTIVITY: Table = Table {
    kind: "activity",
    says: "A comment or a like, of an album or of one asset in it.",
    name: "activities",
    beside: None,
    derived: &[],
    key: &["id"],
    columns: &[
        col("id", Id, "The comment or like."),
        col("album", Id, "The album."),
        col("user", Id, "Who says it."),
        opt("asset_owner", Id, "Whose asset."),
        opt("asset", Id, "The asset, which is in the album; absent for the album as a whole."),
        opt("comment", Text, "What is said; absent for a like."),
        col("created_at", Instant, "When."),
    ],
};

pub(super) const SHARED_LINK: Table = Table {
    kind: "shared-link",
    says: "What a visitor without an account may see.",
    name: "shared_links",
    beside: None,
    derived: &[],
    key: &["id"],
    columns: &[
        col("id", Id, "The link."),
        col("owner", Id, "Who shares."),
        col("key", Hex(1, KEY_BYTES_MAX), "The secret that opens it."),
        opt("slug", Text, "A name that opens it as well."),
        opt("album", Id, "The album that it shows; absent for chosen assets."),
        opt("password_hash", Text, "The hash of its password."),
        opt("description", Text, "Words about it."),
        col("created_at", Instant, "When it was made."),
        opt("expires_at", Instant, "When it ends."),
        col("show_metadata", Flag, "Whether places and other facts are shown.").or(0),
        col("allow_upload", Flag, "Whether visitors may add assets.").or(0),
        col("allow_download", Flag, "Whether visitors may take the originals.").or(0),
    ],
};

pub(super) const LINK_ASSET: Table = Table {
    kind: "link-asset",
    says: "That a link to chosen assets shows this one.",
    name: "link_assets",
    beside: None,
    derived: &[],
    key: &["link", "owner", "asset"],
    columns: &[
        col("link", Id, "The link."),
        col("owner", Id, "Whose asset."),
        col("asset", Id, "The asset."),
    ],
};
