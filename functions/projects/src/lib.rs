//! What a project looks like and where it is found: botplot's branding, subdomain and domain,
//! helpbot's widget configuration.

mod botplot;
mod colloquy;
mod helpbot;

use std::sync::Arc;

use app::{
    App,
    chatbots::domains::{Domains, LOOK_UP},
};
use axum::{Router, extract::FromRef, routing::any_service};
use domain::Result;
use runtime::{Aws, Env, config::OutboundConfig};
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

/// What this function needs.
#[derive(Debug, Clone)]
pub struct Ctx {
    http: colloquy_http::Ctx,
    app: App,
    domains: Domains,
}

impl Ctx {
    /// From settings.
    pub async fn new(env: &Env, aws: &Aws) -> Result<Self> {
        let http = colloquy_http::Ctx::new(env, aws).await?;
        let (dns, time) = aws.dns(LOOK_UP);
        let target = OutboundConfig::read(env).custom_domain_target;
        let domains = Domains::new(http.app.clone(), Arc::new(dns), time, target.as_deref())?;
        Ok(Self { app: http.app.clone(), http, domains })
    }
}

impl FromRef<Ctx> for colloquy_http::Ctx {
    fn from_ref(ctx: &Ctx) -> Self {
        ctx.http.clone()
    }
}

/// The routes of this function. A widget on any page reads its configuration; a page that asks
/// whether it may change it, or anything else here, is not told so.
pub fn router(ctx: Ctx) -> Router {
    let http = ctx.http.clone();
    let open = |routes: OpenApiRouter<Ctx>| {
        let (routes, _) = routes.split_for_parts();
        let finished = colloquy_http::finish(routes.with_state(ctx.clone()), &http);
        any_service(colloquy_http::open_to_browsers(finished))
    };
    let (config, widget) = (open(helpbot::routes()), open(colloquy::routes()));
    let (projects, _) = botplot::routes().split_for_parts();
    // Beside the other router and not merged with it: what opens the one must not open the other.
    colloquy_http::finish(projects.with_state(ctx.clone()), &http)
        .route(helpbot::CONFIG, config)
        .route(colloquy::CONFIG, widget)
}

/// What its routes take and answer.
pub fn openapi() -> OpenApi {
    botplot::routes().merge(helpbot::routes()).merge(colloquy::routes()).into_openapi()
}
