//! How an answer is sent: entity tags, "not modified", compression, and none of the body for HEAD.
//!
//! The tag of an answer is a hash of everything it was made from, known before any byte of it is
//! written: the fingerprints read, the normalised question, the content coding and the encoder's
//! version. So an unchanged answer costs no encoding at all (DESIGN, "The timeline").

use std::fmt;
use std::io::Write as _;

use axum::body::Body;
use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{
    ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use sha2::{Digest as _, Sha256};

/// The content type of every JSON answer.
pub const JSON: &str = "application/json; charset=utf-8";
/// Bodies up to this length are sent as they are: compressing them gains nothing.
pub const UNCOMPRESSED_BYTES_MAX: usize = 1_024;

/// How the bytes of a body travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// As they are.
    Identity,
    /// gzip, level 1.
    Gzip,
    /// Zstandard, level 1.
    Zstd,
}

impl Coding {
    /// In order of preference where the client has none.
    const BEST_FIRST: [Self; 3] = [Self::Zstd, Self::Gzip, Self::Identity];

    /// The name in `Content-Encoding`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// The coding that suits the client best: the one it rates highest, and of those the one we
    /// prefer. A client that accepts nothing we have gets the bytes as they are.
    pub fn negotiate(headers: &HeaderMap) -> Self {
        let lines =
            headers.get_all(ACCEPT_ENCODING).into_iter().filter_map(|line| line.to_str().ok());
        let wishes: Vec<(&str, u16)> =
            lines.flat_map(|line| line.split(',')).filter_map(wish).collect();
        let rating = |coding: Self| {
            let is_named = |name: &str| {
                let is_alias = coding == Self::Gzip && name.eq_ignore_ascii_case("x-gzip");
                is_alias || name.eq_ignore_ascii_case(coding.name())
            };
            let named = wishes.iter().find(|(name, _)| is_named(name));
            let any = wishes.iter().find(|(name, _)| *name == "*");
            let unsaid = match coding {
                // Acceptable unless refused, but below anything that was asked for.
                Self::Identity => 1,
                Self::Gzip | Self::Zstd => 0,
            };
            named.or(any).map_or(unsaid, |(_, quality)| *quality)
        };
        let mut best = (0, Self::Identity);
        for coding in Self::BEST_FIRST {
            if rating(coding) > best.0 {
                best = (rating(coding), coding);
            }
        }
        best.1
    }

    fn encode(self, body: Vec<u8>) -> std::io::Result<Vec<u8>> {
        match self {
            Self::Identity => Ok(body),
            Self::Zstd => zstd::bulk::compress(&body, 1),
            Self::Gzip => {
                let room = Vec::with_capacity(body.len() / 2);
                let mut encoder = flate2::write::GzEncoder::new(room, flate2::Compression::new(1));
                encoder.write_all(&body)?;
                encoder.finish()
            }
        }
    }
}

/// One part of `Accept-Encoding`: a name and its quality in thousandths. An unreadable quality
/// counts as refused.
fn wish(part: &str) -> Option<(&str, u16)> {
    let mut fields = part.split(';').map(str::trim);
    let name = fields.next().filter(|name| !name.is_empty())?;
    let quality = fields.find_map(|field| {
        let (name, value) = field.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| thousandths_of(value.trim()))
    });
    Some((name, quality.unwrap_or(1_000)))
}

fn thousandths_of(quality: &str) -> u16 {
    let value: f64 = quality.parse().unwrap_or(0.0);
    if (0.0..=1.0).contains(&value) { (value * 1_000.0).round() as u16 } else { 0 }
}

/// A hash of everything that an answer is made from. Feed it parts in a fixed order.
#[derive(Clone, Debug)]
pub struct Validator(Sha256);

impl Validator {
    /// Begins with the name of the answer and the version of the code that encodes it. Raise the
    /// version whenever the same facts come out as other bytes.
    pub fn new(answer: &str, encoder_version: u32) -> Self {
        Self(Sha256::new()).bytes(answer.as_bytes()).number(encoder_version.into())
    }

    /// Adds a number, such as a fingerprint.
    #[must_use]
    pub fn number(mut self, number: u64) -> Self {
        self.0.update(number.to_le_bytes());
        self
    }

    /// Adds bytes, such as the normalised question, with their length.
    #[must_use]
    pub fn bytes(self, bytes: &[u8]) -> Self {
        let mut next = self.number(bytes.len() as u64);
        next.0.update(bytes);
        next
    }

