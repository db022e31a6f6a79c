//! The shapes of the two timeline operations (contract immich §A).

use kalends_model::{Direction, GeoBox, Visibility};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// The parameters that both timeline operations take, as sent and checked.
#[derive(Clone, Debug, Default, PartialEq, IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct TimelineQuery {
    /// Only assets of this user: the caller, or a user who shares with the caller as a partner.
    /// When absent, the caller's own; but with `albumId`, those of every owner in the album. Like
    /// all ids of this API it is a UUID of version 4: other versions are refused.
    pub user_id: Option<Uuid>,
    /// Only assets in this album, of all its owners unless `userId` is given too. The caller must
    /// be able to read it. A shared link must always name its own album here.
    pub album_id: Option<Uuid>,
    /// Only assets with a visible face of this person. An unknown person has no assets; that is not
    /// an error.
    pub person_id: Option<Uuid>,
    /// Only assets that carry this tag or any tag below it. The tag must be the caller's.
    pub tag_id: Option<Uuid>,
    /// `true`: only favourites. `false`: only assets that are not. Absent: both.
    pub is_favorite: Option<bool>,
    /// `true`: only what is in the trash, among it external files that have vanished. Absent means
    /// `false`, *not* both: what is in the trash is left out.
    #[param(default = false)]
    pub is_trashed: Option<bool>,
    /// `true`: of each stack only its primary asset, and `/timeline/bucket` answers the column
    /// `stack`. Absent means `false`: every member of a stack is counted and listed by itself.
    #[param(default = false)]
    pub with_stacked: Option<bool>,
    /// `true`: also the assets of partners who share their timeline with the caller. Only together
    /// with `visibility=timeline`, without `isFavorite` and without `isTrashed=true`; anything else
    /// is answered with 400.
    #[param(default = false)]
    pub with_partners: Option<bool>,
    /// The order of months and of the assets within a month: `desc`, newest first, or `asc`, its
    /// exact reverse. Assets are ordered by the day they were taken on, by the wall clock; then by
    /// instant; then by id.
    #[param(inline)]
    pub order: Option<AssetOrder>,
    /// Only assets of this visibility. Absent means `timeline` *and* `archive`. Of other users'
    /// assets only those of visibility `timeline` are shown, and in albums also `archive`.
    /// `locked` needs a session that has been unlocked with the PIN.
    #[param(inline)]
    pub visibility: Option<AssetVisibility>,
    /// `true`: `/timeline/bucket` answers the columns `latitude` and `longitude` too. Has no effect
    /// on `/timeline/buckets`.
    #[param(default = false)]
    pub with_coordinates: Option<bool>,
    /// Only assets with coordinates inside the box `west,south,east,north`, in decimal degrees of
    /// WGS 84, edges included. `west` may be greater than `east`: the box then crosses the
    /// antimeridian. `north` must not be less than `south`.
    #[param(value_type = Option<String>, example = "5.9,45.8,10.5,47.8")]
    pub bbox: Option<GeoBox>,
}

/// Newest or oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(default = "desc")]
pub enum AssetOrder {
    /// Oldest first.
    Asc,
    /// Newest first.
    Desc,
}

