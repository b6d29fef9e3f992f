use app::webhooks::NewWebhook;
use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{delete, get},
};
use colloquy_http::{Body, Conferbot, Problem, Segments, WorkspaceKey};
use dialects::conferbot::{
    DataOut, MessageOut,
    webhook::{EVENTS, NewWebhookOut, WebhookIn, WebhookRowOut},
};
use domain::{Dialect, bounds};

use crate::Ctx;

type Reply<T> = Result<T, Problem<Conferbot>>;
type Key = WorkspaceKey<Conferbot>;

pub fn routes() -> Router<Ctx> {
    const WEBHOOKS: &str = "/api/v1/external/v1/webhooks";
    Router::new()
        .route(WEBHOOKS, get(list_webhooks).post(create_webhook))
        .route(&format!("{WEBHOOKS}/{{id}}"), delete(delete_webhook))
}

async fn list_webhooks(
    State(ctx): State<Ctx>,
    key: Key,
) -> Reply<Json<DataOut<Vec<WebhookRowOut>>>> {
    let webhooks = ctx.webhooks.list_all(key.0.workspace_id).await?;
    let row = |(webhook, chatbot)| WebhookRowOut::new(webhook, chatbot);
    Ok(Json(DataOut { data: webhooks.into_iter().map(row).collect() }))
}

async fn create_webhook(
    State(ctx): State<Ctx>,
    key: Key,
    Body(WebhookIn { chatbot_id, url, events, description }, _): Body<Conferbot, WebhookIn>,
) -> Reply<(StatusCode, Json<NewWebhookOut>)> {
    let chatbot = bounds::required("chatbotId", chatbot_id.as_deref())?;
    let policy = ctx.webhooks.policy();
    let new = NewWebhook::new(url.as_deref(), events, description.as_deref(), &EVENTS, policy)?;
    let (workspace, chatbot) = (key.0.workspace_id, Some(chatbot.parse()?));
    let (webhook, secret) =
        ctx.webhooks.create(workspace, chatbot, Dialect::Conferbot, new).await?;
    Ok((StatusCode::CREATED, Json(NewWebhookOut::new(webhook, secret))))
}

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
