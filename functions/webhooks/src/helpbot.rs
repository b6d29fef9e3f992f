use app::webhooks::subscriptions::NewWebhook;
use axum::{Json, extract::State};
use colloquy_http::{Params, PathParams, Problem, SiteKey};
use dialects::{
    deliveries::{DeliveriesQuery, OneOut, ReplayIn, RotatedWebhookOut},
    helpbot::{
        DeletedOut, Helpbot,
        deliveries::{DeliveriesOut, DeliveryOut, ReplayedOut, RotatedOut},
        events::EVENTS,
        subscriptions::{NewWebhookOut, WebhookIn, WebhookOut, WebhookQuery, WebhooksOut},
    },
};
use domain::{Dialect, Feature, Scope, bounds};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<Json<T>, Problem<Helpbot>>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_webhooks, create_webhook, delete_webhook))
        .routes(routes!(list_deliveries))
        .routes(routes!(replay_delivery))
        .routes(routes!(replay_deliveries))
        .routes(routes!(rotate_secret))
}

/// List webhooks
///
/// All of your site, newest first. Secrets are redacted to their last 4 characters. Requires the
/// pro plan (Growth).
#[utoipa::path(get, path = "/api/v1/webhooks", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    responses((status = 200, body = WebhooksOut)))]
async fn list_webhooks(State(ctx): State<Ctx>, key: SiteKey) -> Reply<WebhooksOut> {
    ctx.app.require(&key.principal, Feature::SiteInsights)?;
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
    ctx.app.require(&key.principal, Feature::SiteInsights)?;
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
    ctx.app.require(&key.principal, Feature::SiteInsights)?;
    let id = bounds::required("id", query.id())?.parse()?;
    ctx.webhooks.delete(Scope::Chatbot(key.chatbot), id, Dialect::Helpbot).await?;
    Ok(Json(DeletedOut::DONE))
}

/// List deliveries
///
/// With their attempts, newest first, for 30 days. Requires the pro plan (Growth).
#[utoipa::path(get, path = "/api/v1/webhooks/{id}/deliveries", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    params(
        ("id" = String, Path, format = "uuid", description = "The webhook"),
        DeliveriesQuery,
    ),
    responses((status = 200, body = DeliveriesOut<DeliveryOut>)))]
async fn list_deliveries(
    State(ctx): State<Ctx>,
    PathParams(id, _): PathParams<Helpbot, String>,
    Params(query, _): Params<Helpbot, DeliveriesQuery>,
    key: SiteKey,
) -> Reply<DeliveriesOut<DeliveryOut>> {
    ctx.app.require(&key.principal, Feature::SiteInsights)?;
    let (scope, id) = (Scope::Chatbot(key.chatbot), id.parse()?);
    let wanted = query.wanted(false)?;
    let page = ctx.webhooks.deliveries(scope, id, Dialect::Helpbot, wanted).await?;
    Ok(Json(DeliveriesOut::new(page.deliveries, page.next)))
}

/// Send a delivery again
///
/// The same bytes under the same id, signed again. One that is on its way already stays so; one to
/// a webhook that is switched off is refused. Requires the pro plan (Growth).
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/deliveries/{deliveryId}/replay",
    tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    params(
        ("id" = String, Path, format = "uuid", description = "The webhook"),
        ("deliveryId" = String, Path, format = "uuid", description = "The delivery"),
    ),
    responses((status = 200, body = OneOut<DeliveryOut>)))]
async fn replay_delivery(
    State(ctx): State<Ctx>,
    PathParams((id, delivery), _): PathParams<Helpbot, (String, String)>,
    key: SiteKey,
) -> Reply<OneOut<DeliveryOut>> {
    ctx.app.require(&key.principal, Feature::SiteInsights)?;
    let (scope, id) = (Scope::Chatbot(key.chatbot), id.parse()?);
    let (delivery, now) = (delivery.parse()?, ctx.app.now());
    let replayed = ctx.webhooks.replay(scope, id, Dialect::Helpbot, delivery, now).await?;
    Ok(Json(OneOut { delivery: replayed.into() }))
}

/// Send the deliveries of a range again
///
/// Those of events between two times, both included, newest first. One call takes up to 100; the
/// next one continues at the cursor. Requires the pro plan (Growth).
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/replay", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    params(
        ("id" = String, Path, format = "uuid", description = "The webhook"),
    ),
    request_body = ReplayIn,
    responses((status = 200, body = ReplayedOut)))]
async fn replay_deliveries(
    State(ctx): State<Ctx>,
    PathParams(id, _): PathParams<Helpbot, String>,
    key: SiteKey,
) -> Reply<ReplayedOut> {
    ctx.app.require(&key.principal, Feature::SiteInsights)?;
    let (scope, id) = (Scope::Chatbot(key.chatbot), id.parse()?);
    let range = colloquy_http::parse::<ReplayIn>(&key.body)?.range()?;
    let now = ctx.app.now();
    let replayed = ctx.webhooks.replay_range(scope, id, Dialect::Helpbot, range, now).await?;
    Ok(Json(ReplayedOut::new(replayed.count, replayed.next)))
}

/// Rotate a webhook's secret
///
/// The new one is shown this once. For 24 hours the old one signs too. Requires the pro plan (Growth).
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/rotate-secret", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    params(
        ("id" = String, Path, format = "uuid", description = "The webhook"),
    ),
    responses((status = 200, body = RotatedWebhookOut<RotatedOut>)))]
async fn rotate_secret(
    State(ctx): State<Ctx>,
    PathParams(id, _): PathParams<Helpbot, String>,
    key: SiteKey,
) -> Reply<RotatedWebhookOut<RotatedOut>> {
    ctx.app.require(&key.principal, Feature::SiteInsights)?;
    let (scope, id) = (Scope::Chatbot(key.chatbot), id.parse()?);
    let rotated = ctx.webhooks.rotate_secret(scope, id, Dialect::Helpbot, ctx.app.now()).await?;
    let secret = RotatedOut::new(rotated.id, rotated.secret, rotated.old_until);
    Ok(Json(RotatedWebhookOut { webhook: secret }))
}