    /// Adds what a value shows of itself in `Debug`: for expressions, whose text says all of them.
    #[must_use]
    pub fn shown(mut self, value: &impl fmt::Debug) -> Self {
        struct Sink<'a>(&'a mut Sha256);
        impl fmt::Write for Sink<'_> {
            fn write_str(&mut self, text: &str) -> fmt::Result {
                self.0.update(text.as_bytes());
                Ok(())
            }
        }
        fmt::Write::write_fmt(&mut Sink(&mut self.0), format_args!("{value:?}\0"))
            .expect("a hash takes any text");
        self
    }

    fn tag(self, coding: Coding) -> EntityTag {
        let hash = self.bytes(coding.name().as_bytes()).0.finalize();
        EntityTag(format!("\"{}\"", URL_SAFE_NO_PAD.encode(&hash[..16])))
    }
}

/// A strong entity tag, in its quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct EntityTag(String);

impl EntityTag {
    /// Whether an `If-None-Match` names this tag, by the weak comparison that it asks for.
    fn is_in(&self, if_none_match: &str) -> bool {
        let named = |tag: &str| tag.trim().trim_start_matches("W/") == self.0;
        if_none_match.trim() == "*" || if_none_match.split(',').any(named)
    }
}

impl fmt::Display for EntityTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How the client wants its answer. Read from the request on the asynchronous side; small, and
/// moves to wherever the answer is made.
#[derive(Clone, Debug)]
pub struct Terms {
    coding: Coding,
    if_none_match: Vec<String>,
    is_head: bool,
}

impl Terms {
    /// Reads the terms of a request.
    pub fn of(method: &Method, headers: &HeaderMap) -> Self {
        let sent = headers.get_all(IF_NONE_MATCH).into_iter().filter_map(|line| line.to_str().ok());
        Self {
            coding: Coding::negotiate(headers),
            if_none_match: sent.map(str::to_owned).collect(),
            is_head: method == Method::HEAD,
        }
    }

    /// The answer 200 with the JSON that `encode` writes, tagged by `validator`; or 304, without
    /// calling `encode`, when the client already has it.
    pub fn json(&self, validator: Validator, encode: impl FnOnce() -> Vec<u8>) -> Response {
        let tag = validator.tag(self.coding);
        let mut response = if self.if_none_match.iter().any(|sent| tag.is_in(sent)) {
            empty(StatusCode::NOT_MODIFIED)
        } else {
            self.body(StatusCode::OK, encode())
        };
        let tag = HeaderValue::from_str(&tag.0).expect("a tag is visible ASCII");
        response.headers_mut().insert(ETAG, tag);
        response.headers_mut().insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        response
    }

    /// [`Terms::json`] for a small body that is cheap to make: its own bytes are its validator.
    pub fn small_json(&self, body: Vec<u8>) -> Response {
        let validator = Validator::new("body", 0).bytes(&body);
        self.json(validator, || body)
    }

    fn body(&self, status: StatusCode, body: Vec<u8>) -> Response {
        let is_worth_it = body.len() > UNCOMPRESSED_BYTES_MAX;
        let coding = if is_worth_it { self.coding } else { Coding::Identity };
        let bytes = coding.encode(body).expect("compressing from memory to memory does not fail");
        let mut response = empty(status);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
        headers.insert(CONTENT_LENGTH, bytes.len().into());
        if coding != Coding::Identity {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(coding.name()));
        }
        if !self.is_head {
            *response.body_mut() = Body::from(bytes);
        }
        response
    }
}

/// A JSON answer without tag and without compression: errors, and answers to writes.
pub fn plain_json(status: StatusCode, body: Vec<u8>) -> Response {
    let mut response = empty(status);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(JSON));
    *response.body_mut() = Body::from(body);
    response
}

