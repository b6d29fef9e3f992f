use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    routing::{delete, get},
};
use colloquy_http::{Body, Botplot, ChatKey, Ctx, Params, Problem, SecretKey, Segments};
use dialects::botplot::{
    leads::{CapturedOut, LeadIn, LeadOut, LeadsOut},
    wire::SuccessOut,
};
use domain::{
    bounds,
    lead::{LeadForm, NewLead},
};
use serde::Deserialize;

type Reply<T> = Result<T, Problem<Botplot>>;

/// How far into a list `offset` goes.
const MOST_OFFSET: u32 = 10_000;

pub fn routes() -> Router<Ctx> {
    Router::new()
        .route("/api/v1/leads", get(list_leads).post(capture_lead))
        .route("/api/v1/leads/{id}", delete(delete_lead))
}

#[derive(Debug, Deserialize)]
struct ListParams {
    limit: Option<String>,
    offset: Option<String>,
    search: Option<String>,
}

async fn capture_lead(
    State(ctx): State<Ctx>,
    key: ChatKey<Botplot>,
    Body(body, _): Body<Botplot, LeadIn>,
) -> Reply<(StatusCode, Json<CapturedOut>)> {
    let new = NewLead::try_from(LeadForm::from(body))?;
    let lead = ctx.core.capture_lead(&key.principal, new).await?;
    Ok((StatusCode::CREATED, Json(CapturedOut { lead: lead.into() })))
}

async fn list_leads(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    Params(params, _): Params<Botplot, ListParams>,
) -> Reply<Json<LeadsOut>> {
    let limit = bounds::number("limit", params.limit.as_deref(), 20, (1, 100))?;
    let offset = bounds::number("offset", params.offset.as_deref(), 0, (0, MOST_OFFSET))?;
    let search = params.search.map(|text| bounds::text("search", &text, bounds::SEARCH));
    // An empty search box asks for everything.
    let search = search.transpose()?.filter(|text| !text.is_empty());
    let (page, total) = ctx.core.leads(key.chatbot, search.as_deref(), offset, limit).await?;
    Ok(Json(LeadsOut { leads: page.into_iter().map(LeadOut::from).collect(), total }))
}

async fn delete_lead(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    Segments(id, _): Segments<Botplot, String>,
) -> Reply<Json<SuccessOut>> {
    ctx.core.delete_lead(key.chatbot, id.parse()?).await?;
    Ok(Json(SuccessOut::DONE))
}
