use app::webhooks::subscriptions::NewWebhook;
use axum::{Json, extract::State, http::StatusCode};
use colloquy_http::{Body, Conferbot, Problem, Segments, WorkspaceKey};
use dialects::conferbot::{
    DataOut, MessageOut,
    webhook::{EVENTS, NewWebhookOut, WebhookIn, WebhookRowOut},
};
use domain::{Dialect, bounds};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<T, Problem<Conferbot>>;
type Key = WorkspaceKey<Conferbot>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_webhooks, create_webhook))
        .routes(routes!(delete_webhook))
}

/// List webhooks
///
/// All of the workspace, newest first.
#[utoipa::path(get, path = "/api/v1/external/v1/webhooks", tag = "conferbot",
    security(("conferbot" = [])),
    responses((status = 200, body = DataOut<Vec<WebhookRowOut>>)))]
async fn list_webhooks(
    State(ctx): State<Ctx>,
    key: Key,
) -> Reply<Json<DataOut<Vec<WebhookRowOut>>>> {
    let webhooks = ctx.webhooks.list_all(key.0.workspace_id).await?;
    let row = |(webhook, chatbot)| WebhookRowOut::new(webhook, chatbot);
    Ok(Json(DataOut { data: webhooks.into_iter().map(row).collect() }))
}

/// Create a webhook
///
/// The signing secret is shown this once.
#[utoipa::path(post, path = "/api/v1/external/v1/webhooks", tag = "conferbot",
    security(("conferbot" = [])),
    request_body = WebhookIn,
    responses((status = 201, body = NewWebhookOut)))]
async fn create_webhook(
    State(ctx): State<Ctx>,
    key: Key,
    Body(WebhookIn { chatbot_id, url, events, description }, _): Body<Conferbot, WebhookIn>,
) -> Reply<(StatusCode, Json<NewWebhookOut>)> {
    let chatbot = bounds::required("chatbotId", chatbot_id.as_deref())?;
    let targets = ctx.webhooks.targets();
    let new = NewWebhook::new(url.as_deref(), events, description.as_deref(), &EVENTS, targets)?;
    let (workspace, chatbot) = (key.0.workspace_id, Some(chatbot.parse()?));
    let (webhook, secret) =
        ctx.webhooks.create(workspace, chatbot, Dialect::Conferbot, new).await?;
    Ok((StatusCode::CREATED, Json(NewWebhookOut::new(webhook, secret))))
}

/// Delete a webhook
///
/// With its log of deliveries.
#[utoipa::path(delete, path = "/api/v1/external/v1/webhooks/{id}", tag = "conferbot",
    security(("conferbot" = [])),
    params(("id" = String, Path, description = "Webhook ID")),
    responses((status = 200, body = MessageOut)))]
async fn delete_webhook(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<Conferbot, String>,
) -> Reply<Json<MessageOut>> {
    let id = id.parse()?;
    let scope = ctx.webhooks.find(key.0.workspace_id, id).await?;
    ctx.webhooks.delete(scope, id, Dialect::Conferbot).await?;
    Ok(Json(MessageOut { message: "Webhook deleted" }))
}