fn empty(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::BodyExt as _;
    use std::io::Read as _;

    fn headers(pairs: &[(http::HeaderName, &str)]) -> HeaderMap {
        let mut map = HeaderMap::new();
        for (name, value) in pairs {
            map.append(name.clone(), HeaderValue::from_str(value).unwrap());
        }
        map
    }

    fn terms(method: Method, pairs: &[(http::HeaderName, &str)]) -> Terms {
        Terms::of(&method, &headers(pairs))
    }

    async fn bytes_of(response: Response) -> Vec<u8> {
        response.into_body().collect().await.unwrap().to_bytes().to_vec()
    }

    fn validator() -> Validator {
        Validator::new("test", 1).number(7).bytes(b"a=1")
    }

    #[test]
    fn the_coding_is_what_the_client_rates_highest() {
        for (accepted, expected) in [
            (None, Coding::Identity),
            (Some(""), Coding::Identity),
            (Some("gzip, deflate, br"), Coding::Gzip),
            (Some("gzip, deflate, br, zstd"), Coding::Zstd),
            (Some("zstd;q=0.5, gzip"), Coding::Gzip),
            (Some("zstd;q=0, gzip;q=0"), Coding::Identity),
            (Some("*"), Coding::Zstd),
            (Some("*;q=0.1, gzip;q=0.2"), Coding::Gzip),
            (Some("identity;q=1, gzip;q=0.9"), Coding::Identity),
            (Some("identity, gzip"), Coding::Gzip),
            (Some("GZIP ; Q=0.5"), Coding::Gzip),
            (Some("x-gzip"), Coding::Gzip),
            (Some("gzip;q=2"), Coding::Identity),
            (Some("gzip;q=x"), Coding::Identity),
            (Some("identity;q=0"), Coding::Identity),
            (Some("br"), Coding::Identity),
        ] {
            let sent: Vec<_> = accepted.map(|value| (ACCEPT_ENCODING, value)).into_iter().collect();
            assert_eq!(Coding::negotiate(&headers(&sent)), expected, "{accepted:?}");
        }
    }

    #[tokio::test]
    async fn compressed_bodies_read_back() {
        let body = b"{\"id\":[]}".repeat(500);
        for coding in ["gzip", "zstd"] {
            let terms = terms(Method::GET, &[(ACCEPT_ENCODING, coding)]);
            let response = terms.json(validator(), || body.clone());
            assert_eq!(response.headers()[CONTENT_ENCODING], coding);
            assert_eq!(response.headers()[VARY], "Accept-Encoding");
            assert_eq!(response.headers()[CONTENT_TYPE], JSON);
            let sent = bytes_of(response).await;
            assert!(sent.len() < body.len() / 10);
            let mut read = Vec::new();
            match coding {
                "gzip" => flate2::read::GzDecoder::new(&sent[..])
                    .read_to_end(&mut read)
                    .map(drop)
                    .unwrap(),
                _ => read = zstd::stream::decode_all(&sent[..]).unwrap(),
            }
            assert_eq!(read, body);
        }
    }

    #[tokio::test]
    async fn small_bodies_are_sent_as_they_are() {
        let terms = terms(Method::GET, &[(ACCEPT_ENCODING, "gzip")]);
        let response = terms.json(validator(), || vec![b'1'; UNCOMPRESSED_BYTES_MAX]);
        assert!(!response.headers().contains_key(CONTENT_ENCODING));
        assert_eq!(bytes_of(response).await.len(), UNCOMPRESSED_BYTES_MAX);
    }

    #[tokio::test]
    async fn a_client_that_has_the_answer_costs_no_encoding() {
        let first = terms(Method::GET, &[]).json(validator(), || b"[]".to_vec());
        let tag = first.headers()[ETAG].to_str().unwrap().to_owned();
        assert!(tag.starts_with('"') && tag.ends_with('"'));
        for sent in [tag.clone(), format!("W/{tag}"), format!("\"x\" , {tag}"), "*".to_owned()] {
            for method in [Method::GET, Method::HEAD] {
                let terms = terms(method, &[(IF_NONE_MATCH, &sent)]);
                let response = terms.json(validator(), || unreachable!("nothing is encoded"));
                assert_eq!(response.status(), StatusCode::NOT_MODIFIED);
                assert_eq!(response.headers()[ETAG], tag);
                assert!(bytes_of(response).await.is_empty());
            }
        }
        let stale = terms(Method::GET, &[(IF_NONE_MATCH, "\"stale\"")]);
        assert_eq!(stale.json(validator(), || b"[]".to_vec()).status(), StatusCode::OK);
    }

    #[test]
    fn the_tag_depends_on_every_part() {
        let tag = |validator: Validator, coding| validator.tag(coding);
        let base = || Validator::new("test", 1).number(7).bytes(b"a=1");
        let tags = [
            tag(base(), Coding::Identity),
            tag(base(), Coding::Gzip),
            tag(Validator::new("test", 2).number(7).bytes(b"a=1"), Coding::Identity),
            tag(Validator::new("tesu", 1).number(7).bytes(b"a=1"), Coding::Identity),
            tag(Validator::new("test", 1).number(8).bytes(b"a=1"), Coding::Identity),
            tag(Validator::new("test", 1).number(7).bytes(b"a=").bytes(b"1"), Coding::Identity),
            tag(base().shown(&"x"), Coding::Identity),
            tag(base().shown(&Some("x")), Coding::Identity),
        ];
        for (at, one) in tags.iter().enumerate() {
            assert!(tags[at + 1..].iter().all(|other| other != one), "{one}");
        }
        assert_eq!(tags[0], tag(base(), Coding::Identity));
    }

    #[tokio::test]
    async fn head_has_the_headers_of_get_and_no_body() {
        let body = b"[1]".repeat(1_000);
        let asked = [(ACCEPT_ENCODING, "gzip")];
        let get = terms(Method::GET, &asked).json(validator(), || body.clone());
        let head = terms(Method::HEAD, &asked).json(validator(), || body.clone());
        assert_eq!(get.headers(), head.headers());
        assert!(bytes_of(head).await.is_empty());
        assert!(!bytes_of(get).await.is_empty());
    }
}
