//! What the demo prints: the address, a login, and lines to paste, at least one for every parameter
//! of both APIs.

use std::fmt::Write as _;
use std::net::SocketAddr;

use anyhow::Context as _;
use kalends_catalog::{Link, LinkTarget};
use kalends_library::{Ask, Library, Viewer};
use kalends_model::{Direction, Grain};

use super::content::{LINK_PASSWORD, PIN};
use super::{ALICE, BOB, PASSWORD, user_id};

/// Where the lines keep what a browser would.
const COOKIES: &str = "/tmp/kalends-demo.cookies";

/// What the lines speak of.
struct Known {
    month: String,
    bob: String,
    album: String,
    person: String,
    other_person: String,
    tag: String,
    library: String,
    link_key: String,
    link_album: String,
    slug: String,
    /// The slug of a link that asks for a password. A demo that an older version made has none.
    locked_slug: Option<String>,
    /// Whether Alice's locked folder has a PIN. In a demo that an older version made it has none.
    has_pin: bool,
}

/// The whole text.
pub(super) fn of(library: &Library, address: SocketAddr, api_key: &str) -> anyhow::Result<String> {
    let known = know(library)?;
    let mut text = String::new();
    let base = format!("http://{address}");
    let _ = writeln!(text, "\nKalends serves the demo on {base}  (stop with Ctrl-C)\n");
    let _ = writeln!(text, "  login     {ALICE}");
    let _ = writeln!(text, "  password  {PASSWORD}");
    let _ = writeln!(text, "  API key   {api_key}\n");
    let _ = writeln!(text, "On this machine the lines below need no key. With one:");
    let _ =
        writeln!(text, "curl -sS -H 'Authorization: Bearer {api_key}' '{base}/api/assets/counts'");
    let _ = writeln!(text, "curl -sS -H 'x-api-key: {api_key}' '{base}/api/timeline/buckets'");
    let _ = writeln!(text, "curl -sS '{base}/api/timeline/buckets?apiKey={api_key}'");
    let login = format!("{{\"email\":\"{ALICE}\",\"password\":\"{PASSWORD}\"}}");
    let _ = writeln!(
        text,
        "curl -sS -H 'Content-Type: application/json' -d '{login}' '{base}/api/auth/login'"
    );
    for (title, lines) in [
        ("How many lie in each month (Gumnut's API)", known.counts_lines()),
        ("How many lie in each month (Immich's API)", known.buckets_lines()),
        ("What is in a month (Immich's API)", known.bucket_lines()),
    ] {
        let _ = writeln!(text, "\n{title}:");
        for line in lines {
            let _ = writeln!(text, "curl -sS '{base}{line}'");
        }
    }
    let _ = writeln!(text, "\nA shared link, for everybody who has it:");
    for line in known.link_lines() {
        let _ = writeln!(text, "curl -sS '{base}{line}'");
    }
    if let Some(slug) = &known.locked_slug {
        let _ = writeln!(text, "\nA shared link that asks for a password first:");
        for line in unlock_lines(&base, slug, &known.link_album) {
            let _ = writeln!(text, "{line}");
        }
    }
    if known.has_pin {
        let _ = writeln!(text, "\nThe locked folder, which a session opens with the PIN {PIN}:");
        for line in locked_lines(&base, &login) {
            let _ = writeln!(text, "{line}");
        }
    }
    let _ = writeln!(text, "\nThe OpenAPI document: {base}/api/openapi.json");
    let _ = write!(
        text,
        "All ids, albums and people: kalends info --json --data {}",
        library.data().display()
    );
    Ok(text)
}

fn know(library: &Library) -> anyhow::Result<Known> {
    let (alice, bob) = (user_id(library, ALICE)?, user_id(library, BOB)?);
    let question = library.question(&Viewer::Open { user: alice }, &Ask::default())?;
    let counts = question.snapshot.counts(&question.filter, Grain::Month, Direction::Descending);
    let fullest =
        counts.iter().max_by_key(|count| count.count).context("the demo has no months")?;
    let day = fullest.bucket.0;
    let known = library.read(|reader| {
        let albums = reader.albums_of(alice)?;
        let people = reader.people_of(alice)?;
        let tags = reader.tags_of(alice)?;
        let libraries = reader.libraries_of(alice)?;
        let locked = reader.links_with_passwords(alice)?;
        let (locked, open): (Vec<Link>, Vec<Link>) =
            reader.links_of(alice)?.into_iter().partition(|link| locked.contains(&link.id));
        let link = open.into_iter().next();
        let fullest_library = libraries
            .iter()
            .max_by_key(|library| library.scan.map_or(0, |scan| scan.files))
            .map(|library| library.id.to_string());
        Ok(Known {
            month: format!("{:04}-{:02}-01", day.year, day.month),
            bob: bob.to_string(),
            album: albums.first().map(|album| album.id.to_string()).unwrap_or_default(),
            person: people.first().map(|person| person.id.to_string()).unwrap_or_default(),
            other_person: people.get(1).map(|person| person.id.to_string()).unwrap_or_default(),
            tag: tags.first().map(|tag| tag.id.to_string()).unwrap_or_default(),
            library: fullest_library.unwrap_or_default(),
            link_key: link.as_ref().map(link_key).unwrap_or_default(),
            link_album: link.as_ref().and_then(link_album).unwrap_or_default(),
            slug: link.and_then(|link| link.slug).unwrap_or_default(),
            locked_slug: locked.into_iter().find_map(|link| link.slug),
            has_pin: reader.pin_hash(alice)?.is_some(),
        })
    })?;
    Ok(known)
}

