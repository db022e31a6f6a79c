use axum::body::to_bytes;
use kalends_library::{NewUser, PictureMaker, SystemClock, SystemRandomness};

use super::*;
use kalends_library::stored::{Link, LinkTarget};
use kalends_model::LinkId;

/// A client's build in a folder, and the routes that serve it.
struct Served {
    _root: tempfile::TempDir,
    library: Arc<Library>,
    router: Router,
}

impl Served {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let site = root.path().join("site");
        for (name, content) in [
            ("site/index.html", "<head><title>T</title></head><body>index</body>"),
            ("site/robots.txt", "robots"),
            ("site/.env", "secret"),
            ("site/.git/config", "secret"),
            ("site/_app/immutable/chunk.js", "chunk"),
            ("site/_app/immutable/chunk.js.br", "as brotli"),
            ("site/_app/version.json", "{}"),
            ("site/folder/inside.css", "css"),
            ("outside.txt", "secret"),
        ] {
            let path = root.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let data = root.path().join("data");
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandomness));
        let library = Library::open(&data, clock, random, PictureMaker::in_process()).unwrap();
        let library = Arc::new(library);
        let site = Site::open(&site).unwrap();
        let router = routes(&site, Arc::clone(&library), Blocking::new(1, 8));
        Self { _root: root, library, router }
    }

    async fn ask(&self, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, String) {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.unwrap();
        (parts.status.as_u16(), parts.headers, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn status_of(&self, path: &str) -> u16 {
        self.ask(path, &[("accept", "*/*")]).await.0
    }
}

const PAGE: (&str, &str) = ("accept", "text/html,application/xhtml+xml,*/*;q=0.8");

#[tokio::test]
async fn every_page_address_gets_the_first_page_and_is_never_stored() {
    let served = Served::new();
    for path in
        ["/", "/photos", "/photos/0f2f", "/user-settings", "/index.html", "/folder/", "/a.b"]
    {
        let (status, headers, body) = served.ask(path, &[PAGE]).await;
        assert_eq!(
            (status, headers["cache-control"].to_str().unwrap()),
            (200, "no-store"),
            "{path}"
        );
        assert!(body.contains("index") && headers["content-type"] == "text/html; charset=utf-8");
    }
    assert_eq!(served.status_of("/photos").await, 200, "also where anything is taken");
}

#[tokio::test]
async fn what_is_no_page_and_no_file_is_not_there() {
    let served = Served::new();
    for path in ["/missing.js", "/favicon.ico", "/_app/immutable/gone.js", "/folder/gone.css"] {
        assert_eq!(served.status_of(path).await, 404, "{path}");
    }
    assert_eq!(served.ask("/photos", &[("accept", "application/json")]).await.0, 404);
    assert_eq!(served.ask("/_app/immutable/gone.js", &[PAGE]).await.0, 404);
    let post = Request::post("/photos").header("accept", "text/html").body(Body::empty()).unwrap();
    assert_eq!(served.router.clone().oneshot(post).await.unwrap().status(), 404);
}

#[tokio::test]
async fn files_have_their_type_their_age_and_their_compressed_form() {
    let served = Served::new();
    let (status, headers, body) = served.ask("/robots.txt", &[]).await;
    assert_eq!((status, body.as_str()), (200, "robots"));
    assert_eq!(headers["content-type"], "text/plain");
    assert_eq!(headers["cache-control"], "no-cache");

    let (_, headers, body) = served.ask("/_app/immutable/chunk.js", &[]).await;
    assert_eq!(
        (headers["content-type"].as_bytes(), body.as_str()),
        (&b"text/javascript"[..], "chunk")
    );
    assert_eq!(headers["cache-control"], "public, max-age=31536000, immutable");

    let brotli = [("accept-encoding", "gzip, br")];
    let (_, headers, body) = served.ask("/_app/immutable/chunk.js", &brotli).await;
    assert_eq!((headers["content-encoding"].as_bytes(), body.as_str()), (&b"br"[..], "as brotli"));
    assert_eq!(headers["content-type"], "text/javascript");
}

#[tokio::test]
async fn nothing_hidden_and_nothing_outside_is_served() {
    let served = Served::new();
    for path in [
        "/.env",
        "/%2eenv",
        "/.git/config",
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/folder/../../outside.txt",
        "/folder/%2e%2e/%2e%2e/outside.txt",
        "/..%5coutside.txt",
        "//outside.txt",
        "/folder/%00",
        "/%ff",
    ] {
        let (status, _, body) = served.ask(path, &[PAGE]).await;
        assert!(!body.contains("secret"), "{path}");
        assert!(status == 404 || body.contains("index"), "{path}");
    }
}

#[tokio::test]
async fn a_links_page_says_what_is_shared_and_an_invalid_one_is_not_found() {
    let served = Served::new();
    let library = &served.library;
    let new = NewUser { email: "a@b.example", name: "A", password: "password", is_admin: true };
    let owner = library.create_user(new).unwrap();
    let (status, headers, body) = served.ask("/share/nothing", &[PAGE]).await;
    assert_eq!((status, headers["cache-control"].to_str().unwrap()), (404, "no-store"));
    assert!(body.contains("index") && !body.contains("og:"));
    assert_eq!(served.ask("/s/nothing", &[PAGE]).await.0, 404);

    let key = vec![7; 50];
    let link = Link {
        id: LinkId::from_random([1; 16]),
        owner,
        key: key.clone(),
        slug: Some("tea".to_owned()),
        target: LinkTarget::Assets,
        description: Some("<b>\"Tea\" & 'cake'".to_owned()),
        created_at: 0,
        expires_at: None,
        show_metadata: true,
        allow_upload: false,
        allow_download: true,
    };
    library.write(|writer| writer.create_link(&link, None)).unwrap();
    let hex: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    for path in [format!("/share/{hex}"), format!("/share/{hex}/photos/1"), "/s/tea".to_owned()] {
        let (status, _, body) = served.ask(&path, &[PAGE]).await;
        assert_eq!(status, 200, "{path}");
        let title = "content=\"&lt;b&gt;&quot;Tea&quot; &amp; &#39;cake&#39;\"></head>";
        assert!(body.contains(title), "{body}");
    }
}

#[test]
fn a_folder_without_a_first_page_is_refused_with_a_sentence() {
    let served_folder = tempfile::tempdir().unwrap();
    let told = Site::open(served_folder.path()).unwrap_err().to_string();
    assert!(told.contains("holds no index.html"), "{told}");
    assert!(Site::open(&served_folder.path().join("none")).is_err());
}
