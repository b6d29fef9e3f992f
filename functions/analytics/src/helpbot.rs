use axum::{Json, extract::State};
use colloquy_http::{Ctx, Params, Problem, SiteKey};
use dialects::helpbot::{
    Helpbot,
    analytics::{ActivityDayOut, ActivityOut, CreditsOut, OverviewOut, Range, Totals},
};
use domain::{Feature, Period};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

type Reply<T> = Result<Json<T>, Problem<Helpbot>>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_overview)).routes(routes!(get_activity))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct RangeParams {
    /// The last days, today included; default `30d`.
    #[param(value_type = Option<Range>, inline)]
    range: Option<String>,
}

/// Get analytics overview
///
/// Total questions, satisfaction rate, handoff count, week-over-week trend, and credit usage.
/// Requires the pro plan (Growth).
#[utoipa::path(get, path = "/api/v1/analytics/overview", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    params(RangeParams),
    responses((status = 200, body = OverviewOut)))]
async fn get_overview(
    State(ctx): State<Ctx>,
    Params(params, _): Params<Helpbot, RangeParams>,
    key: SiteKey,
) -> Reply<OverviewOut> {
    ctx.app.require(&key.principal, Feature::SiteInsights)?;
    let period = Period::any("range", params.range.as_deref())?;
    let found = ctx.app.overview(&key.principal, period).await?;
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

/// Get daily activity
///
/// How many questions were asked each day. Requires the pro plan (Growth).
#[utoipa::path(get, path = "/api/v1/analytics/activity", tag = "helpbot",
    security(("helpbot" = []), ("helpbotQuery" = [])),
    params(RangeParams),
    responses((status = 200, body = ActivityOut)))]
async fn get_activity(
    State(ctx): State<Ctx>,
    Params(params, _): Params<Helpbot, RangeParams>,
    key: SiteKey,
) -> Reply<ActivityOut> {
    ctx.app.require(&key.principal, Feature::SiteInsights)?;
    let period = Period::any("range", params.range.as_deref())?;
    let daily = ctx.app.daily(key.chatbot, period).await?;
    let days = daily.0.into_iter().map(|(date, of)| ActivityDayOut { date, count: of.questions() });
    Ok(Json(ActivityOut { range: period.name(), activity: days.collect() }))
}