fn link_key(link: &Link) -> String {
    link.key.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn link_album(link: &Link) -> Option<String> {
    match link.target {
        LinkTarget::Album(album) => Some(album.to_string()),
        LinkTarget::Assets => None,
    }
}

/// Gives the password of a link, and looks at what it shows.
fn unlock_lines(base: &str, slug: &str, album: &str) -> [String; 2] {
    let password = format!("{{\"password\":\"{LINK_PASSWORD}\"}}");
    [
        format!(
            "curl -sS -c {COOKIES} -H 'Content-Type: application/json' -d '{password}' \
             '{base}/api/shared-links/login?slug={slug}'"
        ),
        format!("curl -sS -b {COOKIES} '{base}/api/timeline/buckets?albumId={album}&slug={slug}'"),
    ]
}

/// Signs in, opens the locked folder, and looks into it.
fn locked_lines(base: &str, login: &str) -> [String; 3] {
    let pin = format!("{{\"pinCode\":\"{PIN}\"}}");
    let json = "-H 'Content-Type: application/json'";
    [
        format!("curl -sS -c {COOKIES} {json} -d '{login}' '{base}/api/auth/login'"),
        format!("curl -sS -b {COOKIES} {json} -d '{pin}' '{base}/api/auth/session/unlock'"),
        format!("curl -sS -b {COOKIES} '{base}/api/timeline/buckets?visibility=locked'"),
    ]
}

impl Known {
    fn link_lines(&self) -> [String; 2] {
        let Self { link_key, link_album, slug, .. } = self;
        [
            format!("/api/shared-links/me?key={link_key}"),
            format!("/api/albums/{link_album}?slug={slug}"),
        ]
    }

    fn counts_lines(&self) -> Vec<String> {
        let Self { album, person, other_person, library, month, .. } = self;
        [
            String::new(),
            "group_by=month".to_owned(),
            "limit=3".to_owned(),
            "order=asc&limit=3".to_owned(),
            format!("library_id={library}"),
            format!("album_id={album}"),
            format!("person_id={person}"),
            format!("person_ids={person},{other_person}"),
            format!("local_datetime_after={month}"),
            format!("local_datetime_before={month}T00:00:00"),
            format!("local_datetime_after={month}T05:45:00%2B05:45"),
            format!("starting_after_bucket={month}T00:00:00&limit=3"),
            "state=trashed".to_owned(),
            "state=all".to_owned(),
            "album_filter=in_album".to_owned(),
            "album_filter=not_in_album".to_owned(),
            "media_type=video".to_owned(),
            "ratings=4,5".to_owned(),
            "bbox=80,26,89,31".to_owned(),
            "center=2.3522,48.8566&radius=20000".to_owned(),
        ]
        .map(|query| with_query("/api/assets/counts", &query))
        .to_vec()
    }

    /// The parameters that both timeline operations share.
    fn shared_queries(&self) -> Vec<String> {
        let Self { album, person, tag, bob, link_key, link_album, slug, .. } = self;
        vec![
            "visibility=timeline".to_owned(),
            "visibility=archive".to_owned(),
            "visibility=hidden".to_owned(),
            "isFavorite=true".to_owned(),
            "isTrashed=true".to_owned(),
            "withStacked=true".to_owned(),
            "visibility=timeline&withPartners=true".to_owned(),
            "order=asc".to_owned(),
            format!("albumId={album}"),
            format!("personId={person}"),
            format!("tagId={tag}"),
            format!("userId={bob}&visibility=timeline"),
            "bbox=80,26,89,31".to_owned(),
            format!("albumId={link_album}&key={link_key}"),
            format!("albumId={link_album}&slug={slug}"),
        ]
    }

    fn buckets_lines(&self) -> Vec<String> {
        let mut lines = vec!["/api/timeline/buckets".to_owned()];
        let shared = self.shared_queries();
        lines.extend(shared.iter().map(|query| with_query("/api/timeline/buckets", query)));
        lines
    }

    fn bucket_lines(&self) -> Vec<String> {
        let month = &self.month;
        let of_month = |query: &str| format!("/api/timeline/bucket?timeBucket={month}{query}");
        let mut lines = vec![
            of_month(""),
            of_month("T00:00:00.000Z"),
            of_month("&withCoordinates=true"),
            of_month("&withStacked=true&withPartners=true&visibility=timeline"),
        ];
        lines.extend(self.shared_queries().iter().map(|query| of_month(&format!("&{query}"))));
        lines
    }
}

fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}
