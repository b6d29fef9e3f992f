use app::webhooks::subscriptions::NewWebhook;
use axum::{Json, extract::State};
use colloquy_http::{Helpbot, Params, Problem, SiteKey};
use dialects::helpbot::{
    DeletedOut,
    webhook::{EVENTS, NewWebhookOut, WebhookIn, WebhookOut, WebhookQuery, WebhooksOut},
};
use domain::{Dialect, Feature, Scope, bounds};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<Json<T>, Problem<Helpbot>>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_webhooks, create_webhook, delete_webhook))
}

/// List webhooks
///
/// All of your site, newest first. Secrets are redacted to their last 4 characters. Requires the
/// pro plan (Growth).
#[utoipa::path(get, path = "/api/v1/webhooks", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    responses((status = 200, body = WebhooksOut)))]
async fn list_webhooks(State(ctx): State<Ctx>, key: SiteKey) -> Reply<WebhooksOut> {
    ctx.http.core.require(&key.principal, Feature::HelpbotInsights)?;
    let scope = Scope::Chatbot(key.chatbot);
    let webhooks = ctx.webhooks.list_with_secrets(scope, Dialect::Helpbot).await?;
    let row = |(webhook, secret): (_, String)| WebhookOut::redacted(webhook, &secret);
    Ok(Json(WebhooksOut { webhooks: webhooks.into_iter().map(row).collect() }))
}

/// Create a webhook
///
/// The signing secret is returned once: store it securely. A site has at most 5 webhooks. Requires
/// the pro plan (Growth).
#[utoipa::path(post, path = "/api/v1/webhooks", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    request_body = WebhookIn,
    responses((status = 200, body = NewWebhookOut)))]
async fn create_webhook(State(ctx): State<Ctx>, key: SiteKey) -> Reply<NewWebhookOut> {
    ctx.http.core.require(&key.principal, Feature::HelpbotInsights)?;
    let WebhookIn { url, events, description, api_key: _ } = colloquy_http::parse(&key.body)?;
    let targets = ctx.webhooks.targets();
    let new = NewWebhook::new(url.as_deref(), events, description.as_deref(), &EVENTS, targets)?;
    let (workspace, site) = (key.principal.workspace_id, Some(key.chatbot));
    let (webhook, secret) = ctx.webhooks.create(workspace, site, Dialect::Helpbot, new).await?;
    Ok(Json(NewWebhookOut { webhook: WebhookOut::new(webhook, secret) }))
}

/// Delete a webhook
///
/// Permanently removes it. Requires the pro plan (Growth).
#[utoipa::path(delete, path = "/api/v1/webhooks", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    params(("id" = String, Query, format = "uuid", description = "The webhook")),
    responses((status = 200, body = DeletedOut)))]
async fn delete_webhook(
    State(ctx): State<Ctx>,
    Params(query, _): Params<Helpbot, WebhookQuery>,
    key: SiteKey,
) -> Reply<DeletedOut> {
    ctx.http.core.require(&key.principal, Feature::HelpbotInsights)?;
    let id = bounds::required("id", query.id())?.parse()?;
    ctx.webhooks.delete(Scope::Chatbot(key.chatbot), id, Dialect::Helpbot).await?;
    Ok(Json(DeletedOut::DONE))
}
