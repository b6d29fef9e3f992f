//! What people do about a webhook's deliveries: look at them, send them again, rotate its secret.
//! The same routes below every dialect's webhook; `callers` says what differs.

use app::deliveries::{Replayed, Rotated};
use axum::{
    Json, Router,
    extract::{FromRequest, Request, State},
    routing::{get, post},
};
use colloquy_http::{Body, Problem, query};
use dialects::deliveries::{DeliveriesQuery, ReplayIn};
use domain::{Delivery, DeliveryPage, Error, Scope, Timestamp, WebhookId};
use serde::Serialize;

use crate::Ctx;

/// Who calls, and about which webhook.
pub struct Call {
    /// Whose events the webhook wants.
    pub scope: Scope,
    /// The webhook in the path.
    pub webhook: WebhookId,
    /// The delivery in the path, if one is.
    pub delivery: Option<String>,
    /// The request, its body not read yet.
    pub request: Request,
}

/// A dialect, as far as these routes differ in it.
pub trait Spells: colloquy_http::Speaks {
    /// Whether a list takes no parameters but its own.
    const STRICT: bool = false;
    /// A page of deliveries.
    type Page: Serialize;
    /// One delivery.
    type One: Serialize;
    /// How many are due again.
    type Count: Serialize;
    /// A new secret.
    type Secret: Serialize;

    /// Who calls, by the key that the dialect takes.
    fn call(ctx: &Ctx, request: Request) -> impl Future<Output = Result<Call, Error>> + Send;
    /// A page in its spelling.
    fn page(page: DeliveryPage) -> Self::Page;
    /// A delivery in its spelling.
    fn one(delivery: Delivery) -> Self::One;
    /// A number in its spelling.
    fn count(replayed: Replayed) -> Self::Count;
    /// A secret in its spelling.
    fn secret(rotated: Rotated) -> Self::Secret;
}

type Reply<D, T> = Result<Json<T>, Problem<D>>;

/// The routes below `webhook`, the path of one.
pub fn routes<D: Spells>(webhook: &str) -> Router<Ctx> {
    Router::new()
        .route(&format!("{webhook}/deliveries"), get(list_deliveries::<D>))
        .route(&format!("{webhook}/deliveries/{{deliveryId}}/replay"), post(replay_delivery::<D>))
        .route(&format!("{webhook}/replay"), post(replay_deliveries::<D>))
        .route(&format!("{webhook}/rotate-secret"), post(rotate_secret::<D>))
}

async fn list_deliveries<D: Spells>(State(ctx): State<Ctx>, request: Request) -> Reply<D, D::Page> {
    let Call { scope, webhook, request, .. } = D::call(&ctx, request).await?;
    let wanted = query::<DeliveriesQuery>(request.uri())?.wanted(D::STRICT)?;
    let page = ctx.webhooks.deliveries(scope, webhook, D::DIALECT, wanted).await?;
    Ok(Json(D::page(page)))
}

async fn replay_delivery<D: Spells>(State(ctx): State<Ctx>, request: Request) -> Reply<D, D::One> {
    let Call { scope, webhook, delivery, .. } = D::call(&ctx, request).await?;
    let id = delivery.unwrap_or_default().parse()?;
    let now = Timestamp::now();
    Ok(Json(D::one(ctx.webhooks.replay(scope, webhook, D::DIALECT, id, now).await?)))
}

async fn replay_deliveries<D: Spells>(
    State(ctx): State<Ctx>,
    request: Request,
) -> Reply<D, D::Count> {
    let Call { scope, webhook, request, .. } = D::call(&ctx, request).await?;
    let Body(range, _) = Body::<D, ReplayIn>::from_request(request, &ctx).await?;
    let (range, now) = (range.range()?, Timestamp::now());
    let replayed = ctx.webhooks.replay_range(scope, webhook, D::DIALECT, range, now).await?;
    Ok(Json(D::count(replayed)))
}

async fn rotate_secret<D: Spells>(State(ctx): State<Ctx>, request: Request) -> Reply<D, D::Secret> {
    let Call { scope, webhook, .. } = D::call(&ctx, request).await?;
    let now = Timestamp::now();
    let rotated = ctx.webhooks.rotate_secret(scope, webhook, D::DIALECT, now).await?;
    Ok(Json(D::secret(rotated)))
}
