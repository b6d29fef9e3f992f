use app::{fan_out::Message, webhooks::NewWebhook};
use axum::{
    Json, Router,
    extract::State,
    routing::{delete, get, post},
};
use colloquy_http::{Body, Botplot, Problem, SecretKey, Segments};
use dialects::{
    botplot::{
        webhook::{EVENTS, ping},
        wire::{
            NewWebhookOut, OkOut, TestedDeliveryOut, TestedOut, WebhookIn, WebhookRowOut,
            WebhooksOut,
        },
    },
    webhook,
};
use domain::{ChatbotId, Dialect, Error, Scope, Timestamp};

use crate::Ctx;

type Reply<T> = Result<Json<T>, Problem<Botplot>>;
type Key = SecretKey<Botplot>;

pub fn routes() -> Router<Ctx> {
    const WEBHOOKS: &str = "/api/v1/projects/{projectId}/webhooks";
    Router::new()
        .route(WEBHOOKS, get(list_webhooks).post(create_webhook))
        .route(&format!("{WEBHOOKS}/{{webhookId}}"), delete(delete_webhook))
        .route(&format!("{WEBHOOKS}/{{webhookId}}/test"), post(test_webhook))
}

/// The project in the path has to be the key's own.
fn project(key: &Key, id: &str) -> Result<ChatbotId, Error> {
    match id.parse::<ChatbotId>() {
        Ok(id) if id == key.chatbot => Ok(id),
        _ => Err(Error::not_found("project")),
    }
}

async fn list_webhooks(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(project_id, _): Segments<Botplot, String>,
) -> Reply<WebhooksOut> {
    let scope = Scope::Chatbot(project(&key, &project_id)?);
    let webhooks = ctx.webhooks.list(scope, Dialect::Botplot).await?;
    Ok(Json(WebhooksOut { webhooks: webhooks.into_iter().map(WebhookRowOut::from).collect() }))
}

async fn create_webhook(
    State(ctx): State<Ctx>,
    key: Key,
    Segments(project_id, _): Segments<Botplot, String>,
    Body(WebhookIn { url, events, description }, _): Body<Botplot, WebhookIn>,
) -> Reply<NewWebhookOut> {
    let project = project(&key, &project_id)?;
    let policy = ctx.webhooks.policy();
    let new = NewWebhook::new(url.as_deref(), events, description.as_deref(), &EVENTS, policy)?;
    let workspace = key.principal.workspace_id;
    let (webhook, secret) =
        ctx.webhooks.create(workspace, Some(project), Dialect::Botplot, new).await?;
    Ok(Json(NewWebhookOut::new(webhook, secret)))
}

async fn delete_webhook(
    State(ctx): State<Ctx>,
    key: Key,
    Segments((project_id, id), _): Segments<Botplot, (String, String)>,
) -> Reply<OkOut> {
    let scope = Scope::Chatbot(project(&key, &project_id)?);
    ctx.webhooks.delete(scope, id.parse()?, Dialect::Botplot).await?;
    Ok(Json(OkOut::DONE))
}

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
