//! `kalends info`: what is in the data folder.

use std::fmt::Write as _;

use anyhow::Context as _;
use kalends_catalog::{CatalogError, Library as CatalogLibrary, Reader, User};
use kalends_library::Library;
use kalends_library::folders::import_folders;
use kalends_model::{Direction, FactMask, Filter, Grain, Kind, OwnerScope, RowMask, Scope, UserId};
use kalends_timeline::Snapshot;
use serde::Serialize;

/// Everything `info` says.
#[derive(Serialize)]
struct Info {
    data: String,
    catalog_bytes: u64,
    derived_files: u64,
    derived_bytes: u64,
    free_bytes: Option<u64>,
    scan: ScanInfo,
    users: Vec<UserInfo>,
}

#[derive(Serialize)]
struct ScanInfo {
    phase: &'static str,
    done: u64,
    total: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<String>,
}

#[derive(Serialize)]
struct UserInfo {
    id: String,
    email: String,
    name: String,
    version: u64,
    images: u64,
    videos: u64,
    /// Months that hold at least one asset, whatever its visibility.
    months: usize,
    libraries: Vec<LibraryInfo>,
    albums: Vec<Named>,
    people: Vec<Named>,
    tags: Vec<Named>,
    stacks: Vec<StackInfo>,
    shared_links: Vec<LinkInfo>,
    /// Users whose timeline this user may see.
    partners: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duplicates: Option<Vec<DuplicateInfo>>,
}

#[derive(Serialize)]
struct LibraryInfo {
    id: String,
    name: String,
    /// None for uploads.
    folders: Vec<String>,
    assets: u64,
    file_bytes: u64,
    last_scan_finished_at: Option<i64>,
    frozen: Option<String>,
    problem_count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    problems: Option<Vec<ProblemInfo>>,
}

#[derive(Serialize)]
struct Named {
    id: String,
    name: String,
}

#[derive(Serialize)]
struct StackInfo {
    id: String,
    primary: String,
    members: usize,
}

#[derive(Serialize)]
struct LinkInfo {
    id: String,
    slug: Option<String>,
    album: Option<String>,
}

#[derive(Serialize)]
struct ProblemInfo {
    path: String,
    reason: String,
}

#[derive(Serialize)]
struct DuplicateInfo {
    sha256: String,
    assets: Vec<Named>,
}

/// What to describe beyond the numbers.
#[derive(Clone, Copy)]
struct Wanted {
    problems: bool,
    duplicates: bool,
}

/// Describes the library, for people or as one JSON object.
pub(crate) fn describe(
    library: &Library,
    json: bool,
    problems: bool,
    duplicates: bool,
) -> anyhow::Result<String> {
    let info = gather(library, Wanted { problems, duplicates })?;
    if json {
        let text = serde_json::to_string_pretty(&info).context("write JSON")?;
        return Ok(text + "\n");
    }
    let mut text = String::new();
    write_text(&mut text, &info).context("write text")?;
    Ok(text)
}

fn gather(library: &Library, wanted: Wanted) -> anyhow::Result<Info> {
    let catalog_bytes = library.catalog_bytes();
    let derived = library.derived_size();
    let progress = library.scan_progress();
    let mut users = library.read(|reader| {
        let statistics = reader.statistics()?;
        let users = reader.users()?.into_iter().filter(|user| user.deleted_at.is_none());
        users
            .map(|user| user_info(reader, &user, &statistics, wanted))
            .collect::<Result<Vec<_>, _>>()
    })?;
    for (user, info) in library.users()?.iter().zip(&mut users) {
        info.months = month_count(library, user.id)?;
    }
    Ok(Info {
        data: library.data().display().to_string(),
        catalog_bytes,
        derived_files: derived.files,
        derived_bytes: derived.bytes,
        free_bytes: kalends_library::derived::free_bytes(library.data()).ok(),
        scan: ScanInfo {
            phase: progress.phase.name(),
            done: progress.done,
            total: progress.total,
            notice: library.last_notice(),
        },
        users,
    })
}

fn month_count(library: &Library, user: UserId) -> anyhow::Result<usize> {
    let rows = RowMask::EVERYTHING;
    let scope = Scope::new(vec![OwnerScope { owner: user, rows, hidden: FactMask::NOTHING }]);
    let snapshot = Snapshot::new(&scope, [library.shelf(user)?]);
    Ok(snapshot.counts(&Filter::EVERYTHING, Grain::Month, Direction::Descending).len())
}

fn user_info(
    reader: &mut Reader<'_>,
    user: &User,
    statistics: &kalends_catalog::Statistics,
    wanted: Wanted,
) -> Result<UserInfo, CatalogError> {
    let count = |kind| {
        let own = statistics.assets.iter().filter(|count| count.owner == user.id);
        own.filter(|count| count.kind == kind).map(|count| count.assets).sum()
    };
    let libraries = reader.libraries_of(user.id)?;
    let named = |id: String, name: &str| Named { id, name: name.to_owned() };
    let albums = reader.albums_of(user.id)?;
    let people = reader.people_of(user.id)?;
    let tags = reader.tags_of(user.id)?;
    Ok(UserInfo {
        id: user.id.to_string(),
        email: user.email.clone(),
        name: user.name.clone(),
        version: reader.version(user.id)?.unwrap_or_default().0,
        images: count(Kind::Image),
        videos: count(Kind::Video),
        months: 0,
        libraries: libraries
            .iter()
            .map(|library| library_info(reader, library, statistics, wanted))
            .collect::<Result<_, _>>()?,
        albums: albums.iter().map(|album| named(album.id.to_string(), &album.name)).collect(),
        people: people.iter().map(|person| named(person.id.to_string(), &person.name)).collect(),
        tags: tags.iter().map(|tag| named(tag.id.to_string(), &tag.value)).collect(),
        stacks: reader
            .stacks_of(user.id)?
            .iter()
            .map(|stack| StackInfo {
                id: stack.id.to_string(),
                primary: stack.primary.to_string(),
                members: stack.members.len(),
            })
            .collect(),
        shared_links: reader.links_of(user.id)?.iter().map(link_info).collect(),
        partners: reader
            .partners_sharing_with(user.id)?
            .iter()
            .map(|partner| partner.shared_by.to_string())
            .collect(),
        duplicates: match wanted.duplicates {
            true => Some(duplicates_of(reader, user.id)?),
            false => None,
        },
    })
}

