use app::webhooks::subscriptions::NewWebhook;
use axum::{Json, extract::State};
use colloquy_http::{Body, Params, PathParams, Problem, SecretKey};
use dialects::{
    botplot::{
        Botplot,
        deliveries::{DeliveriesOut, DeliveryOut, ReplayedOut, RotatedOut},
        events::{EVENTS, ping},
        subscriptions::{
            NewWebhookOut, OkOut, TestedDeliveryOut, TestedOut, WebhookIn, WebhookRowOut,
            WebhooksOut,
        },
    },
    deliveries::{DeliveriesQuery, OneOut, ReplayIn, RotatedWebhookOut},
};
use domain::{ChatbotId, Dialect, Error, Scope};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<Json<T>, Problem<Botplot>>;
type Key = SecretKey<Botplot>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_webhooks, create_webhook))
        .routes(routes!(delete_webhook))
        .routes(routes!(test_webhook))
        .routes(routes!(list_deliveries))
        .routes(routes!(replay_delivery))
        .routes(routes!(replay_deliveries))
        .routes(routes!(rotate_secret))
}

/// The project in the path has to be the key's own.
fn project(key: &Key, id: &str) -> Result<ChatbotId, Error> {
    match id.parse::<ChatbotId>() {
        Ok(id) if id == key.chatbot => Ok(id),
        _ => Err(Error::not_found("project")),
    }
}

/// List webhooks
///
/// All of a project, newest first.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/webhooks", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("projectId" = String, Path, format = "uuid", description = "The key's own project")),
    responses((status = 200, body = WebhooksOut)))]
async fn list_webhooks(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(project_id, _): PathParams<Botplot, String>,
) -> Reply<WebhooksOut> {
    let scope = Scope::Chatbot(project(&key, &project_id)?);
    let webhooks = ctx.webhooks.list(scope, Dialect::Botplot).await?;
    Ok(Json(WebhooksOut { webhooks: webhooks.into_iter().map(WebhookRowOut::from).collect() }))
}

/// Create a webhook
///
/// Returns the signing secret, which is shown only once.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/webhooks", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("projectId" = String, Path, format = "uuid", description = "The key's own project")),
    request_body = WebhookIn,
    responses((status = 200, body = NewWebhookOut)))]
async fn create_webhook(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(project_id, _): PathParams<Botplot, String>,
    Body(WebhookIn { url, events, description }, _): Body<Botplot, WebhookIn>,
) -> Reply<NewWebhookOut> {
    let project = project(&key, &project_id)?;
    let targets = ctx.webhooks.targets();
    let new = NewWebhook::new(url.as_deref(), events, description.as_deref(), &EVENTS, targets)?;
    let workspace = key.principal.workspace_id;
    let (webhook, secret) =
        ctx.webhooks.create(workspace, Some(project), Dialect::Botplot, new).await?;
    Ok(Json(NewWebhookOut::new(webhook, secret)))
}

/// Delete a webhook
///
/// With all its delivery records.
#[utoipa::path(delete, path = "/api/v1/projects/{projectId}/webhooks/{webhookId}", tag = "botplot",
    security(("botplotSecret" = [])),
    params(
        ("projectId" = String, Path, format = "uuid", description = "The key's own project"),
        ("webhookId" = String, Path, format = "uuid", description = "The webhook"),
    ),
    responses((status = 200, body = OkOut)))]
async fn delete_webhook(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams((project_id, id), _): PathParams<Botplot, (String, String)>,
) -> Reply<OkOut> {
    let scope = Scope::Chatbot(project(&key, &project_id)?);
    ctx.webhooks.delete(scope, id.parse()?, Dialect::Botplot).await?;
    Ok(Json(OkOut::DONE))
}

/// Test a webhook
///
/// Sends a ping. Returns the delivery result immediately.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/webhooks/{webhookId}/test",
    tag = "botplot",
    security(("botplotSecret" = [])),
    params(
        ("projectId" = String, Path, format = "uuid", description = "The key's own project"),
        ("webhookId" = String, Path, format = "uuid", description = "The webhook"),
    ),
    responses((status = 200, body = TestedOut)))]
async fn test_webhook(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams((project_id, id), _): PathParams<Botplot, (String, String)>,
) -> Reply<TestedOut> {
    let project = project(&key, &project_id)?;
    let found = ctx.webhooks.get(Scope::Chatbot(project), id.parse()?, Dialect::Botplot).await?;
    let ping = ping(project.to_string(), &id, ctx.app.now());
    let (id, attempt) = ctx.webhooks.test(&found, ping).await?;
    let success = attempt.succeeded();
    Ok(Json(TestedOut {
        delivery: TestedDeliveryOut {
            delivery_id: id.to_string(),
            status_code: attempt.status,
            response_body: attempt.response,
            success,
        },
    }))
}

