use axum::Json;
use colloquy_http::{CountedKey, Problem};
use dialects::conferbot::{Conferbot, DataOut, access::UsageOut};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Ctx;

pub fn routes() -> OpenApiRouter<Ctx> {
    OpenApiRouter::new().routes(routes!(get_usage))
}

/// Get API usage
///
/// This month's calls, the plan's limit and what remains.
#[utoipa::path(get, path = "/api/v1/external/v1/usage", tag = "conferbot",
    security(("conferbot" = [])),
    responses((status = 200, body = DataOut<UsageOut>)))]
async fn get_usage(
    CountedKey(calls, _): CountedKey<Conferbot>,
) -> Result<Json<DataOut<UsageOut>>, Problem<Conferbot>> {
    let month = calls.at.month();
    let data = UsageOut::new(month, calls.plan, calls.used, calls.limits.month);
    Ok(Json(DataOut { data }))
}
