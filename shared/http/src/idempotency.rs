//! `Idempotency-Key`, around every `POST` of a caller that is known.

use app::{
    App,
    access::accounts::Caller,
    access::idempotency::{Claim, ClaimToken, IdempotentRequest, StoredResponse},
};
use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderName, HeaderValue, Method, StatusCode, header::CONTENT_TYPE, request::Parts},
    middleware::Next,
    response::Response,
};
use domain::{Dialect, Error, Result};
use futures::{StreamExt, stream};
use store::meter::Meter;
use tokio::sync::mpsc;
use tracing::Instrument;

use crate::{
    StreamOutcome,
    auth::{KnownCaller, look_up, secret_in},
    form::max_bytes,
    problem::render,
    visitor::client_address,
};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// On a response that was given before.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Pieces of a stream that wait for a slow client.
const WAITING: usize = 64;

/// Carries a `POST` with an `Idempotency-Key` out once. Sign-up and sign-in are left alone: their
/// callers are not known yet.
pub(crate) async fn idempotent(State(app): State<App>, request: Request, next: Next) -> Response {
    let named = request.headers().contains_key(KEY);
    let path = request.uri().path();
    if !named || request.method() != Method::POST || path.starts_with("/api/v1/auth/") {
        return next.run(request).await;
    }
    let dialect = dialects::of_path(path);
    let (mut parts, body) = request.into_parts();
    let most = max_bytes(&parts.extensions);
    let Ok(body) = to_bytes(body, most + 1).await else {
        // Too large, or cut off: the route says so in its own words.
        let rest = Body::from(vec![b' '; most + 1]);
        return next.run(Request::from_parts(parts, rest)).await;
    };
    let secret = secret_in(&parts.headers, &parts.uri, &body);
    let known = match secret {
        Some(secret) => look_up(&mut parts.extensions, &app, &secret).await,
        None => Ok(None),
    };
    let known = match known {
        Ok(Some(known)) => known,
        // The route refuses it.
        Ok(None) => return next.run(Request::from_parts(parts, Body::from(body))).await,
        Err(error) => return render(dialect, &error),
    };
    match claim(&app, &known, &parts, &body).await {
        Ok((_, Claim::Replay(response))) => replayed(response),
        Ok((idempotent, Claim::Execute(claim))) => {
            let response = next.run(Request::from_parts(parts, Body::from(body))).await;
            complete(app, idempotent, claim, response, dialect).await
        }
        Err(error) => render(spoken(&known, dialect), &error),
    }
}

/// On a path that two dialects share the key decides.
fn spoken(known: &KnownCaller, path: Dialect) -> Dialect {
    match &known.caller {
        Caller::Key(principal) => principal.dialect.spoken_on(path),
        Caller::Session(_) => path,
    }
}

async fn claim(
    app: &App,
    known: &KnownCaller,
    parts: &Parts,
    body: &[u8],
) -> Result<(IdempotentRequest, Claim)> {
    let key = parts.headers.get(KEY).and_then(|key| key.to_str().ok()).unwrap_or_default();
    let target = parts.uri.path_and_query().map_or("", |target| target.as_str());
    let method = parts.method.as_str();
    // All visitors of a page have its key: what tells them apart is where they are.
    let caller = match &known.caller {
        Caller::Key(principal) if principal.kind.is_for_pages() => {
            let address = client_address(&parts.extensions).unwrap_or_default();
            format!("{} {address}", known.secret())
        }
        _ => known.secret().to_owned(),
    };
    let request = IdempotentRequest::new(&caller, key, method, target, body)?;
    let claim = app.claim_request(&request).await?;
    Ok((request, claim))
}

fn replayed(stored: StoredResponse) -> Response {
    let StoredResponse { status, content_type, body } = stored;
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    if let Ok(value) = HeaderValue::from_str(&content_type) {
        response.headers_mut().insert(CONTENT_TYPE, value);
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

/// Stores the response before its end goes out, so that a client that has all of it finds it again.
/// The body is read on a task of its own: a client that goes away takes nothing along.
async fn complete(
    app: App,
    request: IdempotentRequest,
    claim: ClaimToken,
    response: Response,
    dialect: Dialect,
) -> Response {
    let (parts, body) = response.into_parts();
    let status = parts.status.as_u16();
    let content_type = parts.headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
    let content_type = content_type.unwrap_or_default().to_owned();
    let streamed = content_type.starts_with("text/event-stream");
    let outcome = parts.extensions.get::<StreamOutcome>().cloned();
    let (pieces, mut coming) = mpsc::channel::<Bytes>(WAITING);
    let meter = Meter::current();
    let work = async move {
        let mut whole = Vec::new();
        let mut data = body.into_data_stream();
        let mut broken = false;
        while let Some(piece) = data.next().await {
            let Ok(piece) = piece else {
                broken = true;
                break;
            };
            whole.extend_from_slice(&piece);
            if streamed {
                // The client may be gone; the response is stored all the same.
                let _ = pieces.send(piece).await;
            }
        }
        // A stream that failed after its first byte may be retried, although its status is 200.
        let failed = broken || outcome.is_some_and(|outcome| !outcome.is_complete());
        let status = if failed { StatusCode::INTERNAL_SERVER_ERROR.as_u16() } else { status };
        let body = String::from_utf8_lossy(&whole).into_owned();
        let stored = StoredResponse { status, content_type, body };
        if let Err(error) = app.complete_request(&request, &claim, &stored).await {
            tracing::error!(%error, "a response could not be stored for its Idempotency-Key");
        }
        stored.body
    };
    let task = tokio::spawn(async move { meter.scope(work).await }.in_current_span());
    if streamed {
        let rest = stream::poll_fn(move |context| coming.poll_recv(context));
        return Response::from_parts(parts, Body::from_stream(rest.map(Ok::<_, Error>)));
    }
    match task.await {
        Ok(whole) => Response::from_parts(parts, Body::from(whole)),
        Err(error) => render(dialect, &Error::internal(error)),
    }
}
