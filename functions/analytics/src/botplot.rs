use axum::{Json, extract::State};
use colloquy_http::{Ctx, Params, Problem, SecretKey};
use dialects::botplot::{
    Botplot,
    analytics::{
        self as wire, AnalyticsOut, DayOut, QuestionOut, RatingsDayOut, RatingsOut, Totals,
    },
};
use domain::Period;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

type Reply<T> = Result<Json<T>, Problem<Botplot>>;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_analytics)).routes(routes!(get_ratings))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct PeriodParams {
    /// The last days, today included; default `30d`.
    #[param(value_type = Option<wire::Period>, inline)]
    period: Option<String>,
}

/// Get analytics
///
/// Conversations, messages, visitors, and trends.
#[utoipa::path(get, path = "/api/v1/analytics", tag = "botplot",
    security(("botplotSecret" = [])),
    params(PeriodParams),
    responses((status = 200, body = AnalyticsOut)))]
async fn get_analytics(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    Params(params, _): Params<Botplot, PeriodParams>,
) -> Reply<AnalyticsOut> {
    let period = Period::last("period", params.period.as_deref())?;
    let insights = ctx.app.insights(key.chatbot, period).await?;
    let sum = insights.daily.sum();
    let mut out = AnalyticsOut::new(Totals {
        conversations: sum.conversations,
        messages: sum.messages,
        visitors: insights.visitors,
        leads: sum.leads,
        closed: sum.closed,
        closed_after_handoff: sum.closed_after_handoff,
    });
    let days = insights.daily.0.into_iter().map(|(date, of)| DayOut {
        date,
        messages: of.messages,
        conversations: of.conversations,
    });
    out.messages_over_time = days.collect();
    let questions = insights
        .questions
        .into_iter()
        .map(|asked| QuestionOut { question: asked.question, count: asked.count });
    out.top_questions = questions.collect();
    Ok(Json(out))
}

/// Get ratings
///
/// Customer satisfaction ratings: summary and trend.
#[utoipa::path(get, path = "/api/v1/analytics/ratings", tag = "botplot",
    security(("botplotSecret" = [])),
    params(PeriodParams),
    responses((status = 200, body = RatingsOut)))]
async fn get_ratings(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    Params(params, _): Params<Botplot, PeriodParams>,
) -> Reply<RatingsOut> {
    let period = Period::last("period", params.period.as_deref())?;
    let daily = ctx.app.daily(key.chatbot, period).await?;
    let days = daily.0.into_iter().map(|(date, of)| RatingsDayOut {
        date,
        positive: of.positive,
        negative: of.negative,
    });
    Ok(Json(RatingsOut::new(days.collect())))
}
