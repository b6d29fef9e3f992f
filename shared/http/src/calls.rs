//! Counting a call against its plan, and what its answer says of that.

use std::sync::{Arc, Mutex, PoisonError};

use app::{App, access::usage::Calls};
use axum::{
    http::{HeaderName, HeaderValue, StatusCode, request::Parts},
    response::Response,
};
use domain::{Dialect, Error, Principal, Result, WorkspaceId};
use store::meter::{Meter, MeterHandle};
use tokio::task::JoinHandle;
use tracing::Instrument;

use crate::problem::render;

/// On every answer to a key, where the dialect has them.
pub(crate) const RATE_HEADERS: [HeaderName; 3] = [
    HeaderName::from_static("x-ratelimit-limit"),
    HeaderName::from_static("x-ratelimit-remaining"),
    HeaderName::from_static("x-ratelimit-reset"),
];

#[derive(Default)]
enum State {
    #[default]
    NotCounted,
    Counting(Dialect, JoinHandle<Result<Option<Calls>>>, MeterHandle),
    Counted(Dialect, Calls, Option<Refund>),
}

/// Whom a call is given back to if it turns out malformed.
struct Refund {
    app: App,
    workspace: WorkspaceId,
}

impl Refund {
    /// Of a call with a key that may be in a page: such calls count only if they are well-formed.
    fn of(app: &App, principal: &Principal) -> Option<Self> {
        let is_for_pages = principal.kind.is_for_pages();
        is_for_pages.then(|| Self { app: app.clone(), workspace: principal.workspace_id })
    }

    async fn pay(self, calls: &mut Calls) {
        match self.app.refund_call(self.workspace, calls).await {
            Ok(()) => calls.used = calls.used.saturating_sub(1),
            Err(error) => tracing::warn!(%error, "a malformed call stays counted"),
        }
    }
}

/// Whether an answer says that the request can't be carried out, whoever sends it.
fn is_malformed(status: StatusCode) -> bool {
    matches!(status.as_u16(), 400 | 404 | 405 | 413 | 415 | 422)
}

/// Where a request keeps what became of counting it, from its extractor to its answer.
#[derive(Clone, Default)]
pub(crate) struct Counting(Arc<Mutex<State>>);

impl Counting {
    fn of(parts: &Parts) -> Self {
        parts.extensions.get::<Self>().cloned().unwrap_or_default()
    }

    fn swap(&self, state: State) -> State {
        // Nothing can panic while it is held.
        std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), state)
    }

    /// The answer to a call that was refused or could not be counted; otherwise `response`, with
    /// what the dialect says of its calls.
    pub async fn settle(&self, mut response: Response) -> Response {
        let (dialect, mut calls, refund) = match self.swap(State::NotCounted) {
            State::NotCounted => return response,
            State::Counted(dialect, calls, refund) => (dialect, calls, refund),
            State::Counting(dialect, task, handle) => {
                let counted = task.await.map_err(Error::internal).and_then(|counted| counted);
                Meter::current().join(&handle);
                match counted {
                    Ok(Some(calls)) => (dialect, calls, None),
                    Ok(None) => return response,
                    Err(error) => return render(dialect, &error),
                }
            }
        };
        if let Some(refusal) = calls.refusal() {
            response = render(dialect, &refusal);
        } else if let Some(refund) = refund.filter(|_| is_malformed(response.status())) {
            refund.pay(&mut calls).await;
        }
        if calls.metering.in_headers
            && let (Some(limit), Some(remaining)) = (calls.limits.month, calls.remaining())
        {
            let reset = calls.at.next_month().seconds();
            let values = [limit.into(), remaining.into(), HeaderValue::from(reset)];
            for (name, value) in RATE_HEADERS.into_iter().zip(values) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// Counts a call and waits for it; refused where its plan refuses it.
pub(crate) async fn count(
    parts: &Parts,
    app: &App,
    principal: &Principal,
    dialect: Dialect,
) -> Result<Option<Calls>> {
    let Some(calls) = app.consume_call(principal, dialect).await? else { return Ok(None) };
    let refund = Refund::of(app, principal);
    Counting::of(parts).swap(State::Counted(dialect, calls.clone(), refund));
    calls.refusal().map_or(Ok(Some(calls)), Err)
}

/// Counts a call. One that only reads is counted while it is answered, and its answer waits for
/// the count: it costs no round trip, and what is refused has changed nothing.
pub(crate) async fn count_concurrently(
    parts: &Parts,
    app: &App,
    principal: &Principal,
    dialect: Dialect,
) -> Result<()> {
    if dialect.profile().metering.is_none() {
        return Ok(());
    }
    if !parts.method.is_safe() {
        return count(parts, app, principal, dialect).await.map(drop);
    }
    let (app, principal) = (app.clone(), principal.clone());
    let handle = Meter::current().fork();
    let meter = handle.concurrent.clone();
    let work = async move { app.consume_call(&principal, dialect).await };
    let task = tokio::spawn(async move { meter.scope(work).await }.in_current_span());
    Counting::of(parts).swap(State::Counting(dialect, task, handle));
    Ok(())
}
