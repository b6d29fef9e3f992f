use app::webhooks::subscriptions::{ChangedWebhook, NewWebhook};
use axum::{Json, extract::State, http::StatusCode};
use colloquy_http::{Body, Params, PathParams, Problem, WorkspaceKey};
use dialects::{
    chatbotplatform::{
        ChatbotPlatform, DataOut, DeletedOut, ListIn, ListOut, WebhookQuery,
        deliveries::{DeliveriesOut, DeliveryOut, ReplayedOut, RotatedOut},
        events::EVENTS,
        subscriptions::{NewWebhookOut, WebhookIn, WebhookOut, WebhookPatchIn, webhook_status},
    },
    deliveries::{DeliveriesQuery, ReplayIn},
};
use domain::{Dialect, Scope, WebhookId};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<T, Problem<ChatbotPlatform>>;
type Key = WorkspaceKey<ChatbotPlatform>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_webhooks, create_webhook))
        .routes(routes!(get_webhook, update_webhook, delete_webhook))
        .routes(routes!(list_deliveries))
        .routes(routes!(replay_delivery))
        .routes(routes!(replay_deliveries))
        .routes(routes!(rotate_secret))
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
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
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
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
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
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
) -> Reply<Json<DataOut<DeletedOut>>> {
    let id: WebhookId = id.parse()?;
    ctx.webhooks.delete(scope(&key), id, Dialect::ChatbotPlatform).await?;
    Ok(Json(DeletedOut::new(id)))
}

/// List deliveries
///
/// With their attempts, newest first, for 30 days.
#[utoipa::path(get, path = "/v1/webhooks/{id}/deliveries", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(
        ("id" = String, Path, format = "uuid", description = "Webhook ID"),
        DeliveriesQuery,
    ),
    responses((status = 200, body = DeliveriesOut<DeliveryOut>)))]
async fn list_deliveries(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
    Params(query, _): Params<ChatbotPlatform, DeliveriesQuery>,
) -> Reply<Json<DeliveriesOut<DeliveryOut>>> {
    let (scope, id) = (scope(&key), id.parse()?);
    let wanted = query.wanted(true)?;
    let page = ctx.webhooks.deliveries(scope, id, Dialect::ChatbotPlatform, wanted).await?;
    Ok(Json(DeliveriesOut::new(page.deliveries, page.next)))
}

/// Send a delivery again
///
/// The same bytes under the same id, signed again. One that is on its way already stays so; one to
/// a webhook that is switched off is refused.
#[utoipa::path(post, path = "/v1/webhooks/{id}/deliveries/{deliveryId}/replay",
    tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(
        ("id" = String, Path, format = "uuid", description = "Webhook ID"),
        ("deliveryId" = String, Path, format = "uuid", description = "The delivery"),
    ),
    responses((status = 200, body = DataOut<DeliveryOut>)))]
async fn replay_delivery(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams((id, delivery), _): PathParams<ChatbotPlatform, (String, String)>,
) -> Reply<Json<DataOut<DeliveryOut>>> {
    let (scope, id) = (scope(&key), id.parse()?);
    let (delivery, now) = (delivery.parse()?, ctx.app.now());
    let replayed = ctx.webhooks.replay(scope, id, Dialect::ChatbotPlatform, delivery, now).await?;
    Ok(Json(DataOut::new(replayed)))
}

/// Send the deliveries of a range again
///
/// Those of events between two times, both included, newest first. One call takes up to 100; the
/// next one continues at the cursor.
#[utoipa::path(post, path = "/v1/webhooks/{id}/replay", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(
        ("id" = String, Path, format = "uuid", description = "Webhook ID"),
    ),
    request_body = ReplayIn,
    responses((status = 200, body = DataOut<ReplayedOut>)))]
async fn replay_deliveries(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
    Body(range, _): Body<ChatbotPlatform, ReplayIn>,
) -> Reply<Json<DataOut<ReplayedOut>>> {
    let (scope, id) = (scope(&key), id.parse()?);
    let range = range.range()?;
    let now = ctx.app.now();
    let replayed =
        ctx.webhooks.replay_range(scope, id, Dialect::ChatbotPlatform, range, now).await?;
    Ok(Json(DataOut { data: ReplayedOut::new(replayed.count, replayed.next) }))
}

/// Rotate a webhook's secret
///
/// The new one is shown this once. For 24 hours the old one signs too.
#[utoipa::path(post, path = "/v1/webhooks/{id}/rotate-secret", tag = "chatbotplatform",
    security(("chatbotplatform" = [])),
    params(
        ("id" = String, Path, format = "uuid", description = "Webhook ID"),
    ),
    responses((status = 200, body = DataOut<RotatedOut>)))]
async fn rotate_secret(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
) -> Reply<Json<DataOut<RotatedOut>>> {
    let (scope, id) = (scope(&key), id.parse()?);
    let rotated =
        ctx.webhooks.rotate_secret(scope, id, Dialect::ChatbotPlatform, ctx.app.now()).await?;
    let secret = RotatedOut::new(rotated.id, rotated.secret, rotated.old_until);
    Ok(Json(DataOut { data: secret }))
}
