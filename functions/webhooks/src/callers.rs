//! Who may look after deliveries in each dialect, and in which shape they are answered.

use std::collections::HashMap;

use app::webhooks::delivery_api::{Replayed, Rotated};
use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Path, Request, State},
};
use colloquy_http::{
    Botplot, ChatbotPlatform, Conferbot, Helpbot, SecretKey, SiteKey, WorkspaceKey,
};
use dialects::{
    chatbotplatform::DataOut,
    conferbot::DataOut as ConferbotDataOut,
    deliveries::{DeliveriesQuery, ReplayIn, botplot, chatbotplatform, conferbot, helpbot},
    delivery_envelopes::{
        BotplotListOut, ConferbotListOut, HelpbotListOut, OneOut, PlatformListOut, WebhookOut,
        WithMessageOut,
    },
};
use domain::{ChatbotId, Delivery, DeliveryPage, Error, Feature, Scope};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    Ctx,
    deliveries::{self, Call, Reply, Spells, below},
};

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .merge(below! {
            "/api/v1/projects/{projectId}/webhooks/{webhookId}", "botplot", Botplot,
            security: ["botplotSecret"],
            params: ["projectId": "The key's own project", "webhookId": "The webhook"],
            note: "",
            page: [BotplotListOut<botplot::DeliveryOut>],
            one: [OneOut<botplot::DeliveryOut>],
            count: [botplot::ReplayedOut],
            secret: [WebhookOut<botplot::RotatedOut>],
        })
        .merge(below! {
            "/v1/webhooks/{id}", "chatbotplatform", ChatbotPlatform,
            security: ["chatbotplatform"],
            params: ["id": "Webhook ID"],
            note: "",
            page: [PlatformListOut<chatbotplatform::DeliveryOut>],
            one: [DataOut<chatbotplatform::DeliveryOut>],
            count: [DataOut<chatbotplatform::ReplayedOut>],
            secret: [DataOut<chatbotplatform::RotatedOut>],
        })
        .merge(below! {
            "/api/v1/external/v1/webhooks/{id}", "conferbot", Conferbot,
            security: ["conferbot"],
            params: ["id": "Webhook ID"],
            note: "",
            page: [ConferbotListOut<conferbot::DeliveryOut>],
            one: [WithMessageOut<conferbot::DeliveryOut>],
            count: [ConferbotDataOut<conferbot::ReplayedOut>],
            secret: [WithMessageOut<conferbot::RotatedOut>],
        })
        .merge(below! {
            "/api/v1/webhooks/{id}", "helpbot", Helpbot,
            security: ["helpbot", "helpbotQuery"],
            params: ["id": "The webhook"],
            note: " Requires the pro plan (Growth).",
            page: [HelpbotListOut<helpbot::DeliveryOut>],
            one: [OneOut<helpbot::DeliveryOut>],
            count: [helpbot::ReplayedOut],
            secret: [WebhookOut<helpbot::RotatedOut>],
        })
}

/// The segments of a path by their names. Those that are no text name nothing.
struct Named(HashMap<String, String>);

impl Named {
    async fn of(request: Request, ctx: &Ctx) -> (Self, Request) {
        let (mut parts, body) = request.into_parts();
        let named = Path::from_request_parts(&mut parts, ctx).await;
        let named = named.map(|Path(named)| named).unwrap_or_default();
        (Self(named), Request::from_parts(parts, body))
    }

    fn text(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    fn delivery(&self) -> Option<String> {
        self.0.get("deliveryId").cloned()
    }
}

impl Spells for Botplot {
    type Page = BotplotListOut<botplot::DeliveryOut>;
    type One = OneOut<botplot::DeliveryOut>;
    type Count = botplot::ReplayedOut;
    type Secret = WebhookOut<botplot::RotatedOut>;

    async fn call(ctx: &Ctx, request: Request) -> Result<Call, Error> {
        let (named, request) = Named::of(request, ctx).await;
        let (mut parts, body) = request.into_parts();
        let key = SecretKey::<Self>::from_request_parts(&mut parts, ctx).await.map_err(|p| p.0)?;
        // The project in the path has to be the key's own.
        let scope = match named.text("projectId").parse::<ChatbotId>() {
            Ok(id) if id == key.chatbot => Scope::Chatbot(id),
            _ => return Err(Error::not_found("project")),
        };
        let webhook = named.text("webhookId").parse()?;
        let request = Request::from_parts(parts, body);
        Ok(Call { scope, webhook, delivery: named.delivery(), request })
    }

    fn page(DeliveryPage { deliveries, next }: DeliveryPage) -> Self::Page {
        BotplotListOut::new(deliveries.into_iter().map(Into::into).collect(), next)
    }

    fn one(delivery: Delivery) -> Self::One {
        OneOut { delivery: delivery.into() }
    }

    fn count(Replayed { count, next }: Replayed) -> Self::Count {
        botplot::ReplayedOut::new(count, next)
    }

