use app::webhooks::NewWebhook;
use axum::{Json, Router, extract::State, routing::get};
use colloquy_http::{Helpbot, Params, Problem, SiteKey};
use dialects::helpbot::webhook::{
    DeletedOut, EVENTS, NewWebhookOut, WebhookIn, WebhookOut, WebhookQuery, WebhooksOut,
};
use domain::{Dialect, Feature, Scope, bounds};

use crate::Ctx;

type Reply<T> = Result<Json<T>, Problem<Helpbot>>;

pub fn routes() -> Router<Ctx> {
    Router::new()
        .route("/api/v1/webhooks", get(list_webhooks).post(create_webhook).delete(delete_webhook))
}

async fn list_webhooks(State(ctx): State<Ctx>, key: SiteKey) -> Reply<WebhooksOut> {
    ctx.http.core.require(&key.principal, Feature::HelpbotInsights)?;
    let scope = Scope::Chatbot(key.chatbot);
    let webhooks = ctx.webhooks.list_with_secrets(scope, Dialect::Helpbot).await?;
    let row = |(webhook, secret): (_, String)| WebhookOut::redacted(webhook, &secret);
    Ok(Json(WebhooksOut { webhooks: webhooks.into_iter().map(row).collect() }))
}

async fn create_webhook(State(ctx): State<Ctx>, key: SiteKey) -> Reply<NewWebhookOut> {
    ctx.http.core.require(&key.principal, Feature::HelpbotInsights)?;
    let WebhookIn { url, events, description } = colloquy_http::parse(&key.body)?;
    let policy = ctx.webhooks.policy();
    let new = NewWebhook::new(url.as_deref(), events, description.as_deref(), &EVENTS, policy)?;
    let (workspace, site) = (key.principal.workspace_id, Some(key.chatbot));
    let (webhook, secret) = ctx.webhooks.create(workspace, site, Dialect::Helpbot, new).await?;
    Ok(Json(NewWebhookOut { webhook: WebhookOut::new(webhook, secret) }))
}

async fn delete_webhook(
    State(ctx): State<Ctx>,
    Params(query, _): Params<Helpbot, WebhookQuery>,
    key: SiteKey,
) -> Reply<DeletedOut> {
    ctx.http.core.require(&key.principal, Feature::HelpbotInsights)?;
    let id = bounds::required("id", query.id())?.parse()?;
    ctx.webhooks.delete(Scope::Chatbot(key.chatbot), id, Dialect::Helpbot).await?;
    Ok(Json(DeletedOut { deleted: true }))
}
