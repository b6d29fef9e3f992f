//! Pages of other origins that the deployment knows: a browser lets them read answers to requests with a
//! session. The session cookie goes with their requests where both are of one site, such as
//! `app.example.com` and `chat.example.com`.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS,
            ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
            ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
        },
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

/// Methods that such a page may call.
const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT, PATCH, DELETE");
/// For how many seconds a browser remembers what a preflight was answered.
const PREFLIGHT: HeaderValue = HeaderValue::from_static("86400");

/// Answers a preflight of a page whose origin is among `origins`, and lets such a page read the answer.
pub(crate) async fn known_origins(
    State(origins): State<Arc<[String]>>,
    request: Request,
    next: Next,
) -> Response {
    let Some(origin) = known(&origins, request.headers()) else { return next.run(request).await };
    let is_preflight = request.method() == Method::OPTIONS
        && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if is_preflight {
        let mut answer = StatusCode::NO_CONTENT.into_response();
        let headers = answer.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(ACCESS_CONTROL_MAX_AGE, PREFLIGHT);
        if let Some(asked) = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, asked.clone());
        }
        answer
    } else {
        next.run(request).await
    };
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    headers.append(VARY, HeaderValue::from_static("origin"));
    response
}

/// The origin of the page, if the deployment knows it.
fn known(origins: &[String], headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(ORIGIN)?;
    let text = origin.to_str().ok()?;
    origins.iter().any(|known| known == text).then(|| origin.clone())
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware::from_fn_with_state, routing::get};
    use tower::ServiceExt;

    use super::*;

    async fn answer(method: Method, headers: &[(&str, &str)]) -> Response {
        let origins: Arc<[String]> = Arc::new(["https://app.example.com".to_owned()]);
        let router = Router::new()
            .route("/", get(async || "yes"))
            .layer(from_fn_with_state(origins, known_origins));
        let request = Request::builder().method(method).uri("/");
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    #[tokio::test]
    async fn a_page_of_a_known_origin_reads_answers_and_no_other_does() {
        let known = answer(Method::GET, &[("origin", "https://app.example.com")]).await;
        assert_eq!(known.headers()["access-control-allow-origin"], "https://app.example.com");
        assert_eq!(known.headers()["access-control-allow-credentials"], "true");
        assert_eq!(known.headers()["vary"], "origin");
        for other in ["https://app.example.com.evil.example", "null", "http://app.example.com"] {
            let answer = answer(Method::GET, &[("origin", other)]).await;
            assert!(!answer.headers().contains_key("access-control-allow-origin"), "{other}");
        }
    }

    #[tokio::test]
    async fn a_preflight_of_such_a_page_is_answered() {
        let asked = [
            ("origin", "https://app.example.com"),
            ("access-control-request-method", "PATCH"),
            ("access-control-request-headers", "content-type, x-colloquy-scope"),
        ];
        let answer = answer(Method::OPTIONS, &asked).await;
        assert_eq!(answer.status(), 204);
        let headers = answer.headers();
        assert!(headers["access-control-allow-methods"].to_str().unwrap().contains("PATCH"));
        assert_eq!(headers["access-control-allow-headers"], "content-type, x-colloquy-scope");
        let plain = self::answer(Method::OPTIONS, &[asked[1]]).await;
        assert_eq!(plain.status(), 405);
    }
}
