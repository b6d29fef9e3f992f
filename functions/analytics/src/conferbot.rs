use axum::{Json, Router, extract::State, routing::get};
use colloquy_http::{Conferbot, Ctx, Params, Problem, Segments, WorkspaceKey};
use dialects::conferbot::{AnalyticsOut, DataOut};
use domain::bounds;
use serde::Deserialize;

/// The longest period, in days.
const MOST_DAYS: u32 = 365;

pub fn routes() -> Router<Ctx> {
    Router::new().route("/api/v1/external/v1/chatbots/{id}/analytics", get(get_analytics))
}

#[derive(Debug, Deserialize)]
struct PeriodParams {
    days: Option<String>,
}

async fn get_analytics(
    State(ctx): State<Ctx>,
    key: WorkspaceKey<Conferbot>,
    Segments(id, _): Segments<Conferbot, String>,
    Params(params, _): Params<Conferbot, PeriodParams>,
) -> Result<Json<DataOut<AnalyticsOut>>, Problem<Conferbot>> {
    let days = bounds::number("days", params.days.as_deref(), 30, (1, MOST_DAYS))?;
    let activity = ctx.core.activity(key.0.workspace_id, id.parse()?, days).await?;
    Ok(Json(DataOut { data: AnalyticsOut::new(activity.total, activity.daily) }))
}
