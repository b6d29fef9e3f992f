use app::chatbots::logo;
use axum::{Json, extract::State};
use colloquy_http::{Body, PathParams, Problem, SecretKey};
use dialects::botplot::{
    Botplot,
    chatbots::{BrandingIn, BrandingOut, SubdomainOut, SubdomainPatch, VerifiedOut},
};
use domain::{ChatbotId, Error, ErrorKind, HostName, branding};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

type Reply<T> = Result<Json<T>, Problem<Botplot>>;
type Key = SecretKey<Botplot>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new()
        .routes(routes!(update_branding))
        .routes(routes!(update_subdomain))
        .routes(routes!(verify_domain))
}

/// The project in the path has to be the key's own.
fn project(key: &Key, id: &str) -> Result<ChatbotId, Error> {
    match id.parse::<ChatbotId>() {
        Ok(id) if id == key.chatbot => Ok(id),
        _ => Err(Error::not_found("project")),
    }
}

/// Update branding
///
/// White label, logo and custom domain: at least one of them. What is left out stays. Requires the
/// enterprise plan.
#[utoipa::path(patch, path = "/api/v1/projects/{projectId}/branding", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("projectId" = String, Path, format = "uuid", description = "The key's own project")),
    request_body = BrandingIn,
    responses((status = 200, body = BrandingOut)))]
async fn update_branding(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(project_id, _): PathParams<Botplot, String>,
    Body(BrandingIn { white_label, custom_logo, custom_domain }, _): Body<Botplot, BrandingIn>,
) -> Reply<BrandingOut> {
    let project = project(&key, &project_id)?;
    let asked = custom_domain.is_some();
    let logo = custom_logo.map(|url| url.as_deref().map(logo::parse).transpose()).transpose()?;
    let parse = |name: String| HostName::parse("custom_domain", &name);
    let custom_domain = custom_domain.map(|name| name.map(parse).transpose()).transpose()?;
    let patch = domain::BrandingPatch { white_label, logo, custom_domain };
    if patch.is_empty() {
        let message = "one of white_label, custom_logo and custom_domain is required";
        return Err(Error::new(ErrorKind::Validation, message).into());
    }
    let branding = ctx.app.update_branding(&key.principal, project, patch).await?;
    Ok(Json(BrandingOut::new(branding, asked)))
}

/// Configure a subdomain
///
/// It must be unique. Requires the enterprise plan.
#[utoipa::path(patch, path = "/api/v1/projects/{projectId}/subdomain", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("projectId" = String, Path, format = "uuid", description = "The key's own project")),
    request_body = SubdomainPatch,
    responses((status = 200, body = SubdomainOut)))]
async fn update_subdomain(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(project_id, _): PathParams<Botplot, String>,
    Body(SubdomainPatch { subdomain }, _): Body<Botplot, SubdomainPatch>,
) -> Reply<SubdomainOut> {
    let project = project(&key, &project_id)?;
    let wanted = branding::subdomain(subdomain.as_deref())?;
    let claimed = ctx.app.claim_subdomain(&key.principal, project, wanted).await?;
    Ok(Json(claimed.into()))
}

/// Verify a custom domain
///
/// Looks up its CNAME record.
#[utoipa::path(post, path = "/api/v1/projects/{projectId}/verify-domain", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("projectId" = String, Path, format = "uuid", description = "The key's own project")),
    responses((status = 200, body = VerifiedOut)))]
async fn verify_domain(
    State(ctx): State<Ctx>,
    key: Key,
    PathParams(project_id, _): PathParams<Botplot, String>,
) -> Reply<VerifiedOut> {
    let project = project(&key, &project_id)?;
    Ok(Json(ctx.domains.verify(project).await?.into()))
}
