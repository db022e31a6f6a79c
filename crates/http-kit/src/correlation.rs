//! An id for every exchange, taken from the client or made here, echoed in a response header, and
//! at hand for error bodies and logs.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue};

/// The longest id that is taken from a client.
pub const ID_BYTES_MAX: usize = 128;

/// The id of one exchange. Handlers find it among the request's extensions:
/// `Extension(id): Extension<CorrelationId>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorrelationId(Arc<str>);

impl CorrelationId {
    /// The id as text: visible ASCII, at most [`ID_BYTES_MAX`] bytes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id that a client sent, when it is one.
    pub fn from_client(sent: &HeaderValue) -> Option<Self> {
        let text = sent.to_str().ok()?.trim();
        let is_id = !text.is_empty()
            && text.len() <= ID_BYTES_MAX
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        is_id.then(|| Self(text.into()))
    }

    /// An id made of random bytes.
    pub fn from_random(random: [u8; 8]) -> Self {
        let hex: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        Self(hex.into())
    }
}

/// How ids are taken, made and echoed. Mount with
/// `router.layer(axum::middleware::from_fn_with_state(correlation, correlation::stamp))`, outermost.
#[derive(Clone)]
pub struct Correlation {
    header: HeaderName,
    random: Arc<Random>,
}

/// Fills a slice with random bytes.
type Random = dyn Fn(&mut [u8]) + Send + Sync;

impl Correlation {
    /// Ids travel in `header`; new ones are made of the bytes that `random` fills in.
    pub fn new(header: HeaderName, random: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self { header, random: Arc::new(random) }
    }

    fn id_of(&self, request: &Request) -> CorrelationId {
        // Where a router inside another is stamped too, both speak of one exchange by one id.
        if let Some(stamped) = request.extensions().get::<CorrelationId>() {
            return stamped.clone();
        }
        let sent = request.headers().get(&self.header).and_then(CorrelationId::from_client);
        sent.unwrap_or_else(|| {
            let mut random = [0; 8];
            (self.random)(&mut random);
            CorrelationId::from_random(random)
        })
    }
}

/// The middleware: puts a [`CorrelationId`] into the request's extensions and the response's header.
pub async fn stamp(
    State(correlation): State<Correlation>,
    mut request: Request,
    next: Next,
) -> Response {
    let id = correlation.id_of(&request);
    request.extensions_mut().insert(id.clone());
    let mut response = next.run(request).await;
    let value = HeaderValue::from_str(id.as_str()).expect("an id is visible ASCII");
    response.headers_mut().insert(correlation.header, value);
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::routing::get;
    use axum::{Extension, Router};
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;

    async fn exchange(sent: Option<&str>) -> (String, String) {
        let header = HeaderName::from_static("x-request");
        let correlation = Correlation::new(header.clone(), |bytes| bytes.fill(0xab));
        let router = Router::new()
            .route(
                "/",
                get(
                    |Extension(id): Extension<CorrelationId>| async move { id.as_str().to_owned() },
                ),
            )
            .layer(axum::middleware::from_fn_with_state(correlation, stamp));
        let mut request = Request::new(Body::empty());
        if let Some(sent) = sent {
            request.headers_mut().insert(header.clone(), HeaderValue::from_str(sent).unwrap());
        }
        let response = router.oneshot(request).await.unwrap();
        let echoed = response.headers()[&header].to_str().unwrap().to_owned();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (echoed, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn an_id_is_taken_from_the_client_or_made_and_always_echoed() {
        for (sent, expected) in [
            (Some("abc-1"), "abc-1"),
            (None, "abababababababab"),
            (Some(""), "abababababababab"),
            (Some("two words"), "abababababababab"),
            (Some("é"), "abababababababab"),
        ] {
            let (echoed, seen) = exchange(sent).await;
            assert_eq!((echoed.as_str(), seen.as_str()), (expected, expected), "{sent:?}");
        }
        let (echoed, _) = exchange(Some(&"x".repeat(ID_BYTES_MAX + 1))).await;
        assert_eq!(echoed, "abababababababab");
    }
}
