use axum::{Json, Router, extract::State, routing::get};
use colloquy_http::{Ctx, Helpbot, Params, Problem, SiteKey};
use dialects::helpbot::insights::{ActivityDayOut, ActivityOut, CreditsOut, OverviewOut, Totals};
use domain::{Feature, Period};
use serde::Deserialize;

type Reply<T> = Result<Json<T>, Problem<Helpbot>>;

pub fn routes() -> Router<Ctx> {
    Router::new()
        .route("/api/v1/analytics/overview", get(get_overview))
        .route("/api/v1/analytics/activity", get(get_activity))
}

#[derive(Debug, Deserialize)]
struct RangeParams {
    range: Option<String>,
}

async fn get_overview(
    State(ctx): State<Ctx>,
    Params(params, _): Params<Helpbot, RangeParams>,
    key: SiteKey,
) -> Reply<OverviewOut> {
    ctx.core.require(&key.principal, Feature::HelpbotInsights)?;
    let period = Period::any("range", params.range.as_deref())?;
    let found = ctx.core.overview(&key.principal, period).await?;
    let totals = Totals {
        questions: found.counters.questions(),
        helpful: found.counters.positive,
        unhelpful: found.counters.negative,
        handoffs: found.counters.handoffs,
        this_week: found.this_week,
        last_week: found.last_week,
    };
    let credits = CreditsOut::new(found.credits.used, found.credits.limit, found.credits.resets_at);
    Ok(Json(OverviewOut::new(period.name(), totals, credits)))
}

async fn get_activity(
    State(ctx): State<Ctx>,
    Params(params, _): Params<Helpbot, RangeParams>,
    key: SiteKey,
) -> Reply<ActivityOut> {
    ctx.core.require(&key.principal, Feature::HelpbotInsights)?;
    let period = Period::any("range", params.range.as_deref())?;
    let daily = ctx.core.daily(key.chatbot, period).await?;
    let days = daily.0.into_iter().map(|(date, of)| ActivityDayOut { date, count: of.questions() });
    Ok(Json(ActivityOut { range: period.name(), activity: days.collect() }))
}
