//! `GET /server/storage` and `/server/statistics`: how full it is, and with what
//! (contract immich §D2.1).

use axum::extract::State;
use axum::response::Response;
use kalends_library::stored::{Holding, User};
use kalends_model::Kind;

use crate::error::Failure;
use crate::request::Asked;
use crate::state::ImmichState;
use crate::to_wire::json;
use crate::wire::error::Refusals;
use crate::wire::server::{ServerStatsResponseDto, ServerStorageResponseDto, UsageByUserDto};

/// How full is the disk that holds the library?
#[utoipa::path(
    get,
    path = "/server/storage",
    operation_id = "getStorage",
    tag = "Server",
    responses((status = 200, description = "How full.", body = ServerStorageResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn storage(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let disk = state
        .run(move |library| {
            asked.viewer(library)?;
            let disk = library.disk_space();
            disk.map_err(|cause| Failure::internal(&cause, "ask how full the disk is"))
        })
        .await?;
    Ok(json::ok(&ServerStorageResponseDto {
        disk_size: bytes_in_words(disk.total),
        disk_use: bytes_in_words(disk.used),
        disk_available: bytes_in_words(disk.available),
        disk_size_raw: disk.total,
        disk_use_raw: disk.used,
        disk_available_raw: disk.available,
        disk_usage_percentage: percentage(disk.used, disk.total),
    }))
}

/// How much has each user?
///
/// For administrators. Assets in the trash are not counted, and files in external folders not
/// weighed.
#[utoipa::path(
    get,
    path = "/server/statistics",
    operation_id = "getServerStatistics",
    tag = "Server",
    responses((status = 200, description = "How much.", body = ServerStatsResponseDto), Refusals),
    security(("bearer" = []), ("cookie" = []), ("api_key" = [])),
)]
pub(super) async fn statistics(
    State(state): State<ImmichState>,
    asked: Asked,
) -> Result<Response, Failure> {
    let dto = state
        .run(move |library| {
            asked.viewer(library)?;
            let users = library.users().map_err(Failure::catalog)?;
            let holdings = library.holdings().map_err(Failure::catalog)?;
            Ok(stats(&users, &holdings))
        })
        .await?;
    Ok(json::ok(&dto))
}

fn stats(users: &[User], holdings: &[Holding]) -> ServerStatsResponseDto {
    let of_user = |user: &User| {
        let of_kind = |kind| {
            let found = holdings.iter().find(|h| h.owner == user.id && h.kind == kind);
            found.map_or((0, 0), |found| (found.assets, found.uploaded_bytes))
        };
        let ((photos, usage_photos), (videos, usage_videos)) =
            (of_kind(Kind::Image), of_kind(Kind::Video));
        UsageByUserDto {
            user_id: user.id.uuid(),
            user_name: user.name.clone(),
            photos,
            videos,
            usage: usage_photos + usage_videos,
            usage_photos,
            usage_videos,
            quota_size_in_bytes: user.quota_bytes,
        }
    };
    let by_user: Vec<UsageByUserDto> = users.iter().map(of_user).collect();
    let sum = |figure: fn(&UsageByUserDto) -> u64| by_user.iter().map(figure).sum();
    ServerStatsResponseDto {
        photos: sum(|user| user.photos),
        videos: sum(|user| user.videos),
        usage: sum(|user| user.usage),
        usage_photos: sum(|user| user.usage_photos),
        usage_videos: sum(|user| user.usage_videos),
        usage_by_user: by_user,
    }
}

/// `12.3 GiB`: one decimal, but for bytes.
fn bytes_in_words(bytes: u64) -> String {
    const UNITS: [&str; 6] = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];
    if bytes < 1_024 {
        return format!("{bytes} B");
    }
    let mut size = bytes as f64 / 1_024.0;
    let mut unit = 0;
    while size >= 1_024.0 {
        size /= 1_024.0;
        unit += 1;
    }
    format!("{size:.1} {}", UNITS[unit])
}

/// With two decimals.
fn percentage(part: u64, whole: u64) -> f64 {
    let percent = if whole == 0 { 0.0 } else { part as f64 / whole as f64 * 100.0 };
    (percent * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_one_decimal_and_bytes_have_none() {
        for (bytes, words) in [
            (0, "0 B"),
            (1_023, "1023 B"),
            (1_024, "1.0 KiB"),
            (13_207_024_435, "12.3 GiB"),
            (u64::MAX, "16.0 EiB"),
        ] {
            assert_eq!(bytes_in_words(bytes), words);
        }
        assert_eq!(percentage(1, 3), 33.33);
        assert_eq!(percentage(0, 0), 0.0);
    }
}