    fn secret(Rotated { id, secret, old_until }: Rotated) -> Self::Secret {
        WebhookOut { webhook: botplot::RotatedOut::new(id, secret, old_until) }
    }
}

impl Spells for ChatbotPlatform {
    const STRICT: bool = true;
    type Page = PlatformListOut<chatbotplatform::DeliveryOut>;
    type One = DataOut<chatbotplatform::DeliveryOut>;
    type Count = DataOut<chatbotplatform::ReplayedOut>;
    type Secret = DataOut<chatbotplatform::RotatedOut>;

    async fn call(ctx: &Ctx, request: Request) -> Result<Call, Error> {
        let (named, request) = Named::of(request, ctx).await;
        let (mut parts, body) = request.into_parts();
        let key =
            WorkspaceKey::<Self>::from_request_parts(&mut parts, ctx).await.map_err(|p| p.0)?;
        let scope = Scope::Workspace(key.0.workspace_id);
        let webhook = named.text("id").parse()?;
        let request = Request::from_parts(parts, body);
        Ok(Call { scope, webhook, delivery: named.delivery(), request })
    }

    fn page(DeliveryPage { deliveries, next }: DeliveryPage) -> Self::Page {
        PlatformListOut::new(deliveries.into_iter().map(Into::into).collect(), next)
    }

    fn one(delivery: Delivery) -> Self::One {
        DataOut::new(delivery)
    }

    fn count(Replayed { count, next }: Replayed) -> Self::Count {
        DataOut { data: chatbotplatform::ReplayedOut::new(count, next) }
    }

    fn secret(Rotated { id, secret, old_until }: Rotated) -> Self::Secret {
        DataOut { data: chatbotplatform::RotatedOut::new(id, secret, old_until) }
    }
}

impl Spells for Conferbot {
    type Page = ConferbotListOut<conferbot::DeliveryOut>;
    type One = WithMessageOut<conferbot::DeliveryOut>;
    type Count = ConferbotDataOut<conferbot::ReplayedOut>;
    type Secret = WithMessageOut<conferbot::RotatedOut>;

    async fn call(ctx: &Ctx, request: Request) -> Result<Call, Error> {
        let (named, request) = Named::of(request, ctx).await;
        let (mut parts, body) = request.into_parts();
        let key =
            WorkspaceKey::<Self>::from_request_parts(&mut parts, ctx).await.map_err(|p| p.0)?;
        let webhook = named.text("id").parse()?;
        let scope = ctx.webhooks.find(key.0.workspace_id, webhook).await?;
        let request = Request::from_parts(parts, body);
        Ok(Call { scope, webhook, delivery: named.delivery(), request })
    }

    fn page(DeliveryPage { deliveries, next }: DeliveryPage) -> Self::Page {
        ConferbotListOut::new(deliveries.into_iter().map(Into::into).collect(), next)
    }

    fn one(delivery: Delivery) -> Self::One {
        WithMessageOut { data: delivery.into(), message: "Delivery is on its way" }
    }

    fn count(Replayed { count, next }: Replayed) -> Self::Count {
        ConferbotDataOut { data: conferbot::ReplayedOut::new(count, next) }
    }

    fn secret(Rotated { id, secret, old_until }: Rotated) -> Self::Secret {
        WithMessageOut {
            data: conferbot::RotatedOut::new(id, secret, old_until),
            message: "Save the secret — it won't be shown again.",
        }
    }
}

impl Spells for Helpbot {
    type Page = HelpbotListOut<helpbot::DeliveryOut>;
    type One = OneOut<helpbot::DeliveryOut>;
    type Count = helpbot::ReplayedOut;
    type Secret = WebhookOut<helpbot::RotatedOut>;

    async fn call(ctx: &Ctx, request: Request) -> Result<Call, Error> {
        let (named, request) = Named::of(request, ctx).await;
        let (parts, body) = request.into_parts();
        let head = parts.clone();
        let request = Request::from_parts(parts, body);
        let key = SiteKey::from_request(request, ctx).await.map_err(|p| p.0)?;
        ctx.http.core.require(&key.principal, Feature::HelpbotInsights)?;
        let webhook = named.text("id").parse()?;
        let request = Request::from_parts(head, Body::from(key.body));
        let scope = Scope::Chatbot(key.chatbot);
        Ok(Call { scope, webhook, delivery: named.delivery(), request })
    }

    fn page(DeliveryPage { deliveries, next }: DeliveryPage) -> Self::Page {
        HelpbotListOut::new(deliveries.into_iter().map(Into::into).collect(), next)
    }

    fn one(delivery: Delivery) -> Self::One {
        OneOut { delivery: delivery.into() }
    }

    fn count(Replayed { count, next }: Replayed) -> Self::Count {
        helpbot::ReplayedOut::new(count, next)
    }

    fn secret(Rotated { id, secret, old_until }: Rotated) -> Self::Secret {
        WebhookOut { webhook: helpbot::RotatedOut::new(id, secret, old_until) }
    }
}
