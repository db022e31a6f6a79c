//! The answer of `/timeline/bucket`: the assets of a month as parallel arrays (contract immich §A7).

use kalends_http_kit::columns as json;
use kalends_model::{GeoPoint, Kind, UserId};
use kalends_timeline::{RowRef, Rows};

use super::cells;
use crate::from_wire::timeline::OptionalColumns;

/// Writes the rows, in their order. `own` is the user whose favourites are shown: the caller, or
/// nobody for visitors with a shared link.
pub fn encode(rows: &Rows, own: Option<UserId>, optional: OptionalColumns) -> Vec<u8> {
    /// What a row takes with a thumbhash and without names of places: a first guess.
    const ROW_BYTES: usize = 320;
    const NAMES_BYTES: usize = 512;
    let mut object = Object { out: Vec::with_capacity(NAMES_BYTES + rows.len() * ROW_BYTES), rows };
    object.out.push(b'{');
    object.column("city", |out, row| json::nullable(out, row.city(), json::string));
    object.column("country", |out, row| json::nullable(out, row.country(), json::string));
    object.column("duration", |out, row| cells::duration(out, row.kind(), row.duration_ms()));
    object.column("id", |out, row| json::uuid(out, row.id().bytes()));
    object.column("visibility", |out, row| cells::visibility(out, row.visibility()));
    object.column("isFavorite", |out, row| {
        json::boolean(out, row.is_favorite() && own == Some(row.owner()));
    });
    object.column("isImage", |out, row| json::boolean(out, row.kind() == Kind::Image));
    object.column("isTrashed", |out, row| json::boolean(out, row.is_in_trash()));
    object.column("livePhotoVideoId", |out, row| {
        json::nullable(out, row.live_video(), |out, id| json::uuid(out, id.bytes()));
    });
    let mut file_created_at = cells::FileCreatedAt::default();
    object.column("fileCreatedAt", |out, row| file_created_at.write(out, row.instant()));
    object.column("localOffsetHours", |out, row| cells::local_offset_hours(out, row.offset()));
    object.column("ownerId", |out, row| json::uuid(out, row.owner().bytes()));
    object.column("projectionType", |out, row| {
        json::nullable(out, row.projection(), json::string);
    });
    object.column("ratio", |out, row| {
        json::thousandths(out, cells::ratio_thousandths(row.width(), row.height()));
    });
    object.column("status", |out, row| cells::status(out, row.is_trashed()));
    object.column("thumbhash", |out, row| json::nullable(out, row.thumbhash(), json::base64));
    if optional.coordinates {
        let mut coordinate = |name, of: fn(GeoPoint) -> f64| {
            object.column(name, |out, row| json::nullable(out, row.place().map(of), json::float));
        };
        coordinate("latitude", |place| place.latitude);
        coordinate("longitude", |place| place.longitude);
    }
    if optional.stack {
        object.column("stack", |out, row| cells::stack(out, row.stack()));
    }
    json::close(&mut object.out, b'}');
    object.out
}

/// A JSON object of columns, being written.
struct Object<'a> {
    out: Vec<u8>,
    rows: &'a Rows,
}

impl Object<'_> {
    fn column(&mut self, name: &'static str, write: impl FnMut(&mut Vec<u8>, RowRef<'_>)) {
        json::key(&mut self.out, name);
        json::array(&mut self.out, self.rows.iter(), write);
        self.out.push(b',');
    }
}

#[cfg(test)]
mod tests;
