//! What every route has around it: a request id, a meter, a bound on the body, and answers in the
//! nearest dialect where there is no route.

use std::time::{Duration, Instant};

use axum::{
    Router,
    body::{HttpBody, to_bytes},
    extract::{DefaultBodyLimit, MatchedPath, Request, State},
    http::{
        Extensions, HeaderName, HeaderValue, Method, StatusCode, Uri,
        header::{
            CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
            STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
        },
    },
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use domain::{Error, ErrorKind, wire};
use lambda_http::request::RequestContext;
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
    known_origins::known_origins,
    problem::render,
};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Bytes of a body that fit an answer, whatever they are: each takes at most six when it is wrapped.
const NEVER_TOO_LARGE: u64 = 1_000_000;
/// Local run only: what the request consumed.
const UNITS: HeaderName = HeaderName::from_static("x-consumed-units");

/// On every answer, unless it says otherwise: it is what it says it is, nothing is loaded from
/// elsewhere, no other site shows it in a frame, and it comes by TLS from then on.
const SECURITY: [(HeaderName, &str); 4] = [
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        CONTENT_SECURITY_POLICY,
        "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (REFERRER_POLICY, "no-referrer"),
    (STRICT_TRANSPORT_SECURITY, "max-age=31536000"),
];

/// Tells a proxy that a stream is not to be collected first.
const BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");
/// On the answer that opens a conversation, and on requests of its visitor.
pub const CONVERSATION_TOKEN: HeaderName = HeaderName::from_static("x-conversation-token");
/// For how long a browser remembers what a preflight was answered.
const PREFLIGHT: Duration = Duration::from_secs(24 * 60 * 60);

/// Puts around `router` what every function has.
pub fn finish(router: Router, ctx: &Ctx) -> Router {
    let idempotent = middleware::from_fn_with_state(ctx.app.clone(), idempotency::idempotent);
    known(finish_public(router.layer(idempotent), ctx.shows_units), ctx)
}

/// The same where one route takes larger bodies.
pub fn finish_with_body_limit(router: Router, ctx: &Ctx, limit: BodyLimit) -> Router {
    let idempotent = middleware::from_fn_with_state(ctx.app.clone(), idempotency::idempotent);
    let limit = middleware::from_fn_with_state(limit, set_body_limit);
    known(finish_public(router.layer(idempotent).layer(limit), ctx.shows_units), ctx)
}

/// Around all, since a preflight is answered before anything else.
fn known(finished: Router, ctx: &Ctx) -> Router {
    finished.layer(middleware::from_fn_with_state(ctx.origins.clone(), known_origins))
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
    let finished = finished.layer(
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
    );
    // Around all, since a preflight is answered before anything else.
    finished.layer(middleware::from_fn(named))
}

/// Gives an answer a request id that has none yet.
async fn named(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if !response.headers().contains_key(REQUEST_ID)
        && let Ok(value) = HeaderValue::from_str(&Uuid::now_v7().to_string())
    {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
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

/// The id that the gateway gave the request; none on one machine.
fn gateway_id(extensions: &Extensions) -> Option<&str> {
    match extensions.get::<RequestContext>()? {
        RequestContext::ApiGatewayV1(context) => context.request_id.as_deref(),
        _ => None,
    }
}

/// The answer where there is no such `what`, in the dialect of the nearest path.
pub fn not_found(uri: &Uri, what: &str) -> Response {
    render(dialects::of_path(uri.path()), &Error::not_found(what))
}

async fn no_such_path(uri: Uri) -> Response {
    match plain_path(&uri) {
        // Relative, since a deployed API has its stage in front of the path. 308 keeps the method.
        Some(location) => (StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)]).into_response(),
        None => not_found(&uri, "path"),
    }
}

/// Where a path with a slash at its end, or two in a row, leads without them; `None` if it has none.
fn plain_path(uri: &Uri) -> Option<String> {
    let segments = uri.path().split('/').skip(1);
    let plain: Vec<&str> = segments.clone().filter(|segment| !segment.is_empty()).collect();
    let count = segments.count();
    // A segment of dots would lead elsewhere.
    if plain.is_empty() || plain.len() == count || plain.iter().any(|s| matches!(*s, "." | "..")) {
        return None;
    }
    let up = "../".repeat(count - 1);
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    Some(format!("{up}{}{query}", plain.join("/")))
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
        "request", %id, method = %request.method(), route = route.as_deref().unwrap_or("none"),
        // Of the key or member that calls, so that abuse can be traced; never the key itself.
        caller = tracing::field::Empty,
        // What the gateway's access log calls the request, which has the client's address.
        gateway = gateway_id(request.extensions()).unwrap_or_default()
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
    for (name, value) in SECURITY {
        // A page may say more.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(REQUEST_ID, value);
    }
    let is_stream = |value: &HeaderValue| value.as_bytes().starts_with(b"text/event-stream");
    if headers.get(CONTENT_TYPE).is_some_and(is_stream) {
        headers.insert(BUFFERING, HeaderValue::from_static("no"));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_plain_without_empty_segments() {
        for (path, location) in [
            ("/api/v1/chat/", Some("../../../api/v1/chat")),
            ("//api/v1/leads?limit=1", Some("../../../api/v1/leads?limit=1")),
            ("/api/v1/chat", None),
            ("/", None),
            ("//", None),
            ("/../x/", None),
        ] {
            assert_eq!(plain_path(&path.parse().unwrap()).as_deref(), location, "{path}");
        }
    }
}
