use app::{events::router::Message, webhooks::subscriptions::NewWebhook};
use axum::{Json, extract::State};
use colloquy_http::{Body, Botplot, Problem, SecretKey, Segments};
use dialects::{
    botplot::{
        subscriptions::{
            NewWebhookOut, OkOut, TestedDeliveryOut, TestedOut, WebhookIn, WebhookRowOut,
            WebhooksOut,
        },
        webhook::{EVENTS, ping},
    },
    webhook,
};
use domain::{ChatbotId, Dialect, Error, Scope, Timestamp};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<Json<T>, Problem<Botplot>>;
type Key = SecretKey<Botplot>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(list_webhooks, create_webhook))
        .routes(routes!(delete_webhook))
        .routes(routes!(test_webhook))
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
    Segments(project_id, _): Segments<Botplot, String>,
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
    Segments(project_id, _): Segments<Botplot, String>,
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
    Segments((project_id, id), _): Segments<Botplot, (String, String)>,
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
    Segments((project_id, id), _): Segments<Botplot, (String, String)>,
) -> Reply<TestedOut> {
    let project = project(&key, &project_id)?;
    let found = ctx.webhooks.get(Scope::Chatbot(project), id.parse()?, Dialect::Botplot).await?;
    let ping = ping(project.to_string(), &id, Timestamp::now());
    let message = Message { event: ping.event, body: ping.body };
    let (id, attempt) = ctx
        .webhooks
        .test(&found, message, |webhook, delivery, secrets, at| {
            webhook::headers(webhook.dialect, delivery, secrets, at)
        })
        .await?;
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
