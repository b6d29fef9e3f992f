use axum::{Json, Router, routing::get};
use colloquy_http::{Conferbot, CountedKey, Problem};
use dialects::conferbot::{DataOut, UsageOut};

use crate::Ctx;

pub fn routes() -> Router<Ctx> {
    Router::new().route("/api/v1/external/v1/usage", get(get_usage))
}

async fn get_usage(
    CountedKey(calls, _): CountedKey<Conferbot>,
) -> Result<Json<DataOut<UsageOut>>, Problem<Conferbot>> {
    let month = calls.at.month();
    let data = UsageOut::new(month, calls.plan, calls.used, calls.limits.month);
    Ok(Json(DataOut { data }))
}
