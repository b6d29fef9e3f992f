use axum::{Json, extract::State, http::StatusCode};
use colloquy_http::{Body, ChatKey, Ctx, Params, PathParams, Problem, SecretKey};
use dialects::botplot::{
    Botplot, SuccessOut,
    leads::{CapturedOut, LeadIn, LeadOut, LeadsOut},
};
use domain::{
    bounds,
    lead::{LeadForm, NewLead},
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

type Reply<T> = Result<T, Problem<Botplot>>;

/// How far into a list `offset` goes.
const MAX_OFFSET: u32 = 10_000;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(list_leads, capture_lead)).routes(routes!(delete_lead))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// How many.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// How many to skip.
    #[param(value_type = Option<u32>, maximum = 10000, default = 0)]
    offset: Option<String>,
    /// What the name or the e-mail address contains.
    #[param(max_length = 100)]
    search: Option<String>,
}

/// Capture a lead
///
/// What a visitor leaves to be reached by: an e-mail address or a phone number, or both.
#[utoipa::path(post, path = "/api/v1/leads", tag = "botplot",
    security(("botplotPublic" = []), ("botplotSecret" = [])),
    request_body = LeadIn,
    responses((status = 201, body = CapturedOut)))]
async fn capture_lead(
    State(ctx): State<Ctx>,
    key: ChatKey<Botplot>,
    Body(body, _): Body<Botplot, LeadIn>,
) -> Reply<(StatusCode, Json<CapturedOut>)> {
    let new = NewLead::try_from(LeadForm::from(body))?;
    let lead = ctx.app.capture_lead(&key.principal, new).await?;
    Ok((StatusCode::CREATED, Json(CapturedOut { lead: lead.into() })))
}

/// List leads
///
/// Newest first, with pagination and search.
#[utoipa::path(get, path = "/api/v1/leads", tag = "botplot",
    security(("botplotSecret" = [])),
    params(ListParams),
    responses((status = 200, body = LeadsOut)))]
async fn list_leads(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    Params(params, _): Params<Botplot, ListParams>,
) -> Reply<Json<LeadsOut>> {
    let limit = bounds::number("limit", params.limit.as_deref(), 20, (1, 100))?;
    let offset = bounds::number("offset", params.offset.as_deref(), 0, (0, MAX_OFFSET))?;
    let search = params.search.map(|text| bounds::text("search", &text, bounds::SEARCH));
    // An empty search box asks for everything.
    let search = search.transpose()?.filter(|text| !text.is_empty());
    let (page, total) = ctx.app.leads(key.chatbot, search.as_deref(), offset, limit).await?;
    Ok(Json(LeadsOut { leads: page.into_iter().map(LeadOut::from).collect(), total }))
}

/// Delete a lead
#[utoipa::path(delete, path = "/api/v1/leads/{id}", tag = "botplot",
    security(("botplotSecret" = [])),
    params(("id" = String, Path, format = "uuid", description = "The lead")),
    responses((status = 200, body = SuccessOut)))]
async fn delete_lead(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    PathParams(id, _): PathParams<Botplot, String>,
) -> Reply<Json<SuccessOut>> {
    ctx.app.delete_lead(key.chatbot, id.parse()?).await?;
    Ok(Json(SuccessOut::DONE))
}
