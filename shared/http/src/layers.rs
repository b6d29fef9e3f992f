//! What every route has around it: a request id, a meter, a bound on the body, and answers in the
//! nearest dialect where there is no route.

use std::time::{Duration, Instant};

use axum::{
    Router,
    body::{HttpBody, to_bytes},
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, Uri},
    middleware::{self, Next},
    response::Response,
};
use domain::{Error, ErrorKind, wire};
use store::meter::Meter;
use tower_http::cors::{AllowHeaders, Any, CorsLayer};
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    Ctx,
    body::MAX_BYTES,
    calls::{Counting, RATE_HEADERS},
    form::{BodyLimit, set_body_limit},
    idempotency,
    problem::render,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Bytes of a body that fit an answer, whatever they are: each takes at most six when it is wrapped.
const NEVER_TOO_LARGE: u64 = 1_000_000;
/// Local run only: what the request consumed.
const UNITS: HeaderName = HeaderName::from_static("x-consumed-units");

/// On the answer that opens a conversation, and on requests of its visitor.
pub const CONVERSATION_TOKEN: HeaderName = HeaderName::from_static("x-conversation-token");
/// For how long a browser remembers what a preflight was answered.
const PREFLIGHT: Duration = Duration::from_secs(24 * 60 * 60);

/// Puts around `router` what every function has.
pub fn finish(router: Router, ctx: &Ctx) -> Router {
    let idempotent = middleware::from_fn_with_state(ctx.app.clone(), idempotency::idempotent);
    finish_public(router.layer(idempotent), ctx.shows_units)
}

/// The same where one route takes larger bodies.
pub fn finish_with_body_limit(router: Router, ctx: &Ctx, limit: BodyLimit) -> Router {
    let idempotent = middleware::from_fn_with_state(ctx.app.clone(), idempotency::idempotent);
    let limit = middleware::from_fn_with_state(limit, set_body_limit);
    finish_public(router.layer(idempotent).layer(limit), ctx.shows_units)
}

/// The same for routes that need no context.
pub fn finish_public(router: Router, shows_units: bool) -> Router {
    router
        .fallback(no_such_path)
        .method_not_allowed_fallback(no_such_method)
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .layer(middleware::from_fn(fit))
        .layer(middleware::from_fn_with_state(shows_units, around))
}

/// For routes that a browser calls from any page with a key that is safe to show; no cookie is
/// ever taken there. Goes around a finished router, since a fallback that is set later would take
/// the place of what answers a preflight.
pub fn open_to_browsers(finished: Router) -> Router {
    finished.layer(
        CorsLayer::new()
            .allow_origin(Any)
            .allow_methods([Method::GET, Method::POST])
            // Not `*`, which does not cover `Authorization`.
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(
                [REQUEST_ID, CONVERSATION_TOKEN]
                    .into_iter()
                    .chain(RATE_HEADERS)
                    .collect::<Vec<_>>(),
            )
            .max_age(PREFLIGHT),
    )
}

/// An answer that is larger than a function can give is an error in the route's dialect, and not
/// one of the gateway's, which would be called ours.
async fn fit(request: Request, next: Next) -> Response {
    let dialect = dialects::of_path(request.uri().path());
    let response = next.run(request).await;
    // One that is streamed has no size and no bound.
    let Some(size) = response.body().size_hint().exact() else { return response };
    if size <= NEVER_TOO_LARGE {
        return response;
    }
    let (parts, body) = response.into_parts();
    let whole = to_bytes(body, usize::MAX).await;
    match whole {
        Ok(bytes) if wire::wrapped(&bytes) <= wire::MAX_BODY => {
            Response::from_parts(parts, bytes.into())
        }
        _ => {
            tracing::warn!(bytes = size, "an answer was too large");
            let message = "the answer would have more than 6 MB; request fewer items";
            render(dialect, &Error::new(ErrorKind::PayloadTooLarge, message))
        }
    }
}

/// The answer where there is no such `what`, in the dialect of the nearest path.
pub fn not_found(uri: &Uri, what: &str) -> Response {
    render(dialects::of_path(uri.path()), &Error::not_found(what))
}

async fn no_such_path(uri: Uri) -> Response {
    not_found(&uri, "path")
}

async fn no_such_method(method: Method, uri: Uri) -> Response {
    let message = format!("{method} is not allowed here");
    let error = Error::new(ErrorKind::MethodNotAllowed, message);
    render(dialects::of_path(uri.path()), &error)
}

async fn around(State(shows_units): State<bool>, mut request: Request, next: Next) -> Response {
    let id = Uuid::now_v7();
    let begun = Instant::now();
    let meter = Meter::default();
    // The pattern and never the path or query: those may carry ids and keys.
    let route = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned());
    let span = tracing::info_span!(
        "request", %id, method = %request.method(), route = route.as_deref().unwrap_or("none")
    );
    let counting = Counting::default();
    request.extensions_mut().insert(counting.clone());
    let answered = async { counting.settle(next.run(request).await).await };
    let mut response = meter.scope(answered).instrument(span.clone()).await;
    let units = meter.units();
    span.in_scope(|| {
        tracing::info!(
            status = response.status().as_u16(),
            latency_ms = begun.elapsed().as_millis(),
            read_units = units.read,
            write_units = units.write,
            round_trips = units.round_trips,
            "request done"
        );
    });
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(REQUEST_ID, value);
    }
    if shows_units {
        let text = format!(
            "read={}, write={}, round_trips={}",
            units.read, units.write, units.round_trips
        );
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(UNITS, value);
        }
    }
    response
}
