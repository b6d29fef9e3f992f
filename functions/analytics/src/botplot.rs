use axum::{Json, Router, extract::State, routing::get};
use colloquy_http::{Botplot, Ctx, Params, Problem, SecretKey};
use dialects::botplot::analytics::{
    AnalyticsOut, DayOut, QuestionOut, RatingsDayOut, RatingsOut, Totals,
};
use domain::Period;
use serde::Deserialize;

type Reply<T> = Result<Json<T>, Problem<Botplot>>;

pub fn routes() -> Router<Ctx> {
    Router::new()
        .route("/api/v1/analytics", get(get_analytics))
        .route("/api/v1/analytics/ratings", get(get_ratings))
}

#[derive(Debug, Deserialize)]
struct PeriodParams {
    period: Option<String>,
}

async fn get_analytics(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    Params(params, _): Params<Botplot, PeriodParams>,
) -> Reply<AnalyticsOut> {
    let period = Period::last("period", params.period.as_deref())?;
    let insights = ctx.core.insights(key.chatbot, period).await?;
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

async fn get_ratings(
    State(ctx): State<Ctx>,
    key: SecretKey<Botplot>,
    Params(params, _): Params<Botplot, PeriodParams>,
) -> Reply<RatingsOut> {
    let period = Period::last("period", params.period.as_deref())?;
    let daily = ctx.core.daily(key.chatbot, period).await?;
    let days = daily.0.into_iter().map(|(date, of)| RatingsDayOut {
        date,
        positive: of.positive,
        negative: of.negative,
    });
    Ok(Json(RatingsOut::new(days.collect())))
}
