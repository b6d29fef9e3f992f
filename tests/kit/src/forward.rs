//! A request passed on to a service, as proxies in front of it do.

use axum::{
    body::Bytes,
    http::{
        HeaderMap, StatusCode,
        header::{CONTENT_TYPE, HOST},
    },
    response::{IntoResponse, Response},
};
use reqwest::Client;

/// What a service answered: its status, its media type and its body.
pub(crate) struct Forwarded {
    status: StatusCode,
    kind: HeaderMap,
    pub body: Bytes,
}

impl Forwarded {
    /// POSTs `body` to `service` with all `headers` but the host's.
    pub async fn post(http: &Client, service: &str, headers: &HeaderMap, body: Bytes) -> Self {
        let mut request = http.post(service).body(body);
        for (name, value) in headers.iter().filter(|(name, _)| *name != HOST) {
            request = request.header(name, value);
        }
        let answer = request.send().await.expect("the service answers");
        let status = StatusCode::from_u16(answer.status().as_u16()).expect("a status");
        let kind = answer.headers().get(CONTENT_TYPE).cloned();
        let kind = kind.into_iter().map(|kind| (CONTENT_TYPE, kind)).collect();
        Self { status, kind, body: answer.bytes().await.expect("a body") }
    }
}

impl IntoResponse for Forwarded {
    fn into_response(self) -> Response {
        (self.status, self.kind, self.body).into_response()
    }
}
