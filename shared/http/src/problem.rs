//! Errors on their way out, in the dialect of the route.

use std::marker::PhantomData;

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use domain::{Dialect, Error, ErrorKind};

/// A dialect as a type, so that extractors and errors know it.
pub trait Speaks: Send + Sync + 'static {
    /// Which one.
    const DIALECT: Dialect;
}

macro_rules! speaks {
    ($($name:ident),*) => {$(
        /// The dialect of that name.
        #[derive(Debug, Clone, Copy)]
        pub struct $name;
        impl Speaks for $name {
            const DIALECT: Dialect = Dialect::$name;
        }
    )*};
}
speaks!(Conferbot, ChatbotPlatform, Botplot, Openbat, Helpbot);

/// An error in the dialect `D`.
#[derive(Debug)]
pub struct Problem<D>(pub Error, PhantomData<D>);

impl<D> From<Error> for Problem<D> {
    fn from(error: Error) -> Self {
        Self(error, PhantomData)
    }
}

impl<D: Speaks> IntoResponse for Problem<D> {
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
