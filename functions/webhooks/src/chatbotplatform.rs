use app::webhooks::{ChangedWebhook, NewWebhook};
use axum::{Json, Router, extract::State, http::StatusCode, routing::get};
use colloquy_http::{Body, ChatbotPlatform, Params, Problem, Segments, WorkspaceKey};
use dialects::chatbotplatform::{
    DataOut, DeletedOut, ListIn, ListOut,
    webhook::{EVENTS, NewWebhookOut, WebhookIn, WebhookOut, WebhookPatchIn, webhook_status},
};
use domain::{Dialect, Scope, WebhookId};

use crate::Ctx;

type Reply<T> = Result<T, Problem<ChatbotPlatform>>;
type Key = WorkspaceKey<ChatbotPlatform>;

pub fn routes() -> Router<Ctx> {
    Router::new()
        .route("/v1/webhooks", get(list_webhooks).post(create_webhook))
        .route("/v1/webhooks/{id}", get(get_webhook).patch(update_webhook).delete(delete_webhook))
}

/// Its webhooks belong to the workspace.
fn scope(key: &Key) -> Scope {
    Scope::Workspace(key.0.workspace_id)
}

async fn list_webhooks(
    State(ctx): State<Ctx>,
    key: Key,
    Params(query, _): Params<ChatbotPlatform, ListIn>,
) -> Reply<Json<ListOut<WebhookOut>>> {
    let (filter, page) = query.webhooks()?;
    let (webhooks, total) =
        ctx.webhooks.page(scope(&key), Dialect::ChatbotPlatform, &filter, page).await?;
    Ok(Json(ListOut::new(webhooks, total, page)))
}

async fn create_webhook(
    State(ctx): State<Ctx>,
    key: Key,
    Body(WebhookIn { url, events, description }, _): Body<ChatbotPlatform, WebhookIn>,
) -> Reply<(StatusCode, Json<DataOut<NewWebhookOut>>)> {
    let policy = ctx.webhooks.policy();
    let new = NewWebhook::new(url.as_deref(), events, description.as_deref(), &EVENTS, policy)?;
    let workspace = key.0.workspace_id;
    let made = ctx.webhooks.create(workspace, None, Dialect::ChatbotPlatform, new).await?;
    Ok((StatusCode::CREATED, Json(DataOut::new(made))))
}

async fn get_webhook(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<ChatbotPlatform, String>,
) -> Reply<Json<DataOut<WebhookOut>>> {
    let webhook = ctx.webhooks.get(scope(&key), id.parse()?, Dialect::ChatbotPlatform).await?;
    Ok(Json(DataOut::new(webhook)))
}

async fn update_webhook(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<ChatbotPlatform, String>,
    Body(body, _): Body<ChatbotPlatform, WebhookPatchIn>,
) -> Reply<Json<DataOut<WebhookOut>>> {
    let WebhookPatchIn { url, events, description, status } = body;
    let status = status.as_deref().map(webhook_status).transpose()?;
    let change = ChangedWebhook::new(
        url.as_deref(),
        events,
        description.as_deref(),
        status,
        &EVENTS,
        ctx.webhooks.policy(),
    )?;
    let id = id.parse()?;
    let webhook = ctx.webhooks.update(scope(&key), id, Dialect::ChatbotPlatform, change).await?;
    Ok(Json(DataOut::new(webhook)))
}

async fn delete_webhook(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<ChatbotPlatform, String>,
) -> Reply<Json<DataOut<DeletedOut>>> {
    let id: WebhookId = id.parse()?;
    ctx.webhooks.delete(scope(&key), id, Dialect::ChatbotPlatform).await?;
    Ok(Json(DeletedOut::new(id)))
}
