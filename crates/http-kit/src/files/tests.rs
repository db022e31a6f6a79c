use super::*;
use http_body_util::BodyExt as _;

const CACHE: &str = "private, max-age=86400";

struct Fixture {
    folder: tempfile::TempDir,
    bytes: Vec<u8>,
}

impl Fixture {
    fn new(length: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let bytes: Vec<u8> = (0..length).map(|at| (at * 7 % 251) as u8).collect();
        std::fs::write(folder.path().join("file"), &bytes).unwrap();
        let file = File::options().write(true).open(folder.path().join("file")).unwrap();
        file.set_modified(UNIX_EPOCH + Duration::from_millis(1_700_000_000_500)).unwrap();
        Self { folder, bytes }
    }

    fn ask(&self, method: Method, sent: &[(HeaderName, &str)]) -> Response {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(name, HeaderValue::from_str(value).unwrap());
        }
        let file = SentFile {
            file: File::open(self.folder.path().join("file")).unwrap(),
            media_type: "video/mp4",
            name: Some("été \"1\".mp4"),
            cache_control: CACHE,
        };
        FileTerms::of(&method, &headers).reply(file).unwrap()
    }
}

async fn bytes_of(response: Response) -> Vec<u8> {
    response.into_body().collect().await.unwrap().to_bytes().to_vec()
}

#[tokio::test]
async fn a_file_is_sent_whole_with_all_that_describes_it() {
    for length in [0, 5, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES + 7] {
        let fixture = Fixture::new(length);
        let response = fixture.ask(Method::GET, &[]);
        assert_eq!(response.status(), StatusCode::OK);
        for (name, expected) in [
            ("content-type", "video/mp4"),
            ("content-length", length.to_string().as_str()),
            ("accept-ranges", "bytes"),
            ("cache-control", CACHE),
            ("last-modified", "Tue, 14 Nov 2023 22:13:20 GMT"),
            ("content-disposition", "inline; filename*=UTF-8''%C3%A9t%C3%A9%20%221%22.mp4"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(response.headers()[name], expected);
        }
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"));
        assert!(bytes_of(response).await == fixture.bytes, "{length}");
    }
}

#[tokio::test]
async fn head_has_the_headers_and_no_body() {
    let fixture = Fixture::new(1_000);
    let (get, head) = (fixture.ask(Method::GET, &[]), fixture.ask(Method::HEAD, &[]));
    assert_eq!(get.headers(), head.headers());
    assert!(bytes_of(head).await.is_empty());
    let ranged = fixture.ask(Method::HEAD, &[(RANGE, "bytes=0-1")]);
    assert_eq!(ranged.status(), StatusCode::OK, "ranges are for GET");
}

#[tokio::test]
async fn parts_are_sent_one_by_one_and_together() {
    let fixture = Fixture::new(2 * PIECE_BYTES);
    let one = fixture.ask(Method::GET, &[(RANGE, "bytes=10-300000")]);
    assert_eq!(one.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(one.headers()[CONTENT_RANGE], "bytes 10-300000/524288");
    assert_eq!(one.headers()[CONTENT_LENGTH], "299991");
    assert!(bytes_of(one).await == fixture.bytes[10..=300_000]);

    let two = fixture.ask(Method::GET, &[(RANGE, "bytes=0-1,-2")]);
    assert_eq!(two.status(), StatusCode::PARTIAL_CONTENT);
    let length: usize = two.headers()[CONTENT_LENGTH].to_str().unwrap().parse().unwrap();
    let kind = two.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
    let boundary = kind.strip_prefix("multipart/byteranges; boundary=").unwrap();
    let end = &fixture.bytes[fixture.bytes.len() - 2..];
    let mut expected: Vec<u8> = Vec::new();
    for (range, bytes) in
        [("bytes 0-1/524288", &fixture.bytes[..2]), ("bytes 524286-524287/524288", end)]
    {
        let head = format!(
            "\r\n--{boundary}\r\nContent-Type: video/mp4\r\nContent-Range: {range}\r\n\r\n"
        );
        expected.extend(head.as_bytes());
        expected.extend(bytes);
    }
    expected.extend(format!("\r\n--{boundary}--\r\n").as_bytes());
    let body = bytes_of(two).await;
    assert_eq!(body.len(), length);
    assert!(body == expected);
}

#[tokio::test]
async fn a_part_that_is_not_there_is_refused_with_the_length() {
    let fixture = Fixture::new(10);
    let refused = fixture.ask(Method::GET, &[(RANGE, "bytes=10-")]);
    assert_eq!(refused.status(), StatusCode::RANGE_NOT_SATISFIABLE);
    assert_eq!(refused.headers()[CONTENT_RANGE], "bytes */10");
    assert!(bytes_of(refused).await.is_empty());
}

#[tokio::test]
async fn what_the_client_has_is_not_sent_again() {
    let fixture = Fixture::new(10);
    let tag = fixture.ask(Method::GET, &[]).headers()[ETAG].to_str().unwrap().to_owned();
    let at = "Tue, 14 Nov 2023 22:13:20 GMT";
    let before = "Tue, 14 Nov 2023 22:13:19 GMT";
    let weak = format!("\"x\", W/{tag}");
    for (headers, is_known) in [
        (vec![(IF_NONE_MATCH, tag.as_str())], true),
        (vec![(IF_NONE_MATCH, weak.as_str())], true),
        (vec![(IF_NONE_MATCH, "*")], true),
        (vec![(IF_NONE_MATCH, "\"other\"")], false),
        (vec![(IF_MODIFIED_SINCE, at)], true),
        (vec![(IF_MODIFIED_SINCE, before)], false),
        (vec![(IF_MODIFIED_SINCE, "yesterday")], false),
        (vec![(IF_NONE_MATCH, "\"other\""), (IF_MODIFIED_SINCE, at)], false),
        (vec![(IF_NONE_MATCH, tag.as_str()), (RANGE, "bytes=0-1")], true),
    ] {
        let response = fixture.ask(Method::GET, &headers);
        let expected = if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        assert_eq!(response.status(), expected, "{headers:?}");
        assert_eq!(response.headers()[ETAG], tag);
        assert_eq!(bytes_of(response).await.is_empty(), is_known);
    }
    for (if_range, is_same) in
        [(tag.as_str(), true), (at, true), (before, false), ("\"other\"", false), ("x", false)]
    {
        let response = fixture.ask(Method::GET, &[(RANGE, "bytes=0-1"), (IF_RANGE, if_range)]);
        let expected = if is_same { StatusCode::PARTIAL_CONTENT } else { StatusCode::OK };
        assert_eq!(response.status(), expected, "{if_range}");
    }
}

#[tokio::test]
async fn a_file_that_shrinks_on_the_way_ends_the_answer_with_an_error() {
    let fixture = Fixture::new(3 * PIECE_BYTES);
    let response = fixture.ask(Method::GET, &[]);
    File::options()
        .write(true)
        .open(fixture.folder.path().join("file"))
        .unwrap()
        .set_len(10)
        .unwrap();
    assert!(response.into_body().collect().await.is_err());
}
