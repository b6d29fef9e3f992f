use std::convert::Infallible;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::HOST, request::Parts},
};
use lambda_http::request::RequestContext;

/// Where this API is, by the request that came to it: without a slash at the end. Behind API Gateway's own
/// address the stage belongs to it; behind a custom domain it does not.
pub struct BaseUrl(pub String);

impl<S: Sync> FromRequestParts<S> for BaseUrl {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let stage = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV1(context)) => context.stage.clone(),
            _ => None,
        };
        Ok(Self(base_url(&parts.headers, stage.as_deref())))
    }
}

fn base_url(headers: &HeaderMap, stage: Option<&str>) -> String {
    let text = |value: Option<&axum::http::HeaderValue>| {
        value.and_then(|value| value.to_str().ok()).map(str::to_owned)
    };
    let host = text(headers.get(HOST)).unwrap_or_else(|| "127.0.0.1".to_owned());
    let scheme = text(headers.get("x-forwarded-proto")).filter(|scheme| scheme == "https");
    let scheme = scheme.unwrap_or_else(|| "http".to_owned());
    let is_gateway = host.contains(".execute-api.");
    match stage.filter(|stage| is_gateway && !stage.is_empty()) {
        Some(stage) => format!("{scheme}://{host}/{stage}"),
        None => format!("{scheme}://{host}"),
    }
}
