//! What people do about a webhook's deliveries: look at them, send them again, rotate its secret.
//! The same routes below every dialect's webhook; `callers` says what differs.

use app::webhooks::delivery_api::{Replayed, Rotated};
use axum::{
    Json,
    extract::{FromRequest, Request, State},
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

pub type Reply<D, T> = Result<Json<T>, Problem<D>>;

/// The routes below `$webhook`, the path of one, with handlers of their own that say what they take
/// and answer: of a generic one `#[utoipa::path]` can't know the types. Their spelling is checked
/// against [`Spells`] by what they return.
macro_rules! below {
    (
        $webhook:tt, $tag:tt, $dialect:ident,
        security: [$($scheme:tt),+],
        params: [$($param:tt: $whose:tt),+],
        note: $note:tt,
        page: [$($page:tt)+],
        one: [$($one:tt)+],
        count: [$($count:tt)+],
        secret: [$($secret:tt)+],
    ) => {{
        /// List deliveries
        #[utoipa::path(get, path = concat!($webhook, "/deliveries"), tag = $tag,
            description = concat!("With their attempts, newest first, for 30 days.", $note),
            security($(($scheme = [])),+),
            params($(($param = String, Path, format = "uuid", description = $whose),)+
                DeliveriesQuery),
            responses((status = 200, body = $($page)+)))]
        async fn list_deliveries(
            ctx: State<Ctx>,
            request: Request,
        ) -> Reply<$dialect, $($page)+> {
            deliveries::list_deliveries(ctx, request).await
        }

        /// Send a delivery again
        #[utoipa::path(post, path = concat!($webhook, "/deliveries/{deliveryId}/replay"),
            tag = $tag,
            description = concat!(
                "The same bytes under the same id, signed anew. One that is on its way already \
                 stays so; one to a webhook that is switched off is refused.",
                $note,
            ),
            security($(($scheme = [])),+),
            params($(($param = String, Path, format = "uuid", description = $whose),)+
                ("deliveryId" = String, Path, format = "uuid", description = "The delivery")),
            responses((status = 200, body = $($one)+)))]
        async fn replay_delivery(
            ctx: State<Ctx>,
            request: Request,
        ) -> Reply<$dialect, $($one)+> {
            deliveries::replay_delivery(ctx, request).await
        }

        /// Send the deliveries of a range again
        #[utoipa::path(post, path = concat!($webhook, "/replay"), tag = $tag,
            description = concat!(
                "Those of events between two times, both included, newest first. One call takes \
                 up to 100; the next goes on at the cursor.",
                $note,
            ),
            security($(($scheme = [])),+),
            params($(($param = String, Path, format = "uuid", description = $whose)),+),
            request_body = ReplayIn,
            responses((status = 200, body = $($count)+)))]
        async fn replay_deliveries(
            ctx: State<Ctx>,
            request: Request,
        ) -> Reply<$dialect, $($count)+> {
            deliveries::replay_deliveries(ctx, request).await
        }

        /// Rotate a webhook's secret
        #[utoipa::path(post, path = concat!($webhook, "/rotate-secret"), tag = $tag,
            description = concat!(
                "The new one is shown this once. For 24 hours the old one signs too.", $note,
            ),
            security($(($scheme = [])),+),
            params($(($param = String, Path, format = "uuid", description = $whose)),+),
            responses((status = 200, body = $($secret)+)))]
        async fn rotate_secret(
            ctx: State<Ctx>,
            request: Request,
        ) -> Reply<$dialect, $($secret)+> {
            deliveries::rotate_secret(ctx, request).await
        }

        OpenApiRouter::new()
            .routes(routes!(list_deliveries))
            .routes(routes!(replay_delivery))
            .routes(routes!(replay_deliveries))
            .routes(routes!(rotate_secret))
    }};
}

pub(crate) use below;

pub async fn list_deliveries<D: Spells>(
    State(ctx): State<Ctx>,
    request: Request,
) -> Reply<D, D::Page> {
    let Call { scope, webhook, request, .. } = D::call(&ctx, request).await?;
    let wanted = query::<DeliveriesQuery>(request.uri())?.wanted(D::STRICT)?;
    let page = ctx.webhooks.deliveries(scope, webhook, D::DIALECT, wanted).await?;
    Ok(Json(D::page(page)))
}

pub async fn replay_delivery<D: Spells>(
    State(ctx): State<Ctx>,
    request: Request,
) -> Reply<D, D::One> {
    let Call { scope, webhook, delivery, .. } = D::call(&ctx, request).await?;
    let id = delivery.unwrap_or_default().parse()?;
    let now = Timestamp::now();
    Ok(Json(D::one(ctx.webhooks.replay(scope, webhook, D::DIALECT, id, now).await?)))
}

pub async fn replay_deliveries<D: Spells>(
    State(ctx): State<Ctx>,
    request: Request,
) -> Reply<D, D::Count> {
    let Call { scope, webhook, request, .. } = D::call(&ctx, request).await?;
    let Body(range, _) = Body::<D, ReplayIn>::from_request(request, &ctx).await?;
    let (range, now) = (range.range()?, Timestamp::now());
    let replayed = ctx.webhooks.replay_range(scope, webhook, D::DIALECT, range, now).await?;
    Ok(Json(D::count(replayed)))
}

pub async fn rotate_secret<D: Spells>(
    State(ctx): State<Ctx>,
    request: Request,
) -> Reply<D, D::Secret> {
    let Call { scope, webhook, .. } = D::call(&ctx, request).await?;
    let now = Timestamp::now();
    let rotated = ctx.webhooks.rotate_secret(scope, webhook, D::DIALECT, now).await?;
    Ok(Json(D::secret(rotated)))
}
