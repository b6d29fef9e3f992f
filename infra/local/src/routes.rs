//! The HTTP front: the routes of the template before the functions' own routers.

use std::net::SocketAddr;

use app::jobs;
use axum::{
    Router,
    extract::{ConnectInfo, Request},
    http::Extensions,
    routing::any,
};
use colloquy_http::ClientAddress;
use tokio::{net::TcpListener, task::JoinHandle};
use tower::ServiceExt;

use crate::{
    LocalError, Result, event_sources, gateway,
    template::{Function, TemplateEvent},
};

/// Whether `function` is the worker of a job that `queue` holds.
pub(crate) fn check_job(function: &Function, queue: &str) -> Result<()> {
    let binary = &function.binary;
    let mut jobs = jobs::ALL.iter().filter(|job| job.queue.name == queue);
    if jobs.any(|job| job.queue.worker == binary) {
        return Ok(());
    }
    Err(LocalError(format!(
        "template.yaml has {binary} work off {queue}: add the job to ALL in shared/app/src/jobs.rs"
    )))
}

/// Every route of the template leads to the function that it names, and to no other.
pub(crate) fn add_routes(mut routes: Router, function: &Function, router: &Router) -> Router {
    for event in &function.events {
        let TemplateEvent::Route { path, streams, .. } = event else { continue };
        let streams = *streams;
        let router = router.clone();
        let call = move |request: Request| {
            let (mut parts, body) = request.into_parts();
            let from = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|from| from.0.ip());
            // What this router noted about the request would confuse the function's own.
            parts.extensions.clear();
            parts.extensions.extend(from.map(ClientAddress).map(with).unwrap_or_default());
            let answer = router.clone().oneshot(Request::from_parts(parts, body));
            async move {
                match streams {
                    true => answer.await,
                    false => Ok(gateway::bounded(answer.await?).await),
                }
            }
        };
        routes = match path.as_str() {
            "/{proxy+}" => routes.fallback(call),
            path => routes.route(path, any(call)),
        };
    }
    routes
}

fn with(address: ClientAddress) -> Extensions {
    let mut extensions = Extensions::new();
    extensions.insert(address);
    extensions
}

/// Serves `routes` on `port` of this machine until `stop`; the address, and the task.
pub(crate) async fn serve(
    routes: Router,
    port: u16,
    stop: &event_sources::Stop,
) -> Result<(String, JoinHandle<()>)> {
    let listener = TcpListener::bind(("127.0.0.1", port))
        .await
        .map_err(|e| LocalError(format!("port {port} of 127.0.0.1: {e}")))?;
    let url = format!("http://{}", listener.local_addr().map_err(LocalError::of)?);
    let mut stop = stop.clone();
    let task = tokio::spawn(async move {
        let stopped = async move {
            let _ = stop.wait_for(|stop| *stop).await;
        };
        let routes = routes.into_make_service_with_connect_info::<SocketAddr>();
        if let Err(error) = axum::serve(listener, routes).with_graceful_shutdown(stopped).await {
            tracing::error!(%error, "the HTTP front stopped");
        }
    });
    Ok((url, task))
}
