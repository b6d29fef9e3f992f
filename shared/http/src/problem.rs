//! Errors on their way out, in the dialect of the route.

use std::marker::PhantomData;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use dialects::DialectErrors;
use domain::{Dialect, Error, ErrorKind};

/// An error in the dialect `D`.
#[derive(Debug)]
pub struct Problem<D>(pub Error, PhantomData<D>);

impl<D> From<Error> for Problem<D> {
    fn from(error: Error) -> Self {
        Self(error, PhantomData)
    }
}

impl<D: DialectErrors> IntoResponse for Problem<D> {
    fn into_response(self) -> Response {
        render(D::DIALECT, &self.0)
    }
}

/// `error` as a response in `dialect`. Our own failures are logged here, and only here.
pub fn render(dialect: Dialect, error: &Error) -> Response {
    if error.kind == ErrorKind::Internal {
        tracing::error!(%error, %dialect, "request failed");
    }
    let status = dialects::error::status(dialect, error.kind);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Json(dialects::error::body(dialect, error))).into_response();
    if let Some(seconds) = error.retry_after {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