impl AssetOrder {
    /// Every order with its name, in the order in which messages list them.
    pub const ALL: [(&'static str, Self); 2] = [("asc", Self::Asc), ("desc", Self::Desc)];
}

impl From<AssetOrder> for Direction {
    fn from(order: AssetOrder) -> Self {
        match order {
            AssetOrder::Asc => Self::Ascending,
            AssetOrder::Desc => Self::Descending,
        }
    }
}

/// Where an asset is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum AssetVisibility {
    /// In the archive.
    Archive,
    /// In the timeline.
    Timeline,
    /// Nowhere: it is a part of another asset, such as the motion of a live photo.
    Hidden,
    /// In the locked folder.
    Locked,
}

impl AssetVisibility {
    /// Every visibility with its name, in the order in which messages list them.
    pub const ALL: [(&'static str, Self); 4] = [
        ("archive", Self::Archive),
        ("timeline", Self::Timeline),
        ("hidden", Self::Hidden),
        ("locked", Self::Locked),
    ];
}

impl From<AssetVisibility> for Visibility {
    fn from(visibility: AssetVisibility) -> Self {
        match visibility {
            AssetVisibility::Archive => Self::Archive,
            AssetVisibility::Timeline => Self::Timeline,
            AssetVisibility::Hidden => Self::Hidden,
            AssetVisibility::Locked => Self::Locked,
        }
    }
}

/// One month with the number of its assets.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimeBucketsResponseDto {
    /// The first day of the month, `YYYY-MM-01`, by the wall clocks of the photographers. A year
    /// beyond 9999 has five digits or more; one before 1 is written `0044-03-01 BC`.
    #[schema(example = "2024-02-01")]
    pub time_bucket: String,
    /// How many assets `/timeline/bucket` lists for this month and the same parameters.
    pub count: u64,
}

/// The assets of one month as columns: arrays of the same length, one element per asset.
#[derive(Clone, Debug, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimeBucketAssetResponseDto {
    /// The city it was taken in; `null` when none is known.
    pub city: Vec<Option<String>>,
    /// The country it was taken in; `null` when none is known.
    pub country: Vec<Option<String>>,
    /// The length of a video, `HH:MM:SS`, cut to whole seconds; `null` for every image, and for a
    /// video whose length is unknown or zero.
    pub duration: Vec<Option<String>>,
    /// The assets' ids.
    pub id: Vec<Uuid>,
    /// Where each asset is shown.
    pub visibility: Vec<AssetVisibility>,
    /// Whether it is a favourite of the caller. Always `false` for other owners' assets, and for
    /// visitors with a shared link.
    pub is_favorite: Vec<bool>,
    /// `true` for an image, `false` for a video.
    pub is_image: Vec<bool>,
    /// Whether it is in the trash, where external files that have vanished are shown too.
    pub is_trashed: Vec<bool>,
    /// The hidden video that is a live photo's motion.
    pub live_photo_video_id: Vec<Option<Uuid>>,
    /// When it was taken, in UTC, without a zone: `2024-01-05T10:11:12.5`. The fraction is in
    /// milliseconds, without trailing zeros, and absent when zero. Years outside 0000 to 9999 are
    /// written as ISO 8601 does, `+012024-05-01T10:00:00`.
    #[schema(example = json!(["2024-01-05T10:11:12.5"]))]
    pub file_created_at: Vec<String>,
    /// The wall clock's offset from UTC in hours, east positive, with fractions such as `5.75`.
    /// Added to `fileCreatedAt` it gives the time on the photographer's clock. `0` also when no
    /// offset is known.
    pub local_offset_hours: Vec<f64>,
    /// The assets' owners.
    pub owner_id: Vec<Uuid>,
    /// The projection of a 360° picture, such as `EQUIRECTANGULAR`.
    pub projection_type: Vec<Option<String>>,
    /// Width divided by height as displayed, rounded to three decimals; `1` when unknown.
    pub ratio: Vec<f64>,
    /// Whether its owner has put it in the trash.
    #[schema(inline)]
    pub status: Vec<TimeBucketStatus>,
    /// A ThumbHash (not a BlurHash, as some descriptions say) in standard base64; `null` until
    /// thumbnails have been made.
    pub thumbhash: Vec<Option<String>>,
    /// Only with `withCoordinates=true`: degrees north; `null` when unknown.
    #[schema(nullable = false)]
    pub latitude: Option<Vec<Option<f64>>>,
    /// Only with `withCoordinates=true`: degrees east; `null` when unknown.
    #[schema(nullable = false)]
    pub longitude: Option<Vec<Option<f64>>>,
    /// Only with `withStacked=true`: the stack that the asset stands for, as `[stackId, count]`.
    /// Both are strings, also the count. It counts the stack's members that are outside the trash
    /// and have visibility `timeline`. `null` when not stacked or when there are none.
    #[schema(nullable = false)]
    pub stack: Option<Vec<Option<[String; 2]>>>,
}

/// Whether an asset's owner has put it in the trash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TimeBucketStatus {
    /// No. A vanished external file is `active`, and yet `isTrashed`.
    Active,
    /// Yes.
    Trashed,
}
