use app::channels::inbound::{Acknowledgment, InboundRequest};
use axum::{
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, Uri, header::CONTENT_TYPE},
};
use colloquy_http::{BodyLimit, PathParams, Problem, RawBody};
use dialects::chatbotplatform::ChatbotPlatform;
use domain::Error;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

/// Meta puts up to a thousand messages into one delivery.
pub const BODY_LIMIT: BodyLimit =
    BodyLimit { paths: &["/v1/channels/{id}/inbound"], bytes: 3 * 1024 * 1024 };

type Reply = Result<Response<Body>, Problem<ChatbotPlatform>>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(check_url, receive))
}

/// Show that the URL is ours
///
/// Meta asks for this when the callback URL of a WhatsApp or Messenger channel is set.
#[utoipa::path(get, path = "/v1/channels/{id}/inbound", tag = "chatbotplatform",
    security(("channelVerifyToken" = [])),
    params(
        ("id" = String, Path, description = "Channel ID"),
        ("hub.mode" = Option<String>, Query, description = "`subscribe`"),
        ("hub.challenge" = Option<String>, Query, description = "What is to be sent back")),
    responses(
        (status = 200, body = String, content_type = "text/plain", description = "The challenge"),
        (status = 403, description = "The verify token is another one")))]
async fn check_url(
    State(ctx): State<Ctx>,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
    uri: Uri,
    headers: HeaderMap,
) -> Reply {
    take(&ctx, &id, ("GET", &uri), &headers, &Bytes::new()).await
}

/// Receive a delivery
///
/// Where the platform of a channel sends messages. What proves that it is the platform is its own: a secret
/// header (Telegram) or a signature of the raw body (Slack, Discord, WhatsApp, Messenger). Messages are
/// stored before the answer, and answered after it.
#[utoipa::path(post, path = "/v1/channels/{id}/inbound", tag = "chatbotplatform",
    security(
        ("channelTelegram" = []),
        ("channelSlack" = []),
        ("channelDiscord" = []),
        ("channelMeta" = []),
    ),
    params(("id" = String, Path, description = "Channel ID")),
    request_body(content = Object, description = "As the platform has it",
        example = json!({"update_id": 1})),
    responses(
        (status = 200, body = String, content_type = "text/plain",
            description = "Taken; what the platform expects as an answer"),
        (status = 403, description = "The signature is missing, stale or wrong (Meta)")))]
async fn receive(
    State(ctx): State<Ctx>,
    PathParams(id, _): PathParams<ChatbotPlatform, String>,
    uri: Uri,
    headers: HeaderMap,
    RawBody(body, _): RawBody<ChatbotPlatform>,
) -> Reply {
    take(&ctx, &id, ("POST", &uri), &headers, &body).await
}

async fn take(
    ctx: &Ctx,
    id: &str,
    (method, uri): (&str, &Uri),
    headers: &HeaderMap,
    body: &Bytes,
) -> Reply {
    let query: Vec<(String, String)> = colloquy_http::query(uri)?;
    let text = |(name, value): (&HeaderName, &HeaderValue)| {
        Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
    };
    let headers: Vec<(String, String)> = headers.iter().filter_map(text).collect();
    let now = ctx.http.app.now();
    let request = InboundRequest { method, query: &query, headers: &headers, body, now };
    let Acknowledgment { status, content_type, body } =
        ctx.channels.receive(id.parse()?, request).await?;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let mut response = Response::builder().status(status);
    if let Some(kind) = content_type {
        response = response.header(CONTENT_TYPE, kind);
    }
    Ok(response.body(Body::from(body)).map_err(Error::internal)?)
}
