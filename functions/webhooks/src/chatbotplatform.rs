use app::webhooks::subscriptions::{ChangedWebhook, NewWebhook};
use axum::{Json, extract::State, http::StatusCode};
use colloquy_http::{Body, ChatbotPlatform, Params, Problem, Segments, WorkspaceKey};
use dialects::chatbotplatform::{
    DataOut, DeletedOut, ListIn, ListOut, WebhookQuery,
    webhook::{EVENTS, NewWebhookOut, WebhookIn, WebhookOut, WebhookPatchIn, webhook_status},
};
use domain::{Dialect, Scope, WebhookId};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<T, Problem<ChatbotPlatform>>;
type Key = WorkspaceKey<ChatbotPlatform>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_webhooks, create_webhook)).routes(routes!(
        get_webhook,
        update_webhook,
        delete_webhook
    ))
}

/// Its webhooks belong to the workspace.
fn scope(key: &Key) -> Scope {
    Scope::Workspace(key.0.workspace_id)
}

/// List webhooks
///
/// Those of this dialect, newest first.
#[utoipa::path(get, path = "/v1/webhooks", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(WebhookQuery),
    responses((status = 200, body = ListOut<WebhookOut>)))]
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

/// Create webhook
///
/// It hears of all of the workspace's bots. The signing secret is shown this once.
#[utoipa::path(post, path = "/v1/webhooks", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    request_body = WebhookIn,
    responses((status = 201, body = DataOut<NewWebhookOut>)))]
async fn create_webhook(
    State(ctx): State<Ctx>,
    key: Key,
    Body(WebhookIn { url, events, description }, _): Body<ChatbotPlatform, WebhookIn>,
) -> Reply<(StatusCode, Json<DataOut<NewWebhookOut>>)> {
    let targets = ctx.webhooks.targets();
    let new = NewWebhook::new(url.as_deref(), events, description.as_deref(), &EVENTS, targets)?;
    let workspace = key.0.workspace_id;
    let made = ctx.webhooks.create(workspace, None, Dialect::ChatbotPlatform, new).await?;
    Ok((StatusCode::CREATED, Json(DataOut::new(made))))
}

/// Get webhook details
#[utoipa::path(get, path = "/v1/webhooks/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Webhook ID")),
    responses((status = 200, body = DataOut<WebhookOut>)))]
async fn get_webhook(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<ChatbotPlatform, String>,
) -> Reply<Json<DataOut<WebhookOut>>> {
    let webhook = ctx.webhooks.get(scope(&key), id.parse()?, Dialect::ChatbotPlatform).await?;
    Ok(Json(DataOut::new(webhook)))
}

/// Update webhook
///
/// Only what is sent is changed.
#[utoipa::path(patch, path = "/v1/webhooks/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Webhook ID")),
    request_body = WebhookPatchIn,
    responses((status = 200, body = DataOut<WebhookOut>)))]
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
        ctx.webhooks.targets(),
    )?;
    let id = id.parse()?;
    let webhook = ctx.webhooks.update(scope(&key), id, Dialect::ChatbotPlatform, change).await?;
    Ok(Json(DataOut::new(webhook)))
}

/// Delete webhook
///
/// With its log of deliveries.
#[utoipa::path(delete, path = "/v1/webhooks/{id}", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(("id" = String, Path, description = "Webhook ID")),
    responses((status = 200, body = DataOut<DeletedOut>)))]
async fn delete_webhook(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(id, _): Segments<ChatbotPlatform, String>,
) -> Reply<Json<DataOut<DeletedOut>>> {
    let id: WebhookId = id.parse()?;
    ctx.webhooks.delete(scope(&key), id, Dialect::ChatbotPlatform).await?;
    Ok(Json(DeletedOut::new(id)))
}
