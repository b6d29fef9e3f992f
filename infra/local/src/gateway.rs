//! What the gateway in front of functions does to their answers: one that is larger than Lambda takes,
//! as it wraps it, becomes the gateway's own error.

use axum::{
    Json,
    body::{HttpBody, to_bytes},
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use domain::wire;
use serde_json::json;

/// `answer`, as the gateway passes it on.
pub async fn bounded(answer: Response) -> Response {
    let size = answer.body().size_hint().exact();
    if size.is_some_and(|size| size <= 1_000_000) {
        return answer;
    }
    let text = answer.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let is_text = text.is_none_or(|kind| kind.starts_with("text/") || kind.contains("json"));
    let (parts, body) = answer.into_parts();
    let Ok(bytes) = to_bytes(body, usize::MAX).await else { return refused() };
    let headers: usize =
        parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 8).sum();
    let wrapped = match is_text {
        true => wire::wrapped(&bytes),
        // In base64.
        false => bytes.len().div_ceil(3) * 4,
    };
    match wrapped + headers <= wire::MAX_RESPONSE {
        true => Response::from_parts(parts, bytes.into()),
        false => refused(),
    }
}

fn refused() -> Response {
    let body = json!({"message": "Internal server error"});
    (StatusCode::BAD_GATEWAY, Json(body)).into_response()
}