fn link_info(link: &kalends_catalog::Link) -> LinkInfo {
    let album = match link.target {
        kalends_catalog::LinkTarget::Album(album) => Some(album.to_string()),
        kalends_catalog::LinkTarget::Assets => None,
    };
    LinkInfo { id: link.id.to_string(), slug: link.slug.clone(), album }
}

fn library_info(
    reader: &mut Reader<'_>,
    library: &CatalogLibrary,
    statistics: &kalends_catalog::Statistics,
    wanted: Wanted,
) -> Result<LibraryInfo, CatalogError> {
    let counts = statistics.assets.iter().filter(|count| count.library == library.id);
    let sizes = statistics.file_bytes.iter().filter(|size| size.1 == library.id);
    let problems = match wanted.problems {
        true => {
            let problems = reader.problems_of(library.owner, library.id, usize::MAX)?;
            let shown = problems.into_iter().map(|problem| ProblemInfo {
                path: String::from_utf8_lossy(&problem.path).into_owned(),
                reason: problem.reason,
            });
            Some(shown.collect())
        }
        false => None,
    };
    Ok(LibraryInfo {
        id: library.id.to_string(),
        name: library.name.clone(),
        folders: import_folders(library).iter().map(|f| f.display().to_string()).collect(),
        assets: counts.map(|count| count.assets).sum(),
        file_bytes: sizes.map(|size| size.2).sum(),
        last_scan_finished_at: library.scan.and_then(|scan| scan.finished_at),
        frozen: library.frozen_reason.clone(),
        problem_count: reader.problem_count(library.owner, library.id)?,
        problems,
    })
}

fn duplicates_of(
    reader: &mut Reader<'_>,
    user: UserId,
) -> Result<Vec<DuplicateInfo>, CatalogError> {
    let mut shown = Vec::new();
    for group in reader.duplicates_of(user)? {
        let mut assets = Vec::with_capacity(group.assets.len());
        for asset in group.assets {
            let files = reader.files_of_asset(user, asset)?;
            let path = files.first().map(|(_, file)| String::from_utf8_lossy(&file.path));
            let name = path.unwrap_or_default().into_owned();
            assets.push(Named { id: asset.to_string(), name });
        }
        let sha256 = group.sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        shown.push(DuplicateInfo { sha256, assets });
    }
    Ok(shown)
}

fn write_text(text: &mut String, info: &Info) -> std::fmt::Result {
    writeln!(text, "Data folder     {}", info.data)?;
    writeln!(text, "Catalog         {}", size(info.catalog_bytes))?;
    writeln!(text, "Thumbnails      {} files, {}", info.derived_files, size(info.derived_bytes))?;
    if let Some(free) = info.free_bytes {
        writeln!(text, "Free disk       {}", size(free))?;
    }
    match info.scan.phase {
        "idle" => writeln!(text, "Scan            none running")?,
        phase => {
            writeln!(text, "Scan            {phase}, {} of {}", info.scan.done, info.scan.total)?
        }
    }
    if let Some(notice) = &info.scan.notice {
        writeln!(text, "Beware          {notice}")?;
    }
    for user in &info.users {
        write_user(text, user)?;
    }
    Ok(())
}

fn write_user(text: &mut String, user: &UserInfo) -> std::fmt::Result {
    writeln!(text, "\n{} <{}>", user.name, user.email)?;
    writeln!(
        text,
        "  {} photos, {} videos, {} months; version {}",
        user.images, user.videos, user.months, user.version
    )?;
    writeln!(
        text,
        "  {} albums, {} people, {} tags, {} stacks",
        user.albums.len(),
        user.people.len(),
        user.tags.len(),
        user.stacks.len()
    )?;
    for library in &user.libraries {
        let place = match library.folders.as_slice() {
            [] => "uploads".to_owned(),
            folders => folders.join(", "),
        };
        writeln!(
            text,
            "  {}: {} assets, {} ({place})",
            library.name,
            library.assets,
            size(library.file_bytes)
        )?;
        if let Some(reason) = &library.frozen {
            writeln!(text, "    frozen: {reason}")?;
        }
        match &library.problems {
            Some(problems) => {
                for problem in problems {
                    writeln!(text, "    {}: {}", problem.path, problem.reason)?;
                }
            }
            None if library.problem_count > 0 => writeln!(
                text,
                "    {} files could not be read or shown; list them with --problems",
                library.problem_count
            )?,
            None => {}
        }
    }
    for group in user.duplicates.iter().flatten() {
        writeln!(text, "  the same bytes:")?;
        for asset in &group.assets {
            writeln!(text, "    {}  {}", asset.id, asset.name)?;
        }
    }
    Ok(())
}

/// A size for people, in binary units.
fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    if unit == 0 { format!("{bytes} B") } else { format!("{value:.1} {}", UNITS[unit]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_rounded_to_one_place() {
        for (bytes, text) in [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (3 << 30, "3.0 GiB")]
        {
            assert_eq!(size(bytes), text);
        }
    }
}
