use app::webhooks::subscriptions::NewWebhook;
use axum::{Json, extract::State, http::StatusCode};
use colloquy_http::{Body, Params, PathParams, Problem, WorkspaceKey};
use dialects::{
    conferbot::{
        Conferbot, DataOut, MessageOut,
        deliveries::{DeliveriesOut, DeliveryOut, ReplayedOut, RotatedOut, WithMessageOut},
        events::EVENTS,
        subscriptions::{NewWebhookOut, WebhookIn, WebhookRowOut},
    },
    deliveries::{DeliveriesQuery, ReplayIn},
};
use domain::{Dialect, Result, Scope, WebhookId, bounds};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<T, Problem<Conferbot>>;
type Key = WorkspaceKey<Conferbot>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_webhooks, create_webhook))
        .routes(routes!(delete_webhook))
        .routes(routes!(list_deliveries))
        .routes(routes!(replay_delivery))
        .routes(routes!(replay_deliveries))
        .routes(routes!(rotate_secret))
}

/// A webhook that the workspace lists, and the scope it is in.
async fn find(ctx: &Ctx, key: &Key, id: &str) -> Result<(Scope, WebhookId)> {
    let id = id.parse()?;
    Ok((ctx.webhooks.find(key.0.workspace_id, id).await?, id))
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
    PathParams(id, _): PathParams<Conferbot, String>,
) -> Reply<Json<MessageOut>> {
    let (scope, id) = find(&ctx, &key, &id).await?;
    ctx.webhooks.delete(scope, id, Dialect::Conferbot).await?;
    Ok(Json(MessageOut { message: "Webhook deleted" }))
}

/// List deliveries
///
/// With their attempts, newest first, for 30 days.
#[utoipa::path(get, path = "/api/v1/external/v1/webhooks/{id}/deliveries", tag = "conferbot",
    security(("conferbot" = [])),
    params(
        ("id" = String, Path, format = "uuid", description = "Webhook ID"),
        DeliveriesQuery,
    ),
    responses((status = 200, body = DeliveriesOut<DeliveryOut>)))]
async fn list_deliveries(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<Conferbot, String>,
    Params(query, _): Params<Conferbot, DeliveriesQuery>,
) -> Reply<Json<DeliveriesOut<DeliveryOut>>> {
    let (scope, id) = find(&ctx, &key, &id).await?;
    let wanted = query.wanted(false)?;
    let page = ctx.webhooks.deliveries(scope, id, Dialect::Conferbot, wanted).await?;
    Ok(Json(DeliveriesOut::new(page.deliveries, page.next)))
}

/// Send a delivery again
///
/// The same bytes under the same id, signed again. One that is on its way already stays so; one to
/// a webhook that is switched off is refused.
#[utoipa::path(post, path = "/api/v1/external/v1/webhooks/{id}/deliveries/{deliveryId}/replay",
    tag = "conferbot",
    security(("conferbot" = [])),
    params(
        ("id" = String, Path, format = "uuid", description = "Webhook ID"),
        ("deliveryId" = String, Path, format = "uuid", description = "The delivery"),
    ),
    responses((status = 200, body = WithMessageOut<DeliveryOut>)))]
async fn replay_delivery(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams((id, delivery), _): PathParams<Conferbot, (String, String)>,
) -> Reply<Json<WithMessageOut<DeliveryOut>>> {
    let (scope, id) = find(&ctx, &key, &id).await?;
    let (delivery, now) = (delivery.parse()?, ctx.app.now());
    let replayed = ctx.webhooks.replay(scope, id, Dialect::Conferbot, delivery, now).await?;
    Ok(Json(WithMessageOut { data: replayed.into(), message: "Delivery is on its way" }))
}

/// Send the deliveries of a range again
///
/// Those of events between two times, both included, newest first. One call takes up to 100; the
/// next one continues at the cursor.
#[utoipa::path(post, path = "/api/v1/external/v1/webhooks/{id}/replay", tag = "conferbot",
    security(("conferbot" = [])),
    params(
        ("id" = String, Path, format = "uuid", description = "Webhook ID"),
    ),
    request_body = ReplayIn,
    responses((status = 200, body = DataOut<ReplayedOut>)))]
async fn replay_deliveries(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<Conferbot, String>,
    Body(range, _): Body<Conferbot, ReplayIn>,
) -> Reply<Json<DataOut<ReplayedOut>>> {
    let (scope, id) = find(&ctx, &key, &id).await?;
    let range = range.range()?;
    let now = ctx.app.now();
    let replayed = ctx.webhooks.replay_range(scope, id, Dialect::Conferbot, range, now).await?;
    Ok(Json(DataOut { data: ReplayedOut::new(replayed.count, replayed.next) }))
}

/// Rotate a webhook's secret
///
/// The new one is shown this once. For 24 hours the old one signs too.
#[utoipa::path(post, path = "/api/v1/external/v1/webhooks/{id}/rotate-secret", tag = "conferbot",
    security(("conferbot" = [])),
    params(
        ("id" = String, Path, format = "uuid", description = "Webhook ID"),
    ),
    responses((status = 200, body = WithMessageOut<RotatedOut>)))]
async fn rotate_secret(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(id, _): PathParams<Conferbot, String>,
) -> Reply<Json<WithMessageOut<RotatedOut>>> {
    let (scope, id) = find(&ctx, &key, &id).await?;
    let rotated = ctx.webhooks.rotate_secret(scope, id, Dialect::Conferbot, ctx.app.now()).await?;
    let secret = RotatedOut::new(rotated.id, rotated.secret, rotated.old_until);
    Ok(Json(WithMessageOut {
        data: secret, message: "Save the secret — it won't be shown again."
    }))
}