/// List deliveries
///
/// With their attempts, newest first, for 30 days.
#[utoipa::path(get, path = "/api/v1/projects/{projectId}/webhooks/{webhookId}/deliveries", tag = "botplot",
    security(("botplotSecret" = [])),
    params(
        ("projectId" = String, Path, format = "uuid", description = "The key's own project"),
        ("webhookId" = String, Path, format = "uuid", description = "The webhook"),
        DeliveriesQuery,
    ),
    responses((status = 200, body = DeliveriesOut<DeliveryOut>)))]
async fn list_deliveries(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams((project_id, id), _): PathParams<Botplot, (String, String)>,
    Params(query, _): Params<Botplot, DeliveriesQuery>,
) -> Reply<DeliveriesOut<DeliveryOut>> {
    let (scope, id) = (Scope::Chatbot(project(&key, &project_id)?), id.parse()?);
    let wanted = query.wanted(false)?;
    let page = ctx.webhooks.deliveries(scope, id, Dialect::Botplot, wanted).await?;
    Ok(Json(DeliveriesOut::new(page.deliveries, page.next)))
}

/// Send a delivery again
///
/// The same bytes under the same id, signed again. One that is on its way already stays so; one to
/// a webhook that is switched off is refused.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/webhooks/{webhookId}/deliveries/{deliveryId}/replay",
    tag = "botplot",
    security(("botplotSecret" = [])),
    params(
        ("projectId" = String, Path, format = "uuid", description = "The key's own project"),
        ("webhookId" = String, Path, format = "uuid", description = "The webhook"),
        ("deliveryId" = String, Path, format = "uuid", description = "The delivery"),
    ),
    responses((status = 200, body = OneOut<DeliveryOut>)))]
async fn replay_delivery(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams((project_id, id, delivery), _): PathParams<Botplot, (String, String, String)>,
) -> Reply<OneOut<DeliveryOut>> {
    let (scope, id) = (Scope::Chatbot(project(&key, &project_id)?), id.parse()?);
    let (delivery, now) = (delivery.parse()?, ctx.app.now());
    let replayed = ctx.webhooks.replay(scope, id, Dialect::Botplot, delivery, now).await?;
    Ok(Json(OneOut { delivery: replayed.into() }))
}

/// Send the deliveries of a range again
///
/// Those of events between two times, both included, newest first. One call takes up to 100; the
/// next one continues at the cursor.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/webhooks/{webhookId}/replay", tag = "botplot",
    security(("botplotSecret" = [])),
    params(
        ("projectId" = String, Path, format = "uuid", description = "The key's own project"),
        ("webhookId" = String, Path, format = "uuid", description = "The webhook"),
    ),
    request_body = ReplayIn,
    responses((status = 200, body = ReplayedOut)))]
async fn replay_deliveries(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams((project_id, id), _): PathParams<Botplot, (String, String)>,
    Body(range, _): Body<Botplot, ReplayIn>,
) -> Reply<ReplayedOut> {
    let (scope, id) = (Scope::Chatbot(project(&key, &project_id)?), id.parse()?);
    let range = range.range()?;
    let now = ctx.app.now();
    let replayed = ctx.webhooks.replay_range(scope, id, Dialect::Botplot, range, now).await?;
    Ok(Json(ReplayedOut::new(replayed.count, replayed.next)))
}

/// Rotate a webhook's secret
///
/// The new one is shown this once. For 24 hours the old one signs too.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/webhooks/{webhookId}/rotate-secret", tag = "botplot",
    security(("botplotSecret" = [])),
    params(
        ("projectId" = String, Path, format = "uuid", description = "The key's own project"),
        ("webhookId" = String, Path, format = "uuid", description = "The webhook"),
    ),
    responses((status = 200, body = RotatedWebhookOut<RotatedOut>)))]
async fn rotate_secret(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams((project_id, id), _): PathParams<Botplot, (String, String)>,
) -> Reply<RotatedWebhookOut<RotatedOut>> {
    let (scope, id) = (Scope::Chatbot(project(&key, &project_id)?), id.parse()?);
    let rotated = ctx.webhooks.rotate_secret(scope, id, Dialect::Botplot, ctx.app.now()).await?;
    let secret = RotatedOut::new(rotated.id, rotated.secret, rotated.old_until);
    Ok(Json(RotatedWebhookOut { webhook: secret }))
}
