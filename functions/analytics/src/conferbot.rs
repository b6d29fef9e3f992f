use axum::{Json, extract::State};
use colloquy_http::{Ctx, Params, PathParams, Problem, WorkspaceKey};
use dialects::conferbot::{Conferbot, DataOut, analytics::AnalyticsOut};
use domain::bounds;
use serde::Deserialize;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The longest period, in days.
const MAX_DAYS: u32 = 365;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_analytics))
}

#[derive(Debug, Deserialize)]
struct PeriodParams {
    days: Option<String>,
}

/// Get chatbot analytics
///
/// Total responses, and those of each UTC day of the period.
#[utoipa::path(get, path = "/api/v1/external/v1/chatbots/{id}/analytics", tag = "conferbot",
    security(("conferbot" = [])),
    params(
        ("id" = String, Path, description = "Chatbot ID"),
        ("days" = Option<u32>, Query, minimum = 1, maximum = 365,
            description = "Period in days (default: 30)")),
    responses((status = 200, body = DataOut<AnalyticsOut>)))]
async fn get_analytics(
    State(ctx): State<Ctx>,
    key: WorkspaceKey<Conferbot>,
    PathParams(id, _): PathParams<Conferbot, String>,
    Params(params, _): Params<Conferbot, PeriodParams>,
) -> Result<Json<DataOut<AnalyticsOut>>, Problem<Conferbot>> {
    let days = bounds::number("days", params.days.as_deref(), 30, (1, MAX_DAYS))?;
    let activity = ctx.app.activity(key.0.workspace_id, id.parse()?, days).await?;
    Ok(Json(DataOut { data: AnalyticsOut::new(activity.total, activity.daily) }))
}
