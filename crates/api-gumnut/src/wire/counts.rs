//! The shapes of `GET /api/assets/counts` (contract gumnut §1.1 and §1.2).

use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// The parameters, as the OpenAPI document lists them. `from_wire` reads them from the query
/// itself, because frameworks forget repeats and stop at the first error.
#[derive(Clone, Debug, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AssetCountsQuery {
    /// Only assets of this library. Absent: of all the caller's live libraries. A library that does
    /// not exist, is another user's or is in the trash is answered with 404. An id is `lib_` and 22
    /// characters, or a plain UUID.
    #[param(nullable = true)]
    pub library_id: Option<String>,
    /// The period to count by. Only `month`; other values are answered with 422. A month is one of
    /// the wall clock where the picture was taken.
    #[param(inline)]
    pub group_by: Option<GroupBy>,
    /// Only assets in this album: of all its owners, when the caller may read it. An album that
    /// the caller may not read, or that does not exist, has no assets; that is not an error. An id
    /// is `album_` and 22 characters, or a plain UUID.
    #[param(nullable = true)]
    pub album_id: Option<String>,
    /// Only assets with a face of this person. An unknown person has no assets; that is not an
    /// error. The older way to write one value of `person_ids`: both together are answered with
    /// 422. An id is `person_` and 22 characters, or a plain UUID.
    #[param(nullable = true)]
    pub person_id: Option<String>,
    /// Only assets taken strictly after this moment (ISO 8601). A value without an offset is
    /// compared with the wall clock of every asset. A value with one is compared as an instant with
    /// assets whose offset is known, and by its own clock fields, its offset dropped, with assets
    /// whose offset is not.
    ///
    /// Write the `+` of an offset as `%2B`: an unescaped one arrives as a space, and is answered
    /// with 422. In JavaScript, `new Date(x).toISOString()` turns a wall clock into UTC by the zone
    /// of the browser, and shifts it: send the text as it is.
    #[param(value_type = Option<String>, format = DateTime, nullable = true, example = "2024-01-01T00:00:00")]
    pub local_datetime_after: Option<String>,
    /// Only assets taken strictly before this moment; compared as `local_datetime_after`.
    ///
    /// The last `time_bucket` of an answer, put here unchanged, asks for the next page. That is
    /// exact unless the request already had a `local_datetime_before` *with an offset*: replacing
    /// it loses the instant that it named, and later pages may count assets taken after it.
    /// `starting_after_bucket` keeps all conditions; prefer it.
    #[param(value_type = Option<String>, format = DateTime, nullable = true, example = "2024-02-01T00:00:00")]
    pub local_datetime_before: Option<String>,
    /// Which assets: `live`, those outside the trash; `trashed`, those in it, external files that
    /// have vanished among them; `all`, both. Assets are counted in the month in which they were
    /// taken, also in the trash. Hidden and locked assets are never counted.
    #[param(inline)]
    pub state: Option<AssetState>,
    /// The most *months* to answer, not assets.
    #[param(minimum = 1, maximum = 200, default = 20)]
    pub limit: Option<i64>,
    /// `desc`, newest month first, or `asc`.
    #[param(inline)]
    pub order: Option<Order>,
    /// Only months strictly beyond this one, in the order asked for: the last `time_bucket` of an
    /// answer, unchanged, with all other parameters as they were, asks for the next page. It is
    /// exact with every other parameter. It has no offset; a value with one is answered with 422.
    #[param(nullable = true, example = "2024-02-01T00:00:00")]
    pub starting_after_bucket: Option<String>,
    /// Only assets with faces of *all* these persons. Repeated or with commas between; at most 200.
    #[param(max_items = 200)]
    pub person_ids: Option<Vec<String>>,
    /// `in_album`: only assets in some album. `not_in_album`: only assets in none; not together
    /// with `album_id`.
    #[param(inline)]
    pub album_filter: Option<AlbumFilter>,
    /// Only assets rated with one of these, 0 to 5; 0 is unrated, in every form. Repeated or with
    /// commas between. A rating of 5 is not the same as a favourite here: the two are kept apart.
    pub ratings: Option<Vec<i32>>,
    /// Only images, or only videos.
    #[param(inline)]
    pub media_type: Option<MediaType>,
    /// Only assets with coordinates in the box `west,south,east,north`, in decimal degrees, edges
    /// included. A `west` greater than `east` crosses the antimeridian. Not together with `center`
    /// and `radius`.
    #[param(nullable = true, example = "5.9,45.8,10.5,47.8")]
    pub bbox: Option<String>,
    /// The middle of a circle, `longitude,latitude` in decimal degrees; only together with
    /// `radius`.
    #[param(nullable = true, example = "85.324,27.7172")]
    pub center: Option<String>,
    /// Only assets with coordinates at most this many metres from `center`; only together with
    /// `center`.
    #[param(nullable = true, exclusive_minimum = 0, maximum = 50_000, example = 1_000)]
    pub radius: Option<f64>,
}

/// Gives an enum of the query its names and its default: one table for reading, messages and the
/// document.
macro_rules! names {
    ($($(#[$doc:meta])* $type:ident $(= $default:tt)? {
        $($(#[$value_doc:meta])* $value:ident = $name:tt,)*
    })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
        $(#[schema(default = $default)])?
        pub enum $type {
            $($(#[$value_doc])* #[serde(rename = $name)] $value,)*
        }

        impl $type {
            /// Every value with its name, in the order in which messages list them.
            pub const ALL: &[(&'static str, Self)] = &[$(($name, Self::$value),)*];
        }
    )*};
}

names! {
    /// What to count by.
    GroupBy = "month" {
        /// Calendar months of the wall clock.
        Month = "month",
    }
    /// Which side of the trash.
    AssetState = "live" {
        /// Outside the trash.
        Live = "live",
        /// In the trash.
        Trashed = "trashed",
        /// Both.
        All = "all",
    }
    /// Newest or oldest first.
    Order = "desc" {
        /// Newest first.
        Desc = "desc",
        /// Oldest first.
        Asc = "asc",
    }
    /// Whether assets must be in an album.
    AlbumFilter = "all" {
        /// It does not matter.
        All = "all",
        /// In at least one.
        InAlbum = "in_album",
        /// In none.
        NotInAlbum = "not_in_album",
    }
    /// Photo or video.
    MediaType {
        /// Photos.
        Image = "image",
        /// Videos.
        Video = "video",
    }
}

/// The answer: a page of months.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AssetCountsResponse {
    /// The months that have assets, in the order asked for.
    pub data: Vec<TimeBucketCount>,
    /// Whether more months follow: ask for them with the last `time_bucket` as
    /// `starting_after_bucket`, and all other parameters as they were.
    pub has_more: bool,
}

/// One month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TimeBucketCount {
    /// The first day of the month, as a wall clock *without any offset*: no `Z`, no zone. A month
    /// is one of the clock where the picture was taken, so it is no interval of UTC; with a `Z`,
    /// paging by it would lose months, repeat them, or never end. It is therefore a string with a
    /// pattern and not a `date-time`, and should be handed back unchanged, not through a date
    /// object that knows zones.
    #[schema(pattern = r"^[0-9]{4}-[0-9]{2}-01T00:00:00$", example = "2024-02-01T00:00:00")]
    pub time_bucket: String,
    /// How many assets of the month pass all filters; at least 1. The members of a stack count
    /// each.
    #[schema(minimum = 1)]
    pub count: u64,
}
